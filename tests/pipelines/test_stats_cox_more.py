"""Referee: R survival 3.5 `cox.zph`, `concordance`, `survfit` on fifteen sets; added-up cells against single rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.stats import cox, cox_checks, cox_curves
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
