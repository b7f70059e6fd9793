"""Measures of people and of coming: enrolment, reasons for leaving, attendance, answers."""

from __future__ import annotations

from pipelines.measures.entry import Axis, Measure
from pipelines.questions import DIMENSIONS

PEOPLE_ENROLLED = Measure(
    id="people_enrolled",
    label="People enrolled",
    question="How many people enrolled?",
    definition="Number of different people who enrolled, whether or not they attended a session.",
    definitions=("enrolled", "episode", "new_episode"),
    numerator="People with an episode in these records.",
    denominator="None: this is a count.",
    exclusions=("None.",),
    rows="enrolled",
    estimator="people_enrolled",
    shape="bar",
    y=Axis("People enrolled", "people"),
    cautions=(
        "People are counted, not episodes.",
        "A period that had not ended with the records is not shown.",
        "People who enrolled and had not attended a session by the extract are counted here and named beside.",
    ),
    groupings=tuple(DIMENSIONS),
    most_groupings=2,
)
EXIT_REASONS = Measure(
    id="exit_reasons",
    label="Reasons for leaving",
    question="Why did people leave in the first year?",
    definition=(
        "Of the people who left the program within 365 days of the first session, the share with each recorded reason. "
        "People who stopped coming without a recorded exit, or whose recorded reason is unknown or other, are 'not "
        "recorded'."
    ),
    definitions=("exit_kinds", "left_early", "contact", "time_zero", "end_of_follow_up", "episode", "new_episode"),
    numerator="People who left with the reason.",
    denominator="People who left the program within 365 days, for whatever reason, completion included.",
    exclusions=(
        "People still in the program, and people whose exit is so recent that it lies within the gap before the "
        "extract.",
        "People who enrolled and never attended a session.",
    ),
    rows="followed",
    estimator="exit_reasons",
    shape="bar",
    y=Axis("Of the people who left", "share"),
    cautions=(
        "People who enrolled recently are counted only if they have left already, so early reasons weigh more; where "
        "people are over the first year is the figure without this limit.",
        "Reasons are as recorded by staff.",
    ),
    horizon=365,
    doors=("live",),
)
ATTENDANCE_RATE = Measure(
    id="attendance_rate",
    label="Attendance",
    question="How many planned sessions take place?",
    definition="Sessions attended of those due; beside it, of all scheduled.",
    definitions=("attendance", "episode", "new_episode"),
    numerator="Sessions attended.",
    denominator="Sessions attended, no-shows and late cancellations; for the second figure, all session records.",
    exclusions=(
        "Sessions cancelled in time or by staff, moved, or without a recorded attendance, from the first figure.",
        "People without a scheduled session.",
    ),
    rows="enrolled",
    estimator="attendance_rate",
    shape="bar",
    y=Axis("Sessions attended", "share"),
    cautions=(
        "People who stay longer have more sessions and weigh more.",
        "A moved session and the one it moved to are two records, so the second figure counts both.",
        "The range of uncertainty takes each person's sessions together, not as independent.",
    ),
    groupings=tuple(name for name in DIMENSIONS if not name.endswith("_band") or name == "age_band"),
    most_groupings=2,
)
RESPONSE_RATE = Measure(
    id="response_rate",
    label="Answers",
    question="How many people have an early score?",
    definition="Share of people still in the program on day 30 who have an early score.",
    definitions=("response", "early_score", "since_day_30", "left_early", "contact", "time_zero", "end_of_follow_up"),
    numerator="People still in the program on day 30 with an early score.",
    denominator="People still in the program on day 30.",
    exclusions=("People who left before day 30, never attended, or whose day 30 is too recent to know.",),
    rows="landmark",
    estimator="response_rate",
    shape="bar",
    y=Axis("People with an early score", "share"),
    cautions=("People with few answers may differ from the others in ways that also go with staying.",),
    groupings=tuple(DIMENSIONS),
    constructs=("alliance", "self_efficacy"),
)
ENTRIES = (PEOPLE_ENROLLED, EXIT_REASONS, ATTENDANCE_RATE, RESPONSE_RATE)
