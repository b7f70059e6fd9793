"""When people go: days they stay, the share who leave in each week, and the same share under every gap."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipelines.definitions import definition
from pipelines.disclosure.floors import FEW_AT_RISK
from pipelines.estimators.curves import Reading, read, stayed
from pipelines.estimators.repeats import Repeats
from pipelines.estimators.request import Request, mark
from pipelines.estimators.rows import Cells, Rows
from pipelines.estimators.staying import compared_with, difference, points, reading_status
from pipelines.questions import GAPS
from pipelines.stats.counts import Grid
from pipelines.stats.days import Days, days_before, std_error
from pipelines.stats.limits import Z, limits
from pipelines.stats.survival import product_limit

FIRST_DAYS = definition("leaving_by_week").numbers("first_days")
LAST_DAY = definition("leaving_by_week").number("last_day")
WEEK = 7
"""Weeks of the first month apart, then blocks of four: the first day of each, and the last day of all."""


def stayed_days(request: Request) -> Rows:
    """Return the mean days stayed up to the horizon by level and, for one grouping, differences between levels."""
    people = request.population()
    screened = request.screen(people.sizes)
    rows = request.rows()
    rows.extend({**row, "x": request.horizon} for row in screened.rows)
    if not screened.open:
        return rows
    grid = people.of(screened.open)
    repeats = request.repeats(screened.open)
    reading = _in_days(read(stayed(grid, repeats), request.horizon), grid, repeats)
    sizes = np.array([people.sizes[level] for level in screened.open], dtype=float)
    status, reason = reading_status(reading, sizes, request)
    for place, level in enumerate(screened.open):
        cells: Cells = {"level": level, "x": reading.day, "stat": "mean", "shape": "point"}
        rows.one(**cells, status=status[place], reason=reason[place], **_numbers(reading, place, sizes, status))
    for level, reference in compared_with(screened.open, people.sizes, request):
        pair = (screened.open.index(level), screened.open.index(reference))
        both = (people.sizes[level], people.sizes[reference])
        rows.one(**_of_days(difference(reading, pair, both, f"{level}|{reference}", request), reading, pair))
    return rows


def leaving_by_week(request: Request) -> Rows:
    """Return by level the share of people still here who leave early in a week, for each declared week or block.

    `x` is the first day of the week; `n` are the people followed to it, `events` those who left early in the block.
    """
    people = request.population()
    screened = request.screen(people.sizes)
    rows = request.rows()
    rows.extend(screened.rows)
    if screened.open:
        grid = people.of(screened.open)
        last = [day - 1 for day in FIRST_DAYS[1:]] + [LAST_DAY]
        for place, level in enumerate(screened.open):
            for first, until in zip(FIRST_DAYS, last, strict=True):
                if until <= request.end:
                    rows.one(level=level, x=first, **_week(grid, place, first, until, request))
    return rows


def stayed_by_gap(request: Request) -> Rows:
    """Return the share who stayed to the horizon under every gap, `x`, all other settings as asked."""
    rows = request.rows()
    for gap in GAPS:
        settings = replace(request.question.settings, gap_days=gap)
        one = replace(request, question=replace(request.question, settings=settings))
        people = one.population()
        screened = one.screen(people.sizes)
        rows.extend({**row, "x": gap} for row in screened.rows)
        if screened.open:
            reading = read(stayed(people.of(screened.open), one.repeats(screened.open)), one.horizon)
            points(rows, replace(reading, day=gap), screened.open, people.sizes, one)
    return rows


def _in_days(reading: Reading, grid: Grid, repeats: Repeats | None) -> Reading:
    """Return a reading of the staying curve at its horizon with days in the place of shares."""
    found = [_days(grid, place, repeats, reading.day) for place in range(len(grid.at_risk))]
    value, error = (np.array(each) for each in zip(*found, strict=True))
    low, high = np.clip([value - Z * error, value + Z * error], 0.0, float(reading.day))
    return replace(reading, value=value, std_error=error, lower=low, upper=high)


def _days(grid: Grid, place: int, repeats: Repeats | None, horizon: int) -> tuple[float, float]:
    own, every = grid.events[place, :, 0], grid.events[place].sum(axis=1)
    days = days_before(own, every - own, grid.at_risk[place], horizon)
    error = std_error(days, own, every - own, grid.censored[place])
    if repeats is not None:
        error = float(np.sqrt(max(error**2 + _of_the_same_people(days, repeats, place), 0.0)))
    return days.mean, error


def _of_the_same_people(days: Days, repeats: Repeats, place: int) -> float:
    """Return what to add to the variance because episodes of one person are summed before squaring."""
    mine = repeats.row == place
    if not mine.any():
        return 0.0
    _, person = np.unique(repeats.person[mine], return_inverse=True)
    each = days.influence(repeats.day[mine], repeats.cause[mine] == 1, repeats.cause[mine] > 0)
    return float((np.bincount(person, weights=each) ** 2).sum() - (each**2).sum())


def _numbers(reading: Reading, place: int, sizes: np.ndarray, status: np.ndarray) -> Cells:
    if status[place] not in ("shown", "rough"):
        return {}
    return {
        "estimate": float(reading.value[place]),
        "lower": float(reading.lower[place]),
        "upper": float(reading.upper[place]),
        "n": float(sizes[place]),
        "events": float(reading.events[place]),
    }


def _of_days(row: dict[str, object], reading: Reading, pair: tuple[int, int]) -> dict[str, object]:
    """Return a difference row with the limits of a difference of two means."""
    if row["status"] != "shown":
        return row
    gap = float(reading.value[pair[0]] - reading.value[pair[1]])
    half = Z * float(np.hypot(reading.std_error[pair[0]], reading.std_error[pair[1]]))
    return row | {"estimate": gap, "lower": gap - half, "upper": gap + half}


def _week(grid: Grid, place: int, first: int, until: int, request: Request) -> Cells:
    """Return the share who leave in a week of the days `first` to `until`; in a block of weeks their average."""
    followed = [grid.at_risk[place, day] if day < len(grid.days) else 0.0 for day in (first, until)]
    cells: Cells = {"stat": "share", "shape": "bar"}
    if min(followed) < request.floor.curve_at_risk:
        return {**cells, "status": "hidden", "reason": FEW_AT_RISK}
    n = float(followed[0])
    left, at_risk = grid.events[place, first : until + 1, 0], grid.at_risk[place, first : until + 1]
    survival, greenwood = product_limit(left, at_risk)
    staying = float(survival[-1])
    weeks = (until - first + 1) / WEEK
    low, high = limits(staying, staying * np.sqrt(greenwood[-1]))
    ends = {"lower": float(1 - high ** (1 / weeks)), "upper": float(1 - low ** (1 / weeks))}
    return {
        **cells,
        "estimate": 1 - staying ** (1 / weeks),
        **request.if_independent(**ends),
        "n": n,
        "events": float(left.sum()),
        "status": mark(n),
    }
