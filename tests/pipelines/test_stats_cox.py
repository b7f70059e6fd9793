"""Referee: R survival 3.5 `coxph` on fifteen data sets; the fit of added-up cells against that of single rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, t

from pipelines.stats import counts, cox
from tests.reference import FOLDER, assert_close, results, rows

SETS = list(results("cox"))
KINDS = ["efron", "efron_stratified", "breslow", "breslow_stratified"]


def cells(name):
    return pd.read_csv(FOLDER / "data" / f"cox_{name}.csv")


def refit(table, theirs, ties, stratified, **options):
    return cox.fit(
        table[np.atleast_1d(theirs["covariates"])],
        table["day"],
        table["event"],
        entry=table.get("entry"),
        stratum=table["stratum"] if stratified else None,
        cluster=table["cluster"],
        ties=ties,
        **options,
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SETS)
def test_coefficients_errors_and_tests(name, kind):
    theirs = results("cox")[name][kind]
    fit = refit(cells(name), theirs, kind.split("_")[0], kind.endswith("stratified"))
    assert fit.converged
    assert (fit.people, fit.events) == (theirs["people"], theirs["events"])
    assert_close(fit.coefficients, theirs["coefficients"], 1e-8)
    assert_close(fit.std_errors, theirs["std_errors"], 1e-8)
    assert_close(np.sqrt(np.diag(fit.clustered)), theirs["clustered"], 1e-8)
    assert_close(fit.log_likelihood, theirs["log_likelihood"], 1e-8)
    assert_close(fit.log_likelihood_null, theirs["log_likelihood_null"], 1e-8)
    assert_close(fit.score_test, theirs["score_test"], 1e-7)


def test_the_sets_reach_what_they_should():
    assert len(SETS) >= 12
    assert sum("entry" in cells(name) for name in SETS) >= 3
    assert sum(cells(name)["cluster"].duplicated().any() for name in SETS) >= 10


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize(
    ("name", "strata"), [("colon", None), ("colon", "stratum"), ("cgd", None), ("retinopathy", "stratum")]
)
def test_a_count_table_gives_what_the_rows_give(name, strata, ties):
    table = cells(name)
    if name != "colon":
        table["x2"] = table["x2"] // 10
    covariates = [c for c in table if c.startswith("x")]
    by = [*covariates, *(["entry"] if "entry" in table else []), "stratum", "cluster"]
    made = counts.from_rows(table.rename(columns={"event": "cause"}), by)
    added = cox.fit_counts(made, covariates, strata=strata, cluster="cluster", ties=ties)
    single = cox.fit(
        table[covariates],
        table["day"],
        table["event"],
        entry=table.get("entry"),
        stratum=table[strata] if strata else None,
        cluster=table["cluster"],
        ties=ties,
    )
    coarse = counts.from_rows(table.rename(columns={"event": "cause"}), [name for name in by if name != "cluster"])
    assert len(coarse) < len(table)
    without = cox.fit_counts(coarse, covariates, strata=strata, ties=ties)
    for fit in (added, without):
        assert fit.people == single.people
        assert_close(fit.coefficients, single.coefficients, 1e-10)
        assert_close(fit.std_errors, single.std_errors, 1e-10)
        assert_close(fit.log_likelihood, single.log_likelihood, 1e-10 * abs(single.log_likelihood))
    assert_close(added.clustered, single.clustered, 1e-10)
    assert without.clustered is None


def test_other_causes_are_censored_in_a_cause_specific_fit():
    people = rows("transplant").assign(women=lambda found: (found["stratum"] == "f").astype(int))
    made = counts.from_rows(people, ["women"], causes=3)
    for causes in (2, (1, 3)):
        wanted = people["cause"].isin(np.atleast_1d(causes))
        direct = cox.fit(people[["women"]], people["day"], wanted)
        assert_close(cox.fit_counts(made, ["women"], causes).coefficients, direct.coefficients, 1e-10)


def test_exits_on_day_zero_count():
    fit = cox.fit([0, 1, 0, 1, 0, 1], [0, 0, 1, 2, 2, 3], [1, 0, 1, 1, 0, 1])
    assert (fit.people, fit.events, fit.converged) == (6, 4, True)
    later = cox.fit([0, 1, 0, 1, 0, 1], [1, 1, 2, 3, 3, 4], [1, 0, 1, 1, 0, 1])
    assert_close(fit.coefficients, later.coefficients, 1e-12)


def test_strata_are_fits_of_their_own_added_up():
    table = cells("veteran")
    one = cox.fit(table[["x1"]], table["day"], table["event"], stratum=table["stratum"])
    parts = [part for _, part in table.groupby("stratum")]
    nulls = [cox.fit(part[["x1"]], part["day"], part["event"]).log_likelihood_null for part in parts]
    assert one.log_likelihood_null == pytest.approx(sum(nulls), abs=1e-10)
    shifted = table.assign(day=table["day"] + 1000 * table["stratum"])
    entered = shifted["stratum"] * 1000
    moved = cox.fit(shifted[["x1"]], shifted["day"], shifted["event"], entry=entered, stratum=shifted["stratum"])
    assert_close(moved.coefficients, one.coefficients, 1e-12)
    # Late entry keeps the strata apart by itself: nobody of one is under observation on a day of the other.
    apart = cox.fit(shifted[["x1"]], shifted["day"], shifted["event"], entry=entered)
    assert_close(apart.coefficients, one.coefficients, 1e-12)


def test_intervals_follow_the_number_of_clusters():
    table = cells("colon")
    for clusters, factor, quantile in ((7, 7 / 6, np.nan), (8, 8 / 7, t.ppf(0.975, 7)), (30, 1.0, t.ppf(0.975, 29))):
        member = np.arange(len(table)) % clusters
        fit = cox.fit(table[["x1", "x2"]], table["day"], table["event"], cluster=member)
        shown = fit.table()
        error = np.sqrt(factor * np.diag(fit.clustered))
        assert_close(shown["std_error"], error, 1e-14)
        assert np.allclose(shown["upper"] - shown["coefficient"], quantile * error, equal_nan=True)
        p = 2 * t.sf(np.abs(fit.coefficients) / error, clusters - 1)
        assert np.allclose(shown["p"], p if clusters >= 8 else np.nan, equal_nan=True)
    alone = cox.fit(table[["x1"]], table["day"], table["event"])
    half = norm.ppf(0.975) * alone.std_errors
    assert_close(alone.table()["coefficient"] - alone.table()["lower"], half, 1e-12)


def test_what_cannot_be_estimated_gives_no_number():
    day, event = [1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1]
    runaway = cox.fit([1, 1, 1, 0, 0, 0], day, event)
    twins = cox.fit(np.column_stack([[1, 2, 1, 4, 1, 3], [2, 4, 2, 8, 2, 6]]), day, event)
    same = cox.fit([1] * 6, day, event)
    nobody = cox.fit([1, 2, 1, 4, 1, 3], day, [0] * 6)
    for fit in (runaway, twins, same, nobody):
        assert not fit.converged
        shown = fit.table()
        assert shown[["coefficient", "std_error", "lower", "upper", "hazard_ratio", "p"]].isna().all(axis=None)


def test_faulty_cells_are_refused():
    with pytest.raises(ValueError, match="missing covariates"):
        cox.fit([1.0, np.nan], [1, 2], [1, 1])
    with pytest.raises(ValueError, match="before the day"):
        cox.fit([1.0, 2.0], [1, 2], [1, 1], entry=[0, 2])
    with pytest.raises(ValueError, match="one row of covariates"):
        cox.fit([1.0, 2.0, 3.0], [1, 2], [1, 1])
    with pytest.raises(ValueError, match="one day, event"):
        cox.fit([1.0, 2.0], [1, 2], [1, 1], stratum=["a"])
    with pytest.raises(ValueError, match="stratum or cluster is missing"):
        cox.fit([1.0, 2.0], [1, 2], [1, 1], cluster=["a", None])


def test_a_step_too_far_is_taken_back():
    score = [0.8, 3.6, 1.2, 0.3, 2.1, 13.6, 6.6, 0.2, 0.1, 0.3, 1.1, 0.0, 0.6, 0.1, 0.2, 0.3, 0.5]
    day = [3, 9, 14, 13, 12, 1, 1, 4, 1, 20, 16, 19, 8, 18, 23, 12, 14]
    event = [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1]
    fit = cox.fit(score, day, event)
    assert fit.converged
    assert_close(fit.coefficients, [0.259685829003472], 1e-8)
    assert_close(fit.std_errors, [0.0945510384297127], 1e-8)
