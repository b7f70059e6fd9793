"""Made-up marts of any size for tests of the gate: people whose outcomes go with their early scores."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from pipelines import follow_up, marts, outcomes, records, warehouse
from pipelines.disclosure import truth as truths
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.people import read_people
from pipelines.disclosure.plan import settle
from pipelines.disclosure.spec import Spec, load_spec
from pipelines.schema import GENDERS, HOUSING, REFERRALS, SUBSTANCES
from pipelines.warehouse import Reader

KEY = b"a key for tests, 32 bytes long.."
COHORTS = ("2023-H1", "2023-H2", "2024-H1", "2024-H2")
SITES = ("Ashgrove", "Birchwood", "Cedar", "Dogwood")


SMALL_SPEC = """
format = 1
population = "people with a first session"
outcome_pairs = [["alliance_band", "self_efficacy_band"], ["cohort", "site"]]

[[dimension]]
name = "cohort"
categories = []

[[dimension]]
name = "site"
categories = []

[[dimension]]
name = "gender"
categories = ["woman", "man", "nonbinary", "other", "undisclosed"]

[[dimension]]
name = "alliance_band"
categories = ["lower", "middle", "higher", "no_score", "left_before"]

[[dimension]]
name = "self_efficacy_band"
categories = ["lower", "middle", "higher", "no_score", "left_before"]

[[outcome]]
name = "left_early_90"
kind = "left_early"
day = 90

[[outcome]]
name = "left_early_180"
kind = "left_early"
day = 180

[[mean]]
name = "early_alliance"
kind = "alliance"

[[mean]]
name = "sessions_attended"
kind = "attended"
low = 0
high = 60

