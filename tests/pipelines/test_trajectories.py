"""Scores over the months. Referees: a canary of flat scores with selective leaving, the stored ratings in pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.definitions import definition
from pipelines.estimate import LiveReader
from pipelines.estimators import trajectories as lines
from pipelines.questions import Question, Settings
from pipelines.warehouse import open_records
from tests.pipelines.plain_definition import plain_people
from tests.pipelines.records_world import add_person, build_records, one_site, reader


def ask(rows) -> pd.DataFrame:
    return LiveReader.of(reader(build_records(rows))).ask(Question("trajectory_alliance"))


def line(table: pd.DataFrame, series: str) -> pd.Series:
    found = table[table["series"].eq(series) & table["status"].isin(["shown", "rough"])]
    return found.set_index(found["x"].astype(int))["estimate"]


def flat_scores(rise: float = 0.0):
    """People whose scores never change (or rise by `rise` a month), of whom those with low scores leave earlier."""
    rows = one_site()
    rng = np.random.default_rng(2)
    for number in range(1, 301):
        score = float(np.round(rng.uniform(2, 4), 2))
        last = 400 if score > 3.2 else int(30 + 100 * (score - 2) + 40 * rng.random())
        days = range(0, min(last, 390), 10)
        ratings = [(day, "wai_sr", score + rise * (day // 30)) for day in days if day % 30 in (0, 10)]
        add_person(rows, number, extract=430, attended=days, ratings=ratings)
    return rows


def test_flat_scores_with_selective_leaving_are_flat_for_the_same_people_and_the_warning_shows() -> None:
    table = ask(flat_scores())
    everybody, same = line(table, lines.EVERYBODY), line(table, lines.SAME_PEOPLE)
    assert np.ptp(same.to_numpy()) == pytest.approx(0, abs=1e-9)
    assert everybody[5] - everybody[0] > 0.4
    (parting,) = table.loc[table["series"].eq(lines.PARTING), "estimate"]
    assert parting == pytest.approx(everybody[5] - everybody[0], abs=1e-9)
    row = table[table["series"].eq(lines.PARTING)].iloc[0]
    assert 0 < row["lower"] < parting < row["upper"]
    (in_sd,) = table.loc[table["series"].eq(lines.PARTING_IN_SD), "estimate"]
    assert in_sd > definition("lines_part").number("percent_of_spread") / 100
    (slope,) = (row for _, row in table[table["stat"].eq("slope")].iterrows())
    assert abs(slope["estimate"]) < 1e-3  # each person's own line is flat


def test_scores_that_rise_rise_for_the_same_people() -> None:
    table = ask(flat_scores(rise=0.05))
    same = line(table, lines.SAME_PEOPLE)
    rise = table[table["series"].eq(lines.RISE)].iloc[0]
    assert [rise["estimate"], rise["lower"], rise["upper"]] == pytest.approx([0.25] * 3, abs=1e-9)
    assert np.diff(same.to_numpy()) == pytest.approx(0.05, abs=1e-9)
    (slope,) = table.loc[table["stat"].eq("slope"), "estimate"]
    assert slope == pytest.approx(0.05, abs=2e-3)


def test_how_far_the_lines_part_is_counted_by_hand() -> None:
    # Everybody: 2, 3, 4 then 4, 5; the same people: 3 and 4, who rise to 4 and 5. Rises 4.5 - 3 and 1.
    scores = np.array([[2.0, np.nan], [3.0, 4.0], [4.0, 5.0]])
    part, error = lines.parting(scores, np.array([False, True, True]))
    assert part == pytest.approx(0.5)
    # Influences: -(2-3)/3; (4-4.5)/2 - 0/3 - 0; (5-4.5)/2 - (4-3)/3 - 0.
    assert error == pytest.approx(np.sqrt((1 / 3) ** 2 + 0.25**2 + (0.25 - 1 / 3) ** 2))


def test_the_range_of_the_parting_is_that_of_people_drawn_again() -> None:
    rng = np.random.default_rng(11)
    first = rng.normal(3, 0.6, 400)
    last = np.where(rng.random(400) < (first - 1) / 4, first + rng.normal(0.1, 0.4, 400), np.nan)
    first[rng.random(400) < 0.1] = np.nan
    scores = np.column_stack([first, last])
    same = np.isfinite(scores).all(axis=1) & (rng.random(400) < 0.8)
    _, error = lines.parting(scores, same)
    drawn = (rng.integers(0, 400, 400) for _ in range(2000))
    again = [lines.parting(scores[people], same[people])[0] for people in drawn]
    assert error == pytest.approx(np.std(again), rel=0.06)


def test_every_number_is_that_of_the_stored_ratings_counted_in_pandas(sample_home) -> None:
    asked = open_records(sample_home)
    people = plain_people(asked)
    ratings = asked.table(
        """select a.episode_id, a.day, a.total, a.at_ceiling from assessments a
        join constructs c on c.instrument_id = a.instrument_id and c.rater = a.rater
            and c.instrument_version = coalesce(a.instrument_version, '')
        where c.construct = 'alliance' and a.total is not null"""
    )
    first = asked.table("select episode_id, first_attended_day from mart_episodes")
    asked.close()
    people = people[people["state"].eq("followed")][["episode_id", "t", "cause"]]
    table = ratings.merge(first, on="episode_id").merge(people, on="episode_id")
    table["since"] = table["day"].astype(float) - table["first_attended_day"].astype(float)
    table = table[table["since"].between(0, 359)]
    table["month"] = (table["since"] // 30).astype(int)
    t, cause = table["t"].astype(float), table["cause"].astype(int)
    before = (table["since"] < t) | (table["since"].eq(t) & cause.gt(1))
    kept = before.where(cause.gt(0), table["month"] * 30 < t)
    assert ((table["month"] * 30 < t) & ~kept).sum() > 20
    table = table[kept]
    monthly = table.groupby(["episode_id", "month"]).agg(score=("total", lambda x: x.astype(float).mean()),
                                                         top=("at_ceiling", "all")).reset_index()  # fmt: skip
    live = LiveReader(sample_home)
    found = live.ask(Question("trajectory_alliance"))
    live.close()
    mean = monthly.groupby("month")["score"].mean()
    assert line(found, lines.EVERYBODY).to_numpy() == pytest.approx(mean.loc[:11].to_numpy(), abs=1e-6)
    rated = monthly[monthly["month"].lt(6)].groupby("episode_id")["month"].nunique()
    same = monthly[monthly["episode_id"].isin(rated[rated.eq(6)].index) & monthly["month"].lt(6)]
    assert line(found, lines.SAME_PEOPLE).to_numpy() == pytest.approx(
        same.groupby("month")["score"].mean().to_numpy(), abs=1e-6
    )
    ceiling = monthly.groupby("month")["top"].mean()
    assert line(found, "at_ceiling").to_numpy() == pytest.approx(ceiling.loc[:11].to_numpy(), abs=1e-6)
    n = found[found["series"].eq(lines.SAME_PEOPLE)]["n"]
    assert set(n) == {rated.eq(6).sum()}


def test_ratings_after_somebody_left_are_not_theirs_any_more() -> None:
    rows = one_site()
    for number in range(1, 31):
        add_person(
            rows,
            number,
            extract=430,
            attended=[0, 10, 20],
            ratings=[(0, "wai_sr", 3.0), (10, "wai_sr", 3.0), (100, "wai_sr", 5.0)],
        )
    table = ask(rows)
    assert line(table, lines.EVERYBODY).to_dict() == {0: 3.0}


@pytest.mark.parametrize("clock", ["first_session", "enrolment"])
def test_of_the_month_in_which_somebody_leaves_ratings_up_to_then_count(clock: str) -> None:
    """Last contact on day 40 or completion on day 45 since the first session, 15 days after enrolment."""
    rows = one_site()
    for number in range(1, 61):
        completes = number > 30
        add_person(
            rows,
            number,
            extract=430,
            attended=[15, 25, 55],
            leaving=(60, "completed") if completes else None,
            ratings=[
                (15, "wai_sr", 3.0),
                (55, "wai_sr", 4.0),
                (60 if completes else 56, "wai_sr", 2.0),
                (62, "wai_sr", 5.0),
            ],
        )
    found = LiveReader.of(reader(build_records(rows))).ask(
        Question("trajectory_alliance", settings=Settings(clock=clock))
    )
    assert line(found, "left_to_month_3").to_dict() == {0: 3.0, 1: 4.0}
    assert line(found, "stayed_6_months").to_dict() == {0: 3.0, 1: 3.0}


def test_points_of_fewer_than_twenty_people_are_hidden() -> None:
    rows = flat_scores()
    table = ask(rows)
    hidden = table[table["stat"].eq("mean") & table["status"].eq("hidden")]
    shown = table[table["stat"].eq("mean") & table["status"].isin(["shown", "rough"])]
    assert hidden["estimate"].isna().all()
    assert (shown["n"] >= 20).all()
