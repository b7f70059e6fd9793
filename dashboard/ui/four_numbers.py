"""The four cards of the overview: people enrolled, those who stayed, and both early scores, each over time."""

from __future__ import annotations

import pandas as pd

from dashboard import charts, sentences, stayed, words
from dashboard.language import noted, say
from dashboard.ui import data, figures, score_words, style
from dashboard.ui.kpi import Kpi, cards

SHOWN = ("shown", "rough")
ENROLLED, STAYED = noted("People enrolled"), noted("Stayed to 6 months")
SCORES = {
    "alliance": (noted("Early alliance"), noted("Early alliance by half-year of enrolment, {period}")),
    "self_efficacy": (noted("Early self-efficacy"), noted("Early self-efficacy by half-year of enrolment, {period}")),
}
"""The label of each early score, and what its small line shows."""
ABSENT = {
    "immature": (noted("Too early"), noted("These people started too recently")),
    "not_measured": (noted("Not measured"), noted("No questionnaire has been loaded")),
    "hidden": (noted("Hidden"), noted("Too few people for a figure")),
}
NOT_PUBLISHED = (noted("Not published"), noted("Not for these filters"))
"""What a card says instead of its number, and why."""


def draw(where: data.Where) -> None:
    """Draw the four cards."""
    cards(data.kept(_four, where, style.mode()))


def never_came(where: data.Where) -> float:
    """Return how many enrolled and never came to a session; 0 where that is not shown."""
    table = data.ask("people_enrolled", where=where)
    never = table[table["series"].eq("never_attended") & table["status"].isin(SHOWN)]
    return 0 if never.empty else float(never["estimate"].iloc[0])


def _four(where: data.Where, mode: str) -> list[Kpi]:
    scores = [_score(construct, where, mode) for construct in SCORES]
    return [_enrolled(where, mode), _stayed(where, mode), *scores]


def _enrolled(where: data.Where, mode: str) -> Kpi:
    table = data.ask("people_enrolled", where=where)
    row = _first(table[table["series"].eq("")], "count")
    if row is None:
        return _absent(say(ENROLLED), table)
    by = "enrol_quarter" if "enrol_quarter" in data.dimensions() else "cohort"
    over_time = _over_time("people_enrolled", by, where)
    ends = _ends(over_time)
    never = never_came(where)
    return Kpi(
        say(ENROLLED),
        words.number(row["estimate"]),
        say("people or more") if row["reason"] == "at_least" else say("people"),
        (
            _period(ends),
            say("{people} never came to a session", people=words.people(never)) if never else "",
        ),
        charts.spark(over_time, mode, from_zero=True),
        say("People enrolled over time, {period}", period=_period(ends)),
        ends,
        _last(over_time),
    )


def _last(over_time: pd.DataFrame) -> str:
    """Return the count of the last period that is shown: '41 in Apr–Jun 2026'."""
    last = over_time[over_time["status"].isin(SHOWN)].tail(1)
    if last.empty:
        return ""
    period = words.period(str(last["level"].iloc[0]), short=True)
    return say("{number} in {period}", number=words.number(last["estimate"].iloc[0]), period=period)


def _stayed(where: data.Where, mode: str) -> Kpi:
    table = figures.six_months(where)
    row = sentences.at(table, 180)
    if row is None:
        return _absent(say(STAYED), table)
    people = stayed.people(table, row)
    over_time = _over_time("stayed_share", "cohort", where)
    over_time = over_time[over_time["x"].eq(180)]
    ends = _ends(over_time)
    return Kpi(
        say(STAYED),
        words.percent(row["estimate"], rough=row["status"] == "rough"),
        say("of people"),
        (sentences.range_of(row, words.percent_range), words.people(people) if people else ""),
        charts.spark(over_time, mode),
        say("Share who stayed to 6 months, by half-year of enrolment, {period}", period=_period(ends)),
        ends,
        sentences.change(over_time),
    )


def _score(construct: str, where: data.Where, mode: str) -> Kpi:
    table = data.ask(f"early_{construct}", where=where)
    label, line = SCORES[construct]
    row = sentences.mean(table)
    if row is None:
        return _absent(say(label), table)
    over_time = _over_time(f"early_{construct}", "cohort", where)
    over_time = over_time[over_time["stat"].eq("mean")]
    ends = _ends(over_time)
    top = ((data.about().get("instruments") or {}).get(construct) or {}).get("scale_max")
    return Kpi(
        say(label),
        words.score(row["estimate"]),
        say("out of {top}", top=f"{top:g}") if top else say("on average"),
        (
            sentences.range_of(row, words.score_range),
            _answered(row),
            say("Scoring to be confirmed") if score_words.unconfirmed(construct) else "",
        ),
        charts.spark(over_time, mode),
        say(line, period=_period(ends)),
        ends,
        sentences.change(over_time, score_scale=True),
    )


def _over_time(measure: str, by: str, where: data.Where) -> pd.DataFrame:
    """Return the rows of `measure` by period, oldest first; periods that are too early to say are left out."""
    table = data.ask(measure, (by,), where)
    rows = table[table["level"].map(words.is_period) & table["series"].isin(["", "stayed"])]
    rows = rows[rows["stat"].isin(["share", "count", "mean"]) & rows["status"].ne("immature")]
    return rows.sort_values("level", kind="stable")


def _first(table: pd.DataFrame, stat: str) -> pd.Series | None:
    rows = table[table["stat"].eq(stat) & table["status"].isin(SHOWN)]
    return None if rows.empty else rows.iloc[0]


def _ends(over_time: pd.DataFrame) -> tuple[str, str]:
    """Return the first and the last period, in words."""
    periods = [str(level) for level in over_time["level"]]
    if not periods:
        return "", ""
    return words.period(periods[0], short=True), words.period(periods[-1], short=True)


def _period(ends: tuple[str, str]) -> str:
    """Return the first and the last period as one text, a single one as it is."""
    return words.between(*ends) if ends[0] != ends[1] else ends[0]


def _answered(row: pd.Series) -> str:
    return "" if pd.isna(row["n"]) else say("{people} answered", people=words.people(row["n"]))


def _absent(label: str, table: pd.DataFrame) -> Kpi:
    """Return a card without a number, with the reason."""
    statuses = set(table["status"])
    value, why = next((said for status, said in ABSENT.items() if status in statuses), NOT_PUBLISHED)
    return Kpi(label, say(value), lines=(say(why),), words_only=True)
