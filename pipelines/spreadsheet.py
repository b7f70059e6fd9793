"""Read the rows of an Excel workbook one by one, whatever the file holds: cells as text, memory bounded.

A workbook is a zip of XML parts. Only the parts that hold cells are opened; macros, external links, pictures and
whatever else lies in the file never are. Sizes are looked at before anything is unpacked, a document type (and with
it every entity) is refused, and no message quotes what was found. Written on expat rather than on openpyxl's
reader because that one fills gaps between row numbers with rows of its own, which a damaged file can make endless,
and because it cannot tell a formula without a stored value from a blank cell. Source of the format: ECMA-376.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS

from pipelines.faults import Fault, InputFault
from pipelines.spreadsheet_cells import (
    LAST_ROW,
    LONGEST_CELL,
    Broken,
    Lookup,
    Oddities,
    Row,
    SheetReading,
    TextReading,
    TooLong,
    column_number,
)

LARGEST_PART = 1 << 30
LARGEST_TEXTS = 100 << 20
LARGEST_SMALL_PART = 20 << 20
"""Bytes, unpacked, of one sheet, of the table of texts, and of the parts that say how sheets are to be read."""
RATIO_FROM = 10 << 20
LARGEST_RATIO = 200
"""A part that unpacks to more than RATIO_FROM bytes may be this many times its packed size."""
MOST_PARTS = 10_000
MOST_TEXTS = 2_000_000
MOST_SHEETS = 500
_PIECE = 1 << 16
_OLD_FORMAT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MERGED = re.compile(
    rb"""<(?:\w{1,20}:)?mergeCell\s[^>]{0,99}?\bref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']"""
)
_AGAIN = "Open it in the program it comes from and save it again as an Excel workbook (.xlsx)"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet with cells: its name, its place from 1, whether it is hidden, and where it lies in the file."""

    name: str
    place: int
    hidden: bool
    part: str


@dataclass(frozen=True, slots=True)
class Merged:
    """A block of merged cells, rows and columns from 1, all inclusive."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


