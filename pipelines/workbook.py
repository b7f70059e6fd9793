"""Stage the sheets of an Excel workbook as text, each like a CSV of its own, called by the sheet's name in snake case.

The heading need not stand in row 1: it is the first row that is wide enough and mostly holds texts, and headings in
merged cells are put together from top to bottom. `row_no` is the row of the sheet. What is not read as it stands is
counted in the notes: formulas without a stored value, cells with an error, columns without a heading, hidden sheets.
A sheet is named by its place in messages, because its name may be a person's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

import duckdb

from pipelines import delimited, staging, versions
from pipelines.faults import Fault, InputFault
from pipelines.spreadsheet import Merged, Sheet, Workbook
from pipelines.spreadsheet_cells import Oddities, Row, column_letters
from pipelines.staging import SourceFile, TextRows

ROWS_TO_LOOK_AT = 30
"""Rows with content among which the heading is looked for."""
HEADING_WIDTH = 0.5
"""A heading fills more than this share of what the widest of these rows fills, merged cells counted whole."""
DEEPEST_HEADING = 3
_NOT_A_LETTER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class _Heading:
    """Where a sheet's heading is: its rows, and the column of each heading."""

    first_row: int
    last_row: int
    columns: tuple[int, ...]
    texts: tuple[str, ...]


def stage(connection: duckdb.DuckDBPyConnection, path: Path) -> list[SourceFile]:
    """Stage every visible sheet of a workbook; sheets that cannot be staged are returned with their faults.

    Raises InputFault if the file is no whole workbook, is protected, or holds no visible sheet.
    """
    book = Workbook(path)
    try:
        digest = versions.sha256(path)
        visible = [sheet for sheet in book.sheets if not sheet.hidden]
        stems = [snake_case(sheet.name) for sheet in visible]
        staged = [_stage_sheet(connection, book, sheet, stems, digest) for sheet in visible]
    finally:
        book.close()
    if not staged:
        raise InputFault(Fault(path.name, "has no visible sheet", "Show the sheets to be loaded and save it again"))
    hidden = [str(sheet.place) for sheet in book.sheets if sheet.hidden]
    if hidden:
        note = f"hidden sheets were not read (sheet {', '.join(hidden)})"
        staged[0] = replace(staged[0], notes=(*staged[0].notes, note))
    return staged


