"""Answers in rows: what each is, a dot with its range, and the number; one line where nothing would differ."""

from __future__ import annotations

import html
import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard import theme, words
from dashboard.charts.frame import SHOWN, Figure, layout, note, room_for, with_range, x_axis
from dashboard.language import noted, say

ROW, LOW_ROW = 58, 25
"""Height in px of an answer with its words above it, and beside it."""
LONG = 19
"""Characters beyond which words beside a row are written smaller."""
VALUE_ROOM = 46
"""Room in px for a number beside its row."""
WIDEST = (0.1, 10.0)
"""On a scale of ratios a range that goes further is cut there."""
SIGNED = "+d"
"""Whole numbers with their sign, but zero without one."""
STEPS = (1, 2, 5, 10, 20, 50, 100, 200)
TICKS = (
    (0.25, 0.33, 0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0),
    (0.1, 0.2, 0.33, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0, 5.0, 10.0),
    (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 10.0),
    (0.1, 1.0, 10.0),
)
"""Ticks of ratios, close ones first; those are taken that keep their words apart."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: words and the estimate row they are for, or a heading without one; a strong one is in colour.

    `counted` says on hover what it rests on; empty for the people of the row.
    """

    said: str
    row: pd.Series | None = None
    strong: bool = True
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """The axis of rows: its title, where nothing differs, what lies on both sides, and how a value is written.

    The axis always holds both ends of `least`; with `log`, half and twice are equally far from 1. The title, the
    `sides` and `told`, how a {value} is told on hover, are said where they are drawn.
    """

    title: str
    sides: tuple[str, str]
    least: tuple[float, float]
    nothing: float
    value: Callable[[float], str]
    told: str = "{value}"
    log: bool = False
    ticks: str = SIGNED


def ratios(title: str, sides: tuple[str, str] = (noted("Less often"), noted("More often"))) -> Scale:
    """Return the scale of ratios."""
    return Scale(title, sides, (0.8, 1.25), 1.0, words.ratio, noted("{value} times as often"), log=True)


def rows(lines: Sequence[Line], scale: Scale, mode: str = "light", *, beside: bool = False) -> Figure:
    """Return a dot with its range for each line; a hidden one is words. `beside` puts words beside low rows."""
    height = LOW_ROW if beside else ROW
    left = room_for([line.said for line in lines if line.row is not None], least=80, most=124) if beside else 16
    right = VALUE_ROOM if beside else 24
    figure_layout = layout(mode, height=height * max(len(lines), 1) + 84, left=left, right=right, top=26, bottom=58)
    figure_layout["xaxis"] = _axis(lines, scale, mode, apart=0.16 if beside else 0.08)
    below = -0.6 if beside else -0.55
    figure_layout["yaxis"] = {"range": [below, len(lines) - 0.35], "visible": False, "fixedrange": True}
    # In one piece: dots beside the gridline at the same place would look like two lines.
    dots = {"color": theme.colour("muted", mode), "width": 1.5}
    figure_layout["shapes"].append(
        {"type": "line", "x0": scale.nothing, "x1": scale.nothing, "xref": "x", "y0": 0, "y1": 1, "yref": "paper"}
        | {"line": dots, "layer": "above"}
    )
    at_nothing = _place(scale.nothing, scale)
    for text, anchor, shift in ((scale.sides[0], "right", -8), (scale.sides[1], "left", 8)):
        on_top = {"x": at_nothing, "xref": "x", "xanchor": anchor, "xshift": shift}
        figure_layout["annotations"].append(note(say(text), **on_top, y=1, yref="paper", yshift=13))
    data: list[Figure] = []
    for place, line in enumerate(reversed(lines)):
        figure_layout["annotations"] += (_beside if beside else _above)(line, place, scale, left, mode)
        if line.row is not None and line.row["status"] in SHOWN:
            data += _dot(line, line.row, place if beside else place - 0.1, scale, mode, size=7 if beside else 9)
    return {"data": data, "layout": figure_layout}


