"""The theory of change as boxes and arrows: what each holds in this program's records, or plainly why it holds nothing.

Pure: takes estimate tables, returns words and numbers for the page. A box is a concept with its measure, value and
people; an arrow is one step with what is seen here and what others have published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from dashboard import stayed, words
from dashboard.estimate_rows import at
from dashboard.language import noted, say, say_many
from dashboard.sentences import SHOWN, could_be, range_of

SEEN, UNCLEAR, UNRANGED, UNKNOWN, CLOSED = "seen", "unclear", "unranged", "unknown", "closed"
"""An arrow: its range excludes nothing going together; it does not; there is a number without a range; no number; none
at this door."""
NO_HELPING = "no_helping"
"""Reason of numbers about helping others where the records hold no event of it."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A box of the theory: its measure, the row that holds its value, its unit, and where its figure is."""

    name: str
    heading: str
    what: str
    measure: str
    page: str
    series: str = ""
    stat: str = "share"
    x: float | None = None
    published: str = ""
    parts: str = ""


PATHS: tuple[tuple[str, str, tuple[Concept, ...]], ...] = (
    (
        noted("From being understood to staying"),
        noted("A coach's empathy is meant to build trust, and trust to keep people coming"),
        (
            Concept("empathy", noted("Empathy"), noted("The coach's empathy, as people see it early on"),
                    "early_empathy", "trust_and_confidence", stat="mean"),
            Concept("alliance", noted("Alliance"), noted("Working alliance with the coach early on"), "early_alliance",
                    "trust_and_confidence", stat="mean",
                    parts=noted("Bond, goals and tasks, counted as one score.")),
            Concept("engagement", noted("Engagement"), noted("Came within two weeks and twice more in the month after"),
                    "engagement_rate", "staying", series="engaged"),
            Concept("staying", noted("Staying"), noted("Stayed to 6 months after the first session"), "stayed_share",
                    "staying", series="stayed", x=180, published="stayed_share"),
        ),
    ),
    (
        noted("From being able to act to recovery that lasts"),
        noted("Empowerment is meant to build confidence, and confidence to make recovery last and to be passed on"),
        (
            Concept("empowerment", noted("Empowerment"), noted("How much people feel in charge, early on"),
                    "early_empowerment", "trust_and_confidence", stat="mean",
                    parts=noted("Autonomy, informed decisions, self-discovery and collaboration are not measured one "
                                "by one.")),
            Concept("self_efficacy", noted("Self-efficacy"), noted("Confidence in one's own ability early on"),
                    "early_self_efficacy", "trust_and_confidence", stat="mean"),
            Concept("lasting_change", noted("Sustained recovery"),
                    noted("Of those who answered 6 months after coaching, kept a gain in recovery capital"),
                    "lasting_change_recovery_capital", "staying", x=180, published="known_lasting_change"),
            Concept("helping_others", noted("Ripple"),
                    noted("Times people helped others or brought somebody in, per 100 months"), "ripple_rate",
                    "staying", stat="rate"),
        ),
    ),
)  # fmt: skip
"""The two paths, in the order of the theory."""
STEPS: Mapping[str, tuple[str, str]] = {
    "empathy_alliance": (noted("Empathy"), noted("alliance")),
    "alliance_engagement": (noted("Alliance"), noted("engagement")),
    "engagement_staying": (noted("Engagement"), noted("staying")),
    "alliance_staying": (noted("Alliance"), noted("staying")),
    "empowerment_self_efficacy": (noted("Empowerment"), noted("self-efficacy")),
    "alliance_self_efficacy": (noted("Alliance"), noted("self-efficacy")),
    "self_efficacy_staying": (noted("Self-efficacy"), noted("staying")),
    "self_efficacy_lasting_change": (noted("Self-efficacy"), noted("sustained recovery")),
    "lasting_change_helping_others": (noted("Sustained recovery"), noted("helping others")),
    "self_efficacy_helping_others": (noted("Self-efficacy"), noted("helping others")),
}
"""Every arrow from its first box to its second, in the order of the table."""
BETWEEN = {
    ("empathy", "alliance"): "empathy_alliance",
    ("alliance", "engagement"): "alliance_engagement",
    ("engagement", "staying"): "engagement_staying",
    ("empowerment", "self_efficacy"): "empowerment_self_efficacy",
    ("self_efficacy", "lasting_change"): "self_efficacy_lasting_change",
    ("lasting_change", "helping_others"): "lasting_change_helping_others",
}
"""The arrow drawn between two boxes that stand side by side."""


@dataclass(frozen=True, slots=True)
class Box:
    """What a box says: `value` is a number or the words for its absence; `about` its range and people, or why."""

    concept: Concept
    value: str
    unit: str
    about: tuple[str, ...]
    measured: bool


