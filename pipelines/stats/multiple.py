"""Several tests at once: whether coefficients are equal, and p-values that allow for how many tests are shown."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc
from scipy.stats import false_discovery_control

from pipelines.stats.clusters import FEWEST, rule
from pipelines.stats.limits import FloatArray


class Joint(NamedTuple):
    """A test of several statements at once: Wald's statistic, how many statements, and the p-value."""

    wald: float
    statements: int
    p: float


def equal_coefficients(coefficients: ArrayLike, clustered: ArrayLike, clusters: int, correct: bool = True) -> Joint:
    """Return the test that all `coefficients` are one and the same, given their covariance over `clusters`.

    Wald's statistic times (G - q) / (q (G - 1)) has an F distribution with q and G - q degrees of freedom: the test of
    Hotelling, which for two coefficients is the t-test with G - 1. `clustered` is CR0; it gets the factor of
    `clusters.rule` unless `correct` is false. The p-value is missing with fewer than eight clusters, with no more
    clusters than statements, or where the covariance cannot be inverted. Raises ValueError for fewer than two
    coefficients. Source: Hotelling 1931; Pustejovsky & Tipton 2018 on few clusters.
    """
    beta, covariance = np.asarray(coefficients, dtype=float), np.asarray(clustered, dtype=float)
    if len(beta) < 2:
        raise ValueError("at least two coefficients are needed to ask whether they are equal")
    factor, _ = rule(clusters, correct)
    contrast = np.column_stack([-np.ones(len(beta) - 1), np.eye(len(beta) - 1)])
    gap, spread = contrast @ beta, factor * contrast @ covariance @ contrast.T
    q = len(gap)
    if not bool(np.all(np.isfinite(spread))) or np.linalg.matrix_rank(spread) < q:
        return Joint(float("nan"), q, float("nan"))
    wald = float(gap @ np.linalg.solve(spread, gap))
    if clusters < FEWEST or clusters <= q:
        return Joint(wald, q, float("nan"))
    return Joint(wald, q, float(fdtrc(q, clusters - q, wald * (clusters - q) / (q * (clusters - 1.0)))))


def benjamini_hochberg(p: ArrayLike) -> FloatArray:
    """Return the q-value of each p-value: the share of false findings among those as small, at most.

    A missing p-value counts as no test and stays missing. Raises ValueError for a p-value outside 0 to 1.
    Source: Benjamini & Hochberg 1995; scipy's `false_discovery_control`.
    """
    given = np.asarray(p, dtype=float)
    adjusted = np.full(given.shape, np.nan)
    tested = ~np.isnan(given)
    if bool(tested.any()):
        adjusted[tested] = false_discovery_control(given[tested], method="bh")
    return adjusted
