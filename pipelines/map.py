"""Turn staged files into raw canonical tables, as a mapping says; `mapping_file` documents the grammar.

Every canonical table that the mapping fills becomes a TEMP relation `raw_<table>`: the incoming columns
of `schema` that are there, as text, and `row_no`. Columns that no rule names are left behind and
counted by their position, never by their heading. From here on the connection can reach no file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

import duckdb

from pipelines import schema
from pipelines.faults import Fault, InputFault
from pipelines.mapping_file import Cell, TableRule, View, packaged_names, read_mapping
from pipelines.mapping_file import Mapping as SourceMapping
from pipelines.read import SourceFile
from pipelines.warehouse import quoted

CANONICAL = "canonical"
_MAKE_VIEW = Template("CREATE OR REPLACE TEMP TABLE $name AS\n$select")
_FILL = Template("CREATE OR REPLACE TEMP $kind $raw AS SELECT $columns FROM $source $condition")
_WHOLE_DAYS = r"[+-]?\d{1,6}(\.0*)?"


@dataclass(frozen=True, slots=True)
class MappedTable:
    """One filled canonical table: `columns` are the incoming names present, `dropped` positions left behind.

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
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MappedTables:
    """What a mapping made of the staged files.

    `unused` are files no rule reads; `contact_types` further event types that stop the gap; `dataset`
    what the mapping says of the records (title, demonstration, program); `instruments` a folder of its own.
    """

    mapping_id: str
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


@dataclass(frozen=True, slots=True)
class _Source:
    """A relation rules can read: its name in SQL, its columns as written, and where it came from."""

    relation: str
    columns: Mapping[str, str]
    files: tuple[SourceFile, ...]
    label: str
    numbered: bool = True


def apply(
    connection: duckdb.DuckDBPyConnection, mapping: str | Path | None, files: Sequence[SourceFile]
) -> MappedTables:
    """Make `raw_<table>` of every canonical table the mapping fills; None is the canonical mapping.

    Raises InputFault for a mapping that is wrong, a file or a required column that is missing, or SQL
    of a mapping that cannot be run.
    """
    chosen = read_mapping(CANONICAL if mapping is None else mapping)
    sources = {file.stem: _of_file(file) for file in files}
    rules = [rule for rule in chosen.tables if not (rule.optional and _absent(rule.source, chosen, sources))]
    _require_files(chosen, rules, sources)
    connection.execute("SET enable_external_access = false")
    for view in chosen.views:
        sources[view.name] = _make_view(connection, view, sources)
    faults: list[Fault] = []
    tables = [_fill(connection, chosen, rule, sources[rule.source], faults) for rule in rules]
    if faults:
        raise InputFault(faults)
    read = {file.stem for rule in rules for file in sources[rule.source].files}
    return MappedTables(
        mapping_id=chosen.mapping_id,
        label=chosen.label,
        tables=tuple(table for table in tables if table is not None),
        unused=tuple(file.name for file in files if file.stem not in read),
        contact_types=chosen.contact_types,
        dataset=chosen.dataset,
        instruments=chosen.instruments,
    )


def _of_file(file: SourceFile) -> _Source:
    return _Source(file.view, {name.casefold(): name for name in file.columns}, (file,), file.name)


def _absent(source: str, mapping: SourceMapping, sources: Mapping[str, _Source]) -> bool:
    return source not in sources and source not in {view.name for view in mapping.views}


def _require_files(mapping: SourceMapping, rules: Sequence[TableRule], sources: Mapping[str, _Source]) -> None:
    """Raise InputFault for every file that a rule or a view needs and that is not there."""
    needed = [need for view in mapping.views for need in view.needs] + [rule.source for rule in rules]
    remedy = f"Add it to the folder, or choose another mapping ({', '.join(packaged_names())}, or a file of your own)"
    faults = [
        Fault(f"{name}.csv", f"is missing: the mapping {mapping.mapping_id} needs a file of this name", remedy)
        for name in dict.fromkeys(needed)
        if _absent(name, mapping, sources)
    ]
    if faults:
        raise InputFault(faults)


def _make_view(connection: duckdb.DuckDBPyConnection, view: View, sources: Mapping[str, _Source]) -> _Source:
    """Run the SELECT of a view and keep its rows; InputFault if it is anything but one SELECT that runs."""
    try:
        statements = connection.extract_statements(view.sql)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise InputFault(Fault(view.file, "is not one SELECT", "Write one SELECT and nothing else"))
        relation = f"view_{view.name}"
        make = _MAKE_VIEW.substitute(name=quoted(relation), select=statements[0].query.rstrip().rstrip(";"))
        connection.execute(make)
    except duckdb.Error as error:
        raise InputFault(Fault(view.file, _safe_words(error), "Correct the SQL of the mapping")) from None
    names = connection.table(quoted(relation)).columns
    files = tuple(dict.fromkeys(file for need in view.needs for file in sources[need].files))
    label = (
        f"{view.file} ({len(files)} files)" if len(files) > 2 else f"{view.file} ({', '.join(f.name for f in files)})"
    )
    folded = {name.casefold(): name for name in names}
    return _Source(relation, folded, files, label, numbered="row_no" in folded)


