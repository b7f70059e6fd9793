"""What a version's file is made of: its own tables, all of them, and nothing else. An attacker looks for the rest."""

from __future__ import annotations

import ast
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import duckdb
import pytest

from pipelines import clean_writer, warehouse
from pipelines.clean_copy import clean_copy

MARK = "Zq-raw-"
KINDS = warehouse.quoted('every "kind"')
KINDS_OF_VALUES = f"""
    create table {KINDS} (
        code uuid not null, label varchar, day integer, share double, large bigint, small smallint, seen boolean,
        days integer[], kind enum('a', 'b'), cohort date, exact decimal(12, 4)
    )
"""
ROWS = f"""
    insert into {KINDS}
    select
        md5(cast(range as varchar))::uuid,
        case range % 4 when 0 then null when 1 then '' when 2 then 'naïve ☃ ' || range else repeat('long ', 900) end,
        nullif(range - 3000, 7),
        case range % 3 when 0 then 'nan'::double when 1 then 0.1 + range else null end,
        9007199254740993 + range, range % 100, nullif(range % 3, 2) = 1,
        case when range % 5 = 0 then null else [range, null] end,
        case range % 3 when 0 then 'a' when 1 then 'b' end,
        date '2024-01-01' + cast(range as integer), range / 7.0
    from range(5000)
    order by hash(range)
"""


def everything(path: Path, table: str) -> list[tuple[object, ...]]:
    """Return the rows of a stored table as they stand, as text: NaN equals NaN then."""
    con = duckdb.connect(str(path), read_only=True)
    try:
        return con.execute(
            f"select cast(columns(*) as varchar) from {warehouse.quoted(table)} order by rowid"
        ).fetchall()
    finally:
        con.close()


def published(home: Path) -> Path:
    path = warehouse.current(home, "records")
    assert path is not None
    return path


def test_every_kind_of_value_every_comment_and_the_order_of_rows_arrive(tmp_path: Path) -> None:
    home = tmp_path / 'it\'s "home"'
    with warehouse.build(home, "records") as con:
        con.execute(KINDS_OF_VALUES)
        con.execute(ROWS)
        con.execute("create table empty (day integer)")
        con.execute("comment on table empty is 'nobody''s \"day\"'")
        con.execute(f"comment on column {KINDS}.day is 'Days; unit: days.'")
        con.execute("create temp table scratch as select 1 as value")
        con.execute("comment on table scratch is 'not for keeps'")
        columns = "select table_name, column_name, data_type, is_nullable, comment from duckdb_columns() order by all"
        tables = "select table_name, comment from duckdb_tables() order by all"
        rows = con.execute(f"select cast(columns(*) as varchar) from {KINDS} order by rowid").fetchall()
        declared = [row for row in con.execute(columns).fetchall() if row[0] in ("empty", 'every "kind"')]
    path = published(home)
    assert everything(path, 'every "kind"') == rows
    assert everything(path, "empty") == []
    found = duckdb.connect(str(path), read_only=True)
    assert [row for row in found.execute(columns).fetchall() if row[0] in ("empty", 'every "kind"')] == declared
    assert found.execute(tables).fetchall() == [("empty", 'nobody\'s "day"'), ('every "kind"', None)]
    found.close()


def test_a_home_named_from_the_working_folder_is_written_after_the_files_were_shut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with warehouse.build(Path("var"), "records") as con:
        con.execute("create table answer as select 2 as value")
        con.execute("set enable_external_access = false")
        with pytest.raises(duckdb.PermissionException):
            con.execute("copy answer to 'elsewhere.csv'")
    assert everything(published(tmp_path / "var"), "answer") == [("2",)]
    assert {path.name for path in tmp_path.iterdir()} == {"var"}


def test_whatever_worked_with_raw_values_never_has_the_file_open(tmp_path: Path) -> None:
    with warehouse.build(tmp_path, "records") as con:
        assert con.execute("select path from duckdb_databases() where path is not null").fetchall() == []
        assert not list((tmp_path / "records").glob("*.duckdb"))


def test_what_is_handed_over_holds_the_tables_alone(tmp_path: Path) -> None:
    con = warehouse.memory_connection()
    con.execute(f"create temp table raw as select '{MARK}' || range as person from range(200000)")
    con.execute("create table seen as select person, md5(person) as code from raw")
    con.execute("create table answer as select code, hash(code) % 9 as day from seen where code < '8' order by code")
    con.execute("drop table seen")
    with clean_copy(tmp_path / "tables") as copy:
        (statements,) = copy.hand_over(con)
        handed = [path for path in (tmp_path / "tables").rglob("*") if path.is_file()]
        assert [path.name for path in handed] == ["0.parquet"]
        assert MARK not in "".join(statements)
        con.execute("copy (select * from raw) to $file (format parquet)", {"file": str(tmp_path / "raw.parquet")})
        assert MARK.encode() in (tmp_path / "raw.parquet").read_bytes()  # the search would find it
        assert MARK.encode() not in handed[0].read_bytes()
        copy.write(tmp_path / "answer.duckdb", statements, "60%")
    rows = con.execute("select cast(columns(*) as varchar) from answer order by rowid").fetchall()
    assert everything(tmp_path / "answer.duckdb", "answer") == rows
    assert MARK.encode() not in (tmp_path / "answer.duckdb").read_bytes()
    assert (tmp_path / "answer.duckdb").stat().st_mode & 0o777 == 0o600


