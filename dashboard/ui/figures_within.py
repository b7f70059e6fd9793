"""The figures of what goes together day by day: before leaving, after a missed session, two scores of one person."""

from __future__ import annotations

import pandas as pd

from dashboard import notes, sentences_within, twins_within, words
from dashboard.charts import within
from dashboard.charts.frame import SHOWN
from dashboard.ui import data, score_words
from dashboard.ui.card import NO_CHART, Contents, draw


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
    what = words.CONSTRUCT_NAMES[construct]
    table = data.ask(f"lagged_{construct}", where=where)
    shown = table[table["stat"].eq("ratio") & table["status"].isin(SHOWN)]
    beside = table[table["status"].isin(SHOWN)].set_index("series")["estimate"]
    size = ""
    if len(shown):
        size = f" {words.people(shown['n'].iloc[0])}, of whom {words.number(shown['events'].iloc[0])} left early."
    days = f" A rating counts for {words.number(beside['carried_days'])} days." if "carried_days" in beside else ""
    apart = ""
    if "left_without_recent_score" in beside:
        apart = f"{words.people(beside['left_without_recent_score'])} who left early without a rating so recent."
    return Contents(
        title=sentences_within.lagged(table, what=what),
        subtitle=f"How often people left early, day by day, one step higher in their last rating of {what}, as a ratio."
        f"{size}{days} Lines: range of uncertainty (95%).",
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
    what = words.CONSTRUCT_NAMES[construct]
    table = data.ask(f"reverse_{construct}", where=where)
    shown = table[table["stat"].eq("difference") & table["status"].isin(SHOWN)]
    size = f" {words.people(shown['n'].iloc[0])} with ratings of both kinds." if len(shown) else ""
    return Contents(
        title=sentences_within.missed(table, what=what),
        subtitle=f"The other direction: ratings of {what}{score_words.scale(construct)} after a missed session, minus "
        f"the same person's others.{size} Line: range of uncertainty (95%).",
        chart=within.missed(table, mode) if len(shown) else NO_CHART,
        table=table,
        twin=twins_within.missed(table),
        notes=notes.notes(table, data.about(), more={**_one_in(table), "Read with care": _care(construct)}),
        kind="missed",
    )


def _together(first: str, second: str, where: data.Where, mode: str) -> Contents:
    names = words.CONSTRUCT_NAMES[first], words.CONSTRUCT_NAMES[second]
    table = data.ask(f"moves_together_{first}_{second}", where=where)
    shown = table[table["stat"].eq("correlation") & table["status"].isin(SHOWN)]
    size = f" {words.people(shown['n'].max())} with ratings of both in one week." if len(shown) else ""
    care = (
        "both are rated by the same person, so part of what they share may be the person's way of rating.",
        score_words.unconfirmed(first, second),
    )
    return Contents(
        title=sentences_within.together(table, first=names[0], second=names[1]),
        subtitle=f"Correlation of ratings of {names[0]} and {names[1]}, from -1 to 1.{size} Lines: range of "
        "uncertainty (95%).",
        chart=within.together(table, mode) if len(shown) else NO_CHART,
        table=table,
        twin=twins_within.together(table),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Counted": sentences_within.TWO_QUESTIONS,
                "Read with care": " ".join(text for text in care if text),
            },
        ),
        kind="together",
    )


def _care(construct: str) -> str:
    unsure = score_words.unconfirmed(construct)
    return f"{sentences_within.BOTH_WAYS} {unsure}".strip()


def _one_in(table: pd.DataFrame) -> dict[str, str]:
    """Return that only one in several stays was looked at, where that is so."""
    rows = table[table["series"].eq("one_in")]
    return {} if rows.empty else {"Counted": f"one in {words.number(rows['estimate'].iloc[0])} stays was looked at."}
