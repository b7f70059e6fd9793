"""Referee: R survival 3.5 (survfit, survdiff, print with rmean) on the data sets under tests/reference."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from pipelines.stats import logrank, survival
from pipelines.stats.steps import at_days
from tests.reference import FOLDER, MADE, REAL, assert_close, column, count_table, results

SETS = [*REAL, *MADE]
GROUPED = [name for name in SETS if "groups" in results(name)["curves"]]
SCALES = ("plain", "log", "log-log")


def curve_cases():
    for name in SETS:
        yield name, None
        for level in results(name)["curves"].get("groups", {}):
            yield name, level


CASES = list(curve_cases())


def case(name, level):
    found = results(name)["curves"]
    if level is None:
        return count_table(name), found["all"]
    return count_table(name, group=level), found["groups"][level]


def test_results_belong_to_these_scripts_and_data():
    made_from = results("made_from")
    assert len(made_from) > 30
    for name, digest in made_from.items():
        assert hashlib.md5((FOLDER / name).read_bytes(), usedforsecurity=False).hexdigest() == digest, name


@pytest.mark.parametrize(("name", "level"), CASES)
def test_kaplan_meier_with_three_kinds_of_limits(name, level):
    counts, expected = case(name, level)
    theirs = expected["curve"]
    for scale in SCALES if level is None else SCALES[-1:]:
        ours = survival.kaplan_meier(counts, conf=scale)
        assert len(ours) == expected["rows"]
        assert ours["n_event"].sum() == expected["events"]
        picked = ours.set_index("day").loc[np.atleast_1d(theirs["day"])]
        for name_ in ("n_risk", "n_event", "n_censored"):
            assert np.array_equal(picked[name_], column(theirs[name_]))
        assert_close(picked["survival"], theirs["survival"], 1e-10)
        assert_close(picked["std_error"], theirs["std_error"], 1e-10)
        assert_close(picked["lower"], theirs[f"lower_{scale}"], 1e-10)
        assert_close(picked["upper"], theirs[f"upper_{scale}"], 1e-10)


@pytest.mark.parametrize(("name", "level"), CASES)
def test_median_and_its_limits_are_exact(name, level):
    counts, expected = case(name, level)
    for scale in SCALES if level is None else SCALES[-1:]:
        ours = survival.median(survival.kaplan_meier(counts, conf=scale)).iloc[0]
        for mine, theirs in zip(("median", "lower", "upper"), expected["median"][scale], strict=True):
            assert (theirs is None and np.isnan(ours[mine])) or ours[mine] == theirs, mine


@pytest.mark.parametrize(("name", "level"), CASES)
def test_median_follow_up_is_exact(name, level):
    counts, expected = case(name, level)
    ours = survival.median(survival.follow_up(counts))["median"].iloc[0]
    theirs = expected["follow_up_median"]
    assert (theirs is None and np.isnan(ours)) or ours == theirs


@pytest.mark.parametrize(("name", "level"), CASES)
def test_restricted_mean_and_its_error(name, level):
    counts, expected = case(name, level)
    theirs = expected["rmst"]
    ours = survival.rmst(counts, theirs["tau"]).iloc[0]
    assert_close(ours["rmst"], theirs["rmst"], 1e-9)
    assert_close(ours["std_error"], theirs["std_error"], 1e-9)


@pytest.mark.parametrize(("name", "level"), CASES)
def test_numbers_at_risk_and_the_curve_at_chosen_days(name, level):
    counts, expected = case(name, level)
    theirs = expected["at_risk"]
    days = [int(day) for day in np.atleast_1d(theirs["day"])]
    table = survival.at_risk(counts, days)
    read = at_days(survival.kaplan_meier(counts), days)
    for ours in (table, read):
        assert np.array_equal(ours["n_risk"], column(theirs["n_risk"]))
        assert np.array_equal(ours["n_event"], column(theirs["n_event"]))
    known = ~np.isnan(read["survival"].to_numpy())
    assert_close(read["survival"].to_numpy()[known], column(theirs["survival"])[known], 1e-10)
    ended = np.array(days) > counts["day"].max()
    assert np.array_equal(known, ~ended | (counts.sort_values("day")["n_censored"].iloc[-1] == 0))


def assert_same_test(ours, theirs):
    assert ours.df == theirs["df"]
    assert_close(ours.chi2, theirs["chi2"], 1e-10 * max(1.0, theirs["chi2"] / 1000))
    assert_close(ours.p, theirs["p"], 1e-10)


@pytest.mark.parametrize("name", [name for name in GROUPED if results(name)["curves"]["all"]["events"]])
def test_log_rank_of_two_or_more_groups(name):
    expected = results(name)["curves"]
    counts = count_table(name, ("group",))
    assert_same_test(logrank.log_rank(counts, "group"), expected["log_rank"])
    ours = logrank.tally(counts, "group")
    theirs = expected["log_rank"]
    assert list(ours.groups["group"]) == theirs["groups"]
    assert_close(ours.observed, theirs["observed"], 0)
    assert_close(ours.expected, theirs["expected"], 1e-10)


STRATIFIED = [name for name in GROUPED if "log_rank_stratified" in results(name)["curves"]]


@pytest.mark.parametrize("name", STRATIFIED)
def test_stratified_log_rank(name):
    assert len(STRATIFIED) >= 12
    expected = results(name)["curves"]["log_rank_stratified"]
    counts = count_table(name, ("stratum", "group"))
    assert_same_test(logrank.log_rank(counts, "group", strata="stratum"), expected)


@pytest.mark.parametrize("name", [name for name in REAL if name in GROUPED])
def test_pairwise_log_rank_with_adjusted_p(name):
    theirs = results(name)["curves"]["pairs"]
    ours = logrank.log_rank_pairs(count_table(name, ("group",)), "group")
    assert list(ours["group_a"]) == list(np.atleast_1d(theirs["group_a"]))
    assert list(ours["group_b"]) == list(np.atleast_1d(theirs["group_b"]))
    for name_ in ("chi2", "p", "q"):
        assert_close(ours[name_], theirs[name_], 1e-10)


def test_no_events_give_no_test():
    result = logrank.log_rank(count_table("all_censored", ("group",)), "group")
    assert (result.chi2, result.df) == (0.0, 0)
    assert np.isnan(result.p)
