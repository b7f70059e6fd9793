"""The quiet cards of the page Staying: tables of indicators, each with its links to Methods and its files."""

from __future__ import annotations

import html
from dataclasses import dataclass

import streamlit as st

from dashboard import indicators, notes
from dashboard.answers import Settings, measure_entry
from dashboard.indicators import Indicator
from dashboard.language import say
from dashboard.notes import Note
from dashboard.twins import Twin
from dashboard.ui import card, data, language_choice


@dataclass(frozen=True)
class Held:
    """What a card of indicators holds: title, line under it, table and notes."""

    title: str
    subtitle: str
    twin: Twin
    notes: list[Note]


def starting(number: int, where: data.Where, settings: Settings) -> None:
    """Draw starting and keeping going."""
    _draw("starting", number, data.kept(_starting, where, settings), indicators.STARTING, settings)


def after_coaching(number: int, where: data.Where, settings: Settings) -> None:
    """Draw follow-ups, lasting change and helping others."""
    _draw("after_coaching", number, data.kept(_after, where, settings), indicators.AFTER, settings)


def _starting(where: data.Where, settings: Settings) -> Held:
    tables = _tables(indicators.STARTING, where, settings)
    return Held(
        indicators.starting_title(tables),
        say("How soon people come, how often, and with whom. Not to be compared with published rates of treatment."),
        indicators.starting(tables),
        [_source()],
    )


def _after(where: data.Where, settings: Settings) -> Held:
    tables = _tables(indicators.AFTER, where, settings)
    return Held(
        indicators.after_title(tables),
        say(
            "People with a recorded exit, 3, 6 and 12 months after it. A gain is kept if it is still more than the "
            "error of measurement. With those missing: the share among everybody due if all missing people had lost "
            "the gain, or had kept it."
        ),
        indicators.after(tables),
        [*indicators.after_notes(tables), _source()],
    )


def _tables(which: tuple[Indicator, ...], where: data.Where, settings: Settings) -> indicators.Tables:
    return {name: data.ask(name, where=where, settings=settings) for name in indicators.measures_of(which)}


def _source() -> Note:
    """Return where the numbers come from."""
    return say("Source"), notes.source(data.about())


def _draw(key: str, number: int, held: Held, which: tuple[Indicator, ...], settings: Settings) -> None:
    with card.card(key, 320, ready=True):
        figure = say("Figure {number}", number=number)
        st.html(
            f'<p class="kicker">{figure}</p><h3 class="ct">{html.escape(held.title)}</h3>'
            f'<p class="cs">{html.escape(held.subtitle)}</p>'
        )
        st.html(card.table_html(held.twin, f"{figure}. {held.title}", sentences=True, titled=True))
        card.foot(held.notes)
        with st.expander(say("How these are counted"), icon=":material/help:"):
            st.html(f'<div class="how">{"".join(_counted(name) for name in indicators.measures_of(which))}</div>')
        with st.expander(say("Take these numbers as files"), icon=":material/download:"):
            for name in indicators.measures_of(which):
                card.file(f"{key}_{name}", name, (), settings, label=say(measure_entry(name).label))


def _counted(measure: str) -> str:
    """Return how a measure is counted, with the way to its entry in Methods."""
    entry = measure_entry(measure)
    link = f" {language_choice.methods_link(f'measure-{measure}')}"
    text = f"{say(entry.definition)} {say(entry.cautions[0])}"
    return f"<p><strong>{html.escape(say(entry.label))}.</strong> {html.escape(text)}{link}</p>"
