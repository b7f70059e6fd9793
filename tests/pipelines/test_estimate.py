"""Answers from the records: a second implementation from the words, hand-made people, lifelines, and the floor.

The second implementation (`plain_definition`) goes one person and one day at a time; lifelines is asked for the
Kaplan-Meier curve and the log-rank test.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from lifelines import KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test

from pipelines.disclosure.floors import LIVE
from pipelines.estimate import ESTIMATORS, LiveReader
from pipelines.estimate_table import check
from pipelines.estimators import dose
from pipelines.estimators.arrows import ARROWS
from pipelines.estimators.dose import cut_points, joined, labels
from pipelines.estimators.request import Request
from pipelines.estimators.rows import Rows
from pipelines.faults import InputFault
from pipelines.measures import MEASURES
from pipelines.outcomes import outcome_rows
from pipelines.questions import Question, Settings
from pipelines.schema import EXIT_TYPES
from pipelines.stats import clusters, incidence
from pipelines.stats.limits import limits
from tests.pipelines.plain_definition import plain_incidence, plain_people
from tests.pipelines.records_world import add_person, build_records, eight_people, one_site, random_people, reader

STATES = {"completed": 2, "left_early": 1, "moved_on": 3, "other_exit": 4}


@pytest.fixture(scope="module")
def asked():
    """The records of 700 made-up people."""
    return reader(build_records(random_people(11, 700)))


@pytest.fixture(scope="module")
def live(asked):
    return LiveReader.of(asked)


@pytest.fixture(scope="module")
def plain(asked) -> pd.DataFrame:
    return plain_people(asked)


def shown(table: pd.DataFrame, **cells: object) -> pd.DataFrame:
    """Return the rows that carry numbers and have these cells."""
    rows = table[table["status"].isin(["shown", "rough"])]
    for name, value in cells.items():
        rows = rows[rows[name] == value]
    return rows


def followed(plain: pd.DataFrame) -> pd.DataFrame:
    return plain[plain["state"] == "followed"]


def landmark(plain: pd.DataFrame) -> pd.DataFrame:
    kept = plain[plain["t"] > 30].copy()
    return kept.assign(
        t=kept["t"] - 30,
        alliance_band=kept["early_alliance_band"].fillna("no_score"),
        self_efficacy_band=kept["early_self_efficacy_band"].fillna("no_score"),
    )


def stayed(people: pd.DataFrame, day: int) -> float:
    return 1 - plain_incidence(people["t"].astype(int).tolist(), people["cause"].astype(int).tolist(), day)[1][1]


def test_people_enrolled_by_two_dimensions(live, plain) -> None:
    table = live.ask(Question("people_enrolled", by=("site", "gender")))
    expected = plain.groupby(["site", "gender"]).size()
    found = shown(table, stat="count", series="").set_index("level")["estimate"]
    assert len(found) >= 6
    assert {level: int(n) for level, n in found.items()} == {
        f"{site}|{gender}": n for (site, gender), n in expected.items() if f"{site}|{gender}" in found.index
    }
    assert int(expected.sum()) == shown(live.ask(Question("people_enrolled")), series="")["estimate"].iloc[0]
    never = shown(table, series="never_attended")["estimate"].iloc[0]
    assert never == (plain["state"] == "never_attended").sum()


def test_the_share_who_stayed_is_one_minus_the_incidence_of_leaving_early(live, plain) -> None:
    for where, kept in (
        ((), followed(plain)),
        ((("site", ("Ashgrove", "Cedar")), ("gender", ("woman",))), None),
    ):
        if kept is None:
            kept = followed(plain)
            kept = kept[kept["site"].isin(["Ashgrove", "Cedar"]) & (kept["gender"] == "woman")]
        found = shown(live.ask(Question("stayed_share", where=where))).set_index("x")
        assert len(found) >= 3
        for day, row in found.iterrows():
            assert row["estimate"] == pytest.approx(stayed(kept, int(day)), abs=1e-12)
            assert row["n"] == len(kept)
            assert row["events"] == ((kept["cause"] == 1) & (kept["t"] <= day)).sum()
            assert 0 <= row["lower"] < row["estimate"] < row["upper"] <= 1


def test_the_curve_agrees_with_the_shares_and_its_numbers_at_risk_with_the_people(live, plain) -> None:
    table = live.ask(Question("staying_curve"))
    curve = shown(table, shape="step").sort_values("x")
    people = followed(plain)
    assert curve.iloc[0][["x", "estimate", "n", "events"]].tolist() == [0, 1, len(people), 0]
    assert (curve["n"] >= LIVE.curve_at_risk).all()
    for row in curve.itertuples():
        assert row.n == (people["t"] >= row.x).sum()
        assert row.events == ((people["cause"] == 1) & (people["t"] <= row.x)).sum()
    shares = shown(live.ask(Question("stayed_share"))).set_index("x")
    for day, share in shares["estimate"].items():
        assert curve[curve["x"] <= day]["estimate"].iloc[-1] == share
    for row in shown(table, stat="at_risk").itertuples():
        assert row.estimate == (people["t"] >= row.x).sum()
    counted = shown(table, stat="count").set_index("series")["estimate"].to_dict()
    assert counted == {
        "reached_start": len(people),
        "never_attended": (plain["state"] == "never_attended").sum(),
        "immature": (plain["state"] == "immature").sum(),
    }


def test_where_people_are_adds_to_one_and_equals_the_plain_incidence(live, plain) -> None:
    table = live.ask(Question("where_people_are"))
    stack = shown(table, shape="step").pivot(index="x", columns="series", values="estimate")
    assert list(dict.fromkeys(table[table["shape"] == "step"]["series"])) == [
        "in_program",
        "completed",
        "left_early",
        "moved_on",
        "other_exit",
    ]
    assert stack.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-12)
    people = followed(plain)
    for day in (1, 50, 120, 200):
        still, incidence = plain_incidence(people["t"].astype(int).tolist(), people["cause"].astype(int).tolist(), day)
        drawn = stack[stack.index <= day].iloc[-1]
        assert drawn["in_program"] == pytest.approx(still, abs=1e-12)
        for series, cause in STATES.items():
            assert drawn[series] == pytest.approx(incidence[cause], abs=1e-12)


def test_the_curve_that_leaves_other_exits_aside_equals_lifelines(live, plain) -> None:
    table = live.ask(Question("staying_curve_censoring_other_exits"))
    curve = shown(table, shape="step").set_index("x")["estimate"]
    people = followed(plain)
    fitted = KaplanMeierFitter().fit(people["t"], people["cause"] == 1).survival_function_at_times(curve.index)
    assert curve.to_numpy() == pytest.approx(fitted.to_numpy(), abs=1e-12)


def test_groups_by_an_early_band_start_at_the_landmark(live, plain) -> None:
    table = live.ask(Question("staying_curve", by=("alliance_band",)))
    people = landmark(plain)
    at_start = shown(table, stat="at_risk", x=0).set_index("level")["n"].to_dict()
    sizes = people["alliance_band"].value_counts().to_dict()
    assert at_start == sizes
    assert list(at_start) == ["lower", "middle", "higher", "no_score"]
    for level, group in people.groupby("alliance_band"):
        curve = shown(table, shape="step", level=level).sort_values("x")
        assert curve["estimate"].iloc[-1] == pytest.approx(stayed(group, int(curve["x"].iloc[-1])), abs=1e-12)
    scored = people[people["alliance_band"] != "no_score"]
    test = multivariate_logrank_test(scored["t"], scored["alliance_band"], scored["cause"] == 1)
    row = shown(table, stat="p_value", series="log_rank").iloc[0]
    assert row["estimate"] == pytest.approx(test.p_value, rel=1e-9)
    assert (row["n"], row["events"]) == (len(scored), (scored["cause"] == 1).sum())
    counted = shown(table, stat="count").set_index("series")["estimate"].to_dict()
    assert counted == {
        "reached_start": len(people),
        "left_before": ((plain["t"] <= 30) & (plain["cause"] > 0)).sum(),
        "not_yet": ((plain["t"] <= 30) & (plain["cause"] == 0)).sum(),
        "never_attended": (plain["state"] == "never_attended").sum(),
        "immature": (plain["state"] == "immature").sum(),
    }


def test_differences_are_a_minus_b_with_limits_around_them(live, plain) -> None:
    table = live.ask(Question("stayed_share", by=("alliance_band",)))
    rows = shown(table, stat="difference", x=150).set_index("level")
    assert list(rows.index) == ["middle|lower", "higher|lower"]
    people = landmark(plain)
    share = {band: stayed(group, 150) for band, group in people.groupby("alliance_band")}
    for level, row in rows.iterrows():
        one, other = str(level).split("|")
        assert row["estimate"] == pytest.approx(share[one] - share[other], abs=1e-12)
        assert row["lower"] < row["estimate"] < row["upper"]
    by_site = live.ask(Question("staying_curve", by=("site",)))
    largest = followed(plain)["site"].value_counts().idxmax()
    assert all(str(level).endswith(f"|{largest}") for level in shown(by_site, stat="difference")["level"])


def test_nothing_dated_after_day_thirty_sorts_people() -> None:
    rows = random_people(5, 200)
    latest_first_session = 7
    later = [row for row in rows["assessments"] if row["day"] > latest_first_session + 30]
    assert len(later) > 200
    questions = [
        Question("staying_curve", by=("alliance_band",)),
        Question("dose_response_alliance"),
        Question("early_alliance"),
        Question("stayed_by_alliance_and_self_efficacy"),
    ]
    live = LiveReader.of(reader(build_records(rows)))
    before = [live.ask(question) for question in questions]
    for row in later:
        row["total"] = 1.0 if row["instrument_id"] == "wai_sr" else 10.0
    live = LiveReader.of(reader(build_records(rows)))
    after = [live.ask(question) for question in questions]
    for one, other in zip(before, after, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_the_heat_map_is_the_plain_incidence_in_every_cell(live, plain) -> None:
    table = live.ask(Question("stayed_by_alliance_and_self_efficacy"))
    assert set(table["grouping"]) == {"alliance_band,self_efficacy_band", ""}
    cells = table[table["shape"] == "cell"]
    assert len(cells) == 9
    assert set(cells["x"]) == {150}
    groups = dict(list(landmark(plain).groupby(["alliance_band", "self_efficacy_band"])))
    compared = 0
    for row in shown(cells).itertuples():
        group = groups[tuple(row.level.split("|"))]
        assert row.n == len(group) >= LIVE.share_people
        assert row.estimate == pytest.approx(stayed(group, 150), abs=1e-12)
        compared += 1
    assert compared >= 3
    for row in cells[cells["status"] == "hidden"].itertuples():
        assert row.reason in {"below_threshold", "few_people", "few_at_risk"}


def test_dose_dots_are_groups_of_similar_scores_and_the_slope_is_their_line(live, plain) -> None:
    table = live.ask(Question("dose_response_self_efficacy"))
    people = landmark(plain)
    people = people[people["early_self_efficacy_score"].notna()]
    dots = table[table["shape"] == "point"]
    cuts = joined(
        people["early_self_efficacy_score"].to_numpy(),
        np.ones(len(people)),
        cut_points(people["early_self_efficacy_score"], np.ones(len(people))),
        20,
    )
    people = people.assign(group=np.searchsorted(cuts, people["early_self_efficacy_score"], side="left"))
    assert people["group"].nunique() == len(dots) >= 4
    values = []
    for place, (_, group) in enumerate(people.groupby("group")):
        row = dots.iloc[place]
        assert row["x"] == pytest.approx(group["early_self_efficacy_score"].mean())
        values.append((row["x"], stayed(group, 150), len(group)))
        if row["status"] == "shown":
            assert row["estimate"] == pytest.approx(values[-1][1], abs=1e-12)
            assert row["n"] == len(group)
    x, y, n = map(np.array, zip(*values, strict=True))
    slope = shown(table, stat="slope").iloc[0]
    assert slope["estimate"] == pytest.approx(100 * np.polyfit(x, y, 1, w=np.sqrt(n))[0], rel=1e-9)
    assert slope["lower"] < slope["estimate"] < slope["upper"]


def test_cut_points_keep_equal_scores_together_and_groups_large_enough() -> None:
    scores = np.array([1.0] * 100 + [2.0] * 5 + [3.0] * 200)
    cuts = cut_points(scores, np.ones(len(scores)))
    assert cuts.tolist() == [1.0, 2.0] or cuts.tolist() == [1.0]
    assert joined(scores, np.ones(len(scores)), np.array([1.0, 2.0]), 20).tolist() == [1.0]
    assert joined(np.array([1.0, 2.0]), np.array([100.0, 5.0]), np.array([1.0]), 20).tolist() == []
    assert cut_points(np.array([4.0]), np.array([500.0])).tolist() == []
    assert cut_points(np.arange(50.0), np.ones(50)).tolist() == []
    thirds = cut_points(np.arange(1.0, 181.0), np.ones(180))
    assert thirds == pytest.approx(np.quantile(np.arange(1.0, 181.0), [1 / 3, 2 / 3]))
    assert labels(np.array([3.8, 4.25])) == ["up to 3.8", "above 3.8 to 4.25", "above 4.25"]
    assert labels(np.array([])) == ["all scores"]


def test_early_scores_bands_and_answers(live, plain) -> None:
    people = landmark(plain)
    scores = people["early_alliance_score"].dropna()
    table = live.ask(Question("early_alliance"))
    mean = shown(table, stat="mean").iloc[0]
    assert mean["estimate"] == pytest.approx(scores.mean())
    half = 1.9665 * scores.std(ddof=1) / np.sqrt(len(scores))
    assert (mean["upper"] - mean["lower"]) / 2 == pytest.approx(half, rel=2e-3)
    bands = shown(table, series="band").set_index("level")
    assert bands["events"].to_dict() == people["early_alliance_band"].value_counts().to_dict()
    assert bands["estimate"].sum() == pytest.approx(1)
    ceiling = shown(table, series="at_ceiling").iloc[0]
    assert ceiling["events"] == (scores == 5).sum()
    answers = shown(live.ask(Question("response_rate"))).set_index("series")
    assert (answers.loc["alliance", "n"], answers.loc["alliance", "events"]) == (len(people), len(scores))
    by_site = shown(live.ask(Question("early_alliance", by=("site",))), stat="mean").set_index("level")["estimate"]
    expected = people[people["early_alliance_score"].notna()].groupby("site")["early_alliance_score"].mean()
    assert by_site.to_dict() == pytest.approx(expected.to_dict())


def test_attendance_counts_sessions_and_both_denominators(live, plain) -> None:
    table = shown(live.ask(Question("attendance_rate", by=("cohort",)))).set_index(["level", "series"])
    for cohort, group in plain.groupby("cohort"):
        attended = group["sessions_attended"].sum()
        due = attended + group["sessions_no_show"].sum() + group["sessions_late_cancel"].sum()
        for series, n in (("", due), ("of_scheduled", group["sessions_scheduled"].sum())):
            row = table.loc[(cohort, series)]
            assert (row["events"], row["n"]) == (attended, n)
            assert row["estimate"] == pytest.approx(attended / n)
            assert row["lower"] < row["estimate"] < row["upper"]


def test_reasons_for_leaving_are_counted_and_those_not_recorded_stand_last(live, plain) -> None:
    table = live.ask(Question("exit_reasons"))
    left = followed(plain)
    left = left[(left["cause"] > 0) & (left["t"] <= 365)]
    reason = left["exit_type"].where(left["exit_type"].notna() & ~left["exit_type"].isin(["unknown", "other"]))
    expected = reason.fillna("not_recorded").value_counts().to_dict()
    assert table["level"].iloc[-1] == "not_recorded"
    assert set(table["level"]) <= {*EXIT_TYPES, "not_recorded"}
    found = shown(table)
    assert found.set_index("level")["events"].to_dict() == {level: expected[level] for level in found["level"]}
    assert set(found["n"]) == {len(left)}
    recorded = found[found["level"] != "not_recorded"]["estimate"]
    assert recorded.is_monotonic_decreasing


def test_all_settings_reach_the_records(asked, live) -> None:
    for settings in (
        Settings(gap_days=60),
        Settings(clock="enrolment"),
        Settings(contacts="attended"),
        Settings(gap_days=14, clock="enrolment", contacts="attended"),
    ):
        people = followed(plain_people(asked, settings.gap_days, settings.clock, settings.contacts))
        found = shown(live.ask(Question("stayed_share", settings=settings)), x=90).iloc[0]
        assert found["n"] == len(people)
        assert found["estimate"] == pytest.approx(stayed(people, 90), abs=1e-12)


def test_five_times_the_eight_people_make_the_agreed_curve() -> None:
    rows = one_site()
    for copy in range(5):
        for name, added in eight_people().items():
            if name in ("sites", "coaches"):
                continue
            for row in added:
                moved = {
                    key: str(np.base_repr(copy, 16)).lower() + value[1:]
                    if key.endswith("_id") and key not in ("site_id", "coach_id")
                    else value
                    for key, value in row.items()
                }
                rows[name].append(moved)
    live = LiveReader.of(reader(build_records(rows)))
    table = live.ask(Question("staying_curve"))
    curve = shown(table, shape="step")[["x", "estimate", "n", "events"]]
    assert curve.to_numpy() == pytest.approx(
        np.array([[0, 1, 35, 0], [1, 6 / 7, 35, 5], [51, 5 / 7, 30, 10], [161, 4 / 7, 15, 15], [170, 4 / 7, 10, 15]])
    )
    immature = table[table["series"] == "immature"].iloc[0]
    assert immature["estimate"] == 5


@cache
def small_world(*, extract: int = 400, **sizes: int) -> LiveReader:
    """Return records in which people differ by gender; two in five leave early."""
    rows = one_site()
    number = 0
    for gender, people in sizes.items():
        for place in range(people):
            number += 1
            attended = [0, 50] if place % 5 < 2 else list(range(0, extract, 20))
            add_person(rows, number, extract=extract, attended=attended, gender=gender)
    return LiveReader.of(reader(build_records(rows)))


def test_a_group_of_four_is_hidden_and_so_is_its_smallest_sibling() -> None:
    live = small_world(woman=60, man=40, nonbinary=4)
    for measure in ("people_enrolled", "stayed_share", "staying_curve", "where_people_are", "attendance_rate"):
        table = live.ask(Question(measure, by=("gender",)))
        check(table)
        hidden = set(table[table["reason"] == "below_threshold"]["level"])
        assert {"nonbinary", "man"} <= hidden
        assert not len(shown(table[table["level"].isin(["nonbinary", "man"])]))
        assert len(shown(table, level="woman"))
        assert not len(shown(table, stat="difference"))


def test_whatever_an_estimator_gives_the_floor_is_applied_to_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Estimators hold the floor themselves; should one forget it, the reader does not."""

    def forgetful(request: Request) -> Rows:
        rows = request.rows()
        for level, n in (("woman", 60), ("man", 40), ("nonbinary", 4)):
            rows.one(level=level, stat="count", shape="bar", estimate=n, n=n, status="shown")
        return rows

    monkeypatch.setitem(ESTIMATORS, MEASURES["people_enrolled"].estimator, forgetful)
    table = small_world(woman=60, man=40, nonbinary=4).ask(Question("people_enrolled", by=("gender",)))
    assert table["level"].tolist() == ["woman", "man", "nonbinary"]
    assert table["status"].tolist() == ["shown", "hidden", "hidden"]


