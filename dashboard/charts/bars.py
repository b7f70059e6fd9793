"""Shares side by side: horizontal bars, the words and the value above each bar, the range as a cased line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard import theme, words
from dashboard.charts.frame import BANDS, Figure, could_be, label, layout, note, shown, styles, x_axis
from dashboard.language import say

ROW = 48
"""Height of one bar with its words, in px."""


def bars(
    table: pd.DataFrame,
    mode: str = "light",
    *,
    names: Mapping[str, str] | None = None,
    grey: Sequence[str] = words.NOT_RECORDED,
) -> Figure:
    """Return horizontal bars of the share rows of `table`, in its order, one per level.

    `grey` lists levels drawn in grey (not recorded). A hidden level keeps its place, says 'Hidden' and has no bar.
    """
    rows = table[table["stat"].eq("share") & table["shape"].eq("bar")]
    levels = list(dict.fromkeys(rows["level"].astype(str)))
    looks = styles(levels, mode) if levels and set(levels) <= set(BANDS) else {}
    drawn = shown(rows)
    top = float(drawn["upper"].fillna(drawn["estimate"]).max()) if len(drawn) else 0.0
    end = min(1.0, max(0.25, -(-(top + 0.04) // 0.25) * 0.25))
    ticks = [tick for tick in (0, 0.25, 0.5, 0.75, 1) if tick <= end]
    figure_layout = layout(mode, height=ROW * len(levels) + 48, left=16, right=24, top=4, bottom=44)
    figure_layout["xaxis"] = x_axis(
        mode,
        say("Share of people"),
        range=[0, end],
        tickvals=ticks,
        ticktext=[f"{round(100 * tick)}%" for tick in ticks],
        showgrid=True,
        gridcolor=theme.colour("grid", mode),
    )
    figure_layout["yaxis"] = {"range": [-0.62, len(levels) - 0.38], "visible": False, "fixedrange": True}
    grey_colour, plain = theme.colour("ordered3.1", mode), theme.colour("primary", mode)
    data: list[Figure] = []
    for place, level in enumerate(reversed(levels)):
        row = rows[rows["level"] == level].iloc[0]
        bar = looks[level].colour if level in looks else grey_colour if level in grey else plain
        text = f"{label(level, names)}  <b>{_value(row)}</b>"
        above = {"x": 0, "xref": "paper", "xanchor": "left", "y": place, "yanchor": "middle", "yshift": 14, "xshift": 3}
        # On the card's own colour, so that no gridline runs through the words.
        figure_layout["annotations"].append(
            note(text, **above, bgcolor=theme.colour("card", mode))
            | {"font": {"size": 13.5, "color": theme.colour("ink", mode)}}
        )
        if row["status"] in ("shown", "rough"):
            data += _bar(row, place, bar, f"{label(level, names)}<br>{could_be(row)}<br>{_counted(row)}", mode)
    return {"data": data, "layout": figure_layout}


def _value(row: pd.Series) -> str:
    if row["status"] not in ("shown", "rough"):
        return say("Hidden") if row["status"] == "hidden" else say("Not measured")
    return words.percent(row["estimate"], rough=row["status"] == "rough")


def _counted(row: pd.Series) -> str:
    return say("of {people}", people=words.people(row["n"])) if pd.notna(row["n"]) else ""


def _bar(row: pd.Series, place: int, colour: str, hover: str, mode: str) -> list[Figure]:
    """Return one bar and, if the row has a range, the line that shows it."""
    y = place - 0.14
    drawn: list[Figure] = [
        {"type": "bar", "orientation": "h", "x": [float(row["estimate"])], "y": [y], "width": 0.32}
        | {"marker": {"color": colour, "cornerradius": 2}, "hovertext": hover, "hoverinfo": "text"}
    ]
    if pd.notna(row["lower"]) and pd.notna(row["upper"]):
        # Half of the line lies on the bar, half beside it: a casing in the card's colour lets both halves be seen.
        for colour_name, width in (("card", 4.5), ("ink", 1.75)):
            line = {"color": theme.colour(colour_name, mode), "width": width}
            drawn.append(
                {"type": "scatter", "mode": "lines", "x": [float(row["lower"]), float(row["upper"])], "y": [y, y]}
                | {"line": line, "hoverinfo": "skip"}
            )
    return drawn
