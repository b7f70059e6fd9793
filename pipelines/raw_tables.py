"""The raw canonical tables of one load: which there are, which columns their files have, and SQL over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipelines import schema
from pipelines.schema import Column, Table
from pipelines.warehouse import quoted, statement

if TYPE_CHECKING:
    import duckdb

ORDER = (
    "sites",
    "coaches",
    "participants",
    "episodes",
    "discharges",
    "coach_assignments",
    "sessions",
    "assessments",
    "assessment_items",
    "engagement_events",
)
"""Parents before children, and exits before what is compared with them."""
_COLUMNS = "select table_name, column_name from duckdb_columns() where not internal"


class RawTables:
    """The relations `raw_<table>` of a connection; a table that no file fills counts as absent, and as empty."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self._columns: dict[str, set[str]] = {name: set() for name in ORDER}
        self.absent = set(ORDER)
        self.plain_ids: set[tuple[str, str | None]] = set()
        """Columns of identifiers that hold nothing but ASCII letters, digits and the signs `+,-./_`."""
        for relation, column in con.execute(_COLUMNS).fetchall():
            name = relation.removeprefix("raw_")
            if relation != name and name in self._columns and column != "row_no":
                self._columns[name].add(column)
                self.absent.discard(name)

    def tables(self) -> list[Table]:
        """Return every table, absent ones included, parents before children."""
        return [schema.table(name) for name in ORDER]

    def columns(self, table: Table) -> list[Column]:
        """Return the declared columns that the file of `table` has."""
        return [column for column in table.incoming if column.incoming in self._columns[table.name]]

    def references(self, parent: str) -> list[tuple[Table, Column]]:
        """Return the columns of the files that refer to `parent`."""
        return [
            (table, column) for table in self.tables() for column in self.columns(table) if parent_of(column) == parent
        ]

    def make_absent_tables(self) -> None:
        """Make an empty `raw_<table>` of every absent table."""
        for name in self.absent:
            empty = " ".join(("create or replace temp table", quoted(f"raw_{name}"), "(row_no bigint)"))
            self.con.execute(empty)

    def drop_texts(self, texts: Mapping[str, Sequence[str]], needed_by: Sequence[str]) -> None:
        """Drop the TEMP tables in `texts`, by canonical table, that none of the tables `needed_by` reads.

        Views over them stay, and cannot be read any more.
        """
        kept = {text for name in needed_by for text in texts.get(name, ())}
        for text in {text for some in texts.values() for text in some} - kept:
            drop = " ".join(("drop table if exists", quoted(text)))
            self.con.execute(drop)

    def run(self, script: str, **parameters: object) -> list[tuple[object, ...]]:
        """Run `sql/deidentify_<script>.sql` and return its rows."""
        return self.con.execute(statement(f"sql/deidentify_{script}.sql"), parameters).fetchall()

    def any(self, relation: str) -> bool:
        """Tell whether a table has rows."""
        query = "select 1 from query_table($relation) limit 1"
        return bool(self.con.execute(query, {"relation": relation}).fetchall())


def parent_of(column: Column) -> str:
    """Return the table to which a column refers, empty if to none."""
    return column.references.partition(".")[0]
