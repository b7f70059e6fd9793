"""Where people are over time: five parts that always add up to everyone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from dashboard import theme, words
from dashboard.charts.curve import (
    GAP,
    MONTH,
    PHONE_CARD,
    PHONE_PLOT,
    PLOT,
    RIGHT,
    SINCE_START,
    TICKS,
    months_since,
    value_at,
    values_at,
)
from dashboard.charts.frame import Figure, could_be, label, label_colour, layout, note, share_axis, shown, x_axis
from dashboard.charts.heights import label_heights
from dashboard.language import noted, say

LEFT = 46
WIDE = 7.4
"""Px left of the plot, and px of a character of a label."""
CARD, AIR, WIDEST = 18, 2, 110
"""Height of a label's card, the air above and below it inside a part, and the width most labels have, in px."""
ORDER = ("in_program", "completed", "moved_on", "other_exit", "left_early")
"""Drawn from the bottom up, so that everything below the top part counts as having stayed.

The top part, those who left early, has less colour: the picture shows who stayed.
"""
HIDDEN = "hidden"
"""The part that holds what is left to everyone where parts are hidden."""
SHORT = {
    "in_program": noted("Still here {share}"),
    "completed": noted("Completed {share}"),
    "moved_on": noted("Moved on {share}"),
    "left_early": noted("Left early {share}"),
    "other_exit": noted("Other reasons {share}"),
}


def stack(
    table: pd.DataFrame,
    mode: str = "light",
    *,
    names: Mapping[str, str] | None = None,
    title: str = SINCE_START,
    end: float = 365,
    horizon: float = 180,
    horizon_label: str = noted("6 months"),
) -> Figure:
    """Return the stacked shares of the series of `table` by day; what is hidden is one striped part of its own.

    The parts are labelled at the day `horizon`, in words `horizon_label`, on a dotted line, or right of the last day
    that is drawn before it.
    """
    rows = shown(table)
    rows = rows[rows["stat"].eq("share")].sort_values("x")
    parts = _with_hidden(
        {code: rows[rows["series"] == code] for code in ORDER if (rows["series"] == code).any()}, table
    )
    ticks = [day for day in TICKS if day <= end]
    figure_layout = layout(mode, height=24 + PLOT + 52, left=LEFT, right=RIGHT, top=24, bottom=52)
    figure_layout["xaxis"] = x_axis(
        mode, say(title), range=[0, end], tickvals=ticks, ticktext=[str(round(day / MONTH)) for day in ticks]
    )
    figure_layout["yaxis"] = share_axis(mode)
    data: list[Figure] = []
    for code, part in parts.items():
        line = {"shape": "hv" if part["shape"].iloc[0] == "step" else "linear", "width": 1.5}
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "stackgroup": "everyone",
                "x": part["x"].tolist(),
                "y": part["estimate"].tolist(),
                "line": line | {"color": theme.colour("card", mode)},
                "hoverinfo": "skip",
            }
            | _fill(code, mode)
        )
    if parts:
        data += _hovers(parts, _hidden_names(parts, names), names, title)
        last = min(float(part["x"].max()) for part in parts.values())
        day = min(horizon, last)
        figure_layout["annotations"] += _labels(parts, names, (day, end), mode)
        on_top = {"x": day, "y": 1, "yref": "paper", "xanchor": "center", "yanchor": "bottom", "yshift": 2}
        when = say(horizon_label) if day == horizon else say("Month {number}", number=f"{day / MONTH:.0f}")
        figure_layout["annotations"].append(
            note(when, **on_top) | {"font": {"size": 12.5, "color": theme.colour("muted", mode)}}
        )
        if day == horizon:
            figure_layout["shapes"].append(
                {"type": "line", "x0": horizon, "x1": horizon, "y0": 0, "y1": 1, "yref": "paper", "layer": "above"}
                | {"line": {"color": theme.colour("card", mode), "width": 1.5, "dash": "dot"}}
            )
    return {"data": data, "layout": figure_layout}


