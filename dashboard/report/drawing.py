"""Charts of the report as plain SVG text: no script, no browser, readable by a screen reader and on paper.

Each function takes rows of an estimate table and returns one `<svg>` element with a title and a description.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from dashboard.theme import colour, text_on

LEVELS = {"higher": ("Higher", 2), "middle": ("Middle", 1), "lower": ("Lower", 0)}
ORDER = ("higher", "middle", "lower")
MONTH_DAYS = 30


@dataclass(frozen=True)
class Frame:
    """Plot area inside an SVG of `width` × `height`, with the day range on x and 0 to 1 on y."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    last_day: float

    def x(self, day: float) -> float:
        """Return the horizontal place of a day."""
        return self.left + (self.right - self.left) * day / self.last_day

    def y(self, share: float) -> float:
        """Return the vertical place of a share between 0 and 1."""
        return self.bottom - (self.bottom - self.top) * share


def curve(
    table: pd.DataFrame,
    *,
    title: str,
    width: int,
    marked_day: float,
    axis: str,
    labels: Mapping[str, str],
) -> str:
    """Return staying curves with bands, direct labels at `marked_day` and the number still being followed.

    `table` holds rows of a staying curve (stat share and at_risk); `labels` names the levels.
    """
    shares = table[(table["stat"] == "share") & table["status"].isin(["shown", "rough"]) & table["x"].notna()]
    levels = [level for level in (*ORDER, "") if level in set(shares["level"])]
    last = float(shares["x"].max()) if len(shares) else marked_day
    bottom = 168
    height = bottom + 58 + 18 * max(1, len(levels))
    frame = Frame(width, height, 46, width - 12, 12, bottom, max(last, marked_day))
    parts = [_grid(frame, axis), _dotted(frame, marked_day)]
    ends: list[tuple[float, str, str]] = []
    for level in levels:
        points = shares[shares["level"] == level].sort_values("x")
        line, text = _colours(level)
        step = bool((points["shape"] == "step").all())
        parts.append(_band(points, frame, line, step))
        dash = ' stroke-dasharray="5 3"' if level == "middle" else ""
        parts.append(
            f'<path d="{_path(points["x"], points["estimate"], frame, step)}" fill="none" stroke="{line}" '
            f'stroke-width="{2 if level == "middle" else 2.4}"{dash}/>'
        )
        at = points[points["x"] <= marked_day]
        if len(at) and float(points["x"].max()) >= marked_day:
            share = float(at["estimate"].iloc[-1])
            place = frame.y(share)
            parts.append(f'<circle cx="{frame.x(marked_day):.1f}" cy="{place:.1f}" r="4" fill="{line}"/>')
            ends.append((place, f"{labels.get(level, level)} {round(share * 100)}%".strip(), text))
    parts.append(_labels(ends, frame.x(marked_day) + 8))
    parts.append(_followed(table, levels, frame, labels))
    description = "; ".join(text for _, text, _ in sorted(ends)) or "No group is large enough to show."
    return _svg(width, height, title, description, parts)


def heat_map(table: pd.DataFrame, *, title: str, width: int, across: str, down: str, floor: str) -> str:
    """Return the 3 × 3 map of `level` 'across band|down band'; hidden cells are striped and say so."""
    cells = {str(row.level): row for row in table[table["shape"] == "cell"].itertuples()}
    columns, rows = ("lower", "middle", "higher"), ("higher", "middle", "lower")
    side, top, gap = 58.0, 22.0, 3.0
    wide = (width - side) / 3
    tall = 38.0
    parts = []
    described = []
    for i, column in enumerate(columns):
        parts.append(_text(side + wide * (i + 0.5), 14, LEVELS[column][0], anchor="middle", weight=600, size=11))
        for j, row in enumerate(rows):
            cell = cells.get(f"{column}|{row}")
            x, y = side + i * wide, top + j * tall
            parts.append(_cell(cell, x, y, wide - gap, tall - gap, floor))
            if cell is not None and cell.status in ("shown", "rough"):
                described.append(f"{across} {column}, {down} {row}: {round(float(cell.estimate) * 100)}%")
    for j, row in enumerate(rows):
        parts.append(_text(side - 8, top + tall * (j + 0.5) + 4, LEVELS[row][0], anchor="end", weight=600, size=11))
    height = top + 3 * tall + 18
    parts.append(_text(side + wide * 1.5, height - 4, f"{across} (across), {down} (down)", anchor="middle", size=11))
    return _svg(width, height, title, "; ".join(described) or "Every cell is hidden.", parts)


