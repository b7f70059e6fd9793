"""Publishing and loading under kills, crowds, full and closed disks, at full size; writes docs/torture.md.

Referees: the pair of tables every version holds, the counts of two exports of which every version is one whole,
and the bytes of the folder before and after. Reduced forms run with every test (`test_publish_under_fire`).
"""

from __future__ import annotations

import os
import random
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from pipelines import versions
from pipelines.load import load
from pipelines.sample import write_sample
from tests.pipelines.under_fire import (
    PAIR,
    PEOPLE,
    ROWS,
    Seen,
    build,
    command,
    current,
    kill,
    load_and_answer,
    load_and_tell,
    new_processes,
    reading,
    refused,
)

pytestmark = pytest.mark.validate
PAGE = Path(__file__).resolve().parents[2] / "docs" / "torture.md"
KILLED_LOADS = 50
PUBLISHES = 40
KILLED_BUILDERS = 8
CROWDS, LOADERS = 4, 4
FULL_DISKS = 6
MEGABYTES_LEFT = (0, 1, 2)
TWO_AT_ONCE = 10


@dataclass
class Line:
    """One line of the page."""

    what: str
    times: str
    reads: int
    versions: int
    errors: int
    torn: int
    outcome: str


LINES: list[Line] = []


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    return new_processes()


@pytest.fixture(scope="module", autouse=True)
def _page() -> Iterator[None]:
    """Write the page when all has been put to the torture; a run of some tests renews their lines."""
    yield
    heads = ["what", "how often", "reads meanwhile", "versions read", "errors", "torn reads", "what came of it"]
    rows = [f"| {' | '.join(heads)} |", "| --- | --- | ---: | ---: | ---: | ---: | --- |"]
    before = PAGE.read_text(encoding="utf-8").splitlines() if PAGE.exists() else []
    written = {line.split(" | ")[0]: line for line in before if line.startswith("| ") and line != rows[0]}
    written.pop("| ---", None)
    for one in LINES:
        counts = f"{one.reads:,} | {one.versions} | {one.errors} | {one.torn}"
        written[f"| {one.what}"] = f"| {one.what} | {one.times} | {counts} | {one.outcome} |"
    PAGE.write_text(HEAD + "\n".join([*rows, *written.values()]) + "\n", encoding="utf-8")


