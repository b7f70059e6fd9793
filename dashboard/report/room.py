"""How the report fits one sheet: how the two columns are filled, and the curve as tall as the texts leave room for.

US Letter is the shorter of the two sheets; A4 has 67 px more, which covers its narrower lines. Lengths are those of the
print style, measured in Chromium; a test prints the longest texts on both sheets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

LONG_TITLE = 40
"""A longer title is set smaller, on up to two lines."""
TALLEST, LOWEST = 165, 56
"""Heights of the plot in px between which the curve can be read."""
FREE = 6
"""Px left on Letter by a page of the shortest texts with the tallest plot, less a margin for other fonts."""
COLUMNS = 360
"""Px of the lowest columns: heat map and how sure we are, beside sites and indicators."""
LINE = 15
"""Px of a line of small text."""
TIGHTER = 30
"""Px that the tight style of the two columns gives back."""


@dataclass(frozen=True, slots=True)
class Room:
    """The height of the curve's plot in px, and how the columns under it are set.

    `tight` sets them closer; `indicators_left` puts the indicators under the heat map, where many sites fill the right
    column by themselves.
    """

    plot: int
    tight: bool
    indicators_left: bool


def room(
    *,
    title: str,
    finding: str,
    curve_title: str,
    map_title: str,
    site_lines: Sequence[str],
    sites: int,
    own: str,
    longer: int = 0,
) -> Room:
    """Return the room there is with these texts; `site_lines` are the texts above the sites that are drawn.

    `longer` are the px that the texts of every report take more than in English, as `longer_than` counts them.
    """
    used = 14 if 34 < len(title) <= LONG_TITLE else 24 * max(0, _lines(title, 44) - 2)
    used += 18 * max(0, _lines(finding, 112) - 2)
    used += 18 * (_lines(curve_title, 94) - 1)
    map_lines, site_rows = 18 * _lines(map_title, 40), 16 * sites + sum(15 * _lines(text, 52) for text in site_lines)
    indicators_right = max(306 + map_lines, 208 + site_rows)
    indicators_left = max(356 + map_lines, 182 + site_rows)
    used += min(indicators_right, indicators_left) - COLUMNS
    used += 26 + 14 * _lines(own, 118) if own else 0
    plot = TALLEST + FREE - used - longer
    tight = plot < TALLEST / 2
    return Room(max(LOWEST, min(TALLEST, plot + TIGHTER * tight)), tight, indicators_left < indicators_right)


def longer_than(texts: Iterable[tuple[str, str, int]]) -> int:
    """Return the px that texts take more than others: each as said, as in English, and its characters a line."""
    return sum(LINE * max(0, _lines(said, wide) - _lines(english, wide)) for said, english, wide in texts)


def _lines(said: str, characters: int) -> int:
    """Return how many lines a text takes at so many characters a line."""
    return max(1, ceil(len(said) / characters))
