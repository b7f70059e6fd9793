"""What the records say of the batches they were made of: rows read, stored, kept out, replaced; and what was kept out.

A batch is known by a hash of its content, so the same files are recognised when they come again. A row that was kept
out is known by its file and row, for a person, and by a keyed code made of its key, so that it leaves the list when it
comes again. No value, no date.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from string import Template
from typing import TYPE_CHECKING

from pipelines import check, schema
from pipelines.map import MappedTables
from pipelines.raw_tables import ORDER
from pipelines.schema import Table
from pipelines.summary import RowPlaces, TableCount
from pipelines.warehouse import quoted, statement

if TYPE_CHECKING:
    import duckdb

_SHOWN = 12
_CODES = Template("""
    insert into kept_out_codes
    select '$table', row_no, $code
    from $typed as typed
    where row_no in (select row_no from quarantined where table_name = '$table')
""")


def identifier(mapped: MappedTables, extracted_on: str = "") -> str:
    """Return what a batch is known by: twelve hexadecimal digits of the hash of its files and of how they are read."""
    files = [f"{table.name} {table.sha256}" for table in sorted(mapped.tables, key=lambda table: table.name)]
    named = "\n".join([mapped.mapping_id, mapped.sha256, extracted_on, *files])
    return hashlib.sha256(named.encode()).hexdigest()[:_SHOWN]


def row_code(table: Table) -> str:
    """Return the SQL of the code by which a row of `typed_<table>`, called typed, is recognised when it comes again."""
    if len(table.key) == 1:
        return f"typed.{quoted(table.key[0])}"
    parts = " || '/' || ".join(f"cast(typed.{quoted(name)} as varchar)" for name in table.key)
    return f"cast(md5({parts}) as uuid)"


def note_kept_out(con: duckdb.DuckDBPyConnection) -> None:
    """Note in TEMP `kept_out_codes` the codes of the rows in `quarantined`, while the typed tables hold them."""
    con.execute(statement("sql/batches_kept_out_codes.sql"))
    for (name,) in con.execute("select distinct table_name from quarantined order by all").fetchall():
        table = schema.table(str(name))
        note = _CODES.substitute(table=table.name, typed=quoted(f"typed_{table.name}"), code=row_code(table))
        con.execute(note)


def store(
    con: duckdb.DuckDBPyConnection, batch: str, mapped: MappedTables, tables: Sequence[TableCount], *, added: bool
) -> None:
    """Write what the load did into `import_log` and `quarantine`; `added` if it added to records that were there."""
    if added:
        con.execute(statement("sql/batches_before.sql"))
    hashes = {table.name: table.sha256 for table in mapped.tables}
    for one in tables:
        entry = {
            "batch": batch,
            "table": one.name,
            "file_sha256": hashes.get(one.name, ""),
            "preset": mapped.mapping_id,
            "rows": [one.rows_in, one.rows_stored, one.rows_quarantined],
            "before": [one.rows_carried, one.rows_replaced, one.rows_withdrawn],
            "dropped_columns": len(one.dropped_columns),
        }
        con.execute(statement("sql/load_import_log.sql"), entry)
    files = {"tables": [table.name for table in mapped.tables], "files": [table.file for table in mapped.tables]}
    con.execute(statement("sql/load_quarantine.sql"), {"batch": batch, **files})


def places(con: duckdb.DuckDBPyConnection, batch: str, mapped: MappedTables) -> tuple[RowPlaces, ...]:
    """Return where the rows of a batch are that were kept out, or stored although a cell of them was not read.

    Call when `store` has filled `quarantine`.
    """
    files = {"tables": [table.name for table in mapped.tables], "files": [table.file for table in mapped.tables]}
    warnings = [rule.id for rule in check.rules() if rule.severity == "warn"]
    found = con.execute(statement("sql/load_row_places.sql"), {"batch": batch, "warnings": warnings, **files})
    return tuple(
        RowPlaces(str(table), str(rule), str(file), tuple(columns or ()), tuple(rows), int(count))
        for table, rule, file, columns, rows, count in found.fetchall()
    )


def in_order(tables: Sequence[TableCount]) -> list[TableCount]:
    """Return the counts in the order in which tables are read."""
    return sorted(tables, key=lambda one: ORDER.index(one.name))
