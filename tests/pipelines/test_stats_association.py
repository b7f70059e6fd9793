"""Referee: R 4.2 (glm, sandwich::vcovCL, numDeriv for the delta method, lm with weights) on five data sets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, t

from pipelines.stats import association
from tests.reference import FOLDER, assert_close, results

MODELS = list(results("logistic")["models"])


def model(name):
    table = pd.read_csv(FOLDER / "data" / f"logistic_{name}.csv")
    design = np.column_stack([np.ones(len(table)), table[[c for c in table if c.startswith("x")]]])
    return table, design, results("logistic")["models"][name]


@pytest.mark.parametrize("name", MODELS)
def test_logistic_coefficients_and_errors(name):
    table, design, theirs = model(name)
    fit = association.logistic(design, table["y"], table["n"])
    assert fit.converged
    assert_close(fit.coefficients, theirs["coefficients"], 1e-8)
    assert_close(fit.std_errors, theirs["std_errors"], 1e-8)
    assert_close(fit.log_likelihood, theirs["log_likelihood"], 1e-8)


@pytest.mark.parametrize("name", MODELS)
def test_logistic_errors_over_clusters(name):
    table, design, theirs = model(name)
    plain = association.logistic(design, table["y"], table["n"], table["cluster"], small_sample=False)
    corrected = association.logistic(design, table["y"], table["n"], table["cluster"])
    assert_close(plain.std_errors, theirs["cr0"], 1e-8)
    assert_close(corrected.std_errors, theirs["cr1"], 1e-8)


@pytest.mark.parametrize("name", MODELS)
def test_average_risk_difference(name):
    table, design, theirs = model(name)
    fit = association.logistic(design, table["y"], table["n"])
    ours = association.risk_difference(fit, design, 1, table["n"])
    assert_close(ours.estimate, theirs["risk_difference"], 1e-9)
    assert_close(ours.std_error, theirs["risk_difference_se"], 1e-8)
    assert_close(ours.upper - ours.estimate, norm.ppf(0.975) * theirs["risk_difference_se"], 1e-8)
    assert_close(ours.p, 2 * norm.sf(abs(theirs["risk_difference"]) / theirs["risk_difference_se"]), 1e-7)
    clustered = association.logistic(design, table["y"], table["n"], table["cluster"])
    ours = association.risk_difference(clustered, design, 1, table["n"], clusters=theirs["clusters"])
    assert_close(ours.std_error, theirs["risk_difference_cr1"], 1e-8)
    half = t.ppf(0.975, theirs["clusters"] - 1) * theirs["risk_difference_cr1"]
    assert_close(ours.estimate - ours.lower, half, 1e-8)


@pytest.mark.parametrize("name", MODELS)
def test_rows_added_up_by_pattern_give_the_same_fit(name):
    table, design, _ = model(name)
    names = [c for c in table if c.startswith("x")]
    cells = table.groupby(names, as_index=False)[["y", "n"]].sum()
    small = np.column_stack([np.ones(len(cells)), cells[names]])
    rows = association.logistic(design, table["y"], table["n"])
    added = association.logistic(small, cells["y"], cells["n"])
    assert_close(added.coefficients, rows.coefficients, 1e-10)
    assert_close(added.std_errors, rows.std_errors, 1e-10)
    ours = association.risk_difference(added, small, 1, cells["n"], unit=2.0)
    assert_close(ours, association.risk_difference(rows, design, 1, table["n"], unit=2.0), 1e-10)


def test_separation_and_twin_columns_are_not_passed_off_as_fits():
    design = np.column_stack([np.ones(6), [1, 2, 3, 4, 5, 6]])
    assert not association.logistic(design, [0, 0, 0, 1, 1, 1]).converged
    twins = np.column_stack([design, design[:, 1]])
    assert not association.logistic(twins, [0, 1, 0, 1, 0, 1]).converged
    with pytest.raises(ValueError, match="0 <= successes <= trials"):
        association.logistic(design, [2, 0, 0, 0, 0, 0])


@pytest.mark.parametrize("name", list(results("logistic")["trends"]))
def test_weighted_trend_over_bins(name):
    theirs = results("logistic")["trends"][name]
    bins = theirs["bins"]
    ours = association.linear_trend(bins["x"], bins["share"], bins["std_error"], bins["people"])
    assert_close([ours.estimate, ours.std_error], [theirs["slope"], theirs["std_error"]], 1e-10)
    assert_close(ours.p, 2 * norm.sf(abs(theirs["slope"]) / theirs["std_error"]), 1e-10)


def test_trend_leaves_out_bins_without_an_estimate():
    three = association.linear_trend([1, 2, 3], [0.2, 0.3, 0.5], [0.02, 0.03, 0.04], [50, 60, 70])
    four = association.linear_trend([1, 2, 3, 4], [0.2, 0.3, 0.5, np.nan], [0.02, 0.03, 0.04, np.nan], [50, 60, 70, 3])
    assert three == four
    assert np.isnan(association.linear_trend([2, 2], [0.2, 0.3], [0.1, 0.1], [5, 5]).estimate)
