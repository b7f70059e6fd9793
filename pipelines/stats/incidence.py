"""Where people are when several kinds of exit compete: Aalen-Johansen cumulative incidence and state shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipelines.stats.counts import EVENT_PREFIX, Grid, event_columns, grid
from pipelines.stats.limits import FloatArray, Scale, limits
from pipelines.stats.survival import product_limit


def _cause_events(counts: pd.DataFrame, layout: Grid, causes: Sequence[int]) -> FloatArray:
    names = event_columns(counts)
    columns = [names.index(f"{EVENT_PREFIX}{cause}") for cause in causes if f"{EVENT_PREFIX}{cause}" in names]
    if len(columns) < len(causes):
        raise ValueError("the count table lacks one of the causes asked for")
    return layout.events[:, :, columns]


def curves(events: FloatArray, at_risk: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return all-cause survival, cumulative incidence and its standard error.

    `events` has the shape (groups, days, causes) and holds every cause that is not censoring; `at_risk` and the
    survival have the shape (groups, days), incidence and standard error that of `events`.
    Source: Aalen & Johansen 1978; delta-method variance as in Marubini & Valsecchi 1995, equal to R's `survfit`.
    """
    d = events.sum(axis=2)
    survival, _ = product_limit(d, at_risk)
    before = np.concatenate([np.ones((len(d), 1)), survival[:, :-1]], axis=1)[:, :, None]
    n, d = at_risk[:, :, None], d[:, :, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        here = n > 0
        incidence = np.cumsum(np.where(here, before * events / n, 0.0), axis=1)
        a = np.where(here, d / (n * np.where(n - d > 0, n - d, 1.0)), 0.0)
        b = np.where(here, before**2 * events * (n - events) / n**3, 0.0)
        c = np.where(here, before * events / n**2, 0.0)
    variance = (
        incidence**2 * np.cumsum(a, axis=1)
        - 2.0 * incidence * np.cumsum(a * incidence + c, axis=1)
        + np.cumsum(a * incidence**2 + b + 2.0 * c * incidence, axis=1)
    )
    return survival, incidence, np.sqrt(np.maximum(variance, 0.0))


def aalen_johansen(
    counts: pd.DataFrame, causes: Sequence[int] = (1, 2, 3, 4), conf: Scale = "log-log", by: Sequence[str] = ()
) -> pd.DataFrame:
    """Return the cumulative incidence of each cause, the other causes competing; exits not in `causes` are censored.

    One row per group of `by`, day with an exit and cause: the group columns, `day`, `cause`, `incidence`,
    `std_error`, `lower`, `upper` (95 %, on the scale `conf`) and `n_risk`. Raises ValueError if `counts` is not
    a count table or lacks a cause.
    """
    layout = grid(counts, by)
    events = _cause_events(counts, layout, causes)
    _, incidence, std_error = curves(events, layout.at_risk)
    lower, upper = limits(incidence, std_error, conf)
    parts = []
    for position, cause in enumerate(causes):
        part = layout.long(
            incidence=incidence[:, :, position],
            std_error=std_error[:, :, position],
            lower=lower[:, :, position],
            upper=upper[:, :, position],
            n_risk=layout.at_risk,
        )
        part.insert(len(by) + 1, "cause", cause)
        parts.append(part)
    return pd.concat(parts, ignore_index=True).sort_values([*by, "day", "cause"], kind="stable", ignore_index=True)
