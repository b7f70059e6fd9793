"""Rates of events for time under observation, from tables of patterns and how many people have each."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtri, stdtrit

from pipelines.stats.limits import MISSING, Interval

TAIL = 0.025


def clustered_rate(events: ArrayLike, time: ArrayLike, people: ArrayLike = 1.0) -> Interval:
    """Return events per unit of time over all people, each with several events, with 95 % limits.

    One entry per pattern of `events` in `time`, shared by `people` persons. Persons are the independent units:
    linearised variance times G/(G-1), t with G-1 degrees of freedom, limits symmetric on the log scale. Without an
    event the upper limit is that of a Poisson count of 0; with fewer than two persons there are no limits.
    Raises ValueError for negative events or time without length. Source: Cochran 1977, section 6.3.
    """
    counted, observed, weight = np.broadcast_arrays(*(np.asarray(each, dtype=float) for each in (events, time, people)))
    if not bool(np.all((counted >= 0) & (observed > 0) & (weight >= 0))):
        raise ValueError("a rate needs 0 or more events in a time above 0")
    persons, total = float(weight.sum()), float(np.sum(weight * counted))
    span = float(np.sum(weight * observed))
    if persons == 0:
        return Interval(MISSING, MISSING, MISSING)
    rate = total / span
    if persons < 2:
        return Interval(np.float64(rate), MISSING, MISSING)
    if total == 0:
        return Interval(np.float64(0.0), np.float64(0.0), np.float64(chdtri(2.0, TAIL) / 2.0 / span))
    squares = float(np.sum(weight * (counted - rate * observed) ** 2))
    half = float(stdtrit(persons - 1.0, 1.0 - TAIL)) * np.sqrt(persons / (persons - 1.0) * squares) / total
    return Interval(np.float64(rate), np.float64(rate * np.exp(-half)), np.float64(rate * np.exp(half)))
