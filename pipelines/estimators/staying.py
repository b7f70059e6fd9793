"""Staying: the curve, its numbers at risk, the share at set days, and how groups compare."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_AT_RISK, FEW_PEOPLE, hide, with_sibling
from pipelines.estimators.curves import CurveOf, Reading, change_days, read, stayed, staying_aside
from pipelines.estimators.request import FULL_SIZE, TOO_EARLY, Request, mark, status_of, words_rows
from pipelines.estimators.rows import Rows
from pipelines.marts import BANDS
from pipelines.outcomes import Population, chosen_rows
from pipelines.questions import BAND_DIMENSIONS, NO_SCORE, TIME_DIMENSIONS
from pipelines.stats import logrank
from pipelines.stats.counts import Grid
from pipelines.stats.limits import Interval, interval_difference

AT_RISK_DAYS = (0, 90, 180, 270, 365)
REACHED = "reached_start"
"""Series of the row that counts the people a curve starts with; beside it stand those it leaves out."""
LEFT_OUT = {
    False: ("never_attended", "immature"),
    True: ("left_before", "not_yet", "never_attended", "immature"),
}
"""Whom a curve leaves out and says so: from time zero, and from the landmark."""


def staying_curve(request: Request) -> Rows:
    """Return curve, numbers at risk, differences at the horizon and log-rank test of `staying_curve`."""
    return _curve(request, stayed)


def staying_curve_censoring_other_exits(request: Request) -> Rows:
    """Return the rows of the Kaplan-Meier curve that leaves other exits aside."""
    return _curve(request, staying_aside)


def stayed_share(request: Request) -> Rows:
    """Return the share who stayed to each horizon and, for one grouping, the differences between levels."""
    people = request.population()
    screened = request.screen(people.sizes)
    rows = request.rows()
    rows.extend({**row, "x": day} for row in screened.rows for day in request.horizons)
    rows.extend(words_rows(request, screened.few))
    if screened.open:
        curve = stayed(people.of(screened.open), request.repeats(screened.open))
        shortest = dict(zip(people.levels, people.people["shortest"], strict=True))
        for day in request.horizons:
            reading = read(curve, day)
            if any(name in TIME_DIMENSIONS for name in request.by):
                reading.too_early[:] |= np.array([day > shortest[level] for level in screened.open])
            points(rows, reading, screened.open, people.sizes, request)
            differences(rows, reading, screened.open, people.sizes, request)
    return rows


def _curve(request: Request, curve_of: CurveOf) -> Rows:
    people = request.population()
    screened = request.screen(people.sizes)
    rows = request.rows()
    rows.extend([*screened.rows, *words_rows(request, screened.few), *left_out(request, people)])
    if screened.open:
        grid = people.of(screened.open)
        curve = curve_of(grid, request.repeats(screened.open))
        for row, level in enumerate(screened.open):
            days = change_days(grid, row, grid.events[row, :, 0], request.end, request.floor.curve_at_risk)
            rows.add(
                level=level,
                series="stayed",
                x=days,
                stat="share",
                estimate=curve.value[row, days],
                lower=curve.lower[row, days],
                upper=curve.upper[row, days],
                n=grid.at_risk[row, days],
                events=curve.events[row, days],
                status=mark(people.sizes[level]),
                shape="step",
            )
        at_risk(rows, grid, screened.open, request)
        differences(rows, read(curve, request.horizon), screened.open, people.sizes, request)
        log_rank(rows, grid, screened.open, people.sizes, request)
    return rows


def at_risk(rows: Rows, grid: Grid, levels: Sequence[str], request: Request) -> None:
    """Add how many people are still followed at the days under the curve; none below the curve's own end."""
    days = np.array([day for day in AT_RISK_DAYS if day <= request.end])
    inside = days < len(grid.days)
    for row, level in enumerate(levels):
        n = np.zeros(len(days))
        n[inside] = grid.at_risk[row, days[inside]]
        few = n < request.floor.curve_at_risk
        n[few] = np.nan
        status, reason = np.where(few, "hidden", "shown"), np.where(few, FEW_AT_RISK, "")
        rows.add(level=level, x=days, stat="at_risk", estimate=n, n=n, status=status, reason=reason)


def left_out(request: Request, people: Population) -> list[dict[str, object]]:
    """Return counts of the people a curve starts with and of those it leaves out, over all levels.

    Left away when a filter by an early score has itself decided who is left out.
    """
    if any(name in BAND_DIMENSIONS for name, _ in request.question.where):
        return []
    totals = {name: people.total(name) for name in LEFT_OUT[request.from_landmark]}
    totals = {REACHED: people.total("at_start")} | {name: n for name, n in totals.items() if n > 0}
    hidden = with_sibling(list(totals.values()), [hide(n, None, request.floor) for n in totals.values()])
    rows: list[dict[str, object]] = []
    for (name, n), withheld in zip(totals.items(), hidden, strict=True):
        shown = {"status": "hidden", "reason": BELOW_THRESHOLD} if withheld else {"estimate": n, "n": n}
        rows.append({"level": "", "grouping": "", "series": name, "stat": "count", "status": "shown", **shown})
    return rows


