"""Every canonical table, declared once: what a column means, its unit, its type and its allowed values.

The declaration drives staging, validation, de-identification, the comments written into DuckDB,
the templates and the data dictionary. Two names matter for a column: `incoming` is the heading an
organisation's file carries (raw identifiers and dates), `name` is what is stored (keyed codes and
day numbers). A column without `incoming` is worked out by the load. Source of the table design:
the canonical tables of the project's domain reference, section 4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Transform = Literal[
    "pseudonym", "label", "category", "integer", "number", "flag", "day", "quarter", "age_band", "zip3", "derived"
]
"""How an incoming cell becomes a stored value.

pseudonym: keyed code, one sub-key per purpose · label: short open text that passes the identifier
detectors · category: one of `allowed`, else "unknown" where allowed, else quarantine · day: a date
becomes days since the episode's first contact · quarter: a date becomes year and quarter ·
age_band: whole years become a band · zip3: first three digits, 000 for small areas.
"""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a canonical table; `minimum` and `maximum` are inclusive bounds of a stored number."""

    name: str
    type: str
    label: str
    meaning: str
    transform: Transform = "derived"
    incoming: str | None = None
    required: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    purpose: str = ""
    references: str = ""
    caution: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One canonical table: its grain in one sentence, its key and its columns in stored order."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    loaded: bool = True

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError if the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    @property
    def incoming(self) -> tuple[Column, ...]:
        """Columns read from an organisation's file, in declared order."""
        return tuple(column for column in self.columns if column.incoming)


AGE_BANDS = ("<18", "18-24", "25-34", "35-44", "45-54", "55-64", "65-74", "75-89", "90+")
GENDERS = ("woman", "man", "nonbinary", "other", "undisclosed")
SUBSTANCES = ("alcohol", "opioid", "stimulant", "cannabis", "other", "none", "unknown")
HOUSING = ("stable", "unstable", "homeless", "controlled", "unknown")
EMPLOYMENT = ("full_time", "part_time", "student", "unemployed", "retired", "unable", "other", "unknown")
RACE_ETHNICITY = ("asian", "black", "hispanic", "indigenous", "multiracial", "white", "another", "unknown")
REFERRALS = ("self", "family", "treatment", "hospital", "court", "community", "peer", "other", "unknown")
SETTINGS = ("rco", "rcc", "hospital", "court", "residence", "telehealth", "other")
COACH_ROLES = ("peer_coach", "supervisor", "volunteer", "clinician", "other")
SESSION_STATUSES = (
    "attended",
    "no_show",
    "cancelled_client",
    "late_cancel",
    "cancelled_staff",
    "rescheduled",
    "unknown",
)
SESSION_MODES = ("in_person", "phone", "video", "text", "group", "community", "unknown")
SESSION_KINDS = ("coaching", "group", "intake", "recovery_plan", "other")
RATERS = ("participant", "coach", "observer")
WAVES = ("intake", "in_program", "exit", "followup")
ASSESSMENT_STATUSES = ("complete", "partial", "refused", "not_located", "due_missed")
EVENT_TYPES = (
    "call_attempt",
    "call_reached",
    "text",
    "text_answered",
    "email",
    "checkin",
    "center_visit",
    "mutual_help_meeting",
    "group",
    "referral_made",
    "referral_completed",
    "goal_set",
    "goal_completed",
    "volunteering",
    "mentoring",
    "sponsoring",
    "facilitated",
    "trained_as_coach",
    "became_coach",
    "referred_someone_in",
    "recurrence",
    "ed_visit",
    "naloxone",
    "other",
)
TWO_WAY_CONTACTS = ("call_reached", "checkin", "center_visit", "group", "text_answered")
"""Event types that count as contact for the gap rule, beside attended sessions."""
RIPPLE_EVENTS = (
    "volunteering",
    "mentoring",
    "sponsoring",
    "facilitated",
    "trained_as_coach",
    "became_coach",
    "referred_someone_in",
)
"""Event types in which a person helps others (ripple events)."""
EXIT_TYPES = (
    "completed",
    "dropped_out",
    "administrative",
    "rule_violation",
    "transferred",
    "incarcerated",
    "died",
    "hospitalised",
    "moved",
    "other",
    "unknown",
)
EXIT_CAUSE_GROUPS = {
    "completed": 2,
    "dropped_out": 1,
    "administrative": 1,
    "rule_violation": 1,
    "transferred": 3,
    "incarcerated": 4,
    "died": 4,
    "hospitalised": 4,
    "moved": 4,
    "other": 1,
    "unknown": 1,
}
"""Exit type to cause: 1 left early, 2 completed, 3 transferred or referred on, 4 death, incarceration, hospital, moved.

An unplanned exit whose reason is unknown or other belongs to cause 1 and is also shown as "not recorded".
"""


