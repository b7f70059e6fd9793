"""The two readers behind one interface; the only module of the dashboard that reaches into `pipelines`.

A manager's process reads the records, every other process reads the release and can open nothing else:
the live reader is imported only when the audience is 'manager'.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from dashboard.language import say
from pipelines import versions
from pipelines.counted_with import one_line, record_of
from pipelines.definitions import definition, definitions
from pipelines.dictionary import column_rows as dictionary_rows
from pipelines.disclosure.export_floor import apply_export
from pipelines.disclosure.export_safety import csv_text
from pipelines.disclosure.floors import LIVE, RELEASE, export_allowed
from pipelines.estimate_table import COLUMNS as CODE_BOOK
from pipelines.estimate_table import STATUSES
from pipelines.failures import note_failure
from pipelines.faults import Fault, InputFault
from pipelines.questions import GAPS, Dimension, Question, Settings

__all__ = [
    "AUDIENCES",
    "CODE_BOOK",
    "EXPORT_FLOOR",
    "GAPS",
    "STATUSES",
    "Answers",
    "Dimension",
    "Fault",
    "InputFault",
    "Question",
    "Settings",
    "apply_export",
    "audience",
    "csv_text",
    "current_version",
    "data_home",
    "data_quality",
    "definition",
    "definitions",
    "dictionary_rows",
    "export_allowed",
    "floor_sentences",
    "instruments",
    "measure_entry",
    "measures",
    "note_failure",
    "one_line",
    "open_answers",
    "published_marks",
    "quality_level",
    "quality_levels",
    "record_of",
    "role",
    "why_no_mark",
]

EXPORT_FLOOR = LIVE.export
AUDIENCES = ("manager", "public")


class Answers(Protocol):
    """What both readers can do; `version` names the immutable file that is read."""

    version: str

    def ask(self, question: Question) -> pd.DataFrame:
        """Return the estimate table that answers `question`."""

    def dimensions(self) -> list[Dimension]:
        """Return what people can be grouped and filtered by here."""

    def about(self) -> dict[str, Any]:
        """Return title, demonstration, records_to, version, audience, floor and people of what is read."""


def audience() -> str:
    """Return who this process serves: RECOVERY_OUTCOMES_AUDIENCE, 'manager' if it is not set.

    ValueError for any other name, so that a slip of the pen never opens the records.
    """
    named = os.environ.get("RECOVERY_OUTCOMES_AUDIENCE", "manager")
    if named not in AUDIENCES:
        raise ValueError("RECOVERY_OUTCOMES_AUDIENCE must be manager or public")
    return named


def role() -> str:
    """Return whose menu is shown: 'manager' at the manager's door, else RECOVERY_OUTCOMES_ROLE, 'public' if not set."""
    if audience() == "manager":
        return "manager"
    return os.environ.get("RECOVERY_OUTCOMES_ROLE") or "public"


def data_home() -> Path:
    """Return the data folder of this process."""
    return versions.home()


def current_version(audience_name: str, home: Path) -> str | None:
    """Return the name of the version to read now, from the CURRENT pointer; None before the first one."""
    named = versions.pointer(home, "records" if audience_name == "manager" else "release")
    return None if named is None else named[0]


def open_answers(audience_name: str, home: Path) -> Answers:
    """Return a reader of the current version; InputFault if there is none yet, ValueError for an unknown audience."""
    if audience_name == "manager":
        from pipelines.estimate import LiveReader

        return LiveReader(home)
    if audience_name == "public":
        from pipelines.disclosure.reader import ReleaseReader

        return ReleaseReader(home)
    raise ValueError(f"there is no audience {audience_name!r}")


def data_quality(home: Path) -> Any:
    """Return what the current records know of their own quality; InputFault before the first load.

    Only a manager's process may ask: anybody else gets a PermissionError.
    """
    if audience() != "manager":
        raise PermissionError("the quality of the records is for managers")
    from pipelines import quality, warehouse

    reader = warehouse.open_records(home)
    try:
        return quality.read_quality(reader)
    finally:
        reader.close()


def quality_levels() -> Mapping[str, tuple[str, str]]:
    """Return each level of a table of records: its name and the rule for it, from good to do_not_use."""
    from pipelines import quality

    return {key: (quality.LEVEL_NAMES[key], rule) for key, rule in quality.LEVELS.items()}


def quality_level(results: Any) -> str:
    """Return the level that the checks of one table come to."""
    from pipelines import quality

    return quality.level(results)


def measure_entry(measure: str) -> Any:
    """Return the declared entry of a measure: question, definition, numerator, denominator, cautions; KeyError."""
    from pipelines.measures import entry

    return entry(measure)


def measures() -> Mapping[str, Any]:
    """Return every declared measure by its identifier, in the order of the registry."""
    from pipelines.measures import MEASURES

    return MEASURES


def published_marks() -> Mapping[str, Any]:
    """Return what studies of other people found for each arrow of the theory that has such a number."""
    from pipelines.published_marks import marks

    return marks()


def why_no_mark(arrow: str) -> str:
    """Return what is said where an arrow has no published number; empty if nothing is known to say."""
    from pipelines.published_marks import why_none

    return why_none(arrow)


def instruments() -> list[Any]:
    """Return the shipped instruments, those that stand for a construct of the theory of change first."""
    from pipelines.instruments import load_registry

    order = ("alliance", "self_efficacy", "empathy", "empowerment", "recovery_capital")
    return sorted(
        load_registry().values(),
        key=lambda one: (order.index(one.construct) if one.construct in order else len(order), one.name),
    )


def floor_sentences() -> list[str]:
    """Return who sees what, in sentences whose numbers are those the floors apply."""
    return [
        say(
            "On the manager's pages numbers are exact. Groups of fewer than {count} people are hidden, and so are "
            "groups whose complement is that small. Shares, curves and comparisons need {share_people} people and "
            "{share_events} who left; a curve stops when fewer than {curve_at_risk} are still being followed. "
            "In files from these pages, rows on fewer than {export} people are empty.",
            **asdict(LIVE),
        ),
        say(
            "In the release nothing rests on fewer than {count} people. Counts carry noise and are rounded to 5; "
            "a share needs a printed base of {share_people}; a curve needs {curve_at_risk} people still "
            "being followed and {curve_step_events} more who left for each point. Coaches are never shown.",
            **asdict(RELEASE),
        ),
    ]