def snake_case(name: str) -> str:
    """Return a sheet's name as the name of a table: `exit_forms` for `Exit forms`; empty if nothing is left of it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return _NOT_A_LETTER.sub("_", plain.lower()).strip("_")


def _stage_sheet(
    connection: duckdb.DuckDBPyConnection, book: Workbook, sheet: Sheet, stems: Sequence[str], digest: str
) -> SourceFile:
    """Stage one sheet; faults of the file itself are raised, those of the sheet returned."""
    stem = snake_case(sheet.name)
    part = f"sheet {sheet.place}"
    where = f"{book.path.name}, {part}"
    faults: list[Fault] = []
    if not stem:
        faults.append(Fault(where, "has a name without letters or digits", "Give the sheet a name such as Sessions"))
    elif stems.count(stem) > 1:
        faults.append(Fault(where, "has the name of another sheet but for spaces and signs", "Rename one of the two"))
    columns: tuple[str, ...] = ()
    rows, empty = 0, False
    notes: list[str] = []
    if not faults:
        try:
            columns, rows, notes = _fill(connection, book, sheet, where)
        except InputFault as fault:
            if fault.faults[0].where == book.path.name:
                raise
            faults = list(fault.faults)
    if not faults and rows == 0:
        empty = True
        faults = list(delimited.empty(where).faults)
    view = "" if faults else staging.lay_view(connection, stem, columns)
    staging.drop(connection, staging.STAGED)
    return SourceFile(
        path=book.path,
        stem=stem,
        view=view,
        format="workbook",
        columns=columns,
        rows=rows,
        sha256=digest,
        part=part,
        notes=tuple(notes),
        faults=tuple(faults),
        empty=empty,
    )


def _fill(
    connection: duckdb.DuckDBPyConnection, book: Workbook, sheet: Sheet, where: str
) -> tuple[tuple[str, ...], int, list[str]]:
    """Fill the staged text with the rows below the heading; return headings, rows and notes."""
    oddities = Oddities()
    merged = book.merged(sheet)
    found = book.rows(sheet, oddities)
    opening = list(islice(found, ROWS_TO_LOOK_AT))
    heading = _find_heading(opening, merged)
    if heading is None:
        return (), 0, []
    delimited.check_headings(where, heading.texts)
    table = TextRows(connection, len(heading.columns))
    unheaded: dict[int, int] = {}
    headed = frozenset(heading.columns)
    for row_no, cells in chain(opening, found):
        if row_no <= heading.last_row:
            continue
        for column in cells.keys() - headed:
            unheaded[column] = unheaded.get(column, 0) + 1
        if cells.keys() & headed:
            table.add(row_no, [cells[c].text if c in cells else None for c in heading.columns])
    table.flush()
    below = sum(block.last_row > heading.last_row for block in merged)
    return heading.texts, table.rows, list(_notes(heading, unheaded, oddities, below))


def _find_heading(opening: Sequence[Row], merged: Sequence[Merged]) -> _Heading | None:
    """Return the heading among the first rows: the first that is wide enough and mostly holds texts."""
    by_row = {row_no: {column: cell.text for column, cell in cells.items()} for row_no, cells in opening}
    widths = {row_no: len(_spread(row_no, cells, merged)) for row_no, cells in by_row.items()}
    widest = max(widths.values(), default=0)
    if widest == 0:
        return None
    wide = [
        row for row in opening if widths[row[0]] > widest * HEADING_WIDTH and (len(row[1]) > 1 or widest == 1)
    ] or opening[:1]
    texts = [row for row in wide if 2 * sum(cell.is_text for cell in row[1].values()) >= len(row[1])]
    first = (texts or wide)[0][0]
    last = _last_heading_row(first, merged)
    lines = [_spread(row, by_row.get(row, {}), merged) for row in range(first, last + 1)]
    columns = tuple(sorted(set().union(*lines)))
    return _Heading(first, last, columns, tuple(_put_together(column, lines) for column in columns))


def _last_heading_row(first: int, merged: Sequence[Merged]) -> int:
    """Return the last row of the heading: merged cells reach down, and a heading over several has others below it."""
    last = first
    for block in merged:
        if block.first_row == first:
            over_several = block.last_column > block.first_column
            last = max(last, block.last_row + over_several)
    return min(last, first + DEEPEST_HEADING - 1)


def _spread(row: int, cells: Mapping[int, str], merged: Sequence[Merged]) -> dict[int, str]:
    """Return the headings of one row, those of merged cells in each of their columns."""
    spread = dict(cells)
    for block in merged:
        text = cells.get(block.first_column)
        if block.first_row == row and text is not None:
            spread |= dict.fromkeys(range(block.first_column, block.last_column + 1), text)
    return spread


def _put_together(column: int, lines: Sequence[Mapping[int, str]]) -> str:
    parts = (" ".join(line[column].split()) for line in lines if column in line)
    return " ".join(dict.fromkeys(part for part in parts if part))


def _notes(heading: _Heading, unheaded: Mapping[int, int], oddities: Oddities, below: int) -> Iterator[str]:
    if heading.last_row > heading.first_row:
        yield f"the heading was put together from rows {heading.first_row} to {heading.last_row}"
    elif heading.first_row > 1:
        yield f"the heading was found in row {heading.first_row}"
    if unheaded:
        letters = ", ".join(column_letters(column) for column in sorted(unheaded)[:10])
        more = f" and {len(unheaded) - 10} more" if len(unheaded) > 10 else ""
        yield f"columns without a heading were not read ({letters}{more})"
    if oddities.without_value:
        yield f"formulas without a stored value were read as blank ({oddities.without_value:,} cells)"
    if oddities.errors:
        yield f"cells with an error instead of a value were read as blank ({oddities.errors:,} cells)"
    if below:
        yield f"merged cells below the heading: only the first of each block holds its value ({below:,} blocks)"
