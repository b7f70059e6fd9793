"""Building a release against the bare counts of the same cells, and its answers against counting people each time.

The other side of the build is what a plain script would do: DuckDB's GROUPING SETS over the same crossings and measures
of the same people, and one keyed hash per label, with no rule of the gate, from people who are in memory already. Ours
is the whole build from the records file to the published release, with coin test, audit, ledger and file; the numbers
alone, from records in memory, are a line of their own. All three take turns, and their counts of people are compared.
The other side of an answer is its GROUP BY on the same people.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path
from statistics import median

import duckdb

from pipelines.disclosure.build import protect
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.people import read_people
from pipelines.disclosure.plan import settle
from pipelines.disclosure.press import Cell, Press
from pipelines.disclosure.reader import ReleaseReader
from pipelines.disclosure.spec import COHORT, PEOPLE, Spec, load_spec
from pipelines.disclosure.truth import gather
from pipelines.questions import Question
from pipelines.release import build_release
from pipelines.warehouse import Reader, memory_connection
from tests.pipelines.release_world import KEY, World, in_memory, key_of, world, write_home

SIZES = {"small": 50_000, "1m": 1_000_000, "10m": 1_000_000}
REPETITIONS = 5
ASKED = 15
QUESTIONS = (
    Question("people_enrolled"),
    Question("people_enrolled", by=("gender", "housing")),
    Question("stayed_share", by=("site",)),
    Question("stayed_share", by=("cohort",)),
    Question("staying_curve"),
    Question("staying_curve", by=("alliance_band",)),
    Question("stayed_by_alliance_and_self_efficacy"),
    Question("early_alliance", by=("primary_substance",)),
    Question("people_enrolled", by=("site",), where=(("gender", ("woman",)), ("age_band", ("25-34",)))),
)


def build(reader: Reader, last_quarter: str) -> tuple[Spec, list[Cell]]:
    """Return every cell of the packaged declaration, printed by the gate."""
    full, people = read_people(reader, load_spec())
    truth = gather(people, full, KEY)
    plan, _ = settle(truth, Ledger(Path("none")), last_quarter)
    return plan, protect(plan, truth, Press(KEY, plan.parameters, Ledger(Path("none"))), outcome_variables=2)


def bare_table(reader: Reader) -> duckdb.DuckDBPyConnection:
    """Return a connection with the people of `reader` as the release reads them."""
    _, people = read_people(reader, load_spec())
    con = memory_connection()
    con.register("given", people.rows[people.rows["has_started"].astype(bool)])
    con.execute("create table people as select * from given")
    con.unregister("given")
    return con


def bare(con: duckdb.DuckDBPyConnection, spec: Spec) -> dict[tuple[object, ...], int]:
    """Return the people of every cell by plain GROUPING SETS, all measures counted, one keyed hash per number."""
    names = [item.name for item in spec.crossable]
    crossed = [*combinations(names, 3), *combinations(names, 2), *combinations(names, 1), ()]
    within = [(COHORT, *some) for size in range(3) for some in combinations(names, size)]
    single = [(), *((name,) for name in names), (COHORT,)]
    outcomes = [f"count(*) filter (cause = 1 and t <= {item.day})" for item in spec.outcomes]
    days = [f"count(*) filter (cause = 1 and t <= {day})" for day in spec.grid]
    days += [f"count(*) filter (follow_up < {day} and not (cause = 1 and t <= {day}))" for day in spec.grid]
    means = [f"{call}({item.kind})" for item in spec.means for call in ("sum", "count")]
    people = _counted(con, [*crossed, *within], ["count(*)"], (COHORT, *names))
    _counted(con, [*single, *spec.pairs], outcomes, (COHORT, *names))
    _counted(con, single, [*days, *means], (COHORT, *names))
    return {tuple(row[:-1]): int(str(row[-1])) for row in people}


def _counted(
    con: duckdb.DuckDBPyConnection, sets: Sequence[tuple[str, ...]], measures: Sequence[str], names: Sequence[str]
) -> list[tuple[object, ...]]:
    """Return the rows of one statement of GROUPING SETS, after one keyed hash for each of their numbers."""
    grouped = ", ".join(f"({', '.join(one)})" for one in sets)
    text = f"select {', '.join(names)}, {', '.join(measures)} from people group by grouping sets ({grouped})"
    rows = con.execute(text).fetchall()
    for row in rows:
        text = ";".join(f"{name}={value}" for name, value in zip(names, row, strict=False) if value is not None)
        for place in range(len(measures)):
            hashlib.blake2b(f"{place}|{text}".encode(), key=KEY, digest_size=8).digest()
    return rows


def assert_same(spec: Spec, cells: list[Cell], counts: dict[tuple[object, ...], int]) -> None:
    """Raise AssertionError unless both sides count the same people in every cell that has some."""
    places = {item.name: {name: at for at, name in enumerate(item.categories, start=1)} for item in spec.dimensions}
    names = (COHORT, *(item.name for item in spec.crossable))
    whole = next(item.label for item in spec.ranges if item.blocks == spec.dimension(COHORT).categories)
    ours = {}
    for cell in cells:
        if cell.measure == PEOPLE and cell.true[0] and cell.categories[COHORT] in (whole, *places[COHORT]):
            at = [places[name].get(cell.categories.get(name, "")) for name in names]
            ours[tuple(at)] = int(cell.true[0])
    if ours != counts:
        raise AssertionError("the two sides count differently")


def built(made: World, home: Path) -> Iterator[dict[str, object]]:
    """Yield the line of the whole build, and that of the numbers alone; the last release built stays in `home`."""
    reader = in_memory(made)
    spec, cells = build(reader, made.last_quarter)
    con = bare_table(reader)
    assert_same(spec, cells, bare(con, spec))
    works = (lambda: build_release(home), lambda: build(reader, made.last_quarter), lambda: bare(con, spec))
    times: tuple[list[float], ...] = tuple([] for _ in works)
    for _ in range(REPETITIONS):
        for folder in ("release", "ledger"):
            shutil.rmtree(home / folder, ignore_errors=True)
        for side, work in zip(times, works, strict=True):
            started = time.perf_counter()
            work()
            side.append(time.perf_counter() - started)
    con.close()
    whole, numbers, other = (median(side) for side in times)
    people = f"{len(made.episodes):,} people, {len(cells):,} numbers; "
    for name, ours, note in (
        (
            "release: the whole build",
            whole,
            "from the records to the published file, with coin test, audit and ledger,",
        ),
        ("release: its numbers alone", numbers, "reading, counting and printing"),
    ):
        yield {
            "name": name,
            "ours": ours,
            "other": other,
            "ratio": other / ours,
            "unit": "s",
            "note": people + note + " against counting alone and hashing the labels",
        }


def asked(made: World, home: Path) -> Iterator[dict[str, object]]:
    """Yield the line of answers from the release in `home`."""
    reader = ReleaseReader(home)
    con = bare_table(in_memory(made))
    ours, other = [], []
    for _ in range(ASKED):
        for question in QUESTIONS:
            started = time.perf_counter()
            reader.ask(question)
            ours.append(1000 * (time.perf_counter() - started))
            grouped = ", ".join(question.by)
            started = time.perf_counter()
            con.execute(f"select count(*), sum(cause), sum(t) from people group by ({grouped})").fetchall()
            other.append(1000 * (time.perf_counter() - started))
    con.close()
    slow = sorted(ours)[int(0.95 * len(ours))]
    yield {
        "name": "release: an answer",
        "ours": median(ours),
        "other": median(other),
        "ratio": median(other) / median(ours),
        "unit": "ms",
        "note": f"{len(made.episodes):,} people; 95 of 100 answers under {slow:.1f} ms",
    }


def run(size: str) -> list[dict[str, object]]:
    """Return the lines of the build, of its numbers alone and of the answers; `size` is small, 1m or 10m."""
    made = world(SIZES[size], 1)
    with tempfile.TemporaryDirectory() as folder, key_of(Path(folder)):
        home = Path(folder) / "home"
        write_home(home, made)
        return [*built(made, home), *asked(made, home)]
