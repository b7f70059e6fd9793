"""Turn the text of an organisation's files into coded, typed rows: no identifier, no calendar date, no free text.

Identifiers become keyed codes, dates become days since enrolment (`clock` counts them from the first contact
once the checks have run), ages become bands, ZIP codes areas, text the entries of closed lists. All of it is
DuckDB SQL over whole columns; Python only sees the few identifiers that are not ASCII. What cannot be read is
noted in `cell_problems` as row, rule and column. An identifier in a column that is kept refuses the load.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from pipelines import identifiers, schema
from pipelines.cells import (
    NOT_RECOGNISED,
    TEXT_PROBLEMS,
    UNKNOWN_REFERENCE,
    UNREADABLE,
    Reading,
    rules_of,
    shift_of,
)
from pipelines.faults import Fault, InputFault
from pipelines.keys import Key, normal_form
from pipelines.progress import Progress, silent
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
BATCH = 100_000
"""Identifiers normalised in Python at a time."""

_OF_EPISODE = ("enrolled_date", "episode_extract_day", "episode_exit_day", "episode_died")
_CARRIED: dict[str, dict[str, tuple[str, ...]]] = {
    "episodes": {"participants": ("place as person_no",), "sites": ("place as site_no",)},
    "discharges": {"episodes": ("enrolled_date", "episode_extract_day")},
    "coach_assignments": {"episodes": _OF_EPISODE},
    "sessions": {"episodes": (*_OF_EPISODE, "site_no", "person_no")},
    "assessments": {"episodes": _OF_EPISODE},
    "engagement_events": {"episodes": _OF_EPISODE},
    "assessment_items": {"assessments": ("instrument_id",)},
}
"""What a row takes over from its parents, so that no check has to look the parent up again."""


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
    allow_minors: bool = False,
    progress: Progress = silent,
) -> None:
    """Make TEMP `typed_<table>` of every `raw_<table>` of `con`; days in it count from enrolment.

    `instruments` are the questionnaires of the registry, `files` the file behind each table, for messages.
    Raises InputFault, with every fault found, if a table that others need is missing, a column that is kept
    holds identifiers, or people are under 18 and `allow_minors` is not set.
    """
    named = {name: (files or {}).get(name, name) for name in ORDER}
    work = _Work(con, key, tuple(instruments), _raw_columns(con))
    _refuse_missing_tables(work)
    for script in ("sql/deidentify_macros.sql", "sql/deidentify_tables.sql"):
        con.execute(statement(script))
    identifiers.prepare(con)
    _stand_in_for_absent_tables(work)
    faults: list[Fault] = []
    for done, name in enumerate(ORDER):
        progress(f"de-identifying {name.replace('_', ' ')}", done / len(ORDER))
        table = schema.table(name)
        _search_texts(work, table)
        _read_table(work, table)
        if _add_spellings(work, table):
            _read_table(work, table)
        _note_problems(work, table)
        _note_repeated_keys(work, table)
        if name not in work.absent:
            _make_keys(work, table)
        if name == "discharges":
            con.execute(statement("sql/deidentify_exits.sql"))
            _make_keys(work, schema.EPISODES)
        faults += _faults_of_identifiers(con, name, named[name])
    if not allow_minors:
        faults += _faults_of_minors(con, named["participants"])
    if faults:
        raise InputFault(faults)


class _Work:
    """What one run holds: the connection, the key, the questionnaires known and the columns of each raw table."""

    __slots__ = ("absent", "con", "instruments", "key", "raw")

    def __init__(
        self, con: duckdb.DuckDBPyConnection, key: Key, instruments: tuple[str, ...], raw: dict[str, set[str]]
    ) -> None:
        self.con = con
        self.key = key
        self.instruments = instruments
        self.raw = raw
        self.absent = {name for name in ORDER if name not in raw}

    def run(self, script: str, **parameters: object) -> list[tuple[object, ...]]:
        """Run a file of `sql/` and return its rows."""
        return self.con.execute(statement(f"sql/deidentify_{script}.sql"), parameters).fetchall()

    def columns(self, table: Table) -> list[Column]:
        """Return the declared columns that the file of `table` has."""
        return [column for column in table.incoming if column.incoming in self.raw[table.name]]

    def has_children(self, parent: str) -> bool:
        """Tell whether a table that is read declares a reference to `parent`, with or without the column in its file."""
        return any(
            column.references.partition(".")[0] == parent
            for name in self.raw
            for column in schema.table(name).incoming
        )


def _raw_columns(con: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """Return the columns of every canonical table that was handed over as `raw_<table>`."""
    found: dict[str, set[str]] = {}
    for table, column in con.execute("select table_name, column_name from duckdb_columns()").fetchall():
        if table.startswith("raw_") and table.removeprefix("raw_") in ORDER:
            found.setdefault(table.removeprefix("raw_"), set()).add(column)
    return found


def _refuse_missing_tables(work: _Work) -> None:
    needed = {"participants", "episodes"} | ({"assessments"} if "assessment_items" in work.raw else set())
    remedy = "Add the file, or choose a mapping that fills the table"
    faults = [Fault(name, "this table is missing", remedy) for name in ORDER if name in needed & work.absent]
    if faults:
        raise InputFault(faults)


def _stand_in_for_absent_tables(work: _Work) -> None:
    """Let a table without a file be empty, known by the identifiers with which other rows name it."""
    for name in (name for name in ORDER if name in work.absent):
        work.con.execute("delete from named_ids")
        for child in ORDER:
            for column in work.columns(schema.table(child)) if child in work.raw else ():
                if column.references.partition(".")[0] == name:
                    work.run("named_ids", raw=f"raw_{child}", column=column.incoming)
        _fold_ids(work, "named_ids", "raw_key")
        purpose = schema.table(name).incoming[0].purpose
        inner, outer = work.key.padded(purpose)
        work.run("named_codes", inner_key=inner, outer_key=outer)
        rename = " ".join(("alter table named_codes rename to", quoted(f"key_{name}")))
        work.con.execute(rename)
        empty = " ".join(("create or replace temp table", quoted(f"raw_{name}"), "(row_no bigint)"))
        work.con.execute(empty)
    for name in work.absent:
        work.raw[name] = set()


def _fold_ids(work: _Work, relation: str, column: str) -> bool:
    """Note the normal form of identifiers that are not ASCII in `folded_ids`; tell whether there are any."""
    found = [str(value) for (value,) in work.run("non_ascii", relation=relation, column=column)]
    for start in range(0, len(found), BATCH):
        some = found[start : start + BATCH]
        work.run("fold", values=some, normal=[normal_form(value) or None for value in some])
    return bool(found)


def _search_texts(work: _Work, table: Table) -> None:
    """Search the labels of `table` and the identifiers its rows are known by, before anything is kept of them."""
    work.con.execute("delete from label_texts")
    for column in work.columns(table):
        source = {"raw": f"raw_{table.name}", "column": column.incoming}
        if column.transform == "label":
            work.run("gather_labels", **source)
        elif column.transform == "pseudonym" and not column.references:
            work.run("gather_ids", **source, table=table.name)
    work.run("gather_texts", table=table.name, places=sorted(identifiers.PLACES))
    identifiers.search(work.con)
    work.run("flag_labels", table=table.name, rules=list(TEXT_PROBLEMS), problems=list(TEXT_PROBLEMS.values()))


def _read_table(work: _Work, table: Table) -> None:
    """Make `typed_<table>`: coded and typed cells, what is carried over from the parents, and `problems`."""
    reading = Reading(table)
    present = work.columns(table)
    cells: list[str] = []
    values: list[str] = []
    carried = _CARRIED.get(table.name, {})
    for place, column in enumerate(table.incoming):
        coded = column in present and column.transform == "pseudonym" and not column.references
        folded = coded and _fold_ids(work, f"raw_{table.name}", str(column.incoming))
        allowed = work.instruments if column.incoming == "instrument_id" else column.allowed
        reading.add(column, present=column in present, folded=folded, allowed=allowed)
        for name in carried.get(column.references.partition(".")[0], ()):
            cells.append(f"k{place}.{name}")
            values += [name.rpartition(" ")[2]] if name != "enrolled_date" else []
    by_name = {column.name: f"cell.v{place}" for place, column in enumerate(table.incoming)}
    if table.name == "episodes":
        cells.append("read_date(raw.enrolled_date) as enrolled_date")
        values.append("enrolled_date")
    if table.name == "sessions":
        date = f"coalesce({by_name['occurred_day']}, {by_name['scheduled_day']})"
        values.append(f"cast(year({date}) * 100 + month({date}) as integer) as month_no")
    if work.has_children(table.name):
        values.append("cell.t0 as raw_key")
    text = " ".join(
        (
            "create or replace temp table",
            quoted(f"typed_{table.name}"),
            "as",
            reading.select(quoted(f"raw_{table.name}"), cells=cells, values=values),
        )
    )
    parameters: dict[str, object] = {"small_areas": list(small_areas())} if reading.reads_zip else {}
    for purpose in reading.purposes:
        parameters[f"{purpose}_inner"], parameters[f"{purpose}_outer"] = work.key.padded(purpose)
    work.con.execute(text, parameters)


def _add_spellings(work: _Work, table: Table) -> bool:
    """Find parents whose identifier a row spells otherwise (capitals, blanks); tell whether there are any."""
    found = False
    for column in work.columns(table):
        parent = column.references.partition(".")[0]
        if column.transform != "pseudonym" or not parent or parent in work.absent:
            continue
        work.run(
            "unresolved",
            raw=f"raw_{table.name}",
            typed=f"typed_{table.name}",
            column=column.incoming,
            shift=shift_of(table, column),
            problem=UNKNOWN_REFERENCE,
        )
        if not work.con.execute("select 1 from unresolved_ids limit 1").fetchall():
            continue
        _fold_ids(work, "unresolved_ids", "value")
        work.run("gather_unread_ids", table=table.name, column=column.incoming)
        inner, outer = work.key.padded(column.purpose)
        if work.run("spellings", parent=parent, key_table=f"key_{parent}", inner_key=inner, outer_key=outer):
            _make_keys(work, schema.table(parent))
            found = True
    return found


def _make_keys(work: _Work, table: Table) -> None:
    """Make `key_<table>`: by which spelling of its identifier a row is known, its code and what children carry."""
    if not work.has_children(table.name):
        return
    name, code = table.name, quoted(table.incoming[0].name)
    carried = {
        "episodes": ", enrolled_date, extract_day as episode_extract_day, site_no, person_no, "
        "episode_exit_day, coalesce(episode_died, false) as episode_died",
        "assessments": ", instrument_id",
    }.get(name, "")
    exits = "left join episode_exits using (episode_id)" if name == "episodes" else ""
    literal = "'" + name + "'"
    rows = [
        "select raw_key,", code, "as code, row_no as place", carried, "from", quoted(f"typed_{name}"), exits,
        "where", code, "is not null and row_no not in (select row_no from cell_problems where table_name =", literal,
        "and rule = 'duplicate_key')",
    ]  # fmt: skip
    once = " ".join(rows)
    spelled = [
        "select other.raw_key, known.* exclude (raw_key) from (", once, ") as known join other_spellings as other",
        "on other.code = known.code and other.parent =", literal,
    ]  # fmt: skip
    kind = "table" if name == "episodes" else "view"
    parts = ["create or replace temp", kind, quoted(f"key_{name}"), "as", once]
    if work.con.execute("select 1 from other_spellings where parent = $name limit 1", {"name": name}).fetchall():
        parts += ["union all", *spelled]
    text = " ".join(parts)
    work.con.execute(text)


def _note_problems(work: _Work, table: Table) -> None:
    """Note every cell that is not in order, and search what could not be read for identifiers."""
    work.run("troubled", typed=f"typed_{table.name}")
    if not work.con.execute("select 1 from troubled_rows limit 1").fetchall():
        identifiers.search(work.con)
        return
    legend = [
        (shift_of(table, column), problem, rule, str(column.incoming))
        for column in table.incoming
        for problem, rule in rules_of(column).items()
    ]
    shifts, problems, rules, names = (list(part) for part in zip(*legend, strict=True))
    work.run("problems", table=table.name, shifts=shifts, problems=problems, rules=rules, columns=names)
    troubled = {
        str(name)
        for (name,) in work.con.execute(
            "select distinct column_name from cell_problems where table_name = $table", {"table": table.name}
        ).fetchall()
    }
    columns = [
        column for column in work.columns(table) if column.incoming in troubled and column.transform != "pseudonym"
    ]
    for column in columns:
        work.run(
            "gather_unread",
            table=table.name,
            raw=f"raw_{table.name}",
            column=column.incoming,
            shift=shift_of(table, column),
            first_problem=UNREADABLE,
            second_problem=NOT_RECOGNISED,
        )
    identifiers.search(work.con)
    for column in columns:
        if column.transform == "category":
            work.run(
                "flag_unread",
                table=table.name,
                raw=f"raw_{table.name}",
                column=column.incoming,
                shift=shift_of(table, column),
            )


def _note_repeated_keys(work: _Work, table: Table) -> None:
    """Note every row whose key an earlier row of the file has already."""
    keys = ", ".join(quoted(name) for name in table.key)
    present = " and ".join(quoted(name) + " is not null" for name in table.key)
    repeated = [
        "insert into cell_problems select $table, typed.row_no, 'duplicate_key', $column from",
        quoted(f"typed_{table.name}"), "as typed join (select", keys, ", min(row_no) as first_row from",
        quoted(f"typed_{table.name}"), "where", present, "group by", keys, "having count(*) > 1) as repeated using (",
        keys, ") where typed.row_no > repeated.first_row",
    ]  # fmt: skip
    text = " ".join(repeated)
    work.con.execute(text, {"table": table.name, "column": table.column(table.key[0]).incoming})


def _faults_of_identifiers(con: duckdb.DuckDBPyConnection, table: str, file: str) -> list[Fault]:
    return [
        Fault(
            f"{file}, column {column}",
            f"holds {identifiers.HIGH_PRECISION[rule]} ({rule})",
            "Remove them at the source, or leave the column out; nothing of the file was stored",
            rows,
        )
        for column, rule, rows in identifiers.found_in(con, table)
    ]


def _faults_of_minors(con: duckdb.DuckDBPyConnection, file: str) -> list[Fault]:
    found = con.execute("select count(*) from typed_participants where age_band = '<18'").fetchall()
    rows = int(found[0][0])
    if not rows:
        return []
    remedy = "Leave them out, or load with --allow-minors if your organisation has decided to include them"
    return [Fault(f"{file}, column age", "people are under 18 (minors)", remedy, rows)]
