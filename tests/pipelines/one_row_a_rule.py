"""Hand-made folders for the referee of the checks: one row that breaks each rule, and rows where rules meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipelines import schema
from tests.pipelines.raw_world import World, world
from tests.pipelines.test_check import BROKEN, OWN_KEY, WARNED

Found = set[tuple[str, int, str]]
Cells = Mapping[str, str | None]


def added(tables: World, table: str, code: str, of: int = 0, **cells: str | None) -> int:
    """Add a row like row `of` (from 0) with some cells written otherwise; return its number in the file.

    `code` is its identifier, where rows of the table have one of their own.
    """
    key = {str(schema.table(table).incoming[0].incoming): code} if table in OWN_KEY else {}
    tables[table].append(tables[table][of] | key | cells)
    return len(tables[table]) + 1


def world_that_breaks_every_rule() -> tuple[World, Found]:
    """Return a folder with a row for each rule, and (table, row number, rule) of each."""
    tables, found = world(), set()
    for rule, (table, cells, _) in BROKEN.items():
        if table == "discharges":
            added(tables, "episodes", f"E-{rule}", participant_id="P-3", site_id="S2")
            cells = {"episode_id": f"E-{rule}"} | cells
        found.add((table, added(tables, table, f"X-{rule}", **cells), rule))
    tables["discharges"].append(tables["discharges"][0] | {"episode_id": "E-2", "exit_type": "died"})
    for rule, (table, cells) in WARNED.items():
        found.add((table, added(tables, table, f"X-{rule}", **cells), rule))
    for form, answers in (("X-straight_lining", 28), ("X-same_answer_throughout", 10)):
        for item in range(1, answers + 1):
            tables["assessment_items"].append({"assessment_id": form, "item_no": str(item), "value": "3"})
    _add_answers_that_cannot_be(tables, found)
    found.add(("engagement_events", added(tables, "engagement_events", "N-1"), "duplicate_key"))
    twice = added(tables, "assessments", "A-again", coach_id="C2")
    found.add(("assessments", twice, "duplicate_assessment"))
    lost = added(tables, "participants", "P-lost", age="500")
    own = added(tables, "episodes", "E-lost", participant_id="P-lost")
    found |= {("participants", lost, "age_out_of_range"), ("episodes", own, "parent_in_quarantine")}
    rated = added(tables, "assessments", "A-of-lost", session_id="X-minutes_out_of_range", rater="observer")
    found.add(("assessments", rated, "link_in_quarantine"))
    return tables, found


def _add_answers_that_cannot_be(tables: World, found: Found) -> None:
    for rule, cells in (("item_out_of_range", {"value": "5"}), ("item_unknown_number", {"item_no": "11"})):
        form = added(tables, "assessments", f"A-{rule}", date="2025-02-01", wave="in_program", rater="coach")
        found.add(("assessments", form, rule))
        row = added(tables, "assessment_items", "", assessment_id=f"A-{rule}", **cells)
        found.add(("assessment_items", row, rule))


@dataclass(frozen=True)
class Meeting:
    """A folder in which rules meet, and everything that must be found in it."""

    change: Callable[[World], None]
    found: Found

    def tables(self) -> World:
        """Return the folder."""
        tables = world()
        self.change(tables)
        return tables


BROKEN_ROWS: dict[str, Meeting] = {}
