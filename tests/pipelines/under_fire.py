"""What publishing is put through: builders and loads in processes of their own, kills, readers, full and closed disks.

`test_publish_under_fire` does a little of each with every run of the tests, `tests/validate` all of it.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

from pipelines import warehouse
from pipelines.faults import InputFault

PAIR = "SELECT (SELECT max(version) FROM first), (SELECT min(version) FROM last), (SELECT count(*) FROM filler)"
"""Both tables of a version carry its number, and the filler its rows: other numbers are a torn read."""
ROWS = 60_000
PEOPLE = """
    SELECT
        (SELECT count(*) FROM participants), (SELECT count(*) FROM episodes), (SELECT count(*) FROM sessions),
        (SELECT count(*) FROM mart_episodes), (SELECT sum(rows_ok) FROM import_log)::INTEGER
"""
"""What tells the records of one export from those of another, and from a mixture of both."""
Seen = tuple[object, ...]


def new_processes() -> ForkServerContext:
    """Return what starts processes that have the pipeline imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pipelines.warehouse", "pipelines.load", "tests.pipelines.under_fire"])
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
    """Try to write a version while another process does, and answer what was said."""
    try:
        build(home, 999)
        answers.put("it wrote")
    except InputFault as fault:
        answers.put(str(fault))


def load_and_tell(source: Path, home: Path, key: str, started: Event) -> None:
    """Load with the key at `key`, after saying so; the process was started with the environment of another test."""
    from pipelines.load import load

    os.environ["RECOVERY_OUTCOMES_KEY"] = key
    started.set()
    load(source, home)


def load_and_answer(
    source: Path, home: Path, key: str, together: Event, answers: multiprocessing.SimpleQueue[str]
) -> None:
    """Load with the key at `key` when told to, and answer the version or what was said."""
    from pipelines.load import load

    os.environ["RECOVERY_OUTCOMES_KEY"] = key
    together.wait(30)
    try:
        answers.put(load(source, home).version)
    except InputFault as fault:
        answers.put(str(fault))


def kill(process: ForkServerProcess) -> None:
    """End a process at once, as a power cut does."""
    process.kill()
    process.join(10)
    assert process.exitcode is not None


def current(home: Path, query: str) -> Seen:
    """Return what a reader that comes now sees."""
    reader = warehouse.open_records(home)
    try:
        return reader.rows(query)[0]
    finally:
        reader.close()


@dataclass
class Reads:
    """What readers saw, how often each, and every error."""

    seen: Counter[Seen] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return self.seen.total()


def read_on(home: Path, query: str, threads: int, is_done: Callable[[], bool], pause: float) -> Reads:
    """Read the current version over and over in several threads, reopening now and then, until it is done."""
    reads = Reads()
    guard = threading.Lock()

    def one() -> None:
        while not is_done():
            try:
                reader = warehouse.open_records(home)
                for _ in range(5):
                    seen = reader.rows(query)[0]
                    with guard:
                        reads.seen[seen] += 1
                    threading.Event().wait(pause)
                reader.close()
            except Exception as error:
                with guard:
                    reads.errors.append(repr(error))

    workers = [threading.Thread(target=one) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return reads


def _read_in_process(home: Path, query: str, threads: int, done: Event, answers: Queue[Reads], pause: float) -> None:
    answers.put(read_on(home, query, threads, done.is_set, pause))


@contextmanager
def reading(
    processes: ForkServerContext, home: Path, query: str, *, readers: int, threads: int, pause: float = 0.005
) -> Iterator[Reads]:
    """Let several processes of several threads read meanwhile; what they saw is there when the block has ended."""
    together = Reads()
    done, answers = processes.Event(), processes.Queue()
    workers = [
        processes.Process(target=_read_in_process, args=(home, query, threads, done, answers, pause))
        for _ in range(readers)
    ]
    for worker in workers:
        worker.start()
    try:
        yield together
    finally:
        done.set()
        for _ in workers:
            found = answers.get(timeout=60)
            together.seen.update(found.seen)
            together.errors += found.errors
        for worker in workers:
            worker.join(10)


def command(
    *arguments: str, home: Path, file_limit: int | None = None, obey_modes: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run the command line as a person would, with files of at most `file_limit` bytes.

    `obey_modes`: an administrator, whom no mode of a folder stops, gives that right up.
    """

    def limit() -> None:
        if file_limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))
        if obey_modes and sys.platform == "linux":
            for right in _RIGHTS_OVER_MODES:
                ctypes.CDLL(None).prctl(_DROP_FROM_BOUNDING_SET, right, 0, 0, 0)

    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *arguments],
        env={**os.environ, "RECOVERY_OUTCOMES_HOME": str(home)},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


_DROP_FROM_BOUNDING_SET = 24
_RIGHTS_OVER_MODES = (1, 2)
"""CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH of Linux; without effect for who is no administrator."""
