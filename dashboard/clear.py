"""Whether the range of a figure's answer excludes nothing: only then may its note say that the two go together.

Every function is pure and takes the estimate table of one kind of figure.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import pandas as pd

from dashboard.estimate_rows import excludes_zero, shown, widest

BENDS = 0.05
"""Where the test that a line bends comes out below this, it is said to bend."""
NOT_PROPORTIONAL = 0.05
"""Where the test that a ratio stays the same over time comes out below this, no sentence gives one number for it."""


def staying(table: pd.DataFrame, horizon: float) -> bool:
    """Tell whether curves by group lie clearly apart at `horizon`."""
    found = widest(table, horizon)
    return found is not None and found.clear


def days(table: pd.DataFrame, *, bands: bool) -> bool:
    """Tell whether two groups, of score `bands` the highest and the lowest, clearly stay different numbers of days."""
    compared = pairs(table)
    return bool(clear_of_zero(compared[compared["level"].eq("higher|lower")] if bands else compared).any())


def difference(table: pd.DataFrame) -> bool:
    """Tell whether the one difference of a table, such as that of the heat map's corners, excludes zero."""
    return _first_excludes_zero(table, "difference")


def slope(table: pd.DataFrame) -> bool:
    """Tell whether the straight line through staying by score rises or falls clearly."""
    return _first_excludes_zero(table, "slope")


def held_equal(table: pd.DataFrame) -> bool:
    """Tell whether leaving early goes with a score when differences are held equal: in days where the ratio changes."""
    rows = shown(table)
    if ratio_changes(rows):
        return _first_excludes_zero(rows[rows["series"].eq("days")], "difference")
    return bool(_sides(rows[rows["series"].eq("adjusted")]))


def ratio_changes(rows: pd.DataFrame) -> bool:
    """Tell whether shown rows of a ratio table say that the ratio changes over time."""
    test = rows[rows["stat"].eq("p_value") & rows["series"].eq("proportional_hazards")]
    return bool(not test.empty and test["estimate"].iloc[0] < NOT_PROPORTIONAL)


def alike(cells: pd.DataFrame) -> bool:
    """Tell whether all answers that are shown lie clearly on the same side of 1."""
    sides = _sides(shown(cells))
    return len(set(sides)) == 1 and len(sides) == len(shown(cells))


def along(table: pd.DataFrame) -> bool:
    """Tell whether leaving early goes with the score along its scale: the line bends, or both its ends lie off 1."""
    rows = shown(table)
    test = rows[rows["series"].eq("bend") & rows["stat"].eq("p_value")]
    if not test.empty and test["estimate"].iloc[0] < BENDS:
        return True
    line = rows[rows["stat"].eq("ratio") & rows["shape"].eq("line")].sort_values("x")
    return len(line) > 1 and set(_sides(line.iloc[[0, -1]])) == {-1, 1}


def with_and_without(table: pd.DataFrame) -> bool:
    """Tell whether the ratio is clear on the same side with people without a score and without them."""
    rows = shown(table)
    rows = rows[rows["x"].isna() & rows["series"].isin(["complete_cases", "weighted"])]
    return alike(rows[rows["stat"].eq("ratio")])


def ways_out(table: pd.DataFrame) -> bool:
    """Tell whether some way out was clearly more or less common, day by day."""
    return bool(_sides(shown(table)[shown(table)["series"].eq("rate")]))


def helping(table: pd.DataFrame) -> bool:
    """Tell whether people with higher and with lower scores helped others clearly more or less often."""
    rows = shown(table)
    rows = rows[rows["stat"].eq("rate")].set_index("level")
    return {"lower", "higher"} <= set(rows.index) and rates(rows.loc["higher"], rows.loc["lower"])


def rates(one: pd.Series, other: pd.Series) -> bool:
    """Tell whether the ratio of two rates of separate people has a range on one side of 1."""
    ends = [one["lower"], one["upper"], other["lower"], other["upper"]]
    if any(pd.isna(end) or end <= 0 for end in ends):
        return False
    if one["estimate"] < other["estimate"]:
        one, other = other, one
    gap = math.log(one["estimate"] / other["estimate"])
    return gap > math.hypot(math.log(one["estimate"] / one["lower"]), math.log(other["upper"] / other["estimate"]))


def pairs(table: pd.DataFrame) -> pd.DataFrame:
    """Return the shown differences between two levels that have a range."""
    rows = shown(table)
    rows = rows[rows["stat"].eq("difference") & rows["level"].str.contains("|", regex=False)]
    return rows[rows["lower"].notna() & rows["upper"].notna()]


def clear_of_zero(differences: pd.DataFrame) -> pd.Series:
    """Tell which differences have a range without zero once it is widened for how many differences there are."""
    if differences.empty:
        return pd.Series(dtype=bool, index=differences.index)
    wider = NormalDist().inv_cdf(1 - 0.025 / len(differences)) / NormalDist().inv_cdf(0.975)
    low = differences["estimate"] - wider * (differences["estimate"] - differences["lower"])
    high = differences["estimate"] + wider * (differences["upper"] - differences["estimate"])
    return low.gt(0) | high.lt(0)


def _first_excludes_zero(table: pd.DataFrame, stat: str) -> bool:
    rows = shown(table)
    rows = rows[rows["stat"].eq(stat)]
    return not rows.empty and excludes_zero(rows.iloc[0])


def _sides(rows: pd.DataFrame) -> list[int]:
    """Return of each ratio whose range lies clear of 1 on which side: -1 below, 1 above."""
    return [1 if row.lower > 1 else -1 for row in rows.itertuples() if row.lower > 1 or row.upper < 1]
