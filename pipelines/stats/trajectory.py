"""How a score goes on over time: a straight line for everybody with each person's own start and slope; real change.

The mixed model is that of statsmodels, which agrees with R's lme4; it is imported where it is used, because that takes
seconds.
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
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
    Source: Laird & Ware 1982; as R lme4 1.1 `lmer(score ~ time + (time | person))`.
    """
    from statsmodels.regression.mixed_linear_model import MixedLM

    labels = np.asarray(person)
    at, y = (np.asarray(values, dtype=float) for values in (time, score))
    if not bool(np.all(np.isfinite(at) & np.isfinite(y))):
        raise ValueError("the line needs a time and a score in every row")
    people = len(np.unique(labels))
    if not (np.std(at) > 0 and np.std(y) > 0):  # everybody on one day, or one score for all: there is no line
        return _unfitted(people)
    # On a common scale the search starts near its end, whatever the units of the score and of time.
    scale, pace = float(np.std(y)), float(np.std(at))
    design = np.column_stack([np.ones(len(y)), at / pace])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its warnings are about the search; `converged` says how that ended
        try:
            model = MixedLM(y / scale, design, labels, exog_re=design)
            fit = model.fit(reml=True, method=["lbfgs", "bfgs"], maxiter=2000)
        except (np.linalg.LinAlgError, ValueError):
            return _unfitted(people)
    beta, error = np.asarray(fit.fe_params) * scale, np.asarray(fit.bse_fe) * scale
    spread = np.asarray(fit.cov_re, dtype=float) * scale**2
    sd = np.sqrt(np.maximum(np.diag(spread), 0.0))
    together = float(spread[0, 1] / (sd[0] * sd[1])) if sd.min() > 0 else float("nan")
    return Growth(
        float(beta[0]),
        float(error[0]),
        float(beta[1] / pace),
        float(error[1] / pace),
        float(sd[0]),
        float(sd[1] / pace),
        together,
        float(np.sqrt(fit.scale) * scale),
        people,
        bool(fit.converged) and bool(np.all(np.isfinite(error))),
    )


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
