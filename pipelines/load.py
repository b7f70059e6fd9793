"""Load an organisation's files: read, map, de-identify, check, store, score, build the marts, publish.

Everything happens on one DuckDB connection to a file that becomes the current version when all has gone well,
or in memory for a dry run. Rows read = rows stored + rows kept out, for every table, or nothing is published.
"""

from __future__ import annotations

import hashlib
import json
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines import (
    check,
    clock,
    deidentify,
    demonstration,
    identifiers,
    keys,
    quality,
    read,
    records,
    redcap_dictionary,
    schema,
    score,
    versions,
    warehouse,
)
from pipelines.faults import Fault, InputFault
from pipelines.instruments import load_registry
from pipelines.map import MappedTables
from pipelines.map import apply as apply_mapping
from pipelines.progress import Progress, silent
from pipelines.summary import LoadSummary, TableCount
from pipelines.warehouse import statement

SCHEMA_VERSION = "1"
"""Version of the canonical tables, written beside the records."""
ROWS_TO_JUDGE = 10
"""A table of at least this many rows, none of which can be stored, refuses the load: a column is misread."""
RELEASE_SET_ASIDE = (
    "The release of demonstration records was set aside, so that nothing of it is taken for yours: "
    "`recovery-outcomes release` builds one of these records."
)
_TEXTS_OF_DATASET = ("title", "program")
_LONGEST_TITLE = 80
_SHARES = {"read": (0.0, 0.35), "deidentify": (0.37, 0.6), "check": (0.6, 0.7), "publish": (0.0, 1.0)}


class LoadFailure(Exception):
    """A fault of ours while loading; says at which step and of which kind, never what was in a cell."""