HEAD = """# Loading and publishing under torture

Written by `make validate` (tests/validate/test_torture.py). Readers are two processes of six threads (three for loads)
that open the current version over and over. A read is torn if its counts are not those of one version that was
published whole. Kills are `kill -9` at random moments. Every row ends with a run that goes well, after which nothing
of the interrupted ones is left.

"""


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two exports of different people."""
    folder = tmp_path_factory.mktemp("exports")
    write_sample(folder / "one", 60, seed=1)
    write_sample(folder / "two", 90, seed=2)
    return folder / "one", folder / "two"


def left_over(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "records").iterdir() if path.name.startswith("building-"))


def standing(home: Path) -> dict[str, str]:
    return {
        str(path.relative_to(home)): versions.sha256(path)
        for path in home.rglob("*")
        if path.is_file() and path.name not in (".lock", "loads.jsonl")
    }


def usual_seconds(processes: ForkServerContext, work: Callable[..., None], *given: object) -> float:
    """Return how long work takes in a process of its own from its start, while readers read."""
    seconds = []
    for _ in range(3):
        started = processes.Event()
        process = processes.Process(target=work, args=(*given, started))
        process.start()
        assert started.wait(60)
        begun = time.monotonic()
        process.join(120)
        assert process.exitcode == 0
        seconds.append(time.monotonic() - begun)
    return sorted(seconds)[1]


def test_killed_loads(tmp_path: Path, exports: tuple[Path, Path], processes: ForkServerContext) -> None:
    home, chance = tmp_path / "home", random.Random(50)
    whole: dict[Path, Seen] = {}
    for export in exports:
        load(export, home)
        whole[export] = current(home, PEOPLE)
    assert len(set(whole.values())) == 2
    finished = with_leftovers = 0
    with reading(processes, home, PEOPLE, readers=2, threads=3, pause=0.05) as reads:
        usual = usual_seconds(processes, load_and_tell, exports[0], home, os.environ["RECOVERY_OUTCOMES_KEY"])
        for kills in range(KILLED_LOADS):
            before = versions.current(home, "records")
            started = processes.Event()
            process = processes.Process(
                target=load_and_tell, args=(exports[kills % 2], home, os.environ["RECOVERY_OUTCOMES_KEY"], started)
            )
            process.start()
            assert started.wait(60)
            time.sleep(chance.uniform(0, usual) if kills % 2 else chance.uniform(0.75, 1.25) * usual)
            kill(process)
            finished += versions.current(home, "records") != before
            with_leftovers += bool(left_over(home))
            assert current(home, PEOPLE) in whole.values()
    load(exports[0], home)
    assert left_over(home) == []
    assert current(home, PEOPLE) == whole[exports[0]]
    torn = sum(times for seen, times in reads.seen.items() if seen not in whole.values())
    LINES.append(
        Line(
            "a load killed",
            f"{KILLED_LOADS} kills",
            len(reads),
            len(reads.seen),
            len(reads.errors),
            torn,
            f"{finished} had published before the kill; {with_leftovers} left unfinished files, which the next load "
            "cleared",
        )
    )
    assert reads.errors == []
    assert torn == 0
    assert 0 < finished < KILLED_LOADS
    assert with_leftovers > KILLED_LOADS / 4


def test_publishes_kills_and_crowds(tmp_path: Path, processes: ForkServerContext) -> None:
    home, chance = str(tmp_path), random.Random(8)
    build(home, 0)
    build(home, 1)
    published, told = {0, 1}, 0
    killed = finished = 0
    with reading(processes, tmp_path, PAIR, readers=2, threads=6) as reads:
        usual = usual_seconds(processes, build, home, 1)
        for version in range(2, PUBLISHES):
            if version % (PUBLISHES // KILLED_BUILDERS) == 0:
                started = processes.Event()
                process = processes.Process(target=build, args=(home, 1000 + version, started))
                process.start()
                assert started.wait(60)
                time.sleep(chance.uniform(0.3, 1.3) * usual)
                kill(process)
                killed += 1
                if current(tmp_path, PAIR)[0] == 1000 + version:
                    published.add(1000 + version)
                    finished += 1
            if version % (PUBLISHES // CROWDS) == 2:
                told += crowd(home, version, processes)
            else:
                build(home, version)
            published.add(version)
            assert left_over(tmp_path) == []
    allowed = {(version, version, ROWS) for version in published}
    torn = sum(times for seen, times in reads.seen.items() if seen not in allowed)
    LINES.append(
        Line(
            "publishes, builders killed, crowds of loaders",
            f"{PUBLISHES} publishes, {killed} kills, {CROWDS} crowds of {LOADERS}",
            len(reads),
            len(reads.seen),
            len(reads.errors),
            torn,
            f"{finished} had published before the kill; {told} loaders of the crowds were told to wait",
        )
    )
    assert reads.errors == []
    assert torn == 0
    assert told == CROWDS * (LOADERS - 1)
    assert len(reads) > 2_000
    assert len(reads.seen) > PUBLISHES / 2


def crowd(home: str, version: int, processes: ForkServerContext) -> int:
    """Let several write at once; return how many were told to wait."""
    started, go_on = processes.Event(), processes.Event()
    answers = processes.SimpleQueue()
    writer = processes.Process(target=build, args=(home, version, started, go_on))
    writer.start()
    assert started.wait(60)
    others = [processes.Process(target=refused, args=(home, answers)) for _ in range(LOADERS - 1)]
    for other in others:
        other.start()
    said = [answers.get() for _ in others]
    go_on.set()
    for process in (writer, *others):
        process.join(60)
    assert writer.exitcode == 0
    return sum("another process is writing records here" in words for words in said)


def test_two_loads_at_once(tmp_path: Path, exports: tuple[Path, Path], processes: ForkServerContext) -> None:
    home = tmp_path / "home"
    load(exports[0], home)
    whole = {current(home, PEOPLE)}
    load(exports[1], home)
    whole.add(current(home, PEOPLE))
    done = waited = 0
    with reading(processes, home, PEOPLE, readers=2, threads=3, pause=0.02) as reads:
        for _ in range(TWO_AT_ONCE):
            together, answers = processes.Event(), processes.SimpleQueue()
            both = [
                processes.Process(
                    target=load_and_answer, args=(export, home, os.environ["RECOVERY_OUTCOMES_KEY"], together, answers)
                )
                for export in exports
            ]
            for process in both:
                process.start()
            together.set()
            said = [answers.get() for _ in both]
            for process in both:
                process.join(60)
            wrote = [words for words in said if words.startswith("records-")]
            told = [words for words in said if "another process is writing records here" in words]
            assert len(wrote) + len(told) == 2, said
            assert wrote
            done, waited = done + len(wrote), waited + len(told)
    torn = sum(times for seen, times in reads.seen.items() if seen not in whole)
    LINES.append(
        Line(
            "two loads at once",
            f"{TWO_AT_ONCE} pairs",
            len(reads),
            len(reads.seen),
            len(reads.errors),
            torn,
            f"{done} published, {waited} were told that another process is writing",
        )
    )
    assert reads.errors == []
    assert torn == 0


def test_full_disks(tmp_path: Path, exports: tuple[Path, Path]) -> None:
    home = tmp_path / "home"
    assert command("load", str(exports[0]), home=home).returncode == 0
    size = max(path.stat().st_size for path in (home / "records").glob("*.duckdb"))
    before, whole = standing(home), current(home, PEOPLE)
    for place in range(FULL_DISKS):
        done = command("load", str(exports[1]), home=home, file_limit=20_000 + place * (size - 40_000) // FULL_DISKS)
        assert done.returncode == 2, done.stderr
        assert "the disk is full" in done.stderr
        assert "Traceback" not in done.stderr
        assert standing(home) == before
        assert current(home, PEOPLE) == whole
    assert command("load", str(exports[1]), home=home).returncode == 0
    outcome = "each said that the disk is full; every file as before, to the byte; the next load went well"
    LINES.append(Line("a full disk (a limit on the size of files)", f"{FULL_DISKS} sizes", 0, 1, 0, 0, outcome))


def test_a_small_disk(tmp_path: Path, exports: tuple[Path, Path]) -> None:
    """A real one where the system lets us mount one in memory; the limit on files above is the same elsewhere."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk)]
    mounted = sys.platform == "linux" and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    if not mounted:
        LINES.append(Line("a disk of 64 MB in memory", "not run", 0, 0, 0, 0, "this system did not let us mount one"))
        return
    try:
        home, filler = disk / "home", disk / "filler"
        assert command("load", str(exports[0]), home=home).returncode == 0
        before, whole = standing(home), current(home, PEOPLE)
        for left in MEGABYTES_LEFT:
            filler.write_bytes(bytes(max(0, shutil.disk_usage(disk).free - left * 1_000_000)))
            done = command("load", str(exports[1]), home=home)
            assert done.returncode == 2, done.stderr
            assert "the disk is full" in done.stderr
            assert standing(home) == before
            assert current(home, PEOPLE) == whole
            filler.unlink()
        assert command("load", str(exports[1]), home=home).returncode == 0
        assert left_over(home) == []
        outcome = "each said that the disk is full; every file as before, to the byte; the next load went well"
        times = f"{', '.join(map(str, MEGABYTES_LEFT))} MB left"
        LINES.append(Line("a disk of 64 MB in memory", times, 0, 1, 0, 0, outcome))
    finally:
        subprocess.run(["umount", str(disk)], check=False)


