"""Trust and confidence: how high early scores are, whether they go with staying, and how they go on."""

import streamlit as st

from dashboard import sentences
from dashboard.ui import data, figures, figures_months, figures_ratio, filters, guard, header, states

CHECKS = {"Other choices": figures_ratio.choices, "Along the scale": figures_ratio.along}
PATHS = (("empathy", "alliance"), ("empowerment", "self_efficacy"), ("alliance", "self_efficacy"))
"""The two paths of the theory of change, and from one to the other."""

where = filters.chosen()
size = guard.people(where)

header.section("Early scores")
left, right = st.columns(2)
with left:
    figures.scores(1, "alliance", where)
with right:
    figures.scores(2, "self_efficacy", where)

header.section("Early scores and staying")
states.caution("A link is not proof of cause.", sentences.CAUTION)
if size != "enough":
    states.too_few_to_compare()
    st.stop()
figures.staying_by(3, "alliance_band", where, level=3)
figures.staying_by(4, "self_efficacy_band", where, level=3)
figures.both_scores(5, where)
left, right = st.columns(2)
with left:
    figures.dose(6, "alliance", where)
with right:
    figures.dose(7, "self_efficacy", where)
if not data.offered("ratio_alliance"):
    st.stop()

header.section("With other differences held equal")
left, right = st.columns(2)
with left:
    figures_ratio.ratios(8, "alliance", where)
with right:
    figures_ratio.ratios(9, "self_efficacy", where)
chosen = st.pills("Check this answer", list(CHECKS), key="check", bind="query-params", default="Other choices")
number = 10
if chosen:
    left, right = st.columns(2)
    with left:
        CHECKS[chosen](10, "alliance", where)
    with right:
        CHECKS[chosen](11, "self_efficacy", where)
    number = 12

header.section("Scores over the months")
followed = [
    construct
    for construct in ("alliance", "self_efficacy", "recovery_capital")
    if construct != "recovery_capital" or figures_months.measured(construct)
]
# A row of columns for every two: on a phone, and read aloud, figures then come in the order of their numbers.
for start in range(0, len(followed), 2):
    for place, column in enumerate(st.columns(2), start):
        if place < len(followed):
            with column:
                figures_months.months(number + place, followed[place], where)
number += len(followed)

header.section("From trust to confidence to staying")
for start in range(0, len(PATHS), 2):
    for place, column in enumerate(st.columns(2), start):
        if place < len(PATHS):
            with column:
                figures_ratio.through(number + place, *PATHS[place], where)
