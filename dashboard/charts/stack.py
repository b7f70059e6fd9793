"""Where people are over time: five parts that always add up to everyone."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard import theme, words
from dashboard.charts.curve import (
    GAP,
    MONTH,
    PHONE_CARD,
    PLOT,
    RIGHT,
    SINCE_START,
    TICKS,
    months_since,
    value_at,
    values_at,
)
from dashboard.charts.frame import Figure, could_be, label, label_colour, layout, note, share_axis, shown, x_axis
from dashboard.charts.heights import label_heights
from dashboard.language import noted, say

LEFT = 46
WIDE = 7.6
"""Px left of the plot, and px of a character of a label."""
ORDER = ("in_program", "completed", "moved_on", "other_exit", "left_early")
"""Drawn from the bottom up, so that everything below the top part counts as having stayed.

The top part, those who left early, is pale: the picture shows who stayed.
"""
SHORT = {
    "in_program": noted("Still here"),
    "completed": noted("Completed"),
    "moved_on": noted("Moved on"),
    "left_early": noted("Left early"),
    "other_exit": noted("Other reasons"),
}


def stack(
    table: pd.DataFrame,
    mode: str = "light",
    *,
    names: Mapping[str, str] | None = None,
    title: str = SINCE_START,
    end: float = 365,
    horizon: float = 180,
) -> Figure:
    """Return the stacked shares of the series of `table` by day; parts that are hidden are left out of the stack.

    The parts are labelled at the day `horizon`, on a dotted line.
    """
    rows = shown(table)
    rows = rows[rows["stat"].eq("share")].sort_values("x")
    parts = {code: rows[rows["series"] == code] for code in ORDER if (rows["series"] == code).any()}
    ticks = [day for day in TICKS if day <= end]
    figure_layout = layout(mode, height=PLOT + 62, left=LEFT, right=RIGHT, bottom=52)
    figure_layout["xaxis"] = x_axis(
        mode, say(title), range=[0, end], tickvals=ticks, ticktext=[str(round(day / MONTH)) for day in ticks]
    )
    figure_layout["yaxis"] = share_axis(mode)
    data: list[Figure] = []
    for code, part in parts.items():
        line = {"shape": "hv" if part["shape"].iloc[0] == "step" else "linear", "width": 1.5}
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "stackgroup": "everyone",
                "x": part["x"].tolist(),
                "y": part["estimate"].tolist(),
                "line": line | {"color": theme.colour("card", mode)},
                "fillcolor": theme.clear(_colours(mode)[code], 0.3 if code == "left_early" else 0.88),
                "hoverinfo": "skip",
            }
        )
    if parts:
        data += _hovers(parts, names, title)
        figure_layout["annotations"] += _labels(parts, names, (horizon, end), mode)
        figure_layout["shapes"].append(
            {"type": "line", "x0": horizon, "x1": horizon, "y0": 0, "y1": 1, "yref": "paper", "layer": "above"}
            | {"line": {"color": theme.colour("card", mode), "width": 1.5, "dash": "dot"}}
        )
    return {"data": data, "layout": figure_layout}


def _colours(mode: str) -> dict[str, str]:
    return {
        "in_program": theme.colour("cat.0", mode),
        "completed": theme.colour("cat.3", mode),
        "moved_on": theme.colour("cat.2", mode),
        "other_exit": theme.colour("ordered3.1", mode),
        "left_early": theme.colour("cat.1", mode),
    }


def _hovers(parts: Mapping[str, pd.DataFrame], names: Mapping[str, str] | None, title: str) -> list[Figure]:
    """Return one unseen point per part and month, in the middle of the part, carrying the words."""
    last = int(max(part["x"].max() for part in parts.values()))
    xs, ys, texts = [], [], []
    days = range(0, last + 1, MONTH)
    held = {code: values_at(part, days) for code, part in parts.items()}
    for place, day in enumerate(days):
        base = 0.0
        for code in parts:
            row = held[code][place]
            if row is None:
                continue
            xs.append(day)
            ys.append(base + float(row["estimate"]) / 2)
            base += float(row["estimate"])
            texts.append(f"<b>{label(code, names)}</b><br>{months_since(title, day)}<br>{could_be(row)}")
    unseen = {"size": 18, "opacity": 0}
    return [
        {"type": "scatter", "mode": "markers", "x": xs, "y": ys, "text": texts, "marker": unseen}
        | {"hovertemplate": "%{text}<extra></extra>"}
    ]


def _labels(
    parts: Mapping[str, pd.DataFrame], names: Mapping[str, str] | None, axis: tuple[float, float], mode: str
) -> list[Figure]:
    """Return a label per part on a small card, in the part's middle or as near as the other labels allow.

    `axis` holds the day of the labels and the last day. A label too wide for what a phone has right of that day begins
    left of it.
    """
    day, end = axis
    room = (PHONE_CARD - LEFT - RIGHT) * (1 - day / end) + RIGHT - GAP
    base, here = 0.0, []
    for code, part in parts.items():
        row = value_at(part, day)
        if row is not None:
            here.append((code, row, (base + float(row["estimate"]) / 2) * PLOT))
            base += float(row["estimate"])
    here.reverse()
    heights = label_heights([mark for _, _, mark in here], [[] for _ in here], height=PLOT, size=25)
    colours = _colours(mode)
    texts = {
        code: f"{say((names or {}).get(code) or SHORT[code])} "
        f"{words.percent(row['estimate'], rough=row['status'] == 'rough')}"
        for code, row, _ in here
    }
    return [
        note(
            f"<b>{texts[code]}</b>",
            x=day,
            y=0,
            yshift=height,
            xanchor="left",
            yanchor="middle",
            xshift=GAP - max(0.0, WIDE * len(texts[code]) - room),
            font={"size": 13.5, "color": label_colour(colours[code], mode)},
            bgcolor=theme.clear(theme.colour("card", mode), 0.94),
            borderpad=2,
        )
        for (code, row, _), height in zip(here, heights, strict=True)
    ]
