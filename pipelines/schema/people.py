"""The tables of places, coaches, people and their episodes: what an organisation knows before anything happens."""

from __future__ import annotations

from pipelines.schema.columns import Column, Table, category, coded, day, derived, flag, integer, label
from pipelines.schema.lists import (
    AGE_BANDS,
    COACH_ROLES,
    EMPLOYMENT,
    EXIT_TYPES,
    GENDERS,
    HOUSING,
    RACE_ETHNICITY,
    REFERRALS,
    SETTINGS,
    SUBSTANCES,
)

SITES = Table(
    "sites",
    "one row per site of the organisation",
    ("site_id",),
    (
        coded("site_id", "site", "Site code"),
        label("site_code", "Site", "Short name or code of the site as shown on screen."),
        label("region", "Region", "Coarse region of the site; never an address."),
        category("setting", "Setting", "Kind of place the site is.", SETTINGS),
    ),
)
COACHES = Table(
    "coaches",
    "one row per coach",
    ("coach_id",),
    (
        coded("coach_id", "coach", "Coach code"),
        coded("site_id", "site", "Site code", references="sites.site_id", required=False),
        category("role", "Role", "Role of the coach.", COACH_ROLES),
        flag("certified", "Certified", "Holds a peer or recovery coach certificate."),
        flag("lived_experience", "Lived experience", "Has lived experience of recovery."),
        Column(
            "fte",
            "DOUBLE",
            "Working time",
            "Share of full working time.",
            "number",
            "fte",
            minimum=0,
            maximum=2,
            unit="full-time equivalents",
        ),
        Column(
            "start_year",
            "INTEGER",
            "Year started",
            "Calendar year in which the coach started.",
            "quarter",
            "start_date",
            unit="year",
        ),
        derived("start_quarter", "INTEGER", "Quarter started", "Quarter in which the coach started.", "quarter 1-4"),
    ),
)
PARTICIPANTS = Table(
    "participants",
    "one row per person in the program",
    ("participant_id",),
    (
        coded("participant_id", "participant", "Participant code"),
        Column(
            "age_band",
            "VARCHAR",
            "Age",
            "Age in years at first contact, in bands.",
            "age_band",
            "age",
            allowed=(*AGE_BANDS, "unknown"),
            minimum=0,
            maximum=120,
            unit="years",
        ),
        category("gender", "Gender", "Gender as the person describes it.", GENDERS),
        category("race_eth", "Race and ethnicity", "Coarse group as the person describes it.", RACE_ETHNICITY),
        Column(
            "zip3",
            "VARCHAR",
            "ZIP area",
            "First three digits of the ZIP code; 000 where fewer than 20,000 people live.",
            "zip3",
            "zip",
        ),
        category("primary_substance", "Main substance", "Substance the person named as main.", SUBSTANCES),
        category("housing", "Housing", "Housing at first contact.", HOUSING),
        category("employment", "Employment", "Employment at first contact.", EMPLOYMENT),
        flag("justice_involved", "Justice involvement", "Under supervision or with an open case at first contact."),
        flag(
            "moud",
            "Medications for opioid use disorder",
            "Uses medications for opioid use disorder at first contact.",
        ),
        integer(
            "prior_episodes",
            "Earlier episodes",
            "Episodes of coaching or treatment before this one.",
            0,
            99,
            "episodes",
        ),
    ),
)
EPISODES = Table(
    "episodes",
    "one row per episode of coaching of one person",
    ("episode_id",),
    (
        coded("episode_id", "episode", "Episode code"),
        coded("participant_id", "participant", "Participant code", references="participants.participant_id"),
        coded("site_id", "site", "Site code", references="sites.site_id"),
        integer("episode_no", "Episode number", "1 for the person's first episode here, then 2, 3, ...", 1, 99),
        derived("enrol_year", "INTEGER", "Year of first contact", "Calendar year of the first contact.", "year"),
        derived("enrol_quarter", "INTEGER", "Quarter of first contact", "Quarter of the first contact.", "quarter 1-4"),
        category("referral_source", "Referred by", "Who or what brought the person to the program.", REFERRALS),
        label("program", "Program", "Program name or code."),
        integer("planned_length_days", "Planned length", "Planned length of the episode.", 1, 3650, "days"),
        day("enrolled_day", "Enrolment", "Day of enrolment.", required=True),
        derived(
            "first_attended_day",
            "INTEGER",
            "First attended session",
            "Day of the first attended session; empty if none was attended.",
            "days since day 0",
        ),
        derived(
            "last_contact_day",
            "INTEGER",
            "Last contact",
            "Last day with an attended session or a two-way contact; enrolment if there was none.",
            "days since day 0",
        ),
        day(
            "extract_day",
            "Extract",
            "Day on which the records were extracted; the end of what is known.",
            required=True,
        ),
        derived("status", "VARCHAR", "Status", "closed if an exit is recorded, else active.", "", ("active", "closed")),
    ),
)
COACH_ASSIGNMENTS = Table(
    "coach_assignments",
    "one row per period in which a coach was assigned to an episode",
    ("episode_id", "coach_id", "start_day"),
    (
        coded("episode_id", "episode", "Episode code", references="episodes.episode_id"),
        coded("coach_id", "coach", "Coach code", references="coaches.coach_id"),
        day("start_day", "Start", "First day of the assignment.", required=True),
        day("end_day", "End", "Last day of the assignment; empty while it lasts."),
        flag("is_primary", "Primary coach", "This coach is the person's main coach."),
    ),
)
DISCHARGES = Table(
    "discharges",
    "one row per episode with a recorded exit",
    ("episode_id",),
    (
        coded("episode_id", "episode", "Episode code", references="episodes.episode_id"),
        day("exit_day", "Exit", "Day of the recorded exit.", required=True),
        category("exit_type", "Reason", "Recorded reason for the exit.", EXIT_TYPES, required=True),
        flag("planned", "Planned", "The exit was planned with the person."),
        derived("cause_group", "INTEGER", "Kind of exit", "1 left early, 2 completed, 3 transferred, 4 other exit."),
        label("source_code", "Source code", "Code of the reason in the source system."),
        category("derived_by", "Recorded by", "recorded, or worked out by a rule.", ("recorded", "gap_rule")),
    ),
)
