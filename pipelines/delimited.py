"""Look at a delimited text file before DuckDB reads it: bytes, encoding, delimiter, headings, hash.

Everything here is bounded in memory and says what is wrong in words a person can act on; a heading is
named by its position, because a heading may itself hold what should not be printed.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import re
import unicodedata
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pipelines.faults import Fault, InputFault

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
SAMPLE_RECORDS = 50
MOST_COLUMNS = 5_000
"""With twice as many DuckDB takes half a gigabyte for the table alone (measured)."""
LONGEST_HEADING = 10_000
RATIO_FROM = 64 << 20
LARGEST_RATIO = 250
"""A compressed file that unpacks to more than RATIO_FROM bytes may be this many times its packed size."""
_PIECE = 1 << 20
MOST_NAMED = 10
_ONE_OF_TWO = "Rename or remove one of the two columns"
_LABELS_OF_REDCAP = ("complete?", "survey timestamp")
"""Headings that stand once for each form where REDCap exports labels."""
_RAW_REDCAP = "If it comes from REDCap, it is an export of labels: export the raw data; else rename one of the two"
_NAMES_SEPARATOR = re.compile(r'"?sep=.?"?[,;\t]*\s*[\r\n]', re.IGNORECASE)
_SAVE_AS_UTF8 = "Save it as 'CSV UTF-8' and load it again"
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


@dataclass(frozen=True, slots=True)
class Delimited:
    """What was found: `delimiter` is the character itself, `headings` are in file order, `sha256` is of the file."""

    delimiter: str
    encoding: str
    headings: tuple[str, ...]
    sha256: str


def inspect(path: Path) -> Delimited:
    """Return what a CSV file, plain or compressed with gzip, is written in.

    Raises InputFault if it is empty, not UTF-8, damaged, or has no heading that can be divided.
    """
    digest = _check_bytes(path)
    text, encoding = _opening(path)
    delimiter, headings = _heading(path, text)
    check_headings(path.name, headings)
    return Delimited(delimiter, encoding, headings, digest)


def check_headings(name: str, headings: Sequence[str]) -> None:
    """Raise InputFault for a heading given twice (capitals do not count), none at all, invisible letters, `row_no`.

    `name` is that of the file or sheet.
    """
    _check_sizes(name, headings)
    folded = [heading.casefold() for heading in headings]
    blank = [position for position, heading in enumerate(folded, 1) if not heading]
    faults = [
        Fault(name, f"column {position} has no heading", "Give the column a heading, or remove the column")
        for position in blank[:MOST_NAMED]
    ]
    if 2 * len(blank) > len(folded):
        rule = "the first line is mostly blank: it is a title or a setting, not the headings"
        faults = [Fault(name, rule, "Remove the lines above the headings, and load it again")]
    seen: dict[str, int] = {}
    for position, heading in enumerate(folded, 1):
        first = seen.setdefault(heading, position)
        if heading and first < position:
            rule = f"columns {first} and {position} have the same heading"
            faults.append(Fault(name, rule, _RAW_REDCAP if heading in _LABELS_OF_REDCAP else _ONE_OF_TWO))
        if any(unicodedata.category(letter) in ("Cf", "Cc") and letter not in "\r\n\t" for letter in heading):
            rule = f"column {position} has invisible letters in its heading, so that it is not what it looks like"
            faults.append(Fault(name, rule, "Type the heading anew"))
        if heading == "row_no":
            faults.append(
                Fault(name, f"column {position} is called row_no, which is kept for row numbers", "Rename the column")
            )
    if faults:
        raise InputFault(faults)


def _check_sizes(name: str, headings: Sequence[str]) -> None:
    """Raise InputFault for a heading row that no table of people needs and that would take a machine's memory."""
    faults = []
    if len(headings) > MOST_COLUMNS:
        rule = f"has more than {MOST_COLUMNS:,} columns"
        faults.append(Fault(name, rule, "Export only the columns that are needed, or several files"))
    long = [position for position, heading in enumerate(headings, 1) if len(heading) > LONGEST_HEADING]
    if long:
        rule = f"a heading is longer than {LONGEST_HEADING:,} characters (column {long[0]})"
        faults.append(Fault(name, rule, "Check that the headings are in the first line, and shorten this one"))
    if faults:
        raise InputFault(faults)


def not_utf8(path: Path) -> Fault:
    """Return the fault of a file whose bytes are not UTF-8; a single-byte encoding is the usual reason."""
    return Fault(path.name, "is not written in UTF-8; it looks like Windows-1252 or Latin-1", _SAVE_AS_UTF8)


