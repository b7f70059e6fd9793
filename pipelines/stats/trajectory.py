"""How a score goes on over time: a straight line for everybody with each person's own start and slope; real change.

The mixed model is worked out from sums for each person, so that it takes no longer for many ratings than for few: a
page asks for it for every filter. It agrees with R's lme4.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import ndtr

from pipelines.stats.limits import FloatArray, Z

MOST_PEOPLE = 20_000
"""Beyond this many people the mixed model takes too long for a page."""
RELIABLE = Z
"""A change of this many standard errors of a difference or more is unlikely to be noise of measurement alone."""


class Growth(NamedTuple):
    """A linear mixed model: start and slope per unit of time, each with its error, and how people differ.

    `sd_start` and `sd_slope` are the spread of people around the common line, `sd_residual` that of ratings around
    the person's own line. `converged` is false where no number may be shown.
    """

    start: float
    start_error: float
    slope: float
    slope_error: float
    sd_start: float
    sd_slope: float
    correlation: float
    sd_residual: float
    people: int
    converged: bool

    @property
    def slope_limits(self) -> tuple[float, float]:
        """95 % limits of the common slope."""
        return self.slope - Z * self.slope_error, self.slope + Z * self.slope_error

    @property
    def slope_p(self) -> float:
        """Two-sided p-value of no common slope (Wald)."""
        return 2 * float(ndtr(-abs(self.slope) / self.slope_error))


def growth(person: ArrayLike, time: ArrayLike, score: ArrayLike) -> Growth:
    """Return the line that goes through the scores of all people, with each person's own start and slope (REML).

    A model of those who are still rated: who leaves early has fewer ratings, and if leaving goes with the score beyond
    what earlier ratings show, the line is not that of everybody. Raises ValueError for a missing score.
    Source: Laird & Ware 1982; Bates et al. 2015; as R lme4 1.1 `lmer(score ~ time + (time | person))`.
    """
    labels, codes = np.unique(np.asarray(person), return_inverse=True)
    at, y = (np.asarray(values, dtype=float) for values in (time, score))
    if not bool(np.all(np.isfinite(at) & np.isfinite(y))):
        raise ValueError("the line needs a time and a score in every row")
    people = len(labels)
    if not (np.std(at) > 0 and np.std(y) > 0):  # everybody on one day, or one score for all: there is no line
        return _unfitted(people)
    # On a common scale the search starts near its end, whatever the units of the score and of time.
    scale, pace, middle = float(np.std(y)), float(np.std(at)), float(np.mean(y))
    sums = _sums(codes, at / pace, (y - middle) / scale)
    spread, converged = _search(sums)
    best = _profile(spread, sums)
    beta, error = best.line * scale, np.sqrt(np.diag(best.covariance)) * scale
    factor = _factor(spread)
    between = factor @ factor.T * best.residual * scale**2
    sd = np.sqrt(np.diag(between))
    together = float(between[0, 1] / (sd[0] * sd[1])) if sd.min() > 0 else float("nan")
    return Growth(
        float(beta[0]) + middle,
        float(error[0]),
        float(beta[1] / pace),
        float(error[1] / pace),
        float(sd[0]),
        float(sd[1] / pace),
        together,
        float(np.sqrt(best.residual) * scale),
        people,
        converged and bool(np.all(np.isfinite(error))),
    )


START = np.array([1.0, 0.0, 0.5])
BOUNDS = ((0.0, 1e4), (-1e4, 1e4), (0.0, 1e4))
"""Start and bounds of the search: the triangular factor of the spread of people, in residual standard deviations."""
NO_NOISE = 1e-9
"""Least residual variance, as a part of the variance of the scores, where no rating is off its line."""


class _Sums(NamedTuple):
    """What the model needs of each person: their design times itself, times their scores, and their squared scores."""

    design: FloatArray
    with_score: FloatArray
    squared: FloatArray
    ratings: int


class _Profile(NamedTuple):
    """The model at one spread of people: its REML deviance, the line, its covariance and the residual variance."""

    deviance: float
    line: FloatArray
    covariance: FloatArray
    residual: float


def _search(sums: _Sums) -> tuple[FloatArray, bool]:
    """Return the spread of people with the least deviance: a quick search, then one that needs no slope."""

    def deviance(spread: FloatArray) -> float:
        return _profile(spread, sums).deviance

    near = minimize(deviance, START, method="L-BFGS-B", bounds=BOUNDS)
    fine: dict[str, object] = {"xatol": 1e-7, "fatol": 1e-9, "maxiter": 2000}
    found = minimize(deviance, np.asarray(near.x), method="Nelder-Mead", bounds=BOUNDS, options=fine)  # type: ignore[call-overload]
    return np.asarray(found.x, dtype=float), bool(found.success)


def _factor(spread: FloatArray) -> FloatArray:
    return np.array([[spread[0], 0.0], [spread[1], spread[2]]])


def _sums(codes: NDArray[np.intp], at: FloatArray, y: FloatArray) -> _Sums:
    ones, first, second, zeroth, product, squared = (
        np.bincount(codes, weights=weights).astype(float) for weights in (np.ones_like(y), at, at**2, y, at * y, y**2)
    )
    design = np.stack([np.stack([ones, first], axis=-1), np.stack([first, second], axis=-1)], axis=-2)
    return _Sums(design, np.stack([zeroth, product], axis=-1), squared, len(y))


def _profile(spread: FloatArray, sums: _Sums) -> _Profile:
    """Return the best line for a given spread of people; every sum is over people, each of whom is a 2 by 2 matrix."""
    factor = _factor(spread)
    drawn = sums.design @ factor
    inner = np.eye(2) + factor.T @ drawn
    scored = sums.with_score @ factor
    solved = np.linalg.solve(inner, np.concatenate([drawn.transpose(0, 2, 1), scored[:, :, None]], axis=2))
    left = (sums.design - drawn @ solved[:, :, :2]).sum(axis=0)
    right = (sums.with_score - np.einsum("pij,pj->pi", drawn, solved[:, :, 2])).sum(axis=0)
    square = float((sums.squared - np.einsum("pi,pi->p", scored, solved[:, :, 2])).sum())
    inverse = np.linalg.inv(left)
    line = inverse @ right
    free = sums.ratings - 2
    residual = max((square - float(line @ right)) / max(free, 1), NO_NOISE)
    deviance = free * np.log(residual) + np.log(np.linalg.det(inner)).sum() + np.log(np.linalg.det(left))
    return _Profile(float(deviance), line, inverse * residual, residual)


def _unfitted(people: int) -> Growth:
    return Growth(*(float("nan"),) * 8, people, converged=False)


def reliable_change(first: ArrayLike, last: ArrayLike, sd: float, reliability: float) -> FloatArray:
    """Return 1 for people whose score rose reliably, -1 where it fell, 0 else, and NaN where a score is missing.

    `sd` is the spread of the first scores in the reference cohort, `reliability` that of the questionnaire (0 to 1).
    Raises ValueError unless 0 < reliability < 1. Source: Jacobson & Truax 1991.
    """
    if not 0 < reliability < 1:
        raise ValueError("a reliability lies between 0 and 1")
    change = np.asarray(last, dtype=float) - np.asarray(first, dtype=float)
    needed = RELIABLE * sd * np.sqrt(2 * (1 - reliability))
    # A change of exactly the needed size counts, also where rounding puts it a hair below.
    verdict = np.where(np.abs(change) >= needed * (1 - 1e-12), np.sign(change), 0.0)
    return np.where(np.isfinite(change), verdict, np.nan)
