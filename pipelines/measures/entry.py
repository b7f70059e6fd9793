"""What a measure is: its words, who is counted, how it may be split, and which estimator works it out.

An entry holds no computation. It refuses to exist if it compares people by something that measures how long they
stayed: such a comparison says that people who stayed had stayed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipelines.constructs import CONSTRUCTS, EARLY_DAYS
from pipelines.definitions import definitions as known_definitions
from pipelines.estimate_table import SHAPES
from pipelines.questions import DIMENSIONS

Rows = Literal["enrolled", "followed", "landmark", "months"]
ROWS: tuple[Rows, ...] = ("enrolled", "followed", "landmark", "months")
"""Who is counted: everybody enrolled, everybody whose staying can be followed, everybody still in at the landmark; or
months of tables that hold no person."""
DOORS = ("live", "release")
TIME_IN_PROGRAM = {
    "number_of_sessions": "people who stay longer have more sessions",
    "last_score": "the last score is dated by when the person left",
    "mean_of_all_scores": "the mean of all scores uses scores given after the comparison starts",
    "slope_of_scores": "the slope over the whole stay uses scores given after the comparison starts",
    "ever_received": "people who stay longer have more chances to receive anything",
}
"""Ways to sort people that measure how long they stayed, and why each is refused."""


SOURCES = ("early_mean", "by_session")
"""Scores people may be compared by: complete at the landmark, or at the session at which the comparison starts."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What people are compared by: a score of a construct from `source`, 'early_mean' complete on `last_day`.

    'by_session' is complete at the session at which the comparison starts, whatever its day. Raises ValueError for a
    source that measures time in the program or a score that is complete after the landmark.
    """

    construct: str
    source: str = "early_mean"
    last_day: int = EARLY_DAYS

    def __post_init__(self) -> None:
        if self.source in TIME_IN_PROGRAM:
            raise ValueError(f"{self.source} measures time in the program: {TIME_IN_PROGRAM[self.source]}")
        if self.source not in SOURCES or self.construct not in CONSTRUCTS:
            raise ValueError("people are compared by the early mean of a declared construct")
        if self.last_day > EARLY_DAYS:
            raise ValueError(f"a score complete on day {self.last_day} cannot start a comparison on day {EARLY_DAYS}")

    @property
    def from_landmark(self) -> bool:
        """Whether the comparison starts at the landmark."""
        return self.source == "early_mean"


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: its label and its unit."""

    label: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure. Raises ValueError unless every field says something and names only what is declared.

    `definitions` are those it rests on, in the order of reading; `rows` is who is counted; `groupings` the dimensions
    it may be split by, up to `most_groupings` of them at once; `fixed_groupings` those it is always split by; `y` is
    the axis of the estimate, `x` empty where there is none.
    """

    id: str
    label: str
    question: str
    definition: str
    definitions: tuple[str, ...]
    numerator: str
    denominator: str
    exclusions: tuple[str, ...]
    rows: Rows
    estimator: str
    shape: str
    y: Axis
    cautions: tuple[str, ...]
    x: Axis | None = None
    groupings: tuple[str, ...] = ()
    most_groupings: int = 1
    fixed_groupings: tuple[str, ...] = ()
    constructs: tuple[str, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    horizon: int = 180
    doors: tuple[str, ...] = DOORS
    owner: str = "Outcomes team"
    reviewed: str = "2026-11"
    version: int = 1

    def __post_init__(self) -> None:
        texts = (self.id, self.label, self.question, self.definition, self.numerator, self.denominator, self.estimator)
        if not all(text.strip() for text in (*texts, *self.exclusions, *self.cautions)) or not self.cautions:
            raise ValueError(f"measure {self.id}: every text must say something, and there must be a caution")
        if not self.definitions or not set(self.definitions) <= set(known_definitions()):
            raise ValueError(f"measure {self.id}: it must rest on definitions that exist")
        if self.rows not in ROWS or self.shape not in SHAPES or not set(self.doors) <= set(DOORS):
            raise ValueError(f"measure {self.id}: rows, shape and doors must be declared ones")
        if not set(self.groupings) | set(self.fixed_groupings) <= set(DIMENSIONS):
            raise ValueError(f"measure {self.id}: groupings must be declared dimensions")
        if not set(self.constructs) <= set(CONSTRUCTS):
            raise ValueError(f"measure {self.id}: constructs must be declared ones")
