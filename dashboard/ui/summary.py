"""Sentences of the overview: the two most important ones, two rates, and what is worth a look."""

from __future__ import annotations

import html
from collections.abc import Callable

import pandas as pd
import streamlit as st

from dashboard import answers, language, sentences, words
from dashboard.language import noted, say
from dashboard.ui import access, data, figures, filters, four_numbers, language_choice
from dashboard.ui.four_numbers import SHOWN

MOST = 3
LOW_RESPONSE = 0.8
TOO_FEW = noted("Too few people for a figure")
SMALL_COUNT = noted("It rests on, or would give away, a count of fewer than {floor} people")
"""Why a rate is hidden: the group may be large, and those of it who did not answer few."""
EARLY = {"alliance": noted("early alliance"), "self_efficacy": noted("early self-efficacy")}
OF_SIX_MONTHS = {
    False: noted("{about} stayed to 6 months after their first session ({share})"),
    True: noted("{about} stayed to 6 months after their first session ({share}; could be {range})"),
}
"""The first sentence of the page, without a range and with one."""


def in_short(where: data.Where, *, compare: bool) -> None:
    """Say the two most important things the data support."""
    text = " ".join(f"{html.escape(sentence)}." for sentence in data.kept(_short, where, compare))
    st.html(f'<p class="in-short"><strong>{say("In short.")}</strong> {text}</p>')


def _short(where: data.Where, compare: bool) -> list[str]:
    table = figures.six_months(where)
    row = sentences.at(table, 180)
    if row is None:
        said = [sentences.small_group(table) or sentences.staying(table)]
    else:
        known = bool(pd.notna(row["lower"]))
        sentence = say(
            OF_SIX_MONTHS[known],
            about=words.about(row["estimate"]),
            share=words.percent(row["estimate"], rough=row["status"] == "rough"),
            range=words.percent_range(row["lower"], row["upper"]) if known else "",
        )
        said = [sentence]
    if compare:
        said.append(_difference("alliance", where, among=say("people still in the program on day 30")))
    return [sentence for sentence in said if sentence]


def rates(where: data.Where) -> None:
    """Draw attendance and response rates with the people or sessions they rest on."""
    facts = data.kept(_rates, where)
    with st.container(key="card_rates"):
        st.html(
            f'<h2 class="ct">{say("Attendance and answers")}</h2><ul class="facts">'
            + "".join(f"<li>{fact}</li>" for fact in facts if fact)
            + "</ul>"
        )


def _rates(where: data.Where) -> list[str]:
    attendance = data.ask("attendance_rate", where=where)
    response = data.ask("response_rate", where=where)
    return [
        _rate(
            attendance,
            "",
            say("Sessions attended, of those due"),
            say("of sessions planned and not called off in time"),
            _sessions,
        ),
        _rate(
            attendance,
            "of_scheduled",
            say("Sessions attended, of all planned"),
            say("of all sessions planned"),
            _sessions,
        ),
        _rate(response, "alliance", say("Answered about alliance"), say("of people still in on day 30"), words.people),
        _rate(
            response,
            "self_efficacy",
            say("Answered about self-efficacy"),
            say("of people still in on day 30"),
            words.people,
        ),
    ]


def worth_a_look(where: data.Where) -> None:
    """List up to three findings the data support, each with the page that shows it."""
    found = [item for item in data.kept(_candidates, where) if item[0]][:MOST]
    found = [item for item in found if access.may_open(answers.role(), item[1])]
    if not found:
        return
    with st.container(key="card_look"):
        about = say("Figures about early scores count people who were still in the program on day 30.")
        scores = any(of_scores for *_, of_scores in found)
        st.html(f'<h2 class="ct">{say("Worth a look")}</h2>{f"<p class=cs>{about}</p>" if scores else ""}')
        for place, (sentence, page, query, _) in enumerate(found):
            title = say(next(known.title for known in access.PAGES if known.name == page))
            query = {**filters.query(), **query, **language_choice.parameters()}
            with st.container(key=f"look_{place}", horizontal=True, vertical_alignment="center"):
                st.html(f'<p class="look">{html.escape(sentence)}.</p>', width="stretch")
                st.page_link(f"views/{page}.py", label=say("See {page}", page=title), query_params=query)


