"""Further checks of a ratio as tables for reading: the cells of the estimate table in words."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard import words
from dashboard.charts.checks import BOTH, shifts, way
from dashboard.charts.frame import SHOWN
from dashboard.language import noted, say
from dashboard.twins import Twin, number_of, status_of
from dashboard.twins_ratio import ratio_and_range, size

_SHIFTED = {False: noted("Guessed: {shift}"), True: noted("Guessed: {shift} (SD)")}
_UP_TO = {"2": noted("Up to the second"), "3": noted("Up to the third"), "4": noted("Up to the fourth")}
_TIPPING = {
    "tipping_point": (noted("Not clear from: lower"), noted("{number} SD lower")),
    "tipping_point_higher": (noted("Not clear from: higher"), noted("{number} SD higher")),
}


def _ratio() -> tuple[tuple[str, str], ...]:
    """Return the columns of a ratio with their headings."""
    return (
        ("estimate", say("Times as often")),
        ("lower", say("Could be")),
        ("n", say("People")),
        ("events", say("Left early")),
    )


def missing(table: pd.DataFrame) -> Twin:
    """Return one row per ratio, how many have a score and have none and how many of them stayed, and tipping points."""
    ratio = table[table["stat"].eq("ratio")]
    named = [
        (say(said), row)
        for series, said in (
            ("complete_cases", noted("People with a score, as they are")),
            ("weighted", noted("Weighted")),
        )
        for _, row in ratio[ratio["series"].eq(series)].iterrows()
    ]
    named += [(say(_SHIFTED[bool(row["x"])], shift=shift), row) for shift, row in shifts(table)]
    lines = [(said, *ratio_and_range(row), *size(row)) for said, row in named]
    lines += _stayed(table)
    for series, (name, said) in _TIPPING.items():
        for _, row in table[table["series"].eq(series)].iterrows():
            value = say(said, number=f"{row['estimate']:g}") if row["status"] in SHOWN else status_of(row)
            lines.append((say(name), value, "", "", ""))
    return Twin((("series", say("Scores")), *_ratio()), tuple(lines))


def _stayed(table: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return how many of the people with and without a score stayed."""
    lines = []
    for level, name in (("with_score", noted("With a score")), ("no_score", noted("Without a score"))):
        for _, row in table[table["series"].eq("stayed") & table["level"].eq(level)].iterrows():
            shown = row["status"] in SHOWN
            value = say("{share} stayed", share=words.percent(row["estimate"])) if shown else status_of(row)
            between = words.percent_range(row["lower"], row["upper"]) if shown and pd.notna(row["lower"]) else ""
            lines.append((say(name), value, between, *size(row)))
    return lines


def groups(table: pd.DataFrame, *, traits: Mapping[str, str], names: Mapping[str, Mapping[str, str]]) -> Twin:
    """Return one row per group, and beside the first of a trait the test that the ratio is the same in all of them."""
    tests = table[table["stat"].eq("p_value") & table["status"].isin(SHOWN)]
    values = {(str(row["grouping"]), str(row["series"])): words.p_value(row["estimate"]) for _, row in tests.iterrows()}
    lines = []
    for trait, part in table[table["stat"].eq("ratio") & table["level"].ne("")].groupby("grouping", sort=False):
        known, said = names.get(str(trait), {}), traits.get(str(trait), str(trait))
        for place, (_, row) in enumerate(part.iterrows()):
            beside = [values.get((str(trait), one), "") if not place else "" for one in ("same_in_all", "q_value")]
            name = f"{said}: {words.name(str(row['level']), known)}"
            lines.append((name, *ratio_and_range(row), *size(row), *beside))
    columns = (
        ("level", say("Group")),
        *_ratio(),
        ("estimate", say("Same in all (p)")),
        ("estimate", say("Many tests (q)")),
    )
    return Twin(columns, tuple(lines))


def sessions(table: pd.DataFrame) -> Twin:
    """Return one row per session: ratio, range, people, and who was left out."""
    lines = []
    for _, row in table[table["stat"].eq("ratio") & table["level"].ne("")].iterrows():
        beside = table[table["level"].eq(row["level"]) & table["stat"].eq("count")].set_index("series")
        apart = [_count(beside, series) for series in ("not_reached", "without_score")]
        lines.append((say(_UP_TO[str(row["level"])]), *ratio_and_range(row), *size(row), *apart))
    columns = (("level", say("Session")), *_ratio(), ("n", say("Never so far")), ("n", say("Too few ratings")))
    return Twin(columns, tuple(lines))


def exits(table: pd.DataFrame) -> Twin:
    """Return one row per way out: rate ratio, range, share ratio, Gray's test over the bands, people, exits."""
    ratio = table[table["stat"].eq("ratio")]
    shares = ratio[ratio["series"].eq("share")].set_index("level")
    gray = table[table["stat"].eq("p_value") & table["series"].eq("bands_differ")].set_index("level")
    lines = []
    for _, row in ratio[ratio["series"].eq("rate")].iterrows():
        level = row["level"]
        share = ratio_and_range(shares.loc[level])[0] if level in shares.index else ""
        test = words.p_value(gray.loc[level]["estimate"]) if level in gray.index else ""
        lines.append((way(level), *ratio_and_range(row), share, test, *size(row)))
    columns = (
        ("level", say("Way out")),
        ("estimate", say("Day by day")),
        ("lower", say("Could be")),
        ("estimate", say("Of all people")),
        ("estimate", say("Bands alike (Gray, p)")),
        ("n", say("People")),
        ("events", say("Left so")),
    )
    return Twin(columns, tuple(lines))


def both(table: pd.DataFrame) -> Twin:
    """Return the ratio of each score, that of their product, and people in every 100 beyond the two alone."""
    ratio = table[table["stat"].eq("ratio")].set_index("series")
    lines = [(say(said), *ratio_and_range(ratio.loc[name]), *size(ratio.loc[name])) for name, said in BOTH.items()
             if name in ratio.index]  # fmt: skip
    for _, row in table[table["series"].eq("per_100_both")].iterrows():
        shown = row["status"] in SHOWN
        value = words.signed(row["estimate"]) if shown else status_of(row)
        between = ""
        if shown and pd.notna(row["lower"]):
            between = words.between(words.signed(row["lower"]), words.signed(row["upper"]))
        lines.append((say("People in every 100 beyond the two alone"), value, between, *size(row)))
    return Twin((("series", say("Compared")), ("estimate", say("Number")), *_ratio()[1:]), tuple(lines))


def _count(rows: pd.DataFrame, series: str) -> str:
    if series not in rows.index:
        return "0"
    row = rows.loc[series]
    return number_of(row, "n") if row["status"] in SHOWN else status_of(row)
