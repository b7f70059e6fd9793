"""What changed between two periods of enrolment, in words, as a table and as the rows of a drawing.

Pure: takes the table of `changes_between_periods`. An indicator is said to be higher or lower only where the range of
its difference, widened for how many differences are shown, excludes zero.
"""

from __future__ import annotations

from functools import partial

import pandas as pd

from dashboard import words
from dashboard.charts.frame import SHOWN, Figure
from dashboard.charts.rows import Line, Scale, rows
from dashboard.clear import clear_of_zero
from dashboard.language import noted, say, say_many
from dashboard.twins import Twin

SHARES = {
    "engaged": noted("Engaged in the first weeks"),
    "attended": noted("Sessions attended, of those due"),
    "stayed_3_months": noted("Stayed to 3 months"),
    "stayed_6_months": noted("Stayed to 6 months"),
    "answered_alliance": noted("Gave an early alliance score"),
    "answered_self_efficacy": noted("Gave an early self-efficacy score"),
}
SCORES = {
    "early_alliance": noted("Average early alliance"),
    "early_self_efficacy": noted("Average early self-efficacy"),
}
INDICATORS = {**SHARES, **SCORES}
"""Every indicator and its words, in the order of reading."""
OF_SESSIONS = "attended"
"""The indicator that counts sessions, not people."""
NOTHING = "\N{EN DASH}"
READY = ("stayed_3_months", "engaged")
"""Indicators that tell whether a period can be compared already, the better one first."""


def periods(table: pd.DataFrame) -> list[str]:
    """Return the periods of the table, in time."""
    return sorted({str(level) for level in table["level"] if words.is_period(str(level))})


def usual(table: pd.DataFrame) -> tuple[str, str]:
    """Return the two periods to compare first: the last two of which something is known already, the earlier first.

    ValueError with fewer than two periods.
    """
    known = table[table["status"].isin(SHOWN)]
    for indicator in READY:
        found = periods(known[known["series"].eq(indicator)])
        if len(found) > 1:
            return found[-2], found[-1]
    *_, earlier, later = ["", *periods(table)]
    if not earlier:
        raise ValueError("two periods are needed")
    return earlier, later


def between(table: pd.DataFrame, earlier: str, later: str) -> pd.DataFrame:
    """Return the rows of two periods and of their differences."""
    return table[table["level"].isin([earlier, later, f"{later}|{earlier}"])].reset_index(drop=True)


def title(table: pd.DataFrame, earlier: str, later: str) -> str:
    """Return the change that is surest, how many others are clear, or that none is; of the rows of two periods."""
    gaps = _gaps(table)
    when = {"earlier": words.period(earlier), "later": words.period(later)}
    if gaps.empty:
        return say("Too few people, or too early, to compare {earlier} with {later}", **when)
    clear = gaps[clear_of_zero(gaps)]
    if clear.empty:
        return say("No clear change between people enrolled in {earlier} and in {later}", **when)
    half = (clear["upper"] - clear["lower"]) / 2
    row = clear.loc[(clear["estimate"].abs() / half).idxmax()]
    told = {period: _said(table, str(row["series"]), level) for period, level in (("then", earlier), ("now", later))}
    template = noted("{indicator}: higher in {later} ({now}) than in {earlier} ({then})")
    if row["estimate"] < 0:
        template = noted("{indicator}: lower in {later} ({now}) than in {earlier} ({then})")
    found = say(template, indicator=say(INDICATORS[str(row["series"])]), **told, **when)
    if len(clear) == 1:
        return found
    others = len(clear) - 1
    return say_many(
        "{finding}; {number} more change is clear",
        "{finding}; {number} more changes are clear",
        others,
        finding=found,
        number=others,
    )


def scores(table: pd.DataFrame, earlier: str, later: str) -> str:
    """Return the average early scores of both periods in one sentence each; nothing for those that are not shown."""
    said = []
    for name, label in SCORES.items():
        then, now = (_row(table, name, level) for level in (earlier, later))
        if then is None or now is None or not {then["status"], now["status"]} <= set(SHOWN):
            continue
        pair = {"then": words.score(then["estimate"]), "now": words.score(now["estimate"])}
        said.append(say("{indicator}: {then}, then {now}.", indicator=say(label), **pair))
    return " ".join(said)


def people(table: pd.DataFrame, earlier: str, later: str) -> str:
    """Return how many people of each period stand behind the indicators that are shown; empty if none is."""
    said = []
    for level in (earlier, later):
        known = [_row(table, name, level) for name in INDICATORS if name != OF_SESSIONS]
        counts = [row["n"] for row in known if row is not None and row["status"] in SHOWN and pd.notna(row["n"])]
        if counts:
            least, most = words.number(min(counts)), words.people(max(counts))
            number = most if words.people(min(counts)) == most else words.between(least, most)
            said.append(say("{period}: {people}", period=words.period(level), people=number))
    return f"{'; '.join(said)}." if said else ""


