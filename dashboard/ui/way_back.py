"""One page, one step back: what the browser notes of a change of page."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st


def one_step() -> None:
    """Let a change of page be one entry in the history of the browser; a stop-gap in one place, see way_back.js."""
    with st.container(key="way_back"):
        st.html(_script(), unsafe_allow_javascript=True)


@cache
def _script() -> str:
    return f"<script>{Path(__file__).with_name('way_back.js').read_text('utf-8')}</script>"
