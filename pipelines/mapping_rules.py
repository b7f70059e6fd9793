"""What a mapping says, once it has been read: cells, items, views and tables. `mapping_file` documents the grammar."""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

NUMBER = "{n}"
"""Stands for 1, 2, 3, ... in the name of a run of columns."""
DATE_FORMS: AbstractMapping[str, tuple[str, ...]] = {
    "month/day/year": ("%m/%d/%Y",),
    "day/month/year": ("%d/%m/%Y",),
    "day.month.year": ("%d.%m.%Y",),
    "month-day-year": ("%m-%d-%Y",),
    "day-month-year": ("%d-%m-%Y",),
    "year/month/day": ("%Y/%m/%d",),
    "yearmonthday": ("%Y%m%d",),
    "day month year": ("%d %b %Y", "%d %B %Y", "%d-%b-%Y"),
    "month day, year": ("%b %d, %Y", "%B %d, %Y"),
    "excel": (),
    "excel 1904": (),
}
"""How a date may be written, with its forms for strptime; a time after it is left away. Years have four digits."""
EXCEL_ORIGINS: AbstractMapping[str, date] = {"excel": date(1899, 12, 30), "excel 1904": date(1904, 1, 1)}
"""Day 0 of a spreadsheet's day numbers; right from 1 March 1900 on."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Where one incoming cell comes from: a column, several joined, a constant, a setting; and how it is rewritten.

    `missing` are texts that count as blank; `dates` names of DATE_FORMS, tried in order; a number becomes
    number x `times` + `add`. With `optional` a column that is not there is as good as blank. `prefix` stands before
    joined columns; with `whole` they are blank if one of them is. `setting` names the setting a constant comes from.
    """

    column: str | None = None
    constant: str | None = None
    joined: tuple[str, ...] = ()
    between: str = "-"
    prefix: str = ""
    whole: bool = False
    setting: str | None = None
    values: AbstractMapping[str, str] = field(default_factory=dict)
    other: str | None = None
    empty: str | None = None
    day_origin: date | None = None
    dates: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    times: float = 1.0
    add: float = 0.0
    optional: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it reads."""
        return self.joined or ((self.column,) if self.column is not None else ())


@dataclass(frozen=True, slots=True)
class Items:
    """The answers of a questionnaire that stand side by side: the columns of item 1, 2, ..., each read as `cell`."""

    columns: tuple[str, ...]
    cell: Cell


@dataclass(frozen=True, slots=True)
class Unpivot:
    """Columns that stand side by side become rows: the cell, its number, and if it has a start a date.

    `date` is the name of a new column with the date `start` + (number - 1) x `every_days`.
    """

    source: str
    columns: tuple[str, ...]
    number: str
    value: str
    date: str = ""
    start: Cell | None = None
    every_days: int = 7


@dataclass(frozen=True, slots=True)
class View:
    """Rows made of staged files and earlier views, by a SELECT or by turning columns into rows."""

    name: str
    file: str
    sql: str
    needs: tuple[str, ...]
    unpivot: Unpivot | None = None


@dataclass(frozen=True, slots=True)
class TableRule:
    """How one canonical table is filled from one source; a table may have several rules, whose rows are added up.

    `cells` is None where incoming names and headings are the same. `where` keeps rows whose column holds one of
    some texts ('' for blank), `filled` rows in which any of some columns holds anything; with `first_per_key` the
    first row with each key counts. `items` belongs to assessments: it fills assessment_items from the same rows.
    `missing` are the texts that count as blank in every cell of the mapping.
    """

    table: str
    source: str
    optional: bool = False
    where: AbstractMapping[str, tuple[str, ...]] = field(default_factory=dict)
    filled: tuple[str, ...] = ()
    first_per_key: bool = False
    cells: AbstractMapping[str, Cell] | None = None
    items: Items | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping:
    """One mapping, read and checked; `file` is its file's name, for messages."""

    file: str
    mapping_id: str
    label: str
    description: str
    views: tuple[View, ...]
    tables: tuple[TableRule, ...]
    contact_types: tuple[str, ...]
    dataset: AbstractMapping[str, str]
    instruments: Path | None


def numbered(name: str, count: int) -> tuple[str, ...]:
    """Return the columns `name` stands for: with {n} in it those of 1 to `count`, else itself."""
    if NUMBER not in name:
        return (name,)
    return tuple(name.replace(NUMBER, str(place)) for place in range(1, count + 1))
