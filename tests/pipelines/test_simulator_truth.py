"""The simulator returns the truths it was designed for. Referee: the numbers printed in the statistical design.

Printed numbers are rounded; a truth may differ from them by three standard errors of one program of this size
(coaches included, measured by replication) and by half a unit of the last printed digit.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy import stats
from statsmodels.duration.hazard_regression import PHReg

from pipelines.simulate import model, truth
from pipelines.simulate.items import spread_total
from pipelines.simulate.model import Exits
from pipelines.simulate.parameters import FAITHFUL, FOLLOWED, METHODS, SAMPLE, Parameters, Shift, uncensored
from pipelines.simulate.population import Detail, Episodes, Records, Simulated, simulate
from pipelines.simulate.readme import measured
from tests.validate.measure_truth import SHIFTS, contrasts, experiment

PEOPLE = 100_000
PRINTED_PEOPLE = 200_000
"""People behind the printed curve, judged by how far its day 90 lies from the number printed for three million."""
REPLICATES = 16
PRINTED = {
    "km_30": (0.817, 0.0005),
    "km_60": (0.740, 0.0005),
    "km_90": (0.6893, 0.00005),
    "km_180": (0.589, 0.0005),
    "km_364": (0.441, 0.0005),
    "left_early_90": (0.3056, 0.00005),
    "left_early_180": (0.3910, 0.00005),
    "state_ongoing": (0.28, 0.005),
    "state_left_early": (0.416, 0.0005),
    "state_completed": (0.224, 0.0005),
    "state_transferred": (0.049, 0.0005),
    "state_confined": (0.030, 0.0005),
    "state_died": (0.002, 0.0005),
    "sessions_attended": (15.9, 0.05),
    "answered_share": (0.83, 0.005),
    "rating_mean": (4.29, 0.005),
    "rating_sd": (0.62, 0.005),
    "rating_at_ceiling": (0.22, 0.005),
}
"""Printed number and half a unit of its last digit."""
PRINTED_DO = {
    "baseline": (0.3056, 0.3910, 117.0, 0.2967),
    "alliance": (-0.0838, -0.1000, 11.1, 0.0962),
    "self_efficacy": (-0.0532, -0.0639, 6.5, 0.0834),
    "empathy": (-0.0547, -0.0644, 7.5, 0.0544),
    "empathy_via_alliance": (-0.0444, -0.0527, 6.0, 0.0479),
    "empathy_direct": (-0.0110, -0.0126, 1.7, 0.0062),
    "empowerment": (-0.0326, -0.0387, 4.3, 0.0388),
    "empowerment_via_self_efficacy": (-0.0223, -0.0266, 2.8, 0.0327),
    "empowerment_direct": (-0.0110, -0.0126, 1.7, 0.0062),
}
OUTCOMES = ("left_early_90", "left_early_180", "mean_days_180", "completed_364")


@cache
def program(parameters: Parameters = METHODS, people: int = PEOPLE, seed: int = 20_240) -> Simulated:
    return simulate(people, seed, parameters, detail=Detail(forms=False, contacts=False))


@cache
def latent() -> dict[str, float]:
    return truth.latent_truth(program())


def spread(kind: str, name: str, people: int) -> float:
    """Standard deviation of one program of `people` around the truth, from the replications."""
    return measured()["methods", kind, name].std_error * np.sqrt(REPLICATES * 100_000 / people)


@pytest.mark.parametrize("name", PRINTED)
def test_one_program_returns_the_printed_number(name: str) -> None:
    printed, rounding = PRINTED[name]
    assert latent()[name] == pytest.approx(printed, abs=3 * spread("latent", name, PEOPLE) + rounding)


@pytest.mark.parametrize("name", PRINTED)
def test_the_measured_truths_are_the_printed_numbers(name: str) -> None:
    printed, rounding = PRINTED[name]
    found = measured()["methods", "latent", name]
    people = 3_000_000 if name == "km_90" else PRINTED_PEOPLE
    printed_error = spread("latent", name, people)
    assert found.value == pytest.approx(printed, abs=3 * np.hypot(found.std_error, printed_error) + rounding)


@pytest.mark.parametrize("shift", SHIFTS)
def test_the_measured_experiments_are_the_printed_ones(shift: str) -> None:
    """Printed contrasts are differences of two runs of two million people; their chance is that of independent runs."""
    rounding = dict(zip(OUTCOMES, (5e-5, 5e-5, 0.05, 5e-5), strict=True))
    one_run = dict(zip(OUTCOMES, (0.46, 0.49, 70, 0.46), strict=True))
    for name, printed in zip(OUTCOMES, PRINTED_DO[shift], strict=True):
        found = measured()["methods", "do", f"{shift}.{name}"]
        printed_error = one_run[name] * np.sqrt((1 if shift == "baseline" else 2) / 2_000_000)
        assert found.value == pytest.approx(printed, abs=3 * np.hypot(found.std_error, printed_error) + rounding[name])


def test_a_small_experiment_returns_the_measured_contrasts() -> None:
    people = 20_000
    found = contrasts(people, seed=77)
    for name, value in found.items():
        true = measured()["methods", "do", name]
        assert value == pytest.approx(true.value, abs=3.5 * spread("do", name, people)), name


def test_an_experiment_that_changes_nothing_changes_nobody() -> None:
    assert experiment(2_000, 5, Shift()) == experiment(2_000, 5, Shift(alliance=0.0))
    assert experiment(2_000, 5, Shift(alliance=0.5))["left_early_90"] < experiment(2_000, 5, Shift())["left_early_90"]


def test_early_ratings_and_their_share_are_as_printed() -> None:
    seen = program().visits
    early = seen.attended & seen.answered & (seen.day <= 28)
    assert seen.alliance[early].mean() == pytest.approx(4.17, abs=0.015)
    still = program().exits.exit_day > truth.LANDMARK
    rated, _ = truth.early_alliance(program())
    assert 1 - len(rated) / still.sum() == pytest.approx(0.023, abs=0.003)


def test_self_efficacy_is_spread_as_in_the_world_data() -> None:
    seen = program().visits
    first = seen.gse[(seen.week == 1) & seen.attended]
    assert first.mean() == pytest.approx(29.6, abs=0.3)
    assert 5.2 < first.std() < 5.7


def test_landmark_log_hazard_ratios_are_the_printed_ones() -> None:
    who, mean = truth.early_alliance(program())
    people, exits = program().people.take(who), program().exits.take(who)
    score = (mean - 4.17) / 0.55
    left = (exits.cause == 1).astype(int)
    days = exits.exit_day.astype(float)
    error = 0.008
    alone = PHReg(days, score[:, None], status=left, ties="breslow").fit(disp=0)
    assert alone.params[0] == pytest.approx(-0.325, abs=3 * error)
    adjusters = np.column_stack([score, people.severity, people.unstable_housing, (people.age - 38) / 10])
    adjusted = PHReg(days, adjusters, status=left, ties="breslow").fit(disp=0)
    assert adjusted.params[0] == pytest.approx(-0.311, abs=3 * error)
    assert abs(adjusted.params[0]) < abs(alone.params[0])


def test_coaches_differ_as_declared() -> None:
    coaches = program().coaches
    count = len(coaches.left)
    assert count == PEOPLE // 40
    assert coaches.left.std() == pytest.approx(0.40, abs=3 * 0.40 / np.sqrt(2 * count))
    assert np.corrcoef(coaches.alliance, coaches.left)[0, 1] == pytest.approx(-0.30, abs=3 * 0.91 / np.sqrt(count))
    assert coaches.alliance.std() == pytest.approx(0.28, abs=3 * 0.28 / np.sqrt(2 * count))


def test_latent_values_have_the_declared_correlations() -> None:
    people = program().people
    error = 3 / np.sqrt(PEOPLE) + 0.02
    assert np.corrcoef(people.empathy, people.alliance)[0, 1] == pytest.approx(0.50, abs=error)
    assert np.corrcoef(people.alliance, people.severity)[0, 1] == pytest.approx(-0.15, abs=error)
    for value in (people.alliance, people.self_efficacy, people.empathy, people.severity):
        assert value.std() == pytest.approx(1, abs=0.03)


def test_a_person_week_model_of_the_latent_values_returns_every_declared_log_hazard_ratio() -> None:
    p = uncensored(METHODS)
    rng = [np.random.default_rng(one) for one in np.random.SeedSequence(9).spawn(3)]
    coaches = model.draw_coaches(20_000, p, rng[0])
    people = model.draw_people(20_000, coaches, p, rng[1], np.float64)
    exits, weeks = model.run_weeks(people, p, rng[2])
    assert weeks is not None
    who, week = weeks.episode, weeks.week.astype(float)
    leaves = (exits.cause[who] == 1) & (np.ceil(exits.exit_time[who] / 7) == week)
    exposure = (weeks.end_time - 7 * (week - 1)) / 7
    base = p.left_base + p.left_early_extra * np.exp(-(week - 1) / p.left_decay_weeks)
    design = np.column_stack(
        [
            np.ones(len(who)),
            people.alliance[who],
            weeks.alliance - people.alliance[who],
            people.self_efficacy[who],
            weeks.self_efficacy - people.self_efficacy[who],
            people.severity[who],
            (people.age[who] - 38) / 10,
            people.unstable_housing[who],
            people.empathy[who],
            people.empowerment[who],
            people.coach_left[who],
        ]
    )
    declared = np.array([0, -0.35, -0.15, -0.25, -0.10, 0.20, -0.10, 0.30, -0.05, -0.05, 1.0])
    found, errors = poisson_fit(design, leaves.astype(float), exposure * base)
    assert np.abs((found - declared) / errors).max() < 3.3
    assert stats.chi2.sf(float((((found - declared) / errors) ** 2).sum()), len(declared)) > 1e-4


def poisson_fit(design: np.ndarray, events: np.ndarray, exposure: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Newton-Raphson fit of log(rate) on `design`: coefficients and standard errors."""
    beta = np.zeros(design.shape[1])
    for _ in range(12):
        expected = exposure * np.exp(design @ beta)
        information = design.T @ (design * expected[:, None])
        step = np.linalg.solve(information, design.T @ (events - expected))
        beta = beta + step
        if np.abs(step).max() < 1e-9:
            break
    return beta, np.sqrt(np.diag(np.linalg.inv(information)))


