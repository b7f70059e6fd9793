"""The last score before. Referees: tables worked by hand, rows and `coxph` of R on real ratings, a planted link."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.stats import cox, lagged, within
from tests.reference import FOLDER, assert_close, results

# Person 1 left on day 40, person 2 is followed to day 60, person 3 left on day 90, person 4 was rated too late.
RATINGS = pd.DataFrame(
    [(1, 0, 4.0), (1, 10, 2.0), (1, 30, 6.0), (2, -5, 3.0), (2, 50, 5.0), (3, 0, 1.0), (3, 20, 3.0), (4, 25, 2.0)],
    columns=["person", "day", "score"],
)
ENDS = pd.DataFrame({"last": [40, 60, 90, 25], "left": [True, False, True, True]}, index=[1, 2, 3, 4])
BY_HAND = pd.DataFrame(
    [
        (1, 0, 10, False, 4.0, 0.0),
        (1, 10, 30, False, 3.0, -2.0),  # mean of 4 and 2; 2 less the 4 before
        (1, 30, 40, True, 4.0, 3.0),  # mean of 4, 2 and 6; 6 less the mean 3 before
        (2, 0, 23, False, 3.0, 0.0),  # rated on day -5, counts for 28 days: to day 23, from the start of the clock
        (2, 50, 60, False, 4.0, 2.0),  # not at risk from day 24 to day 50
        (3, 0, 20, False, 1.0, 0.0),
        (3, 20, 48, False, 2.0, 2.0),  # left on day 90, on which no rating counts: no event here
    ],
    columns=["person", "entry", "day", "event", "between", "within"],
)


def test_the_rows_are_those_worked_by_hand() -> None:
    found = lagged.intervals(RATINGS, ENDS, 28)
    pd.testing.assert_frame_equal(found.drop(columns="rated"), BY_HAND, check_dtype=False)
    assert found["rated"].tolist() == [0, 10, 30, -5, 50, 0, 20]


def test_a_later_start_cuts_the_rows_and_not_the_past() -> None:
    found = lagged.intervals(RATINGS, ENDS, 28, origin=30)
    kept = BY_HAND[BY_HAND["day"].gt(30)].assign(entry=[30, 50, 30]).reset_index(drop=True)
    pd.testing.assert_frame_equal(found.drop(columns="rated"), kept, check_dtype=False)


def test_a_later_rating_changes_no_earlier_row_and_nobody_is_at_risk_after_leaving() -> None:
    rng = np.random.default_rng(4)
    ratings = pd.DataFrame({"person": np.repeat(np.arange(50), 10), "day": np.tile(np.arange(0, 100, 10), 50)})
    ratings["score"] = rng.normal(size=500)
    ends = pd.DataFrame({"last": rng.integers(1, 120, 50), "left": rng.random(50) < 0.5}, index=range(50))
    before = lagged.intervals(ratings, ends, 28)
    assert (before["day"] <= ends.loc[before["person"], "last"].to_numpy()).all()
    assert before.groupby("person")["event"].sum().max() == 1
    changed = ratings.assign(score=ratings["score"].where(ratings["day"].lt(50), 99.0))
    after = lagged.intervals(changed, ends, 28)
    earlier = before["rated"].lt(50)
    pd.testing.assert_frame_equal(before[earlier], after[earlier])
    assert not np.allclose(before[~earlier]["between"], after[~earlier]["between"])


def test_rows_are_cut_where_the_rating_grows_old() -> None:
    rows = lagged.intervals(RATINGS, ENDS, 28)
    parts = lagged.by_age(rows, (1, 7))
    of_one = parts[parts["person"].eq(1) & parts["rated"].eq(30)].sort_values("entry")
    assert of_one[["entry", "day", "event", "age"]].to_numpy().tolist() == [
        [30, 31, False, 0],
        [31, 37, False, 1],
        [37, 40, True, 2],
    ]
    early = parts[parts["person"].eq(2) & parts["rated"].eq(-5)].sort_values("entry")
    assert early[["entry", "day", "age"]].to_numpy().tolist() == [[0, 2, 1], [2, 23, 2]]
    assert (parts["day"] - parts["entry"]).sum() == (rows["day"] - rows["entry"]).sum()
    assert parts["event"].sum() == rows["event"].sum()


def test_two_ratings_of_one_day_are_refused() -> None:
    twice = pd.concat([RATINGS, RATINGS.tail(1)])
    with pytest.raises(ValueError, match="two ratings of one day"):
        lagged.intervals(twice, ENDS, 28)


def test_rows_and_fit_are_those_of_r_on_real_ratings() -> None:
    theirs = results("lagged")
    ratings = pd.read_csv(FOLDER / "data" / "lagged_ratings.csv")
    people = pd.read_csv(FOLDER / "data" / "lagged_people.csv").set_index("person")
    rows = lagged.by_age(lagged.intervals(ratings, people, theirs["carry"]), theirs["ages"])
    assert (len(rows), rows["event"].sum()) == (theirs["rows"], theirs["events"])
    assert (rows["day"] - rows["entry"]).sum() == theirs["days"]
    who = people.loc[rows["person"]]
    stratum = who["stratum"].to_numpy() * 10 + rows["age"].to_numpy()
    fit = cox.fit(
        rows[["between", "within"]],
        rows["day"],
        rows["event"],
        entry=rows["entry"],
        stratum=stratum,
        cluster=who["cluster"],
    )
    assert_close(fit.coefficients, theirs["coefficients"], 1e-8)
    assert_close(fit.std_errors, theirs["std_errors"], 1e-8)
    assert_close(np.sqrt(np.diag(fit.clustered)), theirs["clustered"], 1e-8)
    assert_close(fit.log_likelihood, theirs["log_likelihood"], 1e-7)


def planted(people: int, between: float, inside: float, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ratings each week, and people whose hazard of leaving goes with the two parts of the last of them."""
    rng = np.random.default_rng(seed)
    weeks = 26
    score = rng.normal(size=(people, 1)) + rng.normal(0, 0.7, size=(people, weeks))
    so_far = np.cumsum(score, axis=1) / np.arange(1, weeks + 1)
    moved = np.zeros_like(score)
    moved[:, 1:] = score[:, 1:] - so_far[:, :-1]
    wait = rng.exponential(size=(people, weeks)) / (0.005 * np.exp(between * so_far + inside * moved))
    leaves = wait < 7
    first = np.where(leaves.any(axis=1), leaves.argmax(axis=1), weeks - 1)
    gone = leaves.any(axis=1)
    last = 7 * first + np.where(gone, np.ceil(wait[np.arange(people), first]), 7)
    table = pd.DataFrame({"person": np.repeat(np.arange(people), weeks), "day": np.tile(7 * np.arange(weeks), people)})
    ends = pd.DataFrame({"last": last, "left": gone}, index=range(people))
    return table.assign(score=score.ravel()), ends