def test_a_filter_that_leaves_out_four_people_shows_nothing() -> None:
    live = small_world(woman=60, man=40, nonbinary=4)
    for where in ((("gender", ("woman", "man")),), (("gender", ("nonbinary",)),)):
        for measure in MEASURES:
            table = live.ask(Question(measure, where=where))
            assert not len(shown(table)), (measure, where)
            assert set(table["level"]) <= {"", *ARROWS}
    assert len(shown(live.ask(Question("people_enrolled", where=(("gender", ("woman",)),)))))


def test_two_filters_do_not_reveal_the_four_people_between_them() -> None:
    rows = one_site()
    number = 0
    for gender, band, people in (
        ("woman", "18-24", 44),
        ("woman", "65-74", 4),
        ("man", "18-24", 30),
        ("man", "65-74", 30),
    ):
        for _ in range(people):
            number += 1
            add_person(rows, number, extract=300, attended=[0, 60], gender=gender, age_band=band)
    live = LiveReader.of(reader(build_records(rows)))
    assert len(shown(live.ask(Question("people_enrolled", where=(("gender", ("woman",)),)))))
    between = (("gender", ("woman",)), ("age_band", ("18-24",)))
    assert not len(shown(live.ask(Question("people_enrolled", where=between))))
    other = (("gender", ("man",)), ("age_band", ("18-24",)))
    assert len(shown(live.ask(Question("people_enrolled", where=other))))


