"""Read the data dictionary that lies beside a REDCap export, and take away what it calls an identifier or free text.

The dictionary is known by its headings, not by its file's name: those of the file REDCap offers to download, or
those of its API. Of each field only its name, form, type, check, choices and matrix group are read; the wording of
questions (Field Label, Field Note, Section Header) is never read, and the staged dictionary is removed at once.
Before a mapping sees the export, the columns of these fields are removed from it: `Identifier?` is y, notes, files,
and text checked as an e-mail address, phone number, ZIP code or record number. The record id itself stays: the load
turns it into a keyed code. Source of the format: the project's domain reference, section 3a.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from string import Template
from typing import TYPE_CHECKING

from pipelines.faults import Fault, InputFault
from pipelines.staging import ColumnGroup, SourceFile
from pipelines.warehouse import quoted

if TYPE_CHECKING:
    import duckdb

_OF_FILE = {
    "name": "Variable / Field Name",
    "form": "Form Name",
    "kind": "Field Type",
    "choices": "Choices, Calculations, OR Slider Labels",
    "check": "Text Validation Type OR Show Slider Number",
    "identifier": "Identifier?",
    "matrix": "Matrix Group Name",
}
"""Headings that are read, as in the file REDCap offers to download."""
_OF_API = {
    "name": "field_name",
    "form": "form_name",
    "kind": "field_type",
    "choices": "select_choices_or_calculations",
    "check": "text_validation_type_or_show_slider_number",
    "identifier": "identifier",
    "matrix": "matrix_group_name",
}
"""The same, as its API calls them."""
_CODED = ("radio", "dropdown", "checkbox")
_FIXED_CHOICES = {"yesno": {"1": "yes", "0": "no"}, "truefalse": {"1": "true", "0": "false"}}
_BOXES = {"1": "checked", "0": "unchecked"}
_COMPLETE = {"0": "incomplete", "1": "unverified", "2": "complete"}
_FREE_TEXT = {"notes": "free text", "textarea": "free text", "file": "an uploaded file"}
_CHECKED_AS = {
    "email": "an e-mail address",
    "phone": "a phone number",
    "zipcode": "a ZIP code",
    "postalcode": "a postal code",
    "ssn": "a social security number",
    "mrn": "a record number",
    "vmrn": "a record number",
}
_SURVEY_IDENTIFIER = "redcap_survey_identifier"
_EVENT = "redcap_event_name"
_RAW_INSTEAD = "Export the raw data from REDCap (CSV / Microsoft Excel, raw data), not the labels"
_TAG = re.compile(r"<[^>]*>")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")

_READ = Template("SELECT $columns FROM $view ORDER BY row_no")
_COUNT_LABELS = Template("SELECT $counts FROM $view")
_COUNT = Template(
    "count(*) FILTER (WHERE list_contains(?, lower(trim($column))) AND NOT list_contains(?, trim($column)))"
)
_COUNT_LABELLED = Template(
    "SELECT count(*) FROM $view WHERE trim($column) <> '' AND NOT regexp_full_match(trim($column), '[a-z0-9_]+')"
)
_DROP_VIEW = Template("DROP VIEW $view")
_DROP_TABLE = Template("DROP TABLE $text")
_KEEP = Template("CREATE OR REPLACE TEMP TABLE kept_text AS SELECT row_no, $columns FROM $view")
_RENAME = Template("ALTER TABLE kept_text RENAME TO $text")
_VIEW = Template("CREATE OR REPLACE TEMP VIEW $view AS SELECT * FROM $text")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `choices` are its codes with their labels, lower case; `withheld` says why it is taken away, or ''."""

    name: str
    form: str
    kind: str
    choices: Mapping[str, str]
    matrix: str
    withheld: str

    def columns(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Yield the columns of an export that hold the field, in small letters, with the codes each may hold."""
        if self.kind == "checkbox":
            for code in self.choices:
                yield f"{self.name}___{code.replace('-', '_').lower()}", _BOXES
        else:
            yield self.name, self.choices


@dataclass(frozen=True, slots=True)
class MatrixGroup:
    """Fields asked as one matrix, which may be the items of a questionnaire; never their wording.

    `lowest` and `highest` are the range of the codes that are numbers, None if there are none.
    """

    name: str
    form: str
    items: tuple[str, ...]
    lowest: float | None
    highest: float | None


@dataclass(frozen=True, slots=True)
class Dictionary:
    """One data dictionary; its first field is the record id."""

    file: str
    fields: tuple[Field, ...]
    record_id: str = field(default="")

    @property
    def withheld(self) -> dict[str, str]:
        """Every column that is taken away, in small letters, and why."""
        found = {name: each.withheld for each in self.fields if each.withheld for name, _ in each.columns()}
        return found | {_SURVEY_IDENTIFIER: "a survey identifier"}

    @property
    def value_sets(self) -> dict[str, tuple[str, ...]]:
        """The codes of every coded field that stays."""
        return {each.name: tuple(each.choices) for each in self.fields if each.choices and not each.withheld}

    @property
    def matrix_groups(self) -> tuple[MatrixGroup, ...]:
        """The matrix groups of the fields that stay, as proposals for instruments, in the order of the dictionary."""
        groups: dict[str, list[Field]] = {}
        for each in self.fields:
            if each.matrix and not each.withheld:
                groups.setdefault(each.matrix, []).append(each)
        return tuple(_matrix_group(name, fields) for name, fields in groups.items())


def find(con: duckdb.DuckDBPyConnection, files: Iterable[SourceFile]) -> list[Dictionary]:
    """Return every data dictionary among the staged files."""
    return [_read(con, file, headings) for file in files if (headings := _headings(file))]


def withhold(con: duckdb.DuckDBPyConnection, files: Sequence[SourceFile]) -> list[SourceFile]:
    """Take the columns a data dictionary withholds away from the exports beside it; return the files without it.

    Without a dictionary nothing changes. Raises InputFault if no file is an export of its project, if an export
    holds labels where the dictionary has codes, or if a dictionary lacks a heading, so that what it withholds is not
    known.
    """
    read = [file for file in files if not file.faults]
    broken = [fault for file in read for fault in (*_not_whole(file), *_labelled(con, file))]
    if broken:
        raise InputFault(broken)
    dictionaries = find(con, read)
    kept = [file for file in files if file.faults or not _headings(file)]
    faults = [fault for each in dictionaries for fault in _faults(con, each, kept)]
    if faults:
        raise InputFault(faults)
    for file in read:
        if _headings(file):
            _remove(con, file)
    for each in dictionaries:
        kept = [
            _described(_without(con, file, each.withheld), each) if _is_export(file, each) else file for file in kept
        ]
    return kept


def _described(file: SourceFile, dictionary: Dictionary) -> SourceFile:
    """Return an export with the matrix groups of which it holds every field."""
    written = {name.casefold(): name for name in file.columns}
    groups = tuple(
        ColumnGroup(
            name=each.name,
            words=f"{each.name} {each.form}",
            columns=tuple(written[item] for item in each.items),
            lowest=each.lowest,
            highest=each.highest,
        )
        for each in dictionary.matrix_groups
        if all(item in written for item in each.items)
    )
    return replace(file, groups=groups)


def _headings(file: SourceFile) -> dict[str, str]:
    """Return what the headings that are read are called in this file; nothing if it is no data dictionary."""
    written = {name.strip().casefold(): name for name in file.columns}
    for headings in (_OF_FILE, _OF_API):
        if all(name.casefold() in written for name in headings.values()):
            return {key: written[name.casefold()] for key, name in headings.items()}
    return {}


def _not_whole(file: SourceFile) -> Iterator[Fault]:
    """Yield one fault if a file has the first headings of a data dictionary and not all of those that are read."""
    written = {name.strip().casefold() for name in file.columns}
    for headings in (_OF_FILE, _OF_API):
        lacking = [name for name in headings.values() if name.casefold() not in written]
        if lacking and all(headings[key].casefold() in written for key in ("name", "form", "kind")):
            named = ", ".join(f"“{name}”" for name in lacking)
            rule = f"looks like a REDCap data dictionary and has no column {named}, so that identifiers are not known"
            yield Fault(file.name, rule, "Download the data dictionary from REDCap again, and leave it as it is")


def _labelled(con: duckdb.DuckDBPyConnection, file: SourceFile) -> Iterator[Fault]:
    """Yield one fault if a file names the events of REDCap by their labels: raw names are small letters and signs."""
    event = next((name for name in file.columns if name.casefold() == _EVENT), None)
    if event is None:
        return
    count = _COUNT_LABELLED.substitute(column=quoted(event), view=quoted(file.view))
    rows = int(con.execute(count).fetchall()[0][0])
    if rows:
        rule = "holds the labels of events instead of their names: it is an export of labels"
        yield Fault(f"{file.name}, column {event}", rule, _RAW_INSTEAD, rows)


def _read(con: duckdb.DuckDBPyConnection, file: SourceFile, headings: Mapping[str, str]) -> Dictionary:
    columns = ", ".join(f"coalesce(trim({quoted(name)}), '')" for name in headings.values())
    select = _READ.substitute(columns=columns, view=quoted(file.view))
    rows = [dict(zip(headings, row, strict=True)) for row in con.execute(select).fetchall()]
    record_id = rows[0]["name"].casefold()
    fields = tuple(_field(row, is_record_id=row["name"].casefold() == record_id) for row in rows if row["name"])
    return Dictionary(file.name, fields, record_id)


def _field(row: Mapping[str, str], *, is_record_id: bool) -> Field:
    kind = row["kind"].casefold()
    choices = _FIXED_CHOICES.get(kind) or (_choices(row["choices"]) if kind in _CODED else {})
    return Field(
        name=row["name"].casefold(),
        form=row["form"],
        kind=kind,
        choices=choices,
        matrix=row["matrix"],
        withheld="" if is_record_id else _why_withheld(row, kind),
    )


def _why_withheld(row: Mapping[str, str], kind: str) -> str:
    if row["identifier"].casefold() in ("y", "yes", "1"):
        return "an identifier"
    if kind in _FREE_TEXT:
        return _FREE_TEXT[kind]
    check = row["check"].casefold() if kind == "text" else ""
    return next((f"text checked as {what}" for start, what in _CHECKED_AS.items() if check.startswith(start)), "")


def _choices(written: str) -> dict[str, str]:
    """Return codes and labels of `1, Never | 2, Sometimes`; a label may hold commas and tags."""
    parts = [part.partition(",") for part in written.split("|") if part.strip()]
    return {code.strip(): _TAG.sub("", label).strip().casefold() for code, _, label in parts}


def _matrix_group(name: str, fields: Sequence[Field]) -> MatrixGroup:
    codes = [float(code) for each in fields for code in each.choices if _NUMBER.fullmatch(code)]
    items = tuple(each.name for each in fields)
    return MatrixGroup(name, fields[0].form, items, min(codes, default=None), max(codes, default=None))


def _is_export(file: SourceFile, dictionary: Dictionary) -> bool:
    return dictionary.record_id in {name.casefold() for name in file.columns}


def _faults(con: duckdb.DuckDBPyConnection, dictionary: Dictionary, files: Sequence[SourceFile]) -> Iterator[Fault]:
    exports = [file for file in files if _is_export(file, dictionary)]
    if not exports:
        remedy = "Export the raw data with raw headings from REDCap (CSV / Microsoft Excel, raw data), not labels"
        yield Fault(dictionary.file, "no file beside it has the record id of this data dictionary as a heading", remedy)
    for file in exports:
        yield from _labels(con, dictionary, file)


def _labels(con: duckdb.DuckDBPyConnection, dictionary: Dictionary, file: SourceFile) -> Iterator[Fault]:
    """Yield one fault if coded columns of an export hold labels: texts that are a label and no code."""
    written = {name.casefold(): name for name in file.columns}
    coded = {name: codes for each in dictionary.fields if not each.withheld for name, codes in each.columns() if codes}
    coded |= {f"{form.casefold()}_complete": _COMPLETE for form in {each.form for each in dictionary.fields}}
    looked_at = [(written[name], codes) for name, codes in coded.items() if name in written]
    if not looked_at:
        return
    counts = ", ".join(_COUNT.substitute(column=quoted(name)) for name, _ in looked_at)
    parameters = [part for _, codes in looked_at for part in (list(codes.values()), list(codes))]
    count = _COUNT_LABELS.substitute(counts=counts, view=quoted(file.view))
    found = con.execute(count, parameters).fetchall()[0]
    held = [(name, rows) for (name, _), rows in zip(looked_at, found, strict=True) if rows]
    if held:
        columns = f"{len(held)} coded column{'s' if len(held) > 1 else ''}"
        where = f"{file.name}, column {held[0][0]}" + (" and others" if len(held) > 1 else "")
        yield Fault(where, f"{columns} of the data dictionary hold labels instead of codes", _RAW_INSTEAD, held[0][1])


def _remove(con: duckdb.DuckDBPyConnection, file: SourceFile) -> None:
    """Remove everything that was staged of a file."""
    drop_view = _DROP_VIEW.substitute(view=quoted(file.view))
    drop_text = _DROP_TABLE.substitute(text=quoted(f"text_{file.stem}"))
    con.execute(drop_view)
    con.execute(drop_text)


def _without(con: duckdb.DuckDBPyConnection, file: SourceFile, withheld: Mapping[str, str]) -> SourceFile:
    """Remove the withheld columns from what was staged of an export, so that nothing can read them any more."""
    gone = {name: withheld[name.casefold()] for name in file.columns if name.casefold() in withheld}
    if not gone:
        return file
    left = tuple(name for name in file.columns if name not in gone)
    view, text = quoted(file.view), quoted(f"text_{file.stem}")
    keep = _KEEP.substitute(columns=", ".join(quoted(name) for name in left), view=view)
    con.execute(keep)
    _remove(con, file)
    rename = _RENAME.substitute(text=text)
    con.execute(rename)
    lay = _VIEW.substitute(view=view, text=text)
    con.execute(lay)
    return replace(file, columns=left, withheld={**file.withheld, **gone})
