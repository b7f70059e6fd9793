"""Referee: R survival 3.5 (multi-state survfit), with its standard errors and limits; R cmprsk's Gray test is kept."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.stats import incidence, survival
from tests.reference import MADE, REAL, assert_close, column, count_table, results

SETS = [name for name in [*REAL, *MADE] if "incidence" in results(name)]
SCALES = ("plain", "log", "log-log")
CASES = [(name, level) for name in SETS for level in [None, *results(name)["incidence"].get("groups", {})]]


def case(name, level):
    found = results(name)["incidence"]
    if level is None:
        return count_table(name), found["all"]
    return count_table(name, group=level), found["groups"][level]


def test_enough_data_sets():
    assert len([name for name in SETS if name in REAL]) >= 6


@pytest.mark.parametrize(("name", "level"), CASES)
def test_shares_of_every_state(name, level):
    counts, expected = case(name, level)
    causes = tuple(range(1, expected["causes"] + 1))
    for scale in SCALES if level is None else SCALES[-1:]:
        ours = incidence.state_shares(counts, causes, conf=scale)
        assert len(ours) == expected["rows"] * (len(causes) + 1)
        for state in (0, *causes):
            theirs = expected["states"][f"state{state}"]
            picked = ours[ours["state"] == state].set_index("day").loc[np.atleast_1d(theirs["day"])]
            assert_close(picked["share"], theirs["share"], 1e-9)
            # Where everybody has left, R's error of the first state is 0 and ours missing: nothing is left to go by.
            known = picked["std_error"].notna().to_numpy()
            assert known.all() or (state == 0 and (picked["share"].to_numpy()[~known] == 0).all())
            assert_close(picked["std_error"].to_numpy()[known], column(theirs["std_error"])[known], 1e-9)
            # At a share of 1 by rounding only, R divides by almost nothing; there our limits are as missing as its.
            inside = known & (column(theirs["share"]) < 1 - 1e-12)
            assert_close(picked["lower"].to_numpy()[inside], column(theirs[f"lower_{scale}"])[inside], 1e-9)
            assert_close(picked["upper"].to_numpy()[inside], column(theirs[f"upper_{scale}"])[inside], 1e-9)


@pytest.mark.parametrize(("name", "level"), CASES)
def test_incidence_is_the_state_share_and_stayed_its_complement(name, level):
    counts, expected = case(name, level)
    causes = tuple(range(1, expected["causes"] + 1))
    curve = incidence.aalen_johansen(counts, causes)
    left = curve[curve["cause"] == 1]
    stayed = incidence.stayed(counts, 1, causes)
    theirs = expected["states"]["state1"]
    picked = stayed.set_index("day").loc[np.atleast_1d(theirs["day"])]
    assert_close(picked["stayed"], 1 - column(theirs["share"]), 1e-9)
    assert np.array_equal(stayed["lower"], 1 - left["upper"].to_numpy(), equal_nan=True)
    assert np.array_equal(stayed["upper"], 1 - left["lower"].to_numpy(), equal_nan=True)
    assert stayed["n_event"].sum() == counts["n_event_1"].sum()


@pytest.mark.parametrize("name", [name for name in SETS if "difference" in results(name)["incidence"]])
def test_difference_of_two_curves_at_a_day(name):
    theirs = results(name)["incidence"]["difference"]
    a, b = (count_table(name, group=level) for level in theirs["groups"])
    causes = tuple(range(1, results(name)["incidence"]["all"]["causes"] + 1))
    assert_close(incidence.difference(a, b, theirs["day"], 1, causes), theirs["incidence"], 1e-9)
    assert_close(survival.difference(a, b, theirs["day"]), theirs["survival"], 1e-9)
    reversed_ = incidence.difference(b, a, theirs["day"], 1, causes)
    assert_close([-reversed_.estimate, -reversed_.upper, -reversed_.lower], theirs["incidence"], 1e-9)
