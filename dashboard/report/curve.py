"""Staying by group as a drawing: lines with bands, labels at the marked day, and the number who have not left early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard import words
from dashboard.charts.curve import unbroken
from dashboard.charts.frame import NOT_LEFT
from dashboard.charts.heights import Beside, label_places
from dashboard.language import say
from dashboard.report.svg import SIZE, Frame, line, mark, svg, text, wide
from dashboard.theme import colour

ORDER = ("higher", "middle", "lower")
MONTH = 30
SHOWN = ("shown", "rough")
GAP, FIGURE = 15.5, 3.4
"""Px of a label's height, and half the width of a figure."""
COLUMN = 48
"""Least px between two numbers of the row of people still being followed."""
FAR = 16
"""Px between a mark and its label beyond which a thin line joins them."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one group is drawn: line, label, dash and mark, so that colour is never alone."""

    line: str
    label: str
    dash: str
    mark: str
    width: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a line says at the marked day: the day it was read at, and the row."""

    day: float
    share: float
    said: str


def look(level: str) -> Look:
    """Return how a level is drawn."""
    if level == "lower":
        return Look(colour("ordered3.0"), colour("label_text.clay"), "", "diamond", 2.2)
    if level == "middle":
        return Look(colour("ordered3.1"), colour("label_text.mid"), "5 3", "square", 2)
    return Look(colour("ordered3.2"), colour("ordered3.2"), "", "circle", 2.6)


def lines(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a staying table that are drawn, in order of time."""
    rows = table[table["stat"].eq("share") & table["status"].isin(SHOWN) & table["x"].notna()]
    return rows.sort_values("x", kind="stable")


def reading(points: pd.DataFrame, marked_day: float, name: str) -> Reading:
    """Return what a line says at the marked day; with no point there, the last drawn one before and its month.

    A stepped line holds its value until it stops; between the points of a straight one nothing is known.
    """
    held = bool(points["shape"].eq("step").all()) and float(points["x"].max()) >= marked_day
    before = points[points["x"] <= marked_day]
    row = before.iloc[-1] if len(before) else points.iloc[0]
    day = marked_day if held else float(row["x"])
    share = words.percent(row["estimate"], rough=row["status"] == "rough")
    said = share if day == marked_day else say("{share} at month {month}", share=share, month=f"{day / MONTH:.3g}")
    return Reading(day, float(row["estimate"]), f"{name} {said}".strip())


def curve(
    table: pd.DataFrame,
    *,
    title: str,
    width: int,
    plot: int,
    marked_day: float,
    axis: str,
    names: Mapping[str, str],
) -> str:
    """Return the drawing of a staying table; at least one of its lines must be shown.

    `width` is that of the drawing and `plot` the height of its plot in px; `names` are the words for the levels, which
    are said here.
    """
    drawn, names = lines(table), {level: say(name) for level, name in names.items()}
    levels = [level for level in (*ORDER, "") if level in set(drawn["level"])]
    last = max(float(drawn["x"].max()), marked_day)
    side = max(52, wide(names.get(level, level) for level in levels) + 13) if levels != [""] else 46
    bottom = plot + 10
    followed = _followed_days(table, levels, (last, marked_day), (width - side - 14) / last)
    height = bottom + 38 + (16 * (len(levels) + 1) + 6 if followed else 0)
    frame = Frame(width, height, side, width - 14, 10, bottom, last)
    parts = [_grid(frame, axis, followed)]
    parts.append(line(frame.x(marked_day), frame.top, frame.x(marked_day), bottom, colour("muted"), dash="2 3"))
    runs = {level: unbroken(drawn[drawn["level"] == level], table[table["level"].eq(level)]) for level in levels}
    parts += [_band(run, frame, look(level).line, later=i > 0) for level in levels for i, run in enumerate(runs[level])]
    groups = {level: drawn[drawn["level"] == level] for level in levels}
    readings = {level: reading(points, marked_day, names.get(level, level)) for level, points in groups.items()}
    parts += [_line(run, frame, level, later=i > 0) for level in levels for i, run in enumerate(runs[level])]
    parts.append(_labels(readings, groups, frame))
    if followed:
        parts.append(_followed(table, levels, followed, frame, names))
    return svg(width, height, title, "; ".join(found.said for found in readings.values()), parts)


