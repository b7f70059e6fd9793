"""Days before an exit. Referees: R survival (multi-state survfit with each person's influence), leaving people out."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.stats.days import days_before, std_error
from pipelines.stats.pseudo import mean_days, pseudo_days
from tests.reference import REAL, results, rows

THEIRS = results("days")


def laid_out(day: np.ndarray, cause: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return people by day: with the exit, with another one, censored, and followed to the day."""
    width = int(day.max()) + 1
    kinds = [np.bincount(day[mask], minlength=width).astype(float) for mask in (cause == 1, cause > 1, cause == 0)]
    return *kinds, np.cumsum(sum(kinds)[::-1])[::-1]


def ours(day: np.ndarray, cause: np.ndarray, horizon: int) -> tuple[float, float]:
    own, other, censored, at_risk = laid_out(day, cause)
    days = days_before(own, other, at_risk, horizon)
    return days.mean, std_error(days, own, other, censored)


def test_enough_data_sets() -> None:
    assert len(set(THEIRS) & set(REAL)) >= 6


@pytest.mark.parametrize("name", sorted(THEIRS))
def test_days_and_their_error_are_those_of_r(name: str) -> None:
    set_ = rows(name)
    theirs = THEIRS[name]
    found = ours(set_["day"].to_numpy(dtype=int), set_["cause"].to_numpy(dtype=int), theirs["horizon"])
    assert found == pytest.approx((theirs["days"], theirs["std_error"]), rel=1e-9, abs=1e-9)


@pytest.fixture(scope="module")
def people() -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(3)
    return chance.integers(1, 260, size=300), chance.choice([0, 1, 2, 3], size=300, p=[0.4, 0.3, 0.2, 0.1])


def test_the_error_is_near_that_of_leaving_people_out_one_by_one(people) -> None:
    day, cause = people
    mean, error = ours(day, cause, 180)
    assert mean == pytest.approx(mean_days(day, cause, 180), abs=1e-9)
    jackknife = pseudo_days(day, cause, 180).std(ddof=1) / np.sqrt(300)
    assert error == pytest.approx(jackknife, rel=0.01)


def test_the_influence_is_the_slope_of_the_mean_as_one_person_gains_weight(people) -> None:
    day, cause = people
    own, other, _, at_risk = laid_out(day, cause)
    days = days_before(own, other, at_risk, 180)
    little = 1e-6
    for person in range(0, 300, 7):
        more = [own.copy(), other.copy()]
        if cause[person]:
            more[0 if cause[person] == 1 else 1][day[person]] += little
        heavier = days_before(*more, at_risk + little * (np.arange(len(own)) <= day[person]), 180)
        slope = (heavier.mean - days.mean) / little
        assert days.influence(day[person], cause[person] == 1, cause[person] > 0) == pytest.approx(slope, abs=1e-5)


def test_with_nobody_censored_days_are_a_plain_mean() -> None:
    day, cause = np.array([1, 5, 9, 12, 30, 30, 2]), np.array([1, 2, 1, 1, 3, 1, 1])
    own = np.where((cause == 1) & (day < 20), day, 20)
    mean, error = ours(day, cause, 20)
    assert mean == pytest.approx(own.mean())
    assert error == pytest.approx(own.std() / np.sqrt(7))
    assert ours(day, cause, 60)[0] == pytest.approx(np.where(cause == 1, day, 60).mean()), "beyond the last day known"
