"""What goes with an early score, in parts: in total, through a later score, and otherwise, as people in every 100."""

from __future__ import annotations

import pandas as pd

from dashboard import words
from dashboard.charts.frame import Figure, shown
from dashboard.charts.rows import Line, Scale, rows
from dashboard.language import noted, say

PARTS = {"total": noted("In total"), "indirect": noted("Through later {later}"), "direct": noted("Otherwise")}
"""The parts in the order of reading; the second and the third add up to the first."""
ENDS = (-5.0, 5.0)
"""The axis reaches at least this many people in every 100 to both sides, so that a small part looks small."""
PEOPLE = Scale(
    noted("People in every 100 staying to 6 months"), (noted("Fewer stay"), noted("More stay")), ENDS, 0.0,
    words.signed, noted("{value} people in every 100"),
)  # fmt: skip


def parts(table: pd.DataFrame, mode: str = "light", *, later: str) -> Figure:
    """Return a dot with its range for each part of a pathway table; right of the line at 0: more people stay."""
    found = shown(table)
    found = found[found["stat"].eq("difference") & found["series"].isin(list(PARTS))].set_index("series")
    lines = [
        Line(say(said, later=later), found.loc[name], name == "indirect")
        for name, said in PARTS.items()
        if name in found.index
    ]
    return rows(lines, PEOPLE, mode)
