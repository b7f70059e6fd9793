"""What is wrong with an input, in words a person can act on: the file, the rule, the remedy; never a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: `where` names the file, table or setting; `rule` the rule broken; `remedy` what to do."""

    where: str
    rule: str
    remedy: str
    rows: int | None = None

    def __str__(self) -> str:
        count = "" if self.rows is None else f" ({self.rows:,} {'row' if self.rows == 1 else 'rows'})"
        return f"{self.where}: {self.rule}{count}. {self.remedy}"


class InputFault(Exception):
    """Bad input or arguments: every fault found, gathered before raising; the command line exits with 2."""

    def __init__(self, faults: Sequence[Fault] | Fault) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))
