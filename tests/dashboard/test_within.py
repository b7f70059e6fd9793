"""What goes together within people: drawings hold the cells of hand-made tables, and each sentence keeps its rule."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from dashboard import sentences_within, theme, twins_within
from dashboard.charts import within
from pipelines.estimate_table import estimate_table
from tests.dashboard import check_examples
from tests.dashboard.test_checks import dots, ranges, texts, without_ranges

WHAT = "alliance"
BOTH = {"first": "alliance", "second": "self-efficacy"}


def table(made: list[dict[str, Any]]) -> pd.DataFrame:
    return estimate_table(made)


@pytest.mark.parametrize("mode", theme.MODES)
def test_both_parts_of_the_last_score_are_the_table(mode: str) -> None:
    held = table(check_examples.lagged())
    drawn = within.lagged(held, mode)
    assert dots(drawn) == [0.66, 0.86]
    assert ranges(drawn) == [pytest.approx([0.56, 0.76]), pytest.approx([0.76, 0.96])]
    assert twins_within.lagged(held).rows == (
        ("Between people", "0.66", "0.56 to 0.76", "400", "100"),
        ("Within a person", "0.86", "0.76 to 0.96", "400", "100"),
    )


def test_what_is_said_of_the_last_score_keeps_both_questions_apart() -> None:
    def said(*args: float) -> str:
        return sentences_within.lagged(table(check_examples.lagged(*args)), what=WHAT)

    higher, above = "among people with higher alliance", "after a score above the person's own"
    assert said() == f"Leaving early was less common {higher}, and {above}"
    assert said(0.66, 0.95) == f"Leaving early was less common {higher}; within a person no clear link"
    assert said(0.95, 0.66) == f"Leaving early was less common {above}; between people no clear link"
    assert said(0.66, 1.3) == f"Leaving early was less common {higher}, and more common {above}"
    assert said(0.95, 1.05) == (
        "No clear link of leaving early with the last score of alliance, between people or within a person"
    )
    assert "too few coaches" in sentences_within.lagged(without_ranges(check_examples.lagged()), what=WHAT)
    for state, start in ((check_examples.hidden("few_events"), "Too few people"), ({"status": "not_measured"}, "Leav")):
        held = table([{"stat": "ratio", "series": series, **state} for series in ("between", "within")])
        assert sentences_within.lagged(held, what=WHAT).startswith(start)


def test_the_other_direction_is_in_points_on_an_axis_of_half_a_standard_deviation() -> None:
    held = table(check_examples.missed())
    drawn = within.missed(held)
    assert dots(drawn) == [-0.02]
    assert ranges(drawn) == [pytest.approx([-0.03, -0.01])]
    low, high = drawn["layout"]["xaxis"]["range"]
    assert low < -0.28 < 0.28 < high
    assert "Rating after a missed session  <b>−0.020</b>" in texts(drawn)
    assert twins_within.missed(held).rows == (
        ("After a missed session, minus others", "−0.020", "−0.030 to −0.010", "400"),
        ("Ratings after a missed session", "260", "", ""),
        ("Other ratings", "1,200", "", ""),
    )


def test_what_is_said_of_the_rating_after_a_missed_session() -> None:
    def said(*args: float) -> str:
        return sentences_within.missed(table(check_examples.missed(*args)), what=WHAT)

    assert said() == "After a missed session the next rating of alliance was lower by 0.020 points"
    assert said(0.2).endswith("was higher by 0.20 points")
    assert said(-0.02, 0.03) == "After a missed session no clear difference in the next rating of alliance"
    assert "too few coaches" in sentences_within.missed(without_ranges(check_examples.missed()), what=WHAT)
    few = table([{"stat": "difference", **check_examples.hidden("few_people")}])
    assert sentences_within.missed(few, what=WHAT).startswith("Too few people")


def test_two_scores_are_drawn_on_the_whole_axis_and_a_small_link_is_called_small() -> None:
    held = table(check_examples.together())
    drawn = within.together(held)
    assert dots(drawn) == [0.27, 0.03]
    low, high = drawn["layout"]["xaxis"]["range"]
    assert low <= -1 < 1 <= high
    assert sentences_within.together(held, **BOTH) == (
        "Alliance and self-efficacy: together between people (0.27), hardly linked within a person (0.03)"
    )
    unclear = table(check_examples.together(0.01, -0.3))
    assert sentences_within.together(unclear, **BOTH) == (
        "Alliance and self-efficacy: opposite ways between people (−0.30), no clear link within a person (0.01)"
    )
    assert twins_within.together(held).rows[0] == ("Within a person", "0.03", "0.01 to 0.05", "400", "5,500")
    few = [row | check_examples.hidden("few_people") for row in check_examples.together()[:1]]
    half = table([*few, *check_examples.together()[2:]])
    assert sentences_within.together(half, **BOTH).endswith("(0.27), too few to say within a person")
    assert sentences_within.together(table(few), **BOTH).startswith("Too few people")
