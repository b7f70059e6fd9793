"""The drawings: every mark is a cell of its table, nothing hidden is drawn, labels stay apart, both themes work."""

from __future__ import annotations

import base64
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import charts, theme, twins
from dashboard.charts.frame import label_colour, styles
from dashboard.charts.heatmap import cell_colour
from dashboard.charts.heights import Beside, label_heights, label_places
from dashboard.charts.rows import _whole_ticks
from pipelines.estimate_table import estimate_table
from tests.dashboard import examples
from tests.dashboard.examples import FakeAnswers, Question

READER = FakeAnswers()
Figure = dict[str, Any]


def ask(measure: str, *by: str) -> pd.DataFrame:
    return READER.ask(Question(measure, by))


CASES: dict[str, tuple[pd.DataFrame, Callable[..., Figure]]] = {
    "curve": (ask("staying_curve"), charts.curve),
    "curve by band": (ask("staying_curve", "alliance_band"), lambda t, m: charts.curve(t, m, horizon=150, end=335)),
    "curve by substance": (ask("staying_curve", "primary_substance"), charts.curve),
    "stack": (ask("where_people_are"), charts.stack),
    "bars": (ask("exit_reasons"), charts.bars),
    "heatmap": (ask("stayed_by_alliance_and_self_efficacy"), charts.heatmap),
    "dose": (ask("dose_response_alliance"), charts.dose),
}


def said(figure: Figure) -> str:
    return " ".join(str(note["text"]) for note in figure["layout"]["annotations"])


def hovers(figure: Figure) -> list[str]:
    texts = [trace.get("text") or trace.get("hovertext") or "" for trace in figure["data"]]
    return list(itertools.chain(*([text] if isinstance(text, str) else text for text in texts)))


def step(level: str, points: list[tuple[float, float, int]], status: str = "shown") -> list[dict[str, object]]:
    return [
        {"measure": "staying_curve", "grouping": "alliance_band", "level": level, "series": "stayed", "stat": "share"}
        | {"x": x, "estimate": y, "lower": y - 0.05, "upper": y + 0.05, "n": n, "status": status, "shape": "step"}
        for x, y, n in points
    ]


@pytest.mark.parametrize("mode", theme.MODES)
@pytest.mark.parametrize("name", CASES)
def test_a_figure_is_plain_json_without_holes(name: str, mode: str) -> None:
    table, draw = CASES[name]
    figure = draw(table, mode)
    text = json.dumps(figure, allow_nan=False)
    assert figure["data"]
    assert figure["layout"]["showlegend"] is False
    assert "title" not in figure["layout"]
    for axis in ("xaxis", "yaxis"):
        assert figure["layout"][axis]["fixedrange"] is True
    other = theme.colour("ink", "dark" if mode == "light" else "light")
    assert other not in text


@pytest.mark.parametrize("name", CASES)
def test_every_mark_is_a_number_of_the_table(name: str) -> None:
    table, draw = CASES[name]
    known = set(np.round(pd.concat([table["estimate"], table["lower"], table["upper"], table["x"]]).dropna(), 12))
    for trace in draw(table, "light")["data"]:
        line = trace.get("line", {})
        marker = trace.get("marker", {})
        if trace.get("fill") == "toself" or line.get("dash") == "dash" or marker.get("opacity") == 0:
            continue  # cells' corners, the straight-line summary, the places of hover words
        values = trace["x"] if trace["type"] == "bar" else trace["y"]
        if name == "bars" and trace["type"] == "scatter":
            values = trace["x"]
        assert set(np.round(values, 12)) <= known


@pytest.mark.parametrize("name", CASES)
def test_every_printed_percent_is_a_percent_of_the_table(name: str) -> None:
    table, draw = CASES[name]
    shares = table[table["stat"].eq("share")][["estimate", "lower", "upper"]].stack()
    known = {f"{int(100 * value + 0.5)}%" for value in shares} | {"0%", "25%", "50%", "75%", "100%", "1%", "99%"}
    figure = draw(table, "light")
    printed = set(re.findall(r"\d+%", " ".join([said(figure), *hovers(figure)])))
    assert printed
    assert printed <= known


