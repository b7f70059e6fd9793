"""Turn the text of an organisation's files into coded, typed rows: no identifier, no calendar date, no free text.

Identifiers become keyed codes, dates become days since enrolment (`clock` counts them from the first contact
once the checks have run), ages become bands, ZIP codes areas, text the entries of closed lists. All of it is
DuckDB SQL over whole columns; Python only sees the few identifiers that are not ASCII. What cannot be read is
noted in `cell_problems` as row, rule and column. An identifier in a column that is kept refuses the load.
"""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from string import Template
from typing import TYPE_CHECKING

from pipelines import free_text, identifiers, schema
from pipelines.cells import UNKNOWN_REFERENCE, Reading, rules_of, shift_of
from pipelines.faults import Fault, InputFault
from pipelines.keys import Key, normal_form
from pipelines.progress import Progress, silent
from pipelines.raw_tables import ORDER, RawTables, parent_of
from pipelines.schema import Table
from pipelines.warehouse import quoted, statement

if TYPE_CHECKING:
    import duckdb

    from pipelines.earlier import Earlier

BATCH = 100_000
"""Identifiers normalised in Python at a time."""
KEYS_AT_ONCE = 750_000
"""Keys that are compared at a time, roughly: the same key is the same code, and codes are spread evenly."""

_DAYS = {name: name for name in ("enrolled_date", "episode_extract_day")}
_EXIT = {name: name for name in ("episode_exit_day", "episode_died")}
_CARRIED = {
    ("episodes", "participants"): {"place": "person_no"},
    ("episodes", "sites"): {"place": "site_no"},
    ("discharges", "episodes"): _DAYS,
    ("coach_assignments", "episodes"): _DAYS | _EXIT,
    ("sessions", "episodes"): _DAYS | _EXIT | {"site_no": "site_no", "person_no": "person_no"},
    ("assessments", "episodes"): _DAYS | _EXIT,
    ("engagement_events", "episodes"): _DAYS | _EXIT,
    ("assessment_items", "assessments"): {"instrument_id": "instrument_id"},
}
"""What a row takes over from its parents, by table and parent, so that no check has to look the parent up again."""
_KNOWN_OF = {
    "episodes": ", enrolled_date, extract_day as episode_extract_day, site_no, person_no, "
    "episode_exit_day, coalesce(episode_died, false) as episode_died",
    "assessments": ", instrument_id",
}
"""What is known of a parent beside its code."""
_KEYS = """
    create or replace temp $kind $key as
    with known as (
        select raw_key, $code as code, cast(row_no as integer) as place $known
        from $typed $exits
        where
            $code is not null
            and row_no not in (select row_no from cell_problems where table_name = '$name' and rule = 'duplicate_key')
    )
    select * from known $spelled
"""
_SPELLED = """
    union all
    select other.raw_key, known.* exclude (raw_key)
    from known
    join other_spellings as other on other.code = known.code and other.parent = '$name'
"""
_REPEATED = """
    insert into cell_problems
    with repeated as materialized (
        select $keys from $typed where $present and $among group by $keys having count(*) > 1
    )
    select '$table', row_no, 'duplicate_key', '$column'
    from $typed
    semi join repeated using ($keys)
    qualify row_number() over (partition by $keys order by row_no) > 1
"""


@cache
def small_areas() -> tuple[str, ...]:
    """Return the ZIP areas of 20,000 people or fewer, which are stored as 000; the file names its censuses."""
    text = resources.files("pipelines").joinpath("small_zip_areas.toml").read_text(encoding="utf-8")
    return tuple(sorted({area for census in tomllib.loads(text)["census"] for area in census["areas"]}))


