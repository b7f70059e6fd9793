"""People without an early score. Referees: statsmodels, lifelines and pandas on plain outcomes; planted people."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.estimate import LiveReader
from pipelines.estimators import missing_scores
from pipelines.questions import Question
from pipelines.stats import cox
from pipelines.warehouse import open_records
from tests.pipelines.plain_definition import plain_incidence
from tests.pipelines.ratio_world import at_day_30, log_ratio, planted, row, standardised

ALLIANCE = Question("missing_scores_alliance")
WITHOUT = [missing_scores.COMPLETE, missing_scores.WEIGHTED]


@pytest.fixture(scope="module")
def live(sample_home):
    live = LiveReader(sample_home)
    yield live
    live.close()


@pytest.fixture(scope="module")
def answer(live) -> pd.DataFrame:
    return live.ask(ALLIANCE)


@pytest.fixture(scope="module")
def plain(sample_home) -> pd.DataFrame:
    """People at day 30 with the columns they are likened by, written out."""
    people = at_day_30(sample_home)
    asked = open_records(sample_home)
    sessions = asked.table(
        "select s.episode_id, status, coalesce(occurred_day, scheduled_day) - m.first_attended_day as day "
        "from sessions as s join mart_episodes as m on m.episode_id = s.episode_id"
    )
    asked.close()
    early = sessions[sessions["day"].between(0, 30) & sessions["status"].isin(["attended", "no_show", "late_cancel"])]
    share = early["status"].eq("attended").groupby(early["episode_id"]).mean()
    return people.assign(z=standardised(people, "alliance"), attendance=people["episode_id"].map(share).astype(float))


def columns(plain: pd.DataFrame) -> pd.DataFrame:
    """Return the columns people are likened by in the sample: 82 people without a score allow eight."""
    missing = plain["z"].isna()
    made = pd.DataFrame(index=plain.index)
    for name in ("attendance", "severity_score"):
        value = plain[name].astype(float)
        made[name] = value.fillna(value.mean())
        if value.isna().sum() >= 20 and missing[value.isna()].sum() >= 5:
            made[f"{name}_missing"] = value.isna().astype(float)
    for name in ("age_band", "housing"):
        known = plain[name].notna() & plain[name].ne("unknown")
        sizes = plain.loc[known, name].value_counts()
        largest = sizes[sizes == sizes.max()].index.min()
        for category in sorted(set(sizes.index) - {largest}):
            who = plain[name].eq(category)
            if who.sum() >= 20 and missing[who].sum() >= 5 and (~missing[who]).sum() >= 5:
                made[f"{name} {category}"] = who.astype(float)
    return made


def test_complete_cases_are_those_of_lifelines_on_the_plain_outcome(answer, plain) -> None:
    from lifelines import CoxPHFitter

    known = plain[plain["z"].notna()]
    fitted = CoxPHFitter().fit(known[["z", "day", "left", "site"]], "day", "left", strata="site")
    found = row(answer, missing_scores.COMPLETE)
    assert found["estimate"] == pytest.approx(float(np.exp(fitted.params_["z"])), rel=1e-5)
    assert (found["n"], found["events"]) == (len(known), known["left"].sum())


def test_weights_are_those_of_statsmodels_and_the_ratio_that_of_lifelines(answer, plain) -> None:
    import statsmodels.api as sm
    from lifelines import CoxPHFitter

    design = sm.add_constant(columns(plain).astype(float))
    answered = plain["z"].notna()
    chance = sm.Logit(answered.astype(float), design).fit(disp=0).predict(design)
    weight = (1 / chance)[answered]
    low, high = np.quantile(weight, [0.01, 0.99])
    for series, value in (("weight_low", low), ("weight_high", high), ("weight_largest", weight.max())):
        assert row(answer, series, "limit")["estimate"] == pytest.approx(value, rel=1e-5)
    known = plain.loc[answered, ["z", "day", "left", "site"]].assign(weight=weight.clip(low, high))
    fitted = CoxPHFitter().fit(known, "day", "left", strata="site", weights_col="weight", robust=True)
    found = row(answer, missing_scores.WEIGHTED)
    assert found["estimate"] == pytest.approx(float(np.exp(fitted.params_["z"])), rel=1e-4)
    assert (found["n"], found["events"]) == (answered.sum(), known["left"].sum())
    named = answer.loc[answer["series"].str.startswith(missing_scores.LIKENED_BY), "series"]
    assert list(named) == [f"likened_by_{name}" for name in ("attendance", "severity_score", "age_band", "housing")]


@pytest.mark.parametrize(("series", "sign"), [(missing_scores.LOWER, -1), (missing_scores.HIGHER, 1)])
@pytest.mark.parametrize("shift", [0.0, 1.5])
def test_shifted_scores_are_those_of_a_line_written_out(answer, plain, series, sign, shift) -> None:
    import statsmodels.api as sm
    from lifelines import CoxPHFitter

    design = sm.add_constant(columns(plain).astype(float))
    guess = sm.OLS(plain["z"], design, missing="drop").fit().predict(design)
    filled = plain.assign(z=plain["z"].fillna(guess + sign * shift))
    fitted = CoxPHFitter().fit(filled[["z", "day", "left", "site"]], "day", "left", strata="site")
    found = row(answer, series, x=shift)
    assert found["estimate"] == pytest.approx(float(np.exp(fitted.params_["z"])), rel=1e-5)
    assert found["n"] == len(plain)


def test_people_without_a_score_are_counted_and_followed_as_by_hand(answer, plain) -> None:
    for level, who in (("no_score", plain["z"].isna()), ("with_score", plain["z"].notna())):
        part = plain[who]
        assert row(answer, level, "count")["estimate"] == len(part)
        _, gone = plain_incidence(part["day"].astype(int).tolist(), part["cause"].astype(int).tolist(), 150)
        share = row(answer, "stayed", "share", level=level)
        assert share["estimate"] == pytest.approx(1 - gone[1], abs=1e-12)
        assert (share["x"], share["n"]) == (150, len(part))


def answering(share_missing_low: float, *, seed: int = 5):
    """Half of the people miss sessions and leave less the higher their score; the others' scores say nothing.

    Of those who miss sessions a share gives no score, of the others a tenth of that share.
    """

    def person(rng: np.random.Generator, number: int) -> dict[str, object]:
        z, misses = rng.normal(), number % 2 == 0
        silent = rng.random() < (share_missing_low if misses else share_missing_low / 10)
        link = 0.9 if misses else 0.0
        return {"score": None if silent else z, "missed": 8 * misses, "hazard": np.exp(-link * z)}

    return planted(700, person, seed=seed).ask(ALLIANCE)


def test_weights_bring_back_the_ratio_that_answering_by_attendance_hides() -> None:
    everybody, some = answering(0.0), answering(0.75)
    truth = log_ratio(everybody, missing_scores.COMPLETE)
    complete, weighted = (log_ratio(some, series) for series in WITHOUT)
    assert row(everybody, missing_scores.WEIGHTED)["reason"] == missing_scores.NONE_MISSING
    assert complete > truth + 0.1  # those of whom the score says something are missing
    assert abs(weighted - truth) < 0.5 * abs(complete - truth)
    assert row(some, "weight_high", "limit")["estimate"] > 3


def test_the_right_shift_comes_nearer_than_none_where_low_scores_are_missing() -> None:
    """Planted: three of four people a standard deviation below the middle, or lower, give no score, and leave more."""

    def world(hide: bool) -> pd.DataFrame:
        def person(rng: np.random.Generator, number: int) -> dict[str, object]:
            z, silent = rng.normal(), rng.random() < 0.75
            return {"score": None if hide and silent and z < -0.8 else z, "hazard": np.exp(-0.5 * z)}

        return planted(600, person, seed=8).ask(ALLIANCE)

    full, some = world(False), world(True)
    # In the unit of those who answered the planted link is 0.5 times their own standard deviation.
    unit = row(some, "reference_sd", "mean")["estimate"] / 0.3
    truth = -0.5 * unit
    assert log_ratio(full, missing_scores.COMPLETE) == pytest.approx(-0.5, abs=0.12)
    asis, shifted = log_ratio(some, missing_scores.LOWER, x=0.0), log_ratio(some, missing_scores.LOWER, x=2.0)
    assert abs(shifted - truth) < abs(asis - truth)


def test_the_tipping_point_is_that_of_trying_every_tenth() -> None:
    """People without a score leave three times as often: if their scores were high, the link would be gone."""
    from statsmodels.regression.linear_model import OLS

    def person(rng: np.random.Generator, number: int) -> dict[str, object]:
        z, silent = rng.normal(), number % 4 == 0
        return {"score": None if silent else z, "hazard": np.exp(-0.3 * z + 1.1 * silent)}

    live = planted(600, person, seed=2)
    table = live.ask(ALLIANCE)
    found = row(table, "tipping_point_higher", "limit")
    people = live._reader.table(
        "select early_alliance_score as score, (stay_ending >> 3) - 30 as day, stay_ending & 7 as cause, "
        "cast(coach_id as varchar) as coach from mart_episodes where stay_ending >> 3 > 30"
    )
    z = (people["score"].astype(float) - people["score"].mean()) / people["score"].std(ddof=1)
    guess = float(OLS(z.dropna(), np.ones(z.notna().sum())).fit().params.iloc[0])
    tried = [round(0.1 * tenth, 1) for tenth in range(31)]

    def upper(shift: float) -> float:
        filled = z.fillna(guess + shift)
        fit = cox.fit(filled, people["day"], people["cause"].eq(1), cluster=people["coach"])
        return float(fit.table()["upper"].iloc[0])

    assert found["status"] == "shown"
    assert found["estimate"] == next(shift for shift in tried if upper(shift) >= 0)
    assert 0 < found["estimate"] < 3
    assert row(table, "tipping_point", "limit")["reason"] == missing_scores.NEVER_TIPS


def test_a_score_that_goes_with_nothing_has_a_range_around_one_however_it_is_treated() -> None:
    def person(rng: np.random.Generator, number: int) -> dict[str, object]:
        return {"score": None if rng.random() < 0.2 else rng.normal(), "hazard": 1.0, "missed": int(rng.integers(0, 4))}

    table = planted(600, person, seed=21).ask(ALLIANCE)
    ratios = table[table["stat"].eq("ratio") & table["status"].eq("shown")]
    assert len(ratios) == 2 + 7 + 7
    assert (ratios["lower"] < 1).all()
    assert (ratios["upper"] > 1).all()
    for series in ("tipping_point", "tipping_point_higher"):
        assert row(table, series, "limit")["reason"] == missing_scores.INCLUDES_ONE


def test_one_to_four_people_without_a_score_are_not_told_of() -> None:
    def person(rng: np.random.Generator, number: int) -> dict[str, object]:
        return {"score": None if number <= 4 else rng.normal(), "hazard": 1.0}

    table = planted(200, person).ask(ALLIANCE)
    shown = table[table["status"].isin(["shown", "rough"])]
    assert set(shown["series"]) == {"reference_mean", "reference_sd", missing_scores.COMPLETE}
    assert set(shown["n"]) == {196}
    assert row(table, missing_scores.WEIGHTED)["reason"] == "below_threshold"


def test_with_few_coaches_the_tipping_point_is_where_the_ratio_itself_passes_one() -> None:
    def person(rng: np.random.Generator, number: int) -> dict[str, object]:
        z, silent = rng.normal(), number % 3 == 0
        return {"score": None if silent else z, "hazard": np.exp(-0.2 * z + 1.3 * silent)}

    table = planted(300, person, coaches=5, seed=3).ask(ALLIANCE)
    assert table.loc[table["stat"].eq("ratio"), "lower"].isna().all()
    tip = row(table, "tipping_point_higher", "limit")
    ratios = table[table["series"].eq(missing_scores.HIGHER)].set_index("x")["estimate"]
    assert ratios[ratios >= 1].index.min() - 0.5 < tip["estimate"] <= ratios[ratios >= 1].index.min()
