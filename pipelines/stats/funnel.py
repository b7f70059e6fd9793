"""Sites and coaches beside what chance alone would give: funnel limits, overdispersion, expected numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom, norm

from pipelines.stats.limits import FloatArray

TAILS = {"95": (0.025, 0.975), "99.8": (0.001, 0.999)}
"""Probability below each limit, by the share of units inside the limits when nothing but chance is at work."""
MOST_EXTREME = 0.1
"""Share of units at either end whose distance is drawn in before the spread is judged."""


def exact_limit(size: ArrayLike, share: float, tail: float) -> FloatArray:
    """Return the share that units with `size` people pass with probability `tail` if each person has chance `share`.

    Interpolated between whole people, and kept within 0 to 1. Source: Spiegelhalter 2005, appendix A.1.
    """
    n = np.asarray(size, dtype=float)
    r = binom.ppf(tail, n, share)
    with np.errstate(divide="ignore", invalid="ignore"):
        back = (binom.cdf(r, n, share) - tail) / binom.pmf(r, n, share)
        return np.clip((r - back) / n, 0.0, 1.0)


class Spread(NamedTuple):
    """How far units scatter: `phi` (1 is chance alone), variance `tau2` between units, and whether to allow for it."""

    phi: float
    tau2: float
    is_more_than_chance: bool


def spread(events: ArrayLike, size: ArrayLike, share: float) -> Spread:
    """Return the spread of units around `share`, from people with the event and people per unit.

    Source: Spiegelhalter 2005, with 10 % winsorised at either end; between-unit variance by DerSimonian & Laird 1986.
    """
    n = np.asarray(size, dtype=float)
    distance = (np.asarray(events, dtype=float) / n - share) / np.sqrt(share * (1 - share) / n)
    drawn_in = np.clip(distance, *np.quantile(distance, [MOST_EXTREME, 1 - MOST_EXTREME]))
    units, phi = len(n), float(np.mean(drawn_in**2))
    weight = n / (share * (1 - share))
    excess = units * phi - (units - 1)
    room = weight.sum() - (weight**2).sum() / weight.sum()
    tau2 = max(0.0, float(excess / room)) if room > 0 else 0.0
    return Spread(phi, tau2, phi > 1 + 2 * np.sqrt(2 / units))


def wide_limit(size: ArrayLike, share: float, tail: float, tau2: float) -> FloatArray:
    """Return the limit where units differ with variance `tau2` beyond chance: normal, kept within 0 to 1."""
    n = np.asarray(size, dtype=float)
    return np.clip(share + norm.ppf(tail) * np.sqrt(share * (1 - share) / n + tau2), 0.0, 1.0)


def indirectly_standardised(events: ArrayLike, expected: ArrayLike, share: float) -> FloatArray:
    """Return the share each unit would have with everybody's mix of people: observed over expected times `share`.

    `expected` is the number of events that people like those of the unit have in the whole program. Missing where
    nothing is expected. Source: Breslow & Day 1987, volume 2, section 2.3.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.asarray(events, dtype=float) / np.asarray(expected, dtype=float)
    return np.where(np.isfinite(ratio), ratio * share, np.nan)
