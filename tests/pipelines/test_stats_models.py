"""Referee: R (cmprsk, survival, lme4) for Gray, Fine-Gray, mixed logistic models, splines, funnels, E-values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.stats import competing, cox, funnel, mixed_logistic, sensitivity, spline
from tests.pipelines.test_stats_cox import cells
from tests.reference import FOLDER, REAL, assert_close, column, count_table, results

MODELS = results("models")
WITH_GRAY = [name for name in REAL if "gray" in (results(name).get("incidence") or {})]


@pytest.mark.parametrize("name", WITH_GRAY)
def test_gray_test(name):
    theirs = results(name)["incidence"]["gray"]
    for cause, chi2, p, df in zip(*(column(theirs[key]) for key in ("cause", "chi2", "p", "df")), strict=True):
        ours = competing.gray_test(count_table(name, ("group",)), "group", int(cause))
        np.testing.assert_allclose(ours.chi2, chi2, rtol=1e-9, atol=1e-9)
        assert ours.df == df
        assert abs(ours.p - p) < 1e-9


def test_gray_test_has_nothing_to_say_of_one_group_or_no_exit():
    table = pd.DataFrame(
        {"group": ["a", "a"], "day": [1, 2], "n_event_1": [1, 0], "n_event_2": [0, 1], "n_censored": 0}
    )
    assert competing.gray_test(table, "group")[:2] == (0.0, 0)
    two = pd.concat([table, table.assign(group="b")]).assign(n_event_1=0)
    assert competing.gray_test(two, "group")[:2] == (0.0, 0)
    with pytest.raises(ValueError, match="n_event_3"):
        competing.gray_test(table, "group", 3)


@pytest.mark.parametrize("name", list(MODELS["fine_gray"]))
def test_fine_gray(name):
    theirs, counts = MODELS["fine_gray"][name], count_table(name, ("group",))
    counts = counts.assign(x=(counts["group"] == min(counts["group"])).astype(float))
    ours = competing.fine_gray(counts, ["x"]).iloc[0]
    assert_close([ours["coefficient"], ours["std_error"]], [theirs["coefficient"], theirs["std_error"]], 1e-7)


@pytest.mark.parametrize("name", list(MODELS["mixed_logistic"]))
def test_mixed_logistic(name):
    theirs = MODELS["mixed_logistic"][name]
    table = pd.read_csv(FOLDER / "data" / f"logistic_{name}.csv")
    x = table.filter(regex="^x")
    design = np.column_stack([np.ones(len(table)), (x - x.mean()) / x.std()])
    ours = mixed_logistic.mixed_logistic(design, table["y"], table["cluster"], table["n"])
    assert ours.converged
    assert_close(ours.coefficients, theirs["coefficients"], 1e-5)
    assert_close(ours.std_errors, theirs["std_errors"], 1e-4)
    assert_close(ours.sd, theirs["sd"], 1e-4)
    assert_close(ours.shrunken, theirs["shrunken"], 1e-4)
    assert ours.units.astype(str).tolist() == theirs["units"]


def test_units_that_differ_by_chance_alone_have_no_spread_and_no_deviation():
    rng = np.random.default_rng(7)
    unit = np.repeat(np.arange(30), 20)
    fit = mixed_logistic.mixed_logistic(np.ones((600, 1)), (np.tile(np.arange(20), 30) < 8).astype(float), unit)
    assert fit.sd == 0.0
    assert np.all(np.abs(fit.shrunken) < 1e-3)
    assert (fit.intraclass_correlation, fit.median_odds_ratio) == (0.0, 1.0)
    spread = rng.normal(0, 1, 30)[unit]
    wide = mixed_logistic.mixed_logistic(np.ones((600, 1)), rng.random(600) < 1 / (1 + np.exp(-spread)), unit)
    assert 0.7 < wide.sd < 1.4
    # By hand: sd^2 / (sd^2 + 3.2899), and exp(sqrt(2) x sd x 0.67449).
    assert wide.intraclass_correlation == pytest.approx(wide.sd**2 / (wide.sd**2 + 3.28987), abs=1e-5)
    assert wide.median_odds_ratio == pytest.approx(np.exp(0.95387 * wide.sd), rel=1e-4)


def test_a_mixed_model_that_cannot_be_fitted_says_so():
    design = np.column_stack([np.ones(8), [0, 0, 0, 0, 1, 1, 1, 1]])
    fit = mixed_logistic.mixed_logistic(design, [0, 0, 0, 0, 1, 1, 1, 1], [1, 1, 2, 2, 3, 3, 4, 4])
    assert not fit.converged
    assert np.isnan(fit.coefficients).all()


@pytest.mark.parametrize("name", list(MODELS["splines"]))
def test_spline(name):
    theirs, table = MODELS["splines"][name], cells(name)
    at = spline.knots(table["x1"])
    assert_close(at, theirs["knots"], 1e-12)
    columns = spline.basis(table["x1"], at)
    fit = cox.fit(columns, table["day"], table["event"])
    np.testing.assert_allclose(fit.coefficients, theirs["coefficients"], rtol=1e-6)
    curve = spline.curve(fit.coefficients, fit.covariance, at, theirs["scores"], theirs["reference"])
    np.testing.assert_allclose(curve["estimate"], theirs["estimate"], rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(curve["std_error"], theirs["std_error"], rtol=1e-6, atol=1e-9)
    line = cox.fit(table[["x1"]], table["day"], table["event"])
    test = spline.bend(fit.log_likelihood, line.log_likelihood, at)
    assert test.df == theirs["df"]
    np.testing.assert_allclose([test.chi2, test.p], [theirs["chi2"], theirs["p"]], rtol=1e-6, atol=1e-8)


def test_a_spline_is_straight_outside_its_knots_and_a_line_where_ties_leave_no_knots():
    at = np.array([1.0, 2.0, 3.0, 4.0])
    for outside in (np.array([-3.0, -2.0, -1.0]), np.array([5.0, 6.0, 7.0])):
        np.testing.assert_allclose(np.diff(spline.basis(outside, at), n=2, axis=0), 0, atol=1e-12)
    assert len(spline.knots([5.0] * 60 + [1, 2, 3, 4] * 10)) == 0
    assert len(spline.knots([1] * 30 + [2] * 40 + [3] * 30)) == 3
    assert spline.basis([1.0, 2.0], []).tolist() == [[1.0], [2.0]]
    assert np.isnan(spline.bend(-10.0, -10.0, []).p)


def test_funnel_limits():
    theirs = MODELS["funnel"]
    for tail, exact, wide in zip(theirs["tails"], theirs["exact"], theirs["wide"], strict=True):
        assert_close(funnel.exact_limit(theirs["sizes"], theirs["share"], tail), exact, 1e-12)
        assert_close(funnel.wide_limit(theirs["sizes"], theirs["share"], tail, theirs["tau2"]), wide, 1e-12)
    ours = funnel.spread(theirs["events"], theirs["size"], theirs["share"])
    assert_close([ours.phi, ours.tau2], [theirs["phi"], theirs["tau2"]], 1e-12)
    assert ours.is_more_than_chance == (theirs["phi"] > 1 + 2 * np.sqrt(2 / len(theirs["size"])))


def test_standardised_shares_by_hand():
    assert_close(funnel.indirectly_standardised([6, 3, 0], [4.0, 6.0, 0.0], 0.4)[:2], [0.6, 0.2], 1e-12)
    assert np.isnan(funnel.indirectly_standardised([1], [0.0], 0.4)[0])


def test_e_values():
    theirs = MODELS["e_values"]
    for place, (ratio, low, high) in enumerate(zip(theirs["ratio"], theirs["lower"], theirs["upper"], strict=True)):
        for rare in (False, True):
            ours = sensitivity.e_value(ratio, low, high, rare=rare)
            kind = "rare" if rare else "common"
            assert_close(ours, [theirs[kind][place], theirs[f"{kind}_limit"][place]], 1e-12)


def test_an_e_value_of_nothing_is_missing_and_of_no_association_is_one():
    assert np.isnan(sensitivity.e_value(np.nan, np.nan, np.nan).estimate)
    assert sensitivity.e_value(1.0, 0.8, 1.2) == (1.0, 1.0)
    # Published example: a risk ratio of 3.9 (1.8 to 8.7) has the E-values 7.26 and 3.0 (VanderWeele & Ding 2017).
    ours = sensitivity.e_value(3.9, 1.8, 8.7, rare=True)
    assert (round(ours.estimate, 2), round(ours.limit, 2)) == (7.26, 3.0)
