"""The settings a table was counted with, in a sentence for a person; the table itself carries them."""

from __future__ import annotations

import pandas as pd

from dashboard.answers import record_of
from dashboard.language import noted, say

CLOCKS = {
    "first_session": (
        noted("days since the first session"),
        noted("days since the first session, from day {start} on"),
    ),
    "enrolment": (noted("days since enrolling"), noted("days since enrolling, from day {start} on")),
}
"""Where days are counted from, without and with a day to start from."""
CONTACTS = {
    "any": noted("contacts are sessions and two-way contacts"),
    "attended": noted("contacts are attended sessions alone"),
}
PERSON_FREE = ("caseload_by_month",)
"""Measures that no setting touches."""
EPISODES = {
    "first": (
        noted("each person's first episode"),
        noted("each person's first episode, a return within {days} days of an exit resuming it"),
    ),
    "all": (
        noted("all episodes"),
        noted("all episodes, a return within {days} days of an exit resuming it"),
    ),
}
"""Which episodes count, without and with a rule for returns."""


def sentence(table: pd.DataFrame) -> str:
    """Return how the rows of a table were counted: clock, gap, contacts, episodes; empty if the table does not say."""
    record = record_of(table)
    if not record or record["measure"] in PERSON_FREE:
        return ""
    every = record["measure"] == "stayed_by_gap" or record["measure"].startswith("ratio_grid_")
    start, days = record["start_day"], record["new_episode_after_days"]
    parts = [
        say(CLOCKS[record["clock"]][bool(start)], start=start),
        say("left early after each of the gaps named without contact")
        if every
        else say("left early after {gap} days without contact", gap=record["gap_days"]),
        say(CONTACTS[record["contacts"]]),
        say(EPISODES[record["episodes"]][days != "as_recorded"], days=days),
    ]
    return say("Counted with: {parts}.", parts="; ".join(parts))
