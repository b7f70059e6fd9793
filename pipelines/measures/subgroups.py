"""Measures of whether a ratio is the same among groups of people."""

from __future__ import annotations

from pipelines.measures.entry import Axis, Exposure, Measure


def _subgroups(construct: str, about: str) -> Measure:
    return Measure(
        id=f"subgroups_{construct}",
        label=f"The ratio for {about} among groups of people",
        question=f"Does staying go with {about} in the same way among all groups of people?",
        definition=(
            "Among people still in the program 30 days after the first session, the ratio of leaving early per "
            "standard deviation of the early score in each group by age, gender, housing, main substance, who referred "
            "the person, and site; people are compared within their site. For each trait one test asks whether the "
            "ratio is the same in all its groups. The standard deviation is that of everybody throughout."
        ),
        definitions=(
            "groups_of_people",
            "many_tests",
            "score_ratio",
            "early_score",
            "since_day_30",
            "left_early",
            "contact",
            "time_zero",
            "end_of_follow_up",
            "episode",
        ),
        numerator="People of the group who left early after day 30 (other exits end the follow-up).",
        denominator="People of the group still in the program on day 30 who have an early score.",
        exclusions=(
            "People who left before day 30, never attended, or whose day 30 is too recent to know.",
            "People without an early score, and for each trait people of whom it is not known.",
        ),
        rows="landmark",
        estimator="subgroup_ratios",
        shape="point",
        y=Axis("Leaving early, per standard deviation of the early score", "ratio"),
        cautions=(
            "Groups differ by chance. Look at the test of the trait, not at which ranges contain 1.",
            "Several tests are shown together; the q-values allow for their number.",
            "With few people a real difference between groups is easily missed; no finding is not a finding of none.",
            "It shows what goes together, not what brings it about; nothing else is held equal.",
        ),
        constructs=(construct,),
        exposures=(Exposure(construct),),
        horizon=150,
        doors=("live",),
    )


ENTRIES = (_subgroups("alliance", "early alliance"), _subgroups("self_efficacy", "early self-efficacy"))
