"""The tables an attacker sees: true and printed counts of every declared cell, for attacks on both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.disclosure.build import protect
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.press import Cell, Press
from pipelines.disclosure.spec import Spec
from pipelines.disclosure.truth import Truth
from tests.pipelines.release_world import KEY, settled, world


@dataclass(frozen=True)
class Lattice:
    """People of the range of all cohorts by categories: what is true and what is printed (None: hidden)."""

    spec: Spec
    truth: Truth
    cells: list[Cell]
    true: dict[frozenset[tuple[str, str]], int]
    shown: dict[frozenset[tuple[str, str]], int | None]


def lattice(n: int, seed: int, key: bytes = KEY) -> Lattice:
    """Return the lattice of `n` made-up people under the packaged declaration."""
    spec, truth = settled(world(n, seed), key)
    cells = protect(spec, truth, Press(key, spec.parameters, Ledger(Path("none"))), outcome_variables=-1)
    whole = spec.ranges[0].label
    people = [c for c in cells if c.measure == "people" and c.categories["cohort"] == whole]
    named = {frozenset(item for item in c.categories.items() if item[0] != "cohort"): c for c in people}
    return Lattice(
        spec, truth, cells, {k: int(c.true[0]) for k, c in named.items()}, {k: c.values[0] for k, c in named.items()}
    )
