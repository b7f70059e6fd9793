"""Two releases, one person more: which cells moved, and what does that say of the newcomer?

The stricter case is attacked: a cohort that was not frozen, so that every number is printed anew. (What was published
stays as it was and says nothing at all.)
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from pipelines.disclosure.build import protect
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.noise import fingerprint_rows, pub
from pipelines.disclosure.people import People, read_people
from pipelines.disclosure.plan import settle
from pipelines.disclosure.spec import Spec, load_spec
from pipelines.disclosure.truth import Truth, gather
from tests.attacks.lattice import key_of_seed, press
from tests.attacks.result import Attack, Line, Result, results
from tests.pipelines.release_world import in_memory, small_spec, world

TRIALS = 20
SECRET = "left_early_90"
BY_SET = "noise keyed by the set of people"
LINES = (
    Line("categories of the newcomer told from the cells that moved, beyond guessing", BY_SET, 0.4, 0.15),
    Line("categories of the newcomer told from the cells that moved, beyond guessing", "exact tables", 0.4, 0.15),
    Line("newcomers whose outcome is told, their categories being known", "exact tables", 1.0, 0.8),
)
Printed = Mapping[frozenset[tuple[str, str]], float | None]


def attack(n: int, seed: int) -> list[Result]:
    """Compare what is printed with and without one person, over several newcomers."""
    spec, people = _read(n, seed)
    chance = np.random.default_rng(seed)
    started = np.flatnonzero(people.rows["has_started"])
    hits: list[list[float]] = []
    for trial in range(TRIALS):
        newcomer = int(chance.choice(started))
        key = key_of_seed(seed + 100 + trial)[:31] + bytes([trial])
        before, after = _Release(without(people, newcomer), spec, key), _Release(people, spec, key)
        mine = {d.name: d.categories[int(people.rows[d.name].iloc[newcomer]) - 1] for d in spec.crossable}
        had_it = after.exact(SECRET)[frozenset()] > before.exact(SECRET)[frozenset()]
        hits.append(
            [
                told(spec, after.keyed_by_set(mine), before.keyed_by_set(mine), mine),
                told(spec, after.exact("people"), before.exact("people"), mine),
                told(spec, after.printed("people"), before.printed("people"), mine),
                guess_outcome(after.exact(SECRET), before.exact(SECRET), mine) == had_it,
                guess_outcome(after.printed(SECRET), before.printed(SECRET), mine) == had_it,
            ]
        )
    by_set, exact, gate, secret, gate_secret = np.mean(hits, axis=0)
    guessing = commonest(spec, people)
    beyond = (by_set - guessing, gate - guessing), (exact - guessing, gate - guessing)
    return results(LINES, [*beyond, (secret, gate_secret)])


@lru_cache(maxsize=1)
def _read(n: int, seed: int) -> tuple[Spec, People]:
    with tempfile.TemporaryDirectory() as folder:
        return read_people(in_memory(world(n, seed)), load_spec(small_spec(Path(folder))))


def without(people: People, newcomer: int) -> People:
    """Return the people but for the one at a place."""
    kept = people.coach_person != newcomer
    place = people.coach_person[kept]
    rows = people.rows.drop(people.rows.index[newcomer])
    return replace(people, rows=rows, coaches=people.coaches[kept], coach_person=place - (place > newcomer))


def commonest(spec: Spec, people: People) -> float:
    """Return how many categories are right when everybody is said to be in the commonest of each dimension."""
    started = people.rows[people.rows["has_started"].astype(bool)]
    return float(np.mean([started[d.name].value_counts(normalize=True).max() for d in spec.crossable]))


def told(spec: Spec, after: Printed, before: Printed, mine: Mapping[str, str]) -> float:
    """Return for how many dimensions the category whose cells moved most is the newcomer's."""
    right = 0
    for dimension in spec.crossable:
        moved = []
        for category in dimension.categories:
            cells = [label for label in after if (dimension.name, category) in label]
            moved.append(np.mean([after[label] != before.get(label) for label in cells]) if cells else 0)
        best = int(np.argmax(moved))
        right += moved[best] > 0 and dimension.categories[best] == mine[dimension.name]
    return right / len(spec.crossable)


def guess_outcome(after: Printed, before: Printed, mine: Mapping[str, str]) -> bool:
    """Guess whether the newcomer has the outcome: the cells they are in grew by more than half a person."""
    inside = set(mine.items())
    grown = [after[label] - before[label] for label in after if label <= inside and _both(after, before, label)]
    return bool(np.mean(grown) > 0.5) if grown else False


def _both(after: Printed, before: Printed, label: frozenset[tuple[str, str]]) -> bool:
    return after[label] is not None and before.get(label) is not None


class _Release:
    """Exact and printed numbers of one state of the records, on the range of all cohorts."""

    def __init__(self, people: People, spec: Spec, key: bytes) -> None:
        truth: Truth = gather(people, spec, key)
        self.spec, _ = settle(truth, Ledger(Path("none")), "2026-Q2")
        self.truth, self.key = truth, key
        lean = replace(self.spec, means=(), grid=(), outcomes=tuple(o for o in spec.outcomes if o.name == SECRET))
        self._cells = protect(lean, truth, press(key, self.spec.parameters), outcome_variables=2)
        self._whole = self.spec.ranges[0].label

    def printed(self, measure: str) -> dict[frozenset[tuple[str, str]], float | None]:
        return self._by_label(measure, "values")

    def exact(self, measure: str) -> dict[frozenset[tuple[str, str]], float]:
        return self._by_label(measure, "true")

    def _by_label(self, measure: str, what: str) -> dict:
        place = 0 if measure == "people" else 1
        return {
            frozenset(item for item in cell.categories.items() if item[0] != "cohort"): getattr(cell, what)[place]
            for cell in self._cells
            if cell.measure == measure and cell.categories["cohort"] == self._whole
        }

    def keyed_by_set(self, mine: Mapping[str, str]) -> dict[frozenset[tuple[str, str]], float | None]:
        """Return counts with noise that hangs on the set of people in the cell, as where filters are free.

        Only cells of the newcomer are worked out again: all others hold the same people and print the same.
        """
        printed: dict[frozenset[tuple[str, str]], float | None] = {}
        for label, true in self.exact("people").items():
            if not label <= set(mine.items()):
                printed[label] = None
                continue
            inside = np.ones(len(self.truth.person_pattern), dtype=bool)
            for name, category in label:
                place = self.spec.dimension(name).categories.index(category)
                inside &= self.truth.codes[name][self.truth.person_pattern] == place
            rows = np.stack([self.truth.person_pattern[inside], self.truth.person_outcomes[inside]], axis=1)
            whole = fingerprint_rows(self.key, rows.astype("<u8").view(np.uint8).reshape(len(rows), 16))
            printed[label] = pub(self.key, whole, "people", "cell", int(true), self.spec.parameters)
        return printed


ATTACK = Attack("The newcomer: two releases that differ by one person", LINES, attack)
