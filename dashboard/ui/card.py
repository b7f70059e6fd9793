"""The figure card: number, finding, what is measured, chart, who is counted, how to read it, the numbers, the file."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import counted, downloads, exports, reading, sentences, words
from dashboard.answers import Question, Settings, data_home
from dashboard.language import noted, say
from dashboard.notes import Note
from dashboard.twins import Twin
from dashboard.ui import chart, data, filters, language_choice, style

NO_CHART: dict[str, Any] = {"data": [], "layout": {}}
"""What a card holds that has nothing to draw."""
ABSENT = (noted("Hidden"), noted("Not shown"), noted("Too early"), noted("Not measured"))
"""What a cell of a table says instead of a number."""
SHOWN = ("shown", "rough")
NAMES = ("x", "level", "series")
"""Columns of a table that say which row it is."""


@contextmanager
def card(key: str, height: int = 420, *, ready: bool = False) -> Iterator[None]:
    """A figure's card; while its answers are worked out it shows a grey shape of `height` px, none if they are `ready`.

    The place of the grey shape stays empty then, so that what follows keeps its own place from run to run.
    """
    with st.container(key=f"card_{key}"), nullcontext(st.empty()) if ready else st.skeleton(height=height):
        yield


@dataclass(frozen=True)
class Contents:
    """What a card holds: words, drawing, the estimate table it comes from, its twin, notes and kind of reading.

    `caution` stands before the chart, where the chart alone would mislead; `instead` where there is no chart, if its
    table does not say enough of why. `marks` is the filter whose categories the marks stand for, where `by` is not it.
    """

    title: str
    subtitle: str
    chart: dict[str, Any]
    table: pd.DataFrame
    twin: Twin
    notes: Sequence[Note]
    kind: str
    by: tuple[str, ...] = ()
    settings: Settings = data.STANDARD
    caution: str = ""
    instead: str = ""
    marks: str = ""

    @cached_property
    def drawing(self) -> chart.Drawing:
        """The chart with its text alternative, and what a picture of it carries along."""
        traces = self.chart["data"]
        drawn = {str(code) for trace in traces for code in (trace.get("meta"), *trace.get("customdata", ()))}
        known, shown = filters.categories(self.marked), filters.shown(self.marked)
        groups = {code: say("Show only {group}", group=shown(label)) for code, label in known.items() if code in drawn}
        return chart.Drawing(self.chart, sentences.alt(self.title), picture_of(self), groups)

    @property
    def marked(self) -> str:
        """The dimension whose categories the marks stand for; empty where they stand for none."""
        return self.marks or (self.by[0] if len(self.by) == 1 else "")


def draw(
    key: str, number: int, make: Callable[..., Contents], *asked: object, level: int = 2, height: int = 420
) -> None:
    """Draw the card `key`; it holds what `make` returns for what is asked and the theme."""
    asked = (*asked, style.mode())
    with card(key, height, ready=data.known(make, *asked)):
        figure(key, number, data.kept(make, *asked), level=level)


def title_of(kind: str, table: pd.DataFrame, *, empty: pd.DataFrame | None = None, **about: Any) -> str:
    """Return the title, or that the figure is not published where the release does not have it."""
    asked = table if empty is None else empty
    if len(asked) and set(asked["status"]) == {"not_applicable"}:
        return say("This figure was not published for these filters")
    return sentences.title(kind, table, **about)


def figure(key: str, number: int, held: Contents, *, level: int = 2) -> None:
    """Draw everything inside a figure's card; where there is no chart it says why; `level` is the heading's.

    A figure of which nothing is shown has nothing to be read and no numbers to unfold.
    """
    kicker = say("Figure {number}", number=number)
    st.html(
        f'<p class="kicker">{kicker}</p><h{level} class="ct">{_heading(held.title)}</h{level}>'
        + (f'<p class="cs">{html.escape(held.subtitle)}</p>' if held.chart["data"] else "")
    )
    if held.caution:
        st.html(f'<div class="notice caution"><p>{html.escape(held.caution)}</p></div>')
    if held.chart["data"]:
        only = partial(filters.only, held.marked, filters.categories(held.marked))
        chart.draw(held.drawing, key=f"chart_{key}", release=partial(_may_leave, held), only=only)
    else:
        st.html(f'<p class="in-card">{html.escape(held.instead or _instead(held.table))}</p>')
    foot(held.notes)
    if not (held.chart["data"] or _says_a_number(held)):
        return
    with st.expander(say("How to read this figure"), icon=":material/help:"):
        _how(held.kind)
    with st.expander(say("Show the numbers as a table"), icon=":material/table:"):
        st.html(table_html(held.twin, say("Figure {number}. {title}", number=number, title=held.title)))
        if said := counted.sentence(held.table):
            st.html(f'<p class="cs">{html.escape(said)}</p>')
        file(key, str(held.table["measure"].iloc[0]), held.by, held.settings)


def foot(notes: Sequence[Note]) -> None:
    """Draw the notes at the foot of a card; no line breaks inside the version."""
    version = html.escape(str(data.about()["version"]))
    lines = " ".join(f"<strong>{html.escape(lead)}:</strong> {html.escape(text)}" for lead, text in notes)
    st.html(f'<p class="cf">{lines.replace(version, f"<span class=whole>{version}</span>")}</p>')


def picture_of(held: Contents) -> chart.Picture:
    """Return what a saved picture of a figure carries along; at the manager's door it asks before it leaves."""
    about = data.about()
    measure = str(held.table["measure"].iloc[0])
    name = downloads.file_name(measure, held.by, about, "svg", held.settings)
    internal = about["audience"] == "manager"
    foot = [say("Demonstration data, not real people.")] if about.get("demonstration") else []
    foot.append(say(downloads.INTERNAL_PICTURE) if internal else downloads.said_note(about))
    records_to = words.period(str(about["records_to"]))
    foot.append(say("Records to {period}, version {version}.", period=records_to, version=about["version"]))
    return chart.Picture(name, held.title, " ".join(foot), asks=internal)


