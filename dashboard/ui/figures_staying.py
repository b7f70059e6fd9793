"""The further figures of Staying: days, weeks, enrolment, gaps, attendance, people by month, helping others."""

from __future__ import annotations

import pandas as pd

from dashboard import annotations, charts, clear, groups, notes, sentences_staying, twins, twins_staying, words
from dashboard.annotations import Annotation
from dashboard.answers import Settings, definition
from dashboard.charts.frame import SHOWN
from dashboard.charts.milestones import MOST, periods
from dashboard.charts.weeks import hidden_weeks
from dashboard.language import noted, say
from dashboard.sentences import paragraph
from dashboard.ui import data, own_dates, score_words
from dashboard.ui.card import NO_CHART, Contents, draw
from dashboard.ui.figures import noun_of
from dashboard.ui.figures_ratio import lines

Dates = tuple[Annotation, ...]
GENERATIONS = {
    "brought_somebody": noted("Brought somebody"),
    "came_through_somebody": noted("Came through somebody"),
    "brought_in_turn": noted("Of these, brought somebody in turn"),
    "second_generation": noted("Came through one of these people"),
}
TOO_EARLY = noted("cells marked “Too early”: not everybody in the period has been followed so long.")
NO_TRAITS = noted(
    "These numbers come from tables that hold no person: only the filter by site applies. Remove the others."
)
OF_SITES = noted("somebody who comes to two sites in a month counts at both. All episodes count.")
MOST_NAMED = 4
"""Weeks without a bar that are named."""
NO_RANGE = noted("Counts have no range of uncertainty.")


def days(number: int, dimension: str, where: data.Where, settings: Settings) -> None:
    """Draw the days stayed of each group of `dimension`, in the order and with the names of the curve above."""
    draw("days", number, _days, dimension, where, settings, level=3, height=300)


def weeks(number: int, where: data.Where, settings: Settings) -> None:
    """Draw the share of people still here who leave early, week by week."""
    draw("weeks", number, _weeks, where, settings, level=3, height=400)


def by_enrolment(number: int, where: data.Where, settings: Settings) -> None:
    """Draw who stayed to each milestone by time of enrolment."""
    draw("milestones", number, _by_enrolment, where, settings, own_dates.shown(), level=3, height=400)


def other_gaps(number: int, where: data.Where, settings: Settings) -> None:
    """Draw the share who stayed to six months under every gap."""
    draw("gaps", number, _other_gaps, where, settings, level=3, height=340)


def attendance(number: int, where: data.Where) -> None:
    """Draw how many sessions take place, by time of enrolment."""
    draw("attendance", number, _attendance, where, own_dates.shown(), level=3, height=360)


def caseload(number: int, where: data.Where) -> None:
    """Draw how many people come each month."""
    draw("caseload", number, _caseload, where, own_dates.shown(), level=3, height=360)


def helping(number: int, where: data.Where, settings: Settings) -> None:
    """Draw how often people begin to help others, by early self-efficacy."""
    draw("helping", number, _helping, where, settings, level=3, height=300)


def generations(number: int, where: data.Where) -> None:
    """Draw how many people came through somebody in the program."""
    draw("generations", number, _generations, where, level=3, height=300)


def _days(dimension: str, where: data.Where, settings: Settings, mode: str) -> Contents:
    construct = dimension.removesuffix("_band")
    is_score = construct in words.CONSTRUCT_NAMES
    what = score_words.early(construct) if is_score else noun_of(dimension)
    names = data.names(dimension)
    asked = data.ask("stayed_days", (dimension,), where, settings)
    table = groups.largest(asked)
    drawn = table[table["stat"].eq("mean") & table["status"].isin(SHOWN)]
    by = f"{what}{score_words.cuts(dimension)}"
    return Contents(
        title=sentences_staying.days(table, what=what, names=names, bands=is_score),
        subtitle=paragraph(
            say("Average days of the 150 days after day 30 before leaving early, by {by}.", by=by)
            if is_score
            else say("Average days of the first 180 days before leaving early, by {by}.", by=by),
            f"{words.people(drawn['n'].sum())}." if len(drawn) and groups.sum_is_safe(asked) else "",
            say("People who completed or moved on count to the end."),
            lines(drawn),
        ),
        chart=charts.days(table, mode, names=names) if len(drawn) else NO_CHART,
        table=asked,
        twin=twins_staying.days(table, names),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Not shown": groups.left_out(asked, names),
                "Read with care": score_words.care(construct, clear=clear.days(table, bands=is_score)),
            },
        ),
        kind="days",
        by=(dimension,),
        settings=settings,
    )


