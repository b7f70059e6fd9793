"""Counts of people: by calendar month as columns, and a few counts side by side as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard import theme, words
from dashboard.charts.frame import SHOWN, Figure, label_colour, layout, note, shown, x_axis, y_axis
from dashboard.language import say

PLOT = 240
BAR = 48
"""Height of one bar with its words, in px."""
WIDE = 3
"""Columns a label in the middle of the last one may stand over on a phone."""


def by_month(table: pd.DataFrame, mode: str = "light", *, dates: Sequence[tuple[str, str]] = ()) -> Figure:
    """Return a column of people for each month (`level`, 2026-03); a hidden month keeps its place and has none.

    `dates` are months with what the program says happened then: a dotted line before the month, its words on hover.
    """
    rows = table[table["stat"].eq("count") & table["shape"].eq("bar")].sort_values("level")
    months = [str(level) for level in rows["level"]]
    drawn = shown(rows)
    top = float(drawn["estimate"].max()) if len(drawn) else 1.0
    figure_layout = layout(mode, height=30 + PLOT + 44, top=30, left=46, bottom=44)
    half_years = [place for place, month in enumerate(months) if month[5:] in ("01", "07")]
    every = half_years[:: max(1, -(-len(half_years) // 6))] or list(range(len(months)))[:1]
    figure_layout["xaxis"] = x_axis(
        mode,
        "",
        range=[-0.7, len(months) - 0.3],
        tickvals=every,
        ticktext=[words.month(months[place], short=True).replace(" ", "<br>") for place in every],
    )
    figure_layout["yaxis"] = y_axis(mode, range=[0, 1.12 * top], nticks=5)
    figure_layout["annotations"].append(
        note(say("People with an attended session"), x=0, xref="paper", xanchor="left", xshift=-38)
        | {"y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 8}
    )
    for month, text in dates:
        if month in months:
            figure_layout["shapes"].append(_date_line(months.index(month), mode))
            said = note("●", x=months.index(month) - 0.5, y=1, yref="paper", yanchor="bottom", xanchor="center")
            figure_layout["annotations"].append(said | {"hovertext": f"{words.month(month)}: {text}", "yshift": -6})
    colour = theme.colour("primary", mode)
    places = [months.index(str(level)) for level in drawn["level"]]
    said = [f"{words.month(str(row.level))}<br>{words.people(row.estimate)}" for row in drawn.itertuples()]
    bars: Figure = {"type": "bar", "x": places, "y": drawn["estimate"].tolist(), "width": 0.82}
    bars |= {"marker": {"color": colour}, "hovertext": said, "hoverinfo": "text"}
    if len(drawn):
        value = float(drawn["estimate"].iloc[-1])
        # Above the columns it stands over, so that it hides none of them.
        height = float(drawn["estimate"].tail(WIDE).max())
        last = note(f"<b>{words.number(value)}</b>", x=places[-1], y=height, xanchor="center", yanchor="bottom")
        font = {"size": 14.5, "color": label_colour(colour, mode)}
        figure_layout["annotations"].append(last | {"font": font})
    return {"data": [bars] if len(drawn) else [], "layout": figure_layout}


def _date_line(place: int, mode: str) -> Figure:
    """Return the dotted line of a date before the column at `place`."""
    line = {"color": theme.colour("ink2", mode), "width": 1.25, "dash": "dot"}
    across = {"x0": place - 0.5, "x1": place - 0.5, "xref": "x", "y0": 0, "y1": 1, "yref": "paper"}
    return {"type": "line", **across, "line": line}


def counts(table: pd.DataFrame, mode: str = "light", *, names: Mapping[str, str]) -> Figure:
    """Return a bar for each series of counts named in `names`, in its order; a hidden one says so and has no bar."""
    rows = {str(row.series): row for row in table[table["stat"].eq("count")].itertuples()}
    series = [name for name in names if name in rows]
    known = [float(rows[name].estimate) for name in series if rows[name].status in SHOWN]
    figure_layout = layout(mode, height=BAR * len(series) + 48, left=16, right=24, top=4, bottom=44)
    end = 1.05 * max(known, default=1.0)
    figure_layout["xaxis"] = x_axis(mode, say("People"), range=[0, end], nticks=5, showgrid=True)
    figure_layout["xaxis"]["gridcolor"] = theme.colour("grid", mode)
    figure_layout["yaxis"] = {"range": [-0.62, len(series) - 0.38], "visible": False, "fixedrange": True}
    data: list[Figure] = []
    for place, name in enumerate(reversed(series)):
        row = rows[name]
        is_shown = row.status in SHOWN
        value = words.number(row.estimate) if is_shown else say("Hidden")
        above = {"x": 0, "xref": "paper", "xanchor": "left", "y": place, "yanchor": "middle", "yshift": 14, "xshift": 3}
        above |= {"bgcolor": theme.colour("card", mode)}
        figure_layout["annotations"].append(
            note(f"{say(names[name])}  <b>{value}</b>", **above)
            | {"font": {"size": 13.5, "color": theme.colour("ink", mode)}}
        )
        if is_shown:
            bar: Figure = {"type": "bar", "orientation": "h", "x": [float(row.estimate)], "y": [place - 0.14]}
            bar |= {"width": 0.32, "marker": {"color": theme.colour("primary", mode), "cornerradius": 2}}
            data.append(bar | {"hovertext": f"{say(names[name])}<br>{words.people(row.estimate)}", "hoverinfo": "text"})
    return {"data": data, "layout": figure_layout}
