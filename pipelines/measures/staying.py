"""Measures of staying: the curve, the share at set days, and where people are."""

from __future__ import annotations

from pipelines.definitions import definition
from pipelines.measures.entry import Axis, Measure
from pipelines.questions import DIMENSIONS

LEAVING = ("left_early", "contact", "time_zero", "end_of_follow_up", "exit_kinds", "episode", "new_episode")
_STAYED = (
    "Share of people who had not left early by each day since the first session. People who completed the program or "
    "moved on to another service have stayed."
)
EXCLUSIONS = (
    "People who enrolled and never attended a session; their number is shown beside.",
    "People whose first session is so recent that the gap has not passed once; their number is shown beside.",
    "Later episodes of the same person, unless all episodes are chosen.",
)
FOLLOWED = definition("end_of_follow_up").words
BANDS = (
    "Split by an early score, the clock starts again 30 days after the first session and only people still in the "
    "program then are compared; the bands are for display and are not clinical."
)
ASSOCIATION = "A difference between groups shows what goes together, not what brings it about; nothing is adjusted."
SPREAD = (
    "The range of uncertainty is about these people; people of one coach may be more alike than it assumes, so it can "
    "be too narrow for a statement about other coaches. With all episodes chosen it holds the episodes of one person "
    "together."
)
_SINCE = Axis("Time since the first session", "days")

STAYING_CURVE = Measure(
    id="staying_curve",
    label="Staying",
    question="How long do people stay in the program?",
    definition=_STAYED + " Estimated as 1 minus the cumulative incidence of leaving early (Aalen-Johansen).",
    definitions=("stayed", *LEAVING, "followed", "since_day_30", "bands", "early_score"),
    numerator="People who had not left early by the day.",
    denominator="People with a first session, each as long as they were followed.",
    exclusions=EXCLUSIONS,
    rows="followed",
    estimator="staying_curve",
    shape="step",
    x=_SINCE,
    y=Axis("People who stayed", "share"),
    cautions=(FOLLOWED, BANDS, ASSOCIATION, SPREAD),
    groupings=tuple(DIMENSIONS),
)
CENSORING_OTHER_EXITS = Measure(
    id="staying_curve_censoring_other_exits",
    label="Staying, leaving other exits aside",
    question="How long would people stay if nobody left for another reason?",
    definition=(
        "Share of people who would not have left early by each day if completions and other exits never ended an "
        "episode: the Kaplan-Meier curve with those exits censored."
    ),
    definitions=("staying_aside", *LEAVING, "followed", "since_day_30", "bands", "early_score"),
    numerator="People still followed who had not left early by the day.",
    denominator="People with a first session, each until any exit or the end of follow-up.",
    exclusions=EXCLUSIONS,
    rows="followed",
    estimator="staying_curve_censoring_other_exits",
    shape="step",
    x=_SINCE,
    y=Axis("People who would have stayed", "share"),
    cautions=(
        "It answers a question about a program without completions; it is lower than the share who stayed.",
        FOLLOWED,
        BANDS,
        ASSOCIATION,
        SPREAD,
    ),
    groupings=tuple(DIMENSIONS),
    doors=("live",),
)
STAYED_SHARE = Measure(
    id="stayed_share",
    label="Stayed to 30, 90, 180 and 365 days",
    question="How many people stay to a month, three, six and twelve months?",
    definition=_STAYED + " Read from the staying curve at 30, 90, 180 and 365 days.",
    definitions=("stayed", *LEAVING, "followed", "since_day_30", "bands", "early_score"),
    numerator="People who had not left early by the day.",
    denominator="People with a first session, each as long as they were followed.",
    exclusions=EXCLUSIONS,
    rows="followed",
    estimator="stayed_share",
    shape="point",
    x=_SINCE,
    y=Axis("People who stayed", "share"),
    cautions=(
        FOLLOWED,
        "Split by time of enrolment, a period is shown once everybody in it was followed to the day.",
        BANDS,
        ASSOCIATION,
        SPREAD,
    ),
    groupings=tuple(DIMENSIONS),
    most_groupings=2,
)
WHERE_PEOPLE_ARE = Measure(
    id="where_people_are",
    label="Where people are",
    question="Where are people over the first year?",
    definition=(
        "Share of people who on each day were still in the program, had completed it, had left early, had moved on to "
        "another service, or had left for another reason (death, incarceration, hospital, moving away). The shares add "
        "to 1. Estimated by cumulative incidence (Aalen-Johansen)."
    ),
    definitions=("where_people_are", "stayed", *LEAVING, "since_day_30", "bands", "early_score"),
    numerator="People in the state on the day.",
    denominator="People with a first session, each as long as they were followed.",
    exclusions=EXCLUSIONS,
    rows="followed",
    estimator="where_people_are",
    shape="step",
    x=_SINCE,
    y=Axis("People", "share"),
    cautions=(
        FOLLOWED,
        "A recorded exit counts on its own day, leaving early on the day after the last contact.",
        SPREAD,
    ),
    groupings=tuple(DIMENSIONS),
    doors=("live",),
)
ENTRIES = (STAYING_CURVE, CENSORING_OTHER_EXITS, STAYED_SHARE, WHERE_PEOPLE_ARE)
