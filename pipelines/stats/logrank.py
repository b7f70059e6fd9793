"""Log-rank tests of whether groups stay equally long, from count tables."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import chi2 as chi_squared

from pipelines.stats.counts import Grid, grid
from pipelines.stats.limits import FloatArray
from pipelines.stats.multiple import benjamini_hochberg
from pipelines.stats.survival import Cause, chosen


class LogRank(NamedTuple):
    """Result of a log-rank test: the statistic, its degrees of freedom, the p-value."""

    chi2: float
    df: int
    p: float


class Tally(NamedTuple):
    """Observed and expected events by group, and the covariance of their difference."""

    groups: pd.DataFrame
    observed: FloatArray
    expected: FloatArray
    variance: FloatArray


def tally(counts: pd.DataFrame, group: str, strata: str | Sequence[str] | None = None, event: Cause = 1) -> Tally:
    """Return observed and expected events by group and the covariance matrix, summed over strata.

    Raises ValueError if `counts` is not a count table with these columns.
    Source: Mantel 1966; Peto & Peto 1972, with the hypergeometric variance for ties.
    """
    by = [strata] if isinstance(strata, str) else list(strata or ())
    layout = grid(counts, [*by, group])
    return tally_of(layout, chosen(counts, layout, event), group, by)


def tally_of(layout: Grid, events: FloatArray, group: str, by: Sequence[str] = ()) -> Tally:
    """Return the tally of a grid that is laid out; `events` has the shape (groups, days), `by` are the strata."""
    levels = np.sort(layout.groups[group].unique())
    level = np.searchsorted(levels, layout.groups[group].to_numpy())
    stratum = layout.groups.groupby([*by], observed=True).ngroup().to_numpy() if by else np.zeros(len(level), dtype=int)
    shape = (int(stratum.max()) + 1 if len(stratum) else 0, len(levels), len(layout.days))
    d, n = np.zeros(shape), np.zeros(shape)
    d[stratum, level], n[stratum, level] = events, layout.at_risk
    d_all, n_all = d.sum(axis=1), n.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.where(n_all > 0, d_all / n_all, 0.0)
        spread = np.where(n_all > 1, hazard * (n_all - d_all) / (n_all - 1.0), 0.0)
        part = np.where(n_all[:, None, :] > 0, n / n_all[:, None, :], 0.0)
    expected = np.einsum("st,skt->k", hazard, n)
    own = np.einsum("st,skt->k", spread * n_all, part)
    variance = np.diag(own) - np.einsum("st,skt,slt->kl", spread * n_all, part, part)
    return Tally(pd.DataFrame({group: levels}), d.sum(axis=(0, 2)), expected, variance)


def log_rank(counts: pd.DataFrame, group: str, strata: str | Sequence[str] | None = None, event: Cause = 1) -> LogRank:
    """Return the log-rank test (statistic, degrees of freedom, p) that the levels of `group` have one hazard.

    Every exit other than `event` counts as censored; with `strata` the comparison is made within each stratum.
    Groups in which no event was expected are left out, as R does; groups that were never at risk together with
    another when somebody left add no degree of freedom. With nothing to compare the result is chi2 0, df 0, p not a
    number. Raises ValueError if `counts` is not a count table with these columns.
    """
    return tested(tally(counts, group, strata, event))


def tested(result: Tally) -> LogRank:
    """Return the log-rank test of a tally, by the rules of `log_rank`."""
    kept = result.expected > 0
    gap, variance = (result.observed - result.expected)[kept], result.variance[np.ix_(kept, kept)]
    df = int(np.linalg.matrix_rank(variance, tol=1e-10 * np.trace(variance), hermitian=True)) if kept.any() else 0
    if df == 0:
        return LogRank(0.0, 0, float("nan"))
    if df == len(gap) - 1:
        solved = np.append(0.0, np.linalg.solve(variance[1:, 1:], gap[1:]))
    else:
        solved = np.linalg.pinv(variance, rcond=1e-10, hermitian=True) @ gap
    statistic = float(gap @ solved)
    return LogRank(statistic, df, float(chi_squared.sf(statistic, df)))


def log_rank_pairs(
    counts: pd.DataFrame, group: str, strata: str | Sequence[str] | None = None, event: Cause = 1
) -> pd.DataFrame:
    """Return the log-rank test of every pair of groups: `group_a`, `group_b`, `chi2`, `p` and `q`.

    Each test uses the people of its two groups alone; `q` is the p-value adjusted for the number of pairs.
    Source: Benjamini & Hochberg 1995 for `q`.
    """
    levels = sorted(counts[group].unique())
    rows = []
    for first, second in combinations(levels, 2):
        result = log_rank(counts[counts[group].isin([first, second])], group, strata, event)
        rows.append((first, second, result.chi2, result.p))
    table = pd.DataFrame(rows, columns=["group_a", "group_b", "chi2", "p"])
    table["q"] = benjamini_hochberg(table["p"])
    return table
