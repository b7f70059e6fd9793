"""Ratios side by side: a dot and its range per answer, on a scale where half and twice are equally far from one."""

from __future__ import annotations

import pandas as pd

from dashboard.charts.checks import STEP_LOWER
from dashboard.charts.frame import Figure, shown
from dashboard.charts.rows import Line, ratios, rows
from dashboard.language import noted, say

ANSWERS = {
    "unadjusted": noted("As it is"),
    "adjusted": noted("Recorded differences held equal"),
    "adjusted_to_day_90": noted("Held equal, to day 90"),
    "adjusted_after_day_90": noted("Held equal, after day 90"),
    "within_coach": noted("Among people of one coach"),
}


PARTS = ("adjusted_to_day_90", "adjusted_after_day_90")
"""Answers that stand in the place of the adjusted one where the ratio changes over time."""


def forest(table: pd.DataFrame, mode: str = "light") -> Figure:
    """Return a dot with its range for each answer of a ratio table; left of the line at 1: less often.

    The answer with differences held equal is the strongest. Where the ratio is parted in two because it changes over
    time, the one number for all of it is not drawn.
    """
    found = shown(table)
    found = found[found["stat"].eq("ratio") & found["series"].isin(list(ANSWERS))].set_index("series")
    parted = set(PARTS) & set(found.index)
    answers = [name for name in ANSWERS if name in found.index and not (parted and name == "adjusted")]
    lines = [Line(say(ANSWERS[name]), found.loc[name], name.startswith("adjusted")) for name in answers]
    return rows(lines, ratios(STEP_LOWER), mode)
