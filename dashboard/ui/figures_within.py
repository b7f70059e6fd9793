"""The figures of what goes together day by day: before leaving, after a missed session, two scores of one person."""

from __future__ import annotations

import pandas as pd

from dashboard import notes, sentences_within, twins_within, words
from dashboard.charts import within
from dashboard.charts.frame import SHOWN
from dashboard.language import say
from dashboard.sentences import paragraph
from dashboard.ui import data, score_words
from dashboard.ui.card import NO_CHART, Contents, draw
from dashboard.ui.figures_ratio import left_early_of, lines


def lagged(number: int, construct: str, where: data.Where) -> None:
    """Draw leaving early by the last score before, between people and within a person."""
    draw(f"lagged_{construct}", number, _lagged, construct, where, level=3, height=200)


def missed(number: int, construct: str, where: data.Where) -> None:
    """Draw the other direction: the next score after a missed session."""
    draw(f"missed_{construct}", number, _missed, construct, where, level=3, height=150)


def together(number: int, first: str, second: str, where: data.Where) -> None:
    """Draw whether two scores move together within a person, and between people."""
    draw(f"together_{first}_{second}", number, _together, first, second, where, level=3, height=200)


def _lagged(construct: str, where: data.Where, mode: str) -> Contents:
    what = score_words.name(construct)
    table = data.ask(f"lagged_{construct}", where=where)
    shown = table[table["stat"].eq("ratio") & table["status"].isin(SHOWN)]
    beside = table[table["status"].isin(SHOWN)].set_index("series")["estimate"]
    days, apart = "", ""
    if "carried_days" in beside:
        days = say("A rating counts for {days} days.", days=words.number(beside["carried_days"]))
    if "left_without_recent_score" in beside:
        people = words.people(beside["left_without_recent_score"])
        apart = say("{people} who left early without a rating so recent.", people=people)
    return Contents(
        title=sentences_within.lagged(table, what=what),
        subtitle=paragraph(
            say(
                "How often people one step higher in their last rating of {what} left early, day by day, as a ratio.",
                what=what,
            ),
            left_early_of(shown.iloc[0]) if len(shown) else "",
            days,
            lines(shown),
        ),
        chart=within.lagged(table, mode) if len(shown) else NO_CHART,
        table=table,
        twin=twins_within.lagged(table),
        notes=notes.notes(
            table,
            data.about(),
            more={"Not shown": apart, **_one_in(table), "Read with care": _care(construct)},
        ),
        kind="lagged",
    )


def _missed(construct: str, where: data.Where, mode: str) -> Contents:
    what = score_words.name(construct)
    table = data.ask(f"reverse_{construct}", where=where)
    shown = table[table["stat"].eq("difference") & table["status"].isin(SHOWN)]
    size = ""
    if len(shown):
        size = say("{people} with ratings of both kinds.", people=words.people(shown["n"].iloc[0]))
    return Contents(
        title=sentences_within.missed(table, what=what),
        subtitle=paragraph(
            say(
                "The other direction: ratings of {what}{scale} after a missed session, minus the same person's others.",
                what=what,
                scale=score_words.scale(construct),
            ),
            size,
            say("Line: range of uncertainty (95%).") if shown["lower"].notna().any() else "",
        ),
        chart=within.missed(table, mode) if len(shown) else NO_CHART,
        table=table,
        twin=twins_within.missed(table),
        notes=notes.notes(table, data.about(), more={**_one_in(table), "Read with care": _care(construct)}),
        kind="missed",
    )


def _together(first: str, second: str, where: data.Where, mode: str) -> Contents:
    names = score_words.name(first), score_words.name(second)
    table = data.ask(f"moves_together_{first}_{second}", where=where)
    shown = table[table["stat"].eq("correlation") & table["status"].isin(SHOWN)]
    size = ""
    if len(shown):
        size = say("{people} with ratings of both in one week.", people=words.people(shown["n"].max()))
    care = say("both are rated by the same person, so part of what they share may be the person's way of rating.")
    return Contents(
        title=sentences_within.together(table, first=names[0], second=names[1]),
        subtitle=paragraph(
            say("Correlation of ratings of {first} and {second}, from -1 to 1.", first=names[0], second=names[1]),
            size,
            lines(shown),
        ),
        chart=within.together(table, mode) if len(shown) else NO_CHART,
        table=table,
        twin=twins_within.together(table),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Counted": say(sentences_within.TWO_QUESTIONS),
                "Read with care": paragraph(care, score_words.unconfirmed(first, second)),
            },
        ),
        kind="together",
    )


def _care(construct: str) -> str:
    return paragraph(say(sentences_within.BOTH_WAYS), score_words.unconfirmed(construct))


def _one_in(table: pd.DataFrame) -> dict[str, str]:
    """Return that only one in several stays was looked at, where that is so."""
    rows = table[table["series"].eq("one_in")]
    if rows.empty:
        return {}
    return {"Counted": say("one in {number} stays was looked at.", number=words.number(rows["estimate"].iloc[0]))}
