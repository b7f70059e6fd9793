"""Stage a FHIR R4 export as text: NDJSON files, by type or mixed, or one Bundle, become flat tables `fhir_<type>`.

All files of a folder are one export. Every declared table is there, with no row if the export has none of its kind;
`row_no` is the line of the file, or the place of the entry in its Bundle, counted on from file to file where there
are several. References become the ids they point to. `fhir_fields` declares what is read: nothing else leaves here.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from pipelines import staging, versions
from pipelines.faults import Fault, InputFault
from pipelines.fhir_fields import (
    ACTORS,
    ANSWER_COLUMNS,
    EXPORT_COLUMNS,
    FIELDS,
    RESOURCE_TYPES,
    answers_of,
    columns_of,
    plain,
    texts_of,
)
from pipelines.json_stream import bundle, lines
from pipelines.staging import SourceFile, TextRows

_SNAKE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_DATE = re.compile(r"(19|20)\d{2}-\d{2}-\d{2}")
_DONE = {"Encounter": "period", "Communication": "sent", "QuestionnaireResponse": "authored"}
"""Elements whose dates lie in the past, for exports that do not say when they were made."""


def stage(connection: duckdb.DuckDBPyConnection, paths: Sequence[Path]) -> list[SourceFile]:
    """Stage the files of one export, in order; InputFault if one is not whole or none holds a declared resource."""
    reading = _Export(connection)
    faults: list[Fault] = []
    for path in paths:
        try:
            for row_no, resource, address in _resources(path, reading):
                reading.take(row_no, resource, address)
            reading.next_file()
        except InputFault as fault:
            faults.extend(fault.faults)
    if not faults and not any(reading.counts.values()):
        remedy = "Check that it is a FHIR R4 export with Patient, EpisodeOfCare, Appointment, ..."
        faults.append(Fault(paths[0].name, "holds no resource that is read", remedy))
    if faults:
        staging.drop(connection, staging.STAGED)
        raise InputFault(faults)
    return reading.staged(paths)


def snake(resource_type: str) -> str:
    """Return the table of a type of resource: `fhir_episode_of_care` for `EpisodeOfCare`."""
    return "fhir_" + _SNAKE.sub("_", resource_type).lower()


class _Export:
    """What has been read of an export: one table of text for each type, the answers, and what was left out."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._tables = {kind: TextRows(connection, len(columns_of(kind)), snake(kind)) for kind in FIELDS}
        self._answers = TextRows(connection, len(ANSWER_COLUMNS), "fhir_answer")
        self.counts: Counter[str] = Counter()
        self.types: dict[str, str] = {}
        self._left_out: Counter[str] = Counter()
        self._in_words = self._in_error = 0
        self._said = self._updated = self._latest = ""
        self._before = self._last = 0

    def take(self, row_no: int, resource: Any, address: str) -> None:
        """Take one resource; what is not declared is counted by its type."""
        self._last = max(self._last, row_no)
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if not isinstance(kind, str) or kind not in FIELDS:
            self._left_out[kind if isinstance(kind, str) and kind in RESOURCE_TYPES else "unknown"] += 1
            return
        if resource.get("status") == "entered-in-error":
            self._in_error += 1
            return
        self.counts[kind] += 1
        name = address.rpartition(":")[2] if address.startswith("urn:") else plain(resource.get("id"))
        line = self._before + row_no
        self._tables[kind].add(line, texts_of(resource, name, self._type_of))
        if kind == "QuestionnaireResponse":
            self._take_answers(line, name, resource)
        self._note_dates(kind, resource)

    def next_file(self) -> None:
        """Count rows on from here."""
        self._before, self._last = self._before + self._last, 0

    def made_on(self, text: object) -> None:
        """Note when a Bundle says it was made."""
        self._said = max(self._said, _day(text))

    def staged(self, paths: Sequence[Path]) -> list[SourceFile]:
        """Lay the views and return the tables, the last with the notes on the whole export."""
        hashes = [versions.sha256(path) for path in paths]
        digest = hashes[0] if len(paths) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()
        path = paths[0] if len(paths) == 1 else paths[0].parent
        export = TextRows(self._connection, len(EXPORT_COLUMNS), "fhir_export")
        export.add(1, [self._said or self._updated or self._latest or None])
        found: list[tuple[str, tuple[str, ...], TextRows, str]] = []
        for kind, table in self._tables.items():
            found.append((snake(kind), columns_of(kind), table, f"{kind} resources"))
        found.append(("fhir_answer", ANSWER_COLUMNS, self._answers, "answers of QuestionnaireResponse resources"))
        found.append(("fhir_export", EXPORT_COLUMNS, export, ""))
        files: list[SourceFile] = []
        for stem, columns, table, part in found:
            table.flush()
            view = staging.lay_view(self._connection, stem, columns, table.name)
            notes = () if part else tuple(self._notes())
            files.append(SourceFile(path, stem, view, "fhir", columns, table.rows, digest, part=part, notes=notes))
        return files

    def _type_of(self, name: str) -> str:
        return self.types.get(name, "")

    def _take_answers(self, line: int, name: str | None, resource: dict[str, Any]) -> None:
        for link, value, code in answers_of(resource):
            if value is None and code is None:
                self._in_words += 1
                continue
            self._answers.add(self._answers.rows + 1, [name, str(line), link, value, code])

    def _note_dates(self, kind: str, resource: dict[str, Any]) -> None:
        meta = resource.get("meta")
        if isinstance(meta, dict):
            self._updated = max(self._updated, _day(meta.get("lastUpdated")))
        dated = resource.get(_DONE[kind]) if kind in _DONE else None
        if isinstance(dated, dict):
            dated = dated.get("start")
        self._latest = max(self._latest, _day(dated))

    def _notes(self) -> Iterator[str]:
        if self._left_out:
            counted = ", ".join(f"{kind} {count:,}" for kind, count in sorted(self._left_out.items()))
            yield f"resources of these types were not read: {counted}"
        if self._in_error:
            yield f"resources marked as entered in error were not read ({self._in_error:,})"
        if self._in_words:
            yield f"answers in words were not read ({self._in_words:,})"


def _resources(path: Path, reading: _Export) -> Iterator[tuple[int, Any, str]]:
    """Yield place, resource and full address of every resource of a file."""
    if not path.name.lower().endswith(".json"):
        for number, resource in lines(path):
            yield number, resource, ""
        return
    reading.types = dict(_actors(path))
    for place, key, value in bundle(path):
        if key == "timestamp":
            reading.made_on(value)
        elif key == "entry" and isinstance(value, dict):
            yield place, value.get("resource"), _address(value)
    reading.types = {}


def _actors(path: Path) -> Iterator[tuple[str, str]]:
    """Yield id and type of actors that a Bundle calls by an address without a type; InputFault if it is no Bundle."""
    is_bundle = False
    for _, key, value in bundle(path):
        if key == "resourceType":
            is_bundle = value == "Bundle"
        resource = value.get("resource") if key == "entry" and isinstance(value, dict) else None
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if kind in ACTORS and _address(value).startswith("urn:"):
            yield _address(value).rpartition(":")[2], str(kind)
    if not is_bundle:
        remedy = "Export it as a Bundle or as NDJSON (.ndjson), or move the file out of the folder"
        raise InputFault(Fault(path.name, "is not a FHIR Bundle", remedy))


def _address(entry: dict[str, Any]) -> str:
    return plain(entry.get("fullUrl")) or ""


def _day(value: object) -> str:
    text = plain(value) or ""
    return text[:10] if _DATE.match(text) else ""
