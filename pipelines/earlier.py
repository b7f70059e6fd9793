"""The records as they are, in the form in which a load holds rows before it checks them: what a batch is added to.

A batch that is appended is read, checked and stored together with the rows that are there, as if all of it had come
in one load. So a stored row is turned back into a typed one: days since enrolment instead of days since day 0, the
anchors telling the date of day 0. A row of the batch replaces the stored row with the same key; the answers of a
questionnaire are replaced together. A stored row has a number below 1, and so stands before every row of the batch.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from pipelines import anchors, keys, schema, warehouse
from pipelines.batches import note_kept_out, row_code
from pipelines.check import ORPHANED
from pipelines.faults import Fault, InputFault
from pipelines.raw_tables import RawTables, parent_of
from pipelines.schema import Column, Table
from pipelines.warehouse import quoted, statement

if TYPE_CHECKING:
    import duckdb

NAME = "earlier"
"""Under this name the current records are attached while a batch is added to them."""
_DATED = ("discharges", "coach_assignments", "sessions", "assessments", "engagement_events")
"""Tables whose typed rows carry the extract day of their episode."""
_REPLACED_TOGETHER = {"assessment_items": ("assessment_id",)}
"""Tables of which the rows with the same part of the key are replaced together."""
_MONTH = """
    cast(
        year(anchors.first_contact_date + coalesce(stored.occurred_day, stored.scheduled_day)) * 100
        + month(anchors.first_contact_date + coalesce(stored.occurred_day, stored.scheduled_day)) as integer
    ) as month_no
"""
_KNOWN = Template("""
    left join (select distinct on (code) * from key_$parent order by code, place) as known_$parent
        on known_$parent.code = stored.$column
""")
_NAMED = Template("""
    insert into $key (code, place)
    with
        named as (select distinct $column as code from $stored where $column is not null),
        unnamed as (select code from named where code not in (select code from $key))
    select code, (select count(*) from $key) + row_number() over (order by code) from unnamed
""")
_WITHOUT_SET_ASIDE = Template("""
    delete from $typed where row_no in (select row_no from set_aside where table_name = '$table')
""")
_STORED = Template("create or replace temp table earlier_rows as select $values from $stored as stored $joins")
_REPLACED = Template("""
    create or replace temp table $replaced as
    select distinct $keys
    from earlier_rows
    semi join (select $keys from $typed where row_no > 0) as came using ($keys)
""")
_CARRIED = Template("insert into $typed by name select * from earlier_rows anti join $replaced using ($keys)")
_COUNT_CARRIED = Template("select count(*) from $typed where row_no < 1")
_MOVE_OF_EPISODES = """
    update typed_episodes
    set extract_day = moved_extracts.extract_day
    from moved_extracts
    where moved_extracts.row_no = typed_episodes.row_no
"""
_MOVE_EXTRACT = Template("""
    update $typed
    set episode_extract_day = moved_extracts.extract_day
    from (select episode_id, max(extract_day) as extract_day from moved_extracts group by all) as moved_extracts
    where moved_extracts.episode_id = $typed.episode_id
""")
_SET_ASIDE = Template("""
    select quarantined.table_name, quarantined.row_no, quarantined.rule, quarantined.column_name
    from quarantined
    join $typed as typed using (row_no)
    semi join $replaced using ($keys)
    anti join (
        select $keys from $typed
        where row_no > 0 and row_no not in (select row_no from quarantined where table_name = $$table)
    ) as kept using ($keys)
    where quarantined.table_name = $$table and quarantined.row_no > 0 and quarantined.rule $sign $$orphaned
""")
_CAME_AGAIN = Template("""
    insert into came_again
    select distinct '$table', $code
    from $typed as typed
    where row_no > 0 and $code in (select row_code from earlier.quarantine where table_name = '$table')