def test_the_settings_let_nothing_out_and_add_no_tab_stops() -> None:
    assert charts.CONFIG["displayModeBar"] is False
    assert charts.CONFIG["showSendToCloud"] is False
    assert charts.CONFIG["plotlyServerURL"] == ""


def test_drawing_needs_neither_plotly_nor_streamlit() -> None:
    code = (
        "import sys, dashboard.charts; print(sorted({m.split('.')[0] for m in sys.modules} & {'plotly', 'streamlit'}))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_stepped_table_is_drawn_in_steps_and_a_released_one_in_straight_lines() -> None:
    stepped = charts.curve(estimate_table(step("lower", [(0, 1.0, 100), (40, 0.8, 80), (200, 0.6, 60)])))
    assert {trace["line"]["shape"] for trace in stepped["data"] if trace["mode"] == "lines"} == {"hv"}
    released = estimate_table([{**row, "shape": "line"} for row in step("lower", [(0, 1.0, 100), (180, 0.6, 60)])])
    line = next(trace for trace in charts.curve(released)["data"] if trace["mode"] == "lines+markers")
    assert line["line"]["shape"] == "linear"
    assert line["x"] == [0.0, 180.0]


def test_the_line_stops_where_the_table_stops_and_carries_no_label_beyond() -> None:
    figure = charts.curve(estimate_table(step("", [(0, 1.0, 100), (40, 0.8, 12)])))
    line = next(trace for trace in figure["data"] if trace["mode"] == "lines" and trace["line"]["width"] == 2.75)
    assert line["x"] == [0.0, 40.0]
    (label,) = [note for note in figure["layout"]["annotations"] if "80%" in note["text"]]
    assert (label["x"], label["text"]) == (40.0, "<b>80%</b> at month 1")
    assert "at 6 months" not in said(figure)


def test_a_straight_line_is_never_read_between_its_points() -> None:
    """A release that hides month 6: the dot stands on the last point before it, and the label names that month."""
    rows = [{**row, "shape": "line"} for row in step("", [(0, 1.0, 200), (120, 0.64, 150), (270, 0.52, 100)])]
    figure = charts.curve(estimate_table(rows))
    (dot,) = [trace for trace in figure["data"] if trace["mode"] == "markers" and trace["marker"]["size"] == 9]
    assert (dot["x"], dot["y"]) == ([120.0], [0.64])
    assert "<b>64%</b> at month 4" in said(figure)
    assert "at 6 months" not in said(figure)


def test_the_label_at_the_horizon_is_the_last_value_before_it() -> None:
    figure = charts.curve(estimate_table(step("", [(0, 1.0, 100), (150, 0.7, 50), (181, 0.5, 40), (300, 0.4, 30)])))
    assert "<b>70%</b> at 6 months" in said(figure)


def test_a_rough_value_is_marked() -> None:
    figure = charts.curve(estimate_table(step("", [(0, 1.0, 25), (200, 0.7, 20)], status="rough")))
    assert "~100%" in said(figure)


def test_a_hidden_group_is_not_drawn_and_leaves_no_number() -> None:
    hidden: dict[str, object] = {"measure": "staying_curve", "grouping": "alliance_band", "level": "middle"}
    hidden |= {"stat": "share", "status": "hidden", "reason": "below_threshold", "shape": "step"}
    figure = charts.curve(estimate_table([*step("lower", [(0, 1.0, 90), (200, 0.6, 60)]), hidden]))
    assert "Middle" not in said(figure) + " ".join(hovers(figure))
    assert "Lower" in said(figure)


def test_counts_stand_under_their_months_in_the_order_of_the_lines() -> None:
    rows = step("lower", [(0, 1.0, 90), (200, 0.3, 60)]) + step("higher", [(0, 1.0, 80), (200, 0.8, 70)])
    for level, n in (("lower", 90), ("higher", 80)):
        rows.append({"level": level, "stat": "at_risk", "x": 0, "estimate": n, "n": n, "status": "shown"})
    rows.append({"level": "lower", "stat": "at_risk", "x": 90, "status": "hidden", "reason": "few_at_risk"})
    figure = charts.curve(estimate_table(rows), horizon=200)
    notes = figure["layout"]["annotations"]
    counts = [note for note in notes if note["text"] in ("90", "80")]
    assert [note["text"] for note in sorted(counts, key=lambda note: -note["yshift"])] == ["80", "90"]
    assert all(note["x"] == 0 and note["xanchor"] == "left" for note in counts)
    assert not [note for note in notes if note.get("xref") == "x" and note["x"] == 90], "a hidden count leaves a gap"


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 300), min_size=1, max_size=5))
def test_labels_keep_their_order_and_their_distance(marks: list[int]) -> None:
    ordered = sorted(marks, reverse=True)
    heights = label_heights(ordered, [[] for _ in ordered], height=300)
    gaps = [above - below for above, below in itertools.pairwise(heights)]
    assert all(gap >= 19 for gap in gaps)
    assert all(9 <= height <= 300 for height in heights)


