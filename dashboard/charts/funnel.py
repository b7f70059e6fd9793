"""Units beside what chance alone would give: a dot each, limits as a funnel, names where one is outside or few are."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from dashboard import theme, words
from dashboard.charts.frame import Figure, label, label_colour, layout, note, share_axis, x_axis
from dashboard.funnel import Funnel, funnel
from dashboard.language import noted, say

PLOT = 300
VERDICT = {
    True: noted("Within the range chance alone would give"),
    False: noted("Outside the range: a reason to ask"),
}
"""What is said of a unit within the range, or outside it."""
FEW = 8
"""So many units or fewer are all named; of more, those outside."""
PHONE_PLOT, LETTER = 262, 8.2
"""Px of the plot's width on a phone, and of a character."""
NAME_HEIGHT, DOT, BEYOND = 0.052, 0.025, 0.015
"""Height of a name and half of a dot as shares of the axis, and how far a name may reach beyond it on the right."""
Taken = tuple[float, float, float]
"""Where words stand: from, to and at what height, as shares of the axes."""


def funnel_chart(table: pd.DataFrame, mode: str = "light", *, title: str, everybody: str) -> Figure:
    """Return the funnel of a table of units; `title` names the horizontal axis, `everybody` the line of all of them."""
    found = funnel(table)
    if found is None:
        return {"data": [], "layout": {}}
    end = 1.06 * float(found.dots["x"].max())
    figure_layout = layout(mode, height=PLOT + 86, left=50, top=26, bottom=58)
    figure_layout["xaxis"] = x_axis(mode, title, range=[0, end], nticks=6)
    figure_layout["yaxis"] = share_axis(mode)
    data: list[Figure] = []
    for limits, colour in ((found.outer, "funnel998"), (found.inner, "funnel95")):
        data += _area(limits, theme.colour(colour, mode), theme.colour("edge", mode))
    data.append(
        {"type": "scatter", "mode": "lines", "x": [0, end], "y": [found.share] * 2}
        | {"line": {"color": theme.colour("muted", mode), "width": 1.5}, "hoverinfo": "skip"}
    )
    line_said = say("Line: {everybody} {share}", everybody=everybody, share=words.percent(found.share))
    line_name, taken = _line_name(line_said, found, end, mode)
    figure_layout["annotations"].append(line_name)
    inside, outside = found.dots[found.dots["within"]], found.dots[~found.dots["within"]]
    plain, strong = theme.colour("primary", mode), theme.colour("cat.2", mode)
    data += _dots(inside, "circle", plain, mode) + _dots(outside, "diamond", strong, mode)
    named = [outside.assign(ink=strong)]
    if len(found.dots) <= FEW:
        named.append(inside.assign(ink=label_colour(plain, mode)))
    figure_layout["annotations"] += _names(pd.concat(named), found, end, taken)
    return {"data": data, "layout": figure_layout}


def _line_name(said: str, found: Funnel, end: float, mode: str) -> tuple[Figure, Taken]:
    """Return the words of the line on it, as far right as they cover fewest dots on a phone, and their place."""
    wide = min(0.9, LETTER * len(said) / PHONE_PLOT)
    xs, ys = _places(found, end)
    best = (np.inf, 1.0, 1)
    for right in np.arange(1.0, wide, -0.02):
        for side in (1, -1):
            away = side * (ys - found.share)
            over = (xs > right - wide - DOT) & (xs < right + DOT) & (away > -0.2 * DOT) & (away < NAME_HEIGHT + DOT / 2)
            best = min(best, (float(over.sum()) + (1 - right) / 10 + (side < 0) / 20, float(right), side))
    covered, right, side = best
    ground = {"bgcolor": theme.clear(theme.colour("card", mode), 0.75)} if covered >= 1 else {}
    place = {"x": right * end, "xanchor": "right", "y": found.share, "yanchor": "bottom" if side > 0 else "top"}
    words_on_it = note(said, **place, borderpad=0, yshift=2 * side) | ground
    return words_on_it, (right - wide, right, found.share + side * NAME_HEIGHT / 2)


def _places(found: Funnel, end: float) -> tuple[np.ndarray, np.ndarray]:
    """Return where the dots stand, as shares of both axes."""
    return found.dots["x"].to_numpy(dtype=float) / end, found.dots["estimate"].to_numpy(dtype=float)


