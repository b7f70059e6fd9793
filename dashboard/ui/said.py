"""What the last press did, said beside what was pressed for as long as the same view is on the screen.

A message that only the next run draws can be lost: another run may begin before the browser has shown it.
"""

from __future__ import annotations

import html

import streamlit as st

from dashboard.answers import Fault
from dashboard.found_words import fault_said
from dashboard.language import say

View = tuple[str, dict[str, list[str]]]


def view(page: str) -> View:
    """Return what is on the screen: the page, and what the address holds."""
    return page, {key: st.query_params.get_all(key) for key in st.query_params}


def keep(key: str, what: str | tuple[Fault, ...], page: str) -> None:
    """Keep under `key` what was done, as a text that is said when it is drawn, or the faults that prevented it."""
    st.session_state[key] = (what, view(page))


def draw(key: str, page: str) -> None:
    """Say what is kept under `key`; forget it where another view is on the screen."""
    what, where = st.session_state.get(key, ("", None))
    if not what or where != view(page):
        st.session_state.pop(key, None)
        return
    said = say(what) if isinstance(what, str) else " ".join(map(fault_said, what))
    st.html(f'<p class="cs filters-note" role="status">{html.escape(said)}</p>')