def _grid(frame: Frame, axis: str) -> str:
    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = frame.y(share)
        parts.append(
            f'<line x1="{frame.left}" x2="{frame.right}" y1="{y:.1f}" y2="{y:.1f}" '
            f'stroke="{colour("edge" if share == 0 else "grid")}"/>'
        )
        parts.append(_text(frame.left - 6, y + 4, f"{round(share * 100)}%", anchor="end"))
    months = int(frame.last_day // MONTH_DAYS)
    parts.extend(
        _text(frame.x(month * MONTH_DAYS), frame.bottom + 16, str(month), anchor="middle")
        for month in range(0, months + 1, 3 if months > 5 else 1)
    )
    parts.append(_text((frame.left + frame.right) / 2, frame.bottom + 32, axis, anchor="middle"))
    return "".join(parts)


def _dotted(frame: Frame, day: float) -> str:
    x = f"{frame.x(day):.1f}"
    across = f'x1="{x}" x2="{x}" y1="{frame.top}" y2="{frame.bottom}"'
    return f'<line {across} stroke="{colour("muted")}" stroke-dasharray="2 3"/>'


def _path(days: Sequence[float], shares: Sequence[float], frame: Frame, step: bool) -> str:
    moves = []
    before = None
    for day, share in zip(days, shares, strict=True):
        x, y = frame.x(float(day)), frame.y(float(share))
        if before is None:
            moves.append(f"M{x:.1f},{y:.1f}")
        else:
            moves.append(f"H{x:.1f}V{y:.1f}" if step else f"L{x:.1f},{y:.1f}")
        before = y
    return "".join(moves)


def _band(points: pd.DataFrame, frame: Frame, fill: str, step: bool) -> str:
    limits = points[points["lower"].notna() & points["upper"].notna()]
    if limits.empty:
        return ""
    upper = _corners(limits["x"], limits["upper"], frame, step)
    lower = _corners(limits["x"], limits["lower"], frame, step)
    outline = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*upper, *reversed(lower)])
    return f'<polygon points="{outline}" fill="{fill}" fill-opacity="0.15"/>'


def _corners(days: Sequence[float], shares: Sequence[float], frame: Frame, step: bool) -> list[tuple[float, float]]:
    corners: list[tuple[float, float]] = []
    for day, share in zip(days, shares, strict=True):
        x, y = frame.x(float(day)), frame.y(float(share))
        if step and corners:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    return corners


def _labels(ends: list[tuple[float, str, str]], x: float) -> str:
    """Place labels right of the marked day, at least 15 units apart, in the order of the curves."""
    placed: list[float] = []
    parts = []
    for y, text, ink in sorted(ends):
        place = max(y - 6, placed[-1] + 15) if placed else y - 6
        placed.append(place)
        parts.append(
            f'<text x="{x:.1f}" y="{place:.1f}" font-size="12.5" font-weight="700" fill="{ink}" '
            f'stroke="{colour("card")}" stroke-width="3" paint-order="stroke">{escape(text)}</text>'
        )
    return "".join(parts)


def _followed(table: pd.DataFrame, levels: Sequence[str], frame: Frame, labels: Mapping[str, str]) -> str:
    followed = table[(table["stat"] == "at_risk") & table["status"].isin(["shown", "rough"])]
    if followed.empty:
        return ""
    y = frame.bottom + 50
    parts = [_text(frame.left, y, "Number of people still being followed", weight=600)]
    for position, level in enumerate(levels):
        line = y + 18 * (position + 1)
        parts.append(_text(frame.left - 6, line, labels.get(level, level) or "People", anchor="end", size=10.5))
        for row in followed[followed["level"] == level].itertuples():
            if row.x <= frame.last_day:
                anchor = "start" if row.x == 0 else "middle"
                parts.append(_text(frame.x(float(row.x)), line, f"{int(row.estimate):,}", anchor=anchor))
    return "".join(parts)


def _cell(cell: object, x: float, y: float, wide: float, tall: float, floor: str) -> str:
    middle = x + wide / 2
    if cell is None or cell.status not in ("shown", "rough"):  # type: ignore[attr-defined]
        hatch, ground = colour("hatch.0"), colour("hatch.1")
        stripes = "".join(
            f'<line x1="{x + k:.1f}" y1="{y + tall:.1f}" x2="{x + k + tall / 2:.1f}" y2="{y:.1f}" stroke="{hatch}"/>'
            for k in range(4, int(wide - tall / 2), 9)
        )
        return (
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="{ground}"/>{stripes}'
            + _text(middle, y + tall / 2 + 4, f"Hidden ({floor})", anchor="middle", size=10.5, halo=ground)
        )
    share = float(cell.estimate)  # type: ignore[attr-defined]
    fill = colour(f"seq7.{min(6, max(0, int((share - 0.2) / 0.75 * 7)))}")
    ink = text_on(fill)
    rough = "~" if cell.status == "rough" else ""  # type: ignore[attr-defined]
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" rx="2" fill="{fill}"/>'
        f'<text x="{middle:.1f}" y="{y + tall / 2 - 1:.1f}" font-size="14" font-weight="700" text-anchor="middle" '
        f'fill="{ink}">{rough}{round(share * 100)}%</text>'
        f'<text x="{middle:.1f}" y="{y + tall / 2 + 14:.1f}" font-size="10.5" text-anchor="middle" '
        f'fill="{ink}">n = {int(cell.n):,}</text>'  # type: ignore[attr-defined]
    )


def _colours(level: str) -> tuple[str, str]:
    """Return the colour of a level's line and of its label, which must reach 4.5:1 on the card."""
    if level == "lower":
        return colour("ordered3.0"), colour("label_text.clay")
    if level == "middle":
        return colour("ordered3.1"), colour("label_text.mid")
    return colour("ordered3.2"), colour("ordered3.2")


def _text(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    weight: int = 400,
    size: float = 11,
    halo: str = "",
) -> str:
    around = f' stroke="{halo}" stroke-width="4" paint-order="stroke"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{colour("ink2")}"{around}>{escape(text)}</text>'
    )


def _svg(width: float, height: float, title: str, description: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(parts)}</svg>"
    )
