"""The latent model: who people are, how alliance and confidence drift, and the weekly risk of each exit.

Person i, coach c, week w = 1, 2, ...; every hazard is constant within a week and depends on the state at
its start, so a person-week Poisson model of the latent covariates has exactly the declared log hazard ratios.
Days: 0 is enrolment; an exit or a session at time t belongs to day max(1, ceil(t)).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from pipelines.simulate.parameters import Parameters

Array = npt.NDArray[Any]
CAUSES = ("left_early", "completed", "transferred", "confined", "died")
"""Latent causes 1-5; 0 is censored. Confined is incarceration or hospital."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Arrays of one length, indexed together."""

    def take(self, index: Array) -> Self:
        """Return the rows at `index`, in that order."""
        return type(self)(**{one.name: getattr(self, one.name)[index] for one in fields(self)})

    @classmethod
    def joined(cls, parts: list[Self]) -> Self:
        """Return the rows of all `parts`, one after the other."""
        return cls(**{one.name: np.concatenate([getattr(p, one.name) for p in parts]) for one in fields(cls)})


@dataclass(frozen=True, slots=True)
class Coaches(Columns):
    """One row per coach: site, share of people, and latent effects on alliance, empathy and leaving."""

    site: Array
    share: Array
    alliance: Array
    empathy: Array
    left: Array


@dataclass(frozen=True, slots=True)
class People(Columns):
    """One row per person: calendar day of enrolment, coach, and the latent values that never change."""

    start: Array
    coach: Array
    severity: Array
    age: Array
    unstable_housing: Array
    empathy: Array
    empowerment: Array
    alliance: Array
    self_efficacy: Array
    alliance_slope: Array
    attendance: Array
    coach_left: Array
    empathy_direct: Array
    empowerment_direct: Array


@dataclass(frozen=True, slots=True)
class Exits(Columns):
    """One row per episode: last day of observation, exit time in days, day and cause (0 while still here)."""

    censor_day: Array
    exit_time: Array
    exit_day: Array
    cause: Array


@dataclass(frozen=True, slots=True)
class PersonWeeks(Columns):
    """One row per week at risk: episode, week, end of time in it (days since enrolment) and state at its start."""

    episode: Array
    week: Array
    end_time: Array
    alliance: Array
    self_efficacy: Array


def expit(x: Array) -> Array:
    """Return the logistic function of `x`."""
    return np.asarray(1.0 / (1.0 + np.exp(-x)))


