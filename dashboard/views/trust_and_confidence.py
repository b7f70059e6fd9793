"""Trust and confidence: how high early scores are, whether they go with staying, and how they go on."""

import itertools

import streamlit as st

from dashboard import sentences
from dashboard.language import noted, say
from dashboard.ui import (
    data,
    figures,
    figures_checks,
    figures_months,
    figures_ratio,
    figures_within,
    filters,
    guard,
    header,
    states,
)

PAIR = ("alliance", "self_efficacy")
RATIOS = {noted("Alliance and self-efficacy"): PAIR, noted("Empathy and empowerment"): ("empathy", "empowerment")}
CHECKS = {
    noted("Other choices"): figures_ratio.choices,
    noted("Along the scale"): figures_ratio.along,
    noted("People without a score"): figures_checks.missing,
    noted("Groups of people"): figures_checks.groups,
    noted("After each session"): figures_checks.sessions,
    noted("Every way out"): figures_checks.exits,
}
WITHIN = {
    noted("Scores and leaving, both ways"): (figures_within.lagged, figures_within.missed),
    noted("Alliance with self-efficacy"): (),
}
PATHS = (("empathy", "alliance"), ("empowerment", "self_efficacy"), ("alliance", "self_efficacy"))
"""The two paths of the theory of change, and from one to the other."""

where = filters.chosen()
size = guard.people(where)
numbers = itertools.count(1)


def beside(drawn, constructs=PAIR):
    """Draw one figure for each construct side by side."""
    for construct, column in zip(constructs, st.columns(len(constructs)), strict=True):
        with column:
            drawn(next(numbers), construct, where)


header.section(say("Early scores"))
beside(figures.scores)

header.section(say("Early scores and staying"))
states.caution(say("A link is not proof of cause."), say(sentences.CAUTION))
if size != "enough":
    states.too_few_to_compare()
    st.stop()
for construct in PAIR:
    figures.staying_by(next(numbers), f"{construct}_band", where, level=3)
if data.offered("interaction_alliance_self_efficacy"):
    left, right = st.columns([3, 2])
    with left:
        figures.both_scores(next(numbers), where)
    with right:
        figures_checks.both(next(numbers), where)
else:
    figures.both_scores(next(numbers), where)
beside(figures.dose)
if not data.offered("ratio_alliance"):
    st.stop()

header.section(say("With other differences held equal"))
scores = st.pills(
    say("Scores"),
    list(RATIOS),
    format_func=say,
    key="scores",
    bind="query-params",
    default="Alliance and self-efficacy",
    required=True,
)
constructs = RATIOS[scores or "Alliance and self-efficacy"]
if constructs != PAIR:
    beside(figures.scores, constructs)
beside(figures_ratio.ratios, constructs)
if constructs == PAIR:
    chosen = st.pills(
        say("Check this answer"),
        list(CHECKS),
        format_func=say,
        key="check",
        bind="query-params",
        default="Other choices",
    )
    if chosen:
        beside(CHECKS[chosen])

header.section(say("Scores over the months"))
followed = [*PAIR, *(["recovery_capital"] if figures_months.measured("recovery_capital") else [])]
# A row of columns for every two: on a phone, and read aloud, figures then come in the order of their numbers.
for start in range(0, len(followed), 2):
    for place, column in enumerate(st.columns(2), start):
        if place < len(followed):
            with column:
                figures_months.months(next(numbers), followed[place], where)

header.section(say("Within one person"))
chosen = st.pills(
    say("What to compare"),
    list(WITHIN),
    format_func=say,
    key="within",
    bind="query-params",
    default="Scores and leaving, both ways",
)
if chosen == "Alliance with self-efficacy":
    figures_within.together(next(numbers), *PAIR, where)
elif chosen:
    for drawn in WITHIN[chosen]:
        beside(drawn)

header.section(say("From trust to confidence to staying"))
for start in range(0, len(PATHS), 2):
    for place, column in enumerate(st.columns(2), start):
        if place < len(PATHS):
            with column:
                figures_ratio.through(next(numbers), *PATHS[place], where)
