"""The warehouse: versions, readers, and what happens when something goes wrong. The referee is the file system."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from pipelines import versions, warehouse
from pipelines.faults import InputFault


def publish(home: Path, value: int, kind: versions.Kind = "records") -> None:
    with warehouse.build(home, kind) as connection:
        connection.execute("CREATE TABLE answer AS SELECT $value::INTEGER AS value", {"value": value})
        connection.execute("CREATE TEMP TABLE scratch AS SELECT 1 AS value")


def answer(home: Path) -> object:
    reader = warehouse.open_records(home)
    try:
        return reader.rows("SELECT value FROM answer")[0][0]
    finally:
        reader.close()


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_before_the_first_load_the_message_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match=r"no records yet.*recovery-outcomes load"):
        warehouse.open_records(tmp_path)
    with pytest.raises(InputFault, match=r"no release yet.*recovery-outcomes release"):
        warehouse.open_release(tmp_path)
    assert warehouse.current(tmp_path, "records") is None


def test_versions_count_up_and_the_last_three_stay_for_the_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "data"
    for value in range(1, 6):
        publish(home, value)
        assert answer(home) == value
    folder = home / "records"
    assert files(folder) == {
        ".lock",
        "CURRENT",
        "records-0003.duckdb",
        "records-0004.duckdb",
        "records-0005.duckdb",
    }
    assert warehouse.current(home, "records") == folder / "records-0005.duckdb"
    assert mode(home) == mode(folder) == 0o700
    assert {mode(path) for path in folder.iterdir()} == {0o600}


def test_a_reader_keeps_its_version_after_the_file_was_pruned(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    old = warehouse.open_records(tmp_path)
    for value in range(2, 6):
        publish(tmp_path, value)
    assert old.version == "records-0001"
    assert not old.path.exists()
    assert old.rows("SELECT value FROM answer") == [(1,)]
    assert answer(tmp_path) == 5


def test_threads_sharing_a_reader_get_their_own_answers(tmp_path: Path) -> None:
    with warehouse.build(tmp_path, "records") as connection:
        connection.execute("CREATE TABLE numbers AS SELECT range AS n, range * 7 AS seven FROM range(20000)")
    reader = warehouse.open_records(tmp_path)

    def ask(n: int) -> bool:
        row = reader.rows("SELECT n, seven FROM numbers WHERE n = $n", {"n": n})
        frame = reader.table("SELECT sum(seven) AS total FROM numbers WHERE n <= ?", [n])
        return row == [(n, 7 * n)] and int(frame.total[0]) == 7 * n * (n + 1) // 2

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(1, 801)))


def test_a_failed_build_leaves_the_old_version_and_no_trace(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    before = files(tmp_path / "records")
    with pytest.raises(duckdb.ConversionException), warehouse.build(tmp_path, "records") as connection:
        connection.execute("CREATE TABLE answer AS SELECT 'two'::INTEGER AS value")
    assert answer(tmp_path) == 1
    assert files(tmp_path / "records") == before


def test_a_file_that_fails_its_check_is_not_published(tmp_path: Path) -> None:
    publish(tmp_path, 1)

    def refuse(connection: duckdb.DuckDBPyConnection) -> None:
        assert connection.execute("SELECT count(*) FROM answer").fetchall() == [(1,)]
        raise RuntimeError("the marts do not add up")

    with (
        pytest.raises(RuntimeError, match=r"add up"),
        warehouse.build(tmp_path, "records", verify=refuse) as connection,
    ):
        connection.execute("CREATE TABLE answer AS SELECT 2 AS value")
    assert answer(tmp_path) == 1


def test_an_interruption_before_the_pointer_moves_uses_no_number_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tmp_path, 1)
    with monkeypatch.context() as broken:
        broken.setattr("pipelines.versions.os.replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            publish(tmp_path, 2)
    assert answer(tmp_path) == 1
    publish(tmp_path, 3)
    assert answer(tmp_path) == 3
    assert warehouse.current(tmp_path, "records") == tmp_path / "records" / "records-0003.duckdb"


@pytest.mark.parametrize(
    "content", [b"", b"records-1\n", b"../../etc/passwd", b"release-0001\n", b"\xff\x00", b"x" * 9]
)
def test_a_damaged_pointer_is_named_and_the_next_build_repairs_it(tmp_path: Path, content: bytes) -> None:
    publish(tmp_path, 1)
    (tmp_path / "records" / "CURRENT").write_bytes(content)
    with pytest.raises(InputFault, match=r"CURRENT: does not name a version.*recovery-outcomes load"):
        warehouse.open_records(tmp_path)
    publish(tmp_path, 2)
    assert answer(tmp_path) == 2


def test_a_damaged_or_missing_file_is_named(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    path = warehouse.current(tmp_path, "records")
    assert path is not None
    path.write_bytes(b"not a database")
    with pytest.raises(InputFault, match=r"current records file cannot be opened"):
        warehouse.open_records(tmp_path)
    path.unlink()
    with pytest.raises(InputFault, match=r"current records file cannot be opened"):
        warehouse.open_records(tmp_path)


@pytest.fixture(scope="module")
def both_readers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, warehouse.Reader]:
    home = tmp_path_factory.mktemp("both")
    publish(home, 1)
    publish(home, 1, "release")
    return {"records": warehouse.open_records(home), "release": warehouse.open_release(home)}


@pytest.mark.parametrize(
    "attack",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM '/etc/passwd'",
        "COPY answer TO '/tmp/leak.csv'",
        "ATTACH '/tmp/other.duckdb' AS other",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "CREATE TABLE mine AS SELECT 1",
        "DELETE FROM answer",
        "SELECT * FROM local_variable",
    ],
)
@pytest.mark.parametrize("kind", versions.KINDS)
def test_readers_reach_no_other_file_and_change_nothing(
    both_readers: dict[str, warehouse.Reader], attack: str, kind: str
) -> None:
    local_variable = pd.DataFrame({"value": [1]})
    reader = both_readers[kind]
    with pytest.raises(duckdb.Error):
        reader.rows(attack)
    assert reader.rows("SELECT value FROM answer") == [(1,)]
    assert len(local_variable) == 1


def test_a_release_that_was_changed_is_refused(tmp_path: Path) -> None:
    publish(tmp_path, 1, "release")
    warehouse.open_release(tmp_path).close()
    path = warehouse.current(tmp_path, "release")
    assert path is not None
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputFault, match=r"not the file that was released"):
        warehouse.open_release(tmp_path)


def test_a_release_whose_pointer_lost_its_hash_is_refused(tmp_path: Path) -> None:
    publish(tmp_path, 1, "release")
    (tmp_path / "release" / "CURRENT").write_text("release-0001\n")
    with pytest.raises(InputFault, match=r"CURRENT: does not name a version.*recovery-outcomes release"):
        warehouse.open_release(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "records").write_text("a file where the folder should be")
    with pytest.raises(InputFault, match=r"records: the folder cannot be written.*RECOVERY_OUTCOMES_HOME"):
        publish(tmp_path, 1)


def test_leftovers_of_an_interrupted_build_go_before_the_next(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    folder = tmp_path / "records"
    (folder / "building-records-0002.duckdb").write_bytes(b"half a file")
    (folder / "building-records-0002.duckdb.wal").write_bytes(b"half a log")
    (folder / "building-records-0002.spill").mkdir()
    (folder / "building-records-0002.spill" / "piece").write_bytes(b"x")
    publish(tmp_path, 2)
    assert files(folder) == {".lock", "CURRENT", "records-0001.duckdb", "records-0002.duckdb"}


LARGE_BUILD = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from pipelines import warehouse
    from pipelines.faults import InputFault

    try:
        with warehouse.build(Path(sys.argv[1]), "records") as connection:
            connection.execute("CREATE TABLE answer AS SELECT 2 AS value")
            connection.execute("CREATE TABLE filler AS SELECT uuid() AS a, uuid() AS b FROM range(1000000)")
    except InputFault as fault:
        print(fault)
        sys.exit(2)
    """
)


