"""The two paths. Referee: the same people and scores put together in pandas from the stored ratings; guards."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.estimate import LiveReader
from pipelines.estimators import pathways
from pipelines.estimators.adjusters import adjusters
from pipelines.estimators.ratio import FEW_EVENTS, clustered_by
from pipelines.questions import Question
from pipelines.stats.mediation import mediation
from pipelines.warehouse import open_records
from tests.pipelines.plain_definition import plain_people


@pytest.fixture(scope="module")
def table(sample_home) -> pd.DataFrame:
    live = LiveReader(sample_home)
    found = live.ask(Question("pathway_empathy_alliance"))
    live.close()
    return found


@pytest.fixture(scope="module")
def plain(sample_home) -> pd.DataFrame:
    """People in the program on day 60 with both scores whose follow-up reaches day 180, from the stored ratings."""
    asked = open_records(sample_home)
    people = plain_people(asked)
    extract = asked.table("select episode_id, extract_day, first_attended_day as first from mart_episodes")
    ratings = asked.table(
        """select a.episode_id, c.construct, a.day, a.total, c.early_min_ratings from assessments a
        join constructs c on c.instrument_id = a.instrument_id and c.rater = a.rater
            and c.instrument_version = coalesce(a.instrument_version, '')
        where c.construct in ('empathy', 'alliance') and a.total is not null"""
    )
    asked.close()
    people = people.merge(extract[["episode_id", "first"]], on="episode_id")
    people["reach"] = people["extract_day"].astype(float) - people["first"].astype(float) - 30
    people = people[people["state"].eq("followed") & people["t"].astype(float).gt(60) & people["reach"].ge(180)]
    ratings = ratings.merge(people[["episode_id", "first"]], on="episode_id")
    since = ratings["day"].astype(float) - ratings["first"].astype(float)
    early = ratings[ratings["construct"].eq("empathy") & since.between(0, 30)].groupby("episode_id")
    needed = early["early_min_ratings"].first()
    exposure = early["total"].apply(lambda scores: scores.astype(float).mean())[early.size() >= needed]
    later = ratings[ratings["construct"].eq("alliance") & since.gt(30) & since.le(60)].groupby("episode_id")["total"]
    mediator = later.apply(lambda scores: scores.astype(float).mean())
    both = pd.DataFrame({"exposure": exposure, "mediator": mediator}).dropna().reset_index()
    both = both.rename(columns={"index": "episode_id"})
    return both.merge(people.assign(coach=people["coach_id"]), on="episode_id")


def test_the_parts_are_those_of_the_same_people_put_together_in_pandas(table, plain) -> None:
    left = (plain["cause"].astype(int).eq(1) & plain["t"].astype(float).le(180)).to_numpy()
    held = adjusters(plain, left)
    score = plain["exposure"].to_numpy(dtype=float)
    expected = mediation(
        score, plain["mediator"], (~left).astype(float), held.columns, clustered_by(plain),
        unit=float(np.std(score, ddof=1)), resamples=2,
    )  # fmt: skip
    for series, part in (("total", expected.total), ("direct", expected.direct), ("indirect", expected.indirect)):
        (found,) = (row for _, row in table[table["series"].eq(series)].iterrows())
        assert found["estimate"] == pytest.approx(100 * part.estimate, abs=1e-6)
        assert (found["n"], found["events"]) == (len(plain), left.sum())
        assert found["lower"] < found["estimate"] < found["upper"]


def test_the_parts_add_to_the_total_and_what_is_simulated_shows(table) -> None:
    parts = table.set_index("series")["estimate"]
    assert parts["direct"] + parts["indirect"] == pytest.approx(parts["total"], abs=1e-9)
    # In the simulated program empathy works through alliance: the range of the indirect part lies above 0.
    assert table.loc[table["series"].eq("indirect"), "lower"].iloc[0] > 0


def test_every_step_comes_after_the_one_before() -> None:
    assert pathways.FIRST_DAY < pathways.SECOND_DAY < pathways.LAST_DAY


def test_too_few_who_left_show_nothing(sample_home) -> None:
    live = LiveReader(sample_home)
    found = live.ask(Question("pathway_alliance_self_efficacy"))
    live.close()
    assert set(found["status"]) == {"hidden"}
    assert found["reason"].tolist() == [FEW_EVENTS]
    assert found["estimate"].isna().all()
