"""The ratio measures. Referees: lifelines and statsmodels on plain outcomes; canaries; planted people."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.estimate import LiveReader
from pipelines.estimators import ratio
from pipelines.estimators.adjusters import adjusters
from pipelines.questions import Question, Settings
from pipelines.warehouse import open_records
from tests.pipelines.plain_definition import plain_people
from tests.pipelines.records_world import add_person, build_records, code, one_site, reader


@pytest.fixture(scope="module")
def live(sample_home):
    live = LiveReader(sample_home)
    yield live
    live.close()


@pytest.fixture(scope="module")
def plain(sample_home) -> pd.DataFrame:
    """People in the program at day 30 with an early alliance score, by the plain definition."""
    asked = open_records(sample_home)
    people = plain_people(asked)
    asked.close()
    people = people[people["state"].eq("followed") & people["t"].astype(float).gt(30)].copy()
    people["day"] = people["t"].astype(float) - 30
    people["left"] = people["cause"].astype(int).eq(1)
    return people


def row(table: pd.DataFrame, series: str, stat: str = "ratio") -> pd.Series:
    (found,) = (one for _, one in table[table["series"].eq(series) & table["stat"].eq(stat)].iterrows())
    return found


def scored(plain: pd.DataFrame, construct: str = "alliance") -> pd.DataFrame:
    people = plain[plain[f"early_{construct}_score"].notna()].copy()
    score = people[f"early_{construct}_score"].astype(float)
    return people.assign(z=(score - score.mean()) / score.std(ddof=1))


def test_the_unadjusted_ratio_is_that_of_lifelines_on_the_plain_outcome(live, plain) -> None:
    from lifelines import CoxPHFitter

    people = scored(plain)
    fitted = CoxPHFitter().fit(people[["z", "day", "left"]].astype(float), "day", "left")
    found = row(live.ask(Question("ratio_alliance")), "unadjusted")
    assert found["estimate"] == pytest.approx(float(np.exp(fitted.params_["z"])), rel=1e-5)
    assert (found["n"], found["events"]) == (len(people), people["left"].sum())


def test_the_adjusted_ratio_is_that_of_lifelines_with_the_columns_written_out(live, plain) -> None:
    from lifelines import CoxPHFitter

    people = scored(plain).reset_index(drop=True)
    assert people["severity_score"].notna().mean() > 0.8
    columns = pd.DataFrame({"z": people["z"], "day": people["day"], "left": people["left"].astype(float)})
    columns["site"] = people["site"]
    for name in ("severity_score", "prior_episodes"):
        value = people[name].astype(float)
        columns[name] = value.fillna(value.mean())
        if value.isna().sum() >= 20:
            columns[f"{name}_missing"] = value.isna().astype(float)
    for name in ("age_band", "housing", "primary_substance"):
        known = people[name].notna() & people[name].ne("unknown")
        sizes = people.loc[known, name].value_counts()
        largest = sizes[sizes == sizes.max()].index.min()
        gone = people[known & people["left"]][name].value_counts().reindex(sizes.index, fill_value=0)
        for category in sizes[(sizes >= 20) & (gone >= 5) & (sizes - gone >= 5)].index.drop(largest):
            columns[f"{name} {category}"] = (people[name].eq(category) & known).astype(float)
        if (~known).sum() >= 20:
            columns[f"{name}_missing"] = (~known).astype(float)
    fitted = CoxPHFitter().fit(columns, "day", "left", strata="site")
    table = live.ask(Question("ratio_alliance"))
    found = row(table, "adjusted")
    assert found["estimate"] == pytest.approx(float(np.exp(fitted.params_["z"])), rel=1e-4)
    held = set(table.loc[table["series"].str.startswith(ratio.HELD_EQUAL), "series"])
    assert held == {f"{ratio.HELD_EQUAL}{name}" for name in (
        "severity_score", "age_band", "housing", "primary_substance", "prior_episodes")}  # fmt: skip


def test_people_per_100_is_that_of_statsmodels_among_those_followed_to_the_horizon(live, plain, sample_home) -> None:
    import statsmodels.api as sm

    asked = open_records(sample_home)
    extract = asked.table("select episode_id, extract_day - first_attended_day - 60 as reach from mart_episodes")
    asked.close()
    people = scored(plain).merge(extract, on="episode_id").reset_index(drop=True)
    people = people.assign(coach=people["coach_id"])
    held = adjusters(people, people["left"].to_numpy()).columns
    keep = people["reach"].ge(150)
    design = np.column_stack([np.ones(len(people)), people["z"], held])[keep]
    stayed = (~(people["left"] & people["day"].le(150)))[keep].astype(float)
    fit = sm.Logit(stayed.to_numpy(), design).fit(disp=0)
    up = design.copy()
    up[:, 1] += 1
    gap = 100 * float(np.mean(fit.predict(up) - fit.predict(design)))
    found = row(live.ask(Question("ratio_alliance")), "per_100", "difference")
    assert found["estimate"] == pytest.approx(gap, abs=1e-3)
    assert found["n"] == int(keep.sum())
    assert found["lower"] < gap < found["upper"]


def test_a_shuffled_score_goes_with_nothing(sample_home, plain) -> None:
    """Canary: people's scores are dealt out at random; the range contains 1 about 95 times of 100."""
    people = scored(plain).reset_index(drop=True)
    inside = 0
    rng = np.random.default_rng(11)
    from pipelines.stats import cox

    cluster = people["coach_id"].astype(str)
    for _ in range(60):
        shuffled = rng.permutation(people["z"].to_numpy())
        table = cox.fit(shuffled, people["day"], people["left"], cluster=cluster).table().iloc[0]
        inside += table["lower"] <= 0 <= table["upper"]
    assert inside >= 51  # below 51 of 60 happens once in 2,000