def test_labels_are_placed_as_well_as_trying_everything_would() -> None:
    """The dynamic programme against brute force over the same grid."""
    marks, covered, own = [150.0, 140.0], [[(120.0, 135.0)], [(148.0, 151.0)]], [[(146.0, 150.0)], [(128.0, 140.0)]]
    found = label_heights(marks, covered, own, height=260)

    def cost(mark: float, spans: list[tuple[float, float]], mine: list[tuple[float, float]], at: float) -> float:
        total = abs(at - mark) + (3 if at < mark else 0)
        for low, high in spans:
            overlap = min(at + 9.5, high + 1) - max(at - 9.5, low - 1)
            total += 40 + 6 * overlap if overlap > 0 else 0
            total += 90 if (mark < low and at > high) or (mark > high and at < low) else 0
        for low, high in mine:
            overlap = min(at + 9.5, high + 1) - max(at - 9.5, low - 1)
            total += 20 + overlap if overlap > 0 else 0
        return total

    grid = np.arange(9.5, 260 - 9.5 + 2, 2)
    best = min(
        cost(marks[0], covered[0], own[0], one) + cost(marks[1], covered[1], own[1], other)
        for one in grid
        for other in grid
        if one - other >= 19
    )
    assert sum(cost(m, c, o, at) for m, c, o, at in zip(marks, covered, own, found, strict=True)) == pytest.approx(best)


def test_a_label_avoids_the_line_it_names() -> None:
    rising = [[(90.0, 110.0)]]
    (height,) = label_heights([100.0], [[]], rising, height=300)
    assert height >= 110 + 9.5 or height <= 90 - 9.5


def test_a_label_of_the_lowest_of_falling_lines_stands_under_it_on_its_left() -> None:
    """Right of the mark the line falls away below it; left of it nothing lies under the line."""
    falling, higher = Beside([(104.0, 130.0)], [(60.0, 100.0)]), Beside([(150.0, 160.0)], [(100.0, 130.0)])
    (right,) = label_places([100.0], [falling], [None], height=300)
    (left,) = label_places([100.0], [falling], [higher], height=300)
    assert (right.left, left.left) == (False, True)
    assert not left.covers
    assert abs(left.height - 100) < 13, "beside its mark, not where the line has fallen to"


def test_labels_that_cover_a_line_say_so_for_their_ground() -> None:
    crowded = [Beside([(0.0, 140.0), (160.0, 300.0)], [(145.0, 155.0)])]
    (place,) = label_places([150.0], crowded, [None], height=300)
    assert place.covers


