"""Staying by both early scores as a 3 × 3 map; hidden cells are striped and say so."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import words
from dashboard.language import noted, say
from dashboard.report.svg import SIZE, stripes, svg, text, wide
from dashboard.theme import colour, text_on

COLUMNS = ("lower", "middle", "higher")
ROWS = ("higher", "middle", "lower")
SHOWN = ("shown", "rough")
DOMAIN = (0.20, 0.95)
"""The shares at the pale and the strong end of the scale, the same on every page."""
GAP = 3.0
BIG, BETWEEN = 14, 5
"""Size of a share in px, and px between it and the people beside it."""
BOLD = 0.75
"""Width of a bold figure or sign of a share in parts of its size."""
ABSENT = {"immature": noted("Too early"), "not_measured": noted("Not measured")}
HIDDEN = noted("Hidden")


def heat_map(table: pd.DataFrame, *, title: str, width: int, tall: float) -> str:
    """Return the drawing of rows with shape 'cell' and level 'alliance band|self-efficacy band', `tall` px a cell."""
    cells = {str(row.level): row for row in table[table["shape"].eq("cell")].itertuples()}
    side, top = max(58.0, wide(map(words.name, ROWS)) + 12), 20.0
    across = (width - side) / len(COLUMNS)
    parts, described = [], []
    for i, column in enumerate(COLUMNS):
        parts.append(text(side + across * (i + 0.5), 13, words.name(column), anchor="middle", weight=600))
        for j, row in enumerate(ROWS):
            cell = cells.get(f"{column}|{row}")
            parts.append(_cell(cell, side + i * across, top + j * tall, across - GAP, tall - GAP))
            if cell is not None and cell.status in SHOWN:
                described.append(_described(column, row, cell))
    for j, row in enumerate(ROWS):
        parts.append(text(side - 8, top + tall * (j + 0.5) + 4, words.name(row), anchor="end", weight=600))
    height = top + len(ROWS) * tall + 16
    axes = say("Early alliance (across), self-efficacy (down)")
    parts.append(text(side + across * 1.5, height - 3, axes, anchor="middle"))
    return svg(width, height, title, "; ".join(described) or say("Every cell is hidden."), parts)


def _described(column: str, row: str, cell: Any) -> str:
    return say(
        "Early alliance {alliance}, self-efficacy {self_efficacy}: {share}",
        alliance=words.name(column).lower(),
        self_efficacy=words.name(row).lower(),
        share=_percent(cell),
    )


def _cell(cell: Any, x: float, y: float, across: float, tall: float) -> str:
    middle = x + across / 2
    if cell is None or cell.status not in SHOWN:
        said = say(HIDDEN if cell is None else ABSENT.get(str(cell.status), HIDDEN))
        lines = said.split(" ") if wide([said]) > across else [said]
        first = y + tall / 2 + 4 - SIZE * (len(lines) - 1) / 2
        labels = [
            text(middle, first + SIZE * place, line, anchor="middle", weight=600, halo=colour("hatch.1"))
            for place, line in enumerate(lines)
        ]
        return stripes(x, y, across, tall) + "".join(labels)
    low, high = DOMAIN
    step = int((float(cell.estimate) - low) / (high - low) * 7)
    fill = colour(f"seq7.{min(6, max(0, step))}")
    ink = text_on(fill)
    drawn = f'<rect x="{x:.1f}" y="{y:.1f}" width="{across:.1f}" height="{tall:.1f}" rx="2" fill="{fill}"/>'
    share, people = _percent(cell), say("n = {number}", number=words.number(cell.n))
    first, second = BOLD * BIG * len(share), 0.9 * wide([people])
    start = middle - (first + BETWEEN + second) / 2
    if pd.isna(cell.lower) or pd.isna(cell.upper) or start < x:
        # Without a range, or without room for both on one line, the people stand below the share.
        drawn += text(middle, y + tall / 2 - 1, share, anchor="middle", weight=700, size=BIG, ink=ink)
        return drawn + text(middle, y + tall / 2 + 13, people, anchor="middle", ink=ink)
    drawn += text(start, y + tall / 2 - 1, share, weight=700, size=BIG, ink=ink)
    drawn += text(start + first + BETWEEN, y + tall / 2 - 1, people, ink=ink)
    between = words.percent_range(float(cell.lower), float(cell.upper))
    return drawn + text(middle, y + tall / 2 + 13, between, anchor="middle", ink=ink)


def _percent(cell: Any) -> str:
    return words.percent(float(cell.estimate), rough=cell.status == "rough")
