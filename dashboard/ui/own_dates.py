"""Dates of a program's own: the form that keeps them, and the dates that a chart over calendar time shows."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

import streamlit as st

from dashboard import annotations, answers, words
from dashboard.annotations import Annotation
from dashboard.found_words import fault_said
from dashboard.language import noted, say
from dashboard.ui import data, said
from dashboard.ui.plain import plain

TEXT, QUARTER, SAID = "date_text", "date_quarter", "date_said"
PAGE = "your_data"


def shown() -> tuple[Annotation, ...]:
    """Return the dates a manager's charts show; none at the public door, which reads nothing but the release.

    A file of dates that cannot be read shows none here; Your data says what is wrong with it.
    """
    if answers.audience() != "manager":
        return ()
    try:
        return tuple(annotations.annotations(answers.data_home()))
    except answers.InputFault:
        return ()


def draw() -> None:
    """Draw the list of dates and the form that adds one."""
    lead = say(
        "What happened in your program and when: a new intake form, a site that opened, a change of funding. Charts "
        "over calendar time show it. Do not write anybody's name."
    )
    st.html(f'<p class="lead">{lead}</p>')
    try:
        held = annotations.annotations(answers.data_home())
    except answers.InputFault as fault:
        faults = " ".join(map(fault_said, fault.faults))
        st.html(f'<div class="notice caution"><p>{html.escape(faults)}</p></div>')
        return
    with st.container(key="card_dates"):
        st.html(f'<h2 class="ct">{say("Your dates")}</h2>')
        if not held:
            st.html(f'<p class="cs">{say("None yet.")}</p>')
        for place, one in enumerate(held):
            one_date, gone = st.columns([8, 1], vertical_alignment="center")
            quarter, text = html.escape(words.period(one.quarter)), html.escape(one.text)
            one_date.html(f'<p class="own-date"><strong>{quarter}</strong> – {text}</p>')
            gone.button(
                say("Remove {name}", name=plain(one.text)),
                key=f"date_gone_{place}",
                icon=":material/close:",
                type="tertiary",
                on_click=_remove,
                args=(one,),
            )
        with st.form("date_form", border=False):
            left, middle, right = st.columns([2, 4, 1], vertical_alignment="bottom")
            quarters = _quarters()
            left.selectbox(say("Quarter"), quarters, index=len(quarters) - 1, format_func=words.period, key=QUARTER)
            middle.text_input(say("What happened"), key=TEXT, max_chars=annotations.LONGEST)
            right.form_submit_button(say("Add"), key="date_add", type="primary", on_click=_add)
        said.draw(SAID, PAGE)


def _quarters() -> Sequence[str]:
    """Return every quarter from the first enrolment to the last of the records."""
    named = [code for code in data.names("enrol_quarter") if annotations.is_quarter(code)]
    last = str(data.about()["records_to"])
    first = min([*named, last])
    years = range(int(first[:4]), int(last[:4]) + 1)
    return [one for one in (f"{year}-Q{number}" for year in years for number in (1, 2, 3, 4)) if first <= one <= last]


def _add() -> None:
    quarter, text = str(st.session_state.get(QUARTER, "")), str(st.session_state.get(TEXT, ""))
    _try(lambda: annotations.add(answers.data_home(), quarter, text), noted("Added."))


def _remove(one: Annotation) -> None:
    _try(lambda: annotations.remove(answers.data_home(), one), noted("Removed."))


def _try(act: Callable[[], None], done: str) -> None:
    """Do it and remember what to say; a fault is said with its remedy."""
    try:
        act()
    except answers.InputFault as fault:
        said.keep(SAID, fault.faults, PAGE)
    else:
        said.keep(SAID, done, PAGE)
        st.session_state[TEXT] = ""
