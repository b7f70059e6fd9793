"""Staying over time from count tables: Kaplan-Meier, numbers at risk, medians, restricted mean, follow-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, cast

import numpy as np
import pandas as pd
from scipy.special import ndtr

from pipelines.stats.counts import EVENT_PREFIX, Grid, event_columns, grid
from pipelines.stats.limits import FloatArray, Interval, Scale, Z, interval_difference, limits
from pipelines.stats.steps import at_days

Cause = int | Sequence[int]
HALF_TOLERANCE = 1e-9
"""How near to one half a curve counts as one half exactly (rounding of a product, never a real difference)."""


def chosen(counts: pd.DataFrame, layout: Grid, event: Cause) -> FloatArray:
    """Return the events of the cause or causes `event` on the grid: (groups, days).

    Raises ValueError for a cause the count table does not have.
    """
    wanted = (event,) if isinstance(event, int) else tuple(event)
    names = event_columns(counts)
    missing = [cause for cause in wanted if f"{EVENT_PREFIX}{cause}" not in names]
    if missing:
        raise ValueError(f"the count table has no {EVENT_PREFIX}{missing[0]}")
    columns = [names.index(f"{EVENT_PREFIX}{cause}") for cause in wanted]
    return cast(FloatArray, layout.events[:, :, columns].sum(axis=2))


def product_limit(events: FloatArray, at_risk: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the Kaplan-Meier survival and its Greenwood sum along the last axis.

    The sum is infinite from the day the last person at risk has the event.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        hazard = np.where(at_risk > 0, events / at_risk, 0.0)
        steps = np.where(events > 0, events / (at_risk * (at_risk - events)), 0.0)
    survival = np.cumprod(1.0 - hazard, axis=-1, dtype=np.float64)
    return survival, np.cumsum(steps, axis=-1, dtype=np.float64)


def kaplan_meier(
    counts: pd.DataFrame, event: Cause = 1, conf: Scale = "log-log", by: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the Kaplan-Meier curve of the time to `event`, every other exit taken as censored.

    One row per group of `by` and day with an exit: the group columns, `day`, `n_risk`, `n_event`, `n_censored`,
    `survival`, `std_error` (Greenwood) and `lower`, `upper` (95 %, on the scale `conf`). Where the curve is 0
    there is no standard error and there are no limits. Raises ValueError if `counts` is not a count table.
    Source: Kaplan & Meier 1958; Greenwood 1926; log-log limits Kalbfleisch & Prentice 2002.
    """
    layout = grid(counts, by)
    events = chosen(counts, layout, event)
    survival, greenwood = product_limit(events, layout.at_risk)
    with np.errstate(invalid="ignore"):
        std_error = survival * np.sqrt(greenwood)
    lower, upper = limits(survival, std_error, conf)
    return layout.long(
        n_risk=layout.at_risk,
        n_event=events,
        n_censored=layout.present - events,
        survival=survival,
        std_error=std_error,
        lower=lower,
        upper=upper,
    )


