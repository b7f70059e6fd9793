"""What a Cox model says of the course of people with given covariates: cumulative hazard and survival, with limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from pipelines.stats.cox import CoxFit, Ties
from pipelines.stats.limits import Scale, limits
from pipelines.stats.risk_sets import RiskSets, moments


def predicted(
    fit: CoxFit,
    at: ArrayLike,
    covariates: ArrayLike | pd.DataFrame,
    day: ArrayLike,
    event: ArrayLike,
    people: ArrayLike = 1.0,
    entry: ArrayLike | None = None,
    *,
    conf: Scale = "log-log",
    ties: Ties = "efron",
) -> pd.DataFrame:
    """Return the curve that `fit` says for people with the covariates `at`: one row per day on which somebody left.

    Columns: `day`, `survival`, `std_error`, `lower`, `upper` (95 %, people taken as independent, on the scale `conf`).
    The other arguments are those the model was fitted with; a model with strata has one curve per stratum, so give the
    rows of one stratum. It is a step curve: between two days the earlier value holds. Missing for a fit that did not
    converge. Source: Tsiatis 1981; Therneau & Grambsch 2000; as R survival 3.5 `survfit.coxph` (Efron).
    """
    z = np.asarray(covariates, dtype=float)
    z = z[:, None] if z.ndim == 1 else z
    sets = RiskSets.of(day, event, people, entry, None)
    centre = sets.people @ z / sets.people.sum()
    now = moments(sets, z - centre, fit.coefficients, ties)
    place = np.asarray(at, dtype=float).ravel() - centre
    ratio = float(np.exp(place @ fit.coefficients)) if fit.converged else float("nan")
    hazard = np.cumsum(now.hazard)
    lever = hazard[:, None] * place - np.cumsum(now.pull, axis=0)
    variance = ratio**2 * (np.cumsum(now.variance) + np.einsum("ja,ab,jb->j", lever, fit.covariance, lever))
    survival = np.exp(-ratio * hazard)
    std_error = survival * np.sqrt(variance)
    lower, upper = limits(survival, std_error, conf)
    days = np.zeros(len(sets.deaths))
    days[sets.own[sets.left]] = np.asarray(day, dtype=float)[sets.left]
    return pd.DataFrame(
        {"day": days.astype("int64"), "survival": survival, "std_error": std_error, "lower": lower, "upper": upper}
    )
