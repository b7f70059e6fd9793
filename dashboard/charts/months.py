"""Scores over the months: the same people, everybody still rated, and people by how long they stayed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from dashboard import theme, words
from dashboard.charts.frame import (
    CHARACTER,
    SHOWN,
    Figure,
    Style,
    counts_below,
    label_colour,
    layout,
    note,
    with_range,
    x_axis,
    y_axis,
)
from dashboard.language import noted, say

PLOT = 340
"""Height of the plot in px; labels are placed in it."""
LINE = 20
"""Height of a label in px."""
TICKS = (0, 2, 5, 8, 11)
"""Months that are named and counted below the axis: five fit a phone."""
ALIKE_FROM = 6
"""From this month on everybody still rated has stayed six months, so that the two lines would be one."""


class Line(NamedTuple):
    """How a series is named on its line and in the counts, and how it is drawn; `above`: where its label stands."""

    name: str
    short: str
    colour: str
    width: float
    dash: str
    above: bool


LINES = {
    "same_people": Line(noted("The same people"), noted("Same people"), "primary", 3.0, "solid", above=True),
    "everybody_rated": Line(noted("Everybody still rated"), noted("Everybody"), "muted", 2.25, "7px,3px", above=True),
    "stayed_6_months": Line(noted("Stayed longer"), noted("Stayed"), "cat.3", 1.25, "solid", above=False),
    "left_month_3_to_6": Line(noted("Left months 4–6"), noted("Left 4–6"), "cat.2", 1.25, "6px,4px", above=False),
    "left_to_month_3": Line(noted("Left months 1–3"), noted("Left 1–3"), "cat.1", 1.25, "2px,3px", above=False),
}
"""The series from the strongest to the weakest; labels of the thin lines stand below, the rightmost nearest."""


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    def px(self, score: float) -> float:
        """Return the height of a score above the axis in px."""
        return (score - self.low) / (self.high - self.low) * PLOT


def months(table: pd.DataFrame, mode: str = "light", *, scale: tuple[float, float] | None = None) -> Figure:
    """Return one line per series of mean scores by month, `x` 0 being the first; the axis is the whole `scale`."""
    means = table[table["stat"].eq("mean") & table["series"].isin(list(LINES)) & table["x"].notna()].sort_values("x")
    shown = means[means["status"].isin(SHOWN)]
    drawn = {name: _upto(name, means[means["series"].eq(name)]) for name in LINES if shown["series"].eq(name).any()}
    drawn = {name: rows for name, rows in drawn.items() if rows["status"].isin(SHOWN).any()}
    low, high = scale or (float(shown["estimate"].min()), float(shown["estimate"].max()) or 1.0)
    room = 0.02 * (high - low or 1.0)
    extent = _Scale(low - room, high + room)
    counts = {say(LINES[name].short): _counts(means[means["series"].eq(name)]) for name in drawn}
    bottom = 84 + 20 * len(counts)
    left = max(92, int(12 + CHARACTER * max((len(name) for name in counts), default=0)))
    figure_layout = layout(mode, height=26 + PLOT + bottom, top=26, left=left, right=18, bottom=bottom)
    figure_layout["xaxis"] = x_axis(
        mode,
        say("Month since the first session"),
        range=[-0.8, 11.5],
        tickvals=list(TICKS),
        ticktext=[str(month + 1) for month in TICKS],
    )
    figure_layout["yaxis"] = y_axis(mode, range=[extent.low, extent.high], nticks=6)
    data: list[Figure] = []
    for name in reversed(drawn):
        data += _line(drawn[name], name, mode)
    figure_layout["annotations"] = _labels(drawn, extent, mode)
    names = {say(LINES[name].short): Style("", _text(name, mode)) for name in drawn}
    header = noted("Number of people rated")
    figure_layout["annotations"] += counts_below([], counts, names, mode, start=62, header=header)
    return {"data": data, "layout": figure_layout}


def _upto(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["x"] < ALIKE_FROM] if name == "stayed_6_months" else rows


def _text(name: str, mode: str) -> str:
    return label_colour(theme.colour(LINES[name].colour, mode), mode)


def _line(rows: pd.DataFrame, name: str, mode: str) -> list[Figure]:
    """Return the band of the two strong lines, the line, broken where a month is hidden, and what a dot says."""
    line = LINES[name]
    colour = theme.colour(line.colour, mode)
    shown = rows[rows["status"].isin(SHOWN)]
    held = shown[shown["lower"].notna()]
    traces: list[Figure] = []
    if line.above and len(held) > 1:
        edge = {"type": "scatter", "mode": "lines", "x": held["x"].tolist(), "line": {"width": 0}, "hoverinfo": "skip"}
        traces.append(edge | {"y": held["upper"].tolist()})
        fill = theme.clear(colour, 0.16)
        traces.append(edge | {"y": held["lower"].tolist(), "fill": "tonexty", "fillcolor": fill})
    marker = {"size": 7 if line.above else 4.5, "color": colour}
    path = {"width": line.width, "color": colour, "dash": line.dash}
    whole = rows["estimate"].where(rows["status"].isin(SHOWN))
    texts = [_said(row, say(line.name)) if row.status in SHOWN else "" for row in rows.itertuples()]
    traces.append(
        {"type": "scatter", "mode": "lines+markers", "name": name, "x": rows["x"].tolist(), "y": whole.tolist()}
        | {"line": path, "marker": marker, "connectgaps": False, "cliponaxis": False}
        | {"text": texts, "hovertemplate": "%{text}<extra></extra>"}
    )
    return traces


def _said(row: Any, name: str) -> str:
    value = f"{'~' if row.status == 'rough' else ''}{words.score(row.estimate)}"
    if pd.notna(row.lower):
        value = with_range(value, words.score_range(row.lower, row.upper))
    month = say("Month {number}", number=f"{row.x + 1:.0f}")
    return f"<b>{name}</b><br>{month}<br>{value}<br>{words.people(row.n)}"


def _counts(rows: pd.DataFrame) -> dict[float, str]:
    held = rows[rows["status"].isin(SHOWN) & rows["x"].isin(list(TICKS))]
    return {float(month): words.number(n) for month, n in zip(held["x"], held["n"], strict=True)}


def _labels(drawn: dict[str, pd.DataFrame], extent: _Scale, mode: str) -> list[Figure]:
    """Return the labels at the lines' last dots, each joined to its dot: strong lines above all, thin lines below all.

    Of those above the leftmost is the lowest, of those below the rightmost the highest, so that no joint runs through
    words on a phone.
    """
    ends = {name: rows[rows["status"].isin(SHOWN)].iloc[-1] for name, rows in drawn.items()}
    everything = pd.concat([rows[rows["status"].isin(SHOWN)] for rows in drawn.values()])
    top = extent.px(float(everything["estimate"].max())) + 8
    result = []
    for name in sorted((name for name in ends if LINES[name].above), key=lambda name: float(ends[name]["x"])):
        result.append(_label(ends[name], name, extent, top + LINE / 2, mode))
        top += LINE
    bottom = float("inf")
    for name in sorted((name for name in ends if not LINES[name].above), key=lambda name: -float(ends[name]["x"])):
        beside = everything[everything["x"] >= float(ends[name]["x"]) - 0.5]["estimate"].min()
        bottom = min(bottom, extent.px(float(beside)) - 8)
        result.append(_label(ends[name], name, extent, bottom - LINE / 2, mode))
        bottom -= LINE
    # Those further out come first: the words of the others then lie over their joints.
    return result[::-1]


def _label(row: pd.Series, name: str, extent: _Scale, height: float, mode: str) -> Figure:
    line = LINES[name]
    value = f"{'~' if row['status'] == 'rough' else ''}{words.score(row['estimate'])}"
    said = f"<b>{say(line.name)} {value}</b>" if line.above else f"{say(line.name)}: <b>{value}</b>"
    month = float(row["x"])
    side = "right" if month > 7 else "center" if line.above and month > 3 else "left"
    offset = {"left": -4, "right": 4}.get(side, 0)
    return note(said) | {
        "x": month,
        "y": float(row["estimate"]),
        "showarrow": True,
        "arrowhead": 0,
        "arrowwidth": 1,
        "arrowcolor": theme.colour(line.colour, mode),
        "standoff": 3,
        "ax": 0,
        "ay": extent.px(float(row["estimate"])) - height,
        "xanchor": side,
        "xshift": offset,
        "yanchor": "middle",
        "font": {"size": 14.5 if line.above else 13, "color": _text(name, mode)},
        "bgcolor": theme.clear(theme.colour("card", mode), 0.78),
        "borderpad": 1,
    }
