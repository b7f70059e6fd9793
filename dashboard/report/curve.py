"""Staying by group as a drawing: lines with bands, labels at the marked day, and the number still being followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard import words
from dashboard.charts.heights import label_heights
from dashboard.language import say
from dashboard.report.svg import SIZE, Frame, line, mark, svg, text, wide
from dashboard.theme import colour

ORDER = ("higher", "middle", "lower")
MONTH = 30
SHOWN = ("shown", "rough")
GAP = 15.5
COLUMN = 62
"""Least px between two numbers of the row of people still being followed."""


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
    side = max(52, wide(names.get(level, level) for level in levels) + 9) if levels != [""] else 46
    bottom = plot + 10
    followed = _followed_days(table, levels, last, (width - side - 14) / last)
    height = bottom + 38 + (16 * (len(levels) + 1) + 6 if followed else 0)
    frame = Frame(width, height, side, width - 14, 10, bottom, last)
    parts = [_grid(frame, axis)]
    parts.append(line(frame.x(marked_day), frame.top, frame.x(marked_day), bottom, colour("muted"), dash="2 3"))
    parts += [_band(drawn[drawn["level"] == level], frame, look(level).line) for level in levels]
    groups = {level: drawn[drawn["level"] == level] for level in levels}
    readings = {level: reading(points, marked_day, names.get(level, level)) for level, points in groups.items()}
    parts += [_line(points, frame, level) for level, points in groups.items()]
    parts.append(_labels(readings, groups, frame))
    if followed:
        parts.append(_followed(table, levels, followed, frame, names))
    return svg(width, height, title, "; ".join(found.said for found in readings.values()), parts)


def _grid(frame: Frame, axis: str) -> str:
    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = frame.y(share)
        parts.append(line(frame.left, y, frame.right, y, colour("edge" if share == 0 else "grid")))
        parts.append(text(frame.left - 7, y + 4, f"{round(share * 100)}%", anchor="end"))
    months = int(frame.last // MONTH)
    parts += [
        text(frame.x(month * MONTH), frame.bottom + 15, str(month), anchor="middle")
        for month in range(0, months + 1, 3 if months > 5 else 1)
    ]
    parts.append(text((frame.left + frame.right) / 2, frame.bottom + 31, axis, anchor="middle"))
    return "".join(parts)


def _corners(points: pd.DataFrame, column: str, frame: Frame) -> list[tuple[float, float]]:
    """Return the corners of a line; a straight one starts with everybody at the first day, as every curve does."""
    step = bool(points["shape"].eq("step").all())
    found = [] if step or points["x"].iloc[0] == 0 else [(frame.x(0), frame.y(1))]
    for day, share in zip(points["x"], points[column], strict=True):
        x, y = frame.x(float(day)), frame.y(float(share))
        if step and found:
            found.append((x, found[-1][1]))
        found.append((x, y))
    return found


def _line(points: pd.DataFrame, frame: Frame, level: str) -> str:
    drawn = look(level)
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in _corners(points, "estimate", frame))
    dash = f' stroke-dasharray="{drawn.dash}"' if drawn.dash else ""
    made = f'<polyline points="{path}" fill="none" stroke="{drawn.line}" stroke-width="{drawn.width:g}"{dash}/>'
    if bool(points["shape"].eq("step").all()):
        return made
    return made + "".join(
        mark(drawn.mark, frame.x(float(day)), frame.y(float(share)), drawn.line, 3)
        for day, share in zip(points["x"], points["estimate"], strict=True)
    )


def _band(points: pd.DataFrame, frame: Frame, fill: str) -> str:
    limits = points[points["lower"].notna() & points["upper"].notna()]
    if limits.empty:
        return ""
    upper, lower = _corners(limits, "upper", frame), _corners(limits, "lower", frame)
    outline = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*upper, *reversed(lower)])
    return f'<polygon points="{outline}" fill="{fill}" fill-opacity="0.14"/>'


def _labels(readings: Mapping[str, Reading], groups: Mapping[str, pd.DataFrame], frame: Frame) -> str:
    """Return the marks at the day that was read and their labels right of it, apart and in the order of the lines.

    Labels stand where the web page's do: near their own line and over no other.
    """
    order = sorted(readings, key=lambda level: -readings[level].share)
    places, own, others = {}, [], []
    for level in order:
        width = 0.58 * 13 * len(readings[level].said)
        place = max(min(frame.x(readings[level].day) + 9, frame.right - width), frame.left + 4)
        beside = {other: _beside(points, frame, place, place + width) for other, points in groups.items()}
        places[level] = place
        own.append(beside.pop(level))
        others.append([span for spans in beside.values() for span in spans])
    marks = [frame.bottom - frame.y(readings[level].share) for level in order]
    heights = label_heights(marks, others, own, height=frame.bottom - frame.top, size=GAP)
    parts = [
        mark(look(level).mark, frame.x(found.day), frame.y(found.share), look(level).line)
        for level, found in readings.items()
    ]
    for level, height in zip(order, heights, strict=True):
        y = frame.bottom - height + 4.5
        said = readings[level].said
        parts.append(text(places[level], y, said, weight=700, size=13, ink=look(level).label, halo=colour("card")))
    return "".join(parts)


def _beside(points: pd.DataFrame, frame: Frame, left: float, right: float) -> list[tuple[float, float]]:
    """Return the one span (low, high), in px above the axis, that a line fills between `left` and `right`, if any."""
    xs, ys = (list(part) for part in zip(*_corners(points, "estimate", frame), strict=True))
    if xs[-1] < left or xs[0] > right:
        return []
    inside = [y for x, y in zip(xs, ys, strict=True) if left <= x <= right]
    inside += [float(np.interp(x, xs, ys)) for x in (max(left, xs[0]), min(right, xs[-1]))]
    return [(frame.bottom - max(inside), frame.bottom - min(inside))]


def _followed_days(table: pd.DataFrame, levels: Sequence[str], last: float, scale: float) -> list[float]:
    """Return the days whose numbers fit side by side, those that most lines have first; `scale` is px a day."""
    rows = _at_risk(table)
    rows = rows[rows["level"].isin(levels) & rows["x"].le(last)]
    known = rows.groupby("x")["level"].nunique().sort_index().sort_values(ascending=False, kind="stable")
    days: list[float] = []
    for day in (float(x) for x in known.index):
        if all(abs(day - other) * scale >= COLUMN for other in days):
            days.append(day)
    return sorted(days)


def _followed(
    table: pd.DataFrame, levels: Sequence[str], days: Sequence[float], frame: Frame, names: Mapping[str, str]
) -> str:
    rows = _at_risk(table)
    y = frame.bottom + 50
    parts = [text(frame.left, y, say("Number of people still being followed"), weight=600)]
    for place, level in enumerate(levels):
        height = y + 16 * (place + 1)
        parts.append(text(frame.left - 7, height, names.get(level, level) or say("People"), anchor="end"))
        for row in rows[rows["level"].eq(level) & rows["x"].isin(days)].itertuples():
            said = words.number(row.estimate)
            reach = 0.28 * SIZE * len(said)
            anchor = "start" if row.x == 0 else "end" if frame.x(float(row.x)) + reach > frame.width else "middle"
            parts.append(text(frame.x(float(row.x)), height, said, anchor=anchor))
    return "".join(parts)


def _at_risk(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["stat"].eq("at_risk") & table["status"].isin(SHOWN)]
