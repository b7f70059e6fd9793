"""What every figure shares: the paper, the axes, the way a group looks, the way a number is written."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from dashboard import theme, words
from dashboard.language import noted, say

Figure = dict[str, Any]

CONFIG: dict[str, Any] = {
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": False,
    "responsive": True,
    "displaylogo": False,
    "showSendToCloud": False,
    "plotlyServerURL": "",
}
"""Plotly settings of every figure: no mode bar (tab stops), no zoom, nothing that could send data anywhere."""

SHOWN = ("shown", "rough")
CHARACTER = 7.3
"""Width of an average character of 13 px Inter, in px; used to leave room for words."""
FIGURE = 5
"""Half the width of a figure of 13 px with the padding of its text, in px."""
BANDS = ("lower", "middle", "higher")


@dataclass(frozen=True, slots=True)
class Style:
    """How one group is drawn: mark colour, label colour (at least 4.5:1 on the card), dash, line width in px."""

    colour: str
    text: str
    dash: str = "solid"
    width: float = 2.75


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that carry numbers."""
    return table[table["status"].isin(SHOWN)]


def levels_of(table: pd.DataFrame) -> list[str]:
    """Return the levels of a table in the order given; score bands run from lower to higher."""
    found = list(dict.fromkeys(table["level"].astype(str)))
    return sorted(found, key=BANDS.index) if set(found) <= set(BANDS) else found


@cache  # a page asks for the same few hundreds of times
def label_colour(mark: str, mode: str) -> str:
    """Return a colour for words that belong to `mark`: the same, or the nearest that reads at 4.5:1 on the card."""
    card, ink = theme.colour("card", mode), theme.colour("ink", mode)
    if mark == theme.colour("cat.1", mode):
        return theme.colour("label_text.clay", mode)
    if mark == theme.colour("ordered3.1", mode):
        return theme.colour("label_text.mid", mode)
    for part in range(11):
        mixed = _mix(mark, ink, part / 10)
        if theme.contrast(mixed, card) >= 4.5:
            return mixed
    return ink


def styles(levels: Sequence[str], mode: str) -> dict[str, Style]:
    """Return a style per level: ordered colours for score bands, else the five categories in order."""
    if set(levels) <= set(BANDS) and len(levels) > 1:
        marks = {band: theme.colour(f"ordered3.{i}", mode) for i, band in enumerate(BANDS)}
        return {
            level: Style(marks[level], label_colour(marks[level], mode), "6px,4px" if level == "middle" else "solid",
                         2.25 if level == "middle" else 2.75)
            for level in levels
        }  # fmt: skip
    result = {}
    for i, level in enumerate(levels):
        mark = theme.colour(f"cat.{i % 5}", mode)
        result[level] = Style(mark, label_colour(mark, mode), "7px,3px" if i % 2 else "solid")
    return result


def layout(mode: str, *, height: int, left: int = 46, right: int = 14, top: int = 10, bottom: int = 46) -> Figure:
    """Return the layout of an empty figure: `height` and margins in px, no legend, no title, no zoom."""
    return {
        "template": {"layout": {}},
        "height": height,
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": theme.FONT, "size": 13, "color": theme.colour("ink2", mode)},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": theme.colour("card", mode),
            "bordercolor": theme.colour("edge", mode),
            "font": {"family": theme.FONT, "size": 13, "color": theme.colour("ink", mode)},
            "align": "left",
        },
        "annotations": [],
        "shapes": [],
    }


def x_axis(mode: str, title: str, **settings: Any) -> Figure:
    """Return a horizontal axis: one edge line, ticks outside, no grid, horizontal words."""
    return {
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": theme.colour("edge", mode),
        "linewidth": 1,
        "ticks": "outside",
        "ticklen": 5,
        "tickcolor": theme.colour("edge", mode),
        "tickangle": 0,
        "title": {"text": title, "standoff": 8, "font": {"size": 13}},
        "fixedrange": True,
        "automargin": False,
        **settings,
    }


