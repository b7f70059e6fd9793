"""The figures of leaving early as a ratio: differences held equal, other choices, along the scale, through a score."""

from __future__ import annotations

import pandas as pd

from dashboard import charts, clear, notes, sentences_ratio, twins, twins_ratio, words
from dashboard.answers import definition
from dashboard.charts.forest import ANSWERS, PARTS
from dashboard.charts.frame import SHOWN
from dashboard.language import noted, say
from dashboard.sentences import capital, could_be, paragraph
from dashboard.ui import data, score_words
from dashboard.ui.card import NO_CHART, Contents, draw, title_of

CHANGES = noted(
    "The ratio is not the same throughout: it is drawn to day 90 and after it. The heading counts days instead, which "
    "need no ratio that stays the same."
)
HELD = {
    "held_equal_severity_score": noted("baseline severity"),
    "held_equal_age_band": noted("age"),
    "held_equal_housing": noted("housing"),
    "held_equal_primary_substance": noted("main substance"),
    "held_equal_prior_episodes": noted("earlier episodes"),
}
"""Rows of a ratio table that name what is held equal."""
WITHIN = noted("people are compared within their site; nothing else is held equal.")
MANY = noted("These are many answers to one question, to see whether they agree: none of them is to be picked.")
LINES = noted("Lines: range of uncertainty (95%).")


def ratios(number: int, construct: str, where: data.Where) -> None:
    """Draw leaving early by early score as ratios: as it is, differences held equal, among people of one coach."""
    draw(f"ratio_{construct}", number, _ratios, construct, where, level=3, height=340)


def _ratios(construct: str, where: data.Where, mode: str) -> Contents:
    what = score_words.early(construct)
    table = data.ask(f"ratio_{construct}", where=where)
    drawn = table["shape"].eq("point") & table["stat"].eq("ratio") & table["status"].isin(["shown", "rough"])
    step = table[table["series"].eq("reference_sd")]
    size = ""
    if len(step):
        points = words.score(step["estimate"].iloc[0])
        size = say("One step is {points} points{scale}.", points=points, scale=score_words.scale(construct))
    held = ""
    if equal := _equal(table):
        held = say("Held equal: {traits}; people are compared within their site.", traits=equal)
    return Contents(
        title=title_of("ratio", table, what=what),
        subtitle=paragraph(
            say(
                "How often people whose {what} score was one step higher left early after day 30, as a ratio.",
                what=what,
            ),
            left_early_of(table[drawn].iloc[0]) if drawn.any() else "",
            size,
            say("Lines: range of uncertainty (95%), people of one coach held together."),
            _each(table[drawn]),
        ),
        chart=charts.forest(table, mode) if drawn.any() else NO_CHART,
        table=table,
        twin=twins.ratios(table),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Counted": held,
                "Missing": score_words.missing(construct, where),
                "Read with care": paragraph(
                    score_words.care(construct, clear=clear.held_equal(table)), say(definition("few_coaches").words)
                ),
            },
        ),
        kind="ratio",
        caution=say(CHANGES) if set(PARTS) & set(table["series"]) else "",
    )


def _each(drawn: pd.DataFrame) -> str:
    """Return each ratio that is drawn with its range: 'As it is: 0.73 (could be 0.65 to 0.81)'."""
    said = []
    for _, row in drawn[drawn["series"].isin(list(ANSWERS))].iterrows():
        ratio = words.ratio(row["estimate"])
        if pd.notna(row["lower"]) and pd.notna(row["upper"]):
            ratio = could_be(ratio, words.ratio_range(row["lower"], row["upper"]))
        said.append(say("{answer}: {ratio}.", answer=say(ANSWERS[str(row["series"])]), ratio=ratio))
    return paragraph(*said)


def choices(number: int, construct: str, where: data.Where) -> None:
    """Draw the ratio under every choice of the day on which the score ends and of the gap."""
    draw(f"choices_{construct}", number, _choices, construct, where, level=3, height=300)


def along(number: int, construct: str, where: data.Where) -> None:
    """Draw leaving early along the scores, as a line that may bend."""
    draw(f"along_{construct}", number, _along, construct, where, level=3, height=340)


def through(number: int, first: str, later: str, where: data.Where) -> None:
    """Draw how much of what goes with an early score goes through a later one."""
    draw(f"through_{first}_{later}", number, _through, first, later, where, level=3, height=340)


