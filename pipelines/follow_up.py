"""After coaching: which follow-ups were due, which were answered, and whether a gain was still there; as tables.

A follow-up belongs to a recorded exit. It is due once its window has closed by the extract, so that nobody counts as
missed who may still answer. `sql/change_scales.sql` says how large a change must be, `sql/lasting_changes.sql` who
kept one.
"""

from __future__ import annotations

from pipelines.definitions import definition
from pipelines.schema import Column, Table

_SAID = definition("follow_up")
FOLLOW_UP_DAYS = _SAID.numbers("planned_days")
"""Days after the recorded exit at which a follow-up is planned."""
WINDOW_BEFORE, WINDOW_AFTER = _SAID.number("window_before"), _SAID.number("window_after")
"""Days before and after the planned day on which an answer counts: a month early to just under two months late, so
that no two windows meet. After the window of the GPRA six-month follow-up, which opens one month early and closes two
months late."""
NO_FOLLOW_UP_AFTER = ("died",)
"""Exit types after which no follow-up is due."""
BASELINE_PEOPLE = definition("reliable_change").number("baseline_people")
"""Intake scores needed before their spread stands for the program's own baseline."""
FOLLOW_UP_TARGET = _SAID.number("target_percent") / 100
"""Least follow-up rate below which a share of those who answered says little of the others (GPRA minimum)."""

KNOWN_ENDED_BY, KNOWN_FOLLOW_UP = definition("known_lasting_change").numbers("ended_by_and_follow_up_days")
"""Days since the first session by which coaching must have ended, and the follow-up after it, to be known to last."""
KNOWN_AFTER = KNOWN_ENDED_BY + KNOWN_FOLLOW_UP + WINDOW_AFTER
"""Days since the first session after which it is known for everybody."""
KNOWN_CONSTRUCT = "recovery_capital"


def window(day: int) -> tuple[int, int]:
    """Return the first and last day after the exit on which an answer counts for the follow-up planned on `day`."""
    return day - WINDOW_BEFORE, day + WINDOW_AFTER


_EPISODE = Column("episode_id", "UUID", "Episode code", "Keyed code of the episode.", references="episodes.episode_id")
_DAY = Column(
    "follow_up_day",
    "INTEGER",
    "Follow-up",
    "Day for which the follow-up is planned.",
    unit="days since the recorded exit",
    allowed=tuple(map(str, FOLLOW_UP_DAYS)),
)


def _score(name: str, label: str, meaning: str) -> Column:
    return Column(name, "DOUBLE", label, meaning, unit="instrument scale")


CHANGE_SCALES = Table(
    "change_scales",
    "one row per construct whose instrument can tell a change from chance",
    ("construct",),
    (
        Column("construct", "VARCHAR", "Measures", "What the instrument measures."),
        Column("direction", "INTEGER", "Direction", "1 if a higher score is better, -1 if a lower one is."),
        Column("baseline_people", "INTEGER", "Intake scores", "Episodes with an intake score.", unit="episodes"),
        _score("baseline_sd", "Spread at intake", "Standard deviation of the intake scores; empty below 20 of them."),
        Column("alpha", "DOUBLE", "Reliability", "Reliability of the instrument as its file states it, 0 to 1."),
        _score(
            "reliable_change",
            "Reliable change",
            "Least change that is more than the error of measurement (Jacobson and Truax).",
        ),
        _score("allowed_loss", "Allowed loss", "Loss since the exit up to which a gain still counts as kept."),
        Column(
            "allowed_loss_source",
            "VARCHAR",
            "Source of the allowed loss",
            "The smallest difference that matters to people where the instrument has one, else the reliable change.",
            allowed=("minimal_important_difference", "reliable_change"),
        ),
    ),
    loaded=False,
)
FOLLOW_UPS = Table(
    "follow_ups",
    "one row per episode and follow-up that was due by the extract",
    ("episode_id", "follow_up_day"),
    (
        _EPISODE,
        _DAY,
        Column("is_answered", "BOOLEAN", "Answered", "A questionnaire was answered within the window."),
    ),
    loaded=False,
)
LASTING_CHANGES = Table(
    "lasting_changes",
    "one row per episode, construct and follow-up that was due by the extract, with an intake score",
    ("episode_id", "construct", "follow_up_day"),
    (
        _EPISODE,
        Column("construct", "VARCHAR", "Measures", "What the instrument measures."),
        _DAY,
        _score("intake_score", "Score at intake", "First score at intake."),
        _score("exit_score", "Score at the exit", "Last score up to the recorded exit; the intake score if no other."),
        _score("last_score", "Last score before", "Last score before the window of the follow-up opens."),
        _score("follow_up_score", "Score at follow-up", "Score in the window nearest to the day; empty if none."),
        Column(
            "is_lasting",
            "BOOLEAN",
            "Lasting change",
            "At follow-up at least the reliable change above intake and no more than the allowed loss below the exit; "
            "empty without a follow-up score.",
        ),
        Column(
            "was_lasting",
            "BOOLEAN",
            "Lasting as last seen",
            "The same of the last score before the window of the follow-up opens.",
        ),
    ),
    loaded=False,
)
TABLES: tuple[Table, ...] = (CHANGE_SCALES, FOLLOW_UPS, LASTING_CHANGES)
