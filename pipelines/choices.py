"""What a person decides about the columns of their files, from which with their profiles a mapping follows.

A choice is data: which target a column has, what its words mean, how its dates are written, what columns that stand
side by side are. From the profiles of the files and the choices alone follows the mapping
(`propose.propose_from`, `proposal_text.mapping_text`); no file is looked at again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from pipelines.column_profile import ColumnProfile, SourceProfile
from pipelines.guess import spellings
from pipelines.propose_runs import find_runs
from pipelines.targets import LEAVE_OUT

if TYPE_CHECKING:
    from pipelines.proposal import Proposal

Place = tuple[str, str]
"""The stem of a file or sheet and the heading of a column, or the pattern of columns that stand side by side."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What was decided; what is not named here is guessed.

    `targets` are those of `targets.targets`; `words` our word for a text that stands in a column or in a run of
    columns, whatever its capitals; `dates` a form of date; `runs` the identifier of a questionnaire, `targets.WEEKS` or
    `targets.LEAVE_OUT`.
    """

    targets: Mapping[Place, str] = field(default_factory=dict)
    words: Mapping[Place, Mapping[str, str]] = field(default_factory=dict)
    dates: Mapping[Place, str] = field(default_factory=dict)
    runs: Mapping[Place, str] = field(default_factory=dict)
    extracted_on: date | None = None
    title: str = ""

    def targets_in(self, stem: str) -> dict[str, str]:
        """Return the decided targets of one file by heading."""
        return {heading: target for (name, heading), target in self.targets.items() if name == stem}

    def said_of(self, source: SourceProfile) -> SourceProfile:
        """Return a profile with what was said of its columns: the meaning of words, the form of dates."""
        runs = {heading: run.pattern for run in find_runs(source) for heading in run.columns}
        columns = [self.said_of_column(source.file.stem, each, runs.get(each.heading, "")) for each in source.columns]
        return replace(source, columns=tuple(columns))

    def said_of_column(self, stem: str, column: ColumnProfile, pattern: str = "") -> ColumnProfile:
        """Return the profile of one column with what was said of it; `pattern` is that of the run it stands in."""
        places = [(stem, column.heading), (stem, pattern)]
        named = {
            spelled: ours
            for place in places
            for theirs, ours in self.words.get(place, {}).items()
            for spelled in spellings(theirs)
            if spelled in column.words
        }
        return replace(column, named=named, date_form=self.dates.get(places[0], ""))


def as_proposed(proposal: Proposal, sources: Sequence[SourceProfile]) -> Choices:
    """Return the choices of somebody who agrees with a proposal: every column and every run decided as guessed."""
    in_runs = {
        (source.file.stem, heading)
        for source in sources
        for run in find_runs(source)
        if (source.file.stem, run.pattern) in proposal.runs
        for heading in run.columns
    }
    targets = {
        (source.file.stem, column.heading): proposal.targets.get((source.file.stem, column.heading), LEAVE_OUT)
        for source in sources
        for column in source.columns
    }
    return Choices(
        targets={place: LEAVE_OUT if place in in_runs else target for place, target in targets.items()},
        runs=dict(proposal.runs),
    )
