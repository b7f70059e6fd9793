"""Ratios side by side: a dot and its range per answer, on a scale where half and twice are equally far from one."""

from __future__ import annotations

import math

import pandas as pd

from dashboard import theme, words
from dashboard.charts.frame import Figure, layout, note, shown, x_axis

ROW = 58
"""Height of one answer with its words, in px."""
TICKS = (0.25, 0.33, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
ANSWERS = {
    "unadjusted": "As it is",
    "adjusted": "Recorded differences held equal",
    "adjusted_to_day_90": "Held equal, to day 90",
    "adjusted_after_day_90": "Held equal, after day 90",
    "within_coach": "Among people of one coach",
}


PARTS = ("adjusted_to_day_90", "adjusted_after_day_90")
"""Answers that stand in the place of the adjusted one where the ratio changes over time."""


def forest(table: pd.DataFrame, mode: str = "light") -> Figure:
    """Return a dot with its range for each answer of a ratio table; left of the line at 1: less often.

    Where the ratio is parted in two because it changes over time, the one number for all of it is not drawn.
    """
    rows = shown(table)
    rows = rows[rows["stat"].eq("ratio") & rows["series"].isin(list(ANSWERS))].set_index("series")
    parted = set(PARTS) & set(rows.index)
    answers = [name for name in ANSWERS if name in rows.index and not (parted and name == "adjusted")]
    ends = pd.concat([rows["estimate"], rows["lower"], rows["upper"]]).dropna()
    low, high = (min(ends.min(), 0.8), max(ends.max(), 1.25)) if len(ends) else (0.8, 1.25)
    ticks = [tick for tick in TICKS if low / 1.12 <= tick <= high * 1.12]
    figure_layout = layout(mode, height=ROW * max(len(answers), 1) + 84, left=16, right=24, top=26, bottom=58)
    figure_layout["xaxis"] = x_axis(
        mode,
        "Times as often as one step lower",
        type="log",
        range=[math.log10(low / 1.12), math.log10(high * 1.12)],
        tickvals=ticks,
        ticktext=[f"{tick:g}" for tick in ticks],
        showgrid=True,
        gridcolor=theme.colour("grid", mode),
    )
    figure_layout["yaxis"] = {"range": [-0.55, len(answers) - 0.35], "visible": False, "fixedrange": True}
    line = {"color": theme.colour("muted", mode), "width": 1.5, "dash": "dot"}
    figure_layout["shapes"].append(
        {
            "type": "line",
            "x0": 1,
            "x1": 1,
            "xref": "x",
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": line,
            "layer": "below",
        }
    )
    for text, anchor, shift in (("Less often", "right", -8), ("More often", "left", 8)):
        beside = {"x": 0, "xref": "x", "xanchor": anchor, "xshift": shift, "y": 1, "yref": "paper", "yshift": 13}
        figure_layout["annotations"].append(note(text, **beside))
    data: list[Figure] = []
    for place, name in enumerate(reversed(answers)):
        row = rows.loc[name]
        words_above = f"{ANSWERS[name]}  <b>{words.ratio(row['estimate'])}</b>"
        above = {"x": 0, "xref": "paper", "xanchor": "left", "y": place, "yanchor": "middle", "yshift": 17}
        figure_layout["annotations"].append(
            # On the card's own colour, so that the line at 1 does not run through the words.
            note(words_above, **above)
            | {"font": {"size": 13.5, "color": theme.colour("ink", mode)}, "bgcolor": theme.colour("card", mode)}
        )
        data += _dot(row, place - 0.1, name, mode)
    return {"data": data, "layout": figure_layout}


def _dot(row: pd.Series, y: float, name: str, mode: str) -> list[Figure]:
    """Return the range, if there is one, and the dot on it; the answer with differences held equal is the strongest."""
    colour = theme.colour("primary" if name.startswith("adjusted") else "muted", mode)
    drawn: list[Figure] = []
    between = ""
    if pd.notna(row["lower"]) and pd.notna(row["upper"]):
        between = f" (could be {words.ratio_range(row['lower'], row['upper'])})"
        ends = [float(row["lower"]), float(row["upper"])]
        line = {"color": colour, "width": 2.5}
        drawn.append({"type": "scatter", "mode": "lines", "x": ends, "y": [y, y], "line": line, "hoverinfo": "skip"})
    dot = {"size": 12, "color": colour, "line": {"width": 2, "color": theme.colour("card", mode)}}
    hover = f"{ANSWERS[name]}<br>{words.ratio(row['estimate'])} times as often{between}<br>{words.people(row['n'])}"
    drawn.append(
        {"type": "scatter", "mode": "markers", "x": [float(row["estimate"])], "y": [y], "marker": dot}
        | {"text": [hover], "hovertemplate": "%{text}<extra></extra>"}
    )
    return drawn
