"""Where a direct label stands: near its mark, over no other line or label, in the marks' order.

A label that must cover a line covers its own: words on their own line are read with it, words beyond another line
would be read with that one.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

STEP = 2
"""Heights are tried every 2 px."""
AIR = 1
"""Px between a label and a line that it does not cover."""
BEYOND, OTHER, OWN = 90, 40, 20
"""Fines in px for standing beyond another line, for touching another line, and for covering one's own.

A label's height holds some px of air, so that touching by a few px hides nothing.
"""
CLASH = 1000
"""Fine in px for two labels of which one hides the other."""
LEFT = 6
"""Fine in px for standing left of the mark, where words are read before it."""
MOST_SIDES = 5
"""Labels of which every arrangement on two sides is tried; of more, all but the lowest stand on the right."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Beside:
    """What is on one side of a mark: spans (low, high) in px that other lines and its own fill, and a fine in px.

    `across` is where the label begins and ends from left to right, in px, at every width for which that is known.
    """

    others: Sequence[Span]
    own: Sequence[Span]
    fine: float = 0.0
    across: Sequence[Span] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a label stands: left or right of its mark, its middle in px above the axis, whether it covers a line."""

    left: bool
    height: float
    covers: bool


def label_heights(
    marks: Sequence[float],
    covered: Sequence[Sequence[Span]],
    own: Sequence[Sequence[Span]] | None = None,
    *,
    height: float,
    size: float = 19,
) -> list[float]:
    """Return the height in px above the axis of each label's middle.

    `marks` are the heights of the marks in px, highest first; `covered[i]` lists the spans (low, high) in px that
    other lines fill beside label i and `own[i]` those of its own line, which cost less; `height` is the plot's and
    `size` a label's height in px. The arrangement is the best one on a 2 px grid, found by dynamic programming over
    labels from the top down.
    """
    grid = _grid(height, size)
    costs = [
        _cost(grid, mark, spans, size, mine)
        for mark, spans, mine in zip(marks, covered, own or [[] for _ in marks], strict=True)
    ]
    places, _ = _arranged(costs, int(np.ceil(size / STEP)))
    return [float(mark) for mark in marks] if places is None else [float(grid[place]) for place in places]


def label_places(
    marks: Sequence[float],
    right: Sequence[Beside],
    left: Sequence[Beside | None],
    *,
    height: float,
    size: float = 17,
) -> list[Place]:
    """Return the place of each label right or left of its mark; `left[i]` is None where there is no room for it.

    The rest is as for `label_heights`; labels on one side keep their order and their distance.
    """
    grid, gap = _grid(height, size), int(np.ceil(size / STEP))
    beside = [right, left]
    costs = [
        [
            None if there is None else _cost(grid, mark, there.others, size, there.own) + there.fine + side * LEFT
            for mark, there in zip(marks, beside[side], strict=True)
        ]
        for side in (0, 1)
    ]
    best: tuple[float, list[tuple[int, int]]] = (np.inf, [])
    for sides in _sides([cost is not None for cost in costs[1]]):
        total, found = 0.0, dict[int, int]()
        for side in (0, 1):
            here = [i for i, chosen in enumerate(sides) if chosen == side]
            places, cost = _arranged([found_cost for i in here if (found_cost := costs[side][i]) is not None], gap)
            total += np.inf if places is None else cost
            found |= dict(zip(here, places or [], strict=False))
        if np.isfinite(total):
            total += CLASH * _clashes([beside[side][i] for i, side in enumerate(sides)], sides, found, gap)
        if total < best[0]:
            best = total, [(sides[i], found[i]) for i in range(len(marks))]
    if marks and not best[1]:
        return [Place(False, float(mark), True) for mark in marks]
    return [
        Place(bool(side), float(grid[place]), _covers(float(grid[place]), beside[side][i], size))
        for i, (side, place) in enumerate(best[1])
    ]


def _sides(free: Sequence[bool]) -> list[tuple[int, ...]]:
    """Return the arrangements that are tried: for each label 0 for right or, where the left is free, 1 for left."""
    last = len(free) - 1
    choices = [(0, 1) if is_free and (i == last or len(free) <= MOST_SIDES) else (0,) for i, is_free in enumerate(free)]
    return list(itertools.product(*choices))


def _clashes(labels: Sequence[Beside | None], sides: Sequence[int], places: Mapping[int, int], gap: int) -> int:
    """Return how many pairs of labels on different sides, of marks apart from each other, lie over one another."""
    return sum(
        sides[one] != sides[other]
        and abs(places[one] - places[other]) < gap
        and any(a[0] < b[1] and b[0] < a[1] for a, b in zip(_across(labels[one]), _across(labels[other]), strict=False))
        for one, other in itertools.combinations(range(len(sides)), 2)
    )


def _across(label: Beside | None) -> Sequence[Span]:
    return label.across if label else ()


def _covers(at: float, beside: Beside | None, size: float) -> bool:
    spans = [*beside.others, *beside.own] if beside else []
    return any(low < at + size / 2 and high > at - size / 2 for low, high in spans)


def _grid(height: float, size: float) -> np.ndarray:
    return np.arange(size / 2, height - size / 2 + STEP, STEP)


def _arranged(costs: Sequence[np.ndarray], gap: int) -> tuple[list[int] | None, float]:
    """Return the places on the grid of labels from the top down, `gap` apart, that cost least; None without any."""
    if not costs:
        return [], 0.0
    best, came_from = [costs[0]], []
    for cost in costs[1:]:
        above = np.full(len(cost), np.inf)
        origin = np.zeros(len(cost), dtype=int)
        lowest, at = np.inf, 0
        for i in range(len(cost) - 1 - gap, -1, -1):
            if best[-1][i + gap] < lowest:
                lowest, at = best[-1][i + gap], i + gap
            above[i], origin[i] = lowest, at
        best.append(cost + above)
        came_from.append(origin)
    if not np.isfinite(best[-1]).any():
        return None, np.inf
    place = int(np.argmin(best[-1]))
    least = float(best[-1][place])
    places = [place]
    for origin in reversed(came_from):
        place = int(origin[place])
        places.append(place)
    return places[::-1], least


def _cost(grid: np.ndarray, mark: float, spans: Sequence[Span], size: float, own: Sequence[Span] = ()) -> np.ndarray:
    """Return the cost of each height: px from the mark, plus a fine for every px of label that covers a line.

    A label on the far side of another line is fined too: it would be taken for that line's.
    """
    distance = np.abs(grid - mark)
    fine = np.zeros(len(grid))
    for low, high in spans:
        overlap = np.minimum(grid + size / 2, high + AIR) - np.maximum(grid - size / 2, low - AIR)
        fine += np.where(overlap > 0, OTHER + 6 * overlap, 0)
        beyond = (grid > high) if mark < low else (grid < low) if mark > high else np.zeros(len(grid), dtype=bool)
        fine += np.where(beyond, BEYOND, 0)
    for low, high in own:
        overlap = np.minimum(grid + size / 2, high + AIR) - np.maximum(grid - size / 2, low - AIR)
        fine += np.where(overlap > 0, OWN + overlap, 0)
    # A label above its line reads more naturally than one below.
    return distance + fine + np.where(grid < mark, 3, 0)
