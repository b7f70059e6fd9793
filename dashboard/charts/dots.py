"""One thing in several groups: a dot with its range per group, the words and the value above each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard import theme, words
from dashboard.charts.frame import SHOWN, Figure, label, label_colour, layout, note, styles, with_range, x_axis
from dashboard.language import noted, say

ROW = 50
"""Height of one group with its words, in px."""
DOT, BESIDE = 6, 6
"""Size of a dot, so small that a range of some per cent is seen beside it on a phone; px from 0 to the words."""
USUAL_GAP = 30
"""Days without contact of every other figure."""
RATE_AXIS = 5.0
"""The axis of rates reaches at least so many events per 100 months."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One line of the figure: its words, its row of the table, its colour, and a second row drawn hollow beside it."""

    said: str
    row: Any
    colour: str
    beside: Any = None


@dataclass(frozen=True, slots=True)
class Scale:
    """The axis: title, end, places of its ticks with their words, and how a value and its range are written."""

    title: str
    end: float
    ticks: Mapping[float, str]
    value: Callable[[float], str]
    between: Callable[[float, float], str]


def days(table: pd.DataFrame, mode: str = "light", *, names: Mapping[str, str] | None = None) -> Figure:
    """Return the mean days stayed of each level, on an axis that holds all days that could be stayed."""
    rows = table[table["stat"].eq("mean")]
    end = float(rows["x"].max())
    step = 30 if end > 90 else 15
    ticks = {float(day): str(day) for day in range(0, round(end) + 1, step)}
    title = say("Days stayed of the first 180")
    if end != 180:
        title = say("Days stayed of the {days} after day 30", days=f"{end:.0f}")
    looks = styles([str(level) for level in rows["level"]], mode)
    dots = [Dot(label(str(row.level), names), row, looks[str(row.level)].colour) for row in rows.itertuples()]
    return _figure(dots, Scale(title, end, ticks, _days, _between_days), mode)


def _days(value: float) -> str:
    return say("{number} days", number=words.number(value))


def _between_days(low: float, high: float) -> str:
    return words.between(words.number(low), words.number(high))


