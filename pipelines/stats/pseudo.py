"""Days until an exit as one number per person, though some are still followed: what a plain regression can take.

A person's pseudo-value is what the whole group's mean changes by when the person is left out, times the number of
people. Where everybody is followed to the end it is the person's own number of days.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from pipelines.stats.limits import FloatArray


def mean_days(day: ArrayLike, cause: ArrayLike, horizon: int, event: int = 1) -> float:
    """Return the mean number of days up to `horizon` before the exit `event`: the area under 1 minus its incidence.

    `day` is each person's last day, `cause` 0 where nothing is known to have happened by then; people with another exit
    count as not having had this one. Source: Andersen 2013 (days lost to one cause).
    """
    left, other, at_risk = _counts(day, cause, horizon, event)
    return float(_areas(left[None, :], other[None, :], at_risk[None, :])[0])


def pseudo_days(day: ArrayLike, cause: ArrayLike, horizon: int, event: int = 1) -> FloatArray:
    """Return one pseudo-value in days per person of `mean_days`; their mean is near it; equal if nobody is censored.

    People who share day and cause share the value, so the work grows with days, not with people.
    Raises ValueError with fewer than two people. Source: Andersen, Klein & Rosthøj 2003; Andersen & Perme 2010.
    """
    last, kind = _kinds(day, cause, horizon, event)
    n = len(last)
    if n < 2:
        raise ValueError("a pseudo-value compares a group with the group without one person: two people are needed")
    left, other, at_risk = _counts(day, cause, horizon, event)
    pattern, place = np.unique(last * 3 + kind, return_inverse=True)
    days = np.arange(horizon + 1)
    own_day, own_kind = (pattern // 3)[:, None], (pattern % 3)[:, None]
    without = _areas(
        left - ((days == own_day) & (own_kind == 1)),
        other - ((days == own_day) & (own_kind == 2)),
        at_risk - (days <= own_day),
    )
    whole = mean_days(day, cause, horizon, event)
    return np.asarray(n * whole - (n - 1) * without)[place]


def _kinds(day: ArrayLike, cause: ArrayLike, horizon: int, event: int) -> tuple[np.ndarray, np.ndarray]:
    """Return each person's last day up to the horizon, and 0, 1 or 2: nothing known, the exit, another exit."""
    last, code = np.asarray(day, dtype=np.int64), np.asarray(cause, dtype=np.int64)
    kind = np.where(code == event, 1, np.where(code > 0, 2, 0))
    return np.minimum(last, horizon), np.where(last > horizon, 0, kind)


def _counts(day: ArrayLike, cause: ArrayLike, horizon: int, event: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    last, kind = _kinds(day, cause, horizon, event)
    gone = [np.bincount(last[kind == code], minlength=horizon + 1).astype(float) for code in (0, 1, 2)]
    at_risk = np.cumsum((gone[0] + gone[1] + gone[2])[::-1])[::-1]
    return gone[1], gone[2], np.asarray(at_risk)


def _areas(left: FloatArray, other: FloatArray, at_risk: FloatArray) -> FloatArray:
    """Return the area under 1 minus the incidence of leaving, one row per group of counts by day 0 to the horizon."""
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.where(at_risk > 0, left / at_risk, 0.0)
        staying = np.where(at_risk > 0, 1.0 - (left + other) / at_risk, 1.0)
    before = np.cumprod(np.concatenate([np.ones((len(staying), 1)), staying[:, :-1]], axis=1), axis=1)
    incidence = np.cumsum(before * hazard, axis=1)
    return np.asarray((1.0 - incidence[:, :-1]).sum(axis=1))
