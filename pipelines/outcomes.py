"""When and how people left: one parametrised definition, on which every live question and the release run.

The definition is in `sql/outcomes.sql`. Around it this module puts what a question names: the columns it needs, its
groupings, its filters; identifiers come from the declarations, values go as parameters. Counts come back as day
counts, so that what a page waits for depends on days and groups, not on people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from pipelines.marts import EARLY_DAYS
from pipelines.questions import BAND_DIMENSIONS, Settings
from pipelines.warehouse import Reader, quoted, statement

Where = Sequence[tuple[str, Sequence[str]]]

CORE = (
    "is_first",
    "enrolled_day",
    "first_attended_day",
    "last_attended_day",
    "last_contact_day",
    "extract_day",
    "exit_day",
    "exit_cause",
)
"""Columns of `mart_episodes` the definition itself reads."""
CAUSES = (1, 2, 3, 4)
IDS = ("episode_id", "participant_id")


@dataclass(frozen=True, slots=True)
class Population:
    """Who a question is about, by level: `counts` for the estimators, `table` for what they leave out.

    `table` has one row per level: `level`, `enrolled`, `never_attended`, `immature`, `followed`, `at_start` (in the
    count table: followed beyond `origin`), `left_before` and `not_yet` (out of it at `origin`, left or too recent),
    `shortest` (days of follow-up of the latest person, counted from `origin`).
    """

    counts: pd.DataFrame
    table: pd.DataFrame


def outcome_rows(reader: Reader, settings: Settings, by: Sequence[str] = (), where: Where = ()) -> pd.DataFrame:
    """Return one row per episode: codes, levels, `state` (followed, immature, never_attended), `t`, `cause`, follow-up.

    `t` is in days since time zero; `cause` is 0 still followed, 1 left early, 2 completed, 3 moved on, 4 other exit.
    """
    return ask(reader, "outcome_rows", settings, by, where, columns=IDS)


def population(
    reader: Reader, settings: Settings, by: Sequence[str] = (), where: Where = (), origin: int = 0
) -> Population:
    """Return everyone who matches the filters, by level, as day counts since `origin` (0, or the landmark day)."""
    ended = with_level(ask(reader, "endings", settings, by, where), by)
    t = ended["t"].to_numpy(dtype=float, na_value=np.nan)
    cause = ended["cause"].to_numpy(dtype=float, na_value=np.nan)
    people = ended["people"].to_numpy(dtype=float)
    state = ended["state"].to_numpy()
    levels, row = np.unique(ended["level"].to_numpy(dtype=str), return_inverse=True)
    inside = t > origin
    parts = {
        "enrolled": np.ones(len(t), dtype=bool),
        "never_attended": state == "never_attended",
        "immature": state == "immature",
        "followed": state == "followed",
        "at_start": inside,
        "left_before": (t <= origin) & (cause > 0),
        "not_yet": (t <= origin) & (cause == 0),
    }
    table = pd.DataFrame({"level": levels.astype(object)})
    for name, mask in parts.items():
        table[name] = np.bincount(row[mask], weights=people[mask], minlength=len(levels)).astype("int64")
    shortest = np.full(len(levels), np.inf)
    np.minimum.at(shortest, row, ended["shortest"].to_numpy(dtype=float, na_value=np.inf) - origin)
    table["shortest"] = shortest
    return Population(_count_table(levels, row[inside], t[inside] - origin, cause[inside], people[inside]), table)


def day_counts(
    reader: Reader, settings: Settings, by: Sequence[str] = (), where: Where = (), origin: int = 0
) -> pd.DataFrame:
    """Return the count table of `pipelines.stats` with a column `level`: days since `origin` (0, or the landmark)."""
    return population(reader, settings, by, where, origin).counts


def with_level(table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Return `table` with `level_1` and `level_2` put together as `level`, joined by '|' for two groupings."""
    joined = table["level_1"] + "|" + table["level_2"] if len(by) == 2 else table["level_1"]
    rest = table.drop(columns=["level_1", "level_2"])
    rest.insert(0, "level", joined.astype("object"))
    return rest


