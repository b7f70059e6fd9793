"""What an interval may claim when people share a coach or a site: the rule, and curves with clustered errors.

People of one coach resemble each other, so an interval meant to hold beyond these coaches rests on how many coaches
there are, not on how many people.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from pipelines.stats.counts import Grid, event_columns, grid
from pipelines.stats.incidence import CAUSES
from pipelines.stats.limits import FloatArray, Scale, limits
from pipelines.stats.survival import Cause, chosen, product_limit

FEWEST = 8
"""With fewer clusters no interval is given that claims to hold beyond them."""
ENOUGH = 30
"""From this many clusters on, the variance is used without the small-sample factor G/(G-1)."""


class Rule(NamedTuple):
    """What the number of clusters allows: the factor on the variance and the quantile of t with G-1 df."""

    factor: float
    quantile: float


def rule(clusters: int, correct: bool = True) -> Rule:
    """Return the factor and quantile for a number of clusters; the quantile is missing below `FEWEST`.

    `correct` false leaves out the small-sample factor (what R gives, CR0).
    Source: Cameron & Miller 2015 for t with G-1 degrees of freedom and the factor.
    """
    factor = clusters / (clusters - 1.0) if correct and 1 < clusters < ENOUGH else 1.0
    quantile = float(stdtrit(clusters - 1, 0.975)) if clusters >= FEWEST else float("nan")
    return Rule(factor, quantile)


def kaplan_meier(
    counts: pd.DataFrame, cluster: str, event: Cause = 1, conf: Scale = "log-log", correct: bool = True
) -> pd.DataFrame:
    """Return the Kaplan-Meier curve with standard errors and limits that hold people of one `cluster` together.

    Columns: `day`, `n_risk`, `n_event`, `n_censored`, `survival`, `std_error`, `lower`, `upper`, `clusters`. With
    one person in each cluster the error equals Greenwood's. The limits follow `rule`: missing below eight clusters.
    Raises ValueError if `counts` is not a count table with the column. Source: Williams 1995; as R `survfit(cluster=)`.
    """
    layout = grid(counts, [cluster])
    events = chosen(counts, layout, event)
    d, n = events.sum(axis=0), layout.at_risk.sum(axis=0)
    survival, _ = product_limit(d, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        surprise = np.where(d > 0, (d / n * layout.at_risk - events) / (n - d), 0.0)
        influence = survival * np.cumsum(surprise, axis=1)
    return _table(layout, conf, correct, n, d, {"survival": survival}, influence)


def stayed(
    counts: pd.DataFrame,
    cluster: str,
    cause: int = 1,
    causes: Sequence[int] = CAUSES,
    conf: Scale = "log-log",
    correct: bool = True,
) -> pd.DataFrame:
    """Return the share who had not had the exit `cause`, with errors that hold people of one `cluster` together.

    Columns as `kaplan_meier` here, with `stayed` for the share; the limits are those of the cumulative incidence,
    turned over. Raises ValueError as `incidence.aalen_johansen`. Source: influence functions of the Aalen-Johansen
    estimate, as R `survfit(cluster=)` with several states.
    """
    curve = incidence(counts, cluster, cause, causes, conf, correct)
    low, high = 1.0 - curve["upper"], 1.0 - curve["lower"]
    curve["incidence"], curve["lower"], curve["upper"] = 1.0 - curve["incidence"], low, high
    return curve.rename(columns={"incidence": "stayed"})


def incidence(
    counts: pd.DataFrame,
    cluster: str,
    cause: int = 1,
    causes: Sequence[int] = CAUSES,
    conf: Scale = "log-log",
    correct: bool = True,
) -> pd.DataFrame:
    """Return the cumulative incidence of one cause with errors that hold people of one `cluster` together.

    Columns as `kaplan_meier` here, with `incidence` for the share. Raises ValueError if `counts` is not a count table
    with the column or lacks a cause.
    """
    layout = grid(counts, [cluster])
    own, either = chosen(counts, layout, cause), chosen(counts, layout, causes)
    d_own, d, n = own.sum(axis=0), either.sum(axis=0), layout.at_risk.sum(axis=0)
    survival, _ = product_limit(d, n)
    before = np.append(1.0, survival[:-1])
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.cumsum(np.where(n > 0, before * d_own / n, 0.0))
        direct = np.where(d > 0, before * (own - d_own / n * layout.at_risk) / n, 0.0)
        # Once everybody has left, nothing can follow: the last day touches no later share.
        lost = np.where(n - d > 0, (either - d / n * layout.at_risk) / (n - d), 0.0)
    influence = np.cumsum(direct + share * lost, axis=1) - share * np.cumsum(lost, axis=1)
    return _table(layout, conf, correct, n, d_own, {"incidence": share}, influence, layout.present.sum(axis=0) - d)


def _table(
    layout: Grid,
    conf: Scale,
    correct: bool,
    n: FloatArray,
    d: FloatArray,
    value: dict[str, FloatArray],
    influence: FloatArray,
    censored: FloatArray | None = None,
) -> pd.DataFrame:
    (share,) = value.values()
    clusters = len(layout.groups)
    allowed = rule(clusters, correct)
    std_error = np.sqrt(allowed.factor * np.sum(influence**2, axis=0))
    lower, upper = limits(share, std_error, conf, allowed.quantile)
    present = layout.present.sum(axis=0)
    table = pd.DataFrame({"day": layout.days.astype("int64"), "n_risk": n, "n_event": d})
    table["n_censored"] = present - d if censored is None else censored
    table = table.assign(**value, std_error=std_error, lower=lower, upper=upper, clusters=clusters)
    return table.iloc[np.flatnonzero(present > 0)].reset_index(drop=True)


def cluster_count(counts: pd.DataFrame, cluster: str) -> int:
    """Return how many clusters have at least one person in the count table."""
    held = counts[[*event_columns(counts), "n_censored"]].sum(axis=1) > 0
    return int(counts.loc[held, cluster].nunique())
