"""A small organisation as its own files would show it: a picture to change one cell of, in memory or on the disk."""

from __future__ import annotations

import copy
import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb
import pandas as pd

from pipelines import check, clock, deidentify, schema, warehouse
from pipelines.instruments import load_registry
from pipelines.keys import Key

Row = dict[str, str | None]
World = dict[str, list[Row]]
REGISTRY = load_registry()
KEY = Key(bytes(range(32)))
EXTRACT = "2025-12-31"


def world() -> World:
    """Two sites, two coaches, three people; every row is in order."""
    tables: World = {
        "sites": [
            {"site_id": "S1", "site_code": "Cedar Hill", "region": "North", "setting": "rco"},
            {"site_id": "S2", "site_code": "Ashgrove", "region": "South", "setting": "court"},
        ],
        "coaches": [
            {"coach_id": "C1", "site_id": "S1", "role": "peer_coach", "certified": "yes", "fte": "1.0"}
            | {"lived_experience": "true", "start_date": "2020-03-15"},
            {"coach_id": "C2", "site_id": "S2", "role": "Peer Coach", "certified": "0", "fte": "0.5"}
            | {"lived_experience": "1", "start_date": "2021-11-01"},
        ],
        "participants": [],
        "episodes": [],
        "discharges": [],
        "coach_assignments": [],
        "sessions": [],
        "assessments": [],
        "assessment_items": [],
        "engagement_events": [],
    }
    for number, start in enumerate(("2025-01-10", "2025-02-10", "2025-03-10"), 1):
        person, episode, session, form = f"P-{number}", f"E-{number}", f"V-{number}", f"A-{number}"
        month = start[:8]
        tables["participants"].append(
            {"participant_id": person, "age": str(20 + 20 * number), "gender": "woman", "race_eth": "white"}
            | {"zip": "06441", "primary_substance": "Opioid", "housing": "stable", "employment": "full-time"}
            | {"justice_involved": "no", "moud": "true", "prior_episodes": "1"}
        )
        tables["episodes"].append(
            {"episode_id": episode, "participant_id": person, "site_id": "S1" if number < 3 else "S2"}
            | {"episode_no": "1", "referral_source": "self", "program": "RC", "planned_length_days": "180"}
            | {"enrolled_date": start, "extract_date": EXTRACT}
        )
        tables["coach_assignments"].append(
            {"episode_id": episode, "coach_id": "C1", "start_date": start, "end_date": None, "is_primary": "true"}
        )
        tables["sessions"].append(
            {"session_id": session, "episode_id": episode, "coach_id": "C1", "scheduled_date": month + "15"}
            | {
                "occurred_date": month + "15",
                "status": "attended",
                "mode": "phone",
                "minutes": "45",
                "kind": "coaching",
            }
        )
        tables["assessments"].append(
            {"assessment_id": form, "episode_id": episode, "coach_id": "C1", "session_id": session}
            | {"instrument_id": "gse_10", "instrument_version": None, "rater": "participant", "date": month + "15"}
            | {"wave": "intake", "status": "complete", "total": None}
        )
        tables["assessment_items"] += [
            {"assessment_id": form, "item_no": str(item), "value": str(1 + item % 4)} for item in range(1, 11)
        ]
        tables["engagement_events"].append(
            {"event_id": f"N-{number}", "episode_id": episode, "date": month + "20", "type": "call_reached"}
            | {"initiated_by": "coach", "minutes": "10", "linked_participant_id": None}
        )
    tables["discharges"].append(
        {"episode_id": "E-1", "exit_date": "2025-06-01", "exit_type": "completed", "planned": "true"}
        | {"source_code": "01", "derived_by": "recorded"}
    )
    return copy.deepcopy(tables)


def changed(table: str, row: int, **cells: str | None) -> World:
    """The same world with some cells of one row (from 0) written otherwise."""
    tables = world()
    tables[table][row] |= cells
    return tables


def with_cases(table: str, cases: Iterable[Mapping[str, str | None]]) -> tuple[World, list[int]]:
    """The same world with one more row of `table` for each case, and the numbers of these rows in their file."""
    tables = world()
    first, rows = tables[table][0], tables[table]
    key = str(schema.table(table).incoming[0].incoming)
    start = len(rows)
    rows += [first | {key: f"X-{number}"} | case for number, case in enumerate(cases)]
    return tables, list(range(start + 2, len(rows) + 2))


def stage(con: duckdb.DuckDBPyConnection, tables: Mapping[str, list[Row]]) -> None:
    """Make `raw_<table>` of every table, as the mapping does: text, and the row's place in its file."""
    for name, rows in tables.items():
        headings = list(dict.fromkeys(heading for row in rows for heading in row))
        frame = pd.DataFrame(
            [[row.get(heading) for heading in headings] for row in rows], columns=headings, dtype="str"
        )
        frame["row_no"] = range(2, len(frame) + 2)
        con.register("given", frame)
        columns = ", ".join(f'cast("{heading}" as varchar) as "{heading}"' for heading in headings)
        con.execute(f'create or replace temp table "raw_{name}" as select row_no, {columns} from given')
        con.unregister("given")


def read(tables: Mapping[str, list[Row]], *, allow_minors: bool = False, key: Key = KEY) -> duckdb.DuckDBPyConnection:
    """De-identify, check and settle the tables in memory; return the connection with what came of them."""
    con = warehouse.memory_connection()
    stage(con, tables)
    deidentify.apply(con, key, instruments=list(REGISTRY), allow_minors=allow_minors)
    check.apply(con, REGISTRY)
    clock.apply(con)
    return con


def kept_out(con: duckdb.DuckDBPyConnection) -> set[tuple[str, int, str, str]]:
    """Every (table, row, rule, column) that was kept out."""
    return set(con.execute("select table_name, row_no, rule, column_name from quarantined").fetchall())


def warned(con: duckdb.DuckDBPyConnection) -> set[tuple[str, int, str]]:
    """Every (table, row, rule) that was stored with a warning."""
    return set(con.execute("select table_name, row_no, rule from warned_rows").fetchall())


def write(folder: Path, tables: Mapping[str, list[Row]]) -> Path:
    """Write the tables as the CSV files of a canonical folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        headings = [str(column.incoming) for column in schema.table(name).incoming]
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, headings)
            writer.writeheader()
            writer.writerows(rows)
    return folder
