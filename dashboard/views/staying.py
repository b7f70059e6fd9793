"""Staying: the curve for everyone or split by a group, why people left, and where they are."""

import streamlit as st

from dashboard.ui import data, figures, filters, guard

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

by = ""
if size == "enough":
    by = COMPARE[
        st.pills("Compare by", offered, key="by", bind="query-params", default="Everyone", required=True) or "Everyone"
    ]
if by:
    figures.staying_by(1, by, where, key="staying")
else:
    figures.staying_everyone(1, where)
if data.offered("exit_reasons"):
    figures.reasons(2, where)
if data.offered("where_people_are"):
    figures.where_people_are(3, where)
