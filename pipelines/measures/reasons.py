"""Measures of every way out by early score."""

from __future__ import annotations

from pipelines.constructs import CONSTRUCT_NAMES
from pipelines.measures.entry import Axis, Exposure, Measure


def _reasons(construct: str) -> Measure:
    name = CONSTRUCT_NAMES[construct]
    return Measure(
        id=f"every_exit_{construct}",
        label=f"Every way out by early {construct.replace('_', '-')}",
        question=f"Does {name} early on go with leaving early alone, or with completing and moving on too?",
        definition=(
            "Among people still in the program 30 days after the first session, for each way out: how often it happens "
            "among people still here whose early score is one standard deviation higher, as a ratio; and the same for "
            "how many of all people have it by a day. Follow-up ends 150 days after day 30."
        ),
        definitions=(
            "every_exit",
            "score_ratio",
            "since_day_30",
            "early_score",
            "exit_kinds",
            "left_early",
            "contact",
            "time_zero",
            "end_of_follow_up",
            "episode",
            "new_episode",
        ),
        numerator="People who had the exit after day 30.",
        denominator="People still in the program on day 30 who have an early score.",
        exclusions=(
            "People who left before day 30, never attended, or whose day 30 is too recent to know.",
            "People without an early score.",
        ),
        rows="landmark",
        estimator="reason_ratios",
        shape="point",
        y=Axis("Exit, per standard deviation of the early score", "ratio"),
        cautions=(
            "A rate among people still here says nothing alone about how many have the exit in the end: where fewer "
            "leave early, more can complete.",
            "A difference shows what goes together, not what brings it about; nothing is held equal but the site.",
            "Ranges hold people of one coach together; with fewer than eight coaches there is no range.",
        ),
        constructs=(construct,),
        exposures=(Exposure(construct),),
        horizon=150,
        doors=("live",),
    )


ENTRIES = (_reasons("alliance"), _reasons("self_efficacy"))