def test_a_changed_key(tmp_path: Path, exports: tuple[Path, Path]) -> None:
    home, key = tmp_path / "home", Path(os.environ["RECOVERY_OUTCOMES_KEY"])
    assert command("load", str(exports[0]), home=home).returncode == 0
    before, former = standing(home), key.read_bytes()

    def another() -> None:
        key.write_bytes(secrets.token_bytes(32))

    def short() -> None:
        key.write_bytes(b"short")

    def open_to_others() -> None:
        key.write_bytes(former)
        key.chmod(0o644)

    changes = {"is not the one": another, "must hold 32 bytes": short, "is missing": key.unlink}
    changes |= {"can be read by other accounts": open_to_others}
    for words, change in changes.items():
        change()
        done = command("load", str(exports[1]), home=home)
        assert done.returncode == 2, done.stderr
        assert words in done.stderr
        assert standing(home) == before
    key.chmod(0o600)
    assert command("load", str(exports[1]), home=home).returncode == 0
    outcome = "another, a short, a missing key and one open to others: each refused by name, nothing changed"
    LINES.append(Line("a changed key", f"{len(changes)} ways", 0, 1, 0, 0, outcome))


def test_read_only_folders(tmp_path: Path, exports: tuple[Path, Path]) -> None:
    fresh = tmp_path / "fresh"
    fresh.mkdir(mode=0o500)
    done = command("load", str(exports[0]), home=fresh, obey_modes=True)
    assert done.returncode == 2, done.stderr
    assert "the folder cannot be written" in done.stderr
    assert list(fresh.iterdir()) == []
    inside = fresh / "deeper" / "home"
    assert command("load", str(exports[0]), home=inside, obey_modes=True).returncode == 2
    home = tmp_path / "home"
    assert command("load", str(exports[0]), home=home).returncode == 0
    for path in (home / "log").iterdir():
        path.unlink()
    (home / "log").chmod(0o500)
    assert command("load", str(exports[1]), home=home, obey_modes=True).returncode == 0
    assert current(home, PEOPLE)[0] == 90
    outcome = "refused by name with nothing written; a closed log does not deny a load that is published"
    LINES.append(Line("a read-only folder", "3 ways", 0, 1, 0, 0, outcome))
