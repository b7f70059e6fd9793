"""What every check came to, in one table: how many rows, of how many, whether that is in order, what to do.

A rule of `checks/` looks at rows as they come in; a rule of `checks/stored/` counts rows of the stored tables. Each
has a limit, the share of rows beyond which the table should not be used before it is repaired. Levels follow from
the results of a table: Good, Check, Do not use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources

import duckdb

from pipelines import check, score
from pipelines.clean_connection import Connection
from pipelines.raw_tables import ORDER
from pipelines.warehouse import Reader, statement

RESULTS = ("pass", "pass_with_rows", "fail", "not_applicable", "error")
"""pass: no row · pass_with_rows: some, up to the limit · fail: more than the limit · not_applicable: nothing to look
at · error: the check itself could not be run."""
LEVELS = {
    "good": "No row was kept out or marked, and what is only counted stays under its limit.",
    "check": "Rows were kept out or marked, none of them beyond the limit: look at them; the table can be used.",
    "do_not_use": "A check found more rows than its limit: repair them at the source before the table is used.",
}
"""What is said of a table as a whole, and the rule for it."""
NOT_RUN = "The check could not be run; please report its name, so that it can be repaired."
"""What to do about a check with the result error."""
NOTHING_TO_DO = "Nothing has to be done."
"""What to do about what is only counted."""
LEVEL_NAMES = {"good": "Good", "check": "Check", "do_not_use": "Do not use"}
DEFAULT_LIMITS = {"error": 0.05, "warn": 0.2, "info": 1.0}
"""Share of rows beyond which a check fails, by severity, where its file names no limit."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check of one table came to; `share` is `rows` of `of_rows`, 0 to 1."""

    rule: str
    table: str
    severity: str
    result: str
    rows: int
    of_rows: int
    limit: float
    sentence: str
    remedy: str

    @property
    def share(self) -> float:
        """Share of the rows looked at that the check found."""
        return self.rows / self.of_rows if self.of_rows else 0.0

    def as_dict(self) -> dict[str, object]:
        """Return the result under the names of the table `quality_checks`."""
        return {
            "rule": self.rule,
            "table_name": self.table,
            "severity": self.severity,
            "result": self.result,
            "row_count": self.rows,
            "of_rows": self.of_rows,
            "share": self.share,
            "limit_share": self.limit,
            "sentence": self.sentence,
            "remedy": self.remedy,
        }


@dataclass(frozen=True, slots=True)
class TableLoad:
    """One table of the last load: rows read, stored, kept out, and columns that are not in the schema."""

    table: str
    rows_in: int
    rows_stored: int
    rows_kept_out: int
    dropped_columns: int


@dataclass(frozen=True, slots=True)
class DataQuality:
    """What is known of the records as data: the load of each table, every check, and the rows kept out.

    `kept_out` holds (table, file, row, rule, column), never a value; the heading of a file is row 1.
    """

    loads: tuple[TableLoad, ...]
    checks: tuple[CheckResult, ...]
    kept_out: tuple[tuple[str, str, int, str, str], ...]


@cache
def stored_rules() -> tuple[check.Rule, ...]:
    """Return every rule of `checks/stored/`, by id."""
    files = resources.files("pipelines").joinpath("checks", "stored").iterdir()
    return tuple(
        check.read_rule(file.name, file.read_text(encoding="utf-8"))
        for file in sorted(files, key=lambda file: file.name)
        if file.name.endswith(".sql")
    )


def all_rules() -> tuple[check.Rule, ...]:
    """Return every rule, of incoming rows and of stored ones."""
    return (*check.rules(), *stored_rules())


def results(
    con: duckdb.DuckDBPyConnection, rows_in: Mapping[str, int], stored: Connection | None = None
) -> tuple[CheckResult, ...]:
    """Return what every check came to; `rows_in` has the rows read of each table that a file filled.

    Call when the tables are stored, in `con` or in `stored`, and scored; `check.apply` has filled `quality_found`.
    """
    return (*_of_incoming(con, rows_in), *_of_scores(con, rows_in), *_of_stored(stored or con, rows_in))


def read_results(reader: Reader) -> tuple[CheckResult, ...]:
    """Return the results that are stored in records, in the order of the tables, worst first."""
    columns = "rule, table_name, severity, result, row_count, of_rows, limit_share, sentence, remedy"
    found = reader.rows(" ".join(("select", columns, "from quality_checks")))
    stored = [CheckResult(*row) for row in found]  # type: ignore[arg-type]
    tables, severities = list(ORDER), [str(severity) for severity in check.SEVERITIES]
    return tuple(
        sorted(stored, key=lambda one: (tables.index(one.table), severities.index(one.severity), -one.rows, one.rule))
    )


def read_quality(reader: Reader) -> DataQuality:
    """Return what the records know of their own quality."""
    loads = "select table_name, rows_in, rows_ok, rows_quarantined, dropped_columns from import_log"
    kept_out = "select table_name, file_name, row_no, rule, column_name from quarantine order by all"
    tables = list(ORDER)
    loaded = [TableLoad(*row) for row in reader.rows(loads)]  # type: ignore[arg-type]
    return DataQuality(
        tuple(sorted(loaded, key=lambda one: tables.index(one.table))),
        read_results(reader),
        tuple(reader.rows(kept_out)),  # type: ignore[arg-type]
    )


