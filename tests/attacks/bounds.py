"""Linear and integer programmes: the least and the most a hidden cell can be, given every table that was printed.

Three attacks of growing strength on each cell and falling reach: bounds carried through all sums of the whole declared
lattice (every small cell); the linear programme over the whole lattice (a sample of small cells); tables of whole
people over sub-lattices of four dimensions (a smaller sample, linear and integer). For an outcome the attacker is even
told whether those with it or those without it are few.

A programme that looks for the largest sum of all cells of a sample gives one table that fits everything printed; where
a cell is 10 in one such table and 0 in another, nothing was learned about it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix

from pipelines.disclosure.bounds import Sums, carried
from pipelines.disclosure.spec import Dimension
from tests.attacks import small_sides
from tests.attacks.lattice import Lattice, lattice
from tests.attacks.result import Attack, Line, Result, results

SAMPLE, INTEGER_SAMPLE = 150, 15
HIDDEN = "under 11 hidden, the rest exact"
LINES = (
    Line("small cells recovered, sums of the whole lattice", HIDDEN, 0.03, 0.0),
    Line("small cells known to within 2, sums of the whole lattice", HIDDEN, 0.08, 0.0),
    Line("small cells proved not to be zero, sums of the whole lattice", HIDDEN, 0.15, 0.1),
    Line("sampled small cells recovered, linear programme over the whole lattice", HIDDEN, 0.02, 0.0),
    Line("sampled small cells known to within 2, linear programme over the whole lattice", HIDDEN, 0.05, 0.0),
    Line("sampled small cells known to within 2, integer programme over four dimensions", HIDDEN, 0.06, 0.0),
    Line("hidden sides of outcomes recovered when told which side is small", HIDDEN, 0.05, 0.0),
)
EXACT = 0.5
"""A range narrower than this holds one whole number."""


def attack(n: int, seed: int, sample: int = SAMPLE, integers: int = INTEGER_SAMPLE) -> list[Result]:
    """Attack the lattice of `n` people: hidden cells under exact tables, and under the printed ones."""
    held = lattice(n, seed)
    chance = np.random.default_rng(seed)
    chosen = chance.choice(held.small, sample, replace=False)
    short = {d.name for d in held.spec.dimensions if len(d.categories) <= 5}
    crossed = [at for at in held.small if len(held.labels[at]) == 3 and {name for name, _ in held.labels[at]} <= short]
    few = chance.choice(crossed, integers, replace=False)
    naive, gate = (_widths(held, chosen, few, is_naive=is_naive) for is_naive in (True, False))
    return results(LINES, [*zip(naive, gate, strict=True), small_sides.recovered(held, chance)])


def _widths(held: Lattice, chosen: np.ndarray, few: np.ndarray, *, is_naive: bool) -> list[float]:
    """Return the first measures of the attack, against exact tables or printed ones.

    Exact tables are not put through the whole programme: what the sums alone recover, it recovers as well.
    """
    least, most = carried(Sums(held.parts, held.wholes), *(held.naive_bounds() if is_naive else held.printed_bounds()))
    assert ((least <= held.true) & (held.true <= most)).all()
    width = most - least
    spans = width[chosen] if is_naive else programme(held, least, most, chosen)
    whole = [integer_span(held, least, most, int(at)) for at in few]
    surely = np.array([span if solved or not is_naive else np.inf for span, solved in whole])
    small = held.small
    shares = [width[small] < EXACT, width[small] <= 2, least[small] > EXACT]
    shares += [spans < EXACT, spans <= 2, surely <= 2]
    return [float(np.mean(part)) for part in shares]


def programme(held: Lattice, least: np.ndarray, most: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return the range of each chosen cell over all tables that fit, at least: nothing beyond 2 is narrowed further.

    One table with the largest sum of the cells and one with the smallest settle most of them at once; the cells that
    these two leave within 2 are asked for again together, and then one by one.
    """
    span = _apart(held, least, most, chosen)
    left = np.flatnonzero(span <= 2)
    if len(left) > 1:
        span[left] = np.maximum(span[left], _apart(held, least, most, chosen[left]))
    for one in np.flatnonzero(span <= 2):
        span[one] = _apart(held, least, most, chosen[[one]])[0]
    return span


def _apart(held: Lattice, least: np.ndarray, most: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Return how far apart each cell is in two tables that fit: where the sum of all is largest and smallest."""
    rows = np.arange(len(held.wholes))
    sums = held.parts - csr_matrix((np.ones(len(rows)), (rows, held.wholes)), shape=held.parts.shape)
    ends = []
    for sign in (-1, 1):
        goal = np.zeros(len(held.labels))
        goal[chosen] = sign
        limits = np.stack([least, most], axis=1)
        answer = linprog(goal, A_eq=sums, b_eq=np.zeros(len(rows)), bounds=limits, method="highs-ipm")
        assert answer.status == 0
        ends.append(answer.x[chosen])
    return np.abs(ends[0] - ends[1])


def integer_span(held: Lattice, least: np.ndarray, most: np.ndarray, target: int) -> tuple[float, bool]:
    """Return the range of a cell over tables of whole people by its dimensions and one more, and whether all of it.

    Where time runs out, the range is that between the tables found so far: the whole of it is no narrower.
    """
    own = {name for name, _ in held.labels[target]}
    further = min((d for d in held.spec.dimensions if d.name not in own), key=lambda d: len(d.categories))
    dimensions = [d for d in held.spec.dimensions if d.name in own or d.name == further.name]
    names = {d.name for d in dimensions}
    rows = [at for label, at in held.place.items() if {name for name, _ in label} <= names]
    sizes = [len(d.categories) for d in dimensions]
    inside = np.stack([_flags(held, rows_at, dimensions, sizes) for rows_at in rows])
    sums = LinearConstraint(csr_matrix(inside), least[rows], most[rows])
    goal = inside[rows.index(target)]
    ends = [
        milp(
            sign * goal, constraints=sums, integrality=np.ones(len(goal)), bounds=Bounds(0), options={"time_limit": 20}
        )
        for sign in (1, -1)
    ]
    assert all(end.x is not None for end in ends)
    return float(-ends[1].fun - ends[0].fun), all(end.status == 0 for end in ends)


def _flags(held: Lattice, at: int, dimensions: Sequence[Dimension], sizes: Sequence[int]) -> np.ndarray:
    """Return which cells of the table over `dimensions` a label takes together."""
    chosen = dict(held.labels[at])
    ranges = {item.label: item.blocks for item in held.spec.ranges}
    places = []
    for dimension in dimensions:
        wanted = chosen.get(dimension.name)
        held_by = ranges.get(str(wanted), (wanted,)) if wanted else dimension.categories
        places.append([dimension.categories.index(str(item)) for item in held_by])
    flags = np.zeros(sizes)
    flags[np.ix_(*places)] = 1
    return flags.ravel()


ATTACK = Attack("Bounds on hidden cells by linear and integer programmes", LINES, attack)
