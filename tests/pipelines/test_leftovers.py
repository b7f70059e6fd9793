"""Locks and leftovers: told in a sentence with what to do. Referee: real processes that hold, stop, die and spill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines import cli, leftovers, private_folder, versions, warehouse

HOLD = """
import sys, time
from pathlib import Path
from pipelines import versions
with versions.locked(Path(sys.argv[1]), "records"):
    print("held", flush=True)
    time.sleep(60)
"""
SPILL = """
import os, signal
from pipelines import warehouse
warehouse.memory_connection()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def _own_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests leave among the temporary files of the machine while they kill processes is not told here."""
    own = tmp_path / "temporary"
    own.mkdir()
    monkeypatch.setenv("TMPDIR", str(own))
    monkeypatch.setattr(tempfile, "tempdir", None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "records"
    path.mkdir(parents=True, mode=0o700)
    return path


@contextmanager
def holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the lock as a load does."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def doctor() -> Result:
    return CliRunner().invoke(cli.main, ["doctor"])


def line_of(result: Result, *words: str) -> str:
    (found,) = [line for line in result.stdout.splitlines() if all(word in line for word in words)]
    return found


def test_a_load_that_runs_is_no_leftover(folder: Path) -> None:
    (folder / "building-records-0001.duckdb").touch()
    with holder(folder) as process:
        result = doctor()
        assert result.exit_code == 0
        assert "Left over" not in result.stdout
        line = line_of(result, "A load is running now")
    if sys.platform == "linux":
        assert f"(process {process.pid})" in line


def test_a_lock_of_a_stopped_process_is_named_with_what_to_do(folder: Path) -> None:
    with holder(folder) as process:
        process.send_signal(signal.SIGSTOP)
        if sys.platform != "linux":  # elsewhere the system does not tell which process holds a lock
            assert "A load is running now" in doctor().stdout
            return
        deadline = time.monotonic() + 10
        while doctor().exit_code == 0 and time.monotonic() < deadline:
            time.sleep(0.05)
        result = doctor()
        assert result.exit_code == 1
        line = line_of(result, "✗", "is stopped")
        assert f"kill -CONT {process.pid}" in line
        assert f"kill {process.pid};" in line


def test_a_lock_of_a_process_that_writes_nothing_is_asked_about(folder: Path) -> None:
    building = folder / "building-records-0001.duckdb"
    building.touch()
    with holder(folder):
        assert doctor().exit_code == 0
        for path in (building, folder / ".lock"):
            os.utime(path, (time.time() - 7200, time.time() - 7200))
        result = doctor()
        assert result.exit_code == 1
        assert "has written nothing for 120 minutes" in line_of(result, "✗")
        building.write_bytes(b"more")
        assert doctor().exit_code == 0


def test_the_lock_of_a_killed_process_is_free_and_its_files_are_leftovers(folder: Path) -> None:
    (folder / "building-records-0001.duckdb").write_bytes(bytes(2_000_000))
    (folder / "building-records-0001.spill").mkdir()
    with holder(folder) as process:
        process.kill()
        process.wait(10)
    result = doctor()
    assert result.exit_code == 0
    assert "2 files of records, 2.0 MB; the next load clears them" in line_of(result, "Left over")
    assert "running" not in result.stdout
    with warehouse.build(folder.parent, "records") as con:
        con.execute("create table one as select 1 as one")
    assert list(leftovers.told(folder.parent)) == [(True, "No unfinished builds.")]


def test_a_version_that_never_came_into_use_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with warehouse.build(folder.parent, "records") as con:
        con.execute("create table one as select 1 as one")
    replace = os.replace
    monkeypatch.setattr("pipelines.versions.os.replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt), warehouse.build(folder.parent, "records") as con:
        con.execute("create table one as select 2 as one")
    monkeypatch.setattr("pipelines.versions.os.replace", replace)
    assert versions.current(folder.parent, "records") == folder / "records-0001.duckdb"
    (ahead,) = leftovers.told(folder.parent)
    assert "records-0002 was finished" in ahead[1]
    assert "never read" in ahead[1]
    with warehouse.build(folder.parent, "records") as con:
        con.execute("create table one as select 3 as one")
    assert list(leftovers.told(folder.parent)) == [(True, "No unfinished builds.")]


def test_a_log_beside_a_finished_version_is_named(folder: Path) -> None:
    (folder / "records-0001.duckdb.wal").touch()
    result = doctor()
    assert result.exit_code == 1
    assert "Move the file away and run load again" in line_of(result, "✗ records-0001.duckdb.wal")


def test_what_a_killed_dry_run_spilled_is_told_and_cleared_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    done = subprocess.run([sys.executable, "-c", SPILL], check=False)
    assert done.returncode == -signal.SIGKILL
    (mine,) = tmp_path.glob("recovery-outcomes-*")
    others = [tmp_path / "recovery-outcomes-notes-of-mine", tmp_path / "recovery-outcomes"]
    for path in others:
        path.mkdir()
    with private_folder.private_folder() as held:
        others.append(held)
        assert "1 folder below" in line_of(doctor(), "dry runs that were interrupted")
        warehouse.memory_connection().close()
        assert all(path.exists() for path in others)
        others.remove(held)
    assert not mine.exists()
    assert all(path.exists() for path in others)
    assert "No unfinished builds." in doctor().stdout
