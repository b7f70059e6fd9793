"""How strong an unmeasured cause would have to be to explain an association away: E-values."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class EValue(NamedTuple):
    """The E-value of an estimate, and that of its limit nearer to no association (1 if the interval contains that)."""

    estimate: float
    limit: float


def e_value(ratio: float, lower: float, upper: float, *, rare: bool = False) -> EValue:
    """Return the E-value of a hazard ratio with its limits.

    An unmeasured trait would have to go with both the score and leaving by a risk ratio of this size each, beyond
    what the model adjusts for, to explain the association; a smaller one could not. With `rare` (fewer than 15 of 100
    leave) a hazard ratio is a risk ratio, else it is turned into one. Missing where the ratio is.
    Source: VanderWeele & Ding 2017; VanderWeele 2017 for common outcomes.
    """
    if not np.isfinite(ratio):
        return EValue(float("nan"), float("nan"))
    risk, low, high = (value if rare else _risk_ratio(value) for value in (ratio, lower, upper))
    near = low if risk > 1 else high
    crosses = not np.isfinite(near) or low <= 1 <= high
    return EValue(_strength(risk), 1.0 if crosses else _strength(near))


def _risk_ratio(hazard_ratio: float) -> float:
    return float((1 - 0.5 ** np.sqrt(hazard_ratio)) / (1 - 0.5 ** np.sqrt(1 / hazard_ratio)))


def _strength(risk_ratio: float) -> float:
    above = max(risk_ratio, 1 / risk_ratio)
    return float(above + np.sqrt(above * (above - 1)))
