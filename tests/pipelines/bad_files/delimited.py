"""Delimiters, quotation marks, line ends, rows of another length, and sizes nobody means."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.pipelines.bad_files.case import SECRET, Case, Equal, Refused, Write, file_of, packed
from tests.pipelines.raw_world import world, write

HEAD = "site_id,site_code,region,setting"
FIRST, LAST = f"{SECRET}-S1,Cedar Hill,North,rco", f"{SECRET}-S2,Ashgrove,South,court"
FEWER, MORE = "rows have fewer cells than the heading", "rows have more cells than the heading"
QUOTES = "a cell opens a quotation mark and does not close it properly"
MIXED = "cannot be read as CSV: line endings or quotation marks are mixed"
UNDIVIDED = "the heading is not divided by comma, semicolon or tab"
LONG_ROW = "a row is longer than 2,000,000 bytes"
UNSAFE = "would unpack to more than can be read safely"


def lines(*rows: str, end: str = "\n") -> bytes:
    return "".join(row + end for row in rows).encode()


REFUSED: dict[str, tuple[bytes, str]] = {
    "pipes": (lines(HEAD, FIRST, LAST).replace(b",", b"|"), UNDIVIDED),
    "carets": (lines(HEAD, FIRST, LAST).replace(b",", b"^"), "has no column site_id"),
    "the separators of ASCII": (lines(HEAD, FIRST).replace(b",", b"\x1f"), "column 1 has invisible letters"),
    "two delimiters": (lines("site_id,site_code;region", f"{SECRET},2", "1;2"), "the delimiter cannot be told"),
    "the hint of a spreadsheet program": (
        lines("sep=;", HEAD.replace(",", ";"), FIRST.replace(",", ";")),
        "begins with a line for Excel that names the separator",
    ),
    "a row of fewer cells": (lines(HEAD, f"{SECRET}-S1,Cedar Hill", LAST), FEWER),
    "a row of more cells": (lines(HEAD, f"{FIRST},{SECRET}", LAST), MORE),
    "a comma in a cell without quotes": (lines(HEAD, FIRST.replace("Hill", f"Hill, {SECRET}")), MORE),
    "a total below the rows": (lines(HEAD, FIRST, LAST, "2 rows"), FEWER),
    "an open quotation mark": (lines(HEAD, f'{SECRET}-S1,"Cedar Hill,North,rco', LAST), QUOTES),
    "an open quotation mark in the last row": (lines(HEAD, FIRST, f'{SECRET}-S2,Ashgrove,South,"court'), QUOTES),
    "letters after a closing quotation mark": (lines(HEAD, f'{SECRET}-S1,"Cedar"Hill,North,rco', LAST), QUOTES),
    "a quotation mark that is not doubled": (lines(HEAD, f'{SECRET}-S1,"Ce"dar" Hill",North,rco', LAST), QUOTES),
    "a quotation mark escaped with a backslash": (lines(HEAD, f'{SECRET}-S1,"Ce\\"dar, Hill",North,rco', LAST), QUOTES),
    "an open quotation mark in the heading": (lines(f'"{HEAD}', FIRST, LAST), ""),
    "line ends of two kinds": (f"{HEAD}\n{FIRST}\r\n{LAST}\n".encode(), MIXED),
    "a carriage return inside a cell": (lines(HEAD, FIRST.replace(" ", "\r"), LAST), ""),
    "nothing at all": (b"", "is empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", "is empty"),
    "only blank lines": (b"\n\n\n", "is empty"),
    "only the heading": (lines(HEAD), "is empty: it holds no row below the heading"),
    "a blank first line": (lines("", HEAD, FIRST), "begins with an empty line"),
    "a title above the heading": (lines(f"Sites of {SECRET}", HEAD, FIRST), ""),
    "a web page": (f"<!DOCTYPE html>\n<html><body>{SECRET}</body></html>\n".encode(), "has no column site_id"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(64), "holds NUL bytes"),
    "a workbook called .csv": (b"PK\x03\x04\x14\0\x06\0" + bytes(64), "holds NUL bytes"),
    "a row of two megabytes": (lines(HEAD, f"{SECRET * 400_000},a,b,rco", LAST), LONG_ROW),
}
"""What the file of sites holds, and part of the rule; empty where several would be right."""


def big_cell(size: int) -> Callable[[str], bytes]:
    """The file of sites with a cell of `size` bytes in its last row."""
    return lambda text: (text + f"X-1,{'x' * size},,rco\n").encode()


def cases() -> Iterator[Case]:
    """Yield every case."""
    for name, (content, rule) in REFUSED.items():
        faults = 2 if "backslash" in name else 1
        yield Case(name, file_of("sites.csv", content), Refused("sites.csv", rule, faults))
    for name in ("a row of fewer cells", "an open quotation mark", "pipes", "only the heading", "nothing at all"):
        content, rule = REFUSED[name]
        yield Case(f"{name}, compressed", packed("sites.csv", content), Refused("sites.csv.gz", rule))
    for name, change in SAME.items():
        yield Case(name, _same(change), Equal())
    yield Case(
        "a cell of ten megabytes",
        file_of("sites.csv", big_cell(10_000_000)),
        Refused("sites.csv", LONG_ROW),
        heavy=True,
    )
    yield Case(
        "a cell of ten megabytes, compressed",
        packed("sites.csv", lambda text: text + "X-1," + SECRET.join(str(n) for n in range(900_000)) + ",,rco\n"),
        Refused("sites.csv.gz", LONG_ROW),
        heavy=True,
    )
    yield Case(
        "a heading of ten megabytes",
        file_of("sites.csv", ("site_id," + SECRET * 1_700_000).encode()),
        Refused("sites.csv", "has no line end in its first megabyte"),
        heavy=True,
    )
    yield Case("a file that unpacks to a thousand times its size", _bomb, Refused("sites.csv.gz", UNSAFE), heavy=True)
    yield Case("a cut gzip file", _cut, Refused("sites.csv.gz", "is not a whole gzip file"))
    yield Case("no gzip file at all", _not_packed, Refused("sites.csv.gz", "is not a whole gzip file"))
    yield Case("a gzip file with a wrong checksum", _wrong_sum, Refused("sites.csv.gz", "is not a whole gzip file"))


SAME: dict[str, Callable[[bytes], bytes]] = {
    "carriage returns alone": lambda content: content.replace(b"\r\n", b"\r"),
    "line feeds alone": lambda content: content.replace(b"\r\n", b"\n"),
    "semicolons": lambda content: content.replace(b",", b";"),
    "tabs": lambda content: content.replace(b",", b"\t"),
    "no line end after the last row": lambda content: content.rstrip(b"\r\n"),
    "blank lines after the last row": lambda content: content + b"\r\n\r\n",
    "quotation marks around every cell": lambda content: b"\r\n".join(
        b",".join(b'"' + cell + b'"' for cell in line.split(b",")) for line in content.splitlines()
    ),
    "the heading in capitals": lambda content: b"\r\n".join(
        line.upper() if place == 0 else line for place, line in enumerate(content.splitlines())
    ),
    "a column that is not in the data dictionary": lambda content: b"\r\n".join(
        line + (b",notes" if place == 0 else b',"' + SECRET.encode() + b' met Ann, 555-123-4567"')
        for place, line in enumerate(content.splitlines())
    ),
}
"""Changes of the file of sites after which the same is stored."""


def _same(change: Callable[[bytes], bytes]) -> Write:
    def write_case(folder: Path) -> Path:
        source = write(folder / "in", world())
        path = source / "sites.csv"
        path.write_bytes(change(path.read_bytes()))
        return source

    return write_case


def _repacked(folder: Path, change: Callable[[bytes], bytes]) -> Path:
    source = packed("sites.csv", lines(HEAD, FIRST, LAST))(folder)
    path = source / "sites.csv.gz"
    path.write_bytes(change(path.read_bytes()))
    return source


def _bomb(folder: Path) -> Path:
    return _repacked(folder, lambda _: gzip.compress(lines(HEAD, FIRST) + b"x,y,z,rco\n" * 15_000_000, 6, mtime=0))


def _cut(folder: Path) -> Path:
    return _repacked(folder, lambda content: content[: len(content) // 2])


def _not_packed(folder: Path) -> Path:
    return _repacked(folder, lambda _: lines(HEAD, FIRST, LAST))


def _wrong_sum(folder: Path) -> Path:
    return _repacked(folder, lambda content: content[:-8] + bytes(4) + content[-4:])
