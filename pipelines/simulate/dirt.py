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


@dataclass(frozen=True, slots=True)
class Ground:
    """Where rows are planted: four open episodes with their coach and enrolment, and how long each table is."""

    episodes: tuple[str, ...]
    coaches: tuple[str, ...]
    starts: tuple[np.datetime64, ...]
    rows: Mapping[str, int]

    def date(self, place: int, days: int) -> str:
        """Return the ISO date `days` after the enrolment of the episode at `place`."""
        return str(self.starts[place] + days)

    def code(self, letter: str, table: str, more: int) -> str:
        """Return an identifier that no row of `table` has."""
        return f"{letter}-{self.rows[table] + more}"


def broken_rows(program: Simulated, tables: Mapping[str, pd.DataFrame]) -> dict[str, list[Broken]]:
    """Return the rows to plant, by table; raises ValueError if the program is too small to hold them."""
    ground = _ground(program, tables)
    assessments, items = _questionnaires(ground)
    return {
        "sessions": _sessions(ground),
        "engagement_events": _events(ground),
        "discharges": _discharges(ground),
        "assessments": assessments,
        "assessment_items": items,
    }


def _ground(program: Simulated, tables: Mapping[str, pd.DataFrame], count: int = 4) -> Ground:
    """Find the first episodes that are still open and have a session."""
    open_ = (program.records.record_day < 0) & (program.exits.cause == 0)
    seen = np.bincount(program.visits.episode[program.visits.attended], minlength=len(open_)) > 0
    found = np.flatnonzero(open_ & seen)[:count]
    if len(found) < count:
        raise ValueError("too few open episodes to plant broken rows in; simulate more people")
    starts = tables["episodes"]["enrolled_date"].to_numpy()[found].astype("datetime64[D]")
    return Ground(
        episodes=tuple(f"E-{number + 1:05d}" for number in found),
        coaches=tuple(f"C-{program.episode_people.coach[number] + 1:03d}" for number in found),
        starts=tuple(starts),
        rows={name: len(rows) for name, rows in tables.items()},
    )


def _sessions(ground: Ground) -> list[Broken]:
    """A session long before enrolment, one of an episode that is nowhere, one that lasts three days."""

    def session(more: int, days: int, **cells: str) -> Row:
        day = ground.date(0, days)
        return {
            "session_id": ground.code("S", "sessions", more),
            "episode_id": ground.episodes[0],
            "coach_id": ground.coaches[0],
            "scheduled_date": day,
            "occurred_date": day,
            "status": "attended",
            "mode": "phone",
            "minutes": "45",
            "kind": "coaching",
        } | cells

    return [
        Broken(session(1, -200), "session_before_enrolment", "occurred_date"),
        Broken(session(2, 9, episode_id="E-99999999"), "unknown_reference", "episode_id"),
        Broken(session(3, 10, minutes="4500"), "minutes_out_of_range", "minutes"),
    ]


def _events(ground: Ground) -> list[Broken]:
    """An event with an identifier that is taken, one on a day that does not exist, one of no known type."""

    def event(code: str, **cells: str) -> Row:
        given = {"event_id": code, "episode_id": ground.episodes[1], "date": ground.date(1, 4)}
        return given | {"type": "text", "initiated_by": "system"} | cells

    first, second = (ground.code("V", "engagement_events", more) for more in (1, 2))
    return [
        Broken(event("V-1"), "duplicate_key", "event_id"),
        Broken(event(first, date="2025-13-45"), "bad_date", "date"),
        Broken(event(second, type="carrier_pigeon"), "unknown_category", "type"),
    ]


def _discharges(ground: Ground) -> list[Broken]:
    """Exits of people who are still here: no reason, before enrolment, a name and a long number for a code."""

    def exit_of(place: int, days: int, **cells: str) -> Row:
        given = {"episode_id": ground.episodes[place], "exit_date": ground.date(place, days), "exit_type": "completed"}
        return given | {"planned": "true", "source_code": "01", "derived_by": "recorded"} | cells

    return [
        Broken(exit_of(0, 20, exit_type=""), "missing_required", "exit_type"),
        Broken(exit_of(1, -30), "exit_before_enrolment", "exit_date"),
        Broken(exit_of(2, 20, source_code="Maria Gonzalez"), "name_like_text", "source_code"),
        Broken(exit_of(3, 20, source_code="880044123456"), "long_digit_run", "source_code"),
    ]


def _questionnaires(ground: Ground) -> tuple[list[Broken], list[Broken]]:
    """A questionnaire with one impossible answer, its ten answers, and one with an impossible total."""

    def paper(code: str, instrument: str, days: int, **cells: str) -> Row:
        given = {"assessment_id": code, "episode_id": ground.episodes[2], "instrument_id": instrument}
        given |= {"rater": "participant", "date": ground.date(2, days), "wave": "in_program", "status": "complete"}
        return given | cells

    answered, totalled = (ground.code("A", "assessments", more) for more in (1, 2))
    assessments = [
        Broken(paper(answered, "gse_10", 6), "item_out_of_range", ""),
        Broken(paper(totalled, "phq_9", 7, total="31"), "total_out_of_range", "total"),
    ]
    items = []
    for item in range(1, 11):
        row = {"assessment_id": answered, "item_no": str(item), "value": "9" if item == 4 else "3"}
        rule = ("item_out_of_range", "value") if item == 4 else ("parent_in_quarantine", "assessment_id")
        items.append(Broken(row, *rule))
    return assessments, items


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
