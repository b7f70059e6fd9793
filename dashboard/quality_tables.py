"""The tables of the data quality page as twins and files: loads, checks, rows kept out; never a value of a record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard import answers, words
from dashboard.answers import csv_text
from dashboard.language import noted, say
from dashboard.twins import Twin

RESULT_WORDS = {
    "pass": noted("Nothing found"),
    "pass_with_rows": noted("Some rows"),
    "fail": noted("Too many rows"),
    "not_applicable": noted("Nothing to look at"),
    "error": noted("Could not be run"),
}
NAMES = {
    "participants": noted("People"),
    "episodes": noted("Enrolments"),
    "sessions": noted("Sessions"),
    "assessments": noted("Questionnaires"),
    "assessment_items": noted("Answers"),
    "engagement_events": noted("Contacts"),
    "discharges": noted("Exits"),
    "sites": noted("Sites"),
    "coaches": noted("Coaches"),
    "coach_assignments": noted("Coach assignments"),
}
"""What the rows of each table are called."""
INTERNAL = "Internal. Rows kept out of the records, by place; no value of a record is in this file."


def table_name(table: str) -> str:
    """Return what the rows of a canonical table are called."""
    return say(NAMES[table])


def checks_of(quality: Any, table: str) -> list[Any]:
    """Return the checks of one table."""
    return [one for one in quality.checks if one.table == table]


def findings(checks: Sequence[Any]) -> list[Any]:
    """Return the checks that found rows about which something can be done; a limit of all rows only states a fact."""
    return [one for one in checks if one.rows and one.limit < 1]


def levels(quality: Any) -> dict[str, str]:
    """Return the level of every loaded table, in the order of the tables."""
    return {load.table: answers.quality_level(checks_of(quality, load.table)) for load in quality.loads}


def clean(quality: Any) -> list[str]:
    """Return the good tables in which no check found rows about which something can be done."""
    return [
        table for table, level in levels(quality).items() if level == "good" and not findings(checks_of(quality, table))
    ]


def loads_twin(quality: Any) -> Twin:
    """Return one row per table: what was read, stored and kept out, and its level in words."""
    names = answers.quality_levels()
    found = levels(quality)
    return Twin(
        (
            ("table", say("Table")),
            ("level", say("Level")),
            ("rows_in", say("Rows read")),
            ("rows_stored", say("Stored")),
            ("rows_kept_out", say("Kept out")),
            ("dropped_columns", say("Columns left behind")),
        ),
        tuple(
            (
                table_name(load.table),
                say(names[found[load.table]][0]),
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
            ("check", say("What was looked for")),
            ("result", say("Result")),
            ("row_count", say("Found")),
            ("limit", say("Limit")),
            ("remedy", say("What to do")),
        ),
        tuple(
            (
                say(one.sentence),
                say(RESULT_WORDS[one.result]),
                some_of(one.rows, one.of_rows) if one.of_rows else "",
                f"{one.limit:.0%}",
                say(one.remedy) if one.rows else "",
            )
            for one in checks
        ),
    )


def some_of(rows: int, of_rows: int) -> str:
    """Return '3 of 120'."""
    return say("{some} of {all}", some=words.number(rows), all=words.number(of_rows))


def summary(quality: Any) -> str:
    """Return what a person should know first: how many tables are good, and which are not."""
    found = levels(quality)
    good = sum(level == "good" for level in found.values())
    said = [say("{good} of {all} tables are good", good=good, all=len(found))]
    for level, lead in (("check", noted("look at {tables}")), ("do_not_use", noted("repair before use {tables}"))):
        named = [table for table, one in found.items() if one == level]
        if named:
            said.append(say(lead, tables=named_tables(named)))
    return "; ".join(said)


def named_tables(tables: Sequence[str]) -> str:
    """Return 'sites, coaches and exits'."""
    return words.joined([table_name(table).lower() for table in tables])


def kept_out_csv(quality: Any) -> str:
    """Return the rows kept out as CSV: table, file, row, rule and column, so that they can be found at the source."""
    header = ("note", "table_name", "file_name", "row_no", "rule", "column_name")
    return csv_text(header, [(INTERNAL, *row) for row in quality.kept_out])
