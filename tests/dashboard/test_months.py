"""Scores over the months. Referee: hand-made tables; the canary of flat scores with leavers is in test_views."""

from __future__ import annotations

import json
import math

import pandas as pd
import pytest

from dashboard import charts, sentences_months, theme, twins_months
from dashboard.charts.months import LINES, TICKS
from pipelines.estimate_table import estimate_table
from tests.dashboard import score_examples

WARNING = (
    "Everybody's line rises more than that of the same people: part of the rise is people with lower scores leaving, "
    "not scores rising."
)


def table(**about: float) -> pd.DataFrame:
    return estimate_table({"status": "shown", **row} for row in score_examples.months(4.0, **about))


@pytest.mark.parametrize("mode", theme.MODES)
def test_every_dot_is_a_cell_of_the_table_and_a_hidden_month_breaks_the_line(mode: str) -> None:
    held = table()
    drawn = charts.months(held, mode, scale=(1, 5))
    lines = {trace["name"]: trace for trace in drawn["data"] if "name" in trace}
    assert set(lines) == set(LINES)
    for name, trace in lines.items():
        rows = held[held["series"].eq(name) & held["stat"].eq("mean")].set_index("x")
        assert len(trace["x"]) == len(set(trace["x"]))
        for month, value in zip(trace["x"], trace["y"], strict=True):
            cell = rows.loc[month, "estimate"]
            assert value == cell or (math.isnan(value) and math.isnan(cell))
    # From month 7 on all who are rated have stayed: their own line would hide beneath everybody's.
    assert max(lines["stayed_6_months"]["x"]) == 5
    assert math.isnan(lines["left_month_3_to_6"]["y"][-1])
    assert lines["left_month_3_to_6"]["text"][-1] == ""
    low, high = drawn["layout"]["yaxis"]["range"]
    assert low <= 1 < 5 <= high, "the whole scale, so that a small rise looks small"


def test_people_are_counted_below_every_named_month() -> None:
    held = table()
    said = [note["text"] for note in charts.months(held, scale=(1, 5))["layout"]["annotations"]]
    for series, expected in (("everybody_rated", [400, 320, 200, 110, 60]), ("same_people", [120, 120, 120])):
        rows = held[held["series"].eq(series) & held["x"].isin(list(TICKS))]
        assert rows["n"].astype(int).tolist() == expected
        assert all(str(n) in said for n in expected)
    labels = [text for text in said if "The same people" in text or "Everybody" in text or "Left months" in text]
    assert {"<b>The same people 4.3</b>", "<b>Everybody still rated 4.7</b>"} <= set(labels)


def test_a_table_row_is_said_as_it_is() -> None:
    twin = twins_months.months(table())
    rows = {(row[0], row[1]): row[2:] for row in twin.rows}
    assert rows["Everybody still rated", "1"] == ("4.0", "4.0 to 4.0", "400", "5%")
    assert rows["The same people", "6"] == ("4.3", "4.2 to 4.3", "120", "")
    assert rows["Left months 4–6", "6"] == ("Hidden", "", "", "")
    assert rows["Stayed longer", "12"][2] == "150", "the table goes on where the line is not drawn"


@pytest.mark.parametrize(
    ("same", "said"),
    [
        (0.06, "Among the same people, alliance is higher in month 6 than in month 1: 4.3, then 4.6"),
        (-0.06, "Among the same people, alliance is lower in month 6 than in month 1: 4.3, then 4.0"),
        (0.003, "Among the same people, no clear change in alliance from month 1 to month 6 (4.3, then 4.3)"),
        (0.008, "Among the same people, alliance is higher in month 6 than in month 1: by 0.040 points"),
    ],
)
def test_a_rise_is_said_of_the_same_people_and_only_if_its_range_excludes_zero(same: float, said: str) -> None:
    assert sentences_months.title(table(same=same), what="alliance") == said


def test_without_the_same_people_no_rise_is_said_and_the_card_says_why() -> None:
    held = table()
    without = held[~held["series"].isin(["same_people", "same_people_rise", "lines_part", "lines_part_in_sd"])]
    assert "too few people rated every month" in sentences_months.title(without, what="alliance")
    assert sentences_months.warning(without).startswith("Too few people were rated in each of the first 6 months")
    for status, said in (("hidden", "Too few people to show how alliance"), ("not_measured", "not measured")):
        nothing = estimate_table([{"stat": "mean", "status": status, "shape": "line"}])
        assert said in sentences_months.title(nothing, what="alliance")
        assert sentences_months.warning(nothing) == ""


@pytest.mark.parametrize(
    ("everybody", "same", "error", "said"),
    [
        (0.06, 0.0, 0.02, WARNING),
        (0.06, 0.0, 9.0, WARNING),  # half a standard deviation, however uncertain
        (0.02, 0.0, 9.0, ""),  # 0.17 of one, and uncertain
        (0.02, 0.0, 0.02, WARNING),  # small, but more than its uncertainty
        (0.06, 0.06, 0.02, ""),
        (-0.02, -0.08, 0.02, "falls less than that of the same people: people with lower scores leaving hold it up"),
        (0.02, 0.08, 0.02, "rises less than that of the same people: people with higher scores leaving hold it down"),
        (-0.08, 0.0, 0.02, "part of the fall is people with higher scores leaving, not scores falling"),
    ],
)
def test_the_warning_shows_where_the_lines_part(everybody: float, same: float, error: float, said: str) -> None:
    found = sentences_months.warning(table(everybody=everybody, same=same, error=error))
    assert (said in found) if said else found == ""


def test_pace_change_and_ceiling_are_said_with_their_ranges() -> None:
    assert sentences_months.pace(table(same=0.06)) == (
        "On a line of each person's own, scores rise by 0.060 points a month (could be 0.057 to 0.063)."
    )
    assert "no clear rise or fall (could be −0.003 to 0.003" in sentences_months.pace(table())
    assert sentences_months.changed(table()) == (
        "Of the same people, 12% have a reliably higher score in month 6 than in month 1 and 6% a reliably lower one."
    )
    assert sentences_months.ceiling(table()).startswith("5% of people in month 1 and 15% in month 12 gave the highest")
    held = table()
    few = held.assign(status=held["status"].where(~held["series"].str.startswith("reliably"), "hidden"))
    assert sentences_months.changed(few).startswith("Too few of the same people")
    assert sentences_months.changed(held[~held["series"].str.startswith("reliably")]) == ""
    low = held.assign(estimate=held["estimate"].where(~held["series"].eq("at_ceiling"), 0.04))
    assert sentences_months.ceiling(low) == ""


def test_a_drawing_holds_no_number_of_a_hidden_month() -> None:
    drawn = charts.months(table(), scale=None)
    assert "Hidden" not in json.dumps(drawn)
    assert drawn["layout"]["yaxis"]["range"][0] < 3.7
