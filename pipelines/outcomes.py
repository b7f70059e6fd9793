"""When and how people left: one parametrised definition, on which every live question and the release run.

The definition is in `sql/outcomes.sql`. Around it this module puts what a question names: the columns it needs, its
groupings, its filters; identifiers come from the declarations, values go as parameters. Counts come back as day
counts, so that what a page waits for depends on days and groups, not on people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.constructs import EARLY_DAYS
from pipelines.page_columns import OTHER_GAPS, ending_column
from pipelines.questions import BAND_DIMENSIONS, LEFT_BEFORE, NO_SCORE, Settings
from pipelines.stats.counts import Grid
from pipelines.warehouse import Reader, as_table, quoted, statement

Where = Sequence[tuple[str, Sequence[str]]]
Columns = Mapping[str, npt.NDArray[Any]]
"""The columns of a statement's result, by name: numbers (NaN for none), or objects (None for none)."""

DEFAULT = Settings()
"""The settings whose outcomes the marts hold, so that most questions need not work them out again."""
STORED = ("is_first", "first_attended_day", "stay_follow_up")
"""Columns of `mart_episodes` that hold the outcome under the default settings."""
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
WORKED_OUT = ("zero_day", "contact_day", "exit_at", "left_at", "follow_up", "cause", "t", "ending")
"""Columns the definition adds."""
CAUSES = (1, 2, 3, 4)
IDS = ("episode_id", "participant_id")
ONE_ROW_EACH = ("attendance", "enrolled", "people", "stays")
"""Statements that tell people apart; where nobody has two episodes, `sql/<name>_first.sql` says the same in half the
time."""
NUMBERED = ("missed_sessions", "own_ratings", "stays", "stays_first")
"""Statements on `followed`, the numbered episodes of `sql/followed.sql`."""
SHARED_BY = {"early_scores": ("cohort",), "endings": ("cohort",), "enrolled": ("enrol_quarter",)}
"""Statements that several measures are made of, so that a page asks each for the same people more than once.

With each stands the grouping by which it is asked where a question has none: the same page asks for that too, and
counts add up.
"""
BOTH_BANDS = ("alliance_band", "self_efficacy_band")
"""Bands of early scores whose endings are asked for together, for the same reason."""
MOST_SHARED = 48
"""Results of them that are remembered."""
NEVER_ATTENDED, IMMATURE = -2, -1
"""Endings that are no day and cause; every other ending is 8 times the day plus the cause."""


@dataclass(frozen=True, slots=True)
class Population:
    """Who a question is about, by level: `grid` for the estimators, `people` for what they leave out.

    `grid` has one row per level and one column per day since `origin`, from 0 on. `people` has one entry per level:
    `enrolled`, `never_attended`, `immature`, `followed`, `at_start` (in the grid: followed beyond `origin`),
    `left_before` and `not_yet` (out of it at `origin`: left, or too recent), `shortest` (days of follow-up of the
    latest person, counted from `origin`).
    """

    levels: list[str]
    grid: Grid
    people: Mapping[str, npt.NDArray[np.float64]]

    @property
    def sizes(self) -> dict[str, int]:
        """People in the grid, by level."""
        return {level: int(n) for level, n in zip(self.levels, self.people["at_start"], strict=True)}

    def total(self, name: str) -> int:
        """Return an entry of `people` summed over the levels."""
        return int(self.people[name].sum())

    def of(self, levels: Sequence[str]) -> Grid:
        """Return the grid of some levels, in the order given."""
        return chosen_rows(self.grid, [self.levels.index(level) for level in levels])


def outcome_rows(reader: Reader, settings: Settings, by: Sequence[str] = (), where: Where = ()) -> pd.DataFrame:
    """Return one row per episode: codes, levels, `state` (followed, immature, never_attended), `t`, `cause`, follow-up.

    `t` is in days since time zero; `cause` is 0 still followed, 1 left early, 2 completed, 3 moved on, 4 other exit.
    """
    return as_table(columns_of(reader, "outcome_rows", settings, by, where, columns=IDS))


