"""Cox regression from cells of people who share covariates, days and outcome: exact, with clustered errors.

A cell stands for any number of people, so a count table and the rows it was made from give one and the same fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, stdtr

from pipelines.stats.clusters import rule
from pipelines.stats.counts import event_columns, validate
from pipelines.stats.limits import FloatArray, Z
from pipelines.stats.risk_sets import Moments, RiskSets, code, moments

Ties = Literal["efron", "breslow"]
MOST_STEPS = 30


@dataclass(frozen=True, slots=True)
class CoxFit:
    """A Cox fit. Arrays are in the order of `names`.

    `covariance` assumes independent people; `clustered` holds the sandwich over clusters without a small-sample
    factor (CR0) and is missing without clusters. Where `converged` is false (a coefficient runs away, or a covariate
    says nothing of its own) no number may be shown.
    """

    names: tuple[str, ...]
    coefficients: FloatArray
    covariance: FloatArray
    clustered: FloatArray | None
    clusters: int
    log_likelihood: float
    log_likelihood_null: float
    score_test: float
    people: float
    events: float
    iterations: int
    converged: bool

    @property
    def std_errors(self) -> FloatArray:
        """Standard errors that take people as independent."""
        return np.sqrt(np.diag(self.covariance))

    def table(self) -> pd.DataFrame:
        """Return one row per covariate: `coefficient`, `std_error`, `lower`, `upper` (log scale), `hazard_ratio`, `p`.

        With clusters the errors follow the rule of `clusters.rule`: t with G-1 degrees of freedom, the factor G/(G-1)
        below 30 clusters, and neither limits nor p below eight. `events_per_coefficient` is there for the caller's
        minimum. All numbers are missing in a fit that did not converge.
        """
        quantile, covariance = Z, self.covariance
        if self.clustered is not None:
            factor, quantile = rule(self.clusters)
            covariance = factor * self.clustered
        beta = self.coefficients if self.converged else np.full(len(self.names), np.nan)
        error = np.sqrt(np.diag(covariance))
        ratio = np.abs(beta) / error
        p = 2.0 * (ndtr(-ratio) if self.clustered is None else stdtr(self.clusters - 1.0, -ratio))
        return pd.DataFrame(
            {
                "covariate": self.names,
                "coefficient": beta,
                "std_error": np.where(np.isnan(beta), np.nan, error),
                "lower": beta - quantile * error,
                "upper": beta + quantile * error,
                "hazard_ratio": np.exp(beta),
                "p": np.where(np.isnan(quantile), np.nan, p),
                "events_per_coefficient": self.events / max(len(self.names), 1),
            }
        )


def fit(
    covariates: ArrayLike | pd.DataFrame,
    day: ArrayLike,
    event: ArrayLike,
    people: ArrayLike = 1.0,
    entry: ArrayLike | None = None,
    stratum: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    ties: Ties = "efron",
    weight: ArrayLike = 1.0,
) -> CoxFit:
    """Return the Cox model of cells: `people` persons with these covariates who were last seen on `day`.

    `event` says whether they left that day or were censored. A person is at risk on day t if `entry` < t <= `day`;
    without `entry`, from the start, so that exits on day 0 count. A person may have several rows (covariates that
    change): then give `cluster`, the person or the coach. Baseline hazards differ by `stratum`. Each person counts
    `weight` times, which need not be whole; weights make `covariance` wrong, so give `cluster` with them.
    Raises ValueError for arrays of different length, missing covariates, entry not before the day, or a weight that
    is not above zero.
    Source: Cox 1972; Efron 1977; Lin & Wei 1989 for the sandwich; step by step as R survival 3.5 `coxph`.
    """
    z = np.asarray(covariates, dtype=float)
    z = z[:, None] if z.ndim == 1 else z
    names = tuple(map(str, covariates.columns)) if isinstance(covariates, pd.DataFrame) else _numbered(z.shape[1])
    sets = RiskSets.of(day, event, people, entry, stratum, weight)
    if len(z) != len(sets.people):
        raise ValueError("a Cox model needs one row of covariates for each cell")
    if not bool(np.all(np.isfinite(z))):
        raise ValueError("a Cox model cannot use missing covariates; leave those people out and count them")
    total = max(float(sets.people.sum()), 1.0)
    centred = z - sets.people @ z / total
    scale = np.sqrt(sets.people @ centred**2 / total)
    number = float(np.broadcast_to(np.asarray(people, dtype=float), sets.people.shape).sum())
    if len(sets.deaths) == 0 or not bool(np.all(scale > 0)):
        return _unfitted(names, number, float(sets.deaths.sum()), z.shape[1])
    scaled = centred / scale
    beta, now, null, score, steps, settled = _newton(sets, scaled, ties)
    inverse = np.full(now.information.shape, np.nan)
    if settled:
        inverse[:] = np.linalg.inv(now.information)
    clustered, clusters = None, 0
    if cluster is not None:
        member = code(cluster)
        clusters = int(member.max()) + 1
        clustered = _sandwich(sets, scaled, now, inverse, beta, member) / np.outer(scale, scale)
    return CoxFit(
        names,
        beta / scale,
        inverse / np.outer(scale, scale),
        clustered,
        clusters,
        now.log_likelihood,
        null,
        score,
        number,
        float(sets.deaths.sum()),
        steps,
        settled,
    )


def fit_counts(
    counts: pd.DataFrame,
    covariates: Sequence[str],
    event: int | Sequence[int] = 1,
    strata: str | None = None,
    cluster: str | None = None,
    ties: Ties = "efron",
) -> CoxFit:
    """Return the Cox model of a count table whose numeric group columns `covariates` are the covariates.

    The exits of the cause or causes `event` are the event, all others are censored (a cause-specific hazard). A
    column `entry`, if there is one, holds the day people came under observation.
    Raises ValueError as `fit`, or if `counts` is not a count table with these columns.
    """
    validate(counts, [*covariates, *(name for name in (strata, cluster) if name)])
    wanted = [f"n_event_{cause}" for cause in ((event,) if isinstance(event, int) else event)]
    left = counts[wanted].sum(axis=1)
    stayed = counts[[*event_columns(counts), "n_censored"]].sum(axis=1) - left
    cells = pd.concat([counts.assign(event=1.0, people=left), counts.assign(event=0.0, people=stayed)])
    cells = cells[cells["people"] > 0]
    return fit(
        cells[[*covariates]],
        cells["day"],
        cells["event"],
        cells["people"],
        cells.get("entry"),
        cells[strata] if strata else None,
        cells[cluster] if cluster else None,
        ties,
    )


def _newton(sets: RiskSets, z: FloatArray, ties: Ties) -> tuple[FloatArray, Moments, float, float, int, bool]:
    """Maximise the partial likelihood from 0 with step halving; also the null likelihood and the score test."""
    beta = np.zeros(z.shape[1])
    now = moments(sets, z, beta, ties)
    null = now.log_likelihood
    if not _sound(sets, now.information):
        return beta, now, null, float("nan"), 0, False
    score = float(now.score @ np.linalg.solve(now.information, now.score))
    for step in range(1, MOST_STEPS + 1):
        move = np.linalg.solve(now.information, now.score)
        whole = float(np.max(np.abs(move)))
        ahead = moments(sets, z, beta + move, ties)
        while not ahead.log_likelihood >= now.log_likelihood - 1e-12 * abs(now.log_likelihood):
            move = move / 2.0
            ahead = moments(sets, z, beta + move, ties)
            if float(np.max(np.abs(move))) < 1e-12:
                break
        beta, now = beta + move, ahead
        if not _sound(sets, now.information) or float(np.max(np.abs(beta))) > 50.0:
            return beta, now, null, score, step, False
        if float(np.max(np.abs(move))) < 1e-9:
            # A long step of which no part leads higher has found no maximum.
            return beta, now, null, score, step, whole < 1e-6
    return beta, now, null, score, MOST_STEPS, False


def _sandwich(
    sets: RiskSets, z: FloatArray, now: Moments, inverse: FloatArray, beta: FloatArray, member: NDArray[np.intp]
) -> FloatArray:
    """Sum the score residuals of each cluster and return the covariance they imply."""
    residual = sets.people[:, None] * now.residuals(sets, z, beta)
    sums = np.stack([np.bincount(member, weights=column) for column in residual.T], axis=1)
    influence = sums @ inverse
    return influence.T @ influence


def _sound(sets: RiskSets, information: FloatArray) -> bool:
    """Say whether every covariate tells something within the risk sets, and something the others do not tell."""
    if not bool(np.all(np.isfinite(information))):
        return False
    diagonal = np.diag(information)
    if bool(np.any(diagonal <= 1e-9 * (sets.deaths * sets.mean_weight).sum())):
        return False
    size = np.sqrt(diagonal)
    return bool(np.linalg.cond(information / np.outer(size, size)) < 1e10)


def _unfitted(names: tuple[str, ...], people: float, events: float, p: int) -> CoxFit:
    """Return the fit of data that cannot speak: no events, or a covariate that is the same for everyone."""
    missing = np.full((p, p), np.nan)
    nan = float("nan")
    return CoxFit(names, missing[0], missing, None, 0, nan, nan, nan, people, events, 0, False)


def _numbered(p: int) -> tuple[str, ...]:
    return tuple(f"x{number}" for number in range(1, p + 1))
