"""Staging: what is read is what the file holds, row for row; what is wrong is named and never quoted.

The referee of good files is Python's own csv reader; of bad files, the sentence a person would need. Single bad files
are in the catalogue `bad_files`.
"""

from __future__ import annotations

import csv
import gzip
import io
from functools import cache
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import read, warehouse
from pipelines.faults import InputFault

SECRET = "Zanzibar-555"


@cache
def shared_connection() -> duckdb.DuckDBPyConnection:
    return warehouse.memory_connection()


def staged_rows(source: Path) -> tuple[read.SourceFile, list[tuple[object, ...]]]:
    (staged,) = read.stage(shared_connection(), source)
    return staged, shared_connection().table(warehouse.quoted(staged.view)).order("row_no").fetchall()


def write(folder: Path, content: bytes | str, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def faults_of(source: Path) -> list[str]:
    with pytest.raises(InputFault) as raised:
        read.stage(shared_connection(), source)
    left = shared_connection().execute("SELECT table_name FROM duckdb_tables()").fetchall()
    words = str(raised.value)
    assert SECRET not in words
    assert not [name for (name,) in left if "reject" in str(name) or name == "staged_text"]
    assert all(fault.remedy for fault in raised.value.faults)
    return [f"{fault.where}: {fault.rule}" for fault in raised.value.faults]


GOOD = {
    "plain": (b"id,age\nP-1,30\nP-2,\n", [(2, "P-1", "30"), (3, "P-2", None)]),
    "windows line ends": (b"id,age\r\nP-1,30\r\n", [(2, "P-1", "30")]),
    "old line ends": (b"id,age\rP-1,30\rP-2,31\r", [(2, "P-1", "30"), (3, "P-2", "31")]),
    "no last line end": (b"id,age\nP-1,30", [(2, "P-1", "30")]),
    "byte order mark": (b"\xef\xbb\xbfid,age\nP-1,30\n", [(2, "P-1", "30")]),
    "semicolons": (b"id;age\nP-1;30,5\n", [(2, "P-1", "30,5")]),
    "tabs": (b"id\tage\nP-1\t30\n", [(2, "P-1", "30")]),
    "comma inside quotes": (b'id,"age; years"\n"P,1",30\n', [(2, "P,1", "30")]),
    "line end inside quotes": (b'id,age\n"P\n1",30\nP-2,31\n', [(2, "P\n1", "30"), (3, "P-2", "31")]),
    "line end inside the heading": (b'"id\nhere",age\nP-1,30\n', [(2, "P-1", "30")]),
    "doubled quotes": (b'id,age\n"P""1""",30\n', [(2, 'P"1"', "30")]),
    "quoted empty cell": (b'id,age\n"",30\n', [(2, None, "30")]),
    "letters of all kinds": ("id,age\nZoë-日本,30\n".encode(), [(2, "Zoë-日本", "30")]),
    "one column": (b"id\nP-1\nP-2\n", [(2, "P-1"), (3, "P-2")]),
    "spaces stay": (b"id, age \n P-1 ,30\n", [(2, " P-1 ", "30")]),
    "heading called rowid": (b"rowid,age\n7,30\n", [(2, "7", "30")]),
}


@pytest.mark.parametrize("case", GOOD, ids=str)
@pytest.mark.parametrize("compressed", [False, True], ids=["csv", "csv.gz"])
def test_good_files_are_read_row_for_row(tmp_path: Path, case: str, compressed: bool) -> None:
    content, expected = GOOD[case]
    path = write(tmp_path, gzip.compress(content), "people.csv.gz") if compressed else write(tmp_path, content)
    staged, rows = staged_rows(path)
    assert rows == expected
    assert staged.rows == len(expected)
    assert staged.stem == "people"


def test_a_semicolon_heading_with_a_comma_in_it_is_settled_by_the_rows(tmp_path: Path) -> None:
    staged, rows = staged_rows(write(tmp_path, "id;age, years\nP-1;30\nP-2;31\n"))
    assert (staged.columns, staged.delimiter) == (("id", "age, years"), "semicolon")
    assert rows == [(2, "P-1", "30"), (3, "P-2", "31")]


def test_ragged_rows_are_counted(tmp_path: Path) -> None:
    path = write(tmp_path, "id,age\nP-1\nP-2,2\nP-3\nP-4,4,4\n")
    connection = shared_connection()
    with pytest.raises(InputFault) as raised:
        read.stage(connection, path)
    assert [(fault.rule, fault.rows) for fault in raised.value.faults] == [
        ("rows have fewer cells than the heading", 2),
        ("rows have more cells than the heading", 1),
    ]


def test_every_file_is_looked_at_before_anything_is_said(tmp_path: Path) -> None:
    write(tmp_path, "id,age\n", "a.csv")
    write(tmp_path, f"id,id\n{SECRET},2\n", "b.csv")
    write(tmp_path, "id,age\n1,2\n", "c.csv")
    write(tmp_path, b"PAR1 no", "d.parquet")
    write(tmp_path, b"no gzip", "e.csv.gz")
    found = faults_of(tmp_path)
    assert [line.split(":")[0] for line in found] == ["a.csv", "b.csv", "d.parquet", "e.csv.gz"]


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    assert "no such file or folder" in faults_of(tmp_path / "missing")[0]
    assert "holds no file that can be read" in faults_of(tmp_path)[0]
    write(tmp_path, "x", "notes.docx")
    assert "holds no file that can be read" in faults_of(tmp_path)[0]
    assert "holds no file that can be read" in faults_of(tmp_path / "notes.docx")[0]


def test_two_files_for_one_table_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "id,age\n1,2\n", "people.csv")
    write(tmp_path, gzip.compress(b"id,age\n1,2\n"), "People.CSV.gz")
    assert "a second file for the same table" in faults_of(tmp_path)[0]


