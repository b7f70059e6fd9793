"""R's data and R's answers, as the tests read them; `make_reference.R` writes both and R is not needed here."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipelines.stats import counts

FOLDER = Path(__file__).parent
MADE = [
    "day_zero",
    "half_then_event",
    "half_then_none",
    "half_by_rounding",
    "all_censored",
    "one_person",
    "one_censored",
    "one_day",
    "all_leave",
    "no_event_group",
    "crossing",
]
REAL = [
    "lung",
    "veteran",
    "ovarian",
    "pbc",
    "colon",
    "bladder1",
    "mgus2",
    "rotterdam",
    "retinopathy",
    "cgd",
    "myeloid",
    "kidney",
    "transplant",
    "Melanoma",
    "uis",
    "aml",
]


@cache
def results(name: str) -> dict[str, Any]:
    """Return what R found for one data set."""
    return json.loads((FOLDER / "results" / f"{name}.json").read_text())


@cache
def rows(name: str) -> pd.DataFrame:
    """Return one data set as R read it: one row per person."""
    return pd.read_csv(FOLDER / "data" / f"{name}.csv", dtype={"group": str, "stratum": str, "cluster": str})


@cache
def count_table(name: str, by: tuple[str, ...] = (), **levels: str) -> pd.DataFrame:
    """Return a data set as a count table, of the people with the given `levels` only."""
    people = rows(name)
    causes = max(1, int(people["cause"].max()))
    for column, level in levels.items():
        people = people[people[column] == level]
    return counts.from_rows(people, by, causes=causes)


def column(values: Any) -> np.ndarray:
    """Return a column of R's answer, with NaN where R had no number."""
    return np.array([np.nan if value is None else value for value in np.atleast_1d(values)], dtype=float)


def assert_close(ours: Any, theirs: Any, tolerance: float) -> None:
    """Fail unless ours equals R's within an absolute tolerance, wherever R gives a number."""
    expected = column(theirs)
    known = ~np.isnan(expected)
    np.testing.assert_allclose(np.atleast_1d(np.asarray(ours, dtype=float))[known], expected[known], 0, tolerance)
