"""A workbook of a program's own: sheets and headings nobody could guess, categories as codes, and who is who in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from openpyxl import Workbook

from pipelines import schema
from pipelines.choices import Choices
from pipelines.targets import target_of
from pipelines.template import SHEETS
from pipelines.workbook import snake_case
from tests.pipelines.exporters.people import Tables
from tests.pipelines.exporters.workbook import typed

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CODED = ("gender", "primary_substance", "exit_type", "mode", "rater", "instrument_id")
"""Columns whose words are written as codes of the program's own."""


@dataclass
class OwnLayout:
    """Where the workbook lies, and the choices of somebody who knows it."""

    path: Path
    targets: dict[tuple[str, str], str] = field(default_factory=dict)
    words: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    @property
    def choices(self) -> Choices:
        """Every column and every code as it is meant."""
        return Choices(targets=self.targets, words=self.words)


def write(folder: Path, tables: Tables) -> OwnLayout:
    """Write the canonical tables under opaque names and codes, and return how they are meant."""
    folder.mkdir(parents=True, exist_ok=True)
    layout = OwnLayout(folder / "ours.xlsx")
    book = Workbook()
    book.remove(book.active)
    for place, name in enumerate(SHEETS.values()):
        rows, title = tables.get(name, []), f"Blatt {LETTERS[place]}"
        if not rows:
            continue
        table = schema.table(name)
        columns = [column for column in table.incoming if column.incoming in rows[0]]
        headings = [f"Feld {LETTERS[place]}{LETTERS[number]}" for number in range(len(columns))]
        sheet = book.create_sheet(title)
        sheet.append(headings)
        codes: dict[str, dict[str, str]] = {}
        for heading, column in zip(headings, columns, strict=True):
            at = (snake_case(title), heading)
            layout.targets[at] = target_of(name, column)
            if column.incoming in CODED:
                used = sorted({row[str(column.incoming)] for row in rows} - {""})
                codes[str(column.incoming)] = {word: f"k{number}" for number, word in enumerate(used)}
                layout.words[at] = {code: word for word, code in codes[str(column.incoming)].items()}
        for row in rows:
            cells = []
            for column in columns:
                text = row[str(column.incoming)]
                cells.append(typed(codes.get(str(column.incoming), {}).get(text, text), column.transform))
            sheet.append(cells)
    book.save(layout.path)
    return layout
