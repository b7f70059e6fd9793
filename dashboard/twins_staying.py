"""When and how long people stay, who comes and who helps others as tables for reading: the cells of the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from dashboard import words
from dashboard.charts.frame import SHOWN
from dashboard.charts.milestones import NAMES, periods
from dashboard.charts.weeks import name as week_name
from dashboard.language import say
from dashboard.twins import Twin, number_of, status_of

Said = Callable[[float], str]


def days(table: pd.DataFrame, names: Mapping[str, str] | None = None) -> Twin:
    """Return one row per group: days, range, people; then one per difference."""
    rows = []
    for _, row in table[table["stat"].isin(["mean", "difference"])].iterrows():
        said = [words.name(part, names) for part in str(row["level"]).split("|")]
        is_gap = row["stat"] == "difference"
        value = _signed if is_gap else words.number
        label = say("{first} minus {second}", first=said[0], second=said[1]) if is_gap else said[0]
        between = words.between(_signed(row["lower"]), _signed(row["upper"])) if is_gap else None
        rows.append((label, *_value(row, value, between), number_of(row, "n"), number_of(row, "events")))
    columns = (
        ("level", say("Group")),
        ("estimate", say("Days")),
        ("lower", say("Could be")),
        ("n", say("People")),
        ("events", say("Left early")),
    )
    return _twin(columns, rows, table)


def weeks(table: pd.DataFrame, *, last_day: int) -> Twin:
    """Return one row per week or block: share, range, people at its start, people who left early."""
    rows = table[table["stat"].eq("share") & table["x"].notna()].sort_values("x")
    ends = [*rows["x"].tolist()[1:], last_day + 1][: len(rows)]
    told = []
    for (_, row), end in zip(rows.iterrows(), ends, strict=True):
        value, between = _value(row, words.percent)
        told.append((week_name(row["x"], end), value, between, number_of(row, "n"), number_of(row, "events")))
    columns = (
        ("x", say("When")),
        ("estimate", say("Leave early in a week")),
        ("lower", say("Could be")),
        ("n", say("Still here at the start")),
        ("events", say("Left early")),
    )
    return _twin(columns, told, table)


def milestones(table: pd.DataFrame) -> Twin:
    """Return one row per period and milestone: share, range, people."""
    rows = table[table["stat"].eq("share") & table["x"].notna()]
    told = []
    for level in periods(table):
        for _, row in rows[rows["level"].eq(level)].sort_values("x").iterrows():
            day = int(row["x"])
            when = say(NAMES[day]) if day in NAMES else say("Day {day}", day=day)
            told.append((words.period(level), when, *_value(row, words.percent), number_of(row, "n")))
    columns = (
        ("level", say("Enrolled in")),
        ("x", say("Stayed to")),
        ("estimate", say("Share")),
        ("lower", say("Could be")),
        ("n", say("People")),
    )
    return _twin(columns, told, table)


def gaps(table: pd.DataFrame) -> Twin:
    """Return one row per gap: share, range, people, people who left early."""
    told = []
    for _, row in table[table["stat"].eq("share") & table["x"].notna()].sort_values("x").iterrows():
        value, between = _value(row, words.percent)
        told.append((f"{row['x']:.0f}", value, between, number_of(row, "n"), number_of(row, "events")))
    columns = (
        ("x", say("Days without contact")),
        ("estimate", say("Stayed to 6 months")),
        ("lower", say("Could be")),
        ("n", say("People")),
        ("events", say("Left early")),
    )
    return _twin(columns, told, table)


def attendance(table: pd.DataFrame, names: Mapping[str, str] | None = None) -> Twin:
    """Return one row per period and rate: share, range, sessions."""
    of = {"": say("Of those due"), "of_scheduled": say("Of all scheduled")}
    told = []
    for _, row in table[table["shape"].ne("")].iterrows():
        level = words.name(str(row["level"]), names) if row["level"] else say("Everybody")
        told.append((level, of.get(str(row["series"]), ""), *_value(row, words.percent), number_of(row, "n")))
    columns = (
        ("level", say("Enrolled in")),
        ("series", say("Sessions attended")),
        ("estimate", say("Share")),
        ("lower", say("Could be")),
        ("n", say("Sessions")),
    )
    return _twin(columns, told, table)


def caseload(table: pd.DataFrame) -> Twin:
    """Return one row per month: people, sessions attended, both rates."""
    series = {"": words.number, "sessions_attended": words.number}
    series |= dict.fromkeys(("attended_of_due", "attended_of_scheduled"), words.percent)
    told = []
    # A share of few sessions comes as a count beside it, for words alone: it is no share to print.
    table = table[~(table["stat"].eq("count") & table["series"].map(series.get).eq(words.percent))]
    for month in sorted({str(level) for level in table["level"] if level}):
        rows = {str(row["series"]): row for _, row in table[table["level"].eq(month)].iterrows()}
        hidden = rows[""]["status"] not in SHOWN
        cells = [
            _value(rows[one], said)[0] if one in rows else say("Hidden") if hidden else ""
            for one, said in series.items()
        ]
        told.append((words.month(month), *cells))
    columns = (
        ("level", say("Month")),
        ("estimate", say("People who came")),
        ("estimate", say("Sessions attended")),
        ("estimate", say("Of those due")),
        ("estimate", say("Of all scheduled")),
    )
    return _twin(columns, told, table)


def rates(table: pd.DataFrame, names: Mapping[str, str] | None = None) -> Twin:
    """Return one row per group: rate, range, people, events."""
    told = []
    for _, row in table[table["stat"].eq("rate")].iterrows():
        known = row["status"] in SHOWN and pd.notna(row["lower"])
        between = words.score_range(row["lower"], row["upper"]) if known else ""
        level = words.name(str(row["level"]), names) if row["level"] else say("Everybody")
        told.append((level, *_value(row, words.score, between), number_of(row, "n"), number_of(row, "events")))
    columns = (
        ("level", say("Score")),
        ("estimate", say("Events per 100 months")),
        ("lower", say("Could be")),
        ("n", say("People")),
        ("events", say("Events")),
    )
    return _twin(columns, told, table)


def counts(table: pd.DataFrame, names: Mapping[str, str]) -> Twin:
    """Return one row per count: people, and of how many."""
    rows = table[table["stat"].eq("count") & table["series"].isin(list(names))]
    told = [
        (names[str(row["series"])], _value(row, words.number)[0], number_of(row, "n")) for _, row in rows.iterrows()
    ]
    columns = (("series", say("People who")), ("estimate", say("People")), ("n", say("Of people")))
    return _twin(columns, told, table)


def _twin(columns: tuple[tuple[str, str], ...], told: list[tuple[str, ...]], table: pd.DataFrame) -> Twin:
    """Return the rows as a table; where there are none, one that says why."""
    if not told and len(table):
        told = [(say("Everybody"), status_of(table.iloc[0]), *[""] * (len(columns) - 2))]
    return Twin(columns, tuple(told))


def _value(row: pd.Series, said: Said, between: str | None = None) -> tuple[str, str]:
    """Return a value and its range in words; why there is none otherwise."""
    if row["status"] not in SHOWN:
        return status_of(row), ""
    if between is None:
        known = pd.notna(row["lower"]) and pd.notna(row["upper"])
        if known and said is words.percent:
            between = words.percent_range(row["lower"], row["upper"])
        else:
            between = words.between(said(row["lower"]), said(row["upper"])) if known else ""
    return f"{'~' if row['status'] == 'rough' else ''}{said(float(row['estimate']))}", between


def _signed(value: float) -> str:
    size = words.number(abs(value))
    return size if size == "0" else f"{'+' if value > 0 else '−'}{size}"