def y_axis(mode: str, **settings: Any) -> Figure:
    """Return a vertical axis: thin grid, no line, no ticks."""
    return {
        "showgrid": True,
        "gridcolor": theme.colour("grid", mode),
        "gridwidth": 1,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "ticklabelstandoff": 6,
        "fixedrange": True,
        "automargin": False,
        **settings,
    }


def share_axis(mode: str) -> Figure:
    """Return the vertical axis of shares, 0 to 100 %, never cut."""
    return y_axis(
        mode, range=[0, 1.005], tickvals=[0, 0.25, 0.5, 0.75, 1], ticktext=["0%", "25%", "50%", "75%", "100%"]
    )


def label(code: str, names: Mapping[str, str] | None = None) -> str:
    """Return the words for a code, safe inside a figure, where '<' would start markup."""
    return html.escape(words.name(code, names), quote=False)


def note(text: str, **settings: Any) -> Figure:
    """Return an annotation without an arrow."""
    return {"text": text, "showarrow": False} | settings


FOLLOWED = noted("Number of people still being followed")
NOT_LEFT = noted("Not left early and followed so far")
"""Headings of the people at a point: live, and of a release, which does not tell on which day somebody completed."""


def counts_below(
    axis_days: Sequence[float],
    rows: Mapping[str, Mapping[float, str]],
    names: Mapping[str, Style],
    mode: str,
    *,
    start: int,
    header: str = FOLLOWED,
    header_left: float = 0,
) -> list[Figure]:
    """Return annotations for a row of counts under each tick; `start` is px below the axis line.

    The header begins `header_left` px left of the plot and is said here.

    `rows` maps the printed name of a group to the text under each position; first and last are set inwards,
    their outer figure under the tick, so that nothing leaves the plot on a phone.
    """
    below = {"y": 0, "yref": "paper", "yanchor": "middle", "yshift": -start}
    result = [note(f"<b>{say(header)}</b>", x=0, xref="paper", xanchor="left", xshift=-header_left, **below)]
    for line, (name, texts) in enumerate(rows.items(), start=1):
        place = {"y": 0, "yref": "paper", "yanchor": "middle", "yshift": -start - 20 * line}
        style = names.get(name)
        result.append(
            note(name, x=0, xref="paper", xanchor="right", xshift=-8, align="right", **place)
            | {"font": {"color": style.text if style else theme.colour("ink2", mode), "size": 13}}
        )
        for position, text in texts.items():
            ends = {axis_days[0]: ("left", -FIGURE), axis_days[-1]: ("right", FIGURE)} if axis_days else {}
            anchor, shift = ends.get(position, ("center", 0))
            result.append(
                note(text, x=position, xref="x", xanchor=anchor, xshift=shift, **place)
                | {"font": {"color": theme.colour("ink", mode), "size": 13}}
            )
    return result


def room_for(names: Sequence[str], least: int = 46, most: int = 124) -> int:
    """Return a left margin in px that holds the longest name, between `least` and `most`."""
    return int(min(most, max(least, 20 + CHARACTER * max((len(name) for name in names), default=0))))


def narrow(text: str, most: int = 10) -> str:
    """Return words for a place that holds `most` characters: on two lines where they are longer."""
    return text if len(text) <= most else text.replace(" ", "<br>", 1)


def could_be(row: Mapping[str, Any] | pd.Series) -> str:
    """Return '45% (could be 42% to 48%)' for a share row, with '~' before a rough value."""
    value = words.percent(row["estimate"], rough=row["status"] == "rough")
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return value
    return with_range(value, words.percent_range(row["lower"], row["upper"]))


def with_range(value: str, between: str) -> str:
    """Return '45% (could be 42% to 48%)'; `between` is the range in words."""
    return say("{value} (could be {between})", value=value, between=between)


def _mix(one: str, other: str, part: float) -> str:
    """Return `one` mixed with `part` (0 to 1) of `other`."""
    pairs = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * part):02X}" for a, b in pairs)
