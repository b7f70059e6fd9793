"""Measures of scores complete at a session instead of on a day."""

from __future__ import annotations

from pipelines.measures.entry import Axis, Exposure, Measure


def _by_session(construct: str, about: str) -> Measure:
    return Measure(
        id=f"ratio_by_session_{construct}",
        label=f"The ratio for {about} by the second, third or fourth session",
        question=f"Is the answer for {about} the same when the score ends with a session instead of a day?",
        definition=(
            "The ratio of leaving early per standard deviation of the score, for scores made of the ratings up to the "
            "second, third or fourth session, among people still in the program after that session; the clock starts "
            "at it. People are compared within their site; nothing else is held equal. The unit is the standard "
            "deviation of the score on day 30 throughout."
        ),
        definitions=(
            "by_session",
            "score_ratio",
            "early_score",
            "left_early",
            "contact",
            "time_zero",
            "end_of_follow_up",
            "episode",
        ),
        numerator="People who left early after the session with which the score ends.",
        denominator="People still in the program after that session who have enough ratings up to it.",
        exclusions=(
            "People who never had that session or are not known to have stayed after it; their number is beside.",
            "People with too few ratings by then; their number is beside.",
        ),
        rows="followed",
        estimator="ratio_by_session",
        shape="point",
        x=Axis("Session with which the score ends", "session"),
        y=Axis("Leaving early, per standard deviation of the score", "ratio"),
        cautions=(
            "These are several answers to one question, to see whether they agree; none of them is to be picked.",
            "A later session compares fewer people: those who came so often.",
            "It shows what goes together, not what brings it about; nothing is adjusted for other differences.",
            "Ratings are the person's own; questionnaires, versions and raters are never mixed.",
        ),
        constructs=(construct,),
        exposures=(Exposure(construct, source="by_session"),),
        doors=("live",),
    )


ENTRIES = (_by_session("alliance", "early alliance"), _by_session("self_efficacy", "early self-efficacy"))
