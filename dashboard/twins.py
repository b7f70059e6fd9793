"""The numbers of a figure as a table for reading: the same cells of the same estimate table, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard import words
from dashboard.annotations import Annotation
from dashboard.charts.curve import MONTH, values_at
from dashboard.charts.forest import ANSWERS
from dashboard.charts.frame import NOT_LEFT
from dashboard.funnel import DRAWN_IN, SAME_MIX
from dashboard.funnel import funnel as funnel_of
from dashboard.language import noted, say

Row = Mapping[str, Any] | pd.Series
"""The cells of one row of an estimate table, by column."""
SHOWN = ("shown", "rough")
MAXIMUM_ROWS = 60
MONTHS = (0, 90, 180, 270, 365)
MONTHS_SINCE = noted("Months since the first session")


@dataclass(frozen=True, slots=True)
class Twin:
    """A table for reading: `columns` as (estimate-table column, heading); the first cell of a row names it."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, ...], ...]


def with_dates(twin: Twin, dates: Sequence[tuple[str, Annotation]]) -> Twin:
    """Return a table over calendar time with the program's own dates as rows of their own below it."""
    blank = ("",) * (len(twin.columns) - 2)
    rows = tuple((words.period(one.quarter), one.text, *blank) for _, one in dates)
    return Twin(twin.columns, twin.rows + rows)


def over_time(
    table: pd.DataFrame, names: Mapping[str, str] | None = None, *, title: str = MONTHS_SINCE, horizon: float = 180
) -> Twin:
    """Return staying by level at the marked months (or at every released day): share, range, followed, left early.

    The day of the title, `horizon`, is one of them, and is named where it is counted from another day than day 0.
    """
    shares = table[table["stat"].eq("share") & table["shape"].ne("")].sort_values("x", kind="stable")
    levels = list(dict.fromkeys(table[table["stat"].eq("share")]["level"]))
    grouped = levels != [""]
    months = sorted({*MONTHS, int(horizon)})
    marked = "" if horizon in MONTHS else say("6 months after the first session")
    rows = []
    for level in levels:
        line = shares[shares["level"] == level]
        at_risk = table[table["stat"].eq("at_risk") & table["level"].eq(level)]
        stepped = bool(line["shape"].eq("step").any())
        for day, row in _read(line, months, stepped):
            followed = _followed(at_risk, row, day, stepped)
            name = (words.name(level, names),) if grouped else ()
            when = f"{_months(day)} ({marked})" if marked and day == horizon else _months(day)
            rows.append((*name, when, *_share(row), followed, number_of(row, "events")))
    group = (("level", say("Group")),) if grouped else ()
    columns = (
        *group,
        ("x", say(title)),
        ("estimate", say("Stayed")),
        ("lower", say("Could be")),
        ("n", say(NOT_LEFT if bool(shares["shape"].eq("line").any()) else noted("Still being followed"))),
        ("events", say("Left early so far")),
    )
    return Twin(columns, tuple(rows[:MAXIMUM_ROWS]))


def where(table: pd.DataFrame, names: Mapping[str, str] | None = None, *, title: str = MONTHS_SINCE) -> Twin:
    """Return the parts at the marked months, one row per part and month."""
    shares = table[table["stat"].eq("share")].sort_values("x", kind="stable")
    rows = []
    for code in words.WHERE_NAMES:
        line = shares[shares["series"] == code]
        if line.empty:
            continue
        stepped = bool(line["shape"].eq("step").any())
        for day, row in _read(line, MONTHS[1:], stepped):
            rows.append((words.name(code, names), _months(day), *_share(row)))
    columns = (
        ("series", say("Where people are")),
        ("x", say(title)),
        ("estimate", say("Share")),
        ("lower", say("Could be")),
    )
    return Twin(columns, tuple(rows[:MAXIMUM_ROWS]))


def _read(line: pd.DataFrame, months: Sequence[int], stepped: bool) -> list[tuple[float, Row | None]]:
    """Return the days of a line, sorted by `x`, that its table has, and the row of each: `months`, or its own days."""
    if stepped:
        return list(zip(months, values_at(line[line["status"].isin(SHOWN)], months), strict=True))
    return [(day, line[line["x"] == day].iloc[0]) for day in line["x"].dropna().tolist()]


def bars(table: pd.DataFrame, names: Mapping[str, str] | None = None, *, heading: str = noted("Group")) -> Twin:
    """Return one row per bar: share, range, people."""
    return _plain(table[table["stat"].eq("share") & table["shape"].eq("bar")], names, heading)


def cells(table: pd.DataFrame) -> Twin:
    """Return one row per cell of the heat map."""
    rows = []
    for row in table[table["shape"].eq("cell")].itertuples():
        one, _, other = str(row.level).partition("|")
        series = pd.Series(row._asdict())
        rows.append((words.name(one), words.name(other), *_share(series), number_of(series, "n")))
    columns = (
        ("level", say("Early alliance")),
        ("level", say("Early self-efficacy")),
        ("estimate", say("Stayed")),
        ("lower", say("Could be")),
        ("n", say("People")),
    )
    return Twin(columns, tuple(rows))


