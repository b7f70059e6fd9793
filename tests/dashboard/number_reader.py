"""Reads numbers in words as a person does, and tells which of them no cell of a table could have been rounded to.

It knows nothing of how the dashboard writes numbers: it goes the other way, from the printed number back to a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers = npt.NDArray[np.float64]
SHOWN = ("shown", "rough")
NO_SHARES = ("difference", "ratio", "slope", "p_value")
NUMBER = re.compile(
    r"(?<![\w.,])(?P<sign>[+−-]?)(?P<digits>\d{1,3}(?:,\d{3})+|\d+)(?P<part>\.\d+)?(?P<percent>%?)(?!\w)"
)
ENDS = {"under 1%": (0.0, 0.005), "over 99%": (0.995, 1.0)}
FRACTIONS = re.compile(r"\b(\d+) in (\d+) people|\b(half) of people")
AS_NEAR = 0.0551
"""How far a share may lie from the fraction it is said as: they are at most a tenth apart, and the nearest is sought
for the whole percentage that stands beside it."""
FIXED = re.compile(
    "|".join(
        (
            r"\(95%\)|\b95 of 100\b|\b998 of 1,000\b|\b(?:every|per|in) 100\b",
            r"\b(?:to|at|stayed|staying to|first) \d+ months?\b|\b[Mm]onths? \d+\b|\b\d+ months? after\b",
            r"\b\d+(?:, \d+)* and \d+ months\b|\b[Ww]eeks? \d+(?: to \d+)?\b",
            r"\bdays? \d+(?: to \d+)?\b|\b(?:of the(?: first)?|first|for|in|within|after|than|not) \d+ days\b",
            r"\bthe (?:30|150|180) (?:days )?after\b|\bof the first \d+\b|\b\d+ days (?:after|without|as)\b",
            r"\bnot \d+ as elsewhere",
            r"\b(?:19|20)\d\d\b|\b(?:records|release)-\d+",
            r"\b\d\d-\d\d\b|\b\d\d\+|<\d\d\b|\bUnder 35\b|\b35 to 54\b|\b55 and over\b",
            r"\b(?:lower|middle|higher): (?:under )?[\d.]+(?: to under [\d.]+| and over)?",
            r"\(\d+(?:\.\d+)? to \d+(?:\.\d+)?\)|\bfrom -1 to 1\b|\bout of \d+|\bof 5\b|^of \d+$",
            r"\b[A-Z]+(?:-[A-Z]+)*-\d+\b",
            r"\b(?:cross|excludes|side of|reach) 1\b|\bunder 0\.001\b",
            r"\bfewer than (?:5|11|20|30|100) people\b|\baim of 80%|\blatest 6\b|\bonly the \d+ largest\b",
            r"\b1 in 20 people\b|\babout 1 in \d+(?: comparisons| with 50)\b|\bwhere 1 in 20\b|\b10 such coaches\b",
            r"\b\d+ of \d+ groups\b|\b(?:All|the) \d+ answers\b|\(of \d+\)|\bfor \d+ of them\b",
            r"\bunder \d+ choices\b|^\d+ months$",
        )
    )
)
"""Numbers that belong to the sentence, not to the table: days and months of the definitions, cuts, ages, floors."""


@dataclass
class Cells:
    """The numbers a text may hold: cells of tables, and what may be worked out of them."""

    values: Numbers
    shares: Numbers
    derived: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, tables: Iterable[pd.DataFrame], derived: Iterable[float] = ()) -> Cells:
        """Return the cells of the shown rows; a share also stands for the share without it, a difference for points."""
        kept = [table[table["status"].isin(SHOWN)] for table in tables]
        values, shares = (np.concatenate([_finite(part) for part in parts] or [np.array([])])
                          for parts in (kept, [part[~part["stat"].isin(NO_SHARES)] for part in kept]))  # fmt: skip
        shares = np.abs(shares[np.abs(shares) <= 1])
        return cls(values, np.concatenate([shares, 1 - shares]), [float(one) for one in derived])

    def hold(self, number: float, decimals: int, *, percent: bool, sign: str) -> bool:
        """Tell whether a cell is `number` as it is rounded to so many decimals."""
        half = 0.5 * 10.0**-decimals + 1e-9
        if percent:
            return bool((np.abs(100 * self.shares - number) <= half).any())
        values = np.concatenate([self.values, self.derived])
        sizes = np.abs(values)
        signs = {"+": values > -half, "−": values < half, "-": values < half}.get(sign, np.full(len(values), True))
        # A difference of shares is printed in percentage points, a month is counted from 1, and in days of 30.
        near = np.abs(sizes - number) <= half
        near |= (sizes <= 1) & (np.abs(100 * sizes - number) <= half)
        return bool((near & signs).any())


def _finite(rows: pd.DataFrame) -> Numbers:
    """Return every number of some rows, in no order."""
    found = rows[["estimate", "lower", "upper", "n", "events", "x"]].to_numpy(dtype=float).ravel()
    return found[np.isfinite(found)]


def numbers(text: str) -> list[str]:
    """Return the numbers of `text` that are no part of the sentence itself."""
    return [found[0] for found in NUMBER.finditer(FRACTIONS.sub(" ", _ends(FIXED.sub(" ", text))))]


def strangers(text: str, cells: Cells) -> list[str]:
    """Return the numbers of `text` that are the rounding of no cell."""
    plain = FIXED.sub(" ", text)
    found = [said for said, (low, high) in ENDS.items() if said in plain
             and not ((cells.shares > low) & (cells.shares < high)).any()]  # fmt: skip
    for fraction in FRACTIONS.finditer(plain):
        share = 0.5 if fraction[3] else int(fraction[1]) / int(fraction[2])
        if not (np.abs(cells.shares - share) <= AS_NEAR).any():
            found.append(fraction[0])
    for one in NUMBER.finditer(FRACTIONS.sub(" ", _ends(plain))):
        number = float(one["digits"].replace(",", "") + (one["part"] or ""))
        decimals = len(one["part"] or ".") - 1
        if not cells.hold(number, decimals, percent=bool(one["percent"]), sign=one["sign"]):
            found.append(one[0])
    return found


def _ends(text: str) -> str:
    for said in ENDS:
        text = text.replace(said, " ")
    return text
