"""Answers to single items that add up to a given total, with item difficulty and chance in each."""

from __future__ import annotations

import numpy as np

from pipelines.simulate.model import Array


def spread_total(total: Array, items: int, low: int, high: int, rng: np.random.Generator, spread: float = 0.7) -> Array:
    """Return answers (rows of `total` x items) between `low` and `high` whose row sums are exactly `total`.

    Each item climbs one step at a time; a step's place in the queue is its height plus the item's difficulty
    and chance, and the first total - items x low steps of the queue are taken. `spread` is the size of chance.
    """
    steps = high - low
    difficulty = 0.5 * spread * rng.standard_normal(items)
    chance = spread * rng.standard_normal((len(total), items))
    queue = np.arange(steps)[None, None, :] + (difficulty + chance)[:, :, None]
    flat = queue.reshape(len(total), items * steps)
    place = np.empty(flat.shape, dtype=np.int32)
    np.put_along_axis(place, np.argsort(flat, axis=1, kind="stable"), np.arange(flat.shape[1])[None, :], axis=1)
    taken = place < (np.asarray(total).round().astype(np.int64) - items * low)[:, None]
    return np.asarray(low + taken.reshape(queue.shape).sum(axis=2))
