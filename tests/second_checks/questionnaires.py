"""Rules about scores and answers, which the registry of instruments knows the ranges of."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pipelines.instruments import Instrument

ENOUGH_ANSWERS, ENOUGH_ITEMS = 5, 8
"""So many equal answers tell of a questionnaire with items turned round, so many of one without, all of it answered."""


def ranges(registry: Mapping[str, Instrument]) -> pd.DataFrame:
    """Return one row an instrument: its items, the ranges of answer and score, and whether items are turned round."""
    return pd.DataFrame(
        {
            name: [one.n_items, one.item_min, one.item_max, one.scale_min, one.scale_max, bool(one.reversed)]
            for name, one in registry.items()
        },
        index=["n_items", "item_min", "item_max", "scale_min", "scale_max", "has_reversed"],
    ).T.infer_objects()


def scores_out_of_range(assessments: pd.DataFrame, known: pd.DataFrame) -> pd.Series[bool]:
    """Return the questionnaires whose reported score cannot be."""
    of_each = known.reindex(assessments["instrument_id"].cat.categories)
    place = assessments["instrument_id"].cat.codes
    low, high = (place.map(of_each[name].reset_index(drop=True)) for name in ("scale_min", "scale_max"))
    return (assessments["total"] < low) | (assessments["total"] > high)


def answers_that_cannot_be(items: pd.DataFrame, known: pd.DataFrame) -> dict[str, pd.Series[bool]]:
    """Return the answers out of range, and those to an item that the questionnaire has not."""
    of_each = known.reindex(items["instrument_id"].cat.categories).reset_index(drop=True)
    place = items["instrument_id"].cat.codes
    low, high, last = (place.map(of_each[name]) for name in ("item_min", "item_max", "n_items"))
    return {
        "item_out_of_range": (items["value"] < low) | (items["value"] > high),
        "item_unknown_number": items["item_no"] > last,
    }


def equal_answers(items: pd.DataFrame, known: pd.DataFrame) -> dict[str, pd.Index[int]]:
    """Return the questionnaires of which every answer in `items` is the same, by rule.

    Where items are turned round, five equal answers contradict each other. Where none is, and there are eight items or
    more, all must be answered, and by neither end of the scale.
    """
    answers = items.dropna(subset=["value"]).groupby("assessment_place")["value"].agg(["size", "min", "max"])
    alike = answers[answers["min"] == answers["max"]]
    instrument = items.drop_duplicates("assessment_place").set_index("assessment_place")["instrument_id"]
    alike = alike.join(instrument.astype("object")).join(known, on="instrument_id", how="inner")
    turned = alike["has_reversed"].astype(bool)
    inside = (alike["min"] > alike["item_min"]) & (alike["max"] < alike["item_max"])
    whole = (alike["n_items"] >= ENOUGH_ITEMS) & (alike["size"] == alike["n_items"])
    return {
        "straight_lining": alike.index[turned & (alike["size"] >= ENOUGH_ANSWERS)],
        "same_answer_throughout": alike.index[~turned & whole & inside],
    }