def _axis(lines: Sequence[Line], scale: Scale, mode: str, *, apart: float) -> Figure:
    """Return the axis that holds every dot and its range; ticks are `apart` of its length from each other."""
    shown = [line.row for line in lines if line.row is not None and line.row["status"] in SHOWN]
    ranges = pd.Series([row[name] for row in shown for name in ("lower", "upper")], dtype=float)
    dots = pd.Series([row["estimate"] for row in shown], dtype=float)
    ends = pd.concat([ranges.clip(*WIDEST) if scale.log else ranges, dots, pd.Series(scale.least)]).dropna()
    span = _span(ends.map(math.log10) if scale.log else ends, _place(scale.nothing, scale))
    settings: dict[str, Any] = {"showgrid": True, "gridcolor": theme.colour("grid", mode), "range": span}
    if not scale.log:
        whole = _whole_ticks(span) if scale.ticks == SIGNED else []
        written = [f"{tick:+d}".replace("-", "−") if tick else "0" for tick in whole]
        settings |= {"tickvals": whole, "ticktext": written} if whole else {"tickformat": scale.ticks}
        return x_axis(mode, say(scale.title), nticks=7, **settings)
    ticks = _ticks(span, apart)
    settings |= {"tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks]}
    return x_axis(mode, say(scale.title), type="log", **settings)


def _span(ends: pd.Series, nothing: float) -> list[float]:
    """Return both ends of the axis, with room for the words on either side of where nothing differs."""
    room = 0.06 * (float(ends.max()) - float(ends.min()))
    low, high = float(ends.min()) - room, float(ends.max()) + room
    return [min(low, nothing - (high - nothing) / 3), max(high, nothing + (nothing - low) / 3)]


def _place(value: float, scale: Scale) -> float:
    """Return where a value stands on the axis, as an annotation counts it."""
    return math.log10(value) if scale.log else value


def _whole_ticks(span: Sequence[float]) -> list[int]:
    """Return three to seven whole numbers evenly along the axis; none where it is too short for three."""
    for step in STEPS:
        ticks = [step * place for place in range(math.ceil(span[0] / step), math.floor(span[1] / step) + 1)]
        if len(ticks) <= 7:
            return ticks if len(ticks) >= 3 else []
    return []


def _ticks(span: Sequence[float], apart: float) -> list[float]:
    for choice in TICKS:
        ticks = [tick for tick in choice if span[0] <= math.log10(tick) <= span[1]]
        places = [math.log10(tick) / (span[1] - span[0]) for tick in ticks]
        if all(later - one >= apart for one, later in itertools.pairwise(places)):
            break
    return ticks


def _above(line: Line, place: int, scale: Scale, left: int, mode: str) -> list[Figure]:
    """Return the words of a line with their number above its dot; `left` is not used."""
    del left
    said = _safe(line.said)
    number = f"  <b>{_value(line.row, scale)}</b>" if line.row is not None else ""
    above = {"x": 0, "xref": "paper", "xanchor": "left", "y": place, "yanchor": "middle", "yshift": 17}
    # On the card's own colour, so that the line where nothing differs does not run through the words.
    ground = {"bgcolor": theme.colour("card", mode)}
    return [note(f"{said}{number}", **above, **ground, font={"size": 13.5, "color": theme.colour("ink", mode)})]


def _beside(line: Line, place: int, scale: Scale, left: int, mode: str) -> list[Figure]:
    """Return the words of a line on its left and its number on its right; a hidden number is words in its place."""
    ink, quiet = theme.colour("ink", mode), theme.colour("ink2", mode)
    at = {"xref": "paper", "y": place, "yanchor": "middle"}
    said = _safe(line.said)
    start = {"x": 0, "xanchor": "left", "xshift": -left + 2, **at}
    if line.row is None:
        return [note(f"<b>{said}</b>", **start, font={"size": 13, "color": ink}, bgcolor=theme.colour("card", mode))]
    size = 11.5 if len(line.said) > LONG else 13
    result = [note(said, **start, font={"size": size, "color": quiet})]
    value = _value(line.row, scale)
    if line.row["status"] in SHOWN:
        end = {"x": 1, "xanchor": "right", "xshift": VALUE_ROOM - 2, **at}
        return [*result, note(f"<b>{value}</b>", **end, font={"size": 13, "color": ink})]
    inside = {"x": 0, "xanchor": "left", "xshift": 4, **at, "bgcolor": theme.colour("card", mode)}
    return [*result, note(value, **inside, font={"size": 12, "color": quiet})]


def _value(row: pd.Series, scale: Scale) -> str:
    if row["status"] not in SHOWN:
        return words.why_not(str(row["status"]), str(row["reason"]))
    return f"{'~' if row['status'] == 'rough' else ''}{scale.value(row['estimate'])}"


def _dot(line: Line, row: pd.Series, y: float, scale: Scale, mode: str, *, size: int) -> list[Figure]:
    """Return the range, if there is one, and the dot on it."""
    colour = theme.colour("primary" if line.strong else "muted", mode)
    drawn: list[Figure] = []
    told = say(scale.told, value=scale.value(row["estimate"]))
    if pd.notna(row["lower"]) and pd.notna(row["upper"]):
        told = with_range(told, words.between(scale.value(row["lower"]), scale.value(row["upper"])))
        ends = [float(row["lower"]), float(row["upper"])]
        drawn.append(
            {"type": "scatter", "mode": "lines", "x": ends, "y": [y, y], "line": {"color": colour, "width": 3}}
            | {"hoverinfo": "skip"}
        )
    dot = {
        "size": size,
        "color": colour,
        "line": {"width": 1, "color": theme.colour("card", mode)},
    }
    counted = line.counted or ("" if pd.isna(row["n"]) else words.people(row["n"]))
    hover = "<br>".join(part for part in (_safe(line.said), told, counted) if part)
    drawn.append(
        {"type": "scatter", "mode": "markers", "x": [float(row["estimate"])], "y": [y], "marker": dot}
        | {"text": [hover], "hovertemplate": "%{text}<extra></extra>"}
    )
    return drawn


def _safe(text: str) -> str:
    """Return words for a figure, where '<' would start markup."""
    return html.escape(text, quote=False)
