"""What goes with an early score, in parts: in total, through a later score, and otherwise, as people in every 100."""

from __future__ import annotations

import pandas as pd

from dashboard import theme, words
from dashboard.charts.forest import ROW
from dashboard.charts.frame import Figure, layout, note, shown, x_axis

PARTS = {"total": "In total", "indirect": "Through later {later}", "direct": "Otherwise"}
"""The parts in the order of reading; the second and the third add up to the first."""
ENDS = 5.0
"""The axis reaches at least this many people in every 100 to both sides, so that a small part looks small."""


def parts(table: pd.DataFrame, mode: str = "light", *, later: str) -> Figure:
    """Return a dot with its range for each part of a pathway table; right of the line at 0: more people stay."""
    rows = shown(table)
    rows = rows[rows["stat"].eq("difference") & rows["series"].isin(list(PARTS))].set_index("series")
    names = [name for name in PARTS if name in rows.index]
    ends = pd.concat([rows["estimate"], rows["lower"], rows["upper"]]).dropna()
    low, high = (min(float(ends.min()), -ENDS), max(float(ends.max()), ENDS)) if len(ends) else (-ENDS, ENDS)
    room = 0.06 * (high - low)
    figure_layout = layout(mode, height=ROW * max(len(names), 1) + 84, left=16, right=24, top=26, bottom=58)
    figure_layout["xaxis"] = x_axis(
        mode,
        "People in every 100 staying to 6 months",
        range=[low - room, high + room],
        nticks=7,
        tickformat="+d",
        showgrid=True,
        gridcolor=theme.colour("grid", mode),
    )
    figure_layout["yaxis"] = {"range": [-0.55, len(names) - 0.35], "visible": False, "fixedrange": True}
    line = {"color": theme.colour("muted", mode), "width": 1.5, "dash": "dot"}
    figure_layout["shapes"].append(
        {"type": "line", "x0": 0, "x1": 0, "xref": "x", "y0": 0, "y1": 1, "yref": "paper"}
        | {"line": line, "layer": "below"}
    )
    for text, anchor, shift in (("Fewer stay", "right", -8), ("More stay", "left", 8)):
        beside = {"x": 0, "xref": "x", "xanchor": anchor, "xshift": shift, "y": 1, "yref": "paper", "yshift": 13}
        figure_layout["annotations"].append(note(text, **beside))
    data: list[Figure] = []
    for place, name in enumerate(reversed(names)):
        row = rows.loc[name]
        said = PARTS[name].format(later=later)
        above = {"x": 0, "xref": "paper", "xanchor": "left", "y": place, "yanchor": "middle", "yshift": 17}
        figure_layout["annotations"].append(
            note(f"{said}  <b>{words.signed(row['estimate'])}</b>", **above)
            | {"font": {"size": 13.5, "color": theme.colour("ink", mode)}, "bgcolor": theme.colour("card", mode)}
        )
        data += _dot(row, place - 0.1, said, "primary" if name == "indirect" else "muted", mode)
    return {"data": data, "layout": figure_layout}


def _dot(row: pd.Series, y: float, said: str, token: str, mode: str) -> list[Figure]:
    """Return the range, if there is one, and the dot on it."""
    colour = theme.colour(token, mode)
    drawn: list[Figure] = []
    between = ""
    if pd.notna(row["lower"]) and pd.notna(row["upper"]):
        between = f" (could be {words.signed(row['lower'])} to {words.signed(row['upper'])})"
        ends, line = [float(row["lower"]), float(row["upper"])], {"color": colour, "width": 2.5}
        drawn.append({"type": "scatter", "mode": "lines", "x": ends, "y": [y, y], "line": line, "hoverinfo": "skip"})
    dot = {"size": 12, "color": colour, "line": {"width": 2, "color": theme.colour("card", mode)}}
    hover = f"{said}<br>{words.signed(row['estimate'])} people in every 100{between}<br>{words.people(row['n'])}"
    drawn.append(
        {"type": "scatter", "mode": "markers", "x": [float(row["estimate"])], "y": [y], "marker": dot}
        | {"text": [hover], "hovertemplate": "%{text}<extra></extra>"}
    )
    return drawn
