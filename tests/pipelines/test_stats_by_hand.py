"""Referee: fractions worked out by hand, and the eight people of the definition of leaving."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import pandas as pd
import pytest

from pipelines.stats import counts, incidence, logrank, survival
from pipelines.stats.limits import Z, limits
from pipelines.stats.steps import at_days

# Day and cause of the seven people who are in the curve; the one enrolled 15 days before the extract is not.
EIGHT = pd.DataFrame({"day": [51, 161, 170, 95, 1, 120, 170], "cause": [1, 1, 0, 2, 1, 4, 0]})
COUNTS = counts.from_rows(EIGHT, causes=4)


def test_the_count_table_of_the_eight_people():
    assert COUNTS["day"].tolist() == [1, 51, 95, 120, 161, 170]
    assert COUNTS["n_event_1"].tolist() == [1, 1, 0, 0, 1, 0]
    assert COUNTS["n_event_2"].tolist() == [0, 0, 1, 0, 0, 0]
    assert COUNTS["n_event_4"].tolist() == [0, 0, 0, 1, 0, 0]
    assert COUNTS["n_censored"].tolist() == [0, 0, 0, 0, 0, 2]


def test_kaplan_meier_of_the_eight_people():
    curve = survival.kaplan_meier(COUNTS)
    assert curve["n_risk"].tolist() == [7, 6, 5, 4, 3, 2]
    assert curve["n_event"].tolist() == [1, 1, 0, 0, 1, 0]
    assert curve["n_censored"].tolist() == [0, 0, 1, 1, 0, 2]
    assert curve["survival"].to_numpy() == pytest.approx([6 / 7, 5 / 7, 5 / 7, 5 / 7, 10 / 21, 10 / 21], abs=1e-15)
    greenwood = 1 / 42 + 1 / 30 + 1 / 6
    last = curve.iloc[-1]
    assert last["std_error"] == pytest.approx(10 / 21 * sqrt(greenwood), abs=1e-15)
    stretch = Z * sqrt(greenwood) / abs(log(10 / 21))
    assert last["lower"] == pytest.approx((10 / 21) ** exp(stretch), abs=1e-14)
    assert last["upper"] == pytest.approx((10 / 21) ** exp(-stretch), abs=1e-14)
    assert survival.median(curve)["median"].tolist() == [161]
    assert survival.median(survival.follow_up(COUNTS))["median"].tolist() == [170]


def test_where_the_eight_people_are():
    shares = incidence.state_shares(COUNTS).pivot_table(index="day", columns="state", values="share", sort=True)
    sevenths = [[6, 1, 0, 0, 0], [5, 2, 0, 0, 0], [4, 2, 1, 0, 0], [3, 2, 1, 0, 1], [2, 3, 1, 0, 1], [2, 3, 1, 0, 1]]
    assert shares.columns.tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(shares.to_numpy(), np.array(sevenths) / 7, atol=1e-15)
    # Nobody is censored before the end, so the errors are those of plain shares of seven people.
    curve = incidence.aalen_johansen(COUNTS)
    left = curve[(curve["cause"] == 1) & (curve["day"] == 161)].iloc[0]
    assert left["std_error"] == pytest.approx(sqrt(3 / 7 * 4 / 7 / 7), abs=1e-15)
    stayed = incidence.stayed(COUNTS)
    assert stayed["stayed"].to_numpy() == pytest.approx([6 / 7, 5 / 7, 5 / 7, 5 / 7, 4 / 7, 4 / 7], abs=1e-15)
    assert stayed["n_event"].tolist() == [1, 1, 0, 0, 1, 0]


def test_the_eight_people_at_chosen_days():
    read = at_days(incidence.stayed(COUNTS), [0, 1, 30, 90, 100, 170, 180])
    assert read["stayed"].to_numpy()[:6] == pytest.approx([1, 6 / 7, 6 / 7, 5 / 7, 5 / 7, 4 / 7], abs=1e-15)
    assert np.isnan(read["stayed"].iloc[6])
    assert read["n_risk"].tolist() == [7, 7, 6, 5, 4, 2, 0]
    assert read["n_event"].tolist() == [0, 1, 1, 2, 2, 3, 3]
    assert survival.at_risk(COUNTS, [0, 51, 52])["n_risk"].tolist() == [7, 6, 5]


def test_restricted_mean_of_the_eight_people():
    area = 1 * 1 + 50 * 6 / 7 + 110 * 5 / 7 + 9 * 10 / 21
    assert survival.rmst(COUNTS, 170)["rmst"].tolist() == [pytest.approx(area, abs=1e-12)]
    assert survival.rmst(COUNTS, 100)["rmst"].tolist() == [pytest.approx(1 + 50 * 6 / 7 + 49 * 5 / 7, abs=1e-12)]
    with pytest.raises(ValueError, match="not followed as far"):
        survival.rmst(COUNTS, 171)
    with pytest.raises(ValueError, match="positive"):
        survival.rmst(COUNTS, 0)


def test_log_rank_worked_out():
    # a leaves on days 1 and 3; b on day 2, one b censored on day 3.
    # Expected in a: 2/4 on day 1, 1/3 on day 2, 1/2 on day 3; variance 1/4 + 2/9 + 1/4.
    rows = pd.DataFrame({"day": [1, 3, 2, 3], "cause": [1, 1, 1, 0], "arm": list("aabb")})
    table = counts.from_rows(rows, ["arm"])
    tally = logrank.tally(table, "arm")
    assert tally.observed.tolist() == [2, 1]
    assert tally.expected == pytest.approx([1 / 2 + 1 / 3 + 1 / 2, 1 / 2 + 2 / 3 + 1 / 2], abs=1e-15)
    assert tally.variance[0, 0] == pytest.approx(1 / 4 + 2 / 9 + 1 / 4, abs=1e-15)
    assert logrank.log_rank(table, "arm").chi2 == pytest.approx((2 / 3) ** 2 / (13 / 18), abs=1e-14)


def test_log_rank_where_groups_never_met():
    together = pd.DataFrame({"day": [5, 5], "n_event_1": [3, 2], "n_censored": [0, 0], "arm": ["a", "b"]})
    result = logrank.log_rank(together, "arm")
    assert (result.chi2, result.df) == (0.0, 0)
    apart = pd.DataFrame({"day": [1, 3, 2, 3], "cause": [1, 1, 1, 0], "arm": list("aabb"), "site": ["x"] * 4})
    alone = pd.DataFrame({"day": [1, 2], "cause": [1, 0], "arm": ["c", "c"], "site": ["y"] * 2})
    two = logrank.log_rank(counts.from_rows(apart, ["site", "arm"]), "arm", "site")
    three = logrank.log_rank(counts.from_rows(pd.concat([apart, alone]), ["site", "arm"]), "arm", "site")
    assert three.df == two.df == 1
    assert three.chi2 == pytest.approx(two.chi2, abs=1e-12)


def test_everybody_leaves_at_once():
    table = pd.DataFrame({"day": [5], "n_event_1": [3], "n_censored": [0]})
    curve = survival.kaplan_meier(table)
    assert curve["survival"].tolist() == [0]
    assert curve[["std_error", "lower", "upper"]].isna().all(axis=None)
    assert at_days(curve, [4, 5, 400])["survival"].tolist() == [1, 0, 0]
    assert survival.median(curve)["median"].tolist() == [5]


def test_nobody_leaves():
    table = pd.DataFrame({"day": [5], "n_event_1": [0], "n_censored": [3]})
    curve = survival.kaplan_meier(table)
    assert curve[["survival", "lower", "upper"]].to_numpy().tolist() == [[1, 1, 1]]
    assert survival.median(curve).isna().all(axis=None)
    assert np.isnan(at_days(curve, [6])["survival"].iloc[0])


def test_half_exactly_is_midway_to_the_next_event():
    stays = pd.DataFrame({"day": [1, 2, 3, 4], "n_event_1": [1, 1, 0, 1], "n_censored": [0, 0, 1, 0]})
    assert survival.median(survival.kaplan_meier(stays))["median"].tolist() == [3]


def test_nobody_at_all():
    empty = pd.DataFrame({"day": [], "n_event_1": [], "n_event_2": [], "n_censored": []})
    assert survival.kaplan_meier(empty).empty
    assert incidence.aalen_johansen(empty, (1, 2)).empty
    assert at_days(survival.kaplan_meier(empty), [30]).empty
    grouped = empty.assign(arm=[])
    assert survival.kaplan_meier(grouped, by=["arm"]).empty
    assert logrank.log_rank(grouped, "arm").df == 0


def test_what_is_not_a_count_table_is_refused():
    good = pd.DataFrame({"day": [1], "n_event_1": [1], "n_censored": [0]})
    for column, value, message in (
        ("day", 1.5, "whole days"),
        ("day", -1, "whole days"),
        ("n_event_1", -1, "counts of 0 or more"),
        ("n_censored", np.nan, "counts of 0 or more"),
    ):
        with pytest.raises(ValueError, match=message):
            survival.kaplan_meier(good.assign(**{column: [value]}))
    with pytest.raises(ValueError, match="no column n_censored"):
        survival.kaplan_meier(good.drop(columns="n_censored"))
    with pytest.raises(ValueError, match="no column arm"):
        survival.kaplan_meier(good, by=["arm"])
    with pytest.raises(ValueError, match="without a group"):
        survival.kaplan_meier(good.assign(arm=[None]), by=["arm"])
    with pytest.raises(ValueError, match="n_event_3"):
        survival.kaplan_meier(good, event=3)
    with pytest.raises(ValueError, match="lacks"):
        incidence.aalen_johansen(good, (1, 2))
    with pytest.raises(ValueError, match="causes must run"):
        counts.from_rows(pd.DataFrame({"day": [1], "cause": [2]}))
    with pytest.raises(ValueError, match="unknown scale"):
        limits(0.5, 0.1, "arcsin")
    with pytest.raises(ValueError, match="not a curve"):
        at_days(good, [1])
