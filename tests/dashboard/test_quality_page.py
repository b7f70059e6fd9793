"""Your data: every number on the page is one of the load; the list of rows kept out holds places and no value."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import answers, quality_tables
from tests.dashboard.test_views import html_of, text_of
from tests.pipelines.planted import SAMPLE, planted_rows

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"


@pytest.fixture
def page(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("RECOVERY_OUTCOMES_AUDIENCE", "manager")
    monkeypatch.setenv("RECOVERY_OUTCOMES_HOME", str(sample_home))
    st.cache_data.clear()
    st.cache_resource.clear()
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.switch_page("views/your_data.py")
    return app.run()


def test_every_table_stands_with_its_rows_and_its_level(page: AppTest) -> None:
    assert not page.exception
    said, quality = text_of(page), answers.data_quality(answers.data_home())
    assert len(quality.loads) == 10
    for load in quality.loads:
        assert load.rows_in == load.rows_stored + load.rows_kept_out
        assert f"{load.rows_in:,}" in said
        with (SAMPLE / f"{load.table}.csv").open(newline="") as file:
            assert load.rows_in == sum(1 for _ in csv.reader(file)) - 1
    found = {one.table for one in quality.checks if one.rows and one.limit < 1}
    assert said.count(": Check") + said.count(": Good") + said.count(": Do not use") == len(found)


def test_tables_without_findings_stand_in_one_line(page: AppTest) -> None:
    quality = answers.data_quality(answers.data_home())
    found = {one.table for one in quality.checks if one.rows and one.limit < 1}
    assert {load.table for load in quality.loads} - found == {"sites", "coaches", "coach_assignments"}
    assert "Nothing was found in: sites, coaches and coach assignments." in text_of(page)
    number = sum(one.table not in found for one in quality.checks)
    assert f"Checks that found nothing ({number})" in [each.label for each in page.expander]


def test_every_planted_fault_is_on_the_page_with_its_remedy(page: AppTest) -> None:
    markup = html_of(page)
    checks = answers.data_quality(answers.data_home()).checks
    for one in {row.rule for row in planted_rows()}:
        check = next(each for each in checks if each.rule == one and each.rows)
        assert check.remedy.replace("'", "&#x27;") in markup


def test_the_list_of_rows_kept_out_holds_places_and_no_value(sample_home: Path, page: AppTest) -> None:
    del page
    text = quality_tables.kept_out_csv(answers.data_quality(sample_home))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {(row["table_name"], int(row["row_no"]), row["rule"]) for row in rows} >= {
        (row.table, row.row_no, row.rule) for row in planted_rows()
    }
    assert all(row["note"].startswith("Internal") for row in rows)
    assert set(rows[0]) == {"note", "table_name", "file_name", "row_no", "rule", "column_name"}
    assert all(row["file_name"] == f"{row['table_name']}.csv" for row in rows)


def test_only_a_managers_process_may_ask(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOVERY_OUTCOMES_AUDIENCE", "public")
    with pytest.raises(PermissionError):
        answers.data_quality(sample_home)
