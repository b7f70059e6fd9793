"""One who knows the categories of everybody reads a secret off the tables: exact ones tell, printed ones hardly.

The secret is a fair coin of every person, printed by the build itself. A second implementation of the attack that the
coin test makes: the best linear estimate, here by whole people instead of by cells shared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import lsmr
from scipy.stats import rankdata

from pipelines.disclosure.build import protect
from pipelines.disclosure.press import Cell
from pipelines.disclosure.spec import Spec
from pipelines.disclosure.truth import Truth
from tests.attacks.lattice import key_of_seed, press, tested
from tests.attacks.result import Attack, Line, Result, results

NAME = "left_early_90"
DRAWS = 3
EXACT = "exact tables by any three categories"
LINES = (
    Line("area of the ranking, everybody", EXACT, 0.7, 0.66, "area"),
    Line("area of the ranking, people alone in their categories", EXACT, 0.7, 0.66, "area"),
)


def attack(n: int, seed: int) -> list[Result]:
    """Rank people by their secret from exact and from printed tables; the mean area over some draws of the secret."""
    spec, truth, coin = tested(n, seed)
    chance = np.random.default_rng(seed)
    alone = np.bincount(truth.person_pattern)[truth.person_pattern] == 1
    exact = exact_tables(truth)
    found = []
    for _ in range(DRAWS):
        secret = chance.integers(0, 2, len(truth.person_pattern))
        known = rank_exact(exact, secret)
        read = rank_printed(spec, truth, secret, key_of_seed(seed), coin.outcome_variables)
        found.append([area(score[who], secret[who]) for who in (alone | True, alone) for score in (known, read)])
    everybody_exact, everybody, alone_exact, alone_read = np.mean(found, axis=0)
    return results(LINES, [(everybody_exact, everybody), (alone_exact, alone_read)])


def area(score: np.ndarray, secret: np.ndarray) -> float:
    """Return the area under the ROC curve by ranks (Mann-Whitney)."""
    ranks, ones = rankdata(score), secret.sum()
    return float((ranks[secret == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(secret) - ones)))


def exact_tables(truth: Truth) -> csr_matrix:
    """Return a row of flags over people for every cell of every table by three dimensions."""
    rows, start = [], 0
    people = np.arange(len(truth.person_pattern))
    for crossing in combinations([item.name for item in truth.spec.dimensions], 3):
        rows.append(start + truth.cell_of(truth.person_pattern, crossing))
        start += truth.cells(crossing)
    matrix = csr_matrix((np.ones(len(rows) * len(people)), (np.concatenate(rows), np.tile(people, len(rows)))))
    return matrix[np.asarray(matrix.sum(axis=1)).ravel() > 0]


def rank_exact(cells: csr_matrix, secret: np.ndarray) -> np.ndarray:
    """Return the estimate of everybody's secret that fits exact counts best."""
    odd = cells @ (secret - 0.5)
    return np.asarray(lsmr(cells, odd, damp=0.1, maxiter=300)[0])


def rank_printed(spec: Spec, truth: Truth, secret: np.ndarray, key: bytes, variables: int) -> np.ndarray:
    """Return the best linear estimate of everybody's secret from what the build prints for it."""
    values = dict(truth.values)
    values[NAME] = np.bincount(truth.person_pattern, weights=secret, minlength=len(values[NAME]))
    tossed = replace(truth, values=values)
    lean = replace(spec, means=(), grid=(), outcomes=tuple(item for item in spec.outcomes if item.name == NAME))
    cells = protect(lean, tossed, press(key, spec.parameters), outcome_variables=variables)
    printed = [cell for cell in cells if cell.measure == NAME and cell.values[1]]
    if not printed:
        return np.zeros(len(secret))
    flags = np.array([members(truth, spec, cell) for cell in printed])
    heads = np.array([cell.values[1] for cell in printed])
    spread = 0.25 * flags @ flags.T + spec.parameters.variance * np.eye(len(flags))
    return flags.T @ np.linalg.solve(spread, heads - flags.sum(axis=1) / 2)


def members(truth: Truth, spec: Spec, cell: Cell) -> np.ndarray:
    """Return who is in a cell."""
    ranges: Mapping[str, tuple[str, ...]] = {item.label: item.blocks for item in spec.ranges}
    mine = np.ones(len(truth.person_pattern), dtype=bool)
    for name, category in cell.categories.items():
        wanted = ranges.get(category, (category,))
        places = [truth.spec.dimension(name).categories.index(item) for item in wanted]
        mine &= np.isin(truth.codes[name][truth.person_pattern], places)
    return mine.astype(float)


ATTACK = Attack("Reconstruction by one who knows everybody's categories", LINES, attack)
