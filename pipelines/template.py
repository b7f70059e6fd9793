"""Blank files to fill, made from the declarations: a workbook with lists to choose from, or one CSV per table.

The sheets and files hold headings and nothing else, so that no example is ever loaded; examples and the meaning of
every column stand on the sheet Help, or in the file help.txt, which no mapping reads.
"""

from __future__ import annotations

import csv
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from pipelines import schema
from pipelines.dictionary import allowed_words
from pipelines.faults import Fault, InputFault
from pipelines.instruments import load_registry
from pipelines.schema import Column, Table

SHEETS: dict[str, str] = {
    "Participants": "participants",
    "Episodes": "episodes",
    "Sessions": "sessions",
    "Assessments": "assessments",
    "Answers": "assessment_items",
    "Contacts": "engagement_events",
    "Exits": "discharges",
    "Sites": "sites",
    "Coaches": "coaches",
    "Coach assignments": "coach_assignments",
}
"""Sheets of the template in order, and the table each fills; the mapping `workbook` says the same."""
BOOK = "recovery_outcomes_template.xlsx"
ALLOWED = "Allowed values"
_HELP_HEADINGS = ("sheet", "heading", "needed", "meaning", "allowed", "unit", "example")
_LAST_ROW = 1_048_576
_WIDTHS = {"meaning": 60, "allowed": 60}
_EXAMPLES = {"age": "42", "zip": "06441", "minutes": "45", "planned_length_days": "180", "fte": "0.5", "total": "31"}
_EXAMPLES |= {"item_no": "1", "value": "3", "site_code": "Example site", "program": "EXAMPLE", "source_code": "07"}
_EXAMPLES |= {"region": "north", "instrument_version": "", "linked_participant_id": "", "instrument_id": "gse_10"}


def write_workbook(folder: Path) -> list[Path]:
    """Write the template workbook into `folder` and return its path; InputFault if it is there already."""
    (path,) = _new_files(folder, [BOOK])
    book = Workbook()
    book.remove(book.active)
    lists = _lists()
    for title, table in SHEETS.items():
        _data_sheet(book.create_sheet(title), schema.table(table), lists)
    _help_sheet(book.create_sheet("Help"))
    _allowed_sheet(book.create_sheet(ALLOWED), lists)
    book.save(path)
    return [path]


