"""Tables worked out from the canonical ones so that no page waits: declared like them, one row per stated grain.

A mart is a pure function of the canonical tables and the instrument registry; `records.build_marts`
writes it and the files in `sql/` say how. Early scores belong to the 30 days that begin with the
first attended session, so that a later comparison can start where the score ends.
"""

from __future__ import annotations

from pipelines import early_sessions, follow_up, page_columns
from pipelines.constructs import CONSTRUCT_NAMES, CONSTRUCTS, LANDMARK_DAYS
from pipelines.schema import (
    EMPLOYMENT,
    EXIT_TYPES,
    GENDERS,
    HOUSING,
    RACE_ETHNICITY,
    REFERRALS,
    SUBSTANCES,
    Column,
    Table,
)

SEVERITY = "symptoms"
"""Construct whose intake score is the baseline severity."""
BANDS = ("lower", "middle", "higher")
SCORE_DAYS = 359
"""Last day since the first session whose ratings a line of scores over the months shows."""
MART_AGE_BANDS = ("<18", "18-24", "25-34", "35-44", "45-54", "55-64", "65+", "unknown")
"""Age bands of the marts and of both doors: the stored bands with everybody of 65 and over together."""


def _column(
    name: str, type_: str, label: str, meaning: str, unit: str = "", allowed: tuple[str, ...] = (), references: str = ""
) -> Column:
    return Column(name, type_, label, meaning, unit=unit, allowed=allowed, references=references)


def _day(name: str, label: str, meaning: str) -> Column:
    return _column(name, "INTEGER", label, meaning, "days since day 0")


def _count(name: str, label: str, meaning: str, unit: str) -> Column:
    return _column(name, "INTEGER", label, meaning, unit)


def _early(construct: str) -> tuple[Column, ...]:
    name = CONSTRUCT_NAMES[construct]
    return (
        _column(
            f"early_{construct}_score",
            "DOUBLE",
            f"Early score: {name}",
            "Mean of the person's own ratings in the 30 days from the first session; empty with too few ratings.",
            "instrument scale",
        ),
        _count(
            f"early_{construct}_ratings",
            f"Early ratings: {name}",
            "The person's own scored ratings in the 30 days from the first session.",
            "ratings",
        ),
        _column(
            f"early_{construct}_band",
            "VARCHAR",
            f"Early band: {name}",
            "Display band of the early score; display bands are not clinical.",
            "",
            BANDS,
        ),
        _column(
            f"{construct}_at_ceiling",
            "BOOLEAN",
            f"At the ceiling: {name}",
            "The early score is the highest possible; empty without an early score.",
        ),
    )


