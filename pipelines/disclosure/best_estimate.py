"""The attacker's linear system: what best estimates secrets from noisy counts of them in cells that share people.

Counts of secrets vary together as their law times the people their cells share. Where everything is shown, the
inverse of that follows from the eigenvalues of the two; where some cells are hidden it is close enough for conjugate
gradients to get there in few steps (Hestenes and Stiefel 1952). All matrices are small: one large one would wait for
all processors at once, and takes many times as long on a machine that does anything else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
MOST_STEPS = 1_000
"""Steps after which the whole system is solved at once instead."""
CLOSE = 1e-9
"""Length of what is left, against that of what was seen, at which the steps end."""


@dataclass(frozen=True, slots=True)
class Shared:
    """How many people any two cells share, symmetric, with the eigenvalues and eigenvectors of that."""

    people: Numbers
    values: Numbers
    vectors: Numbers


def shared_by(people: Numbers) -> Shared:
    """Return the people that cells share with what the system needs to know of them, worked out once."""
    values, vectors = np.linalg.eigh(people)
    return Shared(people, np.maximum(values, 0.0), vectors)


def best_weights(law: Numbers, shared: Shared, is_shown: Flags, seen: Numbers, variance: float) -> Numbers:
    """Return the weight of each number seen, by secret (row) and cell (column), 0 where `is_shown` is False.

    `law` is the covariance of the secrets, `seen` are printed counts less their expectation and 0 where hidden,
    `variance` is that of the noise, above 0.
    """
    shown = is_shown.astype(np.float64)
    values, vectors = np.linalg.eigh(law)
    inverse = 1.0 / (np.outer(np.maximum(values, 0.0), shared.values) + variance)

    def nearly(left: Numbers) -> Numbers:
        turned = (vectors.T @ left @ shared.vectors) * inverse
        return (vectors @ turned @ shared.vectors.T) * shown

    weights = np.zeros(seen.shape)
    left, length = seen.copy(), float(np.vdot(seen, seen))
    step = better = nearly(left)
    gain = float(np.vdot(left, better))
    for _ in range(MOST_STEPS):
        if float(np.vdot(left, left)) <= CLOSE**2 * length:
            return weights
        spread = (law @ step @ shared.people) * shown + variance * step
        far = gain / float(np.vdot(step, spread))
        weights += far * step
        left -= far * spread
        better = nearly(left)
        before, gain = gain, float(np.vdot(left, better))
        step = better + gain / before * step
    return all_at_once(law, shared, is_shown, seen, variance)


def all_at_once(law: Numbers, shared: Shared, is_shown: Flags, seen: Numbers, variance: float) -> Numbers:
    """Return the same weights from the whole system in one piece."""
    secret, cell = np.nonzero(is_shown)
    spread = law[np.ix_(secret, secret)] * shared.people[np.ix_(cell, cell)]
    spread[np.diag_indices(len(spread))] += variance
    weights = np.zeros(seen.shape)
    if len(spread):
        factor = cho_factor(spread.T, overwrite_a=True, check_finite=False)
        weights[is_shown] = cho_solve(factor, seen[is_shown])
    return weights