def write_csv(folder: Path) -> list[Path]:
    """Write one CSV per table and help.txt into `folder`, return the paths; InputFault if one is there already."""
    paths = _new_files(folder, [*(f"{table}.csv" for table in SHEETS.values()), "help.txt"])
    for path, table in zip(paths, SHEETS.values(), strict=False):
        with path.open("x", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow(str(column.incoming) for column in schema.table(table).incoming)
    with paths[-1].open("x", encoding="utf-8") as file:
        for row in _help_rows():
            needed = f", {row['needed']}" if row["needed"] else ""
            file.write(f"{row['sheet']}, {row['heading']}{needed}: {row['meaning']}\n")
            for name in ("allowed", "unit", "example"):
                if row[name]:
                    file.write(f"    {name}: {row[name]}\n")
    return paths


def _new_files(folder: Path, names: list[str]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / name for name in names]
    faults = [Fault(str(path), "is there already", "Choose another folder") for path in paths if path.exists()]
    if faults:
        raise InputFault(faults)
    return paths


def _choices(column: Column) -> tuple[str, ...]:
    """Return what a person may choose from for a column; empty where anything may be typed."""
    if column.incoming == "instrument_id":
        return tuple(load_registry())
    return column.allowed if column.transform in ("category", "flag") else ()


def _lists() -> dict[tuple[str, str], tuple[int, tuple[str, ...]]]:
    """Return place (from 1) and entries of the list of every column that has one, by table and heading."""
    found = [
        (table, str(column.incoming), _choices(column))
        for table in SHEETS.values()
        for column in schema.table(table).incoming
        if _choices(column)
    ]
    return {(table, heading): (place, entries) for place, (table, heading, entries) in enumerate(found, 1)}


def _data_sheet(sheet: Worksheet, table: Table, lists: dict[tuple[str, str], tuple[int, tuple[str, ...]]]) -> None:
    for place, column in enumerate(table.incoming, 1):
        letter, heading = get_column_letter(place), str(column.incoming)
        cell = sheet.cell(row=1, column=place, value=heading)
        cell.font = Font(bold=True)
        if column.required:
            cell.fill = PatternFill("solid", fgColor="FFF2CC")
        sheet.column_dimensions[letter].width = max(14, len(heading) + 3)
        sheet.column_dimensions[letter].number_format = _number_format(column)
        rule = _validation(column, lists.get((table.name, heading)))
        if rule is not None:
            rule.add(f"{letter}2:{letter}{_LAST_ROW}")
            sheet.add_data_validation(rule)
    sheet.freeze_panes = "A2"


def _number_format(column: Column) -> str:
    if column.transform in ("day", "quarter"):
        return "yyyy-mm-dd"
    return "@" if column.transform in ("pseudonym", "zip3", "label") else "General"


def _validation(column: Column, entries: tuple[int, tuple[str, ...]] | None) -> DataValidation | None:
    if entries is not None:
        letter = get_column_letter(entries[0])
        where = f"'{ALLOWED}'!${letter}$2:${letter}${len(entries[1]) + 1}"
        return DataValidation(type="list", formula1=where, allow_blank=True)
    if column.minimum is not None and column.maximum is not None:
        kind = "whole" if column.transform == "integer" else "decimal"
        low, high = f"{column.minimum:g}", f"{column.maximum:g}"
        return DataValidation(type=kind, operator="between", formula1=low, formula2=high, allow_blank=True)
    return None


def _help_sheet(sheet: Worksheet) -> None:
    sheet.append(_HELP_HEADINGS)
    for row in _help_rows():
        sheet.append([row[name] for name in _HELP_HEADINGS])
    for place, name in enumerate(_HELP_HEADINGS, 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDTHS.get(name, 22)
    for line in sheet.iter_rows():
        for cell in line:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = "@"
            cell.font = Font(bold=cell.row == 1)
    sheet.freeze_panes = "A2"


def _help_rows() -> list[dict[str, str]]:
    """Return one row per column of the template: where it stands, what it means, an invented example."""
    return [
        {
            "sheet": title,
            "heading": str(column.incoming),
            "needed": "needed" if column.required else "",
            "meaning": _asked(column),
            "allowed": ", ".join(_choices(column)) or allowed_words(column),
            "unit": "" if column.transform in ("day", "quarter") else column.unit,
            "example": _example(column),
        }
        for title, table in SHEETS.items()
        for column in schema.table(table).incoming
    ]


def _asked(column: Column) -> str:
    """Return what a person should type, which for identifiers, dates and ZIP codes is not what is stored."""
    if column.transform == "pseudonym":
        return f"Your own identifier of the {column.purpose}, the same wherever it stands; it is not stored as it is."
    if column.transform in ("day", "quarter"):
        return f"{column.meaning} A date; it is not stored as it is."
    return "ZIP code of five digits; only its area is stored." if column.transform == "zip3" else column.meaning


def _example(column: Column) -> str:
    heading = str(column.incoming)
    if heading in _EXAMPLES:
        return _EXAMPLES[heading]
    if column.transform == "pseudonym":
        return f"EXAMPLE-{column.purpose[0].upper()}1"
    if column.transform in ("day", "quarter"):
        return "2026-01-15"
    return _choices(column)[0] if _choices(column) else "1"


def _allowed_sheet(sheet: Worksheet, lists: dict[tuple[str, str], tuple[int, tuple[str, ...]]]) -> None:
    titles = {table: title for title, table in SHEETS.items()}
    for (table, heading), (place, entries) in lists.items():
        sheet.cell(row=1, column=place, value=f"{titles[table]}: {heading}").font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = 24
        for row, entry in enumerate(entries, 2):
            sheet.cell(row=row, column=place, value=entry).number_format = "@"
    sheet.freeze_panes = "A2"
