"""What a page says when it has no figure to show: calm, with the reason and one way on."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from dashboard.answers import Fault
from dashboard.found_words import found
from dashboard.language import say
from dashboard.sentences import capital
from dashboard.ui import filters
from dashboard.ui.markup import with_code


def _card(title: str, text: str, key: str) -> None:
    with st.container(key=key):
        st.html(f'<div class="state"><h2 class="ct">{html.escape(title)}</h2><p>{text}</p></div>')


def empty() -> None:
    """Nobody fits the filters."""
    text = say(
        "Nobody in the data fits all the filters at once. Remove one of the filters above, or clear them all to "
        "start again. Nothing is wrong with the data."
    )
    _card(say("No people match these filters"), text, "state_empty")
    _clear_button()


def hidden(floor: int) -> None:
    """Fewer people than the floor fit the filters."""
    text = say(
        "These filters single out fewer than {floor} people, or leave out so few. We hide results for groups this "
        "small so that nobody can be identified. Remove a filter to make the group larger.",
        floor=floor,
    )
    _card(say("Too few people to show safely"), text, "state_hidden")
    _clear_button()


def not_released() -> None:
    """The release does not hold this combination of filters."""
    text = say(
        "The published figures hold only combinations that were decided beforehand, so that nobody can be worked out "
        "from their differences. Remove a filter to see figures for more people."
    )
    _card(say("These filters together were not published"), text, "state_not_released")
    _clear_button()


def no_data(audience: str) -> None:
    """Nothing has been loaded, or nothing released, yet."""
    if audience == "manager":
        text = say(
            "Load your own files here in the browser, or a folder of them with <code>recovery-outcomes load "
            "FOLDER</code>. To look around first, load demonstration records: <code>recovery-outcomes demo</code>."
        )
        _card(say("There are no records yet"), text, "state_no_data")
        st.page_link("views/your_data.py", label=say("Load your own records"), icon=":material/arrow_forward:")
    else:
        text = say(
            "Please come back later. If you look after this dashboard: <code>recovery-outcomes release</code> "
            "publishes the first figures."
        )
        _card(say("Nothing has been published yet"), text, "state_no_data")


def error(reference: str) -> None:
    """Something of ours went wrong; the reference is in the log."""
    text = say(
        "The page could not be made. Your filters are kept in the web address, so you can try again without losing "
        "them. If it keeps happening, tell your data lead this reference: <strong>{reference}</strong>.",
        reference=html.escape(reference),
    )
    _card(say("Something went wrong on our side"), text, "state_error")
    st.button(say("Try again"), type="primary", key="try_again")


def problem(faults: Sequence[Fault]) -> None:
    """The data cannot be read, and the faults say why and what to do."""
    _card(say("The data cannot be read"), "</p><p>".join(map(_told, faults)), "state_problem")
    st.button(say("Try again"), type="primary", key="try_again")


def _told(fault: Fault) -> str:
    """Return a fault as sentences in markup: a file by its name alone, commands as code."""
    rule = found(fault.rule)
    name = found(Path(fault.where).name)
    if fault.rule.startswith(("there ", "the ")):  # it names what it is about itself
        said = capital(rule)
    else:
        said = f"{name if Path(name).suffix else capital(name)} {rule}"
    return with_code(f"{said}. {found(fault.remedy).removesuffix('.')}.")


def small_group(text: str, least: int) -> None:
    """Say that the group is small, before any figure; `text` is escaped; shares need at least `least` people."""
    said = say(
        "<strong>Small group: {people}.</strong> Figures that need {least} people are not shown; those that are can "
        "change a lot when one or two people stay or leave. Comparisons are switched off.",
        people=html.escape(text),
        least=least,
    )
    st.html(f'<div class="notice caution"><p>{said}</p></div>')


def too_few_to_compare() -> None:
    """Comparisons are off for a small group."""
    text = say("Groups of people are compared only where each has enough people. Remove a filter to compare them.")
    _card(say("Too few people to compare"), text, "state_compare")


def caution(title: str, text: str) -> None:
    """A note to read before the figures that follow; `text` may hold markup of ours."""
    st.html(f'<div class="notice"><p><strong>{html.escape(title)}</strong> {text}</p></div>')


def _clear_button() -> None:
    st.button(say("Clear all filters"), type="primary", key="clear_all", on_click=filters.clear)
