"""The estimate table refuses what would mislead or leak."""

from __future__ import annotations

import pandas as pd
import pytest

from pipelines.estimate_table import COLUMNS, estimate_table

SHOWN = {"measure": "stayed_share", "stat": "share", "estimate": 0.5, "n": 40, "status": "shown", "shape": "point"}


def test_missing_columns_are_filled_with_nothing() -> None:
    table = estimate_table([SHOWN])
    assert list(table.columns) == list(COLUMNS)
    assert table.loc[0, "level"] == ""
    assert pd.isna(table.loc[0, "lower"])


@pytest.mark.parametrize("number", ["estimate", "lower", "upper", "n", "events"])
def test_a_hidden_row_carries_no_number(number: str) -> None:
    with pytest.raises(ValueError, match="not shown carries a number"):
        estimate_table([{"measure": "stayed_share", "status": "hidden", number: 3}])


@pytest.mark.parametrize("fault", [{"status": "visible"}, {"shape": "pie"}, {"secret": 1}])
def test_an_unknown_shape_of_row_is_an_error(fault: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"un(known|declared)"):
        estimate_table([SHOWN | fault])


def test_an_empty_table_keeps_its_columns() -> None:
    assert list(estimate_table([]).columns) == list(COLUMNS)