def test_the_sample_settings_leave_people_at_risk_on_day_365_and_attend_as_peers_do() -> None:
    sample = program(SAMPLE, 20_001, 4)
    assert (sample.exits.exit_day >= 400).sum() > 500
    assert program().exits.exit_day.max() == 364
    seen = sample.visits
    assert 0.63 < seen.attended.mean() < 0.80
    assert (sample.episodes.number == 2).sum() > 300


def test_records_without_gaps_return_the_models_own_curve() -> None:
    faithful = simulate(20_001, 6, FOLLOWED, FAITHFUL)
    seen = truth.outcomes(faithful, clock="enrolment")
    from_records = truth.kaplan_meier(seen.time, seen.cause == 1, (30, 60, 90, 180))
    exits = faithful.exits
    followed = exits.exit_day >= 1
    model_curve = truth.kaplan_meier(exits.exit_day[followed], exits.cause[followed] == 1, (30, 60, 90, 180))
    assert from_records == pytest.approx(model_curve, abs=0.004)
    for name, share in zip(("km_30", "km_60", "km_90", "km_180"), from_records, strict=True):
        assert share == pytest.approx(PRINTED[name][0], abs=3.5 * spread("latent", name, 20_001))


@pytest.mark.parametrize(("items", "low", "high"), [(12, 1, 5), (10, 1, 4), (7, 1, 4), (9, 0, 3)])
def test_answers_add_up_to_the_total_and_stay_in_range(items: int, low: int, high: int) -> None:
    rng = np.random.default_rng(1)
    total = rng.integers(items * low, items * high + 1, 500)
    answers = spread_total(total, items, low, high, rng)
    assert (answers.sum(axis=1) == total).all()
    assert answers.min() >= low
    assert answers.max() <= high
    middle = answers[np.abs(total - items * (low + high) / 2) < items / 4]
    assert middle.std(axis=1).mean() > 0.3