def test_the_writing_process_imports_nothing_of_ours_and_knows_neither_key_nor_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = list(ast.walk(ast.parse(Path(clean_writer.__file__).read_text())))
    named = {alias.name for node in script if isinstance(node, ast.Import) for alias in node.names}
    named |= {str(node.module) for node in script if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in named} <= set(sys.stdlib_module_names) | {"duckdb"}
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(tmp_path / "secret" / "key"))
    monkeypatch.setenv("RECOVERY_OUTCOMES_HOME", str(tmp_path / "home"))
    with clean_copy(tmp_path / "tables") as copy:
        time.sleep(0.3)
        given = Path(f"/proc/{copy.process_id}/environ").read_bytes()
        called = Path(f"/proc/{copy.process_id}/cmdline").read_bytes()
    assert b"PATH=" in given
    assert b"RECOVERY" not in given
    assert str(tmp_path).encode() not in called


def test_a_writer_that_dies_is_an_error_and_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with warehouse.build(tmp_path, "records") as con:
        con.execute("create table answer as select 1 as value")
    broken = tmp_path / "broken.py"
    broken.write_text("import sys\nsys.stdin.readline()\n")
    monkeypatch.setattr(clean_writer, "__file__", str(broken))
    with pytest.raises(RuntimeError, match="ended early"), warehouse.build(tmp_path, "records") as con:
        con.execute("create table answer as select 2 as value")
    assert everything(published(tmp_path), "answer") == [("1",)]
    assert not list((tmp_path / "records").glob("building-*"))


def test_tables_handed_over_early_arrive_as_they_were_with_those_that_came_after(tmp_path: Path) -> None:
    with warehouse.building(tmp_path, "records") as build:
        con = build.connection
        con.execute("create table base as select range as value from range(200000) order by hash(range)")
        con.execute("comment on column base.value is 'A number.'")
        build.hand_over(["base"])
        con.execute("create table answer as select max(value) as value from base")
        handed = sorted(path.name for path in (tmp_path / "records").rglob("*.parquet"))
    assert handed == ["0.parquet"]
    path = published(tmp_path)
    assert len(everything(path, "base")) == 200000
    assert everything(path, "answer") == [("199999",)]
    found = duckdb.connect(str(path), read_only=True)
    assert found.execute("select comment from duckdb_columns() where table_name = 'base'").fetchall() == [
        ("A number.",)
    ]
    found.close()


def build_and_change(home: Path) -> None:
    with warehouse.building(home, "records") as build:
        build.connection.execute("create table base as select 1 as value")
        build.hand_over(["base"])
        build.connection.execute("insert into base values (2)")


def test_a_table_that_changes_after_it_was_handed_over_is_not_published(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="other rows"):
        build_and_change(tmp_path)
    assert warehouse.current(tmp_path, "records") is None
    assert not list((tmp_path / "records").glob("building-*"))


def test_an_error_of_the_writer_at_what_came_early_is_told_at_the_end(tmp_path: Path) -> None:
    with clean_copy(tmp_path / "tables") as copy:
        copy.begin(tmp_path / "answer.duckdb", ["select 'x'::integer"], "60%")
        time.sleep(1)  # it has ended by now
        with pytest.raises(RuntimeError, match="ConversionException"):
            copy.write(tmp_path / "answer.duckdb", ["create table answer as select 1 as value"], "60%")


def test_an_error_of_the_writer_names_no_value(tmp_path: Path) -> None:
    con = warehouse.memory_connection()
    con.execute(f"create table answer as select '{MARK}' as person")
    wrong = f"create table answer as select '{MARK}'::integer as n"
    with clean_copy(tmp_path / "tables") as copy:
        assert list(copy.hand_over(con))
        with pytest.raises(RuntimeError, match="ConversionException") as caught:
            copy.write(tmp_path / "answer.duckdb", [wrong], "60%")
    assert MARK not in str(caught.value)


KILLED = textwrap.dedent(
    """
    import os, signal, sys
    from pathlib import Path
    from pipelines import clean_copy, warehouse

    write = clean_copy.CleanCopy.write

    def killed(self, target, statements, memory_limit):
        print(self.process_id, flush=True)
        if sys.argv[2] == "at work":
            endless = "select sum(hash(a.range + b.range)) from range(9000000) as a, range(9000) as b"
            statements = [*statements, endless]
            self.send(target, statements, memory_limit)
        os.kill(os.getpid(), signal.SIGKILL)

    clean_copy.CleanCopy.write = killed
    with warehouse.build(Path(sys.argv[1]), "records") as con:
        con.execute("create table answer as select 2 as value")
    """
)


@pytest.mark.parametrize("when", ["waiting", "at work"])
def test_the_writer_ends_with_the_process_it_writes_for(tmp_path: Path, when: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), when], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == -signal.SIGKILL
    writer = int(done.stdout)
    waited = time.monotonic() + 20
    while time.monotonic() < waited and _runs(writer):
        time.sleep(0.05)
    assert not _runs(writer)
    with warehouse.build(tmp_path, "records") as con:
        con.execute("create table answer as select 3 as value")
    assert everything(published(tmp_path), "answer") == [("3",)]
    assert not list((tmp_path / "records").glob("building-*"))


def _runs(process: int) -> bool:
    """Tell whether a process is there and works; one that ended and was not asked how is neither."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False
