"""Outcomes hidden because few people are with it or without it: do sums give the few away, by linear programme?

The attacker is told which side is the small one, and knows every printed number of people and of people with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from pipelines.disclosure.build import protect
from pipelines.disclosure.press import Cell
from tests.attacks.lattice import Label, Lattice, label_of, press

MOST_TARGETS = 40
THRESHOLD = 11


@dataclass(frozen=True)
class Split:
    """The cells of one outcome, one row each: people and people with it, true; what is printed (-1: hidden)."""

    true: np.ndarray
    printed: np.ndarray
    sums: csr_matrix

    @property
    def targets(self) -> np.ndarray:
        """The places of hidden outcomes with 1 to 10 people on one side and enough on the other."""
        n, k = self.true.T
        few = np.minimum(k, n - k)
        return np.flatnonzero((few >= 1) & (few < THRESHOLD) & (n - few >= THRESHOLD))


def recovered(held: Lattice, chance: np.random.Generator) -> tuple[float, float]:
    """Return the shares of hidden small sides that are found, under exact tables and under the printed ones."""
    spec = replace(held.spec, means=(), grid=())
    cells = protect(spec, held.truth, press(held.key, spec.parameters), outcome_variables=2)
    splits = [_split(held, [cell for cell in cells if cell.measure == item.name]) for item in spec.outcomes]
    targets = [(split, int(at)) for split in splits for at in split.targets]
    chosen = chance.choice(len(targets), min(MOST_TARGETS, len(targets)), replace=False)
    found = []
    for bounds in (_exact, _printed):
        widths = [_width(targets[at][0], bounds(targets[at][0]), targets[at][1]) for at in chosen]
        found.append(float(np.mean([width < 0.5 for width in widths])))
    return found[0], found[1]


def _split(held: Lattice, cells: Sequence[Cell]) -> Split:
    labels = [label_of(held.spec, cell) for cell in cells]
    place: dict[Label, int] = {label: number for number, label in enumerate(labels)}
    rows = [
        (at, [place[part] for part in parts])
        for label, at in place.items()
        for parts in held.splits(label)
        if all(part in place for part in parts)
    ]
    sums = np.zeros((len(rows), len(labels)))
    for row, (at, parts) in enumerate(rows):
        sums[row, parts] = 1
        sums[row, at] = -1
    true = np.array([cell.true for cell in cells])
    people = press_people(held, labels)
    with_it = [-1 if cell.values[1] is None else int(cell.values[1]) for cell in cells]
    return Split(true, np.stack([people, with_it], axis=1), csr_matrix(sums))


def press_people(held: Lattice, labels: Sequence[Label]) -> np.ndarray:
    """Return the printed people of each label, -1 where hidden."""
    shown = [held.shown[held.place[label]] for label in labels]
    return np.array([-1 if value is None else value for value in shown])


def _exact(split: Split) -> np.ndarray:
    """Return least and most of people, people with it and people without it, where small numbers alone are hidden."""
    n, k = split.true.T
    is_shown = (k >= THRESHOLD) & (n - k >= THRESHOLD)
    people = np.stack([np.where(n < THRESHOLD, 0, n), np.where(n < THRESHOLD, 10, n)], axis=1)
    return _told(split, people, np.stack([k, k], axis=1), is_shown)


def _printed(split: Split) -> np.ndarray:
    """Return the same from what is printed and the law of the noise."""
    n, k = split.printed.T
    people = np.stack([np.where(n < 0, 0, np.maximum(THRESHOLD, n - 10)), np.where(n < 0, 10, n + 10)], axis=1)
    return _told(split, people, np.stack([np.maximum(THRESHOLD, k - 10), k + 10], axis=1), k >= 0)


def _told(split: Split, people: np.ndarray, with_it: np.ndarray, is_shown: np.ndarray) -> np.ndarray:
    n, k = split.true.T
    bounds = np.zeros((len(n), 3, 2))
    bounds[:, 0] = people
    bounds[:, 1:, 1] = np.inf
    bounds[is_shown, 1] = with_it[is_shown]
    bounds[is_shown, 2, 0] = THRESHOLD
    for column, few in ((1, k), (2, n - k)):
        told = ~is_shown & (n >= THRESHOLD) & (few < THRESHOLD)
        bounds[told, column, 1] = THRESHOLD - 1
    return bounds


def _width(split: Split, bounds: np.ndarray, target: int) -> float:
    """Return the range of the small side of a cell over all tables that fit; people are those with and without it."""
    size = len(bounds)
    nothing = csr_matrix(split.sums.shape)
    one = csr_matrix(np.eye(size))
    each = [split.sums, nothing, nothing], [nothing, split.sums, nothing], [one, -one, -one]
    matrix = csr_matrix(np.vstack([np.hstack([part.toarray() for part in row]) for row in each]))
    limits = np.concatenate([bounds[:, column] for column in range(3)])
    n, k = split.true[target]
    ends = []
    for sign in (1, -1):
        goal = np.zeros(3 * size)
        goal[(1 if k < n - k else 2) * size + target] = sign
        answer = linprog(goal, A_eq=matrix, b_eq=np.zeros(matrix.shape[0]), bounds=limits, method="highs")
        assert answer.status == 0
        ends.append(sign * answer.fun)
    return ends[1] - ends[0]