def rates(table: pd.DataFrame, mode: str = "light", *, names: Mapping[str, str] | None = None) -> Figure:
    """Return the rate of each level: events per 100 months."""
    rows = table[table["stat"].eq("rate")]
    looks = styles([str(level) for level in rows["level"]], mode)
    top = float(pd.concat([rows["estimate"], rows["upper"]]).max())
    end = RATE_AXIS if pd.isna(top) else max(RATE_AXIS, 1.08 * top)
    step = 1 if end <= 8 else 2 if end <= 16 else 5 if end <= 40 else 10 * (int(end) // 80 + 1)
    ticks = {float(at): str(at) for at in range(0, int(end) + 1, step)}
    dots = [Dot(label(str(row.level), names), row, looks[str(row.level)].colour) for row in rows.itertuples()]
    return _figure(dots, Scale(say("Events per 100 months"), end, ticks, words.score, words.score_range), mode)


def gaps(table: pd.DataFrame, mode: str = "light", *, usual: int = USUAL_GAP) -> Figure:
    """Return the share who stayed under every gap (`x`); the usual one is named and coloured."""
    rows = table[table["stat"].eq("share") & table["x"].notna()].sort_values("x")
    plain, strong = theme.colour("muted", mode), theme.colour("primary", mode)
    dots = [
        Dot(say("{number} days (usual)", number=f"{row.x:.0f}"), row, strong)
        if row.x == usual
        else Dot(_days(row.x), row, plain)
        for row in rows.itertuples()
    ]
    return _figure(dots, _shares(say("Stayed to 6 months")), mode)


def attendance(table: pd.DataFrame, mode: str = "light", *, names: Mapping[str, str] | None = None) -> Figure:
    """Return sessions attended of those due by level, and, hollow, of all scheduled."""
    rows = table[table["shape"].ne("")]
    scheduled = {str(row.level): row for row in rows[rows["series"].eq("of_scheduled")].itertuples()}
    colour = theme.colour("primary", mode)
    dots = [
        Dot(label(str(row.level), names) if row.level else say("Everybody"), row, colour, scheduled.get(str(row.level)))
        for row in rows[rows["series"].eq("")].itertuples()
    ]
    title = noted("Sessions attended of those due, of all (ring)")
    return _figure(dots, _shares(say(title) if scheduled else say("Sessions attended of those due")), mode)


def _shares(title: str) -> Scale:
    ticks = {0.0: "0%", 0.25: "25%", 0.5: "50%", 0.75: "75%", 1.0: "100%"}
    return Scale(title, 1.0, ticks, words.percent, words.percent_range)


def _figure(dots: Sequence[Dot], scale: Scale, mode: str) -> Figure:
    figure_layout = layout(mode, height=ROW * len(dots) + 62, left=16, right=24, top=4, bottom=54)
    ticks = {"tickvals": list(scale.ticks), "ticktext": list(scale.ticks.values())}
    grid = {"showgrid": True, "gridcolor": theme.colour("grid", mode)}
    room = 0.015 * scale.end
    figure_layout["xaxis"] = x_axis(mode, scale.title, range=[-room, scale.end + room], **ticks, **grid)
    figure_layout["yaxis"] = {"range": [-0.55, len(dots) - 0.35], "visible": False, "fixedrange": True}
    data: list[Figure] = []
    for place, dot in enumerate(reversed(dots)):
        above = {
            "x": 0,
            "xref": "x",
            "xanchor": "left",
            "y": place,
            "yanchor": "middle",
            "yshift": 15,
            "xshift": BESIDE,
        }
        figure_layout["annotations"].append(
            note(f"{dot.said}  <b>{_value(dot.row, scale)}</b>", **above)
            | {"font": {"size": 13.5, "color": label_colour(dot.colour, mode)}}
            | {"bgcolor": theme.colour("card", mode)}
        )
        if dot.row.status in SHOWN:
            data += _drawn(dot, dot.row, place - 0.12, scale, mode)
        # The ring is drawn last: the full dot would cover part of it where both lie close.
        if dot.beside is not None and dot.beside.status in SHOWN:
            data += _drawn(dot, dot.beside, place - 0.12, scale, mode, hollow=True)
    return {"data": data, "layout": figure_layout}


def _value(row: Any, scale: Scale) -> str:
    if row.status not in SHOWN:
        return words.why_not(str(row.status), "")
    return f"{'~' if row.status == 'rough' else ''}{scale.value(float(row.estimate))}"


def _drawn(dot: Dot, row: Any, y: float, scale: Scale, mode: str, *, hollow: bool = False) -> list[Figure]:
    """Return the range, if there is one, and the dot on it; of a hollow dot the range is told on hover alone."""
    drawn: list[Figure] = []
    said = _value(row, scale)
    card = theme.colour("card", mode)
    if pd.notna(row.lower) and pd.notna(row.upper):
        low, high = float(row.lower), float(row.upper)
        said = with_range(said, scale.between(low, high))
        if not hollow:
            line = {"color": dot.colour, "width": 3}
            drawn.append({"type": "scatter", "mode": "lines", "x": [low, high], "y": [y, y], "line": line})
            drawn[-1]["hoverinfo"] = "skip"
    marker: Figure = {"size": DOT, "color": dot.colour, "line": {"width": 0.5, "color": card}}
    if hollow:
        marker = {"size": DOT + 4, "symbol": "circle-open", "color": dot.colour, "line": {"width": 2}}
    counted = "" if pd.isna(row.n) else f"<br>n = {words.number(row.n)}"
    what = say("{what}, of all scheduled", what=dot.said) if hollow else dot.said
    drawn.append(
        {"type": "scatter", "mode": "markers", "x": [float(row.estimate)], "y": [y], "marker": marker}
        | {"meta": str(row.level), "text": [f"{what}<br>{said}{counted}"], "hovertemplate": "%{text}<extra></extra>"}
    )
    return drawn
