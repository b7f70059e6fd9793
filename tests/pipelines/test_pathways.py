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


def test_the_path_to_lasting_change_counts_who_is_known_to_have_kept_a_gain(sample_home, monkeypatch) -> None:
    """Referee: the same people and outcome put together in pandas from `lasting_changes`."""
    from pipelines import follow_up

    told: list[tuple[float, ...]] = []

    def only_listen(score, later, outcome, *_: object, **__: object) -> None:
        told.append((len(score), len(later), float(np.sum(outcome))))
        raise ValueError

    monkeypatch.setattr(pathways, "mediation", only_listen)
    monkeypatch.setattr(pathways, "LEAST_PEOPLE", 1)
    monkeypatch.setattr(pathways, "LEAST_EVENTS", 1)
    live = LiveReader(sample_home)
    found = live.ask(Question("pathway_empowerment_self_efficacy_lasting_change"))
    live.close()
    assert found["estimate"].isna().all()
    asked = open_records(sample_home)
    people = plain_people(asked)
    facts = asked.table("select episode_id, extract_day, exit_day, first_attended_day as first from mart_episodes")
    kept = asked.table(
        "select episode_id, is_lasting from lasting_changes where construct = $c and follow_up_day = $d",
        {"c": follow_up.KNOWN_CONSTRUCT, "d": follow_up.KNOWN_FOLLOW_UP},
    )
    rated = asked.table("select episode_id, construct, landmark_day, score_mean, n_ratings from mart_landmarks "
                        "join constructs using (instrument_id, instrument_version, rater)")  # fmt: skip
    asked.close()
    both = people[["episode_id", "state", "t"]].merge(facts, on="episode_id").merge(kept, on="episode_id", how="left")
    wide = rated.pivot(index="episode_id", columns=["construct", "landmark_day"], values="score_mean")
    ratings = rated.pivot(index="episode_id", columns=["construct", "landmark_day"], values="n_ratings").fillna(0)
    both = both[both["state"].eq("followed") & both["t"].astype(float).gt(60)]
    reach = both["extract_day"].astype(float) - both["first"].astype(float) - 30
    both = both[reach.ge(max(180, follow_up.KNOWN_AFTER))]
    ids = both["episode_id"]
    has = ids.map(wide[("empowerment", 30)].notna()).fillna(False) & (
        ids.map(ratings[("self_efficacy", 60)]).fillna(0) > ids.map(ratings[("self_efficacy", 30)]).fillna(0)
    )
    both = both[has.to_numpy(dtype=bool)]
    soon = both["exit_day"].astype(float) - both["first"].astype(float) <= follow_up.KNOWN_ENDED_BY
    lasting = both["is_lasting"].fillna(False).astype(bool) & soon
    assert len(both) > 20
    assert told == [(len(both), len(both), lasting.sum())]
