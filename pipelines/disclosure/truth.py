"""The true counts, in memory only: people gathered once into patterns of categories, cubes read off from there.

Nothing of this module is ever written to a file. It serves the build, the coin test and the audit.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.disclosure import noise
from pipelines.disclosure.people import FLAGS, People, Places, clipped, outcome_of
from pipelines.disclosure.spec import COHORT, Parameters, Spec

Counts = npt.NDArray[np.int64]
Totals = npt.NDArray[np.float64]
Crossing = tuple[str, ...]
SESSIONS = "sessions held"
"""Name of the total that the coach rule is about: sessions held with any coach."""
TOGETHER, MOST_TOGETHER = 3, 5
"""Dimensions that tables are counted by, at least and at most, to be added up to those by fewer."""
PATTERNS_EACH = 4
"""Patterns per cell from which on a table by more dimensions is worth being counted."""
CELLS_EACH = 8
"""Combinations of categories per person up to which each gets a flag of its own: faster than telling people apart."""
MEAN_UNIT = 10_000
"""Values of a mean are summed as whole numbers of 1/10,000, so that the order of the rows cannot matter."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Patterns of people with a first session: `codes[dimension][pattern]`, and per pattern what is counted.

    `values` holds one row of true numbers per measure and pattern: people, outcomes, events (`@day`) and censored
    people (`!day`) by grid day, sums (`+`, in `MEAN_UNIT`) and numbers (`#`) of clipped values, and `SESSIONS`.
    `coach_rows` holds pattern, coach and sessions of each pair. `never` holds the categories of those who never
    attended. Per person there are the pattern and the outcomes (as bits: the outcomes, then having left by each grid
    day).
    """

    spec: Spec
    sizes: Mapping[str, int]
    codes: Mapping[str, Places]
    values: Mapping[str, npt.NDArray[np.float64]]
    coach_rows: tuple[Places, Places, Counts]
    never: pd.DataFrame
    shortest_follow_up: Mapping[str, int]
    fingerprints: Mapping[str, bytes]
    person_pattern: Places
    person_outcomes: Counts
    _members: dict[Crossing, Places] = field(default_factory=dict, init=False)
    _tables: dict[tuple[str, Crossing], Totals] = field(default_factory=dict, init=False)
    _latest: dict[Crossing, Places] = field(default_factory=dict, init=False)
    _held: dict[Crossing, tuple[Places, Places, Counts, Totals]] = field(default_factory=dict, init=False)
    _ruled: dict[tuple[Crossing, Crossing], npt.NDArray[np.bool_]] = field(default_factory=dict, init=False)

    def members(self, blocks: tuple[str, ...]) -> Places:
        """Return the patterns of the given cohorts."""
        if blocks not in self._members:
            places = [self.spec.dimension(COHORT).categories.index(block) for block in blocks]
            self._members[blocks] = np.flatnonzero(np.isin(self.codes[COHORT], places))
        return self._members[blocks]

    def cell_of(self, patterns: Places | None, crossing: Sequence[str]) -> Places:
        """Return the place of each pattern (all if None) in the declared grid of `crossing`, in row-major order."""
        place = np.zeros(len(self.codes[COHORT]) if patterns is None else len(patterns), dtype=np.intp)
        for name in crossing:
            place *= self.sizes[name]
            place += self.codes[name] if patterns is None else self.codes[name][patterns]
        return place

    def cells(self, crossing: Sequence[str]) -> int:
        """Return the number of cells of the declared grid of `crossing`."""
        return int(np.prod([self.sizes[name] for name in crossing], dtype=np.int64))

    def cube(self, blocks: Crossing, crossing: Crossing, name: str) -> Totals:
        """Return the true total of `name` in every cell of the declared grid, absent combinations being 0."""
        places = [self.spec.dimension(COHORT).categories.index(block) for block in blocks]
        table: Totals = self._by_cohort(name, crossing)[places].sum(axis=0)
        return table

    def _by_cohort(self, name: str, crossing: Crossing) -> Totals:
        """Return the true totals of `name` by cohort and cell of `crossing`, each table being counted once.

        A table is added up from a wider one where that serves others too: every total is a whole number, so that the
        order of adding cannot matter.
        """
        asked = (name, crossing)
        if asked not in self._tables:
            wider = self._wider(crossing)
            cohorts = self.sizes[COHORT]
            if wider == crossing:
                full = (COHORT, *crossing)
                if full not in self._latest:
                    self._latest.clear()
                    self._latest[full] = self.cell_of(None, full)
                counted = np.bincount(self._latest[full], weights=self.values[name], minlength=self.cells(full))
                table = counted.astype(np.float64)
            else:
                whole = self._by_cohort(name, wider).reshape(cohorts, *(self.sizes[item] for item in wider))
                table = whole.sum(axis=tuple(at for at, item in enumerate(wider, 1) if item not in crossing))
            self._tables[asked] = table.reshape(cohorts, -1)
        return self._tables[asked]

    def _wider(self, crossing: Crossing) -> Crossing:
        """Return the dimensions to count by where `crossing` is asked: some that stand together, or any as many."""
        names, together = tuple(item.name for item in self.spec.crossable), self._together()
        if tuple(item for item in names if item in crossing) != crossing or len(crossing) >= together:
            return crossing
        groups = [names[at : at + together] for at in range(0, len(names), together)]
        for group in groups:
            if set(crossing) <= set(group):
                return group
        more = [item for item in names if item not in crossing][: together - len(crossing)]
        return tuple(item for item in names if item in crossing or item in more)

    def _together(self) -> int:
        """Return how many dimensions to count by: more where the largest such table is small beside the patterns."""
        sizes = sorted((self.sizes[item.name] for item in self.spec.crossable), reverse=True)
        cells = self.sizes[COHORT] * np.cumprod(sizes)[TOGETHER:MOST_TOGETHER]
        return TOGETHER + int(np.count_nonzero(PATTERNS_EACH * cells <= len(self.codes[COHORT])))

    def coach_rule(self, blocks: Crossing, crossing: Crossing, parameters: Parameters) -> npt.NDArray[np.bool_]:
        """Tell for every cell whether enough coaches stand behind it and none holds too much of its sessions."""
        asked = (blocks, crossing)
        if asked not in self._ruled:
            self._ruled[asked] = self._coach_rule(blocks, crossing, parameters)
        return self._ruled[asked]

    def _coach_rule(self, blocks: Crossing, crossing: Crossing, parameters: Parameters) -> npt.NDArray[np.bool_]:
        """Work out the coach rule; cells that hold more than any few coaches could are not looked at one by one."""
        pattern, coach, sessions, per_coach = self._sessions_of(blocks)
        n_cells = self.cells(crossing)
        if not len(pattern):
            return np.zeros(n_cells, dtype=bool)
        total = self.cube(blocks, crossing, SESSIONS)
        too_few_hold = per_coach[: parameters.coaches - 1].sum()
        allowed: npt.NDArray[np.bool_]
        safe = (total * parameters.coach_share > per_coach[0]) & (total > too_few_hold)
        if safe[total > 0].all():
            allowed = safe
            return allowed
        doubtful = np.flatnonzero(~safe[self.cell_of(None, crossing)][pattern])
        cell, coach, sessions = self.cell_of(pattern[doubtful], crossing), coach[doubtful], sessions[doubtful]
        width = int(coach.max(initial=0)) + 1
        pairs, where = np.unique(cell * width + coach, return_inverse=True)
        held = np.bincount(where, weights=sessions, minlength=len(pairs))
        coaches = np.bincount(pairs // width, minlength=n_cells)
        most = np.zeros(n_cells)
        np.maximum.at(most, pairs // width, held)
        enough = (coaches >= parameters.coaches) & (most <= parameters.coach_share * total)
        allowed = safe | enough
        return allowed

    def _sessions_of(self, blocks: Crossing) -> tuple[Places, Places, Counts, Totals]:
        """Return pattern, coach and sessions of every pair in `blocks`, and the sessions of each coach, most first."""
        if blocks not in self._held:
            pattern, coach, sessions = self.coach_rows
            if len(self.members(blocks)) < len(self.codes[COHORT]):
                inside = np.zeros(len(self.codes[COHORT]), dtype=bool)
                inside[self.members(blocks)] = True
                kept = np.flatnonzero(inside[pattern])
                pattern, coach, sessions = pattern[kept], coach[kept], sessions[kept]
            per_coach = np.sort(np.bincount(coach, weights=sessions))[::-1].astype(np.float64)
            self._held[blocks] = (pattern, coach, sessions, per_coach)
        return self._held[blocks]


def gather(people: People, spec: Spec, key: bytes) -> Truth:
    """Return the true counts of `people` by pattern, and the fingerprint of every cohort under `key`."""
    blocks = _fingerprinted(people, spec)
    with ThreadPoolExecutor(2) as beside:  # half of the work, and it leaves the other threads free
        prints = {cohort: beside.submit(noise.fingerprint_rows, key, rows) for cohort, rows in blocks.items()}
        truth = _counted(people, spec)
        return replace(truth, fingerprints={cohort: found.result() for cohort, found in prints.items()})


def _counted(people: People, spec: Spec) -> Truth:
    """Return the true counts of `people` by pattern, without fingerprints."""
    started = people.rows["has_started"].astype(bool).to_numpy()
    names = [item.name for item in spec.dimensions]
    sizes = {item.name: len(item.categories) for item in spec.dimensions}
    rows = people.rows[started]
    code = np.zeros(len(rows), dtype=np.int64)
    for name in names:
        code *= sizes[name]
        code += rows[name].to_numpy() - 1
    pattern, distinct = _told_apart(code, math.prod(sizes.values()))
    codes: dict[str, Places] = {}
    for name in reversed(names):
        codes[name] = (distinct % sizes[name]).astype(np.intp)
        distinct = distinct // sizes[name]
    only = replace(people, rows=rows)
    cohorts = spec.dimension(COHORT).categories
    coach_rows = _coach_rows(people, started, pattern)
    sessions = np.bincount(coach_rows[0], weights=coach_rows[2], minlength=len(codes[COHORT])).astype(np.float64)
    least = rows.groupby("cohort")["follow_up"].min()
    return Truth(
        spec=spec,
        sizes=sizes,
        codes=codes,
        values=_values(only, spec, pattern) | {SESSIONS: sessions},
        coach_rows=coach_rows,
        never=people.rows.loc[~started, names] - 1,
        shortest_follow_up={name: int(least.get(place, -1)) for place, name in enumerate(cohorts, start=1)},
        fingerprints={},
        person_pattern=pattern,
        person_outcomes=_bits(rows, spec),
    )


def _told_apart(code: Places, possible: int) -> tuple[Places, Places]:
    """Return for each code, one of 0 to `possible` - 1, its place among the distinct ones, and these in order."""
    if possible > CELLS_EACH * len(code):
        return pd.factorize(code, sort=True)
    is_there = np.zeros(possible, dtype=bool)
    is_there[code] = True
    distinct = np.flatnonzero(is_there)
    place = np.empty(possible, dtype=np.intp)
    place[distinct] = np.arange(len(distinct))
    return place[code], distinct


def _bits(rows: pd.DataFrame, spec: Spec) -> Counts:
    """Return per person one number whose bits are the outcomes, then whether the person had left by each grid day."""
    left = rows["cause"].eq(1)
    flags = [outcome_of(rows, outcome) for outcome in spec.outcomes] + [left & rows["t"].le(day) for day in spec.grid]
    return sum(
        (flag.to_numpy(dtype=np.int64) << place for place, flag in enumerate(flags)), np.zeros(len(rows), np.int64)
    )


def _values(people: People, spec: Spec, pattern: Places) -> dict[str, npt.NDArray[Any]]:
    """Return per pattern the true number of every measure; `@day` for events, `!day` for censored people."""
    rows, total = people.rows, int(pattern.max()) + 1 if len(pattern) else 0

    def summed(weights: npt.NDArray[Any] | pd.Series) -> npt.NDArray[Any]:
        return np.bincount(pattern, weights=np.asarray(weights, dtype=float), minlength=total)

    left = rows["cause"].eq(1)
    values = {"people": summed(np.ones(len(rows)))}
    for outcome in spec.outcomes:
        values[outcome.name] = summed(outcome_of(rows, outcome))
    for day in spec.grid:
        by_then = left & rows["t"].le(day)
        values[f"{spec.endpoint}@{day}"] = summed(by_then)
        values[f"{spec.endpoint}!{day}"] = summed(~by_then & rows["follow_up"].lt(day))
    for mean in spec.means:
        given = clipped(people, mean)
        values[f"{mean.name}+"] = summed((given * MEAN_UNIT).round().fillna(0.0))
        values[f"{mean.name}#"] = summed(given.notna())
    return values


def _coach_rows(people: People, started: npt.NDArray[np.bool_], pattern: Places) -> tuple[Places, Places, Counts]:
    """Return pattern, coach and sessions of every person-coach pair of people with a first session."""
    of_person = np.full(len(started), -1, dtype=np.intp)
    of_person[np.flatnonzero(started)] = pattern
    mine = of_person[people.coach_person]
    coach, _ = pd.factorize(people.coaches["coach"], sort=True)
    kept = mine >= 0
    sessions = people.coaches["sessions"].to_numpy(dtype=np.int64)
    return mine[kept], coach.astype(np.intp)[kept], sessions[kept]


def _fingerprinted(people: People, spec: Spec) -> dict[str, npt.NDArray[np.uint8]]:
    """Return for each cohort every value of everybody in it that any measure or rule uses, one person per row."""
    rows = people.rows
    categories = np.zeros(len(rows), dtype=np.uint64)
    for item in spec.dimensions:
        hashes = _text_hashes([f"{item.name}={category}" for category in item.categories])
        categories += hashes[rows[item.name].to_numpy(dtype=np.intp) - 1]
    started, engaged, lasting = (rows[name].astype("int64") for name in ("has_started", *FLAGS.values()))
    flags = started * 4 + engaged * 2 + lasting
    fields = [
        categories,
        _packed(rows["t"], rows["follow_up"]),
        _packed(rows["attended"], rows["due"]),
        _packed(rows["cause"], flags),
        rows["alliance"].astype("float64").fillna(-1.0).to_numpy().view(np.uint64),
        rows["self_efficacy"].astype("float64").fillna(-1.0).to_numpy().view(np.uint64),
        _coach_mix(people),
    ]
    place = rows[COHORT].to_numpy() - 1
    blocks = {}
    for number, cohort in enumerate(spec.dimension(COHORT).categories):
        here = np.flatnonzero(place == number)
        block = np.stack([field[here] for field in fields], axis=1)
        blocks[cohort] = block.astype("<u8", copy=False).view(np.uint8)
    return blocks


def _packed(high: pd.Series, low: pd.Series) -> npt.NDArray[np.uint64]:
    """Return two columns of small whole numbers as one 64-bit number each."""
    pair = high.to_numpy(dtype=np.int64) << 32 | (low.to_numpy(dtype=np.int64) & 0xFFFFFFFF)
    return pair.view(np.uint64)


def _coach_mix(people: People) -> npt.NDArray[np.uint64]:
    """Return per person one number made from the sessions held with each coach, whatever their order."""
    mix = np.zeros(len(people.rows), dtype=np.uint64)
    coach = people.coaches["coach"].to_numpy(dtype=np.uint64)
    sessions = people.coaches["sessions"].to_numpy(dtype=np.int64).view(np.uint64)
    np.add.at(mix, people.coach_person, (coach | np.uint64(1)) * sessions)
    return mix


def _text_hashes(texts: Sequence[str]) -> npt.NDArray[np.uint64]:
    """Return a 64-bit number per text, so that a fingerprint does not depend on a category's place in a list."""
    digests = [hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)
