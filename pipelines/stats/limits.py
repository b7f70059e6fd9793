"""95 % limits of a share from its standard error, on the scales R's `survfit` offers."""

from __future__ import annotations

from typing import Literal, NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
Number = FloatArray | np.float64
Scale = Literal["plain", "log", "log-log"]

MISSING = np.float64("nan")
Z = 1.959963984540054
"""The 97.5th percentile of the standard normal distribution."""


class Interval(NamedTuple):
    """An estimate with its 95 % limits: numbers if it was asked of numbers, arrays if of arrays."""

    estimate: Number
    lower: Number
    upper: Number


def limits(
    share: ArrayLike, std_error: ArrayLike, conf: Scale = "log-log", quantile: ArrayLike = Z
) -> tuple[FloatArray, FloatArray]:
    """Return the lower and upper 95 % limits of shares between 0 and 1, given their standard errors.

    `conf` names the scale on which the interval is symmetric. A share with no standard error has no limits;
    a share of 0 or 1 with standard error 0 (nothing has happened yet) keeps its own value as both limits.
    Raises ValueError for an unknown scale. Source: Kalbfleisch & Prentice 2002, section 1.4; as R survival 3.5.
    """
    p, se = np.broadcast_arrays(np.asarray(share, dtype=float), np.asarray(std_error, dtype=float))
    half = np.asarray(quantile, dtype=float) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        if conf == "plain":
            lower, upper = p - half, p + half
        elif conf == "log":
            lower, upper = p * np.exp(-half / p), p * np.exp(half / p)
        elif conf == "log-log":
            stretch = half / (p * np.abs(np.log(p)))
            lower, upper = p ** np.exp(stretch), p ** np.exp(-stretch)
        else:
            raise ValueError(f"unknown scale for limits: {conf}")
    settled = (se == 0) & ((p == 0) | (p == 1))
    lower = np.where(settled, p, np.clip(lower, 0.0, 1.0))
    upper = np.where(settled, p, np.clip(upper, 0.0, 1.0))
    return cast(FloatArray, lower), cast(FloatArray, upper)


def interval_difference(a: Interval, b: Interval) -> Interval:
    """Return `a` minus `b` for independent estimates, with limits built from the distances to the limits of each.

    Keeps the skew of each interval and stays inside the possible range.
    Source: Newcombe 1998 (method 10 when both are Wilson intervals); Zou & Donner 2008 in general.
    """
    gap = np.asarray(a.estimate) - np.asarray(b.estimate)
    lower = gap - np.hypot(np.asarray(a.estimate) - a.lower, np.asarray(b.upper) - b.estimate)
    upper = gap + np.hypot(np.asarray(a.upper) - a.estimate, np.asarray(b.estimate) - b.lower)
    return Interval(gap, lower, upper)
