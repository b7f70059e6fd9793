"""What made an estimate: the settings, definitions and numbers it was counted with, carried by its table.

The columns of the estimate table are settled, so what made the rows travels beside them, in the table's `attrs`, and
from there into every file: nobody has to pass it on, and nobody can pass on another one's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from pipelines.constructs import EARLY_DAYS
from pipelines.definitions import definition
from pipelines.measures import Measure
from pipelines.questions import Question, rule_of_new_episodes

KEY = "counted_with"
"""Where a table's `attrs` hold the record, as JSON: text is cheap to copy, and pandas copies it with every table."""
AS_RECORDED = "as_recorded"


def counted_with(question: Question, measure: Measure, facts: Mapping[str, str], version: str) -> dict[str, Any]:
    """Return what an answer to `question` is counted with, in a fixed order; every value is plain JSON.

    `facts` are what the records (or the release) say of themselves, `version` names their file. `start_day` is the day
    since time zero on which the clock of the rows starts: 0, or the landmark.
    """
    settings = question.settings
    exposed = any(score.from_landmark for score in measure.exposures)
    from_landmark = measure.rows == "landmark" or question.from_landmark or exposed
    rule = rule_of_new_episodes(facts)
    named = [definition(name) for name in measure.definitions]
    further = [kind for kind in facts.get("contact_types", "").split(",") if kind]
    return {
        "measure": measure.id,
        "measure_version": measure.version,
        "clock": settings.clock,
        "start_day": EARLY_DAYS if from_landmark else 0,
        "gap_days": settings.gap_days,
        "contacts": settings.contacts,
        "further_contacts": further,
        "episodes": settings.episodes,
        "new_episode_after_days": AS_RECORDED if rule is None else rule,
        "definitions": {one.id: one.version for one in named},
        "numbers": {
            name: list(value) if isinstance(value, tuple) else value
            for one in named
            for name, value in one.parameters.items()
            if name != "gap_days" and not name.startswith("choices_")
        },
        "data_version": version,
    }


def stamp(table: pd.DataFrame, record: Mapping[str, Any]) -> pd.DataFrame:
    """Return `table` carrying `record`."""
    table.attrs[KEY] = json.dumps(record, ensure_ascii=False)
    return table


def record_of(table: pd.DataFrame) -> dict[str, Any]:
    """Return what a table says it was counted with; nothing if it says nothing."""
    found: dict[str, Any] = json.loads(table.attrs.get(KEY, "{}"))
    return found


def one_line(record: Mapping[str, Any]) -> str:
    """Return a record as 'name=value; name=value' for a cell of a file; empty for an empty one."""
    return "; ".join(f"{name}={_plain(value)}" for name, value in record.items())


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ",".join(f"{name}:{_plain(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "+".join(map(str, value)) or "none"
    return str(value)
