"""The measure of both early scores together."""

from __future__ import annotations

from pipelines.measures.entry import Axis, Exposure, Measure

ENTRIES = (
    Measure(
        id="interaction_alliance_self_efficacy",
        label="Early alliance and early self-efficacy together",
        question="Does alliance go with staying more where self-efficacy is lower, or where it is higher?",
        definition=(
            "Among people still in the program 30 days after the first session who have both early scores, the ratio "
            "of leaving early per standard deviation of each score where the other is average, and the ratio of their "
            "product: how one ratio changes per standard deviation of the other score. Beside it: how many more of 100 "
            "people stay for 150 more days where both scores are one standard deviation higher than the two scores "
            "alone add up to. People are compared within their site."
        ),
        definitions=(
            "both_scores",
            "score_ratio",
            "early_score",
            "since_day_30",
            "left_early",
            "contact",
            "time_zero",
            "end_of_follow_up",
            "episode",
        ),
        numerator="People who left early after day 30 (other exits end the follow-up).",
        denominator="People still in the program on day 30 who have both early scores.",
        exclusions=(
            "People who left before day 30, never attended, or whose day 30 is too recent to know.",
            "People without one of the two early scores; their number is beside.",
        ),
        rows="landmark",
        estimator="score_interaction",
        shape="point",
        y=Axis("Leaving early, per standard deviation of the early score", "ratio"),
        cautions=(
            "It shows what goes together, not what brings it about; nothing else is held equal.",
            "Two scores may multiply without adding, or add without multiplying: the ratio of the product and the "
            "people per 100 answer different questions.",
            "A product needs several times as many people as a single score; no finding is not a finding of none.",
            "Only people who stayed for 30 days are compared; those who left before may have had other scores.",
        ),
        constructs=("alliance", "self_efficacy"),
        exposures=(Exposure("alliance"), Exposure("self_efficacy")),
        horizon=150,
        doors=("live",),
    ),
)