def test_groups_of_five_to_nineteen_are_told_in_counts_without_a_curve() -> None:
    live = small_world(woman=60, man=15)
    table = live.ask(Question("staying_curve", by=("gender",)))
    men = table[table["level"] == "man"]
    assert set(men[men["shape"] == "step"]["reason"]) == {"few_people"}
    words = shown(men).set_index("x")
    assert set(words["stat"]) == {"count"}
    assert words.loc[180, ["n", "events", "status"]].tolist() == [15, 6, "rough"]
    assert 365 in words.index
    nine = small_world(woman=60, man=9).ask(Question("stayed_share", by=("gender",)))
    assert not len(shown(nine, level="man")[lambda rows: rows["events"] > 0])


def test_groups_of_twenty_to_twenty_nine_are_rough_and_not_compared() -> None:
    table = small_world(woman=60, man=25).ask(Question("stayed_share", by=("gender",)))
    men = shown(table, level="man", x=180).iloc[0]
    assert (men["status"], men["n"]) == ("rough", 25)
    assert shown(table, level="woman", x=180)["status"].iloc[0] == "shown"
    differences = table[table["stat"] == "difference"]
    assert set(differences["status"]) == {"hidden"}
    assert not len(shown(small_world(woman=60, man=25).ask(Question("staying_curve", by=("gender",))), stat="p_value"))


