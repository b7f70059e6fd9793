"""Referees: a second implementation on person rows in exact fractions; lifelines and statsmodels; identities."""

from __future__ import annotations

from fractions import Fraction

import lifelines
import lifelines.statistics
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight, survdiff

from pipelines.stats import counts, incidence, logrank, proportion, survival
from pipelines.stats.limits import Z
from tests.reference import rows

person = st.tuples(st.integers(0, 12), st.integers(0, 2), st.sampled_from("abc"), st.sampled_from("xy"))
people = st.lists(person, min_size=1, max_size=20).map(
    lambda found: pd.DataFrame(found, columns=["day", "cause", "arm", "site"])
)
several = settings(max_examples=15, deadline=None)


def exact_states(table: pd.DataFrame, causes: int) -> dict[int, list[Fraction]]:
    """Shares of every state after each day, person by person, in fractions."""
    staying, shares, out = Fraction(1), [Fraction(0)] * causes, {}
    for day in sorted(set(table["day"])):
        at_risk = sum(table["day"] >= day)
        leaving = [int(sum((table["day"] == day) & (table["cause"] == cause))) for cause in range(1, causes + 1)]
        shares = [share + staying * Fraction(left, int(at_risk)) for share, left in zip(shares, leaving, strict=True)]
        staying *= 1 - Fraction(sum(leaving), int(at_risk))
        out[day] = [staying, *shares]
    return out


@several
@given(people)
def test_curves_equal_exact_fractions(table):
    made = counts.from_rows(table, causes=2)
    curve = survival.kaplan_meier(made)
    one_cause = exact_states(table.assign(cause=(table["cause"] == 1).astype(int)), 1)
    assert curve["day"].tolist() == sorted(one_cause)
    np.testing.assert_allclose(curve["survival"], [float(one_cause[day][0]) for day in curve["day"]], atol=1e-14)
    shares = incidence.state_shares(made, (1, 2)).pivot_table(index="day", columns="state", values="share")
    np.testing.assert_allclose(shares, [[float(f) for f in row] for row in exact_states(table, 2).values()], atol=1e-14)


@several
@given(people)
def test_curves_keep_their_promises(table):
    made = counts.from_rows(table, causes=2)
    curve = survival.kaplan_meier(made)
    assert (np.diff(curve["survival"]) <= 0).all()
    shares = incidence.state_shares(made, (1, 2))
    assert np.abs(shares.groupby("day")["share"].sum() - 1).max() < 1e-12
    for name, value in (("survival", curve), ("share", shares)):
        known = value.dropna()
        assert known[name].between(-1e-15, 1 + 1e-15).all()
        assert (known["lower"] <= known[name] + 1e-12).all()
        assert (known["upper"] >= known[name] - 1e-12).all()
        assert known[["lower", "upper"]].ge(0).all(axis=None)
        assert known[["lower", "upper"]].le(1).all(axis=None)
    for _, cause in incidence.aalen_johansen(made, (1, 2)).groupby("cause"):
        assert (np.diff(cause["incidence"]) >= 0).all()


@several
@given(people, st.randoms(use_true_random=False))
def test_order_of_rows_and_how_they_are_added_up_do_not_matter(table, random):
    made = counts.from_rows(table, ["arm", "site"], causes=2)
    order = list(range(len(made)))
    random.shuffle(order)
    one_each = table[["arm", "site", "day"]].assign(
        n_event_1=(table["cause"] == 1).astype(int),
        n_event_2=(table["cause"] == 2).astype(int),
        n_censored=(table["cause"] == 0).astype(int),
    )
    for other in (made.iloc[order], one_each, one_each.iloc[::-1]):
        for function in (survival.kaplan_meier, survival.follow_up):
            pd.testing.assert_frame_equal(function(made, by=["arm"]), function(other, by=["arm"]))
        pd.testing.assert_frame_equal(
            incidence.aalen_johansen(made, (1, 2)), incidence.aalen_johansen(other, (1, 2)), atol=1e-14
        )
        first, second = (logrank.log_rank(found, "arm", strata="site") for found in (made, other))
        np.testing.assert_allclose(first, second, atol=1e-12)


@several
@given(people)
def test_groups_at_once_equal_groups_one_by_one(table):
    made = counts.from_rows(table, ["arm"], causes=2)
    together = survival.kaplan_meier(made, by=["arm"])
    states = incidence.state_shares(made, (1, 2), by=["arm"])
    for arm, part in made.groupby("arm"):
        alone = survival.kaplan_meier(part)
        chosen = together[together["arm"] == arm].drop(columns="arm").reset_index(drop=True)
        pd.testing.assert_frame_equal(chosen, alone)
        chosen = states[states["arm"] == arm].drop(columns="arm").reset_index(drop=True)
        pd.testing.assert_frame_equal(chosen, incidence.state_shares(part, (1, 2)))


