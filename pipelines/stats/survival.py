"""Staying over time from count tables: Kaplan-Meier, numbers at risk, medians, restricted mean, follow-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pandas as pd

from pipelines.stats.counts import EVENT_PREFIX, Grid, event_columns, grid
from pipelines.stats.limits import FloatArray, Scale, limits

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
