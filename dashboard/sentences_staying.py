"""Sentences on when and how long people stay, who comes, and who begins to help others.

Every function is pure; a number in a sentence is a cell of the table it was given.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard import clear, words
from dashboard.estimate_rows import only_group
from dashboard.language import noted, say
from dashboard.sentences import SHOWN, could_be, nothing_beside, withheld

LATER = 85
"""First day of the four weeks that the first week is compared with: the first whole bar after three months."""
CLOSE = 0.05
"""Shares this near to each other under every gap are said to be nearly the same."""
HORIZON = 180
_APART = {
    ("bands", "more"): noted(
        "People with higher {what} stayed about {number} more days {stretch} than people with lower"
    ),
    ("bands", "fewer"): noted(
        "People with higher {what} stayed about {number} fewer days {stretch} than people with lower"
    ),
    ("groups", "more"): noted("{first}: about {number} more days {stretch} than {second}"),
    ("groups", "fewer"): noted("{first}: about {number} fewer days {stretch} than {second}"),
}
"""How many days apart two score bands or two other groups are."""


def days(table: pd.DataFrame, *, what: str, names: Mapping[str, str] | None = None, bands: bool = False) -> str:
    """Return by how many days groups differ, if the range excludes zero; of several groups the widest such difference.

    With several differences their ranges are widened, so that one of many is not taken for a finding by chance.
    """
    compared = clear.pairs(table)
    if bands:
        compared = compared[compared["level"].eq("higher|lower")]
    if compared.empty:
        if "not_measured" in set(table["status"]):
            return withheld(table, say("days stayed by {what}", what=what))
        if not bands and (alone := only_group(table)):
            return nothing_beside(alone, names)
        return say("Too few people to compare days by {what}", what=what)
    apart = compared[clear.clear_of_zero(compared)]
    if apart.empty:
        return say("No clear difference in days stayed by {what}", what=what)
    row = apart.loc[apart["estimate"].abs().idxmax()]
    one, _, other = str(row["level"]).partition("|")
    number = f"{row['x']:.0f}"
    said = say(
        _APART["bands" if bands else "groups", "more" if row["estimate"] > 0 else "fewer"],
        what=what,
        first=words.name(one, names),
        second=words.name(other, names),
        number=words.number(abs(row["estimate"])),
        stretch=say("of the first {days}", days=number)
        if row["x"] >= HORIZON
        else say("of the {days} after day 30", days=number),
    )
    low, high = sorted(abs(row[name]) for name in ("lower", "upper"))
    return could_be(said, words.between(words.number(low), words.number(high)))


def weeks(table: pd.DataFrame) -> str:
    """Return whether more people leave in the first week than later, if the ranges lie apart."""
    rows = _shown(table)
    rows = rows[rows["stat"].eq("share")].sort_values("x")
    if rows.empty:
        return withheld(table, say("when people go"))
    first, later = rows[rows["x"].eq(1)], rows[rows["x"].eq(LATER)]
    if first.empty or later.empty:
        return say("When people go, week by week")
    start, after = first.iloc[0], later.iloc[0]
    shares = say(
        "{first} in the first week, {later} a week in weeks 13 to 16",
        first=words.percent(start["estimate"]),
        later=words.percent(after["estimate"]),
    )
    if start["lower"] > after["upper"]:
        return say("People go most often at the start: {shares}", shares=shares)
    if start["upper"] < after["lower"]:
        return say("People go less often at the start than later: {shares}", shares=shares)
    return say("No clear difference between the first week and later weeks: {shares}", shares=shares)


def milestones(table: pd.DataFrame) -> str:
    """Return whether staying to six months differs by time of enrolment."""
    rows = _shown(table)
    rows = rows[rows["stat"].eq("share") & rows["x"].eq(HORIZON) & rows["level"].ne("")]
    if rows.empty:
        return withheld(table, say("how many stayed to 6 months, by time of enrolment"), asks=True)
    if len(rows) == 1:
        row = rows.iloc[0]
        return say(
            "{many} enrolled in {period} stayed to 6 months",
            many=words.about(row["estimate"]),
            period=words.period(str(row["level"])),
        )
    compared = clear.pairs(table)
    compared = compared[compared["x"].eq(HORIZON)]
    apart = compared[clear.clear_of_zero(compared)]
    if apart.empty:
        low, high = words.percent(rows["estimate"].min()), words.percent(rows["estimate"].max())
        if low == high:
            return say("No clear change in staying to 6 months by time of enrolment: {low} in every period", low=low)
        return say(
            "No clear change in staying to 6 months by time of enrolment: from {low} to {high}", low=low, high=high
        )
    row = apart.loc[apart["estimate"].abs().idxmax()]
    shares = dict(zip(rows["level"], rows["estimate"], strict=True))
    one, other = (f"{words.percent(shares[level])} ({words.period(level)})" for level in str(row["level"]).split("|"))
    return say("Staying to 6 months differs by time of enrolment: {one}, against {other}", one=one, other=other)


def gaps(table: pd.DataFrame) -> str:
    """Return how far apart the shares are that stayed under the different gaps."""
    rows = _shown(table)
    rows = rows[rows["stat"].eq("share") & rows["x"].notna()].sort_values("x")
    if len(rows) < 2:
        return withheld(table, say("how many stayed under other gaps"), asks=True)
    low, high = float(rows["estimate"].min()), float(rows["estimate"].max())
    if high - low < CLOSE:
        between = words.percent_range(low, high)
        return say(
            "The answer hardly depends on the gap: {between} stayed to 6 months, whichever is used", between=between
        )
    return say(
        "The answer depends on the gap: between {low} and {high} stayed to 6 months",
        low=words.percent(low),
        high=words.percent(high),
    )


def attendance(table: pd.DataFrame) -> str:
    """Return how many sessions due were attended, from the row over everybody."""
    rows = _shown(table)
    rows = rows[rows["series"].eq("") & rows["level"].eq("") & rows["shape"].ne("")]
    if rows.empty:
        return withheld(table, say("how many planned sessions take place"), asks=True)
    share = float(rows["estimate"].iloc[0])
    return say(
        "{share} of sessions due were attended; {missed} were missed or called off late",
        share=words.percent(share),
        missed=words.percent(1 - share),
    )


def caseload(table: pd.DataFrame) -> str:
    """Return how many people came in the last month, and in the month with most."""
    rows = _shown(table)
    rows = rows[rows["stat"].eq("count") & rows["shape"].eq("bar")].sort_values("level")
    if rows.empty:
        if "not_applicable" in set(table["status"]):
            return say("People by month: not known for these filters")
        return withheld(table, say("how many people come each month"), asks=True)
    last, most = rows.iloc[-1], rows.loc[rows["estimate"].idxmax()]
    known = {"people": words.people(last["estimate"]), "month": words.month(str(last["level"]))}
    if most["level"] != last["level"]:
        return say(
            "{people} came to a session in {month}; the most in one month were {number}, in {most}",
            most=words.month(str(most["level"])),
            number=words.number(most["estimate"]),
            **known,
        )
    if len(rows) > 1:
        return say("{people} came to a session in {month}, more than in any month before", **known)
    return say("{people} came to a session in {month}", **known)


def helping(table: pd.DataFrame, *, what: str = "") -> str:
    """Return whether people with higher scores helped others more often later, if the ratio's range excludes 1."""
    what = what or say("early self-efficacy")
    rows = _shown(table)
    rows = rows[rows["stat"].eq("rate")].set_index("level")
    if not {"lower", "higher"} <= set(rows.index):
        if "not_measured" in set(table["status"]):
            return withheld(table, say("helping others by {what}", what=what))
        return say("Too few people to compare helping others by {what}", what=what)
    high, low = rows.loc["higher"], rows.loc["lower"]
    if min(high["estimate"], low["estimate"]) <= 0 or not clear.rates(high, low):
        return say("No clear link between {what} and helping others", what=what)
    known = {"what": what, "high": words.score(high["estimate"]), "low": words.score(low["estimate"])}
    if high["estimate"] > low["estimate"]:
        return say(
            "People with higher {what} later helped others more often: {high} events per 100 months, against {low} "
            "among people with lower",
            **known,
        )
    return say(
        "People with higher {what} later helped others less often: {high} events per 100 months, against {low} among "
        "people with lower",
        **known,
    )


def generations(table: pd.DataFrame) -> str:
    """Return how many people came through somebody in the program, and how many of a second generation."""
    if "not_measured" in set(table["status"]):
        return say("Who came through whom: not recorded")
    rows = _shown(table).set_index("series")
    if "came_through_somebody" not in rows.index:
        return withheld(table, say("how many people came through somebody in the program"), asks=True)
    people = words.people(rows.loc["came_through_somebody", "estimate"])
    if "second_generation" not in rows.index:
        return say("{people} came through somebody in the program", people=people)
    return say(
        "{people} came through somebody in the program, {number} of them in a second generation",
        people=people,
        number=words.number(rows.loc["second_generation", "estimate"]),
    )


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["status"].isin(SHOWN)]
