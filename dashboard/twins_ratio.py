"""Checks of a ratio, and its parts, as tables for reading: the cells of the estimate table in words."""

from __future__ import annotations

import pandas as pd

from dashboard import words
from dashboard.charts.frame import SHOWN
from dashboard.charts.parts import PARTS
from dashboard.language import say
from dashboard.twins import Twin, number_of, status_of


def grid(table: pd.DataFrame) -> Twin:
    """Return one row per choice: day on which the score ends, gap, ratio, range, people, people who left early."""
    rows = []
    for _, row in table[table["stat"].eq("ratio") & table["x"].notna()].iterrows():
        rows.append((say("Day {day}", day=row["level"]), f"{row['x']:.0f}", *ratio_and_range(row), *size(row)))
    columns = (
        ("level", say("Score up to")),
        ("x", say("Days without contact")),
        ("estimate", say("Times as often")),
        ("lower", say("Could be")),
        ("n", say("People")),
        ("events", say("Left early")),
    )
    return Twin(columns, tuple(rows))


def along(table: pd.DataFrame) -> Twin:
    """Return one row per score at which the line is drawn: ratio and range."""
    rows = []
    for _, row in table[table["stat"].eq("ratio") & table["shape"].eq("line")].sort_values("x").iterrows():
        score = f"{row['x']:.2f}" if pd.notna(row["x"]) else ""
        rows.append((score, *ratio_and_range(row), *size(row)))
    columns = (
        ("x", say("Score")),
        ("estimate", say("Times as often as at the median")),
        ("lower", say("Could be")),
        ("n", say("People")),
        ("events", say("Left early")),
    )
    return Twin(columns, tuple(rows))


def parts(table: pd.DataFrame, *, later: str) -> Twin:
    """Return one row per part: people in every 100, range, people, people who left early."""
    rows = []
    for _, row in table[table["stat"].eq("difference")].iterrows():
        shown = row["status"] in SHOWN
        value = words.signed(row["estimate"]) if shown else status_of(row)
        known = shown and pd.notna(row["lower"])
        between = words.between(words.signed(row["lower"]), words.signed(row["upper"])) if known else ""
        name = say(PARTS.get(str(row["series"]), PARTS["total"]), later=later)
        rows.append((name, value, between, *size(row)))
    columns = (
        ("series", say("Part")),
        ("estimate", say("People in every 100")),
        ("lower", say("Could be")),
        ("n", say("People")),
        ("events", say("Left early")),
    )
    return Twin(columns, tuple(rows))


def ratio_and_range(row: pd.Series) -> tuple[str, str]:
    """Return a ratio and its range in words; why there is none otherwise."""
    if row["status"] not in SHOWN:
        return status_of(row), ""
    between = words.ratio_range(row["lower"], row["upper"]) if pd.notna(row["lower"]) else ""
    return f"{'~' if row['status'] == 'rough' else ''}{words.ratio(row['estimate'])}", between


def size(row: pd.Series) -> tuple[str, str]:
    """Return the people a row rests on and how many of them had the exit, in words."""
    return number_of(row, "n"), number_of(row, "events")