def planted(n: int, *, link: float, extract: int = 900, seed: int = 5, coaches: int = 12):
    """Records of `n` people whose hazard of leaving after day 30 goes with the score as exp(-link x score in SD)."""
    rng = np.random.default_rng(seed)
    rows = one_site()
    rows["coaches"] = [{"coach_id": code("coach", i), "site_id": code("site", 1)} for i in range(1, coaches + 1)]
    for number in range(1, n + 1):
        z = rng.normal()
        last = 31 + int(rng.exponential(120 * np.exp(link * z)))
        attended = sorted({0, 7, 14, 28, *range(28, last + 1, 20), last})
        add_person(
            rows,
            number,
            extract=extract,
            attended=attended,
            ratings=[(0, "wai_sr", 3 + 0.3 * z), (7, "wai_sr", 3 + 0.3 * z)],
            coach=1 + number % coaches,
        )
    return LiveReader.of(reader(build_records(rows)))


def test_a_planted_link_comes_back_and_a_link_that_is_not_there_does_not() -> None:
    with_link = row(planted(800, link=0.4).ask(Question("ratio_alliance")), "unadjusted")
    assert with_link["lower"] < np.exp(-0.4) < with_link["upper"]
    assert with_link["upper"] < 1
    without = row(planted(800, link=0.0).ask(Question("ratio_alliance")), "unadjusted")
    assert without["lower"] < 1 < without["upper"]


def test_with_few_coaches_there_is_no_range_and_no_test() -> None:
    table = planted(300, link=0.3, coaches=5).ask(Question("ratio_alliance"))
    found = row(table, "unadjusted")
    assert found["status"] == "shown"
    assert np.isnan(found["lower"])
    assert table[table["stat"].eq("p_value") & table["series"].eq("unadjusted")].empty


def test_a_model_with_too_few_who_left_shows_no_number() -> None:
    table = planted(60, link=0.0, extract=70).ask(Question("ratio_alliance"))
    hidden = table[table["stat"].eq("ratio")]
    assert set(hidden["status"]) == {"hidden"}
    assert set(hidden["reason"]) == {ratio.FEW_EVENTS}
    assert hidden["estimate"].isna().all()


def test_the_standard_deviation_is_that_of_everybody_whatever_the_filter(live) -> None:
    everybody = row(live.ask(Question("ratio_alliance")), "reference_sd", "mean")
    women = live.ask(Question("ratio_alliance", where=(("gender", ("woman",)),)))
    assert row(women, "reference_sd", "mean")["estimate"] == everybody["estimate"]
    assert row(women, "unadjusted")["n"] < everybody["n"]


