"""Methods: every word in plain language, measures, questionnaires, who sees what, the data dictionary, versions."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Any

import streamlit as st

from dashboard import words
from dashboard.answers import definitions, dictionary_rows, floor_sentences, instruments, measures
from dashboard.glossary import Entry, glossary, protection, protection_for
from dashboard.ui import data

SECTIONS = {
    "words": ("Words", "What the words on the pages mean, in the order in which most people meet them."),
    "definitions": (
        "Definitions",
        "The rules the numbers are counted by, each with its version: every page, file and measure uses these words.",
    ),
    "measures": ("Measures", "What is counted, among whom, who is left out, and how each figure is worked out."),
    "questionnaires": (
        "Questionnaires",
        "Every questionnaire that can be scored. No question is printed here: many are copyrighted.",
    ),
    "privacy": ("Who sees what", "How small a group may be at each door, and what protection cannot do."),
    "dictionary": ("Data dictionary", "What every table and column of the records holds after loading."),
    "versions": ("Versions", "What these pages are made from."),
}
_OPEN_TARGET = """
<script>
(() => {
  const target = () => location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const away = element => Math.abs(element.getBoundingClientRect().top - 80) > 120;
  let keeper = 0;
  const leave = () => clearInterval(keeper);
  const arrive = () => {
    leave();
    let steady = 0, looks = 0;
    keeper = setInterval(() => {
      const element = target();
      if (!location.hash || looks++ > 600 || steady > 30) return leave();
      if (!element) return;
      element.querySelector(':scope > details')?.setAttribute('open', '');
      if (steady && !away(element)) { steady++; return; }
      const before = element.getBoundingClientRect().top;
      element.scrollIntoView();
      steady = Math.abs(element.getBoundingClientRect().top - before) < 1 ? steady + 1 : 1;
    }, 100);
  };
  if (window.__leavesTarget) window.__leavesTarget();
  else {
    window.addEventListener('hashchange', () => window.__arrivesAtTarget());
    for (const act of ['wheel', 'touchstart', 'keydown', 'pointerdown'])
      window.addEventListener(act, () => window.__leavesTarget(), {passive: true});
  }
  window.__leavesTarget = leave;
  window.__arrivesAtTarget = arrive;
  arrive();
})();
</script>
"""
"""A link to an entry must arrive there, although the page is drawn after the browser has looked for the anchor and goes
on moving while fonts and the server's next run arrive: it is held there for three seconds, or until the reader acts."""


def main() -> None:
    """Draw the contents list beside the sections."""
    parts: dict[str, Iterable[str]] = {
        "words": (_word(entry) for entry in glossary().values()),
        "definitions": (_definition(one) for one in definitions().values()),
        "measures": (_measure(entry) for entry in measures().values()),
        "questionnaires": (_instrument(one) for one in instruments()),
        "privacy": _privacy(),
        "dictionary": _dictionary(),
        "versions": _versions(),
    }
    sections = "".join(
        f'<section class="methods" id="{anchor}"><h2 class="section">{heading}</h2><p class="about">{about}</p>'
        f"{''.join(parts[anchor])}</section>"
        for anchor, (heading, about) in SECTIONS.items()
    )
    st.html('<p class="lead">Plain words first, then the detail. Every figure links here.</p>')
    st.html(f'<div class="methods-page">{_contents()}<div>{sections}</div></div>')
    st.html(_OPEN_TARGET, unsafe_allow_javascript=True)


def _contents() -> str:
    terms = "".join(
        f'<li><a href="#{entry.anchor}">{html.escape(entry.term)}</a></li>' for entry in glossary().values()
    )
    below = {"words": f"<ul>{terms}</ul>"}
    items = "".join(
        f'<li><a href="#{anchor}">{heading}</a>{below.get(anchor, "")}</li>'
        for anchor, (heading, _) in SECTIONS.items()
    )
    title = '<p class="contents-title">On this page</p>'
    return f'<nav class="contents" aria-label="On this page">{title}<ul>{items}</ul></nav>'


