"""The tables of what happens in an episode: sessions, questionnaires, other contacts."""

from __future__ import annotations

from pipelines.schema.columns import Column, Table, category, coded, day, derived, integer
from pipelines.schema.lists import (
    ASSESSMENT_STATUSES,
    EVENT_TYPES,
    RATERS,
    SESSION_KINDS,
    SESSION_MODES,
    SESSION_STATUSES,
    WAVES,
)

SESSIONS = Table(
    "sessions",
    "one row per scheduled or held session",
    ("session_id",),
    (
        coded("session_id", "session", "Session code"),
        coded("episode_id", "episode", "Episode code", references="episodes.episode_id"),
        coded("coach_id", "coach", "Coach code", references="coaches.coach_id", required=False),
        day("scheduled_day", "Scheduled", "Day for which the session was planned."),
        day("occurred_day", "Held", "Day on which the session was held; empty if it was not."),
        category("status", "Attendance", "What became of the session.", SESSION_STATUSES, required=True),
        category("mode", "Mode", "How coach and person met.", SESSION_MODES),
        integer("minutes", "Length", "Length of the session.", 0, 600, "minutes"),
        category("kind", "Kind", "Kind of session.", SESSION_KINDS),
    ),
)
ASSESSMENTS = Table(
    "assessments",
    "one row per questionnaire of one episode, rater and day",
    ("assessment_id",),
    (
        coded("assessment_id", "assessment", "Assessment code"),
        coded("episode_id", "episode", "Episode code", references="episodes.episode_id"),
        coded("coach_id", "coach", "Coach code", references="coaches.coach_id", required=False),
        coded("session_id", "session", "Session code", references="sessions.session_id", required=False),
        Column(
            "instrument_id",
            "VARCHAR",
            "Questionnaire",
            "Identifier of the instrument in the registry.",
            "category",
            "instrument_id",
            required=True,
            references="instruments.instrument_id",
        ),
        Column(
            "instrument_version",
            "VARCHAR",
            "Version",
            "Version of the instrument; versions are never pooled.",
            "label",
            "instrument_version",
        ),
        category(
            "rater", "Rated by", "Who answered the questionnaire; raters are never pooled.", RATERS, required=True
        ),
        day("day", "Day", "Day on which the questionnaire was answered or due.", required=True),
        category("wave", "Wave", "When in the episode the questionnaire belongs.", WAVES),
        category("status", "Answered", "What became of the questionnaire.", ASSESSMENT_STATUSES, required=True),
        Column(
            "total",
            "DOUBLE",
            "Score",
            "Total score on the instrument's own scale; empty if it could not be scored.",
            "number",
            "total",
            unit="instrument scale",
        ),
        derived("pomp", "DOUBLE", "Score, 0 to 100", "Score as percent of the maximum possible.", "percent 0-100"),
        derived("n_items", "INTEGER", "Items", "Items of the instrument.", "items"),
        derived("n_missing", "INTEGER", "Items without an answer", "Items without an answer.", "items"),
        derived("prorated", "BOOLEAN", "Prorated", "Missing items were replaced by the mean of those answered."),
        derived("at_ceiling", "BOOLEAN", "At the ceiling", "The score is the highest possible."),
        derived(
            "score_origin",
            "VARCHAR",
            "Score origin",
            "Whether the score was worked out from items or taken as reported.",
            "",
            ("items", "reported_total"),
        ),
    ),
)
ASSESSMENT_ITEMS = Table(
    "assessment_items",
    "one row per answered item of an assessment",
    ("assessment_id", "item_no"),
    (
        coded("assessment_id", "assessment", "Assessment code", references="assessments.assessment_id"),
        integer("item_no", "Item number", "Number of the item; wording is never stored.", 1, 99, required=True),
        Column(
            "value",
            "DOUBLE",
            "Answer",
            "Answer as coded by the instrument.",
            "number",
            "value",
            unit="instrument scale",
        ),
    ),
)
ASSESSMENT_SUBSCALES = Table(
    "assessment_subscales",
    "one row per subscale of a scored assessment",
    ("assessment_id", "subscale"),
    (
        Column(
            "assessment_id",
            "UUID",
            "Assessment code",
            "Keyed code of the assessment.",
            references="assessments.assessment_id",
        ),
        derived("subscale", "VARCHAR", "Subscale", "Name of the subscale in the registry."),
        derived("value", "DOUBLE", "Score", "Subscale score on the instrument's own scale.", "instrument scale"),
    ),
    loaded=False,
)
ENGAGEMENT_EVENTS = Table(
    "engagement_events",
    "one row per contact or event outside sessions",
    ("event_id",),
    (
        coded("event_id", "event", "Event code"),
        coded("episode_id", "episode", "Episode code", references="episodes.episode_id"),
        day("day", "Day", "Day of the event.", required=True),
        category("type", "Type", "What happened.", EVENT_TYPES, required=True),
        category("initiated_by", "Started by", "Who started the contact.", ("participant", "coach", "system")),
        integer("minutes", "Length", "Length of the contact.", 0, 600, "minutes"),
        Column(
            "linked_participant_id",
            "UUID",
            "Linked person",
            "Keyed code of a person who came to the program through this one.",
            "pseudonym",
            "linked_participant_id",
            purpose="participant",
        ),
    ),
)
