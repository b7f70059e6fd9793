"""Questionnaires people fill in: which, when, answered or not, and the total each would give.

Totals are kept as whole sums of items here, whatever scale the instrument reports.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.simulate.model import Array, Columns, Exits, People, PersonWeeks
from pipelines.simulate.parameters import Parameters, Practice
from pipelines.simulate.visits import Visits


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What the simulator needs of an instrument; items count from 1, `mean` divides the sum by their number.

    In each of `groups` at most one answer may be missing, else the questionnaire has no score.
    """

    instrument_id: str
    items: int
    low: int
    high: int
    mean: bool = False
    reversed_items: tuple[int, ...] = ()
    missing_allowed: int = 2
    groups: tuple[tuple[int, ...], ...] = ()


QUESTIONNAIRES = (
    Questionnaire("wai_sr", 12, 1, 5, mean=True, groups=((4, 6, 8, 11), (1, 2, 10, 12), (3, 5, 7, 9))),
    Questionnaire("care", 10, 1, 5),
    Questionnaire("gse_10", 10, 1, 4, missing_allowed=3),
    Questionnaire("pearlin_mastery", 7, 1, 4, reversed_items=(1, 2, 3, 5, 7), missing_allowed=1),
    Questionnaire("barc_10", 10, 1, 6),
    Questionnaire("eurohis_qol_8", 8, 1, 5, mean=True, missing_allowed=1),
    Questionnaire("phq_9", 9, 0, 3),
)
WAI, CARE, GSE, MASTERY, BARC, QUALITY, PHQ = range(len(QUESTIONNAIRES))
WAVES = ("intake", "in_program", "exit", "followup")
INTAKE, IN_PROGRAM, EXIT, FOLLOW_UP = range(4)
STATUSES = ("complete", "partial", "refused", "not_located", "due_missed")
COMPLETE, PARTIAL, REFUSED, NOT_LOCATED, DUE_MISSED = range(5)


@dataclass(frozen=True, slots=True)
class Forms(Columns):
    """One row per questionnaire: episode, session row or -1, instrument, day, wave, status, sum of items or NaN."""

    episode: Array
    visit: Array
    instrument: Array
    day: Array
    wave: Array
    status: Array
    total: Array


@dataclass(frozen=True, slots=True)
class Scores:
    """Draws observed totals from latent values; one per chunk of episodes."""

    people: People
    capital: Array
    practice: Practice
    parameters: Parameters
    rng: np.random.Generator

    def _observed(self, instrument: int, expected: Array, noise: float) -> Array:
        one = QUESTIONNAIRES[instrument]
        drawn = expected + noise * self.rng.standard_normal(len(expected), dtype=self.capital.dtype.type)
        return np.asarray(np.clip(np.round(drawn), one.items * one.low, one.items * one.high))

    def gse(self, self_efficacy: Array) -> Array:
        """Return General Self-Efficacy totals, 10-40, of the given current self-efficacy."""
        p = self.parameters
        return self._observed(GSE, p.gse_mean + p.gse_loading * self_efficacy, p.gse_noise)

    def care(self, who: Array) -> Array:
        """Return CARE totals, 10-50, of the empathy that `who` perceive."""
        p = self.practice
        return self._observed(CARE, p.care_mean + p.care_loading * self.people.empathy[who], p.care_noise)

    def mastery(self, who: Array, week: Array) -> Array:
        """Return Pearlin Mastery totals, 7-28, rising slowly with the week."""
        p = self.practice
        expected = p.mastery_mean + p.mastery_loading * self.people.empowerment[who] + p.mastery_slope * np.log(week)
        return self._observed(MASTERY, expected, p.mastery_noise)

    def barc(self, who: Array, day: Array, after_exit: Array | float = 0.0) -> Array:
        """Return BARC-10 totals, 10-60, rising with the square root of days, plus a change after exit."""
        p = self.practice
        gain = p.barc_gain_90_days * np.sqrt(np.maximum(day, 0) / 90)
        return self._observed(BARC, p.barc_mean + p.barc_loading * self.capital[who] + gain + after_exit, p.barc_noise)

    def quality(self, who: Array, day: Array, after_exit: Array | float = 0.0) -> Array:
        """Return EUROHIS-QOL-8 sums, 8-40, of mean quality of life on 1-5."""
        p = self.practice
        gain = p.quality_gain_90_days * np.sqrt(np.maximum(day, 0) / 90)
        expected = p.quality_mean + p.quality_loading * self.capital[who] + gain + after_exit
        return self._observed(QUALITY, 8 * expected, 8 * p.quality_noise)

    def phq(self, who: Array) -> Array:
        """Return PHQ-9 totals, 0-27, of severity at intake."""
        p = self.practice
        return self._observed(PHQ, p.phq_mean + p.phq_loading * self.people.severity[who], p.phq_noise)


