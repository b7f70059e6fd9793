"""What goes together day by day, as tables for reading: the cells of the estimate table in words."""

from __future__ import annotations

import pandas as pd

from dashboard import words
from dashboard.charts.frame import SHOWN
from dashboard.charts.within import QUESTIONS, signed_points
from dashboard.twins import Twin, number_of, status_of
from dashboard.twins_ratio import ratio_and_range, size


def lagged(table: pd.DataFrame) -> Twin:
    """Return one row per part of the last score before: ratio, range, people, people who left early."""
    ratio = table[table["stat"].eq("ratio")]
    lines = [
        (QUESTIONS.get(str(row["series"]), "Both"), *ratio_and_range(row), *size(row)) for _, row in ratio.iterrows()
    ]
    columns = (
        ("series", "Part"),
        ("estimate", "Times as often"),
        ("lower", "Could be"),
        ("n", "People"),
        ("events", "Left early"),
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
            between = f"{signed_points(row['lower'])} to {signed_points(row['upper'])}"
        lines.append(("After a missed session, minus others", value, between, number_of(row, "n")))
    for series, said in (("after_missed", "Ratings after a missed session"), ("after_none", "Other ratings")):
        for _, row in table[table["series"].eq(series)].iterrows():
            lines.append((said, number_of(row, "n") or status_of(row), "", ""))
    columns = (("series", "Ratings"), ("estimate", "Points"), ("lower", "Could be"), ("n", "People"))
    return Twin(columns, tuple(lines))


def together(table: pd.DataFrame) -> Twin:
    """Return the correlation between people and within a person: range, people, pairs of ratings."""
    lines = []
    for _, row in table[table["stat"].eq("correlation")].iterrows():
        shown = row["status"] in SHOWN
        value = words.correlation(row["estimate"]) if shown else status_of(row)
        between = ""
        if shown and pd.notna(row["lower"]):
            between = f"{words.correlation(row['lower'])} to {words.correlation(row['upper'])}"
        pairs = table[table["stat"].eq("count") & table["series"].eq(row["series"])]
        many = number_of(pairs.iloc[0], "n") if len(pairs) else ""
        lines.append((QUESTIONS.get(str(row["series"]), "Both"), value, between, number_of(row, "n"), many))
    columns = (
        ("series", "Question"),
        ("estimate", "Correlation"),
        ("lower", "Could be"),
        ("n", "People"),
        ("n", "Pairs of ratings"),
    )
    return Twin(columns, tuple(lines))
