"""Measures of how much a ratio may hang on people without an early score."""

from __future__ import annotations

from pipelines.measures.entry import Axis, Exposure, Measure


def _missing(construct: str, about: str) -> Measure:
    return Measure(
        id=f"missing_scores_{construct}",
        label=f"The ratio for {about}, and people without a score",
        question=f"Does the answer for {about} depend on people who gave no score?",
        definition=(
            "Among people still in the program 30 days after the first session, the ratio of leaving early per "
            "standard deviation of the early score: among people with a score; with people with a score standing also "
            "for people like them without one; and among everybody, with missing scores taken as those of people like "
            "them, made lower or higher step by step. Beside it: how many people have no score, and how many of them "
            "stayed for 150 more days."
        ),
        definitions=(
            "without_score",
            "score_ratio",
            "stayed",
            "attendance",
            "early_score",
            "since_day_30",
            "left_early",
            "contact",
            "time_zero",
            "end_of_follow_up",
            "episode",
        ),
        numerator="People who left early after day 30 (other exits end the follow-up).",
        denominator="People still in the program on day 30; in the first two ratios those who have an early score.",
        exclusions=(
            "People who left before day 30, never attended, or whose day 30 is too recent to know.",
            "In the first two ratios people without an early score, who stand in the weights of the second.",
        ),
        rows="landmark",
        estimator="missing_scores",
        shape="point",
        x=Axis("How much lower or higher than those of people like them", "standard deviations"),
        y=Axis("Leaving early, per standard deviation of the early score", "ratio"),
        cautions=(
            "Whether somebody answers may go with how they fare in ways nobody recorded; weights cannot allow for "
            "that, and the shifts show how far it would have to go.",
            "With shifts one value stands for each missing score, so those ranges are somewhat too narrow.",
            "It shows what goes together, not what brings it about; the ratios hold no other differences equal.",
            "Only people who stayed for 30 days are compared; those who left before may have had other scores.",
        ),
        constructs=(construct,),
        exposures=(Exposure(construct),),
        horizon=150,
        doors=("live",),
    )


ENTRIES = (_missing("alliance", "early alliance"), _missing("self_efficacy", "early self-efficacy"))