def draw_coaches(people: int, parameters: Parameters, rng: np.random.Generator) -> Coaches:
    """Draw the coaches who serve `people` people; coach effects on alliance and leaving are correlated."""
    p = parameters
    count = max(2, round(people / p.people_per_coach))
    sites = -(-count // p.coaches_per_site)
    if p.most_sites:
        sites = min(sites, p.most_sites)
    share = np.exp(p.coach_size_sd * rng.standard_normal(count))
    first, second = rng.standard_normal(count), rng.standard_normal(count)
    rho = p.left_coach_alliance_correlation
    site = np.arange(count) * sites // count if p.most_sites else np.arange(count) // p.coaches_per_site
    by_site = np.zeros(sites)
    by_site[: min(sites, len(p.site_hazards))] = p.site_hazards[:sites]
    return Coaches(
        site=site,
        share=share / share.sum(),
        alliance=p.alliance_coach_sd * first,
        empathy=rng.standard_normal(count),
        left=p.left_coach_sd * (rho * first + np.sqrt(1 - rho**2) * second) + by_site[site],
    )


def draw_people(
    count: int, coaches: Coaches, parameters: Parameters, rng: np.random.Generator, dtype: Any = np.float32
) -> People:
    """Draw `count` people in order of enrolment; latent values have mean 0 and variance 1 before any shift."""
    p, shift = parameters, parameters.shift

    def z() -> Array:
        return np.asarray(rng.standard_normal(count, dtype=dtype))

    start = np.sort(rng.integers(0, p.enrolment_days, count, dtype=np.int32))
    coach = rng.choice(len(coaches.share), count, p=coaches.share).astype(np.int32)
    severity = z()
    age = np.clip(p.age_mean + p.age_sd * z(), p.age_min, p.age_max)
    unstable = rng.random(count, dtype=dtype) < expit(p.housing_intercept + p.housing_severity * severity)
    own = float(np.sqrt(1 - p.empathy_coach_share))
    empathy = float(np.sqrt(p.empathy_coach_share)) * coaches.empathy.astype(dtype)[coach] + own * z()
    empowerment = z()
    rest = float(np.sqrt(1 - p.alliance_empathy**2 - p.alliance_coach_sd**2 - p.alliance_severity**2))
    alliance = (
        p.alliance_empathy * (empathy + shift.empathy_via_alliance)
        + p.alliance_severity * severity
        + coaches.alliance.astype(dtype)[coach]
        + rest * z()
        + shift.alliance
    )
    rest = float(
        np.sqrt(1 - p.self_efficacy_empowerment**2 - p.self_efficacy_alliance**2 - p.self_efficacy_severity**2)
    )
    self_efficacy = (
        p.self_efficacy_empowerment * (empowerment + shift.empowerment_via_self_efficacy)
        + p.self_efficacy_alliance * alliance
        + p.self_efficacy_severity * severity
        + rest * z()
        + shift.self_efficacy
    )
    return People(
        start=start,
        coach=coach,
        severity=severity,
        age=age,
        unstable_housing=unstable,
        empathy=empathy,
        empowerment=empowerment,
        alliance=alliance,
        self_efficacy=self_efficacy,
        alliance_slope=p.alliance_slope_mean + p.alliance_slope_sd * z(),
        attendance=p.attend_person_sd * z(),
        coach_left=coaches.left.astype(dtype)[coach],
        empathy_direct=empathy + shift.empathy_direct,
        empowerment_direct=empowerment + shift.empowerment_direct,
    )


def completion_rate(week: int, parameters: Parameters) -> float:
    """Return the weekly hazard of completing in `week` for a person with average alliance and self-efficacy."""
    p = parameters
    if week < p.completed_first_week:
        return 0.0
    first, last = p.completed_peak_weeks
    return p.completed_peak if first <= week <= last or week >= p.completed_last_week else p.completed_base


def _constant_hazards(people: People, p: Parameters) -> tuple[Array, Array, Array]:
    """Return the parts of the hazards of leaving, completing and confinement that stay the same all weeks."""
    left = np.exp(
        p.left_alliance_between * people.alliance
        + p.left_self_efficacy_between * people.self_efficacy
        + p.left_severity * people.severity
        + p.left_age_decade * (people.age - p.age_mean) / 10
        + p.left_housing * people.unstable_housing.astype(people.age.dtype)
        + p.left_empathy * people.empathy_direct
        + p.left_empowerment * people.empowerment_direct
        + people.coach_left
    )
    completed = np.exp(p.completed_alliance * people.alliance + p.completed_self_efficacy * people.self_efficacy)
    return left, completed, p.confined * np.exp(p.confined_severity * people.severity)


def _week_hazards(week: int, p: Parameters, constant: list[Array], within_a: Array, within_s: Array) -> list[Array]:
    """Return the hazards of leaving early, completing and confinement in `week`, given each person's change so far."""
    left, completed, confined = constant
    base = p.left_base + p.left_early_extra * float(np.exp(-(week - 1) / p.left_decay_weeks))
    changed = np.exp(p.left_alliance_within * within_a + p.left_self_efficacy_within * within_s)
    return [base * left * changed, completion_rate(week, p) * completed, confined]


def run_weeks(
    people: People, parameters: Parameters, rng: np.random.Generator, *, paired: bool = False, keep_weeks: bool = True
) -> tuple[Exits, PersonWeeks | None]:
    """Follow `people` week by week to exit or end of observation.

    `paired` draws for everybody in every week, so that experiments with one seed share their chance.
    `keep_weeks` returns one row per person-week at risk beside the exits.
    """
    p, count, dtype = parameters, len(people.start), people.age.dtype.type
    censor = (p.extract_offset - people.start).astype(np.int32)
    if p.follow_up_days is not None:
        censor = np.minimum(censor, p.follow_up_days)
    constant = _constant_hazards(people, p)
    exit_time = np.full(count, np.inf, dtype=dtype)
    cause = np.zeros(count, dtype=np.int8)
    alive = np.flatnonzero(censor >= 1).astype(np.int32)
    drift_a = np.zeros(count, dtype=dtype)
    drift_s = np.zeros(count, dtype=dtype)
    noise_a = float(p.alliance_ar_sd * np.sqrt(1 - p.alliance_ar**2))
    noise_s = float(p.self_efficacy_ar_sd * np.sqrt(1 - p.self_efficacy_ar**2))
    kept: list[PersonWeeks] = []

    for week in range(1, p.weeks + 1):
        if not len(alive):
            break
        drawn = count if paired else len(alive)
        chance = [rng.standard_normal(drawn, dtype=dtype) for _ in range(2)]
        wait, which = rng.standard_exponential(drawn, dtype=dtype), rng.random(drawn, dtype=dtype)
        if paired:
            chance, wait, which = [one[alive] for one in chance], wait[alive], which[alive]
        old_a = drift_a[alive]
        if week == 1:
            new_a, new_s = p.alliance_ar_sd * chance[0], p.self_efficacy_ar_sd * chance[1]
        else:
            new_a = p.alliance_ar * old_a + noise_a * chance[0]
            new_s = p.self_efficacy_ar * drift_s[alive] + noise_s * chance[1]
        drift_a[alive], drift_s[alive] = new_a, new_s
        log_week = float(np.log(week))
        within_a = people.alliance_slope[alive] * log_week + new_a
        within_s = p.self_efficacy_slope * log_week + p.self_efficacy_lagged_alliance * old_a + new_s
        rates = _week_hazards(week, p, [one[alive] for one in constant], within_a, within_s)
        total = sum(rates[1:], rates[0]) + (p.transferred + p.died)
        part = wait / total
        out = part < 1
        leaving = alive[out]
        exit_time[leaving] = 7 * (week - 1) + 7 * part[out]
        edges = np.cumsum(
            [*(one[out] for one in rates[:2]), np.full(len(leaving), p.transferred), rates[2][out]], axis=0
        )
        cause[leaving] = 1 + ((which * total)[out] >= edges).sum(axis=0).astype(np.int8)
        if keep_weeks:
            kept.append(
                PersonWeeks(
                    episode=alive,
                    week=np.full(len(alive), week, dtype=np.int16),
                    end_time=(7 * (week - 1) + 7 * np.minimum(part, 1)).astype(dtype),
                    alliance=people.alliance[alive] + within_a,
                    self_efficacy=people.self_efficacy[alive] + within_s,
                )
            )
        stays = ~out & (censor[alive] > 7 * week)
        alive = alive[stays]

    day = np.maximum(1, np.ceil(np.minimum(exit_time, 1e6))).astype(np.int32)
    observed = (cause > 0) & (day <= censor)
    exits = Exits(
        censor_day=censor,
        exit_time=exit_time,
        exit_day=np.where(observed, day, censor).astype(np.int32),
        cause=np.where(observed, cause, 0).astype(np.int8),
    )
    return exits, PersonWeeks.joined(kept) if keep_weeks else None