def _weeks(where: data.Where, settings: Settings, mode: str) -> Contents:
    table = data.ask("leaving_by_week", where=where, settings=settings)
    drawn = _shown(table)
    last_day = definition("leaving_by_week").number("last_day")
    counted = say("{people} at the start.", people=words.people(drawn["n"].max())) if len(drawn) else ""
    return Contents(
        title=sentences_staying.weeks(table),
        subtitle=paragraph(
            say(
                "Of every 100 people still in the program at the start of a week, how many leave early in it: weeks 1 "
                "to 4, then averages of four weeks."
            ),
            counted,
            lines(drawn),
        ),
        chart=charts.weeks(table, mode, last_day=last_day) if len(drawn) else NO_CHART,
        table=table,
        twin=twins_staying.weeks(table, last_day=last_day),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Hidden": _no_bars(hidden_weeks(table, last_day=last_day)) if len(drawn) else "",
                "Read with care": say("people who came only once count as having left on the next day."),
            },
        ),
        kind="weeks",
        settings=settings,
    )


def _no_bars(weeks: list[str]) -> str:
    """Return which weeks have no bar because they are hidden; of many, that there are some."""
    if len(weeks) > MOST_NAMED:
        return say("no bar where the numbers are too small to show.")
    named = words.joined(weeks)
    return say("no bar where the numbers are too small to show: {weeks}.", weeks=named) if named else ""


def _by_enrolment(where: data.Where, settings: Settings, held: Dates, mode: str) -> Contents:
    table = data.ask("stayed_share", ("cohort",), where, settings)
    drawn = _shown(table[table["stat"].eq("share")])
    known = periods(table)
    early = say(TOO_EARLY) if table["status"].eq("immature").any() else ""
    every = {str(level) for level in table[table["stat"].eq("share")]["level"] if level}
    cut = say("Periods before the latest {number}.", number=MOST) if len(every) > MOST else ""
    dates = annotations.within(held, known)
    return Contents(
        title=sentences_staying.milestones(table),
        subtitle=say(
            "Estimated share who had not left early 1, 3, 6 and 12 months after the first session, by half-year of "
            "enrolment. In each cell: the share, its range of uncertainty (95%) and the people."
        ),
        chart=charts.milestones(table, mode) if len(drawn) and known else NO_CHART,
        table=table,
        twin=twins.with_dates(twins_staying.milestones(table), dates),
        notes=notes.notes(
            table,
            data.about(),
            more={"Not shown": paragraph(early, cut), "Your dates": annotations.sentence(dates)},
        ),
        kind="milestones",
        by=("cohort",),
        settings=settings,
    )


def _other_gaps(where: data.Where, settings: Settings, mode: str) -> Contents:
    table = data.ask("stayed_by_gap", where=where, settings=settings)
    drawn = _shown(table)
    size = ""
    if len(drawn):
        fewest, most = words.number(drawn["n"].min()), words.people(drawn["n"].max())
        size = say("Between {fewest} and {most}.", fewest=fewest, most=most)
    return Contents(
        title=sentences_staying.gaps(table),
        subtitle=paragraph(
            say(
                "Estimated share who had not left early 6 months after the first session, if leaving early is no "
                "contact for so many days."
            ),
            size,
            lines(drawn),
        ),
        chart=charts.gaps(table, mode, usual=data.STANDARD.gap_days) if len(drawn) else NO_CHART,
        table=table,
        twin=twins_staying.gaps(table),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Read with care": say(
                    "people are nearly the same under every gap, so overlapping ranges say nothing about the gap. It "
                    "decides only about people whose silence lasts to the end of the records."
                )
            },
        ),
        kind="gaps",
        settings=settings,
    )


def _attendance(where: data.Where, held: Dates, mode: str) -> Contents:
    whole = data.ask("attendance_rate", where=where)
    table = data.ask("attendance_rate", ("cohort",), where)
    drawn = _shown(table[table["shape"].ne("")])
    sessions = _shown(whole[whole["series"].eq("")])
    rings = drawn["series"].eq("of_scheduled").any()
    dates = annotations.within(held, list(table["level"]))
    care = say("people with many sessions weigh more; all their time counts.")
    return Contents(
        title=sentences_staying.attendance(whole),
        subtitle=paragraph(
            say(
                "Sessions attended, of those attended, missed or called off late, by half-year of enrolment; rings: of "
                "all scheduled."
            )
            if rings
            else say("Sessions attended, of those attended, missed or called off late, by half-year of enrolment."),
            say("{number} sessions due.", number=words.number(sessions["n"].iloc[0])) if len(sessions) else "",
            lines(drawn),
        ),
        chart=charts.attendance(table, mode, names=_periods(table)) if len(drawn) else NO_CHART,
        table=table,
        twin=twins.with_dates(
            twins_staying.attendance(pd.concat([whole, table], ignore_index=True), _periods(table)), dates
        ),
        notes=notes.notes(
            table, data.about(), more={"Read with care": care, "Your dates": annotations.sentence(dates)}
        ),
        kind="attendance",
        by=("cohort",),
    )


