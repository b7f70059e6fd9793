"""The measure of what changed between two periods of enrolment."""

from __future__ import annotations

from pipelines.measures.entry import Axis, Measure
from pipelines.questions import TIME_DIMENSIONS

CHANGES = Measure(
    id="changes_between_periods",
    label="What changed between periods",
    question="Between people enrolled in one period and another, what changed?",
    definition=(
        "Each indicator for the people enrolled in each period, and the difference of every later period from every "
        "earlier one: engaged in the first weeks, sessions attended, stayed to 3 and to 6 months, average early "
        "scores, and people with an early score. The range of a difference is built from the ranges of the two "
        "figures it compares (Zou and Donner 2008)."
    ),
    definitions=("stayed", "left_early", "engaged", "attendance", "early_score", "response", "since_day_30", "episode"),
    numerator="As for each indicator alone.",
    denominator="People enrolled in the period, as each indicator alone counts them.",
    exclusions=(
        "Periods for which it is too early to say.",
        "Periods with fewer than 30 people for the indicator are not compared.",
    ),
    rows="enrolled",
    estimator="changes",
    shape="point",
    y=Axis("Difference between the periods", "share or score"),
    cautions=(
        "People enrolled at different times may differ in many ways; a change says nothing of its cause.",
        "Of several indicators one may look changed by chance alone, so a title speaks only of a change whose range, "
        "widened for the number of indicators, excludes zero.",
        "Where the questionnaire or the way of recording changed, figures of two periods may not mean the same.",
    ),
    groupings=TIME_DIMENSIONS,
    doors=("live",),
)
ENTRIES = (CHANGES,)
