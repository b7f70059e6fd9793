"""The four filters, kept in the web address, and the row of chips that says what they are."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping

import streamlit as st

from dashboard import answers, language, words
from dashboard.language import noted, say
from dashboard.ui import data, style
from dashboard.ui.plain import plain

FILTERS = dict(
    zip(data.FILTERED, (noted("Site"), noted("Enrolled in"), noted("Main substance"), noted("Age")), strict=True)
)
KEYS = {"site": "site", "cohort": "enrolled", "primary_substance": "substance", "age_band": "age"}
"""Names in the web address. It holds the labels as they are said, so these and the labels stay as they are. What is
chosen is kept by its English label, so that it stays chosen in another language."""


def draw() -> None:
    """Draw the filters into the sidebar; the public door takes one category of each, as released."""
    single = answers.audience() == "public"
    style.name_menu(say("Menu and filters"))
    with st.sidebar:
        note = say("Filters apply to every page and are saved in the web address, so you can share what you see.")
        st.html(f'<h2 class="filters-title">{say("Filters")}</h2><p class="filters-note">{note}</p>')
        for dimension, label in FILTERS.items():
            options = list(_labels(dimension))
            if options:
                st.multiselect(
                    say(label),
                    options,
                    key=KEYS[dimension],
                    bind="query-params",
                    format_func=shown(dimension),
                    placeholder=say("All"),
                    max_selections=1 if single else None,
                    select_all=False,
                )


def chosen() -> data.Where:
    """Return the filters that are on, as codes, in a fixed order."""
    where = []
    for dimension in FILTERS:
        codes = _labels(dimension)
        picked = [codes[label] for label in _picked(dimension) if label in codes]
        if picked:
            where.append((dimension, tuple(sorted(picked))))
    return tuple(where)


def chips() -> None:
    """Say how many people are counted, and give one chip for each filter that is on."""
    where = chosen()
    with st.container(key="chips", horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="counted" role="status"><span>{data.kept(_counted, where)}</span></p>', width="content")
        if not where:
            return
        for dimension, label in FILTERS.items():
            for category in _picked(dimension):
                said = say("{filter}: {category}", filter=say(label), category=plain(shown(dimension)(category)))
                st.button(
                    said,
                    key=f"chip_{KEYS[dimension]}_{category}",
                    icon=":material/close:",
                    icon_position="right",
                    help=None,
                    on_click=_remove,
                    args=(dimension, category),
                )
        st.button(say("Clear all filters"), key="clear", type="tertiary", on_click=clear)


def query() -> dict[str, list[str]]:
    """Return the filters as the web address holds them."""
    return {
        KEYS[dimension]: [shown(dimension)(label) for label in picked]
        for dimension in FILTERS
        if (picked := _picked(dimension))
    }


def clear() -> None:
    """Take every filter off."""
    for key in KEYS.values():
        if key in st.session_state:
            st.session_state[key] = []


def only(dimension: str, labels: Mapping[str, str], code: str) -> None:
    """Show only the category `code` of a filter, labelled as in `categories`; it may be called before a page begins."""
    if code in labels:
        st.session_state[KEYS[dimension]] = [labels[code]]


def categories(dimension: str) -> dict[str, str]:
    """Return the English label of each category a filter can be set to, by its code; nothing for what is no filter."""
    return {code: label for label, code in _labels(dimension).items()} if dimension in FILTERS else {}


def shown(dimension: str) -> Callable[[str], str]:
    """Return what turns the English label of a category into the one that is shown; a site has the name it has."""
    codes = _labels(dimension)
    if dimension == "site":
        return str

    def said(label: str) -> str:
        code = codes.get(label, "")
        return words.period(code) if words.is_period(code) else say(label)

    return said


def _remove(dimension: str, category: str) -> None:
    st.session_state[KEYS[dimension]] = [label for label in _picked(dimension) if label != category]


def _picked(dimension: str) -> list[str]:
    return list(st.session_state.get(KEYS[dimension]) or [])


def _labels(dimension: str) -> dict[str, str]:
    """Return English label to code of the categories that can be chosen."""
    return data.kept(_labelled, dimension)


def _labelled(dimension: str) -> dict[str, str]:
    with language.spoken(language.ENGLISH):
        return {
            words.period(label): code
            for code, label in data.names(dimension).items()
            if code not in ("no_score", "left_before")
        }


def _counted(where: data.Where) -> str:
    """Return the words of the count: exact, 'fewer than', or nobody; never a hidden number."""
    known = data.about()["people"]
    everyone = say("a hidden number") if known is None else words.number(known)
    if not where:
        return say("Showing <strong>{everyone}</strong> people – no filters on", everyone=everyone)
    people = html.escape(_people(where))
    said = say(
        "Showing <strong>{people}</strong> of <strong>{everyone}</strong> people.", people=people, everyone=everyone
    )
    return f"{said} {say('Select a filter to remove it:')}"


def _people(where: data.Where) -> str:
    """Return how many people are left: a number, at least a number, or that it is hidden."""
    rows = data.ask("people_enrolled", where=where)
    rows = rows[rows["series"].eq("") & rows["stat"].eq("count")]
    if rows.empty or rows["status"].iloc[0] not in ("shown", "rough"):
        nobody = len(rows) and rows["reason"].iloc[0] == "no_people"
        return "0" if nobody else say("a hidden number")
    number = words.number(rows["estimate"].iloc[0])
    return say("at least {number}", number=number) if rows["reason"].iloc[0] == "at_least" else number
