"""What a funnel table says of each unit: inside or outside the range, and of all of them together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

SHOWN = ("shown", "rough")
AS_IT_IS, SAME_MIX, DRAWN_IN = "as_it_is", "same_mix", "drawn_in"
CHANCE, BETWEEN = "chance", "also_between"


@dataclass(frozen=True, slots=True)
class Funnel:
    """A funnel: `dots` one row per unit (level, x people, estimate, within), limits as tables by width, `share`."""

    dots: pd.DataFrame
    inner: pd.DataFrame
    outer: pd.DataFrame
    share: float
    allows_for_differences: bool

    @property
    def within(self) -> int:
        """How many units lie within the inner limits."""
        return int(self.dots["within"].sum())

    @property
    def expected_outside(self) -> float:
        """How many units chance alone would put outside the inner limits, on average."""
        return 0.05 * len(self.dots)


def funnel(table: pd.DataFrame) -> Funnel | None:
    """Return the funnel of a table; None if there is nothing to draw.

    The limits are those of chance alone, also where units differ more: the wider ones are drawn beside them.
    """
    rows = table[table["status"].isin(SHOWN)]
    dots = rows[rows["stat"].eq("unit") & rows["series"].eq(AS_IT_IS)]
    share = rows[rows["series"].eq("everybody")]
    if dots.empty or share.empty:
        return None
    kinds = set(rows.loc[rows["stat"].eq("limit"), "series"])
    inner, outer = (rows[rows["series"].eq(f"{CHANCE}_{width}")].sort_values("x") for width in ("95", "99.8"))
    low, high = (np.interp(dots["x"], inner["x"], inner[side]) for side in ("lower", "upper"))
    judged = dots.assign(within=(dots["estimate"].to_numpy() >= low) & (dots["estimate"].to_numpy() <= high))
    return Funnel(judged, inner, outer, float(share["estimate"].iloc[0]), f"{BETWEEN}_95" in kinds)
