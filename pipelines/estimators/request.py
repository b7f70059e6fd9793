"""One question on its way to an answer: what the estimators may ask the records, and whom they may speak of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines import outcomes
from pipelines.constructs import EARLY_DAYS
from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_PEOPLE, LIVE, Floor, with_sibling
from pipelines.estimators.repeats import Repeats
from pipelines.estimators.rows import Rows
from pipelines.marts import BANDS
from pipelines.measures import Measure
from pipelines.questions import Question
from pipelines.warehouse import Reader, as_table

BAND = "band"
"""The trait whose categories are the display bands of an early score."""
FULL_SIZE = 30
"""People a group needs for its numbers to lose the mark 'rough', and to be compared with another."""
HORIZONS = (30, 90, 180, 365)
"""Days since time zero at which staying is read."""
NO_HELPING = "no_helping"
"""Reason of numbers about helping others where the records hold no event of it."""
TOO_EARLY = "too_early"
"""Reason of what nobody was followed long enough for."""
LANDMARK_HORIZONS = (60, 150, 335)
"""The same days 90, 180 and 365 since the first session, counted from the landmark."""


@dataclass(frozen=True, slots=True)
class Screened:
    """Levels that may be estimated (`open`), those of 5 to 19 people (`few`), and rows for all that may not."""

    open: list[str]
    few: list[str]
    rows: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Request:
    """A checked question with its entry; `by` are the groupings asked for or fixed by the measure.

    `categories` are the categories of each grouping in their declared order, `periods_to` the last quarter (2026-Q2)
    that the records hold in full, `names` the categories that the records have of each trait, looked up if not given,
    `records_helping` whether they hold any event of helping others.
    """

    reader: Reader
    question: Question
    measure: Measure
    periods_to: str
    floor: Floor = LIVE
    by: tuple[str, ...] = ()
    categories: tuple[tuple[str, ...], ...] = ()
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    records_helping: bool = True

    def place(self, level: str) -> int | None:
        """Return the place of a level in the declared order of its categories; None if it is not a level."""
        place = 0
        parts = level.split("|", len(self.by) - 1) if self.by else []
        if len(parts) != len(self.by) or not parts:
            return None
        for part, known in zip(parts, self.categories, strict=True):
            if part not in known:
                return None
            place = place * (len(known) + 1) + known.index(part)
        return place

    @property
    def origin(self) -> int:
        """Day since time zero on which the clock of this question starts: 0, or the landmark."""
        return EARLY_DAYS if self.measure.rows == "landmark" or self.from_landmark else 0

    @property
    def from_landmark(self) -> bool:
        """Whether an early score decides who is compared with whom, so that the clock starts at the landmark."""
        return self.question.from_landmark or any(score.from_landmark for score in self.measure.exposures)

    @property
    def horizons(self) -> tuple[int, ...]:
        """Days since the clock's start at which staying is read."""
        return LANDMARK_HORIZONS if self.from_landmark else HORIZONS

    @property
    def end(self) -> int:
        """Last day of a curve since the clock's start: 365 days since time zero."""
        return HORIZONS[-1] - (EARLY_DAYS if self.from_landmark else 0)

    @property
    def horizon(self) -> int:
        """Day since the clock's start at which groups are compared: 180 days since time zero."""
        return 180 - (EARLY_DAYS if self.from_landmark else 0)

    def ask(
        self,
        name: str,
        *,
        columns: Sequence[str] = (),
        named: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
        filtered: bool = True,
    ) -> pd.DataFrame:
        """Return what `sql/<name>.sql` says of the people of this question, with `level` where it has levels."""
        return as_table(self.columns(name, columns=columns, named=named, extra=extra, filtered=filtered))

    def columns(
        self,
        name: str,
        *,
        columns: Sequence[str] = (),
        named: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
        filtered: bool = True,
    ) -> outcomes.Columns:
        """Return the columns of what `ask` returns: cheaper to pick from than a table."""
        where = self.question.where if filtered else ()
        by = self.by or outcomes.shared_by(name, self.question.settings)
        found = outcomes.columns_of(
            self.reader, name, self.question.settings, by, where, columns=columns, named=named, extra=extra
        )
        if by != self.by:  # its rows are those of parts of everybody
            found = {**found, "level_1": np.full(len(found["level_1"]), "", dtype=object)}
        return outcomes.with_level(found, self.by) if "level_1" in found else found

    def ask_people(
        self,
        name: str,
        traits: Sequence[str],
        *,
        columns: Sequence[str] = (),
        named: Mapping[str, str] | None = None,
        extra: Mapping[str, object] | None = None,
        filtered: bool = True,
    ) -> pd.DataFrame:
        """Return what `sql/<name>.sql` says of one person in each row; each of `traits` is a categorical column.

        The statement gives a trait as its place in `$<trait>_names`: a million texts take longer to hand over than all
        the numbers of these people.
        """
        names = {trait: list(self._names(trait)) for trait in traits}
        places: dict[str, object] = {f"{trait}_names": codes for trait, codes in names.items()}
        of_mart = [trait for trait in traits if trait != BAND]
        found = self.ask(
            name, columns=(*columns, *of_mart), named=named, extra={**places, **(extra or {})}, filtered=filtered
        )
        return found.assign(**{trait: _categorical(found[trait], codes) for trait, codes in names.items()})

    def _names(self, trait: str) -> Sequence[str]:
        if trait == BAND:
            return BANDS
        return self.names[trait] if trait in self.names else outcomes.categories(self.reader).get(trait, ())

    def population(self) -> outcomes.Population:
        """Return everyone this question is about as day counts since the clock's start, by level."""
        question = self.question
        return outcomes.population(self.reader, question.settings, self.by, question.where, self.origin)

    def rows(self, **always: str) -> Rows:
        """Return an empty answer whose rows name this question and its groupings unless they say otherwise."""
        named = {"measure": self.measure.id, "cohort": self.question.cohort_text, "source": "live"}
        return Rows(**named, **{"grouping": ",".join(self.by), **always})

    def screen(self, sizes: Mapping[str, int], *, every: Sequence[str] = ()) -> Screened:
        """Sort the levels by how many people they have, and return the rows that say what is not shown.

        Levels of `every` that have nobody are hidden like those of one to four people. Under 'all episodes' the sizes
        are different people. Where one level alone would be hidden the smallest other one is hidden with it.
        """
        people = {level: int(n) for level, n in sizes.items() if n > 0 or level in every}
        people |= dict.fromkeys([level for level in every if level not in people], 0)
        people = dict(sorted(people.items(), key=lambda each: (self.place(each[0]) or 0, each[0])))
        if self.is_repeated:
            distinct = self._distinct_people()
            people = {level: min(n, distinct.get(level, 0)) for level, n in people.items()}
        small = {level for level, n in people.items() if n < self.floor.count}
        hidden = _with_siblings(people, small, _families(list(people), len(self.by)))
        few = [level for level, n in people.items() if level not in hidden and n < self.floor.share_people]
        rows = [self.withheld(level, BELOW_THRESHOLD) for level in people if level in hidden]
        rows += [self.withheld(level, FEW_PEOPLE) for level in few]
        return Screened([level for level in people if level not in hidden and level not in few], few, rows)

    def withheld(self, level: str, reason: str, status: str = "hidden") -> dict[str, object]:
        """Return the row of a level that is not shown."""
        shape = self.measure.shape
        return {"level": level, "stat": self.stat, "status": status, "reason": reason, "shape": shape}

    @property
    def stat(self) -> str:
        """What the main rows of the measure are."""
        names = {"early_score": "mean", "stayed_days": "mean"}
        names |= dict.fromkeys(("people_enrolled", "caseload_by_month", "helping_generations"), "count")
        names |= dict.fromkeys(("session_intensity", "ripple_rate"), "rate")
        return names.get(self.measure.estimator, "share")

    @property
    def is_repeated(self) -> bool:
        """Whether a person may count with several episodes, so that episodes are not independent."""
        return self.question.settings.episodes == "all"

    def if_independent(self, **limits: object) -> dict[str, object]:
        """Return `limits` if they may be shown: they take each row of the records as another person."""
        return {} if self.is_repeated else limits

    def repeats(self, levels: Sequence[str]) -> Repeats | None:
        """Return the episodes of people with several, by place in `levels`; None where each person counts once."""
        if not self.is_repeated:
            return None
        found = self.ask("repeated_endings", columns=("participant_id",), extra={"origin": self.origin})
        found = found[found["level"].isin(list(levels))]
        places = {level: place for place, level in enumerate(levels)}
        row = np.array([places[level] for level in found["level"]], dtype=np.intp)
        return Repeats(row, *(found[name].to_numpy(dtype=np.intp) for name in ("person", "day", "cause")))

    def complete_follow_up(self, levels: Sequence[str]) -> pd.DataFrame:
        """Return for small groups, by level and horizon, the people followed that far and how many had left early."""
        extra = {"origin": self.origin, "horizons": list(self.horizons)}
        found = self.ask("complete_follow_up", extra=extra)
        return found[found["level"].isin(list(levels))].sort_values(["level", "horizon"], ignore_index=True)

    def _distinct_people(self) -> dict[str, int]:
        found = self.ask("people", columns=("participant_id",), extra={"origin": self.origin})
        column = "enrolled" if self.measure.rows == "enrolled" else "followed"
        return dict(zip(found["level"].astype(str), found[column].astype(int), strict=True))