def test_a_label_left_of_its_dot_keeps_clear_of_one_right_of_an_earlier_dot() -> None:
    crossed = Beside([(150.0, 250.0)], [], 0, [(260.0, 340.0)])
    early = Beside([], [], 0, [(60.0, 170.0)])
    late, later = (Beside([], [], 0, [(start, 245.0)]) for start in (160.0, 175.0))
    over, beside = (label_places([152.0, 150.0], [early, crossed], [None, left], height=300) for left in (late, later))
    assert abs(over[0].height - over[1].height) >= 16 or not over[1].left
    assert beside[1].left
    assert abs(beside[0].height - beside[1].height) < 16


def test_a_label_with_no_room_covers_its_own_line_and_never_stands_beyond_another() -> None:
    """Three lines 20 px apart: the middle one's label would fit above the highest line, and be read with it."""
    marks = [240.0, 220.0, 200.0]
    spans = [(mark - 8, mark) for mark in marks]
    others = [[span for j, span in enumerate(spans) if j != i] for i in range(3)]
    heights = label_heights(marks, others, [[span] for span in spans], height=300)
    assert heights[0] > 240
    assert 200 < heights[1] < 240
    assert heights[2] < 200


def test_both_halves_of_a_bars_range_can_be_seen() -> None:
    """The line is drawn over a wider one in the card's colour, and both over the bar."""
    for mode in theme.MODES:
        drawn = charts.bars(ask("exit_reasons"), mode)["data"]
        kinds = [trace["type"] for trace in drawn]
        lines = [trace["line"] for trace in drawn if trace["type"] == "scatter"]
        assert kinds[:3] == ["bar", "scatter", "scatter"]
        assert lines[0]["color"] == theme.colour("card", mode)
        assert lines[0]["width"] > lines[1]["width"]
        assert theme.contrast(lines[1]["color"], theme.colour("card", mode)) >= 4.5


def test_every_bar_of_a_shown_row_is_drawn_from_zero_to_its_share() -> None:
    table = ask("exit_reasons")
    shown = table[table["status"].isin(["shown", "rough"]) & table["shape"].eq("bar")]
    bars = [trace for trace in charts.bars(table)["data"] if trace["type"] == "bar"]
    assert sorted(trace["x"][0] for trace in bars) == sorted(shown["estimate"])
    assert all(trace["width"] > 0 for trace in bars)


def test_days_that_more_groups_have_counts_for_come_first() -> None:
    """A released curve: one group lacks its count at day 60, so the axis takes day 90, which all three have."""
    rows = []
    for level, days in (("lower", (0, 60, 90, 150)), ("middle", (0, 60, 90, 150)), ("higher", (0, 90, 150))):
        rows += [{**row, "shape": "line"} for row in step(level, [(day, 1 - day / 400, 80) for day in days])]
        rows += [
            {"measure": "staying_curve", "grouping": "alliance_band", "level": level, "stat": "at_risk", "x": day}
            | {"estimate": 80, "n": 80, "status": "shown"}
            for day in days
        ]
    figure = charts.curve(estimate_table(rows), horizon=150, end=335)
    assert figure["layout"]["xaxis"]["tickvals"] == [0, 90, 150]
    assert all(trace["cliponaxis"] is False for trace in figure["data"] if trace["mode"] == "lines+markers")


@pytest.mark.parametrize("mode", theme.MODES)
def test_every_label_colour_reads_on_the_card(mode: str) -> None:
    for name in [f"cat.{i}" for i in range(5)] + [f"ordered3.{i}" for i in range(3)]:
        text = label_colour(theme.colour(name, mode), mode)
        assert theme.contrast(text, theme.colour("card", mode)) >= 4.5, name


def test_bands_have_their_own_colours_whatever_is_shown() -> None:
    three, two = styles(["lower", "middle", "higher"], "light"), styles(["lower", "higher"], "light")
    assert two["higher"] == three["higher"]
    assert three["middle"].dash != "solid"


