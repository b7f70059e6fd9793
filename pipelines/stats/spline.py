"""A bending relation with a score: restricted cubic splines, straight beyond the outer knots."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import chi2 as chi_squared

from pipelines.stats.limits import FloatArray, Z

PLACES = {4: (0.05, 0.35, 0.65, 0.95), 3: (0.10, 0.50, 0.90)}
"""Quantiles at which the knots stand, by their number. Source: Harrell 2015, Regression Modeling Strategies, 2.4.6."""


def knots(x: ArrayLike) -> FloatArray:
    """Return four knots at quantiles of the scores `x` (type 7), three where ties make those coincide, else none."""
    known = np.asarray(x, dtype=float)
    known = known[np.isfinite(known)]
    for places in PLACES.values():
        found = np.quantile(known, places) if len(known) else np.array([])
        if len(np.unique(found)) == len(places):
            return found
    return np.array([])


def basis(x: ArrayLike, at: ArrayLike) -> FloatArray:
    """Return the columns of the spline with knots `at`: the score, then one bend per inner knot; without knots a line.

    Shape (scores, 1) without knots, else (scores, knots - 1). Source: Stone & Koo 1985; Harrell's scaling.
    """
    score, k = np.asarray(x, dtype=float), np.asarray(at, dtype=float)
    if len(k) < 3:
        return score[:, None]

    def cubed(knot: float) -> FloatArray:
        return np.maximum(score - knot, 0.0) ** 3

    last, before = k[-1], k[-2]
    bends = [
        (
            cubed(knot)
            - cubed(before) * (last - knot) / (last - before)
            + cubed(last) * (before - knot) / (last - before)
        )
        / (last - k[0]) ** 2
        for knot in k[:-2]
    ]
    return np.stack([score, *bends], axis=1)


def curve(
    coefficients: ArrayLike,
    covariance: ArrayLike,
    at: ArrayLike,
    scores: ArrayLike,
    reference: float,
    quantile: float = Z,
) -> pd.DataFrame:
    """Return the fitted relation against the score `reference`, where it is 0: one row per score.

    `coefficients` and `covariance` are those of the columns of `basis` with knots `at`. Columns: `score`, `estimate`,
    `std_error`, `lower`, `upper` on the scale of the model (log hazard or log odds); `quantile` is 1.96, or that of t.
    """
    rows = basis(scores, at) - basis([reference], at)
    estimate = rows @ np.asarray(coefficients, dtype=float)
    std_error = np.sqrt(np.einsum("ra,ab,rb->r", rows, np.asarray(covariance, dtype=float), rows))
    return pd.DataFrame(
        {
            "score": np.asarray(scores, dtype=float),
            "estimate": estimate,
            "std_error": std_error,
            "lower": estimate - quantile * std_error,
            "upper": estimate + quantile * std_error,
        }
    )


class Bend(NamedTuple):
    """Test of whether the relation bends: likelihood ratio statistic, degrees of freedom, p."""

    chi2: float
    df: int
    p: float


def bend(log_likelihood: float, log_likelihood_line: float, at: ArrayLike) -> Bend:
    """Return the likelihood ratio test of a spline with knots `at` against a straight line."""
    df = max(len(np.asarray(at)) - 2, 0)
    statistic = 2.0 * (log_likelihood - log_likelihood_line)
    return Bend(statistic, df, float(chi_squared.sf(statistic, df)) if df else float("nan"))
