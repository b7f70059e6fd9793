"""Two releases, one person more: which cells moved, and what does that say of the newcomer?"""

from itertools import combinations, product

import numpy as np

from pipelines.disclosure.noise import fingerprint_rows, pub
from pipelines.disclosure.spec import Parameters

SIZES = (3, 4, 6)
GATE = Parameters()
TRIALS = 40


def labels():
    for size in (1, 2):
        for chosen in combinations(range(len(SIZES)), size):
            for at in product(*(range(SIZES[i]) for i in chosen)):
                yield dict(zip(chosen, at, strict=True))


def members(people, cell):
    return np.logical_and.reduce([people[:, i] == place for i, place in cell.items()])


def exact(people, _key):
    return {str(cell): int(members(people, cell).sum()) for cell in labels()}


def keyed_by_set(people, key):
    """Noise that hangs on the set of people in the cell, as in systems that answer free queries."""
    printed = {}
    for cell in labels():
        inside = people[members(people, cell)]
        printed[str(cell)] = pub(key, fingerprint_rows(key, inside), "people", "cell", len(inside), GATE)
    return printed


def gate(people, key):
    whole = fingerprint_rows(key, people)
    return {
        str(cell): pub(key, whole, "people", str(cell), int(members(people, cell).sum()), GATE) for cell in labels()
    }


def guessed(method, trial):
    """Return for how many of the newcomer's attributes the category whose cells moved most is the right one."""
    chance = np.random.default_rng(trial)
    key = bytes(chance.integers(0, 256, 32, dtype=np.uint8))
    number = np.arange(320)
    people = np.stack([*(chance.integers(0, size, 320) for size in SIZES), number & 255, number >> 8], axis=1)
    people = people.astype(np.uint8)
    before, after = method(people[:-1], key), method(people, key)
    right = 0
    for place, size in enumerate(SIZES):
        moved = np.zeros(size)
        for cell in labels():
            if place in cell:
                old, new = before[str(cell)], after[str(cell)]
                moved[cell[place]] += (old != new) / sum(other.get(place) == cell[place] for other in labels())
        right += moved.argmax() == people[-1, place] and moved.max() > 0
    return right / len(SIZES)


def share(method):
    return np.mean([guessed(method, trial) for trial in range(TRIALS)])


def test_a_newcomer_is_read_off_exact_tables_and_off_noise_keyed_by_sets():
    assert share(exact) == 1
    assert share(keyed_by_set) > 0.8


def test_a_newcomer_redraws_everything_so_that_nothing_stands_out():
    guessing = np.mean([1 / size for size in SIZES])
    assert share(gate) < guessing + 0.15