def test_the_stack_adds_up_to_everyone() -> None:
    figure = charts.stack(ask("where_people_are"))
    layers = [trace for trace in figure["data"] if trace.get("stackgroup")]
    assert len(layers) == 5
    assert np.allclose(np.sum([layer["y"] for layer in layers], axis=0), 1)


def test_what_the_stack_hides_is_one_striped_part_and_all_still_add_up() -> None:
    table = ask("where_people_are").copy()
    few = table["series"].isin(["moved_on", "other_exit"]) & table["stat"].eq("share")
    table.loc[few, ["estimate", "lower", "upper"]] = float("nan")
    table.loc[few, ["status", "reason"]] = ["hidden", "below_threshold"]
    figure = charts.stack(table)
    layers = [trace for trace in figure["data"] if trace.get("stackgroup")]
    assert np.allclose(np.sum([layer["y"] for layer in layers], axis=0), 1)
    assert [bool(layer.get("fillpattern")) for layer in layers] == [False, False, True, False]
    left = table[table["series"].eq("left_early") & table["stat"].eq("share")].sort_values("x")
    assert layers[-1]["y"] == left["estimate"].tolist(), "the top part is those who left early"
    assert "Hidden" in said(figure)
    told = [text for text in hovers(figure) if text.startswith("<b>Hidden")]
    assert told
    assert all("Moved on" in text and not re.search(r"\d%", text) for text in told)


def test_parts_that_stop_before_the_horizon_are_labelled_where_they_stop() -> None:
    table = ask("where_people_are")
    early = charts.stack(table[table["x"].le(130) | table["x"].isna()])
    marked = [one for one in early["layout"]["annotations"] if "%" in one["text"]]
    last = max(max(trace["x"]) for trace in early["data"] if trace.get("stackgroup"))
    assert len(marked) == 5
    assert {one["x"] for one in marked} == {last}
    assert early["layout"]["shapes"] == []
    assert "Month 4" in said(early)


def test_a_hidden_point_leaves_a_gap_in_its_line() -> None:
    rows = [{**row, "shape": "line"} for row in step("", [(0, 1.0, 200), (90, 0.7, 150), (270, 0.5, 100)])]
    gone: dict[str, object] = {**rows[0], "x": 180, "estimate": None, "lower": None, "upper": None, "n": None}
    figure = charts.curve(estimate_table([*rows, gone | {"status": "hidden", "reason": "below_threshold"}]))
    lines = [trace["x"] for trace in figure["data"] if trace["mode"] == "lines+markers"]
    assert lines == [[0.0, 90.0], [270.0]]
    assert figure["layout"]["xaxis"]["tickvals"] == [0, 90, 180, 270, 365]
    (word,) = [one for one in figure["layout"]["annotations"] if one["text"] == "Hidden"]
    assert 90 < word["x"] < 270
    assert any(one["text"] == "6 months" for one in figure["layout"]["annotations"])


def test_a_hidden_cell_says_so_and_has_stripes() -> None:
    cells: list[dict[str, object]] = [
        {"level": "lower|lower", "stat": "share", "shape": "cell", "x": 150, "status": "hidden"}
        | {"reason": "below_threshold"},
        {"level": "higher|higher", "stat": "share", "shape": "cell", "x": 150, "estimate": 0.6, "n": 25}
        | {"lower": 0.4, "upper": 0.8, "status": "rough"},
    ]
    figure = charts.heatmap(estimate_table(cells))
    striped = [trace for trace in figure["data"] if "fillpattern" in trace]
    assert len(figure["data"]) == 9
    assert len(striped) == 8
    assert "Hidden" in said(figure)
    assert "under" not in said(figure), "a share is also hidden where few of many stayed or left"
    assert "~60%" in said(figure)
    assert "40% to 80%" in said(figure)
    assert said(figure).count("n = ") == 1


