"""When people go. Referees: one person and one day at a time from the words, another question to the same records."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.disclosure.floors import FEW_AT_RISK
from pipelines.estimate import LiveReader
from pipelines.questions import GAPS, Question, Settings
from tests.pipelines.plain_definition import plain_people
from tests.pipelines.records_world import build_records, random_people, reader
from tests.pipelines.test_estimate import followed, landmark, shown, stayed


@pytest.fixture(scope="module")
def asked():
    return reader(build_records(random_people(12, 900)))


@pytest.fixture(scope="module")
def live(asked):
    return LiveReader.of(asked)


@pytest.fixture(scope="module")
def plain(asked) -> pd.DataFrame:
    return followed(plain_people(asked))


def days(people: pd.DataFrame, horizon: int) -> float:
    return sum(stayed(people, day) for day in range(horizon))


def test_days_stayed_are_the_area_under_the_curve_day_by_day(live, plain) -> None:
    table = live.ask(Question("stayed_days"))
    (row,) = shown(table).to_dict("records")
    assert (row["x"], row["n"]) == (180, len(plain))
    assert row["estimate"] == pytest.approx(days(plain, 180), abs=1e-9)
    assert row["lower"] < row["estimate"] < row["upper"] <= 180


def test_groups_differ_by_the_difference_of_their_days(live, plain) -> None:
    table = live.ask(Question("stayed_days", ("site",)))
    means = shown(table, stat="mean").set_index("level")
    largest = plain["site"].value_counts().idxmax()
    pairs = shown(table, stat="difference")
    assert set(pairs["level"]) == {f"{site}|{largest}" for site in plain["site"].unique() if site != largest}
    for row in pairs.itertuples():
        one, other = (means.loc[site] for site in row.level.split("|"))
        for site in (one, other):
            assert site["estimate"] == pytest.approx(days(plain[plain["site"] == site.name], 180), abs=1e-9)
        assert row.estimate == pytest.approx(one["estimate"] - other["estimate"])
        halves = [(site["upper"] - site["lower"]) / 2 for site in (one, other)]
        assert (row.upper - row.lower) / 2 == pytest.approx(np.hypot(*halves)), "limits of separate groups"
        assert row.n == one["n"] + other["n"]


def test_by_an_early_score_the_clock_starts_on_day_30_and_the_lower_band_is_compared_with(live, plain) -> None:
    table = live.ask(Question("stayed_days", ("alliance_band",)))
    people = landmark(plain)
    for row in shown(table, stat="mean").itertuples():
        assert row.x == 150
        assert row.estimate == pytest.approx(days(people[people["alliance_band"] == row.level], 150), abs=1e-9)
    pairs = shown(table, stat="difference")
    assert set(pairs["level"]) == {"middle|lower", "higher|lower"}


def test_episodes_of_one_person_are_held_together(live) -> None:
    first, every = (
        shown(live.ask(Question("stayed_days", settings=Settings(episodes=which)))).iloc[0]
        for which in ("first", "all")
    )
    assert every["n"] > first["n"]
    assert every["lower"] < every["estimate"] < every["upper"]


def test_small_groups_have_no_days_and_no_difference(live) -> None:
    table = live.ask(Question("stayed_days", ("gender",), where=(("site", ("Cedar",)), ("age_band", ("65+",)))))
    hidden = table[table["status"].eq("hidden")]
    assert len(hidden)
    assert hidden[["estimate", "lower", "upper", "n", "events"]].isna().all(axis=None)


def by_hand(people: pd.DataFrame, first: int, until: int) -> tuple[float, int, int]:
    """Return the weekly share who leave in the days `first` to `until`, the people at its start, and who left."""
    staying, gone = 1.0, 0
    for day in range(first, until + 1):
        here = (people["t"] >= day).sum()
        left = ((people["t"] == day) & (people["cause"] == 1)).sum()
        staying *= 1 - left / here
        gone += left
    return 1 - staying ** (7 / (until - first + 1)), int((people["t"] >= first).sum()), int(gone)


def test_the_share_who_leave_in_a_week_is_recounted_day_by_day(live, plain) -> None:
    table = live.ask(Question("leaving_by_week"))
    assert table["x"].tolist() == [1, 8, 15, 22, *range(29, 338, 28)]
    rows = shown(table)
    assert len(rows) >= 6
    for row in rows.itertuples():
        width = 7 if row.x < 29 else 28
        share, n, gone = by_hand(plain, int(row.x), int(row.x) + width - 1)
        assert (row.n, row.events) == (n, gone)
        assert row.estimate == pytest.approx(share, abs=1e-12)
        assert row.lower <= row.estimate <= row.upper


def test_weeks_with_few_people_or_few_who_left_are_hidden(live, plain) -> None:
    where = (("site", ("Ashgrove",)), ("gender", ("woman",)), ("primary_substance", ("alcohol",)))
    table = live.ask(Question("leaving_by_week", where=where))
    people = plain[(plain["site"] == "Ashgrove") & (plain["gender"] == "woman")]
    people = people[people["primary_substance"] == "alcohol"]
    hidden = table[table["status"].eq("hidden")]
    assert len(hidden)
    assert hidden[["estimate", "lower", "upper", "n", "events"]].isna().all(axis=None)
    for row in shown(table).itertuples():
        _, n, gone = by_hand(people, int(row.x), int(row.x) + (6 if row.x < 29 else 27))
        assert n >= 20
        assert gone == 0 or gone >= 5
    last = table[table["x"].eq(337)].iloc[0]
    assert (people["t"] >= 364).sum() < 10
    assert (last["status"], last["reason"]) == ("hidden", FEW_AT_RISK)


def test_the_share_under_every_gap_is_that_of_asking_with_the_gap(live, asked) -> None:
    table = live.ask(Question("stayed_by_gap"))
    assert table["x"].tolist() == list(GAPS)
    for row in table.itertuples():
        same = live.ask(Question("stayed_share", settings=Settings(gap_days=int(row.x))))
        same = shown(same, x=180.0).iloc[0]
        assert [row.estimate, row.lower, row.upper, row.n, row.events] == pytest.approx(
            same[["estimate", "lower", "upper", "n", "events"]].tolist()
        )
        people = followed(plain_people(asked, gap=int(row.x)))
        assert row.estimate == pytest.approx(stayed(people, 180), abs=1e-12)


def test_the_gap_of_the_question_makes_no_difference_to_all_gaps(live) -> None:
    usual, other = (live.ask(Question("stayed_by_gap", settings=Settings(gap_days=gap))) for gap in (30, 60))
    pd.testing.assert_frame_equal(usual, other)
