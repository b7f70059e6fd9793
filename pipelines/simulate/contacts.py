"""Contacts and events outside sessions: calls, check-ins, goals, setbacks, and people helping others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.simulate.model import Array, Columns, Exits, PersonWeeks
from pipelines.simulate.parameters import Practice

CONTACTS = (
    ("call_reached", "calls_reached", "coach", (5, 30)),
    ("checkin", "checkins", "coach", (5, 15)),
    ("center_visit", "center_visits", "participant", (30, 120)),
    ("text_answered", "texts_answered", "coach", None),
    ("call_attempt", "call_attempts", "coach", None),
    ("text", "texts", "system", None),
    ("goal_set", "goals", "participant", None),
    ("referral_made", "referrals", "coach", None),
    ("mutual_help_meeting", "mutual_help", "participant", (60, 90)),
    ("recurrence", "setbacks", "participant", None),
)
"""Type, rate in `Practice`, who starts it, and the range of its minutes."""
FOLLOWED = {"goal_set": ("goal_completed", 0.45), "referral_made": ("referral_completed", 0.55)}
RIPPLE = (
    ("volunteering", 0.36),
    ("mentoring", 0.24),
    ("facilitated", 0.14),
    ("referred_someone_in", 0.16),
    ("sponsoring", 0.06),
    ("trained_as_coach", 0.03),
    ("became_coach", 0.01),
)
TYPES = (
    *(one[0] for one in CONTACTS),
    *(one[0] for one in FOLLOWED.values()),
    *(one[0] for one in RIPPLE),
)
STARTERS = ("participant", "coach", "system")
TWO_WAY = 4
"""The first four types are two-way contacts, which stop the gap."""
LONG_STAY_WEEKS = 26


@dataclass(frozen=True, slots=True)
class Events(Columns):
    """One row per event: episode, day, type and starter codes, minutes or -1."""

    episode: Array
    day: Array
    type: Array
    starter: Array
    minutes: Array


def _placed(weeks: PersonWeeks, exits: Exits, counts: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return (row of weeks, day) of events placed uniformly in their week, before exit and end of observation."""
    row = np.repeat(np.arange(len(counts)), counts)
    time = 7 * (weeks.week[row].astype(np.float32) - 1) + 7 * rng.random(len(row), dtype=np.float32)
    day = np.maximum(1, np.ceil(time)).astype(np.int32)
    kept = (time < weeks.end_time[row]) & (day <= exits.censor_day[weeks.episode[row]])
    return row[kept], day[kept]


def draw_contacts(weeks: PersonWeeks, exits: Exits, practice: Practice, rng: np.random.Generator) -> Events:
    """Return contacts and their follow-ups; rates a week are the same for everybody in the program."""
    rates = np.array([getattr(practice, one[1]) for one in CONTACTS])
    row, day = _placed(weeks, exits, rng.poisson(rates.sum(), len(weeks.week)), rng)
    edges = np.cumsum(rates / rates.sum())[:-1].astype(np.float32)
    kind = np.searchsorted(edges, rng.random(len(row), dtype=np.float32), side="right")
    low = np.array([one[3][0] if one[3] else -1 for one in CONTACTS])
    high = np.array([one[3][1] if one[3] else -1 for one in CONTACTS])
    minutes = 5 * np.round(rng.uniform(low[kind], high[kind]) / 5)
    starter = np.array([STARTERS.index(one[2]) for one in CONTACTS])
    events = [
        Events(
            episode=weeks.episode[row],
            day=day,
            type=kind.astype(np.int8),
            starter=starter[kind].astype(np.int8),
            minutes=np.where(low[kind] < 0, -1, minutes).astype(np.int16),
        )
    ]
    for first, (then, share) in FOLLOWED.items():
        source = np.flatnonzero(kind == TYPES.index(first))
        done = source[rng.random(len(source)) < share]
        later = day[done] + rng.integers(3, 45, len(done))
        who = weeks.episode[row[done]]
        kept = later <= exits.exit_day[who]
        events.append(_plain(who[kept], later[kept], then, "participant"))
    return Events.joined(events)


def draw_ripple(weeks: PersonWeeks, exits: Exits, practice: Practice, rng: np.random.Generator) -> Events:
    """Return events in which people help others; the rate rises with current self-efficacy and with months here."""
    months = weeks.week.astype(np.float32) / 4.345
    rate = practice.ripple_rate * np.exp(
        practice.ripple_self_efficacy * weeks.self_efficacy + practice.ripple_months * np.minimum(months, 12)
    )
    row, day = _placed(weeks, exits, rng.poisson(rate), rng)
    kind = np.minimum(np.searchsorted(np.cumsum([one[1] for one in RIPPLE]), rng.random(len(row))), len(RIPPLE) - 1)
    kind[(kind >= 5) & (weeks.week[row] < LONG_STAY_WEEKS)] = 0
    first = TYPES.index(RIPPLE[0][0])
    events = Events(
        episode=weeks.episode[row],
        day=day,
        type=(first + kind).astype(np.int8),
        starter=np.zeros(len(row), dtype=np.int8),
        minutes=np.full(len(row), -1, dtype=np.int16),
    )
    once = np.isin(kind, (5, 6))
    _, earliest = np.unique(np.stack([events.episode[once], kind[once]]), axis=1, return_index=True)
    return events.take(np.sort(np.concatenate([np.flatnonzero(~once), np.flatnonzero(once)[earliest]])))


def last_day_contacts(exits: Exits) -> Events:
    """Return one contact on the day before each exit, or on the last observed day of people still here."""
    who = np.flatnonzero(exits.censor_day >= 1)
    day = np.where(exits.cause[who] > 0, exits.exit_day[who] - 1, exits.censor_day[who])
    return _plain(who, day, "checkin", "coach")


def _plain(who: Array, day: Array, kind: str, starter: str) -> Events:
    return Events(
        episode=who.astype(np.int32),
        day=day.astype(np.int32),
        type=np.full(len(who), TYPES.index(kind), dtype=np.int8),
        starter=np.full(len(who), STARTERS.index(starter), dtype=np.int8),
        minutes=np.full(len(who), -1, dtype=np.int16),
    )