def test_another_gap_is_another_ratio(live) -> None:
    one = row(live.ask(Question("ratio_alliance")), "unadjusted")
    other = row(live.ask(Question("ratio_alliance", settings=Settings(gap_days=60))), "unadjusted")
    assert one["events"] > other["events"]
    assert one["estimate"] != other["estimate"]


def test_a_trait_that_few_have_is_not_held_equal_and_small_categories_join_the_largest() -> None:
    people = pd.DataFrame(
        {
            "severity_score": [1.0, 2.0, 3.0, 4.0] * 25,
            "age_band": ["18-24"] * 60 + ["25-34"] * 25 + ["35-44"] * 15,
            "housing": ["stable"] * 70 + ["unknown"] * 30,
            "primary_substance": ["opioid"] * 100,
            "prior_episodes": [0.0, 1.0] * 38 + [np.nan] * 24,
        }
    )
    people.loc[:9, "prior_episodes"] = 2.0
    people.loc[76:79, "prior_episodes"] = 1.0  # 80 of 100 are known
    left = np.arange(100) % 2 == 0
    held = adjusters(people, left)
    assert held.used == ("severity_score", "age_band", "prior_episodes")
    assert list(held.columns) == ["severity_score", "age_band_25-34", "prior_episodes", "prior_episodes_missing"]
    assert held.columns["age_band_25-34"].sum() == 25
    assert held.columns["prior_episodes_missing"].sum() == 20
    assert held.columns["severity_score"].mean() == pytest.approx(0)


@pytest.mark.parametrize("gap", [30, 60])
def test_a_cell_of_the_grid_is_that_of_lifelines_on_the_plain_outcome_with_its_gap(live, sample_home, gap) -> None:
    from lifelines import CoxPHFitter

    asked = open_records(sample_home)
    people, usual = plain_people(asked, gap=gap), plain_people(asked)
    asked.close()

    def at_day_30(table: pd.DataFrame) -> pd.DataFrame:
        return table[
            table["state"].eq("followed") & table["t"].astype(float).gt(30) & table["early_alliance_score"].notna()
        ]

    spread = at_day_30(usual)["early_alliance_score"].astype(float).std(ddof=1)
    people = at_day_30(people)
    columns = pd.DataFrame(
        {
            "z": people["early_alliance_score"].astype(float) / spread,
            "day": people["t"].astype(float) - 30,
            "left": people["cause"].astype(int).eq(1).astype(float),
            "site": people["site"],
        }
    )
    fitted = CoxPHFitter().fit(columns, "day", "left", strata="site")
    table = live.ask(Question("ratio_grid_alliance"))
    (cell,) = (one for _, one in table[table["level"].eq("30") & table["x"].eq(gap)].iterrows())
    assert cell["estimate"] == pytest.approx(float(np.exp(fitted.params_["z"])), rel=1e-5)
    assert (cell["n"], cell["events"]) == (len(people), columns["left"].sum())
    assert len(table[table["stat"].eq("ratio")]) == 20


def test_the_bending_line_passes_through_one_at_the_median_and_a_straight_link_does_not_bend(live, plain) -> None:
    table = live.ask(Question("ratio_spline_alliance"))
    line = table[table["stat"].eq("ratio")].sort_values("x")
    middle = float(scored(plain)["early_alliance_score"].astype(float).median())
    assert np.interp(middle, line["x"], np.log(line["estimate"])) == pytest.approx(0, abs=0.01)
    assert row(table, "reference", "mean")["estimate"] == pytest.approx(middle, abs=1e-9)
    assert (line["lower"] <= line["estimate"]).all()
    assert row(table, "bend", "p_value")["estimate"] > 0.05  # the simulated link is straight
    assert np.all(np.diff(line["estimate"]) < 0)