@pytest.mark.parametrize("mode", theme.MODES)
def test_words_read_on_every_cell_colour(mode: str) -> None:
    for share in np.linspace(0, 1, 41):
        fill = cell_colour(float(share), mode)
        assert theme.contrast(fill, theme.text_on(fill)) >= 4.5


def test_the_colour_scale_is_fixed() -> None:
    assert cell_colour(0.0) == cell_colour(0.2) == theme.colour("seq7.0")
    assert cell_colour(0.95) == theme.colour("seq7.6")


def test_bars_keep_the_order_of_the_table_and_grey_the_unrecorded() -> None:
    figure = charts.bars(ask("exit_reasons"))
    texts = [note["text"] for note in figure["layout"]["annotations"]]
    assert "Reason not recorded" in texts[0]
    assert "Stopped coming" in texts[-1]
    drawn = [trace for trace in figure["data"] if trace["type"] == "bar"]
    assert drawn[0]["marker"]["color"] == theme.colour("ordered3.1")


def test_a_hidden_bar_has_words_and_no_length() -> None:
    rows: list[dict[str, object]] = [
        {"level": "died", "stat": "share", "shape": "bar", "status": "hidden", "reason": "below_threshold"}
    ]
    figure = charts.bars(estimate_table(rows))
    assert figure["data"] == []
    assert "Died  <b>Hidden</b>" in said(figure)


def test_the_dashed_summary_has_the_slope_of_the_table() -> None:
    table = ask("dose_response_alliance")
    slope = float(table[table["stat"].eq("slope")]["estimate"].iloc[0])
    (line,) = [trace for trace in charts.dose(table)["data"] if trace.get("line", {}).get("dash") == "dash"]
    rise = (line["y"][1] - line["y"][0]) / (line["x"][1] - line["x"][0])
    assert 100 * rise == pytest.approx(slope)
    assert not [t for t in charts.dose(table[table["stat"].ne("slope")])["data"] if t.get("line", {}).get("dash")]


def test_a_small_line_has_a_gap_where_a_value_is_hidden() -> None:
    shown: dict[str, object] = {"stat": "count", "status": "shown", "n": 9}
    values = [4.0, 6.0, None, 5.0, 7.0]
    rows = [shown | {"estimate": v, "n": v} if v else {"stat": "count", "status": "hidden"} for v in values]
    picture = base64.b64decode(charts.spark(estimate_table(rows)).split(",")[1]).decode()
    path = re.findall(r'd="(M[^"]+)" fill="none"', picture)[0]
    assert path.count("M") == 2
    assert path.count("L") == 2
    assert charts.spark(estimate_table(rows[:1])) == ""
    assert "fill-opacity" not in picture