@dataclass(frozen=True, slots=True)
class Step:
    """What an arrow says: its two ends, state, the words for this program's number, and the number with its range."""

    arrow: str
    ends: tuple[str, str]
    state: str
    said: str
    stat: str = ""
    estimate: float = float("nan")
    lower: float = float("nan")
    upper: float = float("nan")
    people: float = float("nan")


def box(concept: Concept, table: pd.DataFrame | None, top: float | None = None) -> Box:
    """Return the box of a concept from the table of its measure; None where this door does not have the measure."""
    if table is None:
        return Box(concept, say("Not published"), "", (say("Not among the figures that are given out"),), False)
    row = _row(concept, table)
    if row is None:
        value, why = _absent(table)
        return Box(concept, value, "", (why,), False)
    known = stayed.people(table, row)
    between = words.percent_range if concept.stat == "share" else words.score_range
    about = [range_of(row, between), words.people(known) if known else ""]
    told = tuple(line for line in about if line)
    if concept.stat == "mean":
        unit = say("of {top}", top=f"{top:g}") if top else say("on average")
        return Box(concept, words.score(row["estimate"]), unit, told, True)
    if concept.stat == "rate":
        return Box(concept, words.score(row["estimate"]), say("per 100 months"), told, True)
    share = words.percent(row["estimate"], rough=row["status"] == "rough")
    return Box(concept, share, say("of people"), told, True)


def _row(concept: Concept, table: pd.DataFrame) -> pd.Series | None:
    """Return the row the box is filled with; of a stepped curve the one that holds on the day; None if not shown."""
    rows = table[table["stat"].eq(concept.stat) & table["series"].isin([concept.series, ""]) & table["level"].eq("")]
    if concept.x is not None and rows["x"].notna().any():
        return at(rows, concept.x)
    shown = rows[rows["status"].isin(SHOWN)]
    return None if shown.empty else shown.iloc[0]


def _absent(table: pd.DataFrame) -> tuple[str, str]:
    """Return the words for a value that is not there, and why."""
    statuses = set(table["status"])
    if NO_HELPING in set(table["reason"]):
        return say("Not measured"), say("The records hold no event of helping others")
    if "not_measured" in statuses:
        return say("Not measured"), say("No questionnaire for this has been loaded")
    if "immature" in statuses:
        return say("Too early"), say("These people started too recently")
    if "hidden" in statuses:
        return say("Hidden"), say("Too few people for a figure")
    return say("Not published"), say("Not for these filters")


def steps(table: pd.DataFrame | None) -> list[Step]:
    """Return every arrow from the table of `theory_arrows`; None where this door does not have it."""
    rows = {} if table is None else {str(row["level"]): row for _, row in table.iterrows()}
    return [_step(arrow, ends, rows.get(arrow), table is None) for arrow, ends in STEPS.items()]


def _step(arrow: str, ends: tuple[str, str], row: pd.Series | None, closed: bool) -> Step:
    if row is None or row["status"] not in SHOWN:
        if closed:
            return Step(arrow, ends, CLOSED, say("Worked out on the program's own pages only."))
        if row is not None and row["reason"] == NO_HELPING:
            return Step(arrow, ends, UNKNOWN, say("Not measured: the records hold no event of helping others."))
        if row is not None and row["status"] == "not_measured":
            return Step(arrow, ends, UNKNOWN, say("Not measured: a questionnaire for one of the two is missing."))
        return Step(arrow, ends, UNKNOWN, say("Too few people to say."))
    stat = str(row["stat"])
    nothing = 1.0 if stat == "ratio" else 0.0
    numbers = {name: float(row[name]) for name in ("estimate", "lower", "upper")}
    ranged = pd.notna(row["lower"]) and pd.notna(row["upper"])
    clear = bool(ranged and (row["lower"] > nothing or row["upper"] < nothing))
    more = bool(row["estimate"] > nothing)
    return Step(
        arrow,
        ends,
        UNRANGED if not ranged else SEEN if clear else UNCLEAR,
        _said(_KINDS.get(arrow, stat), ends, clear, more, ranged),
        stat,
        **numbers,
        people=row["n"],
    )


def _said(kind: str, ends: tuple[str, str], clear: bool, more: bool, ranged: bool) -> str:
    """Return the words an arrow's number supports; never that one brings about the other."""
    if not ranged:
        return say("Too few coaches to say how sure this is.")
    first, second = say(ends[0]).lower(), say(ends[1])
    if not clear:
        return say("No clear link between {first} and {second} here.", first=first, second=second)
    return say(_SAID[kind, more], first=first, second=second)