def _grid(frame: Frame, axis: str, followed: Sequence[float]) -> str:
    """Return the grid and the axes; the ticks are the days of the numbers below, so that each stands under its own."""
    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = frame.y(share)
        parts.append(line(frame.left, y, frame.right, y, colour("edge" if share == 0 else "grid")))
        parts.append(text(frame.left - 7, y + 4, f"{round(share * 100)}%", anchor="end"))
    months = int(frame.last // MONTH)
    ticks = followed or [float(month * MONTH) for month in range(0, months + 1, 3 if months > 5 else 1)]
    parts += [text(frame.x(day), frame.bottom + 15, f"{day / MONTH:.0f}", anchor="middle") for day in ticks]
    parts.append(text((frame.left + frame.right) / 2, frame.bottom + 31, axis, anchor="middle"))
    return "".join(parts)


def _corners(points: pd.DataFrame, column: str, frame: Frame, *, later: bool = False) -> list[tuple[float, float]]:
    """Return the corners of a line; a straight one starts with everybody at the first day, as every curve does.

    A `later` part of a line, behind a hidden point, starts with its own first day.
    """
    step = bool(points["shape"].eq("step").all())
    found = [] if step or later or points["x"].iloc[0] == 0 else [(frame.x(0), frame.y(1))]
    for day, share in zip(points["x"], points[column], strict=True):
        x, y = frame.x(float(day)), frame.y(float(share))
        if step and found:
            found.append((x, found[-1][1]))
        found.append((x, y))
    return found


def _line(points: pd.DataFrame, frame: Frame, level: str, *, later: bool) -> str:
    drawn = look(level)
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in _corners(points, "estimate", frame, later=later))
    dash = f' stroke-dasharray="{drawn.dash}"' if drawn.dash else ""
    made = f'<polyline points="{path}" fill="none" stroke="{drawn.line}" stroke-width="{drawn.width:g}"{dash}/>'
    if bool(points["shape"].eq("step").all()):
        return made
    return made + "".join(
        mark(drawn.mark, frame.x(float(day)), frame.y(float(share)), drawn.line, 3)
        for day, share in zip(points["x"], points["estimate"], strict=True)
    )


def _band(points: pd.DataFrame, frame: Frame, fill: str, *, later: bool) -> str:
    limits = points[points["lower"].notna() & points["upper"].notna()]
    if limits.empty:
        return ""
    upper, lower = (_corners(limits, side, frame, later=later) for side in ("upper", "lower"))
    outline = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*upper, *reversed(lower)])
    return f'<polygon points="{outline}" fill="{fill}" fill-opacity="0.14"/>'


