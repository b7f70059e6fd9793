"""Indicators in words. Referee: rows written by hand and what a reader should see of them."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard import indicators
from dashboard.answers import measures
from pipelines.estimate_table import estimate_table
from pipelines.follow_up import FOLLOW_UP_TARGET


def one(measure: str, **cells: object) -> pd.DataFrame:
    row = {"measure": measure, "stat": "share", "status": "shown", "shape": "bar", "source": "live"}
    return estimate_table([{**row, **cells}])


def hidden(measure: str, status: str = "hidden") -> pd.DataFrame:
    return one(measure, status=status, reason="below_threshold")


NOTHING = {each.measure: hidden(each.measure) for each in (*indicators.STARTING, *indicators.AFTER)}


def test_every_indicator_is_a_measure() -> None:
    for each in (*indicators.STARTING, *indicators.AFTER):
        assert each.measure in measures()
    assert indicators.LEAST_ANSWERED == FOLLOW_UP_TARGET


def test_a_share_a_rate_and_what_they_rest_on() -> None:
    tables = {
        **NOTHING,
        "attendance_rate": one("attendance_rate", estimate=0.768, lower=0.755, upper=0.781, n=29777, events=22900),
        "session_intensity": one(
            "session_intensity", stat="rate", estimate=3.04, lower=2.9, upper=3.1, n=1250, events=9
        ),
        "time_to_first_session": one("time_to_first_session", estimate=0.86, n=1470, events=1264, x=14),
    }
    rows = {row[0]: row[1:] for row in indicators.starting(tables).rows}
    assert rows["Sessions attended, of those due"] == ("77%", "76% to 78%", "29,777 sessions")
    assert rows["Sessions in four weeks in the program"] == ("3.0", "2.9 to 3.1", "1,250 people")
    assert rows["Came to a first session within 14 days of enrolling"] == ("86%", "", "1,470 people")
    assert rows["Sessions with the coach met most often"] == ("Hidden", "", "")


def gain(*bounds: float) -> pd.DataFrame:
    row = {"measure": indicators.GAIN, "stat": "share", "status": "shown", "shape": "bar", "x": 180.0, "n": 369}
    rows = [{**row, "estimate": 0.084, "lower": 0.06, "upper": 0.12, "events": 31}]
    series = ("missing_not_lasting", "missing_lasting")
    rows += [{**row, "series": name, "estimate": share} for name, share in zip(series, bounds, strict=False)]
    return estimate_table(rows)


def test_bounds_stand_beside_the_share_and_in_the_title() -> None:
    tables = {**NOTHING, indicators.GAIN: gain(0.05, 0.41)}
    rows = {row[0]: row[1:] for row in indicators.after(tables).rows}
    assert rows["Kept a gain in recovery capital, 6 months"] == ("8%", "6% to 12%", "369 people", "5% to 41%")
    assert indicators.after_title(tables) == (
        "Six months after coaching ended, 8% of those who answered had kept a gain: between 5% and 41% of everybody due"
    )
    alone = {**NOTHING, indicators.GAIN: gain()}
    assert indicators.after_title(alone).endswith("had kept a gain")


@pytest.mark.parametrize(
    ("status", "said"), [("hidden", "Hidden"), ("immature", "Too early"), ("not_measured", "Not measured")]
)
def test_what_cannot_be_shown_says_why_and_claims_nothing(status: str, said: str) -> None:
    tables = {name: hidden(name, status) for name in NOTHING}
    for twin in (indicators.starting(tables), indicators.after(tables)):
        assert {row[1] for row in twin.rows} == {said}
        assert not {cell for row in twin.rows for cell in row[2:]} - {""}
    assert indicators.starting_title(tables) == "How people start and keep going"
    assert indicators.after_title(tables) == "After coaching has ended"
    assert indicators.after_notes(tables) == []


@pytest.mark.parametrize(("rate", "warned"), [(0.79, True), (0.8, False), (0.95, False)])
def test_a_low_follow_up_rate_is_warned_of(rate: float, warned: bool) -> None:
    table = one("follow_up_rate", estimate=rate, lower=rate, upper=rate, n=500, events=400, x=180)
    assert bool(indicators.after_notes({**NOTHING, "follow_up_rate": table})) is warned
