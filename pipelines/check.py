"""Check typed rows: each rule is one SQL file of `checks/`; an error keeps the row out, a warning is counted.

A rule's first lines give its id, the tables it looks at, its severity, and a sentence and a remedy in plain
words. Its query returns table, row and column, never a value. Rows that belong to a row that is kept out are
kept out with it, so that what is stored refers to nothing that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Literal

from pipelines import schema
from pipelines.instruments import Instrument
from pipelines.progress import Progress, silent
from pipelines.raw_tables import ORDER, parent_of
from pipelines.warehouse import statement

if TYPE_CHECKING:
    import duckdb

Severity = Literal["error", "warn", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warn", "info")
"""error keeps a row out, warn marks it, info counts it."""
EVERY_TABLE = "every"
"""What a rule says instead of table names when it looks at all of them."""
_HEADINGS = ("id", "table", "severity", "sentence", "remedy")
_LIMIT = "-- limit: "
_SHARE = re.compile(r"0|1|0?\.\d+|1\.0+")
ORPHANED = "parent_in_quarantine"
"""The rule that keeps out what belongs to a row that was kept out; it runs after all others."""
AMONG_THE_REST = "duplicate_assessment"
"""The rule that keeps one of several rows; it runs after those that may keep out any of them for another reason."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: stable id, tables it looks at, severity, a sentence and a remedy for a person, and its query.

    `limit` is the share of rows beyond which the check fails; None for that of its severity.
    """

    id: str
    tables: tuple[str, ...]
    severity: Severity
    sentence: str
    remedy: str
    sql: str
    limit: float | None = None


def read_rule(name: str, text: str) -> Rule:
    """Return the rule that the SQL file `name` declares; ValueError if its first lines are not as agreed."""
    declared: dict[str, str] = {}
    lines = text.splitlines()
    limits = [line for line in lines if line.startswith(_LIMIT)]
    for line, heading in zip([line for line in lines if line not in limits], _HEADINGS, strict=False):
        prefix = f"-- {heading}: "
        if not line.startswith(prefix) or not line.removeprefix(prefix).strip():
            raise ValueError(f"{name}: the line '{prefix.strip()}' is missing or out of place")
        declared[heading] = line.removeprefix(prefix).strip()
    if declared["id"] != name.removesuffix(".sql"):
        raise ValueError(f"{name}: the id is not the name of the file")
    if declared["severity"] not in SEVERITIES:
        raise ValueError(f"{name}: the severity must be one of {', '.join(SEVERITIES)}")
    if len(limits) > 1 or any(not _SHARE.fullmatch(line.removeprefix(_LIMIT)) for line in limits):
        raise ValueError(f"{name}: the limit is not one share from 0 to 1")
    tables = tuple(part.strip() for part in declared["table"].split(","))
    if tables == (EVERY_TABLE,):
        tables = ORDER
    if not set(tables) <= set(ORDER):
        raise ValueError(f"{name}: there is no such table")
    for heading in ("sentence", "remedy"):
        if not declared[heading].endswith("."):
            raise ValueError(f"{name}: the {heading} is not a sentence")
    severity = next(known for known in SEVERITIES if known == declared["severity"])
    limit = float(limits[0].removeprefix(_LIMIT)) if limits else None
    return Rule(declared["id"], tables, severity, declared["sentence"], declared["remedy"], text, limit)


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule of `checks/`, by id."""
    files = resources.files("pipelines").joinpath("checks").iterdir()
    return tuple(
        read_rule(file.name, file.read_text(encoding="utf-8"))
        for file in sorted(files, key=lambda file: file.name)
        if file.name.endswith(".sql")
    )


def apply(con: duckdb.DuckDBPyConnection, registry: Mapping[str, Instrument], *, progress: Progress = silent) -> None:
    """Fill TEMP `quarantined` (table_name, row_no, rule, column_name) and `quality_found` from the typed tables.

    The rows in TEMP `set_aside` were found to break a rule before, and are kept out from the start.
    """
    con.execute(statement("sql/check_tables.sql"))
    _stage_ranges(con, registry)
    every = sorted(rules(), key=lambda rule: rule.id == AMONG_THE_REST)
    for done, rule in enumerate(every):
        if rule.severity == "error" and rule.id != ORPHANED:
            progress(f"checking: {rule.id.replace('_', ' ')}", done / len(every))
            _keep_out(con, rule)
    orphans = next(rule for rule in every if rule.id == ORPHANED)
    for parent in ORDER:
        if _find_orphans(con, parent):
            _keep_out(con, orphans, unless_kept_out=True)
    _count(con)


def _stage_ranges(con: duckdb.DuckDBPyConnection, registry: Mapping[str, Instrument]) -> None:
    rows = [
        [one.instrument_id, one.n_items, one.item_min, one.item_max, one.scale_min, one.scale_max, bool(one.reversed)]
        for one in registry.values()
    ]
    if rows:
        con.executemany("insert into registry_ranges values (?, ?, ?, ?, ?, ?, ?)", rows)


def _keep_out(con: duckdb.DuckDBPyConnection, rule: Rule, *, unless_kept_out: bool = False) -> None:
    """Move the rows that break `rule` to quarantine; with `unless_kept_out` only those that broke no other rule."""
    parts = ["insert into quarantined select table_name, row_no, $rule, column_name from (", rule.sql, ")"]
    if unless_kept_out:
        parts.append("anti join (select table_name, row_no from quarantined) using (table_name, row_no)")
    text = "\n".join(parts)
    con.execute(text, {"rule": rule.id})


def _find_orphans(con: duckdb.DuckDBPyConnection, parent: str) -> bool:
    """Note the rows that name a row of `parent` that was kept out; tell whether there are any."""
    referring = [
        (name, column) for name in ORDER for column in schema.table(name).incoming if parent_of(column) == parent
    ]
    kept_out = "select 1 from quarantined where table_name = $table limit 1"
    if not referring or not con.execute(kept_out, {"table": parent}).fetchall():
        return False
    code = schema.table(parent).incoming[0].name
    lost = {"table": parent, "typed": f"typed_{parent}", "code": code}
    if not con.execute(statement("sql/check_lost_codes.sql"), lost).fetchall():
        return False
    for name, column in referring:
        con.execute(
            statement("sql/check_orphans.sql"),
            {
                "table": name,
                "typed": f"typed_{name}",
                "column": column.name,
                "heading": column.incoming,
                "parent": parent,
                "is_required": column.required,
            },
        )
    return True


def _count(con: duckdb.DuckDBPyConnection) -> None:
    """Count the rows that break each rule, table by table: those kept out, and those stored with a warning."""
    for rule in rules():
        if rule.severity == "warn":
            parts = [
                "insert into warned_rows select distinct found.table_name, found.row_no, $rule from (", rule.sql,
                ") as found anti join quarantined using (table_name, row_no)",
            ]  # fmt: skip
            text = "\n".join(parts)
            con.execute(text, {"rule": rule.id})
    looked_at = [(rule, table) for rule in rules() for table in rule.tables]
    con.execute(
        statement("sql/check_count.sql"),
        {
            "rules": [rule.id for rule, _ in looked_at],
            "severities": [rule.severity for rule, _ in looked_at],
            "tables": [table for _, table in looked_at],
        },
    )
