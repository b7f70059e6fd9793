"""Rules about one row and what is known of its episode: dates, their order, and what contradicts what.

Every function takes the typed rows of a table, with the day of `enrolled`, `extract` and recorded exit (`exited`, and
whether the person `died`) of their episode, and returns the rows that break each rule. A day that is not known breaks
no rule.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Broken = dict[str, "pd.Series[bool]"]
ANSWERED = ("complete", "partial")
NOBODY_CAME = ("no_show", "late_cancel", "cancelled_client", "cancelled_staff")
LONG_BEFORE, FAR_FROM_PLAN, INTAKE_UP_TO = pd.Timedelta(days=365), pd.Timedelta(days=60), pd.Timedelta(days=30)
VERY_LONG = 240
"""Minutes."""


def of_episodes(rows: pd.DataFrame) -> Broken:
    """Return the enrolments that were extracted before they began."""
    return {"extract_before_enrolment": rows["extract_date"] < rows["enrolled_date"]}


def of_discharges(rows: pd.DataFrame) -> Broken:
    """Return the exits outside of their episode, and those whose flag contradicts their reason."""
    planned = rows["planned"]
    return {
        "exit_before_enrolment": rows["exit_date"] < rows["enrolled"],
        "exit_after_extract": rows["exit_date"] > rows["extract"],
        "planned_contradicts_reason": ((rows["exit_type"] == "completed") & planned.eq(False).fillna(False))
        | ((rows["exit_type"] == "dropped_out") & planned.eq(True).fillna(False)),
    }


def of_assignments(rows: pd.DataFrame) -> Broken:
    """Return the assignments that end before they start, and those outside of their episode."""
    start, end_of_episode = rows["start_date"], rows["exited"].fillna(rows["extract"])
    return {
        "assignment_ends_before_start": (rows["end_date"] < start) & rows["enrolled"].notna(),
        "assignment_outside_episode": (start < rows["enrolled"]) | (start > end_of_episode),
    }


def of_sessions(rows: pd.DataFrame) -> Broken:
    """Return the sessions whose days or length contradict their episode, their plan or their attendance."""
    held, planned, minutes = rows["occurred_date"], rows["scheduled_date"], rows["minutes"]
    attended, missed = rows["status"] == "attended", rows["status"].isin(NOBODY_CAME)
    after_exit = attended & (held > rows["exited"])
    return {
        # Of an episode without dates nothing is said: its rows go with it.
        "attended_without_date": attended & rows["has_no_date"] & rows["extract"].notna(),
        "session_before_enrolment": held.fillna(planned) < rows["enrolled"],
        "session_after_extract": held > rows["extract"],
        "session_after_exit": after_exit & ~rows["died"],
        "session_after_death": after_exit & rows["died"],
        "held_far_from_plan": attended & ((held - planned).abs() > FAR_FROM_PLAN),
        "date_of_unattended_session": missed & held.notna(),
        "minutes_of_unattended_session": missed & (minutes > 0),
        "attended_zero_minutes": attended & (minutes == 0),
        "session_very_long": attended & (minutes > VERY_LONG),
    }


def of_assessments(rows: pd.DataFrame) -> Broken:
    """Return the questionnaires whose day or occasion contradicts their episode."""
    day, wave, answered = rows["date"], rows["wave"], rows["status"].isin(ANSWERED)
    after_exit = answered & (day > rows["exited"])
    after_death = after_exit & rows["died"] & (rows["rater"] == "participant")
    return {
        "assessment_before_enrolment": day < rows["enrolled"],
        "assessment_after_extract": answered & (day > rows["extract"]),
        "assessment_after_death": after_death,
        "in_program_after_exit": after_exit & wave.isin(("intake", "in_program")) & ~after_death,
        "follow_up_before_exit": answered & (wave == "followup") & (day < rows["exited"]),
        "intake_form_late": answered & (wave == "intake") & (day - rows["enrolled"] > INTAKE_UP_TO),
    }


def of_events(rows: pd.DataFrame) -> Broken:
    """Return the contacts outside of their episode, and those of people with themselves."""
    day = rows["date"]
    return {
        "event_long_before_enrolment": rows["enrolled"] - day > LONG_BEFORE,
        "event_after_extract": day > rows["extract"],
        "event_after_death": (day > rows["exited"]) & rows["died"] & (rows["initiated_by"] != "system"),
        "linked_to_themselves": rows["linked"].eq(rows["person"]) & (rows["linked"] >= 0),
    }


def recorded_exits(
    exits: pd.DataFrame | None, is_out: npt.NDArray[np.bool_], episodes: int
) -> tuple[pd.Series[Any], pd.Series[bool]]:
    """Return, for each of so many `episodes`, the day of the recorded exit that is kept, and whether it was a death."""
    if exits is None:
        return pd.Series(pd.NaT, range(episodes), "datetime64[s]"), pd.Series(False, range(episodes))
    kept = exits[~is_out].set_index("episode_place")
    died = kept["exit_type"] == "died"
    return kept["exit_date"].reindex(range(episodes)), died.reindex(range(episodes), fill_value=False)
