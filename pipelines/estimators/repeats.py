"""People with several episodes: what their likeness adds to the variance of a curve made of all episodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipelines.estimators.rows import Values
from pipelines.stats.counts import Grid

CHUNK = 4_000
"""People worked on at once; bounds the memory at a few tens of megabytes."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """Episodes of people with several: the row of the grid each belongs to, the person, last day and cause."""

    row: npt.NDArray[np.intp]
    person: npt.NDArray[np.intp]
    day: npt.NDArray[np.intp]
    cause: npt.NDArray[np.intp]

    def added_variance(self, grid: Grid, causes: tuple[int, ...], ending: tuple[int, ...]) -> Values:
        """Return what to add to the variance of the incidence of `causes` where exits `ending` end the follow-up.

        Shape (levels, days). Episodes of one person are summed before squaring; those of other levels are kept apart.
        Source: the influence function of the Aalen-Johansen estimate, as `stats.clusters` has it.
        """
        added = np.zeros(grid.at_risk.shape)
        for row in np.unique(self.row):
            mine = self.row == row
            _, person = np.unique(self.person[mine], return_inverse=True)
            own = grid.events[row][:, [cause - 1 for cause in causes]].sum(axis=1)
            either = grid.events[row][:, [cause - 1 for cause in ending]].sum(axis=1)
            influence = _Influence(own, either, grid.at_risk[row])
            is_own, ends = np.isin(self.cause[mine], causes), np.isin(self.cause[mine], ending)
            for start in range(0, int(person.max()) + 1, CHUNK):
                chosen = (person >= start) & (person < start + CHUNK)
                each = influence.of(self.day[mine][chosen], is_own[chosen], ends[chosen])
                together = np.zeros((CHUNK, each.shape[1]))
                np.add.at(together, person[chosen] - start, each)
                added[row] += (together**2).sum(axis=0) - (each**2).sum(axis=0)
        return added


class _Influence:
    """How much one episode moves a cumulative incidence on every day."""

    def __init__(self, own: Values, either: Values, n: Values) -> None:
        with np.errstate(divide="ignore", invalid="ignore"):
            here = n > 0
            still = np.cumprod(np.where(here, 1.0 - either / n, 1.0))
            before = np.append(1.0, still[:-1])
            self._share = np.cumsum(np.where(here, before * own / n, 0.0))
            # Once everybody has left, nothing can follow: the last day touches no later share.
            rest = np.where(n - either > 0, 1.0 / (n - either), 0.0)
            self._jump = np.where(here, before / n, 0.0)
            expected_loss = np.where(here, either / n, 0.0) * rest
            expected_own = np.where(here, own / n, 0.0) * self._jump
        self._rest = rest
        self._direct = np.cumsum(expected_own + self._share * expected_loss)
        self._lost = np.cumsum(expected_loss)

    def of(self, day: npt.NDArray[np.intp], own: npt.NDArray[np.bool_], ends: npt.NDArray[np.bool_]) -> Values:
        """Return the influence of episodes that ended on `day`: (episodes, days)."""
        days = np.arange(len(self._share))
        last = np.minimum(day[:, None], days[None, :])
        result = self._share[None, :] * self._lost[last] - self._direct[last]
        had = days[None, :] >= day[:, None]
        jumped = own * self._jump[day] + ends * self._share[day] * self._rest[day]
        result += had * (jumped[:, None] - (ends * self._rest[day])[:, None] * self._share[None, :])
        influence: Values = result
        return influence
