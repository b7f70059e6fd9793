"""Simulate a whole program: people in chunks, their episodes, sessions, forms, contacts and recorded exits."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Any

import numpy as np
import pandas as pd

from pipelines.progress import Progress, silent
from pipelines.simulate import contacts, forms, model, visits
from pipelines.simulate.model import Array, Coaches, Columns, Exits, People
from pipelines.simulate.parameters import SAMPLE, Parameters, Practice

CHUNK = 100_000
WORKERS = 2
EXACT_UP_TO = 20_000
"""Samples up to this size use double precision, so that the same seed gives the same files on any processor."""
EXIT_TYPES = (
    "dropped_out",
    "administrative",
    "rule_violation",
    "unknown",
    "other",
    "completed",
    "transferred",
    "moved",
    "incarcerated",
    "hospitalised",
    "died",
)
LEFT_MIX = (0.72, 0.08, 0.04, 0.12, 0.04)


@dataclass(frozen=True, slots=True)
class Records(Columns):
    """What the program knows of each episode's end: last contact, day of the exit record or -1, exit type code."""

    last_contact: Array
    record_day: Array
    exit_type: Array


@dataclass(frozen=True, slots=True)
class Episodes(Columns):
    """Which person each episode belongs to, and whether it is the first, second, ..."""

    person: Array
    number: Array


Part = tuple[Exits, Records, visits.Visits, forms.Forms, Array, contacts.Events]
"""What is drawn for one chunk of episodes; the fifth is how many items each form lacks."""


@dataclass(frozen=True, slots=True)
class Detail:
    """What is drawn beside exits and sessions."""

    forms: bool = True
    contacts: bool = True


@dataclass(frozen=True)
class Simulated:
    """A simulated program: latent values beside what the program would record; rows of all parts run by episode."""

    parameters: Parameters
    practice: Practice
    seed: int
    coaches: Coaches
    people: People
    episodes: Episodes
    episode_people: People
    exits: Exits
    records: Records
    visits: visits.Visits
    forms: forms.Forms
    lacking: Array
    events: contacts.Events

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Canonical tables in compact form (numbers for identifiers and days), by table name."""
        from pipelines.simulate import tables

        return tables.compact(self)


def _capital(people: People, rng: np.random.Generator, dtype: Any) -> Array:
    """Draw latent recovery capital (variance 1): rises with self-efficacy, falls with severity."""
    own = rng.standard_normal(len(people.start), dtype=dtype)
    return np.asarray(0.35 * people.self_efficacy - 0.30 * people.severity + 0.853 * own)


def _records(exits: Exits, last_contact: Array, practice: Practice, rng: np.random.Generator) -> Records:
    """Draw which exits were recorded, when and under which reason."""
    count = len(exits.cause)
    left = exits.cause == 1
    recorded = (exits.cause > 0) & (rng.random(count) >= np.asarray((0.0, *practice.no_record_shares))[exits.cause])
    delay = rng.integers(practice.record_delay_days[0], practice.record_delay_days[1] + 1, count)
    day = np.where(left, np.clip(last_contact + delay, exits.exit_day, exits.exit_day + 30), exits.exit_day)
    chance = rng.random(count)
    kind = np.searchsorted(np.cumsum(LEFT_MIX)[:-1], chance, side="right")
    kind = np.select(
        [left, exits.cause == 2, exits.cause == 3, exits.cause == 4],
        [kind, 5, 6 + (chance < practice.moved_share), 8 + (chance < practice.hospital_share)],
        10,
    )
    return Records(last_contact, np.where(recorded, day, -1).astype(np.int32), kind.astype(np.int8))


def _last_contact(count: int, seen: visits.Visits, events: contacts.Events) -> Array:
    last = np.zeros(count, dtype=np.int32)
    np.maximum.at(last, seen.episode[seen.attended], seen.day[seen.attended])
    two_way = events.type < contacts.TWO_WAY
    np.maximum.at(last, events.episode[two_way], events.day[two_way])
    return last


def _no_events() -> contacts.Events:
    none = np.zeros(0, dtype=np.int32)
    return contacts.Events(none, none, none.astype(np.int8), none.astype(np.int8), none.astype(np.int16))


def _chunk(
    people: People, capital: Array, p: Parameters, practice: Practice, detail: Detail, seed: np.random.SeedSequence
) -> Part:
    """Simulate the episodes of `people`; episode numbers count from 0 within the chunk."""
    course, kept, paper, talk, ends = (np.random.default_rng(one) for one in seed.spawn(5))
    exits, raw = model.run_weeks(people, p, course)
    if raw is None:
        raise AssertionError("person-weeks were asked for")
    count = len(people.start)
    weeks = visits.in_episode_order(raw, count)
    seen = visits.draw_visits(people, exits, weeks, p, kept)
    events = _no_events()
    if detail.contacts:
        parts = [
            contacts.draw_contacts(weeks, exits, practice, talk),
            contacts.draw_ripple(weeks, exits, practice, talk),
        ]
        if practice.complete_contacts:
            parts.append(contacts.last_day_contacts(exits))
        events = contacts.Events.joined(parts)
    known = _records(exits, _last_contact(count, seen, events), practice, ends)
    extract_day = p.extract_offset - people.start
    known = replace(known, record_day=np.where(known.record_day <= extract_day, known.record_day, -1).astype(np.int32))
    filled = forms.no_forms()
    if detail.forms:
        scores = forms.Scores(people, capital, practice, p, paper)
        last_self_efficacy = people.self_efficacy.copy()
        last_self_efficacy[weeks.episode] = weeks.self_efficacy
        recorded = known.record_day >= 0
        at_sessions = forms.session_forms(seen, scores, exits)
        filled = forms.Forms.joined(
            [
                forms.intake_forms(seen, weeks, exits, scores),
                at_sessions,
                forms.exit_forms(exits, last_self_efficacy, recorded, scores),
                forms.follow_up_forms(exits, known.record_day, last_self_efficacy, recorded, extract_day, scores),
            ]
        )
        filled = forms.in_use(filled, practice)
    return exits, known, seen, filled, forms.missing_answers(filled, practice, paper), events


def _returns(people: People, exits: Exits, p: Parameters, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return who comes back for a second episode, and on which calendar day."""
    share = np.asarray((0.0, *p.return_shares))[exits.cause]
    back = np.flatnonzero(rng.random(len(share)) < share)
    start = people.start[back] + exits.exit_day[back] + p.return_first_day + rng.integers(0, p.return_days, len(back))
    known = start <= p.enrolment_days - 1
    return back[known], start[known].astype(np.int32)


