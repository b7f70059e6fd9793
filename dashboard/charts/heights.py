"""Where a direct label stands: near its mark, over no other line or label, in the marks' order.

A label that must cover a line covers its own: words on their own line are read with it, words beyond another line
would be read with that one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

STEP = 2
"""Heights are tried every 2 px."""
BEYOND, OTHER, OWN = 90, 40, 8
"""Fines in px for standing beyond another line, for touching another line, and for covering one's own.

A label's height holds some px of air, so that touching by a few px hides nothing.
"""


def label_heights(
    marks: Sequence[float],
    covered: Sequence[Sequence[tuple[float, float]]],
    own: Sequence[Sequence[tuple[float, float]]] | None = None,
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
    if not marks:
        return []
    grid = np.arange(size / 2, height - size / 2 + STEP, STEP)
    costs = [
        _cost(grid, mark, spans, size, mine)
        for mark, spans, mine in zip(marks, covered, own or [[] for _ in marks], strict=True)
    ]
    gap = int(np.ceil(size / STEP))
    best, came_from = [costs[0]], []
    for cost in costs[1:]:
        above = np.full(len(grid), np.inf)
        origin = np.zeros(len(grid), dtype=int)
        lowest, at = np.inf, 0
        for i in range(len(grid) - 1 - gap, -1, -1):
            if best[-1][i + gap] < lowest:
                lowest, at = best[-1][i + gap], i + gap
            above[i], origin[i] = lowest, at
        best.append(cost + above)
        came_from.append(origin)
    if not np.isfinite(best[-1]).any():
        return [float(mark) for mark in marks]
    place = int(np.argmin(best[-1]))
    places = [place]
    for origin in reversed(came_from):
        place = int(origin[place])
        places.append(place)
    return [float(grid[i]) for i in reversed(places)]


def _cost(
    grid: np.ndarray,
    mark: float,
    spans: Sequence[tuple[float, float]],
    size: float,
    own: Sequence[tuple[float, float]] = (),
) -> np.ndarray:
    """Return the cost of each height: px from the mark, plus a fine for every px of label that covers a line.

    A label on the far side of another line is fined too: it would be taken for that line's.
    """
    distance = np.abs(grid - mark)
    fine = np.zeros(len(grid))
    for low, high in spans:
        overlap = np.minimum(grid + size / 2, high + 3) - np.maximum(grid - size / 2, low - 3)
        fine += np.where(overlap > 0, OTHER + 6 * overlap, 0)
        beyond = (grid > high) if mark < low else (grid < low) if mark > high else np.zeros(len(grid), dtype=bool)
        fine += np.where(beyond, BEYOND, 0)
    for low, high in own:
        overlap = np.minimum(grid + size / 2, high + 3) - np.maximum(grid - size / 2, low - 3)
        fine += np.where(overlap > 0, OWN + overlap, 0)
    # A label above its line reads more naturally than one below.
    return distance + fine + np.where(grid < mark, 3, 0)
