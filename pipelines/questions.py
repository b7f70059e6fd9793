"""What may be asked: dimensions with their categories, settings, and a question that is checked before any SQL runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.definitions import definition
from pipelines.faults import Fault, InputFault
from pipelines.marts import BANDS, MART_AGE_BANDS
from pipelines.schema import GENDERS, HOUSING, REFERRALS, SUBSTANCES

GAPS = definition("left_early").numbers("choices_days")
"""Days without contact after which somebody counts as having left."""
DEFAULT_GAP = definition("left_early").number("gap_days")
NEW_EPISODE_AFTER = (None, *definition("new_episode").numbers("choices_days"))
"""Days after a recorded exit from which a return is a new episode; None where it is as recorded, the default. Chosen
when records are loaded, because everything of an episode is worked out then."""
CLOCKS = {"first_session": "since the first session", "enrolment": "since enrolling"}
CONTACTS = {"any": "attended sessions and two-way contacts", "attended": "attended sessions only"}
EPISODES = {"first": "each person's first episode", "all": "all episodes"}
BAND_DIMENSIONS = ("alliance_band", "self_efficacy_band")
"""Dimensions made from an early score: they restart the clock on the day the score is complete."""
NO_SCORE, LEFT_BEFORE = "no_score", "left_before"
"""Categories of a band dimension beside the bands: still in at the landmark without a score, and not in then."""
TIME_DIMENSIONS = ("cohort", "enrol_quarter")


@dataclass(frozen=True, slots=True)
class Settings:
    """How leaving is counted: `gap_days` in GAPS, `clock` in CLOCKS, `contacts` in CONTACTS, `episodes` in EPISODES."""

    gap_days: int = DEFAULT_GAP
    clock: str = "first_session"
    contacts: str = "any"
    episodes: str = "first"


@dataclass(frozen=True, slots=True)
class Question:
    """One measure, split by the dimensions `by`, for people in one of the categories of every filter in `where`."""

    measure: str
    by: tuple[str, ...] = ()
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    settings: Settings = Settings()

    @property
    def from_landmark(self) -> bool:
        """Whether a grouping or filter by an early score moves the start of the clock to the landmark day."""
        return any(name in BAND_DIMENSIONS for name in (*self.by, *(name for name, _ in self.where)))

    @property
    def cohort_text(self) -> str:
        """Who is counted, as the estimate table writes it: 'all' or the filters as dimension=category|category."""
        return ";".join(f"{name}={'|'.join(categories)}" for name, categories in self.where) or "all"


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension people can be grouped or filtered by, with its categories as (code, label) in their order."""

    name: str
    label: str
    categories: tuple[tuple[str, str], ...] = ()


_WORDS = {
    "woman": "Women",
    "man": "Men",
    "nonbinary": "Nonbinary people",
    "undisclosed": "Not disclosed",
    "opioid": "Opioids",
    "stimulant": "Stimulants",
    "self": "Themselves",
    "peer": "A peer",
    "controlled": "Controlled setting",
    "stable": "Stable housing",
    "unstable": "Unstable housing",
    "homeless": "Without housing",
    "unknown": "Not known",
    "no_score": "No early score",
    "left_before": "Left before day 30",
}


def _words(codes: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((code, _WORDS.get(code, code.replace("_", " ").capitalize())) for code in codes)


_BAND_CATEGORIES = _words((*BANDS, NO_SCORE, LEFT_BEFORE))
DIMENSIONS: Mapping[str, Dimension] = {
    dimension.name: dimension
    for dimension in (
        Dimension("site", "Site"),
        Dimension("cohort", "Enrolled in"),
        Dimension("enrol_quarter", "Quarter of enrolment"),
        Dimension(
            "age_band", "Age", tuple((band, "Not known" if band == "unknown" else band) for band in MART_AGE_BANDS)
        ),
        Dimension("gender", "Gender", _words(GENDERS)),
        Dimension("primary_substance", "Main substance", _words(SUBSTANCES)),
        Dimension("referral_source", "Referred by", _words(REFERRALS)),
        Dimension("housing", "Housing", _words(HOUSING)),
        Dimension("alliance_band", "Early alliance", _BAND_CATEGORIES),
        Dimension("self_efficacy_band", "Early self-efficacy", _BAND_CATEGORIES),
    )
}
"""Every dimension; site, cohort and quarter take their categories from the records."""


def check_settings(settings: Settings) -> list[Fault]:
    """Return what is wrong with `settings`; nothing if they are declared ones."""
    allowed: dict[str, tuple[object, Sequence[object]]] = {
        "gap_days": (settings.gap_days, GAPS),
        "clock": (settings.clock, list(CLOCKS)),
        "contacts": (settings.contacts, list(CONTACTS)),
        "episodes": (settings.episodes, list(EPISODES)),
    }
    return [
        Fault(f"setting {name}", "is not one of its declared values", f"Use one of {', '.join(map(str, values))}.")
        for name, (value, values) in allowed.items()
        if value not in values
    ]


def rule_of_new_episodes(facts: Mapping[str, str], where: str = "dataset") -> int | None:
    """Return after how many days a return is a new episode, as `facts` of the records say; None as recorded.

    Raises InputFault, naming the file `where`, for anything but a declared number of days.
    """
    told = facts.get("new_episode_after_days", "")
    allowed = {"" if days is None else str(days): days for days in NEW_EPISODE_AFTER}
    if told not in allowed:
        remedy = f"Use one of {', '.join(filter(None, allowed))}, or leave it out to take episodes as recorded."
        raise InputFault(Fault(f"{where}, new_episode_after_days", "is not a declared number of days", remedy))
    return allowed[told]


def check_filters(where: Sequence[tuple[str, Sequence[str]]], dimensions: Mapping[str, Dimension]) -> list[Fault]:
    """Return what is wrong with the filters of a question: undeclared dimensions or categories, repeats, empty ones."""
    names = [name for name, _ in where]
    faults = [
        Fault(f"filter {name}", "is given twice", "Put all its categories into one filter.")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    for name, categories in where:
        if name not in dimensions:
            faults.append(Fault("filters", "name an undeclared dimension", f"Use one of {', '.join(dimensions)}."))
            continue
        known = [code for code, _ in dimensions[name].categories]
        if not categories:
            faults.append(Fault(f"filter {name}", "names no category", "Name at least one, or leave the filter out."))
        if not set(categories) <= set(known):
            faults.append(Fault(f"filter {name}", "names an undeclared category", f"Use one of {', '.join(known)}."))
    return faults


def raise_if(faults: Sequence[Fault]) -> None:
    """Raise InputFault with `faults` unless there are none."""
    if faults:
        raise InputFault(faults)
