"""The same ratio under other choices: one quiet cell per choice, the usual one outlined."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from dashboard import theme, words
from dashboard.charts.frame import SHOWN, Figure, layout, note, with_range, x_axis
from dashboard.language import say

CELL = 52
"""Height of a cell in px."""
STRONGEST = math.log(2)
"""Half or twice as often has the strongest colour; beyond it no stronger one."""
USUAL = (30, 30)
"""Day on which the score ends, and gap, of every other figure."""


def grid(table: pd.DataFrame, mode: str = "light", *, usual: tuple[int, int] = USUAL) -> Figure:
    """Return the ratios of a table whose `level` is the landmark day and `x` the gap; `usual` is outlined.

    A cell whose range holds 1 has no colour.
    """
    cells = table[table["stat"].eq("ratio") & table["x"].notna()]
    days = sorted({int(level) for level in cells["level"]})
    gaps = sorted({int(gap) for gap in cells["x"]})
    figure_layout = layout(mode, height=CELL * len(days) + 92, left=62, right=6, top=32, bottom=60)
    across = {"tickvals": [place + 0.5 for place in range(len(gaps))], "ticktext": [str(gap) for gap in gaps]}
    figure_layout["xaxis"] = x_axis(
        mode, say("Gap without contact, in days"), range=[0, len(gaps)], showline=False, ticks="", **across
    )
    figure_layout["yaxis"] = {"showgrid": False, "zeroline": False, "fixedrange": True, "ticks": ""}
    figure_layout["yaxis"] |= {"tickvals": [place + 0.5 for place in range(len(days))], "range": [0, len(days)]}
    figure_layout["yaxis"] |= {
        "ticktext": [say("Day {day}", day=day) for day in reversed(days)],
        "ticklabelstandoff": 6,
    }
    figure_layout["annotations"].append(
        note(say("Score up to"), x=0, xref="paper", xanchor="left", xshift=-58)
        | {"y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 6}
    )
    data: list[Figure] = []
    for row in cells.itertuples():
        day, gap = int(row.level), int(row.x)
        place = (gaps.index(gap), len(days) - 1 - days.index(day))
        trace, words_in_cell = _cell(row, place, (day, gap), (day, gap) == usual, mode)
        data.append(trace)
        figure_layout["annotations"] += words_in_cell
    return {"data": sorted(data, key=lambda trace: trace["line"]["width"]), "layout": figure_layout}


def clear(row: Any) -> bool:
    """Tell whether the range of a ratio lies on one side of 1; a ratio without a range is not clear."""
    return bool(row.upper < 1 or row.lower > 1)


def _cell(
    row: Any, place: tuple[int, int], choice: tuple[int, int], is_usual: bool, mode: str
) -> tuple[Figure, list[Figure]]:
    """Return the filled square of one choice and the ratio in it."""
    left, low = place
    inset = 0.03
    xs = [left + inset, left + 1 - inset, left + 1 - inset, left + inset, left + inset]
    ys = [low + inset, low + inset, low + 1 - inset, low + 1 - inset, low + inset]
    edge = theme.colour("ink" if is_usual else "rule", mode)
    trace: Figure = {"type": "scatter", "mode": "lines", "x": xs, "y": ys, "fill": "toself", "hoveron": "fills"}
    trace |= {"line": {"color": edge, "width": 2.25 if is_usual else 1}, "hoverinfo": "text"}
    middle = {"x": left + 0.5, "y": low + 0.5, "xanchor": "center", "yanchor": "middle"}
    where = say("Score up to day {day}, left early after {gap} days", day=choice[0], gap=choice[1])
    if row.status not in SHOWN:
        stripe, ground = theme.colour("hatch.0", mode), theme.colour("hatch.1", mode)
        pattern = {"shape": "/", "size": 9, "solidity": 0.22, "fgcolor": stripe, "bgcolor": ground}
        trace |= {"fillcolor": ground, "fillpattern": pattern, "text": f"{where}<br>{say('Hidden')}"}
        font = {"size": 12, "color": theme.colour("ink2", mode)}
        return trace, [note(say("Hidden"), **middle, font=font, bgcolor=ground)]
    value = float(row.estimate)
    trace |= {"fillcolor": _fill(value, clear(row), mode), "text": f"{where}<br>{_said(row)}"}
    ink = theme.colour("ink", mode)
    rough = "~" if row.status == "rough" else ""
    texts = [note(f"<b>{rough}{words.ratio(value)}</b>", **middle, font={"size": 15, "color": ink})]
    if is_usual:
        texts[0]["yshift"] = 7
        texts.append(note(say("usual"), **middle, yshift=-11, font={"size": 12, "color": ink}))
    return trace, texts


def _fill(ratio: float, is_clear: bool, mode: str) -> str:
    if not is_clear:
        return theme.clear(theme.colour("card", mode), 1.0)
    strength = min(1.0, abs(math.log(ratio)) / STRONGEST)
    return theme.clear(theme.colour("primary" if ratio < 1 else "cat.1", mode), round(0.08 + 0.32 * strength, 3))


def _said(row: Any) -> str:
    """Return '0.73 times as often (could be 0.66 to 0.81)' and the people."""
    said = say("{value} times as often", value=words.ratio(row.estimate))
    if pd.notna(row.lower) and pd.notna(row.upper):
        said = with_range(said, words.ratio_range(row.lower, row.upper))
    return f"{said}<br>{words.people(row.n)}"
