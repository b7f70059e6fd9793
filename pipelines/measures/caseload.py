"""The measure of people and sessions by calendar month, from tables that hold no person."""

from __future__ import annotations

from pipelines.measures.entry import Axis, Measure

CASELOAD = Measure(
    id="caseload_by_month",
    label="People and sessions by month",
    question="How many people come each month, and how many planned sessions take place?",
    definition=(
        "By calendar month: people with an attended session, sessions attended, and sessions attended of those due and "
        "of all scheduled."
    ),
    definitions=("caseload", "attendance"),
    numerator="People with an attended session in the month; sessions attended.",
    denominator="None for the counts; sessions due, and all session records, of the month for the shares.",
    exclusions=(
        "Months after the last quarter the records hold in full.",
        "Sessions without a known day.",
    ),
    rows="months",
    estimator="caseload_by_month",
    shape="bar",
    y=Axis("People with an attended session", "people"),
    cautions=(
        "Somebody who comes to two sites in a month counts at both.",
        "All episodes count, and no trait of a person is known here: a filter by site applies, no other one.",
        "The shares have no range of uncertainty, because nothing here says whose sessions belong together.",
    ),
    doors=("live",),
)
ENTRIES = (CASELOAD,)
