"""The four filters, kept in the web address, and the row of chips that says what they are."""

from __future__ import annotations

import html
from collections.abc import Mapping

import streamlit as st

from dashboard import answers, words
from dashboard.ui import data

FILTERS = dict(zip(data.FILTERED, ("Site", "Enrolled in", "Main substance", "Age"), strict=True))
KEYS = {"site": "site", "cohort": "enrolled", "primary_substance": "substance", "age_band": "age"}
"""Names in the web address. The address holds the labels, so these and the labels stay as they are."""


def draw() -> None:
    """Draw the filters into the sidebar; the public door takes one category of each, as released."""
    single = answers.audience() == "public"
    with st.sidebar:
        note = "Filters apply to every page and are saved in the web address, so you can share what you see."
        st.html(f'<h2 class="filters-title">Filters</h2><p class="filters-note">{note}</p>')
        for dimension, label in FILTERS.items():
            options = list(_labels(dimension))
            if options:
                st.multiselect(
                    label,
                    options,
                    key=KEYS[dimension],
                    bind="query-params",
                    placeholder="All",
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
                st.button(
                    f"{label}: {category}",
                    key=f"chip_{KEYS[dimension]}_{category}",
                    icon=":material/close:",
                    icon_position="right",
                    help=None,
                    on_click=_remove,
                    args=(dimension, category),
                )
        st.button("Clear all filters", key="clear", type="tertiary", on_click=clear)


def query() -> dict[str, list[str]]:
    """Return the filters as the web address holds them."""
    return {KEYS[dimension]: picked for dimension in FILTERS if (picked := _picked(dimension))}


def clear() -> None:
    """Take every filter off."""
    for key in KEYS.values():
        if key in st.session_state:
            st.session_state[key] = []


def only(dimension: str, labels: Mapping[str, str], code: str) -> None:
    """Show only the category `code` of a filter, whose words are in `labels`; it may be called before a page begins."""
    if code in labels:
        st.session_state[KEYS[dimension]] = [labels[code]]


def categories(dimension: str) -> dict[str, str]:
    """Return the words of each category a filter can be set to, by its code; nothing for what is no filter."""
    return {code: label for label, code in _labels(dimension).items()} if dimension in FILTERS else {}


def _remove(dimension: str, category: str) -> None:
    st.session_state[KEYS[dimension]] = [label for label in _picked(dimension) if label != category]


def _picked(dimension: str) -> list[str]:
    return list(st.session_state.get(KEYS[dimension]) or [])


def _labels(dimension: str) -> dict[str, str]:
    """Return label to code of the categories that can be chosen."""
    return data.kept(_labelled, dimension)


def _labelled(dimension: str) -> dict[str, str]:
    return {
        words.period(label): code
        for code, label in data.names(dimension).items()
        if code not in ("no_score", "left_before")
    }


def _counted(where: data.Where) -> str:
    """Return the words of the count: exact, 'fewer than', or nobody; never a hidden number."""
    known = data.about()["people"]
    everyone = "a hidden number" if known is None else words.number(known)
    if not where:
        return f"Showing <strong>{everyone}</strong> people – no filters on"
    hint = "Select a filter to remove it:"
    rows = data.ask("people_enrolled", where=where)
    rows = rows[rows["series"].eq("") & rows["stat"].eq("count")]
    if rows.empty or rows["status"].iloc[0] not in ("shown", "rough"):
        nobody = len(rows) and rows["reason"].iloc[0] == "no_people"
        some = "0" if nobody else "a hidden number"
        return f"Showing <strong>{some}</strong> of <strong>{everyone}</strong> people. {hint}"
    people = html.escape(words.number(rows["estimate"].iloc[0]))
    if rows["reason"].iloc[0] == "at_least":
        people = f"at least {people}"
    return f"Showing <strong>{people}</strong> of <strong>{everyone}</strong> people. {hint}"