def drawing(table: pd.DataFrame, earlier: str, later: str, mode: str = "light") -> Figure:
    """Return the difference of each share, later minus earlier, in percentage points with its range."""
    found = table[table["stat"].eq("difference") & table["series"].isin(list(SHARES))].set_index("series")
    found[["estimate", "lower", "upper"]] *= 100
    lines = [
        Line(say(label), found.loc[name], counted=_rests_on(table, name, earlier, later))
        for name, label in SHARES.items()
        if name in found.index
    ]
    short = words.period(later, short=True)
    sides = (say("Lower in {later}", later=short), say("Higher in {later}", later=short))
    written = partial(points, decimals=decimals(_gaps(table)))
    scale = Scale(say("Difference in percentage points"), sides, (-10, 10), 0.0, written)
    return rows(lines, scale, mode)


def twin(table: pd.DataFrame, earlier: str, later: str) -> Twin:
    """Return one row per indicator: both periods, the difference, its range, and whether it is clear."""
    gaps = _gaps(table)
    clear = set(gaps[clear_of_zero(gaps)]["series"]) if len(gaps) else set()
    columns = (
        ("series", say("Indicator")),
        ("estimate", words.period(earlier)),
        ("estimate", words.period(later)),
        ("n", say("Rests on")),
        ("estimate", say("Difference")),
        ("lower", say("Could be")),
        ("status", say("In words")),
    )
    told = []
    for name, label in INDICATORS.items():
        row = _row(table, name, f"{later}|{earlier}")
        if row is None:
            continue
        gap = _gap(row, name in clear, decimals(gaps))
        both = (_said(table, name, earlier), _said(table, name, later), _rests_on(table, name, earlier, later))
        told.append((say(label), *both, *gap))
    return Twin(columns, tuple(told))


def decimals(gaps: pd.DataFrame) -> int:
    """Return the decimals of all percentage points of a figure: none, or one where the end of a clear range reads 0."""
    clear = gaps[clear_of_zero(gaps) & gaps["series"].isin(list(SHARES))]
    ends = 100 * clear[["lower", "upper"]].abs()
    return int(bool(ends.lt(0.5).any(axis=None)))


def points(value: float, decimals: int = 0) -> str:
    """Return a number with its sign and so many decimals: '+4', '−0.4', '0'."""
    text = f"{abs(value):.{decimals}f}"
    return text if float(text) == 0 else f"{'+' if value > 0 else '−'}{text}"


def _gap(row: pd.Series, is_clear: bool, decimals: int) -> tuple[str, str, str]:
    """Return difference, range and words of a difference row; the reason where there is none."""
    if row["status"] not in SHOWN:
        return words.why_not(str(row["status"]), str(row["reason"])), "", ""
    factor, places = (100, decimals) if row["series"] in SHARES else (1, _places(row))
    value, low, high = (points(row[name] * factor, places) for name in ("estimate", "lower", "upper"))
    said = noted("No clear change")
    if is_clear:
        said = noted("Higher") if row["estimate"] > 0 else noted("Lower")
    return value, words.between(low, high), say(said)


def _places(row: pd.Series) -> int:
    """Return the decimals of a difference of scores and its range: two, or three where an end would read 0."""
    return 3 if min(abs(row["lower"]), abs(row["upper"])) < 0.005 else 2


def _gaps(table: pd.DataFrame) -> pd.DataFrame:
    """Return the differences that are shown."""
    return table[table["stat"].eq("difference") & table["status"].isin(SHOWN)]


def _row(table: pd.DataFrame, name: str, level: str) -> pd.Series | None:
    found = table[table["series"].eq(name) & table["level"].eq(level)]
    return None if found.empty else found.iloc[0]


def _rests_on(table: pd.DataFrame, name: str, earlier: str, later: str) -> str:
    """Return the people, or sessions, of an indicator in both periods; a dash for one that is not shown."""
    then, now = (_counted(name, _row(table, name, level)) for level in (earlier, later))
    return say("{then}, then {now}", then=then or NOTHING, now=now or NOTHING) if then or now else ""


def _counted(name: str, row: pd.Series | None) -> str:
    if row is None or row["status"] not in SHOWN or pd.isna(row["n"]):
        return ""
    if name != OF_SESSIONS:
        return words.people(row["n"])
    return say_many("{number} session", "{number} sessions", row["n"], number=words.number(row["n"]))


def _said(table: pd.DataFrame, name: str, level: str) -> str:
    """Return the figure of an indicator for one period, or why there is none."""
    row = _row(table, name, level)
    if row is None:
        return say("Not available")
    if row["status"] not in SHOWN:
        return words.why_not(str(row["status"]), str(row["reason"]))
    return (
        words.percent(row["estimate"], rough=row["status"] == "rough")
        if name in SHARES
        else words.score(row["estimate"])
    )
