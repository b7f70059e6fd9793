"""Identifiers: their normal form, which row an identifier names, and rows that repeat the key of an earlier one."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.schema import Column, Table
from tests.second_checks.reading import Mask

Places = npt.NDArray[np.intp]
"""Place of a row (from 0) in the table a column refers to, -1 if it names none."""


def parent_of(column: Column) -> str:
    """Return the table of the files to which an identifier refers, empty if to none."""
    return column.references.partition(".")[0] if column.transform == "pseudonym" else ""


def place_of(column: Column) -> str:
    """Return under which name rows hold the places of what the identifiers of `column` name."""
    return str(column.incoming).removesuffix("_id") + "_place"


def normal_form(identifiers: pd.Series[str]) -> pd.Series[str]:
    """Return identifiers as they are compared: capitals, blanks, dashes and invisible signs tell nobody apart."""
    small = identifiers.str.lower()
    odd = identifiers.str.contains("[^!-~]")
    if odd.any():
        distinct = identifiers[odd].unique()
        forms = {one: _normal(one) or None for one in distinct if isinstance(one, str)}
        small[odd] = identifiers[odd].map(forms).astype("str")
    return small


def _normal(identifier: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", identifier).casefold())
    kinds = {"Cf": "", "Pd": "-"}
    seen = "".join("-" if one == "\u2212" else kinds.get(unicodedata.category(one), one) for one in folded)
    return " ".join(seen.split())


@dataclass
class Named:
    """The rows of a table by their identifier, and what rows that refer to them need to know of them.

    `first` are the rows whose identifier no earlier row has; `known` holds one row a row of the table. Where there is
    no file, every identifier names a row, and nothing is known of it.
    """

    identifiers: pd.Series[str]
    first: Places
    known: pd.DataFrame = field(default_factory=pd.DataFrame)
    is_out: Mask = field(default_factory=lambda: np.zeros(0, bool))
    has_file: bool = True

    def places(self, identifiers: pd.Series[str]) -> Places:
        """Return the place of the row that each identifier, in its normal form, names."""
        if not self.has_file:
            return np.asarray(pd.factorize(identifiers)[0])
        every = pd.concat([self.identifiers.iloc[self.first], identifiers], ignore_index=True)
        # What stands first is counted first: the place of an identifier among those of the parent is its number.
        number = pd.factorize(every)[0][len(self.first) :]
        return np.asarray(np.append(self.first, -1)[np.where(number < len(self.first), number, -1)])

    def of(self, name: str, places: Places, empty: Any = None) -> Any:
        """Return what is known of the rows at `places`, `empty` (missing) where there is none."""
        return self.known[name].reindex(places, fill_value=empty).array

    def know_exits(self, day: pd.Series[Any], is_death: pd.Series[bool]) -> None:
        """Add what rows of an episode must know of its exit."""
        self.known = self.known.assign(exited=day, died=is_death)

    def out_of(self, places: Places) -> Mask:
        """Tell which of `places` is that of a row that is kept out."""
        return np.asarray(np.append(self.is_out, False)[places]) if self.has_file else np.zeros(len(places), bool)


def without_file() -> Named:
    """Return what stands for a table without a file."""
    return Named(pd.Series(dtype="str"), np.zeros(0, np.intp), has_file=False)


def named(identifiers: pd.Series[str]) -> Named:
    """Return the rows of a table by their identifiers in normal form."""
    first = np.flatnonzero(identifiers.notna() & ~identifiers.duplicated())
    return Named(identifiers, first)


def repeated(table: Table, keys: pd.DataFrame) -> Mask:
    """Return the rows whose whole key an earlier row has; `keys` holds one column a part of the key."""
    whole = keys.notna().all(axis=1)
    return np.asarray(whole & keys.where(whole).duplicated()) if len(table.key) > 1 else _repeated(keys.iloc[:, 0])


def _repeated(key: pd.Series[Any]) -> Mask:
    return np.asarray(key.notna() & key.duplicated())
