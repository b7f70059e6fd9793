"""The tables of the data quality page as twins and files: loads, checks, rows kept out; never a value of a record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import answers, words
from dashboard.answers import csv_text
from dashboard.twins import Twin

RESULT_WORDS = {
    "pass": "Nothing found",
    "pass_with_rows": "Some rows",
    "fail": "Too many rows",
    "not_applicable": "Nothing to look at",
    "error": "Could not be run",
}
INTERNAL = "Internal. Rows kept out of the records, by place; no value of a record is in this file."


def table_name(table: str) -> str:
    """Return the name of a canonical table as people read it."""
    return table.replace("_", " ").capitalize()


def checks_of(quality: Any, table: str) -> list[Any]:
    """Return the checks of one table."""
    return [one for one in quality.checks if one.table == table]


def findings(checks: Sequence[Any]) -> list[Any]:
    """Return the checks that found rows about which something can be done; a limit of all rows only states a fact."""
    return [one for one in checks if one.rows and one.limit < 1]


def levels(quality: Any) -> dict[str, str]:
    """Return the level of every loaded table, in the order of the tables."""
    return {load.table: answers.quality_level(checks_of(quality, load.table)) for load in quality.loads}


def loads_twin(quality: Any) -> Twin:
    """Return one row per table: what was read, stored and kept out, and its level in words."""
    names = answers.quality_levels()
    found = levels(quality)
    return Twin(
        (
            ("table", "Table"),
            ("level", "Level"),
            ("rows_in", "Rows read"),
            ("rows_stored", "Stored"),
            ("rows_kept_out", "Kept out"),
            ("dropped_columns", "Columns left behind"),
        ),
        tuple(
            (
                table_name(load.table),
                names[found[load.table]][0],
                words.number(load.rows_in),
                words.number(load.rows_stored),
                words.number(load.rows_kept_out),
                words.number(load.dropped_columns),
            )
            for load in quality.loads
        ),
    )


def checks_twin(checks: Sequence[Any]) -> Twin:
    """Return one row per check: what it looks for, what it found and of how many, its limit, and what to do."""
    return Twin(
        (
            ("check", "What was looked for"),
            ("result", "Result"),
            ("row_count", "Found"),
            ("limit", "Limit"),
            ("remedy", "What to do"),
        ),
        tuple(
            (
                one.sentence,
                RESULT_WORDS[one.result],
                f"{words.number(one.rows)} of {words.number(one.of_rows)}" if one.of_rows else "",
                f"{one.limit:.0%}",
                one.remedy if one.rows else "",
            )
            for one in checks
        ),
    )


def summary(quality: Any) -> str:
    """Return what a person should know first: how many tables are good, and which are not."""
    found = levels(quality)
    good = sum(level == "good" for level in found.values())
    said = [f"{good} of {len(found)} tables are good"]
    for level, lead in (("check", "look at"), ("do_not_use", "repair before use")):
        named = [table_name(table).lower() for table, one in found.items() if one == level]
        if named:
            said.append(f"{lead} {words.joined(named)}")
    return "; ".join(said)


def kept_out_csv(quality: Any) -> str:
    """Return the rows kept out as CSV: table, file, row, rule and column, so that they can be found at the source."""
    header = ("note", "table_name", "file_name", "row_no", "rule", "column_name")
    return csv_text(header, [(INTERNAL, *row) for row in quality.kept_out])
