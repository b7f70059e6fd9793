"""Further checks of a ratio as tables for reading: the cells of the estimate table in words."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard import words
from dashboard.charts.checks import BOTH, ORDINALS, shifts, way
from dashboard.charts.frame import SHOWN
from dashboard.twins import Twin, number_of, status_of
from dashboard.twins_ratio import ratio_and_range, size

_RATIO = (("estimate", "Times as often"), ("lower", "Could be"), ("n", "People"), ("events", "Left early"))


def missing(table: pd.DataFrame) -> Twin:
    """Return one row per ratio, how many have a score and have none and how many of them stayed, and tipping points."""
    ratio = table[table["stat"].eq("ratio")]
    named = [
        (said, row)
        for series, said in (("complete_cases", "People with a score, as they are"), ("weighted", "Weighted"))
        for _, row in ratio[ratio["series"].eq(series)].iterrows()
    ]
    named += [(f"Guessed: {said}{' (SD)' if row['x'] else ''}", row) for said, row in shifts(table)]
    lines = [(said, *ratio_and_range(row), *size(row)) for said, row in named]
    for level, said in (("with_score", "With a score"), ("no_score", "Without a score")):
        for _, row in table[table["series"].eq("stayed") & table["level"].eq(level)].iterrows():
            shown = row["status"] in SHOWN
            value = f"{words.percent(row['estimate'])} stayed" if shown else status_of(row)
            between = words.percent_range(row["lower"], row["upper"]) if shown and pd.notna(row["lower"]) else ""
            lines.append((said, value, between, *size(row)))
    for series, said in (("tipping_point", "lower"), ("tipping_point_higher", "higher")):
        for _, row in table[table["series"].eq(series)].iterrows():
            value = f"{row['estimate']:g} SD {said}" if row["status"] in SHOWN else status_of(row)
            lines.append((f"Not clear from: {said}", value, "", "", ""))
    return Twin((("series", "Scores"), *_RATIO), tuple(lines))


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
    columns = (("level", "Group"), *_RATIO, ("estimate", "Same in all (p)"), ("estimate", "Many tests (q)"))
    return Twin(columns, tuple(lines))


def sessions(table: pd.DataFrame) -> Twin:
    """Return one row per session: ratio, range, people, and who was left out."""
    lines = []
    for _, row in table[table["stat"].eq("ratio") & table["level"].ne("")].iterrows():
        beside = table[table["level"].eq(row["level"]) & table["stat"].eq("count")].set_index("series")
        apart = [_count(beside, series) for series in ("not_reached", "without_score")]
        lines.append((f"Up to the {ORDINALS[str(row['level'])]}", *ratio_and_range(row), *size(row), *apart))
    columns = (("level", "Session"), *_RATIO, ("n", "Never so far"), ("n", "Too few ratings"))
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
        ("level", "Way out"),
        ("estimate", "Day by day"),
        ("lower", "Could be"),
        ("estimate", "Of all people"),
        ("estimate", "Bands alike (Gray, p)"),
        ("n", "People"),
        ("events", "Left so"),
    )
    return Twin(columns, tuple(lines))


def both(table: pd.DataFrame) -> Twin:
    """Return the ratio of each score, that of their product, and people in every 100 beyond the two alone."""
    ratio = table[table["stat"].eq("ratio")].set_index("series")
    lines = [(said, *ratio_and_range(ratio.loc[name]), *size(ratio.loc[name])) for name, said in BOTH.items()
             if name in ratio.index]  # fmt: skip
    for _, row in table[table["series"].eq("per_100_both")].iterrows():
        shown = row["status"] in SHOWN
        value = words.signed(row["estimate"]) if shown else status_of(row)
        between = ""
        if shown and pd.notna(row["lower"]):
            between = f"{words.signed(row['lower'])} to {words.signed(row['upper'])}"
        lines.append(("People in every 100 beyond the two alone", value, between, *size(row)))
    return Twin((("series", "Compared"), ("estimate", "Number"), *_RATIO[1:]), tuple(lines))


def _count(rows: pd.DataFrame, series: str) -> str:
    if series not in rows.index:
        return "0"
    row = rows.loc[series]
    return number_of(row, "n") if row["status"] in SHOWN else status_of(row)
