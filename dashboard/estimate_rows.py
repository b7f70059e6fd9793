"""The rows of an estimate table that a sentence rests on: a share at a day, a mean, a difference, clear or not."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

SHOWN = ("shown", "rough")


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two shares at the horizon: level `high` has `more` (0 to 1), `low` has `less`; clear or not."""

    high: str
    low: str
    more: float
    less: float
    clear: bool


def widest(table: pd.DataFrame, horizon: float) -> Difference | None:
    """Return the difference between levels at `horizon` to speak of: the score bands' ends, else the widest clear one.

    With more than two categories the widest of several differences would often look clear by chance, so the
    log-rank row must agree (below 0.05). None if every difference is hidden.
    """
    level = table["level"].to_numpy(dtype=object)
    compared = np.flatnonzero(_is_shown(table) & (table["stat"].to_numpy(dtype=object) == "difference"))
    pairs = table.iloc[[place for place in compared if "|" in level[place]]]
    if pairs.empty:
        return None
    ends = pairs[pairs["level"].isin(["higher|lower", "lower|higher"])]
    if not ends.empty:
        return _difference(table, ends.iloc[0], horizon)
    if set("|".join(pairs["level"]).split("|")) <= {"lower", "middle", "higher"}:
        return None
    clear = pairs[pairs["lower"].gt(0) | pairs["upper"].lt(0)]
    agreed = _test_agrees(table, len(pairs))
    chosen = clear if agreed and not clear.empty else pairs
    found = _difference(table, chosen.loc[chosen["estimate"].abs().idxmax()], horizon)
    if found is None or agreed:
        return found
    return Difference(found.high, found.low, found.more, found.less, clear=False)


def only_group(table: pd.DataFrame) -> str:
    """Return the one group of a table that names no other, if it is shown: a filter left it alone; else ''."""
    named = set(table.loc[table["level"].ne(""), "level"])
    rows = shown(table)
    return named.pop() if len(named) == 1 and named <= set(rows["level"]) else ""


def excludes_zero(row: pd.Series) -> bool:
    """Tell whether the range of a difference or slope lies on one side of zero."""
    return bool(row["lower"] > 0 or row["upper"] < 0)


def at(table: pd.DataFrame, x: float, level: str | None = None) -> pd.Series | None:
    """Return the share row that holds at `x`: the last at or before it on a stepped line, else exactly there.

    Of all rows, or of those of one `level`.
    """
    shares = _is_shown(table) & (table["stat"].to_numpy(dtype=object) == "share")
    if level is not None:
        shares &= table["level"].to_numpy(dtype=object) == level
    days = table["x"].to_numpy(dtype=float)
    stepped = np.flatnonzero(shares & (table["shape"].to_numpy(dtype=object) == "step"))
    if not len(stepped):
        exact = np.flatnonzero(shares & (days == x))
        return table.iloc[exact[0]] if len(exact) else None
    before = stepped[days[stepped] <= x]
    if not len(before) or np.nanmax(days[stepped]) < x:
        return None
    return table.iloc[before[np.lexsort((before, days[before]))[-1]]]


def mean(table: pd.DataFrame) -> pd.Series | None:
    """Return the row of the mean score; None if it is not shown."""
    rows = shown(table)
    rows = rows[rows["stat"].eq("mean") & rows["series"].isin(["", "mean"])]
    return None if rows.empty else rows.iloc[0]


def _difference(table: pd.DataFrame, row: pd.Series, horizon: float) -> Difference | None:
    """Return a difference row with the two shares it compares; None if one of them is not shown."""
    one, _, other = str(row["level"]).partition("|")
    shares = [at(table, horizon, level) for level in (one, other)]
    if shares[0] is None or shares[1] is None:
        return None
    first, second = float(shares[0]["estimate"]), float(shares[1]["estimate"])
    if row["estimate"] >= 0:
        return Difference(one, other, first, second, excludes_zero(row))
    return Difference(other, one, second, first, excludes_zero(row))


def _test_agrees(table: pd.DataFrame, pairs: int) -> bool:
    """Tell whether the test over all groups allows a finding; one single pair needs no test beside its range."""
    if pairs == 1:
        return True
    shown_test = _is_shown(table) & (table["stat"].to_numpy(dtype=object) == "p_value")
    tested = table["estimate"].to_numpy(dtype=float)[shown_test]
    return len(tested) > 0 and float(tested[0]) < 0.05


def cell(table: pd.DataFrame, level: str) -> pd.Series | None:
    """Return the row of a cell of the heat map; None if it is not shown."""
    rows = shown(table)
    rows = rows[rows["shape"].eq("cell") & rows["level"].eq(level)]
    return None if rows.empty else rows.iloc[0]


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that carry a number."""
    return table[_is_shown(table)]


def _is_shown(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Tell which rows carry a number; as arrays, because a page asks it of its tables a hundred times."""
    status = table["status"].to_numpy(dtype=object)
    carries: npt.NDArray[np.bool_] = (status == SHOWN[0]) | (status == SHOWN[1])
    return carries
