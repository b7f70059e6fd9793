"""Small made-up records for tests: typed `clean_` tables as the load hands them over, and people of known outcome."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from pipelines import records, schema
from pipelines.warehouse import Reader, memory_connection, quoted

Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class TestInstrument:
    """What `records` reads of an instrument of the registry."""

    __test__ = False

    instrument_id: str
    construct: str
    scale_min: float
    scale_max: float
    display_bands: tuple[float, float]
    early_min_ratings: int = 2
    name: str = "a questionnaire"
    licence: str = "free"
    higher_is_better: bool = True
    verified: bool = True
    alpha: float | None = None
    reliable_change: float | None = None
    minimal_important_difference: float | None = None


REGISTRY: dict[str, Any] = {
    each.instrument_id: each
    for each in (
        TestInstrument("wai_sr", "alliance", 1, 5, (3.8, 4.5)),
        TestInstrument("srs", "alliance", 0, 40, (35, 38.5)),
        TestInstrument("gse", "self_efficacy", 10, 40, (27, 32), early_min_ratings=1),
        TestInstrument("care", "empathy", 10, 50, (43, 49)),
        TestInstrument("sev", "symptoms", 0, 10, (3, 7), early_min_ratings=1),
    )
}


def code(purpose: str, number: int) -> str:
    """Return a stable code for the numbered person, episode, coach, session, ... of a test."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{purpose}-{number}"))


