"""Step 2 of an import: match the columns of the files with ours, each with a guess and what speaks for it."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from dashboard import import_gate, import_steps
from dashboard.import_gate import Choices, ColumnProfile, Look, Proposal, SourceProfile, evidence, targets
from dashboard.ui import import_words
from dashboard.ui.import_state import State

OWN_LAYOUT = "My own layout: match the columns"
HEADLESS = (
    '<div class="notice caution"><p><strong>The headings look like cells.</strong> If this file has no row of '
    "headings, add one at the top and add the file again.</p></div>"
)
WIDTHS = (3, 4, 5)
_ICONS = {"good": "Looks right", "check": "Check", "out": "Not read"}


def draw(state: State) -> str:
    """Draw the card and return the mapping the files are to be loaded with; empty while something is missing."""
    look = state.look
    if look is None:
        return ""
    with st.container(key="card_match"):
        st.html('<p class="kicker">Step 2 of 4</p><h2 class="ct">Match your columns with ours</h2>')
        if look.mapping:
            st.html(
                '<p class="cs">You added a mapping, so there is nothing to match: it says which column is which.</p>'
            )
            return look.mapping
        packaged = _layout(state, look)
        if packaged:
            return _packaged(state, packaged)
        return _own(state, look)


def _layout(state: State, look: Look) -> str:
    """Return the packaged mapping to be used, empty where columns are to be matched."""
    if not look.fits:
        return ""
    labels = {import_gate.label_of(name): name for name in look.fits}
    st.html(
        '<p class="cs">We know this layout, so there is nothing to match: the names of files, sheets and columns are '
        "those it has.</p>"
    )
    chosen = st.selectbox("How your files are laid out", [*labels, OWN_LAYOUT], key=f"import_layout_{state.turn}")
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
    st.html(
        '<p class="cs">We guessed from the headings and from what the cells look like. Change what is wrong; what we '
        "do not know is left out. You see counts here, never what a cell holds.</p>"
    )
    if state.first is None:
        state.first = import_gate.as_proposed(
            import_gate.propose_from(look.sources, Choices(), registry=look.registry), look.sources
        )
    left, right = st.columns(2)
    with left:
        day = _day(state)
    title = _title(right)
    verdict = st.empty()
    reads: dict[str, Any] = {}
    choices = replace(_choices(state, look, reads), extracted_on=day, title=title)
    proposal = import_gate.propose_from(look.sources, choices, registry=look.registry)
    text = import_gate.mapping_text(proposal, title=title)
    verdict.html(_verdict(proposal))
    for stem, place in reads.items():
        place.html(f'<p class="cs">{html.escape(import_steps.read_as(proposal, stem))}</p>')
    if proposal.needs:
        return ""
    st.download_button(
        "Keep this matching for next time (.toml)",
        data=text.encode(),
        file_name="our_mapping.toml",
        mime="application/toml",
        icon=":material/download:",
        on_click="ignore",
    )
    return text


def _day(state: State) -> date | None:
    return st.date_input(
        "Day the files were exported",
        value=None,
        max_value="today",
        key=f"import_day_{state.turn}",
        format="YYYY-MM-DD",
        help="The last day your records can know about. Whoever was seen shortly before it counts as still there.",
    )


def _title(place: Any) -> str:
    said = place.text_input(
        "Name of these records (optional)",
        key="import_title",
        max_chars=80,
        help="Shown under the heading of every page, for instance the name of your program.",
    )
    return str(said or "").strip()


def _verdict(proposal: Proposal) -> str:
    """Return what is still needed, or that nothing is, and what to look at."""
    if proposal.needs:
        count = len(proposal.needs)
        head = "One thing is still needed" if count == 1 else f"{count} things are still needed"
        return (
            f'<div class="notice caution" role="status"><p><strong>{head}.</strong></p>'
            f"{import_steps.fault_list(proposal.needs)}</div>"
        )
    notes = "".join(f"<li>{html.escape(question)}.</li>" for question in proposal.questions)
    look = f'<p>To know:</p><ul class="faults">{notes}</ul>' if notes else ""
    return (
        '<div class="notice" role="status"><p><strong>Everything that is needed is matched.</strong> '
        f"Look through the columns below, then go on to step 3.</p>{look}</div>"
    )


def _choices(state: State, look: Look, reads: dict[str, Any]) -> Choices:
    """Draw one part per file or sheet and return what is chosen; `reads` gets a place in each to say what is read."""
    assert state.first is not None
    names = targets.targets(look.registry)
    chosen: dict[tuple[str, str], str] = {}
    words: dict[tuple[str, str], dict[str, str]] = {}
    dates: dict[tuple[str, str], str] = {}
    runs: dict[tuple[str, str], str] = {}
    for place, source in enumerate(look.sources):
        stem = source.file.stem
        in_runs = {
            heading
            for run in import_gate.find_runs(source)
            if (stem, run.pattern) in state.first.runs
            for heading in run.columns
        }
        label = import_steps.title_of(look.files, stem)
        with st.expander(
            label, expanded=len(look.sources) <= 3 or place == 0, key=f"import_source_{state.turn}_{place}"
        ):
            if evidence.looks_headless(source.columns):
                st.html(HEADLESS)
            reads[stem] = st.empty()
            _head(f"{state.turn}_{place}")
            for column in source.columns:
                if column.heading in in_runs:
                    chosen[stem, column.heading] = targets.LEAVE_OUT
                    continue
                key = f"import_{state.turn}_{place}_{column.place}"
                first = state.first.targets.get((stem, column.heading), targets.LEAVE_OUT)
                target = _column(key, column, first, names, look)
                chosen[stem, column.heading] = target
                dates |= _date_form(key, stem, column, target)
                said = import_words.draw(key, column, target, look.registry, st.session_state)
                if said:
                    words[stem, column.heading] = said
            for number, run in enumerate(import_gate.find_runs(source)):
                if (stem, run.pattern) in state.first.runs:
                    key = f"import_{state.turn}_{place}_run_{number}"
                    runs[stem, run.pattern] = _run(key, source, run, state.first.runs[stem, run.pattern], look)
    return Choices(targets=chosen, words=words, dates=dates, runs=runs)


def _head(key: str) -> None:
    """Draw the headings over the rows of columns; on a phone the rows stand alone."""
    with st.container(key=f"matchhead_{key}"):
        for place, text in zip(st.columns(WIDTHS), ("Your column", "What it is", "What we found"), strict=True):
            place.html(f'<p class="match-head">{text}</p>')


def _row(key: str) -> tuple[Any, Any, Any]:
    """Return the three places of one row."""
    with st.container(key=f"matchrow_{key}"):
        left, middle, right = st.columns(WIDTHS, vertical_alignment="center")
    return left, middle, right


def _column(key: str, column: ColumnProfile, first: str, names: dict[str, str], look: Look) -> str:
    """Draw one column with its guess and evidence, and return its target."""
    shown = evidence.shown_heading(column)
    options = list(names)
    left, middle, right = _row(key)
    left.html(f'<p class="match-column">{html.escape(shown)}</p>')
    target = middle.selectbox(
        f"What “{shown}” is",
        options,
        index=options.index(first) if first in options else 0,
        format_func=lambda code: names[code],
        key=key,
        label_visibility="collapsed",
    )
    said = evidence.judge(_as_said(key, column), target, look.registry)
    right.html(
        f'<p class="match-found {said.level}"><strong>{_ICONS[said.level]}.</strong> {html.escape(said.text)}</p>'
    )
    return str(target)


def _as_said(key: str, column: ColumnProfile) -> ColumnProfile:
    """Return a column with the words and the form of date that were typed for it in the last run."""
    named = import_words.said(key, st.session_state)
    form = str(st.session_state.get(f"{key}_date") or "")
    there = Choices(words={("", column.heading): named}, dates={("", column.heading): form})
    return there.said_of_column("", column)


def _date_form(key: str, stem: str, column: ColumnProfile, target: str) -> dict[tuple[str, str], str]:
    """Draw the choice of how dates are written where the cells leave it open."""
    found = targets.column_of(target)
    forms = evidence.date_forms(column)
    if found is None or found[1].transform not in ("day", "quarter") or not forms:
        return {}
    shown = evidence.shown_heading(column)
    chosen = st.selectbox(
        f"How dates in “{shown}” are written",
        ["", *forms],
        format_func=lambda form: form or "Choose",
        key=f"{key}_date",
    )
    return {(stem, column.heading): chosen} if chosen else {}


def _run(key: str, source: SourceProfile, run: Any, first: str, look: Look) -> str:
    """Draw columns that stand side by side and are called alike, and return what they are."""
    count = len(run.columns)
    names = {targets.LEAVE_OUT: "Leave out", targets.WEEKS: "Attendance, week by week"}
    names |= {one.instrument_id: f"Answers: {one.short_name}" for one in look.registry.values() if one.n_items == count}
    options = list(names)
    filled = sum(source.column(heading).filled for heading in run.columns)
    left, middle, right = _row(key)
    shown = f"{run.columns[0]} to {run.columns[-1]}"
    left.html(f'<p class="match-column">{html.escape(shown)}</p>')
    chosen = middle.selectbox(
        f"What “{shown}” are",
        options,
        index=options.index(first) if first in options else 0,
        format_func=lambda code: names[code],
        key=key,
        label_visibility="collapsed",
    )
    level = "good" if chosen else "out"
    said = f"{count} columns side by side, {filled:,} cells filled"
    right.html(f'<p class="match-found {level}"><strong>{_ICONS[level]}.</strong> {said}</p>')
    return str(chosen)
