"""Saved views in the sidebar: the links, and a small form that keeps the view on the screen under a name."""

from __future__ import annotations

import html
from collections.abc import Callable
from urllib.parse import urlencode

import streamlit as st

from dashboard import answers, saved_views
from dashboard.found_words import fault_said
from dashboard.language import noted, say
from dashboard.ui import access, language_choice, said
from dashboard.ui.plain import plain

NAME, SAID = "view_name", "view_said"


def draw(page: str) -> None:
    """Draw the saved views below the filters; managers only, because they are kept beside the records."""
    if answers.audience() != "manager":
        return
    home = answers.data_home()
    with st.sidebar, st.expander(say("Saved views"), icon=":material/bookmark:"):
        try:
            kept = saved_views.saved_views(home)
        except answers.InputFault as fault:
            faults = " ".join(map(fault_said, fault.faults))
            st.html(f'<p class="filters-note">{html.escape(faults)}</p>')
            return
        open_to = [view for view in kept if access.may_open(answers.role(), view.page)]
        for place, view in enumerate(open_to):
            link, gone = st.columns([5, 1], vertical_alignment="center")
            with link:
                # A plain link: within a visit Streamlit keeps the filters that are on, whatever the address says.
                address = html.escape(_address(view))
                st.html(f'<a class="kept-view" href="{address}" target="_self">{html.escape(view.name)}</a>')
            gone.button(
                say("Remove {name}", name=plain(view.name)),
                key=f"view_gone_{place}",
                icon=":material/close:",
                type="tertiary",
                on_click=_remove,
                args=(view.name, page),
            )
        if not open_to:
            note = say("Keep what you see now, with its filters, under a name of your own.")
            st.html(f'<p class="filters-note">{note}</p>')
        # A form sends the name and the press as one; sent apart, the second can overtake what the first one draws.
        with st.form("view_form", border=False):
            st.text_input(
                say("Name of this view"),
                key=NAME,
                max_chars=saved_views.LONGEST_NAME,
                placeholder=say("No names of people"),
            )
            st.form_submit_button(say("Save this view"), key="view_save", on_click=_save, args=(page,))
        said.draw(SAID, page)


def _address(view: saved_views.SavedView) -> str:
    """Return where a view is. Its choices are in the words of its own language; without any it speaks as this visit."""
    choices = [key for key in view.parameters if key != language_choice.KEY]
    query = view.parameters if choices else language_choice.parameters()
    return f"{access.address(view.page)}?{urlencode(query, doseq=True)}"


def _save(page: str) -> None:
    name = str(st.session_state.get(NAME, ""))
    query = {key: st.query_params.get_all(key) for key in st.query_params}
    _try(lambda: saved_views.save(answers.data_home(), name, page, query), noted("Saved."), page)


def _remove(name: str, page: str) -> None:
    _try(lambda: saved_views.remove(answers.data_home(), name), noted("Removed."), page)


def _try(act: Callable[[], None], done: str, page: str) -> None:
    """Do it and remember what to say and on which view; a fault is said with its remedy."""
    try:
        act()
    except answers.InputFault as fault:
        said.keep(SAID, fault.faults, page)
    else:
        said.keep(SAID, done, page)
        st.session_state[NAME] = ""
