"""A count whose parts are all hidden never gives them away. Referee: by hand, and every noise there is."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from pipelines.disclosure import build, noise
from pipelines.disclosure.build import protect
from pipelines.disclosure.ceiling import NONE, ceilings
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.plan import Period
from pipelines.disclosure.press import Press
from pipelines.disclosure.spec import Parameters, load_spec
from tests.pipelines.release_world import KEY, settled, small_spec, world

GATE = Parameters()
BLOCKS = ("2024-H1", "2024-H2", "2025-H1")


def spec_of(tmp_path, sites=("A", "B")):
    given = load_spec(small_spec(tmp_path))
    lists = {"cohort": BLOCKS, "site": sites}
    return replace(
        given, dimensions=tuple(replace(d, categories=lists.get(d.name, d.categories)) for d in given.dimensions)
    )


def ceiling_of(spec, by_block, blocks=BLOCKS, in_blocks=frozenset({()}), finer=frozenset()):
    def cube(asked, crossing):
        assert crossing == ()
        return np.array([sum(by_block[block] for block in asked)], dtype=float)

    period = Period("range", blocks, b"")
    return ceilings(spec, period, (), cube, finer=finer, in_blocks=in_blocks)[0]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((10, 10, 10), 30),  # the first two together are 20, shown, and tell nothing: three hidden parts
        ((5, 5, 10), 20),  # the first two were once a range of 10, hidden: two hidden parts
        ((10, 11, 3), NONE),  # one cohort is shown
        ((0, 10, 9), 20),
        ((3, 3, 4), 20),
    ],
)
def test_a_range_is_at_most_ten_for_each_hidden_cohort_or_older_range(tmp_path, counts, expected):
    assert ceiling_of(spec_of(tmp_path), dict(zip(BLOCKS, counts, strict=True))) == expected


def test_a_cell_is_at_most_ten_for_each_hidden_category_that_anybody_can_be_in(tmp_path):
    spec = spec_of(tmp_path)
    table = {"alliance_band": np.full(5, 10.0), "both": np.full((5, 5), 2.0)}

    def cube(_blocks, crossing):
        return table["both"].ravel() if len(crossing) == 2 else table["alliance_band"]

    finer = frozenset({("alliance_band", "self_efficacy_band")})
    period = Period("2024-H1", ("2024-H1",), b"")
    found = ceilings(spec, period, ("alliance_band",), cube, finer=finer, in_blocks=frozenset())
    assert found == [40, 40, 40, 40, 15]  # lower, middle, higher, no_score cannot be left_before by the other band


def test_two_hidden_parts_never_follow_from_their_sum_whatever_the_noise(tmp_path):
    spec = spec_of(tmp_path)
    followed = False
    for one, other in product(range(11), repeat=2):
        most = ceiling_of(spec, {"2024-H1": one, "2024-H2": other}, BLOCKS[:2])
        for drawn in range(-GATE.noise, GATE.noise + 1):
            free = noise.printed(one + other, drawn, GATE)
            if free is None:
                continue
            value = min(free, most)
            assert abs(value - one - other) <= GATE.largest_error
            assert max(GATE.threshold, value - GATE.largest_error) - 10 <= 1  # each part is at least this
            followed |= free - GATE.largest_error - 10 == 10
    assert followed  # without the ceiling the sum of 10 and 10 can say so


def breaches(spec, truth):
    """Return how many shown counts have hidden parts alone, and how many of them are above ten for each part.

    A second implementation on the whole release: parts are looked up by label, as an attacker would.
    """
    press = Press(KEY, spec.parameters, Ledger(Path("none")))
    cells = [c for c in protect(spec, truth, press, outcome_variables=-1) if c.measure == "people"]
    shown = {frozenset(c.categories.items()): c.values[0] for c in cells}
    ranges = {item.label: item.blocks for item in spec.ranges}
    checked = above = 0
    for label, value in shown.items():
        taken = dict(label)
        splits = [[label | {(d.name, i)} for i in d.categories] for d in spec.crossable if d.name not in taken]
        rest = label - {("cohort", taken["cohort"])}
        splits += [[rest | {("cohort", block)} for block in ranges.get(taken["cohort"], ())]]
        for parts in splits:
            if value is not None and parts and all(p in shown and shown[p] is None for p in parts):
                checked += 1
                above += value > 10 * len(parts)
    return checked, above


def test_no_printed_count_of_a_release_is_above_its_hidden_parts(monkeypatch):
    spec, truth = settled(world(700, 5, follow_up=200))
    checked, above = breaches(spec, truth)
    assert checked > 200
    assert above == 0
    monkeypatch.setattr(build, "ceilings", lambda spec, period, crossing, cube, **_: [NONE] * truth.cells(crossing))
    assert breaches(spec, truth)[1] > 0
