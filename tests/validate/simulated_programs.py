"""Simulated programs for the simulation suite: the settings of each question, and only what the question needs of them.

One generator per program, so that a replicate is the same whatever runs beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipelines.simulate import model, truth, visits
from pipelines.simulate.model import Array, Coaches, Exits, People, PersonWeeks
from pipelines.simulate.parameters import METHODS, Parameters, uncensored

SEED = 20_261
EARLY_WEEKS, EARLY_DAYS = 4, 28
CENTRE, UNIT = 4.17, 0.55
"""Where the early score is centred, and the points of it that the printed log hazard ratios are for."""

INDEPENDENT = replace(METHODS, left_coach_sd=0.0, alliance_coach_sd=0.0, empathy_coach_share=0.0)
"""No trait of a person hangs on the coach: each has its declared spread, but between people alone."""
TO_DAY_90 = 13
"""Weeks that a curve up to day 90 needs."""
NOTHING_GOES_WITH_ALLIANCE = replace(
    METHODS,
    left_alliance_between=0.0,
    left_alliance_within=0.0,
    left_self_efficacy_between=0.0,
    left_self_efficacy_within=0.0,
    left_empathy=0.0,
    left_coach_alliance_correlation=0.0,
    alliance_severity=0.0,
    attend_severity=0.0,
    attend_self_efficacy=0.0,
)
"""The null: leaving hangs on severity, age, housing, empowerment and coach, with none of which alliance, its ratings or
their being there have to do. Coaches still differ in alliance and in leaving, but in the one without the other."""


def strong_coaches(parameters: Parameters, people_per_coach: float) -> Parameters:
    """Return `parameters` with coaches who differ strongly: SD .6 in alliance, .8 in the log hazard of leaving."""
    return replace(parameters, alliance_coach_sd=0.6, left_coach_sd=0.8, people_per_coach=people_per_coach)


@dataclass(frozen=True, slots=True)
class Program:
    """Coaches, people and how their episodes ended; with person-weeks where they were asked for."""

    parameters: Parameters
    coaches: Coaches
    people: People
    exits: Exits
    weeks: PersonWeeks | None


def program(
    count: int,
    parameters: Parameters,
    rng: np.random.Generator,
    *,
    plant: Callable[[Coaches], Coaches] | None = None,
    change: Callable[[People], People] | None = None,
    keep_weeks: bool = False,
) -> Program:
    """Return a program of `count` people; `plant` sets what coaches are like, `change` what people are like."""
    coaches = model.draw_coaches(count, parameters, rng)
    coaches = plant(coaches) if plant else coaches
    people = model.draw_people(count, coaches, parameters, rng, np.float64)
    people = change(people) if change else people
    exits, weeks = model.run_weeks(people, parameters, rng, keep_weeks=keep_weeks)
    return Program(parameters, coaches, people, exits, weeks)


def count_table(made: Program) -> pd.DataFrame:
    """Return the count table of days since enrolment to leaving early, other exits censored: one row per person."""
    left = made.exits.cause == 1
    columns = {"coach": made.people.coach, "day": made.exits.exit_day, "n_event_1": left, "n_censored": ~left}
    return pd.DataFrame(columns, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Landmark:
    """People still here after day 30 who have an early score: who, score in units, days since day 30, whether left."""

    who: Array
    score: Array
    day: Array
    left: Array
    coach: Array


def landmark(made: Program, rng: np.random.Generator) -> Landmark:
    """Return the landmark people of a program with person-weeks: their score is the mean of ratings of days 1-28."""
    if made.weeks is None:
        raise ValueError("ratings hang on the weeks: make the program with keep_weeks")
    first = made.weeks.take(np.flatnonzero(made.weeks.week <= EARLY_WEEKS))
    seen = visits.draw_visits(made.people, made.exits, first, made.parameters, rng)
    rated = seen.attended & seen.answered & (seen.day <= EARLY_DAYS)
    size = len(made.people.start)
    total = np.bincount(seen.episode[rated], weights=seen.alliance[rated], minlength=size)
    ratings = np.bincount(seen.episode[rated], minlength=size)
    who = np.flatnonzero((made.exits.exit_day > truth.LANDMARK) & (ratings > 0))
    return Landmark(
        who=who,
        score=(total[who] / ratings[who] - CENTRE) / UNIT,
        day=made.exits.exit_day[who] - truth.LANDMARK,
        left=made.exits.cause[who] == 1,
        coach=made.people.coach[who],
    )


def left_by(made: Program, day: int) -> Array:
    """Return who had left early by `day`, as 0 or 1."""
    return ((made.exits.cause == 1) & (made.exits.exit_day <= day)).astype(float)


def followed_to(day: int, parameters: Parameters) -> Parameters:
    """Return `parameters` with everybody followed until `day` at least, and no longer than the weeks that needs."""
    return uncensored(replace(parameters, weeks=-(-day // 7)))
