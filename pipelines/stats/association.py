"""How an outcome goes with a score: people-weighted trend, logistic model, risk difference, rank correlation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, ndtr, stdtr, stdtrit, xlogy
from scipy.stats import rankdata

from pipelines.stats.clusters import rule
from pipelines.stats.limits import MISSING, FloatArray, Interval, Z

MOST_STEPS = 40


class Slope(NamedTuple):
    """A slope per unit of the score: estimate, standard error, 95 % limits, two-sided p."""

    estimate: float
    std_error: float
    lower: float
    upper: float
    p: float


def linear_trend(x: ArrayLike, share: ArrayLike, std_error: ArrayLike, people: ArrayLike) -> Slope:
    """Return the change in a share per unit of `x` over bins: least squares weighted by people.

    `x` is each bin's mean score, `share` its estimate (for instance the share who stayed, from a curve, so that
    people followed less long are used rightly) and `std_error` that estimate's own error; bins must not share people.
    The error of the slope comes from those errors, not from the scatter about the line, so a bend in the relation
    does not distort it. Bins with a missing estimate are left out; with fewer than two different scores the slope is
    missing. Source: weighted least squares with known variances, e.g. Cochran 1954.
    """
    bins = [np.asarray(values, dtype=float) for values in (x, share, std_error, people)]
    known = np.all([np.isfinite(values) for values in bins], axis=0) & (bins[3] > 0)
    score, height, error, weight = (values[known] for values in bins)
    if len(np.unique(score)) < 2:
        return Slope(*(float("nan"),) * 5)
    offset = score - np.average(score, weights=weight)
    lever = weight * offset / np.sum(weight * offset**2)
    return _slope(float(lever @ height), float(np.sqrt(np.sum(lever**2 * error**2))))


class Logistic(NamedTuple):
    """A logistic fit: coefficients, their covariance, log-likelihood, Newton steps taken, and whether it settled."""

    coefficients: FloatArray
    covariance: FloatArray
    log_likelihood: float
    iterations: int
    converged: bool

    @property
    def std_errors(self) -> FloatArray:
        """Standard errors of the coefficients."""
        return np.sqrt(np.diag(self.covariance))


def logistic(
    design: ArrayLike,
    successes: ArrayLike,
    trials: ArrayLike = 1.0,
    cluster: ArrayLike | None = None,
    small_sample: bool = True,
) -> Logistic:
    """Return the logistic model of `successes` out of `trials`, one entry per row of `design` (with its constant).

    Rows of one pattern may be added up beforehand: the fit is the same. With `cluster` the covariance is the sandwich
    over clusters, times G/(G-1) unless `small_sample` is false. `converged` is false where the coefficients run away
    (perfect separation) or two columns say the same; no number of such a fit may be shown.
    Raises ValueError unless 0 <= successes <= trials. Source: McCullagh & Nelder 1989; Liang & Zeger 1986.
    """
    x = np.asarray(design, dtype=float)
    y, n = (np.array(np.broadcast_to(np.asarray(v, dtype=float), (len(x),))) for v in (successes, trials))
    if not bool(np.all((y >= 0) & (y <= n))):
        raise ValueError("a logistic model needs 0 <= successes <= trials")
    beta, steps, settled = np.zeros(x.shape[1]), 0, False
    while not settled and steps < MOST_STEPS:
        p = expit(x @ beta)
        information = (x * (n * p * (1.0 - p))[:, None]).T @ x
        if not bool(np.all(np.isfinite(information))) or np.linalg.cond(information) > 1e12:
            return Logistic(beta, np.full(information.shape, np.nan), _likelihood(x @ beta, y, n), steps, False)
        move = np.linalg.solve(information, x.T @ (y - n * p))
        beta, steps = beta + move, steps + 1
        settled = bool(np.max(np.abs(move)) < 1e-10 * (1.0 + np.max(np.abs(beta))))
    p = expit(x @ beta)
    covariance = np.linalg.inv((x * (n * p * (1.0 - p))[:, None]).T @ x)
    if cluster is not None:
        _, code = np.unique(np.asarray(cluster), return_inverse=True)
        groups = int(code.max()) + 1
        scores = np.zeros((groups, x.shape[1]))
        np.add.at(scores, code, x * (y - n * p)[:, None])
        factor = groups / (groups - 1.0) if small_sample and groups > 1 else 1.0
        covariance = factor * covariance @ (scores.T @ scores) @ covariance
    return Logistic(beta, covariance, _likelihood(x @ beta, y, n), steps, settled)


def _likelihood(eta: FloatArray, y: FloatArray, n: FloatArray) -> float:
    return float(np.sum(xlogy(y, expit(eta)) + xlogy(n - y, expit(-eta))))


def risk_difference(
    fit: Logistic,
    design: ArrayLike,
    column: int,
    people: ArrayLike = 1.0,
    unit: float = 1.0,
    clusters: int | None = None,
) -> Slope:
    """Return the average change in the fitted share if column `column` of `design` were `unit` higher for everyone.

    The average is over `people` per row of `design` (marginal standardisation); times 100 it reads "people per 100".
    The delta-method error holds the covariates as they are. With `clusters`, limits and p use t with that number
    less one degrees of freedom. A statement about the fitted association, not about what would happen.
    Source: Lane & Nelder 1982; Localio, Margolis & Berlin 2007.
    """
    x = np.asarray(design, dtype=float)
    weight = np.broadcast_to(np.asarray(people, dtype=float), (len(x),))
    shifted = x.copy()
    shifted[:, column] += unit
    before, after = expit(x @ fit.coefficients), expit(shifted @ fit.coefficients)
    total = weight.sum()
    estimate = float(weight @ (after - before) / total)
    gradient = weight @ ((after * (1.0 - after))[:, None] * shifted - (before * (1.0 - before))[:, None] * x) / total
    return _slope(estimate, float(np.sqrt(gradient @ fit.covariance @ gradient)), clusters)


class Line(NamedTuple):
    """One coefficient of a line: estimate, standard error, 95 % limits, p, and the number of clusters."""

    estimate: float
    std_error: float
    lower: float
    upper: float
    p: float
    clusters: int


def clustered_line(design: ArrayLike, values: ArrayLike, column: int, cluster: ArrayLike) -> Line:
    """Return the coefficient of one `column` of a least-squares line whose errors hold people of one cluster together.

    `design` has its own constant. Limits and p follow `clusters.rule`: t on G - 1 degrees of freedom, none below eight
    clusters. Missing where the columns say the same. Source: Liang & Zeger 1986; Cameron & Miller 2015.
    """
    x, y = np.asarray(design, dtype=float), np.asarray(values, dtype=float)
    _, member = np.unique(np.asarray(cluster), return_inverse=True)
    groups = int(member.max()) + 1
    products = x.T @ x
    if np.linalg.matrix_rank(products) < x.shape[1]:
        return Line(*(float("nan"),) * 5, groups)
    inverse = np.linalg.inv(products)
    beta = inverse @ (x.T @ y)
    sums = np.zeros((groups, x.shape[1]))
    np.add.at(sums, member, x * (y - x @ beta)[:, None])
    return clustered(float(beta[column]), inverse @ (sums.T @ sums) @ inverse, column, groups)


def clustered(estimate: float, covariance: FloatArray, column: int, groups: int) -> Line:
    """Return a coefficient with the limits and p that `clusters.rule` allows; `covariance` is the sandwich (CR0)."""
    factor, quantile = rule(groups)
    error = float(np.sqrt(factor * covariance[column, column]))
    p = 2.0 * float(stdtr(groups - 1, -abs(estimate) / error)) if np.isfinite(quantile) and error > 0 else float("nan")
    return Line(estimate, error, estimate - quantile * error, estimate + quantile * error, p, groups)


def spearman(x: ArrayLike, y: ArrayLike) -> Interval:
    """Return the rank correlation of two scores, one entry per person, with 95 % limits; ties share their mean rank.

    Missing with fewer than four people or a score without spread. Source: Spearman 1904; limits Bonett & Wright 2000.
    """
    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    known = np.isfinite(a) & np.isfinite(b)
    a, b, n = a[known], b[known], int(known.sum())
    if n < 4 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return Interval(MISSING, MISSING, MISSING)
    r = float(np.corrcoef(rankdata(a), rankdata(b))[0, 1])
    half = Z * np.sqrt((1.0 + r**2 / 2.0) / (n - 3.0))
    centre = np.arctanh(np.clip(r, -1.0 + 1e-15, 1.0 - 1e-15))
    return Interval(np.float64(r), np.tanh(centre - half), np.tanh(centre + half))


def _slope(estimate: float, std_error: float, clusters: int | None = None) -> Slope:
    if not std_error > 0:
        return Slope(estimate, std_error, float("nan"), float("nan"), float("nan"))
    ratio = abs(estimate) / std_error
    quantile = Z if clusters is None else float(stdtrit(clusters - 1, 0.975))
    p = 2.0 * float(ndtr(-ratio) if clusters is None else stdtr(clusters - 1, -ratio))
    return Slope(estimate, std_error, estimate - quantile * std_error, estimate + quantile * std_error, p)
