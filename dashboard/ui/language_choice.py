"""The choice of language: kept in the web address, so that a link says the same words to whoever opens it.

The address holds what is chosen on a page by the labels that are shown, in their language. An address without a
language that holds such labels is therefore an English one, and a change of language writes them anew.
"""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import language
from dashboard.language import say

KEY = "lang"
"""Name in the web address; the languages are there by their codes."""
_TELL = """
<script>
document.documentElement.lang = '{spoken}';
for (const code of {others})
  document.querySelectorAll(`.st-key-speak_${{code}} button`).forEach((button) => {{ button.lang = code; }});
</script>
"""
"""Says to the browser, and to who reads aloud, which language the page has, and which the name of another one."""


def begin() -> None:
    """Speak, in this run, the language of the address, else the one chosen before, else the browser's own."""
    browser = str(st.context.locale or "").partition("-")[0]
    language.use(_asked(browser))
    spoken = st.session_state[KEY] = language.current()
    # Where everything is English anyway the address stays short.
    if spoken != language.ENGLISH or browser in set(language.LANGUAGES) - {language.ENGLISH}:
        if st.query_params.get(KEY) != spoken:
            st.query_params[KEY] = spoken
    elif KEY in st.query_params:
        del st.query_params[KEY]


def _asked(browser: str) -> str:
    """Return the language that is asked for; an address without one speaks as it did when it was left."""
    if KEY in st.query_params:
        return str(st.query_params[KEY])
    context = get_script_run_ctx()
    if KEY in st.session_state and not getattr(context, "is_history_navigation", False):
        return str(st.session_state[KEY])
    return language.ENGLISH if len(st.query_params) else browser


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
    """Offer every other language, each by its own name, and tell the browser which one is spoken."""
    others = [code for code in language.LANGUAGES if code != language.current()]
    for code in others:
        st.button(language.LANGUAGES[code], key=f"speak_{code}", type="tertiary", on_click=_choose, args=(code,))
    with st.container(key="spoken"):
        st.html(_TELL.format(spoken=language.current(), others=others), unsafe_allow_javascript=True)


def _choose(code: str) -> None:
    """Take a language, and every choice of the page as made anew, so that it stays and the address says it."""
    for key, chosen in st.session_state.items():
        # Choices among words are texts or lists of them; a button's state may not be set.
        if isinstance(chosen, str | list) and key != KEY:
            st.session_state[key] = chosen
    st.session_state[KEY] = code
    st.query_params[KEY] = code