def dots(table: pd.DataFrame) -> Twin:
    """Return one row per dot: average score, share, range, people."""
    rows = []
    for _, row in table[table["stat"].eq("share") & table["shape"].eq("point")].sort_values("x").iterrows():
        score = words.score(row["x"]) if pd.notna(row["x"]) else say("Hidden")
        rows.append((score, *_share(row), number_of(row, "n")))
    columns = (
        ("x", say("Average score")),
        ("estimate", say("Stayed")),
        ("lower", say("Could be")),
        ("n", say("People")),
    )
    return Twin(columns, tuple(rows))


def ratios(table: pd.DataFrame) -> Twin:
    """Return one row per answer of a ratio table: ratio, range, people, people who left early."""
    rows = []
    for _, row in table[table["stat"].eq("ratio") & table["series"].isin(list(ANSWERS))].iterrows():
        shown = row["status"] in SHOWN
        value = words.ratio(row["estimate"]) if shown else status_of(row)
        between = words.ratio_range(row["lower"], row["upper"]) if shown and pd.notna(row["lower"]) else ""
        rows.append((say(ANSWERS[str(row["series"])]), value, between, number_of(row, "n"), number_of(row, "events")))
    columns = (
        ("series", say("Compared")),
        ("estimate", say("Times as often")),
        ("lower", say("Could be")),
        ("n", say("People")),
        ("events", say("Left early")),
    )
    return Twin(columns, tuple(rows))


def funnel(table: pd.DataFrame, *, heading: str) -> Twin:
    """Return one row per unit: people, share as it is, with everybody's mix of people, drawn in, and the verdict."""
    found = funnel_of(table)
    columns = (
        ("level", say(heading)),
        ("n", say("People")),
        ("estimate", say("Stayed")),
        ("estimate", say("With everybody's mix")),
        ("estimate", say("Drawn in")),
        ("lower", say("Could be")),
        ("series", say("Range of chance")),
    )
    if found is None:
        return Twin(columns, ())
    units = table[table["stat"].eq("unit")]
    by = {series: part.set_index("level") for series, part in units.groupby("series")}
    rows = []
    for row in found.dots.sort_values("level").itertuples():
        same, drawn = (_of(by.get(series), row.level) for series in (SAME_MIX, DRAWN_IN))
        drawn_in, between = _share(drawn) if drawn is not None else ("", "")
        rows.append(
            (
                str(row.level),
                words.number(float(row.n)),
                words.percent(float(row.estimate), rough=row.status == "rough"),
                _share(same)[0] if same is not None else "",
                drawn_in,
                between,
                say("Within") if row.within else say("Outside"),
            )
        )
    return Twin(columns, tuple(rows[:MAXIMUM_ROWS]))


def _of(rows: pd.DataFrame | None, level: object) -> pd.Series | None:
    return None if rows is None or level not in rows.index else rows.loc[level]


def means(tables: Iterable[tuple[str, pd.DataFrame]]) -> Twin:
    """Return one row per score: mean, range, people who answered."""
    rows = []
    for name, table in tables:
        found = table[table["stat"].eq("mean")]
        if not found.empty:
            row = found.iloc[0]
            shown = row["status"] in SHOWN
            value = words.score(row["estimate"]) if shown else status_of(row)
            between = words.score_range(row["lower"], row["upper"]) if shown and pd.notna(row["lower"]) else ""
            rows.append((name, value, between, number_of(row, "n")))
    columns = (
        ("measure", say("Score")),
        ("estimate", say("Average")),
        ("lower", say("Could be")),
        ("n", say("People")),
    )
    return Twin(columns, tuple(rows))


def _plain(rows: pd.DataFrame, names: Mapping[str, str] | None, heading: str) -> Twin:
    lines = [(words.name(str(row["level"]), names), *_share(row), number_of(row, "n")) for _, row in rows.iterrows()]
    columns = (("level", say(heading)), ("estimate", say("Share")), ("lower", say("Could be")), ("n", say("Of people")))
    return Twin(columns, tuple(lines[:MAXIMUM_ROWS]))


def _share(row: Row | None) -> tuple[str, str]:
    """Return a share and its range in words; why there is none otherwise."""
    if row is None:
        return say("Not shown"), ""
    if row["status"] not in SHOWN:
        return status_of(row), ""
    between = "" if pd.isna(row["lower"]) else words.percent_range(row["lower"], row["upper"])
    return words.percent(row["estimate"], rough=row["status"] == "rough"), between


def status_of(row: Row) -> str:
    """Return why a row is not shown, in the word a table has for it."""
    known = words.STATUSES.get(str(row["status"])) or words.REASONS.get(str(row["reason"]))
    return say(known or noted("Not available"))


def number_of(row: Row | None, column: str) -> str:
    """Return a count of a row in words; empty where there is none."""
    return "" if row is None or pd.isna(row[column]) else words.number(row[column])


def _followed(at_risk: pd.DataFrame, row: Row | None, day: float, stepped: bool) -> str:
    """Return how many are followed on `day`: the counts row where there is one, else the point's own people."""
    here = at_risk[at_risk["x"] == day]
    if not here.empty:
        return words.number(here["estimate"].iloc[0]) if here["status"].iloc[0] in SHOWN else say("Hidden")
    return "" if stepped else number_of(row, "n")


def _months(day: float) -> str:
    return str(round(day / MONTH))
