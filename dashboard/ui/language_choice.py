"""The choice of language: kept in the web address, so that a link says the same words to whoever opens it.

The address holds what is chosen on a page by the labels that are shown, in their language. An address without a
language that holds such labels is therefore an English one, and a change of language writes them anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.state import get_session_state

from dashboard import language
from dashboard.language import say

KEY = "lang"
"""Name in the web address; the languages are there by their codes."""
CHOSEN = "language_chosen"
"""Where a choice waits for the run that follows it."""
_TELL = """
<script>
document.documentElement.lang = '{spoken}';
for (const wait of [0, 300, 1500, 4000]) setTimeout(() => {{
  for (const code of {others})
    document.querySelectorAll(`.st-key-speak_${{code}} button`).forEach((button) => {{ button.lang = code; }});
}}, wait);
</script>
"""
"""Says to the browser, and to who reads aloud, which language the page has, and which the name of another one: the
button may come after this, or be made anew."""


@contextmanager
def speaking() -> Iterator[None]:
    """Speak in this run the language of the address, else the one chosen before, else the browser's own.

    After a choice the address is written once, when the page is drawn, so that the way back is one step.
    """
    with _one_change() if CHOSEN in st.session_state else nullcontext():
        _begin()
        yield


def _begin() -> None:
    browser = str(st.context.locale or "").partition("-")[0]
    language.use(st.session_state.pop(CHOSEN, "") or _asked(browser))
    spoken = st.session_state[KEY] = language.current()
    # Where everything is English anyway the address stays short.
    if spoken != language.ENGLISH or browser in set(language.LANGUAGES) - {language.ENGLISH}:
        if st.query_params.get(KEY) != spoken:
            st.query_params[KEY] = spoken
    elif KEY in st.query_params:
        del st.query_params[KEY]


def _asked(browser: str) -> str:
    """Return the language that is asked for where nobody has just chosen one."""
    if KEY in st.query_params:
        return str(st.query_params[KEY])
    before = str(st.session_state.get(KEY, ""))
    gone_back = getattr(get_script_run_ctx(), "is_history_navigation", False)
    if len(st.query_params) and (gone_back or not before):
        return language.ENGLISH
    return before or browser


@contextmanager
def _one_change() -> Iterator[None]:
    """Tell the browser of changes of the address at the end; Streamlit tells of each, a step in its history every time.

    A stop-gap in one place: it has no way of its own to gather them.
    """
    with get_session_state().query_params() as address:
        address._send_query_param_msg = lambda: None
    try:
        yield
    finally:
        del address._send_query_param_msg
        address._send_query_param_msg()


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
    for code in _others():
        st.button(language.LANGUAGES[code], key=f"speak_{code}", type="tertiary", on_click=_choose, args=(code,))


def tell() -> None:
    """Tell the browser which language is spoken."""
    with st.container(key="spoken"):
        st.html(_TELL.format(spoken=language.current(), others=_others()), unsafe_allow_javascript=True)


def _others() -> list[str]:
    return [code for code in language.LANGUAGES if code != language.current()]


def _choose(code: str) -> None:
    """Take a language; every choice of the page is made anew, so that it stays and the address says it."""
    for key, chosen in st.session_state.items():
        # What is chosen among words is a text or a list of them; the state of a button may not be set.
        if key != KEY and (key in st.query_params or isinstance(chosen, str | list)):
            st.session_state[key] = chosen
    st.session_state[CHOSEN] = code
