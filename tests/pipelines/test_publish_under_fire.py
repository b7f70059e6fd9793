"""Publishing while processes are killed, disks fill and readers read: no torn read, the old version stays.

The referee is the pair of tables every version holds: both carry the same number, so a reader that ever
sees two different numbers, an error or a version that was not published has caught a torn publish.
"""

from __future__ import annotations

import os
import random
import secrets
import time
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from pipelines import warehouse
from pipelines.faults import InputFault
from tests.pipelines.under_fire import (
    PAIR,
    ROWS,
    build,
    command,
    current,
    kill,
    load_and_tell,
    new_processes,
    reading,
    refused,
)

KILLS = 3
BUILDER_KILLS = 3
LOADERS = 4


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    return new_processes()


def test_killed_builders_and_publishes_never_disturb_a_reader(tmp_path: Path, processes: ForkServerContext) -> None:
    chance = random.Random(20)
    build(str(tmp_path), 0)
    published = {0}
    started_at = time.monotonic()
    build(str(tmp_path), 1)
    published.add(1)
    usual = time.monotonic() - started_at
    with reading(processes, tmp_path, PAIR, readers=2, threads=2, pause=0.05) as reads:
        for kills in range(BUILDER_KILLS):
            started = processes.Event()
            process = processes.Process(target=build, args=(str(tmp_path), 100 + kills, started))
            process.start()
            assert started.wait(30)
            time.sleep(chance.uniform(0, 1.1 * usual))
            kill(process)
            first, last, rows = current(tmp_path, PAIR)
            assert first == last
            assert rows == ROWS
            if first == 100 + kills:
                published.add(100 + kills)  # it had finished before the kill
            assert first in published
            if kills == BUILDER_KILLS - 1:
                build(str(tmp_path), 1 + kills)
                published.add(1 + kills)
                assert not list((tmp_path / "records").glob("building-*"))
    assert reads.errors == []
    assert set(reads.seen) <= {(version, version, ROWS) for version in published}
    assert len(reads) > BUILDER_KILLS


def test_of_several_loaders_at_once_one_writes_and_the_others_are_told(
    tmp_path: Path, processes: ForkServerContext
) -> None:
    started, go_on = processes.Event(), processes.Event()
    answers = processes.SimpleQueue()
    writer = processes.Process(target=build, args=(str(tmp_path), 7, started, go_on))
    writer.start()
    assert started.wait(30)
    others = [processes.Process(target=refused, args=(str(tmp_path), answers)) for _ in range(LOADERS - 1)]
    for other in others:
        other.start()
    told = [answers.get() for _ in others]
    go_on.set()
    writer.join(60)
    for other in others:
        other.join(10)
    assert writer.exitcode == 0
    assert all("another process is writing records here" in words for words in told)
    reader = warehouse.open_records(tmp_path)
    assert reader.rows(PAIR) == [(7, 7, ROWS)]
    assert reader.version == "records-0001"


def test_the_lock_of_a_killed_loader_is_free(tmp_path: Path, processes: ForkServerContext) -> None:
    started, go_on = processes.Event(), processes.Event()
    process = processes.Process(target=build, args=(str(tmp_path), 1, started, go_on))
    process.start()
    assert started.wait(30)
    kill(process)
    assert list((tmp_path / "records").glob("building-*"))
    with pytest.raises(InputFault, match="no records yet"):
        warehouse.open_records(tmp_path)
    build(str(tmp_path), 2)
    reader = warehouse.open_records(tmp_path)
    assert reader.rows(PAIR) == [(2, 2, ROWS)]
    assert {path.name for path in (tmp_path / "records").iterdir()} == {".lock", "CURRENT", "records-0001.duckdb"}


RECORDS = {
    "sites": "site_id,site_code\nS1,Ashgrove\n",
    "participants": "participant_id,age,gender\nP-1,30,woman\nP-2,41,man\n",
    "episodes": (
        "episode_id,participant_id,site_id,enrolled_date,extract_date\n"
        "E-1,P-1,S1,2024-01-03,2024-12-31\nE-2,P-2,S1,2024-02-03,2024-12-31\n"
    ),
    "sessions": (
        "session_id,episode_id,scheduled_date,occurred_date,status\n"
        "V-1,E-1,2024-01-05,2024-01-05,attended\nV-2,E-2,2024-02-05,,no_show\n"
    ),
}


