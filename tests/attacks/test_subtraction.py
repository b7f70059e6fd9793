"""Subtracting a table from a larger one to learn about the one to ten people between them."""

from collections import Counter

import numpy as np
import pytest

from tests.attacks.lattice import lattice


def pairs(true):
    """Yield child, parent and the number of people between for every pair of cells that differ by 1 to 10 people."""
    for child, n in true.items():
        for item in child:
            parent = child - {item}
            if 1 <= true[parent] - n <= 10:
                yield child, parent, true[parent] - n


@pytest.mark.parametrize("n", [1_000, 3_000])
def test_differences_of_one_to_ten_people_are_no_better_than_guessed(n):
    right, counts = [], Counter()
    for seed in range(3):
        world = lattice(n, seed, key=bytes([seed]) * 32)
        found = list(pairs(world.true))
        assert len(found) > 40
        assert all(world.true[parent] - world.true[child] == between for child, parent, between in found)
        visible = [
            (world.shown[parent] - world.shown[child], between)
            for child, parent, between in found
            if world.shown[parent] is not None and world.shown[child] is not None
        ]
        counts.update(between for _, between in visible)
        right += visible
    likely = best_guesses(counts)
    always = counts.most_common(1)[0][1] / sum(counts.values())
    hit = np.mean([likely(difference) == between for difference, between in right])
    assert len(right) > 100
    assert hit < always + 0.12


def best_guesses(prior):
    """Return the guess with the largest posterior for a printed difference, knowing prior and law of the noise."""
    law = Counter()
    for one in range(-8, 9):
        for two in range(-8, 9):
            law[one - two] += (9 - abs(one)) * (9 - abs(two))
    rounded = np.arange(-4, 5)
    weights = 5 - np.abs(rounded)

    def guess(difference):
        def likelihood(between):
            return sum(w * law[difference - between - r] for r, w in zip(rounded, weights, strict=True))

        return max(prior, key=lambda between: prior[between] * likelihood(between))

    return guess
