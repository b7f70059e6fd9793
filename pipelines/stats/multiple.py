"""Several tests at once: p-values that allow for how many are shown."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import false_discovery_control

from pipelines.stats.limits import FloatArray


def benjamini_hochberg(p: ArrayLike) -> FloatArray:
    """Return the q-value of each p-value: the share of false findings among those as small, at most.

    A missing p-value counts as no test and stays missing. Raises ValueError for a p-value outside 0 to 1.
    Source: Benjamini & Hochberg 1995; scipy's `false_discovery_control`.
    """
    given = np.asarray(p, dtype=float)
    adjusted = np.full(given.shape, np.nan)
    tested = ~np.isnan(given)
    if bool(tested.any()):
        adjusted[tested] = false_discovery_control(given[tested], method="bh")
    return adjusted
