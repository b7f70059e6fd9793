"""Where a direct label stands: as near its mark as it can, over no line, over no other label, in the marks' order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

STEP = 2
"""Heights are tried every 2 px."""


def label_heights(
    marks: Sequence[float], covered: Sequence[Sequence[tuple[float, float]]], *, height: float, size: float = 19
) -> list[float]:
    """Return the height in px above the axis of each label's middle.

    `marks` are the heights of the marks in px, highest first; `covered[i]` lists the spans (low, high) in px that
    lines fill beside label i; `height` is the plot's height and `size` a label's height, in px. The arrangement is
    the best one on a 2 px grid, found by dynamic programming over labels from the top down.
    """
    if not marks:
        return []
    grid = np.arange(size / 2, height - size / 2 + STEP, STEP)
    costs = [_cost(grid, mark, spans, size) for mark, spans in zip(marks, covered, strict=True)]
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


def _cost(grid: np.ndarray, mark: float, spans: Sequence[tuple[float, float]], size: float) -> np.ndarray:
    """Return the cost of each height: px from the mark, plus a fine for every px of label that covers a line."""
    distance = np.abs(grid - mark)
    fine = np.zeros(len(grid))
    for low, high in spans:
        overlap = np.minimum(grid + size / 2, high + 3) - np.maximum(grid - size / 2, low - 3)
        fine += np.where(overlap > 0, 60 + 4 * overlap, 0)
    # A label above its line reads more naturally than one below.
    return distance + fine + np.where(grid < mark, 3, 0)
