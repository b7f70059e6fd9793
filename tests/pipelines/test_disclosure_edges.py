"""Rules of the gate at their edges: what a fingerprint covers, how far a number is split, curves and means.

Referees: one person changed in one thing at a time, the declared grid counted out, life tables and grains by hand.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipelines.disclosure.build import protect
from pipelines.disclosure.curves import CurveLine
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.people import People, read_people
from pipelines.disclosure.plan import Period
from pipelines.disclosure.press import Cell, Press
from pipelines.disclosure.spec import Spec, load_spec
from pipelines.disclosure.truth import CELLS_EACH, _told_apart, gather
from tests.pipelines.release_world import KEY, World, in_memory, settled, small_spec, world

NOTHING = Ledger(Path("none"))


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Spec:
    return load_spec(small_spec(tmp_path_factory.mktemp("spec")))


@pytest.fixture(scope="module")
def built(spec: Spec) -> tuple[Spec, list[Cell]]:
    """Four cohorts of which the last is followed 60 days: curves, and the outcome of day 90, end before it."""
    return printed(world(1200, 3, follow_up=60), spec)


def printed(made: World, spec: Spec, ledger: Ledger = NOTHING) -> tuple[Spec, list[Cell]]:
    plan, truth = settled(made, spec=spec, ledger=ledger)
    return plan, protect(plan, truth, Press(KEY, plan.parameters, ledger), outcome_variables=2)


@pytest.fixture(scope="module")
def everybody() -> tuple[Spec, People]:
    return read_people(in_memory(world(400, 6)), load_spec())


@pytest.mark.parametrize(("patterns_each", "together"), [(10**9, 3), (0, 5)])
def test_tables_added_up_from_wider_ones_are_those_counted_one_by_one(
    monkeypatch: pytest.MonkeyPatch, everybody: tuple[Spec, People], patterns_each: int, together: int
) -> None:
    monkeypatch.setattr("pipelines.disclosure.truth.PATTERNS_EACH", patterns_each)
    spec, people = everybody
    truth = gather(people, spec, KEY)
    names, blocks = tuple(item.name for item in spec.crossable), spec.dimension("cohort").categories[:2]
    assert max(len(truth._wider(some)) for some in combinations(names, 2)) == together
    here = truth.members(blocks)
    for measure in ("people", "left_early_90", "sessions_attended+"):
        for size in range(4):
            for crossing in combinations(names, size):
                counted = np.zeros(truth.cells(crossing))
                np.add.at(counted, truth.cell_of(here, crossing), truth.values[measure][here])
                assert truth.cube(blocks, crossing, measure).tolist() == counted.tolist()


@pytest.mark.parametrize("people", [0, 1, 2_000])
def test_people_are_told_apart_alike_by_flags_and_by_sorting(people: int) -> None:
    possible = 5_000
    code = np.random.default_rng(1).integers(0, possible, people)
    distinct, place = np.unique(code, return_inverse=True)
    for cells in (possible, max(possible, CELLS_EACH * people + 1)):
        found = _told_apart(code, cells)
        assert found[0].tolist() == place.tolist()
        assert found[1].tolist() == distinct.tolist()


CHANGES = (
    *("site", "age_band", "gender", "primary_substance", "referral_source", "housing"),
    *("alliance_band", "self_efficacy_band", "t", "follow_up", "attended", "due", "cause"),
    *("is_engaged", "has_lasting_change", "has_started", "alliance", "self_efficacy", "coach", "sessions"),
)


@pytest.mark.parametrize("column", CHANGES)
def test_whatever_changes_of_one_person_redraws_the_cohort(everybody: tuple[Spec, People], column: str) -> None:
    spec, people = everybody
    before = gather(people, spec, KEY).fingerprints
    rows, coaches = people.rows.copy(), people.coaches.copy()
    held = people.coach_person[0]
    place = rows.index[held]
    if column in coaches:
        coaches.loc[coaches.index[0], column] += 1
    elif column in ("alliance", "self_efficacy"):
        rows[column] = rows[column].astype(float)
        rows.loc[place, column] = 3.25 if pd.isna(rows.loc[place, column]) else float("nan")
    else:
        value = int(rows.loc[place, column])
        rows[column] = rows[column].astype("int64")
        rows.loc[place, column] = 1 - value if column.startswith(("is_", "has_")) else (1 if value > 1 else 2)
    after = gather(replace(people, rows=rows, coaches=coaches), spec, KEY).fingerprints
    cohort = spec.dimension("cohort").categories[int(rows.loc[place, "cohort"]) - 1]
    assert {name for name in before if before[name] != after[name]} == {cohort}


def split(cells: list[Cell], measure: str, table: str, blocks: tuple[str, ...]) -> dict[bool, set[tuple[str, ...]]]:
    """The dimensions by which a measure is split, on ranges (False) and within single cohorts (True)."""
    found: dict[bool, set[tuple[str, ...]]] = {True: set(), False: set()}
    for c in cells:
        if (c.measure, c.table) == (measure, table):
            found[c.categories["cohort"] in blocks].add(tuple(name for name in c.categories if name != "cohort"))
    return found


def test_outcomes_are_split_by_one_dimension_and_the_declared_pairs_alone(built: tuple[Spec, list[Cell]]) -> None:
    plan, cells = built
    blocks = plan.dimension("cohort").categories
    one = {(), ("site",), ("gender",), ("alliance_band",), ("self_efficacy_band",)}
    pair = {("alliance_band", "self_efficacy_band")}
    assert split(cells, "left_early_90", "cells", blocks) == {False: one | pair, True: {(), ("site",)}}
    assert split(cells, "left_early", "curves", blocks) == {False: one, True: {()}}
    assert split(cells, "sessions_attended", "means", blocks) == {False: one, True: {()}}


def test_a_range_of_some_cohorts_is_crossed_less_than_that_of_all(built: tuple[Spec, list[Cell]]) -> None:
    plan, cells = built
    widest = {
        item.label: max(len(c.categories) - 1 for c in cells if c.categories["cohort"] == item.label)
        for item in plan.ranges
    }
    assert widest == {"2023-H1..2024-H2": 3, "2023-H1..2024-H1": 2}


def test_a_curve_of_a_cohort_ends_where_somebody_is_not_followed(built: tuple[Spec, list[Cell]]) -> None:
    days: dict[str, set[int | None]] = {}
    for c in built[1]:
        if c.table == "curves":
            days.setdefault(c.categories["cohort"], set()).add(c.day)
    assert days["2024-H2"] == {30, 60}
    assert days["2024-H1"] == {30, 60, 90, 180}
    assert days["2023-H1..2024-H2"] == {30, 60, 90, 180, 365}


def test_nothing_goes_round_the_coach_rule(spec: Spec) -> None:
    made = world(500, 5, cohorts=("2023-H1", "2023-H2"), sites=("Ash",))
    open_to = [c.table for c in printed(made, spec)[1] if c.values[1] is not None]
    assert {"cells", "curves", "means"} == set(open_to)
    alone = World(made.episodes, made.coaches.assign(coach=1))
    rests = [c for c in printed(alone, spec)[1] if c.measure != "people" and c.measure != "never_attended"]
    assert len(rests) > 100
    assert {value for c in rests for value in c.values} == {None}


def test_a_number_that_its_base_would_pull_too_far_is_hidden(spec: Spec) -> None:
    """A base that was published when the cohort was smaller stays; a new outcome cannot be squeezed under it."""
    made = world(600, 3, cohorts=("2023-H1", "2023-H2"))
    whole = next(c for c in printed(made, spec)[1] if (c.text, c.measure) == ("cohort=2023-H1", "left_early_180"))
    assert whole.values[1] is not None
    assert whole.true[1] > 60
    frozen = Ledger(Path("none"), values={("cohort=2023-H1", "people"): 50}, blocks=frozenset({("people", "2023-H1")}))
    cells = {(c.text, c.measure): c for c in printed(made, spec, frozen)[1]}
    assert cells["cohort=2023-H1", "people"].values[0] == 50
    assert cells["cohort=2023-H1", "left_early_180"].values == (None, None)


def line(people: int, n: int, draws: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> CurveLine:
    """Return a curve line whose noise is given by sign and day."""
    monkeypatch.setattr(
        Press,
        "count",
        lambda _self, _text, measure, _period, true: max(15, round((true + draws.get(measure, 0)) / 5) * 5),
    )
    bare = replace(load_spec(), endpoint="left", outcomes=())
    return CurveLine(Press(KEY, bare.parameters, NOTHING), bare, Period("b", ("b",), b"f"), "cohort=b", people, n)


def test_censored_people_are_printed_when_eleven_more_are(monkeypatch: pytest.MonkeyPatch) -> None:
    curve = line(400, 400, {}, monkeypatch)
    assert curve.at(30, 20, 10)[0] == (400, 20, 0)
    assert curve.at(60, 40, 16)[0] == (400, 40, 15)
    assert curve.at(90, 60, 26)[0] == (400, 60, 15)
    assert curve.at(120, 80, 27)[0] == (400, 80, 25)


def test_a_curve_that_stopped_never_starts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    draws = {"left@60": 8, "left@90": -8}
    assert line(60, 50, draws, monkeypatch).at(90, 33, 0)[0] == (50, 25, 0)
    curve = line(60, 50, draws, monkeypatch)
    assert curve.at(60, 22, 0)[0] == (None, None, None)
    assert curve.at(90, 33, 0)[0] == (None, None, None)


def means(cells: list[Cell], measure: str) -> list[Cell]:
    return [c for c in cells if c.table == "means" and c.measure == measure and c.values[1] is not None]


def test_extreme_values_move_a_mean_no_further_than_its_public_bounds(spec: Spec) -> None:
    made = world(600, 3, cohorts=("2023-H1", "2023-H2"))
    shown = means(
        printed(World(made.episodes.assign(sessions_attended=500), made.coaches), spec)[1], "sessions_attended"
    )
    assert len(shown) > 5
    assert {c.true[1] for c in shown} == {60}
    assert all(c.values[1] <= 60 for c in shown)


def test_a_mean_is_rounded_to_the_grain_of_its_printed_base(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    """The grain by hand: the next of 1, 2, 5, 10, 20, 50, ... hundredths from two ranges a printed person up.

    Every count is printed too low by its largest noise, around 240 people, where the grain of 60 sessions changes.
    """
    monkeypatch.setattr("pipelines.disclosure.noise.triangular", lambda _number, width: -width)
    steps = [digit * 10.0**power for power in range(-3, 3) for digit in (1, 2, 5)]
    told = 0
    for seed in range(3):
        for c in means(printed(world(1050, seed), spec)[1], "sessions_attended"):
            step = next(step for step in steps if step >= 2 * 60 / c.values[0] - 1e-9)
            assert c.values[1] / step == pytest.approx(round(c.values[1] / step), abs=1e-6)
            told += step != next(step for step in steps if step >= 2 * 60 / c.true[0] - 1e-9)
    assert told > 0
