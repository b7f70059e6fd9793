"""Means, spreads and quantiles of scores with their ranges, from tables of values and how many people have each."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from pipelines.stats.limits import FloatArray, Interval


def t_interval(mean: ArrayLike, std_dev: ArrayLike, n: ArrayLike) -> Interval:
    """Return means with their 95 % limits, from the sample standard deviation (divisor n-1) and `n` people.

    With fewer than two people there are no limits. Source: Student 1908.
    """
    centre, spread, people = np.broadcast_arrays(
        np.asarray(mean, dtype=float), np.asarray(std_dev, dtype=float), np.asarray(n, dtype=float)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        half = np.where(people > 1, stdtrit(people - 1.0, 0.975) * spread / np.sqrt(people), np.nan)
    return Interval(centre[()], (centre - half)[()], (centre + half)[()])


def from_counts(value: ArrayLike, people: ArrayLike) -> tuple[float, float, float]:
    """Return the mean, sample standard deviation and number of people of a table of values.

    The deviation is missing with fewer than two people, the mean with none.
    Raises ValueError for negative or missing counts.
    """
    values, weight = _table(value, people)
    n = float(weight.sum())
    if n == 0:
        return float("nan"), float("nan"), 0.0
    centre = float(np.sum(weight * values) / n)
    squares = float(np.sum(weight * (values - centre) ** 2))
    return centre, float(np.sqrt(squares / (n - 1.0))) if n > 1 else float("nan"), n


def quantiles(value: ArrayLike, people: ArrayLike, probabilities: ArrayLike) -> FloatArray:
    """Return quantiles of a table of values, each held by a whole number of `people`, as if every person had a row.

    Type 7 of Hyndman & Fan 1996: what R's `quantile` and DuckDB's `quantile_cont` give. Missing without people.
    Raises ValueError for negative or missing counts.
    """
    values, weight = _table(value, people)
    order = np.argsort(values, kind="stable")
    values, upto = values[order][weight[order] > 0], np.cumsum(weight[order])[weight[order] > 0]
    probability = np.asarray(probabilities, dtype=float)
    if not len(values):
        return np.full(probability.shape, np.nan)
    position = 1.0 + (upto[-1] - 1.0) * probability
    below = np.floor(position)
    low = values[np.searchsorted(upto, below - 1.0, side="right")]
    high = values[np.searchsorted(upto, np.ceil(position) - 1.0, side="right")]
    share = position - below
    return cast(FloatArray, np.where((share > 0) & (high != low), (1.0 - share) * low + share * high, low))


def _table(value: ArrayLike, people: ArrayLike) -> tuple[FloatArray, FloatArray]:
    values, weight = np.broadcast_arrays(np.asarray(value, dtype=float), np.asarray(people, dtype=float))
    if not bool(np.all(weight >= 0)) or bool(np.any(np.isnan(values))):
        raise ValueError("every value needs a count of 0 or more people")
    return values.ravel(), weight.ravel()