@pytest.fixture
def records(tmp_path: Path) -> Path:
    folder = tmp_path / "records"
    folder.mkdir()
    for name, text in RECORDS.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def stored_people(home: Path) -> list[tuple[object, ...]]:
    reader = warehouse.open_records(home)
    try:
        return reader.rows("SELECT participant_id, age_band FROM participants ORDER BY ALL")
    finally:
        reader.close()


def test_a_killed_load_leaves_the_old_records_and_the_next_cleans_up(
    tmp_path: Path, records: Path, processes: ForkServerContext
) -> None:
    from pipelines.load import load

    home = tmp_path / "data"
    load(records, home)
    started_at = time.monotonic()
    load(records, home)
    usual = time.monotonic() - started_at
    before = stored_people(home)
    assert len(before) == 2
    (records / "participants.csv").write_text(RECORDS["participants"] + "P-3,52,woman\n")
    chance = random.Random(2)
    finished = 0
    for attempt in range(KILLS):
        started = processes.Event()
        process = processes.Process(
            target=load_and_tell, args=(records, home, os.environ["RECOVERY_OUTCOMES_KEY"], started)
        )
        process.start()
        assert started.wait(30)
        if attempt:  # the first is killed at once, however slow the machine
            time.sleep(chance.uniform(0, usual))
        kill(process)
        found = stored_people(home)
        assert set(before) <= set(found)
        assert len(found) in (2, 3)
        finished += len(found) == 3
    load(records, home)
    assert len(stored_people(home)) == 3
    assert finished < KILLS
    assert not list((home / "records").glob("building-*"))
    assert len(list((home / "records").glob("records-*.duckdb"))) <= 3


def test_a_load_onto_a_full_disk_says_so_and_changes_nothing(tmp_path: Path, records: Path) -> None:
    home = tmp_path / "data"
    done = command("load", str(records), home=home)
    assert done.returncode == 0, done.stderr
    before = stored_people(home), sorted(path.name for path in (home / "records").iterdir())
    done = command("load", str(records), home=home, file_limit=200_000)
    assert done.returncode == 2
    assert "the disk is full" in done.stderr
    assert "RECOVERY_OUTCOMES_HOME" in done.stderr
    assert "Traceback" not in done.stderr
    assert (stored_people(home), sorted(path.name for path in (home / "records").iterdir())) == before


def standing(home: Path) -> dict[str, int]:
    return {str(path.relative_to(home)): path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}


def test_a_changed_or_missing_key_refuses_the_load_and_the_former_one_goes_on(tmp_path: Path, records: Path) -> None:
    home, key = tmp_path / "data", Path(os.environ["RECOVERY_OUTCOMES_KEY"])
    assert command("load", str(records), home=home).returncode == 0
    before, former = standing(home), key.read_bytes()
    key.write_bytes(secrets.token_bytes(32))
    done = command("load", str(records), home=home)
    assert done.returncode == 2
    assert "the key: is not the one with which the current records were made" in done.stderr
    key.unlink()
    done = command("load", str(records), home=home)
    assert done.returncode == 2
    assert "the key: is missing" in done.stderr
    assert not key.exists()
    assert standing(home) == before
    key.write_bytes(former)
    key.chmod(0o600)
    assert command("load", str(records), home=home).returncode == 0
    assert len(stored_people(home)) == 2


def test_a_read_only_folder_is_one_clear_fault_and_leaves_no_key(tmp_path: Path, records: Path) -> None:
    home = tmp_path / "data"
    home.mkdir(mode=0o500)
    done = command("load", str(records), home=home, obey_modes=True)
    assert done.returncode == 2, done.stderr
    assert "the folder cannot be written" in done.stderr
    assert list(home.iterdir()) == []
    assert not Path(os.environ["RECOVERY_OUTCOMES_KEY"]).exists()


def test_records_that_were_published_are_told_even_if_the_log_cannot_be_written(tmp_path: Path, records: Path) -> None:
    home = tmp_path / "data"
    assert command("load", str(records), home=home).returncode == 0
    for path in (home / "log").iterdir():
        path.unlink()
    (home / "log").chmod(0o500)
    done = command("load", str(records), home=home, obey_modes=True)
    assert done.returncode == 0, done.stderr
    assert "published as records-0002" in done.stdout
    assert list((home / "log").iterdir()) == []