class Workbook:
    """An open workbook. Raises InputFault if the file is no whole workbook, is protected, or would unpack too large."""

    def __init__(self, path: Path) -> None:
        self.path = path
        _look_at_first_bytes(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, RuntimeError, EOFError):
            raise self._damaged() from None
        self._parts = self._list_parts()
        book = self._officed()
        self.from_1904 = False
        self.sheets = self._list_sheets(book)
        self._lookup = Lookup(self._read_texts(book), self._read_formats(book), self.from_1904)

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def merged(self, sheet: Sheet) -> list[Merged]:
        """Return the blocks of merged cells of a sheet; they stand behind its rows, so all of it is unpacked."""
        found: list[Merged] = []
        kept = b""
        for piece in self._unpacked(sheet.part, LARGEST_PART):
            text = kept + piece
            end = 0
            for match in _MERGED.finditer(text):
                end = match.end()
                left, top, right, bottom = match.groups()
                found.append(Merged(int(top), int(bottom), column_number(left.decode()), column_number(right.decode())))
                if len(found) > LAST_ROW:
                    raise self._damaged()
            kept = text[max(end, len(text) - 256) :]
        return found

    def rows(self, sheet: Sheet, oddities: Oddities) -> Iterator[Row]:
        """Yield the rows of a sheet that hold anything, in order."""
        reading = SheetReading(self._lookup, oddities)
        for _ in self._parsed(sheet.part, LARGEST_PART, reading.start, reading.end, reading.text):
            yield from reading.taken()

    def _damaged(self) -> InputFault:
        return InputFault(Fault(self.path.name, "is not a whole Excel workbook", _AGAIN))

    def _too_large(self) -> InputFault:
        rule = "would unpack to more than can be read safely"
        return InputFault(Fault(self.path.name, rule, "Export the tables as CSV, or as several smaller workbooks"))

    def _list_parts(self) -> dict[str, zipfile.ZipInfo]:
        entries = self._zip.infolist()
        parts = {entry.filename.lstrip("/").casefold(): entry for entry in entries}
        if len(entries) > MOST_PARTS:
            raise self._too_large()
        if len(parts) < len(entries):
            raise self._damaged()
        if any(entry.flag_bits & 1 for entry in entries):
            raise InputFault(_protected(self.path))
        return parts

    def _unpacked(self, part: str, largest: int) -> Iterator[bytes]:
        """Yield a part in pieces; never more than its entry says it holds, which was looked at before."""
        entry = self._parts.get(part.casefold())
        if entry is None:
            raise self._damaged()
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > largest or (entry.file_size > RATIO_FROM and ratio > LARGEST_RATIO):
            raise self._too_large()
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self._damaged()
        try:
            with self._zip.open(entry) as stream:
                while piece := stream.read(_PIECE):
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError):
            raise self._damaged() from None

    def _parsed(
        self,
        part: str,
        largest: int,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> Iterator[None]:
        """Read a part as XML, yielding after every piece; elements are named without their namespace."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_entities
        parser.StartElementHandler = lambda name, attributes: start(name.rpartition(" ")[2], attributes)
        if end is not None:
            parser.EndElementHandler = lambda name: end(name.rpartition(" ")[2])
        if text is not None:
            parser.CharacterDataHandler = text
        try:
            for piece in self._unpacked(part, largest):
                parser.Parse(piece, False)
                yield
            parser.Parse(b"", True)
            yield
        except TooLong:
            rule = f"holds a cell of more than {LONGEST_CELL:,} characters"
            raise InputFault(Fault(self.path.name, rule, "Remove long notes; they are never stored")) from None
        except (expat.ExpatError, Broken, UnicodeError, LookupError):
            raise self._damaged() from None

    def _refuse_entities(self, *_: object) -> None:
        rule = "declares a document type, which no Excel workbook does"
        raise InputFault(Fault(self.path.name, rule, _AGAIN))

    def _targets(self, part: str, kind: str) -> dict[str, str]:
        """Return identifier and part of the relations of a kind; what lies outside the file is left away."""
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        found: dict[str, str] = {}

        def start(element: str, attributes: dict[str, str]) -> None:
            if element == "Relationship" and attributes.get("Type", "").rpartition("/")[2] == kind:
                if attributes.get("TargetMode") == "External":
                    return
                target = attributes.get("Target", "")
                whole = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                found[attributes.get("Id", "")] = whole

        if relations.casefold() in self._parts:
            for _ in self._parsed(relations, LARGEST_SMALL_PART, start):
                pass
        return found

    def _officed(self) -> str:
        """Return the part that lists the sheets."""
        books = [part for part in self._targets("", "officeDocument").values() if part.casefold() in self._parts]
        if len(books) != 1 or not books[0].casefold().endswith(".xml"):
            raise self._damaged()  # a Word document has a part of this kind too, but no sheets; a binary book no XML
        return books[0]

    def _list_sheets(self, book: str) -> list[Sheet]:
        targets = self._targets(book, "worksheet")
        sheets: list[Sheet] = []

        def start(element: str, attributes: dict[str, str]) -> None:
            if element == "workbookPr":
                self.from_1904 = attributes.get("date1904", "0").lower() in ("1", "true")
            elif element == "sheet":
                named = next((value for key, value in attributes.items() if key.endswith("relationships id")), "")
                hidden = attributes.get("state", "visible") != "visible"
                if named in targets:
                    sheets.append(Sheet(attributes.get("name", ""), len(sheets) + 1, hidden, targets[named]))

        for _ in self._parsed(book, LARGEST_SMALL_PART, start):
            pass
        if not sheets or len(sheets) > MOST_SHEETS:
            raise self._damaged()
        return sheets

    def _read_formats(self, book: str) -> list[str]:
        """Return the number format of each cell style, in order."""
        codes: dict[int, str] = dict(BUILTIN_FORMATS)
        formats: list[str] = []
        inside: list[str] = []

        def start(element: str, attributes: dict[str, str]) -> None:
            inside.append(element)
            if element == "numFmt" and attributes.get("numFmtId", "").isdecimal():
                codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "General")[:255]
            elif element == "xf" and inside[-2:-1] == ["cellXfs"]:
                number = attributes.get("numFmtId", "0")
                formats.append(codes.get(int(number), "General") if number.isdecimal() else "General")

        def end(_: str) -> None:
            inside.pop()

        for part in list(self._targets(book, "styles").values())[:1]:
            for _ in self._parsed(part, LARGEST_SMALL_PART, start, end):
                pass
        return formats

    def _read_texts(self, book: str) -> list[str]:
        """Return the table of texts that cells refer to by their place."""
        texts: list[str] = []

        def take(text: str) -> None:
            if len(texts) == MOST_TEXTS:
                raise self._too_large()
            texts.append(text)

        reading = TextReading(take)
        for part in list(self._targets(book, "sharedStrings").values())[:1]:
            for _ in self._parsed(part, LARGEST_TEXTS, reading.start, reading.end, reading.text):
                pass
        return texts


def _look_at_first_bytes(path: Path) -> None:
    with path.open("rb") as stream:
        opening = stream.read(8)
        if opening == _OLD_FORMAT:
            kept = b""
            while piece := stream.read(1 << 20):
                if _ENCRYPTED in kept + piece:
                    raise InputFault(_protected(path))
                kept = piece[-len(_ENCRYPTED) :]
            rule = "is a workbook of the old format (.xls)"
            raise InputFault(Fault(path.name, rule, "Open it in Excel and save it as 'Excel Workbook (.xlsx)'"))
    if not opening.startswith(b"PK\x03\x04"):
        raise InputFault(Fault(path.name, "is not a whole Excel workbook", _AGAIN))


def _protected(path: Path) -> Fault:
    remedy = "Open it, remove the password (File, Info, Protect Workbook), and save it again"
    return Fault(path.name, "is protected by a password", remedy)
