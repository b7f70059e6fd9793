"""Folders of many rows with cells drawn from what stands at the edge of a rule, so that rules meet by chance."""

from __future__ import annotations

import random

from pipelines import schema
from pipelines.schema import Column
from tests.pipelines.raw_world import World, world
from tests.pipelines.test_check import OWN_KEY

DATES = (
    *("2024-01-05", "2025-01-09", "2025-01-10", "2025-01-15", "2025-02-10", "2025-06-01", "2025-06-02", "2025-12-31"),
    *("2026-01-05", "2025-13-01", "2025-02-01T10:00", "31.12.2025", ""),
)
NUMBERS = ("0", "1", "2", "3", "5", "10", "27", "28", "45", "99", "100", "241", "600", "601", "-1", "1.5", "x", "")
AGES = ("18", "44.5", "120", "121", "-1", "25-34", "unknown", "x", "")
INSTRUMENTS = ("gse_10", "GSE 10", "phq_9", "care", "rogers_28", "wai_sr", "x")
LABELS = (
    *(
        "RC",
        "Maria Gonzalez",
        "Gonzalez, M.",
        "J. Smith",
        "Smith JO",
        "SMITH, JO",
        "O'Brien Ann",
        "Mr. smith",
        "MRN 123",
    ),
    *("Mr. Smith", "12/03/2025", "may 3", "3rd March", "2025.01.02", "1.2.2025", "555-1234", "212-1950", "a b c d e f"),
    *("x" * 41, "x" * 40, "1234567", "123456", "Room 5", "Élan Vital", "ANN LEE", "Ann B. Lee", "medicaid A12"),
)
ZIPS = ("06441", "064", "6441", "06441-1234", "x", "")
LIKELY = 0.35
"""Share of cells that are drawn anew."""


def spoiled_folder(seed: int) -> World:
    """Return a folder of some hundred rows, the same for the same seed."""
    chance, tables = random.Random(seed), world()
    for turn in range(2):
        for table in map(schema.table, tables):
            rows = tables[table.name]
            for number in range(chance.choice((0, 1, 3, 6))):
                row = dict(chance.choice(rows))
                for column in table.incoming:
                    if chance.random() < LIKELY:
                        row[str(column.incoming)] = _cell(column, row, tables, chance)
                if table.name in OWN_KEY and chance.random() < 1 - LIKELY / 3:
                    row[str(table.incoming[0].incoming)] = f"N-{turn}-{number}"
                rows.append(row)
    for rows in tables.values():
        chance.shuffle(rows)
    return tables


def _cell(column: Column, row: dict[str, str | None], tables: World, chance: random.Random) -> str | None:
    heading, parent = str(column.incoming), column.references.partition(".")[0]
    if heading == "linked_participant_id":
        return chance.choice(("P-1", "P-2", "p-2", None))
    if parent in tables:
        code = chance.choice(tables[parent])[str(schema.table(parent).incoming[0].incoming)] or ""
        return chance.choice((code, code, code, code.lower(), f" {code} ", "E-404", "\uff25-1", None))
    if column.transform == "pseudonym":
        return row[heading]
    if column.transform == "category" and heading != "instrument_id":
        return chance.choice((*column.allowed, *column.allowed, "Odd Thing", "Dr Who", column.allowed[0].upper(), ""))
    of_kind = {"day": DATES, "quarter": DATES, "age_band": AGES, "label": LABELS, "zip3": ZIPS}
    of_kind |= {"category": INSTRUMENTS, "flag": ("true", "no", "1", "maybe", "")}
    return chance.choice(of_kind.get(column.transform, NUMBERS)) or None
