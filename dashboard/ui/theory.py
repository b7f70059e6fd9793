"""The two paths of the theory as boxes and arrows, and every arrow beside what others have published."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard import answers, stayed, theory, words
from dashboard.charts.arrow_mark import arrow_mark
from dashboard.language import noted, say
from dashboard.ui import access, card, data, figures, filters, language_choice, style

SIGNS = {
    theory.SEEN: ("solid", noted("Seen in these records")),
    theory.UNCLEAR: ("open", noted("No clear link in these records")),
    theory.UNRANGED: ("dotted", noted("An estimate without a range")),
    theory.UNKNOWN: ("dotted", noted("Not worked out here")),
    theory.CLOSED: ("dotted", noted("Not worked out here")),
}
KEY = noted(
    "Full arrow: the two go together in these records. Open arrow: no clear link. Dotted arrow: not worked out, or not "
    "surely enough to say. Dashed box: not measured, or too few people."
)
KEY_OF_RELEASE = noted("Dotted arrow: not worked out here. Dashed box: not published, not measured, or too few people.")
STEP, HERE, BESIDE, PUBLISHED = noted("Step"), noted("In these records"), noted("Seen side by side"), noted("Published")
"""Columns of the table of steps."""
OF_STEPS = (
    noted("Step by step, beside what others have found"),
    noted(
        "Dot and line: this program and its range of uncertainty. Grey: a published average with its range; other "
        "populations, not a target. The upright line is no link at all. r is a correlation; d a difference in standard "
        "deviations; × a ratio, for one standard deviation more of a score, or between people who kept a gain and "
        "everybody else."
    ),
    noted("Every step of the theory in these records, beside what others have published"),
    noted(
        "these numbers show what goes together, not what brings about what; nothing is held equal. Two scores given by "
        "one person on one day share that person's way of rating. No summary of studies is known for peer coaches."
    ),
)
OF_PUBLISHED = (
    noted("Step by step: what others have found"),
    noted(
        "Published averages, with their ranges where given: other populations, not a target. r is a correlation, d a "
        "difference in standard deviations."
    ),
    noted("Every step of the theory, and what others have published of it"),
    noted(
        "these numbers show what goes together, not what brings about what. No summary of studies is known for peer "
        "coaches."
    ),
)
"""Title, what it shows, caption and care of the table of steps, with this program's numbers and without."""


def paths(where: data.Where) -> None:
    """Draw both paths."""
    found = data.kept(_steps, where)
    st.html(f'<p class="in-short"><strong>{say("In short.")}</strong> {html.escape(theory.summary(found))}.</p>')
    by_arrow = {step.arrow: step for step in found}
    key = KEY if data.offered("theory_arrows") else KEY_OF_RELEASE
    for number, (title, about, concepts) in enumerate(theory.PATHS, start=1):
        parts = []
        for place, concept in enumerate(concepts):
            if place:
                parts.append(_arrow(by_arrow[theory.BETWEEN[concepts[place - 1].name, concept.name]]))
            parts.append(_box(data.kept(_filled, concept, where)))
        with st.container(key=f"card_path_{number}"):
            said, more = html.escape(say(title)), f" {say(key)}" if number == 1 else ""
            st.html(
                f'<p class="kicker">{say("Path {number}", number=number)}</p><h2 class="ct">{said}</h2>'
                f'<p class="cs">{html.escape(say(about))}.{more}</p>'
                f'<ol class="path" aria-label="{said}">{"".join(parts)}</ol>'
            )


def arrows(where: data.Where) -> None:
    """Draw the table of every arrow; where a door works none out, what others have published alone."""
    offered = data.offered("theory_arrows")
    headings = (STEP, HERE, BESIDE, PUBLISHED) if offered else (STEP, PUBLISHED)
    rows = "".join(_row(step, headings, style.mode()) for step in data.kept(_steps, where))
    title, about, caption, care = (html.escape(say(text)) for text in (OF_STEPS if offered else OF_PUBLISHED))
    heads = "".join(f'<th scope="col" role="columnheader">{html.escape(say(name))}</th>' for name in headings)
    with st.container(key="card_arrows"):
        st.html(
            f'<h2 class="ct">{title}</h2><p class="cs">{about}</p>'
            f'<div class="twin sentences" role="region" aria-label="{say("Table: {caption}", caption=caption)}"'
            f' tabindex="0"><table role="table" class="steps"><caption>{caption}</caption>'
            f'<thead role="rowgroup"><tr role="row">{heads}</tr></thead>'
            f'<tbody role="rowgroup">{rows}</tbody></table></div>'
            f'<p class="cf"><strong>{say("Read with care")}:</strong> {care}</p>'
        )
        if offered:
            card.file("theory_arrows", "theory_arrows", (), data.STANDARD)
        st.html(f'<p class="cs">{language_choice.methods_link("measure-theory_arrows")}</p>')


