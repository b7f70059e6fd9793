"""Step 2 of an import: match the columns of the files with ours, each with a guess and what speaks for it."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from dashboard import import_gate, import_steps
from dashboard.found_words import found
from dashboard.import_gate import Choices, Look, Proposal, Upload
from dashboard.language import noted, say
from dashboard.ui import import_add, import_columns
from dashboard.ui.import_state import State

OWN_LAYOUT = noted("My own layout: match the columns")
MAPPING_ADDED = noted("You added a mapping, so there is nothing to match: it says which column is which.")
KNOWN_LAYOUT = noted(
    "We know this layout, so there is nothing to match: the names of files, sheets and columns are those it has."
)
GUESSED = noted(
    "We guessed from the headings and from what the cells look like. Change what is wrong; what we do not know is left "
    "out. You see counts here, and of your cells only words of our own lists."
)
MATCHED = noted(
    "<strong>Everything that is needed is matched.</strong> Look through the columns below, then go on to step 3."
)
LAST_DAY = noted("The last day your records can know about. Whoever was seen shortly before it counts as still there.")


def draw(state: State, uploads: list[Upload]) -> str:
    """Draw the card and return the mapping the files are to be loaded with; empty while something is missing."""
    look = state.look
    if look is None:
        return ""
    with st.container(key="card_match"):
        st.html(
            f'<p class="kicker">{say("Step {step} of 4", step=2)}</p>'
            f'<h2 class="ct">{say("Match your columns with ours")}</h2>'
        )
        if look.mapping:
            st.html(f'<p class="cs">{say(MAPPING_ADDED)}</p>')
            return look.mapping
        packaged = _layout(state, look)
        if packaged:
            return _packaged(state, packaged)
        if not look.sources:
            import_add.look_at(state, uploads, match=True)
        return _own(state, state.look) if state.look is not None else ""


def _layout(state: State, look: Look) -> str:
    """Return the packaged mapping to be used, empty where columns are to be matched."""
    if not look.fits:
        return ""
    labels = {import_gate.label_of(name): name for name in look.fits}
    st.html(f'<p class="cs">{say(KNOWN_LAYOUT)}</p>')
    chosen = st.selectbox(
        say("How your files are laid out"),
        [*labels, OWN_LAYOUT],
        format_func=say,
        key=f"import_layout_{state.turn}",
    )
    return labels.get(chosen, "")


def _packaged(state: State, name: str) -> str:
    day = None
    left, right = st.columns(2)
    if import_gate.asks_for_day(name):
        with left:
            day = _day(state)
    title = _title(right)
    if import_gate.asks_for_day(name) and day is None:
        return ""
    return import_gate.packaged_text(name, day, title)


def _own(state: State, look: Look) -> str:
    st.html(f'<p class="cs">{say(GUESSED)}</p>')
    if state.first is None:
        state.first = import_gate.as_proposed(
            import_gate.propose_from(look.sources, Choices(), registry=look.registry), look.sources
        )
    left, right = st.columns(2)
    with left:
        day = _day(state)
    title = _title(right)
    verdict = st.empty()
    chosen = import_columns.draw(look, state.first, state.turn)
    choices = replace(chosen.choices, extracted_on=day, title=title)
    proposal = import_gate.propose_from(look.sources, choices, registry=look.registry)
    text = import_gate.mapping_text(proposal, title=title)
    verdict.html(_verdict(proposal))
    for stem, place in chosen.reads.items():
        place.html(f'<p class="cs">{html.escape(import_steps.read_as(proposal, stem))}</p>')
    if proposal.needs:
        return ""
    st.download_button(
        say("Keep this matching for next time (.toml)"),
        data=text.encode(),
        file_name="our_mapping.toml",
        mime="application/toml",
        icon=":material/download:",
        on_click="ignore",
    )
    return text


def _day(state: State) -> date | None:
    return st.date_input(
        say("Day the files were exported"),
        value=None,
        max_value="today",
        key=f"import_day_{state.turn}",
        format="YYYY-MM-DD",
        help=say(LAST_DAY),
    )


def _title(place: Any) -> str:
    said = place.text_input(
        say("Name of these records (optional)"),
        key="import_title",
        max_chars=80,
        help=say("Shown under the heading of every page, for instance the name of your program."),
    )
    return str(said or "").strip()


def _still_needed(count: int) -> str:
    return say("One thing is still needed.") if count == 1 else say("{number} things are still needed.", number=count)


def _verdict(proposal: Proposal) -> str:
    """Return what is still needed, or that nothing is, and what to look at."""
    if proposal.needs:
        count = len(proposal.needs)
        head = _still_needed(count)
        return (
            f'<div class="notice caution" role="status"><p><strong>{head}</strong></p>'
            f"{import_steps.fault_list(proposal.needs)}</div>"
        )
    notes = "".join(f"<li>{html.escape(found(question))}.</li>" for question in proposal.questions)
    look = f'<p>{say("To know:")}</p><ul class="faults">{notes}</ul>' if notes else ""
    return f'<div class="notice" role="status"><p>{say(MATCHED)}</p>{look}</div>'