def test_all_episodes_count_people_for_the_floor() -> None:
    rows = one_site()
    number = 0
    for person in range(40):
        number += 1
        add_person(rows, number, person=person, extract=300, attended=[0, 60], gender="woman" if person < 36 else "man")
    for person in range(36, 40):
        for episode_no in (2, 3):
            number += 1
            add_person(rows, number, person=person, episode_no=episode_no, extract=300, attended=[0, 60], gender="man")
    live = LiveReader.of(reader(build_records(rows)))
    table = live.ask(Question("people_enrolled", by=("gender",), settings=Settings(episodes="all")))
    assert not len(shown(table, level="man"))
    table = live.ask(Question("staying_curve", by=("gender",), settings=Settings(episodes="all")))
    assert not len(shown(table, level="man"))


@pytest.mark.parametrize("measure", ["staying_curve", "staying_curve_censoring_other_exits"])
def test_all_episodes_hold_those_of_one_person_together(measure: str) -> None:
    rows = random_people(3, 160)
    for number in range(160):
        attended = [0, 40 + number]
        for episode_no in (5, 6, 7):
            add_person(
                rows, 1000 * episode_no + number, person=number, episode_no=episode_no, extract=400, attended=attended
            )
    asked = reader(build_records(rows))
    people = outcome_rows(asked, Settings(episodes="all"))
    people = people[people["state"] == "followed"]
    counts = pd.DataFrame({"person": people["participant_id"].astype(str), "day": people["t"]})
    for cause in (1, 2, 3, 4):
        counts[f"n_event_{cause}"] = (people["cause"] == cause).astype(int)
    counts["n_censored"] = (people["cause"] == 0).astype(int)
    curve_of, value = (clusters.stayed, "stayed") if measure == "staying_curve" else (clusters.kaplan_meier, "survival")
    expected = curve_of(counts, "person", correct=False).set_index("day")
    table = LiveReader.of(asked).ask(Question(measure, settings=Settings(episodes="all")))
    curve = shown(table, shape="step").set_index("x")
    for day in (60, 100, 150):
        drawn = curve[curve.index <= day].iloc[-1]
        told = expected[expected.index <= day].iloc[-1]
        assert drawn["estimate"] == pytest.approx(told[value], abs=1e-12)
        independent = incidence.stayed(counts).set_index("day")["std_error"][told.name]
        assert told["std_error"] > 1.3 * independent
        share = 1 - told[value] if value == "stayed" else told[value]
        wanted = sorted(
            1 - limit if value == "stayed" else limit for limit in map(float, limits(share, told["std_error"]))
        )
        assert [drawn["lower"], drawn["upper"]] == pytest.approx(wanted, abs=1e-10)
    assert not len(table[table["stat"] == "p_value"])