def apply(
    con: duckdb.DuckDBPyConnection,
    key: Key,
    *,
    instruments: Sequence[str],
    files: Mapping[str, str] | None = None,
    texts: Mapping[str, Sequence[str]] | None = None,
    allow_minors: bool = False,
    earlier: Earlier | None = None,
    progress: Progress = silent,
) -> None:
    """Make TEMP `typed_<table>` of every `raw_<table>` of `con`; days in it count from enrolment.

    `instruments` are the questionnaires of the registry, `files` the file behind each table, for messages. `texts`
    are the TEMP tables that hold the text of each; they are dropped as soon as nothing is to be read of them.
    `earlier` are the records to which these tables are added; their rows go into the typed tables too.
    Raises InputFault, with every fault found, if a table that others need is missing, a column that is kept
    holds identifiers, or people are under 18 and `allow_minors` is not set.
    """
    named = {name: (files or {}).get(name, name) for name in ORDER}
    raw = RawTables(con)
    _refuse_missing_tables(raw)
    for script in ("sql/deidentify_macros.sql", "sql/deidentify_tables.sql"):
        con.execute(statement(script))
    identifiers.prepare(con)
    _stand_in_for_absent_tables(raw, key)
    if earlier is not None:
        earlier.name_absent(raw)
    free_text.search_labels(raw)
    con.execute("set preserve_insertion_order = false")  # every row carries its number from here on
    for done, table in enumerate(raw.tables()):
        progress(f"de-identifying {table.name.replace('_', ' ')}", done / len(ORDER))
        _read_table(raw, table, key, instruments)
        if raw.any("troubled_rows"):
            if _add_spellings(raw, table, key):
                _read_table(raw, table, key, instruments)
            _note_problems(raw, table)
        free_text.search_unread(raw, table)
        _note_repeated_keys(raw, table)
        if earlier is not None:
            earlier.carry(
                raw, table, {parent: taken for (name, parent), taken in _CARRIED.items() if name == table.name}
            )
        _make_keys(raw, table)
        if table is schema.DISCHARGES:
            raw.run("exits")
            _make_keys(raw, schema.EPISODES)
        raw.drop_texts(texts or {}, ORDER[done + 1 :])
    con.execute("set preserve_insertion_order = true")
    found = free_text.faults(raw, named)
    if not allow_minors:
        found += _faults_of_minors(con, named["participants"])
    if found:
        raise InputFault(found)


def _refuse_missing_tables(raw: RawTables) -> None:
    needed = {"participants", "episodes"} | (set() if "assessment_items" in raw.absent else {"assessments"})
    remedy = "Add the file, or choose a mapping that fills the table"
    faults = [Fault(name, "this table is missing", remedy) for name in ORDER if name in needed & raw.absent]
    if faults:
        raise InputFault(faults)


def _stand_in_for_absent_tables(raw: RawTables, key: Key) -> None:
    """Let a table without a file be empty, known by the identifiers with which other rows name it."""
    for name in (name for name in ORDER if name in raw.absent):
        raw.con.execute("delete from named_ids")
        for child, column in raw.references(name):
            raw.run("named_ids", raw=f"raw_{child.name}", column=column.incoming)
        _fold_ids(raw, "named_ids", "raw_key")
        first, second = key.coding(schema.table(name).incoming[0].purpose)
        raw.run("named_codes", first_key=first, second_key=second)
        rename = " ".join(("alter table named_codes rename to", quoted(f"key_{name}")))
        raw.con.execute(rename)
    raw.make_absent_tables()


def _fold_ids(raw: RawTables, relation: str, column: str) -> bool:
    """Note the normal form of identifiers that are not ASCII in `folded_ids`; tell whether there are any."""
    found = [str(value) for (value,) in raw.run("non_ascii", relation=relation, column=column)]
    for start in range(0, len(found), BATCH):
        some = found[start : start + BATCH]
        raw.run("fold", values=some, normal=[normal_form(value) or None for value in some])
    return bool(found)


def _read_table(raw: RawTables, table: Table, key: Key, instruments: Sequence[str]) -> None:
    """Make `typed_<table>`: cells coded and typed, what the parents hand down, `problems`; note `troubled_rows`."""
    reading = Reading(table)
    present = raw.columns(table)
    cells: list[str] = []
    values: list[str] = []
    for place, column in enumerate(table.incoming):
        coded = column in present and column.transform == "pseudonym" and not column.references
        plain = (table.name, column.incoming) in raw.plain_ids
        folded = coded and not plain and _fold_ids(raw, f"raw_{table.name}", str(column.incoming))
        allowed = instruments if column.incoming == "instrument_id" else column.allowed
        reading.add(column, present=column in present, folded=folded, allowed=allowed, plain=plain)
        for name, stored in _CARRIED.get((table.name, parent_of(column)), {}).items():
            cells.append(f"k{place}.{name} as {stored}" if column in present else f"null as {stored}")
            values += [stored] if stored != "enrolled_date" else []
    if table is schema.EPISODES:
        cells.append("read_date(raw.enrolled_date) as enrolled_date")
        values.append("enrolled_date")
    if table is schema.SESSIONS:
        held, planned = (table.incoming.index(table.column(name)) for name in ("occurred_day", "scheduled_day"))
        date = f"coalesce(cell.v{held}, cell.v{planned})"
        values.append(f"cast(year({date}) * 100 + month({date}) as integer) as month_no")
    if raw.references(table.name):
        values.append("cell.t0 as raw_key")
    select = reading.select(quoted(f"raw_{table.name}"), cells=cells, values=values)
    text = " ".join(("create or replace temp table", quoted(f"typed_{table.name}"), "as", select))
    parameters: dict[str, object] = {"small_areas": list(small_areas())} if reading.reads_zip else {}
    for purpose in reading.purposes:
        keys = zip(("first", "second"), key.coding(purpose), strict=True)
        parameters |= {f"{purpose}_{place}": part for place, part in keys if part is not None}
    raw.con.execute(text, parameters)
    raw.run("troubled", typed=f"typed_{table.name}")


