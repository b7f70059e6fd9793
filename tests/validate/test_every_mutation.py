"""Every rule of the gate is broken in turn, and the tests notice; the page says which test did.

A few of these run with every test (`tests/mutations/test_mutations`).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.mutations.catalogue import CATALOGUE
from tests.mutations.mutant import ROOT, Copy, Mutation
from tests.mutations.page import PAGE, page

pytestmark = pytest.mark.validate
AT_ONCE = 2


def broken_in_turn(folder: Path, mutations: list[Mutation]) -> dict[Mutation, str]:
    """Return the test that failed for each mutation, empty if none did."""
    copy = Copy(folder)
    try:
        return {mutation: copy.run_broken(mutation).failed for mutation in mutations}
    finally:
        copy.close()


def test_every_broken_rule_is_noticed(tmp_path: Path) -> None:
    whole = Copy(tmp_path / "whole")
    tests = sorted({test for mutation in CATALOGUE for test in mutation.tests})
    assert whole.run(tests).failed == ""
    whole.close()
    shares = [list(CATALOGUE[start::AT_ONCE]) for start in range(AT_ONCE)]
    folders = [tmp_path / f"copy-{number}" for number in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = {name: failed for part in pool.map(broken_in_turn, folders, shares) for name, failed in part.items()}
    survived = [mutation.name for mutation in CATALOGUE if not found[mutation]]
    assert survived == []
    (ROOT / PAGE).write_text(page({mutation: found[mutation] for mutation in CATALOGUE}), encoding="utf-8")
