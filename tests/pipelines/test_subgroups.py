"""The ratio among groups of people. Referees: lifelines on plain outcomes, statsmodels' adjustment, planted people."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.estimate import LiveReader
from pipelines.estimators import subgroups
from pipelines.questions import DIMENSIONS, Question
from pipelines.stats import cox
from tests.pipelines.ratio_world import at_day_30, log_ratio, planted, row, standardised

ALLIANCE = Question("subgroups_alliance")


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
    people = at_day_30(sample_home)
    ages = {
        "<18": "<35",
        "18-24": "<35",
        "25-34": "<35",
        "35-44": "35-54",
        "45-54": "35-54",
        "55-64": "55+",
        "65+": "55+",
    }
    people = people.assign(z=standardised(people, "alliance"), age_band=people["age_band"].map(ages).fillna("unknown"))
    return people[people["z"].notna()]


def p_values(table: pd.DataFrame) -> pd.Series:
    return table[table["series"].eq(subgroups.SAME)].set_index("grouping")["estimate"]


def q_values(table: pd.DataFrame) -> pd.Series:
    return table[table["series"].eq(subgroups.Q_VALUE)].set_index("grouping")["estimate"]


def test_each_group_is_that_of_lifelines_on_the_plain_outcome(answer, plain) -> None:
    from lifelines import CoxPHFitter

    compared = 0
    for trait in ("age_band", "gender", "site"):
        for level, part in plain.groupby(plain[trait].astype(str)):
            cells = answer[answer["grouping"].eq(trait) & answer["level"].eq(level)]
            if level in subgroups.NOT_KNOWN:
                assert cells.empty
                continue
            (found,) = (one for _, one in cells.iterrows())
            if len(part) < 20 or part["left"].sum() < 10:
                assert found["status"] == "hidden"
                continue
            fitted = CoxPHFitter().fit(part[["z", "day", "left", "site"]], "day", "left", strata="site")
            assert found["estimate"] == pytest.approx(float(np.exp(fitted.params_["z"])), rel=1e-4)
            assert (found["n"], found["events"]) == (len(part), part["left"].sum())
            compared += 1
    assert compared == 3 + 2 + 5


def test_two_groups_are_compared_much_as_by_a_product_in_one_model(answer, plain) -> None:
    """Where there are two large groups a Wald test of their product with the score says nearly the same."""
    part = plain[plain["gender"].isin(["woman", "man"])]
    woman = part["gender"].eq("woman").astype(float)
    columns = pd.DataFrame({"z": part["z"], "product": part["z"] * woman})
    stratum = part["site"] + part["gender"]
    fit = cox.fit(columns, part["day"], part["left"], stratum=stratum, cluster=part["coach_id"].astype(str))
    assert p_values(answer)["gender"] == pytest.approx(fit.table()["p"].iloc[1], abs=0.05)
    gap = log_ratio(answer, grouping="gender", level="woman") - log_ratio(answer, grouping="gender", level="man")
    assert gap == pytest.approx(fit.coefficients[1], abs=1e-8)


def test_q_values_are_those_of_statsmodels_over_all_tests_shown(answer) -> None:
    from statsmodels.stats.multitest import multipletests

    p, q = p_values(answer), q_values(answer)
    assert list(p.index) == list(subgroups.TRAITS)
    np.testing.assert_allclose(q[p.index], multipletests(p, method="fdr_bh")[1], rtol=1e-12)
    assert row(answer, subgroups.TESTS, "mean")["estimate"] == len(p)


def test_no_group_has_a_p_value_and_the_traits_are_few_and_declared(answer) -> None:
    p_values = answer[answer["stat"].eq("p_value")]
    assert set(p_values["level"]) == {""}
    assert len(subgroups.TRAITS) <= 12
    assert set(subgroups.TRAITS) <= set(DIMENSIONS)


def person_of(link_of_women: float, link_of_men: float):
    """People whose gender has nothing to do with their other traits; the scores of women and men say so much."""

    def person(rng: np.random.Generator, number: int) -> dict[str, object]:
        z, is_woman = rng.normal(), rng.random() < 0.5
        return {
            "score": z,
            "hazard": np.exp(-(link_of_women if is_woman else link_of_men) * z),
            "gender": "woman" if is_woman else "man",
            "housing": str(rng.choice(["stable", "unstable", "homeless"])),
            "age_band": str(rng.choice(["18-24", "25-34", "35-44", "55-64"])),
            "primary_substance": str(rng.choice(["alcohol", "opioid", "stimulant"])),
            "referral_source": str(rng.choice(["self", "court", "peer"])),
        }

    return person


def test_a_planted_difference_is_found_and_only_it() -> None:
    table = planted(600, person_of(0.8, 0.1), coaches=30, seed=4).ask(ALLIANCE)
    for level, link in (("woman", 0.8), ("man", 0.1)):
        found = row(table, grouping="gender", level=level)
        assert found["lower"] < np.exp(-link * row(table, "reference_sd", "mean")["estimate"] / 0.3) < found["upper"]
    q = q_values(table)
    assert q["gender"] < 0.001
    assert (q.drop("gender") > 0.05).all()
    assert len(q) == 5  # one site cannot be compared with itself


def test_where_the_ratio_is_the_same_in_all_groups_few_tests_say_otherwise(sample_home) -> None:
    """Scores are dealt out at random: 1 in 20 times any q-value should be below 0.05; `make validate` asks on."""
    assert shuffled_alarms(sample_home, times=12) <= 4  # above 4 of 12 happens twice in 10,000


def shuffled_alarms(home, times: int) -> int:
    """Return how often any q-value is below 0.05 when the scores of people at day 30 are dealt out at random."""
    people = at_day_30(home)
    people = people[people["early_alliance_score"].notna()].reset_index(drop=True)
    rng, alarms = np.random.default_rng(31), 0
    reader = LiveReader(home)
    stored = reader._reader

    class Dealt:
        """The records with the scores dealt out."""

        version = stored.version

        def columns(self, sql: str, parameters: object = None) -> dict[str, np.ndarray]:
            found = stored.columns(sql, parameters)
            if "score" in found and "person" in found:
                found["score"] = rng.permutation(found["score"])
            return found

        table = stored.table

        rows = stored.rows

    live = LiveReader.of(Dealt())
    for _ in range(times):
        alarms += bool((q_values(live.ask(ALLIANCE)) < 0.05).any())
    reader.close()
    return alarms


def small(nonbinary: int, man: int, woman: int = 150) -> pd.DataFrame:
    genders = ["woman"] * woman + ["man"] * man + ["nonbinary"] * nonbinary

    def person(rng: np.random.Generator, number: int) -> dict[str, object]:
        return {"score": rng.normal(), "hazard": 1.0, "gender": genders[number - 1]}

    table = planted(len(genders), person).ask(ALLIANCE)
    return table[table["grouping"].eq("gender")]


def test_a_group_of_one_to_four_takes_the_smallest_other_one_with_it() -> None:
    table = small(nonbinary=4, man=40)
    assert table.set_index("level").loc[["man", "nonbinary"], "reason"].tolist() == ["below_threshold"] * 2
    assert table.set_index("level").loc["woman", "status"] == "shown"
    assert not table["stat"].eq("p_value").any()


def test_a_group_of_five_to_nineteen_shows_no_ratio_and_says_why() -> None:
    table = small(nonbinary=15, man=40)
    assert table[table["level"].eq("nonbinary")][["status", "reason"]].to_numpy().tolist() == [["hidden", "few_people"]]
    shown = table[table["stat"].eq("ratio") & table["status"].isin(["shown", "rough"])]
    assert list(shown["level"]) == ["woman", "man"]
    assert p_values(table).notna().all()


def test_people_whose_trait_is_not_known_are_no_group_and_do_not_give_a_small_one_away() -> None:
    genders = ["woman"] * 120 + ["man"] * 40 + ["undisclosed"] * 3

    def person(rng: np.random.Generator, number: int) -> dict[str, object]:
        return {"score": rng.normal(), "hazard": 1.0, "gender": genders[number - 1]}

    table = planted(len(genders), person).ask(ALLIANCE)
    gender = table[table["grouping"].eq("gender")].set_index("level")
    assert "undisclosed" not in gender.index
    assert gender.loc["man", "reason"] == "below_threshold"


def test_with_few_coaches_there_is_no_range_and_no_test() -> None:
    table = planted(300, person_of(0.3, 0.3), coaches=5).ask(ALLIANCE)
    ratios = table[table["stat"].eq("ratio") & table["status"].eq("shown")]
    assert len(ratios) > 5
    assert ratios["lower"].isna().all()
    assert not table["stat"].eq("p_value").any()
    assert not table["series"].eq(subgroups.TESTS).any()