def by_table(results: Sequence[CheckResult]) -> dict[str, list[CheckResult]]:
    """Return the results of each table, in their order."""
    tables: dict[str, list[CheckResult]] = {}
    for one in results:
        tables.setdefault(one.table, []).append(one)
    return tables


def sentences(results: Sequence[CheckResult], *, everything: bool = False) -> list[str]:
    """Return the level of each table and what its checks found, for a person; `everything` lists the rest too."""
    lines = []
    for table, found in by_table(results).items():
        loaded = any(one.result != "not_applicable" for one in found)
        lines.append(f"{table.replace('_', ' ')}: {LEVEL_NAMES[level(found)] if loaded else 'Not loaded'}")
        lines += [f"  {sentence(one)}" for one in found if one.rows or one.result == "error" or everything]
    return lines


def sentence(one: CheckResult) -> str:
    """Return what one check came to: '3 of 120 rows (2.5%): A session ... Correct ... (rule)'."""
    if one.result == "error":
        return f"Not known: {one.sentence} {one.remedy} ({one.rule})"
    if one.result == "not_applicable":
        return f"Nothing to look at: {one.sentence} ({one.rule})"
    share = "under 0.1%" if 0 < one.share < 0.001 else f"{one.share:.1%}"
    counted = f"{one.rows:,} of {one.of_rows:,} rows ({share})"
    beyond = f", more than the limit of {one.limit:.0%}" if one.result == "fail" else ""
    return f"{counted}{beyond}: {one.sentence} {one.remedy} ({one.rule})"


def level(results: Sequence[CheckResult]) -> str:
    """Return the level, a key of LEVELS, that the results of one table come to."""
    found = {one.result for one in results}
    if found & {"fail", "error"}:
        return "do_not_use"
    worrying = any(one.result == "pass_with_rows" and one.severity != "info" for one in results)
    return "check" if worrying else "good"


def outcome(rows: int, of_rows: int, limit: float) -> str:
    """Return the result of a check that found `rows` of `of_rows`."""
    if of_rows == 0:
        return "not_applicable"
    if rows == 0:
        return "pass"
    return "fail" if rows > limit * of_rows else "pass_with_rows"


def _of_incoming(con: duckdb.DuckDBPyConnection, rows_in: Mapping[str, int]) -> list[CheckResult]:
    said = {rule.id: rule for rule in check.rules()}
    found = con.execute("select rule, table_name, severity, row_count from quality_found order by all").fetchall()
    return [_result(said[rule], table, rows, rows_in.get(table, 0)) for rule, table, _, rows in found]


def _of_scores(con: duckdb.DuckDBPyConnection, rows_in: Mapping[str, int]) -> list[CheckResult]:
    scored = con.execute("select rule, cast(sum(assessments) as bigint) from score_quality group by rule").fetchall()
    of_rows = rows_in.get("assessments", 0)
    return [
        CheckResult(
            rule,
            "assessments",
            "info",
            outcome(rows, of_rows, 1.0),
            rows,
            of_rows,
            1.0,
            score.RULES[rule],
            NOTHING_TO_DO,
        )
        for rule, rows in sorted(scored)
        if of_rows
    ]


def _of_stored(con: Connection, rows_in: Mapping[str, int]) -> list[CheckResult]:
    found = []
    for rule in stored_rules():
        (table,) = rule.tables
        try:
            ((rows, of_rows),) = con.execute(rule.sql).fetchall() if rows_in.get(table) else [(0, 0)]
        except duckdb.Error:  # a count that cannot be had is said to be missing; the rows themselves are stored
            found.append(replace(_result(rule, table, 0, 0), result="error", remedy=NOT_RUN))
            continue
        found.append(_result(rule, table, int(rows), int(of_rows)))
    return found


def _result(rule: check.Rule, table: str, rows: int, of_rows: int) -> CheckResult:
    limit = DEFAULT_LIMITS[rule.severity] if rule.limit is None else rule.limit
    return CheckResult(
        rule.id,
        table,
        rule.severity,
        outcome(rows, of_rows, limit),
        rows,
        of_rows,
        limit,
        rule.sentence,
        rule.remedy,
    )


def store(con: duckdb.DuckDBPyConnection, results: Sequence[CheckResult]) -> None:
    """Write the results into the declared table `quality_checks`."""
    con.execute(
        statement("sql/load_quality_checks.sql"),
        {
            "rules": [one.rule for one in results],
            "tables": [one.table for one in results],
            "severities": [one.severity for one in results],
            "results": [one.result for one in results],
            "rows": [one.rows for one in results],
            "of_rows": [one.of_rows for one in results],
            "shares": [one.share for one in results],
            "limits": [one.limit for one in results],
            "sentences": [one.sentence for one in results],
            "remedies": [one.remedy for one in results],
        },
    )