def _labels(readings: Mapping[str, Reading], groups: Mapping[str, pd.DataFrame], frame: Frame) -> str:
    """Return the marks at the day that was read and their labels beside it, apart and in the order of the lines.

    Labels stand as the web page's do: right or left of their mark, over no line where there is room.
    """
    order = sorted(readings, key=lambda level: -readings[level].share)
    starts: dict[str, tuple[float, float]] = {}
    right: list[Beside] = []
    left: list[Beside | None] = []
    for level in order:
        width, at = 0.58 * 13 * len(readings[level].said), frame.x(readings[level].day)
        starts[level] = max(min(at + 9, frame.right - width), frame.left + 4), at - 9 - width
        here, there = (_on_side(groups, level, frame, place, place + width) for place in starts[level])
        right.append(here)
        left.append(there if starts[level][1] >= frame.left + 4 else None)
    marks = [frame.bottom - frame.y(readings[level].share) for level in order]
    placed = label_places(marks, right, left, height=frame.bottom - frame.top, size=GAP)
    parts = [
        mark(look(level).mark, frame.x(found.day), frame.y(found.share), look(level).line)
        for level, found in readings.items()
    ]
    for level, place in zip(order, placed, strict=True):
        ground = {"halo": colour("card")} if place.covers else {}
        y = frame.bottom - place.height + 4.5
        said = readings[level].said
        at, own = frame.x(readings[level].day), frame.y(readings[level].share)
        if abs(y - 4.5 - own) > FAR:
            end = starts[level][0] - 2 if not place.left else at - 7
            parts.append(line(at, own, end, y - 4.5, look(level).label, width=0.75))
        parts.append(text(starts[level][place.left], y, said, weight=700, size=13, ink=look(level).label, **ground))
    return "".join(parts)


def _on_side(groups: Mapping[str, pd.DataFrame], level: str, frame: Frame, left: float, right: float) -> Beside:
    """Return what lines fill between `left` and `right`, those of the others and of `level` itself."""
    beside = {name: _beside(points, frame, left, right) for name, points in groups.items()}
    own = beside.pop(level)
    return Beside([span for spans in beside.values() for span in spans], own)


def _beside(points: pd.DataFrame, frame: Frame, left: float, right: float) -> list[tuple[float, float]]:
    """Return the one span (low, high), in px above the axis, that a line fills between `left` and `right`, if any."""
    xs, ys = (list(part) for part in zip(*_corners(points, "estimate", frame), strict=True))
    if xs[-1] < left or xs[0] > right:
        return []
    inside = [y for x, y in zip(xs, ys, strict=True) if left <= x <= right]
    inside += [float(np.interp(x, xs, ys)) for x in (max(left, xs[0]), min(right, xs[-1]))]
    return [(frame.bottom - max(inside), frame.bottom - min(inside))]


def _followed_days(table: pd.DataFrame, levels: Sequence[str], axis: tuple[float, float], scale: float) -> list[float]:
    """Return the days whose numbers fit side by side; `scale` is px a day.

    The first day and the marked one come first, then those that most lines have. `axis` holds the last day and the
    marked one.
    """
    last, marked = axis
    rows = _at_risk(table)
    rows = rows[rows["level"].isin(levels) & rows["x"].le(last)]
    known = rows.groupby("x")["level"].nunique().sort_index().sort_values(ascending=False, kind="stable")
    counted = [float(x) for x in known.index]
    days: list[float] = []
    for day in [*(day for day in (0.0, marked) if day in counted), *counted]:
        if all(abs(day - other) * scale >= COLUMN for other in days):
            days.append(day)
    return sorted(days)


def _followed(
    table: pd.DataFrame, levels: Sequence[str], days: Sequence[float], frame: Frame, names: Mapping[str, str]
) -> str:
    rows = _at_risk(table)
    y = frame.bottom + 50
    parts = [text(frame.left, y, say(NOT_LEFT), weight=600)]
    for place, level in enumerate(levels):
        height = y + 16 * (place + 1)
        parts.append(text(frame.left - 11, height, names.get(level, level) or say("People"), anchor="end"))
        for row in rows[rows["level"].eq(level) & rows["x"].isin(days)].itertuples():
            said = words.number(row.estimate)
            reach = 0.28 * SIZE * len(said)
            anchor = "start" if row.x == 0 else "end" if frame.x(float(row.x)) + reach > frame.width else "middle"
            # At both ends the outer figure stands under the tick.
            shift = {"start": -FIGURE, "end": FIGURE, "middle": 0.0}[anchor]
            parts.append(text(frame.x(float(row.x)) + shift, height, said, anchor=anchor))
    return "".join(parts)


def _at_risk(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["stat"].eq("at_risk") & table["status"].isin(SHOWN)]
