"""Ways to protect the same tables: ours as the build prints them, and the alternatives it was chosen over.

Each method gets true counts and returns what it prints, NaN where hidden. Alternatives are those of the project's
disclosure design that need no joint optimisation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

Counts = np.ndarray
Method = Callable[[Counts, Counts, np.random.Generator], tuple[Counts, Counts]]
"""From people and people with an outcome (NaN where the cell has none) to both as printed."""


def hidden_under_11(n: Counts, k: Counts, _chance: np.random.Generator) -> tuple[Counts, Counts]:
    """Hide counts under 11, on either side of an outcome, and print the rest exactly."""
    return np.where(n >= 11, n, np.nan), np.where(_both_sides(n, k), k, np.nan)


def starred_to_7(n: Counts, k: Counts, _chance: np.random.Generator) -> tuple[Counts, Counts]:
    """Star 1 to 7 and round the rest to the nearest 5, zero being shown, as NHS Digital does."""
    return tuple(np.where((t >= 1) & (t <= 7), np.nan, nearest_5(t)) for t in (n, k))


def rounded_from_11(n: Counts, k: Counts, _chance: np.random.Generator) -> tuple[Counts, Counts]:
    """Hide counts under 11, on either side of an outcome, and round the rest to the nearest 5 without noise."""
    return np.where(n >= 11, nearest_5(n), np.nan), np.where(_both_sides(n, k), nearest_5(k), np.nan)


def cell_key(n: Counts, k: Counts, chance: np.random.Generator) -> tuple[Counts, Counts]:
    """Add noise of -2..2 to every count but zero and hide nothing."""
    return tuple(np.where(t > 0, np.maximum(0, t + chance.integers(-2, 3, len(t))), t) for t in (n, k))


def nearest_5(count: Counts) -> Counts:
    """Return the nearest multiple of 5."""
    return np.floor(count / 5 + 0.5) * 5


def _both_sides(n: Counts, k: Counts) -> Counts:
    return (k >= 11) & (n - k >= 11)


ALTERNATIVES: Mapping[str, Method] = {
    "under 11 hidden, the rest exact": hidden_under_11,
    "1 to 7 starred, nearest 5, zero shown": starred_to_7,
    "under 11 hidden, nearest 5, no noise": rounded_from_11,
    "cell key within 2, zeros kept": cell_key,
}
OURS = "this program"
