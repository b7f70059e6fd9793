"""What the words and codes of a column mean: a person types how each of ours is written in the file; none is shown."""

from __future__ import annotations

import html
from collections.abc import Mapping, MutableMapping
from typing import Any

import streamlit as st

from dashboard import import_steps
from dashboard.import_gate import ColumnProfile, evidence, targets


def said(key: str, session: MutableMapping[Any, Any]) -> dict[str, str]:
    """Return our word for every text that was typed for a column."""
    start = f"{key}_word_"
    typed = {
        str(name).removeprefix(start): str(text)
        for name, text in session.items()
        if str(name).startswith(start) and text
    }
    return import_steps.typed_words(typed)


def draw(
    key: str, column: ColumnProfile, target: str, registry: Mapping[str, Any], session: MutableMapping[Any, Any]
) -> dict[str, str]:
    """Draw the words of a column that is a list of ours, if some are not understood, and return what was typed."""
    found = targets.column_of(target)
    if found is None or found[1].transform not in ("category", "flag") or not column.filled:
        return {}
    words = evidence.words_of(column, *found, registry)
    if not words.cells:
        return {}
    shown = evidence.shown_heading(column)
    with st.expander(f"Say what the words in “{shown}” mean", icon=":material/translate:", key=f"{key}_words"):
        st.html(f'<div class="how"><p>{html.escape(_explain(words))}</p></div>')
        columns = st.columns(2)
        for place, word in enumerate(words.allowed):
            name = registry[word].short_name if found[1].incoming == "instrument_id" else import_steps.column_word(word)
            columns[place % 2].text_input(
                f"{name} is written in “{shown}” as",
                key=f"{key}_word_{word}",
                placeholder="several: divide them by commas",
            )
        typed = said(key, session)
        absent = [text for text in typed if not evidence.occurs(column, text)]
        if absent:
            st.html(
                f'<p class="cs">{html.escape(", ".join(f"“{text}”" for text in absent))} '
                f"{'does' if len(absent) == 1 else 'do'} not stand in this column: check the spelling.</p>"
            )
    return typed


def _explain(words: Any) -> str:
    understood = ", ".join(f"{theirs} = {import_steps.column_word(ours)}" for theirs, ours in words.understood.items())
    lead = f"Understood already: {understood}. " if understood else ""
    return (
        f"{lead}{words.cells:,} cells hold {words.different:,} other {'word' if words.different == 1 else 'words'}. We "
        "do not show what cells hold, so type each word or code beside its meaning. What stays unknown is stored as "
        "unknown where there is such an entry, else its rows are kept out."
    )