def test_periods_are_shown_once_they_are_over_and_followed_long_enough() -> None:
    rows = one_site()
    number = 0
    for (year, quarter), extract in (((2024, 1), 400), ((2024, 3), 200), ((2025, 1), 100)):
        for place in range(40):
            number += 1
            attended = [0, 20] if place % 3 else list(range(0, extract, 20))
            add_person(rows, number, extract=extract, attended=attended, enrol_year=year, enrol_quarter=quarter)
    live = LiveReader.of(reader(build_records(rows)))
    table = live.ask(Question("stayed_share", by=("enrol_quarter",)))
    told = table[table["stat"] == "share"].set_index(["level", "x"])["status"].to_dict()
    assert told[("2024-Q1", 365)] == told[("2024-Q3", 90)] == told[("2024-Q3", 30)] == "shown"
    assert told[("2024-Q3", 180)] == told[("2025-Q1", 90)] == "immature"
    enrolled = live.ask(Question("people_enrolled", by=("enrol_quarter",)))
    assert enrolled["status"].tolist() == ["shown", "shown", "immature"]
    assert enrolled["reason"].tolist()[-1] == "period_not_over"
    by_half_year = live.ask(Question("people_enrolled", by=("cohort",)))
    assert by_half_year.set_index("level")["status"].to_dict() == {
        "2024-H1": "shown",
        "2024-H2": "shown",
        "2025-H1": "immature",
    }


