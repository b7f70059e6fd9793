"""What the checks find: the rows that break each rule, and the identifiers that refuse the whole load."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from pipelines import check
from tests.second_checks.reading import FIRST_ROW, Mask

ORPHANED = "parent_in_quarantine"


@cache
def keeping_out() -> frozenset[str]:
    """Return the rules that keep a row out; the others mark it."""
    return frozenset(rule.id for rule in check.rules() if rule.severity == "error")


class Found:
    """The rows that break each rule, by table; `refusals` are (table, column, rule) of what refuses the load."""

    def __init__(self) -> None:
        self.refusals: set[tuple[str, str, str]] = set()
        self._rows: dict[tuple[str, str], Any] = {}

    def note(self, table: str, broken: Mapping[str, Any]) -> None:
        """Note the rows of `table` that break each rule, as masks."""
        for rule, mask in broken.items():
            self.note_rows(table, rule, np.flatnonzero(np.asarray(mask, bool)))

    def note_rows(self, table: str, rule: str, rows: Any) -> None:
        """Note the rows of `table`, by their place from 0, that break a rule."""
        if len(rows):
            self._rows[table, rule] = np.union1d(self._rows.get((table, rule), rows), rows)

    def out(self, table: str, length: int) -> Mask:
        """Return which of the rows of `table`, `length` of them, are kept out by what is noted so far."""
        is_out = np.zeros(length, bool)
        for (noted, rule), rows in self._rows.items():
            if noted == table and rule in keeping_out():
                is_out[rows] = True
        return is_out

    def kept_out(self) -> set[tuple[str, int, str]]:
        """Return (table, row number, rule) of every row that is kept out."""
        return {
            (table, int(row) + FIRST_ROW, rule)
            for (table, rule), rows in self._rows.items()
            if rule in keeping_out()
            for row in rows
        }

    def warned(self) -> set[tuple[str, int, str]]:
        """Return (table, row number, rule) of every row that is stored although it breaks a rule."""
        out = {(table, row) for table, row, _ in self.kept_out()}
        return {
            (table, int(row) + FIRST_ROW, rule)
            for (table, rule), rows in self._rows.items()
            if rule not in keeping_out()
            for row in rows
            if (table, int(row) + FIRST_ROW) not in out
        }
