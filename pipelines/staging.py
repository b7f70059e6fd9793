"""What every reader of files leaves behind: TEMP tables of text, a view over each, and what is known of it.

DuckDB fills the table itself for CSV and Parquet; for workbooks and FHIR the rows come from Python, in batches
of bounded size. Only text goes in, so nothing is guessed before a mapping says what a column means.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Literal

import duckdb
import pyarrow as pa

from pipelines.faults import Fault
from pipelines.warehouse import quoted

Format = Literal["csv", "parquet", "workbook", "fhir"]
BATCH_ROWS = 5_000
BATCH_LETTERS = 8_000_000
"""Rows, and letters in them, that are held before they go to DuckDB."""
STAGED = "staged_text"
_DROP = Template("DROP TABLE IF EXISTS $name")
_RENAME = Template("ALTER TABLE $staged RENAME TO $text")
_VIEW = Template("CREATE OR REPLACE TEMP VIEW $view AS SELECT $row_no AS row_no, $columns FROM $text")
_MAKE = Template("CREATE OR REPLACE TEMP TABLE $name (row_no BIGINT, $columns)")
_FILL = Template("INSERT INTO $name SELECT * FROM staged_batch")


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """Columns that a data dictionary declares to be asked together: `words` are its names for the group and its form.

    `lowest` and `highest` are the range of the codes that may be answered, None where they are no numbers.
    """

    name: str
    words: str
    columns: tuple[str, ...]
    lowest: float | None
    highest: float | None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One staged file, or one table of it: `stem` names it, `view` is the relation, `columns` the headings in order.

    `part` says which table of the file it is, by its place. `rows` excludes the heading; `sha256` is that of the
    file as it lies on the disk; `delimiter` and `encoding` are those of a CSV. `notes` is what a person should know
    of the reading. `headings` are those of the file where a data dictionary took some away: `columns` are those
    that can be read, `withheld` those taken away, each with why; `groups` are those it declares to be one matrix.
    A sheet that cannot be read has `faults` and no view: they count once a mapping needs it, and `empty` marks one
    that merely holds no row.
    """

    path: Path
    stem: str
    view: str
    format: Format
    columns: tuple[str, ...]
    rows: int
    sha256: str
    delimiter: str = ""
    encoding: str = ""
    part: str = ""
    notes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    empty: bool = False
    headings: tuple[str, ...] = ()
    withheld: Mapping[str, str] = field(default_factory=dict, hash=False)
    groups: tuple[ColumnGroup, ...] = ()

    @property
    def name(self) -> str:
        """The file's name and its part, as faults and the import log print it."""
        return f"{self.path.name}, {self.part}" if self.part else self.path.name


class TextRows:
    """A TEMP table of text that is filled row by row, in batches of bounded size."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, columns: int, name: str = STAGED) -> None:
        self.name = name
        self.rows = 0
        self._connection = connection
        self._numbers: list[int] = []
        self._cells: list[list[str | None]] = [[] for _ in range(columns)]
        self._letters = 0
        self._names = ["row_no", *(f"c{place}" for place in range(1, columns + 1))]
        self._types = pa.schema([(name, pa.int64() if name == "row_no" else pa.string()) for name in self._names])
        make = _MAKE.substitute(
            name=quoted(name), columns=", ".join(f"{quoted(name)} VARCHAR" for name in self._names[1:])
        )
        connection.execute(make)

    def add(self, row_no: int, cells: Sequence[str | None]) -> None:
        """Add one row; `cells` are in the order of the columns, None where blank."""
        self._numbers.append(row_no)
        for held, cell in zip(self._cells, cells, strict=True):
            held.append(cell)
            self._letters += len(cell) if cell else 0
        self.rows += 1
        if len(self._numbers) >= BATCH_ROWS or self._letters >= BATCH_LETTERS:
            self.flush()

    def flush(self) -> None:
        """Bring to DuckDB what is held."""
        if not self._numbers:
            return
        batch = pa.Table.from_arrays(
            [pa.array(self._numbers, pa.int64()), *(pa.array(held, pa.string()) for held in self._cells)],
            schema=self._types,
        )
        fill = _FILL.substitute(name=quoted(self.name))
        self._connection.register("staged_batch", batch)
        try:
            self._connection.execute(fill)
        finally:
            self._connection.unregister("staged_batch")
        self._numbers, self._letters = [], 0
        for held in self._cells:
            held.clear()


def lay_view(connection: duckdb.DuckDBPyConnection, stem: str, headings: Sequence[str], staged: str = STAGED) -> str:
    """Name the staged text and lay the view `source_<stem>` over it, which is returned; nothing is copied.

    Where the table has no `row_no` of its own, rows are numbered in the order of the file, the heading being row 1.
    """
    view, text = "source_" + stem, quoted("text_" + stem)
    held = connection.table(quoted(staged)).columns
    numbered = held[0] == "row_no" and len(held) == len(headings) + 1
    columns = ", ".join(
        f"CAST({quoted(column)} AS VARCHAR) AS {quoted(heading)}"
        for column, heading in zip(held[1:] if numbered else held, headings, strict=True)
    )
    drop(connection, "text_" + stem)
    rename = _RENAME.substitute(staged=quoted(staged), text=text)
    connection.execute(rename)
    row_no = "row_no" if numbered else "rowid + 2"
    lay = _VIEW.substitute(view=quoted(view), row_no=row_no, columns=columns, text=text)
    connection.execute(lay)
    return view


def drop(connection: duckdb.DuckDBPyConnection, *names: str) -> None:
    """Drop TEMP tables if they are there."""
    for name in names:
        statement = _DROP.substitute(name=quoted(name))
        connection.execute(statement)
