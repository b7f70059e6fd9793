"""Trust and confidence: how high early scores are, and whether they go with staying."""

import streamlit as st

from dashboard import sentences
from dashboard.ui import data, figures, figures_ratio, filters, guard, header, states

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
if size == "enough":
    figures.staying_by(3, "alliance_band", where, level=3)
    figures.staying_by(4, "self_efficacy_band", where, level=3)
    figures.both_scores(5, where)
    left, right = st.columns(2)
    with left:
        figures.dose(6, "alliance", where)
    with right:
        figures.dose(7, "self_efficacy", where)
    if data.offered("ratio_alliance"):
        header.section("With other differences held equal")
        left, right = st.columns(2)
        with left:
            figures_ratio.ratios(8, "alliance", where)
        with right:
            figures_ratio.ratios(9, "self_efficacy", where)
else:
    states.too_few_to_compare()
