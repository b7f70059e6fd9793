"""Scores over the months as a table for reading: one row per line and month."""

from __future__ import annotations

import pandas as pd

from dashboard import words
from dashboard.charts.frame import SHOWN
from dashboard.charts.months import LINES
from dashboard.language import say
from dashboard.twins import Twin, number_of, status_of


def months(table: pd.DataFrame) -> Twin:
    """Return one row per line and month: mean, range, people, and for everybody the share at the highest score."""
    top = table[table["series"].eq("at_ceiling") & table["status"].isin(SHOWN)].set_index("x")["estimate"]
    rows = []
    for series, line in LINES.items():
        means = table[table["series"].eq(series) & table["stat"].eq("mean") & table["x"].notna()].sort_values("x")
        for _, row in means.iterrows():
            shown = row["status"] in SHOWN
            rough = "~" if row["status"] == "rough" else ""
            value = f"{rough}{words.score(row['estimate'])}" if shown else status_of(row)
            between = words.score_range(row["lower"], row["upper"]) if shown and pd.notna(row["lower"]) else ""
            known = series == "everybody_rated" and row["x"] in top.index
            highest = words.percent(top[row["x"]]) if known else ""
            rows.append((say(line.name), f"{row['x'] + 1:.0f}", value, between, number_of(row, "n"), highest))
    columns = (
        ("series", say("Line")),
        ("x", say("Month")),
        ("estimate", say("Average score")),
        ("lower", say("Could be")),
        ("n", say("People rated")),
        ("estimate", say("At the highest score")),
    )
    return Twin(columns, tuple(rows))
