"""Rates of events for time under observation, from tables of patterns and how many people have each."""

from __future__ import annotations

from math import fsum

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtri, stdtrit

from pipelines.stats.association import Line, clustered
from pipelines.stats.limits import MISSING, Interval

TAIL = 0.025
MOST_STEPS = 50


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
    # Rounded once, so that persons in another order give the same number to its last digit.
    persons, total = float(weight.sum()), fsum(weight * counted)
    span = fsum(weight * observed)
    if persons == 0:
        return Interval(MISSING, MISSING, MISSING)
    rate = total / span
    if persons < 2:
        return Interval(np.float64(rate), MISSING, MISSING)
    if total == 0:
        return Interval(np.float64(0.0), np.float64(0.0), np.float64(chdtri(2.0, TAIL) / 2.0 / span))
    squares = fsum(weight * (counted - rate * observed) ** 2)
    half = float(stdtrit(persons - 1.0, 1.0 - TAIL)) * np.sqrt(persons / (persons - 1.0) * squares) / total
    return Interval(np.float64(rate), np.float64(rate * np.exp(-half)), np.float64(rate * np.exp(half)))


def poisson_slope(design: ArrayLike, events: ArrayLike, time: ArrayLike, column: int, cluster: ArrayLike) -> Line:
    """Return one coefficient (log ratio of rates) of a Poisson model of `events` in `time`, errors held by cluster.

    One row of `design` (with its constant) per person. Persons may have several events that come together: the errors
    are the sandwich over clusters, with limits and p by `clusters.rule`. Missing where the model cannot be settled.
    Source: Zeger 1988; Cameron & Trivedi 2013, chapter 3.
    """
    x, y, span = (np.asarray(values, dtype=float) for values in (design, events, time))
    _, member = np.unique(np.asarray(cluster), return_inverse=True)
    groups = int(member.max()) + 1
    missing = Line(*(float("nan"),) * 5, groups)
    if y.sum() <= 0:
        return missing
    beta, settled = np.zeros(x.shape[1]), False
    beta[0] = np.log(y.sum() / span.sum())
    for _ in range(MOST_STEPS):
        mean = span * np.exp(np.clip(x @ beta, -700.0, 700.0))
        information = (x * mean[:, None]).T @ x
        if not np.all(np.isfinite(information)) or np.linalg.cond(information) > 1e12:
            return missing
        move = np.linalg.solve(information, x.T @ (y - mean))
        beta = beta + np.clip(move, -5.0, 5.0)
        settled = bool(np.max(np.abs(move)) < 1e-10)
        if settled:
            break
    if not settled:
        return missing
    mean = span * np.exp(x @ beta)
    inverse = np.linalg.inv((x * mean[:, None]).T @ x)
    sums = np.zeros((groups, x.shape[1]))
    np.add.at(sums, member, x * (y - mean)[:, None])
    return clustered(float(beta[column]), inverse @ (sums.T @ sums) @ inverse, column, groups)
