"""Where people are when several kinds of exit compete: Aalen-Johansen cumulative incidence and state shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pandas as pd

from pipelines.stats.counts import EVENT_PREFIX, Grid, event_columns, grid
from pipelines.stats.limits import FloatArray, Interval, Scale, interval_difference, limits
from pipelines.stats.steps import at_days
from pipelines.stats.survival import product_limit

CAUSES = (1, 2, 3, 4)
STILL_HERE = 0
"""The state of people who have not had any of the exits."""


def _cause_events(counts: pd.DataFrame, layout: Grid, causes: Sequence[int]) -> FloatArray:
    names = event_columns(counts)
    columns = [names.index(f"{EVENT_PREFIX}{cause}") for cause in causes if f"{EVENT_PREFIX}{cause}" in names]
    if len(columns) < len(causes):
        raise ValueError("the count table lacks one of the causes asked for")
    return layout.events[:, :, columns]


def curves(
    events: FloatArray, at_risk: FloatArray, places: Sequence[int] | None = None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return all-cause survival, cumulative incidence and its standard error.

    `events` has the shape (groups, days, causes) and holds every cause that is not censoring; `at_risk` and the
    survival have the shape (groups, days). Incidence and standard error have that of `events`, or hold only the causes
    at `places` of it, in that order.
    Source: Aalen & Johansen 1978; delta-method variance as in Marubini & Valsecchi 1995, equal to R's `survfit`.
    """
    d = events.sum(axis=2)
    survival, _ = product_limit(d, at_risk)
    after = survival[:, :, None]
    before = np.concatenate([np.ones((len(d), 1)), survival[:, :-1]], axis=1)[:, :, None]
    n = np.where(at_risk > 0, at_risk, 1.0)[:, :, None]
    own = (events if places is None else events[:, :, list(places)]) / n
    staying = 1.0 - d[:, :, None] / n
    other = d[:, :, None] / n - own
    incidence = np.cumsum(before * own, axis=1)
    # Each day is a draw of who leaves by the cause, by another, or stays. The variance is written as pairwise squared
    # differences of what these mean for the curve at x, so that no two large terms cancel.
    with np.errstate(divide="ignore"):
        weight = np.where(staying > 0, 1.0 / (n * staying), 0.0)
    variance = (
        _spread(own * weight, after + incidence, incidence)
        + _spread(other * weight, incidence, incidence)
        + np.cumsum(before**2 * own * other / n, axis=1)
    )
    return survival, incidence, np.sqrt(variance)


def _spread(weight: FloatArray, value: FloatArray, centre: FloatArray) -> FloatArray:
    """Return at each day the sum, over the days so far, of weight * (value - the centre of that day)^2.

    One pass with a running mean. Source: West 1979.
    """
    total = np.cumsum(weight, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(total > 0, np.cumsum(weight * value, axis=1) / total, value)
    earlier = np.concatenate([value[:, :1], mean[:, :-1]], axis=1)
    squares = np.cumsum(np.maximum(weight * (value - earlier) * (value - mean), 0.0), axis=1)
    return cast(FloatArray, squares + total * (mean - centre) ** 2)


def aalen_johansen(
    counts: pd.DataFrame, causes: Sequence[int] = CAUSES, conf: Scale = "log-log", by: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the cumulative incidence of each cause, the other causes competing; exits not in `causes` are censored.

    One row per group of `by`, day with an exit, and cause: the group columns, `day`, `cause`, `n_risk`, `n_event`
    (of that cause), `n_censored`, `incidence`, `std_error`, `lower`, `upper` (95 %, on the scale `conf`).
    Raises ValueError if `counts` is not a count table or lacks a cause.
    """
    layout = grid(counts, by)
    events = _cause_events(counts, layout, causes)
    _, incidence, std_error = curves(events, layout.at_risk)
    lower, upper = limits(incidence, std_error, conf)
    parts = []
    for position, cause in enumerate(causes):
        part = layout.long(
            n_risk=layout.at_risk,
            n_event=events[:, :, position],
            n_censored=layout.present - events.sum(axis=2),
            incidence=incidence[:, :, position],
            std_error=std_error[:, :, position],
            lower=lower[:, :, position],
            upper=upper[:, :, position],
        )
        part.insert(len(by) + 1, "cause", cause)
        parts.append(part)
    return pd.concat(parts, ignore_index=True).sort_values([*by, "day", "cause"], kind="stable", ignore_index=True)


def stayed(
    counts: pd.DataFrame,
    cause: int = 1,
    causes: Sequence[int] = CAUSES,
    conf: Scale = "log-log",
    by: Sequence[str] = (),
) -> pd.DataFrame:
    """Return the share who had not had the exit `cause` by each day: 1 minus its cumulative incidence.

    People who had another exit count as having stayed. Columns: the group columns, `day`, `n_risk`, `n_event`,
    `n_censored`, `stayed`, `std_error`, `lower`, `upper`. Raises ValueError as `aalen_johansen`.
    """
    curve = aalen_johansen(counts, causes, conf, by)
    curve = curve[curve["cause"] == cause].drop(columns="cause").reset_index(drop=True)
    low, high = 1.0 - curve["upper"], 1.0 - curve["lower"]
    curve["incidence"] = 1.0 - curve["incidence"]
    curve["lower"], curve["upper"] = low, high
    return curve.rename(columns={"incidence": "stayed"})


def state_shares(
    counts: pd.DataFrame, causes: Sequence[int] = CAUSES, conf: Scale = "log-log", by: Sequence[str] = ()
) -> pd.DataFrame:
    """Return where people are on each day: `state` 0 (still here) and one state per cause, shares adding to 1.

    Columns: the group columns, `day`, `state`, `n_risk`, `n_event` (of that cause; all causes for state 0), `share`,
    `std_error`, `lower`, `upper`. Raises ValueError as `aalen_johansen`.
    """
    curve = aalen_johansen(counts, causes, conf, by).rename(columns={"cause": "state", "incidence": "share"})
    layout = grid(counts, by)
    events = _cause_events(counts, layout, causes).sum(axis=2)
    survival, greenwood = product_limit(events, layout.at_risk)
    with np.errstate(invalid="ignore"):
        std_error = survival * np.sqrt(greenwood)
    lower, upper = limits(survival, std_error, conf)
    here = layout.long(
        n_risk=layout.at_risk,
        n_event=events,
        n_censored=layout.present - events,
        share=survival,
        std_error=std_error,
        lower=lower,
        upper=upper,
    )
    here.insert(len(by) + 1, "state", STILL_HERE)
    both = pd.concat([here, curve], ignore_index=True)
    return both.sort_values([*by, "day", "state"], kind="stable", ignore_index=True)


def difference(
    a: pd.DataFrame,
    b: pd.DataFrame,
    day: int,
    cause: int = 1,
    causes: Sequence[int] = CAUSES,
    conf: Scale = "log-log",
) -> Interval:
    """Return the cumulative incidence of `cause` by `day` in count table `a` minus that in `b`, with 95 % limits.

    The two must not share people; the limits combine those of each curve on the scale `conf`. Missing where a curve
    is no longer known. For the difference in the share who stayed, exchange `a` and `b`.
    Source: Zou & Donner 2008.
    """
    read = []
    for counts in (a, b):
        curve = aalen_johansen(counts, causes, conf)
        row = at_days(curve[curve["cause"] == cause], [day]).iloc[0]
        read.append(Interval(row["incidence"], row["lower"], row["upper"]))
    return interval_difference(*read)
