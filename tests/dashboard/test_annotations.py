"""Dates of a program's own: kept by quarter, found in the periods of a chart, refused with a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import annotations, charts, kept_file, twins, twins_staying
from dashboard.annotations import Annotation
from dashboard.answers import InputFault
from pipelines.estimate_table import estimate_table


def test_dates_are_kept_in_order_once_each_and_can_be_removed(tmp_path: Path) -> None:
    assert annotations.annotations(tmp_path) == []
    for quarter, text in (
        ("2025-Q3", "New  intake form"),
        ("2024-Q1", "Second site opened"),
        ("2025-Q3", "New intake form"),
    ):
        annotations.add(tmp_path, quarter, text)
    held = annotations.annotations(tmp_path)
    assert held == [Annotation("2024-Q1", "Second site opened"), Annotation("2025-Q3", "New intake form")]
    annotations.remove(tmp_path, held[0])
    assert annotations.annotations(tmp_path) == held[1:]


@pytest.mark.parametrize(("quarter", "text"), [("2025-Q5", "x"), ("2025-H1", "x"), ("", "x"), ("2025-Q1", " "),
                                               ("2025-Q1", "y" * 81)])  # fmt: skip
def test_what_is_no_date_is_refused_with_its_remedy_and_nothing_is_kept(
    tmp_path: Path, quarter: str, text: str
) -> None:
    with pytest.raises(InputFault, match="the date"):
        annotations.add(tmp_path, quarter, text)
    assert annotations.annotations(tmp_path) == []


def test_every_fault_of_a_date_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputFault) as caught:
        annotations.add(tmp_path, "summer", "")
    assert len(caught.value.faults) == 2


def test_a_date_is_found_in_quarters_half_years_and_months(tmp_path: Path) -> None:
    held = [Annotation("2025-Q3", "New form"), Annotation("2024-Q1", "Opened")]
    assert annotations.within(held, ["2024-H1", "2024-H2", "2025-H1", "2025-H2"]) == [
        ("2024-H1", held[1]), ("2025-H2", held[0])]  # fmt: skip
    assert annotations.within(held, ["2025-Q3", "2025-Q4"]) == [("2025-Q3", held[0])]
    assert annotations.within(held, ["2025-07", "2025-08"]) == [("2025-07", held[0])]
    assert annotations.within(held, []) == []
    assert annotations.sentence(annotations.within(held, ["2025-Q3"])) == "July–September 2025: New form."
    assert annotations.sentence([("2025-Q3", Annotation("2025-Q3", "What now?"))]).endswith("What now?")


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    path = tmp_path / kept_file.FOLDER / annotations.NAME
    path.parent.mkdir()
    for content in ("[{}]", '[{"quarter": "2025", "text": "a"}]', "[1]", "no"):
        path.write_text(content)
        with pytest.raises(InputFault, match="dates of a program's own"):
            annotations.annotations(tmp_path)


def test_a_chart_over_months_draws_its_dates_and_its_table_lists_them() -> None:
    row = {"measure": "caseload_by_month", "stat": "count", "status": "shown", "shape": "bar"}
    table = estimate_table([{**row, "level": f"2025-{month:02d}", "estimate": 40 + month} for month in range(1, 13)])
    held = [Annotation("2025-Q3", "New form"), Annotation("2020-Q1", "Long ago")]
    dates = annotations.within(held, list(table["level"]))
    figure = charts.by_month(table, dates=[(month, one.text) for month, one in dates])
    (line,) = (shape for shape in figure["layout"]["shapes"] if shape["line"].get("dash") == "dot")
    assert line["x0"] == 5.5  # before July
    assert "New form" in str(figure["layout"]["annotations"])
    assert "Long ago" not in str(figure)
    twin = twins.with_dates(twins_staying.caseload(table), dates)
    assert twin.rows[-1][:2] == ("July–September 2025", "New form")
    assert len({len(row) for row in twin.rows}) == 1
