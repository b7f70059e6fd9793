"""How much of what goes with an early score goes through a later one: total, direct and indirect part, as shares.

Two models, a line for the later score and a logistic model of the outcome with both scores and their product, are put
together by averaging over people (g-computation). Coefficients of the two are never multiplied: odds and hazard ratios
change with what else is in a model. The parts may be read as what they are called only if the assumptions hold that
the definition `pathway_assumptions` lists.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from pipelines.stats.association import logistic
from pipelines.stats.limits import FloatArray
from pipelines.stats.risk_sets import Index, code
from pipelines.stats.sensitivity import e_value

RESAMPLES = 500
_NODES = 15


@dataclass(frozen=True, slots=True)
class Part:
    """One part: difference in the share with the outcome, with 95 % percentile limits over resampled clusters."""

    estimate: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class Mediation:
    """The parts of a difference that goes with a higher early score; `direct` + `indirect` = `total`.

    `e_value` says how strong an unmeasured common cause of the later score and the outcome would have to be to
    explain the indirect part away. `failed` counts resamples whose models could not be fitted; they are left out.
    """

    total: Part
    direct: Part
    indirect: Part
    e_value: float
    people: int
    events: int
    clusters: int
    failed: int


def mediation(
    exposure: ArrayLike,
    mediator: ArrayLike,
    outcome: ArrayLike,
    covariates: ArrayLike,
    cluster: ArrayLike,
    *,
    unit: float,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> Mediation:
    """Return the difference in the share with `outcome` if `exposure` were `unit` higher for everybody, and its parts.

    One entry per person: the early score, the later score, 0 or 1, a row of `covariates` (may have no column), and the
    coach or site. The later score is taken as normal around its line. Limits come from drawing whole clusters again,
    `resamples` times from `seed`. Raises ValueError for a missing value or if the models of the data cannot be fitted.
    Source: Robins & Greenland 1992; Pearl 2001; Imai, Keele & Tingley 2010 (Gauss-Hermite instead of draws).
    """
    e, m, y = (np.asarray(values, dtype=float) for values in (exposure, mediator, outcome))
    c = np.asarray(covariates, dtype=float).reshape(len(e), -1)
    if not all(bool(np.all(np.isfinite(values))) for values in (e, m, y, c)):
        raise ValueError("mediation needs every score and covariate of every person")
    # On a common scale the models are found whatever the units of the scores; the shares do not depend on it.
    scale = float(np.std(e)) or 1.0
    e, m, unit = (e - np.mean(e)) / scale, (m - np.mean(m)) / (float(np.std(m)) or 1.0), unit / scale
    member = code(cluster)
    shares = _shares(e, m, y, c, unit)
    if shares is None:
        raise ValueError("the models behind the parts cannot be fitted to these people")
    low, mixed, high = shares
    rng = np.random.default_rng(seed)
    drawn = [_parts(*found) for found in (_resampled(rng, e, m, y, c, member, unit) for _ in range(resamples)) if found]
    limits = np.quantile(np.array(drawn), [0.025, 0.975], axis=0) if drawn else np.full((2, 3), np.nan)
    total, direct, indirect = (Part(*values) for values in zip(_parts(low, mixed, high), *limits.tolist(), strict=True))
    strength = e_value(high / mixed, np.nan, np.nan, rare=True).estimate if mixed > 0 else float("nan")
    clusters = int(member.max()) + 1
    return Mediation(total, direct, indirect, strength, len(e), int(y.sum()), clusters, resamples - len(drawn))


def _parts(low: float, mixed: float, high: float) -> tuple[float, float, float]:
    return high - low, mixed - low, high - mixed


def _resampled(
    rng: np.random.Generator, e: FloatArray, m: FloatArray, y: FloatArray, c: FloatArray, member: Index, unit: float
) -> tuple[float, float, float] | None:
    """Return the shares of one resample of whole clusters, each drawn as often as chance has it."""
    clusters = int(member.max()) + 1
    times = np.bincount(rng.integers(clusters, size=clusters), minlength=clusters)[member]
    return _shares(e, m, y, c, unit, times.astype(float))


def _shares(
    e: FloatArray, m: FloatArray, y: FloatArray, c: FloatArray, unit: float, times: FloatArray | None = None
) -> tuple[float, float, float] | None:
    """Return the share with the outcome as things are; exposure raised but not the later score; both raised.

    "Both" means the later score as it goes with the raised exposure. None where a model cannot be fitted.
    """
    weight = np.ones(len(e)) if times is None else times
    here = weight > 0
    line = np.column_stack([np.ones(len(e)), e, c])
    root = np.sqrt(weight[here])
    slopes, _, rank, _ = np.linalg.lstsq(line[here] * root[:, None], m[here] * root, rcond=None)
    free = weight.sum() - line.shape[1]
    if rank < line.shape[1] or free < 1:
        return None
    fitted = line @ slopes
    spread = float(np.sqrt(weight @ (m - fitted) ** 2 / free))
    fit = logistic(np.column_stack([np.ones(len(e)), e, m, e * m, c])[here], (weight * y)[here], weight[here])
    if not fit.converged:
        return None
    nodes, share = np.polynomial.hermite_e.hermegauss(_NODES)
    share = share / share.sum()

    def average(raised: float, mediator_raised: float) -> float:
        level = e + raised
        middle = fitted + slopes[1] * mediator_raised
        base = fit.coefficients[0] + fit.coefficients[1] * level + c @ fit.coefficients[4:]
        slope = fit.coefficients[2] + fit.coefficients[3] * level
        total = np.zeros(len(e))
        for node, part in zip(nodes, share, strict=True):
            total += part * expit(base + slope * (middle + spread * node))
        return float(weight @ total / weight.sum())

    return average(0.0, 0.0), average(unit, 0.0), average(unit, unit)
