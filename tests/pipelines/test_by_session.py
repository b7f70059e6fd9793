"""Scores by session. Referees: pandas on the canonical tables, lifelines, a table worked by hand, canaries."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines import records, warehouse
from pipelines.counted_with import record_of
from pipelines.early_sessions import SESSIONS
from pipelines.estimate import LiveReader
from pipelines.estimators import by_session
from pipelines.measures import Exposure, entry
from pipelines.questions import Question, Settings
from pipelines.warehouse import open_records
from tests.pipelines.plain_definition import plain_people
from tests.pipelines.ratio_world import at_day_30, row
from tests.pipelines.records_world import REGISTRY, add_person, build_records, code, hand_over, one_site, reader

ALLIANCE = Question("ratio_by_session_alliance")


@pytest.fixture(scope="module")
def live(sample_home):
    live = LiveReader(sample_home)
    yield live
    live.close()


@pytest.fixture(scope="module")
def plain(sample_home) -> pd.DataFrame:
    """One row per first episode and k: the day of the k-th session, mean and number of ratings up to it, outcome."""
    asked = open_records(sample_home)
    people = plain_people(asked)
    sessions = asked.table("select * from sessions where status = 'attended'")
    ratings = asked.table(
        "select a.* from assessments as a join constructs as c on c.construct = 'alliance' "
        "and c.instrument_id = a.instrument_id and c.rater = a.rater "
        "and c.instrument_version = coalesce(a.instrument_version, '') where total is not null"
    )
    asked.close()
    first = people.set_index("episode_id")["first_attended_day"].astype(float)
    held = sessions["occurred_day"].fillna(sessions["scheduled_day"]).astype(float)
    days = (held - sessions["episode_id"].map(first)).groupby(sessions["episode_id"]).apply(lambda d: sorted(set(d)))
    ratings = ratings.assign(since=ratings["day"].astype(float) - ratings["episode_id"].map(first))
    made = []
    for k in SESSIONS:
        reached = people["episode_id"].map(lambda one, k=k: days[one][k - 1] if len(days.get(one, [])) >= k else np.nan)
        upto = ratings["since"].ge(0) & (ratings["since"] <= ratings["episode_id"].map(
            dict(zip(people["episode_id"], reached, strict=True))))  # fmt: skip
        kept = ratings[upto].groupby("episode_id")["total"]
        made.append(
            people.assign(
                k=k,
                reached=reached,
                ratings=people["episode_id"].map(kept.size()).fillna(0),
                score=people["episode_id"].map(kept.mean()),
            )
        )
    table = pd.concat(made)
    return table[table["state"].eq("followed")].reset_index(drop=True)


def test_each_session_is_that_of_lifelines_on_the_plain_outcome(live, plain, sample_home) -> None:
    from lifelines import CoxPHFitter

    usual = at_day_30(sample_home)["early_alliance_score"].astype(float).std(ddof=1)
    table = live.ask(ALLIANCE)
    assert row(table, "reference_sd", "mean")["estimate"] == pytest.approx(usual)
    for k in SESSIONS:
        people = plain[plain["k"].eq(k)]
        reached = people[people["t"].astype(float) > people["reached"]]
        scored = reached[reached["ratings"].ge(2)]
        data = pd.DataFrame(
            {
                "z": scored["score"] / usual,
                "day": scored["t"].astype(float) - scored["reached"],
                "left": scored["cause"].astype(int).eq(1).astype(float),
                "site": scored["site"],
            }
        )
        fitted = CoxPHFitter().fit(data, "day", "left", strata="site")
        found = row(table, level=str(k))
        assert found["estimate"] == pytest.approx(float(np.exp(fitted.params_["z"])), rel=1e-4)
        assert (found["n"], found["events"]) == (len(data), data["left"].sum())
        assert row(table, "not_reached", "count", level=str(k))["n"] == len(people) - len(reached)
        assert row(table, "without_score", "count", level=str(k))["n"] == len(reached) - len(scored)


def by_hand() -> dict[str, list[dict[str, object]]]:
    rows = one_site()
    # Two sessions on day 7 are one: the third session is that of day 14.
    ratings = [(0, 4.0), (7, 3.0), (7, 2.0), (10, 5.0), (14, 1.0), (15, 5.0), (60, 5.0)]
    add_person(
        rows,
        1,
        extract=400,
        attended=[0, 7, 7, 14, 60],
        other_sessions=[(3, "no_show"), (20, "late_cancel"), (40, "no_show"), (5, "cancelled_staff")],
        ratings=[(day, "wai_sr", score) for day, score in ratings],
    )
    # Gone after the second session, whatever was rated later; and a rating before the first session.
    add_person(
        rows, 2, extract=400, attended=[3, 9], ratings=[(1, "wai_sr", 1.0), (9, "wai_sr", 3.0), (30, "wai_sr", 5.0)]
    )
    add_person(rows, 3, extract=400, attended=[], ratings=[(0, "wai_sr", 2.0)])
    return rows


def test_sessions_and_scores_by_hand() -> None:
    con = build_records(by_hand())
    episodes = {code("episode", number): number for number in (1, 2, 3)}
    early = {
        episodes[str(one[0])]: one[1:]
        for one in con.execute(
            "select episode_id, attended_early, due_early, session_2_day, session_3_day, session_4_day "
            "from early_sessions"
        ).fetchall()
    }
    assert early == {1: (4, 6, 7, 14, 60), 2: (2, 2, 6, None, None)}
    scores = {
        (episodes[str(one[0])], one[1]): one[2:]
        for one in con.execute("select episode_id, session_no, n_ratings, score_mean from session_scores").fetchall()
    }
    assert scores == {(1, 2): (3, 3.0), (1, 3): (5, 3.0), (1, 4): (7, pytest.approx(25 / 7)), (2, 2): (1, 3.0)}


def test_sessions_of_a_resumed_episode_belong_to_the_whole() -> None:
    rows = one_site()
    add_person(rows, 1, extract=400, attended=[0, 90], leaving=(100, "dropped_out"), ratings=[(0, "wai_sr", 2.0)])
    add_person(rows, 2, extract=280, attended=[0, 130], episode_no=2, person=1, ratings=[(0, "wai_sr", 4.0)])
    con = warehouse.memory_connection()
    hand_over(con, rows)
    records.store(con, REGISTRY)
    records.build_marts(con, REGISTRY, new_episode_after=60)
    found = con.execute("select session_2_day, session_3_day, session_4_day from early_sessions").fetchall()
    assert found == [(90, 120, 250)]  # the second part begins 120 days after the first
    scores = con.execute("select session_no, n_ratings, score_mean from session_scores").fetchall()
    assert scores == [(2, 1, 2.0), (3, 2, 3.0), (4, 2, 3.0)]


def people_who_stay(later: float, *, leave_before: int = 0, seed: int = 9) -> LiveReader:
    """People whose early scores say nothing; ratings after the fourth session are `later` the longer they stay.

    The first `leave_before` people have two sessions and give extreme ratings.
    """
    rng = np.random.default_rng(seed)
    rows = one_site()
    rows["coaches"] = [{"coach_id": code("coach", i), "site_id": code("site", 1)} for i in range(1, 13)]
    for number in range(1, 401):
        gone = number <= leave_before
        last = 7 if gone else 22 + int(rng.exponential(100))
        attended = [0, 7] if gone else sorted({0, 7, 14, 21, *range(21, last + 1, 14), last})
        score = 1.0 if gone else 3 + 0.3 * rng.normal()
        early = [(day, "wai_sr", score) for day in attended if day <= 21]
        after = [(day, "wai_sr", float(np.clip(3 + later * last / 100, 1, 5))) for day in attended if day > 21]
        add_person(rows, number, extract=900, attended=attended, ratings=early + after, coach=1 + number % 12)
    return LiveReader.of(reader(build_records(rows)))


def test_ratings_after_the_session_never_count() -> None:
    """Canary: those who stay give better and better ratings later on; what was rated by the session does not know."""
    plain, rising = (people_who_stay(later).ask(ALLIANCE) for later in (0.0, 1.0))
    ratios = [table[table["stat"].eq("ratio")].reset_index(drop=True) for table in (plain, rising)]
    units = [row(table, "reference_sd", "mean")["estimate"] for table in (plain, rising)]
    logs = [np.log(table["estimate"]) / unit for table, unit in zip(ratios, units, strict=True)]
    np.testing.assert_allclose(logs[0], logs[1], atol=1e-9)
    assert (ratios[1]["lower"] < 1).all()
    assert (ratios[1]["upper"] > 1).all()


def test_people_who_left_before_the_session_never_enter() -> None:
    """Canary: sixty people with the lowest scores leave after two sessions, so a score by the third says nothing."""
    table = people_who_stay(0.0, leave_before=60).ask(ALLIANCE)
    for k in (3, 4):
        found = row(table, level=str(k))
        assert found["n"] == 340
        assert found["lower"] < 1 < found["upper"]
        assert row(table, "not_reached", "count", level=str(k))["n"] == 60
    second = row(table, level="2")  # they are in the program after the second session, and leave the day after
    assert second["n"] == 400
    assert second["upper"] < 1


def test_a_filter_by_what_is_known_on_day_30_is_not_answered(live) -> None:
    table = live.ask(Question("ratio_by_session_alliance", where=(("alliance_band", ("lower", "middle")),)))
    assert table[["status", "reason"]].to_numpy().tolist() == [["not_applicable", by_session.KNOWN_LATER]]


def test_the_clock_starts_at_the_session_under_either_clock(live) -> None:
    by_clock = [
        live.ask(Question(ALLIANCE.measure, settings=Settings(clock=clock))) for clock in ("first_session", "enrolment")
    ]
    ratios = [table[table["stat"].eq("ratio")] for table in by_clock]
    assert (ratios[0]["n"].to_numpy() > 500).all()
    np.testing.assert_array_equal(ratios[0]["n"], ratios[1]["n"])
    np.testing.assert_allclose(ratios[0]["estimate"], ratios[1]["estimate"])
    assert record_of(by_clock[0])["start_day"] == 0
    assert record_of(by_clock[0])["numbers"]["sessions"] == [2, 3, 4]


def test_the_score_is_declared_and_complete_at_the_start() -> None:
    (score,) = entry("ratio_by_session_alliance").exposures
    assert not score.from_landmark
    assert Exposure("alliance").from_landmark
    with pytest.raises(ValueError, match="early mean"):
        Exposure("alliance", source="by_visit")


def test_few_left_out_are_not_told_of_and_few_people_show_no_ratio() -> None:
    table = people_who_stay(0.0, leave_before=3).ask(ALLIANCE)
    counts = table[table["stat"].eq("count") & table["level"].eq("3")]
    assert set(counts["reason"]) == {"below_threshold"}
    rows = one_site()
    for number in range(1, 16):
        add_person(rows, number, extract=300, attended=[0, 7, 14, 60], ratings=[(0, "wai_sr", 3.0), (7, "wai_sr", 4.0)])
    few = LiveReader.of(reader(build_records(rows))).ask(ALLIANCE)
    assert set(few.loc[few["stat"].eq("ratio"), "reason"]) == {"few_people"}
    assert not few["estimate"].notna().any()
