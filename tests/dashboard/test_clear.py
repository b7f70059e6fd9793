"""A note says that two things go together only where a range of its figure excludes nothing; sums keep small groups."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from dashboard import clear, groups, notes, reading, twins
from tests.dashboard.examples import estimate_table

Row = dict[str, object]


def row(stat: str, value: float, half: float, **more: object) -> Row:
    ends = {"estimate": value, "lower": value - half, "upper": value + half}
    return {"stat": stat, **ends, "n": 300, "status": "shown", **more}


def both_ends(value: float, half: float) -> list[Row]:
    ends = ((0.0, 2 - value), (1.0, value))
    line = [row("ratio", at, half, series="line", shape="line", x=x) for x, at in ends]
    return [*line, row("p_value", 0.5, 0.1, series="bend")]


Case = tuple[Callable[[pd.DataFrame], bool], Callable[[float, float], list[Row]], float]
CASES: dict[str, Case] = {
    "corners": (clear.difference, lambda value, half: [row("difference", value, half)], 0.3),
    "dose": (clear.slope, lambda value, half: [row("slope", value, half)], 0.3),
    "held equal": (clear.held_equal, lambda value, half: [row("ratio", value, half, series="adjusted")], 0.7),
    "choices": (clear.alike, lambda value, half: [row("ratio", value, half, x=x) for x in (14, 30)], 0.7),
    "ways out": (clear.ways_out, lambda value, half: [row("ratio", value, half, series="rate")], 0.7),
    "weighed": (
        clear.with_and_without,
        lambda value, half: [row("ratio", value, half, series=name) for name in ("complete_cases", "weighted")],
        0.7,
    ),
    "along": (clear.along, both_ends, 0.7),
    "days": (
        lambda table: clear.days(table, bands=True),
        lambda value, half: [row("difference", value, half, level="higher|lower")],
        0.3,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_link_is_clear_only_where_its_range_excludes_none(name: str) -> None:
    of, rows, value = CASES[name]
    assert of(estimate_table(rows(value, 0.1)))
    assert not of(estimate_table(rows(value, 0.5)))
    none = dict.fromkeys(("estimate", "lower", "upper", "n"), float("nan"))
    assert not of(estimate_table([{**one, **none, "status": "hidden"} for one in rows(value, 0.1)]))


def test_answers_on_both_sides_or_partly_unclear_are_not_alike() -> None:
    assert not clear.alike(estimate_table([row("ratio", 0.7, 0.1), row("ratio", 1.3, 0.1)]))
    assert not clear.alike(estimate_table([row("ratio", 0.7, 0.1), row("ratio", 0.7, 0.5)]))


def test_a_ratio_that_changes_is_judged_by_days() -> None:
    changes = row("p_value", 0.01, 0.0, series="proportional_hazards")
    ratio = row("ratio", 0.7, 0.1, series="adjusted")
    assert not clear.held_equal(estimate_table([changes, ratio]))
    assert clear.held_equal(estimate_table([changes, ratio, row("difference", 9, 4, series="days")]))


def test_the_note_says_so_only_where_it_is_clear() -> None:
    assert notes.association(clear=True).startswith("this shows that the two go together")
    assert "this shows" not in notes.association(clear=False)


def line(level: str, n: float, **more: object) -> Row:
    return {"stat": "share", "level": level, "shape": "step", "x": 0, "estimate": 1.0, "n": n, "status": "shown"} | more


def test_no_sum_is_said_beside_a_group_that_it_would_give_away() -> None:
    """79 of 83 with a score leave 4; 73 of 83 leave 10, which is no small group."""
    drawn = [line("middle", 40), line("higher", 39)]
    tiny = line("lower", float("nan"), status="hidden", reason="below_threshold", estimate=float("nan"))
    asked = estimate_table([*drawn, tiny]).assign(source="live")
    assert groups.followed(groups.compared(asked)) == 79
    assert groups.followed(groups.compared(asked), asked) is None
    few = estimate_table([*drawn, tiny | {"reason": "few_people"}]).assign(source="live")
    assert groups.followed(groups.compared(few), few) == 79
    given_out = asked.assign(source="release 0123456789ab")
    assert groups.followed(groups.compared(given_out), given_out) == 79


def test_the_day_of_the_title_is_a_row_of_the_table_under_it() -> None:
    steps = [line("higher", 300, x=x, estimate=share) for x, share in ((0, 1.0), (100, 0.9), (149, 0.85), (300, 0.7))]
    rows = twins.over_time(estimate_table(steps), horizon=150).rows
    assert [each[1] for each in rows][:4] == ["0", "3", "5 (6 months after the first session)", "6"]
    assert rows[2][2] == "85%"


@pytest.mark.parametrize("kind", reading.READINGS)
def test_how_to_read_never_says_a_sentence_twice(kind: str) -> None:
    said = [part for _, text, _ in reading.paragraphs(kind) for part in text.split(". ")]
    assert len({part.rstrip(".") for part in said}) == len(said)