MART_EPISODES = Table(
    "mart_episodes",
    "one row per episode of coaching of one person, sorted by the common filters",
    ("episode_id",),
    (
        _column("episode_id", "UUID", "Episode code", "Keyed code of the episode.", references="episodes.episode_id"),
        _column(
            "participant_id",
            "UUID",
            "Participant code",
            "Keyed code of the participant.",
            references="participants.participant_id",
        ),
        _column("is_first", "BOOLEAN", "First episode", "The person's first episode in these records."),
        _column("site", "VARCHAR", "Site", "Name or code of the site as shown on screen."),
        _column("cohort", "VARCHAR", "Cohort", "Half-year of the first contact, such as 2024-H1.", "half-year"),
        _column("enrol_year", "INTEGER", "Year of first contact", "Calendar year of the first contact.", "year"),
        _column(
            "enrol_quarter", "VARCHAR", "Quarter of first contact", "Quarter of the first contact, 2024-Q1.", "quarter"
        ),
        _column("age_band", "VARCHAR", "Age", "Age at first contact, in bands up to 65+.", "years", MART_AGE_BANDS),
        _column("gender", "VARCHAR", "Gender", "Gender as the person describes it.", "", GENDERS),
        _column(
            "race_eth",
            "VARCHAR",
            "Race and ethnicity",
            "Coarse group as the person describes it.",
            "",
            RACE_ETHNICITY,
        ),
        _column(
            "primary_substance", "VARCHAR", "Main substance", "Substance the person named as main.", "", SUBSTANCES
        ),
        _column(
            "referral_source",
            "VARCHAR",
            "Referred by",
            "Who or what brought the person to the program.",
            "",
            REFERRALS,
        ),
        _column("housing", "VARCHAR", "Housing", "Housing at first contact.", "", HOUSING),
        _column("employment", "VARCHAR", "Employment", "Employment at first contact.", "", EMPLOYMENT),
        _day("enrolled_day", "Enrolment", "Day of enrolment."),
        _day("first_attended_day", "First attended session", "Day of the first attended session; empty if none."),
        _day("last_attended_day", "Last attended session", "Day of the last attended session; empty if none."),
        _day(
            "last_contact_day",
            "Last contact",
            "Last day with an attended session or a two-way contact; enrolment if there was none.",
        ),
        _day("extract_day", "Extract", "Day on which the records were extracted; the end of what is known."),
        _day("exit_day", "Exit", "Day of the recorded exit; empty if none is recorded."),
        _column("exit_type", "VARCHAR", "Reason", "Recorded reason for the exit.", "", EXIT_TYPES),
        _column(
            "exit_cause",
            "INTEGER",
            "Kind of exit",
            "1 left early, 2 completed, 3 transferred, 4 other exit; empty if no exit is recorded.",
        ),
        _count("sessions_attended", "Sessions attended", "Sessions the person attended.", "sessions"),
        _count("sessions_no_show", "No-shows", "Sessions the person did not come to.", "sessions"),
        _count("sessions_late_cancel", "Late cancellations", "Sessions the person cancelled late.", "sessions"),
        _count("sessions_scheduled", "Sessions scheduled", "All session records, whatever became of them.", "sessions"),
        _column(
            "coach_id",
            "UUID",
            "Main coach",
            "Coach with most attended sessions up to 30 days after the first session, else over the whole episode.",
            references="coaches.coach_id",
        ),
        _count("prior_episodes", "Earlier episodes", "Episodes of coaching or treatment before this one.", "episodes"),
        _column(
            "severity_score",
            "DOUBLE",
            "Baseline severity",
            "Intake score of the severity questionnaire; empty if there is none.",
            "instrument scale",
        ),
        _column(
            "is_engaged",
            "BOOLEAN",
            "Engaged",
            "A session attended within 14 days of enrolment and two more within 34 days after the first.",
        ),
        *(column for construct in CONSTRUCTS for column in _early(construct)),
        _column(
            "stay_ending",
            "INTEGER",
            "How the stay ended",
            "Under the default settings: 8 times the day since the first session, plus 0 still followed, 1 left early, "
            "2 completed, 3 transferred, 4 other exit; -1 too recent to say, -2 no session attended.",
        ),
        _column(
            "stay_follow_up",
            "INTEGER",
            "Days of follow-up",
            "End of follow-up under the default settings, whether or not the person stayed so long.",
            "days since the first session",
        ),
        *page_columns.COLUMNS,
    ),
    loaded=False,
)
MART_LANDMARKS = Table(
    "mart_landmarks",
    "one row per episode, instrument, version, rater and landmark day with at least one scored rating",
    ("episode_id", "instrument_id", "instrument_version", "rater", "landmark_day"),
    (
        _column("episode_id", "UUID", "Episode code", "Keyed code of the episode.", references="episodes.episode_id"),
        _column("instrument_id", "VARCHAR", "Questionnaire", "Identifier of the instrument."),
        _column("instrument_version", "VARCHAR", "Version", "Version of the instrument; versions are never pooled."),
        _column("rater", "VARCHAR", "Rated by", "Who answered the questionnaire; raters are never pooled."),
        _column(
            "landmark_day",
            "INTEGER",
            "Landmark",
            "Last day whose ratings count.",
            "days since the first session",
            tuple(map(str, LANDMARK_DAYS)),
        ),
        _count("n_ratings", "Ratings", "Scored ratings from the first session to the landmark day.", "ratings"),
        _column("score_mean", "DOUBLE", "Mean score", "Mean of these ratings.", "instrument scale"),
        _column(
            "last_day", "INTEGER", "Last rating", "Day of the last of these ratings.", "days since the first session"
        ),
    ),
    loaded=False,
)
COACH_SESSIONS = Table(
    "coach_sessions",
    "one row per episode and coach with at least one attended session",
    ("episode_id", "coach_id"),
    (
        _column("episode_id", "UUID", "Episode code", "Keyed code of the episode.", references="episodes.episode_id"),
        _column("coach_id", "UUID", "Coach code", "Keyed code of the coach.", references="coaches.coach_id"),
        _count("sessions_attended", "Sessions attended", "Sessions attended with this coach.", "sessions"),
    ),
    loaded=False,
)
RIPPLES = Table(
    "ripple_events",
    "one row per episode with at least one event of helping others",
    ("episode_id",),
    (
        _column("episode_id", "UUID", "Episode code", "Keyed code of the episode.", references="episodes.episode_id"),
        _count("n_events", "Events of helping others", "Events in which the person helped others.", "events"),
        _day("first_day", "First event of helping others", "Day of the first such event."),
    ),
    loaded=False,
)
HELPING_DAYS = Table(
    "helping_days",
    "one row per episode and day with an event of helping others",
    ("episode_id", "day"),
    (
        _column("episode_id", "UUID", "Episode code", "Keyed code of the episode.", references="episodes.episode_id"),
        _day("day", "Day of helping others", "Day of the events."),
        _count(
            "n_events", "Events of helping others", "Events of the day in which the person helped others.", "events"
        ),
    ),
    loaded=False,
)
CONSTRUCT_INSTRUMENTS = Table(
    "constructs",
    "one row per construct that was rated: the instrument, version and rater that stand for it",
    ("construct",),
    (
        _column("construct", "VARCHAR", "Measures", "What the instrument measures."),
        _column("instrument_id", "VARCHAR", "Questionnaire", "Identifier of the instrument."),
        _column("instrument_version", "VARCHAR", "Version", "Version of the instrument; versions are never pooled."),
        _column("rater", "VARCHAR", "Rated by", "Who answered the questionnaire; raters are never pooled."),
        _column("name", "VARCHAR", "Name", "Name of the instrument."),
        _column("scale_min", "DOUBLE", "Lowest score", "Lowest possible total.", "instrument scale"),
        _column("scale_max", "DOUBLE", "Highest score", "Highest possible total.", "instrument scale"),
        _column("band_low", "DOUBLE", "Middle band from", "Scores below are in the lower band.", "instrument scale"),
        _column(
            "band_high", "DOUBLE", "Higher band from", "Scores from here are in the higher band.", "instrument scale"
        ),
        _count("early_min_ratings", "Ratings needed", "Ratings an early score needs.", "ratings"),
        _column("verified", "BOOLEAN", "Key verified", "The scoring key was confirmed at its source."),
    ),
    loaded=False,
)
SCORE_MONTHS = Table(
    "score_months",
    "one row per episode, construct and month since the first session with a rating",
    ("episode_id", "construct", "month"),
    (
        _column("episode_id", "UUID", "Episode code", "Keyed code of the episode.", references="episodes.episode_id"),
        _column("construct", "VARCHAR", "Measures", "What the instrument measures.", "", CONSTRUCTS),
        _column("month", "INTEGER", "Month", "0 for the first 30 days since the first session.", "months of 30 days"),
        _count("n_ratings", "Ratings", "Scored ratings of the month.", "ratings"),
        _column("score_mean", "DOUBLE", "Mean score", "Mean of these ratings.", "instrument scale"),
        _column("at_ceiling", "BOOLEAN", "At the ceiling", "Every rating of the month is the highest possible."),
        _column("at_floor", "BOOLEAN", "At the floor", "Every rating of the month is the lowest possible."),
    ),
    loaded=False,
)
RESUMED_PARTS = Table(
    "resumed_parts",
    "one row per recorded episode that counts as part of an earlier one of the same person",
    ("episode_id",),
    (
        _column("episode_id", "UUID", "Episode code", "Keyed code of the episode.", references="episodes.episode_id"),
        _column(
            "part_of", "UUID", "Part of", "Keyed code of the episode it is part of.", references="episodes.episode_id"
        ),
        _count("shift", "Days between", "Days from the day 0 of that episode to the day 0 of this one.", "days"),
    ),
    loaded=False,
)
MARTS: tuple[Table, ...] = (
    RESUMED_PARTS,
    CONSTRUCT_INSTRUMENTS,
    MART_LANDMARKS,
    SCORE_MONTHS,
    COACH_SESSIONS,
    RIPPLES,
    HELPING_DAYS,
    *follow_up.TABLES,
    *early_sessions.TABLES,
    MART_EPISODES,
)
