"""What the printed counts of a release say of its hidden ones: least and most of every cell, carried through all sums.

The attack that a stranger can make with arithmetic alone, made before the release is published. A hidden count of 1 to
10 people must not follow from other cells (CMS cell-size policy). The whole linear programme is in the tests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from pipelines.disclosure.press import Cell
from pipelines.disclosure.spec import BANDS, COHORT, PEOPLE, Spec
from pipelines.questions import LEFT_BEFORE

Numbers = npt.NDArray[np.float64]
Label = frozenset[tuple[str, str]]
ONE_NUMBER = 0.5
"""A range narrower than this holds one whole number."""


@dataclass(frozen=True, slots=True)
class Sums:
    """How cells add up: one row of `parts` per sum, with a one for every part, and the place of its whole."""

    parts: csr_matrix
    wholes: npt.NDArray[np.intp]


def follow_from_others(spec: Spec, cells: Sequence[Cell]) -> int:
    """Return how many hidden counts of 1 to 10 people follow from the printed counts of `cells`."""
    people = [cell for cell in cells if cell.measure == PEOPLE]
    labels = [frozenset(cell.categories.items()) for cell in people]
    sums = _sums(spec, {label: place for place, label in enumerate(labels)})
    if not len(sums.wholes):
        return 0
    least, most = carried(sums, *_known(spec, people, labels))
    true = np.array([cell.true[0] for cell in people])
    small = (true >= 1) & (true < spec.parameters.threshold)
    return int(((most - least < ONE_NUMBER) & small).sum())


def carried(sums: Sums, least: Numbers, most: Numbers) -> tuple[Numbers, Numbers]:
    """Return least and most of every cell after carrying them through every sum until nothing moves.

    Where no table fits at all, least comes above most somewhere, and the carrying ends there.
    """
    least, most = least.copy(), most.copy()
    row, column = sums.parts.nonzero()
    while True:
        before = (most - least).sum()
        np.maximum.at(least, sums.wholes, sums.parts @ least)
        np.minimum.at(most, sums.wholes, sums.parts @ most)
        low, high = sums.parts @ least, sums.parts @ most
        np.minimum.at(most, column, most[sums.wholes[row]] - (low[row] - least[column]))
        np.maximum.at(least, column, least[sums.wholes[row]] - (high[row] - most[column]))
        if before - (most - least).sum() < ONE_NUMBER or bool((most < least).any()):
            return least, most


def _known(spec: Spec, people: Sequence[Cell], labels: Sequence[Label]) -> tuple[Numbers, Numbers]:
    """Return least and most per cell from what is printed and the public law of the noise."""
    gate = spec.parameters
    least, most = np.zeros(len(people)), np.full(len(people), float(gate.threshold - 1))
    left = {(band, LEFT_BEFORE) for band in BANDS}
    for place, (cell, label) in enumerate(zip(people, labels, strict=True)):
        value = cell.values[0]
        if value is not None:
            least[place] = max(gate.threshold, value - gate.largest_error)
            most[place] = value + gate.largest_error
        elif {name for name, _ in label} >= set(BANDS) and len(left & label) == 1:
            most[place] = 0.0  # nobody left before by one band and not by the other
    return least, most


def _sums(spec: Spec, place: Mapping[Label, int]) -> Sums:
    """Return every way in which a printed cell is the sum of other cells of the release."""
    wholes, parts = [], []
    for label, at in place.items():
        for split in _splits(spec, label):
            found = [place[part] for part in split if part in place]
            if len(found) == len(split):
                wholes.append(at)
                parts.append(found)
    row = np.repeat(np.arange(len(parts)), [len(each) for each in parts])
    column = np.concatenate(parts) if parts else np.zeros(0, dtype=np.intp)
    shape = (len(parts), len(place))
    return Sums(csr_matrix((np.ones(len(row)), (row, column)), shape=shape), np.array(wholes, dtype=np.intp))


def _splits(spec: Spec, label: Label) -> Iterator[list[Label]]:
    """Yield the parts of a cell by each dimension it is not split by, and those of a range by cohorts and ranges."""
    taken = dict(label)
    for dimension in spec.dimensions:
        if dimension.name not in taken:
            yield [label | {(dimension.name, item)} for item in dimension.categories]
    ranges = {item.label: item.blocks for item in spec.ranges}
    mine = ranges.get(taken.get(COHORT, ""), ())
    rest = frozenset(item for item in label if item[0] != COHORT)
    if mine:
        yield [rest | {(COHORT, block)} for block in mine]
    for name, blocks in ranges.items():
        if blocks and set(blocks) < set(mine):
            yield [rest | {(COHORT, part)} for part in (name, *(block for block in mine if block not in blocks))]
