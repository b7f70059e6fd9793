"""Do ranges and tests keep what they promise: coverage of curves, and false alarms of the landmark test of alliance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import ndtr

from pipelines.simulate.parameters import METHODS, Parameters
from pipelines.simulate.readme import measured
from pipelines.stats import clusters, cox, survival
from tests.validate.simulated_programs import (
    INDEPENDENT,
    NOTHING_GOES_WITH_ALLIANCE,
    SEED,
    TO_DAY_90,
    count_table,
    landmark,
    program,
    strong_coaches,
)
from tests.validate.simulation_results import Result, replicated, share

DAY = 90
COVERS = "A 95 % range of the share still in on day 90 holds the true share"
ALARM = "The landmark test of alliance finds something (p < .05) where there is nothing"
DEFAULT = "coaches differ as by default"
STRONG = "coaches differ strongly (SD .6 in alliance, .8 in leaving)"


class Limits(NamedTuple):
    """Lower and upper limit of the curve on day 90, people taken as independent and held together by coach."""

    naive: tuple[float, float]
    clustered: tuple[float, float]


def limits_of_day_90(number: int, *, people: int, parameters: Parameters, stream: int) -> Limits:
    """Return the limits of one simulated program."""
    short = replace(parameters, weeks=TO_DAY_90, follow_up_days=7 * TO_DAY_90)
    made = program(people, short, np.random.default_rng([SEED, stream, number]))
    counted = count_table(made)
    return Limits(_on_the_day(survival.kaplan_meier(counted)), _on_the_day(clusters.kaplan_meier(counted, "coach")))


def _on_the_day(curve: pd.DataFrame) -> tuple[float, float]:
    """Return the limits of a curve on day 90: those of the last day on which anything happened."""
    last = curve[curve["day"] <= DAY].iloc[-1]
    return float(last["lower"]), float(last["upper"])


def _covering(limits: Sequence[tuple[float, float]], true: float) -> list[bool]:
    return [lower <= true <= upper for lower, upper in limits]


def independent_coverage(replicates: int = 1000, workers: int = 1) -> list[Result]:
    """Return the coverage of the log-log limits where people are independent, at 200 and 2,000 people."""
    true = measured()["no_coach_differences", "latent", "km_90"].value
    made = []
    for stream, people in ((1, 200), (2, 2000)):
        draw = partial(limits_of_day_90, people=people, parameters=INDEPENDENT, stream=stream)
        found = replicated(draw, replicates, workers)
        setting = f"{people:,} people, independent; log-log limits"
        made.append(share(COVERS, setting, _covering([one.naive for one in found], true), 93, 97))
    return made


def clustered_coverage(replicates: int = 1000, workers: int = 1) -> list[Result]:
    """Return the coverage where people of one coach resemble each other, with and without holding them together."""
    true = measured()["methods", "latent", "km_90"].value
    draw = partial(limits_of_day_90, people=2000, parameters=METHODS, stream=3)
    found = replicated(draw, replicates, workers)
    setting = f"2,000 people, 50 coaches, {DEFAULT}"
    return [
        share(COVERS, f"{setting}; clustered by coach, t(49)", _covering([f.clustered for f in found], true), 92, 97),
        share(COVERS, f"{setting}; people taken as independent", _covering([f.naive for f in found], true)),
    ]


def few_coach_coverage(replicates: int = 1000, workers: int = 1) -> list[Result]:
    """Return the coverage with 10 coaches, which is reported, and that nothing is given with about 5."""
    true = measured()["methods", "latent", "km_90"].value
    found = replicated(partial(limits_of_day_90, people=400, parameters=METHODS, stream=4), replicates, workers)
    setting = f"400 people, 10 coaches, {DEFAULT}"
    made = [
        share(COVERS, f"{setting}; clustered by coach, t(9), 10/9", _covering([f.clustered for f in found], true)),
        share(COVERS, f"{setting}; people taken as independent", _covering([f.naive for f in found], true)),
    ]
    fewer = replicated(partial(limits_of_day_90, people=200, parameters=METHODS, stream=5), replicates, workers)
    given = [bool(np.isfinite(one.clustered).any()) for one in fewer]
    return [
        *made,
        share("A clustered range appears with fewer than eight coaches", "200 people, 5 coaches", given, 0, 0),
    ]


class Tests(NamedTuple):
    """p of the landmark test of alliance: people as independent, clustered by coach, compared within their coach."""

    naive: float
    clustered: float
    within_coach: float


def alliance_tests(number: int, *, people: int, parameters: Parameters, stream: int) -> Tests:
    """Return the p-values of one simulated program, as `estimators.ratio` fits its ratios."""
    rng = np.random.default_rng([SEED, stream, number])
    known = landmark(program(people, parameters, rng, keep_weeks=True), rng)
    score = pd.DataFrame({"score": known.score})
    plain = cox.fit(score, known.day, known.left, cluster=known.coach)
    within = cox.fit(score, known.day, known.left, stratum=known.coach, cluster=known.coach)
    naive = 2 * ndtr(-abs(plain.coefficients[0] / plain.std_errors[0]))
    return Tests(float(naive), float(plain.table()["p"].iloc[0]), float(within.table()["p"].iloc[0]))


def false_alarms(replicates: int = 1000, workers: int = 1) -> list[Result]:
    """Return how often the clustered test is wrong where nothing goes with alliance, coaches as by default."""
    draw = partial(alliance_tests, people=2000, parameters=NOTHING_GOES_WITH_ALLIANCE, stream=6)
    found = replicated(draw, replicates, workers)
    return _alarms(found, f"2,000 people, 50 coaches, {DEFAULT}", "t(49)", 7)


def strong_false_alarms(replicates: int = 1000, workers: int = 1) -> list[Result]:
    """Return the same where coaches differ strongly, with 50 and with 10 coaches: reported, not passed."""
    made = []
    for stream, per_coach, df in ((7, 40, "t(49)"), (8, 200, "t(9), 10/9")):
        parameters = strong_coaches(NOTHING_GOES_WITH_ALLIANCE, per_coach)
        found = replicated(
            partial(alliance_tests, people=2000, parameters=parameters, stream=stream), replicates, workers
        )
        made += _alarms(found, f"2,000 people, {2000 // per_coach} coaches, {STRONG}", df)
    return made


def ten_default_false_alarms(replicates: int = 1000, workers: int = 1) -> list[Result]:
    """Return the same with 10 coaches who differ as by default: reported, not passed."""
    parameters = replace(NOTHING_GOES_WITH_ALLIANCE, people_per_coach=200.0)
    found = replicated(partial(alliance_tests, people=2000, parameters=parameters, stream=9), replicates, workers)
    return _alarms(found, f"2,000 people, 10 coaches, {DEFAULT}", "t(9), 10/9")


def _alarms(found: Sequence[Tests], setting: str, df: str, most: float | None = None) -> list[Result]:
    def below(name: str) -> list[bool]:
        return [bool(getattr(one, name) < 0.05) for one in found]

    return [
        share(ALARM, f"{setting}; clustered by coach, {df}", below("clustered"), upper=most),
        share(ALARM, f"{setting}; people taken as independent", below("naive")),
        share(ALARM, f"{setting}; within coach, clustered, {df}", below("within_coach")),
    ]
