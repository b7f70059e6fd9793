"""Staying over time: lines with bands, direct labels at the horizon, counts on the same axis."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import theme, words
from dashboard.charts.frame import (
    FOLLOWED,
    NOT_LEFT,
    SHOWN,
    Figure,
    Style,
    could_be,
    counts_below,
    label,
    label_colour,
    layout,
    levels_of,
    note,
    room_for,
    share_axis,
    shown,
    styles,
    x_axis,
)
from dashboard.charts.heights import Beside, label_places
from dashboard.language import noted, say, say_many

MONTH = 30
SINCE_START = noted("Months since the first session")
SINCE_DAY_30 = noted("Months since day 30")
"""What the axis of months can count from."""
GAP, RIGHT, LETTER = 8, 14, 8.3
"""Px between a dot and its label, px right of the plot, and px of a character of a label."""
FAR, ACROSS = 20, 30
"""Px from its dot beyond which a label is joined to it, and the fine in px for a label across the dotted line."""
PHONE_CARD = 326
"""Width of a chart in its card at 390 px, in px."""
HEADER_ROOM = 90
"""A left margin beyond which the header of the counts, for which a phone has no room then, begins in it, in px."""
CELLS = ("x", "estimate", "lower", "upper", "n", "events", "status", "reason")
"""What is read of the rows of a line."""
TICKS = (0, 90, 180, 270, 365)
PLOT = 300
"""Height of the plot in px; label heights are worked out in it."""
PHONE_PLOT, DESKTOP_PLOT = 270, 860
"""Widths of the plot in px at 390 and 1440 px; a label must miss the lines at both."""


def curve(
    table: pd.DataFrame,
    mode: str = "light",
    *,
    names: Mapping[str, str] | None = None,
    horizon: float = 180,
    horizon_label: str = noted("6 months"),
    title: str = SINCE_START,
    end: float = 365,
) -> Figure:
    """Return the figure of a staying table: one line per level, stepped or straight as the rows say.

    `horizon` is the day (x) of the dotted line and the labels, `horizon_label` its words, `title`
    SINCE_START or SINCE_DAY_30, `end` the axis' last day.
    Lines stop where the table stops and break where it hides a point; a hidden level is not drawn.
    """
    drawn = shown(table)
    drawn = drawn[drawn["stat"].eq("share") & drawn["series"].isin(["stayed", ""])].sort_values("x")
    levels = [level for level in levels_of(table[table["stat"].eq("share")]) if (drawn["level"] == level).any()]
    looks = styles(levels, mode)
    groups = {level: drawn[drawn["level"] == level] for level in levels}
    ticks = _ticks(table, horizon, end)
    counts = _counts(table, levels, ticks, names, groups, horizon)
    figure_layout = layout(
        mode,
        height=24 + PLOT + (82 + 20 * len(counts) if counts else 52),
        top=24,
        left=room_for(list(counts)) if counts else 46,
        bottom=82 + 20 * len(counts) if counts else 52,
    )
    figure_layout["xaxis"] = x_axis(
        mode, say(title), range=[-2, end + 3], tickvals=ticks, ticktext=[str(round(day / MONTH)) for day in ticks]
    )
    figure_layout["yaxis"] = share_axis(mode)
    data: list[Figure] = []
    runs = {level: unbroken(groups[level], table[table["level"].eq(level)]) for level in levels}
    for level in levels:
        for run in runs[level]:
            data += _band(run, looks[level], many=len(levels) > 3)
    for level in levels:
        data += [_line(run, looks[level]) for run in runs[level]]
    for level in reversed(levels):
        data.append(_hover(groups[level], label(level, names) if level else "", looks[level], title) | {"meta": level})
    if horizon <= end:
        figure_layout["shapes"].append(
            {"type": "line", "x0": horizon, "x1": horizon, "y0": 0, "y1": 1, "yref": "paper", "layer": "below"}
            | {"line": {"color": theme.colour("muted", mode), "width": 1.25, "dash": "dot"}}
        )
        data += _dots(groups, looks, horizon, mode)
        # A label at its own month says so itself; the dotted line then needs its words.
        said_by_label = levels == [""] and _label_day(groups[""], read_at(groups[""], horizon), horizon) == horizon
        if levels and not said_by_label:
            figure_layout["annotations"].append(
                note(say(horizon_label), x=horizon, y=1, yref="paper", xanchor="center", yanchor="bottom", yshift=2)
                | {"font": {"size": 12.5, "color": theme.colour("muted", mode)}}
            )
        room = PHONE_CARD - figure_layout["margin"]["l"] - RIGHT
        figure_layout["annotations"] += _labels(groups, looks, names, (horizon, say(horizon_label), end, room), mode)
    if levels == [""]:
        figure_layout["annotations"] += _hidden(runs[""], mode)
    if counts:
        named = {label(level, names) if level else say("People"): looks[level] for level in levels}
        plain = {say("People"): Style("", theme.colour("ink2", mode))} if levels == [""] else named
        before = max(0, figure_layout["margin"]["l"] - HEADER_ROOM)
        header = NOT_LEFT if bool(table["shape"].eq("line").any()) else FOLLOWED
        figure_layout["annotations"] += counts_below(
            ticks, counts, plain, mode, start=62, header=header, header_left=before
        )
    return {"data": data, "layout": figure_layout}


def _ticks(table: pd.DataFrame, horizon: float, end: float) -> list[float]:
    """Return the days of the axis: every quarter, or, where the marked day is none, days that have counts.

    Of the counted days those come first that most groups have, so that few places of the counts row stay empty.
    """
    quarters = [float(day) for day in TICKS if day <= end]
    counts = table[table["stat"].eq("at_risk")]
    groups = counts["status"].isin(SHOWN).groupby(counts["x"]).sum().sort_index()
    counted = [float(day) for day in groups.sort_values(ascending=False, kind="stable").index]
    if not counted or horizon in quarters or set(quarters) <= set(counted):
        return quarters
    chosen: list[float] = []
    for day in [0.0, horizon, max(counted), *counted]:
        if day in counted and all(abs(day - other) >= 2 * MONTH for other in chosen):
            chosen.append(day)
    return sorted(chosen)


def unbroken(rows: pd.DataFrame, table: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the parts of a line between its hidden points: over a point that `table` hides nothing is drawn.

    A stepped line holds its value until the next step and has one part.
    """
    gone = table.loc[table["stat"].eq("share") & table["status"].eq("hidden") & table["x"].notna(), "x"]
    if gone.empty or _shape(rows) == "hv":
        return [rows]
    part = np.searchsorted(np.sort(gone.to_numpy(dtype=float)), rows["x"].to_numpy(dtype=float))
    return [rows[part == number] for number in np.unique(part)]


