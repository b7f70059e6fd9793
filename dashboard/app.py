"""The dashboard: pages by role, one head for all of them, and a calm word if something goes wrong."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard import answers
from dashboard.language import noted, say
from dashboard.ui import access, data, filters, header, kept_views, language_choice, states, style, uploads, way_back

HERE = Path(__file__).parent
NAME = noted("Recovery outcomes")
ICON = HERE / "static" / "favicon.png"


def main() -> None:
    """Choose the page, draw its head, run it, in the language of the visit."""
    with language_choice.speaking():
        _draw()


def _draw() -> None:
    st.set_page_config(page_title=say(NAME), page_icon=str(ICON), layout="wide", menu_items={"About": None})
    pages = access.pages_for(answers.role())
    files = {
        page.name: st.Page(
            HERE / "views" / f"{page.name}.py", title=say(page.title), url_path=page.name, default=place == 0
        )
        for place, page in enumerate(pages)
    }
    chosen = st.navigation(list(files.values()), position="top")
    page = next(page for page in pages if files[page.name] == chosen)
    st.set_page_config(page_title=say("{page} – {dashboard}", page=say(page.title), dashboard=say(NAME)))
    mark = HERE / "static" / ("mark-dark.svg" if style.mode() == "dark" else "mark.svg")
    st.logo(str(mark), icon_image=str(mark), size="large")
    style.apply(page.title)
    with st.container(key="head", horizontal=True, vertical_alignment="top"):
        header.question(say(page.question))
        language_choice.draw()
    language_choice.tell()
    way_back.one_step()
    try:
        _body(page, chosen)
    except data.NoDataYet:
        states.no_data(answers.audience())
    except answers.InputFault as fault:
        # The remedy names files of this computer: it is for those who look after it, not for visitors.
        if answers.audience() == "manager":
            states.problem(fault.faults)
        else:
            _apologise(page, fault)
    except Exception as error:
        _apologise(page, error)


def _apologise(page: access.Page, error: Exception) -> None:
    """Note where the error happened and say its reference."""
    states.error(answers.note_failure(answers.data_home(), f"page {page.name}", error))


def _body(page: access.Page, chosen: object) -> None:
    """Draw filters, the line about the data, the chips, and the page itself."""
    if page.name != "your_data":
        uploads.forget()
    try:
        data.begin()
        header.freshness(from_release=page.from_release)
    except (data.NoDataYet, answers.InputFault):
        if not page.without_data:
            raise
        data.begin_without()
    if page.filters:
        filters.draw()
        kept_views.draw(page.name)
        filters.chips()
    chosen.run()  # type: ignore[attr-defined]


main()
