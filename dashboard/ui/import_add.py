"""Step 1 of an import: add files. They stay with the browser's session; what is kept here is what was counted."""

from __future__ import annotations

import html

import streamlit as st

from dashboard import import_gate, import_steps
from dashboard.found_words import found
from dashboard.import_gate import Upload
from dashboard.language import noted, say
from dashboard.ui import import_state
from dashboard.ui.card import table_html
from dashboard.ui.import_state import State

LARGEST_MEGABYTES = 200
"""Largest size of one file, 10^6 bytes each."""
WHAT = noted(
    "One or several: Excel workbooks, CSV, TSV or Parquet files, a REDCap export with its data dictionary, a FHIR "
    "export (NDJSON or JSON). A mapping from last time (.toml) saves the matching."
)
NOT_READ = noted(
    "<strong>These files cannot be read yet.</strong> Repair what is listed, remove the file above and add it again."
)


def draw() -> tuple[State, list[Upload]]:
    """Draw the card and return the import with the files as they are now."""
    state = import_state.current()
    with st.container(key="card_add"):
        st.html(
            f'<p class="kicker">{say("Step {step} of 4", step=1)}</p><h2 class="ct">{say("Add your files")}</h2>'
            f'<p class="cs">{html.escape(say(WHAT))} {html.escape(say(import_steps.NOT_NEEDED))}</p>'
        )
        added = st.file_uploader(
            say("Files with records, up to {megabytes} MB each", megabytes=LARGEST_MEGABYTES),
            type=list(import_gate.ENDINGS),
            accept_multiple_files=True,
            key=f"import_files_{state.round}",
            max_upload_size=LARGEST_MEGABYTES,
        )
        uploads = [Upload(file.name, file.getbuffer()) for file in added or []]
        state = import_state.files_are(tuple(file.file_id for file in added or []))
        if not uploads:
            _blank()
        elif state.look is None and not state.faults:
            look_at(state, uploads)
        if state.faults:
            st.html(
                f'<div class="notice caution" role="alert"><p>{say(NOT_READ)}</p>'
                f"{import_steps.fault_list(state.faults)}</div>"
            )
        elif state.look is not None:
            twin = import_steps.files_twin(state.look)
            st.html(table_html(twin, say("What was found in your files"), sentences=True))
        with st.expander(say("Where do my files go?"), icon=":material/lock:"):
            said = "".join(f"<p>{html.escape(say(text))}</p>" for text in import_steps.WHERE_FILES_GO)
            st.html(f'<div class="how">{said}</div>')
    return state, uploads


def look_at(state: State, uploads: list[Upload], *, match: bool = False) -> None:
    """Look at the files and keep what was counted; with `match` what their columns hold, too."""
    bar = st.progress(0.0, text=say("Looking at your files"))
    try:
        state.look, state.faults = import_state.attempt(
            "look",
            lambda: import_gate.look(
                uploads, lambda step, share: bar.progress(share, text=sentence(step)), match=match
            ),
        )
    finally:
        bar.empty()


def sentence(step: str) -> str:
    """Return a step with a capital, the names of files in it as they are."""
    return found(step[:1].upper() + step[1:])


def _blank() -> None:
    """Offer a workbook to fill for those who have no files yet."""
    st.download_button(
        say("Get a blank workbook to fill"),
        data=import_gate.blank_workbook,
        file_name="recovery_outcomes_template.xlsx",
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        icon=":material/download:",
        on_click="ignore",
    )
