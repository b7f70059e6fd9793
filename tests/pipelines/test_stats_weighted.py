"""Weights in a Cox model, one ratio in several groups, adjusted p-values. Referee: R, its survival and `p.adjust`."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.stats import cox, multiple
from pipelines.stats.equal_ratios import equal_ratios
from tests.pipelines.test_stats_cox import KINDS, cells, refit
from tests.reference import assert_close, results

MODELS, EQUAL = (results("cox_weighted")[part] for part in ("models", "equal"))


def row_weights(rows: int) -> np.ndarray:
    """Return the weights the reference is made with."""
    return 0.5 + (np.arange(1, rows + 1) * 7 % 13) / 8


def weighted(name: str, kind: str) -> cox.CoxFit:
    table = cells(name)
    ties, stratified = kind.split("_")[0], kind.endswith("stratified")
    return refit(table, MODELS[name][kind], ties, stratified, weight=row_weights(len(table)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", list(MODELS))
def test_a_weighted_fit_is_that_of_r(name, kind) -> None:
    theirs, fit = MODELS[name][kind], weighted(name, kind)
    assert fit.converged
    assert (fit.people, fit.events) == (theirs["people"], theirs["events"])
    assert_close(fit.coefficients, theirs["coefficients"], 1e-8)
    assert_close(fit.std_errors, theirs["std_errors"], 1e-8)
    assert_close(np.sqrt(np.diag(fit.clustered)), theirs["clustered"], 1e-8)
    assert_close(fit.log_likelihood, theirs["log_likelihood"], 1e-7)
    assert_close(fit.log_likelihood_null, theirs["log_likelihood_null"], 1e-7)
    assert_close(fit.score_test, theirs["score_test"], 1e-7)


@pytest.mark.parametrize("name", list(EQUAL))
def test_whether_groups_have_one_ratio_is_tested_as_in_r(name) -> None:
    table, theirs = cells(name), EQUAL[name]
    group = np.arange(1, len(table) + 1) % 3
    found = equal_ratios(table["x1"], group, table["day"], table["event"], np.zeros(len(table)), table["cluster"])
    assert found.statements == 2
    assert found.statistic == pytest.approx(theirs["statistic"], rel=1e-6)
    if theirs["clusters"] < 8:
        assert np.isnan(found.p)
    else:
        assert found.p == pytest.approx(theirs["p"], rel=1e-6)


def test_one_weight_for_everybody_changes_neither_coefficients_nor_clustered_errors() -> None:
    table, theirs = cells("lung"), results("cox")["lung"]["breslow"]
    once, thrice = (refit(table, theirs, "breslow", False, weight=weight) for weight in (1.0, 3.0))
    assert_close(thrice.coefficients, once.coefficients, 1e-9)
    assert_close(thrice.clustered, once.clustered, 1e-9)
    assert (thrice.people, thrice.events) == (once.people, once.events)


def test_weighted_people_of_one_cell_are_so_many_weighted_rows() -> None:
    table, theirs = cells("veteran"), results("cox")["veteran"]["efron"]
    doubled = table.loc[table.index.repeat(2)]
    weights = row_weights(len(table))
    cell = refit(table, theirs, "efron", False, people=2, weight=weights)
    rows = refit(doubled, theirs, "efron", False, weight=np.repeat(weights, 2))
    assert_close(cell.coefficients, rows.coefficients, 1e-9)
    assert_close(cell.clustered, rows.clustered, 1e-9)
    assert (cell.people, cell.events) == (rows.people, rows.events)


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan])
def test_a_weight_that_is_not_above_zero_is_refused(weight) -> None:
    with pytest.raises(ValueError, match="weight"):
        cox.fit([[0.0], [1.0], [2.0]], [1, 2, 3], [1, 1, 0], weight=[1.0, weight, 1.0])


def test_one_group_or_a_score_that_says_nothing_cannot_be_tested() -> None:
    day, event, cluster = np.arange(1, 41), np.ones(40), np.arange(40) % 10
    with pytest.raises(ValueError, match="two groups"):
        equal_ratios(np.arange(40) % 3, np.zeros(40), day, event, np.zeros(40), cluster)
    assert np.isnan(equal_ratios(np.ones(40), np.arange(40) % 2, day, event, np.zeros(40), cluster).p)
    silent = np.where(np.arange(40) % 2 == 0, np.arange(40) % 3, 0)  # nobody of the second group differs
    assert np.isnan(equal_ratios(silent, np.arange(40) % 2, day, event, np.zeros(40), cluster).p)


def test_p_values_are_adjusted_by_hand() -> None:
    """Sorted .01 .02 .04 .5 times 4, 4/2, 4/3, 1: .04 .04 .0533 .5; each at most the next."""
    found = multiple.benjamini_hochberg([0.04, 0.01, np.nan, 0.5, 0.02])
    np.testing.assert_allclose(found, [0.16 / 3, 0.04, np.nan, 0.5, 0.04])
    assert multiple.benjamini_hochberg([]).shape == (0,)
    with pytest.raises(ValueError, match="p"):
        multiple.benjamini_hochberg([1.2])


@pytest.mark.parametrize(
    "case", results("cox_weighted")["adjusted"], ids=lambda case: str(len(np.atleast_1d(case["p"])))
)
def test_p_values_are_adjusted_as_in_r(case) -> None:
    assert_close(multiple.benjamini_hochberg(case["p"]), case["adjusted"], 1e-15)
