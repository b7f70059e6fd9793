"""The tables of a simulated program that do not grow with its sessions: sites, coaches, people, episodes.

Compact form: numbers for identifiers, days since 1970 for dates, -1 for an empty cell.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines import schema
from pipelines.simulate.model import Array
from pipelines.simulate.population import Simulated

EXTRACT_DATE = int(np.datetime64("2026-06-30").astype("datetime64[D]").astype(int))
"""The extract of every simulated program, in days since 1970."""
SITE_NAMES = (
    "Ashgrove",
    "Birchwood",
    "Cedar Hill",
    "Dockside",
    "Elmwood",
    "Fernley",
    "Gatehouse",
    "Hazelbrook",
    "Ironbridge",
    "Juniper",
    "Kingsford",
    "Larkfield",
)
ZIP_AREAS = ("060", "061", "064", "066", "036")
NONE = -1


def category(codes: Array, names: tuple[str, ...]) -> pd.Categorical:
    """Return codes into `names` as a categorical column; -1 is empty."""
    return pd.Categorical.from_codes(np.asarray(codes, dtype=np.int16), categories=pd.Index(names, dtype="str"))


def drawn(rng: np.random.Generator, size: int, mix: dict[str, float]) -> pd.Categorical:
    """Draw `size` categories from `mix`, shares by name; an empty name is a missing value."""
    names, shares = tuple(mix), np.array(list(mix.values()))
    codes = np.searchsorted(np.cumsum(shares / shares.sum())[:-1], rng.random(size), side="right")
    known = tuple(name for name in names if name)
    place = np.array([known.index(name) if name else NONE for name in names])
    return category(place[codes], known)


def calendar_date(day: int) -> str:
    """Return days since 1970 as an ISO date."""
    return str(np.datetime64(day, "D"))


def first_day(program: Simulated) -> int:
    """Return day 0 of the simulated calendar, in days since 1970."""
    return EXTRACT_DATE - program.parameters.extract_offset


def sites(program: Simulated) -> pd.DataFrame:
    """Return one row per site; names run out after the twelfth."""
    count = int(program.coaches.site.max()) + 1
    number = np.arange(count)
    names = [SITE_NAMES[k] if k < len(SITE_NAMES) else f"Site {k + 1}" for k in number]
    return pd.DataFrame(
        {
            "site": number + 1,
            "site_code": names,
            "region": category(number % 3, ("north", "central", "south")),
            "setting": category(number % 5, ("rco", "rcc", "hospital", "court", "residence")),
        }
    )


def coaches(program: Simulated, rng: np.random.Generator) -> pd.DataFrame:
    """Return one row per coach."""
    count = len(program.coaches.site)
    return pd.DataFrame(
        {
            "coach": np.arange(count) + 1,
            "site": program.coaches.site + 1,
            "role": drawn(rng, count, {"peer_coach": 0.84, "volunteer": 0.08, "supervisor": 0.08}),
            "certified": rng.random(count) < 0.8,
            "lived_experience": rng.random(count) < 0.92,
            "fte": rng.choice([0.4, 0.5, 0.6, 0.8, 1.0], count, p=[0.1, 0.2, 0.1, 0.2, 0.4]),
            "start_date": first_day(program) - rng.integers(5, 1900, count),
        }
    )


def participants(program: Simulated, rng: np.random.Generator) -> pd.DataFrame:
    """Return one row per person; housing goes with latent housing, the rest is drawn apart from the risks."""
    people = program.people
    count = len(people.start)
    substance = drawn(
        rng,
        count,
        {
            "opioid": 0.37,
            "alcohol": 0.33,
            "stimulant": 0.17,
            "cannabis": 0.05,
            "other": 0.03,
            "none": 0.01,
            "unknown": 0.04,
        },
    )
    place = np.where(people.unstable_housing, rng.choice([1, 1, 2, 3], count), 0)
    housing = category(np.where(rng.random(count) < 0.02, 4, place), schema.HOUSING)
    zip_area = np.asarray(ZIP_AREAS)[program.coaches.site[people.coach] % len(ZIP_AREAS)].astype(object)
    zip_code = zip_area + pd.Series(rng.integers(1, 60, count)).astype(str).str.zfill(2).to_numpy()
    work = {
        "full_time": 0.25,
        "part_time": 0.15,
        "student": 0.04,
        "unemployed": 0.36,
        "retired": 0.05,
        "unable": 0.11,
        "unknown": 0.04,
    }
    age = np.floor(people.age).astype(np.int16)
    return pd.DataFrame(
        {
            "participant": np.arange(count) + 1,
            "age": np.where(rng.random(count) < 0.01, NONE, age),
            "gender": drawn(
                rng, count, {"man": 0.54, "woman": 0.42, "nonbinary": 0.02, "other": 0.005, "undisclosed": 0.015}
            ),
            "race_eth": drawn(
                rng,
                count,
                {
                    "white": 0.52,
                    "black": 0.20,
                    "hispanic": 0.15,
                    "indigenous": 0.03,
                    "asian": 0.02,
                    "multiracial": 0.04,
                    "another": 0.01,
                    "unknown": 0.03,
                },
            ),
            "zip": np.where(rng.random(count) < 0.06, None, zip_code),
            "primary_substance": substance,
            "housing": housing,
            "employment": drawn(rng, count, work),
            "justice_involved": rng.random(count) < 0.3,
            "moud": (substance == "opioid") & (rng.random(count) < 0.55),
            "prior_episodes": rng.poisson(0.9 * np.exp(0.3 * np.clip(people.severity, -2, 2))),
        }
    )


def episodes(program: Simulated, people: pd.DataFrame, events: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return one row per episode; somebody brought in by another person is referred by a peer."""
    who = program.episodes.person
    count = len(who)
    mix = {
        "self": 0.22,
        "family": 0.08,
        "treatment": 0.25,
        "hospital": 0.10,
        "court": 0.12,
        "community": 0.12,
        "peer": 0.06,
        "other": 0.03,
        "unknown": 0.02,
    }
    source = pd.Series(drawn(rng, count, mix))
    linked = events["linked"].to_numpy()
    first = np.flatnonzero(program.episodes.number == 1)
    brought = np.isin(who[first] + 1, linked[linked > 0])
    source.iloc[first[brought]] = "peer"
    court = (source == "court") | (people["justice_involved"].to_numpy()[who] & (rng.random(count) < 0.2))
    return pd.DataFrame(
        {
            "episode": np.arange(count) + 1,
            "participant": who + 1,
            "site": program.coaches.site[program.episode_people.coach] + 1,
            "episode_no": program.episodes.number,
            "referral_source": source.array,
            "program": category(court.to_numpy().astype(np.int8), ("RC", "RC-COURT")),
            "planned_length_days": rng.choice([180, 365, NONE], count, p=[0.80, 0.12, 0.08]),
            "enrolled_date": program.episode_people.start + first_day(program),
            "extract_date": np.full(count, EXTRACT_DATE),
        }
    )


