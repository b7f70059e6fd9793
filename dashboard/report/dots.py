"""One share for each site as a dot with its range, in alphabetical order: never a ranking."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import words
from dashboard.language import noted, say
from dashboard.report.svg import CHARACTER, SIZE, line, mark, shortened, svg, text
from dashboard.theme import colour

SHOWN = ("shown", "rough")
MOST = 16
"""Sites drawn one by one; beyond this the page says the span in words."""
RANGE, PEOPLE = 33, 126
"""Px from the share to its range, and from the plot to the number of people."""
ABSENT = {"immature": noted("Too early"), "not_measured": noted("Not measured"), "hidden": noted("Hidden")}
NOT_AVAILABLE = noted("Not available")


def dots(rows: pd.DataFrame, *, title: str, width: int, tall: float, everyone: float | None) -> str:
    """Return the drawing of one row for each site, `everyone` being the share of all of them, `tall` px a row."""
    numbers = PEOPLE + CHARACTER * SIZE * 7
    names = min(0.3 * width, max(CHARACTER * SIZE * len(str(level)) for level in rows["level"]) + 6)
    left, right, top = names, width - numbers, 4.0
    bottom = top + tall * len(rows)

    def place(share: float) -> float:
        return left + (right - left) * share

    parts = [line(place(share), top, place(share), bottom, colour("grid")) for share in (0, 0.5, 1)]
    if everyone is not None:
        parts.append(line(place(everyone), top, place(everyone), bottom, colour("muted"), dash="2 3", width=1.25))
    described = []
    for order, row in enumerate(rows.itertuples()):
        middle = top + tall * (order + 0.5)
        parts.append(text(0, middle + 4, shortened(str(row.level), names - 6)))
        parts.append(_dot(row, middle, place) if row.status in SHOWN else "")
        parts.append(_numbers(row, right + 8, middle + 4))
        described.append(f"{row.level}: {_said(row)}")
    for share, anchor in (
        ((0, "start"), (0.5, "middle"), (1, "end")) if right - left > 120 else ((0, "start"), (1, "end"))
    ):
        parts.append(text(place(share), bottom + 14, f"{round(100 * share)}%", anchor=anchor))
    return svg(width, bottom + 18, title, "; ".join(described), parts)


def _dot(row: Any, middle: float, place: Any) -> str:
    ink = colour("primary")
    reach = "" if pd.isna(row.lower) else line(place(row.lower), middle, place(row.upper), middle, ink, width=1.5)
    return reach + mark("circle", place(row.estimate), middle, ink, 4)


def _numbers(row: Any, x: float, y: float) -> str:
    if row.status not in SHOWN:
        return text(x, y, say(ABSENT.get(str(row.status), NOT_AVAILABLE)), ink=colour("muted"))
    share = words.percent(row.estimate, rough=row.status == "rough")
    between = "" if pd.isna(row.lower) else words.between(words.percent(row.lower), words.percent(row.upper))
    people = "" if pd.isna(row.n) else say("n = {number}", number=words.number(row.n))
    return (
        text(x, y, share, weight=700, ink=colour("ink")) + text(x + RANGE, y, between) + text(x + PEOPLE - 8, y, people)
    )


def _said(row: Any) -> str:
    if row.status not in SHOWN:
        return say(ABSENT.get(str(row.status), NOT_AVAILABLE))
    return words.percent(row.estimate, rough=row.status == "rough")
