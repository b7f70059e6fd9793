"""Every declared cell printed once, by the rules of the gate.

The whole declared grid is walked, so that an absent combination prints like any small one. A value that stands in
the ledger is copied; everything else is drawn with the noise of its label and cohort.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cache

import numpy as np

from pipelines.disclosure.ceiling import Counts, Crossing, Cube, ceilings
from pipelines.disclosure.curves import curves
from pipelines.disclosure.means import means
from pipelines.disclosure.plan import Period, periods_of
from pipelines.disclosure.press import Cell, Press, Sheet
from pipelines.disclosure.spec import BANDS, COHORT, NEVER_ATTENDED, PEOPLE, Spec
from pipelines.disclosure.truth import Truth

_BANDED = {(name,) for name in BANDS}


def protect(spec: Spec, truth: Truth, press: Press, *, outcome_variables: int) -> list[Cell]:
    """Return every declared cell, printed.

    `outcome_variables` is 2 if outcomes are split by one dimension and by the declared pairs, 1 if by one dimension
    only (the cohort is one), -1 if there are no outcomes at all, and then no curve and no mean either. Beyond that
    nothing is added, but what an earlier release split further stays as it was: it is public already.
    """
    cells: list[Cell] = []
    measured = spec.periods or {}
    cubes = {name: _kept(truth, name) for name in (PEOPLE, *(item.name for item in spec.outcomes))}
    in_block = set(spec.crossings(spec.parameters.variables - 1))
    widest = max(outcome_variables, press.ledger.outcome_variables())
    split_in_block = set(spec.outcome_crossings(widest, within_block=True))
    for period in periods_of(spec, truth, press.key, PEOPLE):
        taken = 0 if period.is_range else 1
        split = set(spec.outcome_crossings(widest, within_block=not period.is_range))
        added = set(spec.outcome_crossings(outcome_variables, within_block=not period.is_range))
        crossed = set(spec.crossings(_widest(spec, period)))
        for crossing in spec.crossings(_widest(spec, period)):
            sheet = Sheet(spec, truth, press, period, crossing, may_add=crossing in added)
            cells += _people(sheet, cubes[PEOPLE], crossed, in_block)
            if crossing in split:
                for outcome in spec.outcomes:
                    if period.label in measured[outcome.name]:
                        cells += _outcome(sheet, outcome.name, cubes, split, split_in_block)
        if period.label in measured[NEVER_ATTENDED]:
            for crossing in spec.crossings(1 - taken):
                cells += _never(Sheet(spec, truth, press, period, crossing), set(spec.crossings(1 - taken)))
        if period.label in measured[spec.endpoint]:
            for crossing in spec.crossings(min(widest, 1) - taken):
                sheet = Sheet(spec, truth, press, period, crossing, may_add=outcome_variables >= 1)
                cells += curves(sheet)
                for mean in spec.means:
                    cells += means(sheet, mean)
    return cells


def _widest(spec: Spec, period: Period) -> int:
    """Return by how many dimensions people are crossed: all variables only on the range of all blocks."""
    whole = period.is_range and period.blocks == spec.dimension(COHORT).categories
    return spec.parameters.variables - (0 if whole else 1)


def _kept(truth: Truth, name: str) -> Cube:
    """Return the true counts of a measure, each table counted once."""

    @cache
    def cube(blocks: tuple[str, ...], crossing: Crossing) -> Counts:
        return truth.cube(blocks, crossing, name)

    return cube


def _people(sheet: Sheet, cube: Cube, finer: AbstractSet[Crossing], in_blocks: AbstractSet[Crossing]) -> Iterator[Cell]:
    """Print the number of people in every cell and remember it for what rests on it."""
    counts = [int(number) for number in cube(sheet.period.blocks, sheet.crossing)]
    most = ceilings(sheet.spec, sheet.period, sheet.crossing, cube, finer=finer, in_blocks=in_blocks)
    for (text, categories), true, ceiling in zip(sheet.grid(), counts, most, strict=True):
        value, copied = _printed(sheet, text, PEOPLE, true, ceiling)
        sheet.press.shown[text] = value
        yield Cell("cells", text, categories, PEOPLE, None, (value, None), (true, 0), True, copied)


def _printed(sheet: Sheet, text: str, measure: str, true: int, ceiling: int) -> tuple[int | None, bool]:
    """Return a printed number of people, at most its ceiling, and whether it was copied."""
    if sheet.press.known(text, measure):
        value = sheet.press.copied(text, measure)
        return (int(value) if isinstance(value, int | float) else None), True
    count = _under(sheet.press.count(text, measure, sheet.period, true), ceiling)
    sheet.press.note(text, measure, sheet.period, count)
    return count, False


def _under(count: int | None, ceiling: int) -> int | None:
    """Return a printed count that is at most its ceiling; hidden stays hidden."""
    return None if count is None else min(count, ceiling)


def _never(sheet: Sheet, finer: AbstractSet[Crossing]) -> Iterator[Cell]:
    """Print how many people enrolled and never attended, unless the cells are split by a score they cannot have."""
    if set(sheet.crossing) & set(BANDS):
        return
    cohorts, never = sheet.truth.spec.dimension(COHORT).categories, sheet.truth.never

    def cube(blocks: tuple[str, ...], crossing: Crossing) -> Counts:
        here = never[never[COHORT].isin([cohorts.index(block) for block in blocks])]
        place = here[crossing[0]].to_numpy(dtype=np.intp) if crossing else np.zeros(len(here), dtype=np.intp)
        return np.bincount(place, minlength=sheet.truth.cells(crossing)).astype(np.float64)

    counts = cube(sheet.period.blocks, sheet.crossing)
    most = ceilings(sheet.spec, sheet.period, sheet.crossing, cube, finer=finer - _BANDED, in_blocks={()})
    for (text, categories), true, ceiling in zip(sheet.grid(), counts, most, strict=True):
        value, copied = _printed(sheet, text, NEVER_ATTENDED, int(true), ceiling)
        yield Cell("cells", text, categories, NEVER_ATTENDED, None, (value, None), (int(true), 0), True, copied)


def _outcome(
    sheet: Sheet,
    name: str,
    cubes: Mapping[str, Cube],
    finer: AbstractSet[Crossing],
    in_blocks: AbstractSet[Crossing],
) -> Iterator[Cell]:
    """Print how many people have an outcome in every cell: enough with it, enough without it, enough coaches."""
    cube, press, allowed = cubes[name], sheet.press, sheet.allowed()
    at = (sheet.period.blocks, sheet.crossing)
    people, with_it = ([int(number) for number in cubes[measure](*at)] for measure in (PEOPLE, name))
    most = ceilings(sheet.spec, sheet.period, sheet.crossing, cube, finer=finer, in_blocks=in_blocks)
    for i, (text, categories) in enumerate(sheet.grid()):
        copied = press.known(text, name)
        if copied:
            value = press.copied(text, name)
        elif sheet.may_add:
            value = _numerator(sheet, text, name, people[i], with_it[i], most[i]) if allowed[i] else None
            press.note(text, name, sheet.period, value)
        else:
            value = None
        k = int(value) if isinstance(value, int | float) else None
        values = (None if k is None else press.shown[text], k)
        yield Cell("cells", text, categories, name, None, values, (people[i], with_it[i]), allowed[i], copied)


def _numerator(sheet: Sheet, text: str, name: str, people: int, k: int, ceiling: int) -> int | None:
    """Return the printed number with an outcome, a step below the printed base, or None with no reason given."""
    gate, n = sheet.press.parameters, sheet.press.shown[text]
    if n is None or k < gate.threshold or people - k < gate.threshold:
        return None
    count = _under(sheet.press.count(text, name, sheet.period, k), ceiling)
    capped = None if count is None else min(count, n - gate.rounding)
    return capped if capped is not None and capped > 0 and abs(capped - k) <= gate.largest_error else None
