"""The figure of what changed between two periods of enrolment, and the choice of the two."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import changes, notes, words
from dashboard.answers import Settings
from dashboard.charts.frame import SHOWN
from dashboard.language import say
from dashboard.ui import data
from dashboard.ui.card import NO_CHART, Contents, draw

MEASURE = "changes_between_periods"


def what_changed(number: int, where: data.Where, settings: Settings) -> None:
    """Let two periods be chosen, and draw what changed from the earlier to the later."""
    table = data.ask(MEASURE, ("cohort",), where, settings)
    found = changes.periods(table)
    if len(found) < 2:
        st.html(f'<p class="in-card">{say("Two periods are needed. Remove the filter by time of enrolment.")}</p>')
        return
    first, last = changes.usual(table)
    left, right = st.columns(2)
    one, other = (
        place.selectbox(label, found, index=found.index(usual), format_func=words.period, key=key, bind="query-params")
        for place, label, usual, key in (
            (left, say("Compare"), first, "earlier"),
            (right, say("with"), last, "later"),
        )
    )
    earlier, later = sorted((one, other))
    if earlier == later:
        st.html(f'<p class="in-card">{say("Choose two different periods.")}</p>')
        return
    draw("changes", number, _what_changed, earlier, later, where, settings, level=3, height=520)


def _what_changed(earlier: str, later: str, where: data.Where, settings: Settings, mode: str) -> Contents:
    table = data.ask(MEASURE, ("cohort",), where, settings)
    held = changes.between(table, earlier, later)
    gaps = held[held["stat"].eq("difference")]
    drawn = gaps["status"].isin(SHOWN) & gaps["series"].isin(list(changes.SHARES))
    care = say("people enrolled at different times may differ in many ways; a change says nothing of its cause.")
    return Contents(
        title=changes.title(held, earlier, later),
        subtitle=" ".join(
            text
            for text in (
                say("Differences between people enrolled in the two periods, in percentage points."),
                say("Lines: range of uncertainty (95%)."),
                changes.people(held, earlier, later),
                changes.scores(held, earlier, later),
            )
            if text
        ),
        chart=changes.drawing(held, earlier, later, mode) if bool(drawn.any()) else NO_CHART,
        table=pd.DataFrame(held),
        twin=changes.twin(held, earlier, later),
        notes=notes.notes(held, data.about(), more={"Read with care": care}),
        kind="changes",
        by=("cohort",),
        settings=settings,
    )
