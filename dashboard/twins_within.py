"""What goes together day by day, as tables for reading: the cells of the estimate table in words."""

from __future__ import annotations

import pandas as pd

from dashboard import words
from dashboard.charts.frame import SHOWN
from dashboard.charts.within import QUESTIONS, signed_points
from dashboard.language import noted, say
from dashboard.twins import Twin, number_of, status_of
from dashboard.twins_ratio import ratio_and_range, size


def lagged(table: pd.DataFrame) -> Twin:
    """Return one row per part of the last score before: ratio, range, people, people who left early."""
    ratio = table[table["stat"].eq("ratio")]
    lines = [
        (say(QUESTIONS.get(str(row["series"]), noted("Both"))), *ratio_and_range(row), *size(row))
        for _, row in ratio.iterrows()
    ]
    columns = (
        ("series", say("Part")),
        ("estimate", say("Times as often")),
        ("lower", say("Could be")),
        ("n", say("People")),
        ("events", say("Left early")),
    )
    return Twin(columns, tuple(lines))


def missed(table: pd.DataFrame) -> Twin:
    """Return the difference in points with its range and people, and how many ratings there are of either kind."""
    lines = []
    for _, row in table[table["stat"].eq("difference")].iterrows():
        shown = row["status"] in SHOWN
        value = signed_points(row["estimate"]) if shown else status_of(row)
        between = ""
        if shown and pd.notna(row["lower"]):
            between = words.between(signed_points(row["lower"]), signed_points(row["upper"]))
        lines.append((say("After a missed session, minus others"), value, between, number_of(row, "n")))
    for series, said in (
        ("after_missed", noted("Ratings after a missed session")),
        ("after_none", noted("Other ratings")),
    ):
        for _, row in table[table["series"].eq(series)].iterrows():
            lines.append((say(said), number_of(row, "n") or status_of(row), "", ""))
    columns = (
        ("series", say("Ratings")),
        ("estimate", say("Points")),
        ("lower", say("Could be")),
        ("n", say("People")),
    )
    return Twin(columns, tuple(lines))


def together(table: pd.DataFrame) -> Twin:
    """Return the correlation between people and within a person: range, people, pairs of ratings."""
    lines = []
    for _, row in table[table["stat"].eq("correlation")].iterrows():
        shown = row["status"] in SHOWN
        value = words.correlation(row["estimate"]) if shown else status_of(row)
        between = ""
        if shown and pd.notna(row["lower"]):
            between = words.between(words.correlation(row["lower"]), words.correlation(row["upper"]))
        pairs = table[table["stat"].eq("count") & table["series"].eq(row["series"])]
        many = number_of(pairs.iloc[0], "n") if len(pairs) else ""
        lines.append((say(QUESTIONS.get(str(row["series"]), noted("Both"))), value, between, number_of(row, "n"), many))
    columns = (
        ("series", say("Question")),
        ("estimate", say("Correlation")),
        ("lower", say("Could be")),
        ("n", say("People")),
        ("n", say("Pairs of ratings")),
    )
    return Twin(columns, tuple(lines))
