"""Staying: the curve for everyone or split by a group, why and when people go, how they start, go on and end."""

import streamlit as st

from dashboard import answers
from dashboard.answers import Settings
from dashboard.language import noted, say
from dashboard.ui import data, figures, figures_changes, figures_staying, filters, guard, header, indicators

COMPARE = {
    noted("Everyone"): "",
    noted("Early alliance"): "alliance_band",
    noted("Early self-efficacy"): "self_efficacy_band",
    noted("Main substance"): "primary_substance",
    noted("Age"): "age_band",
}
OTHERS = noted("More groups")
"""The pill behind which every other declared dimension can be chosen."""
WHEN, ENROLMENT, CHANGED, GAPS, COMING, HELPING = (
    noted("When they go"),
    noted("By enrolment"),
    noted("What changed"),
    noted("Other gaps"),
    noted("Attendance and caseload"),
    noted("Helping others"),
)
MORE = {
    WHEN: "leaving_by_week",
    ENROLMENT: "stayed_share",
    CHANGED: "changes_between_periods",
    GAPS: "stayed_by_gap",
    COMING: "attendance_rate",
    HELPING: "helping_generations",
}
"""Further looks at staying and the measure each needs at this door; only the chosen one is worked out."""


def _gap(days: int) -> str:
    return say("{days} days without contact", days=days)


where = filters.chosen()
size = guard.people(where)
others = {each.label: name for name, each in data.dimensions().items() if name not in COMPARE.values()}
offered = [label for label, dimension in COMPARE.items() if not dimension or dimension in data.dimensions()]

header.section(say("Staying"))
by, settings = "", data.STANDARD
if size == "enough":
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        labels = [*offered, OTHERS] if others else offered
        picked = st.pills(
            say("Compare by"),
            labels,
            format_func=say,
            key="by",
            bind="query-params",
            default="Everyone",
            required=True,
            wrap=True,
        )
    if answers.audience() == "manager":
        chosen = right.selectbox(
            say("Left early after"),
            answers.GAPS,
            index=answers.GAPS.index(data.STANDARD.gap_days),
            format_func=_gap,
            key="gap",
            bind="query-params",
        )
        settings = Settings(gap_days=chosen)
    if picked == OTHERS:
        with left:
            by = others[st.selectbox(say("Groups"), list(others), format_func=say, key="group", bind="query-params")]
    else:
        by = COMPARE[picked or "Everyone"]
number = 1
if by:
    figures.staying_by(number, by, where, settings, level=3, key="staying")
    if data.offered("stayed_days"):
        number += 1
        figures_staying.days(number, by, where, settings)
else:
    figures.staying_everyone(number, where, settings, level=3)

if data.offered("exit_reasons"):
    header.section(say("Why people go, and where they are"))
    figures.reasons(number + 1, where, settings, level=3)
    figures.where_people_are(number + 2, where, settings, level=3)
    number += 2

if size == "enough":
    header.section(say("More about staying"))
    looks = [label for label, measure in MORE.items() if data.offered(measure)]
    look = st.pills(
        say("Look at"),
        looks,
        format_func=say,
        key="more",
        bind="query-params",
        default=looks[0],
        required=True,
    )
    if look == WHEN:
        figures_staying.weeks(number + 1, where, settings)
    elif look == ENROLMENT:
        figures_staying.by_enrolment(number + 1, where, settings)
    elif look == CHANGED:
        figures_changes.what_changed(number + 1, where, settings)
    elif look == GAPS:
        figures_staying.other_gaps(number + 1, where, settings)
    elif look == COMING:
        figures_staying.attendance(number + 1, where)
    elif look == HELPING:
        figures_staying.helping(number + 1, where, settings)
    number += 1
    if look == COMING and data.offered("caseload_by_month"):
        number += 1
        figures_staying.caseload(number, where)
    if look == HELPING:
        number += 1
        figures_staying.generations(number, where)

if data.offered("engagement_rate") and size == "enough":
    header.section(say("Starting and keeping on"))
    indicators.starting(number + 1, where, settings)
    header.section(say("After coaching"))
    indicators.after_coaching(number + 2, where, settings)