def population(
    reader: Reader, settings: Settings, by: Sequence[str] = (), where: Where = (), origin: int = 0
) -> Population:
    """Return everyone who matches the filters, by level, as day counts since `origin` (0, or the landmark day)."""
    asked = BOTH_BANDS if len(by) == 1 and by[0] in BOTH_BANDS else by or shared_by("endings", settings)
    ended = columns_of(reader, "endings", settings, asked, where, stored_levels=True)
    ending = ended["ending"].astype(np.intp)
    t = np.where(ending >= 0, ending // 8, -1)
    cause = np.where(ending >= 0, ending % 8, -1)
    people = ended["people"].astype(float)
    stored = {name: ended[f"level_{place}"] for place, name in enumerate(asked, 1)}
    levels, row = _levels([_labelled(stored[name], name, t) for name in by], len(t))
    inside = t > origin
    parts = {
        "enrolled": np.ones(len(t), dtype=bool),
        "never_attended": ending == NEVER_ATTENDED,
        "immature": ending == IMMATURE,
        "followed": ending >= 0,
        "at_start": inside,
        "left_before": (t <= origin) & (cause > 0),
        "not_yet": (t <= origin) & (cause == 0),
    }
    table = {name: tally(row[mask], people[mask], len(levels)) for name, mask in parts.items()}
    table["shortest"] = np.full(len(levels), np.inf)
    shortest = ended["shortest"].astype(float)
    np.minimum.at(table["shortest"], row, np.where(np.isnan(shortest), np.inf, shortest) - origin)
    day = t[inside] - origin
    return Population(levels, count_grid(levels, row[inside], day, cause[inside], people[inside]), table)


def tally(place: npt.NDArray[np.intp], people: npt.NDArray[np.float64], places: int) -> npt.NDArray[np.float64]:
    """Return `people` added up by `place`, for `places` places."""
    return np.bincount(place, weights=people, minlength=places).astype(np.float64)


def count_grid(
    levels: Sequence[str],
    row: npt.NDArray[np.intp],
    day: npt.NDArray[np.intp],
    cause: npt.NDArray[np.intp],
    people: npt.NDArray[np.float64],
) -> Grid:
    """Return people by level (`row`), day and cause (0 for censored) as the grid of `pipelines.stats` from day 0."""
    shape = (len(levels), int(day.max(initial=0)) + 1)
    cell = row * shape[1] + day

    def laid_out(number: int) -> npt.NDArray[np.float64]:
        mask = cause == number
        return tally(cell[mask], people[mask], shape[0] * shape[1]).reshape(shape)

    events = np.stack([laid_out(number) for number in CAUSES], axis=2)
    censored = laid_out(0)
    at_risk = np.cumsum((events.sum(axis=2) + censored)[:, ::-1], axis=1)[:, ::-1]
    groups = pd.DataFrame({"level": pd.Series(list(levels), dtype="object")})
    return Grid(groups, np.arange(shape[1], dtype=float), events, censored, at_risk)


def chosen_rows(grid: Grid, rows: Sequence[int]) -> Grid:
    """Return a grid with only the given rows, in that order."""
    picked = list(rows)
    groups = grid.groups.iloc[picked].reset_index(drop=True)
    return Grid(groups, grid.days, grid.events[picked], grid.censored[picked], grid.at_risk[picked])


def count_table(grid: Grid) -> pd.DataFrame:
    """Return a grid as a count table of `pipelines.stats`: `level`, `day`, `n_event_1` to `n_event_4`, `n_censored`."""
    events = {f"n_event_{cause}": grid.events[:, :, place] for place, cause in enumerate(CAUSES)}
    return grid.long(**events, n_censored=grid.censored)


def day_counts(
    reader: Reader, settings: Settings, by: Sequence[str] = (), where: Where = (), origin: int = 0
) -> pd.DataFrame:
    """Return the count table of `pipelines.stats` with a column `level`: days since `origin` (0, or the landmark)."""
    return count_table(population(reader, settings, by, where, origin).grid)


def with_level(columns: Columns, by: Sequence[str]) -> Columns:
    """Return `columns` with `level_1` and `level_2` put together as `level`, joined by '|' for two groupings."""
    level, second = columns["level_1"], columns["level_2"]
    if len(by) == 2:
        known = ~(pd.isna(level) | pd.isna(second))
        joined = np.full(len(level), None, dtype=object)
        joined[known] = level[known] + "|" + second[known]
        level = joined
    return {"level": level, **{name: one for name, one in columns.items() if name not in ("level_1", "level_2")}}


def people_by_level(rows: pd.DataFrame | Columns) -> dict[str, int]:
    """Return `people` added up by `level`; of a level several rows may tell."""
    code, levels = pd.factorize(np.asarray(rows["level"], dtype=object))
    named = code >= 0  # rows without a level belong to none
    people = tally(code[named], np.asarray(rows["people"], dtype=float)[named], len(levels))
    return {str(level): int(n) for level, n in zip(levels, people, strict=True)}


def columns_of(
    reader: Reader,
    name: str,
    settings: Settings,
    by: Sequence[str] = (),
    where: Where = (),
    *,
    columns: Sequence[str] = (),
    named: Mapping[str, str] | None = None,
    extra: Mapping[str, object] | None = None,
    stored_levels: bool = False,
) -> Columns:
    """Return what `sql/<name>.sql` says of the rows `matched`: episodes that match the filters, with their levels.

    `columns` are the further columns of `mart_episodes` the statement reads, `named` those it reads under a name of
    its own (name to column), `extra` its own parameters. `stored_levels` gives bands as stored, whether or not the
    person was still in at the landmark.
    """
    filters = tuple(dimension for dimension, _ in where)
    pairs = tuple((named or {}).items())
    used = _Used(tuple(by), filters, tuple(columns), pairs, stored_ending(settings), stored_levels)
    text = _on_outcomes(_statement(name, settings), used)
    values = {**parameters(settings, where), **(extra or {})}
    if name not in SHARED_BY:
        return reader.columns(text, values)
    as_key = tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in values.items())
    return _shared(reader, text, as_key)


