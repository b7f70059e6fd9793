"""Which groups of a comparison are drawn: at most five, each of thirty people or more, the rest named."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard import words

SMALLEST = 30
MOST = 5


def sizes(table: pd.DataFrame) -> dict[str, float]:
    """Return the people at the start of each level's line; levels without a shown start are left out."""
    rows = table[table["status"].isin(["shown", "rough"]) & table["n"].notna()]
    rows = rows[rows["stat"].isin(["at_risk", "share"])]
    return {str(level): float(part.sort_values("x")["n"].iloc[0]) for level, part in rows.groupby("level", sort=False)}


def compared(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the levels to be drawn, with the differences between them and the test over all."""
    large = {level: n for level, n in sizes(table).items() if n >= SMALLEST}
    kept = set(sorted(large, key=lambda level: -large[level])[:MOST])
    pair = table["stat"].eq("difference")
    inside = table["level"].map(lambda level: set(str(level).split("|")) <= kept)
    return table[(~pair & table["level"].isin(kept)) | (pair & inside) | table["stat"].eq("p_value")]


def left_out(table: pd.DataFrame, names: Mapping[str, str] | None = None) -> str:
    """Return a sentence naming the levels that are not drawn; empty if all are."""
    kept = set(compared(table)["level"])
    levels = dict.fromkeys(table[table["stat"].eq("share")]["level"])
    gone = [words.name(str(level), names) for level in levels if level not in kept]
    if not gone:
        return ""
    return f"{words.joined(gone)} ({'a group' if len(gone) == 1 else 'groups'} of fewer than {SMALLEST} people)."


def followed(table: pd.DataFrame) -> float | None:
    """Return how many people the drawn lines start with; None if no start is shown."""
    start = sizes(table)
    return sum(start.values()) if start else None
