"""The figures that check a ratio further: people without a score, groups of people, sessions, ways out, both scores."""

from __future__ import annotations

import pandas as pd

from dashboard import clear, notes, sentences_checks, twins_checks, words
from dashboard.charts import checks
from dashboard.charts.frame import SHOWN
from dashboard.language import noted, say
from dashboard.sentences import capital, paragraph
from dashboard.ui import data, score_words
from dashboard.ui.card import NO_CHART, Contents, draw
from dashboard.ui.figures_ratio import WITHIN, between_people, lines

AGES = {"<35": noted("Under 35"), "35-54": noted("35 to 54"), "55+": noted("55 and over")}
"""Ages put together for these groups alone."""
LIKENED_BY = {
    "likened_by_attendance": noted("attendance in the first 30 days"),
    "likened_by_severity_score": noted("baseline severity"),
    "likened_by_age_band": noted("age"),
    "likened_by_housing": noted("housing"),
    "likened_by_site": noted("site"),
}
"""Rows of a table that name what people without a score are likened by."""


def missing(number: int, construct: str, where: data.Where) -> None:
    """Draw what people without a score would change."""
    draw(f"missing_{construct}", number, _missing, construct, where, level=3, height=480)


def groups(number: int, construct: str, where: data.Where) -> None:
    """Draw the ratio in each group of people."""
    draw(f"groups_{construct}", number, _groups, construct, where, level=3, height=820)


def sessions(number: int, construct: str, where: data.Where) -> None:
    """Draw the ratio for scores up to each early session."""
    draw(f"sessions_{construct}", number, _sessions, construct, where, level=3, height=260)


def exits(number: int, construct: str, where: data.Where) -> None:
    """Draw how every way out goes with the score."""
    draw(f"exits_{construct}", number, _exits, construct, where, level=3, height=340)


def both(number: int, where: data.Where) -> None:
    """Draw whether both scores together go with more, or less, than each alone."""
    draw("both_together", number, _both, where, level=3, height=260)


def _missing(construct: str, where: data.Where, mode: str) -> Contents:
    what = score_words.early(construct)
    table = data.ask(f"missing_scores_{construct}", where=where)
    weighed = table[table["series"].eq("weighted")]["status"].isin(SHOWN).any()
    counts = table[table["stat"].eq("count") & table["status"].isin(SHOWN)].set_index("series")["n"]
    size = ""
    if {"with_score", "no_score"} <= set(counts.index):
        size = say(
            "{people} with a score and {number} without.",
            people=words.people(counts["with_score"]),
            number=words.number(counts["no_score"]),
        )
    return Contents(
        title=sentences_checks.missing(table, what=what),
        subtitle=paragraph(
            say(
                "How often people one step higher in the score left early, as a ratio: among those who gave one, and "
                "when the others are brought in."
            ),
            size,
            sentences_checks.tipping(table),
        ),
        chart=checks.missing(table, mode) if weighed or len(checks.shifts(table)) else NO_CHART,
        table=table,
        twin=twins_checks.missing(table),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Counted": _likened(table),
                "Read with care": score_words.care(construct, clear=clear.with_and_without(table)),
            },
        ),
        kind="missing_scores",
    )


def _likened(table: pd.DataFrame) -> str:
    by = [say(said) for series, said in LIKENED_BY.items() if series in set(table["series"])]
    if not by:
        return say(WITHIN)
    return say(
        "people without a score are likened to others by {traits}; people are compared within their site; nothing else "
        "is held equal.",
        traits=words.joined(by),
    )


def _groups(construct: str, where: data.Where, mode: str) -> Contents:
    what = score_words.early(construct)
    table = data.ask(f"subgroups_{construct}", where=where)
    drawn = table[table["stat"].eq("ratio") & table["level"].ne("")]
    traits = {name: say(dimension.label) for name, dimension in data.dimensions().items()}
    names = {str(trait): data.names(str(trait)) for trait in drawn["grouping"].unique()} | {"age_band": AGES}
    shown = drawn[drawn["status"].isin(SHOWN)]
    return Contents(
        title=sentences_checks.groups(table, what=what, names=traits),
        subtitle=say(
            "How often people one step higher in the score left early, as a ratio, in each group. Whether groups "
            "differ is decided by one test for each trait, not by which lines cross 1."
        ),
        chart=checks.groups(table, mode, traits=traits, names=names) if len(shown) else NO_CHART,
        table=table,
        twin=twins_checks.groups(table, traits=traits, names=names),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Counted": paragraph(say(WITHIN), say("The traits were set down beforehand.")),
                "Read with care": paragraph(
                    say("with few people a real difference between groups is easily missed."),
                    capital(score_words.care(construct, clear=False)),
                ),
            },
        ),
        kind="groups",
    )


