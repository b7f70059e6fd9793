"""How alike people are in the stored records: how small the groups are that share what a stranger might know.

Counts alone; it warns and promises nothing. Source: the ingest rules of the disclosure design, k-report on what is
stored. The release has its own, on the categories it prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipelines.clean_connection import CleanConnection
from pipelines.disclosure.floors import RELEASE
from pipelines.warehouse import statement

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

ATTRIBUTES = ("age_band", "gender", "race_eth", "zip3", "site", "enrol_quarter")
"""What a stranger might know of a person; `sql/k_people.sql` names them."""
NAMES = {
    "age_band": "age",
    "gender": "gender",
    "race_eth": "race and ethnicity",
    "zip3": "ZIP area",
    "site": "site",
    "enrol_quarter": "quarter of enrolment",
}
CROSSED = 3
"""Most attributes whose every combination is judged; beside them stand all together."""
MOST_CELLS = 1 << 22
"""Conceivable classes that are counted by their place in a table; where there are more, only those that occur are."""


@dataclass(frozen=True, slots=True)
class Classes:
    """People who are alike in `attributes`: how many classes, the smallest, and people in `alone` (of one person),
    `in_small_classes` (under the floor of the release) and `with_one_outcome` (all of one kind of exit)."""

    attributes: tuple[str, ...]
    classes: int
    smallest: int
    people: int
    alone: int
    in_small_classes: int
    with_one_outcome: int


def k_report(con: duckdb.DuckDBPyConnection | CleanConnection) -> tuple[Classes, ...]:
    """Return, for one, two, three and all attributes, the combination with most people in small classes.

    `con` holds the marts. Nothing is returned where nobody is stored.
    """
    query = statement("sql/k_people.sql")
    people = con.arrow_table(query) if isinstance(con, CleanConnection) else con.sql(query).to_arrow_table()
    if not people.num_rows:
        return ()
    codes = {name: _codes(people.column(name)) for name in ATTRIBUTES}
    outcomes = people.column("outcome").to_numpy()
    sizes = [*range(1, CROSSED + 1), len(ATTRIBUTES)]
    return tuple(
        _worst([_classes(named, [codes[name] for name in named], outcomes) for named in combinations(ATTRIBUTES, size)])
        for size in sizes
    )


def sentences(report: tuple[Classes, ...]) -> Iterator[str]:
    """Yield what a person should know of how alike the people are."""
    if not report:
        return
    everything = report[-1]
    named = ", ".join(NAMES[name] for name in everything.attributes)
    yield (
        f"How alike people are ({named} together): {everything.alone:,} of {everything.people:,} are alone in their "
        f"group, {everything.in_small_classes:,} in a group of fewer than {RELEASE.count}; the groups of "
        f"{everything.with_one_outcome:,} left in one way only."
    )
    for one in report[:-1]:
        named = " and ".join(NAMES[name] for name in one.attributes)
        yield (
            f"  By {named}: smallest group {one.smallest:,}; {one.in_small_classes:,} people in a group of fewer than "
            f"{RELEASE.count}."
        )
    yield "Some records may be unique: treat them as confidential (42 CFR Part 2)."


def _codes(values: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """Return a number from 0 on for each value, the same for the same."""
    found = values.combine_chunks().dictionary_encode(null_encoding="encode")
    return np.asarray(found.indices, dtype=np.int64)


def _classes(
    attributes: tuple[str, ...], codes: Sequence[npt.NDArray[np.int64]], outcomes: npt.NDArray[np.int64]
) -> Classes:
    """Count the people who share every one of `codes`, class by class."""
    place, places = np.zeros(len(outcomes), dtype=np.int64), 1
    for code in codes:
        values = int(code.max()) + 1
        place, places = place * values + code, places * values
        if places > MOST_CELLS:
            seen, place = np.unique(place, return_inverse=True)
            places = len(seen)
    ended = np.zeros((places, int(outcomes.max()) + 1), dtype=bool)
    ended[place, outcomes] = True
    people = np.bincount(place, minlength=places)
    there = people[people > 0]
    return Classes(
        attributes,
        classes=len(there),
        smallest=int(there.min()),
        people=len(outcomes),
        alone=int(there[there == 1].sum()),
        in_small_classes=int(there[there < RELEASE.count].sum()),
        with_one_outcome=int(people[ended.sum(axis=1) == 1].sum()),
    )


def _worst(found: list[Classes]) -> Classes:
    return max(found, key=lambda one: (one.in_small_classes, -one.smallest, one.attributes))