def ask(
    reader: Reader,
    name: str,
    settings: Settings,
    by: Sequence[str] = (),
    where: Where = (),
    *,
    columns: Sequence[str] = (),
    extra: Mapping[str, object] | None = None,
) -> pd.DataFrame:
    """Return what `sql/<name>.sql` says of the rows `matched`: episodes that match the filters, with their levels.

    `columns` are the further columns of `mart_episodes` the statement reads, `extra` its own parameters.
    """
    text = _on_outcomes(name, tuple(by), tuple(name for name, _ in where), tuple(columns))
    return reader.table(text, {**_parameters(settings, where), **(extra or {})})


def neighbours(reader: Reader, settings: Settings, where: Where, base: str, origin: int) -> pd.DataFrame:
    """Return how many people miss none of the filters (`missed` 0), one or more; `first_missed` is the filter's place.

    `base` is 'enrolled' for everybody, anything else for people followed beyond `origin`.
    """
    text = _on_neighbours(tuple(name for name, _ in where))
    return reader.table(text, {**_parameters(settings, where), "base": base, "origin": origin})


def _count_table(
    levels: np.ndarray, row: np.ndarray, day: np.ndarray, cause: np.ndarray, people: np.ndarray
) -> pd.DataFrame:
    """Return a count table from one entry per level, day and cause, by level and day."""
    width = int(day.max(initial=0)) + 1
    cells, place = np.unique(row * width + day.astype(int), return_inverse=True)
    counts = pd.DataFrame({"level": levels[cells // width].astype(object), "day": cells % width})
    for number in (*CAUSES, 0):
        mask = cause == number
        added = np.bincount(place[mask], weights=people[mask], minlength=len(cells))
        counts[f"n_event_{number}" if number else "n_censored"] = added
    return counts


def _parameters(settings: Settings, where: Where) -> dict[str, object]:
    return {
        "gap_days": settings.gap_days,
        "clock": settings.clock,
        "contacts": settings.contacts,
        "episodes": settings.episodes,
        **{f"filter_{place}": list(categories) for place, (_, categories) in enumerate(where)},
    }


def _mart_column(dimension: str) -> str:
    return f"early_{dimension}" if dimension in BAND_DIMENSIONS else dimension


def _category(dimension: str | None) -> str:
    """Return the expression of a person's category; of an early band only once the score can be complete."""
    if dimension is None:
        return "''"
    column = quoted(_mart_column(dimension))
    if dimension not in BAND_DIMENSIONS:
        return column
    return f"case when t > {EARLY_DAYS} then coalesce({column}, 'no_score') else 'left_before' end"


def _matches(filters: Sequence[str]) -> list[str]:
    return [f"list_contains($filter_{place}, {_category(name)})" for place, name in enumerate(filters)]


def _relations(dimensions: Sequence[str], columns: Sequence[str]) -> str:
    """Return the relations `counted` and `outcomes`, with the columns of `mart_episodes` they need."""
    named = dict.fromkeys([*CORE, *(_mart_column(name) for name in dimensions), *columns])
    needed = ", ".join(quoted(name) for name in named)
    parts = (
        "with counted as (select",
        needed,
        "from mart_episodes), outcomes as (",
        statement("sql/outcomes.sql"),
        ")",
    )
    return "\n".join(parts)


@cache
def _on_outcomes(name: str, by: tuple[str, ...], filters: tuple[str, ...], columns: tuple[str, ...]) -> str:
    levels = [*by, None, None][:2]
    matched = (
        _relations([*by, *filters], columns),
        ", matched as (select *,",
        ", ".join(f"{_category(level)} as level_{place}" for place, level in enumerate(levels, 1)),
        "from outcomes",
        "where " + " and ".join(_matches(filters)) if filters else "",
        ")",
        statement(f"sql/{name}.sql"),
    )
    return "\n".join(matched)


@cache
def _on_neighbours(filters: tuple[str, ...]) -> str:
    matches = _matches(filters)
    matched = (
        _relations(filters, IDS[1:]),
        ", matched as (select *,",
        " + ".join(f"case when {match} then 0 else 1 end" for match in matches),
        "as missed, case",
        " ".join(f"when not {match} then {place}" for place, match in enumerate(matches)),
        "end as first_missed from outcomes)",
        statement("sql/neighbours.sql"),
    )
    return "\n".join(matched)
