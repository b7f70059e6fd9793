"""Whether the marts of stored records are those that this program reads: another version may have built them."""

from __future__ import annotations

from pipelines import marts
from pipelines.faults import Fault, InputFault
from pipelines.warehouse import Reader

_STORED = "select table_name, column_name from duckdb_columns() where database_name = current_database()"


def refuse_others(reader: Reader) -> None:
    """Raise InputFault if a declared column of a mart is not stored, so that no page breaks off in the middle."""
    stored = {(str(table), str(column)) for table, column in reader.rows(_STORED)}
    declared = {(table.name, str(column.name)) for table in marts.MARTS for column in table.columns}
    if declared - stored:
        rule = "were built by another version of this program, which kept other columns"
        raise InputFault(Fault("the records", rule, "Load your files again with this version: recovery-outcomes load"))