def _steps(where: data.Where) -> list[theory.Step]:
    return theory.steps(data.ask("theory_arrows", where=where) if data.offered("theory_arrows") else None)


def _filled(concept: theory.Concept, where: data.Where) -> theory.Box:
    measure = concept.measure if data.offered(concept.measure) else concept.published
    if not measure:
        return theory.box(concept, None)
    construct = concept.measure.removeprefix("early_")
    top = ((data.about().get("instruments") or {}).get(construct) or {}).get("scale_max")
    table = figures.six_months(where) if measure in stayed.MEASURES else data.ask(measure, where=where)
    return theory.box(concept, table, top)


def _box(box: theory.Box) -> str:
    concept = box.concept
    shape = "box" if box.measured else "box dashed"
    heading = html.escape(say(concept.heading))
    if access.may_open(answers.role(), concept.page):
        chosen = urlencode({**filters.query(), **language_choice.parameters()}, doseq=True)
        address = concept.page + (f"?{chosen}" if chosen else "")
        heading = f'<a href="{html.escape(address)}" target="_self">{heading}</a>'
    parts = f'<p class="box-parts">{html.escape(say(concept.parts))}</p>' if concept.parts else ""
    unit = f' <span class="box-unit">{html.escape(box.unit)}</span>' if box.unit else ""
    value = "box-value" if box.measured else "box-value words"
    return (
        f'<li class="{shape}"><h3>{heading}</h3><p class="box-what">{html.escape(say(concept.what))}</p>{parts}'
        f'<p class="{value}">{html.escape(box.value)}{unit}</p>'
        f'<p class="box-about">{"<br>".join(html.escape(line) for line in box.about)}</p></li>'
    )


def _arrow(step: theory.Step) -> str:
    kind, said = SIGNS[step.state]
    title = html.escape(f"{theory.ends(step)}: {say(said)}")
    return (
        f'<li class="arrow {kind}" role="listitem"><span role="img" aria-label="{title}" title="{title}"></span></li>'
    )


def _row(step: theory.Step, headings: Sequence[str], mode: str) -> str:
    """Return the row of an arrow with the cells under `headings`."""
    mark = answers.published_marks().get(step.arrow)
    cells = {
        HERE: f"{html.escape(step.said)} {_number(step)}",
        BESIDE: _picture(step, mark, mode),
        PUBLISHED: html.escape(say(answers.why_no_mark(step.arrow)) if mark is None else _published(mark)),
    }
    told = "".join(
        f'<td role="cell" data-heading="{html.escape(say(name))}">{cells[name]}</td>'
        for name in headings
        if name != STEP
    )
    return f'<tr role="row"><th scope="row" role="rowheader">{html.escape(theory.ends(step))}</th>{told}</tr>'


def _number(step: theory.Step) -> str:
    """Return this program's number with its range and people; nothing where there is none."""
    if not math.isfinite(step.estimate):
        return ""
    between = (step.lower, step.upper) if math.isfinite(step.lower) and math.isfinite(step.upper) else (None, None)
    number = theory.number(step.stat, step.estimate, *between)
    ours = say("{number}, {people} people", number=number, people=f"{step.people:,.0f}")
    return f'<span class="step-number">{html.escape(ours)}</span>'


def _picture(step: theory.Step, mark: Any, mode: str) -> str:
    """Return the drawing of this program's number beside the published one; nothing where there is none."""
    if not math.isfinite(step.estimate):
        return ""
    same = mark is not None and mark.stat == step.stat
    other = (mark.estimate, mark.lower, mark.upper) if same else None
    address = arrow_mark(step.stat, (step.estimate, step.lower, step.upper), other, mode)
    return f'<img src="{address}" width="240" height="28" alt="">'


def _published(mark: Any) -> str:
    """Return a published mark in words: number, limits, source and what to keep in mind."""
    number = theory.number(mark.stat, mark.estimate)
    if mark.lower is not None and mark.upper is not None:
        number = f"{number} ({words.between(f'{mark.lower:.2f}', f'{mark.upper:.2f}')})"
    return say(
        "{number}. {source}, {studies} studies. {remark}",
        number=number,
        source=mark.source,
        studies=mark.studies,
        remark=say(mark.remark),
    )
