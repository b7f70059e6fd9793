"""The press: prints a true number under the key, copies what the ledger holds and notes what is new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple

from pipelines.disclosure import noise
from pipelines.disclosure.ledger import Entry, Ledger, Value
from pipelines.disclosure.plan import Period
from pipelines.disclosure.spec import COHORT, Parameters, Spec, label
from pipelines.disclosure.truth import Truth


class Cell(NamedTuple):
    """One printed value with the true numbers behind it, which stay in memory for the audit.

    `values` are what is printed, in the order of the table's number columns, None where hidden; `true` are the
    true numbers in the same order; `ruled` tells whether coaches allow it; `copied` whether the ledger gave it.
    """

    table: str
    text: str
    categories: Mapping[str, str]
    measure: str
    day: int | None
    values: tuple[float | None, ...]
    true: tuple[float, ...]
    ruled: bool
    copied: bool


@dataclass(slots=True)
class Press:
    """Prints true numbers under a key, copying what the ledger holds and noting what is new.

    `shown` remembers the printed number of people of every label, on which outcomes, curves and means rest.
    """

    key: bytes
    parameters: Parameters
    ledger: Ledger
    entries: list[Entry] = field(default_factory=list)
    shown: dict[str, int | None] = field(default_factory=dict)

    def known(self, text: str, measure: str) -> bool:
        """Tell whether the ledger holds a value, shown or hidden, for this label and measure."""
        return (text, measure) in self.ledger.values

    def copied(self, text: str, measure: str) -> Value:
        """Return the value of the ledger."""
        return self.ledger.values[text, measure]

    def note(self, text: str, measure: str, period: Period, value: Value) -> None:
        """Note a new value for the ledger."""
        self.entries.append(Entry(text, measure, period.label, value))

    def count(self, text: str, measure: str, period: Period, true: int) -> int | None:
        """Return the printed form of a true count that is not in the ledger."""
        return noise.pub(self.key, period.fingerprint, measure, text, true, self.parameters)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One crossing of dimensions in one period: its declared grid, and the true numbers in the same order.

    Where `may_add` is False, outcomes are what was published before, and hidden otherwise without a note of it.
    """

    spec: Spec
    truth: Truth
    press: Press
    period: Period
    crossing: tuple[str, ...]
    may_add: bool = True

    def counts(self, name: str) -> list[int]:
        """Return the true totals of `name`, one per cell."""
        cube = self.truth.cube(self.period.blocks, self.crossing, name)
        return [int(number) for number in cube]

    def allowed(self) -> list[bool]:
        """Tell for each cell whether its coaches allow an outcome or an activity figure."""
        rule = self.truth.coach_rule(self.period.blocks, self.crossing, self.spec.parameters)
        return [bool(answer) for answer in rule]

    def grid(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield label and categories of every declared cell, in row-major order."""
        for names in product(*(self.spec.dimension(name).categories for name in self.crossing)):
            categories = {COHORT: self.period.label, **dict(zip(self.crossing, names, strict=True))}
            yield label(categories), categories
