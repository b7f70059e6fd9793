"""What a card says of a score: its questionnaire's scale and cuts, who has none, and what to keep in mind."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import notes, sentences, words
from dashboard.language import say
from dashboard.ui import data


def name(construct: str) -> str:
    """Return 'self-efficacy' for a construct, in the language spoken."""
    return say(words.CONSTRUCT_NAMES[construct])


def early(construct: str) -> str:
    """Return 'early self-efficacy' for a construct."""
    return say("early {what}", what=name(construct))


def average(row: pd.Series) -> str:
    """Return '4.1 (could be 4.0 to 4.2)'."""
    value = words.score(row["estimate"])
    if pd.isna(row["lower"]) or pd.isna(row["upper"]):
        return value
    return sentences.could_be(value, words.score_range(row["lower"], row["upper"]))


def missing(construct: str, where: data.Where) -> str:
    """Return how many people still in on day 30 have no early score of `construct`."""
    return notes.answered(data.ask("response_rate", where=where), construct, early(construct))


def all_missing(constructs: tuple[str, ...], where: data.Where) -> str:
    """Return how many have no early score of each of several constructs."""
    return sentences.paragraph(*(missing(construct, where) for construct in constructs))


def instrument(construct: str) -> dict[str, Any]:
    """Return what stands for `construct`: name, scale_min, scale_max, band_low, band_high, verified; maybe nothing."""
    found = (data.about().get("instruments") or {}).get(construct) or {}
    return dict(found)


def stands_for(construct: str) -> str:
    """Return which questionnaire alone stands for `construct`, and that nothing is pooled; empty if none is known."""
    questionnaire = instrument(construct).get("name")
    if not questionnaire:
        return ""
    return say(
        "{questionnaire} alone stands for {what}; questionnaires and raters are never pooled.",
        questionnaire=questionnaire,
        what=name(construct),
    )


def unconfirmed(*constructs: str) -> str:
    """Return a sentence naming the questionnaires whose scoring key is not confirmed yet; empty if all are."""
    named = [instrument(construct) for construct in constructs]
    unsure = [str(known["name"]) for known in named if known.get("verified") is False and known.get("name")]
    if not unsure:
        return ""
    return say("The scoring of the {names} is still to be confirmed with its manual.", names=words.joined(unsure))


def cuts(dimension: str) -> str:
    """Return ' (lower: under 3.8; middle: 3.8 to under 4.5; higher: 4.5 and over)' where the cuts are known."""
    known = instrument(dimension.removesuffix("_band")) if dimension.endswith("_band") else {}
    low, high = known.get("band_low"), known.get("band_high")
    if low is None or high is None:
        return ""
    known = {"low": f"{low:g}", "high": f"{high:g}"}
    return f" {say('(lower: under {low}; middle: {low} to under {high}; higher: {high} and over)', **known)}"


def care(*constructs: str, clear: bool) -> str:
    """Return what to keep in mind about an association with early scores, `clear` where its range excludes nothing."""
    return sentences.paragraph(notes.association(clear=clear), unconfirmed(*constructs))


def scale(construct: str) -> str:
    """Return ' (1 to 5)' where the scale is known."""
    known = instrument(construct)
    if known.get("scale_min") is None or known.get("scale_max") is None:
        return ""
    low, high = (f"{known[end]:g}" for end in ("scale_min", "scale_max"))
    return f" ({words.between(low, high)})"


def ceiling(table: pd.DataFrame) -> str:
    """Return how many people gave the highest rating, if many did."""
    row = table[table["series"].eq("at_ceiling") & table["status"].isin(["shown", "rough"])]
    if row.empty or row["estimate"].iloc[0] < 0.1:
        return ""
    share = words.percent(row["estimate"].iloc[0])
    return say(
        "{share} of people gave the highest possible rating, so differences at the top cannot be seen.", share=share
    )
