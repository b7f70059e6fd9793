"""The estimate table: the one shape in which every number leaves `pipelines`, at both doors.

One row per drawn point. A hidden row carries no number at all: `estimate`, `lower`, `upper`, `n`
and `events` are empty. Charts, sentences, table twins, downloads and reports read nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.block_frame import block_frame

COLUMNS: dict[str, str] = {
    "measure": "Identifier of the measure in the registry.",
    "cohort": "Who is counted: 'all', or the filters as dimension=category|category, joined by ';'.",
    "grouping": "Dimensions the rows are split by, joined by ','; empty for everyone.",
    "level": "Category of each grouping dimension, joined by '|'; empty for everyone.",
    "series": "Line, band or bar within a level, e.g. 'left_early'; empty if there is one.",
    "x": "Position on the x axis: days, score or empty.",
    "stat": "What the estimate is: share, count, mean, rate, ratio, difference, slope, correlation, p_value, at_risk, "
    "unit, limit.",
    "estimate": "The number; shares run from 0 to 1.",
    "lower": "Lower end of the 95% range of uncertainty.",
    "upper": "Upper end of the 95% range of uncertainty.",
    "n": "People (or sessions, see the measure) the row rests on; at a curve's point, still being followed.",
    "events": "People (or sessions) with the event up to x.",
    "status": "shown, rough, hidden, immature, not_measured or not_applicable.",
    "reason": "Why a row is not shown; below_threshold for every confidential cause.",
    "shape": "How a chart draws the row: step, line, point, bar or cell.",
    "source": "live, or release with its identifier.",
}
STATUSES = ("shown", "rough", "hidden", "immature", "not_measured", "not_applicable")
SHAPES = ("step", "line", "point", "bar", "cell", "")
NUMBERS = ("x", "estimate", "lower", "upper", "n", "events")
HIDDEN_NUMBERS = ("estimate", "lower", "upper", "n", "events")
WORDS = tuple(name for name in COLUMNS if name not in NUMBERS)
Columns = Mapping[str, npt.NDArray[Any]]
"""The columns of an estimate table as arrays of one length: numbers as floats, everything else as objects."""
# Of plain objects and made once, because a page asks for dozens of tables and looks into each by the names of columns.
_DECLARED = pd.Index(list(COLUMNS), dtype=object)
_PLACES = tuple(np.flatnonzero([name in names for name in COLUMNS]) for names in (WORDS, NUMBERS))


def estimate_table(rows: Iterable[Mapping[str, object]] | pd.DataFrame) -> pd.DataFrame:
    """Return `rows` as an estimate table: declared columns in order, numbers as float64, text never null.

    Raises ValueError for an undeclared column, an unknown status or shape, or a number in a row that is not shown.
    """
    given = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    unknown = [column for column in given.columns if column not in COLUMNS]
    if unknown:
        raise ValueError(f"undeclared estimate columns: {', '.join(map(str, unknown))}")
    table = pd.DataFrame(index=range(len(given)))
    for name in COLUMNS:
        values = given[name].reset_index(drop=True) if name in given else None
        if name in NUMBERS:
            table[name] = (
                pd.Series(float("nan"), index=table.index, dtype="float64")
                if values is None
                else pd.to_numeric(values).astype("float64")
            )
        else:
            table[name] = (
                pd.Series("", index=table.index, dtype="object")
                if values is None
                else values.astype("object").where(values.notna(), "")
            )
    check(table)
    return table


def table_of(columns: Columns) -> pd.DataFrame:
    """Return columns as a table in the declared order; all of them must be there."""
    blocks = [np.stack([columns[name] for name in COLUMNS if name in names]) for names in (WORDS, NUMBERS)]
    return block_frame(list(zip(blocks, _PLACES, strict=True)), _DECLARED)


def check(table: pd.DataFrame) -> None:
    """Raise ValueError unless `table` keeps the rules of an estimate table."""
    if not table.columns.equals(_DECLARED):
        raise ValueError("an estimate table has exactly the declared columns, in order")
    status = table["status"].to_numpy(dtype=object)
    if not set(status) <= set(STATUSES):
        raise ValueError("unknown status in an estimate table")
    if not set(table["shape"].to_numpy(dtype=object)) <= set(SHAPES):
        raise ValueError("unknown shape in an estimate table")
    withheld = (status != "shown") & (status != "rough")
    if not withheld.any():
        return
    numbers = (table[name].to_numpy(dtype=float) for name in HIDDEN_NUMBERS)
    if any(bool((~np.isnan(values[withheld])).any()) for values in numbers):
        raise ValueError("a row that is not shown carries a number")
