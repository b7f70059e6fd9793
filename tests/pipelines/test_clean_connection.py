"""What is carried out in the process that makes the file. Referees: the same statements here, a search for the rest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from pipelines import marts, quality, warehouse
from pipelines.load import load
from tests.pipelines.raw_world import world, write

MARK = "Zq-raw-"
STATEMENTS: list[tuple[str, object]] = [
    ("create table days (day integer, label varchar, share double, seen boolean)", None),
    ("insert into days select unnest($days), $label, $share, $seen", {"days": [3, None, 1], "label": "naïve ☃ '\""}),
    ("create temp table scratch as select count(*) as rows from days", None),
    ("insert into days select rows, null, 1e-300, null from scratch", None),
]


def stored(home: Path, query: str) -> list[tuple[object, ...]]:
    reader = warehouse.open_records(home)
    try:
        return reader.rows(query)
    finally:
        reader.close()


def test_statements_parameters_and_answers_are_those_of_a_connection_here(tmp_path: Path) -> None:
    asked = "select day, label, share, seen, sum(day) over () as total from days order by day, share"
    answers = []
    with warehouse.building(tmp_path, "records") as build:
        for place in (build.clean, duckdb.connect()):
            place.begin()
            for text, given in STATEMENTS:
                parameters = given | {"share": 0.1 + 0.2, "seen": True} if isinstance(given, dict) else given
                place.execute(text, parameters)
            place.executemany("insert into days values (?, ?, ?, ?)", [[9, "a", None, False], [8, None, 2.5, None]])
            place.commit()
            answers.append(place.execute(asked).fetchall())
        table = build.clean.arrow_table("select label from days where day = 9")
        assert build.connection.execute("select count(*) from duckdb_tables()").fetchall() == [(0,)]
    assert answers[0] == answers[1]
    assert len(answers[0]) == 6
    assert table.to_pylist() == [{"label": "a"}]
    assert stored(tmp_path, asked) == answers[1]
    assert stored(tmp_path, "select table_name from duckdb_tables()") == [("days",)]


def test_what_fails_is_told_to_who_asks_next_and_what_was_answered_stays(tmp_path: Path) -> None:
    with warehouse.building(tmp_path, "records") as build:
        build.clean.execute("create table days as select 1 as day")
        assert build.clean.execute("select count(*) from days").fetchall() == [(1,)]
        build.clean.execute("insert into days values (2)")
        build.clean.execute(f"insert into days select cast('{MARK}' as integer)")
        with pytest.raises(duckdb.ConversionException) as caught:
            build.clean.execute("select 3").fetchall()
        assert MARK not in str(caught.value)
        assert build.clean.execute("select count(*) from days").fetchall() == [(1,)]
    assert stored(tmp_path, "select day from days") == [(1,)]


def test_what_fails_and_nobody_asks_of_is_not_published(tmp_path: Path) -> None:
    def failing() -> None:
        with warehouse.building(tmp_path, "records") as build:
            build.clean.execute("create table days as select 1 as day")
            build.clean.execute("insert into nowhere values (1)")

    with pytest.raises(duckdb.CatalogException):
        failing()
    assert warehouse.current(tmp_path, "records") is None
    assert not list((tmp_path / "records").glob("building-*"))


def test_rows_that_are_taken_arrive_in_their_order_and_nothing_comes_with_them(tmp_path: Path) -> None:
    with warehouse.building(tmp_path, "records") as build:
        con = build.connection
        con.execute(f"create temp table raw as select '{MARK}' || range as person, range as day from range(200000)")
        taken = "select hash(person) % 1000 as code, day from raw where day % 7 = 3 order by hash(day)"
        rows = con.execute(taken).fetchall()
        build.clean.take(con, "staged", taken)
        build.clean.execute("create table answer as from staged")
        build.clean.execute("drop view staged")
        (handed,) = (tmp_path / "records").rglob("*.parquet")
        assert MARK.encode() not in handed.read_bytes()
    assert stored(tmp_path, "select code, day from answer order by rowid") == rows
    path = warehouse.current(tmp_path, "records")
    assert path is not None
    assert MARK.encode() not in path.read_bytes()


def bytes_of(limit: str) -> float:
    number, unit = limit.split()
    return float(number) * 1024 ** ["bytes", "KiB", "MiB", "GiB", "TiB"].index(unit)


def test_both_processes_together_never_ask_for_more_memory_than_there_is(tmp_path: Path) -> None:
    limit = "select current_setting('memory_limit')"
    whole = duckdb.connect(config={"memory_limit": "100%"}).execute(limit).fetchall()
    with warehouse.building(tmp_path, "records") as build:
        build.clean.execute("create table days as select 1 as day")
        shares = []
        for _ in range(2):
            both = [place.execute(limit).fetchall()[0][0] for place in (build.connection, build.clean)]
            shares.append([bytes_of(one) / bytes_of(whole[0][0]) for one in both])
            build.go_on_there()
    assert shares == [pytest.approx([0.6, 0.2], abs=0.02), pytest.approx([0.2, 0.6], abs=0.02)]


def test_a_check_that_cannot_be_run_costs_no_row_of_the_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write(tmp_path / "in", world())
    load(source, tmp_path / "whole")
    broken = [replace(rule, sql="select cast('x' as integer), 1") for rule in quality.stored_rules()]
    monkeypatch.setattr(quality, "stored_rules", lambda: tuple(broken))
    load(source, tmp_path / "checked")
    for table in ("episodes", "sessions", *(mart.name for mart in marts.MARTS)):
        rows = [stored(tmp_path / home, f'select * from "{table}" order by all') for home in ("whole", "checked")]
        assert rows[0] == rows[1], table
    assert stored(tmp_path / "whole", "select count(*) > 0 from mart_episodes") == [(True,)]
    assert ("error",) in stored(tmp_path / "checked", "select distinct result from quality_checks")