def test_what_was_not_measured_or_has_nobody_says_so() -> None:
    live = small_world(woman=60, man=40)
    for question in (
        Question("early_empathy"),
        Question("dose_response_alliance"),
        Question("stayed_by_alliance_and_self_efficacy"),
        Question("staying_curve", by=("alliance_band",)),
    ):
        table = live.ask(question)
        assert table["status"].tolist() == ["not_measured"]
    nobody = small_world(woman=60, man=40, extract=20).ask(Question("stayed_share"))
    assert nobody["status"].tolist() == ["immature"]
    rows = one_site()
    for number in range(30):
        add_person(rows, number, extract=300, gender="woman" if number % 2 else "man", housing="stable")
    add_person(rows, 99, extract=300, gender="nonbinary", housing="homeless")
    nobody = LiveReader.of(reader(build_records(rows))).ask(
        Question("people_enrolled", where=(("gender", ("nonbinary",)), ("housing", ("stable",))))
    )
    assert nobody[["status", "reason"]].to_numpy().tolist() == [["not_applicable", "no_people"]]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (Question("retention"), "undeclared measure"),
        (Question("staying_curve", by=("coach",)), "split by"),
        (Question("staying_curve", by=("site", "gender")), "too many dimensions"),
        (Question("stayed_share", by=("site", "site")), "twice"),
        (Question("exit_reasons", by=("site",)), "split by"),
        (Question("stayed_by_alliance_and_self_efficacy", by=("site",)), "its own grouping"),
        (Question("staying_curve", where=(("coach", ("a",)),)), "undeclared dimension"),
        (Question("staying_curve", where=(("site", ("Nowhere",)),)), "undeclared category"),
        (Question("staying_curve", where=(("site", ("Ashgrove'; drop table episodes; --",)),)), "undeclared category"),
        (Question("staying_curve", where=(("site", ()),)), "names no category"),
        (Question("staying_curve", where=(("site", ("Cedar",)), ("site", ("Cedar",)))), "given twice"),
        (Question("staying_curve", settings=Settings(gap_days=31)), "gap_days"),
        (Question("staying_curve", settings=Settings(clock="birth")), "clock"),
        (Question("staying_curve", by=("alliance_band",), settings=Settings(clock="enrolment")), "clock"),
        (Question("early_alliance", settings=Settings(clock="enrolment")), "clock"),
    ],
)
def test_a_question_that_is_not_declared_is_refused_in_words_without_values(live, question, said) -> None:
    with pytest.raises(InputFault) as refused:
        live.ask(question)
    assert said in str(refused.value)
    assert "Nowhere" not in str(refused.value)
    assert "drop table" not in str(refused.value)


