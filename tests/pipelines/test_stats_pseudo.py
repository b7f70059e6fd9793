"""Pseudo-values of days. Referees: leaving people out one by one, plain days without censoring, statsmodels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from pipelines.stats import association, counts, incidence, pseudo, survival

HORIZON = 30


def people(n: int, seed: int, censored: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    day = rng.integers(1, 45, size=n)
    cause = np.where(rng.random(n) < censored, 0, rng.integers(1, 4, size=n))
    return day, cause


def area(day: np.ndarray, cause: np.ndarray) -> float:
    """Days not yet left early up to the horizon, summed day by day from the Aalen-Johansen curve of `incidence`."""
    table = counts.from_rows(pd.DataFrame({"day": day, "cause": cause}), causes=3)
    curve = incidence.stayed(table, 1, (1, 2, 3))
    heights = [1.0, *curve["stayed"]]
    steps = np.searchsorted(curve["day"], np.arange(HORIZON), side="right")
    return float(np.take(heights, steps).sum())


def test_pseudo_values_are_those_of_leaving_people_out_one_by_one() -> None:
    day, cause = people(60, 1)
    whole = area(day, cause)
    one_by_one = [60 * whole - 59 * area(np.delete(day, i), np.delete(cause, i)) for i in range(60)]
    assert pseudo.mean_days(day, cause, HORIZON) == pytest.approx(whole, abs=1e-9)
    assert pseudo.pseudo_days(day, cause, HORIZON) == pytest.approx(np.array(one_by_one), abs=1e-8)


def test_without_censoring_a_pseudo_value_is_the_persons_own_days() -> None:
    day, cause = people(80, 2, censored=0.0)
    own = np.where((cause == 1) & (day < HORIZON), day, HORIZON)
    assert pseudo.pseudo_days(day, cause, HORIZON) == pytest.approx(own, abs=1e-9)


def test_with_one_kind_of_exit_the_mean_is_the_restricted_mean() -> None:
    day, cause = people(200, 3)
    table = counts.from_rows(pd.DataFrame({"day": day, "cause": (cause > 0).astype(int)}))
    expected = survival.rmst(table, HORIZON)["rmst"].iloc[0]
    assert pseudo.mean_days(day, cause > 0, HORIZON) == pytest.approx(expected, abs=1e-9)


def test_the_line_is_that_of_statsmodels_with_clustered_errors() -> None:
    rng = np.random.default_rng(4)
    x = np.column_stack([np.ones(120), rng.normal(size=(120, 2))])
    cluster = rng.integers(12, size=120)
    y = x @ np.array([3.0, 2.0, -1.0]) + rng.normal(size=12)[cluster] + rng.normal(size=120)
    found = association.clustered_line(x, y, 1, cluster)
    fit = sm.OLS(y, x).fit(cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False})
    assert found.estimate == pytest.approx(fit.params[1], abs=1e-10)
    assert found.std_error == pytest.approx(fit.bse[1] * np.sqrt(12 / 11), abs=1e-10)
    assert found.clusters == 12
    assert np.isnan(association.clustered_line(x, y, 1, cluster % 5).lower)
    assert np.isnan(association.clustered_line(np.column_stack([x, x[:, 1]]), y, 1, cluster).estimate)


def test_a_planted_difference_in_days_is_found_though_half_are_still_followed() -> None:
    rng = np.random.default_rng(5)
    n = 20_000
    score = rng.normal(size=n)
    time = np.ceil(rng.exponential(20 * np.exp(0.3 * score))).astype(int)
    end = rng.integers(5, 60, size=n)
    day, cause = np.minimum(time, end), (time <= end).astype(int)
    design = np.column_stack([np.ones(n), score])
    truth = np.polyfit(score, np.minimum(time, HORIZON), 1)[0]
    found = association.clustered_line(design, pseudo.pseudo_days(day, cause, HORIZON), 1, np.arange(n))
    assert abs(found.estimate - truth) < 3 * found.std_error
    assert found.lower > 0


def test_one_person_is_refused() -> None:
    with pytest.raises(ValueError, match="two people"):
        pseudo.pseudo_days([3], [1], HORIZON)
