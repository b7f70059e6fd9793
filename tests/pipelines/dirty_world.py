"""Random dirty folders for whole loads: small good files in which cells, rows, columns and references are spoiled."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import strategies as st

from pipelines import schema
from tests.pipelines.raw_world import World, world

CANARY = "Qjzvxk"
"""A marker that no text of ours holds; planted cells carry it in shapes that must never be said nor stored."""
REQUIRED = {(table.name, str(column.incoming)) for table in schema.loaded_tables() for column in table.incoming}
LABELS = {
    (table.name, str(column.incoming))
    for table in schema.loaded_tables()
    for column in table.incoming
    if column.transform == "label"
}
PLACES = {"site_code", "region", "program"}
FOUND = (f"{CANARY}1234567", f"{CANARY} one two three four five", f"{CANARY} 2025-01-15", f"born 3 May {CANARY}")
"""Shapes that a detector of low precision finds in any text; elsewhere nothing of a text is stored anyway."""
PLANTED = (CANARY, f" {CANARY}\t", f"{CANARY}-1", f"Mr {CANARY} Smith", f"{CANARY}\n{CANARY}", f'"{CANARY}",', *FOUND)
HIGH = (f"{CANARY}@example.org", f"{CANARY} 555-123-4567", f"12 {CANARY} Street", f"www.{CANARY}.org")
"""Shapes that refuse the load."""
NUMBERS = ("0", "-1", "45", "9999", "1e9", "1e400", "nan", "inf", "5.5", "1,000", "\u0665", "007", "0x10", "-0")
DATES = ("2025-01-15", "2024-12-01", "2026-06-01", "2025-02-30", "15/01/2025", "0000-00-00", "1900-01-01", "2099-12-31")
KNOWN = ("P-1", "E-2", "V-1", "A-1", "C1", "S1", "p-1 ", "\uff30-1", "attended", "gse_10", "complete", "unknown", "yes")
TEXT = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"], max_codepoint=0x2FFFF), max_size=12)


@dataclass
class Dirty:
    """The rows of every file as written, and the headings; `may_refuse`: something in them may refuse the load."""

    tables: World
    headings: dict[str, list[str]]
    planted: bool = False
    extra: set[str] = field(default_factory=set)

    def write(self, folder: Path) -> Path:
        """Write the files."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self.tables.items():
            (folder / f"{name}.csv").write_bytes(self.text(name, rows).encode())
        return folder

    def text(self, name: str, rows: list[Mapping[str, str | None]]) -> str:  # type: ignore[type-arg]
        """Return a file as the csv module writes it, every cell in quotation marks."""
        held = io.StringIO(newline="")
        writer = csv.writer(held, quoting=csv.QUOTE_ALL, lineterminator="\n")
        headings = self.headings[name]
        writer.writerow(headings)
        writer.writerows([row.get(heading) or "" for heading in headings] for row in rows)
        return held.getvalue()


def cell_of(table: str, column: str, *, refusing: bool) -> st.SearchStrategy[str]:
    """Return texts for a cell: planted, numbers, dates, known entries, letters of all kinds; never kept if planted."""
    shapes = FOUND if (table, column) in LABELS else PLANTED
    ways = [st.sampled_from(shapes), st.sampled_from(NUMBERS), st.sampled_from(DATES), st.sampled_from(KNOWN), TEXT]
    if refusing:
        ways.append(st.sampled_from(HIGH))
    return st.one_of(ways)


@st.composite
def dirty_folders(draw: st.DrawFn) -> Dirty:
    """Draw a folder: the good files after a handful of changes."""
    tables = world()
    dirty = Dirty(tables, {name: [str(c.incoming) for c in schema.table(name).incoming] for name in tables})
    refusing = draw(st.integers(0, 4)) == 0
    for _ in range(draw(st.integers(1, 14))):
        _spoil(draw, dirty, refusing=refusing)
    return dirty


def _spoil(draw: st.DrawFn, dirty: Dirty, *, refusing: bool) -> None:
    """Make one change of a table."""
    name = draw(st.sampled_from(sorted(dirty.tables)))
    rows, headings = dirty.tables[name], dirty.headings[name]
    kind = draw(st.sampled_from(("cell",) * 6 + ("double", "drop", "order", "without", "more", "reference")))
    place = draw(st.integers(0, max(len(rows) - 1, 0)))
    if kind == "cell" and rows:
        column = draw(st.sampled_from(headings))
        text = draw(cell_of(name, column, refusing=refusing))
        rows[place] = {**rows[place], column: text}
        dirty.planted = dirty.planted or CANARY in text
    elif kind == "double" and rows:
        rows.insert(draw(st.integers(0, len(rows))), dict(rows[place]))
    elif kind == "drop" and len(rows) > 1:
        del rows[place]
    elif kind == "order":
        dirty.tables[name] = draw(st.permutations(rows))
    elif kind == "without" and len(headings) > 2:
        headings.remove(draw(st.sampled_from(headings)))
    elif kind == "more":
        heading = f"note {len(dirty.extra)}"
        dirty.extra.add(heading)
        headings.insert(draw(st.integers(0, len(headings))), heading)
        for row in rows:
            row[heading] = f"{CANARY} met {CANARY}@example.org"
    elif kind == "reference" and rows:
        named = [heading for heading in headings if heading.endswith("_id")]
        if named:
            rows[place] = {**rows[place], draw(st.sampled_from(named)): draw(st.sampled_from(KNOWN))}
