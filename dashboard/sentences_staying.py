"""Sentences on when and how long people stay, who comes, and who begins to help others.

Every function is pure; a number in a sentence is a cell of the table it was given.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist

import pandas as pd

from dashboard import words
from dashboard.charts.milestones import NAMES as MILESTONES
from dashboard.sentences import SHOWN, withheld

LATER = 85
"""First day of the weeks, after three months, that the first week is compared with."""
CLOSE = 0.05
"""Shares this near to each other under every gap are said to be nearly the same."""
HORIZON = 180


def days(table: pd.DataFrame, *, what: str, names: Mapping[str, str] | None = None, bands: bool = False) -> str:
    """Return by how many days groups differ, if the range excludes zero; of several groups the widest such difference.

    With several differences their ranges are widened, so that one of many is not taken for a finding by chance.
    """
    pairs = _pairs(table)
    if bands:
        pairs = pairs[pairs["level"].eq("higher|lower")]
    if pairs.empty:
        unmeasured = "not_measured" in set(table["status"])
        return withheld(table, f"days stayed by {what}") if unmeasured else f"Too few people to compare days by {what}"
    clear = pairs[clear_of_zero(pairs)]
    if clear.empty:
        return f"No clear difference in days stayed by {what}"
    row = clear.loc[clear["estimate"].abs().idxmax()]
    one, _, other = str(row["level"]).partition("|")
    days_apart = words.number(abs(row["estimate"]))
    low, high = sorted(abs(row[name]) for name in ("lower", "upper"))
    between = f"(could be {words.number(low)} to {words.number(high)})"
    more = "more" if row["estimate"] > 0 else "fewer"
    of = f"of the first {row['x']:.0f}" if row["x"] >= HORIZON else f"of the {row['x']:.0f} after day 30"
    if bands:
        return f"People with higher {what} stayed about {days_apart} {more} days {of} than with lower {between}"
    first, second = words.name(one, names), words.name(other, names)
    return f"{first}: about {days_apart} {more} days {of} than {second} {between}"


def weeks(table: pd.DataFrame) -> str:
    """Return whether more people leave in the first week than later, if the ranges lie apart."""
    rows = _shown(table)
    rows = rows[rows["stat"].eq("share")].sort_values("x")
    if rows.empty:
        return withheld(table, "when people go")
    first, later = rows[rows["x"].eq(1)], rows[rows["x"].eq(LATER)]
    if first.empty or later.empty:
        return "When people go, week by week"
    start, after = first.iloc[0], later.iloc[0]
    first_week, later_week = words.percent(start["estimate"]), words.percent(after["estimate"])
    shares = f"{first_week} in the first week, {later_week} a week after three months"
    if start["lower"] > after["upper"]:
        return f"People go most often at the start: {shares}"
    if start["upper"] < after["lower"]:
        return f"People go less often at the start than later: {shares}"
    return f"No clear difference between the first week and later weeks: {shares}"


def milestones(table: pd.DataFrame) -> str:
    """Return whether staying to six months differs by time of enrolment."""
    rows = _shown(table)
    rows = rows[rows["stat"].eq("share") & rows["x"].eq(HORIZON) & rows["level"].ne("")]
    if rows.empty:
        return withheld(table, f"how many stayed to {MILESTONES[HORIZON]}, by time of enrolment")
    if len(rows) == 1:
        row = rows.iloc[0]
        return f"{words.about(row['estimate'])} enrolled in {words.period(str(row['level']))} stayed to 6 months"
    low, high = rows.loc[rows["estimate"].idxmin()], rows.loc[rows["estimate"].idxmax()]
    pairs = _pairs(table)
    pairs = pairs[pairs["x"].eq(HORIZON)]
    clear = pairs[clear_of_zero(pairs)]
    if clear.empty:
        between = words.percent_range(low["estimate"], high["estimate"])
        return f"No clear change in staying to 6 months by time of enrolment ({between})"
    row = clear.loc[clear["estimate"].abs().idxmax()]
    shares = dict(zip(rows["level"], rows["estimate"], strict=True))
    told = [f"{words.percent(shares[level])} ({words.period(level)})" for level in str(row["level"]).split("|")]
    return f"Staying to 6 months differs by time of enrolment: {told[0]}, against {told[1]}"


def gaps(table: pd.DataFrame) -> str:
    """Return how far apart the shares are that stayed under the different gaps."""
    rows = _shown(table)
    rows = rows[rows["stat"].eq("share") & rows["x"].notna()].sort_values("x")
    if len(rows) < 2:
        return withheld(table, "how many stayed under other gaps")
    low, high = float(rows["estimate"].min()), float(rows["estimate"].max())
    between = words.percent_range(low, high)
    if high - low < CLOSE:
        return f"The answer hardly hangs on the gap: {between} stayed to 6 months under every one"
    return f"The answer hangs on the gap: between {between.replace(' to ', ' and ')} stayed to 6 months"


def attendance(table: pd.DataFrame) -> str:
    """Return how many sessions due were attended, from the row over everybody."""
    rows = _shown(table)
    rows = rows[rows["series"].eq("") & rows["level"].eq("") & rows["shape"].ne("")]
    if rows.empty:
        return withheld(table, "how many planned sessions take place")
    share = float(rows["estimate"].iloc[0])
    missed = words.percent(1 - share)
    return f"{words.percent(share)} of sessions due were attended; {missed} were missed or called off late"


def caseload(table: pd.DataFrame) -> str:
    """Return how many people came in the last month, and in the month with most."""
    rows = _shown(table)
    rows = rows[rows["stat"].eq("count") & rows["shape"].eq("bar")].sort_values("level")
    if rows.empty:
        if "not_applicable" in set(table["status"]):
            return "People by month: not known for these filters"
        return withheld(table, "how many people come each month")
    last, most = rows.iloc[-1], rows.loc[rows["estimate"].idxmax()]
    said = f"{words.people(last['estimate'])} came to a session in {words.month(str(last['level']))}"
    if most["level"] == last["level"]:
        return f"{said}, more than in any month before" if len(rows) > 1 else said
    return f"{said}; most came in {words.month(str(most['level']))}: {words.number(most['estimate'])}"


def helping(table: pd.DataFrame, *, what: str = "early self-efficacy") -> str:
    """Return whether people with higher scores helped others more often later, if the ratio's range excludes 1."""
    rows = _shown(table)
    rows = rows[rows["stat"].eq("rate")].set_index("level")
    if not {"lower", "higher"} <= set(rows.index):
        if "not_measured" in set(table["status"]):
            return withheld(table, f"helping others by {what}")
        return f"Too few people to compare helping others by {what}"
    high, low = rows.loc["higher"], rows.loc["lower"]
    each = f"{words.score(high['estimate'])} events per 100 months, against {words.score(low['estimate'])} with lower"
    if min(high["estimate"], low["estimate"]) <= 0 or not _apart(high, low):
        return f"No clear link between {what} and helping others"
    more = "more" if high["estimate"] > low["estimate"] else "less"
    return f"People with higher {what} later helped others {more} often: {each}"


