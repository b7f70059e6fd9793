"""Workbooks: what is missing, damaged or odd in them. What unpacks too large is in `workbook_bombs`."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from tests.pipelines.bad_files.case import SECRET, Case, Equal, KeptOut, Refused, Told
from tests.pipelines.bad_files.workbook_writer import (
    FIRST_SHEET,
    HEADING,
    ROW,
    changed_book,
    folder_with,
    good_bytes,
    parts_of,
    text_cell,
    with_part,
    with_rows,
    zipped,
)

DAMAGED = "is not a whole Excel workbook"
PROTECTED = "is protected by a password"
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SESSIONS = "xl/worksheets/sheet7.xml"
BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"


def inside_damaged() -> bytes:
    content = good_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        start = book.getinfo(FIRST_SHEET).header_offset + 60
    return content[:start] + bytes(100) + content[start + 100 :]


def flagged_encrypted() -> bytes:
    data = bytearray(good_bytes())
    for match in re.finditer(b"PK\x01\x02", bytes(data)):
        data[match.start() + 8] |= 1
    return bytes(data)


def twice_named() -> bytes:
    held = io.BytesIO(good_bytes())
    with zipfile.ZipFile(held, "a") as book:
        book.writestr(FIRST_SHEET.upper(), "<x/>")
    return held.getvalue()


def with_kind(method: int) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as book:
        for name, content in parts_of(good_bytes()).items():
            book.writestr(name, content)
    return held.getvalue()


FILES: dict[str, tuple[bytes | Callable[[], bytes], str]] = {
    "text called .xlsx": (SECRET.encode(), DAMAGED),
    "an empty file called .xlsx": (b"", DAMAGED),
    "a workbook cut in the middle": (lambda: good_bytes()[: len(good_bytes()) // 2], DAMAGED),
    "a workbook without its last hundred bytes": (lambda: good_bytes()[:-100], DAMAGED),
    "a workbook damaged inside": (inside_damaged, DAMAGED),
    "a workbook of the old format": (OLD + bytes(600) + SECRET.encode(), "of the old format (.xls)"),
    "a workbook with a password": (OLD + bytes((1 << 20) - 16) + "EncryptedPackage".encode("utf-16-le"), PROTECTED),
    "an encrypted zip file": (flagged_encrypted, PROTECTED),
    "a zip file of something else": (zipped({"readme.txt": SECRET.encode()}), DAMAGED),
    "an OpenDocument spreadsheet": (
        zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": SECRET.encode()}),
        DAMAGED,
    ),
    "a binary workbook": (
        lambda: zipped(
            {
                name.replace("workbook.xml", "workbook.bin"): part.replace(b"workbook.xml", b"workbook.bin")
                for name, part in parts_of(good_bytes()).items()
            }
        ),
        DAMAGED,
    ),
    "parts whose names differ in capitals": (twice_named, DAMAGED),
    "parts packed with another method": (lambda: with_kind(zipfile.ZIP_LZMA), DAMAGED),
}
PARTS: dict[str, tuple[str, Callable[[str], str], str]] = {
    "a sheet that is not XML": (FIRST_SHEET, lambda xml: xml[: len(xml) // 2], DAMAGED),
    "a sheet of two documents": (FIRST_SHEET, lambda xml: xml + xml, DAMAGED),
    "an external entity": (
        BOOK,
        lambda xml: xml.replace("<workbook", '<!DOCTYPE x SYSTEM "file:///etc/passwd"><workbook', 1),
        "declares a document type",
    ),
    "an external entity in a cell": (
        FIRST_SHEET,
        lambda xml: xml.replace(
            "<worksheet", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><worksheet', 1
        ).replace("Cedar Hill", "&e;"),
        "declares a document type",
    ),
    "a sheet outside the file": (
        RELATIONS,
        lambda xml: xml.replace("/xl/worksheets/sheet1.xml", "/../../etc/passwd"),
        DAMAGED,
    ),
    "every sheet somewhere on the network": (
        RELATIONS,
        lambda xml: xml.replace('Target="/xl/worksheets', 'TargetMode="External" Target="http://x/worksheets'),
        DAMAGED,
    ),
    "no sheet": (BOOK, lambda xml: re.sub(r"<sheet [^>]*/>", "", xml), DAMAGED),
    "every sheet hidden": (BOOK, lambda xml: xml.replace('state="visible"', 'state="veryHidden"'), "no visible sheet"),
    "a sheet named in signs alone": (
        BOOK,
        lambda xml: xml.replace('name="sites"', 'name="日本 !"'),
        "is missing: the mapping workbook needs",
    ),
    "a needed sheet hidden": (
        BOOK,
        lambda xml: re.sub(r'(name="sites"[^>]*)state="visible"', r'\1state="hidden"', xml),
        "is missing: the mapping workbook needs",
    ),
}
ROWS: dict[str, tuple[str, str]] = {
    "rows backwards": (
        f'<row r="9">{text_cell("A9", SECRET)}</row><row r="8">{text_cell("A8", SECRET)}</row>',
        DAMAGED,
    ),
    "a row far beyond the last": (HEADING + f'<row r="99999999999">{text_cell("A2", SECRET)}</row>', DAMAGED),
    "a row of a negative number": (HEADING + f'<row r="-2">{text_cell("A2", SECRET)}</row>', DAMAGED),
    "a column far beyond the last": (HEADING + f'<row r="2">{text_cell("ZZZZ2", SECRET)}</row>', DAMAGED),
    "the column after the last": (HEADING + f'<row r="2">{text_cell("XFE2", SECRET)}</row>', DAMAGED),
    "columns backwards": (HEADING + f'<row r="2">{text_cell("B2", SECRET)}{text_cell("A2", "x")}</row>', DAMAGED),
    "a text that is not there": (HEADING + '<row r="2"><c r="A2" t="s"><v>999</v></c></row>', DAMAGED),
    "a text before the first": (HEADING + '<row r="2"><c r="A2" t="s"><v>-1</v></c></row>', DAMAGED),
    "a NUL in the XML": (HEADING + f'<row r="2">{text_cell("A2", SECRET + chr(0))}</row>', DAMAGED),
    "an entity nobody declared": (HEADING + f'<row r="2">{text_cell("A2", "&secret;")}</row>', DAMAGED),
    "a cell longer than a cell may be": (
        HEADING + f'<row r="2">{text_cell("A2", SECRET * 6_000)}</row>',
        "holds a cell of more than 32,767 characters",
    ),
    "a sheet with its heading alone": (HEADING, "sheet 1: is empty"),
    "an empty sheet": ("", "sheet 1: is empty"),
    "a title and no heading": (f'<row r="1">{text_cell("A1", SECRET)}</row>' + ROW.replace("B2", "A2"), ""),
}


def cell(table: str, value: object) -> Callable[[openpyxl.Workbook], object]:
    """Write another value into the second cell of the first row."""
    return lambda book: book[table].cell(row=2, column=2, value=value)


def title_above(sheet: Worksheet) -> None:
    sheet.insert_rows(1, 2)
    sheet["A1"] = f"Printed for {SECRET}"


def macros() -> bytes:
    extra = ("xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/media/image1.png", "docProps/x.xml")
    extra += ("../../outside.txt", "/etc/cron.d/x", "xl/worksheets/../../../x", "C:\\x.txt")
    return zipped(parts_of(good_bytes(secret=False)) | dict.fromkeys(extra, SECRET.encode()))


def cases() -> Iterator[Case]:
    """Yield every case."""
    for name, (content, rule) in FILES.items():
        yield Case(name, folder_with(content), Refused("book.xlsx", rule), mapping="workbook")
    for name, (part, change, rule) in PARTS.items():
        where = "sites.csv" if rule.startswith("is missing") else "book.xlsx"
        yield Case(name, with_part(part, change), Refused(where, rule), mapping="workbook")
    for name, (rows, rule) in ROWS.items():
        where, _, part = rule.rpartition(": ")
        yield Case(name, with_rows(rows), Refused(where or "book.xlsx", part), mapping="workbook")
    yield from _headings()
    yield from _same()
    uncached = with_part(
        SESSIONS,
        lambda xml: re.sub(r'<c r="A2" t="inlineStr">.*?</c>', f'<c r="A2"><f>"{SECRET}"&amp;1</f></c>', xml),
        secret=False,
    )
    missing = KeptOut("missing_required", "sessions")
    yield Case("a needed cell with a formula that was never worked out", uncached, missing, mapping="workbook")


def _headings() -> Iterator[Case]:
    twice = changed_book(lambda book: book["sites"].cell(row=1, column=3, value=" Site_Code "))
    yield Case("two columns of one heading in a sheet", twice, Refused("sheet 1", "have the same heading"), "workbook")
    kept = changed_book(lambda book: book["sites"].cell(row=1, column=3, value="ROW_NO"))
    yield Case("a heading kept for row numbers in a sheet", kept, Refused("sheet 1", "is called row_no"), "workbook")
    other = changed_book(lambda book: book.create_sheet("Sites "))
    yield Case("two sheets of nearly one name", other, Refused("sheet 1", "has the name of another sheet"), "workbook")
    for title in ("../../etc/passwd", "a'; DROP TABLE x; --", "people*", "%s{x}"):
        change = with_part(BOOK, lambda xml, title=title: xml.replace('name="sites"', f'name="{title}"'))
        yield Case(f"a sheet called {title}", change, Refused("sites.csv", "is missing"), mapping="workbook")


def _same() -> Iterator[Case]:
    """Yield what is odd and yet read as it stands."""
    yield Case("macros, links and names that lead out", folder_with(macros, "book.xlsm"), Equal(), mapping="workbook")
    hidden = changed_book(lambda book: setattr(book.create_sheet("notes"), "sheet_state", "hidden"), secret=False)
    yield Case("a hidden sheet", hidden, Equal("hidden sheets were not read (sheet 11)"), mapping="workbook")
    above = changed_book(lambda book: title_above(book["sites"]), secret=False)
    yield Case("a title above the heading of a sheet", above, Equal("the heading was found in row 3"), "workbook")
    formula = with_part(
        FIRST_SHEET,
        lambda xml: re.sub(r'<c r="B2" t="inlineStr">.*?</c>', '<c r="B2" t="str"><f>A1</f><v>Cedar Hill</v></c>', xml),
        secret=False,
    )
    yield Case("a formula with its stored value", formula, Equal(), mapping="workbook")
    noted = changed_book(lambda book: book["sites"].cell(row=2, column=7, value=SECRET), secret=False)
    yield Case("a note beside the table", noted, Equal("columns without a heading were not read (G)"), "workbook")
    errors = with_part(
        FIRST_SHEET,
        lambda xml: re.sub(r'<c r="B2" t="inlineStr">.*?</c>', '<c r="B2" t="e"><v>#REF!</v></c>', xml),
        secret=False,
    )
    blank = Told("cells with an error instead of a value were read as blank (1 cells)")
    yield Case("an error instead of a value", errors, blank, mapping="workbook")
    number = changed_book(cell("sites", 1234567890), secret=False)
    yield Case(
        "a number where a name should be",
        number,
        KeptOut("long_digit_run", "sites"),
        "workbook",
        secrets=("1234567890",),
    )
    mail = changed_book(cell("sites", f"{SECRET}@example.org"))
    yield Case(
        "an e-mail address in a sheet", mail, Refused("sheet 1, column site_code", "identifier_email"), "workbook"
    )
    link = changed_book(
        lambda book: setattr(book["sites"]["B2"], "hyperlink", f"mailto:{SECRET}@example.org"), secret=False
    )
    yield Case("a link behind a cell", link, Equal(), mapping="workbook")
    comment = changed_book(
        lambda book: setattr(book["sites"]["B2"], "comment", openpyxl.comments.Comment(f"ask {SECRET}", "x")),
        secret=False,
    )
    yield Case("a comment beside a cell", comment, Equal(), mapping="workbook")
    merged = changed_book(lambda book: book["sessions"].merge_cells("B2:B3"), secret=False)
    yield Case("merged cells below the heading", merged, KeptOut("missing_required", "sessions"), mapping="workbook")
