"""The measure of the arrows of the theory of change."""

from __future__ import annotations

from pipelines.measures.entry import Axis, Exposure, Measure

ARROWS = Measure(
    id="theory_arrows",
    label="The arrows of the theory",
    question="What goes together in this program, arrow by arrow of the theory of change?",
    definition=(
        "Among people still in the program 30 days after the first session. Between two early scores: the correlation "
        "of their ranks. From an early score, or from the sessions attended by then, to staying to day 180, and from "
        "early self-efficacy to a lasting change: the mean of those with it minus that of those without, in standard "
        "deviations. From early alliance to the sessions of the next two months, and from early self-efficacy to "
        "helping others: the ratio of how many there are for one standard deviation more. From a lasting change to "
        "helping others once it is known: the ratio of how many there are of people known to have kept one and of "
        "everybody else."
    ),
    definitions=(
        "arrow",
        "published_mark",
        "early_score",
        "since_day_30",
        "later_sessions",
        "stayed",
        "left_early",
        "known_lasting_change",
        "ripple",
        "time_zero",
        "episode",
    ),
    numerator="Not a share; see the definition.",
    denominator="People still in the program on day 30 with the scores the arrow needs, followed to what it points to.",
    exclusions=(
        "People who left before day 30, never attended, or whose day 30 is too recent to know.",
        "For staying, people whose follow-up does not reach day 180; for later sessions, day 90.",
        "For a lasting change, people of whom it cannot be known yet.",
    ),
    rows="landmark",
    estimator="theory_arrows",
    shape="point",
    y=Axis("What goes together", "correlation, standard deviations or ratio"),
    cautions=(
        "An arrow of the theory says that one thing brings about another; these numbers say only what goes together.",
        "Two scores given by one person on one day share that person's way of rating.",
        "Published marks come from other populations and are no target; none is known for peer coaches.",
        "Nothing is held equal.",
    ),
    constructs=("empathy", "alliance", "empowerment", "self_efficacy"),
    exposures=(Exposure("empathy"), Exposure("alliance"), Exposure("empowerment"), Exposure("self_efficacy")),
    horizon=150,
    doors=("live",),
)
ENTRIES = (ARROWS,)
