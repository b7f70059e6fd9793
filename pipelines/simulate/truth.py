"""What is true of a simulated program: the model's own truths, and what faithful records of it must show.

A second, plain implementation of the outcome rules on person rows, independent of the rest of the
pipeline; tests and the sample's README use it as referee.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.simulate.forms import QUESTIONNAIRES
from pipelines.simulate.model import Array
from pipelines.simulate.population import Simulated
from pipelines.simulate.registers import first_day

DAYS = (30, 90, 180, 365)
LATENT_DAYS = (30, 60, 90, 180, 364, 365)
LANDMARK = 30
CAUSE_OF_TYPE = np.array([1, 1, 1, 1, 1, 2, 3, 4, 4, 4, 4])
"""Cause group of each code in `population.EXIT_TYPES`."""
STATES = ("in_program", "left_early", "completed", "moved_on", "other_exit")
BANDS: Mapping[str, tuple[float, float]] = {
    "wai_sr": (3.8, 4.5),
    "gse_10": (27, 32),
    "care": (43, 49),
    "barc_10": (40, 47),
}
"""Display bands: lower below the first cut, higher from the second."""
FEWEST_RATINGS = {"wai_sr": 2}
BAND_NAMES = np.array(["lower", "middle", "higher"])


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Outcome of each episode in scope: index, day 0 of the clock, time, cause 0-4; and how many are in no curve."""

    episode: Array
    zero_day: Array
    time: Array
    cause: Array
    enrolled: int
    never_attended: int
    immature: int


COUNTS = ("people_enrolled", "episodes", "never_attended", "immature", "in_curve", "still_in_at_30")


def is_count(name: str) -> bool:
    """Tell whether the truth called `name` is a number of people, which depends on the size of the program."""
    return name in COUNTS or name.endswith("_people")


def outcomes(
    program: Simulated,
    gap_days: int = 30,
    clock: str = "first_session",
    contacts: str = "any",
    first_only: bool = True,
) -> Outcomes:
    """Return when and how each episode ended by the records, by the project's rule of leaving.

    Time runs from the first attended session ("first_session") or from "enrolment"; F = extract - gap ends
    follow-up. A recorded exit of another cause than leaving counts on its day if by F; else no contact after
    F means left early on the day after the last contact; everybody else is censored at F.
    """
    count = len(program.exits.cause)
    first, last = _attended_days(program)
    contact = last if contacts == "attended" else program.records.last_contact
    scope = program.episodes.number == 1 if first_only else np.ones(count, dtype=bool)
    attended = first < np.iinfo(np.int32).max
    known = scope & (attended | (clock == "enrolment"))
    zero = first if clock == "first_session" else np.zeros(count, dtype=np.int64)
    follow_up = program.parameters.extract_offset - program.episode_people.start - zero - gap_days
    followed = np.flatnonzero(known & (follow_up >= 1))
    zero, follow_up = zero[followed], follow_up[followed]
    recorded = program.records.record_day[followed]
    cause_recorded = np.where(recorded >= 0, CAUSE_OF_TYPE[program.records.exit_type[followed]], 0)
    other_exit = cause_recorded >= 2
    left_day = contact[followed] - zero + 1
    exit_by = other_exit & (recorded - zero <= follow_up)
    left = ~other_exit & (left_day <= follow_up)
    time = np.select([exit_by, left], [np.maximum(1, recorded - zero), np.maximum(1, left_day)], follow_up)
    return Outcomes(
        episode=followed,
        zero_day=zero,
        time=time.astype(np.int64),
        cause=np.select([exit_by, left], [cause_recorded, 1], 0),
        enrolled=int(scope.sum()),
        never_attended=int((scope & ~attended).sum()),
        immature=int((known & ~np.isin(np.arange(count), followed)).sum()),
    )


def _attended_days(program: Simulated) -> tuple[Array, Array]:
    """Return first (largest integer if none) and last (0 if none) attended day of each episode."""
    count = len(program.exits.cause)
    seen, held = program.visits, program.visits.attended
    first = np.full(count, np.iinfo(np.int32).max, dtype=np.int64)
    last = np.zeros(count, dtype=np.int64)
    np.minimum.at(first, seen.episode[held], seen.day[held])
    np.maximum.at(last, seen.episode[held], seen.day[held])
    return first, last


def kaplan_meier(time: Array, event: Array, at: Sequence[int]) -> list[float]:
    """Return the Kaplan-Meier share without event by each day of `at`; times are whole days from 1."""
    at_risk, events = _counts(time, event)
    survival = np.cumprod(1 - events / np.maximum(at_risk, 1))
    return [float(survival[min(day, len(survival) - 1)]) for day in at]


