"""The people a release speaks of, read from the records into memory: one row each, categories as places in lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines import outcomes
from pipelines.disclosure.spec import COHORT, LANDMARK_DAY, OPEN_LISTS, Mean, Outcome, Spec
from pipelines.faults import Fault, InputFault
from pipelines.follow_up import KNOWN_CONSTRUCT, KNOWN_ENDED_BY, KNOWN_FOLLOW_UP
from pipelines.questions import Settings
from pipelines.warehouse import Reader, as_table, statement

Places = npt.NDArray[np.intp]
LIST_PARAMETERS = {
    "cohort": "cohorts",
    "site": "sites",
    "age_band": "age_bands",
    "gender": "genders",
    "primary_substance": "substances",
    "referral_source": "referrals",
    "housing": "housings",
    "alliance_band": "alliance_bands",
    "self_efficacy_band": "self_efficacy_bands",
}
COLUMNS = (
    "episode_id",
    "cohort",
    "site",
    "age_band",
    "gender",
    "primary_substance",
    "referral_source",
    "housing",
    "early_alliance_band",
    "early_self_efficacy_band",
    "is_engaged",
    "exit_day",
    "sessions_attended",
    "sessions_no_show",
    "sessions_late_cancel",
    "early_alliance_score",
    "early_self_efficacy_score",
)
"""Columns of `mart_episodes` that a release reads beside those the definition of leaving reads."""
FLAGS = {"engaged": "is_engaged", "lasting_change": "has_lasting_change"}
"""Kinds of outcomes that a column says outright."""


@dataclass(frozen=True, slots=True)
class People:
    """One row per first episode (`rows`), one per episode and coach (`coaches`), and the records' notes on themselves.

    `coach_person` is the place in `rows` of each row of `coaches`.
    """

    rows: pd.DataFrame
    coaches: pd.DataFrame
    coach_person: Places
    about: Mapping[str, str]


def read_people(reader: Reader, spec: Spec) -> tuple[Spec, People]:
    """Return the declaration with the records' cohorts and sites written in, and the people it speaks of.

    Raises InputFault if the records hold nobody, or a category that is not declared.
    """
    found = reader.rows(statement("sql/release_lists.sql"))
    held = {name: tuple(str(value) for dimension, value in found if dimension == name) for name in OPEN_LISTS}
    if not held[COHORT]:
        raise InputFault(Fault("the records", "hold nobody", "Load records with people, then build the release."))
    full = with_lists(spec, held)
    extra: dict[str, object] = {name: [] for name in LIST_PARAMETERS.values()}
    extra |= {LIST_PARAMETERS[item.name]: list(item.categories) for item in full.dimensions}
    extra |= {"landmark_day": LANDMARK_DAY, "ended_by": KNOWN_ENDED_BY}
    extra |= {"changing": KNOWN_CONSTRUCT, "follow_up_day": KNOWN_FOLLOW_UP}
    rows = as_table(outcomes.columns_of(reader, "release_people", Settings(), columns=COLUMNS, extra=extra))
    _check_categories(rows, full)
    about = {str(key): str(value) for key, value in reader.rows("select key, value from dataset")}
    coaches, place = _matched(rows, reader.table(statement("sql/release_coaches.sql")))
    return _bounded(reader, full), People(rows, coaches, place, about)


def _matched(rows: pd.DataFrame, coaches: pd.DataFrame) -> tuple[pd.DataFrame, Places]:
    """Return the rows of `coaches` whose episode is one of `rows`, and its place there."""
    place = pd.Index(rows["episode"]).get_indexer(coaches["episode"]).astype(np.intp, copy=False)
    kept = place >= 0
    return (coaches, place) if kept.all() else (coaches[kept], place[kept])


def _bounded(reader: Reader, spec: Spec) -> Spec:
    """Return `spec` with the public bounds of each score, those of its instrument; what has no instrument is left out.

    That is a mean without one, and lasting change where nobody knows how large a change must be.
    """
    scales = reader.rows("select construct, scale_min, scale_max from constructs")
    bounds = {str(name): (float(str(low)), float(str(high))) for name, low, high in scales}
    means = [
        item if item.low is not None else replace(item, low=bounds[item.kind][0], high=bounds[item.kind][1])
        for item in spec.means
        if item.low is not None or item.kind in bounds
    ]
    changing = reader.rows("select 1 from change_scales where construct = $name", {"name": KNOWN_CONSTRUCT})
    outcomes_kept = [item for item in spec.outcomes if changing or item.kind != "lasting_change"]
    return replace(spec, means=tuple(means), outcomes=tuple(outcomes_kept))


def with_lists(spec: Spec, lists: Mapping[str, Sequence[str]]) -> Spec:
    """Return `spec` with the records' cohorts and sites in the lists it leaves open; names that confuse are refused.

    Sites that `spec` names already, published before, keep their place; cohorts are put in order of time.
    """
    dimensions = []
    for item in spec.dimensions:
        given = item.categories
        if item.name in OPEN_LISTS:
            before = () if item.name == COHORT else item.categories
            given = tuple(dict.fromkeys((*before, *lists[item.name])))
        if any(not name.strip() or set(name) & set("*;=|") for name in given):
            rule = f"have a {item.name} without a name, or with one of * ; = | in it"
            raise InputFault(Fault("the records", rule, "Rename it in the source and load again."))
        dimensions.append(replace(item, categories=given))
    return replace(spec, dimensions=tuple(dimensions))


def _check_categories(rows: pd.DataFrame, spec: Spec) -> None:
    """Raise InputFault unless everybody falls into a declared category of every dimension."""
    faults = []
    for item in spec.dimensions:
        undeclared = int(rows[item.name].eq(0).sum())
        if undeclared:
            remedy = f"Declare it in the release's spec.toml under {item.name}, or correct the records."
            faults.append(Fault("the records", f"have an undeclared category of {item.name}", remedy))
    if faults:
        raise InputFault(faults)


def outcome_of(rows: pd.DataFrame, outcome: Outcome) -> pd.Series:
    """Return for each person whether the outcome is there; only meaningful where follow-up reaches its day."""
    if outcome.kind in FLAGS:
        return rows[FLAGS[outcome.kind]].astype(bool)
    cause = 1 if outcome.kind == "left_early" else 2
    return rows["cause"].eq(cause) & rows["t"].le(outcome.day)


def clipped(people: People, mean: Mean) -> pd.Series:
    """Return each person's value of a mean, clipped to its public bounds; empty where there is none."""
    values = people.rows[mean.kind].astype(float)
    if mean.kind in ("alliance", "self_efficacy"):
        values = values.where(people.rows["t"].gt(LANDMARK_DAY))
    return values.clip(mean.low, mean.high)
