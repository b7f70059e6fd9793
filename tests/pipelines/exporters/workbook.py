"""Fill the template workbook with canonical people, as a person would: dates as dates, numbers as numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from openpyxl import load_workbook

from pipelines import schema
from pipelines.template import SHEETS, write_workbook
from tests.pipelines.exporters.people import Tables

Value = str | int | float | bool | date | None


def fill_template(folder: Path, tables: Tables) -> Path:
    """Write the template into `folder`, fill it with the rows of `tables`, and return its path."""
    (path,) = write_workbook(folder)
    book = load_workbook(path)
    for title, table in SHEETS.items():
        kinds = {str(column.incoming): column.transform for column in schema.table(table).incoming}
        headings = [cell.value for cell in book[title][1]]
        for row in tables.get(table, []):
            book[title].append([typed(row.get(heading, ""), kinds[heading]) for heading in headings])
    book.save(path)
    return path


def typed(text: str, kind: str) -> Value:
    """Return a cell as a spreadsheet would hold it."""
    if text == "":
        return None
    if kind in ("day", "quarter"):
        return date.fromisoformat(text)
    if kind == "flag":
        return text == "true"
    if kind in ("integer", "number", "age_band"):
        return float(text) if "." in text else int(text)
    return text
