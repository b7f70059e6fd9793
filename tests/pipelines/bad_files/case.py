"""What one bad file is: how it is written, and what a load must do with it."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines import schema
from tests.pipelines.raw_world import World, changed, with_cases, world, write

SECRET = "Zqxjkv"
"""A marker that no text of ours holds; bad cells carry it, and no message, log or stored text may."""
Write = Callable[[Path], Path]
"""Writes the files of a case into an empty folder and returns what is to be loaded: a folder or a file."""


@dataclass(frozen=True)
class Refused:
    """The load is refused: `where` names the file or column, `rule` is part of the rule that is told.

    `of` are the faults of the case, one unless said; `where` and `rule` are those of one of them, `rows` its rows.
    """

    where: str
    rule: str
    of: int = 1
    rows: int | None = None


@dataclass(frozen=True)
class KeptOut:
    """The load goes through and exactly `rows` rows of `table` are kept out under `rule`, beside rows that follow."""

    rule: str
    table: str
    rows: int = 1


@dataclass(frozen=True)
class Warned:
    """The load goes through, nothing is kept out, and exactly `rows` rows of `table` are counted under `rule`."""

    rule: str
    table: str
    rows: int = 1


@dataclass(frozen=True)
class Equal:
    """The load goes through and every stored table equals that of the good files; `note` is part of what is told."""

    note: str = ""


@dataclass(frozen=True)
class Told:
    """The load goes through, nothing is kept out, and `note` is part of what is told."""

    note: str


Outcome = Refused | KeptOut | Warned | Told | Equal


@dataclass(frozen=True)
class Case:
    """One bad file or folder.

    `mapping` is the name of a packaged mapping or a file beside the source, `instruments` a folder beside it.
    `secrets` are texts of the files that must not be said nor stored. `heavy` cases also have their memory measured.
    """

    id: str
    write: Write
    outcome: Outcome
    mapping: str = ""
    instruments: str = ""
    secrets: tuple[str, ...] = (SECRET,)
    heavy: bool = False


def secret_world() -> World:
    """The good files with the marker in every identifier of a person or site, and as a region."""
    tables = world()
    for rows in tables.values():
        for row in rows:
            row.update({name: f"{SECRET}-{row[name]}" for name in ("participant_id", "site_id") if row.get(name)})
    tables["sites"][0]["region"] = SECRET
    return tables


def file_of(name: str, content: bytes | Callable[[str], bytes | str]) -> Write:
    """Write the good files, then one of them otherwise: as `content`, or as that makes it from the good text."""

    def write_case(folder: Path) -> Path:
        source = write(folder / "in", secret_world())
        path = source / name
        new = content(path.read_text(encoding="utf-8")) if callable(content) else content
        path.write_bytes(new.encode() if isinstance(new, str) else new)
        return source

    return write_case


def packed(name: str, content: bytes | Callable[[str], bytes | str]) -> Write:
    """Like `file_of`, but compressed with gzip."""

    def write_case(folder: Path) -> Path:
        source = file_of(name, content)(folder)
        path = source / name
        path.with_name(f"{name}.gz").write_bytes(gzip.compress(path.read_bytes(), 6, mtime=0))
        path.unlink()
        return source

    return write_case


def cells(table: str, **changes: str | None) -> Write:
    """Write the good files with one row more, in which some cells are written otherwise.

    Tables that are known by the row of another (exits, assignments, answers) have their first row changed instead.
    """
    if table in ("discharges", "coach_assignments", "assessment_items"):
        return lambda folder: write(folder / "in", changed(table, 0, **changes))
    return lambda folder: write(folder / "in", with_cases(table, [changes])[0])


def texts_of(table: str, column: str, texts: Sequence[str]) -> Write:
    """Write the good files with one row more for each text, which stands in `column`.

    Of tables that are known by the row of another, that other has a row more for each, too.
    """

    def change(tables: World) -> None:
        key = str(schema.table(table).incoming[0].incoming)
        first = dict(tables[table][0])
        for place, text in enumerate(texts):
            known = {key: f"X-{place}"} if key != column else {}
            if table == "discharges":
                tables["episodes"].append(tables["episodes"][0] | known)
            if table == "assessments":
                known |= {"date": f"2025-02-{place + 1:02}"}
            tables[table].append(first | known | {column: text})

    return rows_of(change)


def rows_of(change: Callable[[World], object]) -> Write:
    """Write the good files after `change` of their tables."""

    def write_case(folder: Path) -> Path:
        tables = world()
        change(tables)
        return write(folder / "in", tables)

    return write_case
