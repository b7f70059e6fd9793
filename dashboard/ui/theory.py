"""The two paths of the theory as boxes and arrows, and every arrow beside what others have published."""

from __future__ import annotations

import html
import math
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
    theory.UNKNOWN: ("dotted", noted("Not worked out here")),
    theory.CLOSED: ("dotted", noted("Not worked out here")),
}
KEY = noted(
    "Filled arrow: the two go together in these records. Open arrow: no clear link. Dotted arrow: not worked out. "
    "Dashed box: not measured, or too few people."
)


def paths(where: data.Where) -> None:
    """Draw both paths."""
    found = data.kept(_steps, where)
    st.html(f'<p class="in-short"><strong>{say("In short.")}</strong> {html.escape(theory.summary(found))}.</p>')
    by_arrow = {step.arrow: step for step in found}
    for number, (title, about, concepts) in enumerate(theory.PATHS, start=1):
        parts = []
        for place, concept in enumerate(concepts):
            if place:
                parts.append(_arrow(by_arrow[theory.BETWEEN[concepts[place - 1].name, concept.name]]))
            parts.append(_box(data.kept(_filled, concept, where)))
        with st.container(key=f"card_path_{number}"):
            said, more = html.escape(say(title)), f" {say(KEY)}" if number == 1 else ""
            st.html(
                f'<p class="kicker">{say("Path {number}", number=number)}</p><h2 class="ct">{said}</h2>'
                f'<p class="cs">{html.escape(say(about))}.{more}</p>'
                f'<ol class="path" aria-label="{said}">{"".join(parts)}</ol>'
            )


def arrows(where: data.Where) -> None:
    """Draw the table of every arrow."""
    found = data.kept(_steps, where)
    rows = "".join(_row(step, style.mode()) for step in found)
    caption = html.escape(say("Every step of the theory in these records, beside what others have published"))
    headings = (say("Step"), say("In these records"), say("Seen side by side"), say("Published"))
    scale = say(
        "Dot and line: this program and its range of uncertainty. Grey: a published average with its range; other "
        "populations, not a target. The upright line is no link at all. r is a correlation, d a difference in standard "
        "deviations, × a ratio: per standard deviation of a score, or of people who kept a gain and everybody else."
    )
    care = say(
        "these numbers show what goes together, not what brings about what; nothing is held equal. Two scores given by "
        "one person on one day share that person's way of rating. No summary of studies is known for peer coaches."
    )
    with st.container(key="card_arrows"):
        st.html(
            f'<h2 class="ct">{say("Step by step, beside what others have found")}</h2><p class="cs">{scale}</p>'
            f'<div class="twin sentences" role="region" aria-label="{say("Table: {caption}", caption=caption)}"'
            f' tabindex="0"><table role="table" class="steps"><caption>{caption}</caption>'
            '<thead role="rowgroup"><tr role="row">'
            + "".join(f'<th scope="col" role="columnheader">{html.escape(name)}</th>' for name in headings)
            + f'</tr></thead><tbody role="rowgroup">{rows}</tbody></table></div>'
            f'<p class="cf"><strong>{say("Read with care")}:</strong> {care}</p>'
        )
        if data.offered("theory_arrows"):
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
        f'<p class="box-about">{html.escape(box.about)}</p></li>'
    )


def _arrow(step: theory.Step) -> str:
    kind, said = SIGNS[step.state]
    title = html.escape(f"{_ends(step)}: {say(said)}")
    return (
        f'<li class="arrow {kind}" role="listitem"><span role="img" aria-label="{title}" title="{title}"></span></li>'
    )


def _ends(step: theory.Step) -> str:
    """Return 'Empathy to alliance'."""
    return say("{first} to {second}", first=say(step.ends[0]), second=say(step.ends[1]))


def _row(step: theory.Step, mode: str) -> str:
    mark = answers.published_marks().get(step.arrow)
    known = math.isfinite(step.estimate)
    between = (step.lower, step.upper) if math.isfinite(step.lower) and math.isfinite(step.upper) else (None, None)
    ours = theory.number(step.stat, step.estimate, *between) if known else ""
    if known:
        ours = say("{number}, {people} people", number=ours, people=f"{step.people:,.0f}")
    picture = ""
    if known:
        same = mark is not None and mark.stat == step.stat
        other = (mark.estimate, mark.lower, mark.upper) if mark is not None and same else None
        address = arrow_mark(step.stat, (step.estimate, step.lower, step.upper), other, mode)
        picture = f'<img src="{address}" width="240" height="28" alt="">'
    published = html.escape(say(answers.why_no_mark(step.arrow)) if mark is None else _published(mark))
    number = f'<span class="step-number">{html.escape(ours)}</span>' if known else ""
    here, beside = html.escape(say("In these records")), html.escape(say("Seen side by side"))
    return (
        f'<tr role="row"><th scope="row" role="rowheader">{html.escape(_ends(step))}</th>'
        f'<td role="cell" data-heading="{here}">{html.escape(step.said)} {number}</td>'
        f'<td role="cell" data-heading="{beside}">{picture}</td>'
        f'<td role="cell" data-heading="{html.escape(say("Published"))}">{published}</td></tr>'
    )


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
