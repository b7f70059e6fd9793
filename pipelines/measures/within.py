"""Measures of what goes together day by day: within a person and between people, and in both directions."""

from __future__ import annotations

from pipelines.constructs import CONSTRUCT_NAMES
from pipelines.definitions import definition
from pipelines.measures.entry import Axis, Measure

_SAID = definition("lagged_score")
_CARRY = f"{_SAID.number('each_session_days')} days, or {_SAID.number('monthly_days')}"
_APART = definition("paired_ratings").number("pair_days")
_RESTS_ON = ("left_early", "contact", "time_zero", "end_of_follow_up", "episode")
_BOTH_WAYS = (
    "A score before leaving need not have brought it about: people who are about to leave may rate lower, and people "
    "who miss sessions may rate lower afterwards. Read both directions together."
)
_ERROR = "Ratings are measured with error: within a person, where scores move little, a link looks weaker than it is."
_STILL_RATED = (
    "Only people who are still rated are compared, and people answer less often when things go less well: what came "
    "before a silence is not seen."
)
_RATER = "Ratings are the person's own; questionnaires, versions and raters are never mixed."
_RANGE = "Ranges hold people of one coach together; with fewer than eight coaches there is no range."


def _lagged(construct: str) -> Measure:
    name = CONSTRUCT_NAMES[construct]
    return Measure(
        id=f"lagged_{construct}",
        label=f"Leaving early and the last score before: {name}",
        question=f"Does leaving early go with {name} that is lower than a person's own before, or than other people's?",
        definition=(
            f"How often people leave early, day by day, by their last rating of {name} before that day: per standard "
            "deviation of the mean of the person's ratings so far (between people), and per standard deviation of the "
            "last rating above the mean of the person's earlier ones (within a person), as ratios; below 1 means less "
            f"often. A rating counts from the day after it and no longer than {_CARRY} where the questionnaire is "
            "rated monthly or less."
        ),
        definitions=("lagged_score", "within_and_between", "early_score", *_RESTS_ON),
        numerator="People who left early on a day with a recent rating (other exits end the follow-up).",
        denominator="People in the program with a recent rating, counted anew on each day.",
        exclusions=(
            "Days on which the last rating is older than that; people who left on such a day are counted beside.",
            "People without a rating, or who never attended.",
            "Ratings after the person had left.",
        ),
        rows="followed",
        estimator="lagged_ratio",
        shape="point",
        y=Axis("Leaving early, per standard deviation", "ratio"),
        cautions=(
            _BOTH_WAYS,
            _STILL_RATED,
            _ERROR,
            "People are compared within their site, on the same day since the first session and with ratings about as "
            "old; nothing else is held equal. Scores that rise with time in the program rise within a person too.",
            "At a first rating the part within a person is 0; after few ratings both parts are uncertain.",
            _RANGE,
            _RATER,
        ),
        constructs=(construct,),
        doors=("live",),
    )


def _reverse(construct: str) -> Measure:
    name = CONSTRUCT_NAMES[construct]
    return Measure(
        id=f"reverse_{construct}",
        label=f"The next score after a missed session: {name}",
        question=f"Does a missed session go with a lower next rating of {name}?",
        definition=(
            f"The other direction. How far a person's ratings of {name} that come after a missed session lie from the "
            "same person's other ratings, what is usual at that time in the program taken off, on the questionnaire's "
            "own scale. Below 0 means that the rating after a missed session is lower."
        ),
        definitions=("after_missed", "lagged_score", "early_score", *_RESTS_ON),
        numerator="Difference of a person's ratings after a missed session from the same person's others.",
        denominator="People with ratings of both kinds; the ratings of everybody say what is usual at a time.",
        exclusions=(
            "A person's first rating, and ratings whose former one is longer ago than a rating counts.",
            "People whose ratings are all of one kind.",
            "Ratings after the person had left.",
        ),
        rows="followed",
        estimator="reverse_association",
        shape="point",
        y=Axis("Next rating after a missed session, minus others", "scale of the questionnaire"),
        cautions=(
            _BOTH_WAYS,
            "Whoever missed a session and left without another rating is not in it.",
            _STILL_RATED,
            "What is usual at a time is taken off by month since the first session and weeks since the former rating; "
            "a person's own pace of change is not. With few ratings per person the difference looks smaller where low "
            "ratings go before missed sessions.",
            _ERROR,
            _RANGE,
            _RATER,
        ),
        constructs=(construct,),
        doors=("live",),
    )


def _together(first: str, second: str) -> Measure:
    x, y = CONSTRUCT_NAMES[first], CONSTRUCT_NAMES[second]
    return Measure(
        id=f"moves_together_{first}_{second}",
        label=f"Moving together: {x} and {y}",
        question=f"Do {x} and {y} move together within a person, or do people only differ in both?",
        definition=(
            f"Correlation of ratings of {x} and of {y} from the same week. Within people: whether both are above or "
            "below the person's own means at the same time. Between people: whether people with a higher mean of one "
            "have a higher mean of the other."
        ),
        definitions=("paired_ratings", "left_early", "contact", "time_zero", "episode"),
        numerator=f"Pairs of ratings at most {_APART} days apart; within people, of people with two pairs or more.",
        denominator="People with such a pair.",
        exclusions=("Ratings without one of the other questionnaire in that week.", "Ratings after the person left."),
        rows="followed",
        estimator="repeated_correlation",
        shape="point",
        y=Axis("Correlation", "from -1 to 1"),
        cautions=(
            "The two answer different questions and may differ in size and in sign; neither says which comes first.",
            "Scores that both rise with time in the program move together for that reason alone.",
            "Both are rated by the same person: part of what they share may be the person's way of rating.",
            _ERROR,
            _STILL_RATED,
            "Ranges take people as independent, also people of one coach; they hold for these coaches.",
            _RATER,
        ),
        constructs=(first, second),
        doors=("live",),
    )


ENTRIES = (
    _lagged("alliance"),
    _lagged("self_efficacy"),
    _reverse("alliance"),
    _reverse("self_efficacy"),
    _together("alliance", "self_efficacy"),
)
