"""Measures of the time after coaching: follow-ups answered, and gains that were still there."""

from __future__ import annotations

from pipelines.constructs import CHANGING, CONSTRUCT_NAMES
from pipelines.measures.entry import Axis, Measure
from pipelines.questions import DIMENSIONS

_GROUPINGS = tuple(name for name in DIMENSIONS if not name.endswith("_band") or name == "age_band")
_NOT_DUE = "People without a recorded exit, people who died, and people whose window had not closed by the extract."
_SINCE = Axis("Days since the recorded exit", "days")
_FEW = "With a follow-up rate under 80 in 100 the people who answered say little about the others."

FOLLOW_UP_RATE = Measure(
    id="follow_up_rate",
    label="Follow-ups answered",
    question="How many people can be reached after coaching has ended?",
    definition="Share of the follow-ups due after the recorded exit that were answered.",
    definitions=("follow_up", "exit_kinds", "episode", "new_episode"),
    numerator="People who answered a questionnaire within the window.",
    denominator="People whose follow-up was due.",
    exclusions=(_NOT_DUE,),
    rows="followed",
    estimator="follow_up_rate",
    shape="bar",
    x=_SINCE,
    y=Axis("Follow-ups due", "share"),
    cautions=(_FEW, "People who left without a recorded exit are not followed up and are not counted here."),
    groupings=_GROUPINGS,
    most_groupings=2,
    doors=("live",),
)


def _lasting(construct: str) -> Measure:
    name = CONSTRUCT_NAMES[construct]
    return Measure(
        id=f"lasting_change_{construct}",
        label=f"Lasting change: {name}",
        question=f"How many people have kept a gain in {name} after coaching has ended?",
        definition=(
            f"Share of the people who answered after the recorded exit whose gain in {name} was still there. Beside "
            "it: the follow-ups answered of those due, and the same share among everybody due if those missing had "
            "lost the gain, were as they were last seen, or had kept it."
        ),
        definitions=("lasting_change", "reliable_change", "follow_up", "exit_kinds", "episode", "new_episode"),
        numerator="People whose gain was still there at the follow-up.",
        denominator="People who answered in the window and have an intake score; for the bounds, all who were due.",
        exclusions=(_NOT_DUE, "People without an intake score; their number is shown beside."),
        rows="followed",
        estimator="lasting_change",
        shape="bar",
        x=_SINCE,
        y=Axis("People with a lasting change", "share"),
        cautions=(
            _FEW,
            "People who do well may be easier to reach, or harder: read the share together with its bounds.",
            "Scores also rise and fall by themselves; this compares people with their own start, not with others.",
        ),
        groupings=_GROUPINGS,
        most_groupings=2,
        constructs=(construct,),
        doors=("live",),
    )


KNOWN = Measure(
    id="known_lasting_change",
    label="Known to have kept a gain",
    question="Of everybody who started, how many are known to have kept a gain after coaching?",
    definition=(
        "Share of everybody with a first session whose coaching ended within 180 days and who is known to have kept a "
        "gain in recovery capital 180 days later. It is a floor: nobody counts of whom it is not known."
    ),
    definitions=("known_lasting_change", "lasting_change", "reliable_change", "follow_up", "exit_kinds", "episode"),
    numerator="People known to have kept a gain.",
    denominator="People with a first session, known or not.",
    exclusions=(
        "People whose first session is so recent that the last window has not closed for everybody like them.",
        "People who enrolled and never attended a session.",
    ),
    rows="followed",
    estimator="known_lasting_change",
    shape="bar",
    y=Axis("People who started", "share"),
    cautions=(
        "It is small by its making: people still in the program, and people who could not be reached, count as not "
        "known. The share of those who answered is in lasting change.",
    ),
    groupings=_GROUPINGS,
    most_groupings=2,
    constructs=("recovery_capital",),
)
ENTRIES = (*(_lasting(construct) for construct in CHANGING), FOLLOW_UP_RATE, KNOWN)
