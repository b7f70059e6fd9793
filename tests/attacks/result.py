"""What an attack gives by measure: against a naive method, which must fall, and against ours, which must not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of an attack and where the line runs: larger is worse, for the naive method and for ours.

    `naive` names the method that is attacked first; it must reach `least`, or the attack proves nothing. Ours must not
    exceed `most`. `unit` is 'share', 'area' (under the ROC curve), 'correlation' or 'number'.
    """

    what: str
    naive: str
    least: float
    most: float
    unit: str = "share"


@dataclass(frozen=True, slots=True)
class Result:
    """What one run of an attack found for one measure."""

    line: Line
    naive: float
    gate: float

    @property
    def passed(self) -> bool:
        """Whether the attack succeeded against the naive method and failed against ours."""
        return self.naive >= self.line.least and self.gate <= self.line.most


@dataclass(frozen=True, slots=True)
class Attack:
    """An attack by name: its measures, and the function of people and seed that runs it, one result per measure."""

    name: str
    lines: tuple[Line, ...]
    run: Callable[[int, int], list[Result]]


def results(lines: tuple[Line, ...], found: list[tuple[float, float]]) -> list[Result]:
    """Return the results for `lines` from their naive and protected values in the same order."""
    return [Result(line, float(naive), float(gate)) for line, (naive, gate) in zip(lines, found, strict=True)]