def generations(table: pd.DataFrame) -> str:
    """Return how many people came through somebody in the program, and how many of a second generation."""
    if "not_measured" in set(table["status"]):
        return "Who came through whom: not recorded"
    rows = _shown(table).set_index("series")
    if "came_through_somebody" not in rows.index:
        return withheld(table, "how many people came through somebody in the program")
    said = f"{words.people(rows.loc['came_through_somebody', 'estimate'])} came through somebody in the program"
    if "second_generation" not in rows.index:
        return said
    return f"{said}, {words.number(rows.loc['second_generation', 'estimate'])} of them in a second generation"


def _apart(one: pd.Series, other: pd.Series) -> bool:
    """Tell whether the ratio of two rates of separate people has a range on one side of 1."""
    ends = [one["lower"], one["upper"], other["lower"], other["upper"]]
    if any(pd.isna(end) or end <= 0 for end in ends):
        return False
    if one["estimate"] < other["estimate"]:
        one, other = other, one
    gap = math.log(one["estimate"] / other["estimate"])
    return gap > math.hypot(math.log(one["estimate"] / one["lower"]), math.log(other["upper"] / other["estimate"]))


def _pairs(table: pd.DataFrame) -> pd.DataFrame:
    rows = _shown(table)
    rows = rows[rows["stat"].eq("difference") & rows["level"].str.contains("|", regex=False)]
    return rows[rows["lower"].notna() & rows["upper"].notna()]


def clear_of_zero(pairs: pd.DataFrame) -> pd.Series:
    """Tell which differences have a range without zero once it is widened for how many differences there are."""
    if pairs.empty:
        return pd.Series(dtype=bool)
    wider = NormalDist().inv_cdf(1 - 0.025 / len(pairs)) / NormalDist().inv_cdf(0.975)
    low = pairs["estimate"] - wider * (pairs["estimate"] - pairs["lower"])
    high = pairs["estimate"] + wider * (pairs["upper"] - pairs["estimate"])
    return low.gt(0) | high.lt(0)


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["status"].isin(SHOWN)]
