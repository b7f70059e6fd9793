"""Which groups of a comparison are drawn: at most five, each of thirty people or more, the rest named."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard import words
from dashboard.language import say, say_many

SMALLEST = 30
MOST = 5
MAIN = ("share", "mean")
"""What the rows of a level are that is drawn."""
NO_GROUP = ("no_score", "left_before")
"""Levels that are no group of people to compare."""


def sizes(table: pd.DataFrame) -> dict[str, float]:
    """Return the people at the start of each level's line; levels without a shown start are left out."""
    rows = table[table["status"].isin(["shown", "rough"]) & table["n"].notna()]
    rows = rows[rows["stat"].isin(["at_risk", *MAIN])]
    return {str(level): float(part.sort_values("x")["n"].iloc[0]) for level, part in rows.groupby("level", sort=False)}


def compared(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the levels to be drawn, with the differences between them and the test over all."""
    kept = _kept(table)
    pair = table["stat"].eq("difference")
    inside = table["level"].map(lambda level: set(str(level).split("|")) <= kept)
    return table[(~pair & table["level"].isin(kept)) | (pair & inside) | table["stat"].eq("p_value")]


def largest(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the levels a figure of single numbers draws: those of a curve, without people of no score."""
    apart = table["level"].map(lambda level: bool(set(str(level).split("|")) & set(NO_GROUP)))
    return compared(table[~apart])


def left_out(table: pd.DataFrame, names: Mapping[str, str] | None = None) -> str:
    """Return sentences naming the levels that are not drawn and why; empty if all are."""
    kept, large = _kept(table), _large(table)
    levels = [str(level) for level in dict.fromkeys(table[table["stat"].isin(MAIN)]["level"])]
    gone = [level for level in levels if level not in kept and level not in NO_GROUP]
    small, beyond = (
        [words.name(level, names) for level in gone if (level in large) is is_large] for is_large in (False, True)
    )
    said = []
    if small:
        said.append(
            say_many(
                "{groups} (a group of fewer than {number} people).",
                "{groups} (groups of fewer than {number} people).",
                len(small),
                groups=words.joined(small),
                number=SMALLEST,
            )
        )
    if beyond:
        said.append(
            say(
                "{groups} (only the {number} largest groups are drawn, so that lines can be told apart).",
                groups=words.joined(beyond),
                number=MOST,
            )
        )
    return " ".join(said)


def _large(table: pd.DataFrame) -> dict[str, float]:
    return {level: n for level, n in sizes(table).items() if n >= SMALLEST}


def _kept(table: pd.DataFrame) -> set[str]:
    large = _large(table)
    return set(sorted(large, key=lambda level: -large[level])[:MOST])


def followed(table: pd.DataFrame, asked: pd.DataFrame | None = None) -> float | None:
    """Return how many people the drawn lines start with; None if no start is shown, or beside a group of `asked` so
    small that the sum would give it away."""
    start = sizes(table)
    return sum(start.values()) if start and (asked is None or sum_is_safe(asked)) else None


def sum_is_safe(asked: pd.DataFrame) -> bool:
    """Tell whether no group is hidden as too small: beside one, the sum of the others and that of all give it away.

    The printed counts of a release do not add up, so that a sum of them gives nothing away.
    """
    rows = asked[asked["stat"].isin([*MAIN, "rate"]) & asked["level"].ne("") & asked["source"].eq("live")]
    shown = set(rows[rows["status"].isin(["shown", "rough"])]["level"])
    return not (rows["reason"].eq("below_threshold") & ~rows["level"].isin(shown)).any()
