"""Shares of people with their ranges: Wilson, exact, difference of two shares, shares of sums over people."""

from __future__ import annotations

from math import fsum
from typing import cast

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, stdtrit

from pipelines.stats.limits import MISSING, FloatArray, Interval, Z, interval_difference

TAIL = 0.025


def wilson(k: ArrayLike, n: ArrayLike) -> Interval:
    """Return the share `k` of `n` with its Wilson 95 % limits; nothing is known where `n` is 0.

    Raises ValueError unless 0 <= k <= n. Source: Wilson 1927, without continuity correction.
    """
    events, people = _checked(k, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = events / people
        shrink = 1.0 + Z**2 / people
        centre = (share + Z**2 / (2.0 * people)) / shrink
        half = Z * np.sqrt(share * (1.0 - share) / people + Z**2 / (4.0 * people**2)) / shrink
    lower = np.where(share == 0, 0.0, centre - half)
    upper = np.where(share == 1, 1.0, centre + half)
    return Interval(share, lower[()], upper[()])


def exact(k: ArrayLike, n: ArrayLike) -> Interval:
    """Return the share `k` of `n` with its exact 95 % limits; nothing is known where `n` is 0.

    Raises ValueError unless 0 <= k <= n. Source: Clopper & Pearson 1934.
    """
    events, people = _checked(k, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = events / people
        low = betaincinv(np.maximum(events, 0.5), people - events + 1.0, TAIL)
        high = betaincinv(events + 1.0, np.maximum(people - events, 0.5), 1.0 - TAIL)
    lower = np.where(people > 0, np.where(events == 0, 0.0, low), np.nan)
    upper = np.where(people > 0, np.where(events == people, 1.0, high), np.nan)
    return Interval(share, lower[()], upper[()])


def difference(k_a: ArrayLike, n_a: ArrayLike, k_b: ArrayLike, n_b: ArrayLike) -> Interval:
    """Return the share `k_a` of `n_a` minus the share `k_b` of `n_b`, two separate sets of people, with 95 % limits.

    Raises ValueError unless 0 <= k <= n in each. Source: Newcombe 1998, method 10.
    """
    return interval_difference(wilson(k_a, n_a), wilson(k_b, n_b))


def clustered_share(successes: ArrayLike, trials: ArrayLike, people: ArrayLike = 1.0) -> Interval:
    """Return the share of all trials that succeeded, when each person contributes several, with 95 % limits.

    One entry per pattern of `successes` out of `trials`, shared by `people` persons, so that a count table of
    patterns gives what the rows of persons give. Persons, not trials, are the independent units: linearised
    variance times G/(G-1), t with G-1 degrees of freedom, limits symmetric on the logit scale. At a share of 0 or 1
    the limits are Wilson's for G persons; with fewer than two persons there are none.
    Raises ValueError unless 0 <= successes <= trials. Source: Cochran 1977, section 6.3.
    """
    done, tried = _checked(successes, trials)
    weight = np.broadcast_to(np.asarray(people, dtype=float), done.shape) * (tried > 0)
    total, persons = float(np.sum(weight * tried)), float(np.sum(weight))
    if total == 0:
        return Interval(MISSING, MISSING, MISSING)
    share = float(np.sum(weight * done)) / total
    if persons < 2:
        return Interval(np.float64(share), MISSING, MISSING)
    if share in (0.0, 1.0):
        return wilson(share * persons, persons)
    # Rounded once, so that persons in another order give the same number to its last digit.
    variance = persons / (persons - 1.0) * fsum(weight * (done - share * tried) ** 2) / total**2
    half = stdtrit(persons - 1.0, 1.0 - TAIL) * np.sqrt(variance) / (share * (1.0 - share))
    centre = np.log(share / (1.0 - share))
    lower, upper = 1.0 / (1.0 + np.exp(-(centre - half))), 1.0 / (1.0 + np.exp(-(centre + half)))
    return Interval(np.float64(share), lower, upper)


def _checked(k: ArrayLike, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
    events, people = np.broadcast_arrays(np.asarray(k, dtype=float), np.asarray(n, dtype=float))
    if not bool(np.all((events >= 0) & (events <= people))):
        raise ValueError("a share needs 0 <= k <= n")
    return cast(FloatArray, events), cast(FloatArray, people)
