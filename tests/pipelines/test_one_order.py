"""Sums over scores have the same last digit however the work was shared out: what they add up comes in one order."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipelines import outcomes, warehouse
from pipelines.estimators.scores import early_columns
from pipelines.questions import Settings


@pytest.mark.parametrize(
    ("statement", "order"),
    [
        ("early_scores", ["level_1", "score", "band", "at_ceiling", "people"]),
        ("score_endings", ["score", "day", "cause", "people"]),
    ],
)
def test_counts_of_scores_come_in_one_order(sample_home: Path, statement: str, order: list[str]) -> None:
    by = ("site",) if "level_1" in order else ()
    reader = warehouse.open_records(sample_home)
    named = early_columns("alliance")
    found = outcomes.columns_of(reader, statement, Settings(), by, named=named, extra={"origin": 30})
    table = pd.DataFrame({name: found[name] for name in order})
    assert len(table) > 50
    assert table[order].equals(table.sort_values(order, na_position="last", ignore_index=True))
