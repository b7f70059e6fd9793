"""Whether a Cox model holds: does a ratio change over time, and how well does the model order people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import chi2 as chi_squared

from pipelines.stats.cox import CoxFit, Ties
from pipelines.stats.limits import FloatArray
from pipelines.stats.risk_sets import RiskSets, moments

Clock = Literal["km", "identity", "log", "rank"]
GLOBAL = "all"
"""The row of the test of all terms together."""


def proportional_hazards(
    fit: CoxFit,
    covariates: ArrayLike | pd.DataFrame,
    day: ArrayLike,
    event: ArrayLike,
    people: ArrayLike = 1.0,
    entry: ArrayLike | None = None,
    stratum: ArrayLike | None = None,
    *,
    terms: Mapping[str, Sequence[str]] | None = None,
    clock: Clock = "km",
    ties: Ties = "efron",
) -> pd.DataFrame:
    """Return the score test of whether each ratio of `fit` changes along `clock`: `term`, `chi2`, `df`, `p`.

    The other arguments are those the model was fitted with. `terms` names covariates that are tested together, as the
    levels of one factor; each covariate is a term of its own otherwise. The row `all` tests all of them. Where the fit
    did not converge every number is missing. `clock` is 1 minus the Kaplan-Meier curve just before the day (km), the
    day, its logarithm, or its rank among all last days.
    Source: Grambsch & Therneau 1994, as the score test of R survival 3.5 `cox.zph`.
    """
    z = np.asarray(covariates, dtype=float)
    z = z[:, None] if z.ndim == 1 else z
    named = (
        {name: [name] for name in fit.names} if terms is None else {key: list(value) for key, value in terms.items()}
    )
    blocks = [[fit.names.index(name) for name in names] for names in named.values()]
    if not fit.converged:
        return _table(named, [(float("nan"), len(block)) for block in [*blocks, fit.names]])
    sets = RiskSets.of(day, event, people, entry, stratum)
    centred = z - sets.people @ z / sets.people.sum()
    now = moments(sets, centred, fit.coefficients, ties)
    x = _clock(clock, sets, np.asarray(day, dtype=float), entry)
    x = x - sets.deaths @ x / sets.deaths.sum()
    inner = now.information_weighted(x)
    tilt = now.information_weighted(x**2) - inner.T @ np.linalg.solve(now.information, inner)
    score = x @ now.score_by_day
    every = list(range(len(fit.names)))
    found = [
        (float(score[block] @ np.linalg.solve(tilt[np.ix_(block, block)], score[block])), len(block))
        for block in [*blocks, every]
    ]
    return _table(named, found)


def _table(named: Mapping[str, Sequence[str]], found: Sequence[tuple[float, int]]) -> pd.DataFrame:
    table = pd.DataFrame(found, columns=["chi2", "df"])
    table.insert(0, "term", [*named, GLOBAL])
    table["p"] = chi_squared.sf(table["chi2"], table["df"])
    return table


def _clock(clock: Clock, sets: RiskSets, day: FloatArray, entry: ArrayLike | None) -> FloatArray:
    """Return the clock at each event day of the risk sets."""
    at = np.zeros(len(sets.deaths))
    at[sets.own[sets.left]] = day[sets.left]
    if clock == "identity":
        return at
    if clock == "log":
        return np.log(at)
    if clock == "rank":
        return _mean_rank(day, sets.people, at)
    start = np.full(day.shape, -np.inf) if entry is None else np.asarray(entry, dtype=float)
    days = np.unique(at)
    left = np.array([sets.people[(day == one) & sets.left].sum() for one in days])
    at_risk = np.array([sets.people[(start < one) & (day >= one)].sum() for one in days])
    before = np.append(1.0, np.cumprod(1.0 - left / at_risk)[:-1])
    return 1.0 - before[np.searchsorted(days, at)]


def _mean_rank(day: FloatArray, people: FloatArray, at: FloatArray) -> FloatArray:
    """Return the mean rank of the days `at` among the last days of all `people`."""
    days, index = np.unique(day, return_inverse=True)
    held = np.bincount(index, weights=people)
    return ((np.cumsum(held) - held) + (held + 1.0) / 2.0)[np.searchsorted(days, at)]


class Concordance(NamedTuple):
    """How often the person with the higher ratio left first, among pairs of which that is known; and their numbers."""

    share: float
    concordant: float
    discordant: float
    tied_score: float


def concordance(
    fit: CoxFit,
    covariates: ArrayLike | pd.DataFrame,
    day: ArrayLike,
    event: ArrayLike,
    people: ArrayLike = 1.0,
    entry: ArrayLike | None = None,
    stratum: ArrayLike | None = None,
) -> Concordance:
    """Return the concordance of `fit`: one half is no better than chance; pairs with one score count half.

    A pair can be compared where one of the two left on a day on which the other was at risk and did not leave.
    Source: Harrell 1982; as R survival 3.5 `concordance`, unweighted over time.
    """
    z = np.asarray(covariates, dtype=float)
    z = z[:, None] if z.ndim == 1 else z
    sets = RiskSets.of(day, event, people, entry, stratum)
    # Scores that differ only by rounding are one score.
    _, rank = np.unique(np.round(z @ fit.coefficients, 10), return_inverse=True)
    size = int(rank.max()) + 1
    came, gone = np.argsort(sets.first, kind="stable"), np.argsort(sets.end, kind="stable")
    opens = np.searchsorted(sets.first[came], np.arange(len(sets.deaths)), side="right")
    closes = np.searchsorted(sets.end[gone], np.arange(len(sets.deaths)), side="right")
    here, done, out = np.zeros(size), 0, 0
    concordant = discordant = tied = 0.0
    leavers = np.argsort(np.where(sets.left, sets.own, len(sets.deaths)), kind="stable")[: int(sets.left.sum())]
    bounds = np.searchsorted(sets.own[leavers], np.arange(len(sets.deaths) + 1))
    for line in range(len(sets.deaths)):
        np.add.at(here, rank[came[done : opens[line]]], sets.people[came[done : opens[line]]])
        np.subtract.at(here, rank[gone[out : closes[line]]], sets.people[gone[out : closes[line]]])
        done, out = opens[line], closes[line]
        those = leavers[bounds[line] : bounds[line + 1]]
        staying = here - np.bincount(rank[those], weights=sets.people[those], minlength=size)
        below = np.cumsum(staying) - staying
        weight, place = sets.people[those], rank[those]
        concordant += float(weight @ below[place])
        tied += float(weight @ staying[place])
        discordant += float(weight @ (staying.sum() - below[place] - staying[place]))
    pairs = concordant + discordant + tied
    share = (concordant + tied / 2.0) / pairs if pairs > 0 else float("nan")
    return Concordance(share, concordant, discordant, tied)