def _id(name: str, purpose: str, label: str, *, references: str = "", required: bool = True) -> Column:
    return Column(
        name,
        "UUID",
        label,
        f"Keyed code of the {purpose}; the organisation's own identifier is not stored.",
        transform="pseudonym",
        incoming=name,
        required=required,
        purpose=purpose,
        references=references,
    )


def _category(
    name: str, label: str, meaning: str, allowed: tuple[str, ...], *, required: bool = False, caution: str = ""
) -> Column:
    return Column(name, "VARCHAR", label, meaning, "category", name, required, allowed, caution=caution)


def _flag(name: str, label: str, meaning: str) -> Column:
    return Column(name, "BOOLEAN", label, meaning, "flag", name, allowed=("true", "false"))


def _integer(
    name: str, label: str, meaning: str, low: int, high: int, unit: str = "", *, required: bool = False
) -> Column:
    return Column(name, "INTEGER", label, meaning, "integer", name, required, minimum=low, maximum=high, unit=unit)


def _day(name: str, label: str, meaning: str, *, required: bool = False) -> Column:
    return Column(
        name, "INTEGER", label, meaning, "day", name.removesuffix("day") + "date", required, unit="days since day 0"
    )


def _label(name: str, label: str, meaning: str) -> Column:
    return Column(name, "VARCHAR", label, meaning, "label", name)


def _derived(name: str, type_: str, label: str, meaning: str, unit: str = "", allowed: tuple[str, ...] = ()) -> Column:
    return Column(name, type_, label, meaning, unit=unit, allowed=allowed)


