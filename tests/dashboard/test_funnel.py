"""The funnel of units: who lies within the limits, what is drawn and said of it. Referee: hand-worked rows."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard import charts, sentences, theme, twins
from dashboard.funnel import funnel
from pipelines.estimate_table import estimate_table


def rows(shares: dict[str, tuple[int, float]], *, limits: tuple[float, float] = (0.4, 0.8)) -> pd.DataFrame:
    """Units by name with people and share, and limits that are the same at every size."""
    made: list[dict[str, object]] = [
        {"series": "everybody", "stat": "share", "estimate": 0.6, "n": 300, "status": "shown"}
    ]
    for series in ("as_it_is", "same_mix", "drawn_in"):
        for name, (people, share) in shares.items():
            cells = {"estimate": share if series == "as_it_is" else 0.6, "n": people, "events": people * (1 - share)}
            ends = {"lower": 0.5, "upper": 0.7} if series == "drawn_in" else {}
            made.append({"series": series, "level": name, "x": people, "stat": "unit", "shape": "point"}
                        | {"status": "shown"} | cells | ends)  # fmt: skip
    for width, (low, high) in {"95": limits, "99.8": (limits[0] - 0.1, limits[1] + 0.1)}.items():
        line = {"series": f"chance_{width}", "stat": "limit", "shape": "line", "status": "shown"}
        made += [line | {"x": x, "estimate": 0.6, "lower": low, "upper": high} for x in (10, 100)]
    return estimate_table(made)


TABLE = rows({"a1": (20, 0.39), "b2": (50, 0.41), "c3": (80, 0.8), "d4": (90, 0.81)})


def test_a_unit_is_outside_exactly_where_its_share_passes_the_inner_limit() -> None:
    found = funnel(TABLE)
    assert found is not None
    assert dict(zip(found.dots["level"], found.dots["within"], strict=True)) == {
        "a1": False, "b2": True, "c3": True, "d4": False
    }  # fmt: skip
    assert (found.within, found.share) == (2, 0.6)
    assert not found.allows_for_differences


def test_the_sentence_counts_and_never_ranks() -> None:
    assert sentences.title("funnel", TABLE, plural="coaches") == (
        "2 of 4 coaches are within the range that chance alone would give"
    )
    all_inside = rows({"a1": (20, 0.5), "b2": (50, 0.6), "c3": (80, 0.7)})
    assert sentences.title("funnel", all_inside, plural="sites").startswith("All 3 sites are within")
    hidden = estimate_table([{"stat": "unit", "status": "hidden", "reason": "few_units", "shape": "point"}])
    assert sentences.title("funnel", hidden, plural="sites").startswith("Too few sites")


@pytest.mark.parametrize("mode", theme.MODES)
def test_every_one_of_few_units_is_named_and_all_are_dots(mode: str) -> None:
    drawn = charts.funnel_chart(TABLE, mode, title="People", everybody="all coaches")
    texts = " ".join(str(one["text"]) for one in drawn["layout"]["annotations"])
    assert all(name in texts for name in TABLE["level"] if name)
    assert "Line: all coaches 60%" in texts
    dots = [trace for trace in drawn["data"] if trace["mode"] == "markers"]
    assert [sorted(trace["x"]) for trace in dots] == [[50, 80], [20, 90]]
    assert "8 of 20 people" in dots[1]["text"][0]


def test_of_many_units_only_those_outside_are_named() -> None:
    inside = {f"i{number}": (20 + 9 * number, 0.5 + 0.03 * number) for number in range(8)}
    drawn = charts.funnel_chart(rows(inside | {"z9": (60, 0.2)}), title="People", everybody="all coaches")
    named = [one["text"] for one in drawn["layout"]["annotations"] if "Line" not in one["text"]]
    assert named == ["<b>z9</b> 20%"]


def test_two_units_at_one_place_are_a_ring_and_told_together() -> None:
    drawn = charts.funnel_chart(rows({"a1": (40, 0.6), "b2": (40, 0.6), "c3": (90, 0.5)}), title="", everybody="")
    dots = [trace for trace in drawn["data"] if trace["mode"] == "markers"]
    (ring,) = [trace for trace in dots if trace["marker"]["symbol"] == "circle-open"]
    assert (ring["x"], ring["y"]) == ([40.0], [0.6])
    both = next(text for text in dots[0]["text"] if text.startswith("a1"))
    assert "b2" in both


@pytest.mark.parametrize("mode", theme.MODES)
def test_the_edge_of_the_funnel_can_be_seen(mode: str) -> None:
    drawn = charts.funnel_chart(TABLE, mode, title="People", everybody="all coaches")
    edges = {trace["line"]["color"] for trace in drawn["data"] if trace.get("fill") == "tonexty"}
    assert all(theme.contrast(edge, theme.colour("card", mode)) >= 3 for edge in edges)


def test_the_words_of_the_line_stand_on_it() -> None:
    drawn = charts.funnel_chart(TABLE, title="People", everybody="all coaches")
    (said,) = [one for one in drawn["layout"]["annotations"] if "Line" in one["text"]]
    assert said["y"] == 0.6
    assert abs(said["yshift"]) <= 4


def test_two_names_at_one_height_stand_on_two_sides() -> None:
    table = rows({"a1": (40, 0.3), "b2": (44, 0.31), "c3": (90, 0.6)})
    drawn = charts.funnel_chart(table, title="People", everybody="all sites")
    sides = [one["xanchor"] for one in drawn["layout"]["annotations"] if "a1" in one["text"] or "b2" in one["text"]]
    assert sorted(sides) == ["left", "right"]


def test_the_twin_has_every_unit_in_the_order_of_its_code() -> None:
    twin = twins.funnel(TABLE, heading="Coach")
    assert [row[0] for row in twin.rows] == ["a1", "b2", "c3", "d4"]
    assert twin.rows[0] == ("a1", "20", "39%", "60%", "60%", "50% to 70%", "Outside")
    hidden = estimate_table([{"stat": "unit", "status": "hidden", "reason": "few_units", "shape": "point"}])
    assert twins.funnel(hidden, heading="Site").rows == ()
    assert charts.funnel_chart(hidden, title="", everybody="")["data"] == []
