"""The live floor, case by case; the referee is the table of decisions written out by hand."""

import pytest

from pipelines.disclosure.floors import (
    LIVE,
    RELEASE,
    apply_live,
    curve_end,
    export_allowed,
    hide,
    hide_outcome,
    raised,
    with_sibling,
)
from pipelines.estimate_table import check, estimate_table
from pipelines.faults import InputFault


def row(**values):
    given = {"measure": "m", "stat": "share", "status": "shown", "shape": "bar", "grouping": "site", "source": "live"}
    return given | values


def statuses(rows, **options):
    table = apply_live(estimate_table(rows), **options)
    check(table)
    return list(zip(table["status"], table["reason"], strict=True))


@pytest.mark.parametrize(
    ("count", "complement", "hidden"),
    [(0, None, True), (4, None, True), (5, None, False), (40, 4, True), (40, 1, True), (40, 5, False), (40, 0, False)],
)
def test_a_count_needs_five_and_so_does_its_complement(count, complement, hidden):
    assert hide(count, complement) is hidden


@pytest.mark.parametrize(
    ("with_it", "without_it", "hidden"), [(1, 30, True), (4, 30, True), (30, 3, True), (5, 5, False), (0, 30, False)]
)
def test_one_to_four_people_on_either_side_hide_a_share(with_it, without_it, hidden):
    assert hide_outcome(with_it, without_it) is hidden


def test_the_smallest_sibling_joins_a_lone_hidden_cell():
    assert with_sibling([3, 40, 12, 30], [True, False, False, False]) == [True, False, True, False]
    assert with_sibling([3, 2, 12, 30], [True, True, False, False]) == [True, True, False, False]
    assert with_sibling([3], [True]) == [True]


def test_floors_rise_and_never_fall():
    assert raised(LIVE, count=8).count == 8
    for floor, settings in ((LIVE, {"count": 4}), (RELEASE, {"count": 10}), (LIVE, {"off": 1})):
        with pytest.raises(InputFault):
            raised(floor, **settings)


def test_a_raised_floor_hides_more():
    rows = [row(stat="count", level=name, estimate=n, n=n) for name, n in (("a", 40), ("b", 7), ("c", 6))]
    assert [s for s, _ in statuses(rows)] == ["shown"] * 3
    assert [s for s, _ in statuses(rows, floor=raised(LIVE, count=8))] == ["shown", "hidden", "hidden"]


def test_counts_by_site_hide_the_small_one_and_the_next():
    rows = [row(stat="count", level=name, estimate=n, n=n) for name, n in (("a", 40), ("b", 3), ("c", 12))]
    assert statuses(rows) == [("shown", ""), ("hidden", "below_threshold"), ("hidden", "below_threshold")]


def test_a_filter_that_leaves_out_four_people_is_hidden():
    rows = [row(stat="count", grouping="", estimate=96, n=96)]
    assert statuses(rows, whole=100) == [("hidden", "below_threshold")]
    assert statuses(rows, whole=101) == [("shown", "")]
    assert statuses(rows, whole=96) == [("shown", "")]


def test_a_share_of_twelve_people_becomes_a_count_in_words():
    table = apply_live(estimate_table([row(shape="point", level="a", x=90, estimate=0.5, n=12, events=6)]))
    assert table["status"].tolist() == ["hidden", "shown"]
    assert table["reason"][0] == "few_people"
    assert table.loc[1, ["stat", "n", "events"]].tolist() == ["count", 12, 6]


def test_a_share_with_three_events_gives_nothing_away():
    table = apply_live(estimate_table([row(shape="point", level="a", x=90, estimate=0.25, n=12, events=3)]))
    assert statuses([row(shape="point", level="a", x=90, estimate=0.1, n=30, events=3)]) == [
        ("hidden", "below_threshold")
    ]
    assert len(table) == 1
    assert table["reason"][0] == "below_threshold"


def curve(level, points, series="stayed"):
    return [row(shape="step", level=level, series=series, x=x, estimate=s, n=n, events=e) for x, s, n, e in points]


def test_a_curve_stops_where_fewer_than_ten_are_followed():
    points = [(0, 1.0, 30, 0), (30, 0.9, 24, 3), (60, 0.7, 10, 9), (90, 0.6, 9, 10)]
    assert [reason for _, reason in statuses(curve("a", points))] == ["", "", "", "few_at_risk"]
    assert curve_end([0, 30, 60, 90], [30, 24, 10, 9]) == 60
    assert curve_end([0], [9]) is None


