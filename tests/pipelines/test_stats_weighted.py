"""Weights in a Cox model, joint tests and adjusted p-values. Referees: R survival 3.5 and `p.adjust`; hand-worked."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from pipelines.stats import cox, multiple
from tests.pipelines.test_stats_cox import KINDS, cells, refit
from tests.reference import assert_close, results

MODELS = results("cox_weighted")["models"]


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


@pytest.mark.parametrize("kind", ["efron", "efron_stratified"])
@pytest.mark.parametrize("name", [name for name, kinds in MODELS.items() if kinds["efron"]["equal"]])
def test_whether_coefficients_are_equal_is_tested_as_in_r(name, kind) -> None:
    theirs, fit = MODELS[name][kind], weighted(name, kind)
    if theirs["equal"] is None:
        assert len(fit.coefficients) < 2
        return
    clusters = theirs["equal"]["clusters"]
    found = multiple.equal_coefficients(fit.coefficients, fit.clustered, clusters, correct=False)
    assert found.wald == pytest.approx(theirs["equal"]["wald"], rel=1e-6)
    if clusters < 8:
        assert np.isnan(found.p)
    else:
        assert found.p == pytest.approx(theirs["equal"]["p"], rel=1e-6, abs=1e-12)


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


def test_two_coefficients_are_compared_as_with_t() -> None:
    """By hand: 0.5 - 0.2 with variance 0.04 + 0.05 - 2 x 0.01 = 0.07; 40 clusters, so no factor and t with 39."""
    found = multiple.equal_coefficients([0.2, 0.5], [[0.04, 0.01], [0.01, 0.05]], 40)
    assert found.wald == pytest.approx(0.09 / 0.07)
    assert found.p == pytest.approx(2 * t.sf(0.3 / np.sqrt(0.07), 39))


def test_few_clusters_and_singular_covariances_give_no_p() -> None:
    covariance = np.diag([0.04, 0.05, 0.06])
    assert np.isnan(multiple.equal_coefficients([0.1, 0.2, 0.3], covariance, 7).p)
    assert np.isfinite(multiple.equal_coefficients([0.1, 0.2, 0.3], covariance, 8).p)
    assert np.isnan(multiple.equal_coefficients([0.1, 0.2], [[1, 1], [1, 1]], 40).p)
    with pytest.raises(ValueError, match="two"):
        multiple.equal_coefficients([0.1], [[0.04]], 40)


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
