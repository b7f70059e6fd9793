"""A reader like that of a release: straight lines between few points, rounded numbers, hidden and rough rows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pipelines.estimate_table import HIDDEN_NUMBERS, estimate_table
from tests.dashboard.examples import FakeAnswers, Question

GRID = (0, 30, 60, 90, 150, 240, 335)
LONG_TITLE = "Recovery and peer support network of the counties of the northern river valleys"
SITES = tuple(f"Community house of place number {i:02d}" for i in range(1, 13))


@dataclass
class Published(FakeAnswers):
    """Answers of a release; `statuses` gives every row of a measure one status, `sites` the names of sites."""

    version: str = "release-0001"
    audience: str = "public"
    sites: tuple[str, ...] = ("Ashgrove", "Birchwood", "Cedar Hill")
    title: str = "Example program"
    statuses: dict[str, str] = field(default_factory=dict)
    tables: list[pd.DataFrame] = field(default_factory=list)

    def about(self) -> dict[str, object]:
        return super().about() | {"title": self.title, "first_cohort": "2024-H1", "footnote": "Protected statistics."}

    def ask(self, question: Question) -> pd.DataFrame:
        table = super().ask(question)
        if question.measure == "staying_curve" and question.measure not in self.edit:
            table = on_grid(table)
        if question.by == ("site",):
            table = _by_site(table, self.sites)
        status = self.statuses.get(question.measure)
        if status:
            table = with_status(table, status)
        self.tables.append(table)
        return table


def with_status(table: pd.DataFrame, status: str) -> pd.DataFrame:
    """Return `table` with every row withheld under one status."""
    rows = table.copy()
    rows["status"] = status
    rows[list(HIDDEN_NUMBERS)] = np.nan
    return estimate_table(rows)


def on_grid(table: pd.DataFrame) -> pd.DataFrame:
    """Return stepped curves as a release draws them: straight lines between the days of a grid."""
    curves = table[table["stat"].eq("share")].sort_values("x", kind="stable")
    rows = [row for row in table[table["stat"].ne("share")].to_dict("records") if row["stat"] != "at_risk"]
    for _, line in curves.groupby("level", sort=False):
        for day in GRID:
            before = line[line["x"] <= day]
            if line["x"].max() < day - 30:
                continue
            point = before.iloc[-1].to_dict() | {"x": float(day), "shape": "line"}
            people = float(5 * round(point["n"] / 5))
            rows += [point | {"n": people}, point | {"stat": "at_risk", "estimate": people, "n": people, "shape": ""}]
            rows[-1] |= {"lower": np.nan, "upper": np.nan, "events": np.nan, "series": ""}
    return estimate_table(pd.DataFrame(rows))


def _by_site(table: pd.DataFrame, sites: tuple[str, ...]) -> pd.DataFrame:
    """Return the rows of one site under the name of each of `sites`; the fourth of more than three is hidden."""
    one = table[table["level"].eq("Ashgrove")]
    parts = []
    for order, site in enumerate(sites):
        part = one.assign(level=site)
        part[["estimate", "lower", "upper"]] = (part[["estimate", "lower", "upper"]] + 0.01 * order).clip(upper=1)
        parts.append(with_status(part, "hidden") if order == 3 else part)
    return estimate_table(pd.concat(parts, ignore_index=True))
