"""What a simulation study hands back, and the page docs/simulations.md that is made of it and can be read again."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

PAGE = Path(__file__).resolve().parents[2] / "docs" / "simulations.md"
HEADINGS = ("question", "setting", "replicates", "result", "Monte-Carlo error", "pass line", "verdict")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Result:
    """One row: a measured number with its Monte-Carlo error, and the line it has to keep, if it has one.

    `lower` and `upper` bound the result, both included; without either the result is reported, not passed.
    """

    question: str
    setting: str
    replicates: int
    value: float
    error: float
    lower: float | None = None
    upper: float | None = None
    digits: int = 1

    @property
    def verdict(self) -> str:
        """Return passed, FAILED or reported."""
        if self.lower is None and self.upper is None:
            return "reported"
        low = -math.inf if self.lower is None else self.lower
        high = math.inf if self.upper is None else self.upper
        return "passed" if low <= round(self.value, self.digits) <= high else "FAILED"

    @property
    def line(self) -> str:
        """Return the pass line in words."""
        low, high = (None if bound is None else f"{bound:.{self.digits}f}" for bound in (self.lower, self.upper))
        if low and high:
            return f"{low} to {high}"
        return f"at most {high}" if high else f"at least {low}" if low else "–"

    def cells(self) -> list[str]:
        """Return the cells of the row, in the order of HEADINGS."""
        numbers = [f"{self.value:.{self.digits}f}", f"{self.error:.{self.digits + 1}f}"]
        return [self.question, self.setting, f"{self.replicates:,}", *numbers, self.line, self.verdict]


def share(
    question: str, setting: str, hits: Sequence[bool], lower: float | None = None, upper: float | None = None
) -> Result:
    """Return the row of a share of replicates, in per cent."""
    p, n = float(np.mean(hits)), len(hits)
    return Result(question, setting, n, 100 * p, 100 * math.sqrt(p * (1 - p) / n), lower, upper)


def mean(question: str, setting: str, values: Sequence[float], digits: int = 1, upper: float | None = None) -> Result:
    """Return the row of a mean over replicates."""
    error = float(np.std(values, ddof=1) / np.sqrt(len(values)))
    return Result(question, setting, len(values), float(np.mean(values)), error, upper=upper, digits=digits)


def near(question: str, setting: str, values: Sequence[float], true: float, allowed: float, digits: int = 4) -> Result:
    """Return the row of a mean over replicates that may lie `allowed` from the truth."""
    error = float(np.std(values, ddof=1) / np.sqrt(len(values)))
    low, high = round(true - allowed, digits), round(true + allowed, digits)
    return Result(question, setting, len(values), float(np.mean(values)), error, low, high, digits)


def replicated(one: Callable[[int], T], replicates: int, workers: int = 1) -> list[T]:
    """Return `one(0)`, `one(1)`, ... for all replicates, in order; over `workers` processes if more than one."""
    if workers == 1:
        return [one(number) for number in range(replicates)]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(one, range(replicates), chunksize=max(1, replicates // (8 * workers))))


def table(results: Iterable[Result]) -> str:
    """Return the rows as a table in Markdown."""
    lines = [HEADINGS, ("---", "---", "---:", "---:", "---:", "---", "---"), *(one.cells() for one in results)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the page, read again."""

    question: str
    setting: str
    replicates: int
    value: float
    error: float
    line: str
    verdict: str

    def keeps_its_line(self) -> bool:
        """Tell whether the printed result keeps the printed line. Raises ValueError for a line that says nothing."""
        if between := re.fullmatch(r"(-?[\d.]+) to (-?[\d.]+)", self.line):
            return float(between[1]) <= self.value <= float(between[2])
        if most := re.fullmatch(r"at most (-?[\d.]+)", self.line):
            return self.value <= float(most[1])
        if least := re.fullmatch(r"at least (-?[\d.]+)", self.line):
            return self.value >= float(least[1])
        raise ValueError(f"not a pass line: {self.line}")


def rows(page: str) -> list[Row]:
    """Return the rows of all tables of the page."""
    cells = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in page.splitlines() if "|" in line]
    kept = [one for one in cells if len(one) == len(HEADINGS) and one[0] not in (HEADINGS[0], "---")]
    return [Row(a, b, int(n.replace(",", "")), float(v), float(e), li, ve) for a, b, n, v, e, li, ve in kept]
