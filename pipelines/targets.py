"""What a column of a file can be matched with, each under one plain name: an identifier, a column of ours, a score."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from pipelines import schema
from pipelines.instruments import Instrument
from pipelines.schema import Column

LEAVE_OUT = ""
TOTAL = "total:"
"""Start of the target that is the total score of one questionnaire; its identifier follows."""
WEEKS = "weeks"
"""What columns that stand side by side may be, beside the answers of a questionnaire: attendance week by week."""
IDENTIFIERS = {
    "participant_id": "Person: your ID",
    "episode_id": "Enrolment: your ID",
    "coach_id": "Coach: your ID",
    "site_id": "Site",
    "session_id": "Session: your ID",
    "assessment_id": "Questionnaire: your ID",
    "event_id": "Contact: your ID",
}
"""Identifiers mean the same in every file, so each is one target."""
GROUPS = {
    "participants": "Person",
    "episodes": "Enrolment",
    "sessions": "Session",
    "assessments": "Questionnaire",
    "assessment_items": "Answer",
    "engagement_events": "Contact",
    "discharges": "Exit",
    "sites": "Site",
    "coaches": "Coach",
    "coach_assignments": "Coach assignment",
}
"""What one row of each table is called, in the order in which targets are listed."""
PLURALS = {
    "participants": "people",
    "episodes": "enrolments",
    "sessions": "sessions",
    "assessments": "questionnaires",
    "assessment_items": "answers",
    "engagement_events": "contacts",
    "discharges": "exits",
    "sites": "sites",
    "coaches": "coaches",
    "coach_assignments": "coach assignments",
}
_NAMES = {
    "episodes.enrolled_date": "date",
    "episodes.episode_no": "number",
    "episodes.extract_date": "day the file was made",
    "sessions.scheduled_date": "date planned",
    "sessions.occurred_date": "date held",
    "assessments.instrument_id": "which questionnaire",
    "assessments.date": "date",
    "assessments.total": "total score, any questionnaire",
    "assessment_items.value": "what was answered",
    "engagement_events.date": "date",
    "engagement_events.linked_participant_id": "ID of a person who came through this one",
    "discharges.exit_date": "date",
    "sites.site_code": "name",
    "participants.zip": "ZIP code",
    "sessions.minutes": "length in minutes",
    "engagement_events.minutes": "length in minutes",
    "participants.age": "age in years",
    "participants.moud": "medications for opioid use disorder",
}
"""Names of targets where the label of the stored column says something else than what the file holds."""


def target_of(table: str, column: Column) -> str:
    """Return the target of a column of ours: the name of the identifier, else `table.column`."""
    name = str(column.incoming)
    return name if name in IDENTIFIERS else f"{table}.{name}"


@cache
def column_targets() -> Mapping[str, str]:
    """Return every identifier and every column of ours that is no identifier, with its plain name, in order."""
    found: dict[str, str] = dict(IDENTIFIERS)
    for table, group in GROUPS.items():
        for column in schema.table(table).incoming:
            target = target_of(table, column)
            if target not in found:
                label = column.label if column.label.isupper() else column.label[0].lower() + column.label[1:]
                found[target] = f"{group}: {_NAMES.get(target, label)}"
    return found


def targets(registry: Mapping[str, Instrument]) -> dict[str, str]:
    """Return every target with its plain name: to leave a column out, identifiers, columns, scores."""
    scores = {f"{TOTAL}{one.instrument_id}": f"Score: {one.short_name}, total" for one in registry.values()}
    return {LEAVE_OUT: "Leave out", **column_targets(), **scores}


def column_of(target: str) -> tuple[str, Column] | None:
    """Return table and column of a target that is no score; for an identifier those of the table it names."""
    for table in GROUPS:
        for column in schema.table(table).incoming:
            if target_of(table, column) == target:
                return table, column
    return None
