"""Score against staying: dots with ranges, people counted below, a dashed straight-line summary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard import theme, words
from dashboard.charts.frame import Figure, could_be, counts_below, layout, share_axis, shown, x_axis
from dashboard.language import noted, say

PLOT = 250


def dose(table: pd.DataFrame, mode: str = "light", *, title: str = "") -> Figure:
    """Return dots of staying (share rows) at the mean score of each group; the slope row gives the dashed line.

    The line passes through the dots' centre, weighted by people; `title` names the score and its scale;
    'Early score' without.
    """
    points = shown(table)
    dots = points[points["stat"].eq("share") & points["shape"].eq("point")].sort_values("x")
    slope = points[points["stat"].eq("slope")]
    xs = dots["x"].tolist()
    span = (max(xs) - min(xs)) if xs else 1.0
    pad = 0.07 * (span or 1.0)
    low, high = (min(xs) - pad, max(xs) + pad) if xs else (0.0, 1.0)
    figure_layout = layout(mode, height=10 + PLOT + 106, bottom=106, left=52)
    figure_layout["xaxis"] = x_axis(mode, title or say("Early score"), range=[low, high], nticks=6)
    figure_layout["yaxis"] = share_axis(mode)
    data: list[Figure] = []
    if len(slope) and len(dots) > 1:
        data.append(_summary(dots, float(slope["estimate"].iloc[0]) / 100, mode))
    teal = theme.colour("primary", mode)
    for row in dots[dots["lower"].notna() & dots["upper"].notna()].itertuples():
        interval: Figure = {"type": "scatter", "mode": "lines", "hoverinfo": "skip"}
        data.append(
            interval | {"x": [row.x, row.x], "y": [row.lower, row.upper], "line": {"color": teal, "width": 2.5}}
        )
    data.append(
        {
            "type": "scatter",
            "mode": "markers",
            "x": xs,
            "y": dots["estimate"].tolist(),
            "marker": {"size": 12, "color": teal, "line": {"width": 2, "color": theme.colour("card", mode)}},
            "text": [_hover(row) for row in dots.to_dict("records")],
            "hovertemplate": "%{text}<extra></extra>",
        }
    )
    if xs:
        # Positions that are no tick of the axis: the first and last counts stay centred under their dots.
        texts = {row.x: words.number(row.n) for row in dots.itertuples()}
        header = noted("Number of people")
        figure_layout["annotations"] = counts_below([], {"n": texts}, {}, mode, start=62, header=header)
    return {"data": data, "layout": figure_layout}


def _summary(dots: pd.DataFrame, slope: float, mode: str) -> Figure:
    """Return the dashed line; `slope` is a share per scale point."""
    weight = dots["n"] / dots["n"].sum()
    centre, level = float((weight * dots["x"]).sum()), float((weight * dots["estimate"]).sum())
    ends = [float(dots["x"].min()), float(dots["x"].max())]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": ends,
        "y": [min(1.0, max(0.0, level + slope * (x - centre))) for x in ends],
        "line": {"color": theme.colour("muted", mode), "width": 1.75, "dash": "dash"},
        "hoverinfo": "skip",
    }


def _hover(row: Mapping[str, Any]) -> str:
    score = say("Average score {score}", score=words.score(row["x"]))
    return f"{score}<br>{could_be(row)}<br>{words.people(row['n'])}"
