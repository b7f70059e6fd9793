"""Sentences on what goes together day by day: within a person and between people, and in both directions.

Every function is pure; a number in a sentence is a cell of the table it was given.
"""

from __future__ import annotations

import pandas as pd

from dashboard import words
from dashboard.sentences import SHOWN, excludes_zero, withheld
from dashboard.sentences_checks import verdict
from dashboard.sentences_ratio import NOT_MEASURED

SMALL = 0.1
"""Below this a correlation is less than what is called small (Cohen 1988), however certain it is."""
BOTH_WAYS = (
    "read both directions together: people about to leave may rate lower, and people who miss sessions may rate lower "
    "afterwards."
)
TWO_QUESTIONS = (
    "these are two questions. Within a person: do the two scores rise and fall together? Between people: are people "
    "higher in one also higher in the other? The answers may differ, in size and in direction."
)


def lagged(table: pd.DataFrame, *, what: str) -> str:
    """Return how leaving early goes with the last score before it, between people and within a person."""
    rows = _shown(table, "ratio")
    if rows.empty:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, f"leaving early and the last score of {what}")
        return f"Too few people to say whether leaving early goes with the last score of {what}"
    if rows["lower"].isna().all():
        return f"Leaving early and the last score of {what}: too few coaches for ranges"
    among = {"between": f"among people with higher {what}", "within": "after a score above the person's own"}
    where = {"between": "between people", "within": "within a person"}
    sides = {series: verdict(rows.loc[series]) for series in among if series in rows.index}
    unclear = [where[series] for series, side in sides.items() if not side]
    if len(unclear) == len(sides):
        return f"No clear link of leaving early with the last score of {what}, {' or '.join(unclear)}"
    often = {-1: "less common", 1: "more common"}
    clear = [f"{often[side]} {among[series]}" for series, side in sides.items() if side]
    if len(set(sides.values())) == 1 and len(sides) == 2:
        clear = [clear[0], among["within"]]
    ending = f"; {unclear[0]} no clear link" if unclear else ""
    return f"Leaving early was {', and '.join(clear)}{ending}"


def missed(table: pd.DataFrame, *, what: str) -> str:
    """Return how far the rating after a missed session lies from the same person's others, if the range excludes 0."""
    rows = _shown(table, "difference")
    if rows.empty:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, f"{what} after a missed session")
        return f"Too few people to say whether the next rating of {what} differs after a missed session"
    row = rows.iloc[0]
    if pd.isna(row["lower"]):
        return f"The next rating of {what} after a missed session: too few coaches for a range"
    if not excludes_zero(row):
        return f"After a missed session no clear difference in the next rating of {what}"
    lower = "lower" if row["estimate"] < 0 else "higher"
    return f"After a missed session the next rating of {what} was {lower} by {words.points(row['estimate'])} points"


def together(table: pd.DataFrame, *, first: str, second: str) -> str:
    """Return whether two scores go together between people and within a person."""
    rows = _shown(table, "correlation")
    if rows.empty:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, f"{first} and {second} moving together")
        return f"Too few people to say whether {first} and {second} move together"
    said = [
        f"{_linked(rows.loc[series]) if series in rows.index else 'too few to say'} {where}"
        + (f" ({words.correlation(rows.loc[series]['estimate'])})" if series in rows.index else "")
        for series, where in (("between", "between people"), ("within", "within a person"))
    ]
    return f"{first[:1].upper()}{first[1:]} and {second}: {', '.join(said)}"


def _linked(row: pd.Series) -> str:
    """Return how two scores go together: clear only where the range excludes 0, and hardly where it is small."""
    if pd.isna(row["lower"]) or not excludes_zero(row):
        return "no clear link"
    if abs(row["estimate"]) < SMALL:
        return "hardly linked"
    return "together" if row["estimate"] > 0 else "opposite ways"


def _shown(table: pd.DataFrame, stat: str) -> pd.DataFrame:
    return table[table["stat"].eq(stat) & table["status"].isin(SHOWN)].set_index("series")