def test_the_referee_gives_the_eight_printed_people() -> None:
    """The table of the project's rule of leaving: gap 30, extract on day 200, so F = 170."""
    last = np.array([50, 160, 180, 90, 0, 110, 0, 170])
    exit_day = np.array([-1, -1, -1, 95, -1, 120, -1, 175])
    kind = np.array([0, 0, 0, 5, 0, 8, 0, 5])
    start = np.array([0, 0, 0, 0, 0, 0, 185, 0])
    eight = eight_people(last, exit_day, kind, start)
    seen = truth.outcomes(eight)
    assert seen.episode.tolist() == [0, 1, 2, 3, 4, 5, 7]
    assert seen.time.tolist() == [51, 161, 170, 95, 1, 120, 170]
    assert seen.cause.tolist() == [1, 1, 0, 2, 1, 4, 0]
    assert (seen.enrolled, seen.never_attended, seen.immature) == (8, 0, 1)


def eight_people(last: np.ndarray, exit_day: np.ndarray, kind: np.ndarray, start: np.ndarray) -> Simulated:
    """A program whose records are exactly as given; everybody's first session is on day 0."""
    small = simulate(8, 1, replace(METHODS, extract_offset=200, enrolment_days=1))
    one = small.visits.take(np.zeros(8, dtype=int))
    number = np.arange(8)
    return replace(
        small,
        episode_people=replace(small.people, start=start),
        episodes=Episodes(number, np.ones(8, dtype=int)),
        exits=Exits(200 - start, np.full(8, np.inf), 200 - start, np.zeros(8, dtype=int)),
        records=Records(last, exit_day, kind),
        visits=replace(one, episode=number, day=np.zeros(8, dtype=int), attended=np.ones(8, dtype=bool)),
    )


def test_the_referee_of_curves_agrees_with_a_table_worked_by_hand() -> None:
    """Five people: left on 1, completed on 2, censored on 2, left on 3, censored on 4."""
    time, cause = np.array([1, 2, 2, 3, 4]), np.array([1, 2, 0, 1, 0])
    assert truth.kaplan_meier(time, cause == 1, (1, 2, 3, 9)) == pytest.approx([0.8, 0.8, 0.4, 0.4])
    shares = truth.incidence(time, cause, (1, 2, 3))
    assert shares[1] == pytest.approx([0.2, 0.2, 0.2 + 0.6 / 2])
    assert shares[2] == pytest.approx([0, 0.2, 0.2])
    assert shares[0] == pytest.approx([0.8, 0.6, 0.3])
