"""What goes together day by day, as rows: before leaving, after a missed session, two scores of one person."""

from __future__ import annotations

import pandas as pd

from dashboard import words
from dashboard.charts.checks import STEP_LOWER
from dashboard.charts.frame import Figure
from dashboard.charts.rows import Line, Scale, ratios, rows
from dashboard.language import noted, say

PARTS = {
    "between": noted("Between people: one step above others"),
    "within": noted("Within a person: one step above their own"),
}
"""The two parts of a score, in the order of reading."""
QUESTIONS = {"between": noted("Between people"), "within": noted("Within a person")}
CORRELATION = Scale(
    noted("Correlation"), (noted("Opposite ways"), noted("Together")), (-1.0, 1.0), 0.0, words.correlation, ticks="~g"
)  # fmt: skip


def lagged(table: pd.DataFrame, mode: str = "light") -> Figure:
    """Return the ratio of leaving early of each part of the last score before."""
    return rows(_lines(table, "ratio", PARTS), ratios(STEP_LOWER), mode)


def missed(table: pd.DataFrame, mode: str = "light") -> Figure:
    """Return how far ratings after a missed session lie from a person's others, in points of the scale.

    The axis reaches at least half a standard deviation to both sides, so that a small difference looks small.
    """
    spread = table[table["series"].eq("reference_sd")]["estimate"]
    half = float(spread.iloc[0]) / 2 if len(spread) and pd.notna(spread.iloc[0]) else 0.0
    sides = noted("Lower"), noted("Higher")
    told = noted("{value} points")
    scale = Scale(noted("Points of the scale"), sides, (-half, half), 0.0, signed_points, told, ticks="~g")
    found = table[table["stat"].eq("difference") & table["series"].eq("")]
    return rows([Line(say("Rating after a missed session"), row) for _, row in found.iterrows()], scale, mode)


def together(table: pd.DataFrame, mode: str = "light") -> Figure:
    """Return the correlation of two scores between people and within a person, on an axis from -1 to 1."""
    return rows(_lines(table, "correlation", QUESTIONS), CORRELATION, mode)


def signed_points(value: float) -> str:
    """Return points of a score with their sign and two figures that count: '+0.23', '−0.012'."""
    return f"{'−' if value < 0 else '+' if value > 0 else ''}{words.points(value)}"


def _lines(table: pd.DataFrame, stat: str, names: dict[str, str]) -> list[Line]:
    found = table[table["stat"].eq(stat) & table["series"].isin(list(names))].set_index("series")
    return [Line(say(said), found.loc[name]) for name, said in names.items() if name in found.index]
