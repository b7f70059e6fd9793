"""A line the size of a word for a card, over its range of uncertainty: an SVG picture, gaps where a value is hidden."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence

import pandas as pd

from dashboard import theme
from dashboard.charts.frame import SHOWN

WIDTH, HEIGHT, EDGE = 200, 40, 4


def spark(table: pd.DataFrame, mode: str = "light", *, from_zero: bool = False) -> str:
    """Return the values of `table`, in its order, as an SVG data address for an <img>; '' with fewer than two values.

    The vertical scale holds every range of uncertainty, so that a change smaller than its range looks small;
    `from_zero` starts it at zero, for counts.
    """
    values, lowers, uppers = (_known(table, column) for column in ("estimate", "lower", "upper"))
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    ends = [value for value in [*known, *lowers, *uppers] if value is not None]
    low, high = 0.0 if from_zero else min(ends), max(ends)
    height = (high - low) or 1.0
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)

    def point(place: int, value: float) -> str:
        return f"{EDGE + place * step:.1f} {HEIGHT - EDGE - (value - low) / height * (HEIGHT - 2 * EDGE):.1f}"

    path, pen = [], "M"
    for i, value in enumerate(values):
        if value is not None:
            path.append(pen + point(i, value))
        pen = "M" if value is None else "L"
    line, rule = theme.colour("primary", mode), theme.colour("rule", mode)
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f"{_bands(lowers, uppers, point, line)}"
        f'<path d="M0 {HEIGHT - 0.5}H{WIDTH}" stroke="{rule}" vector-effect="non-scaling-stroke"/>'
        f'<path d="{"".join(path)}" fill="none" stroke="{line}" stroke-width="2" stroke-linejoin="round" '
        f'stroke-linecap="round" vector-effect="non-scaling-stroke"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()


def _known(table: pd.DataFrame, column: str) -> list[float | None]:
    """Return a column's numbers, None where a row is hidden or has none."""
    return [
        float(value) if status in SHOWN and pd.notna(value) else None
        for value, status in zip(table[column], table["status"], strict=True)
    ]


def _bands(
    lowers: Sequence[float | None],
    uppers: Sequence[float | None],
    point: Callable[[int, float], str],
    colour: str,
) -> str:
    """Return the pale ground between `lowers` and `uppers`, one shape for each run of known ranges."""
    shapes, above, below = [], [], []
    for i, (low, high) in enumerate(zip([*lowers, None], [*uppers, None], strict=True)):
        if low is not None and high is not None:
            above.append(point(i, high))
            below.append(point(i, low))
            continue
        if len(above) > 1:
            corners = "L".join([*above, *reversed(below)])
            shapes.append(f'<path d="M{corners}Z" fill="{colour}" fill-opacity="0.16"/>')
        above, below = [], []
    return "".join(shapes)
