"""The tables an attacker sees: every declared cell, what is true and printed there, and how cells add up to others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from pipelines import release
from pipelines.disclosure.build import protect
from pipelines.disclosure.coin import Coin
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.people import read_people
from pipelines.disclosure.press import Cell, Press
from pipelines.disclosure.spec import COHORT, Parameters, Spec, load_spec
from pipelines.disclosure.truth import Truth
from pipelines.progress import silent
from tests.pipelines.release_world import World, in_memory, settled, world

Label = frozenset[tuple[str, str]]
LEFT = {("alliance_band", "left_before"), ("self_efficacy_band", "left_before")}
"""Whoever left before the bands are taken is in both of these categories or in neither, as everybody may know."""


def key_of_seed(seed: int) -> bytes:
    """Return a key of 32 bytes of its own for each seed."""
    return bytes([seed + 1]) * 32


def attacked(n: int, seed: int) -> World:
    """Return `n` made-up people; the youngest cohorts are too young for some outcomes, so that ranges overlap."""
    return world(n, seed, follow_up=200)


def press(key: bytes, parameters: Parameters) -> Press:
    """Return a press without anything published before."""
    return Press(key, parameters, Ledger(Path("none")))


@dataclass(frozen=True)
class Lattice:
    """People by categories, the cohort one of them; a label without a cohort takes all. Printed None: hidden.

    A cohort may also be a range of some of them, published because an outcome is known for these alone.
    """

    spec: Spec
    truth: Truth
    key: bytes
    labels: tuple[Label, ...]
    true: np.ndarray
    shown: tuple[int | None, ...]

    @cached_property
    def place(self) -> dict[Label, int]:
        """The place of each label."""
        return {label: number for number, label in enumerate(self.labels)}

    @cached_property
    def sums(self) -> list[tuple[int, list[int]]]:
        """Every way in which a cell is the sum of others: its place, and those of its parts."""
        return [
            (at, [self.place[part] for part in parts])
            for label, at in self.place.items()
            for parts in self.splits(label)
            if parts[0] in self.place
        ]

    def splits(self, label: Label) -> Iterator[list[Label]]:
        """Yield the parts of a cell by each dimension it is not split by, and those of a range by its cohorts."""
        taken = dict(label)
        for dimension in self.spec.dimensions:
            if dimension.name not in taken:
                yield [label | {(dimension.name, item)} for item in dimension.categories]
        ranges = {item.label: item.blocks for item in self.spec.ranges}
        mine = ranges.get(taken.get(COHORT, self.spec.ranges[0].label), ())
        rest = frozenset(item for item in label if item[0] != COHORT)
        if COHORT in taken and mine:
            yield [rest | {(COHORT, block)} for block in mine]
        for name, blocks in ranges.items():
            if set(blocks) < set(mine):
                since = [block for block in mine if block not in blocks]
                yield [rest | {(COHORT, part)} for part in (name, *since)]

    @cached_property
    def parts_of(self) -> dict[int, list[list[int]]]:
        """Every full set of parts of each cell that has parts."""
        found: dict[int, list[list[int]]] = {}
        for at, parts in self.sums:
            found.setdefault(at, []).append(parts)
        return found

    @cached_property
    def parts(self) -> csr_matrix:
        """One row per sum with a one for every part."""
        column = np.concatenate([parts for _, parts in self.sums])
        row = np.repeat(np.arange(len(self.sums)), [len(parts) for _, parts in self.sums])
        return csr_matrix((np.ones(len(row)), (row, column)), shape=(len(self.sums), len(self.labels)))

    @cached_property
    def wholes(self) -> np.ndarray:
        """The place of the cell that each row of `parts` adds up to."""
        return np.array([at for at, _ in self.sums])

    @cached_property
    def impossible(self) -> np.ndarray:
        """Which labels nobody can have, as everybody may know: left before by one band and not by the other."""
        bands = {name for name, _ in LEFT}
        return np.array([bands <= {n for n, _ in label} and len(LEFT & label) == 1 for label in self.labels])

    @cached_property
    def small(self) -> np.ndarray:
        """The places of true counts that must be hidden and are not zero."""
        return np.flatnonzero((self.true >= 1) & (self.true < self.spec.parameters.threshold))

    def naive_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return least and most per cell where counts under the threshold are hidden and the rest is exact."""
        hidden = self.true < self.spec.parameters.threshold
        return self._known(np.where(hidden, 0, self.true), np.where(hidden, 10, self.true))

    def printed_bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return least and most per cell from what is printed and the public law of the noise."""
        gate = self.spec.parameters
        off = gate.largest_error
        least = [0 if value is None else max(gate.threshold, value - off) for value in self.shown]
        most = [gate.threshold - 1 if value is None else value + off for value in self.shown]
        return self._known(np.array(least), np.array(most))

    def _known(self, least: np.ndarray, most: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return least.astype(float), np.where(self.impossible, 0, most).astype(float)


@lru_cache(maxsize=2)
def tested(n: int, seed: int) -> tuple[Spec, Truth, Coin]:
    """Return the declaration as the build prints it after its coin test, the truth, and what the test allowed."""
    key, nothing = key_of_seed(seed), Ledger(Path("none"))
    made = attacked(n, seed)
    full, people = read_people(in_memory(made), load_spec())
    known = replace(people, about={**people.about, "records_to": made.last_quarter})
    truth, spec, _, coin = release._tested(known, full, key, nothing, load_spec(), silent)
    return replace(spec, parameters=replace(spec.parameters, noise=coin.noise)), truth, coin


@lru_cache(maxsize=2)
def lattice(n: int, seed: int) -> Lattice:
    """Return the lattice of `n` made-up people under the packaged declaration, printed with the least noise of all."""
    key = key_of_seed(seed)
    spec, truth = settled(attacked(n, seed), key)
    cells = protect(spec, truth, press(key, spec.parameters), outcome_variables=-1)
    people = [cell for cell in cells if cell.measure == "people"]
    labels = tuple(label_of(spec, cell) for cell in people)
    true = np.array([int(cell.true[0]) for cell in people])
    shown = tuple(None if cell.values[0] is None else int(cell.values[0]) for cell in people)
    return Lattice(spec, truth, key, labels, true, shown)


def label_of(spec: Spec, cell: Cell) -> Label:
    """Return the label of a cell; the range of all cohorts is left out of it."""
    whole = spec.ranges[0].label
    return frozenset(item for item in cell.categories.items() if item != (COHORT, whole))
