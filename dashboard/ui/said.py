"""What the last press did, said beside what was pressed for a minute, or until another page is on the screen.

A message that only the next run draws can be lost: another run may begin before the browser has shown it, and the
address may have changed in between.
"""

from __future__ import annotations

import html
import time

import streamlit as st

from dashboard.answers import Fault
from dashboard.found_words import fault_said
from dashboard.language import say

SAID_SECONDS = 60.0


def keep(key: str, what: str | tuple[Fault, ...], page: str) -> None:
    """Keep under `key` what was done, as a text that is said when it is drawn, or the faults that prevented it."""
    st.session_state[key] = (what, page, time.monotonic())


def draw(key: str, page: str) -> None:
    """Say what is kept under `key`; forget it where another page is on the screen, or after a minute."""
    what, where, kept_at = st.session_state.get(key, ("", None, 0.0))
    if not what or where != page or time.monotonic() - kept_at > SAID_SECONDS:
        st.session_state.pop(key, None)
        return
    said = say(what) if isinstance(what, str) else " ".join(map(fault_said, what))
    st.html(f'<p class="cs filters-note" role="status">{html.escape(said)}</p>')