def test_a_small_line_lies_in_its_range_on_a_scale_that_holds_it() -> None:
    values = [(0.60, 0.50, 0.70), (0.62, 0.52, 0.72), (0.61, 0.51, 0.71)]
    rows: list[dict[str, object]] = [
        {"stat": "share", "status": "shown", "n": 90, "estimate": v, "lower": low, "upper": high}
        for v, low, high in values
    ]
    picture = base64.b64decode(charts.spark(estimate_table(rows)).split(",")[1]).decode()
    assert picture.count("fill-opacity") == 1
    line = re.findall(r'd="(M[^"]+)" fill="none"', picture)[0]
    heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", line)]
    assert max(heights) - min(heights) < 5, "a change smaller than its range looks small"
    counts: list[dict[str, object]] = [{"stat": "count", "status": "shown", "estimate": v} for v in (90.0, 100.0)]
    flat = base64.b64decode(charts.spark(estimate_table(counts), from_zero=True).split(",")[1]).decode()
    line = re.findall(r'd="(M[^"]+)" fill="none"', flat)[0]
    first, last = (float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", line))
    assert first - last == pytest.approx(3.2, abs=0.1), "a tenth of the height: counts start at zero"


def test_names_from_the_data_cannot_become_markup() -> None:
    figure = charts.curve(
        estimate_table(step("x", [(0, 1.0, 90), (200, 0.6, 60)])), names={"x": "<img src=x onerror=alert(1)>"}
    )
    assert "<img" not in json.dumps(figure)


def test_the_example_people_are_the_same_every_time() -> None:
    assert len(examples.people()) == examples.PEOPLE


def ratio_rows(**changes: dict[str, object]) -> pd.DataFrame:
    rows = []
    for name, value in {"unadjusted": 0.73, "adjusted": 0.74, "within_coach": 0.71}.items():
        row: dict[str, object] = {"series": name, "stat": "ratio", "shape": "point", "status": "shown", "n": 300}
        row |= {"estimate": value, "lower": value - 0.08, "upper": value + 0.09, "events": 90}
        rows.append(row | changes.get(name, {}))
    rows.append({"series": "e_value", "stat": "ratio", "estimate": 1.8, "n": 300, "status": "shown"})
    return estimate_table(rows)


@pytest.mark.parametrize("mode", theme.MODES)
def test_every_answer_of_a_ratio_table_is_a_dot_on_its_range(mode: str) -> None:
    drawn = charts.forest(ratio_rows(), mode)
    dots = [trace for trace in drawn["data"] if trace["mode"] == "markers"]
    ranges = [trace for trace in drawn["data"] if trace["mode"] == "lines"]
    assert sorted(dot["x"][0] for dot in dots) == [0.71, 0.73, 0.74]  # the E-value is no answer
    np.testing.assert_allclose(sorted(line["x"] for line in ranges), [[0.63, 0.80], [0.65, 0.82], [0.66, 0.83]])
    low, high = (10**end for end in drawn["layout"]["xaxis"]["range"])
    assert low < 0.63 < 1 < high
    assert "Recorded differences held equal" in said(drawn)
    assert any("could be 0.66 to 0.83" in text for text in hovers(drawn))


def test_a_ratio_that_is_hidden_or_has_no_range_draws_no_more_than_it_says() -> None:
    none: dict[str, object] = dict.fromkeys(("estimate", "lower", "upper", "n", "events"))
    table = ratio_rows(
        adjusted=none | {"status": "hidden", "reason": "few_events"}, within_coach={"lower": None, "upper": None}
    )
    drawn = charts.forest(table)
    assert [trace["mode"] for trace in drawn["data"]].count("markers") == 2
    assert [trace["mode"] for trace in drawn["data"]].count("lines") == 1
    assert "Recorded differences held equal" not in said(drawn)
    twin = twins.ratios(table)
    assert [row[:3] for row in twin.rows] == [
        ("As it is", "0.73", "0.65 to 0.82"),
        ("Recorded differences held equal", "Hidden", ""),
        ("Among people of one coach", "0.71", ""),
    ]


def test_a_ratio_that_changes_over_time_is_drawn_in_its_two_parts_alone() -> None:
    row = {"stat": "ratio", "status": "shown", "shape": "point", "estimate": 0.8, "lower": 0.7, "upper": 0.9, "n": 400}
    series = ("unadjusted", "adjusted", "adjusted_to_day_90", "adjusted_after_day_90")
    figure = charts.forest(estimate_table([{**row, "series": name} for name in series]))
    drawn = [text for trace in figure["data"] for text in trace.get("text", [])]
    assert [text.partition("<br>")[0] for text in drawn] == [
        "Held equal, after day 90", "Held equal, to day 90", "As it is"]  # fmt: skip


@pytest.mark.parametrize(
    ("span", "ticks"),
    [
        ((-12.4, 14.1), [-10, -5, 0, 5, 10]),
        ((-2.2, 3.4), [-2, -1, 0, 1, 2, 3]),
        ((-0.6, 1.4), []),
        ((-30.0, 61.0), [-20, 0, 20, 40, 60]),
    ],
)
def test_ticks_of_a_difference_are_whole_even_and_few(span: tuple[float, float], ticks: list[int]) -> None:
    assert _whole_ticks(span) == ticks