def cover(program: Simulated) -> Array:
    """Return the coach who stands in for each coach: the next one at the same site."""
    site = program.coaches.site
    following = np.arange(1, len(site) + 1) % len(site)
    same = site[following] == site
    first_of_site = np.unique(site, return_index=True)[1]
    return np.where(same, following, first_of_site[site]).astype(np.int32)


def assignments(program: Simulated, cover: Array, since: Array) -> pd.DataFrame:
    """Return one row per period of a coach; `since` is the day of a handover to the coach in `cover`, or -1."""
    usual, start = program.episode_people.coach, program.episode_people.start + first_day(program)
    end = program.records.record_day
    later = np.flatnonzero(since > 0)
    episode = np.concatenate([np.arange(len(usual)), later])
    begin = np.concatenate([np.zeros(len(usual), dtype=np.int64), since[later]])
    last = np.concatenate([np.where(since > 0, since - 1, end), end[later]])
    order = np.lexsort((begin, episode))
    episode, begin, last = episode[order], begin[order], last[order]
    return pd.DataFrame(
        {
            "episode": episode + 1,
            "coach": np.where(begin > 0, cover[usual[episode]], usual[episode]) + 1,
            "start_date": start[episode] + begin,
            "end_date": np.where(last >= 0, start[episode] + last, NONE),
            "is_primary": True,
        }
    )
