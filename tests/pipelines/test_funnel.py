"""The funnels. Referees: shares counted by hand in planted records, and the binomial distribution itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from pipelines.disclosure.floors import FEW_PEOPLE, RELEASE, apply_live
from pipelines.estimate import LiveReader
from pipelines.estimators import funnel
from pipelines.questions import Question
from tests.pipelines.records_world import add_person, build_records, code, one_site, reader


def planted(sizes, leaving, seed=1, extract=400):
    """Records in which coach i has sizes[i] people, of whom a share leaving[i] leave on day 60; others stay."""
    rng = np.random.default_rng(seed)
    rows = one_site()
    rows["coaches"] = [{"coach_id": code("coach", i), "site_id": code("site", 1)} for i in range(1, len(sizes) + 1)]
    number = 0
    counted = {}
    for coach, (size, share) in enumerate(zip(sizes, leaving, strict=True), 1):
        gone = round(size * share) if seed == 0 else int(rng.binomial(size, share))
        counted[code("coach", coach)[: funnel.CODE_LENGTH]] = (size, gone)
        for place in range(size):
            number += 1
            last = 59 if place < gone else extract
            add_person(rows, number, extract=extract, attended=range(0, last + 1, 20), coach=coach)
    return LiveReader.of(reader(build_records(rows))), counted


def series(table: pd.DataFrame, name: str) -> pd.DataFrame:
    return table[table["series"].eq(name)].set_index("level")


def one(table: pd.DataFrame, name: str) -> float:
    (value,) = table.loc[table["series"].eq(name), "estimate"]
    return float(value)


def test_dots_are_the_shares_counted_by_hand_and_small_units_are_counted_together() -> None:
    live, counted = planted([30, 25, 20, 15, 11, 8, 4], [0.3, 0.2, 0.5, 0.4, 0.0, 0.5, 0.5], seed=0)
    table = live.ask(Question("coach_funnel"))
    dots = series(table, funnel.AS_IT_IS)
    kept = {name: values for name, values in counted.items() if values[0] >= 11}
    assert set(dots.index) == set(kept)
    for name, (size, gone) in kept.items():
        assert dots.loc[name, "estimate"] == pytest.approx(1 - gone / size)
        assert (dots.loc[name, "n"], dots.loc[name, "events"]) == (size, gone)
    assert one(table, "in_small_units") == 12
    stayed, people = sum(s - g for s, g in kept.values()), sum(s for s, _ in kept.values())
    assert one(table, "everybody") == pytest.approx(stayed / people)


def test_everybody_alike_makes_the_standardised_share_the_share_itself() -> None:
    live, _ = planted([40] * 5, [0.3, 0.2, 0.5, 0.4, 0.3], seed=0)
    table = live.ask(Question("coach_funnel"))
    plain, same = series(table, funnel.AS_IT_IS), series(table, funnel.STANDARDISED)
    # By hand: nobody differs, so 40 x .34 are expected to leave everywhere; observed / expected x .34 = observed / 40.
    assert same["estimate"].to_numpy() == pytest.approx(plain["estimate"].to_numpy())


def test_limits_hold_the_share_of_units_they_say_if_nothing_but_chance_is_at_work() -> None:
    live, _ = planted([60] * 4, [0.35] * 4, seed=0)
    table = live.ask(Question("coach_funnel"))
    share = one(table, "everybody")
    limits = table[table["series"].eq("chance_95") & table["x"].eq(60)].iloc[0]
    inside = binom.cdf(np.floor(60 * limits["upper"]), 60, share) - binom.cdf(
        np.ceil(60 * limits["lower"]) - 1, 60, share
    )
    assert 0.92 < inside < 0.98
    wide = table[table["series"].eq("chance_99.8") & table["x"].eq(60)].iloc[0]
    assert wide["lower"] < limits["lower"] < share < limits["upper"] < wide["upper"]


def test_units_that_differ_by_chance_have_one_funnel_and_units_that_differ_have_two() -> None:
    alike = planted([40] * 25, [0.35] * 25, seed=3)[0].ask(Question("coach_funnel"))
    assert "also_between_95" not in set(alike["series"])
    assert one(alike, "phi") < 1 + 2 * np.sqrt(2 / 25)
    differing = planted([40] * 25, [0.1, 0.6] * 12 + [0.35], seed=3)[0].ask(Question("coach_funnel"))
    assert "also_between_95" in set(differing["series"])
    assert one(differing, "icc") > one(alike, "icc")
    assert one(differing, "median_odds_ratio") > 1.5


def test_a_small_unit_is_drawn_in_more_than_a_large_one() -> None:
    live, _ = planted(
        [200, 12, 60, 60, 60, 60, 60, 60, 60], [0.15, 0.08, 0.4, 0.45, 0.3, 0.35, 0.5, 0.25, 0.35], seed=0
    )
    table = live.ask(Question("coach_funnel"))
    plain, drawn = series(table, funnel.AS_IT_IS)["estimate"], series(table, funnel.SHRUNKEN)["estimate"]
    moved = (plain - drawn).abs()
    large, small = code("coach", 1)[:6], code("coach", 2)[:6]
    assert moved[small] > 2 * moved[large]
    assert (series(table, funnel.SHRUNKEN)["lower"] < drawn).all()


def test_with_few_units_there_is_no_spread_and_with_two_nothing_at_all() -> None:
    few = planted([40] * 5, [0.3] * 5, seed=0)[0].ask(Question("coach_funnel"))
    assert not {"phi", "icc", funnel.SHRUNKEN} & set(few["series"])
    assert "chance_95" in set(few["series"])
    two = planted([40] * 2, [0.3] * 2, seed=0)[0].ask(Question("coach_funnel"))
    assert two["reason"].tolist() == [funnel.FEW_UNITS]
    assert two["estimate"].isna().all()


def test_people_whose_follow_up_does_not_reach_the_horizon_are_neither_kept_nor_lost() -> None:
    live, _ = planted([40] * 4, [0.3] * 4, seed=0, extract=200)  # followed to day 170
    assert live.ask(Question("coach_funnel"))["estimate"].isna().all()


def test_no_dot_of_a_coach_passes_a_door_that_shows_none() -> None:
    table = planted([40] * 5, [0.3] * 5, seed=0)[0].ask(Question("coach_funnel"))
    outside = apply_live(table, floor=RELEASE)
    dots = outside[outside["stat"].eq("unit")]
    assert set(dots["reason"]) == {FEW_PEOPLE}
    assert dots["estimate"].isna().all()


def test_the_sample_has_both_funnels(sample_home) -> None:
    live = LiveReader(sample_home)
    sites, coaches = live.ask(Question("site_funnel")), live.ask(Question("coach_funnel"))
    live.close()
    assert len(series(sites, funnel.AS_IT_IS)) >= 3
    assert len(series(coaches, funnel.SHRUNKEN)) >= 8
    assert (coaches.loc[coaches["stat"].eq("unit"), "n"] >= 11).all()
