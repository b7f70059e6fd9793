"""When people go: of those still here, how many leave in a week; a bar per week, wider where weeks are averaged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard import theme, words
from dashboard.charts.curve import MONTH, SINCE_START
from dashboard.charts.frame import (
    SHOWN,
    Figure,
    counts_below,
    label_colour,
    layout,
    note,
    shown,
    with_range,
    x_axis,
    y_axis,
)
from dashboard.language import noted, say

PLOT, WEEK = 250, 7
MONTHS = (0, 90, 180, 270, 365)
LEAST_TOP = 0.04
"""The axis reaches at least 4 of 100 people, so that small shares look small."""
ROOM = 1.14
"""The axis reaches so much further than the highest range, for the value above it."""


def weeks(table: pd.DataFrame, mode: str = "light", *, last_day: int = 364, title: str = SINCE_START) -> Figure:
    """Return a bar for each week or block of the table, `x` being its first day and `last_day` the end of the last."""
    rows = table[table["stat"].eq("share") & table["x"].notna()].sort_values("x")
    ends = [*rows["x"].tolist()[1:], last_day + 1][: len(rows)]
    drawn = shown(rows)
    top = max(LEAST_TOP, ROOM * float(pd.concat([drawn["upper"], drawn["estimate"]]).max())) if len(drawn) else 1.0
    step = 0.02 if top <= 0.12 else 0.05 if top <= 0.3 else 0.25
    ticks = [step * place for place in range(int(top / step) + 1)]
    figure_layout = layout(mode, height=30 + PLOT + 104, top=30, left=72, bottom=104)
    months = [day for day in MONTHS if day <= last_day + 1]
    figure_layout["xaxis"] = x_axis(
        mode,
        say(title),
        range=[-2, last_day + 3],
        tickvals=months,
        ticktext=[str(round(day / MONTH)) for day in months],
    )
    figure_layout["yaxis"] = y_axis(mode, range=[0, top], tickvals=ticks, ticktext=[f"{100 * t:.0f}" for t in ticks])
    figure_layout["annotations"].append(
        note(say("Leave in a week, of every 100 still here"), x=0, xref="paper", xanchor="left", xshift=-60)
        | {"y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 8}
    )
    data = [
        part
        for row, end in zip(rows.itertuples(), ends, strict=True)
        if row.status in SHOWN
        for part in _bar(row, end, mode)
    ]
    figure_layout["annotations"] += _labels(drawn, ends, rows["x"].tolist(), mode)
    figure_layout["annotations"] += _counts(drawn, mode)
    return {"data": data, "layout": figure_layout}


def hidden_weeks(table: pd.DataFrame, *, last_day: int) -> list[str]:
    """Return the names of the weeks or blocks of weeks that are hidden, in order; `last_day` ends the last."""
    rows = table[table["stat"].eq("share") & table["x"].notna()].sort_values("x")
    ends = [*rows["x"].tolist()[1:], last_day + 1][: len(rows)]
    return [name(row.x, end) for row, end in zip(rows.itertuples(), ends, strict=True) if row.status == "hidden"]


def name(first: float, end: float) -> str:
    """Return 'Week 2' or 'Weeks 5 to 8' for the days from `first` to the one before `end`."""
    week, last = int(first) // 7 + 1, (int(end) - 1) // 7
    return say("Week {week}", week=week) if last <= week else say("Weeks {week} to {last}", week=week, last=last)


def _bar(row: Any, end: float, mode: str) -> list[Figure]:
    """Return one bar, and its range: within the bar a line in the card's colour, above it one in ink.

    A casing of the line would wipe out a bar of one week, which is 4 px wide on a phone.
    """
    first, share = float(row.x) - 1, float(row.estimate)
    width = end - 1 - first
    middle = first + width / 2
    value = words.percent(share, rough=row.status == "rough")
    told = value if width <= WEEK else say("{value} a week", value=value)
    ranged = pd.notna(row.lower) and pd.notna(row.upper)
    if ranged:
        told = with_range(told, words.percent_range(row.lower, row.upper))
    said = f"{name(row.x, end)}<br>{told}<br>{say('{people} at the start', people=words.people(row.n))}"
    colour = theme.colour("primary", mode)
    bar: Figure = {"type": "bar", "x": [middle], "y": [share], "width": width - 1, "marker": {"color": colour}}
    drawn = [bar | {"hovertext": said, "hoverinfo": "text"}]
    if ranged:
        inside = {"color": theme.colour("card", mode), "width": 1.0 if width <= WEEK else 1.5}
        above = {"color": theme.colour("ink", mode), "width": 1.5}
        for line, ends in ((inside, [float(row.lower), share]), (above, [share, float(row.upper)])):
            drawn.append({"type": "scatter", "mode": "lines", "x": [middle, middle], "y": ends, "line": line})
            drawn[-1]["hoverinfo"] = "skip"
    return drawn


def _labels(drawn: pd.DataFrame, ends: Sequence[float], firsts: Sequence[float], mode: str) -> list[Figure]:
    """Return the value of the first and of the last bar, above their ranges."""
    if drawn.empty:
        return []
    colour = label_colour(theme.colour("primary", mode), mode)
    result = []
    for place, row in enumerate((drawn.iloc[0], drawn.iloc[-1])[: min(2, len(drawn))]):
        end = ends[firsts.index(row["x"])]
        top = row["estimate"] if pd.isna(row["upper"]) else row["upper"]
        said = f"<b>{words.percent(row['estimate'], rough=row['status'] == 'rough')}</b>"
        where: Figure = {"x": (float(row["x"]) + end) / 2 - 1, "y": float(top), "yanchor": "bottom"}
        # The first stands over its own bar and begins with it, so that it reaches over no later range lower down.
        where |= {"xanchor": "center"} if place else {"xanchor": "left", "xshift": -7}
        result.append(note(said, **where) | {"font": {"size": 14.5, "color": colour}})
    return result


def _counts(drawn: pd.DataFrame, mode: str) -> list[Figure]:
    """Return the people still here at the start of the bars nearest to the named months."""
    if drawn.empty:
        return []
    texts = {}
    for day in MONTHS[:-1]:
        near = drawn[(drawn["x"] - day).abs().le(20)]
        if len(near):
            row = near.loc[(near["x"] - day).abs().idxmin()]
            texts[float(day)] = words.number(row["n"])
    header = noted("People at the start of the week")
    return counts_below([0.0, 365.0], {say("People"): texts}, {}, mode, start=62, header=header)