def test_a_link_at_one_end_alone_bends() -> None:
    rng = np.random.default_rng(3)
    rows = one_site()
    rows["coaches"] = [{"coach_id": code("coach", i), "site_id": code("site", 1)} for i in range(1, 13)]
    for number in range(1, 901):
        z = rng.normal()
        last = 31 + int(rng.exponential(120 * np.exp(1.2 * min(z, 0))))
        attended = sorted({0, 7, 14, 28, *range(28, last + 1, 20), last})
        ratings = [(day, "wai_sr", float(np.clip(3 + 0.5 * z, 1, 5))) for day in (0, 7)]
        add_person(rows, number, extract=900, attended=attended, ratings=ratings, coach=1 + number % 12)
    table = LiveReader.of(reader(build_records(rows))).ask(Question("ratio_spline_alliance"))
    assert row(table, "bend", "p_value")["estimate"] < 0.01


def test_too_few_who_left_give_no_bending_line() -> None:
    table = planted(120, link=0.3, extract=120).ask(Question("ratio_spline_alliance"))
    assert table["status"].tolist() == ["hidden"]
    assert table["reason"].tolist() == [ratio.FEW_EVENTS]


def test_a_category_in_which_nobody_left_is_held_together_with_the_largest() -> None:
    ages = ["18-24"] * 60 + ["25-34"] * 40
    people = pd.DataFrame({name: [np.nan] * 100 for name in ("severity_score", "housing", "primary_substance",
                                                             "prior_episodes")} | {"age_band": ages})  # fmt: skip
    left = np.arange(100) < 30
    assert adjusters(people, left).columns.empty
    assert list(adjusters(people, np.arange(100) % 3 == 0).columns) == ["age_band_25-34"]


def crossing(n: int, *, late: float, seed: int = 8):
    """Records of `n` people whose score goes with leaving less to day 90 and, by `late`, otherwise after."""
    rng = np.random.default_rng(seed)
    rows = one_site()
    rows["coaches"] = [{"coach_id": code("coach", i), "site_id": code("site", 1)} for i in range(1, 13)]
    for number in range(1, n + 1):
        z = rng.normal()
        first = rng.exponential(90 * np.exp(0.8 * z))
        last = 31 + int(first if first < 60 else 60 + rng.exponential(90 * np.exp(-late * z)))
        attended = sorted({0, 7, 14, 28, *range(28, last + 1, 20), last})
        ratings = [(day, "wai_sr", float(np.clip(3 + 0.3 * z, 1, 5))) for day in (0, 7)]
        add_person(rows, number, extract=900, attended=attended, ratings=ratings, coach=1 + number % 12)
    return LiveReader.of(reader(build_records(rows))).ask(Question("ratio_alliance"))


def test_where_the_ratio_changes_over_time_it_is_parted_at_day_90_and_the_days_stand_beside() -> None:
    table = crossing(900, late=0.5)
    assert row(table, "proportional_hazards", "p_value")["estimate"] < 0.01
    before, after = (row(table, name) for name in ratio.PARTS)
    assert before["upper"] < 1 < after["lower"]
    assert before["n"] > after["n"]
    days = row(table, "days", "difference")
    assert days["lower"] < days["estimate"] < days["upper"]


def test_where_the_ratio_stays_the_same_it_is_not_parted(live) -> None:
    table = live.ask(Question("ratio_alliance"))
    assert row(table, "proportional_hazards", "p_value")["estimate"] > ratio.NOT_PROPORTIONAL
    assert not set(ratio.PARTS) & set(table["series"])


def test_days_per_standard_deviation_are_those_of_plain_days_where_everybody_is_followed(live, plain) -> None:
    """Among people whose follow-up reaches the horizon the pseudo-value is the plain number of days."""
    import statsmodels.api as sm

    table = planted(400, link=0.4)
    found = row(table.ask(Question("ratio_alliance")), "days", "difference")
    asked = table._reader.table("select * from mart_episodes")
    score = asked["early_alliance_score"].astype(float)
    stay = np.minimum(asked["last_contact_day"].astype(float) + 1 - 30, 150)
    own = sm.OLS(stay, sm.add_constant((score - score.mean()) / score.std(ddof=1))).fit()
    assert found["estimate"] == pytest.approx(own.params.iloc[1], abs=1e-6)
    assert found["lower"] < own.params.iloc[1] < found["upper"]
