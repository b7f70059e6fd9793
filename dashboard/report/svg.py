"""Pieces of SVG text: words, lines and the frame that every drawing of the report shares; no script, no browser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from dashboard.theme import colour

SIZE = 12.0
"""Text in px of a drawing that is shown at its own width; nothing is smaller."""
CHARACTER = 0.56
"""Average width of a character of Inter in parts of its size; wide enough for digits."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The plot inside a drawing of `width` × `height`: px of its sides, and the value at its right end."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    last: float

    def x(self, value: float) -> float:
        """Return the horizontal place of a value between 0 and `last`."""
        return self.left + (self.right - self.left) * value / self.last

    def y(self, share: float) -> float:
        """Return the vertical place of a share between 0 and 1."""
        return self.bottom - (self.bottom - self.top) * share


def svg(width: float, height: float, title: str, description: str, parts: Sequence[str]) -> str:
    """Return one drawing with its title and description for those who cannot see it."""
    return (
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(parts)}</svg>"
    )


def text(
    x: float,
    y: float,
    said: str,
    *,
    anchor: str = "start",
    weight: int = 400,
    size: float = SIZE,
    ink: str = "",
    halo: str = "",
) -> str:
    """Return one line of text at its baseline; `halo` is the ground it is lifted from."""
    around = f' stroke="{halo}" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke"' if halo else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" font-weight="{weight}" text-anchor="{anchor}" '
        f'fill="{ink or colour("ink2")}"{around}>{escape(said)}</text>'
    )


def line(x1: float, y1: float, x2: float, y2: float, ink: str, *, dash: str = "", width: float = 1) -> str:
    """Return a straight line."""
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{ink}" stroke-width="{width:g}"'
        f"{dashed}/>"
    )


def mark(kind: str, x: float, y: float, ink: str, size: float = 4.5) -> str:
    """Return a mark: 'circle', 'square' or 'diamond', so that groups differ without colour; ValueError otherwise."""
    edge = f'fill="{ink}" stroke="{colour("card")}" stroke-width="1"'
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:g}" {edge}/>'
    if kind == "square":
        side = 1.8 * size
        return f'<rect x="{x - side / 2:.1f}" y="{y - side / 2:.1f}" width="{side:g}" height="{side:g}" {edge}/>'
    if kind == "diamond":
        reach = 1.35 * size
        corners = f"{x:.1f},{y - reach:.1f} {x + reach:.1f},{y:.1f} {x:.1f},{y + reach:.1f} {x - reach:.1f},{y:.1f}"
        return f'<polygon points="{corners}" {edge}/>'
    raise ValueError(f"there is no mark {kind!r}")


def stripes(x: float, y: float, wide: float, tall: float) -> str:
    """Return the striped ground of what is hidden."""
    parts = [f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="{colour("hatch.1")}"/>']
    starts = range(4, int(wide - tall / 2), 9)
    parts += [line(x + start, y + tall, x + start + tall / 2, y, colour("hatch.0")) for start in starts]
    return "".join(parts)


def wide(texts: Iterable[str], size: float = SIZE) -> float:
    """Return the px that the longest of some texts is wide, at most."""
    return max((CHARACTER * size * len(said) for said in texts), default=0.0)


def shortened(said: str, room: float, size: float = SIZE) -> str:
    """Return `said` cut in the middle to fit `room` px, so that names that end differently stay different."""
    most = max(5, int(room / (CHARACTER * size)))
    if len(said) <= most:
        return said
    end = (most - 1) // 2
    return f"{said[: most - 1 - end].rstrip()}…{said[-end:].lstrip()}"