def test_every_fault_of_a_question_is_told_at_once(live) -> None:
    question = Question("staying_curve", by=("coach",), where=(("luck", ("a",)),), settings=Settings(gap_days=1))
    with pytest.raises(InputFault) as refused:
        live.ask(question)
    assert len(refused.value.faults) == 3


@pytest.mark.parametrize("measure", MEASURES.values(), ids=lambda measure: measure.id)
def test_every_measure_answers_every_grouping_it_declares(live, measure) -> None:
    for by in [(), *((name,) for name in measure.groupings)]:
        table = live.ask(Question(measure.id, by=by))
        check(table)
        assert set(table["measure"]) == {measure.id}
        assert set(table["source"]) == {"live"}
        assert set(table["cohort"]) == {"all"}
        drawn = shown(table[table["shape"] != ""])
        assert set(drawn["shape"]) <= {measure.shape}
        with_range = shown(table)[lambda rows: rows["lower"].notna()]
        assert (with_range["lower"] <= with_range["estimate"] + 1e-12).all()
        assert (with_range["upper"] >= with_range["estimate"] - 1e-12).all()


def test_the_filters_are_named_in_the_table(live) -> None:
    where = (("site", ("Ashgrove", "Cedar")), ("gender", ("woman",)))
    assert set(live.ask(Question("stayed_share", where=where))["cohort"]) == {"site=Ashgrove|Cedar;gender=woman"}


