"""Hidden counts that follow from sums stop a release. Referee: a table by hand, and the tests' own lattice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipelines.disclosure import bounds
from pipelines.disclosure.bounds import Sums, carried, follow_from_others
from pipelines.disclosure.build import protect
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.press import Cell, Press
from pipelines.disclosure.spec import load_spec
from tests.attacks.lattice import lattice
from tests.pipelines.release_world import KEY, settled, small_spec, world


@pytest.fixture(scope="module")
def spec(tmp_path_factory):
    given = load_spec(small_spec(tmp_path_factory.mktemp("spec")))
    kept = [d for d in given.dimensions if d.name in ("cohort", "site")]
    lists = {"cohort": ("2024-H1",), "site": ("A", "B")}
    return replace(given, dimensions=tuple(replace(d, categories=lists[d.name]) for d in kept), ranges=())


def people(true: int, shown: int | None, **categories: str) -> Cell:
    return Cell("cells", str(categories), {"cohort": "2024-H1", **categories}, "people", None, (shown, None),
                (true, 0), True, False)  # fmt: skip


def test_two_parts_of_ten_follow_from_a_whole_that_must_be_twenty(spec) -> None:
    parts = [people(10, None, site="A"), people(10, None, site="B")]
    assert follow_from_others(spec, [people(20, 30), *parts]) == 2
    assert follow_from_others(spec, [people(20, 20), *parts]) == 0
    assert follow_from_others(spec, parts) == 0


def test_a_part_that_is_missing_from_the_release_leaves_no_sum(spec) -> None:
    assert follow_from_others(spec, [people(20, 30), people(10, None, site="A")]) == 0


def test_the_sums_are_those_of_the_attackers_lattice_and_nothing_follows() -> None:
    held = lattice(1_000, 1)
    cells = protect(held.spec, held.truth, Press(held.key, held.spec.parameters, Ledger(Path("none"))),
                    outcome_variables=-1)  # fmt: skip
    assert follow_from_others(held.spec, cells) == 0
    least, most = carried(Sums(held.parts, held.wholes), *held.printed_bounds())
    shown = [c for c in cells if c.measure == "people"]
    labels = [frozenset(c.categories.items()) for c in shown]
    mine = bounds._sums(held.spec, labels)
    assert len(mine.wholes) == len(held.wholes)
    low, high = carried(mine, *bounds._known(held.spec, shown, labels))
    assert np.array_equal(low, least)
    assert np.array_equal(high, most)


def test_exact_tables_would_be_stopped() -> None:
    plan, truth = settled(world(1_000, 2))
    gate = replace(plan.parameters, noise=1, rounding=1, printed_minimum=11)
    cells = protect(replace(plan, parameters=gate), truth, Press(KEY, gate, Ledger(Path("none"))), outcome_variables=-1)
    exact = [c._replace(values=(c.true[0] if c.true[0] >= 11 else None, None)) for c in cells if c.measure == "people"]
    none_off = replace(plan, parameters=replace(gate, noise=0))
    assert follow_from_others(none_off, exact) > 20