_KINDS = {
    "empathy_alliance": "empathy",
    "alliance_engagement": "more_sessions",
    "engagement_staying": "came_more",
    "self_efficacy_lasting_change": "kept_a_gain",
    "lasting_change_helping_others": "help_after",
}
"""Arrows whose words do not follow from their statistic alone."""
_SAID = {
    ("correlation", True): noted("People with a higher score of {first} tend to have a higher score of {second}."),
    ("correlation", False): noted("People with a higher score of {first} tend to have a lower score of {second}."),
    ("empathy", True): noted("People who see more empathy in their coach tend to have a higher score of {second}."),
    ("empathy", False): noted("People who see more empathy in their coach tend to have a lower score of {second}."),
    ("ratio", True): noted("People with a higher score of {first} help others more often later."),
    ("ratio", False): noted("People with a higher score of {first} help others less often later."),
    ("standardised_difference", True): noted(
        "People who stayed had a higher score of {first} early on than people who had not."
    ),
    ("standardised_difference", False): noted(
        "People who stayed had a lower score of {first} early on than people who had not."
    ),
    ("kept_a_gain", True): noted(
        "People who kept a gain had a higher score of {first} early on than people who had not."
    ),
    ("kept_a_gain", False): noted(
        "People who kept a gain had a lower score of {first} early on than people who had not."
    ),
    ("more_sessions", True): noted(
        "People with a higher score of {first} came to more sessions in the two months after day 30."
    ),
    ("more_sessions", False): noted(
        "People with a higher score of {first} came to fewer sessions in the two months after day 30."
    ),
    ("came_more", True): noted(
        "People who stayed had come to more sessions in the first 30 days than people who had not."
    ),
    ("came_more", False): noted(
        "People who stayed had come to fewer sessions in the first 30 days than people who had not."
    ),
    ("help_after", True): noted("People known to have kept a gain help others more often after that."),
    ("help_after", False): noted("People known to have kept a gain help others less often after that."),
}
"""What a clear arrow says, by its statistic and whether more goes with more."""


def number(stat: str, estimate: float, lower: float | None = None, upper: float | None = None) -> str:
    """Return a number of an arrow with its range, in the words of its kind."""
    kind = {"correlation": "r = ", "standardised_difference": "d = ", "ratio": "× "}[stat]
    said = f"{kind}{_signed(estimate)}"
    return said if lower is None or upper is None else could_be(said, words.between(_signed(lower), _signed(upper)))


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def ends(step: Step) -> str:
    """Return 'Empathy to alliance'."""
    return say("{first} to {second}", first=say(step.ends[0]), second=say(step.ends[1]))


def summary(found: list[Step]) -> str:
    """Return how many steps are seen in these records, and which have no range or no number at all."""
    if any(step.state == CLOSED for step in found):
        return say(
            "The boxes hold what is published; the arrows between them are worked out on the program's own pages only"
        )
    states = (SEEN, UNCLEAR, UNRANGED, UNKNOWN)
    seen, unclear, unranged, unknown = ([step for step in found if step.state == state] for state in states)
    if not seen and not unclear and not unranged:
        return say("None of the steps can be worked out from these figures yet")
    if not unranged:
        return _with_range(len(seen), len(seen) + len(unclear), len(found))
    told = [_with_range(len(seen), len(seen) + len(unclear), len(found))] if seen or unclear else []
    told.append(_without_range(unranged, len(found), more=bool(told)))
    if unknown:
        told.append(say("Not worked out: {steps}", steps=_listed(unknown)))
    return ". ".join(told)


def _without_range(unranged: list[Step], steps: int, *, more: bool) -> str:
    """Return which steps have a number and no range, and why; `more` where others have one."""
    number, named = len(unranged), _listed(unranged)
    if number == steps:
        return say(
            "Every step has an estimate below, but none has a range: too few coaches to say how sure the estimates are"
        )
    if more:
        return say_many(
            "{number} more has an estimate but no range, as there are too few coaches for one: {named}",
            "{number} more have an estimate but no range, as there are too few coaches for one: {named}",
            number,
            number=number,
            named=named,
        )
    return say_many(
        "{number} of the {steps} steps has an estimate but no range, as there are too few coaches for one: {named}",
        "{number} of the {steps} steps have an estimate but no range, as there are too few coaches for one: {named}",
        number,
        number=number,
        steps=steps,
        named=named,
    )


def _listed(found: list[Step]) -> str:
    return ", ".join(map(ends, found))


def _with_range(seen: int, looked: int, steps: int) -> str:
    """Return how many of the steps that have a range are seen in these records."""
    if looked == 1 and seen:
        return say("The one step that can be worked out is seen in these records")
    if looked == 1:
        return say("The one step that can be worked out is not clear in these records")
    numbers = {"looked": looked, "steps": steps}
    if seen == looked:
        return say(
            "{looked} of the {steps} steps can be worked out, and all of them are seen in these records", **numbers
        )
    if not seen:
        return say("{looked} of the {steps} steps can be worked out; none is clear in these records", **numbers)
    return say_many(
        "{looked} of the {steps} steps can be worked out; {seen} is seen in these records",
        "{looked} of the {steps} steps can be worked out; {seen} are seen in these records",
        seen,
        seen=seen,
        **numbers,
    )
