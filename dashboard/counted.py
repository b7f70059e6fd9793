"""The settings a table was counted with, in a sentence for a person; the table itself carries them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.answers import record_of

CLOCKS = {"first_session": "the first session", "enrolment": "enrolling"}
CONTACTS = {"any": "sessions and two-way contacts", "attended": "attended sessions alone"}
PERSON_FREE = ("caseload_by_month",)
"""Measures that no setting touches."""
EPISODES = {"first": "each person's first episode", "all": "all episodes"}


def sentence(table: pd.DataFrame) -> str:
    """Return how the rows of a table were counted: clock, gap, contacts, episodes; empty if the table does not say."""
    record = record_of(table)
    if not record or record["measure"] in PERSON_FREE:
        return ""
    every = record["measure"] == "stayed_by_gap" or record["measure"].startswith("ratio_grid_")
    gap = "each of the gaps named" if every else f"{record['gap_days']} days"
    parts = [
        f"days since {CLOCKS[record['clock']]}"
        + (f", from day {record['start_day']} on" if record["start_day"] else ""),
        f"left early after {gap} without contact",
        f"contacts are {CONTACTS[record['contacts']]}",
        f"{EPISODES[record['episodes']]}{_returns(record)}",
    ]
    return f"Counted with: {'; '.join(parts)}."


def _returns(record: Mapping[str, Any]) -> str:
    days = record["new_episode_after_days"]
    return "" if days == "as_recorded" else f", a return within {days} days of an exit resuming it"
