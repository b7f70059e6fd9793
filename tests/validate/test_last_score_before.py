"""The last score before, at full size: the simulator's links come back in their order, weaker by error of measurement.

Run with `make validate`. Referee: the simulator's own coefficients, and a score that was dealt out at random.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.estimate import LiveReader
from pipelines.estimators import ratings
from pipelines.load import load
from pipelines.questions import Question
from pipelines.sample import write_sample
from pipelines.simulate.parameters import Parameters

pytestmark = pytest.mark.validate


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("large")
    write_sample(folder / "source", 60_000, 11, "parquet")
    load(folder / "source", Path(folder / "home"))
    live = LiveReader(folder / "home")
    yield live
    live.close()


def log_ratio(table: pd.DataFrame, part: str) -> tuple[float, float, float]:
    (found,) = (one for _, one in table[table["series"].eq(part) & table["stat"].eq("ratio")].iterrows())
    return tuple(float(np.log(found[name])) for name in ("lower", "estimate", "upper"))


def test_the_simulators_links_come_back_in_their_order(live, monkeypatch) -> None:
    monkeypatch.setattr(ratings, "MOST_STAYS", 1_000_000)
    table = live.ask(Question("lagged_alliance"))
    lower, between, upper = log_ratio(table, "between")
    # One latent standard deviation is 0.62 points, the unit about 0.57; what else goes with alliance goes through it.
    assert -0.55 < between < -0.25
    assert upper - lower < 0.06
    lower, inside, upper = log_ratio(table, "within")
    assert between < inside < 0
    assert -Parameters().left_alliance_within > -lower  # never more than the link without error of measurement
    assert upper < 0
    table = live.ask(Question("lagged_self_efficacy"))
    _, between, _ = log_ratio(table, "between")
    lower, inside, upper = log_ratio(table, "within")
    assert between < -0.2
    assert between < inside < 0.02
    assert lower > Parameters().left_self_efficacy_within


def test_a_missed_session_goes_with_a_lower_next_rating_as_simulated(live, monkeypatch) -> None:
    monkeypatch.setattr(ratings, "MOST_STAYS", 1_000_000)
    for measure in ("reverse_alliance", "reverse_self_efficacy"):
        table = live.ask(Question(measure))
        (gap,) = (one for _, one in table[table["stat"].eq("difference")].iterrows())
        assert gap["lower"] < 0  # people miss sessions in weeks in which both are low, and both last some weeks
        assert gap["estimate"] < 0.02
