"""The coin test itself: told of a naive release it raises the alarm, and what it lets through is under its limit."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from pipelines.disclosure.coin import LIMIT, areas
from tests.attacks.lattice import key_of_seed, tested
from tests.attacks.result import Attack, Line, Result, results

LINES = (Line("largest area the coin test measures", "exact outcomes by every pair", LIMIT + 0.005, LIMIT, "area"),)


def attack(n: int, seed: int) -> list[Result]:
    """Let the coin test judge exact outcomes by every pair of dimensions, and the release it allows."""
    spec, truth, coin = tested(n, seed)
    exact = replace(spec.parameters, threshold=0, noise=1, rounding=1, printed_minimum=1)
    pairs = tuple(combinations([item.name for item in spec.dimensions], 2))
    naive = areas(replace(spec, pairs=pairs, outcomes=spec.outcomes[:1], grid=()), truth, key_of_seed(seed), exact, 2)
    printed = max(coin.coin, coin.shuffled) if coin.outcome_variables > 0 else 0.5
    return results(LINES, [(max(naive), printed)])


ATTACK = Attack("The coin test", LINES, attack)