SITES = Table(
    "sites",
    "one row per site of the organisation",
    ("site_id",),
    (
        _id("site_id", "site", "Site code"),
        _label("site_code", "Site", "Short name or code of the site as shown on screen."),
        _label("region", "Region", "Coarse region of the site; never an address."),
        _category("setting", "Setting", "Kind of place the site is.", SETTINGS),
    ),
)
COACHES = Table(
    "coaches",
    "one row per coach",
    ("coach_id",),
    (
        _id("coach_id", "coach", "Coach code"),
        _id("site_id", "site", "Site code", references="sites.site_id", required=False),
        _category("role", "Role", "Role of the coach.", COACH_ROLES),
        _flag("certified", "Certified", "Holds a peer or recovery coach certificate."),
        _flag("lived_experience", "Lived experience", "Has lived experience of recovery."),
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
        _derived("start_quarter", "INTEGER", "Quarter started", "Quarter in which the coach started.", "quarter 1-4"),
    ),
)
PARTICIPANTS = Table(
    "participants",
    "one row per person in the program",
    ("participant_id",),
    (
        _id("participant_id", "participant", "Participant code"),
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
        _category("gender", "Gender", "Gender as the person describes it.", GENDERS),
        _category("race_eth", "Race and ethnicity", "Coarse group as the person describes it.", RACE_ETHNICITY),
        Column(
            "zip3",
            "VARCHAR",
            "ZIP area",
            "First three digits of the ZIP code; 000 where fewer than 20,000 people live.",
            "zip3",
            "zip",
        ),
        _category("primary_substance", "Main substance", "Substance the person named as main.", SUBSTANCES),
        _category("housing", "Housing", "Housing at first contact.", HOUSING),
        _category("employment", "Employment", "Employment at first contact.", EMPLOYMENT),
        _flag("justice_involved", "Justice involvement", "Under supervision or with an open case at first contact."),
        _flag(
            "moud",
            "Medications for opioid use disorder",
            "Uses medications for opioid use disorder at first contact.",
        ),
        _integer(
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
        _id("episode_id", "episode", "Episode code"),
        _id("participant_id", "participant", "Participant code", references="participants.participant_id"),
        _id("site_id", "site", "Site code", references="sites.site_id"),
        _integer("episode_no", "Episode number", "1 for the person's first episode here, then 2, 3, ...", 1, 99),
        _derived("enrol_year", "INTEGER", "Year of first contact", "Calendar year of the first contact.", "year"),
        _derived(
            "enrol_quarter", "INTEGER", "Quarter of first contact", "Quarter of the first contact.", "quarter 1-4"
        ),
        _category("referral_source", "Referred by", "Who or what brought the person to the program.", REFERRALS),
        _label("program", "Program", "Program name or code."),
        _integer("planned_length_days", "Planned length", "Planned length of the episode.", 1, 3650, "days"),
        _day("enrolled_day", "Enrolment", "Day of enrolment.", required=True),
        _derived(
            "first_attended_day",
            "INTEGER",
            "First attended session",
            "Day of the first attended session; empty if none was attended.",
            "days since day 0",
        ),
        _derived(
            "last_contact_day",
            "INTEGER",
            "Last contact",
            "Last day with an attended session or a two-way contact; enrolment if there was none.",
            "days since day 0",
        ),
        _day(
            "extract_day",
            "Extract",
            "Day on which the records were extracted; the end of what is known.",
            required=True,
        ),
        _derived(
            "status", "VARCHAR", "Status", "closed if an exit is recorded, else active.", "", ("active", "closed")
        ),
    ),
)
COACH_ASSIGNMENTS = Table(
    "coach_assignments",
    "one row per period in which a coach was assigned to an episode",
    ("episode_id", "coach_id", "start_day"),
    (
        _id("episode_id", "episode", "Episode code", references="episodes.episode_id"),
        _id("coach_id", "coach", "Coach code", references="coaches.coach_id"),
        _day("start_day", "Start", "First day of the assignment.", required=True),
        _day("end_day", "End", "Last day of the assignment; empty while it lasts."),
        _flag("is_primary", "Primary coach", "This coach is the person's main coach."),
    ),
)
SESSIONS = Table(
    "sessions",
    "one row per scheduled or held session",
    ("session_id",),
    (
        _id("session_id", "session", "Session code"),
        _id("episode_id", "episode", "Episode code", references="episodes.episode_id"),
        _id("coach_id", "coach", "Coach code", references="coaches.coach_id", required=False),
        _day("scheduled_day", "Scheduled", "Day for which the session was planned."),
        _day("occurred_day", "Held", "Day on which the session was held; empty if it was not."),
        _category("status", "Attendance", "What became of the session.", SESSION_STATUSES, required=True),
        _category("mode", "Mode", "How coach and person met.", SESSION_MODES),
        _integer("minutes", "Length", "Length of the session.", 0, 600, "minutes"),
        _category("kind", "Kind", "Kind of session.", SESSION_KINDS),
    ),
)
ASSESSMENTS = Table(
    "assessments",
    "one row per questionnaire of one episode, rater and day",
    ("assessment_id",),
    (
        _id("assessment_id", "assessment", "Assessment code"),
        _id("episode_id", "episode", "Episode code", references="episodes.episode_id"),
        _id("coach_id", "coach", "Coach code", references="coaches.coach_id", required=False),
        _id("session_id", "session", "Session code", references="sessions.session_id", required=False),
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
        _category(
            "rater", "Rated by", "Who answered the questionnaire; raters are never pooled.", RATERS, required=True
        ),
        _day("day", "Day", "Day on which the questionnaire was answered or due.", required=True),
        _category("wave", "Wave", "When in the episode the questionnaire belongs.", WAVES),
        _category("status", "Answered", "What became of the questionnaire.", ASSESSMENT_STATUSES, required=True),
        Column(
            "total",
            "DOUBLE",
            "Score",
            "Total score on the instrument's own scale; empty if it could not be scored.",
            "number",
            "total",
            unit="instrument scale",
        ),
        _derived("pomp", "DOUBLE", "Score, 0 to 100", "Score as percent of the maximum possible.", "percent 0-100"),
        _derived("n_items", "INTEGER", "Items", "Items of the instrument.", "items"),
        _derived("n_missing", "INTEGER", "Items without an answer", "Items without an answer.", "items"),
        _derived("prorated", "BOOLEAN", "Prorated", "Missing items were replaced by the mean of those answered."),
        _derived("at_ceiling", "BOOLEAN", "At the ceiling", "The score is the highest possible."),
        _derived(
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
        _id("assessment_id", "assessment", "Assessment code", references="assessments.assessment_id"),
        _integer("item_no", "Item number", "Number of the item; wording is never stored.", 1, 99, required=True),
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
        _derived("subscale", "VARCHAR", "Subscale", "Name of the subscale in the registry."),
        _derived("value", "DOUBLE", "Score", "Subscale score on the instrument's own scale.", "instrument scale"),
    ),
    loaded=False,
)
ENGAGEMENT_EVENTS = Table(
    "engagement_events",
    "one row per contact or event outside sessions",
    ("event_id",),
    (
        _id("event_id", "event", "Event code"),
        _id("episode_id", "episode", "Episode code", references="episodes.episode_id"),
        _day("day", "Day", "Day of the event.", required=True),
        _category("type", "Type", "What happened.", EVENT_TYPES, required=True),
        _category("initiated_by", "Started by", "Who started the contact.", ("participant", "coach", "system")),
        _integer("minutes", "Length", "Length of the contact.", 0, 600, "minutes"),
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
DISCHARGES = Table(
    "discharges",
    "one row per episode with a recorded exit",
    ("episode_id",),
    (
        _id("episode_id", "episode", "Episode code", references="episodes.episode_id"),
        _day("exit_day", "Exit", "Day of the recorded exit.", required=True),
        _category("exit_type", "Reason", "Recorded reason for the exit.", EXIT_TYPES, required=True),
        _flag("planned", "Planned", "The exit was planned with the person."),
        _derived("cause_group", "INTEGER", "Kind of exit", "1 left early, 2 completed, 3 transferred, 4 other exit."),
        _label("source_code", "Source code", "Code of the reason in the source system."),
        _category("derived_by", "Recorded by", "recorded, or worked out by a rule.", ("recorded", "gap_rule")),
    ),
)
INSTRUMENTS = Table(
    "instruments",
    "one row per instrument of the registry in use",
    ("instrument_id",),
    (
        _derived("instrument_id", "VARCHAR", "Questionnaire", "Identifier of the instrument."),
        _derived("name", "VARCHAR", "Name", "Name of the instrument."),
        _derived(
            "construct",
            "VARCHAR",
            "Measures",
            "Empathy, alliance, empowerment, self-efficacy, recovery capital, other.",
        ),
        _derived("scale_min", "DOUBLE", "Lowest score", "Lowest possible total.", "instrument scale"),
        _derived("scale_max", "DOUBLE", "Highest score", "Highest possible total.", "instrument scale"),
        _derived("higher_is_better", "BOOLEAN", "Higher is better", "A higher score is the better one."),
        _derived("licence", "VARCHAR", "Licence", "Terms of use of the instrument."),
        _derived("verified", "BOOLEAN", "Key verified", "The scoring key was confirmed at its source."),
    ),
    loaded=False,
)
SITE_MONTH_SESSIONS = Table(
    "site_month_sessions",
    "one row per site, calendar month and session status; no person, no episode, no coach",
    ("site_id", "month", "status"),
    (
        Column("site_id", "UUID", "Site code", "Keyed code of the site.", references="sites.site_id"),
        _derived("month", "VARCHAR", "Month", "Calendar month, YYYY-MM.", "calendar month"),
        _derived("status", "VARCHAR", "Attendance", "What became of the sessions.", "", SESSION_STATUSES),
        _derived("n_sessions", "INTEGER", "Sessions", "Number of sessions.", "sessions"),
        _derived("minutes_total", "INTEGER", "Minutes", "Minutes of these sessions.", "minutes"),
    ),
    loaded=False,
)
SITE_MONTH_ACTIVE = Table(
    "site_month_active",
    "one row per site and calendar month; no person, no episode, no coach",
    ("site_id", "month"),
    (
        Column("site_id", "UUID", "Site code", "Keyed code of the site.", references="sites.site_id"),
        _derived("month", "VARCHAR", "Month", "Calendar month, YYYY-MM.", "calendar month"),
        _derived("n_active", "INTEGER", "People seen", "People with an attended session in the month.", "people"),
    ),
    loaded=False,
)
IMPORT_LOG = Table(
    "import_log",
    "one row per table of a batch; when it was loaded is kept in the log folder, not here",
    ("batch_id", "table_name"),
    (
        _derived("load_no", "INTEGER", "Load", "1 for the first batch of these records, then 2, 3, ..."),
        _derived("batch_id", "VARCHAR", "Batch", "Hash of the content of the batch."),
        _derived("table_name", "VARCHAR", "Table", "Canonical table the file fills."),
        _derived("file_sha256", "VARCHAR", "File hash", "SHA-256 of the file as read."),
        _derived("preset", "VARCHAR", "Mapping", "Mapping used."),
        _derived("rows_in", "BIGINT", "Rows read", "Rows read from the file.", "rows"),
        _derived("rows_ok", "BIGINT", "Rows stored", "Rows stored.", "rows"),
        _derived("rows_quarantined", "BIGINT", "Rows in quarantine", "Rows kept out, each with its rule.", "rows"),
        _derived("rows_carried", "BIGINT", "Rows carried", "Rows of earlier batches that stay as they were.", "rows"),
        _derived(
            "rows_replaced", "BIGINT", "Rows replaced", "Rows of earlier batches that came again in this one.", "rows"
        ),
        _derived(
            "rows_withdrawn",
            "BIGINT",
            "Rows withdrawn",
            "Rows of earlier batches that contradict this one and are kept out from now on.",
            "rows",
        ),
        _derived("dropped_columns", "INTEGER", "Columns dropped", "Columns that are not in the schema.", "columns"),
    ),
    loaded=False,
)
QUARANTINE = Table(
    "quarantine",
    "one row per rule that kept a row out; never a value",
    ("batch_id", "table_name", "file_name", "row_no", "rule", "column_name", "row_code"),
    (
        _derived("batch_id", "VARCHAR", "Batch", "Identifier of the load."),
        _derived("table_name", "VARCHAR", "Table", "Canonical table."),
        _derived("file_name", "VARCHAR", "File", "File the row stands in, or the files its table was made from."),
        _derived(
            "row_no", "BIGINT", "Row", "Number of the row in the file; the heading is row 1; 0 for an earlier batch."
        ),
        _derived("rule", "VARCHAR", "Rule", "Identifier of the rule."),
        _derived("column_name", "VARCHAR", "Column", "Column the rule is about."),
        _derived("row_code", "UUID", "Row code", "Keyed code of the row's key; empty if the key could not be read."),
    ),
    loaded=False,
)
DATASET = Table(
    "dataset",
    "one row per fact about the records as a whole; no date",
    ("key",),
    (
        _derived("key", "VARCHAR", "Fact", "What is said: title, demonstration, records_to, mapping, ..."),
        _derived("value", "VARCHAR", "Value", "The fact, as text."),
    ),
    loaded=False,
)
QUALITY_CHECKS = Table(
    "quality_checks",
    "one row per check and table it looks at",
    ("rule", "table_name"),
    (
        _derived("rule", "VARCHAR", "Check", "Stable identifier of the check."),
        _derived("table_name", "VARCHAR", "Table", "Canonical table."),
        _derived(
            "severity",
            "VARCHAR",
            "Severity",
            "error keeps a row out, warn marks it, info counts it.",
            "",
            ("error", "warn", "info"),
        ),
        _derived(
            "result",
            "VARCHAR",
            "Result",
            "No row, some rows up to the limit, more than the limit, nothing to look at, or not run.",
            "",
            ("pass", "pass_with_rows", "fail", "not_applicable", "error"),
        ),
        _derived("row_count", "BIGINT", "Rows found", "Rows the check found.", "rows"),
        _derived("of_rows", "BIGINT", "Rows looked at", "Rows the check looked at.", "rows"),
        _derived("share", "DOUBLE", "Share", "Rows found of the rows looked at.", "share 0-1"),
        _derived("limit_share", "DOUBLE", "Limit", "Share of rows beyond which the check fails.", "share 0-1"),
        _derived("sentence", "VARCHAR", "What was found", "The check in plain words."),
        _derived("remedy", "VARCHAR", "What to do", "What to do about it."),
    ),
    loaded=False,
)

TABLES: tuple[Table, ...] = (
    SITES,
    COACHES,
    PARTICIPANTS,
    EPISODES,
    COACH_ASSIGNMENTS,
    SESSIONS,
    ASSESSMENTS,
    ASSESSMENT_ITEMS,
    ASSESSMENT_SUBSCALES,
    ENGAGEMENT_EVENTS,
    DISCHARGES,
    INSTRUMENTS,
    SITE_MONTH_SESSIONS,
    SITE_MONTH_ACTIVE,
    IMPORT_LOG,
    QUARANTINE,
    DATASET,
    QUALITY_CHECKS,
)


def table(name: str) -> Table:
    """Return the canonical table called `name`; KeyError if there is none."""
    for declared in TABLES:
        if declared.name == name:
            return declared
    raise KeyError(f"there is no canonical table {name}")


def loaded_tables() -> Iterator[Table]:
    """Yield the tables an organisation's files fill, parents before children."""
    return (declared for declared in TABLES if declared.loaded)
