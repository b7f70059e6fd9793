"""Further checks of a ratio as rows: people without a score, groups of people, sessions, ways out, both scores."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard import words
from dashboard.charts.frame import Figure
from dashboard.charts.rows import Line, ratios, rows
from dashboard.language import noted, say

STEP_LOWER = noted("Times as often as one step lower")
RATES = {
    "rate": noted("Day by day, among people still here"),
    "share": noted("Of all people, in 150 days (no range)"),
}
"""The two ratios of a way out."""
SHIFTED = {"shifted_lower": -1, "shifted_higher": 1}
"""Series of guessed scores, and to which side they are shifted."""
BOTH = {
    "alliance": noted("Alliance, at average self-efficacy"),
    "self_efficacy": noted("Self-efficacy, at average alliance"),
    "product": noted("Change per step of the other score"),
}
UP_TO = {
    "2": noted("Score up to the second session"),
    "3": noted("Score up to the third session"),
    "4": noted("Score up to the fourth session"),
}
ANSWERED = {"complete_cases": noted("As they are"), "weighted": noted("Weighted")}
"""Ratios among people with a score."""


def missing(table: pd.DataFrame, mode: str = "light") -> Figure:
    """Return the ratios among people with a score, with weights, and with guesses of missing scores."""
    ratio = table[table["stat"].eq("ratio")]
    lines = [Line(say("Among people with a score"))]
    for series, said in ANSWERED.items():
        lines += [Line(say(said), row) for _, row in ratio[ratio["series"].eq(series)].iterrows()]
    guessed = shifts(table)
    if guessed:
        lines.append(Line(say("Everybody, missing scores guessed, in SD")))
        lines += [Line(said, row, strong=not row["x"]) for said, row in guessed]
    return rows(lines, ratios(STEP_LOWER), mode, beside=True)


def shifts(table: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    """Return the ratios with guessed scores in words and in order, from the lowest guess to the highest."""
    ratio = table[table["stat"].eq("ratio") & table["series"].isin(list(SHIFTED)) & table["x"].notna()]
    # The unshifted guess is in the table to both sides, with the same numbers.
    ratio = ratio[ratio["x"].gt(0) | ratio["series"].eq("shifted_lower")]
    place = ratio["x"] * ratio["series"].map(SHIFTED)
    ordered = ratio.assign(place=place).sort_values("place")
    return [(_shift(row["place"]), row) for _, row in ordered.iterrows()]


def _shift(place: float) -> str:
    if not place:
        return say("As people alike")
    size = f"{abs(place):g}"
    return say("{number} lower", number=size) if place < 0 else say("{number} higher", number=size)


def groups(
    table: pd.DataFrame, mode: str = "light", *, traits: Mapping[str, str], names: Mapping[str, Mapping[str, str]]
) -> Figure:
    """Return the ratio in each group under a heading for its trait; `traits` and `names` are the words for both."""
    ratio = table[table["stat"].eq("ratio") & table["level"].ne("")]
    lines: list[Line] = []
    for trait, part in ratio.groupby("grouping", sort=False):
        known = names.get(str(trait), {})
        lines.append(Line(say(traits.get(str(trait), words.name(str(trait)).capitalize()))))
        lines += [Line(words.name(str(row["level"]), known), row) for _, row in part.iterrows()]
    return rows(lines, ratios(STEP_LOWER), mode, beside=True)


def sessions(table: pd.DataFrame, mode: str = "light") -> Figure:
    """Return the ratio for scores up to the second, third and fourth session."""
    ratio = table[table["stat"].eq("ratio") & table["level"].ne("")]
    lines = [Line(say(UP_TO[str(row["level"])]), row) for _, row in ratio.iterrows()]
    return rows(lines, ratios(STEP_LOWER), mode)


def exits(table: pd.DataFrame, mode: str = "light") -> Figure:
    """Return both ratios of every way out; the one among people still here has a range."""
    ratio = table[table["stat"].eq("ratio")]
    lines: list[Line] = []
    for series, heading in RATES.items():
        part = ratio[ratio["series"].eq(series)]
        if len(part):
            lines.append(Line(say(heading)))
            lines += [Line(way(row["level"]), row, strong=series == "rate") for _, row in part.iterrows()]
    return rows(lines, ratios(STEP_LOWER), mode, beside=True)


def way(level: object) -> str:
    """Return the words for a way out, short enough to stand beside its row."""
    return say("Moved on") if level == "moved_on" else words.name(str(level))


def both(table: pd.DataFrame, mode: str = "light") -> Figure:
    """Return the ratio of each score where the other is average, and that of their product."""
    ratio = table[table["stat"].eq("ratio")].set_index("series")
    lines = [Line(say(said), ratio.loc[name], name == "product") for name, said in BOTH.items() if name in ratio.index]
    return rows(lines, ratios(STEP_LOWER), mode)
