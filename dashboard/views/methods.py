"""Methods: every word in plain language, measures, questionnaires, who sees what, the data dictionary, versions."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Any

import streamlit as st

from dashboard import reading, words
from dashboard.answers import definitions, dictionary_rows, floor_sentences, instruments, measures
from dashboard.glossary import Entry, glossary, protection, protection_for
from dashboard.language import noted, say
from dashboard.ui import data

SECTIONS = {
    "words": (
        noted("Words"),
        noted("What the words on the pages mean, in the order in which most people meet them."),
    ),
    "definitions": (
        noted("Definitions"),
        noted(
            "The rules the numbers are counted by, each with its version: every page, file and measure uses these "
            "words."
        ),
    ),
    "measures": (
        noted("Measures"),
        noted("What is counted, among whom, who is left out, and how each figure is worked out."),
    ),
    "questionnaires": (
        noted("Questionnaires"),
        noted("Every questionnaire that can be scored. No question is printed here: many are copyrighted."),
    ),
    "privacy": (
        noted("Who sees what"),
        noted("How small a group may be at each door, and what protection cannot do."),
    ),
    "dictionary": (
        noted("Data dictionary"),
        noted("What every table and column of the records holds after loading."),
    ),
    "versions": (noted("Versions"), noted("What these pages are made from.")),
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
        f'<section class="methods" id="{anchor}"><h2 class="section">{say(heading)}</h2>'
        f'<p class="about">{say(about)}</p>{"".join(parts[anchor])}</section>'
        for anchor, (heading, about) in SECTIONS.items()
    )
    st.html(f'<p class="lead">{say("Plain words first, then the detail. Every figure links here.")}</p>')
    st.html(f'<div class="methods-page">{_contents()}<div>{sections}</div></div>')
    st.html(_OPEN_TARGET, unsafe_allow_javascript=True)


def _contents() -> str:
    terms = "".join(
        f'<li><a href="#{entry.anchor}">{html.escape(say(entry.term))}</a></li>' for entry in glossary().values()
    )
    below = {"words": f"<ul>{terms}</ul>"}
    items = "".join(
        f'<li><a href="#{anchor}">{say(heading)}</a>{below.get(anchor, "")}</li>'
        for anchor, (heading, _) in SECTIONS.items()
    )
    title = say("On this page")
    return f'<nav class="contents" aria-label="{title}"><p class="contents-title">{title}</p><ul>{items}</ul></nav>'


def _word(entry: Entry) -> str:
    facts = (
        (say("Why it matters"), say(entry.why)),
        (say("How it is counted"), reading.once(say(entry.counted), {say(entry.plain)})),
        (say("Formula"), say(entry.formula)),
        (say("Limits"), say(entry.limits)),
    )
    return _entry(entry.anchor, say(entry.term), say(entry.plain), facts)


def _definition(one: Any) -> str:
    facts = (
        (say("Formula"), say(one.formula)),
        (say("Source"), say(one.source)),
        (say("Name in files"), one.id),
        (say("Version"), str(one.version)),
    )
    return _entry(f"definition-{one.id}", say(one.term), say(one.words), facts)


def _measure(entry: Any) -> str:
    doors = say("manager's pages and release") if "release" in entry.doors else say("manager's pages only")
    reviewed = say("{version}, reviewed {month}", version=entry.version, month=entry.reviewed)
    rests = say("Rests on: {definitions}.", definitions=_links(entry.definitions))
    return _entry(
        f"measure-{entry.id}",
        say(entry.label),
        say(entry.definition),
        (
            (say("Question"), say(entry.question)),
            (say("Counted"), say(entry.numerator)),
            (say("Among"), say(entry.denominator)),
            (say("Not counted"), " ".join(map(say, entry.exclusions))),
            (say("Read with care"), " ".join(map(say, entry.cautions))),
            (say("Shown on"), doors),
            (say("Name in files"), entry.id),
            (say("Version"), reviewed),
        ),
        after=f'<p class="rests">{rests}</p>',
    )


def _links(names: Iterable[str]) -> str:
    """Return links to definitions, each with its version."""
    told = [definitions()[name] for name in names]
    return ", ".join(f'<a href="#definition-{one.id}">{html.escape(say(one.term))}</a> ({one.version})' for one in told)


def _instrument(one: Any) -> str:
    low, high = one.display_bands
    unsure = f'<p class="unsure">{html.escape(say(one.caution_text))}</p>' if one.caution_text else ""
    bands = say(
        "lower: under {low}; middle: {low} to under {high}; higher: from {high}", low=f"{low:g}", high=f"{high:g}"
    )
    return _entry(
        f"questionnaire-{one.instrument_id}",
        one.name,
        _measured(one),
        (
            (say("Display bands, not clinical"), bands),
            (say("Missing answers"), say(one.missing_rule_text)),
            (say("Read with care"), " ".join(map(say, one.cautions))),
            (say("Terms of use"), say(one.licence)),
            (say("Source"), say(one.source)),
            (say("To be confirmed"), say(one.unconfirmed_text)),
        ),
        flag="" if one.verified else say("Scoring not confirmed"),
        after=unsure,
    )


def _measured(one: Any) -> str:
    """Return what a questionnaire measures, with how many questions, and which end of its scale is the better one."""
    text = noted("Measures {what} with {items} questions. Scores run from {low} to {high}; a lower score is better.")
    if one.higher_is_better:
        text = noted(
            "Measures {what} with {items} questions. Scores run from {low} to {high}; a higher score is better."
        )
    what = say(words.CONSTRUCT_NAMES.get(one.construct, one.construct.replace("_", " ")))
    return say(text, what=what, items=one.n_items, low=f"{one.scale_min:g}", high=f"{one.scale_max:g}")


def _entry(
    anchor: str, heading: str, plain: str, facts: Iterable[tuple[str, str]], *, flag: str = "", after: str = ""
) -> str:
    lines = "".join(f"<dt>{lead}</dt><dd>{html.escape(str(text))}</dd>" for lead, text in facts if text)
    marked = f'<span class="flag">{flag}</span>' if flag else ""
    name = html.escape(heading)
    detail = say("{name} in detail", name=name)
    return (
        f'<article id="{anchor}"><h3 class="ct">{name}{marked}</h3><p>{html.escape(plain)}</p>{after}'
        f'<details><summary aria-label="{detail}">{say("In detail")}</summary><dl>{lines}</dl></details></article>'
    )


def _privacy() -> Iterator[str]:
    for title, text in protection_for().items():
        yield f'<h3 class="ct">{html.escape(title)}</h3><p>{html.escape(text)}</p>'
    yield f'<h3 class="ct">{say("Who sees what, exactly")}</h3>'
    for text in floor_sentences():
        yield f"<p>{html.escape(text)}</p>"
    yield f'<h3 class="ct">{say("What it does not do")}</h3><ul>'
    yield "".join(f"<li>{html.escape(text)}</li>" for text in protection())
    yield "</ul>"


def _dictionary() -> Iterator[str]:
    rows = dictionary_rows()
    heads = "".join(
        f'<th scope="col">{say(head)}</th>'
        for head in (noted("Column"), noted("Meaning"), noted("Allowed"), noted("Unit"))
    )
    for table in dict.fromkeys(row["table"] for row in rows):
        lines = "".join(
            f'<tr><th scope="row"><code>{row["column"]}</code></th><td>{html.escape(say(row["meaning"]))}</td>'
            f"<td>{html.escape(say(row['allowed']))}</td><td>{html.escape(say(row['unit']))}</td></tr>"
            for row in rows
            if row["table"] == table
        )
        title = say("Columns of {table}", table=table)
        yield (
            f'<details class="dictionary"><summary><code>{table}</code></summary><div class="twin" role="region" '
            f'aria-label="{title}" tabindex="0"><table><caption>{title}</caption><thead><tr>'
            f"{heads}</tr></thead><tbody>{lines}</tbody></table></div></details>"
        )


def _versions() -> Iterator[str]:
    facts = data.about()
    told = {
        say("Data"): say(
            "{title}, records to {period}", title=facts["title"], period=words.period(str(facts["records_to"]))
        ),
        say("Version"): str(facts["version"]),
        say("Software"): f"recovery-outcomes {version('recovery-outcomes')}",
        say("Release"): str(facts.get("release_id") or ""),
        say("Noise"): say("up to {number} before rounding", number=facts["noise"]) if facts.get("noise") else "",
        say("Loosened by the operator"): "; ".join(facts.get("overrides") or ()),
    }
    lines = "".join(f"<dt>{lead}</dt><dd>{html.escape(text)}</dd>" for lead, text in told.items() if text)
    yield f"<dl>{lines}</dl>"


main()
