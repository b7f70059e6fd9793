"""Curves of a grid of day counts, for every level at once, and what they say at given days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.estimators.rows import Values
from pipelines.stats import incidence
from pipelines.stats.counts import Grid
from pipelines.stats.limits import limits
from pipelines.stats.survival import product_limit

LEFT_EARLY = 0
"""Place of leaving early among the causes of a grid."""


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


CurveOf = Callable[[Grid], Curve]


def stayed(grid: Grid) -> Curve:
    """Return 1 minus the cumulative incidence of leaving early (Aalen-Johansen), log-log limits."""
    _, shares, errors = incidence.curves(grid.events, grid.at_risk)
    share, error = shares[:, :, LEFT_EARLY], errors[:, :, LEFT_EARLY]
    lower, upper = limits(share, error)
    return Curve(grid, 1.0 - share, error, 1.0 - upper, 1.0 - lower, _so_far(grid.events[:, :, LEFT_EARLY]))


def staying_aside(grid: Grid) -> Curve:
    """Return the Kaplan-Meier curve of leaving early with every other exit censored, log-log limits."""
    left = grid.events[:, :, LEFT_EARLY]
    return _product_limit(grid, left)


def still_here(grid: Grid) -> Curve:
    """Return the share without any exit (Kaplan-Meier of all exits), log-log limits."""
    return _product_limit(grid, grid.events.sum(axis=2))


def exits(grid: Grid) -> list[Curve]:
    """Return the cumulative incidence of each cause in order (Aalen-Johansen), log-log limits."""
    _, shares, errors = incidence.curves(grid.events, grid.at_risk)
    curves = []
    for place in range(grid.events.shape[2]):
        share, error = shares[:, :, place], errors[:, :, place]
        curves.append(Curve(grid, share, error, *limits(share, error), _so_far(grid.events[:, :, place])))
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


def _product_limit(grid: Grid, events: Values) -> Curve:
    survival, greenwood = product_limit(events, grid.at_risk)
    with np.errstate(invalid="ignore"):
        error = survival * np.sqrt(greenwood)
    return Curve(grid, survival, error, *limits(survival, error), _so_far(events))


def _so_far(events: Values) -> Values:
    return np.cumsum(events, axis=1)
