"""Both early scores together. Referees: lifelines and statsmodels on plain outcomes; planted people."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.estimate import LiveReader
from pipelines.estimators import interaction
from pipelines.questions import Question
from pipelines.stats import association
from pipelines.warehouse import open_records
from tests.pipelines.ratio_world import at_day_30, planted, row, standardised

BOTH = Question("interaction_alliance_self_efficacy")
SCORES = ["alliance", "self_efficacy", interaction.PRODUCT]


@pytest.fixture(scope="module")
def answer(sample_home):
    live = LiveReader(sample_home)
    table = live.ask(BOTH)
    live.close()
    return table


@pytest.fixture(scope="module")
def plain(sample_home) -> pd.DataFrame:
    people = at_day_30(sample_home)
    asked = open_records(sample_home)
    reach = asked.table("select episode_id, stay_follow_up - 30 as reach from mart_episodes")
    asked.close()
    for construct in ("alliance", "self_efficacy"):
        people[construct] = standardised(people, construct)
    people[interaction.PRODUCT] = people["alliance"] * people["self_efficacy"]
    return people[people[interaction.PRODUCT].notna()].merge(reach, on="episode_id").reset_index(drop=True)


def test_the_three_ratios_are_those_of_lifelines_on_the_plain_outcome(answer, plain) -> None:
    from lifelines import CoxPHFitter

    fitted = CoxPHFitter().fit(plain[[*SCORES, "day", "left", "site"]], "day", "left", strata="site")
    for series in SCORES:
        found = row(answer, series)
        assert found["estimate"] == pytest.approx(float(np.exp(fitted.params_[series])), rel=1e-4)
        assert (found["n"], found["events"]) == (len(plain), plain["left"].sum())
    assert row(answer, interaction.PRODUCT, "p_value")["estimate"] == pytest.approx(
        float(fitted.summary.loc[interaction.PRODUCT, "p"]), abs=0.15
    )
    assert set(answer.loc[answer["stat"].eq("p_value"), "series"]) == {interaction.PRODUCT}


def test_people_per_100_are_those_of_statsmodels_with_everybody_s_scores_set(answer, plain) -> None:
    import statsmodels.api as sm

    kept = plain[plain["reach"].ge(150)]
    largest = plain["site"].value_counts().index[0]
    sites = pd.get_dummies(kept["site"], dtype=float).drop(columns=largest)
    design = np.column_stack([np.ones(len(kept)), kept[SCORES], sites])
    stayed = 1.0 - (kept["left"].eq(1) & kept["day"].le(150))
    codes = pd.factorize(kept["coach_id"])[0]
    fit = sm.Logit(stayed.to_numpy(), design).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": codes, "use_correction": False}
    )

    def contrast(beta: np.ndarray) -> float:
        shares = []
        for one, other in ((1, 1), (1, 0), (0, 1), (0, 0)):
            fixed = design.copy()
            fixed[:, 1:4] = one, other, one * other
            shares.append(float(np.mean(1 / (1 + np.exp(-fixed @ beta)))))
        return 100 * (shares[0] - shares[1] - shares[2] + shares[3])

    steps = np.eye(len(fit.params)) * 1e-6
    gradient = np.array([(contrast(fit.params + step) - contrast(fit.params - step)) / 2e-6 for step in steps])
    error = float(np.sqrt(gradient @ fit.cov_params() @ gradient))
    found = row(answer, interaction.BOTH, "difference")
    assert found["estimate"] == pytest.approx(contrast(fit.params), abs=1e-5)
    assert (found["upper"] - found["lower"]) / 2 == pytest.approx(2.03 * error, rel=0.03)
    assert (found["n"], found["x"]) == (len(kept), 150)


def test_a_contrast_of_one_step_is_the_risk_difference() -> None:
    rng = np.random.default_rng(1)
    design = np.column_stack([np.ones(300), rng.normal(size=(300, 2))])
    fit = association.logistic(design, (rng.random(300) < 0.4).astype(float), cluster=np.arange(300) % 20)
    up = design.copy()
    up[:, 1] += 1
    expected = association.risk_difference(fit, design, 1, clusters=20)
    found = association.standardised_contrast(fit, [up, design], (1, -1), clusters=20)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    with pytest.raises(ValueError, match="zip"):
        association.standardised_contrast(fit, [up, design], (1,))


def world(product: float, people: int = 600, **options) -> pd.DataFrame:
    def person(rng: np.random.Generator, number: int) -> dict[str, object]:
        one, other = rng.normal(size=2)
        hazard = np.exp(-0.3 * one - 0.2 * other + product * one * other)
        return {"score": one, "efficacy": other, "hazard": hazard}

    return planted(people, person, **options).ask(BOTH)


def test_a_planted_product_comes_back_and_one_that_is_not_there_does_not() -> None:
    there, not_there = world(0.3), world(0.0)
    found = row(there, interaction.PRODUCT)
    assert found["lower"] < np.exp(0.3) < found["upper"]
    assert found["lower"] > 1
    assert row(there, interaction.PRODUCT, "p_value")["estimate"] < 0.01
    assert row(there, interaction.BOTH, "difference")["upper"] < 0  # together less than they add up to
    without = row(not_there, interaction.PRODUCT)
    assert without["lower"] < 1 < without["upper"]
    for series, link in (("alliance", 0.3), ("self_efficacy", 0.2)):
        alone = row(not_there, series)
        assert alone["lower"] < np.exp(-link) < alone["upper"]


def test_few_people_few_who_left_and_few_coaches_show_what_they_may() -> None:
    few = world(0.0, people=15)
    assert few[["status", "reason"]].to_numpy().tolist() == [["hidden", "few_people"]]
    coaches = world(0.0, people=250, coaches=5)
    assert row(coaches, interaction.PRODUCT)["status"] == "shown"
    assert np.isnan(row(coaches, interaction.PRODUCT)["lower"])
    assert not coaches["stat"].eq("p_value").any()
    left = world(0.0, people=28)
    assert set(left.loc[left["stat"].isin(["ratio", "difference"]), "reason"]) == {"few_events"}
