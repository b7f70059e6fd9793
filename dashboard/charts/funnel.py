"""Units beside what chance alone would give: a dot each, limits as a funnel, names only where a dot lies outside."""

from __future__ import annotations

import pandas as pd

from dashboard import theme, words
from dashboard.charts.frame import Figure, label, layout, note, share_axis, x_axis
from dashboard.funnel import funnel
from dashboard.language import noted, say

PLOT = 300
VERDICT = {
    True: noted("Within the range chance alone would give"),
    False: noted("Outside the range: a reason to ask"),
}
"""What is said of a unit within the range, or outside it."""
NAME_WIDTH, NAME_HEIGHT = 0.2, 0.05
"""Room of a name beside its dot, as shares of the width of the axis and of its 0 to 100 %."""


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
        data += _area(limits, theme.colour(colour, mode), theme.colour("rule", mode))
    data.append(
        {"type": "scatter", "mode": "lines", "x": [float(found.inner["x"].min()), end], "y": [found.share] * 2}
        | {"line": {"color": theme.colour("muted", mode), "width": 1.5}, "hoverinfo": "skip"}
    )
    line_said = say("Line: {everybody} {share}", everybody=everybody, share=words.percent(found.share))
    # Above the plot: wherever it stood in it, a dot could lie beneath.
    line_is = {"x": 1, "xref": "paper", "xanchor": "right", "y": 1, "yref": "paper", "yshift": 13}
    figure_layout["annotations"].append(note(line_said, **line_is))
    inside, outside = found.dots[found.dots["within"]], found.dots[~found.dots["within"]]
    data.append(_dots(inside, "circle", theme.colour("primary", mode), mode))
    data.append(_dots(outside, "diamond", theme.colour("cat.2", mode), mode))
    figure_layout["annotations"] += _names(outside, end, theme.colour("cat.2", mode))
    return {"data": data, "layout": figure_layout}


def _names(outside: pd.DataFrame, end: float, colour: str) -> list[Figure]:
    """Return the names of the units outside: beside their dot, each on a side where no other name is in its way."""
    taken: list[tuple[float, float, float]] = []
    named: list[Figure] = []
    for row in outside.sort_values("estimate", ascending=False).itertuples():
        x, y = float(row.x), float(row.estimate)
        sides = (1, -1) if x < 0.7 * end else (-1, 1)
        spans = {side: sorted((x, x + side * NAME_WIDTH * end)) for side in sides}
        clear = [
            side
            for side in sides
            if not any(
                abs(y - other) < NAME_HEIGHT and spans[side][0] < to and spans[side][1] > at for at, to, other in taken
            )
        ]
        side = (clear or list(sides))[0]
        taken.append((spans[side][0], spans[side][1], y))
        beside = {"x": x, "y": y, "xanchor": "left" if side > 0 else "right", "xshift": 9 * side}
        text = f"<b>{label(str(row.level))}</b> {words.percent(y)}"
        named.append(note(text, **beside) | {"font": {"color": colour}})
    return named


def _area(limits: pd.DataFrame, fill: str, edge: str) -> list[Figure]:
    xs = limits["x"].tolist()
    line = {"color": edge, "width": 1}
    lower = {"x": xs, "y": limits["lower"].tolist(), "line": line}
    upper = {"x": xs, "y": limits["upper"].tolist(), "line": line, "fill": "tonexty", "fillcolor": fill}
    return [{"type": "scatter", "mode": "lines", "hoverinfo": "skip", **side} for side in (lower, upper)]


def _dots(units: pd.DataFrame, symbol: str, colour: str, mode: str) -> Figure:
    texts = []
    for row in units.itertuples():
        stayed = words.number(float(row.n) - float(row.events))
        counted = say("{number} of {people}", number=stayed, people=words.people(float(row.n)))
        share = words.percent(float(row.estimate))
        texts.append(f"{label(str(row.level))}<br>{share}: {counted}<br>{say(VERDICT[bool(row.within)])}")
    marker = {"size": 12 if symbol == "diamond" else 11, "symbol": symbol, "color": colour}
    return {
        "type": "scatter",
        "mode": "markers",
        "x": units["x"].tolist(),
        "y": units["estimate"].tolist(),
        "marker": marker | {"line": {"width": 1.5, "color": theme.colour("card", mode)}},
        "text": texts,
        "customdata": [str(level) for level in units["level"]],
        "hovertemplate": "%{text}<extra></extra>",
    }
