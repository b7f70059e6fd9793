"""Measures of sites and coaches: how each compares with what chance alone would give."""

from __future__ import annotations

from pipelines.measures.entry import Axis, Measure

_RESTS_ON = ("funnel", "same_mix", "drawn_in", "stayed", "left_early", "contact", "time_zero", "end_of_follow_up")
_FAIR = (
    "Most units lie within the range that chance alone would give: that is the normal result, and no unit is better "
    "than another because its dot is higher.",
    "Nobody is ranked. A dot outside the range is a reason to ask, not an answer: records, people and places differ.",
    "With many units a few lie outside the range by chance.",
    "Coaches are shown by code; who is who is never stored.",
)


def _funnel(unit: str, plural: str, least: str) -> Measure:
    return Measure(
        id=f"{unit}_funnel",
        label=f"Staying by {unit}, beside what chance alone would give",
        question=f"Do {plural} differ in staying by more than chance?",
        definition=(
            f"For every {unit} with at least {least} people who can be followed for 180 days, the share who stayed for "
            "180 days: as it is, as it would be with everybody's mix of people, and drawn in. Around the share of "
            "everybody the range that chance alone would give to a unit of that size, 95 and 99.8 times of 100; a "
            "wider one beside it where eight or more units differ more than that."
        ),
        definitions=_RESTS_ON,
        numerator="People who had not left early by day 180.",
        denominator="People whose follow-up reaches day 180, whether or not they stayed so long.",
        exclusions=(
            "People whose follow-up does not reach day 180.",
            f"{plural.capitalize()} with fewer people; the number of their people is beside. Nothing is shown with "
            f"fewer than three {plural} of that size.",
        ),
        rows="followed",
        estimator=f"{unit}_funnel",
        shape="point",
        x=Axis("People with complete follow-up", "people"),
        y=Axis("People who stayed 180 days", "share"),
        cautions=_FAIR,
        doors=("live",),
    )


ENTRIES = (_funnel("site", "sites", "20"), _funnel("coach", "coaches", "11"))