def _caseload(where: data.Where, held: Dates, mode: str) -> Contents:
    table = data.ask("caseload_by_month", where=where)
    drawn = _shown(table[table["stat"].eq("count")])
    last = drawn[drawn["shape"].eq("bar")]["estimate"].tail(1)
    counted = say("{people} in the last month.", people=words.people(last.iloc[0])) if len(last) else ""
    dates = annotations.within(held, list(table["level"]))
    return Contents(
        title=sentences_staying.caseload(table),
        subtitle=paragraph(
            say("People with an attended session, by calendar month."),
            counted,
            say("Sessions and attendance by month are in the table."),
            say(NO_RANGE),
        ),
        chart=charts.by_month(table, mode, dates=[(month, one.text) for month, one in dates])
        if len(drawn)
        else NO_CHART,
        table=table,
        twin=twins.with_dates(twins_staying.caseload(table), dates),
        notes=notes.notes(
            table, data.about(), more={"Counted": say(OF_SITES), "Your dates": annotations.sentence(dates)}
        ),
        kind="caseload",
        instead=say(NO_TRAITS) if "not_applicable" in set(table["status"]) else "",
    )


def _helping(where: data.Where, settings: Settings, mode: str) -> Contents:
    table = data.ask("helping_others_by_self_efficacy", where=where, settings=settings)
    whole = data.ask("ripple_rate", where=where, settings=settings)
    names = data.names("self_efficacy_band")
    drawn = _shown(table)
    counted = f"{words.people(drawn['n'].sum())}." if len(drawn) and groups.sum_is_safe(table) else ""
    return Contents(
        title=sentences_staying.helping(table),
        subtitle=paragraph(
            say(
                "Events of helping others per 100 months after day 30, by early self-efficacy{cuts}, among people "
                "still in the program on day 30.",
                cuts=score_words.cuts("self_efficacy_band"),
            ),
            counted,
            lines(drawn),
        ),
        chart=charts.rates(table, mode, names=names) if len(drawn) else NO_CHART,
        table=table,
        twin=twins_staying.rates(table, names),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Counted": _everybody(_shown(whole)),
                "Read with care": score_words.care("self_efficacy", clear=clear.helping(table)),
            },
        ),
        kind="helping",
        settings=settings,
    )


def _everybody(every: pd.DataFrame) -> str:
    """Return how often everybody helped others, from the first session on; empty where it is not shown."""
    if every.empty or pd.isna(every["lower"].iloc[0]):
        return ""
    row = every.iloc[0]
    return say(
        "{rate} events per 100 months for everybody, from the first session on (could be {between}; {people}).",
        rate=words.score(row["estimate"]),
        between=words.score_range(row["lower"], row["upper"]),
        people=words.people(row["n"]),
    )


def _generations(where: data.Where, mode: str) -> Contents:
    table = data.ask("helping_generations", where=where)
    drawn = _shown(table)
    counted = say("Of {people} enrolled.", people=words.people(drawn["n"].max())) if len(drawn) else ""
    unrecorded = "not_measured" in set(table["status"])
    named = {series: say(said) for series, said in GENERATIONS.items()}
    return Contents(
        title=sentences_staying.generations(table),
        subtitle=paragraph(
            say("People who are recorded as having brought somebody, or as having come through somebody."),
            counted,
            say(NO_RANGE),
        ),
        chart=charts.counts(table, mode, names=named) if len(drawn) else NO_CHART,
        table=table,
        twin=twins_staying.counts(table, named),
        notes=notes.notes(
            table,
            data.about(),
            more={"Read with care": say("it is a floor: only what was recorded with the person's code is known.")},
        ),
        kind="generations",
        instead=say("These records never name who came through whom.") if unrecorded else "",
    )


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    return table[table["status"].isin(SHOWN)]


def _periods(table: pd.DataFrame) -> dict[str, str]:
    return {str(level): words.period(str(level)) for level in table["level"]}
