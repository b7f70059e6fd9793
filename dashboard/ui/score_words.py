"""What a card says of a score: its questionnaire's scale and cuts, who has none, and what to keep in mind."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import notes, words
from dashboard.ui import data


def early(construct: str) -> str:
    """Return 'early self-efficacy' for a construct."""
    return f"early {words.CONSTRUCT_NAMES[construct]}"


def average(row: pd.Series) -> str:
    """Return '4.1 (could be 4.0 to 4.2)'."""
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return words.score(row["estimate"])
    return f"{words.score(row['estimate'])} (could be {words.score_range(row['lower'], row['upper'])})"


def missing(construct: str, where: data.Where) -> str:
    """Return how many people still in on day 30 have no early score of `construct`."""
    return notes.answered(data.ask("response_rate", where=where), construct, early(construct))


def instrument(construct: str) -> dict[str, Any]:
    """Return what stands for `construct`: name, scale_min, scale_max, band_low, band_high, verified; maybe nothing."""
    found = (data.about().get("instruments") or {}).get(construct) or {}
    return dict(found)


def stands_for(construct: str) -> str:
    """Return which questionnaire alone stands for `construct`, and that nothing is pooled; empty if none is known."""
    name = instrument(construct).get("name")
    if not name:
        return ""
    what = words.CONSTRUCT_NAMES[construct]
    return f"{name} alone stands for {what}; questionnaires and raters are never pooled."


def unconfirmed(*constructs: str) -> str:
    """Return a sentence naming the questionnaires whose scoring key is not confirmed yet; empty if all are."""
    named = [instrument(construct) for construct in constructs]
    unsure = [str(known["name"]) for known in named if known.get("verified") is False and known.get("name")]
    if not unsure:
        return ""
    return f"The scoring of {words.joined(unsure)} is still to be confirmed with its manual."


def cuts(dimension: str) -> str:
    """Return ' (lower: under 3.8; middle: 3.8 to under 4.5; higher: 4.5 and over)' where the cuts are known."""
    known = instrument(dimension.removesuffix("_band")) if dimension.endswith("_band") else {}
    low, high = known.get("band_low"), known.get("band_high")
    if low is None or high is None:
        return ""
    return f" (lower: under {low:g}; middle: {low:g} to under {high:g}; higher: {high:g} and over)"


def care(*constructs: str) -> str:
    """Return what to keep in mind about an association with early scores."""
    return f"{notes.GO_TOGETHER} {unconfirmed(*constructs)}".strip()


def scale(construct: str) -> str:
    """Return ' (1 to 5)' where the scale is known."""
    known = instrument(construct)
    if known.get("scale_min") is None or known.get("scale_max") is None:
        return ""
    return f" ({known['scale_min']:g} to {known['scale_max']:g})"


def ceiling(table: pd.DataFrame) -> str:
    """Return how many people gave the highest rating, if many did."""
    row = table[table["series"].eq("at_ceiling") & table["status"].isin(["shown", "rough"])]
    if row.empty or row["estimate"].iloc[0] < 0.1:
        return ""
    share = words.percent(row["estimate"].iloc[0])
    return f"{share} of people gave the highest possible rating, so differences at the top cannot be seen."