def _add_spellings(raw: RawTables, table: Table, key: Key) -> bool:
    """Find parents whose identifier a row spells otherwise (capitals, blanks); tell whether there are any."""
    found = False
    for column in raw.columns(table):
        parent = parent_of(column)
        if not parent or parent in raw.absent or column.transform != "pseudonym":
            continue
        raw.run(
            "unresolved",
            raw=f"raw_{table.name}",
            column=column.incoming,
            shift=shift_of(table, column),
            problem=UNKNOWN_REFERENCE,
        )
        if not raw.any("unresolved_ids"):
            continue
        _fold_ids(raw, "unresolved_ids", "value")
        raw.run("gather_unread_ids", table=table.name, column=column.incoming)
        first, second = key.coding(schema.table(parent).incoming[0].purpose)
        if raw.run("spellings", parent=parent, key_table=f"key_{parent}", first_key=first, second_key=second):
            _make_keys(raw, schema.table(parent))
            found = True
    return found


def _make_keys(raw: RawTables, table: Table) -> None:
    """Make `key_<table>`: by which spelling of its identifier a row is known, its code and what children carry."""
    if table.name in raw.absent or not raw.references(table.name):
        return
    names = {
        "name": table.name,
        "key": quoted(f"key_{table.name}"),
        "kind": "table" if table is schema.EPISODES else "view",
        "typed": quoted(f"typed_{table.name}"),
        "code": quoted(table.incoming[0].name),
        "known": _KNOWN_OF.get(table.name, ""),
        "exits": "left join episode_exits using (episode_id)" if table is schema.EPISODES else "",
    }
    spelled = "select 1 from other_spellings where parent = $name limit 1"
    names["spelled"] = _SPELLED if raw.con.execute(spelled, {"name": table.name}).fetchall() else ""
    text = Template(Template(_KEYS).safe_substitute(names)).substitute(names)
    raw.con.execute(text)


def _note_problems(raw: RawTables, table: Table) -> None:
    """Note every cell that is not in order, and gather what could not be read to search it for identifiers."""
    legend = [
        (shift_of(table, column), problem, rule, str(column.incoming))
        for column in table.incoming
        for problem, rule in rules_of(column).items()
    ]
    shifts, problems, rules, names = (list(part) for part in zip(*legend, strict=True))
    raw.run("problems", table=table.name, shifts=shifts, problems=problems, rules=rules, columns=names)
    troubled = {name for (name,) in raw.run("troubled_columns", table=table.name)}
    unread = [column for column in raw.columns(table) if column.incoming in troubled]
    free_text.gather_unread(raw, table, [column for column in unread if column.transform != "pseudonym"])


def _note_repeated_keys(raw: RawTables, table: Table) -> None:
    """Note every row whose key an earlier row of the file has already."""
    names = {
        "typed": quoted(f"typed_{table.name}"),
        "keys": ", ".join(quoted(name) for name in table.key),
        "present": " and ".join(quoted(name) + " is not null" for name in table.key),
        "table": table.name,
        "column": str(table.column(table.key[0]).incoming),
    }
    ((rows,),) = raw.con.execute(Template("select count(*) from $typed").substitute(names)).fetchall()
    parts = 1 + int(rows) // KEYS_AT_ONCE
    bounds = [f"cast('{uuid.UUID(int=(part << 128) // parts)}' as uuid)" for part in range(parts)]
    for low, high in zip(bounds, [*bounds[1:], ""], strict=True):
        among = " ".join((quoted(table.key[0]), ">=", low))
        if high:
            among = " ".join((among, "and", quoted(table.key[0]), "<", high))
        text = Template(_REPEATED).substitute(names, among=among)
        raw.con.execute(text)


def _faults_of_minors(con: duckdb.DuckDBPyConnection, file: str) -> list[Fault]:
    found = con.execute("select count(*) from typed_participants where age_band = '<18'").fetchall()
    rows = int(found[0][0])
    if not rows:
        return []
    remedy = "Leave them out, or load with --allow-minors if your organisation has decided to include them"
    return [Fault(f"{file}, column age", "people are under 18", remedy, rows)]
