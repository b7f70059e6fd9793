"""Linear programmes: the smallest and largest value a hidden cell can have, given every table that was printed."""

from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from tests.attacks.lattice import lattice

DIMENSIONS = ("age_band", "primary_substance", "housing")
CELLS, PEOPLE = 30, 5_000


def tables(world):
    """Return one row of ones per cell of every table over the dimensions, and the cells' identities."""
    sizes = [len(world.spec.dimension(name).categories) for name in DIMENSIONS]
    places = np.arange(np.prod(sizes)).reshape(sizes)
    rows, names = [], []
    for size in range(len(DIMENSIONS) + 1):
        for chosen in combinations(range(len(DIMENSIONS)), size):
            for at in np.ndindex(*(sizes[i] for i in chosen)):
                index = [slice(None)] * len(DIMENSIONS)
                for i, place in zip(chosen, at, strict=True):
                    index[i] = place
                rows.append(places[tuple(index)].ravel())
                names.append(
                    frozenset(
                        (DIMENSIONS[i], world.spec.dimension(DIMENSIONS[i]).categories[p])
                        for i, p in zip(chosen, at, strict=True)
                    )
                )
    matrix = csr_matrix(
        (np.ones(sum(map(len, rows))), (np.repeat(range(len(rows)), [len(r) for r in rows]), np.concatenate(rows)))
    )
    return matrix, names


def width(matrix, low, high, target):
    """Return the smallest and largest value of a cell over all tables that fit the bounds."""
    bounded = csr_matrix(np.vstack([matrix.toarray(), -matrix.toarray()]))
    limits = np.concatenate([high, -low])
    found = []
    for sign in (1, -1):
        goal = np.zeros(matrix.shape[1])
        goal[target] = sign
        answer = linprog(goal, A_ub=bounded, b_ub=limits, bounds=(0, None), method="highs")
        assert answer.status == 0
        found.append(sign * answer.fun)
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_exact_tables_give_hidden_cells_away_and_printed_ones_do_not(seed):
    world = lattice(PEOPLE, seed)
    matrix, names = tables(world)
    true = np.array([world.true[name] for name in names])
    shown = [world.shown[name] for name in names]
    small = [i for i, name in enumerate(names) if 1 <= world.true[name] <= 10 and len(name) == 3]
    chance = np.random.default_rng(seed)
    chosen = chance.choice(small, CELLS, replace=False)
    targets = [int(np.flatnonzero(matrix[i].toarray()[0])[0]) for i in chosen]

    naive_low, naive_high = np.where(true >= 11, true, 0), np.where(true >= 11, true, 10)
    exact = [width(matrix, naive_low, naive_high, target) for target in targets]
    recovered = np.mean([high - low < 0.5 for low, high in exact])
    proved = np.mean([low > 0.5 for low, _ in exact])
    assert recovered > 0.05
    assert proved > 0.25

    low = np.array([0 if value is None else max(11, value - 10) for value in shown])
    high = np.array([10 if value is None else value + 10 for value in shown])
    assert ((low <= true) & (true <= high)).all()
    gate = [width(matrix, low, high, target) for target in targets]
    assert all(top - bottom > 8 for bottom, top in gate)
    assert all(bottom < 0.5 for bottom, _ in gate)