def points(
    rows: Rows,
    reading: Reading,
    levels: Sequence[str],
    sizes: dict[str, int],
    request: Request,
    shape: str = "point",
) -> None:
    """Add a reading as one row per level, drawn as `shape`."""
    people = np.array([sizes[level] for level in levels], dtype=float)
    status, reason = reading_status(reading, people, request)
    rows.add(
        level=list(levels),
        series="stayed",
        x=reading.day,
        stat="share",
        status=status,
        reason=reason,
        shape=shape,
        **numbers(reading, people, status),
    )


def numbers(
    reading: Reading, people: npt.NDArray[np.float64], status: npt.NDArray[np.str_]
) -> dict[str, npt.NDArray[np.float64]]:
    """Return the numbers of a reading for rows with these statuses: none where a row is not shown."""
    known = np.isin(status, ["shown", "rough"])
    values = {
        "estimate": reading.value,
        "lower": reading.lower,
        "upper": reading.upper,
        "n": people,
        "events": reading.events,
    }
    return {name: np.where(known, value, np.nan) for name, value in values.items()}


def reading_status(
    reading: Reading, people: npt.NDArray[np.float64], request: Request
) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.str_]]:
    """Return status and reason of readings: too early, too few still followed, rough or shown."""
    late = reading.n_risk < request.floor.curve_at_risk
    status = np.where(reading.too_early, "immature", np.where(late, "hidden", status_of(people)))
    return status, np.where(reading.too_early, TOO_EARLY, np.where(late, FEW_AT_RISK, ""))


def differences(rows: Rows, reading: Reading, levels: Sequence[str], sizes: dict[str, int], request: Request) -> None:
    """Add each level's share minus the reference level's, with limits; nothing unless there is one grouping.

    The reference is the lower band, else the largest level. Groups under 30 people are not compared, nor is the
    group without an early score.
    """
    for level, reference in compared_with(levels, sizes, request):
        pair = (list(levels).index(level), list(levels).index(reference))
        rows.one(**difference(reading, pair, (sizes[level], sizes[reference]), f"{level}|{reference}", request))


def compared_with(levels: Sequence[str], sizes: dict[str, int], request: Request) -> list[tuple[str, str]]:
    """Return each level with the reference level it is compared with; none unless there is one grouping."""
    names = [level for level in levels if level != NO_SCORE]
    if len(request.by) != 1 or not names:
        return []
    banded = request.by[0] in BAND_DIMENSIONS
    reference = BANDS[0] if banded else max(names, key=lambda level: sizes[level])
    if reference not in names:
        return []
    others = sorted((name for name in names if name != reference), key=BANDS.index if banded else str)
    return [(level, reference) for level in others]


def difference(
    reading: Reading, pair: tuple[int, int], people: tuple[int, int], level: str, request: Request
) -> dict[str, object]:
    """Return the row `level`: the first of a `pair` of a reading's entries minus the second, with its limits."""
    row: dict[str, object] = {"level": level, "x": reading.day, "stat": "difference"}
    if min(people) < FULL_SIZE:
        return row | {"status": "hidden", "reason": FEW_PEOPLE}
    status, reason = reading_status(reading, np.full(len(reading.value), float(FULL_SIZE)), request)
    for place in pair:
        if status[place] != "shown":
            return row | {"status": str(status[place]), "reason": str(reason[place])}
    one, other = (Interval(reading.value[place], reading.lower[place], reading.upper[place]) for place in pair)
    gap = interval_difference(one, other)
    return row | {
        "estimate": float(gap.estimate),
        "lower": float(gap.lower),
        "upper": float(gap.upper),
        "n": sum(people),
        "events": sum(float(reading.events[place]) for place in pair),
        "status": "shown",
    }


def log_rank(rows: Rows, grid: Grid, levels: Sequence[str], sizes: dict[str, int], request: Request) -> None:
    """Add the log-rank test over the levels of one grouping with at least 30 people; nothing with fewer than two.

    Exits other than leaving early count as censored; the group without an early score is not tested. There is no test
    over all episodes, because it takes episodes of one person as independent.
    """
    tested = [level for level in levels if sizes[level] >= FULL_SIZE and level != NO_SCORE]
    if len(request.by) != 1 or len(tested) < 2 or request.is_repeated:
        return
    compared = chosen_rows(grid, [list(levels).index(level) for level in tested])
    left = compared.events[:, :, 0]
    result = logrank.tested(logrank.tally_of(compared, left, "level"))
    if np.isfinite(result.p):
        n, events = sum(sizes[level] for level in tested), float(left.sum())
        rows.one(series="log_rank", stat="p_value", estimate=result.p, n=n, events=events, status="shown")
