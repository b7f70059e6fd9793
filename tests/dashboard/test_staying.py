"""The further figures of Staying: drawings hold the cells of hand-made tables, and each sentence keeps its rule."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from dashboard import charts, counted, groups, sentences, sentences_staying, theme, twins_staying, words
from dashboard.charts.weeks import hidden_weeks
from pipelines.definitions import definition
from pipelines.estimate_table import estimate_table
from tests.dashboard import staying_examples as examples

WHAT = "early alliance"
NAMES = {"brought_somebody": "Brought", "came_through_somebody": "Came", "second_generation": "Second"}


def table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return estimate_table({"status": "shown", **row} for row in rows)


def withheld(status: str, reason: str = "", shape: str = "bar") -> pd.DataFrame:
    return estimate_table([{"stat": "share", "status": status, "reason": reason, "shape": shape}])


def without_numbers(row: dict[str, Any], status: str = "hidden", reason: str = "few_people") -> dict[str, Any]:
    kept = {key: value for key, value in row.items() if key not in ("estimate", "lower", "upper", "n", "events")}
    return kept | {"status": status, "reason": reason}


def texts(drawn: dict[str, Any]) -> list[str]:
    return [note["text"] for note in drawn["layout"]["annotations"]]


def dots_of(drawn: dict[str, Any]) -> list[float]:
    return [trace["x"][0] for trace in drawn["data"] if trace.get("mode") == "markers"]


def bands(days: float = 23, half: float = 9) -> pd.DataFrame:
    means = [examples.mean(band, value) for band, value in (("lower", 110), ("middle", 120), ("higher", 110 + days))]
    return table([*means, examples.gap("middle|lower", 10, half), examples.gap("higher|lower", days, half)])


def test_days_are_said_only_where_the_range_excludes_zero() -> None:
    def said(held: pd.DataFrame) -> str:
        return sentences_staying.days(held, what=WHAT, bands=True)

    assert said(bands()) == (
        "People with higher early alliance stayed about 23 more days of the first 180 than people with lower "
        "(could be 14 to 32)"
    )
    assert "23 fewer days" in said(bands(-23))
    assert "(could be 14 to 32)" in said(bands(-23))
    assert said(bands(8, 9)) == "No clear difference in days stayed by early alliance"
    later = table([examples.mean("lower", 110, x=150), examples.gap("higher|lower", 18, 7, x=150)])
    assert "18 more days of the 150 after day 30" in said(later)
    assert said(table([examples.mean("lower", 110)])).startswith("Too few people to compare days")
    assert "not measured" in said(withheld("not_measured"))


def test_one_group_that_a_filter_left_is_not_called_too_few() -> None:
    alone = table([examples.mean("55-64", 110)])
    other = {"stat": "mean", "level": "18-24", "x": 180, "status": "hidden", "reason": "few_people"}
    others_hidden = table([examples.mean("55-64", 110), other])
    named = {"55-64": "55 to 64"}
    assert sentences_staying.days(alone, what="age", names=named) == (
        "Only 55 to 64 is shown: take its filter off to compare"
    )
    assert sentences_staying.days(others_hidden, what="age", names=named).startswith("Too few people to compare days")
    curve = table([{**examples.mean("55-64", 0.6), "stat": "share"}])
    assert sentences.staying_by(curve, what="age", names=named).startswith("Only 55 to 64 is shown")


def test_of_several_groups_the_widest_clear_difference_is_said_with_ranges_widened() -> None:
    sites = [examples.mean(site, 130) for site in ("Ashgrove", "Birchwood", "Cedar", "Dockside")]

    def said(*days: float, half: float = 10) -> str:
        pairs = [examples.gap(f"{site}|Ashgrove", each, half) for site, each in zip("BCD", days, strict=True)]
        return sentences_staying.days(table([*sites, *pairs]), what="site", names={"D": "Dockside"})

    assert said(1, 2, -14) == "Dockside: about 14 fewer days of the first 180 than Ashgrove (could be 4 to 24)"
    # 11 of 10: one range alone would exclude zero, but of three one does so by chance too often.
    assert said(1, 2, -11) == "No clear difference in days stayed by site"


@pytest.mark.parametrize("mode", theme.MODES)
def test_days_are_dots_on_an_axis_of_all_days(mode: str) -> None:
    held = bands()
    drawn = charts.days(held, mode)
    assert sorted(dots_of(drawn)) == [110, 120, 133]
    ranges = sorted(trace["x"] for trace in drawn["data"] if trace["mode"] == "lines")
    assert ranges == [[106, 114], [116, 124], [129, 137]]
    low, high = drawn["layout"]["xaxis"]["range"]
    assert low < 0 < 180 < high
    assert "Higher  <b>133 days</b>" in texts(drawn)
    assert twins_staying.days(held).rows[0] == ("Lower", "110", "106 to 114", "300", "100")
    assert twins_staying.days(held).rows[-1] == ("Higher minus Lower", "+23", "+14 to +32", "600", "200")


def test_a_group_without_days_keeps_its_place_and_has_no_dot() -> None:
    rows = [examples.mean("Ashgrove", 130), without_numbers(examples.mean("Larkfield", 100))]
    drawn = charts.days(table(rows))
    assert "Larkfield  <b>Hidden</b>" in texts(drawn)
    assert dots_of(drawn) == [130]
    assert twins_staying.days(table(rows)).rows[1] == ("Larkfield", "Hidden", "", "", "")


@pytest.mark.parametrize("mode", theme.MODES)
def test_a_bar_covers_its_days_and_a_hidden_week_has_none(mode: str) -> None:
    rows = examples.weeks()
    rows[2] = without_numbers(rows[2])
    drawn = charts.weeks(table(rows), mode)
    bars = [trace for trace in drawn["data"] if trace["type"] == "bar"]
    assert [trace["y"][0] for trace in bars] == [0.07, *[0.02] * 14]
    starts = [round(trace["x"][0] - (trace["width"] + 1) / 2) for trace in bars]
    assert starts == [day - 1 for day in examples.FIRST_DAYS if day != 15]
    assert {round(trace["width"] + 1) for trace in bars[:3]} == {7}
    assert {round(trace["width"] + 1) for trace in bars[3:]} == {28}
    assert bars[0]["hovertext"] == "Week 1<br>7%<br>400 people at the start".replace("7%", "7% (could be 6% to 9%)")
    assert bars[3]["hovertext"].startswith("Weeks 5 to 8<br>2% a week (could be 2% to 3%)")
    assert {"<b>7%</b>", "<b>2%</b>", "400"} <= set(texts(drawn))
    twin = twins_staying.weeks(table(rows), last_day=364)
    assert twin.rows[0] == ("Week 1", "7%", "6% to 9%", "400", "12")
    assert twin.rows[2] == ("Week 3", "Hidden", "", "", "")
    assert twin.rows[-1][0] == "Weeks 49 to 52"


def test_no_ground_in_a_week_is_as_wide_as_its_bar_on_a_phone_and_hidden_weeks_are_named() -> None:
    rows = examples.weeks()
    rows[2] = without_numbers(rows[2])
    drawn = charts.weeks(table(rows))
    lines = [trace["line"] for trace in drawn["data"] if trace["type"] == "scatter"]
    cards = [line["width"] for line in lines if line["color"] == theme.colour("card")]
    assert cards
    assert max(cards) <= 1.5, "a bar of one week is 4 px wide on a phone"
    assert hidden_weeks(table(rows), last_day=364) == ["Week 3"]


def test_the_weeks_of_the_example_are_those_of_the_definition() -> None:
    one = definition("leaving_by_week")
    assert (one.numbers("first_days"), one.number("last_day")) == (examples.FIRST_DAYS, 364)
    assert sentences_staying.LATER in examples.FIRST_DAYS


def test_what_is_said_of_when_people_go() -> None:
    def said(**about: float) -> str:
        return sentences_staying.weeks(table(examples.weeks(**about)))

    assert said() == "People go most often at the start: 7% in the first week, 2% a week in weeks 13 to 16"
    assert said(first=0.02, later=0.07).startswith("People go less often at the start than later")
    assert said(first=0.024, later=0.02).startswith("No clear difference between the first week and later weeks")
    assert sentences_staying.weeks(withheld("hidden", "few_people")) == "Too few people to show when people go"
    assert sentences_staying.weeks(withheld("immature")) == "Too early to show when people go"
    only_first = table(examples.weeks()[:1])
    assert sentences_staying.weeks(only_first) == "When people go, week by week"


@pytest.mark.parametrize("mode", theme.MODES)
def test_a_milestone_that_is_too_early_is_grey_and_says_so(mode: str) -> None:
    held = table(examples.by_enrolment())
    drawn = charts.milestones(held, mode)
    fills = {trace["text"].partition("<br>")[0]: trace["fillcolor"] for trace in drawn["data"]}
    assert len(fills) == 12
    assert fills["Enrolled January–June 2025, 12 months"] == theme.colour("sunk", mode)
    assert theme.colour("sunk", mode) not in [fill for name, fill in fills.items() if "2024" in name]
    assert texts(drawn).count("Too early") == 1
    assert {"<b>62%</b>", "57–67%", "n = 280"} <= set(texts(drawn))
    # The first period is the top row: the axis runs upwards.
    assert drawn["layout"]["yaxis"]["ticktext"][-1] == "Jan–Jun<br>2024"
    assert twins_staying.milestones(held).rows[-1] == ("January–June 2025", "12 months", "Too early", "", "")
    assert twins_staying.milestones(held).rows[2] == ("January–June 2024", "6 months", "62%", "57% to 67%", "280")


def test_a_hidden_milestone_is_striped_not_grey() -> None:
    rows = examples.by_enrolment()
    rows[0] = without_numbers(rows[0], reason="below_threshold")
    drawn = charts.milestones(table(rows))
    assert texts(drawn).count("Hidden") == 1
    assert sum("fillpattern" in trace for trace in drawn["data"]) == 1


def test_what_is_said_of_times_of_enrolment() -> None:
    def said(*shares: float, half: float = 0.05) -> str:
        return sentences_staying.milestones(table(examples.by_enrolment(shares, half)))

    assert said(0.62, 0.63, 0.68) == "No clear change in staying to 6 months by time of enrolment: from 62% to 68%"
    assert said(0.5, 0.52, 0.7) == (
        "Staying to 6 months differs by time of enrolment: 70% (January–June 2025), against 50% (January–June 2024)"
    )
    early = withheld("immature", "too_early", "point")
    assert sentences_staying.milestones(early).startswith("Too early to say how many stayed to 6 months")
    alone = [row for row in examples.by_enrolment() if row["level"] == "2024-H1"]
    assert sentences_staying.milestones(table(alone)) == (
        "About 6 in 10 people enrolled in January–June 2024 stayed to 6 months"
    )


def test_only_the_latest_periods_are_drawn() -> None:
    rows = [{**examples.by_enrolment()[0], "level": f"{year}-H{half}"} for year in range(2018, 2026) for half in (1, 2)]
    drawn = charts.milestones(table(rows))
    assert len(drawn["data"]) == 10
    assert drawn["layout"]["yaxis"]["ticktext"][0] == "Jul–Dec<br>2025"


@pytest.mark.parametrize("mode", theme.MODES)
def test_every_gap_is_a_dot_and_the_usual_one_is_named(mode: str) -> None:
    drawn = charts.gaps(table(examples.gaps()), mode)
    assert sorted(dots_of(drawn)) == [0.604 + 0.005 * place for place in range(5)]
    assert [text for text in texts(drawn) if "usual" in text] == ["30 days (usual)  <b>61%</b>"]
    assert twins_staying.gaps(table(examples.gaps())).rows[1] == ("30", "61%", "58% to 64%", "390", "150")


def test_what_is_said_of_every_gap() -> None:
    def said(rows: list[dict[str, Any]]) -> str:
        return sentences_staying.gaps(table(rows))

    assert said(examples.gaps()) == (
        "The answer hardly depends on the gap: 60% to 62% stayed to 6 months, whichever is used"
    )
    assert said(examples.gaps(0.03)) == "The answer depends on the gap: between 60% and 72% stayed to 6 months"
    assert said(examples.gaps()[:1]).startswith("Too few people")


def test_both_rates_of_attendance_are_drawn_and_the_title_is_of_everybody() -> None:
    due = {"level": "2024-H1", "stat": "share", "shape": "bar", "estimate": 0.77, "lower": 0.75, "upper": 0.79}
    due |= {"n": 700, "events": 539}
    rows = [due, {**due, "series": "of_scheduled", "estimate": 0.7, "lower": 0.68, "upper": 0.72, "n": 770}]
    drawn = charts.attendance(table(rows), names={"2024-H1": "January–June 2024"})
    assert sorted(dots_of(drawn)) == [0.7, 0.77]
    assert texts(drawn) == ["January–June 2024  <b>77%</b>"]
    assert twins_staying.attendance(table(rows)).rows == (
        ("January–June 2024", "Of those due", "77%", "75% to 79%", "700"),
        ("January–June 2024", "Of all scheduled", "70%", "68% to 72%", "770"),
    )
    whole = table([{**due, "level": ""}])
    assert sentences_staying.attendance(whole) == (
        "77% of sessions due were attended; 23% were missed or called off late"
    )
    assert sentences_staying.attendance(withheld("hidden")).startswith("Too few people")


@pytest.mark.parametrize("mode", theme.MODES)
def test_a_hidden_month_keeps_its_place_and_has_no_column(mode: str) -> None:
    held = table(examples.months())
    drawn = charts.by_month(held, mode)
    (bars,) = drawn["data"]
    assert (bars["x"], bars["y"]) == ([0, 2, 3], [40, 52, 47])
    assert bars["hovertext"][-1] == "June 2026<br>47 people"
    assert "<b>47</b>" in texts(drawn)
    twin = twins_staying.caseload(held)
    assert twin.rows[0] == ("March 2026", "40", "120", "75%", "70%")
    assert twin.rows[1] == ("April 2026", "Hidden", "Hidden", "Hidden", "Hidden")
    assert sentences_staying.caseload(held) == (
        "47 people came to a session in June 2026; the most in one month were 52, in May 2026"
    )
    # A share of few sessions is withheld, and its people come as a count beside it.
    share, few = {"level": "2026-03", "series": "attended_of_due"}, {"stat": "count", "estimate": 10, "n": 10}
    small = [row for row in examples.months() if (row["level"], row.get("series")) != tuple(share.values())]
    small += [
        {**share, "stat": "share", "status": "hidden", "reason": "few_people"},
        {**share, **few, "status": "rough"},
    ]
    assert twins_staying.caseload(table(small)).rows[0] == ("March 2026", "40", "120", "Hidden", "70%")
    nothing = withheld("not_applicable", "no_persons")
    assert sentences_staying.caseload(nothing) == "People by month: not known for these filters"


def test_helping_others_is_said_to_be_more_often_only_where_the_ratio_is_clear() -> None:
    def said(*args: float, **more: float) -> str:
        return sentences_staying.helping(table(examples.helping(*args, **more)))

    assert said() == (
        "People with higher early self-efficacy later helped others more often: 4.5 events per 100 months, against 1.7 "
        "among people with lower"
    )
    assert "less often" in said(4.5, 1.7)
    assert said(3.0, 4.0, spread=1.4) == "No clear link between early self-efficacy and helping others"
    # A ratio of 1.5 with ends 1.3 times away: log 1.5 = 0.405 is more than 1.414 × log 1.3 = 0.371, so it is clear,
    # although the two ranges overlap.
    assert "more often" in said(2.0, 3.0, spread=1.3)
    two = table(examples.helping()[:2])
    assert sentences_staying.helping(two).startswith("Too few people to compare helping others")
    assert "not measured" in sentences_staying.helping(withheld("not_measured"))


@pytest.mark.parametrize("mode", theme.MODES)
def test_rates_are_dots_by_band(mode: str) -> None:
    held = table(examples.helping())
    drawn = charts.rates(held, mode)
    assert sorted(dots_of(drawn)) == [1.7, 3.1, 4.5]
    assert "Lower  <b>1.7</b>" in texts(drawn)
    assert twins_staying.rates(held).rows[2] == ("Higher", "4.5", "3.6 to 5.6", "200", "90")


def test_generations_are_counts_and_a_small_one_is_hidden() -> None:
    drawn = charts.counts(table(examples.generations()), names=NAMES)
    assert sorted(trace["x"][0] for trace in drawn["data"]) == [11, 60, 70]
    small = table(examples.generations(second=3))
    assert "Second  <b>Hidden</b>" in texts(charts.counts(small, names=NAMES))
    assert len(charts.counts(small, names=NAMES)["data"]) == 2
    assert twins_staying.counts(small, NAMES).rows[-1] == ("Second", "Hidden", "")
    assert sentences_staying.generations(table(examples.generations())) == (
        "70 people came through somebody in the program, 11 of them in a second generation"
    )
    assert sentences_staying.generations(small) == "70 people came through somebody in the program"
    assert sentences_staying.generations(withheld("not_measured")) == "Who came through whom: not recorded"


def test_groups_beyond_the_largest_five_are_named_apart_from_small_ones() -> None:
    sizes = {"a": 200, "b": 180, "c": 160, "d": 140, "e": 120, "f": 100, "g": 20}
    held = table([examples.mean(level, 120, n) for level, n in sizes.items()])
    names = {level: f"Site {level}" for level in sizes}
    assert groups.left_out(held, names) == (
        "Site g (a group of fewer than 30 people). Site f (only the 5 largest groups are drawn, so that lines can be "
        "told apart)."
    )
    assert set(groups.largest(held)["level"]) == set("abcde")


def test_a_month_is_said_in_words() -> None:
    assert words.month("2026-03") == "March 2026"
    assert words.month("2026-03", short=True) == "Mar 2026"
    assert words.month("2026-13") == "2026-13"
    assert words.month("2026-H1") == "2026-H1"


def test_what_is_counted_under_every_gap_does_not_name_one() -> None:
    record = '{"measure": "stayed_by_gap", "clock": "first_session", "start_day": 0, "gap_days": 30, '
    record += '"contacts": "any", "episodes": "first", "new_episode_after_days": "as_recorded"}'
    held = table(examples.gaps())
    held.attrs["counted_with"] = record
    assert "left early after each of the gaps named without contact" in counted.sentence(held)
    held.attrs["counted_with"] = record.replace("stayed_by_gap", "caseload_by_month")
    assert counted.sentence(held) == ""


def test_where_nothing_may_be_told_a_table_says_why() -> None:
    held = withheld("hidden", "few_people")
    made = (
        twins_staying.days(held),
        twins_staying.weeks(held, last_day=364),
        twins_staying.milestones(held),
        twins_staying.gaps(held),
        twins_staying.rates(held),
        twins_staying.counts(held, NAMES),
        twins_staying.caseload(held),
    )
    for twin in made:
        assert [row[:2] for row in twin.rows] == [("Everybody", "Hidden")]
        assert {len(row) for row in twin.rows} == {len(twin.columns)}


def test_long_names_begin_left_of_their_dots_so_that_a_phone_holds_them() -> None:
    def shifts(name: str) -> list[float]:
        rows: list[dict[str, Any]] = [
            {"level": name, "series": "stayed", "x": day, "stat": "share", "shape": "step", "estimate": 1 - day / 600}
            | {"lower": 0.5, "upper": 0.9, "n": 300 - day, "events": day // 3}
            for day in range(0, 365, 5)
        ]
        drawn = charts.curve(table(rows))
        return [note["xshift"] for note in drawn["layout"]["annotations"] if note["text"].startswith(f"<b>{name} ")]

    assert shifts("Court") == [8]
    (long,) = shifts("A controlled setting")
    assert long < -20
