"""Measures of when people go: days they stay, the share who leave in each week, and staying under every gap."""

from __future__ import annotations

from pipelines.measures.entry import Axis, Measure
from pipelines.measures.staying import ASSOCIATION, BANDS, EXCLUSIONS, FOLLOWED, LEAVING, SPREAD
from pipelines.questions import DIMENSIONS

STAYED_DAYS = Measure(
    id="stayed_days",
    label="Days stayed of the first 180",
    question="How many of the first 180 days do people stay, and by how many do groups differ?",
    definition=(
        "Mean days before leaving early, of the first 180 since the first session: the area under the staying curve. "
        "Split by a group, beside it the difference from the largest group. Split by an early score, days since day 30 "
        "of the 150 that follow, and the difference from the lower band."
    ),
    definitions=("days_stayed", "stayed", *LEAVING, "followed", "since_day_30", "bands", "early_score"),
    numerator="Days before leaving early, added up.",
    denominator="People with a first session, each as long as they were followed.",
    exclusions=EXCLUSIONS,
    rows="followed",
    estimator="stayed_days",
    shape="point",
    y=Axis("Days stayed", "days"),
    cautions=(FOLLOWED, BANDS, ASSOCIATION, SPREAD),
    groupings=tuple(DIMENSIONS),
    doors=("live",),
)
LEAVING_BY_WEEK = Measure(
    id="leaving_by_week",
    label="When people go",
    question="In which weeks do people leave early?",
    definition=(
        "Of the people still in the program at the start of a week, the share who leave early in it: for the first "
        "four weeks one by one, then for every four weeks on average."
    ),
    definitions=("leaving_by_week", "stayed", *LEAVING, "followed", "since_day_30", "bands", "early_score"),
    numerator="People who leave early in the week.",
    denominator="People still in the program and followed at its start.",
    exclusions=EXCLUSIONS,
    rows="followed",
    estimator="leaving_by_week",
    shape="bar",
    x=Axis("First day of the week since the first session", "days"),
    y=Axis("Leave early in a week", "share"),
    cautions=(
        "The first days stand out by the rule: whoever came once only left on the day after.",
        FOLLOWED,
        BANDS,
        ASSOCIATION,
        SPREAD,
    ),
    groupings=tuple(DIMENSIONS),
    doors=("live",),
)
STAYED_BY_GAP = Measure(
    id="stayed_by_gap",
    label="Stayed to 180 days, under every gap",
    question="Does the answer depend on how long a gap counts as leaving?",
    definition=(
        "Share of people who had not left early by day 180, when leaving early is no contact for 14, 30, 45, 60 or 90 "
        "days. Read from the staying curve of each."
    ),
    definitions=("stayed", *LEAVING, "followed", "since_day_30", "early_score"),
    numerator="People who had not left early by day 180.",
    denominator="People with a first session, each as long as they were followed.",
    exclusions=EXCLUSIONS,
    rows="followed",
    estimator="stayed_by_gap",
    shape="point",
    x=Axis("Days without contact", "days"),
    y=Axis("People who stayed 180 days", "share"),
    cautions=(
        "The day of leaving is the day after the last contact under every gap: the gap decides only about people whose "
        "silence lasts to the end of the records.",
        "The people are nearly the same under every gap; the ranges say nothing about differences between gaps.",
        FOLLOWED,
        SPREAD,
    ),
    doors=("live",),
)
ENTRIES = (STAYED_DAYS, LEAVING_BY_WEEK, STAYED_BY_GAP)
