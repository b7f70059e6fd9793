"""Measures of early scores: their level, and how staying goes with them."""

from __future__ import annotations

from pipelines.constructs import CONSTRUCT_NAMES
from pipelines.definitions import definition
from pipelines.measures.entry import Axis, Exposure, Measure
from pipelines.questions import DIMENSIONS

_RESTS_ON = ("early_score", "since_day_30", "left_early", "contact", "time_zero", "end_of_follow_up", "episode")
_STILL_IN = (
    "People who left before day 30, never attended, or whose day 30 is too recent to know; their number is beside."
)
_SELECTION = "Only people who stayed for 30 days are compared; those who left before may have had other scores."
_ASSOCIATION = "It shows what goes together, not what brings it about; nothing is adjusted for other differences."
_BANDS = "Bands are for display and are not clinical."
_CEILING = "Where many people give the highest possible score, differences at the top cannot be seen."
_RATER = "Ratings are the person's own; questionnaires, versions and raters are never mixed."
_STAYED_AFTER = "They are followed for 150 days after day 30, that is to day 180 since the first session."


def _level(construct: str, label: str, about: str, *, doors: tuple[str, ...]) -> Measure:
    return Measure(
        id=f"early_{construct}",
        label=label,
        question=f"How high is {about} early on?",
        definition=(
            f"Mean early score of {CONSTRUCT_NAMES[construct]} on the questionnaire's own scale, among people still "
            f"in the program 30 days after the first session. Beside it: the share in each display band and "
            "the share at the highest possible score."
        ),
        definitions=(*_RESTS_ON, "bands"),
        numerator="Sum of early scores; for the shares, people in the band or at the highest possible score.",
        denominator="People still in the program on day 30 who have an early score.",
        exclusions=(_STILL_IN, "People without enough ratings."),
        rows="landmark",
        estimator="early_score",
        shape="bar",
        y=Axis("Early score", "scale of the questionnaire"),
        cautions=(_RATER, _CEILING, _BANDS, _SELECTION),
        groupings=tuple(DIMENSIONS),
        constructs=(construct,),
        doors=doors,
    )


def _dose(construct: str, label: str, about: str) -> Measure:
    return Measure(
        id=f"dose_response_{construct}",
        label=label,
        question=f"Does staying go with {about}, step by step?",
        definition=(
            "Among people still in the program 30 days after the first session, the share who stayed for 150 more "
            f"days, by early score in groups of at least 20 people with similar scores. {_STAYED_AFTER} The "
            "slope is the straight line through the groups, weighted by people: additional people staying per 100, "
            "per scale point."
        ),
        definitions=("score_groups", "stayed", *_RESTS_ON),
        numerator="People of the group who had not left early by the day (Aalen-Johansen).",
        denominator="People of the group still in the program on day 30.",
        exclusions=(_STILL_IN, "People without an early score."),
        rows="landmark",
        estimator="dose_response",
        shape="point",
        x=Axis("Early score", "scale of the questionnaire"),
        y=Axis("People who stayed 150 more days", "share"),
        cautions=(
            _ASSOCIATION,
            _SELECTION,
            definition("score_groups").words,
            "The slope sums up a line; the dots show whether a line fits. Its range comes from the ranges of the "
            "dots and assumes independent people.",
            _CEILING,
            _RATER,
        ),
        constructs=(construct,),
        exposures=(Exposure(construct),),
        horizon=150,
    )


def _ratio(construct: str, label: str, about: str) -> Measure:
    return Measure(
        id=f"ratio_{construct}",
        version=2,
        label=label,
        question=f"Does leaving early still go with {about} when other differences are held equal?",
        definition=(
            "Among people still in the program 30 days after the first session, how often people leave early whose "
            "early score is one standard deviation higher, as a ratio; below 1 means less often. Three ratios: as it "
            "is; with the traits named beside it held equal and people compared within their site; and among people "
            f"of one coach. {_STAYED_AFTER} Beside them, the traits held equal: additional people staying per 100, and "
            "additional days before leaving early."
        ),
        definitions=("score_ratio", "few_coaches", "days_gained", "held_equal", *_RESTS_ON),
        numerator="People who left early after day 30 (other exits end the follow-up).",
        denominator="People still in the program on day 30 who have an early score.",
        exclusions=(_STILL_IN, "People without an early score; their number is beside."),
        rows="landmark",
        estimator="score_ratio",
        shape="point",
        y=Axis("Leaving early, per standard deviation of the early score", "ratio"),
        cautions=(
            "It shows what goes together, not what brings it about: differences nobody recorded are not held equal.",
            _SELECTION,
            definition("few_coaches").words,
            "Where the ratio changes over time, one number misleads: the days stand first, and the ratio is given "
            "before and after day 90.",
            _CEILING,
            _RATER,
        ),
        constructs=(construct,),
        exposures=(Exposure(construct),),
        horizon=150,
        doors=("live",),
    )


