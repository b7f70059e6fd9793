"""Who is at risk on each day somebody leaves, and the sums over them that a Cox model needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pipelines.stats.limits import FloatArray

Index = NDArray[np.intp]
LEAST_LEFT = 1e-8
"""A difference of sums that leaves no more than this share of them has too few digits left."""
FARTHEST = 200.0
"""Linear predictors are held within so much of zero, as R holds them: e to the power of more, squared, is no number."""


def code(labels: ArrayLike) -> Index:
    """Return labels as whole numbers from 0, one number per distinct label. Raises ValueError for a missing label."""
    if isinstance(labels, pd.Series) and isinstance(labels.dtype, pd.CategoricalDtype):
        labels = labels.cat.codes.where(labels.notna())  # a million texts would be compared one by one
    codes, _ = pd.factorize(np.asarray(labels), sort=True)
    if bool(np.any(codes < 0)):
        raise ValueError("a stratum or cluster is missing")
    return codes.astype(np.intp)


class _Places(NamedTuple):
    """Which cells add to a sum over event days, and to which event day each of them does."""

    cells: Index
    days: Index

    def added(self, values: FloatArray, days: int) -> FloatArray:
        """Return, for each of so many event days, the sum of `values` (one per cell) over the cells that add to it."""
        return np.bincount(self.days, weights=values[self.cells], minlength=days).astype(float)


@dataclass(frozen=True, slots=True)
class RiskSets:
    """Cells and the event days they belong to.

    Event days are numbered through all strata, by stratum and day. A cell is at risk on the event days `first` up to,
    not including, `end`; `late` says that this leaves out earlier event days of its stratum; `own` is the event day
    of a cell that left (-1 for others). `people` is what a cell counts for in sums, people times their weight;
    `deaths` holds how many people left on each event day, `mean_weight` the mean of their weights, `block_end` the
    number after the last event day of its stratum. `inside` has the last event day of every cell that is at risk at
    all, `before` the last one before those of a late cell, `leavers` that on which a cell left: a fit asks for sums
    over them many times.
    """

    people: FloatArray
    left: NDArray[np.bool_]
    first: Index
    end: Index
    late: NDArray[np.bool_]
    own: Index
    deaths: FloatArray
    mean_weight: FloatArray
    block_end: Index
    inside: _Places
    before: _Places
    leavers: _Places

    @classmethod
    def of(
        cls,
        day: ArrayLike,
        event: ArrayLike,
        people: ArrayLike,
        entry: ArrayLike | None,
        stratum: ArrayLike | None,
        weight: ArrayLike = 1.0,
    ) -> RiskSets:
        """Return the risk sets of cells of `people`, each of whom counts `weight` times.

        Raises ValueError for lengths that differ, an entry not before the day, or a weight that is not above zero.
        """
        last = np.asarray(day, dtype=float)
        left = np.asarray(event, dtype=float) > 0
        number = np.array(np.broadcast_to(np.asarray(people, dtype=float), last.shape))
        each = np.broadcast_to(np.asarray(weight, dtype=float), last.shape)
        if not bool(np.all(np.isfinite(each) & (each > 0))):
            raise ValueError("a weight must be above zero")
        start = np.full(last.shape, -np.inf) if entry is None else np.asarray(entry, dtype=float)
        block = np.zeros(last.shape, dtype=np.intp) if stratum is None else code(stratum)
        if not last.shape == left.shape == start.shape == block.shape:
            raise ValueError("a Cox model needs one day, event, entry and stratum for each cell")
        if bool(np.any(start >= last)):
            raise ValueError("everyone must come under observation before the day they were last seen")
        # Days of all strata on one line, so that one search serves them all.
        rank, distinct = pd.factorize(last, sort=True, use_na_sentinel=False)
        width = len(distinct) + 1
        key = block * width + rank
        lines, index = np.unique(key[left], return_inverse=True)
        own = np.full(last.shape, -1, dtype=np.intp)
        own[left] = index
        opens = block * width + np.searchsorted(distinct, start, side="right")
        first = np.searchsorted(lines, opens, side="left").astype(np.intp)
        end = np.searchsorted(lines, key, side="right").astype(np.intp)
        late = (first > np.searchsorted(lines, block * width, side="left")) & (end > first)
        block_end = np.searchsorted(lines, (lines // width + 1) * width, side="left").astype(np.intp)
        deaths = np.bincount(index, weights=number[left], minlength=len(lines)).astype(float)
        weighed = np.bincount(index, weights=(number * each)[left], minlength=len(lines))
        mean_weight = np.divide(weighed, deaths, out=np.ones(len(lines)), where=deaths > 0)
        here, behind, gone = (np.flatnonzero(which) for which in (end > first, late, left))
        inside, before = _Places(here, end[here] - 1), _Places(behind, first[behind] - 1)
        sums = (inside, before, _Places(gone, own[gone]))
        return cls(number * each, left, first, end, late, own, deaths, mean_weight, block_end, *sums)

    def at_risk(self, values: FloatArray, *, apart: bool = False) -> FloatArray:
        """Return, for each event day, the sum of `values` (one per cell) over the cells at risk.

        Late cells are taken off the days before they came; with `apart` they are added to their own days alone, which
        takes longer and loses nothing where one of them is far larger than all others.
        """
        if apart:
            cells = self.inside.cells
            whole = ~self.late[cells]
            always = _Places(cells[whole], self.inside.days[whole])
            return self._from(always, values) + self._between(self.before.cells, values)
        total = self._from(self.inside, values)
        if len(self.before.cells):
            total = total - self._from(self.before, values)
        return total

    def loses(self, values: FloatArray) -> bool:
        """Tell whether taking off late cells would leave a sum of `values`, none below zero, without its digits."""
        if not len(self.before.cells):
            return False
        return bool(np.any(self.at_risk(values) <= LEAST_LEFT * self._from(self.inside, values)))

    def _between(self, cells: Index, values: FloatArray) -> FloatArray:
        """Return, for each event day, the sum over those of `cells` that are at risk, by halves of the days."""
        days = len(self.deaths)
        size = 1 << max(days - 1, 0).bit_length()
        tree, added = np.zeros(2 * size), values[cells]
        low, high = self.first[cells] + size, self.end[cells] + size
        while bool(np.any(low < high)):
            for node, odd in ((low, (low < high) & (low % 2 == 1)), (high - 1, (low < high) & (high % 2 == 1))):
                tree += np.bincount(node[odd], weights=added[odd], minlength=2 * size)
            low, high = (low + 1) // 2, high // 2
        width = 1
        while width < size:
            tree[2 * width : 4 * width] += np.repeat(tree[width : 2 * width], 2)
            width *= 2
        return tree[size : size + days]

    def _from(self, last: _Places, values: FloatArray) -> FloatArray:
        """Return, for each event day, the sum of values whose `last` event day is that one or later in its stratum.

        Each stratum is added up by itself: taken off the sum of all, a small one would be lost beside a large one.
        """
        backwards = last.added(values, len(self.deaths))[::-1]
        if len(self.block_end) and self.block_end[0] == len(self.deaths):
            return np.cumsum(backwards)[::-1]
        added = pd.Series(backwards).groupby(self.block_end[::-1], sort=False).cumsum()
        return cast(FloatArray, added.to_numpy(dtype=float)[::-1])

    def leaving(self, values: FloatArray) -> FloatArray:
        """Return, for each event day, the sum of `values` (one per cell) over the cells that left that day."""
        return self.leavers.added(values, len(self.deaths))


@dataclass(frozen=True, slots=True)
class Moments:
    """Log-likelihood, score and information at one coefficient vector, with what the residuals need, by event day.

    `information_weighted` gives the information with the event days weighted by an array; `variance` is the increment
    of the variance of the cumulative hazard.
    """

    log_likelihood: float
    score: FloatArray
    information: FloatArray
    score_by_day: FloatArray
    information_weighted: Callable[[FloatArray], FloatArray]
    variance: FloatArray
    mean: FloatArray
    hazard: FloatArray
    pull: FloatArray
    own_hazard: FloatArray
    own_pull: FloatArray

    def residuals(self, sets: RiskSets, z: FloatArray, beta: FloatArray) -> FloatArray:
        """Return the score residual of one member of each cell: (cells, covariates)."""
        risk = np.exp(z @ beta)
        upto = np.concatenate([[0.0], np.cumsum(self.hazard)])
        pulled = np.concatenate([np.zeros((1, z.shape[1])), np.cumsum(self.pull, axis=0)])
        # For those who left, their own day counts with the share that remains while ties are taken out one by one.
        stop = np.where(sets.left, sets.own, sets.end)
        a, b = upto[stop] - upto[sets.first], pulled[stop] - pulled[sets.first]
        gone, own = sets.leavers
        a[gone] += self.own_hazard[own]
        b[gone] += self.own_pull[own]
        residual = -risk[:, None] * (z * a[:, None] - b)
        residual[gone] += z[gone] - self.mean[own]
        return cast(FloatArray, residual)


def moments(sets: RiskSets, z: FloatArray, beta: FloatArray, ties: Literal["efron", "breslow"]) -> Moments:
    """Return the partial likelihood and its derivatives at `beta`; people tied on a day weigh their mean weight each.

    At a coefficient that runs away, which a step of a fit may try, everything stays finite.
    Source: Efron 1977; Therneau & Grambsch 2000, with weights as R survival `coxph`.
    """
    p = z.shape[1]
    eta = np.clip(z @ beta, -FARTHEST, FARTHEST)
    w = sets.people * np.exp(eta)
    apart = sets.loses(w)
    s0, d0 = sets.at_risk(w, apart=apart), sets.leaving(w)
    s1 = np.stack([sets.at_risk(w * z[:, i], apart=apart) for i in range(p)], axis=1)
    d1 = np.stack([sets.leaving(w * z[:, i]) for i in range(p)], axis=1)
    c1, c2, e0, e1, e2, log_sum = _tie_sums(sets.deaths, sets.mean_weight, s0, d0, ties)
    gone, day_gone = sets.leavers
    people_left = np.where(sets.left, sets.people, 0.0)
    pooled = c1[:, None] * s1 - c2[:, None] * d1
    observed = np.stack([sets.leaving(sets.people * z[:, i]) for i in range(p)], axis=1)

    def information(x: FloatArray | float = 1.0) -> FloatArray:
        spread = (
            np.einsum("j,ja,jb->ab", x * e0, s1, s1)
            - np.einsum("j,ja,jb->ab", x * e1, s1, d1)
            - np.einsum("j,ja,jb->ab", x * e1, d1, s1)
            + np.einsum("j,ja,jb->ab", x * e2, d1, d1)
        )
        # Second moments enter only as sums over days, so they are taken over cells: no array of days x p x p is kept.
        upto = np.append(0.0, np.cumsum(x * c1))
        weight = w * (upto[sets.end] - upto[sets.first])
        weight[gone] -= w[gone] * (x * c2)[day_gone]
        return cast(FloatArray, (z * weight[:, None]).T @ z - spread)

    return Moments(
        log_likelihood=float(people_left @ eta) + log_sum,
        score=people_left @ z - pooled.sum(axis=0),
        information=information(),
        score_by_day=observed - pooled,
        information_weighted=information,
        variance=e0,
        mean=pooled / (sets.deaths * sets.mean_weight)[:, None],
        hazard=c1,
        pull=e0[:, None] * s1 - e1[:, None] * d1,
        own_hazard=c1 - c2,
        own_pull=(e0 - e1)[:, None] * s1 - (e1 - e2)[:, None] * d1,
    )


def _tie_sums(
    deaths: FloatArray, mean_weight: FloatArray, s0: FloatArray, d0: FloatArray, ties: Literal["efron", "breslow"]
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, float]:
    """Return, by event day, the sums over tied events of s, f s, s^2, f s^2, f^2 s^2, and the total of ln s.

    s is 1 over the weight still at risk when a share f of the day's own weight has been taken out. Breslow takes out
    nothing: then f is 0, and those who left need no correction. Every term counts the mean weight of who left that day.
    """
    if ties == "breslow":
        zero, left = np.zeros_like(s0), deaths * mean_weight
        return left / s0, zero, left / s0**2, zero, zero, float(-np.sum(left * np.log(s0)))
    tied = np.rint(deaths).astype(np.intp)
    starts = np.append(0, np.cumsum(tied)[:-1])
    day = np.repeat(np.arange(len(tied)), tied)
    f = (np.arange(len(day)) - starts[day]) / tied[day]
    s = 1.0 / (s0[day] - f * d0[day])

    def add(values: FloatArray) -> FloatArray:
        return mean_weight * np.bincount(day, weights=values, minlength=len(tied))

    total = float(np.sum(mean_weight[day] * np.log(s)))
    return add(s), add(f * s), add(s * s), add(f * s * s), add(f * f * s * s), total
