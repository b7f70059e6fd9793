"""Steps 3 and 4 of an import: check without changing anything, then use the records."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from dashboard import answers, import_gate, import_steps
from dashboard.import_gate import LoadSummary, Upload
from dashboard.ui import data, filters, import_state
from dashboard.ui.card import table_html
from dashboard.ui.import_state import State


def check(state: State, uploads: Sequence[Upload], mapping: str) -> None:
    """Draw step 3: the button, and what the last check found."""
    with st.container(key="card_check"):
        st.html(
            '<p class="kicker">Step 3 of 4</p><h2 class="ct">Check your files</h2>'
            '<p class="cs">Every row is read and checked as if it were stored, but nothing is changed.</p>'
        )
        if not mapping:
            st.html('<p class="cs"><strong>First finish step 2:</strong> what is still needed is listed there.</p>')
        if st.button("Check the files", type="primary", disabled=not mapping, key="import_check"):
            _run_check(state, uploads, mapping)
        if state.check_faults and state.checked_for == mapping:
            st.html(
                '<div class="notice caution" role="alert"><p><strong>The files cannot be loaded like this.</strong> '
                f"Nothing was changed.</p>{import_steps.fault_list(state.check_faults)}</div>"
            )
        elif state.checked is not None and mapping and state.checked_for != mapping:
            st.html('<p class="cs" role="status">The matching has changed since the last check: check again.</p>')
        elif state.checked is not None and mapping:
            _outcome(state.checked)


def use(state: State, uploads: Sequence[Upload], mapping: str) -> None:
    """Draw step 4: what is shown now and after, the confirmation, the button."""
    if state.checked is None or state.checked_for != mapping:
        return
    home = answers.data_home()
    before = import_gate.stored_now(home)
    with st.container(key="card_use"):
        released = answers.current_version("public", home) is not None
        said = import_steps.replaces(before, demonstration=is_demonstration(), released=released)
        st.html(
            '<p class="kicker">Step 4 of 4</p><h2 class="ct">Use these records</h2>'
            f'<p class="cs">{html.escape(said)}</p>'
        )
        twin = import_steps.before_after_twin(before, state.checked)
        st.html(table_html(twin, "Rows stored, before and after", sentences=True))
        agreed = st.checkbox(
            "Replace the records shown now with these" if before else "Store these records",
            key=f"import_agreed_{state.turn}",
        )
        if st.button("Use these records", type="primary", disabled=not agreed, key="import_use"):
            done, faults = _with_bar("use", lambda tell: import_gate.use(uploads, mapping, home, tell))
            state.step_faults = faults
            if done is not None:
                filters.clear()
                import_state.start_again(done)
                st.rerun()
        if state.step_faults:
            st.html(
                '<div class="notice caution" role="alert"><p><strong>The records were not changed.</strong></p>'
                f"{import_steps.fault_list(state.step_faults)}</div>"
            )


def done(state: State) -> None:
    """Draw what the last load did, with the way on."""
    if state.done is None:
        return
    notes = "".join(f"<li>{import_steps.noted(note)}</li>" for note in import_steps.left_behind(state.done))
    with st.container(key="card_done"):
        st.html(
            '<h2 class="ct" role="status">Your records are in use</h2>'
            f'<p class="cs">{html.escape(import_steps.outcome_sentence(state.done))} They are version '
            f"{html.escape(state.done.version)}; every page shows them now. Your files were let go.</p>"
        )
        st.page_link("views/overview.py", label="Go to Overview", icon=":material/arrow_forward:")
        st.html(table_html(import_steps.outcome_twin(state.done), "What was stored", sentences=True))
        if notes:
            st.html(f'<ul class="faults">{notes}</ul>')


def is_demonstration() -> bool:
    """Tell whether the records shown now are demonstration records."""
    return data.has_begun() and bool(data.about()["demonstration"])


def _run_check(state: State, uploads: Sequence[Upload], mapping: str) -> None:
    state.checked, state.check_faults = _with_bar(
        "check", lambda tell: import_gate.check(uploads, mapping, answers.data_home(), tell)
    )
    state.checked_for, state.step_faults = mapping, ()


def _with_bar(part: str, step):  # type: ignore[no-untyped-def]
    """Run a step with a progress bar, and return what it gives and what is wrong."""
    bar = st.progress(0.0, text="Starting")
    try:
        return import_state.attempt(
            part, lambda: step(lambda name, share: bar.progress(min(share, 1.0), text=name[:1].upper() + name[1:]))
        )
    finally:
        bar.empty()


def _outcome(summary: LoadSummary) -> None:
    """Draw what a check found: rows, what is kept out and why, what is to be looked at, what is not read."""
    tone = "notice" if not summary.rows_quarantined else "notice caution"
    said = html.escape(import_steps.outcome_sentence(summary))
    st.html(f'<div class="{tone}" role="status"><p><strong>{said}</strong></p></div>')
    st.html(table_html(import_steps.outcome_twin(summary), "What your files hold", sentences=True))
    for severity, title in (("error", "Kept out, and what to do"), ("warn", "Stored, but please look")):
        twin = import_steps.checks_twin(summary, severity)
        if twin.rows:
            st.html(table_html(twin, title, sentences=True))
    behind = import_steps.left_behind(summary)
    if behind:
        with st.expander(f"What is not read ({len(behind)})", icon=":material/visibility_off:"):
            st.html(f'<ul class="faults">{"".join(f"<li>{import_steps.noted(line)}</li>" for line in behind)}</ul>')
