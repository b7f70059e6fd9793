"""Sums over scores have the same last digit however the work was shared out: what they add up comes in one order."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipelines import outcomes, warehouse
from pipelines.estimators.scores import early_columns
from pipelines.questions import Settings


@pytest.mark.parametrize(
    ("statement", "order", "extra"),
    [
        ("early_scores", ["level_1", "score", "band", "at_ceiling", "people"], {"origin": 30}),
        ("score_endings", ["score", "day", "cause", "people"], {"origin": 30}),
        ("trajectories", ["person", "month"], {"construct": "alliance", "month_days": 30}),
    ],
)
def test_what_sums_over_scores_add_up_comes_in_one_order(
    sample_home: Path, statement: str, order: list[str], extra: dict[str, object]
) -> None:
    by = ("site",) if "level_1" in order else ()
    reader = warehouse.open_records(sample_home)
    columns = ("episode_id", "episode_number") if statement == "trajectories" else ()
    named = {} if columns else early_columns("alliance")
    found = outcomes.columns_of(reader, statement, Settings(), by, columns=columns, named=named, extra=extra)
    table = pd.DataFrame({name: found[name] for name in order})
    assert len(table) > 50
    assert table[order].equals(table.sort_values(order, na_position="last", ignore_index=True))
