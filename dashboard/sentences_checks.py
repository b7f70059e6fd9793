"""Sentences on further checks of a ratio: people without a score, groups, sessions, every way out, both scores.

Every function is pure; a number in a sentence is a cell of the table it was given.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard import words
from dashboard.answers import definition
from dashboard.sentences import SHOWN, excludes_zero, withheld
from dashboard.sentences_ratio import NOT_MEASURED, agreement

DIFFERS = 0.05
"""A trait whose q-value comes out below this is named as one by which the link differs."""
MOST_SD = definition("without_score").number("most_sd")
TIPS = {"tipping_point": "lower", "tipping_point_higher": "higher"}
"""Rows of the least shift at which the link is no longer clear, and to which side."""
WAYS = {"left_early": "left early", "completed": "completed", "moved_on": "moved on", "other_exit": "left otherwise"}
KNOWN_LATER = "known_later"


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
            return withheld(table, f"{what} and people without a score")
        return f"Too few people to say what people without a score would change for {what}"
    if "none_missing" in set(table["reason"]):
        return f"Everybody still in the program on day 30 has a score of {what}"
    if "weighted" not in rows.index:
        return f"Too few people without a score of {what} to weigh them in"
    before, after = rows.loc["complete_cases"], rows.loc["weighted"]
    becomes = f"{words.ratio(before['estimate'])} becomes {words.ratio(after['estimate'])}"
    if pd.isna(before["lower"]):
        return f"Weighing in people without a score of {what}: {becomes}; too few coaches for a range"
    within = before["lower"] <= after["estimate"] <= before["upper"]
    if within and verdict(before) == verdict(after):
        return f"Weighing in people without a score changes little for {what}: {becomes}"
    if verdict(before) == verdict(after):
        return f"Weighing in people without a score changes the size of the link with {what}: {becomes}"
    now = "and is no longer clear" if verdict(before) else "and is clear now"
    return f"Weighing in people without a score changes the answer for {what}: {becomes} {now}"


def tipping(table: pd.DataFrame) -> str:
    """Return how far missing scores would have to lie from those of people like them for the link not to be clear."""
    rows = _of(table, "ratio")
    limits = table[table["series"].isin(list(TIPS))].set_index("series")
    if "complete_cases" not in rows.index or limits.empty:
        return ""
    has_range = pd.notna(rows.loc["complete_cases"]["lower"])
    if has_range and verdict(rows.loc["complete_cases"]) == 0:
        return "The link is not clear to begin with, so missing scores have nothing to undo."
    tips = [
        f"{limits.loc[series]['estimate']:g} standard deviations {side}"
        for series, side in TIPS.items()
        if series in limits.index and limits.loc[series]["status"] in SHOWN
    ]
    if not tips:
        kept = "the link clear" if has_range else "the ratio on its side of 1"
        return f"Even missing scores {MOST_SD} standard deviations from those guessed would leave {kept}."
    gone = "the link not be clear" if has_range else "the ratio reach 1"
    return f"Only if missing scores were at least {' or '.join(tips)} than guessed would {gone}."


def groups(table: pd.DataFrame, *, what: str, names: Mapping[str, str]) -> str:
    """Return by which traits the link differs, all their tests held together; `names` are the words for traits."""
    q_values = table[table["series"].eq("q_value") & table["status"].isin(SHOWN)]
    if q_values.empty:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, f"{what} among groups of people")
        if (table["stat"].eq("ratio") & table["status"].isin(SHOWN)).sum() > 1:
            return f"The link with {what} among groups of people: too few coaches for tests"
        return f"Too few people to say whether the link with {what} differs between groups"
    tests = f"{len(q_values)} {'tests' if len(q_values) > 1 else 'test'}"
    together = f"({tests} held together)" if len(q_values) > 1 else "(one test)"
    differ = [
        names.get(str(trait), str(trait)).lower() for trait in q_values[q_values["estimate"].lt(DIFFERS)]["grouping"]
    ]
    if differ:
        return f"The link with {what} differs by {words.joined(differ)} {together}"
    return f"No clear sign that the link with {what} differs between groups {together}"


def sessions(table: pd.DataFrame, *, what: str) -> str:
    """Return what the ratios by the second, third and fourth session say together."""
    if KNOWN_LATER in set(table["reason"]):
        return f"The answer for {what} after each session: these people are chosen by what is known only later"
    cells = table[table["stat"].eq("ratio") & table["level"].ne("")]
    return agreement(table, cells, what=what, choice="session", under="after")


def exits(table: pd.DataFrame, *, what: str) -> str:
    """Return which ways out were clearly more or less common, day by day, one step higher in the score."""
    rates = table[table["stat"].eq("ratio") & table["series"].eq("rate")]
    rows = rates[rates["status"].isin(SHOWN)].set_index("level")
    if rows.empty:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, f"every way out by {what}")
        return f"Too few people to say which ways out go with {what}"
    if rows["lower"].isna().all():
        return f"Every way out by {what}: too few coaches for ranges"
    said = [
        f"{done} {'less' if verdict(rows.loc[way]) < 0 else 'more'} often"
        for way, done in WAYS.items()
        if way in rows.index and verdict(rows.loc[way])
    ]
    if not said:
        return f"No way out goes clearly with {what}"
    return f"One step higher in {what}, people {words.joined(said)}"


def both(table: pd.DataFrame) -> str:
    """Return whether both scores together go with more, or less, than each alone adds up to."""
    rows = table[table["status"].isin(SHOWN)]
    products = rows[rows["stat"].eq("ratio") & rows["series"].eq("product")]
    people = rows[rows["stat"].eq("difference") & rows["series"].eq("per_100_both")]
    if products.empty:
        if NOT_MEASURED in set(table["status"]):
            return withheld(table, "early alliance and early self-efficacy together")
        return "Too few people to say whether the two scores together go with more than each alone"
    product = products.iloc[0]
    if pd.isna(product["lower"]):
        return "The two scores together: too few coaches for a range"
    if not people.empty and excludes_zero(people.iloc[0]):
        more = "more" if people["estimate"].iloc[0] > 0 else "fewer"
        count = words.of_100(people["estimate"].iloc[0])
        one = "person" if count.endswith(" 1") else "people"
        return f"Both scores higher go with {count} {more} {one} in every 100 staying than the two alone add up to"
    if verdict(product):
        stronger = "lower" if product["estimate"] < 1 else "higher"
        return (
            f"Where one score is higher the ratio of the other is {stronger}, {words.ratio(product['estimate'])} times "
            "per step; in people no clear sign of it"
        )
    return "No clear sign that the two scores together go with more or less than each alone"


def _of(table: pd.DataFrame, stat: str) -> pd.DataFrame:
    """Return the shown rows of a statistic without a place on an axis, by series."""
    return table[table["stat"].eq(stat) & table["x"].isna() & table["status"].isin(SHOWN)].set_index("series")
