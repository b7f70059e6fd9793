"""A line the size of a word for a card: an SVG picture, no axes, gaps where a value is hidden."""

from __future__ import annotations

import base64

import pandas as pd

from dashboard import theme
from dashboard.charts.frame import SHOWN

WIDTH, HEIGHT, EDGE = 200, 40, 4


def spark(table: pd.DataFrame, mode: str = "light", *, full: tuple[float, float] | None = None) -> str:
    """Return the values of `table`, in its order, as an SVG data address for an <img>; '' with fewer than two values.

    `full` fixes the vertical scale; without it the line uses its own lowest and highest value.
    """
    values = [
        float(value) if status in SHOWN and pd.notna(value) else None
        for value, status in zip(table["estimate"], table["status"], strict=True)
    ]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = full or (min(known), max(known))
    height = (high - low) or 1.0
    step = (WIDTH - 2 * EDGE) / (len(values) - 1)
    path, pen = [], "M"
    for i, value in enumerate(values):
        if value is None:
            pen = "M"
            continue
        y = HEIGHT - EDGE - (value - low) / height * (HEIGHT - 2 * EDGE)
        path.append(f"{pen}{EDGE + i * step:.1f} {y:.1f}")
        pen = "L"
    line = theme.colour("primary", mode)
    rule = theme.colour("rule", mode)
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f'<path d="M0 {HEIGHT - 0.5}H{WIDTH}" stroke="{rule}" vector-effect="non-scaling-stroke"/>'
        f'<path d="{"".join(path)}" fill="none" stroke="{line}" stroke-width="2" stroke-linejoin="round" '
        f'stroke-linecap="round" vector-effect="non-scaling-stroke"/></svg>'
    )
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()
