"""Rows of estimates in the making: blocks of columns, joined once, because a table is costly to build row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.estimate_table import COLUMNS, NUMBERS

WORDS = tuple(name for name in COLUMNS if name not in NUMBERS)
# Made once, because a page asks for dozens of tables and naming their columns took most of the time.
_WORDS, _NUMBERS = pd.Index(WORDS), pd.Index(NUMBERS)
_IN_ORDER = pd.Index((*WORDS, *NUMBERS)).get_indexer(pd.Index(list(COLUMNS)))
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

    def table(self) -> pd.DataFrame:
        """Return the rows with every column of the estimate table, numbers as floats, no text missing.

        Raises ValueError for a column the estimate table does not have.
        """
        unknown = {name for _, columns in self._blocks for name in columns} - set(COLUMNS)
        if unknown:
            raise ValueError(f"undeclared estimate columns: {', '.join(sorted(unknown))}")
        words = np.column_stack([self._column(name, False) for name in WORDS])
        numbers = np.column_stack([self._column(name, True) for name in NUMBERS])
        parts = [pd.DataFrame(words, columns=_WORDS, dtype=object), pd.DataFrame(numbers, columns=_NUMBERS)]
        return pd.concat(parts, axis=1).take(_IN_ORDER, axis=1)

    def _column(self, name: str, is_number: bool) -> npt.NDArray[np.generic]:
        kind: type = float if is_number else object
        default: object = float("nan") if is_number else self._always.get(name, "")
        if not any(name in columns for _, columns in self._blocks):
            return np.full(len(self), default, dtype=kind)
        parts: list[npt.NDArray[np.generic]] = []
        for size, columns in self._blocks:
            value = columns.get(name, default)
            if isinstance(value, np.ndarray | list | tuple):
                parts.append(np.asarray(value, dtype=kind))
            else:
                parts.append(np.full(size, value, dtype=kind))
        return np.concatenate(parts)