def empty(name: str) -> InputFault:
    """Return the fault of a file or sheet without any row below its heading."""
    remedy = "Export it again, or take the file away if there is nothing to load"
    return InputFault(Fault(name, "is empty: it holds no row below the heading", remedy))


def _check_bytes(path: Path) -> str:
    """Return the SHA-256 of the file after looking at every byte of its content once; InputFault for NUL bytes."""
    digest = hashlib.sha256()
    compressed = path.name.lower().endswith(".gz")
    has_nul = False
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
            has_nul = has_nul or (not compressed and b"\0" in piece)
    if compressed:
        for piece in unpacked(path):  # to the end: a cut file is found
            has_nul = has_nul or b"\0" in piece
    if has_nul:
        opening = next(unpacked(path), b"")[:4]
        mark = next((name for mark, name in _BYTE_ORDER_MARKS.items() if opening.startswith(mark)), None)
        rule = f"is written in {mark}, not in UTF-8" if mark else "holds NUL bytes: it is no CSV, damaged, or in UTF-16"
        raise InputFault(Fault(path.name, rule, _SAVE_AS_UTF8))
    return digest.hexdigest()


def unpacked(path: Path) -> Iterator[bytes]:
    """Yield the content of a file in pieces of bounded size, unpacked if it is compressed.

    Raises InputFault if it is not whole, or unpacks to so much that it was made to fill a disk.
    """
    compressed = path.name.lower().endswith(".gz")
    most = max(RATIO_FROM, LARGEST_RATIO * path.stat().st_size) if compressed else None
    length = 0
    with gzip.open(path, "rb") if compressed else path.open("rb") as stream:
        try:
            while piece := stream.read(_PIECE):
                length += len(piece)
                if most is not None and length > most:
                    raise InputFault(_too_large(path))
                yield piece
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise InputFault(
                Fault(path.name, "is not a whole gzip file", "Compress or copy it again, or load it uncompressed")
            ) from None


def _too_large(path: Path) -> Fault:
    remedy = "Check where the file comes from; if it is what you meant, unpack it and load it uncompressed"
    return Fault(path.name, "would unpack to more than can be read safely", remedy)


def _opening(path: Path) -> tuple[str, str]:
    """Return the whole lines of the first megabyte without a byte order mark, and the encoding found."""
    opening = next(unpacked(path), b"")
    encoding = "UTF-8"
    if opening.startswith(codecs.BOM_UTF8):
        opening, encoding = opening[len(codecs.BOM_UTF8) :], "UTF-8 with byte order mark"
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(opening)
    except UnicodeDecodeError:
        raise InputFault(not_utf8(path)) from None
    if not text.strip():
        raise empty(path.name)
    if text[0] in "\r\n":
        raise InputFault(Fault(path.name, "begins with an empty line", "Put the headings on the first line"))
    if _NAMES_SEPARATOR.match(text):
        rule = "begins with a line for Excel that names the separator (sep=), not with the headings"
        raise InputFault(Fault(path.name, rule, "Remove that line, and load it again"))
    cut = len(text) if len(opening) < _PIECE else max(text.rfind("\n"), text.rfind("\r")) + 1
    if cut == 0:
        raise InputFault(Fault(path.name, "has no line end in its first megabyte", "Export it again as CSV"))
    return text[:cut], encoding


def _heading(path: Path, text: str) -> tuple[str, tuple[str, ...]]:
    """Return the delimiter and the headings; where several could divide the heading, the rows decide."""
    heads = {delimiter: next(_records(text, delimiter), []) for delimiter in DELIMITERS}
    fits = {delimiter: head for delimiter, head in heads.items() if len(head) > 1}
    if len(fits) > 1:
        fits = {d: head for d, head in fits.items() if all(len(record) == len(head) for record in _records(text, d))}
        if len(fits) != 1:
            remedy = "Export it with commas between the cells and quotes around cells that hold one"
            raise InputFault(Fault(path.name, "the delimiter cannot be told from the heading", remedy))
    if not fits:
        if not heads[","] or "|" in heads[","][0]:
            remedy = "Export it with commas, semicolons or tabs between the cells"
            raise InputFault(Fault(path.name, "the heading is not divided by comma, semicolon or tab", remedy))
        fits = {",": heads[","]}
    ((delimiter, headings),) = fits.items()
    return delimiter, tuple(heading.strip() for heading in headings)


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Yield the first records of the text, blank lines left out, up to one that cannot be read."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for record in islice(reader, SAMPLE_RECORDS):
            if record:
                yield record
    except csv.Error:
        return
