"""The share who stayed to a day, read the same way wherever it is said, so that no two pages say two numbers.

It is a point of the staying curve as long as its line is drawn that far, else the share itself. Live, both are one
number; of a release the curve counts everybody, each as long as followed, the share only cohorts followed to the day.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from dashboard import groups
from dashboard.answers import Answers, Question
from dashboard.estimate_rows import at

HORIZON = 180.0
"""Six months, in days."""
LINES = ("step", "line")
MEASURES = ("staying_curve", "stayed_share")
"""Where it is read from, the first that has the day."""


def table_to(day: float, ask: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """Return the estimate table whose row of `day` is said; `ask` returns that of one of `MEASURES`."""
    curve, share = MEASURES
    table = ask(curve)
    return table if at(table, day) is not None else ask(share)


def everyone_to(day: float, answers: Answers) -> pd.DataFrame:
    """Return that table for everybody."""
    return table_to(day, lambda measure: answers.ask(Question(measure)))


def people(table: pd.DataFrame, row: pd.Series) -> float | None:
    """Return the people a row of such a table rests on: of a line those it starts with; None where not shown."""
    found = groups.followed(table) if row["shape"] in LINES else row["n"]
    return None if found is None or pd.isna(found) else float(found)


def people_beside(curve: pd.DataFrame, table: pd.DataFrame, day: float = HORIZON) -> float | None:
    """Return the people behind the share of `table` on a day on which the drawn `curve` has no point; else None."""
    row = at(table, day)
    return None if row is None or at(curve, day) is not None else people(table, row)
