"""Referee: R survival 3.5 `cox.zph`, `concordance`, `survfit` on fifteen sets; added-up cells against single rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.stats import cox, cox_checks, cox_curves
from pipelines.stats.risk_sets import RiskSets, moments
from tests.pipelines.test_stats_cox import cells, refit
from tests.reference import assert_close, results

SETS = list(results("cox_more"))


def parts(table, stratified=False):
    return {
        "day": table["day"],
        "event": table["event"],
        "entry": table.get("entry"),
        "stratum": table["stratum"] if stratified else None,
    }


@pytest.mark.parametrize("clock", ["km", "identity", "rank", "log"])
@pytest.mark.parametrize("name", SETS)
def test_proportional_hazards(name, clock):
    theirs, table = results("cox_more")[name], cells(name)
    if clock not in theirs["zph"]:
        assert table.loc[table["event"] == 1, "day"].min() == 0
        return
    fit = refit(table, theirs, "efron", False)
    ours = cox_checks.proportional_hazards(fit, table[theirs["covariates"]], **parts(table), clock=clock)
    assert ours["term"].tolist() == [*theirs["covariates"], cox_checks.GLOBAL]
    assert ours["df"].tolist() == theirs["zph"][clock]["df"]
    np.testing.assert_allclose(ours["chi2"], theirs["zph"][clock]["chi2"], rtol=1e-8, atol=1e-8)
    assert_close(ours["p"], theirs["zph"][clock]["p"], 1e-8)


@pytest.mark.parametrize("name", SETS)
def test_proportional_hazards_with_strata_and_with_breslow(name):
    theirs, table = results("cox_more")[name], cells(name)
    fit = refit(table, theirs, "breslow", False)
    ours = cox_checks.proportional_hazards(fit, table[theirs["covariates"]], **parts(table), ties="breslow")
    np.testing.assert_allclose(ours["chi2"], theirs["zph_breslow"]["chi2"], rtol=1e-8, atol=1e-8)
    if theirs["zph_stratified"] is None:
        return
    fit = refit(table, {"covariates": theirs["inside"]}, "efron", True)
    ours = cox_checks.proportional_hazards(fit, table[theirs["inside"]], **parts(table, stratified=True))
    np.testing.assert_allclose(ours["chi2"], theirs["zph_stratified"]["chi2"], rtol=1e-8, atol=1e-8)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("late", [False, True])
def test_a_group_far_from_all_others_leaves_their_sums_as_they_are(ties, late):
    """By hand: one of two leaves among people at 0, and one of two at 40; each is one half of who is at risk.

    In strata of their own all four are there from the start; in one stratum those at 40 come after the first has left.
    """
    z = np.array([[0.0], [0.0], [40.0], [40.0]])
    day, event, entry = [1, 1, 3, 3], [1, 0, 1, 0], [0, 0, 2, 2] if late else [0, 0, 0, 0]
    sets = RiskSets.of(day, event, 1.0, entry, None if late else [0, 0, 1, 1])
    found = moments(sets, z, np.array([1.0]), ties)
    assert found.log_likelihood == pytest.approx(-2 * np.log(2))
    assert found.hazard == pytest.approx([1 / 2, np.exp(-40) / 2])
    assert found.score == pytest.approx([0], abs=1e-9)


@pytest.mark.filterwarnings("error")
def test_a_coefficient_that_runs_away_keeps_every_sum_finite():
    z = np.array([[-900.0], [-900.0], [0.0]])
    found = moments(RiskSets.of([2, 3, 1], [1, 0, 1], 1.0, None, None), z, np.array([1.0]), "efron")
    assert found.log_likelihood == pytest.approx(-np.log(2)), "at 0 alone, then one of two alike"
    assert np.all(np.isfinite(found.information))


@pytest.mark.filterwarnings("error")
def test_small_groups_fit_without_a_warning_and_the_likelihood_is_that_of_each_day_by_itself():
    generator = np.random.default_rng(1)
    settled = 0
    for turn in range(300):
        n = int(generator.integers(8, 40))
        x = generator.normal(size=(n, int(generator.integers(1, 4))))
        day, event = generator.integers(1, 30, n).astype(float), generator.random(n) < 0.4
        stratum = generator.integers(0, int(generator.integers(1, 6)), n)
        entry = np.where(generator.random(n) < 0.2 * (turn % 2), np.maximum(day - 5, 0), 0)
        found = cox.fit(x, day, event, entry=entry, stratum=stratum)
        settled += found.converged
        if np.all(np.isfinite(found.coefficients)):
            eta = (x - x.mean(axis=0)) @ found.coefficients
            assert found.log_likelihood == pytest.approx(day_by_day(eta, day, event, entry, stratum), abs=1e-8)
        if found.converged:
            further = day_by_day(eta * 1.01, day, event, entry, stratum)
            assert further <= found.log_likelihood + 1e-9, "there is no higher place farther out"
    assert settled > 200


def day_by_day(eta, day, event, entry, stratum):
    """Efron's log-likelihood from its definition, one event day of one stratum after the other."""
    total = 0.0
    for block, when in {(b, d) for b, d, left in zip(stratum, day, event, strict=True) if left}:
        risk = (stratum == block) & (day >= when) & (entry < when)
        gone = event & (stratum == block) & (day == when)
        top, tied = eta[risk].max(), int(gone.sum())
        there, theirs = np.exp(eta[risk] - top).sum(), np.exp(eta[gone] - top).sum()
        total += eta[gone].sum() - sum(top + np.log(there - place / tied * theirs) for place in range(tied))
    return total


