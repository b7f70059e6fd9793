"""What the words and codes of a column mean: a person types how each of ours is written in the file.

Words that stand in lists of ours are shown, no other cell is.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, MutableMapping
from typing import Any

import streamlit as st

from dashboard import import_steps, words
from dashboard.found_words import found
from dashboard.import_gate import Choices, ColumnProfile, evidence, targets
from dashboard.language import noted, say, say_many
from dashboard.ui.plain import plain

OTHER_WORDS = (
    noted(
        "{cells} cells hold {number} other word. Of your cells we show only words of our own lists, so type each "
        "other word or code beside its meaning. What stays unknown is stored as unknown where there is such an entry, "
        "else its rows are kept out."
    ),
    noted(
        "{cells} cells hold {number} other words. Of your cells we show only words of our own lists, so type each "
        "other word or code beside its meaning. What stays unknown is stored as unknown where there is such an entry, "
        "else its rows are kept out."
    ),
)
"""What is said of one word that is not understood, and of several."""
ALL_KNOWN = noted("With what you typed below, every word of this column is understood.")


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
    ours = targets.column_of(target)
    if ours is None or ours[1].transform not in ("category", "flag") or not column.filled:
        return {}
    held = evidence.words_of(column, *ours, registry)
    if not held.cells:
        return {}
    shown = found(evidence.shown_heading(column))
    with st.expander(
        say("Say what the words in “{column}” mean", column=plain(shown)),
        icon=":material/translate:",
        key=f"{key}_words",
    ):
        explained = st.empty()
        columns = st.columns(2)
        for place, word in enumerate(held.allowed):
            name = registry[word].short_name if ours[1].incoming == "instrument_id" else import_steps.column_word(word)
            columns[place % 2].text_input(
                say("{word} is written in “{column}” as", word=name, column=shown),
                key=f"{key}_word_{word}",
                placeholder=say("several: use commas"),
            )
        typed = said(key, session)
        told = Choices(words={("", column.heading): typed}).said_of_column("", column)
        left = evidence.words_of(told, *ours, registry)
        explained.html(f'<div class="how"><p>{html.escape(_explain(held.understood, left))}</p></div>')
        absent = [text for text in typed if not evidence.occurs(column, text)]
        if absent:
            lacking = say_many(
                "{words} does not stand in this column: check the spelling.",
                "{words} do not stand in this column: check the spelling.",
                len(absent),
                words=", ".join(f"“{text}”" for text in absent),
            )
            st.html(f'<p class="cs">{html.escape(lacking)}</p>')
    return typed


def _explain(known: Mapping[str, str], left: Any) -> str:
    """Return which words were understood without a person, and what is left beside those that were typed."""
    understood = ", ".join(f"{theirs} = {import_steps.column_word(ours)}" for theirs, ours in known.items())
    lead = say("Understood already: {words}.", words=understood) + " " if understood else ""
    if not left.cells:
        return lead + say(ALL_KNOWN)
    one = left.different == 1
    cells, number = words.number(left.cells), words.number(left.different)
    return lead + say(OTHER_WORDS[0 if one else 1], cells=cells, number=number)
