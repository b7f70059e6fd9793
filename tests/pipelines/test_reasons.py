"""Every way out by early score. Referees: lifelines and greenwood on the plain outcomes; planted exits."""

from __future__ import annotations

import greenwood
import numpy as np
import pandas as pd
import pytest

from pipelines.estimate import LiveReader
from pipelines.estimators.ratio import FEW_EVENTS
from pipelines.questions import Question
from pipelines.warehouse import open_records
from tests.pipelines.plain_definition import plain_people

HORIZON = 150


@pytest.fixture(scope="module")
def found(sample_home) -> pd.DataFrame:
    live = LiveReader(sample_home)
    table = live.ask(Question("every_exit_alliance"))
    live.close()
    return table


@pytest.fixture(scope="module")
def plain(sample_home) -> pd.DataFrame:
    """People with an early alliance score still in at day 30, by the plain definition, followed to day 180."""
    asked = open_records(sample_home)
    people = plain_people(asked)
    asked.close()
    people = people[people["state"].eq("followed") & people["t"].astype(float).gt(30)].copy()
    people = people[people["early_alliance_score"].notna()].reset_index(drop=True)
    day, cause = people["t"].astype(float) - 30, people["cause"].astype(int)
    score = people["early_alliance_score"].astype(float)
    return people.assign(
        z=(score - score.mean()) / score.std(ddof=1), day=np.minimum(day, HORIZON), exit=cause.where(day <= HORIZON, 0)
    )


def row(table: pd.DataFrame, level: str, series: str, stat: str = "ratio") -> pd.Series:
    (one,) = (each for _, each in table[table["level"].eq(level) & table["series"].eq(series)].iterrows()
              if each["stat"] == stat)  # fmt: skip
    return one


@pytest.mark.parametrize(("cause", "exit_"), [(1, "left_early"), (2, "completed")])
def test_the_rate_ratio_is_that_of_lifelines_with_other_exits_censored(found, plain, cause, exit_) -> None:
    from lifelines import CoxPHFitter

    columns = plain[["z", "day", "site"]].assign(event=plain["exit"].eq(cause).astype(float))
    fitted = CoxPHFitter().fit(columns, "day", "event", strata="site")
    one = row(found, exit_, "rate")
    assert one["estimate"] == pytest.approx(float(np.exp(fitted.params_["z"])), rel=1e-5)
    assert (one["n"], one["events"]) == (len(plain), columns["event"].sum())
    assert one["lower"] < one["estimate"] < one["upper"]


@pytest.mark.parametrize(("cause", "exit_"), [(1, "left_early"), (2, "completed")])
def test_the_share_ratio_and_the_test_are_greenwoods_on_the_rows(found, plain, cause, exit_) -> None:
    states = plain["exit"].map(lambda code: "none" if code == 0 else "this" if code == cause else "other")
    event = pd.Categorical(states, categories=["none", "this", "other"])
    outcome = greenwood.Surv(plain["day"].to_numpy(dtype=float), event=event)
    fitted = greenwood.FineGray(cause=1).fit(outcome, plain[["z"]])
    one = row(found, exit_, "share")
    assert one["estimate"] == pytest.approx(float(np.exp(fitted.coef_[0])), rel=1e-6)
    assert np.isnan(one["lower"])
    gray = greenwood.grays_test(outcome, plain["early_alliance_band"].astype(str).to_numpy(), cause=1)
    assert row(found, exit_, "bands_differ", "p_value")["estimate"] == pytest.approx(float(gray.p_value), rel=1e-6)


def test_fewer_leaving_early_goes_with_more_completing_in_the_share_though_less_in_the_rate(found) -> None:
    """In the sample a higher alliance goes with leaving early less; whoever stays can complete."""
    assert row(found, "left_early", "rate")["upper"] < 1
    completed = [row(found, "completed", series)["estimate"] for series in ("rate", "share")]
    assert completed[1] > completed[0]


def test_an_exit_too_few_had_shows_no_number(found) -> None:
    hidden = found[found["status"].eq("hidden")]
    assert set(hidden["reason"]) <= {FEW_EVENTS}
    for level in hidden["level"]:
        assert found.loc[found["level"].eq(level), "estimate"].isna().all()