def _categorical(place: pd.Series, names: Sequence[str]) -> pd.Series:
    """Return categories from their places in `names`, 1 for the first one; missing where there is none."""
    code = place.to_numpy(dtype=float, na_value=np.nan)
    return pd.Series(pd.Categorical.from_codes(np.nan_to_num(code).astype(np.intp) - 1, pd.Index(list(names))))


def status_of(people: npt.ArrayLike) -> npt.NDArray[np.str_]:
    """Return 'rough' for numbers that rest on fewer than 30 people, else 'shown'."""
    return np.where(np.asarray(people, dtype=float) < FULL_SIZE, "rough", "shown")


def mark(people: float) -> str:
    """Return 'rough' for a number that rests on fewer than 30 people, else 'shown'."""
    return "rough" if people < FULL_SIZE else "shown"


def words_rows(request: Request, levels: Sequence[str]) -> list[dict[str, object]]:
    """Return rows of counts for groups of 5 to 19 people: of those followed to each horizon, how many had left early.

    A row is left out where fewer than five were followed so far, or one to four of them had left, or had not.
    """
    if not levels:
        return []
    found = request.complete_follow_up(levels)
    people, left = found["people"], found["left_early"]
    least = request.floor.count
    kept = found[people.ge(least) & (left.eq(0) | left.ge(least)) & ((people - left).eq(0) | (people - left).ge(least))]
    return [
        {
            "level": row.level,
            "x": row.horizon,
            "stat": "count",
            "estimate": row.people,
            "n": row.people,
            "events": row.left_early,
            "status": "rough",
        }
        for row in kept.itertuples()
    ]


def _with_siblings(people: Mapping[str, int], hidden: set[str], families: Sequence[Sequence[str]]) -> set[str]:
    """Return `hidden` with the smallest sibling of a lone hidden level in each family; a second round for crossings."""
    result = set(hidden)
    for _ in range(2):
        for family in families:
            counts = [people[level] for level in family]
            joined = with_sibling(counts, [level in result for level in family])
            result |= {level for level, each in zip(family, joined, strict=True) if each}
    return result


def _families(levels: Sequence[str], groupings: int) -> list[list[str]]:
    """Return groups of levels whose sum may be known: all levels, or each row and column of two groupings."""
    if groupings < 2:
        return [list(levels)]
    families: dict[tuple[int, str], list[str]] = {}
    for level in levels:
        for place, part in enumerate(level.split("|", 1)):
            families.setdefault((place, part), []).append(level)
    return list(families.values())
