"""Some people of the sample as rows of text, without the planted broken rows, and the renaming of their identifiers.

Every exporter has two halves. `as_held` is the people as far as the format can hold them, in canonical tables, with
the identifiers the mapping will make; `write` turns these into the files of the format. Loading the first the
ordinary way and the second through its mapping must give the same records.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from pipelines import schema
from tests.pipelines.planted import SAMPLE, planted_rows

Row = dict[str, str]
Tables = dict[str, list[Row]]
EXTRACT = "2026-06-30"
_ID_COLUMNS = {"participant": ("participant_id", "linked_participant_id")}


@cache
def some_people(one_in: int = 7) -> Tables:
    """Return the tables of one person in seven, some 200 of all sites, and of every exit; without planted rows.

    They are shared: an exporter copies them before it changes anything.
    """
    planted = {(one.table, one.row_no) for one in planted_rows()}
    tables: Tables = {}
    for table in schema.loaded_tables():
        with (SAMPLE / f"{table.name}.csv").open(newline="", encoding="utf-8") as file:
            rows = [row for place, row in enumerate(csv.DictReader(file), 2) if (table.name, place) not in planted]
        tables[table.name] = rows
    people = {row["participant_id"] for row in tables["participants"][::one_in]} | _of_every_exit(tables)
    tables["participants"] = [row for row in tables["participants"] if row["participant_id"] in people]
    tables["episodes"] = [row for row in tables["episodes"] if row["participant_id"] in people]
    episodes = {row["episode_id"] for row in tables["episodes"]}
    for name in ("coach_assignments", "sessions", "assessments", "engagement_events", "discharges"):
        tables[name] = [row for row in tables[name] if row["episode_id"] in episodes]
    forms = {row["assessment_id"] for row in tables["assessments"]}
    tables["assessment_items"] = [row for row in tables["assessment_items"] if row["assessment_id"] in forms]
    for row in tables["engagement_events"]:
        if row["linked_participant_id"] not in people:
            row["linked_participant_id"] = ""
    return tables


def _of_every_exit(tables: Tables) -> set[str]:
    """Return the first three people of every kind of exit, so that no code goes untried."""
    person = {row["episode_id"]: row["participant_id"] for row in tables["episodes"]}
    kinds = by(tables["discharges"], "exit_type").values()
    return {person[row["episode_id"]] for rows in kinds for row in rows[:3]}


def renamed(tables: Tables, kind: str, new: Mapping[str, str]) -> None:
    """Write the identifiers of one kind (participant, episode, ...) anew in every table; blank stays blank."""
    for rows in tables.values():
        for row in rows:
            for column in _ID_COLUMNS.get(kind, (f"{kind}_id",)):
                if row.get(column):
                    row[column] = new[row[column]]


def only(tables: Tables, **columns: str) -> Tables:
    """Return the named tables with the named columns (divided by blanks), as canonical files would hold them."""
    return {
        name: [{column: row.get(column, "") for column in wanted.split()} for row in tables[name]]
        for name, wanted in columns.items()
    }


def by(rows: Iterable[Row], *columns: str) -> dict[tuple[str, ...], list[Row]]:
    """Return rows grouped by some columns, in their order."""
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[column] for column in columns), []).append(row)
    return found


def american(day: str) -> str:
    """Return a date as month/day/year; blank stays blank."""
    return date.fromisoformat(day).strftime("%m/%d/%Y") if day else ""


def drawn(*of: str, below: int) -> int:
    """Return a number below `below` that depends on the texts alone."""
    return int(hashlib.sha256("/".join(of).encode()).hexdigest(), 16) % below


def write_tables(folder: Path, tables: Tables) -> Path:
    """Write every table as one CSV file of a folder, its headings those of the first row."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        write_file(folder / f"{name}.csv", list(rows[0]), rows)
    return folder


def write_file(path: Path, headings: list[str], rows: Iterable[Row]) -> None:
    """Write rows as CSV; a cell a row does not have is blank."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, headings, restval="")
        table.writeheader()
        table.writerows(rows)


def mapping_of(folder: Path, packaged: str) -> Path:
    """Write the few lines a data manager writes: a mapping that extends a packaged one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "ours.toml"
    path.write_text(
        f'[mapping]\nid = "ours"\nlabel = "Ours"\nextends = "{packaged}"\n[settings]\nextract_date = "{EXTRACT}"\n'
    )
    return path
