"""Sentences on checks of a ratio and on its parts: other choices, a line that may bend, a part through a later score.

Every function is pure; a number in a sentence is a cell of the table it was given.
"""

from __future__ import annotations

import pandas as pd

from dashboard import words
from dashboard.sentences import SHOWN, excludes_zero, withheld

BENDS = 0.05
"""Where the test that the line bends comes out below this, a sentence says that it does."""
NOT_MEASURED = "not_measured"


def choices(table: pd.DataFrame, *, what: str) -> str:
    """Return between which ratios all answers lie, and whether all their ranges exclude 1 on the same side."""
    return agreement(table, table[table["stat"].eq("ratio") & table["x"].notna()], what=what)


def agreement(
    table: pd.DataFrame, cells: pd.DataFrame, *, what: str, choice: str = "choice", under: str = "under"
) -> str:
    """Return what the answers `cells` of a table say together; they differ in the `choice` `under` which they hold."""
    rows = cells[cells["status"].isin(SHOWN)]
    if rows.empty:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, f"{what} {under} other {choice}s")
        return f"Too few people to say whether the answer for {what} hangs on our choices"
    low, high = words.ratio(rows["estimate"].min()), words.ratio(rows["estimate"].max())
    every = f"{under} every {choice}, "
    if len(rows) == 1:
        lie, every = f"The one answer that can be shown (of {len(cells)}) is {low}", ""
    else:
        all_of = f"{'Both' if len(rows) == 2 else f'All {len(rows)}'} answers"
        all_of += "" if len(rows) == len(cells) else f" that can be shown (of {len(cells)})"
        lie = f"{all_of} are {low}" if low == high else f"{all_of} lie between {low} and {high}"
    without = rows["lower"].isna() | rows["upper"].isna()
    less, more = rows["upper"].lt(1), rows["lower"].gt(1)
    if without.all():
        return f"{lie}; too few coaches for their ranges"
    if less.all() or more.all():
        often = "less" if less.all() else "more"
        return f"{lie}: {every}leaving early was {often} common one step higher in {what}"
    if not (less.any() or more.any()):
        return f"{lie}, none of them clear: no clear link of {what} {under} any {choice}"
    if less.any() and more.any():
        return f"The answer for {what} hangs on the {choice}: the {len(rows)} answers lie between {low} and {high}"
    return f"{lie}; for {int((~(less | more)).sum())} of them the range includes no link with {what}"


def along(table: pd.DataFrame, *, what: str) -> str:
    """Return whether the line bends, and whether it is clear that leaving early goes with the score at all."""
    rows = table[table["status"].isin(SHOWN)]
    line = rows[rows["stat"].eq("ratio") & rows["shape"].eq("line")].sort_values("x")
    if line.empty:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, f"{what} along the scale")
        return f"Too few people left early to draw a line along {what}"
    ends = [line.iloc[0], line.iloc[-1]]
    test = rows[rows["series"].eq("bend") & rows["stat"].eq("p_value")]
    if test.empty:
        return f"The scores of {what} are too alike for a line that may bend: it is drawn straight"
    if test["estimate"].iloc[0] < BENDS:
        return f"The line bends: leaving early does not go with {what} alike all along the scale"
    falls = ends[0]["lower"] > 1 and ends[1]["upper"] < 1
    rises = ends[0]["upper"] < 1 and ends[1]["lower"] > 1
    if falls or rises:
        often = "less" if falls else "more"
        return f"The higher {what}, the {often} often people left early: no sign that the line bends"
    return f"No clear link along the scale of {what}, and no sign that the line bends"


def through(table: pd.DataFrame, *, first: str, later: str) -> str:
    """Return how many people in every 100 go with the early score through the later one, if the range excludes zero."""
    rows = table[table["status"].isin(SHOWN) & table["stat"].eq("difference")].set_index("series")
    if "indirect" not in rows.index:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, f"from early {first} through {later} to staying")
        return f"Too few people to part what goes with early {first}"
    part = rows.loc["indirect"]
    if pd.isna(part["lower"]):
        return f"From early {first} through later {later} to staying: too few coaches for a range"
    if not excludes_zero(part):
        return f"No clear part of what goes with early {first} goes through later {later}"
    more = "more" if part["estimate"] > 0 else "fewer"
    count = words.of_100(part["estimate"])
    one = "person" if count.endswith(" 1") else "people"
    said = f"Through later {later}, a step higher in early {first} goes with {count} {more} {one} in every 100 staying"
    if "total" in rows.index and not excludes_zero(rows.loc["total"]):
        return f"{said}; in total no clear link"
    return said