def hand_over(con: duckdb.DuckDBPyConnection, rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
    """Create the TEMP table `clean_<table>` of every table in `rows`, with the declared columns and types."""
    for name, given in rows.items():
        declared = schema.table(name)
        columns = ", ".join(f"{quoted(column.name)} {column.type}" for column in declared.columns)
        con.execute(f"create or replace temp table {quoted('clean_' + name)} ({columns})")
        names = [column.name for column in declared.columns]
        frame = pd.DataFrame(list(given)).reindex(columns=names).astype(object)
        frame = frame.where(frame.notna(), None)
        con.register("handed_over", frame)
        casts = ", ".join(f"cast({quoted(column.name)} as {column.type})" for column in declared.columns)
        con.execute(f"insert into {quoted('clean_' + name)} select {casts} from handed_over")
        con.unregister("handed_over")


def build_records(rows: Mapping[str, Iterable[Mapping[str, Any]]], **settings: Any) -> duckdb.DuckDBPyConnection:
    """Return a database in memory with the canonical tables and marts made from `rows`."""
    con = memory_connection()
    hand_over(con, rows)
    records.store(con, REGISTRY, **settings)
    records.build_marts(con, REGISTRY)
    con.execute("insert into dataset values ('title', 'Test program'), ('records_to', '2024-Q4')")
    return con


def reader(con: duckdb.DuckDBPyConnection) -> Reader:
    """Return a reader of records that live in memory."""
    return Reader(Path("records-0001.duckdb"), con)


def one_site() -> Rows:
    """Return tables with one site and one coach and nobody in the program."""
    return {
        "sites": [{"site_id": code("site", 1), "site_code": "Ashgrove"}],
        "coaches": [{"coach_id": code("coach", 1), "site_id": code("site", 1)}],
        "participants": [],
        "episodes": [],
        "sessions": [],
        "assessments": [],
        "engagement_events": [],
        "discharges": [],
    }


def add_person(
    rows: Rows,
    number: int,
    *,
    extract: int,
    attended: Iterable[int] = (0,),
    contacts: Iterable[tuple[int, str]] = (),
    leaving: tuple[int, str] | None = None,
    enrolled: int = 0,
    ratings: Iterable[tuple[int, str, float]] = (),
    coach: int = 1,
    site: int = 1,
    episode_no: int = 1,
    person: int | None = None,
    other_sessions: Iterable[tuple[int, str]] = (),
    **traits: Any,
) -> None:
    """Add a person with one episode: attended days, contacts (day, type), exit (day, type), ratings (day, scale, x)."""
    episode = code("episode", number)
    participant = code("participant", number if person is None else person)
    year, quarter = traits.pop("enrol_year", 2024), traits.pop("enrol_quarter", 1)
    referral = traits.pop("referral_source", "self")
    if not any(row["participant_id"] == participant for row in rows["participants"]):
        person_traits = {"age_band": "25-34", "gender": "woman", "primary_substance": "alcohol", "housing": "stable"}
        rows["participants"].append({"participant_id": participant, **person_traits, **traits})
    rows["episodes"].append(
        {
            "episode_id": episode,
            "participant_id": participant,
            "site_id": code("site", site),
            "episode_no": episode_no,
            "enrol_year": year,
            "enrol_quarter": quarter,
            "referral_source": referral,
            "enrolled_day": enrolled,
            "extract_day": extract,
        }
    )
    held = [(day, "attended") for day in attended] + list(other_sessions)
    for place, (day, status) in enumerate(held):
        rows["sessions"].append(
            {
                "session_id": code("session", number * 1000 + place),
                "episode_id": episode,
                "coach_id": code("coach", coach),
                "scheduled_day": day,
                "occurred_day": day if status == "attended" else None,
                "status": status,
            }
        )
    for place, (day, kind) in enumerate(contacts):
        rows["engagement_events"].append(
            {"event_id": code("event", number * 1000 + place), "episode_id": episode, "day": day, "type": kind}
        )
    for place, (day, instrument, total) in enumerate(ratings):
        rows["assessments"].append(
            {
                "assessment_id": code("assessment", number * 1000 + place),
                "episode_id": episode,
                "instrument_id": instrument,
                "rater": "participant",
                "day": day,
                "wave": "intake" if instrument == "sev" else "in_program",
                "status": "complete",
                "total": total,
            }
        )
    if leaving is not None:
        rows["discharges"].append({"episode_id": episode, "exit_day": leaving[0], "exit_type": leaving[1]})


EIGHT_OUTCOMES = {
    1: ("followed", 51, 1),
    2: ("followed", 161, 1),
    3: ("followed", 170, 0),
    4: ("followed", 95, 2),
    5: ("followed", 1, 1),
    6: ("followed", 120, 4),
    7: ("immature", None, None),
    8: ("followed", 170, 0),
}
"""State, day and cause of the eight people for a gap of 30 days and an extract on day 200."""


def eight_people() -> Rows:
    """Return the eight people on whom the definition of leaving is agreed."""
    rows = one_site()
    add_person(rows, 1, extract=200, attended=[0, 20, 50])
    add_person(rows, 2, extract=200, attended=[0, 80, 160])
    add_person(rows, 3, extract=200, attended=[0, 90, 180])
    add_person(rows, 4, extract=200, attended=[0, 45, 90], leaving=(95, "completed"))
    add_person(rows, 5, extract=200, attended=[0])
    add_person(rows, 6, extract=200, attended=[0, 60, 110], leaving=(120, "incarcerated"))
    add_person(rows, 7, extract=15, attended=[0, 10])
    add_person(rows, 8, extract=200, attended=[0, 85, 170], leaving=(175, "completed"))
    return rows


def random_people(seed: int, people: int, *, sites: int = 3, coaches: int = 6) -> Rows:
    """Return `people` made-up people at several sites with sessions, contacts, ratings and exits of every kind."""
    chance = np.random.default_rng(seed)
    rows = one_site()
    rows["sites"] = [
        {"site_id": code("site", n), "site_code": name}
        for n, name in zip(range(1, sites + 1), ("Ashgrove", "Birchwood", "Cedar", "Dogwood"), strict=False)
    ]
    rows["coaches"] = [{"coach_id": code("coach", n)} for n in range(1, coaches + 1)]
    exits = ("completed", "transferred", "died", "incarcerated", "moved", "dropped_out", "administrative", "unknown")
    kinds = ("call_reached", "checkin", "call_attempt", "email", "text_answered")
    number = 0
    for person in range(1, people + 1):
        for episode_no in range(1, 2 + int(chance.random() < 0.1)):
            number += 1
            extract = int(chance.integers(5, 500))
            trust = float(chance.normal())
            length = min(extract, int(chance.exponential(120 * np.exp(0.4 * trust))))
            never = chance.random() < 0.05
            first = int(chance.integers(0, 8))
            days = sorted({first, *(int(day) for day in range(first, length + 1, 7) if chance.random() < 0.75)})
            days = [] if never else [day for day in days if day <= extract]
            leaving = None
            if chance.random() < 0.5:
                leaving = (min(extract, length + int(chance.integers(0, 20))), str(chance.choice(exits)))
            ratings = [
                (day, "wai_sr", float(np.clip(np.round(12 * (4.1 + 0.5 * trust + chance.normal(0, 0.3))) / 12, 1, 5)))
                for day in days
                if chance.random() < 0.8
            ]
            ratings += [
                (day, "gse", float(np.clip(round(29 + 4 * trust + chance.normal(0, 3)), 10, 40))) for day in days[::4]
            ]
            ratings += [(day, "srs", 36.0) for day in days[:1] if chance.random() < 0.2]
            add_person(
                rows,
                number,
                person=person,
                episode_no=episode_no,
                extract=extract,
                attended=days,
                contacts=[
                    (int(chance.integers(0, max(1, min(extract, length + 30)))), str(chance.choice(kinds)))
                    for _ in range(int(chance.integers(0, 4)))
                ],
                other_sessions=[(day + 3, "no_show") for day in days if chance.random() < 0.2]
                + [(day + 5, "late_cancel") for day in days if chance.random() < 0.1]
                + [(day + 6, "cancelled_staff") for day in days if chance.random() < 0.05],
                leaving=leaving,
                ratings=ratings + ([(0, "sev", float(chance.integers(0, 11)))] if chance.random() < 0.9 else []),
                coach=int(chance.integers(1, coaches + 1)),
                site=int(chance.integers(1, sites + 1)),
                enrol_year=int(chance.choice([2023, 2024])),
                enrol_quarter=int(chance.integers(1, 5)),
                gender=str(chance.choice(["woman", "man", "nonbinary"], p=[0.48, 0.47, 0.05])),
                age_band=str(chance.choice(["18-24", "25-34", "65-74", "90+"])),
                primary_substance=str(chance.choice(["alcohol", "opioid", "stimulant"])),
                referral_source=str(chance.choice(["self", "court", "hospital"])),
            )
    return rows
