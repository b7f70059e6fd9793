"""Two scores at once: one filled cell per pair of bands, hidden cells striped and named so."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from dashboard import theme, words
from dashboard.charts.frame import BANDS, Figure, could_be, layout, narrow, note, room_for, x_axis
from dashboard.language import noted, say

LOWEST, HIGHEST = 0.20, 0.95
"""The colour scale covers 20 to 95 %, fixed, so that a colour means the same under every filter."""
CELL = 84
"""Height of a cell in px."""


def heatmap(
    table: pd.DataFrame,
    mode: str = "light",
    *,
    across: str = noted("Alliance"),
    down: str = noted("Self-efficacy"),
    names: Mapping[str, str] | None = None,
    bands: Sequence[str] = BANDS,
) -> Figure:
    """Return the cells of a table whose levels are 'across|down'; a hidden cell says so, the card says why."""
    cells = table[table["shape"].eq("cell")]
    across, down = say(across), say(down)
    band_names = {band: words.name(band, names) for band in bands}
    left = room_for(list(band_names.values()), least=56)
    figure_layout = layout(mode, height=CELL * len(bands) + 78, left=left, right=6, top=30, bottom=48)
    middles = [i + 0.5 for i in range(len(bands))]
    side = {"tickvals": middles, "range": [0, len(bands)], "showline": False, "ticks": ""}
    figure_layout["xaxis"] = x_axis(
        mode, say("<b>{what}</b> score, first 30 days", what=across), ticktext=list(band_names.values()), **side
    )
    figure_layout["yaxis"] = {"showgrid": False, "zeroline": False, "fixedrange": True, "ticklabelstandoff": 6}
    figure_layout["yaxis"] |= {"ticktext": list(band_names.values()), **side}
    figure_layout["annotations"].append(
        note(say("<b>{what}</b> score, first 30 days", what=down), x=0, xref="paper", xanchor="left", xshift=8 - left)
        | {"y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 8}
    )
    data: list[Figure] = []
    for column, band_across in enumerate(bands):
        for line, band_down in enumerate(bands):
            found = cells[cells["level"] == f"{band_across}|{band_down}"]
            row = None if found.empty else found.iloc[0]
            where = say(
                "{across} {band_across}, {down} {band_down}",
                across=across,
                band_across=band_names[band_across].lower(),
                down=down.lower(),
                band_down=band_names[band_down].lower(),
            )
            trace, texts = cell(row, column, line, where, mode)
            data.append(trace)
            figure_layout["annotations"] += texts
    return {"data": data, "layout": figure_layout}


def cell_colour(share: float, mode: str = "light") -> str:
    """Return the colour of a share on the fixed scale; shares beyond its ends take the end colours."""
    scale = [theme.colour(f"seq7.{i}", mode) for i in range(7)]
    place = min(1.0, max(0.0, (share - LOWEST) / (HIGHEST - LOWEST))) * (len(scale) - 1)
    below = min(int(place), len(scale) - 2)
    part = place - below
    ends = ((int(scale[below][i : i + 2], 16), int(scale[below + 1][i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(low + (high - low) * part):02X}" for low, high in ends)


def cell(
    row: pd.Series | None,
    column: int,
    line: int,
    where: str,
    mode: str,
    between_words: Callable[[float, float], str] = words.percent_range,
) -> tuple[Figure, list[Figure]]:
    """Return the filled square of the cell at (`column`, `line`) and its words: value, range, people."""
    gap = 0.012
    left, right, low, high = column + gap, column + 1 - gap, line + gap * 1.3, line + 1 - gap * 1.3
    trace: Figure = {
        "type": "scatter",
        "mode": "lines",
        "x": [left, right, right, left, left],
        "y": [low, low, high, high, low],
        "fill": "toself",
        "line": {"width": 0},
        "hoveron": "fills",
        "hoverinfo": "text",
    }
    middle = {"x": column + 0.5, "y": line + 0.5, "xanchor": "center", "yanchor": "middle"}
    if row is None or row["status"] not in ("shown", "rough"):
        return _withheld(row, trace, middle, where, mode)
    fill = cell_colour(float(row["estimate"]), mode)
    ink = theme.text_on(fill)
    trace |= {"fillcolor": fill, "text": f"{where}<br>{could_be(row)}<br>{words.people(row['n'])}"}
    value = words.percent(row["estimate"], rough=row["status"] == "rough")
    small = {"size": 12.5, "color": ink}
    people = note(f"n = {words.number(row['n'])}", **middle, yshift=-22, font=small)
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return trace, [note(f"<b>{value}</b>", **middle, yshift=9, font={"size": 17, "color": ink}), people]
    between = note(between_words(row["lower"], row["upper"]), **middle, yshift=-4, font=small)
    return trace, [note(f"<b>{value}</b>", **middle, yshift=17, font={"size": 17, "color": ink}), between, people]


def _withheld(
    row: pd.Series | None, trace: Figure, middle: Figure, where: str, mode: str
) -> tuple[Figure, list[Figure]]:
    """Return a striped cell: hidden, or without a figure for another reason, in words."""
    stripe, ground = theme.colour("hatch.0", mode), theme.colour("hatch.1", mode)
    status = "hidden" if row is None else str(row["status"])
    said = say(words.STATUSES.get(status, noted("Not released")))
    trace |= {
        "fillcolor": ground,
        "fillpattern": {"shape": "/", "size": 9, "solidity": 0.22, "fgcolor": stripe, "bgcolor": ground},
        "text": f"{where}<br>{said}",
    }
    font = {"size": 12.5, "color": theme.colour("ink2", mode)}
    return trace, [note(narrow(said, 12), **middle, font=font, bgcolor=ground, borderpad=3)]