def _ratio_grid(construct: str, label: str, about: str) -> Measure:
    return Measure(
        id=f"ratio_grid_{construct}",
        label=label,
        question=f"Does the answer for {about} depend on the day at which the score ends, or on the gap?",
        definition=(
            "The ratio of leaving early per standard deviation of the score, for scores complete on day 14, 30, 60 and "
            "90 and for every gap after which somebody counts as having left. People are compared within their site; "
            "nothing else is held equal. The unit is the standard deviation of the score on day 30 throughout."
        ),
        definitions=("score_ratio", *_RESTS_ON),
        numerator="People who left early after the day at which the score ends.",
        denominator="People still in the program on that day who have enough ratings up to it.",
        exclusions=("People who left before that day, never attended, or whose day is too recent to know.",),
        rows="landmark",
        estimator="ratio_grid",
        shape="point",
        x=Axis("Gap after which somebody counts as having left", "days without contact"),
        y=Axis("Leaving early, per standard deviation of the score", "ratio"),
        cautions=(
            "These are many answers to one question, to see whether they agree; none of them is to be picked.",
            _ASSOCIATION,
            "A later day compares fewer people: those who had stayed until then.",
            _RATER,
        ),
        constructs=(construct,),
        exposures=(Exposure(construct),),
        horizon=150,
        doors=("live",),
    )


def _ratio_spline(construct: str, label: str, about: str) -> Measure:
    return Measure(
        id=f"ratio_spline_{construct}",
        label=label,
        question=f"Does it matter equally along the scale, or more at one end of {about}?",
        definition=(
            "Among people still in the program 30 days after the first session, how often people with a score leave "
            "early compared with people at the median score, from a line that may bend at up to four knots. People are "
            "compared within their site; nothing else is held equal. The test says whether the line bends."
        ),
        definitions=("score_ratio", "spline", *_RESTS_ON),
        numerator="People who left early after day 30.",
        denominator="People still in the program on day 30 who have an early score.",
        exclusions=(_STILL_IN, "People without an early score."),
        rows="landmark",
        estimator="ratio_spline",
        shape="line",
        x=Axis("Early score", "scale of the questionnaire"),
        y=Axis("Leaving early, compared with the median score", "ratio"),
        cautions=(_ASSOCIATION, _SELECTION, _CEILING, _RATER),
        constructs=(construct,),
        exposures=(Exposure(construct),),
        horizon=150,
        doors=("live",),
    )


HEAT_MAP = Measure(
    id="stayed_by_alliance_and_self_efficacy",
    label="Staying by both early scores",
    question="Who stays when alliance and self-efficacy are lower or higher early on?",
    definition=(
        "Among people still in the program 30 days after the first session, the share who stayed for 150 more days, by "
        f"display band of early alliance and of early self-efficacy. {_STAYED_AFTER} The corners are "
        "compared: both higher minus both lower."
    ),
    definitions=("stayed", "bands", *_RESTS_ON),
    numerator="People of the cell who had not left early by the day (Aalen-Johansen).",
    denominator="People of the cell still in the program on day 30.",
    exclusions=(_STILL_IN, "People without both early scores."),
    rows="landmark",
    estimator="both_bands",
    shape="cell",
    x=Axis("Early alliance", "display band"),
    y=Axis("Early self-efficacy", "display band"),
    cautions=(_ASSOCIATION, _SELECTION, _BANDS, _RATER),
    fixed_groupings=("alliance_band", "self_efficacy_band"),
    constructs=("alliance", "self_efficacy"),
    exposures=(Exposure("alliance"), Exposure("self_efficacy")),
    horizon=150,
)
_BOTH: tuple[str, ...] = ("live", "release")
ENTRIES = (
    _level("alliance", "Early alliance", "alliance with the coach", doors=_BOTH),
    _level("self_efficacy", "Early self-efficacy", "self-efficacy", doors=_BOTH),
    _level("empathy", "Early empathy", "empathy of the coach, as people see it,", doors=("live",)),
    _level("empowerment", "Early empowerment", "empowerment", doors=("live",)),
    _level("recovery_capital", "Early recovery capital", "recovery capital", doors=("live",)),
    HEAT_MAP,
    _dose("alliance", "Staying by early alliance", "early alliance"),
    _dose("self_efficacy", "Staying by early self-efficacy", "early self-efficacy"),
    _ratio("alliance", "Leaving early by early alliance, as a ratio", "early alliance"),
    _ratio("self_efficacy", "Leaving early by early self-efficacy, as a ratio", "early self-efficacy"),
    _ratio_grid("alliance", "The ratio for early alliance under other choices", "early alliance"),
    _ratio_grid("self_efficacy", "The ratio for early self-efficacy under other choices", "early self-efficacy"),
    _ratio_spline("alliance", "Leaving early along early alliance", "early alliance"),
    _ratio_spline("self_efficacy", "Leaving early along early self-efficacy", "early self-efficacy"),
    _ratio("empathy", "Leaving early by early empathy, as a ratio", "early empathy of the coach"),
    _ratio("empowerment", "Leaving early by early empowerment, as a ratio", "early empowerment"),
)
