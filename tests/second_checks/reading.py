"""Read a canonical CSV file and type its cells.

Cells that repeat are told apart first, so that a text is typed once however many rows hold it. A typed column comes
with the rules that some of its texts break.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.schema import Column, Table

Mask = npt.NDArray[np.bool_]
FIRST_ROW = 2
"""Number of the first row below the heading."""
NUMBER = r"[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?"
DATE = r"(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}"
CLOCK = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]+)?)?\s?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
ZIP = r"[0-9]{3}(?:[0-9]{2}(?:-?[0-9]{4})?)?"
FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
LARGEST = 1e9
"""Whole numbers stay below it."""


@dataclass
class Texts:
    """The distinct texts of a column, as given and stripped, and the place of each row's among them (-1: empty)."""

    given: pd.Index[str]
    stripped: pd.Series[str]
    codes: npt.NDArray[np.signedinteger[Any]]

    def spread(self, of_texts: Any, of_empty: Any) -> Any:
        """Return what is known of each text, for every row."""
        return np.append(np.asarray(of_texts), np.asarray(of_empty))[self.codes]


@dataclass
class Typed:
    """A column typed: a value a row, the rows that break each rule, and which texts are blank or could not be read."""

    values: pd.Series[Any]
    texts: Texts
    is_blank: Mask
    is_unread: Mask
    broken: dict[str, Mask] = field(default_factory=dict)


def read(source: Path, table: Table) -> pd.DataFrame | None:
    """Return the declared columns of the file of `table`, all of them, as text; None if there is no file."""
    path = source / f"{table.name}.csv"
    if not path.exists():
        return None
    headings = [str(one.incoming) for one in table.incoming]
    rows = pd.read_csv(
        path,
        usecols=lambda heading: heading in headings,
        dtype="str",
        index_col=False,
        keep_default_na=False,
        na_values=[""],
        encoding="utf-8-sig",
    )
    return rows.reindex(columns=headings).astype("str") if len(rows.columns) < len(headings) else rows


def typed(column: Column, cells: pd.Series[Any], allowed: tuple[str, ...]) -> Typed:
    """Return the cells of a column that is no identifier as values of its type, and what is wrong with them.

    `allowed` are the entries of a closed list.
    """
    codes, given = pd.factorize(cells)
    texts = Texts(given, pd.Series(given, dtype="str").str.strip(), codes)
    is_blank = (texts.stripped == "").to_numpy()
    values, is_read, rule = _values(column, texts, allowed)
    is_unread = ~is_read & ~is_blank
    result = Typed(values, texts, is_blank, is_unread)
    if column.required:
        _note(result, "missing_required", texts.spread(is_blank, True))
    if rule:
        _note(result, rule, texts.spread(is_unread, False))
    if column.minimum is not None:
        _note(result, _range_rule(column), _outside(column, texts, is_read))
    return result


def _note(result: Typed, rule: str, mask: Mask) -> None:
    if mask.any():
        result.broken[rule] = mask


def _range_rule(column: Column) -> str:
    return {"minutes": "minutes_out_of_range", "age": "age_out_of_range"}.get(
        str(column.incoming), "number_out_of_range"
    )


def _outside(column: Column, texts: Texts, is_read: npt.NDArray[np.bool_]) -> Mask:
    """Return the rows whose number lies outside the range of the column; an age may be written as a band."""
    number = _numbers(texts.stripped)
    outside = is_read & number.notna().to_numpy() & ~number.between(column.minimum, column.maximum).to_numpy()
    return np.asarray(texts.spread(outside, False))


def _values(column: Column, texts: Texts, allowed: tuple[str, ...]) -> tuple[pd.Series[Any], Mask, str]:
    """Return a value a row, which texts were read, and the rule a text that was not read breaks (empty: none)."""
    match column.transform:
        case "integer" | "number":
            number = _numbers(texts.stripped)
            if column.transform == "integer":
                number = number.where((number.abs() < LARGEST) & (number == np.floor(number)))
            return pd.Series(texts.spread(number, np.nan)), number.notna().to_numpy(), "bad_number"
        case "age_band":
            number = _numbers(texts.stripped)
            is_read = number.notna() | texts.stripped.isin(allowed)
            return pd.Series(texts.spread(number, np.nan)), is_read.to_numpy(), "bad_number"
        case "flag":
            flag = texts.stripped.str.lower().map(FLAGS)
            is_read = flag.notna().to_numpy()
            codes = texts.spread(flag.fillna(2).astype("int8"), np.int8(2))
            return pd.Series(pd.array(codes == 1, dtype="boolean")).mask(codes == 2), is_read, "bad_flag"
        case "day" | "quarter":
            date = _dates(texts.stripped)
            values = pd.Series(texts.spread(date.to_numpy(), np.datetime64("NaT")))
            return values, date.notna().to_numpy(), "bad_date"
        case "zip3":
            is_read = texts.stripped.str.fullmatch(ZIP).to_numpy(bool)
            area = texts.stripped.str[:3].where(is_read)
            return _categories(texts, area, tuple(area.dropna().unique())), is_read, "zip_not_recognised"
        case "category":
            entry = texts.stripped.where(
                texts.stripped.isin(allowed), texts.stripped.str.lower().str.replace("[ -]", "_", regex=True)
            )
            is_read = entry.isin(allowed).to_numpy()
            if column.incoming == "instrument_id":
                return _categories(texts, entry, allowed), is_read, "unknown_instrument"
            if "unknown" not in allowed:
                return _categories(texts, entry, allowed), is_read, "unknown_category"
            values = _categories(texts, entry.where(is_read, "unknown"), allowed)
            return values.fillna("unknown"), is_read, "category_not_recognised"
        case _:
            return _categories(texts, texts.stripped, tuple(texts.stripped.unique())), texts.stripped.ne(""), ""


def _categories(texts: Texts, entries: pd.Series[Any], allowed: tuple[str, ...]) -> pd.Series[Any]:
    codes = pd.Index(allowed, dtype="str").get_indexer(entries)
    return pd.Series(pd.Categorical.from_codes(texts.spread(codes, -1), categories=list(allowed)))


def _numbers(stripped: pd.Series[str]) -> pd.Series[float]:
    """Return finite numbers written in digits with a point; NaN for all else."""
    number = pd.to_numeric(stripped.where(stripped.str.fullmatch(NUMBER))).astype("float64")
    return number.where(np.isfinite(number))


def _dates(stripped: pd.Series[str]) -> pd.Series[Any]:
    """Return the days of texts written year-month-day, a time may follow, from 1900 to 2099; NaT for all else."""
    written = stripped.str.fullmatch(f"{DATE}(?:[T ]{CLOCK})?")
    return pd.to_datetime(stripped.where(written).str[:10], format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")