def _with_hidden(parts: dict[str, pd.DataFrame], table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return `parts` with what is left to everyone as one more, in the place of the last part that `table` hides.

    Those who can be seen to have stayed then stay below it. What the others leave open shows its sum anyway.
    """
    shares = table[table["stat"].eq("share")]
    gone = [code for code in ORDER if code not in parts and shares["series"].eq(code).any()]
    if not parts or not gone:
        return parts
    last = min(float(part["x"].max()) for part in parts.values())
    days = sorted({float(day) for part in parts.values() for day in part["x"] if day <= last})
    held = {code: values_at(part, days) for code, part in parts.items()}
    known = [sum(float(row["estimate"]) for each in held.values() if (row := each[i])) for i in range(len(days))]
    rest = pd.DataFrame({"x": days, "estimate": [max(0.0, 1 - share) for share in known]})
    rest = rest.assign(shape=next(iter(parts.values()))["shape"].iloc[0], status="hidden", n=np.nan, events=np.nan)
    rest = rest.assign(lower=np.nan, upper=np.nan, reason="", series=HIDDEN)
    result = {}
    for code in ORDER:
        if code in parts:
            result[code] = parts[code]
        if code == gone[-1]:
            result[HIDDEN] = rest
    return result


def _hidden_names(parts: Mapping[str, pd.DataFrame], names: Mapping[str, str] | None) -> str:
    """Return the words for the parts that are not among `parts`."""
    return words.joined([label(code, names) for code in ORDER if code not in parts])


def _fill(code: str, mode: str) -> Figure:
    """Return how a part is filled: striped where it is hidden."""
    if code == HIDDEN:
        stripe, ground = theme.colour("hatch.0", mode), theme.colour("hatch.1", mode)
        pattern = {"shape": "/", "size": 9, "solidity": 0.22, "fgcolor": stripe, "bgcolor": ground}
        return {"fillcolor": ground, "fillpattern": pattern}
    return {"fillcolor": theme.clear(_colours(mode)[code], 0.3 if code == "left_early" else 0.88)}


def _colours(mode: str) -> dict[str, str]:
    return {
        "in_program": theme.colour("cat.0", mode),
        "completed": theme.colour("cat.3", mode),
        "moved_on": theme.colour("cat.2", mode),
        "other_exit": theme.colour("ordered3.1", mode),
        "left_early": theme.colour("cat.1", mode),
        HIDDEN: theme.colour("ink2", mode),
    }


def _hovers(
    parts: Mapping[str, pd.DataFrame], hidden: str, names: Mapping[str, str] | None, title: str
) -> list[Figure]:
    """Return one unseen point per part and month, in the middle of the part, carrying the words.

    `hidden` names the parts that are hidden; theirs has no number.
    """
    last = int(max(part["x"].max() for part in parts.values()))
    xs, ys, texts = [], [], []
    days = range(0, last + 1, MONTH)
    held = {code: values_at(part, days) for code, part in parts.items()}
    for place, day in enumerate(days):
        base = 0.0
        for code in parts:
            row = held[code][place]
            if row is None:
                continue
            xs.append(day)
            ys.append(base + float(row["estimate"]) / 2)
            base += float(row["estimate"])
            if code == HIDDEN:
                texts.append(f"<b>{say('Hidden')}</b><br>{months_since(title, day)}<br>{hidden}")
            else:
                texts.append(f"<b>{label(code, names)}</b><br>{months_since(title, day)}<br>{could_be(row)}")
    unseen = {"size": 18, "opacity": 0}
    return [
        {"type": "scatter", "mode": "markers", "x": xs, "y": ys, "text": texts, "marker": unseen}
        | {"hovertemplate": "%{text}<extra></extra>"}
    ]


def _labels(
    parts: Mapping[str, pd.DataFrame], names: Mapping[str, str] | None, axis: tuple[float, float], mode: str
) -> list[Figure]:
    """Return a label per part on a small card: in the middle of a thick part, beside a thin one and joined to it.

    `axis` holds the day of the labels and the last day. A label too wide for what a phone has right of that day begins
    left of it.
    """
    day, end = axis
    room = (PHONE_CARD - LEFT - RIGHT) * (1 - day / end) + RIGHT - GAP
    base, here = 0.0, []
    thin: dict[str, tuple[float, float]] = {}
    tops = {code: float(row["estimate"]) for code, part in parts.items() if (row := value_at(part, day)) is not None}
    ahead = day + WIDEST * end / PHONE_PLOT
    for code in tops:
        row = value_at(parts[code], day)
        thick = tops[code] * PLOT
        if thick < CARD + 2 * AIR and day < float(parts[code]["x"].max()):
            thin[code] = _filled(parts, code, (day, ahead))
        here.append((code, row, base + thick / 2))
        base += thick
    here.reverse()
    others = [[span for other, span in thin.items() if other != code] for code, _, _ in here]
    own = [[thin[code]] if code in thin else [] for code, _, _ in here]
    heights = label_heights([mark for _, _, mark in here], others, own, height=PLOT, size=CARD + 2)
    colours = _colours(mode)
    drawn = []
    for (code, row, mark), height in zip(here, heights, strict=True):
        said = _said(code, row, names)
        away = GAP - max(0.0, WIDE * len(said) - room)
        place = {"x": day, "y": mark / PLOT, "xanchor": "left", "yanchor": "middle"}
        colour = label_colour(colours[code], mode)
        if abs(height - mark) > CARD / 2:
            leader = {"showarrow": True, "arrowhead": 0, "arrowwidth": 1.5, "arrowcolor": theme.colour("ink", mode)}
            place |= leader | {"ax": away, "ay": mark - height}
        else:
            place |= {"xshift": away, "yshift": height - mark}
        ground = {"bgcolor": theme.colour("card", mode), "borderpad": 1}
        drawn.append(note(f"<b>{said}</b>", **ground, font={"size": 13, "color": colour}) | place)
    return drawn


def _said(code: str, row: Any, names: Mapping[str, str] | None) -> str:
    if code == HIDDEN:
        return say("Hidden")
    share = words.percent(row["estimate"], rough=row["status"] == "rough")
    return f"{label(code, names)} {share}" if code in (names or {}) else say(SHORT[code], share=share)


def _filled(parts: Mapping[str, pd.DataFrame], code: str, days: tuple[float, float]) -> tuple[float, float]:
    """Return the span (low, high) in px that a part fills between two days."""
    codes = list(parts)
    marks = sorted({days[0], *(float(day) for day in parts[code]["x"] if days[0] < day <= days[1])})
    lows, highs = [], []
    held = {other: values_at(parts[other], marks) for other in codes[: codes.index(code) + 1]}
    for i in range(len(marks)):
        below = [float(row["estimate"]) for other, each in held.items() if (row := each[i]) is not None]
        if len(below) == len(held):
            lows.append(sum(below[:-1]) * PLOT)
            highs.append(sum(below) * PLOT)
    return min(lows), max(highs)