@lru_cache(maxsize=MOST_SHARED)
def _shared(reader: Reader, text: str, values: tuple[tuple[str, object], ...]) -> Columns:
    """Return the result of a statement that several questions of a page ask in turn, from memory the second time."""
    found = reader.columns(text, {key: list(value) if isinstance(value, tuple) else value for key, value in values})
    for column in found.values():
        column.setflags(write=False)  # nobody who reads it may change what the next one reads
    return found


def shared_by(name: str, settings: Settings) -> tuple[str, ...]:
    """Return the grouping by which a statement is asked where a question has none, because its counts add up."""
    adds_up = name not in ONE_ROW_EACH or settings.episodes == "first"
    return SHARED_BY.get(name, ()) if adds_up else ()


def categories(reader: Reader) -> dict[str, list[str]]:
    """Return the categories that anybody in the records has, by dimension, in the order of their codes."""
    found: dict[str, list[str]] = {}
    for dimension, category in reader.rows(statement("sql/categories.sql")):
        found.setdefault(str(dimension), []).append(str(category))
    return found


def _statement(name: str, settings: Settings) -> str:
    """Return the name of the statement to use: the one on rows where no person has several."""
    return f"{name}_first" if settings.episodes == "first" and name in ONE_ROW_EACH else name


def marked(mart: str) -> str:
    """Return the statement that adds to the rows of the statement `mart` their outcome under the default settings.

    It adds the ending under each other gap that may be chosen too. Its parameters are those of `mart` and
    `marking_values`.
    """
    definition = statement("sql/outcomes.sql")
    without = ", ".join(quoted(name) for name in WORKED_OUT)
    parts, last = ["with given as (", mart, ")"], "given"
    for gap in OTHER_GAPS:
        column = quoted(ending_column(gap))
        worked_out = " ".join(("select * exclude (", without, "), ending as", column, "from ("))
        counted = " ".join(("with counted as (select * from", quoted(last), ")"))
        last = f"given_gap_{gap}"
        at_gap = definition.replace("$gap_days", f"$gap_days_{gap}")
        parts += [",", quoted(last), "as (", counted, worked_out, at_gap, "))"]
    parts += [", counted as (select * from", quoted(last), "), outcomes as (", definition, ")"]
    return "\n".join((*parts, statement("sql/marked_episodes.sql")))


def marking_values() -> dict[str, object]:
    """Return the parameters of what `marked` adds to a statement."""
    return {**setting_values(Settings(episodes="all")), **{f"gap_days_{gap}": gap for gap in OTHER_GAPS}}


def is_stored(settings: Settings) -> bool:
    """Tell whether the marts hold the outcomes: under the default settings, of any gap, for first or all episodes."""
    other_than_gap = replace(settings, episodes=DEFAULT.episodes, gap_days=DEFAULT.gap_days)
    return other_than_gap == DEFAULT and settings.gap_days in (DEFAULT.gap_days, *OTHER_GAPS)


def setting_values(settings: Settings) -> dict[str, object]:
    """Return the parameters of `sql/outcomes.sql`."""
    return {
        "gap_days": settings.gap_days,
        "clock": settings.clock,
        "contacts": settings.contacts,
        "episodes": settings.episodes,
    }


def _stored_values(settings: Settings) -> dict[str, object]:
    return {"episodes": settings.episodes, "more_gap": settings.gap_days - DEFAULT.gap_days}