def no_forms() -> Forms:
    """Return no questionnaire at all."""
    none = np.zeros(0, dtype=np.int32)
    return _rows(none, none, WAI, IN_PROGRAM, COMPLETE, none)


def _rows(
    episode: Array, day: Array, instrument: int, wave: int, status: Array | int, total: Array, visit: Array | int = -1
) -> Forms:
    size = len(episode)
    return Forms(
        episode=episode.astype(np.int32),
        visit=np.broadcast_to(np.asarray(visit, dtype=np.int32), size).copy(),
        instrument=np.full(size, instrument, dtype=np.int8),
        day=day.astype(np.int32),
        wave=np.full(size, wave, dtype=np.int8),
        status=np.broadcast_to(np.asarray(status, dtype=np.int8), size).copy(),
        total=total.astype(np.float32),
    )


def intake_forms(visits: Visits, weeks: PersonWeeks, exits: Exits, scores: Scores) -> Forms:
    """Return the intake forms: on the day of enrolment for most, at the first attended session for the others."""
    rng, practice = scores.rng, scores.practice
    episodes = len(exits.censor_day)
    first_seen = np.full(episodes, -1, dtype=np.int64)
    attended = np.flatnonzero(visits.attended)
    who, at = np.unique(visits.episode[attended], return_index=True)
    first_seen[who] = attended[at]
    first_week = weeks.week == 1
    first_self_efficacy = np.zeros(episodes, dtype=np.float32)
    first_self_efficacy[weeks.episode[first_week]] = weeks.self_efficacy[first_week]

    early = rng.random(episodes) < practice.intake_on_enrolment
    known = np.flatnonzero((exits.censor_day >= 1) & (early | (first_seen >= 0)))
    visit = np.where(early[known], -1, first_seen[known])
    day = np.where(visit >= 0, visits.day[np.maximum(visit, 0)], 0)
    zero = np.zeros(len(known))
    totals = {
        GSE: scores.gse(first_self_efficacy[known]),
        MASTERY: scores.mastery(known, zero + 1),
        BARC: scores.barc(known, zero),
        QUALITY: scores.quality(known, zero),
        PHQ: scores.phq(known),
    }
    parts = []
    for instrument, total in totals.items():
        chance = rng.random(len(known))
        answered = chance < practice.intake_answered
        kept = answered | (chance > 1 - (1 - practice.intake_answered) / 3)
        parts.append(
            _rows(
                known[kept],
                day[kept],
                instrument,
                INTAKE,
                np.where(answered, COMPLETE, REFUSED)[kept],
                np.where(answered, total, np.nan)[kept],
                visit[kept],
            )
        )
    return Forms.joined(parts)


def session_forms(visits: Visits, scores: Scores, exits: Exits) -> Forms:
    """Return the forms filled in at attended sessions; a form that was due at a missed one is `due_missed`."""
    week, who = visits.week, visits.episode
    answered = visits.attended & visits.answered
    held = np.cumsum(visits.attended)
    before = np.zeros(len(exits.censor_day), dtype=held.dtype)
    starts = np.flatnonzero(np.diff(who, prepend=-1))
    before[who[starts]] = held[starts] - visits.attended[starts]
    order = held - before[who]

    second_week = np.zeros(len(exits.censor_day), dtype=bool)
    second_week[who[answered & (week == 2)]] = True
    due = {
        WAI: answered,
        CARE: answered & ((order <= 2) | ((week > 2) & (week % 8 == 1))),
        GSE: answered & ((week == 2) | ((week == 3) & ~second_week[who]) | ((week > 4) & (week % 4 == 1))),
        MASTERY: answered & (week > 1) & (week % 12 == 1),
        BARC: (week % 13 == 0) & (answered | ~visits.attended),
        QUALITY: (week % 13 == 0) & (answered | ~visits.attended),
    }
    parts = []
    for instrument, mask in due.items():
        row = np.flatnonzero(mask)
        people, done = who[row], visits.attended[row]
        if instrument == WAI:
            total = visits.alliance[row] * 12
        elif instrument == CARE:
            total = scores.care(people)
        elif instrument == GSE:
            total = visits.gse[row]
        elif instrument == MASTERY:
            total = scores.mastery(people, week[row])
        elif instrument == BARC:
            total = scores.barc(people, visits.day[row])
        else:
            total = scores.quality(people, visits.day[row])
        late = np.where(
            scores.rng.random(len(row)) < scores.practice.late_share,
            scores.rng.integers(1, scores.practice.late_days + 1, len(row)),
            0,
        )
        day = np.minimum(visits.day[row] + late * done, exits.exit_day[people])
        parts.append(
            _rows(
                people,
                np.maximum(day, visits.day[row]),
                instrument,
                IN_PROGRAM,
                np.where(done, COMPLETE, DUE_MISSED),
                np.where(done, total, np.nan),
                np.where(done, row, -1),
            )
        )
    return Forms.joined(parts)


