"""Propose a mapping for files nobody has described: which column is what, with the evidence as counts.

Headings are compared with our names and with the synonyms of `synonyms.toml`, cells by their counts with what each
column may hold: dates, whole numbers, our closed lists, the range of a questionnaire. What a person has decided is
kept, and only the rest is guessed. What is proposed says why, and what could not be decided is listed. No cell's
value is part of a proposal; of cells only those words are spelled out that our own lists hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb

from pipelines.choices import Choices
from pipelines.column_profile import SourceProfile, profile
from pipelines.instruments import Instrument, load_registry
from pipelines.progress import Progress, silent
from pipelines.proposal import Proposal
from pipelines.proposal_counts import Counts
from pipelines.propose_ground import listed
from pipelines.propose_needs import needs
from pipelines.propose_tables import Tables
from pipelines.propose_wide import Wide
from pipelines.staging import SourceFile

_ORDER = (
    "participants",
    "episodes",
    "sessions",
    "assessments",
    "assessment_items",
    "engagement_events",
    "discharges",
    "coach_assignments",
)


def propose(
    connection: duckdb.DuckDBPyConnection, files: Sequence[SourceFile], extracted_on: date | None = None
) -> Proposal:
    """Return a mapping for staged files; `extracted_on` dates the extract where no column does, else a person must."""
    return propose_from(profiles(connection, files), Choices(extracted_on=extracted_on), Counts(connection))


def profiles(
    connection: duckdb.DuckDBPyConnection, files: Sequence[SourceFile], progress: Progress | None = None
) -> list[SourceProfile]:
    """Return the profiles of those staged files that hold rows."""
    tell = progress or silent
    found = []
    held = [file for file in files if not file.faults and file.rows]
    for done, file in enumerate(held):
        tell(f"looking at the columns of {file.name}", done / len(held))
        found.append(profile(connection, file))
    return found


def propose_from(
    sources: Sequence[SourceProfile],
    choices: Choices,
    counts: Counts | None = None,
    registry: Mapping[str, Instrument] | None = None,
) -> Proposal:
    """Return the mapping that follows from profiles and choices; without `counts` less evidence is given.

    `registry` are the questionnaires there are, the shipped ones if it is not given.
    """
    return _Proposing(sources, choices, counts, load_registry() if registry is None else registry).proposal()


class _Proposing(Tables, Wide):
    """Works out one proposal."""

    def proposal(self) -> Proposal:
        """Work through the tables and return what came of it."""
        for table in _ORDER:
            self.table(table)
        self.registers()
        for source in self.sources:
            self.scores(source)
            self.side_by_side(source)
        if self.counts is not None:
            self.questions += self.counts.add_links(self.rules, self.sources)
        unmatched = []
        for source in self.sources:
            unused = [column.place for column in source.columns if column.heading not in self.named(source)]
            if unused:
                unmatched.append(f"{source.file.name}: nothing was found for {listed(unused)}")
        return Proposal(
            self.views,
            tuple(self.rules),
            tuple(self.questions),
            tuple(unmatched),
            needs(self.rules, self.sources, self.choices),
            self.targets,
            self.runs,
        )