def _choices(construct: str, where: data.Where, mode: str) -> Contents:
    what = score_words.early(construct)
    table = data.ask(f"ratio_grid_{construct}", where=where)
    cells = table[table["stat"].eq("ratio") & table["x"].notna()]
    n = cells[cells["status"].isin(SHOWN)]["n"]
    return Contents(
        title=sentences_ratio.choices(table, what=what),
        subtitle=paragraph(
            say(
                "How often people one step higher in {what} left early, as a ratio, under {number} choices.",
                what=what,
                number=len(cells),
            ),
            between_people(n) if len(n) else "",
            say("Coloured: the range of uncertainty (95%) excludes 1. Outlined: the usual choice."),
        ),
        chart=charts.grid(table, mode) if len(n) else NO_CHART,
        table=table,
        twin=twins_ratio.grid(table),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Counted": paragraph(say(WITHIN), say(MANY)),
                "Missing": score_words.missing(construct, where),
                "Read with care": score_words.care(construct, clear=clear.alike(cells)),
            },
        ),
        kind="grid",
    )


def _along(construct: str, where: data.Where, mode: str) -> Contents:
    what = score_words.early(construct)
    table = data.ask(f"ratio_spline_{construct}", where=where)
    line = table[table["shape"].eq("line") & table["status"].isin(SHOWN)]
    return Contents(
        title=sentences_ratio.along(table, what=what),
        subtitle=paragraph(
            say(
                "How often people left early after day 30, by {what} score, compared with people at the median score.",
                what=what,
            ),
            left_early_of(line.iloc[0]) if len(line) else "",
            say("Shaded band: range of uncertainty (95%)."),
        ),
        chart=charts.along(
            table, mode, title=f"{say('{what} score', what=capital(what))}{score_words.scale(construct)}"
        )
        if len(line)
        else NO_CHART,
        table=table,
        twin=twins_ratio.along(table),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Counted": say(WITHIN),
                "Missing": score_words.missing(construct, where),
                "Read with care": score_words.care(construct, clear=clear.along(table)),
            },
        ),
        kind="along",
    )


def _through(first: str, later: str, where: data.Where, mode: str) -> Contents:
    names = score_words.name(first), score_words.name(later)
    table = data.ask(f"pathway_{first}_{later}", where=where)
    rows = table[table["shape"].eq("point") & table["status"].isin(SHOWN)]
    return Contents(
        title=sentences_ratio.through(table, first=names[0], later=names[1]),
        subtitle=paragraph(
            say(
                "Additional people in every 100 staying to 6 months among those one step higher in early {first}, and "
                "how much of that goes through {later} of days 31 to 60.",
                first=names[0],
                later=names[1],
            ),
            left_early_of(rows.iloc[0]) if len(rows) else "",
            lines(rows),
        ),
        chart=charts.parts(table, mode, later=names[1]) if len(rows) else NO_CHART,
        table=table,
        twin=twins_ratio.parts(table, later=names[1]),
        notes=notes.notes(
            table,
            data.about(),
            more={"Counted": _held(table), "Read with care": _assumed(table, first, later) if len(rows) else ""},
        ),
        kind="parts",
    )


def lines(drawn: pd.DataFrame) -> str:
    """Return what the lines through dots are, where any dot has one."""
    return say(LINES) if drawn["lower"].notna().any() else ""


def between_people(counts: pd.Series) -> str:
    """Return between how many people the answers of a figure rest on."""
    fewest, most = words.number(counts.min()), words.people(counts.max())
    return say("Between {fewest} and {most} each.", fewest=fewest, most=most)


def left_early_of(row: pd.Series) -> str:
    """Return the people of a row, and how many of them left early."""
    people, left = words.people(row["n"]), words.number(row["events"])
    return say("{people}, of whom {left} left early.", people=people, left=left)


def _held(table: pd.DataFrame) -> str:
    equal = _equal(table)
    return say("Held equal: {traits}.", traits=equal) if equal else ""


def _equal(table: pd.DataFrame) -> str:
    """Return what is held equal in a table."""
    return words.joined([say(HELD[series]) for series in table["series"] if series in HELD])


def _assumed(table: pd.DataFrame, *constructs: str) -> str:
    """Return all that must hold to read the parts so, how much would undo the part through, and unconfirmed scoring."""
    needed = table[table["series"].eq("e_value") & table["status"].isin(SHOWN)]
    account = ""
    if len(needed):
        account = say(
            "Something unmeasured that goes with both the later score and staying {ratio} times as often would be "
            "enough to account for the part through it.",
            ratio=words.ratio(needed["estimate"].iloc[0]),
        )
    return paragraph(
        say("the parts mean what they are called only if all of this holds."),
        say(definition("pathway_assumptions").words),
        account,
        score_words.unconfirmed(*constructs),
    )
