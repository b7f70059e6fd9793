"""Subtracting a table from a larger one to learn how many are among the one to ten people between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np

from tests.attacks.lattice import Lattice, lattice
from tests.attacks.result import Attack, Line, Result, results

LINES = (Line("people between two tables told, beyond always naming the commonest number", "exact tables", 0.5, 0.12),)


def attack(n: int, seed: int) -> list[Result]:
    """Subtract every visible cell from every visible cell it is part of, where 1 to 10 people are between."""
    held = lattice(n, seed)
    found = list(pairs(held))
    visible = [(held.shown[whole], held.shown[part], between) for whole, part, between in found]
    known = [(a - b, between) for a, b, between in visible if a is not None and b is not None]
    assert len(known) > 30
    prior = Counter(between for _, between in known)
    always = prior.most_common(1)[0][1] / len(known)
    likely = best_guess(prior)
    exact = np.mean([held.true[whole] - held.true[part] == between for whole, part, between in found])
    hit = np.mean([likely(difference) == between for difference, between in known])
    return results(LINES, [(exact - always, hit - always)])


def pairs(held: Lattice) -> Iterator[tuple[int, int, int]]:
    """Yield every cell and part of it that differ by 1 to 10 people, and by how many."""
    for whole, parts in held.sums:
        for part in parts:
            between = int(held.true[whole] - held.true[part])
            if 1 <= between <= 10:
                yield whole, part, between


def best_guess(prior: Counter[int]) -> Callable[[int], int]:
    """Return the guess with the largest posterior for a printed difference, knowing prior and law of the noise."""
    law: Counter[int] = Counter()
    for one in range(-8, 9):
        for two in range(-8, 9):
            law[one - two] += (9 - abs(one)) * (9 - abs(two))
    rounded = np.arange(-4, 5)
    weights = 5 - np.abs(rounded)

    @cache
    def guess(difference: int) -> int:
        def likelihood(between: int) -> int:
            return sum(w * law[difference - between - r] for r, w in zip(rounded, weights, strict=True))

        return max(prior, key=lambda between: prior[between] * likelihood(between))

    return guess


ATTACK = Attack("Differencing: subtracting tables that differ by one to ten people", LINES, attack)
