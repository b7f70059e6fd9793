"""A logistic model with a random intercept per coach or site: how much units differ, each drawn towards the middle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import expit, logsumexp, ndtri

from pipelines.stats.association import logistic
from pipelines.stats.limits import FloatArray, Z
from pipelines.stats.risk_sets import Index, code

NODES = 15
_STEP = 1e-4
_MOST_STEPS = 100
NO_SPREAD = 1e-3
"""A random intercept with a smaller standard deviation is none: the units do not differ beyond chance."""


@dataclass(frozen=True, slots=True)
class MixedLogistic:
    """The fit: fixed `coefficients` with `std_errors`, the `sd` between units and what follows from it.

    `units` are the labels in the order of `shrunken` (each unit's deviation on the log odds scale, drawn towards 0)
    with its limits `lower` and `upper`. `converged` is false where no number may be shown.
    """

    coefficients: FloatArray
    std_errors: FloatArray
    sd: float
    log_likelihood: float
    units: FloatArray
    shrunken: FloatArray
    lower: FloatArray
    upper: FloatArray
    converged: bool

    @property
    def intraclass_correlation(self) -> float:
        """Share of the variance on the log odds scale that lies between units. Source: Goldstein 2002."""
        return float(self.sd**2 / (self.sd**2 + np.pi**2 / 3))

    @property
    def median_odds_ratio(self) -> float:
        """Median ratio of the odds in the higher of two units drawn at random. Source: Larsen & Merlo 2005."""
        return float(np.exp(np.sqrt(2) * self.sd * ndtri(0.75)))


def mixed_logistic(
    design: ArrayLike, successes: ArrayLike, unit: ArrayLike, trials: ArrayLike = 1.0, nodes: int = NODES
) -> MixedLogistic:
    """Return the logistic model of `successes` out of `trials` with a normal random intercept per `unit`.

    `design` holds one row per pattern, with its constant. The likelihood is integrated by adaptive Gauss-Hermite
    quadrature with `nodes` nodes per unit. A standard deviation near 0 is an answer, not an error: then the units do
    not differ beyond chance. Raises ValueError unless 0 <= successes <= trials.
    Source: Pinheiro & Bates 1995; held against R lme4 `glmer(nAGQ = 15)`.
    """
    x = np.asarray(design, dtype=float)
    y, n = (np.array(np.broadcast_to(np.asarray(v, dtype=float), (len(x),))) for v in (successes, trials))
    labels = np.unique(np.asarray(unit))
    member = code(unit)
    start = logistic(x, y, n)
    root, weight = np.polynomial.hermite.hermgauss(nodes)
    data = (x, y, n, member, len(labels), root, np.log(weight))
    if not start.converged:
        return _unfitted(x.shape[1], labels)
    best = min(
        (
            minimize(_deviance, np.append(start.coefficients, begin), data, method="BFGS", options={"gtol": 1e-9})
            for begin in (np.log(0.5), np.log(0.05))
        ),
        key=lambda found: float(found.fun),
    )
    point = _polished(best.x, data)
    sd = float(np.exp(point[-1]))
    none = sd < NO_SPREAD
    # Without spread the curvature in its logarithm is nothing, and the other errors are those of the plain model.
    curvature = _curvature(point, data)
    covariance = start.covariance if none else np.linalg.inv(curvature)[:-1, :-1]
    mode, width = _modes(x @ point[:-1], y, n, member, len(labels), sd)
    middle, half = sd * mode, Z * sd / np.sqrt(width)
    return MixedLogistic(
        point[:-1],
        np.sqrt(np.diag(covariance)),
        0.0 if none else sd,
        -_deviance(point, *data),
        labels,
        middle,
        middle - half,
        middle + half,
        bool(np.all(np.isfinite(covariance))),
    )


def _deviance(
    point: FloatArray,
    x: FloatArray,
    y: FloatArray,
    n: FloatArray,
    member: Index,
    units: int,
    root: FloatArray,
    log_weight: FloatArray,
) -> float:
    """Return minus the log-likelihood, up to the binomial coefficients, which do not depend on the model."""
    eta, sd = x @ point[:-1], float(np.exp(point[-1]))
    mode, width = _modes(eta, y, n, member, units, sd)
    at = mode[:, None] + np.sqrt(2.0 / width)[:, None] * root
    inner = np.zeros(at.shape)
    for node in range(len(root)):
        line = eta + sd * at[member, node]
        inner[:, node] = np.bincount(member, weights=y * line - n * np.logaddexp(0.0, line), minlength=units)
    parts = logsumexp(inner - at**2 / 2.0 + root**2 + log_weight, axis=1) - np.log(width) / 2.0 - np.log(np.pi) / 2.0
    return -float(parts.sum())


def _modes(
    eta: FloatArray, y: FloatArray, n: FloatArray, member: Index, units: int, sd: float
) -> tuple[FloatArray, FloatArray]:
    """Return each unit's most likely standardised intercept and the curvature there."""
    mode = np.zeros(units)
    for _ in range(_MOST_STEPS):
        p = expit(eta + sd * mode[member])
        slope = sd * np.bincount(member, weights=y - n * p, minlength=units) - mode
        width = 1.0 + sd**2 * np.bincount(member, weights=n * p * (1.0 - p), minlength=units)
        move = np.clip(slope / width, -2.0, 2.0)
        mode = mode + move
        if float(np.max(np.abs(move))) < 1e-12:
            break
    p = expit(eta + sd * mode[member])
    spread = np.bincount(member, weights=n * p * (1.0 - p), minlength=units).astype(float)
    return mode, 1.0 + sd**2 * spread


def _curvature(point: FloatArray, data: tuple[object, ...]) -> FloatArray:
    """Return the second derivatives of the deviance, by central differences."""
    size = len(point)
    steps = np.eye(size) * _STEP
    made = np.empty((size, size))
    for i in range(size):
        for j in range(i, size):
            corners = [
                _deviance(point + a * steps[i] + b * steps[j], *data)  # type: ignore[arg-type]
                for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1))
            ]
            made[i, j] = made[j, i] = (corners[0] - corners[1] - corners[2] + corners[3]) / (4 * _STEP**2)
    return made


def _polished(point: FloatArray, data: tuple[object, ...]) -> FloatArray:
    """Return the point after Newton steps from numerical derivatives, where they lead down."""
    steps = np.eye(len(point)) * _STEP
    for _ in range(3):
        slope = np.array(
            [(_deviance(point + s, *data) - _deviance(point - s, *data)) / (2 * _STEP) for s in steps]  # type: ignore[arg-type]
        )
        curvature = _curvature(point, data)
        if np.min(np.linalg.eigvalsh(curvature)) <= 1e-6:
            return point
        ahead = point - np.linalg.solve(curvature, slope)
        if not _deviance(ahead, *data) <= _deviance(point, *data):  # type: ignore[arg-type]
            return point
        point = ahead
    return point


def _unfitted(p: int, labels: FloatArray) -> MixedLogistic:
    missing, nowhere = np.full(p, np.nan), np.full(len(labels), np.nan)
    nan = float("nan")
    return MixedLogistic(missing, missing, nan, nan, labels, nowhere, nowhere, nowhere, converged=False)
