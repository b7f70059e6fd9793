"""Methods: every word in plain language, every measure, the floors, the questionnaires and the data dictionary."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import Any

import streamlit as st

from dashboard.answers import dictionary_rows, floor_sentences, instruments, measures
from dashboard.glossary import Entry, glossary

SECTIONS = (
    ("words", "Words"),
    ("measures", "Measures"),
    ("questionnaires", "Questionnaires"),
    ("privacy", "Who sees what"),
    ("dictionary", "Data dictionary"),
)


def main() -> None:
    """Draw the contents list and the sections."""
    st.html('<p class="lead">Plain words first, then the detail. Every figure links here.</p>')
    st.html(_contents())
    st.html(_section("words", "Words", (_word(entry) for entry in glossary().values())))
    st.html(_section("measures", "Measures", (_measure(entry) for entry in measures().values())))
    st.html(_section("questionnaires", "Questionnaires", (_instrument(one) for one in instruments())))
    st.html(_section("privacy", "Who sees what", (f"<p>{html.escape(text)}</p>" for text in floor_sentences())))
    st.html(_section("dictionary", "Data dictionary", _dictionary()))


def _contents() -> str:
    words = "".join(
        f'<li><a href="#{entry.anchor}">{html.escape(entry.term)}</a></li>' for entry in glossary().values()
    )
    rest = "".join(f'<li><a href="#{anchor}">{name}</a></li>' for anchor, name in SECTIONS[1:])
    return f'<nav class="contents" aria-label="On this page"><ul>{words}{rest}</ul></nav>'


def _section(anchor: str, heading: str, parts: Iterable[str]) -> str:
    return f'<section class="methods" id="{anchor}"><h2 class="section">{heading}</h2>{"".join(parts)}</section>'


def _word(entry: Entry) -> str:
    facts = (("Why it matters", entry.why), ("How it is counted", entry.counted))
    return _entry(
        entry.anchor,
        entry.term,
        entry.plain,
        (*facts, ("Formula", entry.formula), ("Limits", entry.limits)),
    )


def _measure(entry: Any) -> str:
    return _entry(
        f"measure-{entry.id}",
        entry.label,
        entry.definition,
        (
            ("Counted", entry.numerator),
            ("Among", entry.denominator),
            ("Not counted", entry.exclusions),
            ("Worked out by", entry.estimator),
            ("Read with care", " ".join(entry.cautions)),
            ("Version", f"{entry.version}, reviewed {entry.reviewed}"),
        ),
    )


def _instrument(one: Any) -> str:
    low, high = one.display_bands
    scale = f"{one.scale_min:g} to {one.scale_max:g}"
    better = "a higher score is better" if one.higher_is_better else "a lower score is better"
    return _entry(
        f"questionnaire-{one.instrument_id}",
        one.name,
        f"Measures {one.construct.replace('_', '-' if one.construct == 'self_efficacy' else ' ')}. "
        f"Scores run from {scale}; {better}. {one.caution_text}",
        (
            (
                "Display bands, not clinical",
                f"lower: under {low:g}; middle: {low:g} to under {high:g}; higher: from {high:g}",
            ),
            ("Missing answers", one.missing_rule_text),
            ("Read with care", " ".join(one.cautions)),
            ("Terms of use", one.licence),
            ("Source", one.source),
            ("To be confirmed", one.unconfirmed_text),
        ),
    )


def _entry(anchor: str, heading: str, plain: str, facts: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f"<dt>{lead}</dt><dd>{html.escape(str(text))}</dd>" for lead, text in facts if text)
    return (
        f'<article id="{anchor}"><h3 class="ct">{html.escape(heading)}</h3><p>{html.escape(plain)}</p>'
        f"<details><summary>In detail</summary><dl>{lines}</dl></details></article>"
    )


def _dictionary() -> Iterable[str]:
    rows = dictionary_rows()
    for table in dict.fromkeys(row["table"] for row in rows):
        lines = "".join(
            f'<tr><th scope="row"><code>{row["column"]}</code></th><td>{html.escape(row["meaning"])}</td>'
            f"<td>{html.escape(row['allowed'])}</td><td>{html.escape(row['unit'])}</td></tr>"
            for row in rows
            if row["table"] == table
        )
        yield (
            f'<details class="dictionary"><summary><code>{table}</code></summary><div class="twin" role="region" '
            f'aria-label="Columns of {table}" tabindex="0"><table><caption>Columns of {table}</caption><thead><tr>'
            '<th scope="col">Column</th><th scope="col">Meaning</th><th scope="col">Allowed</th>'
            f'<th scope="col">Unit</th></tr></thead><tbody>{lines}</tbody></table></div></details>'
        )


main()
