"""The numbers of the report: four large ones, and the same indicators each time, each with its range and its people."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from dashboard import sentences, stayed, words
from dashboard.answers import Answers, Question
from dashboard.language import noted, say

Card = tuple[str, str, str, tuple[str, ...]]
"""Label, number or the words for its absence, unit, and the lines under it."""
SHOWN = ("shown", "rough")
ABSENT = {"immature": noted("Too early"), "not_measured": noted("Not measured"), "hidden": noted("Hidden")}
NOT_PUBLISHED = noted("Not published")
ENROLLED, STAYED = noted("People enrolled"), noted("Stayed to 6 months")
EARLY = {"alliance": noted("Early alliance"), "self_efficacy": noted("Early self-efficacy")}
INDICATORS = (
    ("stayed_share", 30.0, "", noted("Stayed to 1 month")),
    ("stayed_share", 90.0, "", noted("Stayed to 3 months")),
    ("stayed_share", 180.0, "", STAYED),
    ("stayed_share", 365.0, "", noted("Stayed to 12 months")),
    ("attendance_rate", None, "", noted("Sessions attended")),
    ("response_rate", None, "alliance", noted("Answered: alliance")),
    ("response_rate", None, "self_efficacy", noted("Answered: self-efficacy")),
)
"""Measure, day, series and name of each indicator, always in this order."""


def four_numbers(answers: Answers) -> str:
    """Return people enrolled, share who stayed, and both early scores."""
    about = answers.about()
    cards = [_enrolled(answers), _stayed(answers)]
    cards += [_score(answers, construct, about) for construct in EARLY]
    items = "".join(
        f'<li><p class="label">{escape(label)}</p><p class="number">{escape(value)}{_unit(unit)}</p>'
        f'<p class="small">{"<br>".join(escape(line) for line in lines)}</p></li>'
        for label, value, unit, lines in cards
    )
    return f'<ul class="numbers">{items}</ul>'


def table(answers: Answers) -> str:
    """Return the table of indicators; one that cannot be shown keeps its row and says why."""
    lines = [
        _indicator(_asked(measure, day, answers), day, series, label) for measure, day, series, label in INDICATORS
    ]
    headings = (say("Indicator"), say("Share"), say("Could be"), say("Of"))
    heads = "".join(f'<th scope="col">{head}</th>' for head in headings)
    return (
        f'<section class="figure"><h2>{say("The same indicators each time")}</h2><div class="scroll"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table></div></section>"
    )


def _asked(measure: str, day: float | None, answers: Answers) -> pd.DataFrame:
    return answers.ask(Question(measure)) if day is None else stayed.everyone_to(day, answers)


def _indicator(answer: pd.DataFrame, day: float | None, series: str, label: str) -> str:
    rows = answer[answer["stat"].isin(["share", "rate"])]
    rows = rows[rows["x"].eq(day)] if day is not None else rows[rows["series"].eq(series)]
    shown = rows[rows["status"].isin(SHOWN)]
    label = say(label)
    if shown.empty:
        return f'<tr><th scope="row">{label}</th><td colspan="3">{_why(rows if len(rows) else answer)}</td></tr>'
    row = shown.iloc[0]
    between = "" if pd.isna(row["lower"]) else words.percent_range(row["lower"], row["upper"])
    known = stayed.people(answer, row)
    people = words.number(known) if known else ""
    share = words.percent(row["estimate"], rough=row["status"] == "rough")
    return f'<tr><th scope="row">{label}</th><td>{share}</td><td class="range">{between}</td><td>{people}</td></tr>'


def _why(rows: pd.DataFrame) -> str:
    return say(next((said for status, said in ABSENT.items() if status in set(rows["status"])), NOT_PUBLISHED))


def _unit(unit: str) -> str:
    return f' <span class="unit">{escape(unit)}</span>' if unit else ""


def _enrolled(answers: Answers) -> Card:
    rows = answers.ask(Question("people_enrolled"))
    rows = rows[rows["stat"].eq("count")]
    people = rows[rows["series"].eq("") & rows["status"].isin(SHOWN)]
    if people.empty:
        return say(ENROLLED), _why(rows), "", ()
    never = rows[rows["series"].eq("never_attended") & rows["status"].isin(SHOWN)]
    lines = []
    if len(never):
        lines.append(say("{number} never came to a session", number=words.number(never["estimate"].iloc[0])))
    return say(ENROLLED), words.number(people["estimate"].iloc[0]), "", tuple(lines)


def _stayed(answers: Answers) -> Card:
    rows = stayed.everyone_to(stayed.HORIZON, answers)
    row = sentences.at(rows, stayed.HORIZON)
    label = say(STAYED)
    if row is None:
        here = rows[rows["x"].eq(stayed.HORIZON)]
        return label, _why(here if len(here) else rows), "", ()
    value = words.percent(row["estimate"], rough=row["status"] == "rough")
    parts = [] if pd.isna(row["lower"]) else [_could_be(words.percent_range(row["lower"], row["upper"]))]
    people = stayed.people(rows, row)
    parts += [words.people(people)] if people else []
    return label, value, "", tuple(parts)


def _score(answers: Answers, construct: str, about: Mapping[str, Any]) -> Card:
    rows = answers.ask(Question(f"early_{construct}"))
    label = say(EARLY[construct])
    row = sentences.mean(rows)
    if row is None:
        return label, _why(rows), "", ()
    known = (about.get("instruments") or {}).get(construct) or {}
    top = known.get("scale_max")
    between = pd.notna(row["lower"]) and pd.notna(row["upper"])
    parts = [_could_be(words.score_range(row["lower"], row["upper"]))] if between else []
    parts += [] if pd.isna(row["n"]) else [say("{number} answered", number=words.number(row["n"]))]
    parts += [say("scoring unconfirmed")] if known.get("verified") is False else []
    return label, words.score(row["estimate"]), say("of {top}", top=f"{top:g}") if top else "", tuple(parts)


def _could_be(between: str) -> str:
    return say("could be {range}", range=between)
