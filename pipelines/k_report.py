"""How alike people are in the stored records: how small the groups are that share what a stranger might know.

Counts alone; it warns and promises nothing. Source: the ingest rules of the disclosure design, k-report on what is
stored. The release has its own, on the categories it prints.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.disclosure.floors import RELEASE
from pipelines.warehouse import statement

if TYPE_CHECKING:
    import duckdb

ATTRIBUTES = ("age_band", "gender", "race_eth", "zip3", "site", "enrol_quarter")
"""What a stranger might know of a person; `sql/k_classes.sql` names them in this order."""
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


def k_report(con: duckdb.DuckDBPyConnection) -> tuple[Classes, ...]:
    """Return, for one, two, three and all attributes, the combination with most people in small classes.

    `con` holds the marts. Nothing is returned where nobody is stored.
    """
    rows = con.execute(statement("sql/k_classes.sql"), {"threshold": RELEASE.count}).fetchall()
    found = [Classes(_attributes(int(left_out)), *map(int, numbers)) for left_out, *numbers in rows]
    sizes = [*range(1, CROSSED + 1), len(ATTRIBUTES)]
    return tuple(_worst([one for one in found if len(one.attributes) == size]) for size in sizes if found)


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


def _attributes(left_out: int) -> tuple[str, ...]:
    """Return the attributes a row is grouped by: its bits name those left out, the first attribute the highest."""
    places = range(len(ATTRIBUTES) - 1, -1, -1)
    return tuple(name for name, place in zip(ATTRIBUTES, places, strict=True) if not left_out >> place & 1)


def _worst(found: list[Classes]) -> Classes:
    return max(found, key=lambda one: (one.in_small_classes, -one.smallest, one.attributes))
