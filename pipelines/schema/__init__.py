"""Every canonical table, declared once: what a column means, its unit, its type and its allowed values.

The declaration drives staging, validation, de-identification, the comments written into DuckDB,
the templates and the data dictionary. Two names matter for a column: `incoming` is the heading an
organisation's file carries (raw identifiers and dates), `name` is what is stored (keyed codes and
day numbers). A column without `incoming` is worked out by the load. Source of the table design:
the canonical tables of the project's domain reference, section 4.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.schema.columns import Column, Table, Transform
from pipelines.schema.contacts import ASSESSMENT_ITEMS, ASSESSMENT_SUBSCALES, ASSESSMENTS, ENGAGEMENT_EVENTS, SESSIONS
from pipelines.schema.lists import (
    AGE_BANDS,
    ASSESSMENT_STATUSES,
    COACH_ROLES,
    EMPLOYMENT,
    EVENT_TYPES,
    EXIT_CAUSE_GROUPS,
    EXIT_TYPES,
    GENDERS,
    HOUSING,
    RACE_ETHNICITY,
    RATERS,
    REFERRALS,
    RIPPLE_EVENTS,
    SESSION_KINDS,
    SESSION_MODES,
    SESSION_STATUSES,
    SETTINGS,
    SUBSTANCES,
    TWO_WAY_CONTACTS,
    WAVES,
)
from pipelines.schema.of_load import (
    DATASET,
    IMPORT_LOG,
    INSTRUMENTS,
    QUALITY_CHECKS,
    QUARANTINE,
    SITE_MONTH_ACTIVE,
    SITE_MONTH_SESSIONS,
)
from pipelines.schema.people import COACH_ASSIGNMENTS, COACHES, DISCHARGES, EPISODES, PARTICIPANTS, SITES

__all__ = [
    "AGE_BANDS",
    "ASSESSMENTS",
    "ASSESSMENT_ITEMS",
    "ASSESSMENT_STATUSES",
    "ASSESSMENT_SUBSCALES",
    "COACHES",
    "COACH_ASSIGNMENTS",
    "COACH_ROLES",
    "DATASET",
    "DISCHARGES",
    "EMPLOYMENT",
    "ENGAGEMENT_EVENTS",
    "EPISODES",
    "EVENT_TYPES",
    "EXIT_CAUSE_GROUPS",
    "EXIT_TYPES",
    "GENDERS",
    "HOUSING",
    "IMPORT_LOG",
    "INSTRUMENTS",
    "PARTICIPANTS",
    "QUALITY_CHECKS",
    "QUARANTINE",
    "RACE_ETHNICITY",
    "RATERS",
    "REFERRALS",
    "RIPPLE_EVENTS",
    "SESSIONS",
    "SESSION_KINDS",
    "SESSION_MODES",
    "SESSION_STATUSES",
    "SETTINGS",
    "SITES",
    "SITE_MONTH_ACTIVE",
    "SITE_MONTH_SESSIONS",
    "SUBSTANCES",
    "TABLES",
    "TWO_WAY_CONTACTS",
    "WAVES",
    "Column",
    "Table",
    "Transform",
    "loaded_tables",
    "table",
]

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