def test_a_curve_of_nineteen_people_or_four_events_is_not_drawn():
    assert {s for s, _ in statuses(curve("a", [(0, 1.0, 19, 0), (30, 0.7, 12, 6)]))} == {"hidden"}
    assert {s for s, _ in statuses(curve("a", [(0, 1.0, 40, 0), (30, 0.9, 36, 4)]))} == {"hidden"}
    assert {s for s, _ in statuses(curve("a", [(0, 1.0, 4, 0), (30, 0.7, 2, 2)]))} == {"hidden"}


def test_a_stack_hides_a_rare_way_out_and_the_next_smallest():
    rows = []
    for series, events in (("left_early", 30), ("completed", 20), ("moved_on", 8), ("other_exit", 2)):
        rows += curve("", [(0, 0.0, 100, 0), (365, events / 100, 40, events)], series)
    rows += curve("", [(0, 1.0, 100, 0), (365, 0.4, 40, 0)], "in_program")
    table = apply_live(estimate_table(rows))
    hidden = set(table.loc[table["status"].eq("hidden"), "series"])
    assert hidden == {"other_exit", "moved_on"}


def test_reasons_that_add_to_one_hide_the_smallest_sibling():
    rows = [row(level=name, estimate=k / 50, n=50, events=k) for name, k in (("a", 30), ("b", 17), ("c", 3))]
    assert [s for s, _ in statuses(rows)] == ["shown", "hidden", "hidden"]
    rows = [row(level=name, estimate=k / 50, n=50, events=k) for name, k in (("a", 30), ("b", 20), ("c", 0))]
    assert [s for s, _ in statuses(rows)] == ["shown"] * 3


def test_a_comparison_falls_with_either_of_its_groups():
    rows = curve("higher", [(0, 1.0, 60, 0), (150, 0.8, 40, 12)]) + curve("lower", [(0, 1.0, 15, 0), (150, 0.6, 8, 6)])
    rows += [
        row(stat="difference", shape="", level="higher|lower", x=150, estimate=0.2, n=60, events=12),
        row(stat="p_value", shape="", series="log_rank", estimate=0.03, n=75, events=18),
    ]
    assert [s for s, _ in statuses(rows)][-2:] == ["hidden", "hidden"]
    rows = curve("higher", [(0, 1.0, 60, 0), (150, 0.8, 40, 12)]) + curve(
        "lower", [(0, 1.0, 45, 0), (150, 0.6, 28, 16)]
    )
    rows += [row(stat="difference", shape="", level="higher|lower", x=150, estimate=0.2, n=45, events=12)]
    assert statuses(rows)[-1] == ("shown", "")


def test_cells_compared_across_two_dimensions():
    cells = [
        row(shape="cell", grouping="p,q", level="higher|higher", x=150, estimate=0.8, n=60, events=48),
        row(shape="cell", grouping="p,q", level="lower|lower", x=150, estimate=0.5, n=12, events=6),
        row(
            stat="difference",
            shape="",
            grouping="p,q",
            level="higher|higher - lower|lower",
            estimate=0.3,
            n=40,
            events=20,
        ),
    ]
    assert [s for s, _ in statuses(cells)][2] == "hidden"


def test_a_point_that_leaves_out_four_people_is_hidden():
    point = row(shape="point", grouping="", x=90, estimate=0.5, n=96, events=48)
    assert statuses([point], whole=100) == [("hidden", "below_threshold")]
    assert statuses([point], whole=101) == [("shown", "")]


@pytest.mark.parametrize(
    ("people", "floor", "status"), [(10, LIVE, "hidden"), (11, LIVE, "shown"), (500, RELEASE, "hidden")]
)
def test_a_coach_needs_eleven_people_and_is_never_drawn_outside(people, floor, status):
    (found,) = statuses([row(stat="unit", shape="point", level="1", n=people, events=6, estimate=0.5)], floor=floor)
    assert found[0] == status


def test_nothing_leaves_as_a_file_under_eleven():
    assert export_allowed(11)
    assert export_allowed(300, 0)
    assert not export_allowed(10)
    assert not export_allowed(300, 10)


@pytest.mark.parametrize(
    ("stat", "people", "events", "status"),
    [
        ("rate", 60, 57, "shown"),
        ("rate", 60, 60, "shown"),
        ("rate", 60, 63, "shown"),
        ("rate", 60, 4, "hidden"),
        ("rate", 4, 40, "hidden"),
        ("share", 60, 57, "hidden"),
        ("share", 60, 55, "shown"),
    ],
)
def test_the_events_of_a_rate_are_not_people(stat, people, events, status):
    """Three events fewer than people does not mean that three people are without one; so many events are few people."""
    (found,) = statuses([row(stat=stat, estimate=0.5, n=people, events=events)])
    assert found[0] == status