def _may_leave(held: Contents) -> str:
    """Note a picture of a manager's figure and return ''; or return why it may not leave."""
    measure = str(held.table["measure"].iloc[0])
    question = Question(measure, tuple(held.by), filters.chosen(), held.settings)
    export = exports.prepare(_ask, data.about(), question, "svg", data_home())
    return exports.picture_refusal(export)


def table_html(twin: Twin, caption: str, *, sentences: bool = False, titled: bool = False) -> str:
    """Return a table for reading: caption, headings of columns and rows, in a region the keyboard can scroll.

    With `sentences` cells hold whole sentences and may run over several lines; on a phone a row's cells then stand
    one under another, each after its heading, and the roles of a table are said outright. Where the caption is the
    title just above (`titled`) it is there for those alone who hear the page.
    """

    def role(name: str) -> str:
        return f' role="{name}"' if sentences else ""

    head = "".join(f'<th scope="col"{role("columnheader")}>{html.escape(heading)}</th>' for _, heading in twin.columns)
    absent = {say(text) for text in ABSENT}
    body = []
    for row in twin.rows:
        cells = [f'<th scope="row"{role("rowheader")}>{html.escape(row[0])}</th>']
        for (column, heading), value in zip(twin.columns[1:], row[1:], strict=True):
            mark = ' class="hidden"' if value in absent else ""
            mark += f' data-heading="{html.escape(heading)}"' if sentences else ""
            cells.append(f'<td data-column="{column}"{mark}{role("cell")}>{html.escape(value)}</td>')
        body.append(f"<tr{role('row')}>{''.join(cells)}</tr>")
    label = html.escape(caption)
    named, shape = say("Table: {caption}", caption=label), "twin sentences" if sentences else "twin"
    shape += " titled" if titled else ""
    return (
        f'<div class="{shape}" role="region" aria-label="{named}" tabindex="0"><table{role("table")}>'
        f"<caption>{label}</caption><thead{role('rowgroup')}><tr{role('row')}>{head}</tr></thead>"
        f"<tbody{role('rowgroup')}>{''.join(body)}</tbody></table></div>"
    )


def _says_a_number(held: Contents) -> bool:
    """Tell whether the table for reading of a figure holds anything beside names, places and words of absence."""
    absent = {"", *map(say, ABSENT)}
    found = (
        value not in absent
        for row in held.twin.rows
        for (column, _), value in zip(held.twin.columns[1:], row[1:], strict=True)
        if column not in NAMES
    )
    return bool(held.table["status"].isin(SHOWN).any()) and any(found)


def _heading(title: str) -> str:
    """Return a title as markup in which no line breaks inside 'self-efficacy'; other languages have no hyphen there."""
    return html.escape(title).replace("self-efficacy", '<span class="whole">self-efficacy</span>')


def _instead(table: pd.DataFrame) -> str:
    """Return what to do where there is no chart."""
    statuses = set(table["status"])
    if "known_later" in set(table["reason"]):
        return say("These people are chosen by what is known only later. Remove that filter to see this figure.")
    if "none_missing" in set(table["reason"]):
        return say("Nobody is without a score, so there is nothing to weigh.")
    if "not_applicable" in statuses:
        return say("The published figures hold only some combinations of filters. Remove a filter to see this figure.")
    if "no_helping" in set(table["reason"]):
        return say("The records hold no event of helping others.")
    if "not_measured" in statuses:
        return say("No questionnaire for this has been loaded.")
    if "immature" in statuses:
        return say("These people started too recently. Choose an earlier period, or come back later.")
    return say("The groups are too small to be drawn. With fewer filters they are larger.")


def _how(kind: str) -> None:
    parts = []
    for lead, text, anchor in reading.paragraphs(kind):
        link = f" {language_choice.methods_link(anchor)}" if anchor else ""
        parts.append(f"<p><strong>{html.escape(lead)}.</strong> {html.escape(text)}{link}</p>")
    st.html(f'<div class="how">{"".join(parts)}</div>')


def file(
    key: str, measure: str, by: Sequence[str], settings: Settings, *, label: str = noted("Download these numbers")
) -> None:
    """Offer the rows of a measure as a CSV file, as they may leave the screen; say why where they may not."""
    question = Question(measure, tuple(by), filters.chosen(), settings)
    ready = data.kept(_ready, question)
    st.download_button(
        say("{label} (CSV)", label=say(label)),
        data=ready.content,
        file_name=ready.name,
        mime="text/csv",
        key=f"csv_{key}",
        icon=":material/download:",
        on_click="ignore",
        disabled=bool(ready.refused),
    )
    if ready.refused:
        st.html(f'<p class="cs">{html.escape(ready.refused)}</p>')


def _ready(question: Question) -> exports.Export:
    return exports.prepare(_ask, data.about(), question, "csv", data_home())


def _ask(question: Question) -> pd.DataFrame:
    return data.ask(question.measure, question.by, question.where, question.settings)
