"""Sentences on further checks of a ratio: people without a score, groups, sessions, every way out, both scores.

Every function is pure; a number in a sentence is a cell of the table it was given.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard import words
from dashboard.answers import definition
from dashboard.language import noted, say
from dashboard.sentences import SHOWN, excludes_zero, more_people, withheld
from dashboard.sentences_ratio import NOT_MEASURED, Choice, agreement

DIFFERS = 0.05
"""A trait whose q-value comes out below this is named as one by which the link differs."""
MOST_SD = definition("without_score").number("most_sd")
TIPS = {
    "tipping_point": noted("{number} standard deviations lower"),
    "tipping_point_higher": noted("{number} standard deviations higher"),
}
"""Rows of the least shift at which the link is no longer clear, and how it is said."""
WAYS = {
    "left_early": {-1: noted("left early less often"), 1: noted("left early more often")},
    "completed": {-1: noted("completed less often"), 1: noted("completed more often")},
    "moved_on": {-1: noted("moved on less often"), 1: noted("moved on more often")},
    "other_exit": {-1: noted("left otherwise less often"), 1: noted("left otherwise more often")},
}
"""How a way out is said that was clearly less (-1) or more (1) common."""
SESSIONS = Choice(
    none=noted("{what} after other sessions"),
    alike=(
        noted("{answers}: after every session, people one step higher in {what} left early less often"),
        noted("{answers}: after every session, people one step higher in {what} left early more often"),
    ),
    unclear=noted("{answers}, none of them clear: no clear link of {what} after any session"),
    opposite=noted("The answer for {what} depends on the session: the {shown} answers lie between {low} and {high}"),
)
KNOWN_LATER = "known_later"
_WEIGHED = {
    "no_range": noted(
        "Weighing in people without a score of {what}: {before} becomes {after}; too few coaches for a range"
    ),
    "none": noted("Weighing in people without a score does not change the ratio for {what}: {before} with and without"),
    "little": noted("Weighing in people without a score changes little for {what}: {before} becomes {after}"),
    "size": noted(
        "Weighing in people without a score changes the size of the link with {what}: {before} becomes {after}"
    ),
    "unclear_now": noted(
        "Weighing in people without a score changes the answer for {what}: {before} becomes {after} and is no longer "
        "clear"
    ),
    "clear_now": noted(
        "Weighing in people without a score changes the answer for {what}: {before} becomes {after} and is clear now"
    ),
}
"""What weighing in people without a score does to a ratio."""


def verdict(row: pd.Series) -> int:
    """Return -1 where the range of a ratio lies below 1, 1 above it, 0 where it holds 1 or there is none."""
    return -1 if row["upper"] < 1 else 1 if row["lower"] > 1 else 0


def missing(table: pd.DataFrame, *, what: str) -> str:
    """Return what weighing in people without a score does to the ratio.

    It changes little where the weighted ratio lies in the range of the ratio among those with a score, and both say
    the same of 1: below it, above it, or not clear.
    """
    rows = _of(table, "ratio")
    if "complete_cases" not in rows.index:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, say("{what} and people without a score", what=what))
        return say("Too few people to say what people without a score would change for {what}", what=what)
    if "none_missing" in set(table["reason"]):
        return say("Everybody still in the program on day 30 has a score of {what}", what=what)
    if "weighted" not in rows.index:
        return say("Too few people without a score of {what} to weigh them in", what=what)
    before, after = rows.loc["complete_cases"], rows.loc["weighted"]
    ratios = {"before": words.ratio(before["estimate"]), "after": words.ratio(after["estimate"])}
    return say(_WEIGHED[_weighed(before, after)], what=what, **ratios)


def _weighed(before: pd.Series, after: pd.Series) -> str:
    """Return what becomes of a ratio once people without a score are weighed in."""
    if pd.isna(before["lower"]):
        return "no_range"
    if verdict(before) == verdict(after):
        if words.ratio(before["estimate"]) == words.ratio(after["estimate"]):
            return "none"
        return "little" if before["lower"] <= after["estimate"] <= before["upper"] else "size"
    return "unclear_now" if verdict(before) else "clear_now"


def tipping(table: pd.DataFrame) -> str:
    """Return how far missing scores would have to lie from those of people like them for the link not to be clear."""
    rows = _of(table, "ratio")
    limits = table[table["series"].isin(list(TIPS))].set_index("series")
    if "complete_cases" not in rows.index or limits.empty:
        return ""
    has_range = pd.notna(rows.loc["complete_cases"]["lower"])
    if has_range and verdict(rows.loc["complete_cases"]) == 0:
        return say("The link is not clear to begin with, so missing scores have nothing to undo.")
    tips = [
        say(said, number=f"{limits.loc[series]['estimate']:g}")
        for series, said in TIPS.items()
        if series in limits.index and limits.loc[series]["status"] in SHOWN
    ]
    return _tips(tips, has_range)


def _tips(tips: list[str], has_range: bool) -> str:
    """Return how far missing scores would have to lie, `tips` to either side, for the link or its side to be undone."""
    if not tips and has_range:
        return say(
            "Even missing scores {most} standard deviations away from our guesses would leave the link clear.",
            most=MOST_SD,
        )
    if not tips:
        return say(
            "Even missing scores {most} standard deviations away from our guesses would leave the ratio on its side of "
            "1.",
            most=MOST_SD,
        )
    far = say("{one} or {other}", one=tips[0], other=tips[1]) if len(tips) > 1 else tips[0]
    if has_range:
        return say("Only if missing scores were at least {far} than guessed would the link not be clear.", far=far)
    return say("Only if missing scores were at least {far} than guessed would the ratio reach 1.", far=far)


def groups(table: pd.DataFrame, *, what: str, names: Mapping[str, str]) -> str:
    """Return by which traits the link differs, all their tests held together; `names` are the words for traits."""
    q_values = table[table["series"].eq("q_value") & table["status"].isin(SHOWN)]
    if q_values.empty:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, say("{what} among groups of people", what=what))
        if (table["stat"].eq("ratio") & table["status"].isin(SHOWN)).sum() > 1:
            return say("The link with {what} among groups of people: too few coaches for tests", what=what)
        return say("Too few people to say whether the link with {what} differs between groups", what=what)
    differ = [
        names.get(str(trait), str(trait)).lower() for trait in q_values[q_values["estimate"].lt(DIFFERS)]["grouping"]
    ]
    return say(_DIFFER[bool(differ), len(q_values) > 1], what=what, traits=words.joined(differ), tests=len(q_values))


_DIFFER = {
    (True, True): noted("The link with {what} differs by {traits} ({tests} tests held together)"),
    (True, False): noted("The link with {what} differs by {traits} (one test)"),
    (False, True): noted(
        "No clear sign that the link with {what} differs between groups ({tests} tests held together)"
    ),
    (False, False): noted("No clear sign that the link with {what} differs between groups (one test)"),
}
"""Whether the link differs by a trait, and whether more than one was tested."""


def sessions(table: pd.DataFrame, *, what: str) -> str:
    """Return what the ratios by the second, third and fourth session say together."""
    if KNOWN_LATER in set(table["reason"]):
        return say(
            "The answer for {what} after each session: these people are chosen by what is known only later", what=what
        )
    cells = table[table["stat"].eq("ratio") & table["level"].ne("")]
    return agreement(table, cells, SESSIONS, what=what)


def exits(table: pd.DataFrame, *, what: str) -> str:
    """Return which ways out were clearly more or less common, day by day, one step higher in the score."""
    rates = table[table["stat"].eq("ratio") & table["series"].eq("rate")]
    rows = rates[rates["status"].isin(SHOWN)].set_index("level")
    if rows.empty:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, say("every way out by {what}", what=what))
        return say("Too few people to say which ways out go with {what}", what=what)
    if rows["lower"].isna().all():
        return say("Every way out by {what}: too few coaches for ranges", what=what)
    clear = {way: verdict(rows.loc[way]) for way in WAYS if way in rows.index}
    said = [say(WAYS[way][side]) for way, side in clear.items() if side]
    if not said:
        return say("No way out goes clearly with {what}", what=what)
    return say("One step higher in {what}, people {ways}", what=what, ways=words.joined(said))


def both(table: pd.DataFrame) -> str:
    """Return whether both scores together go with more, or less, than each alone adds up to."""
    rows = table[table["status"].isin(SHOWN)]
    products = rows[rows["stat"].eq("ratio") & rows["series"].eq("product")]
    people = rows[rows["stat"].eq("difference") & rows["series"].eq("per_100_both")]
    if products.empty:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, say("early alliance and early self-efficacy together"))
        return say("Too few people to say whether the two scores together go with more than each alone")
    product = products.iloc[0]
    if pd.isna(product["lower"]):
        return say("The two scores together: too few coaches for a range")
    if not people.empty and excludes_zero(people.iloc[0]):
        return say(
            "Both scores higher go with {people} in every 100 staying than the two alone add up to",
            people=more_people(people["estimate"].iloc[0]),
        )
    if not verdict(product):
        return say("No clear sign that the two scores together go with more or less than each alone")
    times = words.ratio(product["estimate"])
    if product["estimate"] < 1:
        return say(
            "Where one score is higher the ratio of the other is lower, {times} times per step; in people no clear "
            "sign of it",
            times=times,
        )
    return say(
        "Where one score is higher the ratio of the other is higher, {times} times per step; in people no clear sign "
        "of it",
        times=times,
    )


def _of(table: pd.DataFrame, stat: str) -> pd.DataFrame:
    """Return the shown rows of a statistic without a place on an axis, by series."""
    return table[table["stat"].eq(stat) & table["x"].isna() & table["status"].isin(SHOWN)].set_index("series")
