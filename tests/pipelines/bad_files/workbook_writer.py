"""The good files as one workbook, and ways to spoil its parts as a damaged or hostile program would."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import openpyxl

from tests.pipelines.bad_files.case import SECRET, Write, secret_world
from tests.pipelines.raw_world import World, world

SHEETS = {"assessment_items": "answers", "engagement_events": "contacts", "discharges": "exits"}
"""Sheets of the mapping `workbook` that are not called as their table."""
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FIRST_SHEET = "xl/worksheets/sheet1.xml"
"""The part with the sheet of sites."""
RELATIONS = "xl/_rels/workbook.xml.rels"
_OF_TEXTS = (
    '<Relationship Id="texts" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" '
    'Target="sharedStrings.xml"/>'
)
NAME = "book.xlsx"


def book_of(tables: World) -> openpyxl.Workbook:
    """Return the tables as a workbook of text, one sheet each."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in tables.items():
        sheet = book.create_sheet(SHEETS.get(name, name))
        headings = list(dict.fromkeys(heading for row in rows for heading in row))
        sheet.append(headings)
        for row in rows:
            sheet.append([row.get(heading) for heading in headings])
    return book


@cache
def good_bytes(*, secret: bool = True) -> bytes:
    """Return the good workbook as a file."""
    held = io.BytesIO()
    book_of(secret_world() if secret else world()).save(held)
    return held.getvalue()


def parts_of(content: bytes) -> dict[str, bytes]:
    """Return the parts of a workbook by their name."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist()}


def zipped(parts: Mapping[str, bytes], level: int = 6) -> bytes:
    """Return parts as a zip file."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return held.getvalue()


def folder_with(content: bytes | Callable[[], bytes], name: str = NAME) -> Write:
    """Write a folder that holds one workbook."""

    def write_case(folder: Path) -> Path:
        source = folder / "in"
        source.mkdir()
        (source / name).write_bytes(content() if callable(content) else content)
        return source

    return write_case


def with_part(part: str, change: Callable[[str], str], *, secret: bool = True) -> Write:
    """Write the good workbook with one part rewritten."""

    def content() -> bytes:
        parts = parts_of(good_bytes(secret=secret))
        old = parts[part].decode()
        new = change(old)
        assert new != old
        return zipped(parts | {part: new.encode()})

    return folder_with(content)


def with_rows(rows: str, texts: str = "", *, level: int = 6) -> Write:
    """Write the good workbook whose sheet of sites holds the XML `rows`, and a table of texts if it is given."""

    def content() -> bytes:
        parts = parts_of(good_bytes())
        sheet = re.sub(r"<sheetData>.*</sheetData>", "@", parts[FIRST_SHEET].decode())
        parts[FIRST_SHEET] = sheet.replace("@", f"<sheetData>{rows}</sheetData>").encode()
        if texts:
            parts["xl/sharedStrings.xml"] = texts.encode()
            relations = parts[RELATIONS].decode()
            if "sharedStrings" not in relations:
                parts[RELATIONS] = relations.replace("</Relationships>", _OF_TEXTS + "</Relationships>").encode()
        return zipped(parts, level)

    return folder_with(content)


def changed_book(change: Callable[[openpyxl.Workbook], object], *, secret: bool = True, name: str = NAME) -> Write:
    """Write the good workbook after a change through openpyxl."""

    def content() -> bytes:
        book = book_of(secret_world() if secret else world())
        change(book)
        held = io.BytesIO()
        book.save(held)
        return held.getvalue()

    return folder_with(content, name)


def text_cell(place: str, text: str) -> str:
    """Return the XML of a cell of text."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADING = (
    f'<row r="1">{text_cell("A1", "site_id")}{text_cell("B1", "site_code")}{text_cell("C1", "region")}'
    f"{text_cell('D1', 'setting')}</row>"
)
ROW = f'<row r="2">{text_cell("A2", SECRET)}{text_cell("B2", "Ashgrove")}</row>'