def test_the_levels_of_a_factor_are_tested_together():
    """By hand: the block statistic of two columns does not change when the columns are mixed."""
    table = cells("veteran")
    names = ["x1", "x2", "x3", "x4"]
    fit = refit(table, {"covariates": names}, "efron", False)
    terms = {"karno": ["x1"], "cell": ["x2", "x3"], "trt": ["x4"]}
    one = cox_checks.proportional_hazards(fit, table[names], **parts(table), terms=terms)
    mixed = table.assign(x2=table["x2"] + table["x3"], x3=table["x2"] - 2 * table["x3"])
    again = refit(mixed, {"covariates": names}, "efron", False)
    other = cox_checks.proportional_hazards(again, mixed[names], **parts(mixed), terms=terms)
    assert one["df"].tolist() == [1, 2, 1, 4]
    np.testing.assert_allclose(one["chi2"], other["chi2"], rtol=1e-8)


@pytest.mark.parametrize("name", SETS)
def test_concordance(name):
    theirs, table = results("cox_more")[name], cells(name)
    fit = refit(table, theirs, "efron", False)
    ours = cox_checks.concordance(
        fit, table[theirs["covariates"]], table["day"], table["event"], entry=table.get("entry")
    )
    assert_close(ours.share, theirs["concordance"], 1e-10)
    assert [ours.concordant, ours.discordant, ours.tied_score] == theirs["pairs"]


@pytest.mark.parametrize("name", SETS)
def test_predicted_curves(name):
    theirs, table = results("cox_more")[name], cells(name)
    fit = refit(table, theirs, "efron", False)
    ours = cox_curves.predicted(
        fit, theirs["at"], table[theirs["covariates"]], table["day"], table["event"], entry=table.get("entry")
    )
    found = ours.set_index("day").loc[np.atleast_1d(theirs["curve"]["day"])]
    for quantity in ("survival", "std_error", "lower", "upper"):
        assert_close(found[quantity], theirs["curve"][quantity], 1e-9)


def test_added_up_cells_give_what_single_rows_give():
    table = cells("colon")
    names = ["x1", "x2", "x3"]
    added = table.groupby([*names, "day", "event"]).size().rename("people").reset_index()
    assert len(added) < len(table)
    one = cox.fit(table[names], table["day"], table["event"])
    two = cox.fit(added[names], added["day"], added["event"], added["people"])
    single = cox_checks.proportional_hazards(one, table[names], table["day"], table["event"])
    cell = cox_checks.proportional_hazards(two, added[names], added["day"], added["event"], added["people"])
    pd.testing.assert_frame_equal(single, cell, rtol=1e-9)
    assert cox_checks.concordance(one, table[names], table["day"], table["event"]) == cox_checks.concordance(
        two, added[names], added["day"], added["event"], added["people"]
    )
    at = [0, 1, 1]
    pd.testing.assert_frame_equal(
        cox_curves.predicted(one, at, table[names], table["day"], table["event"]),
        cox_curves.predicted(two, at, added[names], added["day"], added["event"], added["people"]),
        rtol=1e-9,
    )


def test_a_fit_that_did_not_converge_says_nothing_of_its_ratios():
    day, event, x = [1, 2, 3, 4], [1, 1, 0, 0], [[1.0], [1.0], [0.0], [0.0]]
    fit = cox.fit(x, day, event)
    assert not fit.converged
    found = cox_checks.proportional_hazards(fit, x, day, event)
    assert found["chi2"].isna().all()
    assert cox_curves.predicted(fit, [1.0], x, day, event)["survival"].isna().all()
