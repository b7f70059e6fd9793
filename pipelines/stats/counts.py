"""Count tables: how many people left the risk set on each day, by cause; all that the estimators need.

One row per group and day: any group columns, `day` (whole days since time zero), `n_event_1` .. `n_event_k`
(people with each cause of exit on that day) and `n_censored` (people last seen on that day without one).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from pipelines.stats.limits import FloatArray

EVENT_PREFIX = "n_event_"


def event_columns(counts: pd.DataFrame) -> list[str]:
    """Return the event columns of a count table in the order of their causes."""
    causes = [name for name in counts.columns if str(name).startswith(EVENT_PREFIX)]
    return sorted(causes, key=lambda name: int(str(name).removeprefix(EVENT_PREFIX)))


def validate(counts: pd.DataFrame, by: Sequence[str] = ()) -> None:
    """Raise ValueError, naming every fault found, unless `counts` is a count table with the group columns `by`.

    Days must be whole and not negative, counts finite and not negative, group columns without gaps.
    """
    faults = [f"no column {name}" for name in (*by, "day", "n_censored") if name not in counts.columns]
    numbers = [*event_columns(counts), *(["n_censored"] if "n_censored" in counts.columns else [])]
    if len(numbers) < 2 and "n_censored" in counts.columns:
        faults.append(f"no column {EVENT_PREFIX}1")
    for name in numbers:
        values = pd.to_numeric(counts[name]).to_numpy(dtype=float, na_value=np.nan)
        if not bool(np.all(np.isfinite(values) & (values >= 0))):
            faults.append(f"{name} must hold counts of 0 or more")
    if "day" in counts.columns:
        days = pd.to_numeric(counts["day"]).to_numpy(dtype=float, na_value=np.nan)
        if not bool(np.all(np.isfinite(days) & (days >= 0) & (days == np.floor(days)))):
            faults.append("day must hold whole days of 0 or more")
    faults += [f"{name} has rows without a group" for name in by if name in counts and bool(counts[name].isna().any())]
    if faults:
        raise ValueError("not a count table: " + "; ".join(faults))


def from_rows(
    rows: pd.DataFrame, by: Sequence[str] = (), day: str = "day", cause: str = "cause", causes: int = 1
) -> pd.DataFrame:
    """Return the count table of person rows: `day` is the last day, `cause` is 0 for censored or 1..`causes`.

    Raises ValueError for a cause outside that range.
    """
    code = pd.to_numeric(rows[cause]).to_numpy(dtype=int)
    if code.size and (code.min() < 0 or code.max() > causes):
        raise ValueError(f"causes must run from 0 (censored) to {causes}")
    table = rows[[*by]].copy()
    table["day"] = pd.to_numeric(rows[day]).to_numpy()
    for number in range(1, causes + 1):
        table[f"{EVENT_PREFIX}{number}"] = (code == number).astype("int64")
    table["n_censored"] = (code == 0).astype("int64")
    return table.groupby([*by, "day"], observed=True, sort=True).sum().reset_index()


@dataclass(frozen=True, slots=True)
class Grid:
    """A count table laid out in full: every group (rows) on every day of any group (columns).

    `groups` has one row per group and the group columns; `days` ascends; `events` has the shape
    (groups, days, causes), `censored` and `at_risk` the shape (groups, days). A person who leaves on
    a day is at risk on that day.
    """

    groups: pd.DataFrame
    days: FloatArray
    events: FloatArray
    censored: FloatArray
    at_risk: FloatArray

    @property
    def present(self) -> FloatArray:
        """How many people left the risk set, for whatever reason: (groups, days)."""
        return cast(FloatArray, self.events.sum(axis=2) + self.censored)

    def long(self, **columns: FloatArray) -> pd.DataFrame:
        """Return arrays of shape (groups, days) as a table with the group columns and `day`, on days with an exit."""
        row, column = np.nonzero(self.present > 0)
        table = self.groups.iloc[row].reset_index(drop=True)
        table["day"] = self.days[column].astype("int64")
        for name, values in columns.items():
            table[name] = values[row, column]
        return table


def grid(counts: pd.DataFrame, by: Sequence[str] = ()) -> Grid:
    """Return the full grid of a count table; rows of one group and day are added up.

    Raises ValueError if it is not a count table.
    """
    validate(counts, by)
    names = event_columns(counts)
    days, column = np.unique(pd.to_numeric(counts["day"]).to_numpy(dtype=float), return_inverse=True)
    if by:
        row = counts.groupby([*by], observed=True, sort=True).ngroup().to_numpy()
        groups = counts[[*by]].drop_duplicates().sort_values([*by], ignore_index=True)
    else:
        row = np.zeros(len(counts), dtype=int)
        groups = pd.DataFrame(index=range(1), columns=pd.Index([], dtype="str"))
    shape = (len(groups), len(days))
    cell = row * len(days) + column

    def laid_out(name: str) -> FloatArray:
        weights = pd.to_numeric(counts[name]).to_numpy(dtype=float)
        added = np.bincount(cell, weights=weights, minlength=shape[0] * shape[1])
        return added.astype(float).reshape(shape)

    events = np.stack([laid_out(name) for name in names], axis=2)
    censored = laid_out("n_censored")
    leaving = events.sum(axis=2) + censored
    at_risk = np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1]
    return Grid(groups, days, events, censored, at_risk)
