"""Count days from the first contact: what is stored of a date, once the checks have said which rows count.

Day 0 of an episode is the earliest of its enrolment, its attended sessions and its two-way contacts. The
calendar survives only in two tables without a person, an episode or a coach.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines import schema
from pipelines.raw_tables import ORDER, parent_of
from pipelines.schema import Column, Table
from pipelines.warehouse import quoted, statement

if TYPE_CHECKING:
    import duckdb


def apply(con: duckdb.DuckDBPyConnection, contact_types: Sequence[str] = schema.TWO_WAY_CONTACTS) -> None:
    """Make TEMP views `clean_<table>` of the rows that were kept, and the TEMP calendar tables.

    `contact_types` are the events that count as two-way contact. The calendar tables are called
    `site_month_sessions_staged` and `site_month_active_staged`.
    """
    for name in ORDER:
        kept = _kept_view(con, name)
        con.execute(kept)
    con.execute(statement("sql/clock_earlier_starts.sql"), {"contact_types": list(contact_types)})
    moved = bool(con.execute("select 1 from earlier_starts limit 1").fetchall())
    for name in ORDER:
        clean = _clean_view(con, schema.table(name), moved=moved)
        con.execute(clean)
    con.execute(statement("sql/clock_calendar.sql"))


def let_go(con: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Drop the typed rows of tables once they are stored, those of the episodes apart, of all tables by default.

    What comes after needs their memory.
    """
    for name in (name for name in names or ORDER if name in ORDER and name != "episodes"):
        for kind, relation in (("view", f"clean_{name}"), ("view", f"kept_{name}"), ("table", f"typed_{name}")):
            drop = " ".join(("drop", kind, "if exists", quoted(relation)))
            con.execute(drop)


def _kept_view(con: duckdb.DuckDBPyConnection, name: str) -> str:
    parts = ["create or replace temp view", quoted(f"kept_{name}"), "as select * from", quoted(f"typed_{name}")]
    if con.execute("select 1 from quarantined where table_name = $table limit 1", {"table": name}).fetchall():
        parts += ["anti join (select row_no from quarantined where table_name =", f"'{name}'", ") using (row_no)"]
    return " ".join(parts)


def _clean_view(con: duckdb.DuckDBPyConnection, table: Table, *, moved: bool) -> str:
    """Return the view of the stored columns of `table`; with `moved`, day 0 of some episodes is before enrolment."""
    joined = moved and any(column.name == "episode_id" for column in table.columns)
    shift = "coalesce(earlier_starts.shift, 0)" if joined else "0"
    values = [_stored(con, column, shift) for column in table.incoming]
    if table.name == "episodes":
        first_contact = " ".join(("(kept.enrolled_date + cast(", shift, "as integer))"))
        values += [f"year({first_contact}) as enrol_year", f"quarter({first_contact}) as enrol_quarter"]
    if table.name == "coaches":
        values.append("kept.start_quarter")
    join = "left join earlier_starts on earlier_starts.episode_id = kept.episode_id" if joined else ""
    view, rows = quoted(f"clean_{table.name}"), quoted(f"kept_{table.name}")
    return " ".join(
        ("create or replace temp view", view, "as select", ", ".join(values), "from", rows, "as kept", join)
    )


def _stored(con: duckdb.DuckDBPyConnection, column: Column, shift: str) -> str:
    """Return what is stored of a kept cell: days from day 0, text for categories, no link to a row kept out."""
    name = quoted(column.name)
    if column.transform == "day":
        return f"kept.{name} - {shift} as {name}"
    if column.transform == "category":
        return f"cast(kept.{name} as varchar) as {name}"
    parent = parent_of(column)
    if parent and not column.required:
        query = "select 1 from lost_codes where table_name = $parent limit 1"
        if con.execute(query, {"parent": parent}).fetchall():
            lost = " ".join(("(select code from lost_codes where table_name =", f"'{parent}'", ")"))
            return f"case when kept.{name} not in {lost} then kept.{name} end as {name}"
    return f"kept.{name}"
