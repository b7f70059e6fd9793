"""The figures of leaving early as a ratio: differences held equal, other choices, along the scale, through a score."""

from __future__ import annotations

import pandas as pd

from dashboard import charts, notes, sentences_ratio, twins, twins_ratio, words
from dashboard.answers import definition
from dashboard.charts.forest import PARTS
from dashboard.charts.frame import SHOWN
from dashboard.ui import data, score_words
from dashboard.ui.card import NO_CHART, Contents, draw, title_of

CHANGES = (
    "The ratio is not the same throughout: it is drawn to day 90 and after it. The heading counts days instead, which "
    "need no ratio that stays the same."
)
HELD = {
    "held_equal_severity_score": "baseline severity",
    "held_equal_age_band": "age",
    "held_equal_housing": "housing",
    "held_equal_primary_substance": "main substance",
    "held_equal_prior_episodes": "earlier episodes",
}
"""Rows of a ratio table that name what is held equal."""
WITHIN = "people are compared within their site; nothing else is held equal."
MANY = f"{WITHIN} These are many answers to one question, to see whether they agree: none of them is to be picked."


def ratios(number: int, construct: str, where: data.Where) -> None:
    """Draw leaving early by early score as ratios: as it is, differences held equal, among people of one coach."""
    draw(f"ratio_{construct}", number, _ratios, construct, where, level=3, height=340)


def _ratios(construct: str, where: data.Where, mode: str) -> Contents:
    what = score_words.early(construct)
    table = data.ask(f"ratio_{construct}", where=where)
    drawn = table["shape"].eq("point") & table["stat"].eq("ratio") & table["status"].isin(["shown", "rough"])
    step = table[table["series"].eq("reference_sd")]
    size = (
        f" One step is {words.score(step['estimate'].iloc[0])} points{score_words.scale(construct)}."
        if len(step)
        else ""
    )
    equal = [HELD[series] for series in table["series"] if series in HELD]
    held = f"Held equal: {words.joined(equal)}; people are compared within their site. " if equal else ""
    return Contents(
        title=title_of("ratio", table, what=what),
        subtitle=f"How often people left early after day 30 whose {what} score was one step higher, as a ratio.{size} "
        "Lines: range of uncertainty (95%), people of one coach held together.",
        chart=charts.forest(table, mode) if drawn.any() else NO_CHART,
        table=table,
        twin=twins.ratios(table),
        notes=notes.notes(
            table,
            data.about(),
            more={
                "Counted": held,
                "Read with care": f"{score_words.care(construct)} {definition('few_coaches').words}",
            },
        ),
        kind="ratio",
        caution=CHANGES if set(PARTS) & set(table["series"]) else "",
    )


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
    size = f" Between {words.number(n.min())} and {words.people(n.max())} each." if len(n) else ""
    return Contents(
        title=sentences_ratio.choices(table, what=what),
        subtitle=f"How often people left early one step higher in {what}, as a ratio, under {len(cells)} choices."
        f"{size} Coloured: the range of uncertainty (95%) excludes 1. Outlined: the usual choice.",
        chart=charts.grid(table, mode) if len(n) else NO_CHART,
        table=table,
        twin=twins_ratio.grid(table),
        notes=notes.notes(table, data.about(), more={"Counted": MANY, "Read with care": score_words.care(construct)}),
        kind="grid",
    )


def _along(construct: str, where: data.Where, mode: str) -> Contents:
    what = score_words.early(construct)
    table = data.ask(f"ratio_spline_{construct}", where=where)
    line = table[table["shape"].eq("line") & table["status"].isin(SHOWN)]
    size = ""
    if len(line):
        size = f" {words.people(line['n'].iloc[0])}, of whom {words.number(line['events'].iloc[0])} left early."
    return Contents(
        title=sentences_ratio.along(table, what=what),
        subtitle=f"How often people left early after day 30, by {what} score, compared with people at the median score."
        f"{size} Shaded band: range of uncertainty (95%).",
        chart=charts.along(table, mode, title=f"{_capital(what)} score{score_words.scale(construct)}")
        if len(line)
        else NO_CHART,
        table=table,
        twin=twins_ratio.along(table),
        notes=notes.notes(table, data.about(), more={"Counted": WITHIN, "Read with care": score_words.care(construct)}),
        kind="along",
    )


def _through(first: str, later: str, where: data.Where, mode: str) -> Contents:
    names = words.CONSTRUCT_NAMES[first], words.CONSTRUCT_NAMES[later]
    table = data.ask(f"pathway_{first}_{later}", where=where)
    rows = table[table["shape"].eq("point") & table["status"].isin(SHOWN)]
    size = ""
    if len(rows):
        size = f" {words.people(rows['n'].iloc[0])}, of whom {words.number(rows['events'].iloc[0])} left early."
    return Contents(
        title=sentences_ratio.through(table, first=names[0], later=names[1]),
        subtitle=f"Additional people in every 100 staying to 6 months whose early {names[0]} was one step higher, and "
        f"how much of that goes through {names[1]} of days 31 to 60.{size} Lines: range of uncertainty (95%).",
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


def _held(table: pd.DataFrame) -> str:
    equal = [HELD[series] for series in table["series"] if series in HELD]
    return f"Held equal: {words.joined(equal)}. " if equal else ""


def _assumed(table: pd.DataFrame, *constructs: str) -> str:
    """Return all that must hold to read the parts so, how much would undo the part through, and unconfirmed scoring."""
    needed = table[table["series"].eq("e_value") & table["status"].isin(SHOWN)]
    said = [f"the parts may be read so only if all of this holds. {definition('pathway_assumptions').words}"]
    if len(needed):
        ratio = words.ratio(needed["estimate"].iloc[0])
        said.append(
            f"Something unmeasured that goes with both the later score and staying {ratio} times as often would be "
            "enough to account for the part through it."
        )
    return " ".join(text for text in (*said, score_words.unconfirmed(*constructs)) if text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
