"""Broken rows planted in a sample, one rule each, so that a load can be seen to keep exactly these out.

Every planted row is an extra row with an identifier of its own (but for the duplicate), so nothing a
person did is lost with it. Only children of a planted questionnaire follow it into quarantine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines import schema
from pipelines.simulate.population import Simulated

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Planted:
    """One row that must end in quarantine: its table, its number in the file (heading is row 1), rule and column."""

    table: str
    row_no: int
    rule: str
    column: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A row to plant: the cells that are not empty, the rule it breaks and the column the rule is about."""

    row: Row
    rule: str
    column: str


def _active(program: Simulated, count: int) -> np.ndarray:
    """Return the first episodes that are still open and have a session, by number from 1."""
    open_ = (program.records.record_day < 0) & (program.exits.cause == 0)
    seen = np.bincount(program.visits.episode[program.visits.attended], minlength=len(open_)) > 0
    found = np.flatnonzero(open_ & seen)[:count] + 1
    if len(found) < count:
        raise ValueError("too few open episodes to plant broken rows in; simulate more people")
    return found


def broken_rows(program: Simulated, tables: Mapping[str, pd.DataFrame]) -> dict[str, list[Broken]]:
    """Return the rows to plant, by table; raises ValueError if the program is too small to hold them."""
    episodes = _active(program, 4)
    who = [f"E-{number:05d}" for number in episodes]
    start = tables["episodes"]["enrolled_date"].to_numpy()[episodes - 1].astype("datetime64[D]")
    coach = [f"C-{program.episode_people.coach[number - 1] + 1:03d}" for number in episodes]

    def date(place: int, days: int) -> str:
        return str(start[place] + days)

    def number(letter: str, table: str, more: int) -> str:
        return f"{letter}-{len(tables[table]) + more}"

    session = {"coach_id": coach[0], "status": "attended", "mode": "phone", "minutes": "45", "kind": "coaching"}
    sessions = [
        Broken(
            {**session, "session_id": number("S", "sessions", 1), "episode_id": who[0]}
            | {"scheduled_date": date(0, -200), "occurred_date": date(0, -200)},
            "session_before_enrolment",
            "occurred_date",
        ),
        Broken(
            {**session, "session_id": number("S", "sessions", 2), "episode_id": "E-99999999"}
            | {"scheduled_date": date(0, 9), "occurred_date": date(0, 9)},
            "unknown_reference",
            "episode_id",
        ),
        Broken(
            {**session, "session_id": number("S", "sessions", 3), "episode_id": who[0], "minutes": "4500"}
            | {"scheduled_date": date(0, 10), "occurred_date": date(0, 10)},
            "minutes_out_of_range",
            "minutes",
        ),
    ]
    event = {"episode_id": who[1], "type": "text", "initiated_by": "system"}
    events = [
        Broken({**event, "event_id": "V-1", "date": date(1, 4)}, "duplicate_key", "event_id"),
        Broken({**event, "event_id": number("V", "engagement_events", 1), "date": "2025-13-45"}, "bad_date", "date"),
        Broken(
            {**event, "event_id": number("V", "engagement_events", 2), "date": date(1, 5), "type": "carrier_pigeon"},
            "unknown_category",
            "type",
        ),
    ]
    ended = {"exit_type": "completed", "planned": "true", "source_code": "01", "derived_by": "recorded"}
    discharges = [
        Broken(
            {**ended, "episode_id": who[0], "exit_date": date(0, 20), "exit_type": ""}, "missing_required", "exit_type"
        ),
        Broken({**ended, "episode_id": who[1], "exit_date": date(1, -30)}, "exit_before_enrolment", "exit_date"),
        Broken(
            {**ended, "episode_id": who[2], "exit_date": date(2, 20), "source_code": "Maria Gonzalez"},
            "name_like_text",
            "source_code",
        ),
        Broken(
            {**ended, "episode_id": who[3], "exit_date": date(3, 20), "source_code": "880044123456"},
            "long_digit_run",
            "source_code",
        ),
    ]
    paper = {"episode_id": who[2], "rater": "participant", "wave": "in_program", "status": "complete"}
    answered = number("A", "assessments", 1)
    assessments = [
        Broken(
            {**paper, "assessment_id": answered, "instrument_id": "gse_10", "date": date(2, 6)}, "item_out_of_range", ""
        ),
        Broken(
            {**paper, "assessment_id": number("A", "assessments", 2), "instrument_id": "phq_9"}
            | {"date": date(2, 7), "total": "31"},
            "total_out_of_range",
            "total",
        ),
    ]
    items = [
        Broken(
            {"assessment_id": answered, "item_no": str(item), "value": "9" if item == 4 else "3"},
            "item_out_of_range" if item == 4 else "parent_in_quarantine",
            "value" if item == 4 else "assessment_id",
        )
        for item in range(1, 11)
    ]
    return {
        "sessions": sessions,
        "engagement_events": events,
        "discharges": discharges,
        "assessments": assessments,
        "assessment_items": items,
    }


def planted_frame(table: str, broken: list[Broken]) -> pd.DataFrame:
    """Return broken rows as text columns in the order of the incoming file; an empty cell is missing."""
    headings = [column.incoming for column in schema.table(table).incoming]
    return pd.DataFrame(
        [[one.row.get(str(heading)) or None for heading in headings] for one in broken],
        columns=headings,
        dtype="object",
    )


def places(table: str, broken: list[Broken], rows: int) -> tuple[int, list[Planted]]:
    """Return after how many of `rows` good rows the broken ones stand, and where each one is then found."""
    before = rows // 2
    return before, [Planted(table, before + 2 + place, one.rule, one.column) for place, one in enumerate(broken)]
