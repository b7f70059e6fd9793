"""What anybody can check in a release without knowing the records: the audit of a stranger.

It needs the release file alone. Every breach is gathered before InputFault is raised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, cast

from pipelines.disclosure.spec import (
    COHORT,
    COUNTS,
    DIMENSION_NAMES,
    FORMAT,
    PEOPLE,
    Spec,
    label,
    spec_from_text,
)
from pipelines.faults import Fault, InputFault

Rows = Callable[[str], list[tuple[object, ...]]]
TABLES = {
    "cells": (*DIMENSION_NAMES, "measure", "n", "k", "status"),
    "curves": (*DIMENSION_NAMES, "endpoint", "day", "n", "events", "censored", "status"),
    "means": (*DIMENSION_NAMES, "measure", "n", "value", "status"),
    "about": ("key", "value"),
}
"""Every table and column of a release, in order."""
ABOUT = (
    "format",
    "release_id",
    "title",
    "demonstration",
    "records_to",
    "new_episode_after_days",
    "contact_types",
    "spec",
    "noise",
    "outcome_variables",
    "coin_test",
    "shown",
    "scales",
    "footnote",
    "ledger_head",
    "ledger_length",
)
NUMBERS = {"cells": ("n", "k"), "curves": ("n", "events", "censored"), "means": ("n", "value")}
_PARTS = ", ".join(f"case {name} when '*' then null else concat('{name}=', {name}) end" for name in DIMENSION_NAMES)
STATEMENTS = {
    table: " ".join(
        (
            f"select concat_ws(';', {_PARTS}),",
            "endpoint, day," if table == "curves" else "measure, null,",
            *(f"cast({name} as double)," for name in names),
            "status from",
            table,
        )
    )
    for table, names in NUMBERS.items()
}
"""Label, measure, day of a curve, numbers and status of every row; a category that is null names nothing declared."""
_TRACES = {
    "a code": re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE),
    "a date": re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{2,4}"),
    "a long number": re.compile(r"\d{7,}"),
    "an e-mail address": re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.IGNORECASE),
}
_REMEDY = "Nothing was published and the former release stands. Keep the log and report this."


def as_stranger(rows: Rows) -> list[str]:
    """Return in sentences what was checked in a release without knowing anything else; InputFault for any breach."""
    raise_if(_schema_breaches(rows))
    about = {str(key): str(value) for key, value in rows("select key, value from about")}
    if set(about) != set(ABOUT) or about["format"] != str(FORMAT):
        raise_if(["the release is of another format"])
    spec = spec_from_text(about["spec"])
    held = list(stored(rows))
    raise_if([*_printed_breaches(held, spec), *_grid_breaches(held, spec), *_text_breaches(held, about, spec)])
    shown = sum(row.status == "shown" for row in held)
    return [
        f"Release {about['release_id']}: schema as declared, {shown:,} of {len(held):,} numbers shown.",
        f"Every number is hidden or a multiple of {spec.parameters.rounding} resting on at least "
        f"{spec.parameters.threshold} people; no outcome reaches its printed base.",
        f"Every declared cell is there once, no cell crosses more than {spec.parameters.variables} variables.",
        "No code, date, long number or address in any text.",
    ]


Numbers = tuple[float | None, ...]


class Stored(NamedTuple):
    """One row of a release: its table, label, measure, day of a curve, numbers and status."""

    table: str
    text: str
    measure: str
    day: int | None
    numbers: Numbers
    status: str


def stored(rows: Rows) -> Iterator[Stored]:
    """Yield every row of a release that carries a number or hides one."""
    for table, statement in STATEMENTS.items():
        for text, measure, day, *numbers, status in rows(statement):
            on_day = int(str(day)) if table == "curves" else None
            yield Stored(table, str(text), str(measure), on_day, cast(Numbers, tuple(numbers)), str(status))


def raise_if(breaches: Sequence[str]) -> None:
    """Raise InputFault with the distinct breaches, at most twenty of them."""
    distinct = list(dict.fromkeys(breaches))
    if distinct:
        raise InputFault([Fault("the audit of the release", breach, _REMEDY) for breach in distinct[:20]])


def _schema_breaches(rows: Rows) -> list[str]:
    """Return a breach unless the file holds the declared tables and columns and nothing else."""
    found = rows(
        "select table_name, column_name from duckdb_columns() where not internal order by table_oid, column_index"
    )
    held: dict[str, tuple[str, ...]] = {}
    for table, column in found:
        held[str(table)] = (*held.get(str(table), ()), str(column))
    other = rows("select count(*) from duckdb_views() where not internal")[0][0]
    return [] if held == TABLES and not other else ["the file holds other tables or columns than declared"]


def _printed_breaches(held: Sequence[Stored], spec: Spec) -> Iterator[str]:
    """Yield what is wrong with printed numbers in themselves."""
    gate = spec.parameters
    for table, _text, measure, _day, numbers, status in held:
        n, last = numbers[0], numbers[-1]
        shown = (n if measure in COUNTS else last) is not None
        if status != ("shown" if shown else "hidden") or (not shown and n is not None):
            yield "a status does not say whether a number is there"
        if n is not None and (n < gate.printed_minimum or n % gate.rounding):
            yield "a printed number of people is below the minimum or not rounded"
        fits = n is not None and last is not None and 0 < last <= n - gate.rounding and not last % gate.rounding
        if table == "cells" and last is not None and (measure in COUNTS or not fits):
            yield "a printed outcome does not fit its printed base"
        if (
            table == "curves"
            and shown
            and (n is None or numbers[1] is None or numbers[1] % gate.rounding or numbers[1] >= n)
        ):
            yield "a point of a curve does not fit its printed base"


def _grid_breaches(held: Sequence[Stored], spec: Spec) -> Iterator[str]:
    """Yield what is wrong with the labels: undeclared, repeated, missing or crossing too many variables."""
    declared = {f"{item.name}={name}" for item in spec.dimensions for name in item.categories}
    periods = {measure: {f"{COHORT}={name}" for name in names} for measure, names in (spec.periods or {}).items()}
    of_range = {f"{COHORT}={item.label}" for item in spec.ranges}
    seen: dict[str, int] = {}
    for table, text, measure, day, _numbers, _status in held:
        cohort, *others = text.split(";")
        if cohort not in periods.get(measure, ()) or not declared.issuperset(others):
            yield "a cell is labelled with something undeclared"
        variables = len(others) + (cohort not in of_range) + (measure not in COUNTS)
        if variables > spec.parameters.variables:
            yield "a cell crosses more variables than declared"
        identity = f"{table} {text} {measure} {day}"
        seen[identity] = seen.get(identity, 0) + 1
    if any(count > 1 for count in seen.values()):
        yield "a cell is there twice"
    for cohort in (spec.periods or {}).get(PEOPLE, ()):
        for item in spec.crossable:
            wanted = (f"cells {label({COHORT: cohort, item.name: name})} {PEOPLE} None" for name in item.categories)
            if not all(identity in seen for identity in wanted):
                yield "a declared cell is missing"


def _text_breaches(held: Sequence[Stored], about: dict[str, str], spec: Spec) -> Iterator[str]:
    """Yield a breach for anything in a text that looks like a person's code, a date, a long number or an address."""
    texts = {value for name, value in about.items() if name not in ("release_id", "ledger_head")}
    for row in held:
        texts.update(row.text.split(";"), (row.measure, row.status))
    overrides = {item.date for item in spec.overrides}
    for what, pattern in _TRACES.items():
        if any(found not in overrides for text in texts for found in pattern.findall(text)):
            yield f"a text holds something that looks like {what}"
