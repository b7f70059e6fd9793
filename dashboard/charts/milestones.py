"""Staying by time of enrolment: a row per period, a cell per milestone; what it is too early for stays grey."""

from __future__ import annotations

import pandas as pd

from dashboard import theme, words
from dashboard.charts.curve import MONTH, SINCE_START
from dashboard.charts.frame import Figure, layout, narrow, note, x_axis
from dashboard.charts.heatmap import cell
from dashboard.language import noted, say

CELL = 66
"""Height of a cell in px."""
MOST = 10
"""Periods drawn, the latest ones."""
NAMES = {30: noted("1 month"), 90: noted("3 months"), 180: noted("6 months"), 365: noted("12 months")}


def periods(table: pd.DataFrame) -> list[str]:
    """Return the periods that are drawn, in time."""
    rows = table[table["stat"].eq("share") & table["level"].ne("")]
    return sorted({str(level) for level in rows["level"]})[-MOST:]


def milestones(table: pd.DataFrame, mode: str = "light") -> Figure:
    """Return the cells of a share table by period (`level`) and day (`x`), the latest period at the bottom."""
    rows = table[table["stat"].eq("share") & table["level"].ne("") & table["x"].notna()]
    levels = periods(table)
    days = sorted({int(day) for day in rows["x"]})
    figure_layout = layout(mode, height=CELL * len(levels) + 56, left=78, right=6, top=8, bottom=48)
    middles = [place + 0.5 for place in range(max(len(days), len(levels)))]
    side = {"showline": False, "ticks": ""}
    figure_layout["xaxis"] = x_axis(
        mode,
        say(SINCE_START),
        range=[0, len(days)],
        tickvals=middles[: len(days)],
        ticktext=[str(round(day / MONTH)) for day in days],
        **side,
    )
    figure_layout["yaxis"] = {"showgrid": False, "zeroline": False, "fixedrange": True, "ticklabelstandoff": 6}
    figure_layout["yaxis"] |= {"range": [0, len(levels)], "tickvals": middles[: len(levels)], **side}
    figure_layout["yaxis"] |= {"ticktext": [_two_lines(level) for level in reversed(levels)]}
    data: list[Figure] = []
    for line, level in enumerate(reversed(levels)):
        for column, day in enumerate(days):
            found = rows[rows["level"].eq(level) & rows["x"].eq(day)]
            row = None if found.empty else found.iloc[0]
            when = say(NAMES[day]) if day in NAMES else say("day {day}", day=day)
            where = say("Enrolled {period}, {when}", period=words.period(level), when=when)
            if row is not None and row["status"] == "immature":
                trace, texts = _too_early(column, line, where, mode)
            else:
                trace, texts = cell(row, column, line, where, mode, _short_range)
            data.append(trace | {"meta": level})
            figure_layout["annotations"] += texts
    return {"data": data, "layout": figure_layout}


def _short_range(lower: float, upper: float) -> str:
    """Return '58–69%', which fits a cell on a phone."""
    low, high = words.percent(lower), words.percent(upper)
    return low if low == high else f"{low.removesuffix('%')}–{high}"


def _two_lines(level: str) -> str:
    """Return 'Jan–Jun<br>2024'."""
    return words.period(level, short=True).replace(" ", "<br>")


def _too_early(column: int, line: int, where: str, mode: str) -> tuple[Figure, list[Figure]]:
    """Return a plain grey cell that says so."""
    ground = theme.colour("sunk", mode)
    inset = 0.012
    left, right, low, high = column + inset, column + 1 - inset, line + inset, line + 1 - inset
    trace: Figure = {"type": "scatter", "mode": "lines", "fill": "toself", "hoveron": "fills", "hoverinfo": "text"}
    trace |= {"x": [left, right, right, left, left], "y": [low, low, high, high, low], "line": {"width": 0}}
    trace |= {"fillcolor": ground, "text": f"{where}<br>{say('Too early')}"}
    said = narrow(say("Too early"))
    font = {"size": 10.5 if "<br>" in said else 12.5, "color": theme.colour("ink2", mode)}
    return trace, [note(said, x=column + 0.5, y=line + 0.5, xanchor="center", yanchor="middle", font=font)]