def _sessions(construct: str, where: data.Where, mode: str) -> Contents:
    what = score_words.early(construct)
    table = data.ask(f"ratio_by_session_{construct}", where=where)
    shown = table[table["stat"].eq("ratio") & table["status"].isin(SHOWN)]
    size = between_people(shown["n"]) if len(shown) else ""
    return Contents(
        title=sentences_checks.sessions(table, what=what),
        subtitle=paragraph(
            say("How often people whose score up to a session was one step higher left early after it, as a ratio."),
            size,
            lines(shown),
        ),
        chart=checks.sessions(table, mode) if len(shown) else NO_CHART,
        table=table,
        twin=twins_checks.sessions(table),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Counted": paragraph(
                    say(WITHIN), say("A later session compares fewer people: those who came so often.")
                ),
                "Read with care": score_words.care(construct, clear=clear.alike(shown)),
            },
        ),
        kind="sessions",
    )


def _exits(construct: str, where: data.Where, mode: str) -> Contents:
    what = score_words.early(construct)
    table = data.ask(f"every_exit_{construct}", where=where)
    shown = table[table["stat"].eq("ratio") & table["status"].isin(SHOWN)]
    size = ""
    if len(shown):
        size = say("{people}, followed for 150 days after day 30.", people=words.people(shown["n"].max()))
    return Contents(
        title=sentences_checks.exits(table, what=what),
        subtitle=paragraph(
            say("How often people one step higher in the score left in each way, as a ratio."), size, lines(shown)
        ),
        chart=checks.exits(table, mode) if len(shown) else NO_CHART,
        table=table,
        twin=twins_checks.exits(table),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Counted": paragraph(say(WITHIN), say("The title rests on the ratios day by day.")),
                "Read with care": paragraph(
                    say("where fewer leave early, more are there to complete."),
                    capital(score_words.care(construct, clear=clear.ways_out(table))),
                ),
            },
        ),
        kind="exits",
    )


def _both(where: data.Where, mode: str) -> Contents:
    constructs = ("alliance", "self_efficacy")
    table = data.ask("interaction_alliance_self_efficacy", where=where)
    shown = table[table["stat"].eq("ratio") & table["status"].isin(SHOWN)]
    size = f"{words.people(shown['n'].iloc[0])}." if len(shown) else ""
    return Contents(
        title=sentences_checks.both(table),
        subtitle=paragraph(
            say("How often people one step higher in a score left early, as a ratio."),
            size,
            _beyond(table),
            lines(shown),
        ),
        chart=checks.both(table, mode) if len(shown) else NO_CHART,
        table=table,
        twin=twins_checks.both(table),
        notes=notes.notes(
            table[table["stat"].ne("difference")],
            data.about(),
            more={
                "Counted": say(WITHIN),
                "Missing": score_words.all_missing(constructs, where),
                "Read with care": paragraph(
                    say("such a comparison needs several times as many people as a single score."),
                    capital(score_words.care(*constructs, clear=False)),
                ),
            },
        ),
        kind="both_together",
    )


def _beyond(table: pd.DataFrame) -> str:
    """Return how many more of 100 stay with both scores higher than the two alone add up to, with its range."""
    rows = table[table["series"].eq("per_100_both") & table["status"].isin(SHOWN)]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    number = words.signed(row["estimate"])
    if pd.isna(row["lower"]):
        return say("In people: {number} in every 100 beyond the two alone.", number=number)
    return say(
        "In people: {number} in every 100 beyond the two alone (could be {lower} to {upper}).",
        number=number,
        lower=words.signed(row["lower"]),
        upper=words.signed(row["upper"]),
    )
