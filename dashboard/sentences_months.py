"""Sentences on scores over the months: a rise is said of the same people only, and where the lines part it is said so.

Every function is pure; a number in a sentence is a cell of the table it was given.
"""

from __future__ import annotations

import pandas as pd

from dashboard import words
from dashboard.answers import definition
from dashboard.language import noted, say
from dashboard.sentences import SHOWN, capital, excludes_zero, withheld

PARTS_FROM = definition("lines_part").number("percent_of_spread") / 100
"""Standard deviations from which the lines are said to part, however uncertain."""
MONTHS = definition("same_people").number("months")
WARNINGS = {
    ("more", "rise"): noted(
        "Everybody's line rises more than that of the same people: part of the rise is people with lower scores "
        "leaving, not scores rising."
    ),
    ("more", "fall"): noted(
        "Everybody's line falls less than that of the same people: people with lower scores leaving hold it up."
    ),
    ("less", "rise"): noted(
        "Everybody's line rises less than that of the same people: people with higher scores leaving hold it down."
    ),
    ("less", "fall"): noted(
        "Everybody's line falls more than that of the same people: part of the fall is people with higher scores "
        "leaving, not scores falling."
    ),
}
"""What is said of everybody's line where it parts from that of the same people, by how, and by which way it goes."""
NO_SAME_PEOPLE = noted(
    "Too few people were rated in each of the first {months} months: everybody's line alone cannot tell scores that "
    "rise from people with lower scores leaving."
)
_CHANGED = {
    ("higher", "lower"): noted(
        "Of the same people, {higher} have a reliably higher score in month {month} than in month 1 and {lower} a "
        "reliably lower one."
    ),
    ("higher",): noted("Of the same people, {higher} have a reliably higher score in month {month} than in month 1."),
    ("lower",): noted("Of the same people, {lower} have a reliably lower score in month {month} than in month 1."),
    (): noted("Too few of the same people had a reliable change to print their share."),
}
"""What is said of reliable changes, by the shares that can be shown."""
CEILING = 0.1
"""Share at the highest possible score from which a sentence says so."""


def title(table: pd.DataFrame, *, what: str) -> str:
    """Return how scores of the same people compare between their first and last month, if their range excludes zero."""
    if not _shown(table)["stat"].eq("mean").any():
        return withheld(table, say("how {what} goes on over the months", what=what), asks=True)
    rise, first, last = _one(table, "same_people_rise"), _month(table, 0), _month(table, MONTHS - 1)
    if rise is None or first is None or last is None:
        return say(
            "{what} over the months: too few people rated every month to say whether it rises", what=capital(what)
        )
    values = (words.score(first["estimate"]), words.score(last["estimate"]))
    then = say("{first}, then {last}", first=values[0], last=values[1])
    if not excludes_zero(rise):
        return say(
            "Among the same people, no clear change in {what} from month 1 to month {month} ({then})",
            what=what,
            month=MONTHS,
            then=then,
        )
    points = words.points(rise["estimate"])
    by = then if values[0] != values[1] else say("by {points} points", points=points)
    if rise["estimate"] > 0:
        higher = noted("Among the same people, {what} is higher in month {month} than in month 1: {by}")
        return say(higher, what=what, month=MONTHS, by=by)
    lower = noted("Among the same people, {what} is lower in month {month} than in month 1: {by}")
    return say(lower, what=what, month=MONTHS, by=by)


def warning(table: pd.DataFrame) -> str:
    """Return that part of the rise is who leaves, where the lines part as the definition says; else nothing.

    Where there is no line of the same people, that nothing can be said; nothing where no line is shown at all.
    """
    row = _one(table, "lines_part")
    if row is None:
        everybody = _shown(table)
        everybody = everybody[everybody["series"].eq("everybody_rated") & everybody["stat"].eq("mean")]
        return say(NO_SAME_PEOPLE, months=MONTHS) if len(everybody) > 1 else ""
    if not lines_part(table):
        return ""
    ends = [_month(table, month, "everybody_rated") for month in (0, MONTHS - 1)]
    if ends[0] is None or ends[1] is None:
        return ""
    goes = "rise" if ends[1]["estimate"] > ends[0]["estimate"] else "fall"
    return say(WARNINGS["more" if row["estimate"] > 0 else "less", goes])


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
    ends = {end: f"{'−' if row[end] < 0 else ''}{words.points(row[end])}" for end in ("lower", "upper")}
    if not excludes_zero(row):
        return say(
            "On a line of each person's own, no clear rise or fall (could be {lower} to {upper} points a month).",
            **ends,
        )
    size = words.points(row["estimate"])
    if row["estimate"] > 0:
        return say(
            "On a line of each person's own, scores rise by {size} points a month (could be {lower} to {upper}).",
            size=size,
            **ends,
        )
    return say(
        "On a line of each person's own, scores fall by {size} points a month (could be {lower} to {upper}).",
        size=size,
        **ends,
    )


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
    return say(_CHANGED[tuple(shares)], month=MONTHS, **shares)


def ceiling(table: pd.DataFrame) -> str:
    """Return how many gave the highest possible score in the first and the last month shown, if many did."""
    rows = _shown(table)
    rows = rows[rows["series"].eq("at_ceiling")].sort_values("x")
    if rows.empty or rows["estimate"].max() < CEILING:
        return ""
    first, last = rows.iloc[0], rows.iloc[-1]
    ends = {
        "first": words.percent(first["estimate"]),
        "start": f"{first['x'] + 1:.0f}",
        "last": words.percent(last["estimate"]),
        "end": f"{last['x'] + 1:.0f}",
    }
    if last["x"] > first["x"]:
        return say(
            "{first} of people in month {start} and {last} in month {end} gave the highest possible rating, so that a "
            "rise at the top cannot be seen.",
            **ends,
        )
    return say(
        "{first} of people in month {start} gave the highest possible rating, so that a rise at the top cannot be "
        "seen.",
        **ends,
    )


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
