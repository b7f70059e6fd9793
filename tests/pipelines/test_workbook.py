"""Workbooks: what openpyxl wrote is read back cell by cell; what is wrong is named by sheet and place, never quoted.

Referee: openpyxl's own reader. Damaged and hostile files are in the catalogue `bad_files`.
"""

from __future__ import annotations

import re
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import duckdb
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from pipelines import map as mapping_step
from pipelines import read, spreadsheet, warehouse
from pipelines.faults import InputFault
from pipelines.spreadsheet_cells import Oddities, column_letters, column_number, number_text
from pipelines.workbook import snake_case

SECRET = "Zanzibar-555"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
Cells = list[list[object]]


def book_of(tmp_path: Path, *, name: str = "book.xlsx", **sheets: Cells) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(tmp_path / name)
    return tmp_path / name


def changed(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """Rewrite one part of a workbook, as a damaged or hostile program would."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts[part] = change(parts.get(part, b"").decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return path


def with_rows(tmp_path: Path, rows: str, texts: str = "") -> Path:
    """A workbook whose only sheet holds the XML `rows`."""
    path = book_of(tmp_path, People=[["id", "age"], ["P-1", 30]])
    data = f"<sheetData>{rows}</sheetData>"
    changed(path, "xl/worksheets/sheet1.xml", lambda xml: re.sub(r"<sheetData>.*</sheetData>", lambda _: data, xml))
    if texts:
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
        relation = f'<Relationship Id="texts" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
        changed(path, "xl/_rels/workbook.xml.rels", lambda xml: xml.replace("</Relationships>", relation))
        changed(path, "xl/sharedStrings.xml", lambda _: texts)
    return path


def text_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


HEADING = f'<row r="1">{text_cell("A1", "id")}{text_cell("B1", "age")}</row>'


def staged(path: Path) -> tuple[list[read.SourceFile], duckdb.DuckDBPyConnection]:
    connection = warehouse.memory_connection()
    return read.stage(connection, path), connection


def rows_of(path: Path, stem: str = "people") -> list[tuple[object, ...]]:
    _, connection = staged(path)
    return connection.table(warehouse.quoted(f"source_{stem}")).order("row_no").fetchall()


def faults_of(path: Path) -> list[str]:
    """The faults of a file, or of its sheets once a mapping needs them."""
    try:
        files, _ = staged(path)
        faults = [fault for file in files for fault in file.faults]
    except InputFault as fault:
        faults = list(fault.faults)
    assert SECRET not in str(faults)
    assert all(fault.remedy for fault in faults)
    return [f"{fault.where}: {fault.rule}" for fault in faults]


def test_cells_of_every_kind_become_text(tmp_path: Path) -> None:
    cells = [7, 30.0, 0.1 + 0.2, -2.5, 1e-7, 123456789012345, True, False, "N/A", " 007 ", "Zoë 日本", None]
    days = [date(2024, 2, 29), datetime(2024, 3, 1, 9, 30), time(9, 30), datetime(1900, 2, 28), date(1900, 3, 1)]
    path = book_of(tmp_path, People=[[f"h{n}" for n in range(17)], [*cells, *days]])
    expected = ["7", "30", "0.3", "-2.5", "1e-07", "123456789012345", "true", "false", "N/A", " 007 ", "Zoë 日本", None]
    dated = ["2024-02-29", "2024-03-01 09:30:00", "09:30:00", "1900-02-28", "1900-03-01"]
    assert rows_of(path) == [(2, *expected, *dated)]


def test_dates_of_the_calendar_that_begins_in_1904(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.title = "People"
    book.active.append(["id", "seen"])
    book.active.append(["P-1", datetime(2024, 2, 29)])
    book.save(tmp_path / "book.xlsx")
    assert rows_of(tmp_path / "book.xlsx") == [(2, "P-1", "2024-02-29")]


@pytest.mark.parametrize(
    ("value", "code", "from_1904", "expected"),
    [
        ("45351", "yyyy-mm-dd", False, "2024-02-29"),
        ("43889", "yyyy-mm-dd", True, "2024-02-29"),
        ("45351.5", "m/d/yy h:mm", False, "2024-02-29 12:00:00"),
        ("45351.99999999", "m/d/yy", False, "2024-03-01"),
        ("60", "m/d/yy", False, None),
        ("-3", "m/d/yy", False, None),
        ("2958466", "m/d/yy", False, None),
        ("1.5", "[h]:mm", False, "1.5"),
        ("6441", "00000", False, "06441"),
        ("45351", "General", False, "45351"),
        ("1.7E+1", "General", False, "17"),
        ("1E+200", "General", False, str(int(1e200))),
        ("nan", "General", False, "nan"),
        ("1_000", "General", False, "1_000"),
        ("0.63", "0%", False, "0.63"),
        ("30", '"day" 0', False, "30"),
    ],
)
def test_numbers_and_dates_by_hand(value: str, code: str, from_1904: bool, expected: str | None) -> None:
    assert number_text(value, code, from_1904) == expected


def test_a_formula_gives_its_stored_value_and_one_without_is_blank_and_counted(tmp_path: Path) -> None:
    rows = HEADING + (
        f'<row r="2">{text_cell("A2", "P-1")}<c r="B2"><f>{SECRET}</f><v>30</v></c></row>'
        f'<row r="3">{text_cell("A3", "P-2")}<c r="B3"><f>1+1</f></c></row>'
        f'<row r="4">{text_cell("A4", "P-3")}<c r="B4" t="str"><f>A1</f><v></v></c></row>'
        f'<row r="5">{text_cell("A5", "P-4")}<c r="B5" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        f'<row r="6">{text_cell("A6", "P-5")}<c r="B6" t="e"><v>#N/A</v></c></row>'
    )
    path = with_rows(tmp_path, rows)
    assert rows_of(path) == [(2, "P-1", "30"), (3, "P-2", None), (4, "P-3", None), (5, "P-4", None), (6, "P-5", None)]
    (file,) = staged(path)[0]
    assert file.notes == (
        "formulas without a stored value were read as blank (1 cells)",
        "cells with an error instead of a value were read as blank (2 cells)",
    )


def test_blank_rows_and_columns_go_and_rows_keep_their_number(tmp_path: Path) -> None:
    people: Cells = [[], [None, "id", None, "age"], [], [None, "P-1", None, 30], [], [None, "P-2", None, None, "x"]]
    path = book_of(tmp_path, People=people)
    assert rows_of(path) == [(4, "P-1", "30"), (6, "P-2", None)]
    (file,) = staged(path)[0]
    assert (file.name, file.columns, file.rows) == ("book.xlsx, sheet 1", ("id", "age"), 2)
    assert file.notes == (
        "the heading was found in row 2",
        "columns without a heading were not read (E)",
    )


def test_a_title_above_the_heading_is_not_the_heading(tmp_path: Path) -> None:
    people: Cells = [
        [f"List of {SECRET}"],
        ["printed", date(2024, 1, 1)],
        ["id", "age", "seen", "by"],
        ["P-1", 30, 1, 2],
    ]
    path = book_of(tmp_path, People=people)
    assert rows_of(path) == [(4, "P-1", "30", "1", "2")]
    assert SECRET not in str(staged(path)[0])


def test_headings_in_merged_cells_are_put_together(tmp_path: Path) -> None:
    path = book_of(
        tmp_path,
        People=[
            ["id", "Week 1", None, "Week 2", None],
            [None, "date", "came", "date", "came"],
            ["P-1", 1, "yes", 2, "no"],
        ],
    )
    book = openpyxl.load_workbook(path)
    for block in ("A1:A2", "B1:C1", "D1:E1"):
        book["People"].merge_cells(block)
    book.save(path)
    (file,) = staged(path)[0]
    assert file.columns == ("id", "Week 1 date", "Week 1 came", "Week 2 date", "Week 2 came")
    assert rows_of(path) == [(3, "P-1", "1", "yes", "2", "no")]
    assert file.notes == ("the heading was put together from rows 1 to 2",)


def test_sheets_become_tables_called_as_the_sheet_and_hidden_ones_stay_behind(tmp_path: Path) -> None:
    sheet: Cells = [["id", "age"], ["P-1", 1]]
    path = book_of(tmp_path, **{"Exit forms (2024)": sheet, "Élan!": sheet, "secret list": [["id"], [SECRET]]})
    book = openpyxl.load_workbook(path)
    book["secret list"].sheet_state = "hidden"
    book.save(path)
    files, connection = staged(path)
    assert [file.stem for file in files] == ["exit_forms_2024", "elan"]
    assert files[0].notes == ("hidden sheets were not read (sheet 3)",)
    views = connection.execute("SELECT view_name FROM duckdb_views() WHERE view_name LIKE 'source_%'").fetchall()
    assert sorted(views) == [("source_elan",), ("source_exit_forms_2024",)]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a'; DROP TABLE x; --", "C:\\windows", "..\\..\\x", "people*", "%s{x}"]
)
def test_a_sheet_name_is_never_a_path_or_a_statement(tmp_path: Path, name: str) -> None:
    path = book_of(tmp_path, People=[["id", "age"], ["P-1", 30]])
    shown = name.replace("'", "&apos;")
    changed(path, "xl/workbook.xml", lambda xml: xml.replace('name="People"', f'name="{shown}"'))
    (file,) = staged(path)[0]
    assert re.fullmatch(r"[a-z0-9_]+", file.stem)
    assert rows_of(path, file.stem) == [(2, "P-1", "30")]


def test_a_sheet_that_cannot_be_read_matters_once_a_mapping_needs_it(tmp_path: Path) -> None:
    sheets: dict[str, Cells] = {
        "Sites": [["site_id"], ["S1"]],
        "Participants": [["participant_id"], ["P-1"]],
        "Episodes": [
            ["episode_id", "participant_id", "site_id", "enrolled_date", "extract_date"],
            ["E-1", "P-1", "S1", date(2024, 1, 1), date(2024, 9, 1)],
        ],
        "Cover": [["x", "x"], [1, 2]],
        "Sessions": [["session_id", "episode_id", "status"]],
    }
    files, connection = staged(book_of(tmp_path, **sheets))
    mapped = mapping_step.apply(connection, "workbook", files)
    assert {table.name for table in mapped.tables} == {"sites", "participants", "episodes"}
    sheets["Episodes"][0][4] = "SITE_ID"
    files, connection = staged(book_of(tmp_path, **sheets))
    with pytest.raises(InputFault, match="sheet 3: columns 3 and 5 have the same heading"):
        mapping_step.apply(connection, "workbook", files)


def test_a_csv_and_a_sheet_of_one_name_are_refused(tmp_path: Path) -> None:
    book_of(tmp_path, People=[["id"], ["P-1"]])
    (tmp_path / "people.csv").write_text("id\nP-2\n")
    assert faults_of(tmp_path) == ["people.csv: a second table of the same name"]


def test_no_part_but_those_with_cells_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book_of(tmp_path, name="book.xlsm", People=[["id", "age"], ["P-1", 30]])
    with zipfile.ZipFile(path, "a") as book:
        for part in (
            "xl/vbaProject.bin",
            "xl/externalLinks/externalLink1.xml",
            "xl/media/image1.png",
            "docProps/x.xml",
        ):
            book.writestr(part, SECRET)
    opened: list[str] = []
    whole = zipfile.ZipFile.open
    monkeypatch.setattr(
        zipfile.ZipFile,
        "open",
        lambda self, entry, *a, **k: opened.append(entry.filename) or whole(self, entry, *a, **k),
    )
    assert rows_of(path) == [(2, "P-1", "30")]
    allowed = {"_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml"}
    assert set(opened) <= allowed | {"xl/worksheets/sheet1.xml"}


def test_columns_are_counted_as_letters() -> None:
    for number in (1, 26, 27, 52, 702, 703, 16_384):
        assert column_number(column_letters(number)) == number
    assert (column_letters(27), column_letters(16_384)) == ("AA", "XFD")


def test_escaped_letters_and_runs_of_a_text(tmp_path: Path) -> None:
    texts = (
        f'<sst xmlns="{MAIN}"><si><t>id</t></si><si><r><t>a</t></r><r><t>ge</t></r><rPh><t>x</t></rPh></si>'
        "<si><t>P_x000D_-1_x0000__x005F_x_xD83D__xDE00_</t></si></sst>"
    )
    cell = '<c r="{}" t="s"><v>{}</v></c>'
    rows = f'<row r="1">{cell.format("A1", 0)}{cell.format("B1", 1)}</row><row r="2">{cell.format("A2", 2)}</row>'
    assert rows_of(with_rows(tmp_path, rows, texts)) == [(2, "P\r-1_x😀", None)]


printable = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=["Cs", "Cc"]), max_size=9)
cells = st.one_of(
    st.none(),
    printable.filter(lambda text: not text.startswith(("=", "#")) and "_x" not in text),
    st.integers(-(10**14), 10**14),
    st.floats(-1e9, 1e9).map(lambda number: round(number, 4)),
    st.booleans(),
    st.dates(date(1901, 1, 1), date(2099, 12, 31)),
)


def as_text(value: object) -> str | None:
    """What a cell should become, from what openpyxl's own reader gives."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(value, ".15g")
    return None if value is None or not str(value).strip() else str(value)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=6))
def test_any_sheet_openpyxl_writes_is_read_as_openpyxl_reads_it(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[object, ...]]
) -> None:
    path = book_of(tmp_path_factory.mktemp("book"), People=[["one", "two", "three"], *map(list, rows)])
    sheet = openpyxl.load_workbook(path)["People"]
    expected = [
        (number, *map(as_text, row))
        for number, row in enumerate(sheet.iter_rows(min_row=2, values_only=True), 2)
        if any(as_text(cell) for cell in row)
    ]
    found = rows_of(path) if expected else []
    assert found == expected


def test_names_of_sheets_in_snake_case() -> None:
    assert snake_case("  Exit forms - 2024 ") == "exit_forms_2024"
    assert snake_case("Élan") == "elan"
    assert snake_case("日本") == ""


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    path = book_of(tmp_path, People=[["id", "age"], *([f"P-{n}", n] for n in range(20_000))])
    book = spreadsheet.Workbook(path)
    tracemalloc.start()
    held = sum(1 for _ in book.rows(book.sheets[0], Oddities()))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    book.close()
    assert held == 20_001
    assert most < 2_500_000  # the rows together would be four times that
