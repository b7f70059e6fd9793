"""Turn staged files into raw canonical tables, as a mapping says; `mapping_file` documents the grammar.

Every canonical table that the mapping fills becomes a TEMP relation `raw_<table>`: the incoming columns
of `schema` that are there, as text, and `row_no`, the row of the file. Where one row of a file becomes
several, or several files one table, rows are numbered anew and the TEMP table `row_lines` keeps file and row.
Columns that no rule names are left behind and counted by their position, never by their heading. From here
on the connection can reach no file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from string import Template

import duckdb

from pipelines import schema
from pipelines.faults import Fault, InputFault
from pipelines.mapping_file import read_mapping
from pipelines.mapping_rules import Cell, TableRule
from pipelines.mapping_rules import Mapping as SourceMapping
from pipelines.mapping_sources import Source, is_absent, make_view, of_file, require_files, withheld_fault
from pipelines.mapping_sql import cell_sql, columns_named, condition_sql, items_sql
from pipelines.read import SourceFile
from pipelines.warehouse import quoted

CANONICAL = "canonical"
_MOST_NAMED = 5
"""Columns of one rule that are missing and named one by one; of more the first are named."""
_FILL = Template("CREATE OR REPLACE TEMP $kind $raw AS $select")
_SELECT = Template("SELECT $line AS row_no, $wanted FROM $source $condition")
_FIRST = Template("SELECT * FROM ($select) QUALIFY row_number() OVER (PARTITION BY $key ORDER BY row_no) = 1 OR $blank")
_ANSWERED = Template("SELECT * FROM ($select) WHERE coalesce(trim(value), '') <> ''")
_GATHER = Template(
    "CREATE OR REPLACE TEMP TABLE gathered_rows AS "
    "SELECT row_number() OVER () AS row_no, row_no AS line, * EXCLUDE (row_no) FROM ($select)"
)
_FROM_GATHERED = Template("CREATE OR REPLACE TEMP TABLE $name AS SELECT * EXCLUDE (file, line) FROM gathered_rows")
_OF_FILE = Template("SELECT CAST(? AS VARCHAR) AS file, * FROM ($select)")
_ROW_LINES = "CREATE OR REPLACE TEMP TABLE row_lines (table_name VARCHAR, row_no BIGINT, file VARCHAR, line BIGINT)"


@dataclass(frozen=True, slots=True)
class MappedTable:
    """One filled canonical table: `columns` are the incoming names present, `dropped` positions left behind.

    Among those dropped, `withheld` were taken away by a data dictionary. Where a view reads the file, only these
    are known to be left behind.
    `file` is the file it came from, or the view and its files; `sha256` that of the file, or of the
    hashes of the files one after the other where a view read several. `rows` is what must later be
    stored or quarantined. `texts` are the TEMP tables in which its text lies.
    """

    name: str
    file: str
    sha256: str
    rows: int
    columns: tuple[str, ...]
    dropped: tuple[int, ...] = ()
    withheld: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MappedTables:
    """What a mapping made of the staged files.

    `sha256` tells the same mapping from a changed one. `unused` are files no rule reads; `contact_types` further
    event types that stop the gap; `dataset` what the mapping says of the records (title, demonstration, program);
    `instruments` a folder of its own.
    """

    mapping_id: str
    sha256: str
    label: str
    tables: tuple[MappedTable, ...]
    unused: tuple[str, ...]
    contact_types: tuple[str, ...]
    dataset: Mapping[str, str]
    instruments: Path | None

    @property
    def files(self) -> dict[str, str]:
        """The file behind each canonical table, for messages."""
        return {table.name: table.file for table in self.tables}

    @property
    def texts(self) -> dict[str, tuple[str, ...]]:
        """The TEMP tables in which the text of each canonical table lies."""
        return {table.name: table.texts for table in self.tables}


def apply(
    connection: duckdb.DuckDBPyConnection,
    mapping: str | Path | None,
    files: Sequence[SourceFile],
    extracted_on: date | None = None,
    *,
    is_partial: bool = False,
) -> MappedTables:
    """Make `raw_<table>` of every canonical table the mapping fills; None is the canonical mapping.

    `extracted_on` is the day on which the files were made, for a mapping that takes it as a setting. With `is_partial`
    the files add to records that are there, and any of them may be missing or empty.

    Raises InputFault for a mapping that is wrong, a file or a required column that is missing, or SQL
    of a mapping that cannot be run.
    """
    chosen = _with_extract(read_mapping(CANONICAL if mapping is None else mapping), extracted_on)
    sources = {file.stem: of_file(file) for file in files}
    if is_partial:
        chosen = _part_that_is_there(chosen, {file.stem for file in files if not file.empty})
    nothing_in = {file.stem for file in files if file.empty}
    rules = [
        rule
        for rule in chosen.tables
        if not (rule.optional and (rule.source in nothing_in or is_absent(rule.source, chosen, sources)))
    ]
    require_files(chosen, rules, sources)
    connection.execute("SET enable_external_access = false")
    connection.execute(_ROW_LINES)
    for view in chosen.views:
        sources[view.name] = make_view(connection, view, sources)
    faults: list[Fault] = []
    tables = [
        _fill_table(connection, chosen, name, of_table, sources, faults) for name, of_table in _by_table(rules).items()
    ]
    if faults:
        raise InputFault(list(dict.fromkeys(faults)))
    read = {file.stem for rule in rules for file in sources[rule.source].files}
    return MappedTables(
        mapping_id=chosen.mapping_id,
        sha256=hashlib.sha256(repr((chosen.tables, chosen.views, chosen.contact_types)).encode()).hexdigest(),
        label=chosen.label,
        tables=_left_behind(chosen, rules, sources, [table for table in tables if table is not None]),
        unused=tuple(file.name for file in files if file.stem not in read and file.rows),
        contact_types=chosen.contact_types,
        dataset=chosen.dataset,
        instruments=chosen.instruments,
    )


def _with_extract(mapping: SourceMapping, extracted_on: date | None) -> SourceMapping:
    """Return the mapping with `extracted_on` where a cell takes it as a setting."""
    if extracted_on is None:
        return mapping
    rules = []
    for rule in mapping.tables:
        cells = dict(rule.cells or {})
        settled = {
            name: replace(cell, constant=extracted_on.isoformat()) for name, cell in cells.items() if cell.setting
        }
        rules.append(replace(rule, cells=cells | settled) if settled else rule)
    return replace(mapping, tables=tuple(rules))


def _part_that_is_there(mapping: SourceMapping, files: set[str]) -> SourceMapping:
    """Return the mapping without the views and rules whose files are not there; unchanged if nothing would be left."""
    known = set(files)
    views = []
    for view in mapping.views:
        if known.issuperset(view.needs):
            known.add(view.name)
            views.append(view)
    rules = tuple(rule for rule in mapping.tables if rule.source in known)
    return replace(mapping, views=tuple(views), tables=rules) if rules else mapping


def _left_behind(
    mapping: SourceMapping, rules: Sequence[TableRule], sources: Mapping[str, Source], tables: Sequence[MappedTable]
) -> tuple[MappedTable, ...]:
    """Note, with the first table of each file, its columns that no rule names; not where a view reads the file."""
    viewed = {file.name for view in mapping.views for file in sources[view.name].files}
    used: dict[str, set[str]] = {}
    for rule in rules:
        source = sources[rule.source]
        incoming = {str(column.incoming) for column in schema.table(rule.table).incoming}
        named = {name.casefold() for cell in (rule.cells or {}).values() for name in cell.columns}
        named |= {name.casefold() for name in columns_named(rule)}
        used.setdefault(source.label, set()).update(incoming if rule.cells is None else named)
    noted = []
    for table in tables:
        names = used.pop(table.file, None)
        file = next((source.files[0] for source in sources.values() if source.label == table.file), None)
        if names is None or file is None or file.name != table.file or table.file in viewed:
            noted.append(table)
            continue
        unread = [name for name in file.headings or file.columns if name.casefold() not in names]
        noted.append(replace(table, dropped=_places(file, unread)))
    return tuple(noted)


def _by_table(rules: Sequence[TableRule]) -> dict[str, list[TableRule]]:
    """Return the rules of each table; the items of a rule for assessments are a rule for assessment_items too."""
    by_table: dict[str, list[TableRule]] = {}
    for rule in rules:
        by_table.setdefault(rule.table, []).append(rule)
        if rule.items is not None:
            by_table.setdefault(schema.ASSESSMENT_ITEMS.name, []).append(rule)
    return by_table


def _fill_table(
    connection: duckdb.DuckDBPyConnection,
    mapping: SourceMapping,
    name: str,
    rules: Sequence[TableRule],
    sources: Mapping[str, Source],
    faults: list[Fault],
) -> MappedTable | None:
    """Make `raw_<name>` of the rows of its rules; None, with the reasons in `faults`, if a column is not there."""
    parts = [_part(mapping, rule, schema.table(name), sources[rule.source], faults) for rule in rules]
    found = [part for part in parts if part is not None]
    if len(found) < len(parts):
        return None
    alone = found[0] if len(found) == 1 else None
    relation = quoted(f"raw_{name}")
    held = f"raw_{name}"
    if alone is not None and alone.source.numbered and not alone.is_items:
        kind = "TABLE" if alone.parameters else "VIEW"
        held = held if alone.parameters else alone.source.relation
        make = _FILL.substitute(kind=kind, raw=relation, select=alone.select)
        connection.execute(make, alone.parameters)
    else:
        _fill_and_number(connection, name, found)
    files = tuple(dict.fromkeys(file for part in found for file in part.source.files))
    texts = {held, *(f"text_{file.stem}" for file in files)} - {file.view for file in files}
    return MappedTable(
        name=name,
        file=" and ".join(dict.fromkeys(part.source.label for part in found)),
        sha256=_digest(files),
        rows=int(connection.table(relation).count("*").fetchall()[0][0]),
        columns=tuple(dict.fromkeys(column for part in found for column in part.columns)),
        dropped=_places(files[0], files[0].withheld) if len(files) == 1 else (),
        withheld=_places(files[0], files[0].withheld) if len(files) == 1 else (),
        texts=tuple(sorted(texts)),
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """What one rule contributes to a table: its SELECT with `row_no`, the row of its source."""

    source: Source
    select: str
    parameters: list[object]
    columns: tuple[str, ...]
    is_items: bool


def _part(
    mapping: SourceMapping, rule: TableRule, table: schema.Table, source: Source, faults: list[Fault]
) -> _Part | None:
    """Return the SELECT of one rule; None, with the reasons in `faults`, if a column it needs is not there."""
    is_items = rule.items is not None and table is schema.ASSESSMENT_ITEMS
    faults.extend(_withheld_named(mapping, rule, source))
    cells = rule.cells
    if cells is None:
        present = [str(column.incoming) for column in table.incoming if str(column.incoming) in source.columns]
        cells = {name: Cell(column=name, missing=rule.missing) for name in present}
    missing = [] if is_items else _missing_columns(mapping, rule, table, source) + _settings_not_said(mapping, rule)
    faults.extend(missing)
    if missing:
        return None
    parameters: list[object] = []
    line = "row_no" if source.numbered else "line" if "line" in source.columns else "row_number() OVER ()"
    if is_items:
        columns: tuple[str, ...] = ("assessment_id", "item_no", "value")
        wanted = items_sql(rule, source.columns, parameters)
    else:
        columns = tuple(cells)
        wanted = ", ".join(
            cell_sql(cell, source.columns, parameters) + " AS " + quoted(name) for name, cell in cells.items()
        )
    condition = condition_sql(rule, source.columns, parameters)
    select = _SELECT.substitute(line=line, wanted=wanted, source=quoted(source.relation), condition=condition)
    if is_items:
        select = _ANSWERED.substitute(select=select)
    elif rule.first_per_key:
        key = [str(c.incoming) for c in table.columns if c.name in table.key and c.incoming in columns]
        texts = [f"coalesce(trim({quoted(name)}), '')" for name in key]
        blank = " OR ".join(f"{text} = ''" for text in texts)  # rows without a key are left for the checks
        select = _FIRST.substitute(select=select, key=", ".join(texts), blank=blank)
    return _Part(source, select, parameters, columns, is_items)


def _places(file: SourceFile, names: Iterable[str]) -> tuple[int, ...]:
    """Return the positions of some columns in their file, from 1."""
    written = file.headings or file.columns
    return tuple(sorted(written.index(name) + 1 for name in names))


def _fill_and_number(connection: duckdb.DuckDBPyConnection, name: str, parts: Sequence[_Part]) -> None:
    """Make `raw_<name>` of several rules, its rows numbered anew; `row_lines` says which row of which file each is."""
    named = [_OF_FILE.substitute(select=part.select) for part in parts]
    parameters = [value for part in parts for value in (part.source.label, *part.parameters)]
    gather = _GATHER.substitute(select=" UNION ALL BY NAME ".join(named))
    connection.execute(gather, parameters)
    connection.execute("INSERT INTO row_lines SELECT ?, row_no, file, line FROM gathered_rows", [name])
    make = _FROM_GATHERED.substitute(name=quoted(f"raw_{name}"))
    connection.execute(make)
    connection.execute("DROP TABLE gathered_rows")


def _missing_columns(mapping: SourceMapping, rule: TableRule, table: schema.Table, source: Source) -> list[Fault]:
    """Return a fault for every required column and every column a rule names that the source does not have."""
    if rule.cells is None:
        absent = [str(c.incoming) for c in table.incoming if c.required and str(c.incoming) not in source.columns]
        remedy = "Name the column so, or write a mapping that says which column holds it"
    else:
        known = source.columns.keys() | source.withheld.keys()
        absent = [name for name in columns_named(rule) if name.casefold() not in known]
        remedy = f"Correct the heading in the file or the column in {mapping.file}"
    if len(source.columns) == 1 and absent:
        remedy += "; the heading was read as one column: are the cells divided by comma, semicolon or tab?"
    if len(absent) > _MOST_NAMED:  # a form that is not in the export: one message, not one for each of its fields
        named = f"{', '.join(absent[:_MOST_NAMED])} and {len(absent) - _MOST_NAMED} more, which {table.name} needs"
        remedy += f"; where the export has nothing of the kind, leave that rule for {table.name} out of the mapping"
        return [Fault(source.label, f"has no column {named}", remedy)]
    return [Fault(source.label, f"has no column {name}, which {table.name} needs", remedy) for name in absent]


def _withheld_named(mapping: SourceMapping, rule: TableRule, source: Source) -> list[Fault]:
    """Return a fault for every column a rule names that a data dictionary withholds, also where it is optional."""
    optional = [name for cell in (rule.cells or {}).values() if cell.optional for name in cell.columns]
    named = dict.fromkeys(name for name in (*columns_named(rule), *optional) if name.casefold() not in source.columns)
    return [
        withheld_fault(source.label, name, source.withheld[name.casefold()], mapping.file)
        for name in named
        if name.casefold() in source.withheld
    ]


def _settings_not_said(mapping: SourceMapping, rule: TableRule) -> list[Fault]:
    """Return a fault for every setting that a cell takes and the mapping does not give."""
    remedy = (
        'Say the day of the export: [settings] extract_date = "2026-06-30", in a mapping of your own, which may be '
        f'three lines and extends = "{mapping.mapping_id}", or with --extracted-on'
    )
    asked = dict.fromkeys(cell.setting for cell in (rule.cells or {}).values() if cell.setting and not cell.constant)
    return [Fault(f"{mapping.file}, settings.{name}", "is not said", remedy) for name in asked]


def _digest(files: Sequence[SourceFile]) -> str:
    if len(files) == 1:
        return files[0].sha256
    return hashlib.sha256("".join(file.sha256 for file in files).encode()).hexdigest()
