"""Referee: R survival 3.5 `survfit(cluster=)`; with one person in each cluster, the errors for independent people."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from pipelines.stats import clusters, counts, incidence, survival
from tests.reference import MADE, REAL, assert_close, column, count_table, results, rows

SETS = [name for name in [*REAL, *MADE] if "clustered" in results(name)]


def picked(curve, theirs, known):
    return curve.set_index("day").loc[np.atleast_1d(theirs["day"])[known]]


@pytest.mark.parametrize("name", SETS)
def test_clustered_errors(name):
    found = results(name)["clustered"]
    made = count_table(name, ("cluster",))
    causes = tuple(range(1, len(counts.event_columns(made)) + 1))
    curve = clusters.kaplan_meier(made, "cluster", correct=False)
    assert (curve["clusters"] == found["clusters"]).all()
    theirs = found["survival"]
    # Where everybody has left, R gives an error of 0 and we give none.
    known = column(theirs["share"]) > 0
    assert_close(picked(curve, theirs, known)["survival"], column(theirs["share"])[known], 1e-10)
    assert_close(picked(curve, theirs, known)["std_error"], column(theirs["std_error"])[known], 1e-10)
    if "incidence" in found:
        theirs = found["incidence"]
        known = column(theirs["share"]) >= 0
        curve = clusters.incidence(made, "cluster", 1, causes, correct=False)
        assert_close(picked(curve, theirs, known)["incidence"], theirs["share"], 1e-9)
        assert_close(picked(curve, theirs, known)["std_error"], theirs["std_error"], 1e-9)


def test_enough_sets():
    assert len(SETS) >= 15


@pytest.mark.parametrize("name", ["lung", "mgus2", "transplant", "uis"])
def test_one_person_in_each_cluster_is_independence(name):
    people = rows(name).assign(own=lambda found: np.arange(len(found)))
    causes = max(1, people["cause"].max())
    alone = counts.from_rows(people, ["own"], causes=causes)
    together = counts.from_rows(people, causes=causes)
    ours, plain = clusters.kaplan_meier(alone, "own"), survival.kaplan_meier(together)
    staying = (plain["survival"] > 0).to_numpy()
    assert_close(ours["std_error"][staying], plain["std_error"][staying], 1e-12)
    assert np.array_equal(ours[["day", "n_risk", "n_event", "n_censored"]], plain[plain.columns[:4]])
    every = tuple(range(1, causes + 1))
    ours, plain = clusters.stayed(alone, "own", 1, every), incidence.stayed(together, 1, every)
    for name_ in ("n_risk", "n_event", "n_censored", "stayed", "std_error"):
        assert_close(ours[name_], plain[name_], 1e-12)


def test_the_rule_on_the_number_of_clusters():
    assert np.isnan(clusters.rule(7).quantile)
    assert clusters.rule(8) == (8 / 7, pytest.approx(t.ppf(0.975, 7), abs=1e-10))
    assert clusters.rule(29).factor == 29 / 28
    assert clusters.rule(30).factor == 1
    assert clusters.rule(8, correct=False).factor == 1
    few = rows("cgd")[lambda found: found["cluster"].isin(["1", "2", "3"])]
    curve = clusters.kaplan_meier(counts.from_rows(few, ["cluster"]), "cluster")
    changed = curve[curve["survival"] < 1]
    assert changed["std_error"].gt(0).all()
    assert changed[["lower", "upper"]].isna().all(axis=None)
    assert clusters.cluster_count(counts.from_rows(few, ["cluster"]), "cluster") == 3


def test_limits_use_t_on_the_log_log_scale():
    made = count_table("rotterdam", ("cluster",))
    curve = clusters.kaplan_meier(made, "cluster")
    row = curve[curve["survival"] < 0.9].iloc[0]
    share, quantile = row["survival"], t.ppf(0.975, row["clusters"] - 1)
    stretch = quantile * row["std_error"] / (share * abs(np.log(share)))
    assert row["lower"] == pytest.approx(share ** np.exp(stretch), abs=1e-12)
    assert row["upper"] == pytest.approx(share ** np.exp(-stretch), abs=1e-12)
