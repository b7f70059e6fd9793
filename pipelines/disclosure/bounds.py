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
Places = npt.NDArray[np.int64]
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
    sums = _sums(spec, labels)
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


def _sums(spec: Spec, labels: Sequence[Label]) -> Sums:
    """Return every way in which a printed cell is the sum of other cells of the release, for cells with `labels`."""
    code, steps = _codes(spec, labels)
    order = np.argsort(code)
    wholes, rows, columns, held = [np.zeros(0, dtype=np.intp)], [], [], 0
    for here, parts in _splits(spec, code, steps):
        wanted = code[here][:, None] + parts
        place = np.minimum(np.searchsorted(code[order], wanted), len(order) - 1)
        printed = (code[order][place] == wanted).all(axis=1)
        found = order[place[printed]]
        wholes.append(here[printed])
        rows.append(np.repeat(np.arange(held, held + len(found)), found.shape[1]))
        columns.append(found.ravel())
        held += len(found)
    row, column = (np.concatenate([np.zeros(0, dtype=np.intp), *part]) for part in (rows, columns))
    return Sums(csr_matrix((np.ones(len(row)), (row, column)), shape=(held, len(code))), np.concatenate(wholes))


def _codes(spec: Spec, labels: Sequence[Label]) -> tuple[Places, dict[str, dict[str, int]]]:
    """Return one whole number per label, and what each category of each dimension adds to it; 'all' adds nothing."""
    steps: dict[str, dict[str, int]] = {}
    width = 1
    for item in spec.dimensions:
        names = [*item.categories, *(found.label for found in spec.ranges if item.name == COHORT)]
        steps[item.name] = {name: width * place for place, name in enumerate(names, start=1)}
        width *= len(names) + 1
    return np.array([sum(steps[name][value] for name, value in label) for label in labels], dtype=np.int64), steps


def _splits(spec: Spec, code: Places, steps: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[Places, Places]]:
    """Yield which cells may split and by how much the codes of the parts differ from theirs.

    A cell splits by each dimension it is not split by, that of a range also by cohorts, and by ranges and cohorts.
    """
    ranges = {item.label: item.blocks for item in spec.ranges if item.blocks}
    for dimension in spec.dimensions:
        added = steps[dimension.name]
        width = next(iter(added.values()), 1)
        taken = code // width % (len(added) + 1)
        parts = [added[item] for item in dimension.categories]
        if parts:
            yield np.flatnonzero(taken == 0), np.array(parts)
        for name, blocks in ranges.items() if dimension.name == COHORT else ():
            here = np.flatnonzero(taken * width == added[name])
            yield here, np.array([added[block] for block in blocks]) - added[name]
            for older, some in ranges.items():
                if set(some) < set(blocks):
                    rest = (older, *(block for block in blocks if block not in some))
                    yield here, np.array([added[part] for part in rest]) - added[name]
