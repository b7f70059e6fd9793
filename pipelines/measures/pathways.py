"""Measures of the two paths of the theory of change."""

from __future__ import annotations

from pipelines.constructs import CONSTRUCT_NAMES
from pipelines.definitions import definition
from pipelines.measures.entry import Axis, Exposure, Measure


def _pathway(exposure: str, mediator: str) -> Measure:
    first, second = CONSTRUCT_NAMES[exposure], CONSTRUCT_NAMES[mediator]
    return Measure(
        id=f"pathway_{exposure}_{mediator}",
        label=f"From {first} through {second} to staying",
        question=f"Does what goes with early {first} go through later {second}?",
        definition=(
            f"Additional people staying to day 180 per 100 whose early score of {first} (to day 30) is one standard "
            f"deviation higher: in total; through the score of {second} that goes with it (ratings of day 31 to 60); "
            "and directly, that is otherwise. Traits named beside are held equal."
        ),
        definitions=(
            "pathway",
            "pathway_assumptions",
            "held_equal",
            "early_score",
            "left_early",
            "contact",
            "time_zero",
            "episode",
        ),
        numerator="People who had not left early between day 60 and day 180.",
        denominator="People still in the program on day 60 with both scores whose follow-up reaches day 180.",
        exclusions=(
            "People who left before day 60 or cannot be followed to day 180.",
            "People without one of the two scores.",
        ),
        rows="landmark",
        estimator="pathway",
        shape="point",
        y=Axis("Additional people staying, per standard deviation of the early score", "people per 100"),
        cautions=(
            "The parts may be read as what they are called only if all of this holds: "
            + definition("pathway_assumptions").words,
            "Empathy and alliance, or empowerment and self-efficacy, are rated by the same person: part of what they "
            "share may be the person's way of rating.",
            "A later score measured with error makes the part through it look smaller.",
        ),
        constructs=(exposure, mediator),
        exposures=(Exposure(exposure),),
        horizon=150,
        doors=("live",),
    )


TO_LASTING_CHANGE = Measure(
    id="pathway_empowerment_self_efficacy_lasting_change",
    label="From empowerment through self-efficacy to lasting change",
    question="Does what goes with early empowerment go through later self-efficacy to a gain that lasts?",
    definition=(
        "Additional people per 100 known to have kept a gain after coaching whose early score of empowerment (to day "
        "30) is one standard deviation higher: in total; through the score of self-efficacy that goes with it (ratings "
        "of day 31 to 60); and directly, that is otherwise. Traits named beside are held equal."
    ),
    definitions=(
        "pathway",
        "pathway_assumptions",
        "known_lasting_change",
        "lasting_change",
        "follow_up",
        "held_equal",
        "early_score",
        "left_early",
        "contact",
        "time_zero",
        "episode",
    ),
    numerator="People known to have kept a gain at the follow-up.",
    denominator="People still in the program on day 60 with both scores for whom it could be known by the extract.",
    exclusions=(
        "People who left before day 60 or who started too recently for a follow-up.",
        "People without one of the two scores.",
    ),
    rows="landmark",
    estimator="pathway_to_lasting_change",
    shape="point",
    y=Axis("Additional people with a lasting gain, per standard deviation of the early score", "people per 100"),
    cautions=(
        "The parts may be read as what they are called only if all of this holds: "
        + definition("pathway_assumptions").words,
        "A follow-up that was not answered is not known to last, so who answers is part of what is compared.",
        "Few programs have enough answered follow-ups; without them nothing is shown.",
    ),
    constructs=("empowerment", "self_efficacy"),
    exposures=(Exposure("empowerment"),),
    horizon=150,
    doors=("live",),
)
ENTRIES = (
    TO_LASTING_CHANGE,
    _pathway("empathy", "alliance"),
    _pathway("empowerment", "self_efficacy"),
    _pathway("alliance", "self_efficacy"),
)
