"""What may leave the manager's screen as a file, held against tables worked by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from pipelines.disclosure.export_floor import BELOW_EXPORT_FLOOR, apply_export
from pipelines.disclosure.floors import LIVE
from pipelines.estimate_table import HIDDEN_NUMBERS, estimate_table


def share(level: str, n: int, events: int, *, shape: str = "point", grouping: str = "site", **more: object) -> dict:
    """One row of a share."""
    row = {"measure": "m", "stat": "share", "level": level, "grouping": grouping, "shape": shape, "status": "shown"}
    return row | {"n": n, "events": events, "estimate": events / n, "x": 180.0, **more}


def left(rows: list[dict], **given: object) -> list[str]:
    """Return the levels whose numbers are still there."""
    table = apply_export(estimate_table(rows), **given)
    hidden = table[table["status"].eq("hidden")]
    assert hidden[list(HIDDEN_NUMBERS)].isna().all().all()
    return table.loc[table["status"].eq("shown"), "level"].tolist()


# people per level -> levels that stay. The floor is 11.
BY_HAND = [
    ({"A": 40, "B": 40, "C": 40}, ["A", "B", "C"]),
    ({"A": 40, "B": 12, "C": 8}, ["A"]),  # C is small, alone it would follow from a total: B joins it
    ({"A": 40, "B": 8, "C": 7}, ["A"]),  # two are small: nothing more is needed
    ({"A": 40, "B": 8}, []),  # B is small, and A's complement is B
    ({"A": 40, "B": 4, "C": 6}, []),  # everybody but A makes 10
    ({"A": 11, "B": 11}, ["A", "B"]),
    ({"A": 10, "B": 11, "C": 30}, ["C"]),
]


@pytest.mark.parametrize(("sizes", "stays"), BY_HAND)
def test_groups_and_complements_under_the_floor_leave_no_number(sizes: dict[str, int], stays: list[str]) -> None:
    rows = [
        {"measure": "m", "stat": "count", "level": level, "grouping": "site", "n": n, "estimate": n, "status": "shown"}
        for level, n in sizes.items()
    ]
    assert left(rows) == stays


@pytest.mark.parametrize(
    ("answered", "lasting", "seen", "stays"),
    [
        (80, 30, 15, {"", "answered_of_due", "missing_not_lasting", "missing_as_last_seen", "missing_lasting"}),
        (80, 30, 5, {"", "answered_of_due", "missing_not_lasting", "missing_lasting"}),  # five more, as last seen
        (80, 30, 35, {"", "answered_of_due", "missing_not_lasting", "missing_lasting"}),  # five fewer than all missing
        (113, 30, 0, {""}),  # seven are missing: no row may tell the number of people due
        (80, 8, 15, {"answered_of_due"}),  # eight: the bounds minus those missing would tell
    ],
)
def test_bounds_leave_with_nothing_that_tells_few_people(
    answered: int, lasting: int, seen: int, stays: set[str]
) -> None:
    due, said = (
        120,
        [("", lasting, answered), ("answered_of_due", answered, 120), ("missing_not_lasting", lasting, 120)],
    )
    said += [("missing_as_last_seen", lasting + seen, due), ("missing_lasting", lasting + due - answered, due)]
    rows = [share("", n, events, shape="bar", grouping="", series=series) for series, events, n in said]
    table = apply_export(estimate_table(rows))
    assert set(table.loc[table["status"].eq("shown"), "series"]) == stays


@pytest.mark.parametrize(
    ("people", "events", "stays"), [(60, 57, True), (60, 63, True), (60, 10, False), (10, 60, False)]
)
def test_the_events_of_a_rate_are_not_people(people: int, events: int, stays: bool) -> None:
    row = share("", people, events, shape="bar", grouping="") | {"stat": "rate"}
    assert left([row]) == ([""] if stays else [])


@pytest.mark.parametrize(
    ("events", "stays"), [(0, True), (1, False), (10, False), (11, True), (49, True), (50, False), (60, True)]
)
def test_a_share_needs_eleven_people_with_and_without_the_outcome_or_none(events: int, stays: bool) -> None:
    assert left([share("", 60, events, grouping="")]) == ([""] if stays else [])


def test_points_of_a_curve_stay_while_eleven_are_followed() -> None:
    rows = [share("", n, 3, shape="step", grouping="", x=float(60 - n)) for n in (30, 12, 11, 10, 5)]
    table = apply_export(estimate_table(rows))
    assert table["status"].tolist() == ["shown", "shown", "shown", "hidden", "hidden"]
    assert set(table.loc[table["status"].eq("hidden"), "reason"]) == {BELOW_EXPORT_FLOOR}


def test_a_comparison_goes_with_either_of_its_groups_and_a_test_with_any() -> None:
    rows = [share("A", 60, 30), share("B", 60, 30), share("C", 9, 4), share("D", 9, 4)]
    rows.extend(
        {"measure": "m", "stat": "difference", "level": level, "grouping": "site", "n": 60, "events": 30}
        | {"estimate": 0.1, "status": "shown", "x": 180.0}
        for level in ("A|B", "A|C")
    )
    rows.append(
        {"measure": "m", "stat": "p_value", "series": "log_rank", "grouping": "site", "n": 138, "estimate": 0.2}
        | {"status": "shown"}
    )
    assert left(rows) == ["A", "B", "A|B"]


def test_a_lone_bar_under_the_floor_takes_the_smallest_other_along() -> None:
    rows = [share(name, 100, k, shape="bar", grouping="", x=None) for name, k in {"a": 60, "b": 32, "c": 8}.items()]
    assert left(rows) == ["a"]


def test_in_a_crossed_table_no_hidden_cell_follows_from_its_row_or_column() -> None:
    sizes = {"A|x": 50, "A|y": 9, "B|x": 40, "B|y": 30, "C|x": 40, "C|y": 30}
    rows = [
        {"measure": "m", "stat": "count", "level": level, "grouping": "site,cohort", "n": n, "estimate": n}
        | {"status": "shown"}
        for level, n in sizes.items()
    ]
    stays = left(rows)
    hidden = set(sizes) - set(stays)
    for place in (0, 1):
        for category in {level.split("|")[place] for level in hidden}:
            assert len([level for level in hidden if level.split("|")[place] == category]) > 1
    assert "A|y" in hidden
    assert stays


def test_sizes_speak_where_n_counts_sessions() -> None:
    rows = [share("A", 900, 600), share("B", 800, 500), share("C", 90, 60)]
    assert left(rows) == ["A", "B", "C"]
    assert left(rows, sizes={"A": 60, "B": 50, "C": 6}) == ["A"]
    assert left(rows, sizes={"A": 60, "B": 50, "C": None}) == ["A"]


def test_what_was_hidden_before_keeps_its_reason() -> None:
    row = {"measure": "m", "stat": "share", "status": "hidden", "reason": "few_people", "shape": "point"}
    table = apply_export(estimate_table([row, share("", 60, 30, grouping="")]))
    assert table["reason"].tolist() == ["few_people", ""]
    assert isinstance(table, pd.DataFrame)
    assert LIVE.export == 11
