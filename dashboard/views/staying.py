"""Staying: the curve for everyone or split by a group, why and when people go, how they start, go on and end."""

import streamlit as st

from dashboard import answers
from dashboard.answers import Settings
from dashboard.ui import data, figures, figures_changes, figures_staying, filters, guard, header, indicators

COMPARE = {
    "Everyone": "",
    "Early alliance": "alliance_band",
    "Early self-efficacy": "self_efficacy_band",
    "Main substance": "primary_substance",
    "Age": "age_band",
}
OTHERS = "More groups"
"""The pill behind which every other declared dimension can be chosen."""
WHEN, ENROLMENT, CHANGED, GAPS, COMING, HELPING = (
    "When they go",
    "By enrolment",
    "What changed",
    "Other gaps",
    "Attendance and caseload",
    "Helping others",
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

where = filters.chosen()
size = guard.people(where)
others = {each.label: name for name, each in data.dimensions().items() if name not in COMPARE.values()}
offered = [label for label, dimension in COMPARE.items() if not dimension or dimension in data.dimensions()]

header.section("Staying")
by, settings = "", data.STANDARD
if size == "enough":
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        labels = [*offered, OTHERS] if others else offered
        picked = st.pills("Compare by", labels, key="by", bind="query-params", default="Everyone", required=True)
    if answers.audience() == "manager":
        gaps = {f"{days} days without contact": days for days in answers.GAPS}
        usual = list(gaps.values()).index(data.STANDARD.gap_days)
        chosen = right.selectbox("Left early after", list(gaps), index=usual, key="gap", bind="query-params")
        settings = Settings(gap_days=gaps[chosen])
    if picked == OTHERS:
        with left:
            by = others[st.selectbox("Groups", list(others), key="group", bind="query-params")]
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
    header.section("Why people go, and where they are")
    figures.reasons(number + 1, where, settings, level=3)
    figures.where_people_are(number + 2, where, settings, level=3)
    number += 2

if size == "enough":
    header.section("More about staying")
    looks = [label for label, measure in MORE.items() if data.offered(measure)]
    look = st.pills("Look at", looks, key="more", bind="query-params", default=looks[0], required=True)
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
    header.section("Starting and keeping on")
    indicators.starting(number + 1, where, settings)
    header.section("After coaching")
    indicators.after_coaching(number + 2, where, settings)