def test_about_and_dimensions_say_what_is_read(live) -> None:
    about = live.about()
    assert (about["title"], about["people"], about["floor"], about["version"]) == (
        "Test program",
        700,
        5,
        "records-0001",
    )
    assert about["instruments"]["alliance"]["band_low"] == 3.8
    named = {dimension.name: [code for code, _ in dimension.categories] for dimension in live.dimensions()}
    assert named["site"] == ["Ashgrove", "Birchwood", "Cedar"]
    assert named["age_band"] == ["18-24", "25-34", "65+"]
    assert named["cohort"] == ["2023-H1", "2023-H2", "2024-H1", "2024-H2"]
    assert named["alliance_band"] == ["lower", "middle", "higher", "no_score", "left_before"]


def test_people_who_left_before_the_landmark_are_counted_and_not_followed_from_it(live, plain) -> None:
    where = (("alliance_band", ("left_before",)),)
    counted = shown(live.ask(Question("people_enrolled", where=where)), series="")["estimate"].iloc[0]
    assert counted == len(plain) - (plain["t"] > 30).sum()
    table = live.ask(Question("staying_curve", where=where))
    assert table[["status", "reason"]].to_numpy().tolist() == [["not_applicable", "left_before"]]


def test_a_count_of_one_to_four_left_out_takes_its_smallest_sibling_with_it() -> None:
    rows = one_site()
    for number in range(60):
        attended = [] if number < 3 else [0, 20] if number < 30 else list(range(0, 300, 20))
        add_person(rows, number, extract=20 if number >= 50 else 300, attended=[day for day in attended if day <= 300])
    table = LiveReader.of(reader(build_records(rows))).ask(Question("staying_curve"))
    counts = table[table["stat"] == "count"].set_index("series")
    assert counts["status"].to_dict() == {"reached_start": "shown", "never_attended": "hidden", "immature": "hidden"}


@pytest.mark.parametrize(
    ("events", "status", "told"),
    [
        ((20, 18, 10), "shown", 48.0),
        ((20, 18, 3), "hidden", None),
        ((20, 47, 10), "hidden", None),
        ((20, 3, 4), "shown", None),
    ],
    ids=["none withheld", "one left too few", "one stayed too few", "two withheld"],
)
def test_a_slope_never_gives_a_single_withheld_group_away(events, status, told) -> None:
    """Of three groups of 50 two are printed: with the slope, or with the events of all, the third could be solved."""
    left = np.array(events, dtype=float)
    reading = SimpleNamespace(
        too_early=np.zeros(3, dtype=bool), value=1 - left / 50, std_error=np.full(3, 0.06), events=left
    )
    rows = Rows(measure="dose_response_alliance", source="live")
    dose._add_slope(rows, np.array([1.0, 2.0, 3.0]), reading, np.full(3, 50.0), LIVE)
    (row,) = rows.table().to_dict("records")
    assert row["status"] == status
    assert (row["events"] == told) if told else np.isnan(row["events"])
    assert np.isnan(row["estimate"]) == (status == "hidden")