def test_a_cut_gzip_file_is_named(tmp_path: Path) -> None:
    whole = gzip.compress(b"id,age\n" + b"P-1,30\n" * 10_000, mtime=0)
    assert "not a whole gzip file" in faults_of(write(tmp_path, whole[: len(whole) // 2], "people.csv.gz"))[0]


@pytest.mark.parametrize("name", ["*.csv", "a[1].csv", "b?.csv", "year=1.csv", "it's.csv", "x{a,b}.csv", '"; drop.csv'])
def test_a_file_name_is_never_a_pattern_or_a_statement(tmp_path: Path, name: str) -> None:
    write(tmp_path, "id,age\nmine,30\n", name)
    write(tmp_path, "id,age\nother,31\n", "a1.csv")
    write(tmp_path, "id,age\nother,31\n", "bb.csv")
    staged, rows = staged_rows(tmp_path / name)
    assert staged.name == name
    assert rows == [(2, "mine", "30")]


def test_parquet_is_read_as_text_in_file_order(tmp_path: Path) -> None:
    connection = shared_connection()
    path = tmp_path / "people.parquet"
    query = """
        COPY (
            SELECT 'P-' || range AS id, DATE '2024-01-01' + range::INTEGER AS date, range % 2 = 0 AS flag,
                CASE WHEN range = 1 THEN NULL ELSE range / 2 END AS score
            FROM range(3)
        ) TO $path (FORMAT parquet)
    """
    connection.execute(query, {"path": str(path)})
    staged, rows = staged_rows(path)
    assert staged.columns == ("id", "date", "flag", "score")
    assert rows == [
        (2, "P-0", "2024-01-01", "true", "0.0"),
        (3, "P-1", "2024-01-02", "false", None),
        (4, "P-2", "2024-01-03", "true", "1.0"),
    ]
    assert staged.sha256 == warehouse.versions.sha256(path)


def test_parquet_with_lists_is_refused(tmp_path: Path) -> None:
    connection = shared_connection()
    path = tmp_path / "people.parquet"
    connection.execute("COPY (SELECT 1 AS id, [1, 2] AS many) TO $path (FORMAT parquet)", {"path": str(path)})
    assert "lists or records" in faults_of(path)[0]


def test_row_numbers_hold_in_large_files_read_in_parallel(tmp_path: Path) -> None:
    lines = 1_200_000
    path = tmp_path / "many.csv"
    with path.open("w") as stream:
        stream.write("place,filler\n")
        stream.writelines(f"{place},{'x' * (place % 19)}\n" for place in range(2, lines + 2))
    connection = shared_connection()
    read.stage(connection, path)
    wrong = "SELECT count(*), count(*) FILTER (WHERE row_no <> place::BIGINT) FROM source_many"
    assert connection.execute(wrong).fetchall() == [(lines, 0)]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\ufeff", exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=80, deadline=None)
@given(
    rows=st.lists(st.tuples(cells.filter(str.strip), cells, cells), min_size=1, max_size=8),
    delimiter=st.sampled_from([",", ";", "\t"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
)
def test_any_table_the_csv_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]], delimiter: str, line_end: str
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow(["one", "two", "three"])
    writer.writerows([[cell.replace("\n", line_end) for cell in row] for row in rows])
    path = write(tmp_path_factory.mktemp("written"), text.getvalue())
    _, found = staged_rows(path)
    expected = [
        (number, *(cell.replace("\n", line_end) or None for cell in row)) for number, row in enumerate(rows, start=2)
    ]
    assert found == expected
