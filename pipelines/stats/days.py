"""Mean days up to a horizon before one kind of exit, with its error: the area under 1 minus a cumulative incidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from pipelines.stats.limits import FloatArray


@dataclass(frozen=True, slots=True)
class Days:
    """Mean days before the exit, and how much one person moves them, by last day (0 to the horizon) and kind of exit.

    `expected` is what a person loses by having been followed so long, `own_jump` what the exit adds on its day and
    `exit_jump` what any exit adds.
    """

    horizon: int
    mean: float
    expected: FloatArray
    own_jump: FloatArray
    exit_jump: FloatArray

    def influence(self, day: ArrayLike, own: ArrayLike, ends: ArrayLike) -> FloatArray:
        """Return the influence of people who left on `day`: by the exit (`own`), by any exit (`ends`), or censored."""
        last = np.minimum(np.asarray(day, dtype=np.intp), self.horizon)
        jumped = (
            np.asarray(own, dtype=float) * self.own_jump[last] + np.asarray(ends, dtype=float) * (self.exit_jump[last])
        )
        # What raises the incidence lowers the days.
        return np.asarray(self.expected[last] - jumped)


def days_before(own: FloatArray, other: FloatArray, at_risk: FloatArray, horizon: int) -> Days:
    """Return the mean days up to `horizon` before the exit `own`, from counts by day from day 0 on.

    `other` counts the exits that compete, `at_risk` the people followed to each day. A person counts up to the day
    before the exit; people with another exit count to the horizon. The influence is that of the Aalen-Johansen
    estimate, added up over the days. Source: Andersen 2013 (days lost to one cause); as R `survfit`, whose mean time
    in the state of that exit has the same error.
    """
    days = np.arange(horizon)
    d_own, d_other, n = (_padded(counts, horizon) for counts in (own, other, at_risk))
    d = d_own + d_other
    with np.errstate(divide="ignore", invalid="ignore"):
        here = n > 0
        still = np.cumprod(np.where(here, 1.0 - d / n, 1.0))
        before = np.append(1.0, still[:-1])
        share = np.cumsum(np.where(here, before * d_own / n, 0.0))
        own_jump = np.where(here, before / n, 0.0) * (horizon - days)
        # Once everybody has left, nothing can follow: the last day touches no later share.
        later = np.cumsum(share[::-1])[::-1]
        exit_jump = np.where(n - d > 0, (share * (horizon - days) - later) / (n - d), 0.0)
        hazard, own_hazard = np.where(here, d / n, 0.0), np.where(here, d_own / n, 0.0)
    expected = np.cumsum(own_hazard * own_jump + hazard * exit_jump)
    mean = float(horizon - share.sum())
    beyond = expected[-1] if horizon else 0.0
    return Days(horizon, mean, np.append(expected, beyond), np.append(own_jump, 0.0), np.append(exit_jump, 0.0))


def std_error(days: Days, own: FloatArray, other: FloatArray, censored: FloatArray) -> float:
    """Return the standard error of the mean days of people counted by their last day, each an independent unit."""
    day = np.arange(len(own))
    kinds = ((own, True, True), (other, False, True), (censored, False, False))
    squares = sum(float(np.sum(count * days.influence(day, mine, ends) ** 2)) for count, mine, ends in kinds)
    return float(np.sqrt(squares))


def _padded(counts: FloatArray, horizon: int) -> FloatArray:
    """Return counts of days 0 to `horizon` - 1; none on days after the last one known."""
    kept = np.zeros(horizon)
    upto = min(horizon, len(counts))
    kept[:upto] = counts[:upto]
    return kept
