"""Leaving early along the scores, compared with the median score: a line that may bend, and its band."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from dashboard import theme, words
from dashboard.charts.frame import Figure, label_colour, layout, note, shown, with_range, x_axis, y_axis
from dashboard.language import say

PLOT = 260
TICKS = (0.1, 0.2, 0.33, 0.5, 0.67, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
WIDEST = (0.1, 10.0)
"""A band that goes further is cut there."""


def along(table: pd.DataFrame, mode: str = "light", *, title: str = "") -> Figure:
    """Return the ratio rows by score as a line with its band on a scale where half and twice lie equally far from 1.

    `title` names the score and its scale; 'Early score' without.
    """
    rows = shown(table)
    line = rows[rows["stat"].eq("ratio") & rows["shape"].eq("line")].sort_values("x")
    middle = rows[rows["series"].eq("reference")]
    ends = pd.concat([line["lower"], line["upper"], line["estimate"]]).dropna().clip(*WIDEST)
    low, high = min(float(ends.min()), 0.5), max(float(ends.max()), 2.0)
    ticks = [tick for tick in TICKS if low / 1.1 <= tick <= high * 1.1]
    figure_layout = layout(mode, height=30 + PLOT + 54, top=30, left=46, right=24, bottom=54)
    figure_layout["xaxis"] = x_axis(mode, title or say("Early score"), nticks=6)
    span = [math.log10(low / 1.1), math.log10(high * 1.1)]
    figure_layout["yaxis"] = y_axis(mode, type="log", range=span, tickvals=ticks, ticktext=[f"{t:g}" for t in ticks])
    figure_layout["annotations"].append(
        note(say("Times as often as at the median score"), x=0, xref="paper", xanchor="left", xshift=-40)
        | {"y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 8}
    )
    dots = {"color": theme.colour("muted", mode), "width": 1.5, "dash": "dot"}
    figure_layout["shapes"].append(
        {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": 1, "y1": 1, "yref": "y"} | {"line": dots}
    )
    colour = theme.colour("primary", mode)
    # Words stand where the line does not go: above it at the high end, below it at the low one.
    falls = bool(line["estimate"].iloc[0] > line["estimate"].iloc[-1])
    edge: Figure = {"type": "scatter", "mode": "lines", "x": line["x"].tolist(), "line": {"width": 0}}
    edge |= {"hoverinfo": "skip"}
    data = [
        edge | {"y": line["upper"].clip(*WIDEST).tolist()},
        edge | {"y": line["lower"].clip(*WIDEST).tolist(), "fill": "tonexty", "fillcolor": theme.clear(colour, 0.16)},
        {"type": "scatter", "mode": "lines", "x": line["x"].tolist(), "y": line["estimate"].tolist()}
        | {"line": {"color": colour, "width": 2.75}}
        | {"text": [_said(row) for row in line.itertuples()], "hovertemplate": "%{text}<extra></extra>"},
    ]
    if len(middle):
        at = float(middle["estimate"].iloc[0])
        marker = {"size": 10, "color": colour, "line": {"width": 2, "color": theme.colour("card", mode)}}
        data.append({"type": "scatter", "mode": "markers", "x": [at], "y": [1], "marker": marker, "hoverinfo": "skip"})
        font = {"size": 13, "color": theme.colour("ink2", mode)}
        said = note(say("Median {score}", score=words.score(at)), x=at, y=0, yanchor="top", yshift=-7, font=font)
        figure_layout["annotations"].append(said | {"xanchor": "right" if falls else "left"})
    for row, side, above in ((line.iloc[0], "left", falls), (line.iloc[-1], "right", not falls)):
        figure_layout["annotations"].append(
            note(f"<b>{words.ratio(row['estimate'])}</b>", x=float(row["x"]), y=math.log10(float(row["estimate"])))
            | {"xanchor": side, "yanchor": "bottom" if above else "top", "yshift": 5 if above else -7}
            | {"font": {"size": 14.5, "color": label_colour(colour, mode)}}
        )
    return {"data": data, "layout": figure_layout}


def _said(row: Any) -> str:
    said = say("{value} times as often", value=words.ratio(row.estimate))
    if pd.notna(row.lower) and pd.notna(row.upper):
        said = with_range(said, words.ratio_range(row.lower, row.upper))
    return f"{say('Score {score}', score=words.score(row.x))}<br>{said}"
