"""Every row of a load is accounted for: stored, kept out, carried over, replaced or withdrawn; never lost."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from pipelines import check
from pipelines.earlier import Earlier
from pipelines.failures import LoadFailure
from pipelines.faults import Fault, InputFault
from pipelines.map import MappedTables
from pipelines.raw_tables import ORDER
from pipelines.summary import TableCount
from pipelines.warehouse import statement

ROWS_TO_JUDGE = 10
"""A table of at least this many rows, none of which can be stored, refuses the load: a column is misread."""


def refuse_nothing_left(con: duckdb.DuckDBPyConnection, mapped: MappedTables, *, added: bool) -> None:
    """Raise InputFault if no row of a table can be stored: then a column is misread, not a row broken.

    What is `added` to records may be a few rows of one table, and a table of it may be empty.
    """
    faults = []
    for table in mapped.tables:
        found = con.execute(statement("sql/load_kept_out.sql"), {"table": table.name}).fetchall()
        needed = table.name in ("participants", "episodes") and not added
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
        remedy = next(each for each in check.rules() if each.id == rule).remedy
        where = f"{table.file}, column {column}" if column else table.file
        if column and column not in table.columns:
            remedy = (
                f"Nothing was read for it: call a column of the file {column}, or write a mapping that says which "
                "column holds it"
            )
        faults.append(Fault(where, f"no row can be stored; most break the rule {rule}", remedy, int(rows)))
    if faults:
        raise InputFault(faults)


def count_tables(
    con: duckdb.DuckDBPyConnection,
    mapped: MappedTables,
    stored: Mapping[str, int],
    before: Earlier | None,
) -> tuple[TableCount, ...]:
    """Return the rows of every table; LoadFailure unless all that were read or there are stored or kept out."""
    counts = []
    read = {table.name: table for table in mapped.tables}
    there = {name: rows for name in ORDER if before is not None and (rows := before.rows(name))}
    for name in [*read, *(name for name in there if name not in read)]:
        ((kept_out, withdrawn),) = con.execute(statement("sql/load_kept_out.sql"), {"table": name}).fetchall()
        replaced = before.replaced.get(name, 0) if before is not None else 0
        carried = there.get(name, 0) - replaced - int(withdrawn)
        table = read.get(name)
        count = TableCount(
            name,
            table.file if table else "",
            table.rows if table else 0,
            stored[name] - carried,
            int(kept_out),
            table.dropped if table else (),
            table.withheld if table else (),
            carried,
            replaced,
            int(withdrawn),
        )
        if count.rows_in != count.rows_stored + count.rows_quarantined:
            raise LoadFailure(
                f"{name}: {count.rows_in} rows were read, but {count.rows_stored} stored and "
                f"{count.rows_quarantined} kept out"
            )
        counts.append(count)
    return tuple(counts)
