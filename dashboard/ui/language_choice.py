"""The choice of language: kept in the web address, so that a link says the same words to whoever opens it."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from dashboard import language
from dashboard.language import say

KEY = "lang"
"""Name in the web address; the languages are there by their codes."""


def begin() -> None:
    """Speak, in this run, the language of the address, else the one chosen before, else the browser's own."""
    browser = str(st.context.locale or "").partition("-")[0]
    language.use(st.query_params.get(KEY) or st.session_state.get(KEY) or browser)
    spoken = st.session_state[KEY] = language.current()
    # Where everything is English anyway the address stays short.
    if spoken != language.ENGLISH or browser in set(language.LANGUAGES) - {language.ENGLISH}:
        st.query_params[KEY] = spoken
    elif KEY in st.query_params:
        del st.query_params[KEY]


def parameters() -> dict[str, str]:
    """Return what an address needs so that a new visit speaks as this one does; nothing where it does so anyway."""
    return {KEY: st.query_params[KEY]} if KEY in st.query_params else {}


def link(address: str, anchor: str = "") -> str:
    """Return an address of this dashboard, relative to any page, that speaks as this visit does: for links in markup.

    Such a link is loaded anew, and what is loaded anew begins a new visit.
    """
    query = urlencode(parameters())
    return address + (f"?{query}" if query else "") + (f"#{anchor}" if anchor else "")


def methods_link(anchor: str) -> str:
    """Return the link, as markup, to a place on the page Methods."""
    return f'<a href="{link("methods", anchor)}" target="_self">{say("More in Methods")}</a>'


def draw() -> None:
    """Offer every other language, each by its own name."""
    for code, name in language.LANGUAGES.items():
        if code != language.current():
            st.button(name, key=f"speak_{code}", type="tertiary", on_click=_choose, args=(code,))


def _choose(code: str) -> None:
    st.session_state[KEY] = code
    st.query_params[KEY] = code