def value_at(rows: pd.DataFrame, day: float) -> pd.Series | None:
    """Return the row that holds at `day`: the last at or before it; None if the line has stopped by then.

    `rows` are sorted by `x`.
    """
    place = _places_at(rows, [day])[0]
    return None if place < 0 else rows.iloc[place]


def values_at(rows: pd.DataFrame, days: Sequence[float]) -> list[dict[str, Any] | None]:
    """Return the `CELLS` that hold at each of `days`, as `value_at` does; of many days in the time of few rows."""
    places = _places_at(rows, days)
    columns = (rows[name].to_numpy()[places[places >= 0]].tolist() for name in CELLS)
    found = (dict(zip(CELLS, cells, strict=True)) for cells in zip(*columns, strict=True))
    return [next(found) if place >= 0 else None for place in places]


def _places_at(rows: pd.DataFrame, days: Sequence[float]) -> npt.NDArray[np.intp]:
    """Return the place of the row that holds at each of `days`; -1 where none does."""
    drawn = rows["x"].to_numpy(dtype=float)
    places = np.searchsorted(drawn, days, side="right") - 1
    return np.where(np.asarray(days) <= (drawn[-1] if len(drawn) else -np.inf), places, -1)


def read_at(rows: pd.DataFrame, day: float) -> pd.Series:
    """Return the row a label at `day` may read: the one that holds there, else the last drawn one before.

    A stepped line holds its value until it stops; between the points of a straight one nothing is known.
    """
    if _shape(rows) == "hv" and (held := value_at(rows, day)) is not None:
        return held
    before = rows[rows["x"] <= day]
    return before.iloc[-1] if len(before) else rows.iloc[0]


def _shape(rows: pd.DataFrame) -> str:
    return "hv" if rows["shape"].iloc[0] == "step" else "linear"


def _band(rows: pd.DataFrame, look: Style, *, many: bool) -> list[Figure]:
    """Return the two traces of a range of uncertainty."""
    held = rows[rows["lower"].notna() & rows["upper"].notna()]
    if held.empty:
        return []
    edge = {"type": "scatter", "mode": "lines", "x": held["x"].tolist(), "hoverinfo": "skip"}
    if len(held) == 1 and _shape(held) == "linear":
        # A point between two hidden ones has no width: its range is a line.
        only = held.iloc[0]
        upright = {"x": [float(only["x"])] * 2, "y": [float(only["lower"]), float(only["upper"])]}
        return [edge | upright | {"line": {"width": 1.5, "color": look.colour}}]
    line = {"width": 0, "color": look.colour, "shape": _shape(held)}
    return [
        edge | {"y": held["upper"].tolist(), "line": line},
        edge
        | {
            "y": held["lower"].tolist(),
            "line": line,
            "fill": "tonexty",
            "fillcolor": theme.clear(look.colour, 0.09 if many else 0.16),
        },
    ]