def exit_forms(exits: Exits, last_self_efficacy: Array, recorded: Array, scores: Scores) -> Forms:
    """Return the forms at planned exits: completed or transferred, with a discharge record."""
    practice, rng = scores.practice, scores.rng
    who = np.flatnonzero(recorded & np.isin(exits.cause, (2, 3)))
    answered = rng.random(len(who)) < practice.exit_answered
    day = exits.exit_day[who]
    totals = {
        GSE: scores.gse(last_self_efficacy[who]),
        BARC: scores.barc(who, day),
        QUALITY: scores.quality(who, day),
    }
    status = np.where(answered, COMPLETE, DUE_MISSED)
    return Forms.joined(
        [_rows(who, day, one, EXIT, status, np.where(answered, total, np.nan)) for one, total in totals.items()]
    )


def follow_up_forms(
    exits: Exits, record_day: Array, last_self_efficacy: Array, recorded: Array, extract_day: Array, scores: Scores
) -> Forms:
    """Return the forms 90, 180 and 365 days after a recorded exit that were due by the extract.

    A person who is hard to reach at one follow-up is harder to reach at the next.
    """
    practice, rng = scores.practice, scores.rng
    who = np.flatnonzero(recorded & (exits.cause > 0) & (exits.cause < 5))
    reach = rng.standard_normal(len(who))
    share = np.asarray(practice.follow_up_answered)[exits.cause[who] - 1]
    log_odds = np.log(share / (1 - share)) + 0.9 * reach
    change = np.asarray(practice.barc_after_exit)[exits.cause[who] - 1]
    parts = []
    for wait in practice.follow_up_days:
        due = record_day[who] + wait + rng.integers(-7, 22, len(who))
        answered = rng.random(len(who)) < 1 / (1 + np.exp(-log_odds))
        why = rng.choice([NOT_LOCATED, REFUSED, DUE_MISSED], len(who), p=[0.62, 0.16, 0.22])
        totals = {
            GSE: scores.gse(last_self_efficacy[who] + 0.12 * change),
            BARC: scores.barc(who, exits.exit_day[who], change),
            QUALITY: scores.quality(who, exits.exit_day[who], 0.08 * change),
        }
        kept = due <= extract_day[who]
        status = np.where(answered, COMPLETE, why)[kept]
        for one, total in totals.items():
            parts.append(_rows(who[kept], due[kept], one, FOLLOW_UP, status, np.where(answered, total, np.nan)[kept]))
    return Forms.joined(parts)


def in_use(forms: Forms, practice: Practice) -> Forms:
    """Return the questionnaires of the instruments the program uses; those of `Practice.instruments`, else all."""
    if not practice.instruments:
        return forms
    used = np.array([one.instrument_id in practice.instruments for one in QUESTIONNAIRES])
    return forms.take(np.flatnonzero(used[forms.instrument]))


def missing_answers(forms: Forms, practice: Practice, rng: np.random.Generator) -> Array:
    """Return how many items each form lacks: none, one, two, or one more than can be scored."""
    allowed = np.array([one.missing_allowed for one in QUESTIONNAIRES])[forms.instrument]
    edges = np.cumsum(practice.missing_items[::-1])
    kind = np.searchsorted(edges, rng.random(len(allowed)), side="right")
    lacking = np.select([kind == 0, kind == 1, kind == 2], [allowed + 1, 2, 1], 0)
    return np.where(forms.status == COMPLETE, lacking, 0).astype(np.int8)