@pytest.mark.parametrize(("between", "inside"), [(-0.6, -0.2), (0.0, -0.4), (-0.4, 0.3), (0.0, 0.0)])
def test_a_planted_link_comes_back_in_both_parts(between: float, inside: float) -> None:
    ratings, ends = planted(2500, between, inside)
    rows = lagged.by_age(lagged.intervals(ratings, ends, 28), (1, 7))
    fit = cox.fit(
        rows[["between", "within"]],
        rows["day"],
        rows["event"],
        entry=rows["entry"],
        stratum=rows["age"],
        cluster=rows["person"],
    )
    error = np.sqrt(np.diag(fit.clustered))
    assert (error < 0.05).all()
    assert np.abs((fit.coefficients - [between, inside]) / error).max() < 3.3


def test_missed_sessions_lie_strictly_between_two_ratings() -> None:
    missed = pd.DataFrame([(1, 0), (1, 5), (1, 6), (1, 30), (2, 20), (3, 20), (9, 3)], columns=["person", "day"])
    found = lagged.since_former(RATINGS, missed)
    assert found.to_numpy().tolist() == [
        [1, 10, 10, 2, 2.0],  # days 5 and 6; the one on the day of the former rating comes before it is told
        [1, 30, 20, 0, 6.0],
        [2, 50, 55, 1, 5.0],
        [3, 20, 20, 0, 3.0],
    ]


def test_each_rating_is_paired_once_with_the_nearest_of_the_same_person() -> None:
    first = pd.DataFrame(
        [(1, 0, 10.0), (1, 7, 11.0), (1, 14, 12.0), (2, 7, 20.0), (3, 9, 30.0)], columns=["person", "day", "score"]
    )
    second = pd.DataFrame(
        [(1, 3, 1.0), (1, 4, 2.0), (1, 6, 3.0), (1, 30, 4.0), (2, 14, 5.0), (2, 15, 6.0), (4, 9, 7.0)],
        columns=["person", "day", "score"],
    )
    found = lagged.nearest_pairs(first, second, 7)
    # Day 3 takes day 0; days 4 and 6 both take day 7, which day 6 is nearer to; day 30 and day 15 find nothing.
    assert found.to_numpy().tolist() == [[1, 10.0, 1.0], [1, 11.0, 3.0], [2, 20.0, 5.0]]
    tied = lagged.nearest_pairs(first, pd.DataFrame({"person": [1], "day": [10.5], "score": [9.0]}), 7)
    assert tied["x"].tolist() == [11.0]
    assert lagged.nearest_pairs(first.iloc[:0], second, 7).empty
    assert lagged.nearest_pairs(first, second.iloc[:0], 7).empty


@pytest.mark.parametrize("coaches", [12, 40, 7])
def test_a_shift_is_that_of_a_regression_with_a_level_for_each_person_and_time(coaches: int) -> None:
    import statsmodels.api as sm
    from scipy.stats import t

    rng = np.random.default_rng(2)
    person = np.sort(rng.integers(0, 80, 400))
    time = rng.integers(0, 6, 400)
    exposed = rng.random(400) < 0.1 + 0.1 * time
    score = rng.normal(size=80)[person] + 0.3 * time - 0.5 * exposed + rng.normal(0, 0.3, 400)
    coach = person % coaches
    levels = [pd.get_dummies(person, dtype=float), pd.get_dummies(time, dtype=float).iloc[:, 1:]]
    design = np.column_stack([exposed, *levels]).astype(float)
    fit = sm.OLS(score, design).fit(cov_type="cluster", cov_kwds={"groups": coach, "use_correction": False})
    found, clusters = within.shift(person, time, exposed, score, coach)
    assert clusters == coaches
    assert found.estimate == pytest.approx(fit.params[0], abs=1e-9)
    factor = np.sqrt(coaches / (coaches - 1)) if coaches < 30 else 1.0
    half = t.ppf(0.975, coaches - 1) * factor * fit.bse[0] if coaches >= 8 else np.nan
    assert found.upper - found.estimate == pytest.approx(half, rel=1e-7, nan_ok=True)
    never, _ = within.shift(person, time, np.zeros(400), score, coach)
    assert np.isnan(never.estimate)
