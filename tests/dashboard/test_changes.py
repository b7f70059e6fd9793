"""What changed between two periods in words: a change is said only where its widened range excludes zero."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from dashboard import changes
from pipelines.estimate_table import estimate_table

EARLIER, LATER = "2024-H1", "2024-H2"


def figure(series: str, then: float, now: float, half: float, **more: Any) -> list[dict[str, Any]]:
    """Return an indicator for both periods, and the difference with a range of `half` to both sides."""
    stat = "mean" if series.startswith("early") else "share"
    both = [
        {"level": level, "series": series, "stat": stat, "estimate": value, "shape": "point", "n": 200}
        | {"lower": value - 0.05, "upper": value + 0.05}
        for level, value in ((EARLIER, then), (LATER, now))
    ]
    gap = now - then
    ends = {"estimate": gap, "lower": gap - half, "upper": gap + half, "n": 400}
    return [*both, {"level": f"{LATER}|{EARLIER}", "series": series, "stat": "difference", **ends, **more}]


def table(*figures: list[dict[str, Any]]) -> pd.DataFrame:
    return estimate_table({"status": "shown", **row} for rows in figures for row in rows)


def title(*figures: list[dict[str, Any]]) -> str:
    return changes.title(table(*figures), EARLIER, LATER)


def test_the_title_speaks_of_the_surest_change_and_counts_the_others() -> None:
    sure, less_sure = figure("engaged", 0.74, 0.60, 0.05), figure("stayed_3_months", 0.60, 0.70, 0.06)
    assert title(sure) == (
        "Engaged in the first weeks: lower in July–December 2024 (60%) than in January–June 2024 (74%)"
    )
    assert title(sure, less_sure).endswith("(74%); 1 more change is clear")
    assert (
        title(less_sure, figure("early_alliance", 4.1, 4.1, 0.1))
        .split(" (")[0]
        .endswith(": higher in July–December 2024")
    )


def test_a_range_is_widened_for_the_number_of_differences() -> None:
    """0.10 ± 0.09 alone excludes zero; as one of six it needs 1.346 times the range, which does not."""
    alone = figure("engaged", 0.60, 0.70, 0.09)
    others = [figure(name, 0.5, 0.5, 0.05) for name in list(changes.SHARES)[1:]]
    assert ": higher in " in title(alone)
    assert title(alone, *others) == (
        "No clear change between people enrolled in January–June 2024 and in July–December 2024"
    )
    rows = changes.twin(table(alone, *others), EARLIER, LATER).rows
    assert {row[-1] for row in rows} == {"No clear change"}
    assert changes.twin(table(alone), EARLIER, LATER).rows == (
        ("Engaged in the first weeks", "60%", "70%", "200 people, then 200 people", "+10", "+1 to +19", "Higher"),
    )


def test_what_is_too_early_says_so_and_carries_no_number() -> None:
    empty = {name: float("nan") for name in ("estimate", "lower", "upper", "n")}
    early = figure("stayed_6_months", 0.5, 0.6, 0.1, **empty, status="immature")
    early[1] |= {**empty, "status": "immature"}
    held = table(figure("engaged", 0.7, 0.7, 0.05), early)
    assert changes.twin(held, EARLIER, LATER).rows[1] == (
        "Stayed to 6 months", "50%", "Too early", "200 people, then –", "Too early", "", "",
    )  # fmt: skip
    assert title(early) == "Too few people, or too early, to compare January–June 2024 with July–December 2024"
    drawn = changes.drawing(held, EARLIER, LATER)
    dots = [trace for trace in drawn["data"] if trace["mode"] == "markers"]
    assert [dot["x"] for dot in dots] == [[pytest.approx(0)]]


def test_the_drawing_holds_the_differences_in_points_and_counts_no_sessions_as_people() -> None:
    held = table(figure("engaged", 0.60, 0.70, 0.09), figure("attended", 0.80, 0.78, 0.01))
    drawn = changes.drawing(held, EARLIER, LATER)
    dots = {trace["text"][0].split("<br>")[0]: trace for trace in drawn["data"] if trace["mode"] == "markers"}
    assert dots["Engaged in the first weeks"]["x"] == pytest.approx([10])
    assert dots["Engaged in the first weeks"]["text"][0].endswith("<br>200 people, then 200 people")
    assert dots["Sessions attended, of those due"]["x"] == pytest.approx([-2])
    assert dots["Sessions attended, of those due"]["text"][0].endswith("<br>200 sessions, then 200 sessions")
    sides = [note["text"] for note in drawn["layout"]["annotations"]]
    assert {"Lower in Jul–Dec 2024", "Higher in Jul–Dec 2024"} <= set(sides)


def test_the_people_of_both_periods_are_said_and_of_what_is_hidden_nothing() -> None:
    engaged, stayed = figure("engaged", 0.60, 0.70, 0.09), figure("stayed_3_months", 0.5, 0.5, 0.1)
    engaged[0]["n"], engaged[1]["n"], stayed[1]["n"] = 312, 298, 240
    sessions = figure("attended", 0.8, 0.8, 0.1)
    sessions[0]["n"], sessions[1]["n"] = 4_000, 4_100
    held = table(engaged, stayed, sessions)
    assert changes.people(held, EARLIER, LATER) == (
        "January–June 2024: 200 to 312 people; July–December 2024: 240 to 298 people."
    )
    nothing = {name: float("nan") for name in ("estimate", "lower", "upper", "n")}
    few = {**nothing, "status": "hidden", "reason": "below_threshold"}
    hidden = figure("engaged", 0.6, 0.7, 0.09, **few)
    hidden[1] |= few
    held = table(hidden)
    assert changes.people(held, EARLIER, LATER) == "January–June 2024: 200 people."
    assert changes.twin(held, EARLIER, LATER).rows[0][3] == "200 people, then –"


def test_the_last_two_periods_of_which_something_is_known_are_compared_first() -> None:
    early = {"level": "2025-H1", "series": "stayed_3_months", "stat": "share", "status": "immature"}
    held = pd.concat([table(figure("stayed_3_months", 0.6, 0.7, 0.1)), estimate_table([early])], ignore_index=True)
    assert changes.periods(held) == [EARLIER, LATER, "2025-H1"]
    assert changes.usual(held) == (EARLIER, LATER)
    assert set(changes.between(held, EARLIER, LATER)["level"]) == {EARLIER, LATER, f"{LATER}|{EARLIER}"}
    with pytest.raises(ValueError, match="two periods"):
        changes.usual(estimate_table([early]))


def test_scores_are_said_beside_the_drawing() -> None:
    held = table(figure("early_alliance", 4.13, 4.24, 0.1), figure("engaged", 0.6, 0.6, 0.1))
    assert changes.scores(held, EARLIER, LATER) == "Average early alliance: 4.1, then 4.2."