def stored_ending(settings: Settings) -> str:
    """Return the column of the mart with the endings under these settings; empty where there is none."""
    return ending_column(settings.gap_days) if is_stored(settings) else ""


def parameters(settings: Settings, where: Where) -> dict[str, object]:
    """Return the parameters of a statement on `relations`: the settings, and `filter_<place>` for each filter."""
    return {
        **(_stored_values(settings) if is_stored(settings) else setting_values(settings)),
        **{f"filter_{place}": list(categories) for place, (_, categories) in enumerate(where)},
    }


def _levels(parts: Sequence[npt.NDArray[np.object_]], rows: int) -> tuple[list[str], npt.NDArray[np.intp]]:
    """Return the different levels of so many rows in order, and the place of each row's; `parts` are joined by '|'.

    Each part is told apart before any are joined: there are many rows and few levels.
    """
    code, names = np.zeros(rows, dtype=np.intp), [""]
    for number, part in enumerate(parts):
        own, found = pd.factorize(part, use_na_sentinel=False)
        code = code * len(found) + own
        names = [f"{name}|{other}" if number else str(other) for name in names for other in found]
    present, row = np.unique(code, return_inverse=True)
    used = np.array([names[place] for place in present], dtype=str)
    levels, order = np.unique(used, return_inverse=True)
    return [str(level) for level in levels], order[row].astype(np.intp)


def _labelled(stored: npt.NDArray[Any], dimension: str, t: npt.NDArray[np.intp]) -> npt.NDArray[np.object_]:
    """Return the categories of a dimension from the stored ones; a band only where somebody was in at the landmark."""
    if dimension not in BAND_DIMENSIONS:
        return stored
    return np.where(t > EARLY_DAYS, np.where(pd.isna(stored), NO_SCORE, stored), LEFT_BEFORE)


def _mart_column(dimension: str) -> str:
    return f"early_{dimension}" if dimension in BAND_DIMENSIONS else dimension


def category(dimension: str) -> str:
    """Return the expression of a person's category; of an early band only once the score can be complete."""
    column = quoted(_mart_column(dimension))
    if dimension not in BAND_DIMENSIONS:
        return column
    return f"case when t > {EARLY_DAYS} then coalesce({column}, '{NO_SCORE}') else '{LEFT_BEFORE}' end"


def matches(filters: Sequence[str]) -> list[str]:
    """Return for each filter the expression that tells whether a row of `outcomes` has one of its categories."""
    return [f"list_contains($filter_{place}, {category(name)})" for place, name in enumerate(filters)]


def relations(
    dimensions: Sequence[str], columns: Sequence[str], ending: str, named: Sequence[tuple[str, str]] = ()
) -> str:
    """Return the relations `counted` and `outcomes`, with the columns of `mart_episodes` they need.

    Outcomes are those of the column `ending`, or worked out where there is none.
    """
    core = STORED if ending else CORE
    named = [("stay_ending", ending), *named] if ending else named
    stored = dict.fromkeys([*core, *(_mart_column(name) for name in dimensions), *columns])
    needed = ", ".join(quoted(name) for name in stored)
    needed += "".join(f", {quoted(column)} as {quoted(name)}" for name, column in named)
    definition = statement("sql/stored_outcomes.sql" if ending else "sql/outcomes.sql")
    parts = ("with counted as (select", needed, "from mart_episodes), outcomes as (", definition, ")")
    return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class _Used:
    """What a statement on the outcomes names: groupings, filters, columns; whether outcomes and levels are stored."""

    by: tuple[str, ...]
    filters: tuple[str, ...]
    columns: tuple[str, ...]
    named: tuple[tuple[str, str], ...]
    stored: str
    stored_levels: bool

    def levels(self) -> str:
        """Return the two levels as select expressions."""
        expressions = [quoted(_mart_column(name)) if self.stored_levels else category(name) for name in self.by]
        padded = [*expressions, "''", "''"][:2]
        return ", ".join(f"{expression} as level_{place}" for place, expression in enumerate(padded, 1))


@cache
def _on_outcomes(name: str, used: _Used) -> str:
    matched = (
        relations([*used.by, *used.filters], used.columns, used.stored, used.named),
        ", matched as (select *,",
        used.levels(),
        "from outcomes",
        "where " + " and ".join(matches(used.filters)) if used.filters else "",
        ")",
        ", followed as (" + statement("sql/followed.sql") + ")" if name in NUMBERED else "",
        statement(f"sql/{name}.sql"),
    )
    return "\n".join(matched)