""")


class Earlier:
    """The current records, attached to the connection of a load that adds to them."""

    def __init__(self, con: duckdb.DuckDBPyConnection, facts: Mapping[str, str]) -> None:
        self.con = con
        self.facts = facts
        self.replaced: dict[str, int] = {}

    def has_batch(self, batch: str) -> bool:
        """Tell whether the records were made of this batch, among others."""
        found = self.con.execute("select 1 from earlier.import_log where batch_id = $batch limit 1", {"batch": batch})
        return bool(found.fetchall())

    def rows(self, name: str) -> int:
        """Return the number of stored rows of a table."""
        return int(self.con.table(_words(schema.table(name))["stored"]).count("*").fetchall()[0][0])

    def require_instruments(self, registry: Collection[str]) -> None:
        """Raise InputFault unless every questionnaire of stored assessments is in the registry."""
        used = self.con.execute("select distinct instrument_id from earlier.assessments order by all").fetchall()
        remedy = "Load with --instruments and the folder that has its file, as the records were"
        faults = [
            Fault(f"questionnaire {name}", "has stored answers and is not in the registry", remedy)
            for (name,) in used
            if name not in registry
        ]
        if faults:
            raise InputFault(faults)

    def stand_in(self) -> None:
        """Let a table that the batch does not have, but the records do, be an empty file of the batch."""
        for name in (name for name in RawTables(self.con).absent if self.rows(name)):
            cells = [quoted(str(column.incoming)) + " varchar" for column in schema.table(name).incoming]
            make = " ".join(("create temp table", quoted(f"raw_{name}"), "(row_no bigint,", ", ".join(cells), ")"))
            self.con.execute(make)

    def name_absent(self, raw: RawTables) -> None:
        """Add to `key_<table>` of a table without a file the codes by which stored rows name its rows."""
        for parent in raw.absent:
            for child in schema.loaded_tables():
                for column in child.incoming:
                    if parent_of(column) == parent and column.transform == "pseudonym":
                        add = _NAMED.substitute(
                            key=quoted(f"key_{parent}"), stored=f"{NAME}.main.{child.name}", column=quoted(column.name)
                        )
                        self.con.execute(add)

    def carry(self, raw: RawTables, table: Table, carried: Mapping[str, Mapping[str, str]]) -> None:
        """Add the stored rows of `table` that no row of the batch replaces to `typed_<table>`, counting those it does.

        `carried` names what a row takes over from each of its parents, as it is called there and here.
        """
        words = _words(table)
        self.con.execute(_WITHOUT_SET_ASIDE.substitute(words))
        values, joins = _typed_values(raw, table, carried)
        values.append(f"stored.rowid - {self.rows(table.name)} as row_no")
        self.con.execute(_STORED.substitute(words, values=", ".join(values), joins=" ".join(joins)))
        for template in (_REPLACED, _CARRIED):
            self.con.execute(template.substitute(words))
        kept = self.con.execute(_COUNT_CARRIED.substitute(words)).fetchall()
        self.replaced[table.name] = self.rows(table.name) - int(kept[0][0])
        self.con.execute("drop table earlier_rows")

    def bring_up_to_date(self, extracted_on: date | None) -> None:
        """Let what is known of every site with a row in the batch reach to the day on which the batch was extracted.

        That is the latest extract date of the site's episodes in the batch, else of any episode in it, else
        `extracted_on`. Without it the people who stay away would seem to be known no longer, and nobody to leave.
        """
        self.con.execute(statement("sql/earlier_extracts.sql"), {"extracted_on": extracted_on})
        self.con.execute(_MOVE_OF_EPISODES)
        for child in (child for child in schema.loaded_tables() if child.name in _DATED):
            self.con.execute(_MOVE_EXTRACT.substitute(_words(child)))

    def set_aside(self) -> bool:
        """Note the rows of the batch that cannot be stored and would replace a stored row; tell whether there are more.

        The load is then worked out again without them, so that the stored row stays. Rows that are kept out only
        because of the row they belong to come last: with the stored parent back they may be in order.
        """
        for orphaned in (False, True):
            found = []
            for name in self.replaced:
                query = _SET_ASIDE.substitute(_words(schema.table(name)), sign="=" if orphaned else "<>")
                found += self.con.execute(query, {"table": name, "orphaned": ORPHANED}).fetchall()
            if found:
                note_kept_out(self.con)
                self.con.executemany("insert into set_aside values (?, ?, ?, ?)", found)
                return True
        return False

    def kept_out_before(self) -> None:
        """Make TEMP `still_kept_out` of the rows that earlier batches kept out and that have not come again."""
        self.con.execute("create or replace temp table came_again (table_name varchar, row_code uuid)")
        for name in self.replaced:
            self.con.execute(_CAME_AGAIN.substitute(_words(schema.table(name))))
        self.con.execute(statement("sql/earlier_kept_out.sql"))


def attach(con: duckdb.DuckDBPyConnection, home: Path, key: keys.Key) -> Earlier | None:
    """Attach the current records of `home` and read their anchors; None if there are no records yet.

    Raises InputFault if the records have no anchors, so that nothing can be placed beside them.
    """
    con.execute(statement("sql/earlier_set_aside.sql"))
    if not warehouse.attach_records(con, home, NAME):
        return None
    facts = {str(name): str(value) for name, value in con.execute("select key, value from earlier.dataset").fetchall()}
    if anchors.FACT not in facts:
        raise InputFault(
            Fault(
                "the current records",
                "were loaded as a full snapshot, which keeps no date of anybody's first contact, so nothing can be "
                "added to them",
                "Load the full records again, once with --keep-anchors if later batches are to be added with --append",
            )
        )
    anchors.read(con, key, facts[anchors.FACT])
    return Earlier(con, facts)


def _words(table: Table) -> dict[str, str]:
    key = _REPLACED_TOGETHER.get(table.name, table.key)
    return {
        "typed": quoted(f"typed_{table.name}"),
        "stored": f"{NAME}.main.{table.name}",
        "replaced": quoted(f"replaced_{table.name}"),
        "keys": ", ".join(quoted(name) for name in key),
        "code": row_code(table),
        "table": table.name,
    }


def _typed_values(
    raw: RawTables, table: Table, carried: Mapping[str, Mapping[str, str]]
) -> tuple[list[str], list[str]]:
    """Return the columns of a typed row worked out from a stored one, and the joins they need."""
    is_episode = table is schema.EPISODES
    enrolled = "anchors.first_contact_date + stored.enrolled_day" if is_episode else "known_episodes.enrolled_date"
    values = ["cast(0 as bigint) as problems"]
    joins = []
    if any(column.transform == "day" for column in table.incoming):
        joins.append("left join anchors on anchors.episode_id = stored.episode_id")
    for column in table.incoming:
        values += _stored_values(column, enrolled)
        parent = parent_of(column)
        if parent in carried:
            joins.append(_KNOWN.substitute(parent=parent, column=quoted(column.name)))
        taken = carried.get(parent, {}).items()
        values += [f"known_{parent}.{name} as {here}" for name, here in taken if here != "enrolled_date"]
    if is_episode:
        values.append(f"{enrolled} as enrolled_date")
    if table is schema.SESSIONS:
        values.append(_MONTH)
    if raw.references(table.name):
        values.append("cast(null as varchar) as raw_key")
    return values, joins


def _stored_values(column: Column, enrolled: str) -> list[str]:
    """Return what a typed row holds of one column, from the stored row."""
    name = quoted(column.name)
    if column.transform == "day":
        return [f"cast(anchors.first_contact_date + stored.{name} - ({enrolled}) as integer) as {name}"]
    if column.transform == "quarter":
        quarter = quoted(column.name.removesuffix("_year") + "_quarter")
        return [f"stored.{name}", f"stored.{quarter}"]
    if column.name == "total":  # a total worked out from answers is worked out again
        return [f"case when stored.score_origin = 'reported_total' then stored.{name} end as {name}"]
    return [f"stored.{name}"]
