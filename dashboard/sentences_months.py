"""Sentences on scores over the months: a rise is said of the same people only, and where the lines part it is said so.

Every function is pure; a number in a sentence is a cell of the table it was given.
"""

from __future__ import annotations

import pandas as pd

from dashboard import words
from dashboard.answers import definition
from dashboard.sentences import SHOWN, excludes_zero, withheld

PARTS_FROM = definition("lines_part").number("percent_of_spread") / 100
"""Standard deviations from which the lines are said to part, however uncertain."""
MONTHS = definition("same_people").number("months")
WARNINGS = {
    ("more", "rise"): "rises more than that of the same people: part of the rise is people with lower scores leaving, "
    "not scores rising.",
    ("more", "fall"): "falls less than that of the same people: people with lower scores leaving hold it up.",
    ("less", "rise"): "rises less than that of the same people: people with higher scores leaving hold it down.",
    ("less", "fall"): "falls more than that of the same people: part of the fall is people with higher scores leaving, "
    "not scores falling.",
}
"""What is said of everybody's line where it parts from that of the same people, by how, and by which way it goes."""
NO_SAME_PEOPLE = (
    "Too few people were rated in each of the first {months} months: everybody's line alone cannot tell scores that "
    "rise from people with lower scores leaving."
)
CEILING = 0.1
"""Share at the highest possible score from which a sentence says so."""


def title(table: pd.DataFrame, *, what: str) -> str:
    """Return how scores of the same people compare between their first and last month, if their range excludes zero."""
    if not _shown(table)["stat"].eq("mean").any():
        return withheld(table, f"how {what} goes on over the months")
    rise, first, last = _one(table, "same_people_rise"), _month(table, 0), _month(table, MONTHS - 1)
    if rise is None or first is None or last is None:
        return f"{what[:1].upper()}{what[1:]} over the months: too few people rated every month to say whether it rises"
    values = (words.score(first["estimate"]), words.score(last["estimate"]))
    then = f"{values[0]}, then {values[1]}"
    if not excludes_zero(rise):
        return f"Among the same people, no clear change in {what} from month 1 to month {MONTHS} ({then})"
    way = "higher" if rise["estimate"] > 0 else "lower"
    by = then if values[0] != values[1] else f"by {words.points(rise['estimate'])} points"
    return f"Among the same people, {what} is {way} in month {MONTHS} than in month 1: {by}"


def warning(table: pd.DataFrame) -> str:
    """Return that part of the rise is who leaves, where the lines part as the definition says; else nothing.

    Where there is no line of the same people, that nothing can be said; nothing where no line is shown at all.
    """
    row = _one(table, "lines_part")
    if row is None:
        everybody = _shown(table)
        everybody = everybody[everybody["series"].eq("everybody_rated") & everybody["stat"].eq("mean")]
        return NO_SAME_PEOPLE.format(months=MONTHS) if len(everybody) > 1 else ""
    if not lines_part(table):
        return ""
    ends = [_month(table, month, "everybody_rated") for month in (0, MONTHS - 1)]
    if ends[0] is None or ends[1] is None:
        return ""
    goes = "rise" if ends[1]["estimate"] > ends[0]["estimate"] else "fall"
    return f"Everybody's line {WARNINGS['more' if row['estimate'] > 0 else 'less', goes]}"


def lines_part(table: pd.DataFrame) -> bool:
    """Tell whether the lines part: by more than the difference's uncertainty, or by enough standard deviations."""
    row, in_sd = _one(table, "lines_part"), _one(table, "lines_part_in_sd")
    if row is None:
        return False
    return excludes_zero(row) or (in_sd is not None and abs(float(in_sd["estimate"])) >= PARTS_FROM)


def pace(table: pd.DataFrame) -> str:
    """Return the common slope per month in words: clear or not, with its range."""
    row = _one(table, "per_month")
    if row is None:
        return ""
    lower, upper = (f"{'−' if row[end] < 0 else ''}{words.points(row[end])}" for end in ("lower", "upper"))
    if not excludes_zero(row):
        return f"On a line of each person's own, no clear rise or fall (could be {lower} to {upper} points a month)."
    way = "rise" if row["estimate"] > 0 else "fall"
    size = words.points(row["estimate"])
    return f"On a line of each person's own, scores {way} by {size} points a month (could be {lower} to {upper})."


def changed(table: pd.DataFrame) -> str:
    """Return of the same people the shares with a reliable change; why not, where there are such rows."""
    rows = {name: table[table["series"].eq(f"reliably_{name}")] for name in ("higher", "lower")}
    if rows["higher"].empty and rows["lower"].empty:
        return ""
    shares = {
        name: words.percent(row["estimate"].iloc[0])
        for name, row in rows.items()
        if len(row) and row["status"].iloc[0] in SHOWN
    }
    than = f"score in month {MONTHS} than in month 1"
    said = [f"{share} have a reliably {name} {than}" for name, share in shares.items()]
    if len(said) > 1:
        said[1] = f"{shares['lower']} a reliably lower one"
    if not said:
        return "Too few of the same people had a reliable change to print their share."
    return f"Of the same people, {words.joined(said)}."


def ceiling(table: pd.DataFrame) -> str:
    """Return how many gave the highest possible score in the first and the last month shown, if many did."""
    rows = _shown(table)
    rows = rows[rows["series"].eq("at_ceiling")].sort_values("x")
    if rows.empty or rows["estimate"].max() < CEILING:
        return ""
    first, last = rows.iloc[0], rows.iloc[-1]
    shares = f"{words.percent(first['estimate'])} of people in month {first['x'] + 1:.0f}"
    if last["x"] > first["x"]:
        shares += f" and {words.percent(last['estimate'])} in month {last['x'] + 1:.0f}"
    return f"{shares} gave the highest possible rating, so that a rise at the top cannot be seen."


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["status"].isin(SHOWN)]


def _one(table: pd.DataFrame, series: str) -> pd.Series | None:
    rows = _shown(table)
    rows = rows[rows["series"].eq(series)]
    return None if rows.empty else rows.iloc[0]


def _month(table: pd.DataFrame, month: int, series: str = "same_people") -> pd.Series | None:
    rows = _shown(table)
    rows = rows[rows["series"].eq(series) & rows["stat"].eq("mean") & rows["x"].eq(month)]
    return None if rows.empty else rows.iloc[0]