@several
@given(people)
def test_log_rank_equals_exact_fractions(table):
    arms = sorted(set(table["arm"]))
    expected, variance = dict.fromkeys(arms, Fraction(0)), {(a, b): Fraction(0) for a in arms for b in arms}
    for site in set(table["site"]):
        here = table[table["site"] == site]
        for day in set(here["day"]):
            risk = here[here["day"] >= day]
            n, d = len(risk), int(((here["day"] == day) & (here["cause"] == 1)).sum())
            share = {arm: Fraction(int((risk["arm"] == arm).sum()), n) for arm in arms}
            for a in arms:
                expected[a] += d * share[a]
                for b in arms:
                    if n > 1:
                        spread = Fraction(d * (n - d), n - 1)
                        variance[a, b] += spread * (share[a] * (a == b) - share[a] * share[b])
    ours = logrank.tally(counts.from_rows(table, ["site", "arm"], causes=2), "arm", "site")
    np.testing.assert_allclose(ours.expected, [float(expected[a]) for a in arms], atol=1e-12)
    np.testing.assert_allclose(ours.variance, [[float(variance[a, b]) for b in arms] for a in arms], atol=1e-12)


@several
@given(people)
def test_without_censoring_a_curve_is_a_plain_share(table):
    table = table.assign(cause=table["cause"] + 1)
    made = counts.from_rows(table, causes=3)
    last = incidence.aalen_johansen(made, (1, 2, 3)).groupby("cause").last()
    share = table["cause"].value_counts(normalize=True).reindex([1, 2, 3], fill_value=0.0)
    np.testing.assert_allclose(last["incidence"], share, atol=1e-14)
    np.testing.assert_allclose(last["std_error"], np.sqrt(share * (1 - share) / len(table)), atol=1e-14)


@several
@given(st.integers(0, 400), st.integers(1, 400))
def test_wilson_limits_solve_the_score_equation(k, n):
    k = min(k, n)
    found = proportion.wilson(k, n)
    for limit in (found.lower, found.upper):
        assert abs(k / n - limit) == pytest.approx(Z * np.sqrt(limit * (1 - limit) / n), abs=1e-9)
    exact = proportion.exact(k, n)
    assert 0 <= exact.lower <= k / n <= exact.upper <= 1


@pytest.mark.parametrize("name", ["lung", "veteran", "colon", "uis"])
def test_lifelines_agrees(name):
    table = rows(name)
    event = table["cause"] == 1
    fit = lifelines.KaplanMeierFitter().fit(table["day"], event)
    ours = survival.kaplan_meier(counts.from_rows(table, causes=max(1, table["cause"].max())))
    theirs = fit.survival_function_["KM_estimate"].loc[ours["day"]]
    np.testing.assert_allclose(ours["survival"], theirs, atol=1e-12)
    by_arm = counts.from_rows(table.assign(cause=event.astype(int)), ["group"])
    test = lifelines.statistics.multivariate_logrank_test(table["day"], table["group"], event)
    assert logrank.log_rank(by_arm, "group").chi2 == pytest.approx(test.test_statistic, abs=1e-9)


@pytest.mark.parametrize("name", ["mgus2", "transplant", "Melanoma", "pbc"])
def test_statsmodels_agrees(name):
    table = rows(name)
    table = table[table["day"] > 0]
    causes = tuple(range(1, table["cause"].max() + 1))
    made = counts.from_rows(table, causes=max(causes))
    fit = SurvfuncRight(table["day"], (table["cause"] == 1).astype(int))
    ours = survival.kaplan_meier(made).set_index("day").loc[fit.surv_times]
    np.testing.assert_allclose(ours["survival"], fit.surv_prob, atol=1e-12)
    np.testing.assert_allclose(ours["std_error"], fit.surv_prob_se, atol=1e-12)
    cumulative = CumIncidenceRight(table["day"], table["cause"])
    curve = incidence.aalen_johansen(made, causes)
    for cause, share, error in zip(causes, cumulative.cinc, cumulative.cinc_se, strict=True):
        mine = curve[curve["cause"] == cause].set_index("day").loc[cumulative.times]
        np.testing.assert_allclose(mine["incidence"], share, atol=1e-12)
        known = ~np.isnan(error)
        np.testing.assert_allclose(mine["std_error"][known], error[known], atol=1e-9)
    by_arm = counts.from_rows(table, ["stratum", "group"], causes=max(causes))
    chi2, p = survdiff(table["day"], (table["cause"] == 1).astype(int), table["group"], strata=table["stratum"])
    ours = logrank.log_rank(by_arm, "group", strata="stratum")
    assert ours.chi2 == pytest.approx(chi2, abs=1e-9)
    assert ours.p == pytest.approx(p, abs=1e-9)
