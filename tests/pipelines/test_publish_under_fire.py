"""Publishing while processes are killed, disks fill and readers read: no torn read, the old version stays.

The referee is the pair of tables every version holds: both carry the same number, so a reader that ever
sees two different numbers, an error or a version that was not published has caught a torn publish.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from pipelines import warehouse
from pipelines.faults import InputFault

KILLS = 20
BUILDER_KILLS = 10
LOADERS = 4
PAIR = "SELECT (SELECT max(version) FROM first), (SELECT min(version) FROM last), (SELECT count(*) FROM filler)"
ROWS = 60_000


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipelines.warehouse", "pipelines.load"])
    return context


def build(home: str, version: int, started: Event | None = None, go_on: Event | None = None) -> None:
    """Write one version in small steps, so that a kill can fall between and within them."""
    with warehouse.build(Path(home), "records") as connection:
        if started is not None:
            started.set()
        values = {"version": version, "rows": ROWS}
        connection.execute("CREATE TABLE first AS SELECT $version::INTEGER AS version", {"version": version})
        connection.execute(
            "CREATE TABLE filler AS SELECT $version + range AS v FROM range($rows) ORDER BY hash(v)", values
        )
        if go_on is not None:
            go_on.wait(30)
        connection.execute("CREATE TABLE last AS SELECT $version::INTEGER AS version", {"version": version})


def refused(home: str, answers: multiprocessing.SimpleQueue[str]) -> None:
    try:
        build(home, 999)
        answers.put("it wrote")
    except InputFault as fault:
        answers.put(str(fault))


def kill(process: ForkServerProcess) -> None:
    process.kill()
    process.join(10)
    assert process.exitcode is not None


@pytest.fixture
def readers(tmp_path: Path) -> Iterator[tuple[list[str], set[int], list[int]]]:
    """Three threads that read the current version over and over; errors, versions seen, number of reads."""
    errors: list[str] = []
    seen: set[int] = set()
    reads: list[int] = []
    done = threading.Event()
    build(str(tmp_path), 0)

    def read() -> None:
        while not done.is_set():
            try:
                reader = warehouse.open_records(tmp_path)
                for _ in range(5):
                    first, last, rows = reader.rows(PAIR)[0]
                    if first != last or rows != ROWS:
                        errors.append(f"torn: {first} {last} {rows}")
                    assert isinstance(first, int)
                    seen.add(first)
                    reads.append(1)
                    done.wait(0.05)
                reader.close()
            except Exception as error:
                errors.append(repr(error))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    yield errors, seen, reads
    done.set()
    for thread in threads:
        thread.join(10)


def test_killed_builders_and_publishes_never_disturb_a_reader(
    tmp_path: Path, processes: ForkServerContext, readers: tuple[list[str], set[int], list[int]]
) -> None:
    errors, seen, reads = readers
    chance = random.Random(20)
    published = {0}
    started_at = time.monotonic()
    build(str(tmp_path), 1)
    published.add(1)
    usual = time.monotonic() - started_at
    for kills in range(BUILDER_KILLS):
        started = processes.Event()
        process = processes.Process(target=build, args=(str(tmp_path), 100 + kills, started))
        process.start()
        assert started.wait(30)
        time.sleep(chance.uniform(0, 1.1 * usual))
        kill(process)
        reader = warehouse.open_records(tmp_path)
        first, last, rows = reader.rows(PAIR)[0]
        reader.close()
        assert first == last
        assert rows == ROWS
        if first == 100 + kills:
            published.add(100 + kills)  # it had finished before the kill
        assert first in published
        if kills % 5 == 4:
            build(str(tmp_path), 1 + kills)
            published.add(1 + kills)
            assert not list((tmp_path / "records").glob("building-*"))
    assert errors == []
    assert seen <= published
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


def load_and_tell(source: Path, home: Path, started: Event) -> None:
    from pipelines.load import load

    started.set()
    load(source, home)


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
    for _ in range(KILLS):
        started = processes.Event()
        process = processes.Process(target=load_and_tell, args=(records, home, started))
        process.start()
        assert started.wait(30)
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


def command(*arguments: str, home: Path, file_limit: int | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person would, with files of at most `file_limit` bytes."""

    def limit() -> None:
        if file_limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))

    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *arguments],
        env={**os.environ, "RECOVERY_OUTCOMES_HOME": str(home)},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


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