def build_large(home: Path, file_limit: int | None = None) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        if file_limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))

    return subprocess.run(
        [sys.executable, "-c", LARGE_BUILD, str(home)],
        capture_output=True,
        text=True,
        preexec_fn=limit,
        timeout=60,
        check=False,
    )


def test_a_write_refused_by_the_system_is_a_full_disk_and_changes_nothing(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    before = files(tmp_path / "records")
    done = build_large(tmp_path, file_limit=4 << 20)
    assert (done.returncode, done.stderr) == (2, "")
    assert str(tmp_path / "records") in done.stdout
    assert "the disk is full" in done.stdout
    assert "RECOVERY_OUTCOMES_HOME" in done.stdout
    assert answer(tmp_path) == 1
    assert files(tmp_path / "records") == before


def test_a_really_full_disk_changes_nothing(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this account may not mount a small disk; the refused write is tested above")
    try:
        publish(disk, 1)
        before = files(disk / "records")
        done = build_large(disk)
        assert (done.returncode, done.stderr) == (2, "")
        assert "the disk is full" in done.stdout
        assert answer(disk) == 1
        assert files(disk / "records") == before
        publish(disk, 3)
        assert answer(disk) == 3
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_memory_connections_keep_their_overflow_private(tmp_path: Path) -> None:
    connection = warehouse.memory_connection("64MB")
    (folder,) = connection.execute("SELECT current_setting('temp_directory')").fetchall()[0]
    assert mode(Path(folder)) == 0o700
    assert os.path.realpath(folder) != os.path.realpath(".")
    connection.close()


def test_identifiers_are_quoted_whatever_they_hold() -> None:
    connection = warehouse.memory_connection()
    for name in ["plain", 'with "quotes"', "x; DROP TABLE y", "sélect", ""]:
        query = "SELECT 1 AS " + warehouse.quoted(name or "empty")
        description = connection.execute(query).description
        assert description is not None
        assert description[0][0] == (name or "empty")


def test_packaged_sql_is_found_and_a_missing_one_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        warehouse.statement("sql/there_is_no_such_file.sql")


def test_a_file_cut_off_halfway_is_named_with_its_remedy_when_a_query_meets_the_end(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with warehouse.build(home, "records") as con:
        con.execute("create table numbers as select random() as x, uuid() as y from range(200000)")
    reader = warehouse.open_records(home)
    os.truncate(reader.path, reader.path.stat().st_size // 2)
    for ask in (reader.table, reader.rows):
        with pytest.raises(InputFault, match="is damaged or cut off") as caught:
            ask("select max(x), max(y) from numbers")
        assert "recovery-outcomes load" in str(caught.value)
    reader.close()
