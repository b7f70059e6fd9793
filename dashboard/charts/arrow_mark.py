"""One arrow's number as a picture in a table row: the range as a line, the number as a dot, a published range behind.

Correlations and standardised differences share one scale from -0.5 to 1; ratios have their own from a half to two.
"""

from __future__ import annotations

import base64
import math

from dashboard import theme

WIDTH, HEIGHT = 240, 28
SCALES = {"correlation": (-0.5, 1.0), "standardised_difference": (-0.5, 1.0), "ratio": (math.log(0.5), math.log(2.0))}


def arrow_mark(
    stat: str,
    ours: tuple[float, float, float] | None,
    published: tuple[float, float | None, float | None] | None,
    mode: str = "light",
) -> str:
    """Return an SVG data address: `ours` and `published` are estimate, lower and upper; '' without either.

    The thin upright line stands at "nothing goes together"; what lies beyond the scale is drawn at its edge.
    """
    if stat not in SCALES or (ours is None and published is None):
        return ""
    parts = [_upright(_place(stat, 1.0 if stat == "ratio" else 0.0), theme.colour("edge", mode))]
    if published is not None:
        estimate, lower, upper = published
        grey = theme.colour("muted", mode)
        if lower is not None and upper is not None:
            left, right = _place(stat, lower), _place(stat, upper)
            parts.append(
                f'<rect x="{left:.1f}" y="4" width="{max(right - left, 2):.1f}" height="20" fill="{grey}" '
                f'fill-opacity="0.28"/>'
            )
        at = _place(stat, estimate)
        parts.append(f'<path d="M{at:.1f} 3V25" stroke="{grey}" stroke-width="2" stroke-dasharray="3 3"/>')
    if ours is not None:
        line = theme.colour("primary", mode)
        estimate, lower, upper = ours
        if math.isfinite(lower) and math.isfinite(upper):
            parts.append(f'<path d="M{_place(stat, lower):.1f} 14H{_place(stat, upper):.1f}" stroke="{line}" '
                         f'stroke-width="3"/>')  # fmt: skip
        parts.append(f'<circle cx="{_place(stat, estimate):.1f}" cy="14" r="5.5" fill="{line}"/>')
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(parts)}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(picture.encode()).decode()


def _place(stat: str, value: float) -> float:
    low, high = SCALES[stat]
    at = math.log(max(value, 1e-9)) if stat == "ratio" else value
    return 8 + (WIDTH - 16) * min(max((at - low) / (high - low), 0.0), 1.0)


def _upright(x: float, colour: str) -> str:
    return f'<path d="M{x:.1f} 0V{HEIGHT}" stroke="{colour}" stroke-width="1"/>'
