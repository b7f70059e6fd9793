"""One who knows the categories of everybody reads a secret off the tables: exact ones tell, printed ones hardly.

A second implementation of the attack in the coin test, run on what the build itself prints for a secret coin.
"""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import rankdata

from pipelines.disclosure.build import protect
from pipelines.disclosure.coin import areas
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.press import Press
from tests.pipelines.release_world import KEY, settled, world

NAME = "left_early_90"


def area(score, secret):
    """Return the area under the ROC curve by ranks (Mann-Whitney)."""
    ranks, ones = rankdata(score), secret.sum()
    return (ranks[secret == 1].sum() - ones * (ones + 1) / 2) / (ones * (len(secret) - ones))


def rank(cells, printed, variance):
    """Return the best linear estimate of everybody's coin from printed heads; `cells` is a row of flags per cell."""
    spread = 0.25 * cells @ cells.T + variance * np.eye(len(cells))
    return cells.T @ np.linalg.solve(spread, printed - cells.sum(axis=1) / 2)


def flags(truth, spec, categories):
    ranges = {item.label: item.blocks for item in spec.ranges}
    mine = np.ones(len(truth.person_pattern), dtype=bool)
    for name, category in categories.items():
        wanted = ranges.get(category, (category,))
        places = [truth.spec.dimension(name).categories.index(item) for item in wanted]
        mine &= np.isin(truth.codes[name][truth.person_pattern], places)
    return mine.astype(float)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_secret_coin_is_read_off_exact_tables_and_not_off_the_release(seed):
    spec, truth = settled(world(1_000, seed))
    chance = np.random.default_rng(seed)
    secret = chance.integers(0, 2, len(truth.person_pattern))

    exact = []
    names = [item.name for item in spec.crossable if not item.name.endswith("_band")] + ["alliance_band"]
    for pair in combinations(names, 2):
        place = truth.cell_of(truth.person_pattern, pair)
        exact += [place == cell for cell in np.unique(place)]
    cells = np.array(exact, dtype=float)
    assert area(rank(cells, cells @ secret, 1e-3), secret) > 0.8

    values = dict(truth.values)
    values[NAME] = np.bincount(truth.person_pattern, weights=secret, minlength=len(values[NAME]))
    tossed = replace(truth, values=values, _latest={}, _ruled={})
    press = Press(KEY, spec.parameters, Ledger(Path("none")))
    printed = [c for c in protect(spec, tossed, press, outcome_variables=2) if c.measure == NAME and c.values[1]]
    assert len(printed) > 60
    cells = np.array([flags(truth, spec, c.categories) for c in printed])
    heads = np.array([c.values[1] for c in printed])
    found = area(rank(cells, heads, spec.parameters.variance), secret)
    assert found < 0.66
    assert found == pytest.approx(areas(spec, truth, KEY, spec.parameters, 2)[0], abs=0.06)


def test_the_coin_test_tells_naive_from_protected():
    spec, truth = settled(world(1_000, 5))
    naive = replace(spec.parameters, threshold=0, noise=1, rounding=1, printed_minimum=1)
    all_pairs = tuple(combinations([item.name for item in spec.dimensions], 2))
    exact = areas(replace(spec, pairs=all_pairs, outcomes=spec.outcomes[:1], grid=()), truth, KEY, naive, 2)
    protected = areas(spec, truth, KEY, spec.parameters, 2)
    wider = areas(spec, truth, KEY, replace(spec.parameters, noise=20), 1)
    assert exact[0] > 0.8 > 0.66 > protected[0]
    assert wider[1] < protected[1]