def _word(entry: Entry) -> str:
    facts = (("Why it matters", entry.why), ("How it is counted", entry.counted))
    return _entry(entry.anchor, entry.term, entry.plain, (*facts, ("Formula", entry.formula), ("Limits", entry.limits)))


def _definition(one: Any) -> str:
    facts = (
        ("Formula", one.formula),
        ("Source", one.source),
        ("Name in files", one.id),
        ("Version", one.version),
    )
    return _entry(f"definition-{one.id}", one.term, one.words, facts)


def _measure(entry: Any) -> str:
    doors = "manager's pages and release" if "release" in entry.doors else "manager's pages only"
    return _entry(
        f"measure-{entry.id}",
        entry.label,
        entry.definition,
        (
            ("Question", entry.question),
            ("Counted", entry.numerator),
            ("Among", entry.denominator),
            ("Not counted", " ".join(entry.exclusions)),
            ("Read with care", " ".join(entry.cautions)),
            ("Shown on", doors),
            ("Name in files", entry.id),
            ("Version", f"{entry.version}, reviewed {entry.reviewed}"),
        ),
        after=f'<p class="rests">Rests on: {_links(entry.definitions)}.</p>',
    )


def _links(names: Iterable[str]) -> str:
    """Return links to definitions, each with its version."""
    told = [definitions()[name] for name in names]
    return ", ".join(f'<a href="#definition-{one.id}">{html.escape(one.term)}</a> ({one.version})' for one in told)


def _instrument(one: Any) -> str:
    low, high = one.display_bands
    better = "a higher score is better" if one.higher_is_better else "a lower score is better"
    unsure = f'<p class="unsure">{html.escape(one.caution_text)}</p>' if one.caution_text else ""
    return _entry(
        f"questionnaire-{one.instrument_id}",
        one.name,
        f"Measures {words.CONSTRUCT_NAMES.get(one.construct, one.construct.replace('_', ' '))} with {one.n_items} "
        f"questions. Scores run from {one.scale_min:g} to {one.scale_max:g}; {better}.",
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
        flag="" if one.verified else "Scoring not confirmed",
        after=unsure,
    )


def _entry(
    anchor: str, heading: str, plain: str, facts: Iterable[tuple[str, str]], *, flag: str = "", after: str = ""
) -> str:
    lines = "".join(f"<dt>{lead}</dt><dd>{html.escape(str(text))}</dd>" for lead, text in facts if text)
    marked = f'<span class="flag">{flag}</span>' if flag else ""
    name = html.escape(heading)
    return (
        f'<article id="{anchor}"><h3 class="ct">{name}{marked}</h3><p>{html.escape(plain)}</p>{after}'
        f'<details><summary aria-label="{name} in detail">In detail</summary><dl>{lines}</dl></details></article>'
    )


def _privacy() -> Iterator[str]:
    for title, text in protection_for().items():
        yield f'<h3 class="ct">{html.escape(title)}</h3><p>{html.escape(text)}</p>'
    yield '<h3 class="ct">Who sees what, exactly</h3>'
    for text in floor_sentences():
        yield f"<p>{html.escape(text)}</p>"
    yield '<h3 class="ct">What it does not do</h3><ul>'
    yield "".join(f"<li>{html.escape(text)}</li>" for text in protection())
    yield "</ul>"


def _dictionary() -> Iterator[str]:
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


def _versions() -> Iterator[str]:
    facts = data.about()
    told = {
        "Data": f"{facts['title']}, records to {words.period(str(facts['records_to']))}",
        "Version": str(facts["version"]),
        "Software": f"recovery-outcomes {version('recovery-outcomes')}",
        "Release": str(facts.get("release_id") or ""),
        "Noise": f"up to {facts['noise']} before rounding" if facts.get("noise") else "",
        "Loosened by the operator": "; ".join(facts.get("overrides") or ()),
    }
    lines = "".join(f"<dt>{lead}</dt><dd>{html.escape(text)}</dd>" for lead, text in told.items() if text)
    yield f"<dl>{lines}</dl>"


main()
