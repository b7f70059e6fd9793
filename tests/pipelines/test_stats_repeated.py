"""Referee: R lme4 `lmer` and `lm` for repeated scores; hand-worked tables for splits and reliable change."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.stats import trajectory, within
from tests.reference import FOLDER, assert_close, results

SETS = results("models")["trajectories"]


def rows(name):
    return pd.read_csv(FOLDER / "data" / f"trajectory_{name}.csv")


@pytest.mark.parametrize("name", list(SETS))
def test_growth(name):
    theirs, table = SETS[name], rows(name)
    ours = trajectory.growth(table["person"], table["time"], table["score"])
    assert ours.converged
    size = np.std(table["score"])
    assert_close(np.array([ours.start, ours.slope]) / size, np.array(theirs["coefficients"]) / size, 1e-4)
    assert_close(np.array([ours.start_error, ours.slope_error]) / size, np.array(theirs["std_errors"]) / size, 1e-4)
    spread = [ours.sd_start, ours.sd_slope, ours.sd_residual]
    theirs_spread = [theirs["sd_intercept"], theirs["sd_slope"], theirs["sd_residual"]]
    assert_close(np.array(spread) / size, np.array(theirs_spread) / size, 2e-4)
    assert_close(ours.correlation, theirs["correlation"], 2e-3)


@pytest.mark.parametrize("name", list(SETS))
def test_within_person_correlation(name):
    theirs, table = SETS[name]["within"], rows(name)
    ours = within.within_person(table["person"], table["time"], table["score"])
    assert_close([ours.estimate, ours.lower, ours.upper], [theirs["r"], theirs["lower"], theirs["upper"]], 1e-10)
    assert ours.ratings - ours.people - 1 == theirs["df"]
    np.testing.assert_allclose(ours.p, theirs["p"], rtol=1e-6)


def test_within_and_between_may_point_in_opposite_directions():
    person = np.repeat(np.arange(30), 4)
    level, move = np.repeat(np.arange(30.0), 4), np.tile([-1.0, 0.0, 1.0, 2.0], 30)
    x, y = level + move, level - move
    assert within.within_person(person, x, y).estimate == pytest.approx(-1)
    assert within.between_people(person, x, y).estimate == pytest.approx(1)


def test_a_person_with_one_rating_says_nothing_about_moving():
    found = within.within_person([1, 2, 3, 3, 4, 4], [1, 2, 3, 4, 5, 6], [1, 5, 2, 3, 1, 2])
    assert (found.people, found.ratings) == (2, 4)
    assert np.isnan(found.estimate)


def test_the_split_knows_nothing_of_later_scores():
    table = within.split([1, 1, 1, 2, 2], [3, 1, 2, 1, 2], [9.0, 3.0, 6.0, 5.0, np.nan])
    # By hand: person 1 rated 3, 6, 9: means so far 3, 4.5, 6; against the mean before: 0, 6-3, 9-4.5.
    assert table["person"].tolist() == [1, 1, 1, 2]
    assert table["between"].tolist() == [3.0, 4.5, 6.0, 5.0]
    assert table["within"].tolist() == [0.0, 3.0, 4.5, 0.0]
    later = within.split([1, 1, 1, 2], [3, 1, 2, 1], [-100.0, 3.0, 6.0, 5.0])
    pd.testing.assert_frame_equal(table.iloc[[0, 1, 3]], later.iloc[[0, 1, 3]])


def test_reliable_change_by_hand():
    # 1.96 x 10 x sqrt(2 x 0.2) = 12.396
    found = trajectory.reliable_change([50, 50, 50, np.nan, 50], [62.5, 37.6, 62.3, 60, np.nan], 10, 0.8)
    assert found[:3].tolist() == [1.0, -1.0, 0.0]
    assert np.isnan(found[3:]).all()
    with pytest.raises(ValueError, match="reliability"):
        trajectory.reliable_change([1], [2], 1, 1.0)


@pytest.mark.parametrize(("time", "score"), [([0, 0, 0, 0], [1, 2, 3, 4]), ([0, 1, 0, 1], [3, 3, 3, 3])])
def test_no_line_goes_through_one_day_or_one_score(time, score):
    found = trajectory.growth([1, 1, 2, 2], time, score)
    assert not found.converged
    assert np.isnan(found.slope)