def _line(rows: pd.DataFrame, look: Style) -> Figure:
    joined_by = {"width": look.width, "color": look.colour, "dash": look.dash, "shape": _shape(rows)}
    trace: Figure = {"type": "scatter", "mode": "lines", "x": rows["x"].tolist(), "y": rows["estimate"].tolist()}
    trace |= {"line": joined_by, "hoverinfo": "skip"}
    if _shape(rows) == "linear":
        trace |= {"mode": "lines+markers", "marker": {"size": 7, "color": look.colour}, "cliponaxis": False}
    return trace


def _hidden(runs: Sequence[pd.DataFrame], mode: str) -> list[Figure]:
    """Return the word for each gap of the only line, halfway between its ends."""
    quiet = {"size": 12.5, "color": theme.colour("ink2", mode)}
    gaps = ((one.iloc[-1], later.iloc[0]) for one, later in itertools.pairwise(runs))
    return [
        note(say("Hidden"), x=(float(one["x"]) + float(later["x"])) / 2, font=quiet, bgcolor=theme.colour("card", mode))
        | {"y": (float(one["estimate"]) + float(later["estimate"])) / 2, "yanchor": "middle"}
        for one, later in gaps
    ]


def _hover(rows: pd.DataFrame, name: str, look: Style, title: str) -> Figure:
    """Return unseen points carrying the hover words: every whole month of a stepped line, every point of another."""
    last = float(rows["x"].max())
    stepped = rows["shape"].iloc[0] == "step"
    days = [float(day) for day in range(0, int(last) + 1, MONTH)] if stepped else rows["x"].tolist()
    xs, ys, texts = [], [], []
    for day, row in zip(days, values_at(rows, days), strict=True):
        if row is None:
            continue
        lead = f"<b>{name}</b><br>" if name else ""
        followed = "" if stepped or pd.isna(row["n"]) else f"<br>{words.people(row['n'])}"
        xs.append(day)
        ys.append(float(row["estimate"]))
        texts.append(f"{lead}{months_since(title, day)}<br>{could_be(row)}{followed}")
    return {
        "type": "scatter",
        "mode": "markers",
        "x": xs,
        "y": ys,
        "text": texts,
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"size": 16, "color": look.colour, "opacity": 0},
    }


def months_since(title: str, day: float) -> str:
    """Return '3 months since the first session' for a day under an axis of that `title`."""
    months = round(day / MONTH)
    if title in (SINCE_DAY_30, say(SINCE_DAY_30)):
        return say_many("{number} month since day 30", "{number} months since day 30", months, number=months)
    return say_many(
        "{number} month since the first session", "{number} months since the first session", months, number=months
    )


def _dots(groups: Mapping[str, pd.DataFrame], looks: Mapping[str, Style], day: float, mode: str) -> list[Figure]:
    """Return the dots where the lines cross the dotted line, or where a line that does not reach it is read."""
    dots = []
    for level, rows in groups.items():
        row = read_at(rows, day)
        marker = {"size": 9, "color": looks[level].colour, "line": {"width": 2, "color": theme.colour("card", mode)}}
        dot = {"type": "scatter", "mode": "markers", "x": [_label_day(rows, row, day)], "y": [float(row["estimate"])]}
        dots.append(dot | {"marker": marker, "hoverinfo": "skip", "cliponaxis": False})
    return dots


def _label_day(rows: pd.DataFrame, row: pd.Series, day: float) -> float:
    """Return the day a label stands at: `day` where a stepped line holds it, else the day of the row it reads."""
    return day if _shape(rows) == "hv" and value_at(rows, day) is not None else float(row["x"])


