"""Staying: the curve for everyone or split by a group, why people left, where they are, how they start and go on."""

import streamlit as st

from dashboard import answers
from dashboard.answers import Settings
from dashboard.ui import data, figures, filters, guard, indicators

COMPARE = {
    "Everyone": "",
    "Early alliance": "alliance_band",
    "Early self-efficacy": "self_efficacy_band",
    "Main substance": "primary_substance",
    "Age": "age_band",
}

where = filters.chosen()
size = guard.people(where)
offered = [label for label, dimension in COMPARE.items() if not dimension or dimension in data.dimensions()]

by, settings = "", data.STANDARD
if size == "enough":
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        by = COMPARE[
            st.pills("Compare by", offered, key="by", bind="query-params", default="Everyone", required=True)
            or "Everyone"
        ]
    if answers.audience() == "manager":
        gaps = {f"{days} days without contact": days for days in answers.GAPS}
        usual = list(gaps.values()).index(data.STANDARD.gap_days)
        chosen = right.selectbox("Left early after", list(gaps), index=usual, key="gap", bind="query-params")
        settings = Settings(gap_days=gaps[chosen])
if by:
    figures.staying_by(1, by, where, settings, key="staying")
else:
    figures.staying_everyone(1, where, settings)
if data.offered("exit_reasons"):
    figures.reasons(2, where, settings)
if data.offered("where_people_are"):
    figures.where_people_are(3, where, settings)
if data.offered("engagement_rate") and size == "enough":
    indicators.starting(4, where, settings)
    indicators.after_coaching(5, where, settings)