[survival]
endpoint = "left_early"
grid = [30, 60, 90, 180, 365]
"""
"""A declaration with few dimensions, for tests that build often."""


@dataclass(frozen=True)
class World:
    """Marts as tables; `last_quarter` is the last quarter the records cover whole."""

    episodes: pd.DataFrame
    coaches: pd.DataFrame
    last_quarter: str = "2026-Q2"


def world(n: int, seed: int = 1, *, cohorts=COHORTS, sites=SITES, follow_up: int = 420, per_coach: int = 40) -> World:
    """Return `n` people spread evenly over `cohorts`; everybody is followed at least `follow_up` days, less per cohort.

    A person of the last cohort has `follow_up` days at least, one of the cohort before 182 days more, and so on.
    """
    chance = np.random.default_rng(seed)
    cohort = np.sort(chance.integers(0, len(cohorts), n))
    site = chance.choice(len(sites), n, p=_skewed(len(sites)))
    trust, belief = chance.normal(size=n), chance.normal(size=n)
    enrolled = np.zeros(n, dtype=int)
    never = chance.random(n) < 0.07
    first = chance.integers(0, 15, n)
    since = follow_up + 30 + 15 + 182 * (len(cohorts) - 1 - cohort) + chance.integers(0, 180, n)
    left = np.ceil(chance.exponential(240 * np.exp(0.35 * trust + 0.25 * belief)))
    other = np.ceil(chance.exponential(500, n) + 40)
    end = np.minimum(left, other).astype(int)
    cause = np.where(other < left, chance.choice([2, 2, 2, 3, 4], n), 1)
    gone = end < since - first
    stay = np.minimum(end, since - first)
    last_contact = np.where(never, 0, first + np.maximum(stay - 1, 0))
    ended = gone & (cause > 1) & ~never
    attended = np.where(never, 0, 1 + chance.binomial(np.maximum(stay // 7, 0), 0.75))
    missed = chance.binomial(np.maximum(stay // 7, 1), 0.2)
    coach = site * 1000 + chance.integers(0, max(3, int(n / len(sites) / per_coach)), n)
    rated = (stay > 10) & (chance.random(n) < 0.85) & ~never
    alliance = np.where(rated, np.clip(np.round(12 * (4.15 + 0.5 * trust)) / 12, 1, 5), np.nan)
    belief_score = np.where(rated & (chance.random(n) < 0.9), np.clip(np.round(29.5 + 5 * belief), 10, 40), np.nan)
    pick = chance.choice
    table = pd.DataFrame(
        {
            "number": np.arange(n),
            "is_first": True,
            "site": np.array(sites)[site],
            "cohort": np.array(cohorts)[cohort],
            "age_band": pick(
                ["18-24", "25-34", "35-44", "45-54", "55-64", "65+"], n, p=[0.12, 0.27, 0.26, 0.2, 0.11, 0.04]
            ),
            "gender": pick(GENDERS, n, p=[0.42, 0.52, 0.03, 0.01, 0.02]),
            "race_eth": "unknown",
            "primary_substance": pick(SUBSTANCES, n, p=[0.36, 0.31, 0.18, 0.06, 0.04, 0.03, 0.02]),
            "referral_source": pick(REFERRALS, n, p=[0.2, 0.1, 0.25, 0.15, 0.1, 0.08, 0.07, 0.03, 0.02]),
            "housing": pick(HOUSING, n, p=[0.55, 0.2, 0.1, 0.1, 0.05]),
            "enrolled_day": enrolled,
            "first_attended_day": np.where(never, np.nan, first),
            "last_attended_day": np.where(never, np.nan, last_contact),
            "last_contact_day": last_contact,
            "extract_day": since,
            "exit_day": np.where(ended, first + end, np.nan),
            "exit_cause": np.where(ended, cause, np.nan),
            "sessions_attended": attended,
            "sessions_no_show": missed,
            "sessions_late_cancel": 0,
            "sessions_scheduled": attended + missed,
            "is_engaged": (stay > 20) & (chance.random(n) < 0.8) & ~never,
            "early_alliance_score": alliance,
            "early_alliance_band": _band(alliance, 3.8, 4.5),
            "early_self_efficacy_score": belief_score,
            "early_self_efficacy_band": _band(belief_score, 27, 32),
            "coach": coach,
        }
    )
    held = table[attended > 0]
    coaches = pd.DataFrame({"number": held["number"], "coach": held["coach"], "sessions": held["sessions_attended"]})
    return World(table, coaches)


def earlier(made: World, days: int, last_quarter: str) -> World:
    """Return `made` as the records stood `days` days before: fewer people, each of them followed for a shorter time."""
    then = made.episodes.assign(extract_day=made.episodes["extract_day"] - days)
    then = then[then["extract_day"] >= 0].copy()
    seen, extract = then["first_attended_day"].le(then["extract_day"]), then["extract_day"]
    for name in ("first_attended_day", "last_attended_day"):
        then[name] = then[name].clip(upper=extract).where(seen)
    then["last_contact_day"] = then["last_contact_day"].clip(upper=extract)
    known = then["exit_day"].le(extract)
    then["exit_day"], then["exit_cause"] = then["exit_day"].where(known), then["exit_cause"].where(known)
    then.loc[~seen, "sessions_attended"] = 0
    kept = then.loc[seen, "number"]
    return World(then, made.coaches[made.coaches["number"].isin(kept)], last_quarter)


def _skewed(n: int) -> np.ndarray:
    weights = 1 / np.arange(1, n + 1) ** 0.5
    return weights / weights.sum()


def _band(score: np.ndarray, low: float, high: float) -> np.ndarray:
    band = np.where(score < low, "lower", np.where(score < high, "middle", "higher")).astype(object)
    band[np.isnan(score)] = None
    return band


def fill(con: duckdb.DuckDBPyConnection, made: World, key_id: str = "", order: int | None = None) -> None:
    """Write the marts of `made` into a records database; `order` shuffles the rows."""
    episodes, coaches = made.episodes, made.coaches
    if order is not None:
        episodes, coaches = episodes.sample(frac=1, random_state=order), coaches.sample(frac=1, random_state=order)
    needed = (marts.MART_EPISODES, marts.COACH_SESSIONS, marts.CONSTRUCT_INSTRUMENTS, *follow_up.TABLES)
    for declared in needed:
        records.create_table(con, declared)
    con.register("given", episodes)
    mart = """select md5('episode' || number)::uuid as episode_id, md5('person' || number)::uuid as participant_id,
        md5('coach' || coach)::uuid as coach_id, * exclude (number, coach, race_eth), race_eth from given"""
    con.execute(f"insert into mart_episodes by name {outcomes.marked(mart)}", outcomes.marking_values())
    con.unregister("given")
    con.register("given", coaches)
    con.execute(
        """insert into coach_sessions select md5('episode' || number)::uuid, md5('coach' || coach)::uuid, sessions
        from given"""
    )
    con.unregister("given")
    con.execute(
        """insert into constructs by name select * from (values
        ('alliance', 'wai_sr', '', 'participant', 'WAI-SR', 1.0, 5.0, 3.8, 4.5, 2, true),
        ('self_efficacy', 'gse_10', '', 'participant', 'GSE-10', 10.0, 40.0, 27.0, 32.0, 1, true))
        as t(construct, instrument_id, instrument_version, rater, name, scale_min, scale_max, band_low, band_high,
        early_min_ratings, verified)"""
    )
    con.execute("insert into change_scales (construct, direction, reliable_change) values ('recovery_capital', 1, 6)")
    con.execute(
        """insert into lasting_changes by name select episode_id, 'recovery_capital' as construct, 180 as follow_up_day,
        cast(hash(episode_id) % 2 as boolean) as is_lasting from mart_episodes
        where exit_cause = 2 and exit_day + 180 + 59 <= extract_day and hash(episode_id) % 3 > 0"""
    )
    con.execute("create table dataset (key varchar, value varchar)")
    rows = [("title", "Test program"), ("demonstration", "true"), ("records_to", made.last_quarter), ("key_id", key_id)]
    con.executemany("insert into dataset values (?, ?)", rows)


def write_home(home: Path, made: World, order: int | None = None) -> None:
    """Publish `made` as the records of a data folder; where there is no key yet, with the known one."""
    from pipelines import keys

    known = Path(os.environ["RECOVERY_OUTCOMES_KEY"])
    if not known.exists():
        known.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        keep_known_key(known.parent, known.name)
    key, _ = keys.key_for(home)
    with warehouse.build(home, "records") as con:
        fill(con, made, key.key_id, order)


def keep_known_key(folder: Path, name: str = "key") -> None:
    """Put one known key where `key_of` looks, so that what is shown and what the coin test says are always the same."""
    (folder / name).write_bytes(bytes(range(32)))
    (folder / name).chmod(0o600)


@contextmanager
def key_of(folder: Path) -> Iterator[None]:
    """Use a key file in `folder`, whatever the test around has set."""
    before = os.environ.get("RECOVERY_OUTCOMES_KEY")
    os.environ["RECOVERY_OUTCOMES_KEY"] = str(folder / "key")
    try:
        yield
    finally:
        os.environ.pop("RECOVERY_OUTCOMES_KEY")
        if before is not None:
            os.environ["RECOVERY_OUTCOMES_KEY"] = before


def small_spec(folder: Path) -> Path:
    """Write the small declaration into `folder` and return its path."""
    path = folder / "small.toml"
    path.write_text(SMALL_SPEC, encoding="utf-8")
    return path


def printed(home: Path) -> dict[tuple, tuple]:
    """Return every row of the current release by its texts, with its numbers."""
    reader = warehouse.open_release(home)
    try:
        found = {}
        for table, numbers in (("cells", 2), ("curves", 3), ("means", 2)):
            for row in reader.rows(f"select * from {table}"):
                key = (table, *row[: -numbers - 1])
                assert key not in found
                found[key] = row[-numbers - 1 :]
        return found
    finally:
        reader.close()


def in_memory(made: World, order: int | None = None) -> Reader:
    """Return a reader of `made` without a file."""
    con = warehouse.memory_connection()
    fill(con, made, order=order)
    return Reader(Path("records-0001.duckdb"), con)


def settled(made: World, key: bytes = KEY, spec: Spec | None = None, ledger: Ledger | None = None):
    """Return the settled declaration and the truth of `made`."""
    full, people = read_people(in_memory(made), spec or load_spec())
    truth = truths.gather(people, full, key)
    plan, _ = settle(truth, ledger or Ledger(Path("none")), made.last_quarter)
    return plan, truth
