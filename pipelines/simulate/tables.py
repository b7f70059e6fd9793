"""The canonical tables of a simulated program in compact form: numbers for identifiers, days since 1970 for dates.

The SQL files of this package turn them into the incoming columns of the schema.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipelines.simulate import contacts, forms, registers
from pipelines.simulate.items import spread_total
from pipelines.simulate.model import Array
from pipelines.simulate.population import EXIT_TYPES, Simulated
from pipelines.simulate.registers import NONE, category, first_day

ITEMS_OF_SAMPLE = (forms.WAI, forms.GSE, forms.MASTERY)
"""Instruments whose single items are written; the others come as reported totals."""
SUBSTITUTE_SHARE = 0.03
HANDOVER_SHARE = 0.05
MISSED = ("no_show", "late_cancel", "cancelled_client", "cancelled_staff", "rescheduled")
SOURCE_CODES = dict(zip(EXIT_TYPES, ("11", "12", "13", "19", "18", "01", "02", "03", "21", "22", "23"), strict=True))


def in_order(episode: Array, day: Array, kind: Array) -> Array:
    """Return the order by episode, day and kind; one key, because the parts come as sorted runs that merge fast."""
    return np.argsort((episode.astype(np.int64) << 24) + (day.astype(np.int64) << 8) + kind, kind="stable")


def compact(program: Simulated, items: tuple[int, ...] = ()) -> dict[str, pd.DataFrame]:
    """Return the compact tables of `program`, single items of the instruments numbered in `items` included."""
    rng = {name: np.random.default_rng([program.seed, 7, k]) for k, name in enumerate(("places", "people", "sessions"))}
    cover = registers.cover(program)
    coach = _coaches_by_visit(program, cover, rng["sessions"])
    sessions = _sessions(program, coach[0], rng["sessions"])
    assessments, answers = _assessments(program, sessions["coach"].to_numpy(), items)
    people = registers.participants(program, rng["people"])
    events = _events(program, rng["people"])
    return {
        "sites": registers.sites(program),
        "coaches": registers.coaches(program, rng["places"]),
        "participants": people,
        "episodes": registers.episodes(program, people, events, rng["people"]),
        "coach_assignments": registers.assignments(program, cover, coach[1]),
        "sessions": sessions,
        "assessments": assessments,
        "assessment_items": answers,
        "engagement_events": events,
        "discharges": _discharges(program),
    }


def _coaches_by_visit(program: Simulated, cover: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return the coach of each possible session and, by episode, the day a second coach took over (-1: never)."""
    seen, usual = program.visits, program.episode_people.coach
    episodes = len(usual)
    handed = (rng.random(episodes) < HANDOVER_SHARE) & (cover != np.arange(len(cover)))[usual]
    since = np.where(handed & (program.exits.exit_day > 60), rng.integers(35, 150, episodes), NONE)
    since = np.where(since < program.exits.exit_day - 7, since, NONE)
    own = usual[seen.episode]
    second = (since[seen.episode] > 0) & (seen.day >= since[seen.episode])
    return np.where(second | (rng.random(len(own)) < SUBSTITUTE_SHARE), cover[own], own), since


def _sessions(program: Simulated, coach: Array, rng: np.random.Generator) -> pd.DataFrame:
    seen = program.visits
    count = len(seen.day)
    attended = seen.attended
    missed = 1 + np.searchsorted(np.cumsum(program.practice.missed_statuses)[:-1], rng.random(count), side="right")
    date = program.episode_people.start[seen.episode] + (seen.day + first_day(program))
    mode = np.searchsorted(np.cumsum([0.48, 0.21, 0.18, 0.08, 0.02]), rng.random(count), side="right")
    kind = np.select([seen.week == 1, seen.week % 12 == 2, mode == 5], [1, 2, 3], 0)
    minutes = np.clip(5 * np.round((50 + 12 * rng.standard_normal(count, dtype=np.float32)) / 5), 10, 120)
    return pd.DataFrame(
        {
            "session": np.arange(1, count + 1, dtype=np.int32),
            "episode": seen.episode + 1,
            "coach": coach + 1,
            "scheduled_date": date,
            "occurred_date": np.where(attended, date, NONE),
            "status": category(np.where(attended, 0, missed), ("attended", *MISSED)),
            "mode": category(mode, ("in_person", "phone", "video", "community", "text", "group")),
            "minutes": np.where(attended, minutes, NONE).astype(np.int16),
            "kind": category(kind, ("coaching", "intake", "recovery_plan", "group")),
        }
    )


