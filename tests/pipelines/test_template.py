"""Templates: headings of the declarations and nothing else to load; blank ones say so. Referee: schema and openpyxl."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from pipelines import schema
from pipelines.cli import main
from pipelines.faults import InputFault
from pipelines.load import load
from pipelines.mapping_file import read_mapping
from pipelines.template import SHEETS, write_csv, write_workbook
from pipelines.workbook import snake_case


def test_every_table_has_a_sheet_and_the_mapping_reads_it() -> None:
    assert set(SHEETS.values()) == {table.name for table in schema.loaded_tables()}
    sources = {rule.table: rule.source for rule in read_mapping("workbook").tables}
    assert sources == {table: snake_case(title) for title, table in SHEETS.items()}


def test_the_workbook_holds_headings_help_and_lists(tmp_path: Path) -> None:
    (path,) = write_workbook(tmp_path)
    book = openpyxl.load_workbook(path)
    for title, table in SHEETS.items():
        headings = [str(column.incoming) for column in schema.table(table).incoming]
        assert [[cell.value for cell in row] for row in book[title].iter_rows()] == [headings]
    help_rows = list(book["Help"].iter_rows(min_row=2, values_only=True))
    assert {(row[0], row[1]) for row in help_rows} == {
        (title, str(column.incoming)) for title, table in SHEETS.items() for column in schema.table(table).incoming
    }
    lists = {str(rule.sqref): rule.formula1 for rule in book["Sessions"].data_validations.dataValidation}
    column = [str(c.incoming) for c in schema.SESSIONS.incoming].index("status")
    sheet, _, block = lists[f"{chr(65 + column)}2:{chr(65 + column)}1048576"].rpartition("!")
    cells = [cell.value for row in book[sheet.strip("'")][block.replace("$", "")] for cell in row]
    assert tuple(cells) == schema.SESSION_STATUSES


def test_a_blank_workbook_is_refused_in_plain_words(tmp_path: Path) -> None:
    write_workbook(tmp_path / "t")
    with pytest.raises(InputFault) as raised:
        load(tmp_path / "t", tmp_path / "home", mapping="workbook", dry_run=True)
    assert [fault.rule for fault in raised.value.faults] == ["is empty: it holds no row below the heading"] * 3


def test_blank_csv_files_are_refused_one_by_one(tmp_path: Path) -> None:
    paths = write_csv(tmp_path / "t")
    for path, table in zip(paths, SHEETS.values(), strict=False):
        with path.open(newline="") as file:
            assert list(csv.reader(file)) == [[str(c.incoming) for c in schema.table(table).incoming]]
    with pytest.raises(InputFault) as raised:
        load(tmp_path / "t", tmp_path / "home", dry_run=True)
    assert len(raised.value.faults) == len(SHEETS)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_command_never_writes_over_a_file(tmp_path: Path, kind: str) -> None:
    arguments = ["template", "--format", kind, "--to", str(tmp_path / "t")]
    first = CliRunner().invoke(main, arguments)
    assert first.exit_code == 0
    before = {path: path.read_bytes() for path in (tmp_path / "t").iterdir()}
    second = CliRunner().invoke(main, arguments)
    assert second.exit_code == 2
    assert "is there already" in second.output
    assert {path: path.read_bytes() for path in (tmp_path / "t").iterdir()} == before
