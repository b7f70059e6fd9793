"""Scores by session instead of by day, and early attendance; as tables.

A session is a day with an attended session: a record knows days, so two sessions of one day are one. A comparison that
starts at the k-th session knows its day and the ratings up to it, and nothing later.
"""

from __future__ import annotations

from pipelines.definitions import definition
from pipelines.schema import Column, Table

SESSIONS = definition("by_session").numbers("sessions")
"""Sessions by which an early score may be complete."""
LATER_UNTIL_DAY = definition("later_sessions").number("until_day")
"""Day after the first session up to which later sessions are counted, from the end of the early days on."""
RATED = ("alliance", "self_efficacy")
"""Constructs whose scores are compared by session."""

_EPISODE = Column("episode_id", "UUID", "Episode code", "Keyed code of the episode.", references="episodes.episode_id")
EARLY_SESSIONS = Table(
    "early_sessions",
    "one row per episode with an attended session",
    ("episode_id",),
    (
        _EPISODE,
        Column(
            "attended_early",
            "INTEGER",
            "Attended early",
            "Sessions attended in the 30 days from the first session.",
            unit="sessions",
        ),
        Column(
            "due_early",
            "INTEGER",
            "Due early",
            "Sessions attended, missed without word or called off late in these days.",
            unit="sessions",
        ),
        Column(
            "attended_later",
            "INTEGER",
            "Attended later",
            f"Sessions attended after these days, up to day {LATER_UNTIL_DAY} from the first session.",
            unit="sessions",
        ),
        *(
            Column(
                f"session_{number}_day",
                "INTEGER",
                f"Day of session {number}",
                f"{number} days with an attended session, up to this one; empty if there were fewer.",
                unit="days since the first session",
            )
            for number in SESSIONS
        ),
    ),
    loaded=False,
)
SESSION_SCORES = Table(
    "session_scores",
    "one row per episode, construct and session by which a score may be complete, with at least one scored rating",
    ("episode_id", "construct", "session_no"),
    (
        _EPISODE,
        Column("construct", "VARCHAR", "Measures", "What the instrument measures.", allowed=RATED),
        Column(
            "session_no",
            "INTEGER",
            "Session",
            "Last session whose ratings count; the first session is 1.",
            allowed=tuple(map(str, SESSIONS)),
        ),
        Column("n_ratings", "INTEGER", "Ratings", "Scored ratings from the first session to this one.", unit="ratings"),
        Column("score_mean", "DOUBLE", "Mean score", "Mean of these ratings.", unit="instrument scale"),
    ),
    loaded=False,
)
TABLES = (EARLY_SESSIONS, SESSION_SCORES)
"""In the order in which they can be worked out."""
