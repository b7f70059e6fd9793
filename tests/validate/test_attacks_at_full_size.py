"""Every attack at 1,000, 3,000 and 10,000 people with several seeds (`tests/attacks` has one size)."""

from __future__ import annotations

import pytest

from tests.attacks.catalogue import ATTACKS, SEEDS, SIZES
from tests.attacks.result import Attack

pytestmark = pytest.mark.validate


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("people", SIZES)
def test_an_attack_succeeds_against_the_naive_method_and_fails_against_ours(
    people: int, seed: int, attack: Attack
) -> None:
    assert [result for result in attack.run(people, seed) if not result.passed] == []
