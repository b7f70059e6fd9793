"""Referee: R 4.2 (prop.test, binom.test, t.test, quantile, cor; sandwich for clustered shares), Newcombe 1998."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.stats import association, mean, proportion
from tests.reference import assert_close, results


def test_wilson_and_exact_limits():
    theirs = results("shares")["shares"]
    assert len(set(theirs["set"])) >= 5
    k, n = np.array(theirs["k"]), np.array(theirs["n"])
    for ours, name in ((proportion.wilson(k, n), "wilson"), (proportion.exact(k, n), "exact")):
        assert np.array_equal(ours.estimate, k / n)
        assert_close(ours.lower, theirs[f"{name}_lower"], 1e-12)
        assert_close(ours.upper, theirs[f"{name}_upper"], 1e-12)


def test_difference_of_shares():
    theirs = results("shares")["difference"]
    ours = proportion.difference(theirs["k_a"], theirs["n_a"], theirs["k_b"], theirs["n_b"])
    assert_close(ours.estimate, theirs["estimate"], 1e-12)
    assert_close(ours.lower, theirs["lower"], 1e-12)
    assert_close(ours.upper, theirs["upper"], 1e-12)


NEWCOMBE_1998 = [
    (56, 70, 48, 80, 0.0524, 0.3339),
    (9, 10, 3, 10, 0.1705, 0.8090),
    (6, 7, 2, 7, 0.0582, 0.8062),
    (5, 56, 0, 29, -0.0381, 0.1926),
    (0, 10, 0, 20, -0.1611, 0.2775),
    (0, 10, 0, 10, -0.2775, 0.2775),
    (10, 10, 0, 20, 0.6791, 1.0000),
    (10, 10, 0, 10, 0.6075, 1.0000),
]


@pytest.mark.parametrize(("k_a", "n_a", "k_b", "n_b", "lower", "upper"), NEWCOMBE_1998)
def test_difference_as_printed_by_newcombe(k_a, n_a, k_b, n_b, lower, upper):
    ours = proportion.difference(k_a, n_a, k_b, n_b)
    assert (round(ours.lower, 4), round(ours.upper, 4)) == (lower, upper)


@pytest.mark.parametrize("name", ["cbpp", "bacteria", "rats", "kidney"])
def test_clustered_share(name):
    theirs = results("shares")["clustered"][name]
    ours = proportion.clustered_share(theirs["k"], theirs["n"])
    assert_close([ours.estimate, ours.lower, ours.upper], [theirs["estimate"], theirs["lower"], theirs["upper"]], 1e-9)
    patterns, people = np.unique(np.column_stack([theirs["k"], theirs["n"]]), axis=0, return_counts=True)
    assert_close(proportion.clustered_share(patterns[:, 0], patterns[:, 1], people), ours, 1e-14)


def test_shares_at_their_ends():
    nobody = proportion.wilson(0, 0)
    assert np.isnan(nobody.lower)
    assert np.isnan(nobody.upper)
    assert np.isnan(proportion.exact(0, 0).lower)
    assert proportion.wilson(0, 20).lower == 0
    assert proportion.wilson(20, 20).upper == 1
    everyone = proportion.clustered_share([3, 5], [3, 5], [4, 6])
    assert everyone == proportion.wilson(10, 10)
    assert np.isnan(proportion.clustered_share([3], [5]).lower)
    assert np.isnan(proportion.clustered_share([], []).estimate)
    for function in (proportion.wilson, proportion.exact, proportion.clustered_share):
        with pytest.raises(ValueError, match="0 <= k <= n"):
            function(3, 2)


@pytest.mark.parametrize("name", list(results("means")))
def test_means_and_quantiles(name):
    theirs = results("means")[name]
    values, people = np.unique(theirs["values"], return_counts=True)
    centre, spread, n = mean.from_counts(values, people)
    assert n == theirs["n"]
    assert_close([centre, spread], [theirs["mean"], theirs["std_dev"]], 1e-11 * abs(theirs["mean"]))
    ours = mean.t_interval(centre, spread, n)
    assert_close([ours.lower, ours.upper], theirs["limits"], 1e-11 * abs(theirs["mean"]))
    assert mean.quantiles(values, people, theirs["probs"]).tolist() == theirs["quantiles"]
    assert mean.quantiles(values[::-1], people[::-1], theirs["probs"]).tolist() == theirs["quantiles"]


def test_means_of_few():
    assert np.isnan(mean.t_interval(4.0, 0.0, 1).lower)
    assert np.isnan(mean.from_counts([], [])[0])
    assert np.isnan(mean.quantiles([], [], [0.5])[0])
    assert mean.quantiles([3, 5, 7], [0, 2, 0], [0.0, 0.5, 1.0]).tolist() == [5, 5, 5]
    with pytest.raises(ValueError, match="count of 0 or more"):
        mean.from_counts([1.0], [-1])


@pytest.mark.parametrize("name", list(results("spearman")))
def test_rank_correlation(name):
    theirs = results("spearman")[name]
    ours = association.spearman(theirs["x"], theirs["y"])
    assert_close(ours, [theirs["estimate"], theirs["lower"], theirs["upper"]], 1e-12)


def test_rank_correlation_without_spread_is_missing():
    assert np.isnan(association.spearman([1, 1, 1, 1, 1], [1, 2, 3, 4, 5]).estimate)
    assert np.isnan(association.spearman([1, 2, 3], [1, 2, 3]).estimate)
