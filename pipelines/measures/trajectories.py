"""Measures of how scores go on over the months."""

from __future__ import annotations

from pipelines.constructs import CONSTRUCT_NAMES, CONSTRUCTS
from pipelines.measures.entry import Axis, Measure


def _trajectory(construct: str) -> Measure:
    name = CONSTRUCT_NAMES[construct]
    return Measure(
        id=f"trajectory_{construct}",
        label=f"Scores over the months: {name}",
        question=f"How does {name} go on over the months, among the same people?",
        definition=(
            "Mean score by month since the first session, one mean per person and month: of everybody with a rating in "
            "that month; of the same people, who have a rating in each of the first six months; and of people by how "
            "long they stayed. Beside them the shares at the highest and lowest possible score, the common slope, and "
            "of the same people the shares with a reliable change."
        ),
        definitions=(
            "trajectory",
            "same_people",
            "lines_part",
            "reliable_change",
            "time_zero",
            "left_early",
            "contact",
            "episode",
        ),
        numerator="Sum of the persons' mean scores in the month.",
        denominator="People with a rating in the month.",
        exclusions=("Ratings after the person had left.", "Other questionnaires, versions and raters."),
        rows="followed",
        estimator="trajectories",
        shape="line",
        x=Axis("Months since the first session", "months"),
        y=Axis("Mean score", "scale of the questionnaire"),
        cautions=(
            "A rising line of everybody rated may mean that people with low scores left, not that scores rose: read "
            "the line of the same people.",
            "The same people are those who stayed; how others would have gone on is not known.",
            "Where many people give the highest possible score, a rise cannot be seen.",
            "Ratings are the person's own; a change of questionnaire or version is never drawn as one line.",
        ),
        constructs=(construct,),
        doors=("live",),
    )


ENTRIES = tuple(_trajectory(construct) for construct in CONSTRUCTS)
