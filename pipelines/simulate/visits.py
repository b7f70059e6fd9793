"""Sessions of the latent model: one possible session a week, kept or missed, with an alliance rating or without."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.simulate.model import Array, Columns, Exits, People, PersonWeeks, expit
from pipelines.simulate.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Visits(Columns):
    """One row per possible session, in order of episode and day; `alliance` is the rating it would get, 1-5."""

    episode: Array
    week: Array
    day: Array
    attended: Array
    answered: Array
    alliance: Array
    gse: Array
    self_efficacy: Array


def in_episode_order(weeks: PersonWeeks, episodes: int) -> PersonWeeks:
    """Return person-weeks by episode and week; weeks of an episode are gapless from 1, so no sort is needed."""
    length = np.bincount(weeks.episode, minlength=episodes)
    place = (np.cumsum(length) - length)[weeks.episode] + weeks.week - 1
    index = np.empty(len(place), dtype=np.int64)
    index[place] = np.arange(len(place))
    return weeks.take(index)


def draw_visits(people: People, exits: Exits, weeks: PersonWeeks, p: Parameters, rng: np.random.Generator) -> Visits:
    """Draw the possible sessions of `people`, one a week before exit and end of observation.

    Alliance is the mean of 12 answers on 1-5, so a multiple of 1/12; `gse` is a General Self-Efficacy total on 10-40.
    """
    dtype = people.age.dtype.type
    count = len(weeks.episode)
    time = 7 * (weeks.week.astype(dtype) - 1) + 7 * rng.random(count, dtype=dtype)
    day = np.maximum(1, np.ceil(time)).astype(np.int32)
    kept = np.flatnonzero((time < weeks.end_time) & (day <= exits.censor_day[weeks.episode]))
    seen = weeks.take(kept)
    who, alliance = seen.episode, seen.alliance
    attends = (
        p.attend_intercept
        + p.attend_alliance * alliance
        + p.attend_self_efficacy * seen.self_efficacy
        + p.attend_severity * people.severity[who]
        + people.attendance[who]
    )
    rating = p.alliance_mean + p.alliance_loading * alliance + p.alliance_noise * rng.standard_normal(len(who), dtype)
    gse = p.gse_mean + p.gse_loading * seen.self_efficacy + p.gse_noise * rng.standard_normal(len(who), dtype)
    return Visits(
        episode=who,
        week=seen.week,
        day=day[kept],
        attended=rng.random(len(who), dtype=dtype) < expit(attends),
        answered=rng.random(len(who), dtype=dtype) < expit(p.answer_intercept + p.answer_alliance * alliance),
        alliance=np.clip(np.round(12 * rating), 12, 60) / 12,
        gse=np.clip(np.round(gse), 10, 40),
        self_efficacy=seen.self_efficacy,
    )
