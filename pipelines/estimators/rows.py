"""Rows of estimates in the making: blocks of columns, joined once, because a table is costly to build row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.estimate_table import COLUMNS, NUMBERS, Columns, table_of

Cells = Mapping[str, object]
Values = npt.NDArray[np.float64]


class Rows:
    """Rows of one answer; `always` are the cells that every row has unless it says otherwise."""

    def __init__(self, **always: str) -> None:
        self._always = always
        self._blocks: list[tuple[int, Cells]] = []

    def __len__(self) -> int:
        return sum(size for size, _ in self._blocks)

    def add(self, **columns: object) -> None:
        """Add rows: arrays or lists of one length, and single values that hold for all of them."""
        sizes = {len(values) for values in columns.values() if isinstance(values, np.ndarray | list | tuple)}
        if len(sizes) != 1:
            raise ValueError("a block of rows needs columns of one length")
        self._blocks.append((sizes.pop(), columns))

    def one(self, **cells: object) -> None:
        """Add a single row."""
        self._blocks.append((1, {name: [value] for name, value in cells.items()}))

    def extend(self, rows: Iterable[Cells]) -> None:
        """Add single rows."""
        for row in rows:
            self.one(**row)

    def columns(self) -> Columns:
        """Return every column of the estimate table, numbers as floats, no text missing.

        Raises ValueError for a column the estimate table does not have.
        """
        unknown = {name for _, columns in self._blocks for name in columns} - set(COLUMNS)
        if unknown:
            raise ValueError(f"undeclared estimate columns: {', '.join(sorted(unknown))}")
        return {name: self._column(name, name in NUMBERS) for name in COLUMNS}

    def table(self) -> pd.DataFrame:
        """Return the rows as a table; raises ValueError as `columns` does."""
        return table_of(self.columns())

    def _column(self, name: str, is_number: bool) -> npt.NDArray[np.generic]:
        default: object = float("nan") if is_number else self._always.get(name, "")
        filled: npt.NDArray[np.generic] = np.full(len(self), default, dtype=float if is_number else object)
        start = 0
        for size, columns in self._blocks:
            if name in columns:
                filled[start : start + size] = np.asarray(columns[name], dtype=filled.dtype)
            start += size
        return filled
