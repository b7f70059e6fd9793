"""Load an organisation's files: read, map, de-identify, check, store, score, build the marts, publish.

What is raw is read, coded and checked on one DuckDB connection in memory. The rows that are stored go to a process of
its own (`clean_copy`), which makes the tables and the marts; when all has gone well they become the current version.
Rows read = rows stored + rows kept out, for every table, or nothing is published. A load is a full snapshot that
replaces what is there; with `append` it is a batch that is added to it (`earlier`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from pipelines import (
    anchors,
    batches,
    check,
    clock,
    dataset_facts,
    deidentify,
    demonstration,
    earlier,
    keys,
    load_log,
    quality,
    read,
    records,
    redcap_dictionary,
    rows_accounted,
    schema,
    score,
    versions,
    warehouse,
)
from pipelines.failures import LoadFailure
from pipelines.instruments import Instrument, load_registry
from pipelines.k_report import k_report
from pipelines.map import MappedTables
from pipelines.map import apply as apply_mapping
from pipelines.progress import Progress, silent
from pipelines.questions import rule_of_new_episodes
from pipelines.summary import LoadSummary

RELEASE_SET_ASIDE = (
    "The release of demonstration records was set aside, so that nothing of it is taken for yours: "
    "`recovery-outcomes release` builds a new one from your records."
)
BYTES_A_THREAD = 64 * 2**20
"""Size of the files for which a second thread pays: with fewer rows to share, both spend more time than one alone."""
_SHARES = {"read": (0.0, 0.35), "deidentify": (0.37, 0.6), "check": (0.6, 0.7), "publish": (0.0, 1.0)}


class _LoadedBefore(Exception):
    """The batch is among those the records were made of; there is nothing to do."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What is to be loaded, and how."""

    source: Path
    mapping: str | Path | None
    instruments: Path | None
    allow_minors: bool
    append: bool
    keep_anchors: bool
    extracted_on: date | None


def load(
    source: Path,
    home: Path,
    *,
    mapping: str | Path | None = None,
    instruments: Path | None = None,
    allow_minors: bool = False,
    dry_run: bool = False,
    append: bool = False,
    keep_anchors: bool = False,
    extracted_on: date | None = None,
    progress: Progress | None = None,
) -> LoadSummary:
    """Load the files of `source` into a new version of the records in `home` and return what was done.

    `mapping` is the name or file of a mapping, None for canonical files; `instruments` a folder with
    questionnaires of the organisation's own; `extracted_on` the day on which the files were made, where they do not
    say it. With `append` the files are a batch that is added to the records; with `keep_anchors` batches can be added
    later (`anchors` says what that keeps). With `dry_run` everything is checked and nothing is changed.
    Raises InputFault with every fault found if the input cannot be loaded; the current version then stays.
    """
    started = time.monotonic()
    step = _Step(progress or silent)
    key, fresh = keys.key_for(home)
    request = _Request(source, mapping, instruments, allow_minors, append, append or keep_anchors, extracted_on)
    sealed_before = _seals(home)
    try:
        with _connection(home, dry_run=dry_run, step=step) as (con, build):
            try:
                summary = _load(con, home, request, key, step, build)
                if fresh and not dry_run:
                    keys.keep(key)
            except duckdb.Error as error:
                fault = versions.storage_fault(error, home)
                raise fault or LoadFailure(f"loading failed while {step.name} ({type(error).__name__})") from None
    except _LoadedBefore as before:
        summary, dry_run = LoadSummary("", str(before), (), (), unchanged=True), True
    finally:
        anchors.remove((sealed_before | step.sealed) - _seals(home))
    version = str(getattr(warehouse.current(home, "records"), "stem", "")) if not dry_run or summary.unchanged else ""
    done = replace(summary, version=version, seconds=time.monotonic() - started)
    if not dry_run:
        load_log.note(home, done)
        if demonstration.set_aside(home):
            done = replace(done, notes=(*done.notes, RELEASE_SET_ASIDE))
    step("done", 1.0)
    return done


def _seals(home: Path) -> set[str]:
    """Return the seals of the anchors of every version in `home`."""
    folder = home / "records"
    found = {warehouse.facts_of(path).get(anchors.FACT, "") for path in versions.existing(folder, "records")}
    return found - {""}


class _Step:
    """Remembers what is being done, to say so if it fails, and passes it on; and which anchors were written."""

    def __init__(self, progress: Progress) -> None:
        self.name = "starting"
        self.sealed: set[str] = set()
        self._progress = progress

    def __call__(self, name: str, share: float) -> None:
        self.name = name
        self._progress(name, share)

    def part(self, name: str) -> Progress:
        """Return a callback for one part of the load, whose shares run from 0 to 1."""
        low, high = _SHARES[name]
        return lambda step, share: self(step, low + (high - low) * share)