def _labels(
    groups: Mapping[str, pd.DataFrame],
    looks: Mapping[str, Style],
    names: Mapping[str, str] | None,
    axis: tuple[float, str, float, float],
    mode: str,
) -> list[Figure]:
    """Return the direct labels, placed by search: over no line where there is room, near their own, in their order.

    `axis` holds the day of the labels, its words, the last day and the plot's width on a phone in px. A label too wide
    for either side of its dot there begins left of it; another that stands far from its dot is joined to it.
    """
    day, day_words, end, room = axis
    here = [(level, read_at(rows, day)) for level, rows in groups.items()]
    here.sort(key=lambda pair: -float(pair[1]["estimate"]))
    days = {level: _label_day(groups[level], row, day) for level, row in here}
    texts = {}
    for level, row in here:
        share = words.percent(row["estimate"], rough=row["status"] == "rough")
        if level:
            # A named label has no room for its month on a phone: its dot shows the month, and How to read says so.
            texts[level] = f"<b>{label(level, names)} {share}</b>"
        elif days[level] == day:
            texts[level] = say("<b>{share}</b> at {when}", share=share, when=day_words)
        else:
            texts[level] = say("<b>{share}</b> at month {number}", share=share, number=f"{days[level] / MONTH:.0f}")
    right: list[Beside] = []
    left: list[Beside | None] = []
    backs = []
    for level, _ in here:
        wide, at = LETTER * (len(texts[level]) - 7), days[level] / end
        back = max(0.0, wide + GAP - RIGHT - room * (1 - at)) if level else 0.0
        backs.append(back)
        right.append(_beside(groups, level, days[level], (end, room), (GAP - back, GAP - back + wide)))
        fits = bool(level) and wide + GAP <= room * at
        left.append(_beside(groups, level, days[level], (end, room), (-GAP - wide, -GAP)) if fits else None)
    marks = [float(row["estimate"]) * PLOT for _, row in here]
    placed = label_places(marks, right, left, height=PLOT)
    drawn = []
    for (level, row), place, back, mark in zip(here, placed, backs, marks, strict=True):
        away, up = -GAP if place.left else GAP - back, place.height - mark
        colour = looks[level].text if level else label_colour(looks[level].colour, mode)
        words_here = note(
            texts[level],
            x=days[level],
            y=float(row["estimate"]),
            xanchor="right" if place.left else "left",
            yanchor="middle",
            font={"size": 14, "color": colour},
            borderpad=0,
        )
        if abs(up) > FAR and back <= GAP:
            leader = {"showarrow": True, "arrowhead": 0, "arrowwidth": 1, "arrowcolor": colour, "standoff": 6}
            words_here |= leader | {"ax": away, "ay": -up}
        else:
            words_here |= {"xshift": away, "yshift": up}
        # A ground only where there is a line under the words: elsewhere it would cut the bands for nothing.
        covers = place.covers or (not level and days[level] != day)
        drawn.append(words_here | ({"bgcolor": theme.clear(theme.colour("card", mode), 0.78)} if covers else {}))
    return drawn


def _beside(
    groups: Mapping[str, pd.DataFrame], level: str, day: float, axis: tuple[float, float], reach: tuple[float, float]
) -> Beside:
    """Return what fills the place of a label from `reach[0]` to `reach[1]` px right of its dot at `day`.

    `axis` holds the last day and the plot's width on a phone in px.
    """
    end, room = axis
    spans = {
        name: [span for plot in (PHONE_PLOT, DESKTOP_PLOT) for span in _spans(rows, day, end / plot, reach)]
        for name, rows in groups.items()
    }
    own = spans.pop(level)
    others = [span for found in spans.values() for span in found]
    dots = [day / end * plot for plot in (room, DESKTOP_PLOT)]
    across = [(dot + reach[0], dot + reach[1]) for dot in dots]
    if reach[0] < 0 < reach[1]:
        # A label over its dot would cover it, as it would another line's, and the dotted line.
        return Beside([*others, *own], [], ACROSS, across)
    return Beside(others, own, 0, across)


def _spans(rows: pd.DataFrame, day: float, scale: float, reach: tuple[float, float]) -> list[tuple[float, float]]:
    """Return the span (low, high) in px that a line fills beside `day`, if any; `scale` is days a px."""
    days, values = rows["x"].to_numpy(dtype=float), rows["estimate"].to_numpy(dtype=float)
    since, until = max(day + reach[0] * scale, days[0]), min(day + reach[1] * scale, days[-1])
    if since > until:
        return []
    inside = values[(days >= since) & (days <= until)]
    if _shape(rows) == "linear":
        ends = np.interp([since, until], days, values)
    else:
        ends = values[np.searchsorted(days, [since, until], side="right") - 1]
    found = np.concatenate([inside, ends]) * PLOT
    return [(float(found.min()), float(found.max()))]


def _counts(
    table: pd.DataFrame,
    levels: Sequence[str],
    ticks: Sequence[float],
    names: Mapping[str, str] | None,
    groups: Mapping[str, pd.DataFrame],
    day: float,
) -> dict[str, dict[float, str]]:
    """Return the counts row per group, groups in the order of their lines; nothing where a count is hidden."""
    at_risk = table[table["stat"].eq("at_risk") & table["status"].isin(SHOWN)]

    def height(level: str) -> float:
        row = value_at(groups[level], min(day, float(groups[level]["x"].max())))
        return 0 if row is None else float(row["estimate"])

    result = {}
    for level in sorted(levels, key=height, reverse=True):
        rows = at_risk[at_risk["level"] == level]
        texts = {day: words.number(n) for day, n in zip(rows["x"], rows["estimate"], strict=True) if day in ticks}
        if texts:
            result[label(level, names) if level else say("People")] = texts
    return result
