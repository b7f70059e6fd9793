"""Steps 3 and 4 of an import: check without changing anything, then use the records."""

from __future__ import annotations

import html
from collections.abc import Sequence

import streamlit as st

from dashboard import answers, import_gate, import_steps
from dashboard.import_gate import LoadSummary, Upload
from dashboard.language import noted, say
from dashboard.ui import access, data, filters, import_add, import_state
from dashboard.ui.card import table_html
from dashboard.ui.import_state import State

NOTHING_CHANGES = noted("Every row is read and checked as if it were stored, but nothing is changed.")
FIRST_MATCH = noted("<strong>First finish step 2:</strong> what is still needed is listed there.")
NOT_LOADED = noted("<strong>The files cannot be loaded like this.</strong> Nothing was changed.")
NOT_CHANGED = noted("<strong>The records were not changed.</strong>")
CHECK_AGAIN = noted("The matching has changed since the last check: check again.")
IN_USE = noted("{outcome} They are version {version}. Your files are no longer held here.")


def check(state: State, uploads: Sequence[Upload], mapping: str) -> None:
    """Draw step 3: the button, and what the last check found."""
    with st.container(key="card_check"):
        st.html(
            f'<p class="kicker">{say("Step {step} of 4", step=3)}</p><h2 class="ct">{say("Check your files")}</h2>'
            f'<p class="cs">{say(NOTHING_CHANGES)}</p>'
        )
        if not mapping:
            st.html(f'<p class="cs">{say(FIRST_MATCH)}</p>')
        if st.button(say("Check the files"), type="primary", disabled=not mapping, key="import_check"):
            _run_check(state, uploads, mapping)
        if state.check_faults and state.checked_for == mapping:
            st.html(
                f'<div class="notice caution" role="alert"><p>{say(NOT_LOADED)}</p>'
                f"{import_steps.fault_list(state.check_faults)}</div>"
            )
        elif state.checked is not None and mapping and state.checked_for != mapping:
            st.html(f'<p class="cs" role="status">{say(CHECK_AGAIN)}</p>')
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
            f'<p class="kicker">{say("Step {step} of 4", step=4)}</p><h2 class="ct">{say("Use these records")}</h2>'
            f'<p class="cs">{html.escape(said)}</p>'
        )
        twin = import_steps.before_after_twin(before, state.checked)
        st.html(table_html(twin, say("Rows stored, before and after"), sentences=True))
        agreed = st.checkbox(
            say("Replace the records shown now with these") if before else say("Store these records"),
            key=f"import_agreed_{state.turn}",
        )
        if st.button(say("Use these records"), type="primary", disabled=not agreed, key="import_use"):
            done, faults = _with_bar("use", lambda tell: import_gate.use(uploads, mapping, home, tell))
            state.step_faults = faults
            if done is not None:
                filters.clear()
                import_state.start_again(done)
                st.rerun()
        if state.step_faults:
            st.html(
                f'<div class="notice caution" role="alert"><p>{say(NOT_CHANGED)}</p>'
                f"{import_steps.fault_list(state.step_faults)}</div>"
            )


def done(state: State) -> None:
    """Draw what the last load did, with the way on."""
    if state.done is None:
        return
    notes = "".join(f"<li>{import_steps.as_markup(note)}</li>" for note in import_steps.left_behind(state.done))
    with st.container(key="card_done"):
        said = say(IN_USE, outcome=import_steps.outcome_sentence(state.done), version=state.done.version)
        st.html(
            f'<div role="status"><h2 class="ct">{say("Your records are in use")}</h2></div>'
            f'<p class="cs">{html.escape(said)}</p><p class="cs">{import_steps.as_markup(_where_shown())}</p>'
        )
        st.page_link("views/overview.py", label=say("Go to Overview"), icon=":material/arrow_forward:")
        st.html(table_html(import_steps.outcome_twin(state.done), say("What was stored"), sentences=True))
        if notes:
            st.html(f'<ul class="faults">{notes}</ul>')


def _where_shown() -> str:
    """Return which pages show the records from now on, and which with the next release."""
    pages = access.pages_for("manager")
    return import_steps.where_shown(
        [page.title for page in pages if page.filters],
        [page.title for page in pages if page.from_release],
        released=answers.current_version("public", answers.data_home()) is not None,
    )


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
    bar = st.progress(0.0, text=say("Starting"))
    try:
        return import_state.attempt(
            part, lambda: step(lambda name, share: bar.progress(min(share, 1.0), text=import_add.sentence(name)))
        )
    finally:
        bar.empty()


def _outcome(summary: LoadSummary) -> None:
    """Draw what a check found: rows, what is kept out and why, what is to be looked at, what is not read."""
    tone = "notice" if not summary.rows_quarantined else "notice caution"
    said = html.escape(import_steps.outcome_sentence(summary))
    st.html(f'<div class="{tone}" role="status"><p><strong>{said}</strong></p></div>')
    st.html(table_html(import_steps.outcome_twin(summary), say("What your files hold"), sentences=True))
    kinds = (("error", say("Kept out, and what to do")), ("warn", say("Stored, but please look")))
    for severity, title in kinds:
        twin = import_steps.checks_twin(summary, severity)
        if twin.rows:
            st.html(table_html(twin, title, sentences=True))
    behind = import_steps.left_behind(summary)
    if behind:
        with st.expander(say("What is not read ({number})", number=len(behind)), icon=":material/visibility_off:"):
            st.html(f'<ul class="faults">{"".join(f"<li>{import_steps.as_markup(line)}</li>" for line in behind)}</ul>')
