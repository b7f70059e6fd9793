"""How many people a set of filters leaves out: what the live floor asks before it answers about those who are left.

Where every episode is another person's, people are counted once for each combination of categories, whatever the
filters pick of them, so that a new choice of categories needs no look at the records. Where a person may have several
episodes, such counts cannot be added, and every set of filters is counted for itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

import numpy as np
import pandas as pd

from pipelines import outcomes
from pipelines.constructs import EARLY_DAYS
from pipelines.outcomes import Where
from pipelines.questions import Settings
from pipelines.warehouse import Reader, quoted, statement

BASES = ("enrolled", "followed", "at_landmark")
"""Whom people are counted among: everybody, those followed beyond time zero, and beyond the landmark."""
MOST_FILTERS = 4
"""Filters whose combinations of categories are counted; with more there are too many of them."""
REMEMBERED = 4096
"""Sets of filters, and ways to combine them, that are remembered."""

Missed = Mapping[str, Mapping[tuple[int, int], int]]


class LeftOut:
    """Counts for one version of the records, each kept once it has been asked for; safe to share between threads."""

    def __init__(self, reader: Reader) -> None:
        """Count in the records of `reader`."""
        self._reader = reader
        self._combined = lru_cache(maxsize=REMEMBERED)(self._count_combined)
        self._missed = lru_cache(maxsize=REMEMBERED)(self._count_missed)

    def people_who_miss(self, settings: Settings, where: Where) -> Missed:
        """Return how many people miss so many of the filters, by that number and the place of the first one missed.

        The place is -1 for those who miss none; among each of `BASES`, and without those who are none of it.
        """
        return self._missed(settings, tuple((name, tuple(asked)) for name, asked in where))

    def _count_missed(self, settings: Settings, where: tuple[tuple[str, tuple[str, ...]], ...]) -> Missed:
        if settings.episodes == "first" and len(where) <= MOST_FILTERS:
            combined = self._combined(settings, tuple(sorted(name for name, _ in where)))
            return missed_of_combinations(combined, where)
        values = {**outcomes.parameters(settings, where), "landmark": EARLY_DAYS}
        text = _on_filters(tuple(name for name, _ in where), outcomes.stored_ending(settings))
        found = self._reader.table(text, values).fillna(-1)
        return _by_base(found["missed"].tolist(), found["first_missed"].tolist(), found)

    def _count_combined(self, settings: Settings, names: tuple[str, ...]) -> pd.DataFrame:
        values = {**outcomes.parameters(settings, ()), "landmark": EARLY_DAYS}
        return self._reader.table(_on_combinations(names, outcomes.stored_ending(settings)), values)


def missed_of_combinations(combined: pd.DataFrame, where: Where) -> Missed:
    """Return what `people_who_miss` does from people counted by combination: a column per filter and one per base."""
    misses = np.stack([~combined[name].isin(list(asked)).to_numpy() for name, asked in where])
    missed = misses.sum(axis=0)
    first = np.where(missed > 0, misses.argmax(axis=0), -1)
    return _by_base(missed.tolist(), first.tolist(), combined)


def _by_base(missed: Sequence[int], first: Sequence[int], found: pd.DataFrame) -> Missed:
    """Return the numbers of people of `found` added up by how many filters they miss and which first."""
    keys = [(int(number), int(place)) for number, place in zip(missed, first, strict=True)]
    result: dict[str, dict[tuple[int, int], int]] = {}
    for base in BASES:
        people: dict[tuple[int, int], int] = {}
        for key, n in zip(keys, found[base], strict=True):
            people[key] = people.get(key, 0) + int(n)
        result[base] = {key: n for key, n in people.items() if n}
    return result


@cache
def _on_combinations(names: tuple[str, ...], ending: str) -> str:
    categories = [" ".join((outcomes.category(name), "as", quoted(name))) for name in names]
    parts = (
        outcomes.relations(names, (), ending),
        ", combined as (select",
        ", ".join(("t", *categories)),
        "from outcomes)",
        statement("sql/combinations.sql"),
    )
    return "\n".join(parts)


@cache
def _on_filters(filters: tuple[str, ...], ending: str) -> str:
    matches = outcomes.matches(filters)
    parts = (
        outcomes.relations(filters, outcomes.IDS[1:], ending),
        ", matched as (select *,",
        " + ".join(f"case when {match} then 0 else 1 end" for match in matches),
        "as missed, case",
        " ".join(f"when not {match} then {place}" for place, match in enumerate(matches)),
        "end as first_missed from outcomes)",
        statement("sql/neighbours.sql"),
    )
    return "\n".join(parts)
