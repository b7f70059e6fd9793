"""The most a printed count may say: where all parts of a cell are hidden, no more than these parts could be together.

A cell of 20 whose two parts are 10 each might be printed as 30, which is at least 20: then both hidden parts would be
known. Printed at most at 10 for each hidden part it tells of none of them more than that the cell is shown. The true
count is never above that ceiling, so that no printed number gets further from the truth by it. Rule: a hidden count
must not follow from other cells (CMS cell-size policy).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet

import numpy as np
import numpy.typing as npt

from pipelines.disclosure.plan import Period
from pipelines.disclosure.spec import BANDS, Spec
from pipelines.questions import LEFT_BEFORE

Counts = npt.NDArray[np.float64]
Parts = tuple[Counts, npt.NDArray[np.int64]]
"""True counts of the parts, one row per cell, and how many of them anybody can be in."""
Crossing = tuple[str, ...]
Cube = Callable[[tuple[str, ...], Crossing], Counts]
"""From cohorts and dimensions to the true count of every cell of their declared grid."""
NONE = 1 << 62
"""A ceiling that is none."""


def ceilings(
    spec: Spec,
    period: Period,
    crossing: Crossing,
    cube: Cube,
    *,
    finer: AbstractSet[Crossing],
    in_blocks: AbstractSet[Crossing],
) -> list[int]:
    """Return the ceiling of every cell of a crossing in row-major order, `NONE` where some part is not hidden.

    `finer` are the crossings printed for this period, `in_blocks` those printed for each of its cohorts.
    """
    gate = spec.parameters
    lowest = np.full(int(np.prod([_size(spec, name) for name in crossing], dtype=np.int64)), NONE)
    for parts, possible in _splits(spec, period, crossing, cube, finer, in_blocks):
        most = (gate.threshold - 1) * possible // gate.rounding * gate.rounding
        hidden = (parts < gate.threshold).all(axis=1)
        lowest[hidden] = np.minimum(lowest, np.maximum(most, gate.printed_minimum))[hidden]
    return [int(number) for number in lowest]


def _splits(
    spec: Spec,
    period: Period,
    crossing: Crossing,
    cube: Cube,
    finer: AbstractSet[Crossing],
    in_blocks: AbstractSet[Crossing],
) -> Iterator[Parts]:
    """Yield every way in which the cells of a crossing add up from printed parts.

    A range is the sum of its cohorts, and of any older range and the cohorts since: such may have been printed before.
    """
    names = [item.name for item in spec.crossable]
    for name in names:
        child = tuple(item for item in names if item in crossing or item == name)
        if name not in crossing and child in finer:
            sizes = [_size(spec, item) for item in child]
            table = np.moveaxis(cube(period.blocks, child).reshape(sizes), child.index(name), -1)
            yield table.reshape(-1, sizes[child.index(name)]), _possible(spec, crossing, name)
    if period.is_range and crossing in in_blocks:
        blocks = np.stack([cube((block,), crossing) for block in period.blocks], axis=1)
        for older in range(1, len(period.blocks)):
            parts = np.column_stack([blocks[:, :older].sum(axis=1), blocks[:, older:]])
            yield parts, np.full(len(parts), parts.shape[1])


def _possible(spec: Spec, crossing: Crossing, name: str) -> npt.NDArray[np.int64]:
    """Return per cell in how many categories of `name` anybody can be: who left before did so by both bands."""
    sizes = [_size(spec, item) for item in crossing]
    possible = np.full(sizes, _size(spec, name), dtype=np.int64)
    other = next((band for band in BANDS if band != name), None) if name in BANDS else None
    if other in crossing:
        categories = spec.dimension(str(other)).categories
        if LEFT_BEFORE in categories and LEFT_BEFORE in spec.dimension(name).categories:
            possible -= 1
            gone = [slice(None)] * len(sizes)
            place = categories.index(LEFT_BEFORE)
            possible[tuple(place if item == other else part for item, part in zip(crossing, gone, strict=True))] = 1
    return possible.ravel()


def _size(spec: Spec, name: str) -> int:
    return len(spec.dimension(name).categories)
