"""Workbooks that would unpack to more than a machine holds, and tables of texts without end."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.pipelines.bad_files.case import SECRET, Case, Refused
from tests.pipelines.bad_files.workbook_writer import (
    FIRST_SHEET,
    HEADING,
    MAIN,
    folder_with,
    good_bytes,
    parts_of,
    text_cell,
    with_part,
    with_rows,
    zipped,
)

UNSAFE = "would unpack to more than can be read safely"


def entities(depth: int) -> str:
    """A document type in which each entity is ten of the one before it."""
    nested = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, depth))
    return f'<!DOCTYPE x [<!ENTITY a0 "{SECRET}">{nested}]>'


def many_parts() -> bytes:
    return zipped(parts_of(good_bytes()) | {f"xl/media/{n}.png": b"" for n in range(10_001)}, 0)


def nested() -> bytes:
    inside = zipped({"x.xml": bytes(30 << 20)})
    return zipped(parts_of(good_bytes()) | {FIRST_SHEET: zipped({"y.zip": inside})})


def lying() -> bytes:
    """A part that says it holds a hundred bytes and unpacks to megabytes."""
    parts = parts_of(good_bytes())
    sheet = parts[FIRST_SHEET].replace(b"<sheetData>", b"<sheetData>" + b" " * 5_000_000)
    content = zipped(parts | {FIRST_SHEET: sheet})
    return content.replace(len(sheet).to_bytes(4, "little"), (100).to_bytes(4, "little"))


def texts(count: int) -> str:
    chance = random.Random(1)
    held = "".join(f"<si><t>{chance.getrandbits(20):x}</t></si>" for _ in range(count))
    return f'<sst xmlns="{MAIN}">{held}</sst>'


def cases() -> Iterator[Case]:
    """Yield every case."""
    refused = Refused("book.xlsx", UNSAFE)
    row = f'<row><c t="inlineStr"><is><t>{SECRET}</t></is></c></row>'
    yield Case("a bomb in a sheet", with_rows(row * 400_000), refused, "workbook", heavy=True)
    empty = f'<sst xmlns="{MAIN}">{"<si><t/></si>" * 9_000_000}</sst>'
    yield Case("a bomb in the table of texts", with_rows(HEADING, empty), refused, "workbook", heavy=True)
    yield Case(
        "two million texts and more", with_rows(HEADING, texts(2_100_000), level=1), refused, "workbook", heavy=True
    )
    styles = with_part("xl/styles.xml", lambda xml: xml + " " * (21 << 20))
    yield Case("a bomb in the styles", styles, refused, "workbook", heavy=True)
    yield Case("ten thousand parts and more", folder_with(many_parts), refused, "workbook", heavy=True)
    damaged = Refused("book.xlsx", "is not a whole Excel workbook")
    yield Case("a bomb inside a bomb", folder_with(nested), damaged, "workbook", heavy=True)
    yield Case("a part that is larger than it says", folder_with(lying), damaged, "workbook", heavy=True)
    for depth in (3, 10):
        change = with_part(
            FIRST_SHEET, lambda xml, depth=depth: xml.replace("<worksheet", entities(depth) + "<worksheet", 1)
        )
        yield Case(
            f"entities nested {depth} deep",
            change,
            Refused("book.xlsx", "declares a document type"),
            "workbook",
            heavy=True,
        )
    filler = SECRET + random.Random(1).randbytes(5_000_000).hex()
    yield Case(
        "a cell of ten megabytes in a sheet",
        with_rows(HEADING + f'<row r="2">{text_cell("A2", filler)}</row>'),
        Refused("book.xlsx", "holds a cell of more than 32,767 characters"),
        "workbook",
        heavy=True,
    )
    deep = with_rows("<row>" * 200_000)
    yield Case("XML nested without end", deep, damaged, "workbook", heavy=True)
    wide = HEADING + "".join(f'<row r="{n}">{text_cell(f"XFD{n}", SECRET)}</row>' for n in range(2, 20_000))
    yield Case(
        "cells in the last column alone", with_rows(wide), Refused("sheet 1", "is empty"), "workbook", heavy=True
    )
