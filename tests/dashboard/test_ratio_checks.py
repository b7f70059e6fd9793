"""Checks of a ratio and its parts: drawings hold the cells of hand-made tables, and each sentence keeps its rule."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from dashboard import charts, sentences_ratio, theme, twins_ratio
from pipelines.estimate_table import estimate_table
from tests.dashboard import score_examples

WHAT = "early alliance"


def table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return estimate_table({"status": "shown", **row} for row in rows)


def without_numbers(row: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in row.items() if key not in ("estimate", "lower", "upper", "n", "events")}
    return kept | {"status": "hidden", "reason": "few_events"}


def texts(drawn: dict[str, Any]) -> list[str]:
    return [note["text"] for note in drawn["layout"]["annotations"]]


@pytest.mark.parametrize("mode", theme.MODES)
def test_every_choice_is_a_cell_and_the_usual_one_is_outlined(mode: str) -> None:
    drawn = charts.grid(table(score_examples.grid()), mode)
    printed = [text for text in texts(drawn) if text.startswith("<b>")]
    assert sorted(printed) == sorted(f"<b>{0.75 + 0.01 * place:.2f}</b>" for place in range(20))
    (outlined,) = (trace for trace in drawn["data"] if trace["line"]["width"] > 2)
    assert (
        "Score up to day 30, left early after 30 days<br>0.81 times as often (could be 0.71 to 0.91)"
        in (outlined["text"])
    )
    assert drawn["data"][-1] is outlined, "drawn last, so that no neighbour covers its line"


def test_a_choice_without_a_clear_answer_has_no_colour_and_a_hidden_one_no_number() -> None:
    rows = score_examples.grid()
    rows[2] = without_numbers(rows[2])
    drawn = charts.grid(table(rows))
    assert texts(drawn).count("Hidden") == 1
    by_text = {trace["text"].split("<br>")[1]: trace["fillcolor"] for trace in drawn["data"]}
    pale = theme.clear(theme.colour("card", "light"), 1.0)
    assert by_text["0.94 times as often (could be 0.84 to 1.04)"] == pale
    assert by_text["0.75 times as often (could be 0.65 to 0.85)"] != pale
    twin = twins_ratio.grid(table(rows))
    assert twin.rows[0] == ("Day 14", "14", "0.75", "0.65 to 0.85", "500", "100")
    assert twin.rows[1] == ("Day 14", "30", "Hidden", "", "", "")


def sentence_of(value: float, half: float = 0.05, *, hide: int = 0) -> str:
    rows = score_examples.grid(value, half)
    rows[1 : 1 + hide] = [without_numbers(row) for row in rows[1 : 1 + hide]]
    return sentences_ratio.choices(table(rows), what=WHAT)


def test_what_is_said_of_all_choices() -> None:
    assert sentence_of(0.70) == (
        "All 20 answers lie between 0.70 and 0.89: under every choice, people one step higher in early alliance left "
        "early less often"
    )
    assert sentence_of(1.10).endswith("left early more often")
    assert sentence_of(0.90, 0.5).startswith("All 20 answers lie between 0.90 and 1.09, none of them clear")
    # 0.80 to 0.99 with 0.05 to both sides: the last five ranges hold 1.
    assert sentence_of(0.80).endswith("; for 5 of them the range includes no link with early alliance")
    assert sentence_of(0.91, 0.02) == (
        "The answer for early alliance depends on the choice: the 20 answers lie between 0.91 and 1.10"
    )
    assert sentence_of(0.70, hide=3).startswith("All 17 answers that can be shown (of 20) lie between 0.73 and 0.89")
    assert sentence_of(0.70, hide=20).startswith("Too few people to say")
    unmeasured = estimate_table([{"stat": "ratio", "status": "not_measured", "shape": "point"}])
    assert "not measured" in sentences_ratio.choices(unmeasured, what=WHAT)
    rows = [{**row, "lower": None, "upper": None} for row in score_examples.grid()]
    assert sentences_ratio.choices(table(rows), what=WHAT).endswith("too few coaches for their ranges")


@pytest.mark.parametrize("mode", theme.MODES)
def test_the_line_along_the_scale_is_the_table_and_is_one_at_the_median(mode: str) -> None:
    held = table(score_examples.along())
    drawn = charts.along(held, mode)
    upper, lower, line, median = drawn["data"]
    rows = held[held["shape"].eq("line")]
    assert (line["x"], line["y"]) == (rows["x"].tolist(), rows["estimate"].tolist())
    assert (lower["y"], upper["y"]) == (rows["lower"].tolist(), rows["upper"].tolist())
    assert (median["x"], median["y"]) == ([4.0], [1])
    axis = drawn["layout"]["yaxis"]
    assert axis["type"] == "log"
    assert axis["range"][0] < math.log10(0.4) < math.log10(2.2) < axis["range"][1]
    assert {"<b>1.80</b>", "<b>0.60</b>", "Median 4.0"} <= set(texts(drawn))
    assert twins_ratio.along(held).rows[0] == ("3.00", "1.80", "1.40 to 2.20", "400", "120")


def test_what_is_said_of_the_line_along_the_scale() -> None:
    def said(*args: Any, **more: Any) -> str:
        return sentences_ratio.along(table(score_examples.along(*args, **more)), what=WHAT)

    assert said() == "The higher early alliance, the less often people left early: no sign that the line bends"
    assert said(0.01).startswith("The line bends")
    assert said(clear=False).startswith("No clear link along the scale of early alliance")
    assert said(None).startswith("The scores of early alliance are too alike")
    few = estimate_table([{"stat": "ratio", "status": "hidden", "reason": "few_events", "shape": "line"}])
    assert sentences_ratio.along(few, what=WHAT).startswith("Too few people left early")


@pytest.mark.parametrize("mode", theme.MODES)
def test_every_part_is_a_dot_on_its_range_and_the_parts_add_up(mode: str) -> None:
    held = table(score_examples.parts())
    drawn = charts.parts(held, mode, later="alliance")
    dots = [trace["x"][0] for trace in drawn["data"] if trace["mode"] == "markers"]
    assert sorted(dots) == [1.0, 1.5, 2.5]
    assert sorted(trace["x"] for trace in drawn["data"] if trace["mode"] == "lines") == [[0, 2], [0.5, 2.5], [1.5, 3.5]]
    said = texts(drawn)
    assert "Through later alliance  <b>+1.5</b>" in said
    low, high = drawn["layout"]["xaxis"]["range"]
    assert low < -5 < 5 < high
    assert [row[:3] for row in twins_ratio.parts(held, later="alliance").rows] == [
        ("In total", "+2.5", "+1.5 to +3.5"),
        ("Otherwise", "+1.0", "0.0 to +2.0"),
        ("Through later alliance", "+1.5", "+0.5 to +2.5"),
    ]


def test_what_is_said_of_the_part_through_a_later_score() -> None:
    def said(rows: list[dict[str, Any]]) -> str:
        return sentences_ratio.through(table(rows), first="empathy", later="alliance")

    assert said(score_examples.parts()) == (
        "Through later alliance, a step higher in early empathy goes with about 2 more people in every 100 staying"
    )
    assert said(score_examples.parts(0.5)).endswith("; in total no clear link")
    assert "fewer" in said(score_examples.parts(-2.5, -1.5))
    assert said(score_examples.parts(through=0.5)).startswith("No clear part")
    rows = [{**row, "lower": None, "upper": None} for row in score_examples.parts()]
    assert said(rows).endswith("too few coaches for a range")
    assert said([{"stat": "difference", "status": "hidden", "reason": "few_events", "shape": "point"}]) == (
        "Too few people to part what goes with early empathy"
    )