def _assessments(
    program: Simulated, visit_coach: Array, itemised: tuple[int, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return assessments in order of episode and day, and the single answers of the instruments in `itemised`."""
    order = in_order(program.forms.episode, program.forms.day, program.forms.instrument)
    filled, lacking = program.forms.take(order), program.lacking[order]
    kinds = forms.QUESTIONNAIRES
    divisor = np.array([one.items if one.mean else 1 for one in kinds], dtype=np.float32)[filled.instrument]
    allowed = np.array([one.missing_allowed for one in kinds])[filled.instrument]
    by_item = np.isin(filled.instrument, itemised) & (filled.status == forms.COMPLETE)
    lost = ~by_item & (lacking > allowed)
    table = pd.DataFrame(
        {
            "assessment": np.arange(1, len(order) + 1, dtype=np.int32),
            "episode": filled.episode + 1,
            "coach": np.where(filled.visit >= 0, visit_coach[np.maximum(filled.visit, 0)], 0),
            "session": filled.visit + 1,
            "instrument_id": category(filled.instrument, tuple(one.instrument_id for one in kinds)),
            "date": program.episode_people.start[filled.episode] + filled.day + first_day(program),
            "wave": category(filled.wave, forms.WAVES),
            "status": category(
                np.where((by_item & (lacking > 0)) | lost, forms.PARTIAL, filled.status), forms.STATUSES
            ),
            "total": np.where(by_item | lost, np.float32(np.nan), filled.total / divisor),
        }
    )
    rng = np.random.default_rng([program.seed, 8])
    answers = [_answers(filled, lacking, number, rng) for number in itemised]
    empty: dict[str, Any] = {name: np.zeros(0, dtype=np.int32) for name in ("assessment", "item_no", "value")}
    together = pd.concat(answers, ignore_index=True) if answers else pd.DataFrame(empty)
    return table, together.sort_values(["assessment", "item_no"], ignore_index=True)


def _answers(filled: forms.Forms, lacking: Array, instrument: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return the answers of one instrument; items a person left out have no row."""
    kind = forms.QUESTIONNAIRES[instrument]
    row = np.flatnonzero((filled.instrument == instrument) & (filled.status == forms.COMPLETE))
    value = spread_total(filled.total[row], kind.items, kind.low, kind.high, rng)
    for item in kind.reversed_items:
        value[:, item - 1] = kind.low + kind.high - value[:, item - 1]
    place = np.argsort(np.argsort(rng.random(value.shape), axis=1), axis=1)
    given = place >= lacking[row][:, None]
    item_no = np.broadcast_to(np.arange(1, kind.items + 1), value.shape)
    number = np.broadcast_to((row + 1)[:, None], value.shape)
    return pd.DataFrame({"assessment": number[given], "item_no": item_no[given], "value": value[given]})


def _events(program: Simulated, rng: np.random.Generator) -> pd.DataFrame:
    order = in_order(program.events.episode, program.events.day, program.events.type)
    events = program.events.take(order)
    date = program.episode_people.start[events.episode] + events.day
    return pd.DataFrame(
        {
            "event": np.arange(1, len(order) + 1, dtype=np.int32),
            "episode": events.episode + 1,
            "date": date + first_day(program),
            "type": category(events.type, contacts.TYPES),
            "initiated_by": category(events.starter, contacts.STARTERS),
            "minutes": events.minutes,
            "linked": _linked(program, events.type, date, rng),
        }
    )


def _linked(program: Simulated, kind: Array, date: Array, rng: np.random.Generator) -> Array:
    """Return the person (from 1) whom each referral brought in within 45 days, each person at most once; else 0."""
    start = program.people.start
    row = np.flatnonzero(kind == contacts.TYPES.index("referred_someone_in"))
    low, high = np.searchsorted(start, date[row], side="right"), np.searchsorted(start, date[row] + 45, side="right")
    chosen = low + np.floor(rng.random(len(row)) * (high - low)).astype(np.int64)
    kept = np.flatnonzero(high > low)
    _, first = np.unique(chosen[kept], return_index=True)
    linked = np.zeros(len(kind), dtype=np.int32)
    linked[row[kept[first]]] = chosen[kept[first]] + 1
    return linked


def _discharges(program: Simulated) -> pd.DataFrame:
    known = np.flatnonzero(program.records.record_day >= 0)
    kind = program.records.exit_type[known]
    codes = tuple(SOURCE_CODES[name] for name in EXIT_TYPES)
    blank = np.random.default_rng([program.seed, 9]).random(len(known)) < 0.1
    return pd.DataFrame(
        {
            "episode": known + 1,
            "exit_date": program.episode_people.start[known] + program.records.record_day[known] + first_day(program),
            "exit_type": category(kind, EXIT_TYPES),
            "planned": np.isin(kind, [EXIT_TYPES.index(name) for name in ("completed", "transferred", "moved")]),
            "source_code": category(np.where(blank, NONE, kind), codes),
        }
    )
