"""Starting, keeping going, and the time after coaching: indicators of several measures in one table for reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dashboard import words
from dashboard.language import noted, say, say_many
from dashboard.notes import Note
from dashboard.twins import Twin

Tables = Mapping[str, pd.DataFrame]
SHOWN = ("shown", "rough")
HALF_YEAR = 180.0
GAIN = "lasting_change_recovery_capital"
LEAST_ANSWERED = 0.8
"""Follow-up rate under which the people who answered say little of the others."""
SESSIONS = ("attendance_rate", "coach_continuity")
"""Measures whose rows count sessions, not people."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row: measure, series and x of the estimate-table row it shows, and its name."""

    measure: str
    label: str
    series: str = ""
    x: float | None = None


STARTING = (
    Indicator("time_to_first_session", noted("Came to a first session within 14 days of enrolling"), x=14.0),
    Indicator(
        "engagement_rate", noted("Engaged: a first session within 14 days, two more within 34 days after it"), "engaged"
    ),
    Indicator("attendance_rate", noted("Sessions attended, of those due")),
    Indicator("session_intensity", noted("Sessions in four weeks in the program")),
    Indicator("coach_continuity", noted("Sessions with the coach met most often")),
)
AFTER = (
    Indicator("follow_up_rate", noted("Follow-ups answered after 3 months"), x=90.0),
    Indicator("follow_up_rate", noted("Follow-ups answered after 6 months"), x=HALF_YEAR),
    Indicator("follow_up_rate", noted("Follow-ups answered after 12 months"), x=365.0),
    Indicator(GAIN, noted("Kept a gain in recovery capital, 3 months"), x=90.0),
    Indicator(GAIN, noted("Kept a gain in recovery capital, 6 months"), x=HALF_YEAR),
    Indicator(GAIN, noted("Kept a gain in recovery capital, 12 months"), x=365.0),
    Indicator("lasting_change_self_efficacy", noted("Kept a gain in self-efficacy, 6 months"), x=HALF_YEAR),
    Indicator("ripple_rate", noted("Events of helping others, per 100 months")),
)


def measures_of(indicators: tuple[Indicator, ...]) -> tuple[str, ...]:
    """Return the measures the indicators rest on, each once, in their order."""
    return tuple(dict.fromkeys(one.measure for one in indicators))


def starting(tables: Tables) -> Twin:
    """Return starting and keeping going: indicator, figure, range, what it rests on."""
    return Twin(_columns(), tuple(_cells(one, tables[one.measure]) for one in STARTING))


def after(tables: Tables) -> Twin:
    """Return the time after coaching, with the bounds that those missing allow beside each share of people."""
    columns = (*_columns(), ("series", say("With those missing")))
    return Twin(columns, tuple((*_cells(one, tables[one.measure]), _bounds(one, tables[one.measure])) for one in AFTER))


def starting_title(tables: Tables) -> str:
    """Return how many people engaged, if that may be said."""
    row = _row(STARTING[1], tables["engagement_rate"])
    if row is None or row["status"] not in SHOWN:
        return say("How people start and keep going")
    many, share = words.about(row["estimate"]), words.percent(row["estimate"])
    return say("{many} engaged in their first weeks ({share})", many=many, share=share)


def after_title(tables: Tables) -> str:
    """Return how many people had kept a gain six months after coaching ended, and how far the missing could move it."""
    one = next(each for each in AFTER if each.measure == GAIN and each.x == HALF_YEAR)
    row = _row(one, tables[GAIN])
    if row is None or row["status"] not in SHOWN:
        return say("After coaching has ended")
    share, ends = words.percent(row["estimate"]), _ends(one, tables[GAIN])
    if not ends:
        return say("Six months after coaching ended, {share} of those who answered had kept a gain", share=share)
    return say(
        "Six months after coaching ended, {share} of those who answered had kept a gain: between {low} and {high} of "
        "everybody due",
        share=share,
        low=words.percent(ends[0]),
        high=words.percent(ends[1]),
    )


def after_notes(tables: Tables) -> list[Note]:
    """Return what to keep in mind of figures that rest on people who could be reached."""
    row = _row(AFTER[1], tables["follow_up_rate"])
    if row is None or row["status"] not in SHOWN or row["estimate"] >= LEAST_ANSWERED:
        return []
    said = say(
        "{rate} of the follow-ups due after six months were answered, less than the aim of {aim}: the people who "
        "answered say little about the others, so read a share with its bounds.",
        rate=words.percent(row["estimate"]),
        aim=words.percent(LEAST_ANSWERED),
    )
    return [(say("Read with care"), said)]


def _columns() -> tuple[tuple[str, str], ...]:
    return (
        ("measure", say("Indicator")),
        ("estimate", say("Figure")),
        ("lower", say("Could be")),
        ("n", say("Rests on")),
    )


def _row(one: Indicator, table: pd.DataFrame) -> pd.Series | None:
    """Return the row of an indicator; of a measure that says one thing of all its rows, that row."""
    rows = table[table["stat"].isin(["share", "rate"]) & table["series"].eq(one.series)]
    found = rows[rows["x"].eq(one.x)] if one.x is not None else rows
    if found.empty:
        found = table[~table["status"].isin(SHOWN)]
    return None if found.empty else found.iloc[0]


def _cells(one: Indicator, table: pd.DataFrame) -> tuple[str, ...]:
    label, row = say(one.label), _row(one, table)
    if row is None:
        return label, say("Too early"), "", ""
    if row["status"] not in SHOWN:
        return label, words.why_not(str(row["status"]), ""), "", ""
    rests = words.people(row["n"])
    if one.measure in SESSIONS:
        rests = say_many("{number} session", "{number} sessions", row["n"], number=words.number(row["n"]))
    is_share = row["stat"] == "share"
    rough = row["status"] == "rough"
    said = words.percent(row["estimate"], rough=rough) if is_share else words.score(row["estimate"])
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return label, said, "", rests
    ends = (row["lower"], row["upper"])
    return label, said, words.percent_range(*ends) if is_share else words.score_range(*ends), rests


def _bounds(one: Indicator, table: pd.DataFrame) -> str:
    """Return '5% to 41%': the share among everybody due if all missing people had lost the gain, or had kept it."""
    ends = _ends(one, table)
    return words.percent_range(*ends) if ends else ""


def _ends(one: Indicator, table: pd.DataFrame) -> tuple[float, float] | None:
    """Return the two bounds that missing people allow; None where they are not shown."""
    ends = []
    for series in ("missing_not_lasting", "missing_lasting"):
        rows = table[table["series"].eq(series) & table["x"].eq(one.x) & table["status"].isin(SHOWN)]
        ends += rows["estimate"].tolist()
    return (ends[0], ends[1]) if len(ends) == 2 else None
