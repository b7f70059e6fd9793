"""Engagement measures. Referees: one person at a time from the words, statsmodels for the rate, the sample's tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.stats import chi2
from scipy.stats import t as student

from pipelines import warehouse
from pipelines.estimate import LiveReader
from pipelines.questions import Question, Settings
from pipelines.schema import RIPPLE_EVENTS
from pipelines.stats import proportion, rate
from tests.pipelines.records_world import add_person, build_records, one_site, reader

MEASURES = ("engagement_rate", "time_to_first_session", "session_intensity", "coach_continuity", "ripple_rate")


@pytest.fixture(scope="module")
def live(sample_home: Path) -> Iterator[LiveReader]:
    live = LiveReader(sample_home)
    yield live
    live.close()


@pytest.fixture(scope="module")
def people(sample_home: Path) -> pd.DataFrame:
    """First episodes with, worked out one at a time: sessions, days in the program, coaches, events of helping."""
    asked = warehouse.open_records(sample_home)
    frame = asked.table("select * from mart_episodes where is_first")
    sessions = asked.table("select episode_id, coach_id, occurred_day from sessions where status = 'attended'")
    events = asked.table("select episode_id, day, type from engagement_events")
    asked.close()
    attended: dict[object, list[int]] = {}
    coaches: dict[object, dict[object, int]] = {}
    for row in sessions.itertuples():
        attended.setdefault(row.episode_id, []).append(int(row.occurred_day))
        if row.coach_id is not None:
            met = coaches.setdefault(row.episode_id, {})
            met[row.coach_id] = met.get(row.coach_id, 0) + 1
    helped: dict[object, int] = {}
    first = dict(zip(frame["episode_id"], frame["first_attended_day"], strict=True))
    for row in events.itertuples():
        if row.type in RIPPLE_EVENTS and row.day >= first.get(row.episode_id, np.inf):
            helped[row.episode_id] = helped.get(row.episode_id, 0) + 1
    frame["days_attended"] = [sorted(attended.get(episode, [])) for episode in frame["episode_id"]]
    frame["met"] = [coaches.get(episode, {}) for episode in frame["episode_id"]]
    frame["helped"] = [helped.get(episode, 0) for episode in frame["episode_id"]]
    return frame


def shown(table: pd.DataFrame, **cells: object) -> pd.DataFrame:
    rows = table[table["status"].isin(["shown", "rough"])]
    for name, value in cells.items():
        rows = rows[rows[name] == value]
    return rows


def test_starting_and_engaging_are_counted_person_by_person(live: LiveReader, people: pd.DataFrame) -> None:
    initiated = engaged = known = 0
    for row in people.itertuples():
        if row.extract_day - row.enrolled_day < 48:
            continue
        known += 1
        started = bool(row.days_attended) and row.days_attended[0] <= row.enrolled_day + 14
        initiated += started
        engaged += started and sum(day <= row.days_attended[0] + 34 for day in row.days_attended) >= 3
    table = live.ask(Question("engagement_rate"))
    for series, count in (("initiated", initiated), ("engaged", engaged)):
        row = shown(table, series=series).iloc[0]
        assert (row["n"], row["events"]) == (known, count)
        assert row["estimate"] == count / known
        assert [row["lower"], row["upper"]] == pytest.approx(list(proportion.wilson(count, known))[1:])
    assert 0 < engaged < initiated < known


def test_the_first_session_is_dated_from_enrolment(live: LiveReader, people: pd.DataFrame) -> None:
    known = people[people["extract_day"] - people["enrolled_day"] >= 30]
    table = live.ask(Question("time_to_first_session"))
    for day in (7, 14, 30):
        started = sum(
            bool(row.days_attended) and row.days_attended[0] - row.enrolled_day <= day for row in known.itertuples()
        )
        row = shown(table, x=day).iloc[0]
        assert (row["n"], row["events"]) == (len(known), started)


def days_in_program(row: object) -> int:
    """Days from the first session to the recorded exit; the last contact of those who left early, else the extract."""
    moved_on = not np.isnan(row.exit_cause) and row.exit_cause > 1
    last = row.last_contact_day if row.stay_ending % 8 == 1 or row.exit_cause == 1 else row.extract_day
    last = row.exit_day if moved_on else last
    return max(1, int(last - row.first_attended_day + 1))


def test_sessions_per_four_weeks_are_all_sessions_for_all_days(live: LiveReader, people: pd.DataFrame) -> None:
    followed = people[people["stay_ending"] >= 0]
    for site in ("", *sorted(followed["site"].unique())):
        part = followed if site == "" else followed[followed["site"] == site]
        sessions = [len(row.days_attended) for row in part.itertuples()]
        days = [days_in_program(row) for row in part.itertuples()]
        table = live.ask(Question("session_intensity", by=("site",) if site else ()))
        row = shown(table, level=site).iloc[0]
        assert row["estimate"] == pytest.approx(28 * sum(sessions) / sum(days), rel=1e-12)
        assert (row["n"], row["events"]) == (len(part), sum(sessions))
        assert row["lower"] < row["estimate"] < row["upper"]


def test_the_same_coach_is_the_one_met_most_often(live: LiveReader, people: pd.DataFrame) -> None:
    met = [list(coaches.values()) for coaches in people["met"] if sum(coaches.values()) >= 2]
    row = shown(live.ask(Question("coach_continuity"))).iloc[0]
    assert (row["events"], row["n"]) == (sum(max(one) for one in met), sum(sum(one) for one in met))
    _, lower, upper = proportion.clustered_share([max(one) for one in met], [sum(one) for one in met])
    assert [row["lower"], row["upper"]] == pytest.approx([lower, upper])


def test_helping_others_is_a_rate_for_the_time_of_observation(live: LiveReader, people: pd.DataFrame) -> None:
    followed = people[people["stay_ending"] >= 0]
    days = (followed["extract_day"] - followed["first_attended_day"]).clip(lower=1)
    row = shown(live.ask(Question("ripple_rate"))).iloc[0]
    assert row["estimate"] == pytest.approx(3000 * followed["helped"].sum() / days.sum(), rel=1e-12)
    assert row["events"] == followed["helped"].sum() > 0


def asked_of(rows: dict, measure: str, **settings: str) -> pd.Series:
    live = LiveReader.of(reader(build_records(rows)))
    return shown(live.ask(Question(measure, settings=Settings(**settings)))).iloc[0]


def test_days_in_the_program_end_with_a_recorded_exit_after_the_end_of_follow_up() -> None:
    rows = one_site()
    for number in range(1, 31):
        add_person(rows, number, extract=200, attended=[0, 90, 179], leaving=(180, "completed"))
    assert asked_of(rows, "session_intensity")["estimate"] == pytest.approx(28 * 3 / 181, rel=1e-12)


def test_where_sessions_alone_are_contact_days_in_the_program_end_with_the_last_one() -> None:
    rows = one_site()
    for number in range(1, 31):
        add_person(rows, number, extract=400, attended=[0, 50], contacts=[(70, "call_reached")])
    assert asked_of(rows, "session_intensity")["estimate"] == pytest.approx(28 * 2 / 71, rel=1e-12)
    found = asked_of(rows, "session_intensity", contacts="attended")
    assert found["estimate"] == pytest.approx(28 * 2 / 51, rel=1e-12)


def test_helping_before_the_first_session_is_before_the_time_it_is_counted_in() -> None:
    rows = one_site()
    for number in range(1, 31):
        events = [(2, "volunteering"), (10, "mentoring"), (300, "volunteering")]
        add_person(rows, number, extract=310, attended=[10, 60], contacts=events)
    found = asked_of(rows, "ripple_rate")
    assert (found["events"], found["estimate"]) == (60, pytest.approx(3000 * 2 / 300, rel=1e-12))


@pytest.mark.parametrize("measure", MEASURES)
def test_small_groups_are_hidden_and_no_number_stays(live: LiveReader, measure: str) -> None:
    table = live.ask(Question(measure, by=("site", "age_band")))
    hidden = table[table["status"] == "hidden"]
    assert len(hidden)
    assert hidden[["estimate", "lower", "upper", "n", "events"]].isna().all(axis=None)


def test_a_rate_of_patterns_is_the_rate_of_persons_and_equals_a_poisson_model_with_robust_errors() -> None:
    draw = np.random.default_rng(5)
    time = draw.uniform(0.2, 9.0, 400)
    events = draw.poisson(0.8 * draw.gamma(2.0, 0.5, 400) * time)
    found = rate.clustered_rate(events, time)
    model = sm.GLM(events, np.ones(400), family=sm.families.Poisson(), offset=np.log(time))
    fitted = model.fit(cov_type="HC0")
    half = student.ppf(0.975, 399) * float(fitted.bse[0]) * np.sqrt(400 / 399)
    expected = [np.exp(fitted.params[0] + shift) for shift in (0, -half, half)]
    assert list(found) == pytest.approx(expected, rel=1e-9)
    table = pd.DataFrame({"events": events, "time": np.round(time)}).query("time > 0")
    grouped = table.groupby(["events", "time"]).size().rename("people").reset_index()
    assert list(rate.clustered_rate(grouped["events"], grouped["time"], grouped["people"])) == pytest.approx(
        list(rate.clustered_rate(table["events"], table["time"]))
    )


def test_persons_in_another_order_give_the_same_number_to_its_last_digit() -> None:
    draw = np.random.default_rng(8)
    events, time = draw.integers(0, 30, 500), draw.uniform(0.2, 9.0, 500)
    tried, people = events + draw.integers(1, 9, 500), draw.integers(1, 4, 500)
    found = {
        (*rate.clustered_rate(events[order], time[order], people[order]),
         *proportion.clustered_share(events[order], tried[order], people[order]))
        for order in (draw.permutation(500) for _ in range(40))
    }  # fmt: skip
    assert len(found) == 1


@pytest.mark.parametrize("measure", MEASURES)
def test_no_range_is_given_where_a_person_may_count_twice(live: LiveReader, measure: str) -> None:
    once, twice = (shown(live.ask(Question(measure, settings=Settings(episodes=which)))) for which in ("first", "all"))
    assert once[["lower", "upper"]].notna().all(axis=None)
    assert len(twice)
    assert twice[["lower", "upper"]].isna().all(axis=None)


def test_a_rate_at_the_edges() -> None:
    none = rate.clustered_rate([0, 0, 0], [1.0, 2.0, 3.0])
    assert list(none) == pytest.approx([0.0, 0.0, chi2.ppf(0.975, 2) / 2 / 6])
    alone = rate.clustered_rate([3], [2.0])
    assert alone[0] == 1.5
    assert np.isnan(alone[1:]).all()
    assert np.isnan(rate.clustered_rate([], [])).all()
    for wrong in (([-1], [1.0]), ([1], [0.0])):
        with pytest.raises(ValueError, match="0 or more events"):
            rate.clustered_rate(*wrong)