@contextmanager
def _connection(
    home: Path, *, dry_run: bool, step: _Step
) -> Iterator[tuple[duckdb.DuckDBPyConnection, warehouse.Build | None]]:
    """Yield a connection in memory, and the version that is made of it unless with `dry_run`."""
    if dry_run:
        with warehouse.in_memory() as con:
            yield con, None
        return
    with warehouse.building(home, "records", progress=step.part("publish")) as build:
        yield build.connection, build


def _load(
    con: duckdb.DuckDBPyConnection,
    home: Path,
    request: _Request,
    key: keys.Key,
    step: _Step,
    build: warehouse.Build | None,
) -> LoadSummary:
    _share_out(con, request.source)
    files = redcap_dictionary.withhold(con, read.stage(con, request.source, step.part("read")))
    before = earlier.attach(con, home, key) if request.append else None
    step(f"mapping {sum(file.rows for file in files):,} rows", 0.36)
    mapped = apply_mapping(con, request.mapping, files, request.extracted_on, is_partial=before is not None)
    batch = batches.identifier(mapped, str(request.extracted_on or ""))
    if before is not None and before.has_batch(batch):
        raise _LoadedBefore(mapped.mapping_id)
    registry = load_registry(request.instruments or mapped.instruments)
    _settle(con, key, mapped, registry, request, before, step)
    known = before.facts if before is not None else {}
    about = dataset_facts.said(con, request.source, mapped, known)
    contact_types = sorted({*mapped.contact_types, *known.get("contact_types", "").split(",")} - {""})
    clock.apply(con, (*schema.TWO_WAY_CONTACTS, *contact_types))
    rows_accounted.refuse_nothing_left(con, mapped, added=before is not None)
    step("scoring", 0.7)
    score.score_assessments(con, registry)
    step("storing", 0.72)
    into = build.clean if build is not None else None
    stored = records.store(
        con, registry, contact_types=contact_types, into=into, let_go=lambda name: clock.let_go(con, name)
    )
    clock.let_go(con)
    if build is not None:
        build.go_on_there()
    step("building the marts", 0.9)
    records.build_marts(into or con, registry, new_episode_after=rule_of_new_episodes(about))
    tables = rows_accounted.count_tables(con, mapped, stored, before)
    found = quality.results(con, {one.name: one.rows_looked_at for one in tables}, stored=into)
    facts = about | dataset_facts.found(con, key, mapped, contact_types)
    if request.keep_anchors and build is not None:
        facts[anchors.FACT] = anchors.write(con, key)
        step.sealed.add(facts[anchors.FACT])
    con.executemany("insert into dataset values (?, ?)", [list(fact) for fact in facts.items()])
    batches.store(con, batch, mapped, tables, added=before is not None)
    quality.store(con, found)
    notes = tuple(f"{file.name}: {note}." for file in files for note in file.notes)
    notes += tuple(read.passed_over(request.source))
    worth_saying = tuple(one for one in found if one.rows or one.result == "error")
    alike = k_report(into or con)
    added = before is not None
    return LoadSummary(
        "",
        mapped.mapping_id,
        tables,
        worth_saying,
        mapped.unused,
        notes,
        alike=alike,
        added=added,
        places=batches.places(con, batch, mapped),
        rows_of_files=sum(file.rows for file in files if file.name not in mapped.unused),
    )


def _share_out(con: duckdb.DuckDBPyConnection, source: Path) -> None:
    """Let as many threads work as there is work for; the process that writes the file has its own beside them."""
    ((threads,),) = con.execute("select current_setting('threads')").fetchall()
    needed = sum(path.stat().st_size for path in read.find(source)) // BYTES_A_THREAD
    con.execute("set threads = $threads", {"threads": max(1, min(int(threads), needed))})


def _settle(
    con: duckdb.DuckDBPyConnection,
    key: keys.Key,
    mapped: MappedTables,
    registry: Mapping[str, Instrument],
    request: _Request,
    before: earlier.Earlier | None,
    step: _Step,
) -> None:
    """Read and check every row; again, without the rows of a batch that may not replace what is stored, if any."""
    if before is not None:
        before.require_instruments(registry)
        before.stand_in()
    unsettled = True
    while unsettled:
        deidentify.apply(
            con,
            key,
            instruments=list(registry),
            files=mapped.files,
            texts=mapped.texts if before is None else {},
            allow_minors=request.allow_minors,
            earlier=before,
            progress=step.part("deidentify"),
        )
        if before is not None:
            before.bring_up_to_date(request.extracted_on)
        check.apply(con, registry, progress=step.part("check"))
        unsettled = before is not None and before.set_aside()
    batches.note_kept_out(con)
    if before is not None:
        before.kept_out_before()