def _safe_words(error: duckdb.Error) -> str:
    """Say why SQL failed; only errors about the text of the SQL are quoted, others could hold a cell's value."""
    if isinstance(error, duckdb.ParserException | duckdb.BinderException | duckdb.CatalogException):
        return "cannot be run: " + str(error).splitlines()[0]
    return "fails on a value in the files; TRY_CAST reads what can be read"


def _fill(
    connection: duckdb.DuckDBPyConnection,
    mapping: SourceMapping,
    rule: TableRule,
    source: _Source,
    faults: list[Fault],
) -> MappedTable | None:
    """Make `raw_<table>`; None, with the reasons in `faults`, if a column it needs is not there."""
    table = schema.table(rule.table)
    cells = rule.cells
    if cells is None:
        present = [str(column.incoming) for column in table.incoming if str(column.incoming) in source.columns]
        cells = {name: Cell(column=name) for name in present}
    missing = _missing_columns(mapping, rule, table, cells, source)
    if missing:
        faults.extend(missing)
        return None
    parameters: list[object] = []
    row_no = "row_no" if source.numbered else "row_number() OVER () AS row_no"
    parts = [row_no, *(_cell_sql(cell, source, parameters) + " AS " + quoted(name) for name, cell in cells.items())]
    condition = _condition_sql(rule, source, parameters)
    raw_name, kind = "raw_" + table.name, "TABLE" if parameters or not source.numbered else "VIEW"
    fill = _FILL.substitute(
        kind=kind,
        raw=quoted(raw_name),
        columns=", ".join(parts),
        source=quoted(source.relation),
        condition=condition,
    )
    connection.execute(fill, parameters)
    used = {str(cell.column).casefold() for cell in cells.values()} | {name.casefold() for name in rule.where}
    dropped = [place for place, name in enumerate(source.columns, 1) if name not in used]
    raw = connection.table(quoted(raw_name))
    held = {"text_" + file.stem for file in source.files} | {raw_name if kind == "TABLE" else source.relation}
    return MappedTable(
        name=table.name,
        file=source.label,
        sha256=_digest(source.files),
        rows=int(raw.count("*").fetchall()[0][0]),
        columns=tuple(cells),
        dropped=tuple(dropped) if len(source.files) == 1 and source.relation == source.files[0].view else (),
        texts=tuple(sorted(held - {file.view for file in source.files})),
    )


def _missing_columns(
    mapping: SourceMapping, rule: TableRule, table: schema.Table, cells: Mapping[str, Cell], source: _Source
) -> list[Fault]:
    """Return a fault for every required column and every column a rule names that the source does not have."""
    if rule.cells is None:
        absent = [str(c.incoming) for c in table.incoming if c.required and str(c.incoming) not in source.columns]
        remedy = "Name the column so, or write a mapping that says which column holds it"
    else:
        named = [str(cell.column) for cell in cells.values() if cell.column is not None] + list(rule.where)
        absent = [name for name in dict.fromkeys(named) if name.casefold() not in source.columns]
        remedy = f"Correct the heading in the file or the column in {mapping.file}"
    if len(source.columns) == 1 and absent:
        remedy += "; the heading was read as one column: are the cells divided by comma, semicolon or tab?"
    return [Fault(source.label, f"has no column {name}, which {table.name} needs", remedy) for name in absent]


def _cell_sql(cell: Cell, source: _Source, parameters: list[object]) -> str:
    """Return the SQL of one cell; the texts of the mapping go into `parameters`."""
    if cell.column is None:
        parameters.append(cell.constant)
        return "CAST(? AS VARCHAR)"
    text = "CAST(" + quoted(source.columns[cell.column.casefold()]) + " AS VARCHAR)"
    whens = []
    if cell.empty is not None:
        whens.append(f"WHEN coalesce(trim({text}), '') = '' THEN ?")
        parameters.append(cell.empty)
    for theirs, ours in cell.values.items():
        whens.append(f"WHEN trim({text}) = ? THEN ?")
        parameters += [theirs, ours]
    if cell.day_origin is not None:
        whens.append(
            f"WHEN regexp_full_match(trim({text}), ?) "
            f"THEN CAST(CAST(? AS DATE) + CAST(CAST({text} AS DOUBLE) AS INTEGER) AS VARCHAR)"
        )
        parameters += [_WHOLE_DAYS, cell.day_origin]
    if cell.other is not None:
        whens.append(f"WHEN trim({text}) <> '' THEN ?")
        parameters.append(cell.other)
    return f"CASE {' '.join(whens)} ELSE {text} END" if whens else text


def _condition_sql(rule: TableRule, source: _Source, parameters: list[object]) -> str:
    conditions = []
    for column, texts in rule.where.items():
        if column.casefold() not in source.columns:
            continue  # reported as a missing column
        conditions.append(f"trim({quoted(source.columns[column.casefold()])}) IN ({', '.join('?' for _ in texts)})")
        parameters.extend(texts)
    return "WHERE " + " AND ".join(conditions) if conditions else ""


def _digest(files: Sequence[SourceFile]) -> str:
    if len(files) == 1:
        return files[0].sha256
    return hashlib.sha256("".join(file.sha256 for file in files).encode()).hexdigest()