def _names(named: pd.DataFrame, found: Funnel, end: float, line_name: Taken) -> list[Figure]:
    """Return the names of units beside their dot, each where fewest names and dots are in its way on a phone.

    `named` are units with their `ink`; a name above or below its dot is joined to it. `line_name` is where the words of
    the line stand.
    """
    taken, result = [line_name], list[Figure]()
    xs, ys = _places(found, end)
    for row in named.sort_values("estimate", ascending=False).itertuples():
        x, y = float(row.x) / end, float(row.estimate)
        wide = LETTER * len(f"{row.level} {words.percent(y)}") / PHONE_PLOT
        best: tuple[float, int, int, Taken] = (np.inf, 0, 1, (x, x + wide, y))
        for steps, side in itertools.product(range(-3, 4), (1, -1)):
            low, at = (x + DOT if side > 0 else x - DOT - wide), y + steps * NAME_HEIGHT
            if low < 0 or low + wide > 1 + BEYOND or not NAME_HEIGHT < at < 1:
                continue
            names = sum(abs(at - y2) < 0.99 * NAME_HEIGHT and low < x2 and low + wide > x1 for x1, x2, y2 in taken)
            dots = int(
                ((xs > low - 0.8 * DOT) & (xs < low + wide + 0.8 * DOT) & (np.abs(ys - at) < NAME_HEIGHT * 0.7)).sum()
            )
            line = abs(at - found.share) < NAME_HEIGHT / 2
            cost = 10.0 * names + dots + 0.6 * line + 0.45 * abs(steps) + 0.1 * (side < 0)
            best = min(best, (cost, steps, side, (low, low + wide, at)))
        _, steps, side, place = best
        taken.append(place)
        beside: Figure = {"x": float(row.x), "y": y, "xanchor": "left" if side > 0 else "right"}
        beside |= {"font": {"color": row.ink}, "borderpad": 0}
        if steps:
            leader = {"showarrow": True, "arrowhead": 0, "arrowwidth": 1, "arrowcolor": row.ink, "standoff": 6}
            beside |= leader | {"ax": 9 * side, "ay": -steps * NAME_HEIGHT * PLOT}
        else:
            beside |= {"xshift": 9 * side}
        result.append(note(f"<b>{label(str(row.level))}</b> {words.percent(y)}", **beside))
    return result


def _area(limits: pd.DataFrame, fill: str, edge: str) -> list[Figure]:
    xs = limits["x"].tolist()
    line = {"color": edge, "width": 1}
    lower = {"x": xs, "y": limits["lower"].tolist(), "line": line}
    upper = {"x": xs, "y": limits["upper"].tolist(), "line": line, "fill": "tonexty", "fillcolor": fill}
    return [{"type": "scatter", "mode": "lines", "hoverinfo": "skip", **side} for side in (lower, upper)]


def _dots(units: pd.DataFrame, symbol: str, colour: str, mode: str) -> list[Figure]:
    """Return the dots of units; those at one place are one ring around one dot, and told together on hover."""
    told: dict[tuple[float, float], list[str]] = {}
    for row in units.itertuples():
        stayed = words.number(float(row.n) - float(row.events))
        counted = say("{number} of {people}", number=stayed, people=words.people(float(row.n)))
        share = words.percent(float(row.estimate))
        said = f"{label(str(row.level))}<br>{share}: {counted}<br>{say(VERDICT[bool(row.within)])}"
        told.setdefault((float(row.x), float(row.estimate)), []).append(said)
    places = list(zip(units["x"].astype(float), units["estimate"].astype(float), strict=True))
    marker = {"size": 12 if symbol == "diamond" else 11, "symbol": symbol, "color": colour}
    drawn: list[Figure] = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": units["x"].tolist(),
            "y": units["estimate"].tolist(),
            "marker": marker | {"line": {"width": 1.5, "color": theme.colour("card", mode)}},
            "text": ["<br><br>".join(told[place]) for place in places],
            "customdata": [str(level) for level in units["level"]],
            "hovertemplate": "%{text}<extra></extra>",
        }
    ]
    several = [place for place, texts in told.items() if len(texts) > 1]
    if several:
        ring = {"size": 18, "symbol": f"{symbol}-open", "color": colour, "line": {"width": 1.5}}
        drawn.append(
            {"type": "scatter", "mode": "markers", "x": [x for x, _ in several], "y": [y for _, y in several]}
            | {"marker": ring, "hoverinfo": "skip"}
        )
    return drawn
