"""Sentences on what goes together day by day: within a person and between people, and in both directions.

Every function is pure; a number in a sentence is a cell of the table it was given.
"""

from __future__ import annotations

import pandas as pd

from dashboard import words
from dashboard.language import noted, say
from dashboard.sentences import SHOWN, capital, excludes_zero, withheld
from dashboard.sentences_checks import verdict
from dashboard.sentences_ratio import NOT_MEASURED

SMALL = 0.1
"""Below this a correlation is less than what is called small (Cohen 1988), however certain it is."""
BOTH_WAYS = noted(
    "read both directions together: people about to leave may rate lower, and people who miss sessions may rate lower "
    "afterwards."
)
TWO_QUESTIONS = noted(
    "these are two questions. Within a person: do the two scores rise and fall together? Between people: are people "
    "higher in one also higher in the other? The answers may differ, in size and in direction."
)
_UNCLEAR = {
    ("between",): noted("No clear link of leaving early with the last score of {what}, between people"),
    ("within",): noted("No clear link of leaving early with the last score of {what}, within a person"),
    ("between", "within"): noted(
        "No clear link of leaving early with the last score of {what}, between people or within a person"
    ),
}
"""What is said where no part of the last score goes clearly with leaving early, by the parts there are."""
_CLEAR = {
    ("less", "less"): noted(
        "Leaving early was less common among people with higher {what}, and after a score above the person's own"
    ),
    ("more", "more"): noted(
        "Leaving early was more common among people with higher {what}, and after a score above the person's own"
    ),
    ("less", "more"): noted(
        "Leaving early was less common among people with higher {what}, and more common after a score above the "
        "person's own"
    ),
    ("more", "less"): noted(
        "Leaving early was more common among people with higher {what}, and less common after a score above the "
        "person's own"
    ),
    ("less", "unclear"): noted(
        "Leaving early was less common among people with higher {what}; within a person no clear link"
    ),
    ("more", "unclear"): noted(
        "Leaving early was more common among people with higher {what}; within a person no clear link"
    ),
    ("unclear", "less"): noted(
        "Leaving early was less common after a score above the person's own; between people no clear link"
    ),
    ("unclear", "more"): noted(
        "Leaving early was more common after a score above the person's own; between people no clear link"
    ),
    ("less", "absent"): noted("Leaving early was less common among people with higher {what}"),
    ("more", "absent"): noted("Leaving early was more common among people with higher {what}"),
    ("absent", "less"): noted("Leaving early was less common after a score above the person's own"),
    ("absent", "more"): noted("Leaving early was more common after a score above the person's own"),
}
"""What is said of the last score between people, then within a person; 'absent' is a part without a row."""
_TOGETHER = {
    "between": {
        "together": noted("together between people ({number})"),
        "opposite": noted("opposite ways between people ({number})"),
        "hardly": noted("hardly linked between people ({number})"),
        "unclear": noted("no clear link between people ({number})"),
        "absent": noted("too few to say between people"),
    },
    "within": {
        "together": noted("together within a person ({number})"),
        "opposite": noted("opposite ways within a person ({number})"),
        "hardly": noted("hardly linked within a person ({number})"),
        "unclear": noted("no clear link within a person ({number})"),
        "absent": noted("too few to say within a person"),
    },
}
"""How two scores go together, by the question asked."""


def lagged(table: pd.DataFrame, *, what: str) -> str:
    """Return how leaving early goes with the last score before it, between people and within a person."""
    rows = _shown(table, "ratio")
    if rows.empty:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, say("leaving early and the last score of {what}", what=what))
        return say("Too few people to say whether leaving early goes with the last score of {what}", what=what)
    if rows["lower"].isna().all():
        return say("Leaving early and the last score of {what}: too few coaches for ranges", what=what)
    known = [series for series in ("between", "within") if series in rows.index]
    sides = {series: _SIDES[verdict(rows.loc[series])] for series in known}
    if set(sides.values()) == {"unclear"}:
        return say(_UNCLEAR[tuple(known)], what=what)
    return say(_CLEAR[sides.get("between", "absent"), sides.get("within", "absent")], what=what)


_SIDES = {-1: "less", 0: "unclear", 1: "more"}


def missed(table: pd.DataFrame, *, what: str) -> str:
    """Return how far the rating after a missed session lies from the same person's others, if the range excludes 0."""
    rows = _shown(table, "difference")
    if rows.empty:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, say("{what} after a missed session", what=what))
        return say("Too few people to say whether the next rating of {what} differs after a missed session", what=what)
    row = rows.iloc[0]
    if pd.isna(row["lower"]):
        return say("The next rating of {what} after a missed session: too few coaches for a range", what=what)
    if not excludes_zero(row):
        return say("After a missed session no clear difference in the next rating of {what}", what=what)
    points = words.points(row["estimate"])
    if row["estimate"] < 0:
        return say(
            "After a missed session the next rating of {what} was lower by {points} points", what=what, points=points
        )
    return say(
        "After a missed session the next rating of {what} was higher by {points} points", what=what, points=points
    )


def together(table: pd.DataFrame, *, first: str, second: str) -> str:
    """Return whether two scores go together between people and within a person."""
    rows = _shown(table, "correlation")
    if rows.empty:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, say("{first} and {second} moving together", first=first, second=second))
        return say("Too few people to say whether {first} and {second} move together", first=first, second=second)
    between, within = (
        say(said[_linked(rows.loc[series])], number=words.correlation(rows.loc[series]["estimate"]))
        if series in rows.index
        else say(said["absent"])
        for series, said in _TOGETHER.items()
    )
    return say(
        "{first} and {second}: {between}, {within}",
        first=capital(first),
        second=second,
        between=between,
        within=within,
    )


def _linked(row: pd.Series) -> str:
    """Return how two scores go together: clear only where the range excludes 0, and hardly where it is small."""
    if pd.isna(row["lower"]) or not excludes_zero(row):
        return "unclear"
    if abs(row["estimate"]) < SMALL:
        return "hardly"
    return "together" if row["estimate"] > 0 else "opposite"


def _shown(table: pd.DataFrame, stat: str) -> pd.DataFrame:
    return table[table["stat"].eq(stat) & table["status"].isin(SHOWN)].set_index("series")
