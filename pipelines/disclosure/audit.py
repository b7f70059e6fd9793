"""The audit inside the build: every printed number is held against the truth and the rules before it is published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pipelines.disclosure.bounds import follow_from_others
from pipelines.disclosure.derived import grain
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.press import Cell
from pipelines.disclosure.spec import COHORT, COUNTS, NEVER_ATTENDED, Parameters, Spec
from pipelines.disclosure.stranger import Rows, raise_if, stored
from pipelines.disclosure.truth import Truth

Packed = npt.NDArray[np.uint64]
SAMPLE = 300
"""Cells that are counted again, person by person."""


def against_truth(rows: Rows, spec: Spec, truth: Truth, cells: Sequence[Cell], ledger: Ledger, seed: bytes) -> None:
    """Raise InputFault unless the new file holds exactly `cells`, and each of them keeps the rules against its truth.

    A sample drawn by `seed` is counted again person by person. Copied values are held against the ledger instead. No
    hidden number of people may follow from the printed ones by sums.
    """
    breaches = [*_same_as_printed(rows, cells)]
    for cell in cells:
        if cell.copied:
            breaches += _copy_breaches(cell, ledger)
        else:
            breaches += _mean_breaches(cell, spec) if cell.table == "means" else _truth_breaches(cell, spec.parameters)
    breaches += _recount(truth, spec, cells, seed)
    if follow_from_others(spec, cells):
        breaches.append("a hidden number of people follows from printed ones")
    raise_if(breaches)


def _same_as_printed(rows: Rows, cells: Sequence[Cell]) -> Iterator[str]:
    """Yield a breach unless the file holds exactly the printed values, each cell once."""
    printed = {(cell.table, cell.text, cell.measure, cell.day): cell.values for cell in cells}
    held = 0
    for table, text, measure, day, numbers, _status in stored(rows):
        held += 1
        expected = printed.get((table, text, measure, day), ())
        same = expected == numbers or (
            len(expected) == len(numbers)
            and all(
                (a is None and b is None) or (a is not None and b is not None and abs(a - b) < 1e-9)
                for a, b in zip(expected, numbers, strict=True)
            )
        )
        if not same:
            yield "a stored number is not the printed one"
    if not held == len(printed) == len(cells):
        yield "the file does not hold every declared cell exactly once"


def _copy_breaches(cell: Cell, ledger: Ledger) -> Iterator[str]:
    """Yield a breach unless a copied value is the one of the ledger."""
    measure = cell.measure if cell.day is None else f"{cell.measure}@{cell.day}"
    value = ledger.values.get((cell.text, measure))
    printed = list(cell.values[1:]) if cell.day is not None else cell.values[0 if cell.measure in COUNTS else -1]
    if printed != value and not _is_hidden(printed):
        yield "a published value is not the one of the ledger"


def _is_hidden(printed: object) -> bool:
    """Tell whether nothing is printed: hiding a former value is allowed, changing it is not."""
    return printed is None or (isinstance(printed, list) and set(printed) == {None})


def _truth_breaches(cell: Cell, gate: Parameters) -> Iterator[str]:
    """Yield what is wrong with a newly printed count; the base of an outcome is a cell of its own."""
    place = 0 if cell.measure in COUNTS else 1
    value, true = cell.values[place], cell.true[place]
    if value is None:
        return
    if true < gate.threshold:
        yield "a number rests on fewer people than the threshold"
    if abs(value - true) > gate.largest_error:
        yield "a number is further from the truth than noise and rounding allow"
    if value % gate.rounding or (place == 0 and value < gate.printed_minimum):
        yield "a number is not rounded, or under the printed minimum"
    if place == 1:
        base = cell.values[0]
        if cell.true[0] - true < gate.threshold or not cell.ruled or base is None:
            yield "an outcome is shown although too few are without it, coaches are too few or its base is hidden"
        elif cell.table == "cells" and value > base - gate.rounding:
            yield "an outcome reaches its printed base"
    if cell.table == "curves" and cell.true[0] - cell.true[1] - cell.true[2] < gate.curve_at_risk:
        yield "a point of a curve rests on too few people who are still followed"


def _mean_breaches(cell: Cell, spec: Spec) -> Iterator[str]:
    """Yield what is wrong with a mean: too few people, coaches that do not allow it, or further off than its noise."""
    gate, (n, value) = spec.parameters, cell.values
    if value is None:
        return
    if cell.true[0] < gate.mean_people or not cell.ruled or n is None or n < gate.mean_people:
        yield "a mean is shown for too few people or coaches"
        return
    bounds = next(item for item in spec.means if item.name == cell.measure)
    low, high = float(bounds.low or 0), float(bounds.high or 0)
    if abs(value - cell.true[1]) > 3 * (high - low) / cell.true[0] + grain(low, high, int(n)) / 2 + 1e-6:
        yield "a mean is further from the truth than its noise and rounding allow"


def _recount(truth: Truth, spec: Spec, cells: Sequence[Cell], seed: bytes) -> Iterator[str]:
    """Yield a breach unless a sample of cells, counted person by person, gives the numbers the build worked with."""
    chance = np.random.default_rng(list(seed))
    counted = [cell for cell in cells if cell.table == "cells" and cell.measure != NEVER_ATTENDED]
    ranges = {item.label: item.blocks for item in spec.ranges}
    bits = {item.name: place for place, item in enumerate(spec.outcomes)}
    of_person = {item.name: _of_person(truth, item.name) for item in truth.spec.dimensions}
    inside: dict[tuple[str, str], Packed] = {}
    has: dict[str, Packed] = {}
    everybody = _packed(np.ones(len(truth.person_pattern), dtype=bool))
    for at in chance.choice(len(counted), min(SAMPLE, len(counted)), replace=False).tolist():
        cell = counted[at]
        mine = everybody.copy()
        for name, category in cell.categories.items():
            if (name, category) not in inside:
                allowed = ranges.get(category, (category,)) if name == COHORT else (category,)
                here = np.zeros(len(truth.person_pattern), dtype=bool)
                for place, item in enumerate(truth.spec.dimension(name).categories):
                    if item in allowed:
                        here |= of_person[name] == place
                inside[name, category] = _packed(here)
            mine &= inside[name, category]
        found = [int(np.bitwise_count(mine).sum())]
        if cell.measure in bits:
            if cell.measure not in has:
                has[cell.measure] = _packed(truth.person_outcomes & (1 << bits[cell.measure]) != 0)
            mine &= has[cell.measure]
            found.append(int(np.bitwise_count(mine).sum()))
        if found != [int(number) for number in cell.true[: len(found)]]:
            yield "counting people one by one gives another number than the build worked with"


def _packed(people: npt.NDArray[np.bool_]) -> Packed:
    """Return one bit per person, 64 people to a word, so that people are told apart and counted many at a time."""
    return np.packbits(np.pad(people, (0, -len(people) % 64))).view(np.uint64)


def _of_person(truth: Truth, name: str) -> npt.NDArray[np.integer[Any]]:
    """Return the category of every person as a place in its list, in as few bytes as hold it."""
    codes = truth.codes[name]
    narrow: npt.NDArray[np.integer[Any]] = codes.astype(np.min_scalar_type(truth.sizes[name]))
    return narrow[truth.person_pattern]
