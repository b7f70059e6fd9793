"""What a proposal is: rules and views as the grammar of mappings knows them, each with what speaks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
    """What was proposed: views and rules as the grammar knows them, and what a person has to decide."""

    views: Mapping[str, Mapping[str, object]]
    rules: tuple[Rule, ...]
    undecided: tuple[str, ...]
