"""What changed between periods of enrolment: the same indicators for each period, and every later minus every earlier.

Made of answers that have passed the floor, so that nothing comes back here that was withheld there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import pandas as pd

from pipelines.estimators.request import FULL_SIZE, TOO_EARLY
from pipelines.estimators.rows import Rows
from pipelines.stats.limits import Interval, interval_difference

SHOWN = ("shown", "rough")
FEW_PEOPLE = "few_people"
SHARE, MEAN = "share", "mean"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: its name here, and the rows of the measure it is read from."""

    name: str
    measure: str
    stat: str = SHARE
    series: str = ""
    x: float | None = None


INDICATORS = (
    Indicator("engaged", "engagement_rate", series="engaged"),
    Indicator("attended", "attendance_rate"),
    Indicator("stayed_3_months", "stayed_share", series="stayed", x=90.0),
    Indicator("stayed_6_months", "stayed_share", series="stayed", x=180.0),
    Indicator("early_alliance", "early_alliance", stat=MEAN),
    Indicator("early_self_efficacy", "early_self_efficacy", stat=MEAN),
    Indicator("answered_alliance", "response_rate", series="alliance"),
    Indicator("answered_self_efficacy", "response_rate", series="self_efficacy"),
)
"""Every indicator in its order."""
MEASURES = tuple(dict.fromkeys(one.measure for one in INDICATORS))
"""The measures the indicators are read from."""


def changes(rows: Rows, tables: Mapping[str, pd.DataFrame], periods: tuple[str, ...]) -> Rows:
    """Add to `rows` each indicator by period, and the difference `later|earlier` of every two periods.

    `tables` holds the estimate tables of MEASURES split by period; `periods` are in time. An indicator that these
    records do not have is left out; a difference with a side that is not shown, or of fewer than 30 people, is hidden.
    """
    for one in INDICATORS:
        found = {period: _row(one, tables[one.measure], period) for period in periods}
        known = {period: row for period, row in found.items() if row is not None}
        for row in known.values():
            rows.one(**_copied(one, row))
        for earlier, later in combinations(known, 2):
            rows.one(series=one.name, level=f"{later}|{earlier}", **_difference(one, known[later], known[earlier]))
    return rows


def _row(one: Indicator, table: pd.DataFrame, period: str) -> pd.Series | None:
    """Return the row of an indicator for a period; the one that says why there is none; None if nothing is said."""
    of_period = table[table["level"].eq(period)]
    rows = of_period[of_period["stat"].eq(one.stat) & of_period["series"].eq(one.series)]
    if one.x is not None:
        rows = rows[rows["x"].eq(one.x)]
    if rows.empty:
        rows = of_period[~of_period["status"].isin(SHOWN)]
    return None if rows.empty else rows.iloc[0]


def _copied(one: Indicator, row: pd.Series) -> dict[str, object]:
    """Return an indicator's row for one period."""
    names = ("level", "estimate", "lower", "upper", "n", "status", "reason")
    return {name: row[name] for name in names} | {"series": one.name, "stat": one.stat, "shape": "point"}


def _difference(one: Indicator, later: pd.Series, earlier: pd.Series) -> dict[str, object]:
    """Return the difference of two periods, or why there is none."""
    row: dict[str, object] = {"stat": "difference"}
    for side in (later, earlier):
        if side["status"] == "immature":
            return row | {"status": "immature", "reason": TOO_EARLY}
        if side["status"] not in SHOWN:
            return row | {"status": side["status"], "reason": side["reason"]}
    rough = "rough" in (later["status"], earlier["status"])
    if rough or min(later["n"], earlier["n"]) < FULL_SIZE or pd.isna([later["lower"], earlier["lower"]]).any():
        return row | {"status": "hidden", "reason": FEW_PEOPLE}
    gap = interval_difference(*(Interval(side["estimate"], side["lower"], side["upper"]) for side in (later, earlier)))
    limits = {name: float(getattr(gap, name)) for name in ("estimate", "lower", "upper")}
    return row | limits | {"n": later["n"] + earlier["n"], "status": "shown"}
