"""Run every check over a folder of canonical CSV files, table by table, parents before children."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from pipelines import schema
from pipelines.instruments import load_registry
from pipelines.schema import Table
from tests.second_checks import dates, questionnaires, repeats
from tests.second_checks.cascade import follow
from tests.second_checks.found import Found
from tests.second_checks.reading import Mask
from tests.second_checks.rows import Reader

Checked = tuple[str, pd.DataFrame, Mask]
"""Name of a table, its typed rows, and which of them are kept."""
_OF_ROWS = {
    "episodes": dates.of_episodes,
    "discharges": dates.of_discharges,
    "coach_assignments": dates.of_assignments,
    "sessions": dates.of_sessions,
    "assessments": dates.of_assessments,
    "engagement_events": dates.of_events,
}


class Checks:
    """The checks of one folder; `found` fills while `tables` is gone through."""

    def __init__(self, source: Path) -> None:
        self.found = Found()
        self._known = questionnaires.ranges(load_registry())
        self._read = Reader(source, self.found, tuple(self._known.index))

    def tables(self) -> Iterator[Checked]:
        """Yield every table that has a file, as soon as all that keeps its rows out is known."""
        for name in ("sites", "coaches", "participants"):
            yield from self._plain(name)
        yield from self._episodes()
        yield from self._plain("coach_assignments")
        yield from self._plain("sessions")
        yield from self._questionnaires()
        yield from self._plain("engagement_events")

    def _plain(self, name: str) -> Iterator[Checked]:
        """Check a table of which no other one decides anything."""
        table = schema.table(name)
        rows = self._read.rows(table)
        if rows is None:
            return
        is_out = self._settled(table, rows)
        if name == "coach_assignments":
            self._mark(name, "two_primary_coaches", repeats.primary_coaches_at_one_time(rows[~is_out]))
        elif name == "participants":
            people = self._read.named[name]
            people.known = repeats.numbers_of_two_people(people.identifiers, rows)
        elif name == "sessions":
            self._mark(name, "session_recorded_twice", repeats.sessions_recorded_twice(rows[~is_out]))
            self._read.named[name].known = rows[["status"]]
        yield name, _declared(table, rows), ~is_out

    def _episodes(self) -> Iterator[Checked]:
        """Check the enrolments together with their exits."""
        rows = self._read.rows(schema.EPISODES)
        if rows is None:
            raise ValueError("there is no file of episodes")
        is_out = self._settled(schema.EPISODES, rows)
        shared = self._read.named["participants"].of("is_shared", rows["participant_place"].to_numpy(), False)
        self.found.note("episodes", {"number_of_two_people": np.asarray(shared, bool)})
        episodes = self._read.named["episodes"]
        episodes.known = rows.rename(columns={"participant_place": "person"})[
            ["enrolled_date", "extract_date", "person"]
        ]
        yield "episodes", _declared(schema.EPISODES, rows), ~is_out
        compared = rows[["participant_place", "episode_no", "enrolled_date", "extract_date"]][~is_out]
        del rows
        exits = self._read.rows(schema.DISCHARGES)
        gone = np.ones(0, bool) if exits is None else self._settled(schema.DISCHARGES, exits)
        episodes.know_exits(*dates.recorded_exits(exits, gone, len(episodes.known)))
        compared["end"] = episodes.known["exited"].fillna(compared["extract_date"])
        self._mark("episodes", "episodes_overlap", repeats.enrolments_that_overlap(compared))
        self._mark("episodes", "episode_number_out_of_order", repeats.numbers_out_of_order(compared))
        if exits is not None:
            yield "discharges", _declared(schema.DISCHARGES, exits), ~gone

    def _questionnaires(self) -> Iterator[Checked]:
        """Check the questionnaires together with their answers."""
        forms = self._read.rows(schema.ASSESSMENTS)
        if forms is None:
            return
        self.found.note("assessments", {"total_out_of_range": questionnaires.scores_out_of_range(forms, self._known)})
        self._read.named["assessments"].known = forms[["instrument_id"]]
        items = self._read.rows(schema.ASSESSMENT_ITEMS)
        if items is not None:
            cannot_be = questionnaires.answers_that_cannot_be(items, self._known)
            self.found.note("assessment_items", cannot_be)
            for rule, is_broken in cannot_be.items():
                self.found.note("assessments", {rule: forms.index.isin(items.loc[is_broken, "assessment_place"])})
        self.found.note("assessments", dates.of_assessments(forms))
        answered = forms[forms["status"].isin(dates.ANSWERED) & ~self.found.out("assessments", len(forms))]
        self._mark("assessments", "duplicate_assessment", repeats.questionnaires_recorded_twice(answered))
        del answered
        is_out = self._settled(schema.ASSESSMENTS, forms)
        self.found.note("assessments", {"rating_of_unattended_session": self._of_missed_sessions(forms)})
        del self._read.named["sessions"]
        yield "assessments", _declared(schema.ASSESSMENTS, forms), ~is_out
        if items is None:
            return
        is_item_out = self._settled(schema.ASSESSMENT_ITEMS, items)
        for rule, alike in questionnaires.equal_answers(items[~is_item_out], self._known).items():
            self.found.note("assessments", {rule: forms.index.isin(alike)})
        yield "assessment_items", _declared(schema.ASSESSMENT_ITEMS, items), ~is_item_out

    def _of_missed_sessions(self, forms: pd.DataFrame) -> Mask:
        """Return the answered questionnaires that name a stored session to which nobody came."""
        sessions, places = self._read.named["sessions"], forms["session_place"].to_numpy()
        if not sessions.has_file:
            return np.zeros(len(forms), bool)
        missed = pd.Series(sessions.of("status", places)).isin(dates.NOBODY_CAME) & ~sessions.out_of(places)
        return np.asarray(missed & forms["status"].isin(dates.ANSWERED))

    def _settled(self, table: Table, rows: pd.DataFrame) -> Mask:
        """Note what each row breaks by itself, and what goes with its parents; return which are kept out."""
        if table.name in _OF_ROWS:
            self.found.note(table.name, _OF_ROWS[table.name](rows))
        is_out = follow(self.found, table, rows, self._read.named)
        if table.name in self._read.named:
            self._read.named[table.name].is_out = is_out
        return is_out

    def _mark(self, table: str, rule: str, broken: pd.Series[bool]) -> None:
        """Note rows by their place, where only some of the rows were compared."""
        self.found.note_rows(table, rule, broken.index[broken.to_numpy(bool)])


def _declared(table: Table, rows: pd.DataFrame) -> pd.DataFrame:
    return rows[[str(column.incoming) for column in table.incoming]]
