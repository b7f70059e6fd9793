"""What a proposal is: rules and views as the grammar of mappings knows them, each with what speaks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.faults import Fault
from pipelines.guess import Guess


@dataclass(slots=True)
class Rule:
    """One proposed rule of a table: its source, the guessed columns, and further keys of the grammar."""

    table: str
    source: str
    guesses: list[Guess]
    keys: dict[str, object] = field(default_factory=dict)
    items: dict[str, object] = field(default_factory=dict)
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was proposed: views and rules as the grammar knows them, and what a person has to decide.

    `questions` are to be looked at, `unmatched` says which columns nothing was found for, `needs` is what a load
    cannot do without. `targets` holds the target of every column that is read, by stem and heading; `runs` what
    columns that stand side by side were taken for, by stem and pattern.
    """

    views: Mapping[str, Mapping[str, object]]
    rules: tuple[Rule, ...]
    questions: tuple[str, ...]
    unmatched: tuple[str, ...] = ()
    needs: tuple[Fault, ...] = ()
    targets: Mapping[tuple[str, str], str] = field(default_factory=dict)
    runs: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def undecided(self) -> tuple[str, ...]:
        """Everything a person has to decide or to know."""
        return (*self.questions, *self.unmatched)