def load(
    source: Path,
    home: Path,
    *,
    mapping: str | Path | None = None,
    instruments: Path | None = None,
    allow_minors: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> LoadSummary:
    """Load the files of `source` into a new version of the records in `home` and return what was done.

    `mapping` is the name or file of a mapping, None for canonical files; `instruments` a folder with
    questionnaires of the organisation's own. With `dry_run` everything is checked and nothing is changed.
    Raises InputFault with every fault found if the input cannot be loaded; the current version then stays.
    """
    started = time.monotonic()
    step = _Step(progress or silent)
    key, fresh = keys.key_for(home)
    with _connection(home, dry_run=dry_run, step=step) as con:
        try:
            summary = _load(con, source, key, step, mapping, instruments, allow_minors=allow_minors)
            if fresh and not dry_run:
                keys.keep(key)
        except duckdb.Error as error:
            fault = versions.storage_fault(error, home)
            raise fault or LoadFailure(f"loading failed while {step.name} ({type(error).__name__})") from None
    version = "" if dry_run else str(getattr(warehouse.current(home, "records"), "stem", ""))
    done = replace(summary, version=version, seconds=time.monotonic() - started)
    if not dry_run:
        _log(home, done)
        if demonstration.set_aside(home):
            done = replace(done, notes=(*done.notes, RELEASE_SET_ASIDE))
    step("done", 1.0)
    return done


class _Step:
    """Remembers what is being done, to say so if it fails, and passes it on."""

    def __init__(self, progress: Progress) -> None:
        self.name = "starting"
        self._progress = progress

    def __call__(self, name: str, share: float) -> None:
        self.name = name
        self._progress(name, share)

    def part(self, name: str) -> Progress:
        """Return a callback for one part of the load, whose shares run from 0 to 1."""
        low, high = _SHARES[name]
        return lambda step, share: self(step, low + (high - low) * share)


@contextmanager
def _connection(home: Path, *, dry_run: bool, step: _Step) -> Iterator[duckdb.DuckDBPyConnection]:
    if dry_run:
        with warehouse.in_memory() as con:
            yield con
        return
    with warehouse.build(home, "records", progress=step.part("publish")) as con:
        yield con


def _load(
    con: duckdb.DuckDBPyConnection,
    source: Path,
    key: keys.Key,
    step: _Step,
    mapping: str | Path | None,
    instruments: Path | None,
    *,
    allow_minors: bool,
) -> LoadSummary:
    files = redcap_dictionary.withhold(con, read.stage(con, source, step.part("read")))
    step("mapping", 0.36)
    mapped = apply_mapping(con, mapping, files)
    registry = load_registry(instruments or mapped.instruments)
    deidentify.apply(
        con,
        key,
        instruments=list(registry),
        files=mapped.files,
        texts=mapped.texts,
        allow_minors=allow_minors,
        progress=step.part("deidentify"),
    )
    about = _about(con, source, mapped)
    check.apply(con, registry, progress=step.part("check"))
    contacts = (*schema.TWO_WAY_CONTACTS, *mapped.contact_types)
    clock.apply(con, contacts)
    _refuse_nothing_left(con, mapped)
    step("scoring", 0.7)
    score.score_assessments(con, registry)
    step("storing", 0.72)
    stored = records.store(con, registry, contact_types=mapped.contact_types)
    step("building the marts", 0.9)
    records.build_marts(con, registry)
    tables = _count_tables(con, mapped, stored)
    found = quality.results(con, {table.name: table.rows_in for table in tables})
    _write_meta(con, about | _facts(con, key, mapped), mapped, tables)
    quality.store(con, found)
    notes = tuple(f"{file.name}: {note}." for file in files for note in file.notes)
    return LoadSummary("", mapped.mapping_id, tables, tuple(one for one in found if one.rows), mapped.unused, notes)


def _about(con: duckdb.DuckDBPyConnection, source: Path, mapped: MappedTables) -> dict[str, str]:
    """Return what the mapping and the file dataset.toml beside the tables say of the records as a whole."""
    path = (source if source.is_dir() else source.parent) / "dataset.toml"
    said: dict[str, object] = {}
    if path.is_file():
        try:
            said = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            raise InputFault(
                Fault(path.name, "is not a TOML file", 'Write lines such as: title = "Our program"')
            ) from None
    said = {**said, **mapped.dataset}
    texts = {name: str(said.get(name, "")).strip()[:_LONGEST_TITLE] for name in _TEXTS_OF_DATASET}
    faults = [
        Fault(
            f"{path.name}, {name}",
            f"holds {identifiers.HIGH_PRECISION[rule]} ({rule})",
            "Choose a title without them; it is shown on every page",
        )
        for name, rule in identifiers.search_texts(con, "dataset", texts)
    ]
    if faults:
        raise InputFault(faults)
    made_up = str(said.get("demonstration", False)).lower() == "true"
    return texts | {"demonstration": "true" if made_up else "false"}


def _facts(con: duckdb.DuckDBPyConnection, key: keys.Key, mapped: MappedTables) -> dict[str, str]:
    """Return the facts the load itself knows of the records; the quarter is as near to a date as they come."""
    (records_to, first_cohort), *_ = con.execute(statement("sql/load_dataset.sql")).fetchall()
    return {
        "records_to": str(records_to),
        "first_cohort": str(first_cohort),
        "key_id": key.key_id,
        "schema_version": SCHEMA_VERSION,
        "mapping": mapped.mapping_id,
        "contact_types": ",".join(mapped.contact_types),
    }


def _refuse_nothing_left(con: duckdb.DuckDBPyConnection, mapped: MappedTables) -> None:
    """Raise InputFault if no row of a table can be stored: then a column is misread, not a row broken."""
    faults = []
    for table in mapped.tables:
        found = con.execute(
            statement("sql/load_kept_out.sql"), {"table": table.name, "typed": f"typed_{table.name}"}
        ).fetchall()
        needed = table.name in ("participants", "episodes")
        if needed and table.rows == 0:
            remedy = "Check that the export has them, and that the mapping reads them"
            faults.append(Fault(table.file, f"holds no row for {table.name}", remedy))
            continue
        if int(found[0][0]) < table.rows or (table.rows < ROWS_TO_JUDGE and not needed):
            continue
        worst = con.execute(statement("sql/load_worst_rule.sql"), {"table": table.name}).fetchall()
        rule, column, rows = worst[0]
        if rule == check.ORPHANED:
            continue  # the table it belongs to says why
        said = next(each for each in check.rules() if each.id == rule)
        where = f"{table.file}, column {column}" if column else table.file
        faults.append(Fault(where, f"no row can be stored; most break the rule {rule}", said.remedy, int(rows)))
    if faults:
        raise InputFault(faults)


def _count_tables(
    con: duckdb.DuckDBPyConnection, mapped: MappedTables, stored: Mapping[str, int]
) -> tuple[TableCount, ...]:
    """Return the rows of every table; LoadFailure unless rows read = rows stored + rows kept out."""
    counts = []
    for table in mapped.tables:
        found = con.execute(
            statement("sql/load_kept_out.sql"), {"table": table.name, "typed": f"typed_{table.name}"}
        ).fetchall()
        rows = (table.rows, stored[table.name], int(found[0][0]))
        count = TableCount(table.name, table.file, *rows, table.dropped, table.withheld)
        if count.rows_in != count.rows_stored + count.rows_quarantined:
            raise LoadFailure(
                f"{table.name}: {count.rows_in} rows were read, but {count.rows_stored} stored and "
                f"{count.rows_quarantined} kept out"
            )
        counts.append(count)
    return tuple(counts)


def _write_meta(
    con: duckdb.DuckDBPyConnection,
    about: Mapping[str, str],
    mapped: MappedTables,
    tables: tuple[TableCount, ...],
) -> None:
    """Write what is known of the load beside the records: counts, rules and row numbers; no date, no value."""
    hashes = {table.name: table.sha256 for table in mapped.tables}
    named = "\n".join([mapped.mapping_id, *(f"{name} {digest}" for name, digest in sorted(hashes.items()))])
    batch = hashlib.sha256(named.encode()).hexdigest()[:12]
    con.executemany("insert into dataset values (?, ?)", [list(fact) for fact in about.items()])
    for one in tables:
        counts = [one.rows_in, one.rows_stored, one.rows_quarantined, len(one.dropped_columns)]
        entry = [batch, one.name, hashes[one.name], mapped.mapping_id, *counts]
        con.execute(statement("sql/load_import_log.sql"), entry)
    files = {"tables": [table.name for table in mapped.tables], "files": [table.file for table in mapped.tables]}
    con.execute(statement("sql/load_quarantine.sql"), {"batch": batch, **files})


def _log(home: Path, done: LoadSummary) -> None:
    """Note when what was loaded, outside the records: a date beside them would tell the date of their day 0."""
    line: dict[str, object] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": done.version,
        "mapping": done.mapping,
    }
    line |= {"rows_in": done.rows_in, "rows_stored": done.rows_stored, "rows_quarantined": done.rows_quarantined}
    folder = home / "log"
    folder.mkdir(mode=0o700, exist_ok=True)
    with (folder / "loads.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(line | {"seconds": round(done.seconds, 2)}) + "\n")