def simulate(
    n: int,
    seed: int,
    parameters: Parameters = SAMPLE,
    practice: Practice | None = None,
    detail: Detail | None = None,
    progress: Progress | None = None,
) -> Simulated:
    """Simulate a program of `n` people (at least 2); the same seed and parameters give the same people.

    Latent truth stands beside what the program records. Raises ValueError if `n` is below 2.
    """
    if n < 2:
        raise ValueError("simulate needs at least two people")
    practice, detail, tell = practice or Practice(), detail or Detail(), progress or silent
    dtype = np.float64 if n <= EXACT_UP_TO else np.float32
    first, second, third = np.random.SeedSequence(seed).spawn(3)
    rng = np.random.default_rng(first)
    coaches = model.draw_coaches(n, parameters, rng)
    people = model.draw_people(n, coaches, parameters, rng, dtype)
    capital = _capital(people, rng, dtype)
    rows = [np.arange(begin, min(n, begin + CHUNK)) for begin in range(0, n, CHUNK)]
    seeds = second.spawn(len(rows))

    def run(place: int) -> Part:
        return _chunk(people.take(rows[place]), capital[rows[place]], parameters, practice, detail, seeds[place])

    done: list[Part] = []
    with ThreadPoolExecutor(WORKERS) as workers:
        for part in workers.map(run, range(len(rows))):
            done.append(part)
            tell("people and sessions", 0.6 * len(done) / (len(rows) + 1))
    all_people, who, number = people, np.arange(n), np.ones(n, dtype=np.int16)
    back, start = _returns(people, Exits.joined([one[0] for one in done]), parameters, rng)
    if len(back):
        again = replace(people.take(back), start=start)
        done.append(_chunk(again, capital[back], parameters, practice, detail, third))
        all_people = People.joined([people, again])
        who, number = (
            np.concatenate([who, back.astype(np.int32)]),
            np.concatenate([number, np.full(len(back), 2, dtype=np.int16)]),
        )
    tell("people and sessions", 0.6)
    return Simulated(
        parameters=parameters,
        practice=practice,
        seed=seed,
        coaches=coaches,
        people=people,
        episodes=Episodes(who, number),
        episode_people=all_people,
        **_joined(done),
    )


def _joined(done: Sequence[Part]) -> dict[str, Any]:
    """Put the chunks together, with episode and session numbers that run through."""
    episode_offset = [0, *accumulate(len(one[0].cause) for one in done)]
    visit_offset = [0, *accumulate(len(one[2].day) for one in done)]
    seen, filled, events = [], [], []
    for (_, _, visit, form, _, event), offset, visit_start in zip(done, episode_offset, visit_offset, strict=False):
        seen.append(replace(visit, episode=visit.episode + offset))
        place = np.where(form.visit >= 0, form.visit + visit_start, -1).astype(np.int32)
        filled.append(replace(form, episode=form.episode + offset, visit=place))
        events.append(replace(event, episode=event.episode + offset))
    return {
        "exits": Exits.joined([one[0] for one in done]),
        "records": Records.joined([one[1] for one in done]),
        "visits": visits.Visits.joined(seen),
        "forms": forms.Forms.joined(filled),
        "lacking": np.concatenate([one[4] for one in done]),
        "events": contacts.Events.joined(events),
    }