def incidence(time: Array, cause: Array, at: Sequence[int], causes: int = 4) -> dict[int, list[float]]:
    """Return the Aalen-Johansen share of each cause by each day of `at`; 0 is the share with no event yet."""
    at_risk, every = _counts(time, cause > 0)
    survival = np.cumprod(1 - every / np.maximum(at_risk, 1))
    before = np.concatenate([[1.0], survival[:-1]])
    shares: dict[int, list[float]] = {}
    for one in range(1, causes + 1):
        grown = np.cumsum(before * _counts(time, cause == one)[1] / np.maximum(at_risk, 1))
        shares[one] = [float(grown[min(day, len(grown) - 1)]) for day in at]
    shares[0] = [1 - sum(shares[one][place] for one in range(1, causes + 1)) for place in range(len(at))]
    return shares


def _counts(time: Array, event: Array) -> tuple[Array, Array]:
    size = int(time.max()) + 1 if len(time) else 1
    leaving = np.bincount(time, minlength=size)
    return leaving[::-1].cumsum()[::-1], np.bincount(time[event], minlength=size)


def scored(compact: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return episode, instrument_id, date and total of every questionnaire that can be scored.

    Items are turned round where the key says so, averaged over those answered and prorated; with more missing than
    allowed, in all or in one group, there is no score.
    """
    forms = compact["assessments"]
    parts = [forms.loc[forms["total"].notna(), ["assessment", "episode", "instrument_id", "date", "total"]]]
    if len(compact["assessment_items"]):
        items = compact["assessment_items"].merge(forms[["assessment", "instrument_id"]], on="assessment")
        for kind in QUESTIONNAIRES:
            own = items[items["instrument_id"] == kind.instrument_id]
            turned = own["item_no"].isin(kind.reversed_items)
            value = own["value"].where(~turned, kind.low + kind.high - own["value"])
            answered = value.groupby(own["assessment"]).agg(["mean", "size"]).reset_index()
            answered = answered[answered["size"] >= kind.items - kind.missing_allowed]
            for group in kind.groups:
                given = own[own["item_no"].isin(group)].groupby("assessment").size()
                answered = answered[answered["assessment"].map(given).fillna(0) >= len(group) - 1]
            answered["total"] = answered["mean"] * (1 if kind.mean else kind.items)
            kept = forms[["assessment", "episode", "instrument_id", "date"]].merge(answered, on="assessment")
            parts.append(kept[["assessment", "episode", "instrument_id", "date", "total"]])
    return pd.concat(parts, ignore_index=True)


def early_scores(program: Simulated, scores: pd.DataFrame, instrument_id: str) -> pd.DataFrame:
    """Return episode (from 0), mean and number of own ratings dated 0 to 30 days after the first attended session."""
    first, _ = _attended_days(program)
    own = scores[scores["instrument_id"] == instrument_id]
    episode = own["episode"].to_numpy() - 1
    start = first_day(program) + program.episode_people.start[episode]
    day = own["date"].to_numpy() - start - first[episode]
    within = own.assign(episode=episode)[(day >= 0) & (day <= LANDMARK)]
    means = within.groupby("episode")["total"].agg(score="mean", ratings="size").reset_index()
    enough: pd.DataFrame = means.loc[means["ratings"] >= FEWEST_RATINGS.get(instrument_id, 1)]
    return enough


def banded(score: Array, instrument_id: str) -> Array:
    """Return the display band (lower, middle, higher) of each score."""
    return BAND_NAMES[np.searchsorted(BANDS[instrument_id], np.round(score, 9), side="right")]


def record_truth(program: Simulated, compact: Mapping[str, pd.DataFrame]) -> dict[str, float]:
    """Return what the first measures of the dashboard must show for these records, by name."""
    seen = outcomes(program)
    truth: dict[str, float] = {
        "people_enrolled": seen.enrolled,
        "episodes": len(program.exits.cause),
        "never_attended": seen.never_attended,
        "never_attended_share": seen.never_attended / seen.enrolled,
        "immature": seen.immature,
        "in_curve": len(seen.time),
    }
    shares = incidence(seen.time, seen.cause, DAYS)
    unbiased = kaplan_meier(seen.time, seen.cause == 1, DAYS)
    for place, day in enumerate(DAYS):
        truth[f"stayed_{day}"] = 1 - shares[1][place]
        truth[f"stayed_leaving_other_exits_aside_{day}"] = unbiased[place]
        for code, state in enumerate(STATES):
            truth[f"{state}_{day}"] = shares[code][place]
    status = compact["sessions"]["status"]
    first = program.episodes.number[compact["sessions"]["episode"].to_numpy() - 1] == 1
    held = status[first].value_counts()
    due = held["attended"] + held["no_show"] + held["late_cancel"]
    truth["attendance_rate"] = float(held["attended"] / due)
    truth["attendance_of_scheduled"] = float(held["attended"] / held.sum())
    truth |= _by_early_scores(program, compact, seen)
    return truth


def _by_early_scores(program: Simulated, compact: Mapping[str, pd.DataFrame], seen: Outcomes) -> dict[str, float]:
    """Return early levels, response and the share who stayed to day 180 by band, among people still in at day 30."""
    scores = scored(compact)
    still = seen.time > LANDMARK
    frame = pd.DataFrame({"episode": seen.episode, "time": seen.time, "cause": seen.cause})[still]
    truth: dict[str, float] = {"still_in_at_30": int(still.sum())}
    bands = {}
    for instrument_id, name in (("wai_sr", "alliance"), ("gse_10", "self_efficacy")):
        early = frame.merge(early_scores(program, scores, instrument_id), on="episode", how="left")
        known = early["score"].notna().to_numpy()
        truth[f"{name}_response_rate"] = float(known.mean())
        truth[f"{name}_early_mean"] = float(early["score"].mean())
        level = np.where(known, banded(early["score"].fillna(0).to_numpy(), instrument_id), "no_score")
        bands[name] = level
        for band in (*BAND_NAMES, "no_score"):
            truth[f"{name}_{band}_people"] = int((level == band).sum())
            truth[f"{name}_{band}_share"] = float((level == band).mean())
            truth[f"{name}_{band}_stayed_150"] = _stayed(frame, level == band)
    for one in ("lower", "higher"):
        both = (bands["alliance"] == one) & (bands["self_efficacy"] == one)
        truth[f"both_{one}_people"] = int(both.sum())
        truth[f"both_{one}_share"] = float(both.mean())
        truth[f"both_{one}_stayed_150"] = _stayed(frame, both)
    return truth


def _stayed(frame: pd.DataFrame, chosen: Array) -> float:
    own = frame[chosen]
    if own.empty:
        return float("nan")
    shares = incidence(own["time"].to_numpy() - LANDMARK, own["cause"].to_numpy(), (150,))
    return 1 - shares[1][0]


def latent_truth(program: Simulated) -> dict[str, float]:
    """Return the model's own truths, which records can only approach: exits by their latent day and cause."""
    exits = program.exits
    first = program.episodes.number == 1
    time, cause = exits.exit_day[first].astype(np.int64), exits.cause[first]
    kept = time >= 1
    time, cause = time[kept], cause[kept]
    seen = program.visits
    rated = seen.attended & seen.answered
    truth = {
        f"km_{day}": share
        for day, share in zip(
            (30, 60, 90, 180, 364, 365), kaplan_meier(time, cause == 1, (30, 60, 90, 180, 364, 365)), strict=True
        )
    }
    shares = incidence(time, cause, DAYS, causes=5)
    for place, day in enumerate(DAYS):
        truth[f"left_early_{day}"] = shares[1][place]
        truth[f"completed_{day}"] = shares[2][place]
    for code, name in enumerate(("ongoing", "left_early", "completed", "transferred", "confined", "died")):
        truth[f"state_{name}"] = float((cause == code).mean())
    truth["sessions_possible"] = len(seen.day) / len(exits.cause)
    truth["sessions_attended"] = float(seen.attended.sum()) / len(exits.cause)
    truth["attended_share"] = float(seen.attended.mean())
    truth["answered_share"] = float(seen.answered[seen.attended].mean())
    truth["rating_mean"] = float(seen.alliance[rated].mean())
    truth["rating_sd"] = float(seen.alliance[rated].std())
    truth["rating_at_ceiling"] = float((seen.alliance[rated] >= 5 - 1e-6).mean())
    truth["early_rating_mean"] = float(early_alliance(program)[1].mean())
    return truth


def early_alliance(program: Simulated) -> tuple[Array, Array]:
    """Return (first episodes still here after day 30, their mean rating on days 1-28), among those with a rating."""
    seen, count = program.visits, len(program.exits.cause)
    early = seen.attended & seen.answered & (seen.day <= 28)
    total = np.bincount(seen.episode[early], weights=seen.alliance[early], minlength=count)
    ratings = np.bincount(seen.episode[early], minlength=count)
    kept = np.flatnonzero((program.exits.exit_day > LANDMARK) & (ratings > 0) & (program.episodes.number == 1))
    return kept, total[kept] / ratings[kept]