def _candidates(where: data.Where) -> list[tuple[str, str, dict[str, str], bool]]:
    """Return what may be worth a look: a sentence, empty where there is nothing to say; the page, the choices there
    as the address holds them, and whether it is about early scores."""
    return [
        (_clear("self_efficacy", where), "staying", {"by": say("Early self-efficacy")}, True),
        (_corners(where), "trust_and_confidence", {}, True),
        (_unanswered(where), "trust_and_confidence", {}, True),
        (_never_came(where), "staying", {}, False),
    ]


def _difference(construct: str, where: data.Where, among: str = "") -> str:
    """Return the comparison of higher and lower early scores, clear or not; nothing if it is hidden."""
    table = data.ask("staying_curve", (f"{construct}_band",), where)
    return _compared(table, construct, among) if sentences.widest(table, 150) else ""


def _compared(table: pd.DataFrame, construct: str, among: str = "") -> str:
    return sentences.staying_by(table, what=say(EARLY[construct]), horizon=150, bands=True, among=among)


def _clear(construct: str, where: data.Where) -> str:
    table = data.ask("staying_curve", (f"{construct}_band",), where)
    difference = sentences.widest(table, 150)
    return _compared(table, construct) if difference and difference.clear else ""


def _corners(where: data.Where) -> str:
    """Return the comparison of both early scores together, if the sentence of the data is one."""
    table = data.ask("stayed_by_alliance_and_self_efficacy", where=where)
    with language.spoken(language.ENGLISH):
        compared = sentences.both_scores(table).startswith("When")
    return sentences.both_scores(table) if compared else ""


def _unanswered(where: data.Where) -> str:
    rows = data.ask("response_rate", where=where)
    rows = rows[rows["status"].isin(SHOWN) & rows["upper"].lt(LOW_RESPONSE)]
    if rows.empty:
        return ""
    row = rows.loc[rows["estimate"].idxmin()]
    return say(
        "Only {share} of people still in on day 30 have an early {what} score",
        share=words.percent(row["estimate"]),
        what=words.name(str(row["series"]), words.CONSTRUCT_NAMES),
    )


def _never_came(where: data.Where) -> str:
    people = four_numbers.never_came(where)
    if not people:
        return ""
    return say("{people} enrolled and never came to a session", people=words.people(people))


def _sessions(count: float) -> str:
    return say("{number} sessions", number=words.number(count))


def _rate(table: pd.DataFrame, series: str, label: str, of: str, counted: Callable[[float], str]) -> str:
    """Return one rate as markup: value, of what, range, number it rests on."""
    rows = table[table["series"].eq(series) & table["stat"].isin(["share", "rate"])]
    if rows.empty or rows["status"].iloc[0] == "not_applicable":
        return ""
    row = rows.iloc[0]
    if row["status"] not in SHOWN:
        why = say(TOO_FEW)
        if row["reason"] == "below_threshold":
            why = say(SMALL_COUNT, floor=data.about()["floor"])
        return (
            f'<p class="fact-label">{html.escape(label)}</p><p class="fact-value">{say("Hidden")}</p>'
            f'<p class="fact-line">{html.escape(why)}</p>'
        )
    between = sentences.range_of(row, words.percent_range)
    known = "" if pd.isna(row["n"]) else counted(row["n"])
    small = ", ".join(part for part in (between, known) if part)
    value = words.percent(row["estimate"], rough=row["status"] == "rough")
    return (
        f'<p class="fact-label">{html.escape(label)}</p><p class="fact-value">{value}</p>'
        f'<p class="fact-line">{html.escape(of)}</p><p class="fact-line">{html.escape(small)}</p>'
    )
