"""Every attack on what leaves the records, in the order of the page that tells of them."""

from __future__ import annotations

from tests.attacks import (
    averaging,
    bounds,
    coin,
    curve_steps,
    dictionary,
    formulas,
    identifiers,
    linkage,
    means,
    newcomer,
    reconstruction,
    subtraction,
)

ATTACKS = tuple(
    module.ATTACK
    for module in (
        bounds,
        subtraction,
        averaging,
        newcomer,
        curve_steps,
        means,
        reconstruction,
        coin,
        dictionary,
        linkage,
        formulas,
        identifiers,
    )
)
SIZES = (1_000, 3_000, 10_000)
SEEDS = (1, 2, 3)
"""People and seeds with which `make validate` runs every attack."""
