"""Reading a step curve at chosen days: the value since the last change, and who was still being followed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

VALUES = {"survival": 1.0, "stayed": 1.0, "incidence": 0.0}
"""The curve columns of this package and the value each has before anything happened."""


def at_days(curve: pd.DataFrame, days: Sequence[int], by: Sequence[str] = ()) -> pd.DataFrame:
    """Return a curve of this package at `days`, for each group of `by` (add 'cause' for cumulative incidence).

    One row per group and day: the group columns, `day`, `n_risk` (people followed to that day or longer),
    `n_event` (events up to and on it), the curve's own value column, `std_error`, `lower`, `upper`. After the last
    day on which anybody was followed the value is missing, unless nobody was lost sight of and the curve has ended.
    Raises ValueError if the table has no curve column.
    """
    value = next((name for name in VALUES if name in curve.columns), None)
    if value is None:
        raise ValueError("not a curve of this package")
    carried = [value, "std_error", "lower", "upper"]
    before = [VALUES[value], 0.0, VALUES[value], VALUES[value]]
    asked = np.asarray(days, dtype=float)
    parts = []
    for key, rows in _groups(curve, by):
        ordered = rows.sort_values("day")
        day = ordered["day"].to_numpy(dtype=float)
        last = np.searchsorted(day, asked, side="right")
        following = np.searchsorted(day, asked, side="left")
        part = pd.DataFrame([key] * len(asked), columns=[*by], index=range(len(asked)))
        part["day"] = asked.astype("int64")
        part["n_risk"] = np.append(ordered["n_risk"].to_numpy(dtype=float), 0.0)[following]
        part["n_event"] = np.append(0.0, np.cumsum(ordered["n_event"].to_numpy(dtype=float)))[last]
        unknown = (asked > day[-1]) & (ordered["n_censored"].iloc[-1] > 0)
        for name, start in zip(carried, before, strict=True):
            part[name] = np.where(unknown, np.nan, np.append(start, ordered[name].to_numpy(dtype=float))[last])
        parts.append(part)
    if not parts:
        return pd.DataFrame(columns=[*by, "day", "n_risk", "n_event", *carried])
    return pd.concat(parts, ignore_index=True)


def _groups(curve: pd.DataFrame, by: Sequence[str]) -> list[tuple[list[object], pd.DataFrame]]:
    if curve.empty:
        return []
    if not by:
        return [([], curve)]
    return [(list(key), rows) for key, rows in curve.groupby([*by], observed=True, sort=True)]
