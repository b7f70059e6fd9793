"""Shares of people with their ranges: Wilson, exact, difference of two shares, ratio of sums over people."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from pipelines.stats.limits import FloatArray, Z


class Interval(NamedTuple):
    """An estimate with its 95 % limits; arrays in, arrays out."""

    estimate: FloatArray
    lower: FloatArray
    upper: FloatArray


def wilson(k: ArrayLike, n: ArrayLike, quantile: float = Z) -> Interval:
    """Return the share `k` of `n` with its Wilson limits; nothing is known where `n` is 0.

    Raises ValueError unless 0 <= k <= n. Source: Wilson 1927, without continuity correction.
    """
    events, people = _checked(k, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = events / people
        shrink = 1.0 + quantile**2 / people
        centre = (share + quantile**2 / (2.0 * people)) / shrink
        half = quantile * np.sqrt(share * (1.0 - share) / people + quantile**2 / (4.0 * people**2)) / shrink
    lower = np.where(events == 0, np.where(people > 0, 0.0, np.nan), centre - half)
    upper = np.where(events == people, np.where(people > 0, 1.0, np.nan), centre + half)
    return Interval(share, lower[()], upper[()])


def _checked(k: ArrayLike, n: ArrayLike) -> tuple[FloatArray, FloatArray]:
    events, people = np.broadcast_arrays(np.asarray(k, dtype=float), np.asarray(n, dtype=float))
    if not bool(np.all((events >= 0) & (events <= people))):
        raise ValueError("a share needs 0 <= k <= n")
    return events, people
