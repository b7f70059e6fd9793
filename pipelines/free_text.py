"""Search what an organisation's files hold as text: labels that are kept, identifiers, and what cannot be read.

What the high-precision detectors find refuses the load; what the others find keeps the row out. Texts are
searched once each, and what is reported of them is the file, the column, the rule and the number of rows.
"""

from __future__ import annotations

from collections.abc import Mapping

from pipelines import identifiers
from pipelines.cells import NOT_RECOGNISED, TEXT_PROBLEMS, UNREADABLE, shift_of
from pipelines.faults import Fault
from pipelines.raw_tables import RawTables
from pipelines.schema import Column, Table

REMEDY = "Remove them at the source, or leave the column out; nothing of the file was stored"


def search_labels(raw: RawTables) -> None:
    """Search every label, and every identifier by which a row is known, before anything is kept of them."""
    for table in raw.tables():
        for column in raw.columns(table):
            source = {"table": table.name, "raw": f"raw_{table.name}", "column": column.incoming}
            if column.transform == "label":
                raw.run("gather_labels", **source)
            elif column.transform == "pseudonym" and not column.references:
                raw.run("gather_ids", **source)
                if not raw.run("gathered_ids", table=table.name, column=column.incoming):
                    raw.plain_ids.add((table.name, column.incoming))
    raw.run("gather_texts", places=sorted(identifiers.PLACES))
    identifiers.search(raw.con)
    raw.run("flag_labels", rules=list(TEXT_PROBLEMS), problems=list(TEXT_PROBLEMS.values()))


def gather_unread(raw: RawTables, table: Table, unread: list[Column]) -> None:
    """Gather the cells of the columns `unread` of `table` that could not be read, to be searched."""
    for column in unread:
        raw.run(
            "gather_unread",
            table=table.name,
            raw=f"raw_{table.name}",
            column=column.incoming,
            shift=shift_of(table, column),
            first_problem=UNREADABLE,
            second_problem=NOT_RECOGNISED,
        )


def search_unread(raw: RawTables, table: Table) -> None:
    """Search what was gathered of `table`, and note its rows with an unknown entry that looks like a person's."""
    identifiers.search(raw.con)
    found = set(raw.run("found_unread"))
    for column in raw.columns(table):
        if column.transform == "category" and (table.name, column.incoming) in found:
            raw.run(
                "flag_unread",
                table=table.name,
                raw=f"raw_{table.name}",
                typed=f"typed_{table.name}",
                column=column.incoming,
                shift=shift_of(table, column),
            )


def faults(raw: RawTables, files: Mapping[str, str]) -> list[Fault]:
    """Return one fault per column and kind of identifier found; `files` names the file behind each table."""
    return [
        Fault(f"{files[table]}, column {column}", f"holds {identifiers.HIGH_PRECISION[rule]} ({rule})", REMEDY, rows)
        for table, column, rule, rows in identifiers.found(raw.con)
    ]
