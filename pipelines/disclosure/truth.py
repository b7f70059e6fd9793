"""The true counts, in memory only: people gathered once into patterns of categories, cubes read off from there.

Nothing of this module is ever written to a file. It serves the build, the coin test and the audit.
"""

from __future__ import annotations

import hashlib
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
MEAN_UNIT = 10_000
"""Values of a mean are summed as whole numbers of 1/10,000, so that the order of the rows cannot matter."""


@dataclass(frozen=True, slots=True)
class Truth:
    """Patterns of people with a first session: `codes[dimension][pattern]`, and per pattern what is counted.

    `values` holds one row of true numbers per measure and pattern: people, outcomes, events (`@day`) and censored
    people (`!day`) by grid day, sums (`+`, in `MEAN_UNIT`) and numbers (`#`) of clipped values. `coach_rows` holds
    pattern, coach and sessions of each pair. `never` holds the categories of those who never attended. Per person
    there are the pattern and the outcomes (as bits: the outcomes, then having left by each grid day).
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
    _members: dict[tuple[str, ...], Places] = field(default_factory=dict)
    _latest: dict[tuple[tuple[str, ...], tuple[str, ...]], Places] = field(default_factory=dict)
    _ruled: dict[tuple[tuple[str, ...], tuple[str, ...]], npt.NDArray[np.bool_]] = field(default_factory=dict)

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

    def cube(self, blocks: tuple[str, ...], crossing: tuple[str, ...], name: str) -> npt.NDArray[np.float64]:
        """Return the true total of `name` in every cell of the declared grid, absent combinations being 0."""
        members: Places | None = self.members(blocks)
        members = None if members is not None and len(members) == len(self.codes[COHORT]) else members
        asked = (blocks, crossing)
        if asked not in self._latest:
            self._latest.clear()
            self._latest[asked] = self.cell_of(members, crossing)
        weights = self.values[name] if members is None else self.values[name][members]
        return np.bincount(self._latest[asked], weights=weights, minlength=self.cells(crossing)).astype(np.float64)

    def coach_rule(
        self, blocks: tuple[str, ...], crossing: tuple[str, ...], parameters: Parameters
    ) -> npt.NDArray[np.bool_]:
        """Tell for every cell whether enough coaches stand behind it and none holds too much of its sessions."""
        asked = (blocks, crossing)
        if asked not in self._ruled:
            self._ruled[asked] = self._coach_rule(blocks, crossing, parameters)
        return self._ruled[asked]

    def _coach_rule(
        self, blocks: tuple[str, ...], crossing: tuple[str, ...], parameters: Parameters
    ) -> npt.NDArray[np.bool_]:
        """Work out the coach rule; cells that hold more than any few coaches could are not looked at one by one."""
        kept = np.zeros(len(self.codes[COHORT]), dtype=bool)
        kept[self.members(blocks)] = True
        pattern, coach, sessions = (column[kept[self.coach_rows[0]]] for column in self.coach_rows)
        n_cells = self.cells(crossing)
        if not len(pattern):
            return np.zeros(n_cells, dtype=bool)
        cell = self.cell_of(pattern, crossing)
        total = np.bincount(cell, weights=sessions, minlength=n_cells)
        per_coach = np.sort(np.bincount(coach, weights=sessions))[::-1]
        too_few_hold = per_coach[: parameters.coaches - 1].sum()
        safe = (total * parameters.coach_share > per_coach[0]) & (total > too_few_hold)
        doubtful = np.flatnonzero(~safe[cell])
        width = int(coach.max()) + 1
        pairs, where = np.unique(cell[doubtful] * width + coach[doubtful], return_inverse=True)
        held = np.bincount(where, weights=sessions[doubtful], minlength=len(pairs))
        coaches = np.bincount(pairs // width, minlength=n_cells)
        most = np.zeros(n_cells)
        np.maximum.at(most, pairs // width, held)
        enough: npt.NDArray[np.bool_] = (coaches >= parameters.coaches) & (most <= parameters.coach_share * total)
        allowed: npt.NDArray[np.bool_] = safe | enough
        return allowed


def gather(people: People, spec: Spec, key: bytes) -> Truth:
    """Return the true counts of `people` by pattern, and the fingerprint of every cohort under `key`."""
    with ThreadPoolExecutor(1) as beside:  # half of the work, and it leaves the other threads free
        prints = beside.submit(_fingerprints, people, spec, key)
        truth = _counted(people, spec)
        return replace(truth, fingerprints=prints.result())


def _counted(people: People, spec: Spec) -> Truth:
    """Return the true counts of `people` by pattern, without fingerprints."""
    started = people.rows["has_started"].astype(bool).to_numpy()
    names = [item.name for item in spec.dimensions]
    sizes = {item.name: len(item.categories) for item in spec.dimensions}
    rows = people.rows[started]
    code = np.zeros(len(rows), dtype=np.int64)
    for name in names:
        code = code * sizes[name] + (rows[name].to_numpy(dtype=np.int64) - 1)
    distinct, pattern = np.unique(code, return_inverse=True)
    codes: dict[str, Places] = {}
    for name in reversed(names):
        codes[name] = (distinct % sizes[name]).astype(np.intp)
        distinct = distinct // sizes[name]
    only = replace(people, rows=rows)
    cohorts = spec.dimension(COHORT).categories
    least = rows.groupby("cohort")["follow_up"].min()
    return Truth(
        spec=spec,
        sizes=sizes,
        codes=codes,
        values=_values(only, spec, pattern.astype(np.intp)),
        coach_rows=_coach_rows(people, started, pattern.astype(np.intp)),
        never=people.rows.loc[~started, names] - 1,
        shortest_follow_up={name: int(least.get(place, -1)) for place, name in enumerate(cohorts, start=1)},
        fingerprints={},
        person_pattern=pattern.astype(np.intp),
        person_outcomes=_bits(rows, spec),
    )


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


def _fingerprints(people: People, spec: Spec, key: bytes) -> dict[str, bytes]:
    """Return the fingerprint of each cohort: every value of everybody in it that any measure or rule uses."""
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
    prints = {}
    for number, cohort in enumerate(spec.dimension(COHORT).categories):
        here = np.flatnonzero(place == number)
        block = np.stack([field[here] for field in fields], axis=1)
        prints[cohort] = noise.fingerprint_rows(key, block.astype("<u8", copy=False).view(np.uint8))
    return prints


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
