"""Curves of a grid of day counts, for every level at once, and what they say at given days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.estimators.repeats import Repeats
from pipelines.estimators.rows import Values
from pipelines.outcomes import CAUSES
from pipelines.stats import incidence
from pipelines.stats.counts import Grid
from pipelines.stats.limits import limits
from pipelines.stats.survival import product_limit


@dataclass(frozen=True, slots=True)
class Curve:
    """A share by level (rows) and day (columns, from day 0): value, standard error, limits, events so far."""

    grid: Grid
    value: Values
    std_error: Values
    lower: Values
    upper: Values
    events: Values


@dataclass(frozen=True, slots=True)
class Reading:
    """A curve at one day, one entry per level: `n_risk` people followed to it, `too_early` where it is not known."""

    day: int
    value: Values
    std_error: Values
    lower: Values
    upper: Values
    events: Values
    n_risk: Values
    too_early: npt.NDArray[np.bool_]


CurveOf = Callable[[Grid, Repeats | None], Curve]


def stayed(grid: Grid, repeats: Repeats | None = None) -> Curve:
    """Return 1 minus the cumulative incidence of leaving early (Aalen-Johansen), log-log limits.

    With `repeats` the episodes of one person are held together in the error, here and below.
    """
    left = exits(grid, repeats, causes=(1,))[0]
    return Curve(grid, 1.0 - left.value, left.std_error, 1.0 - left.upper, 1.0 - left.lower, left.events)


def staying_aside(grid: Grid, repeats: Repeats | None = None) -> Curve:
    """Return the Kaplan-Meier curve of leaving early with every other exit censored, log-log limits."""
    return _product_limit(grid, (1,), repeats)


def still_here(grid: Grid, repeats: Repeats | None = None) -> Curve:
    """Return the share without any exit (Kaplan-Meier of all exits), log-log limits."""
    return _product_limit(grid, CAUSES, repeats)


def exits(grid: Grid, repeats: Repeats | None = None, causes: Sequence[int] = CAUSES) -> list[Curve]:
    """Return the cumulative incidence of each of `causes` (Aalen-Johansen), log-log limits."""
    _, shares, errors = incidence.curves(grid.events, grid.at_risk, [cause - 1 for cause in causes])
    curves = []
    for place, cause in enumerate(causes):
        share, error = shares[:, :, place], errors[:, :, place]
        if repeats is not None:
            error = np.sqrt(np.maximum(error**2 + repeats.added_variance(grid, (cause,), CAUSES), 0.0))
        so_far = np.cumsum(grid.events[:, :, cause - 1], axis=1)
        curves.append(Curve(grid, share, error, *limits(share, error), so_far))
    return curves


def read(curve: Curve, day: int) -> Reading:
    """Return a curve at `day`; not known after the last day of a level unless everybody had an exit by then."""
    grid = curve.grid
    width = len(grid.days)
    place = min(day, width - 1)
    at_risk = grid.at_risk[:, day] if day < width else np.zeros(len(grid.at_risk))
    last = width - 1 - np.argmax(grid.present[:, ::-1] > 0, axis=1)
    lost_sight = grid.censored[np.arange(len(last)), last] > 0
    return Reading(
        day,
        curve.value[:, place],
        curve.std_error[:, place],
        curve.lower[:, place],
        curve.upper[:, place],
        curve.events[:, place],
        at_risk,
        (day > last) & lost_sight,
    )


def change_days(grid: Grid, row: int, events: Values, end: int, least: int) -> npt.NDArray[np.intp]:
    """Return the days at which a level's curve is drawn: day 0, each day with `events`, and the last one.

    The line goes on while at least `least` people are followed, and no further than `end`.
    """
    followed = np.flatnonzero(grid.at_risk[row] >= least)
    last = min(int(followed[-1]) if len(followed) else 0, end)
    days = np.flatnonzero(events[: last + 1] > 0)
    return np.unique(np.concatenate([[0], days, [last]])).astype(np.intp)


def rows_of(grid: Grid, levels: Sequence[str]) -> list[int]:
    """Return the rows of a grid that belong to `levels`."""
    names = grid.groups["level"].tolist()
    return [names.index(level) for level in levels]


def _product_limit(grid: Grid, causes: tuple[int, ...], repeats: Repeats | None) -> Curve:
    events = grid.events[:, :, [cause - 1 for cause in causes]].sum(axis=2)
    survival, greenwood = product_limit(events, grid.at_risk)
    with np.errstate(invalid="ignore"):
        error = survival * np.sqrt(greenwood)
    if repeats is not None:
        error = np.sqrt(np.maximum(error**2 + repeats.added_variance(grid, causes, causes), 0.0))
    return Curve(grid, survival, error, *limits(survival, error), np.cumsum(events, axis=1))