def at_risk(counts: pd.DataFrame, days: Sequence[int], event: Cause = 1, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the table under a curve: for each group of `by` and day asked for, `n_risk`, `n_event`, `n_censored`.

    `n_risk` counts people followed to that day or longer; `n_event` and `n_censored` count up to and on that day.
    Raises ValueError if `counts` is not a count table.
    """
    layout = grid(counts, by)
    asked = np.asarray(days, dtype=float)
    zero = np.zeros((len(layout.groups), 1))
    events = chosen(counts, layout, event)
    last = np.searchsorted(layout.days, asked, side="right")
    following = np.searchsorted(layout.days, asked, side="left")
    so_far = {
        "n_risk": np.concatenate([layout.at_risk, zero], axis=1)[:, following],
        "n_event": np.concatenate([zero, np.cumsum(events, axis=1)], axis=1)[:, last],
        "n_censored": np.concatenate([zero, np.cumsum(layout.present - events, axis=1)], axis=1)[:, last],
    }
    table = layout.groups.loc[layout.groups.index.repeat(len(asked))].reset_index(drop=True)
    table["day"] = np.tile(asked.astype("int64"), len(layout.groups))
    for name, values in so_far.items():
        table[name] = values.ravel()
    return table


def follow_up(counts: pd.DataFrame, conf: Scale = "log-log", by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the Kaplan-Meier curve of the time to the end of follow-up: censoring is the event, exits are censored.

    Its median is the usual statement of how long people were followed. Columns as `kaplan_meier`.
    Source: Schemper & Smith 1996 (reverse Kaplan-Meier).
    """
    turned = counts.drop(columns=event_columns(counts))
    turned[f"{EVENT_PREFIX}1"] = counts["n_censored"]
    turned["n_censored"] = counts[event_columns(counts)].sum(axis=1)
    return kaplan_meier(turned, 1, conf, by)


def median(curve: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the median of a Kaplan-Meier curve with its limits: `median`, `lower`, `upper` in days, for each group.

    The median is the first day with the curve at one half or below; where the curve is one half exactly, midway
    between that day and the next event; missing if the curve never comes down to one half. The limits apply the
    same rule to the curve's own limits. Source: R survival 3.5, `survmean`; Brookmeyer & Crowley 1982.
    """
    keys = curve.groupby([*by], observed=True, sort=True) if by else [((), curve)]
    rows = []
    for key, part in keys:
        ordered = part.sort_values("day")
        day = ordered["day"].to_numpy(dtype=float)
        crossings = [_half_day(day, ordered[name].to_numpy(dtype=float)) for name in ("survival", "lower", "upper")]
        rows.append([*key, *crossings])
    return pd.DataFrame(rows, columns=[*by, "median", "lower", "upper"])


def _half_day(day: FloatArray, height: FloatArray) -> float:
    below = ~np.isnan(height) & (height < 0.5 + HALF_TOLERANCE)
    if not below.any():
        return float("nan")
    day, height = day[below], height[below]
    lower = height < height[0]
    if abs(height[0] - 0.5) < HALF_TOLERANCE and lower.any():
        return float((day[0] + day[lower][0]) / 2.0)
    return float(day[0])


class Difference(NamedTuple):
    """A difference of two independent estimates: estimate, standard error, 95 % limits, two-sided p."""

    estimate: float
    std_error: float
    lower: float
    upper: float
    p: float


def rmst(counts: pd.DataFrame, tau: int, event: Cause = 1, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the restricted mean time to `event` up to day `tau`, for each group of `by`.

    Columns: the group columns, `rmst` and `std_error` in days, `lower`, `upper` (95 %, plain). Raises ValueError if
    a group was not followed to `tau` (its last day is earlier and somebody was still there), or `tau` is not positive.
    Source: Irwin 1949; variance as R survival 3.5 (`print.survfit` with `rmean`).
    """
    if tau <= 0:
        raise ValueError("the restricted mean needs a positive number of days")
    layout = grid(counts, by)
    events = chosen(counts, layout, event)
    survival, _ = product_limit(events, layout.at_risk)
    last = np.where(layout.present > 0, layout.days, 0.0).max(axis=1, initial=0.0)
    if bool(np.any((last < tau) & (survival[:, -1] > 0))):
        raise ValueError("a group was not followed as far as the day of the restricted mean")
    start = np.minimum(np.append(0.0, layout.days), tau)
    width = np.diff(np.append(start, tau))
    height = np.concatenate([np.ones((len(survival), 1)), survival], axis=1)
    area = height * width
    left = np.cumsum(area[:, ::-1], axis=1)[:, ::-1][:, 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(layout.at_risk - events > 0, events / (layout.at_risk * (layout.at_risk - events)), 0.0)
    std_error = np.sqrt(np.sum(left**2 * steps, axis=1))
    table = layout.groups.copy()
    table["rmst"] = area.sum(axis=1)
    table["std_error"] = std_error
    table["lower"], table["upper"] = table["rmst"] - Z * std_error, table["rmst"] + Z * std_error
    return table


def rmst_difference(a: pd.DataFrame, b: pd.DataFrame, tau: int, event: Cause = 1) -> Difference:
    """Return the restricted mean of the people in count table `a` minus that of `b`, up to day `tau`, in days.

    The two must not share people. Raises ValueError as `rmst`. Source: Royston & Parmar 2013.
    """
    one, two = rmst(a, tau, event).iloc[0], rmst(b, tau, event).iloc[0]
    gap = float(one["rmst"] - two["rmst"])
    error = float(np.hypot(one["std_error"], two["std_error"]))
    p = 2.0 * float(ndtr(-abs(gap) / error)) if error > 0 else float("nan")
    return Difference(gap, error, gap - Z * error, gap + Z * error, p)


def difference(a: pd.DataFrame, b: pd.DataFrame, day: int, event: Cause = 1, conf: Scale = "log-log") -> Interval:
    """Return the Kaplan-Meier survival of count table `a` at `day` minus that of `b`, with 95 % limits.

    The two must not share people; the limits combine those of each curve on the scale `conf`. Missing where a curve
    is no longer known. Source: Zou & Donner 2008.
    """
    read = [at_days(kaplan_meier(counts, event, conf), [day]).iloc[0] for counts in (a, b)]
    return interval_difference(*(Interval(row["survival"], row["lower"], row["upper"]) for row in read))
