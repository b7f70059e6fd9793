"""Answers and a key give a score: one engine, set-based SQL, for a single questionnaire and for millions.

A reversed answer is min + max - answer. A total is the mean of the keyed answers times the
instrument's multiplier (the number of items for a sum), so where few enough answers are missing
they count as the mean of those given. Nothing is clipped or guessed: an answer out of range, an
item the instrument does not have or too many missing answers leave no score, and a count says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import overload

import duckdb
import pandas as pd

from pipelines import schema
from pipelines.faults import Fault, InputFault
from pipelines.instruments import Example, Instrument, is_shipped
from pipelines.warehouse import in_memory, quoted, statement

RULES: dict[str, str] = {
    "score_from_items": "The score was worked out from the answers.",
    "score_as_reported": "No answers were given; the total was taken as reported.",
    "score_prorated": "Missing answers count as the mean of those given.",
    "score_mismatch": "The reported total differs from the one worked out, which is kept.",
    "score_report_not_kept": "A total was reported, but the answers beside it cannot be scored; there is no score.",
    "score_too_many_missing": "More answers are missing than the rule allows; there is no score.",
    "score_out_of_range": "An answer or the reported total is out of range; there is no score.",
    "score_unknown_item": "An item number is not one of the instrument's; there is no score.",
    "score_no_answers": "Answered by its status, yet without any answer or total.",
}
"""Rules of the quality table this module counts, in words for the quality page."""
EXAMPLE_TOLERANCE = 5e-6
"""How far a worked example, printed with six decimals, may lie from the score."""
_SCORING = ("score_answers", "score_subscales", "score_totals")


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one questionnaire; `refusal`, a key of `instruments.REFUSALS`, says why there is no total.

    `pomp` is the percent of the maximum possible, 0-100; `subscales` holds those that can be scored.
    """

    total: float | None
    pomp: float | None
    n_items: int
    n_missing: int
    prorated: bool
    at_ceiling: bool
    refusal: str | None
    subscales: Mapping[str, float] = field(default_factory=dict)


@overload
def score_items(instrument: Instrument, answers: Mapping[int, float | None]) -> Score:
    """Score one questionnaire."""


@overload
def score_items(instrument: Instrument, answers: pd.DataFrame) -> pd.DataFrame:
    """Score a table of questionnaires."""


def score_items(instrument: Instrument, answers: Mapping[int, float | None] | pd.DataFrame) -> Score | pd.DataFrame:
    """Score answers by item number: a mapping gives a `Score`, a table with one row each gives a table.

    The columns of the table are item numbers; an absent, empty or None answer is missing. The
    result has the index of `answers` and the columns total, pomp, n_items, n_missing, prorated,
    at_ceiling, refusal and subscale_<name> for every subscale of the instrument.
    """
    if isinstance(answers, pd.DataFrame):
        return _score_table(instrument, answers)
    row = _score_table(instrument, pd.DataFrame([{int(item): value for item, value in answers.items()}])).iloc[0]
    return _as_score(row, instrument)


def score_assessments(
    con: duckdb.DuckDBPyConnection,
    registry: Mapping[str, Instrument],
    assessments: str = "clean_assessments",
    items: str = "clean_assessment_items",
) -> pd.DataFrame:
    """Score the relation `assessments` of `con`, a reported total in `total`, from the answers in `items`.

    Leaves the TEMP relations `score_totals` (the incoming columns of every assessment and its score), which reads
    `assessments` again each time, `score_subscales` and `score_quality`; returns the last: rule, instrument_id,
    assessments. Assessments of an instrument that is not in the registry stay as they are. Raises InputFault if
    an instrument's key disagrees with its own worked examples; those that are shipped were compared before.
    """
    faults = check_examples(instrument for instrument in registry.values() if not is_shipped(instrument))
    if faults:
        raise InputFault(faults)
    given = {"given_assessments": (assessments, schema.ASSESSMENTS), "given_items": (items, schema.ASSESSMENT_ITEMS)}
    for name, (relation, table) in given.items():
        columns = ", ".join(quoted(column.name) for column in table.incoming)
        view = " ".join(("create or replace temp view", name, "as select", columns, "from", quoted(relation)))
        con.execute(view)
    _score(con, registry)
    con.execute(statement("sql/score_quality.sql"))
    return con.execute("select rule, instrument_id, assessments from score_quality").df()


def instrument_tables(con: duckdb.DuckDBPyConnection, registry: Mapping[str, Instrument]) -> None:
    """Write the registry into `con` as TEMP tables.

    `instrument_keys` has one row per instrument (range, scale, rule for missing answers, bands),
    `instrument_item_keys` one per item, `instrument_subscale_keys` one per item of a subscale.
    """
    instruments = list(registry.values())
    for name, rows, columns in (
        ("instrument_keys", [_key(each) for each in instruments], _KEY_COLUMNS),
        ("instrument_item_keys", [row for each in instruments for row in _item_keys(each)], _ITEM_COLUMNS),
        ("instrument_subscale_keys", [row for each in instruments for row in _subscale_keys(each)], _SUBSCALE_COLUMNS),
    ):
        given = f"given_{name}"
        con.register(given, pd.DataFrame(rows, columns=list(columns)))
        con.execute(statement(f"sql/score_{name}.sql"))
        con.unregister(given)


def check_examples(instruments: Iterable[Instrument]) -> list[Fault]:
    """Score every worked example of every instrument and return one fault for each that comes out differently."""
    registry = {instrument.instrument_id: instrument for instrument in instruments}
    cases = [(each, number) for each in registry.values() for number in range(len(each.examples))]
    if not cases:
        return []
    assessments = pd.DataFrame(
        {"assessment_id": range(len(cases)), "instrument_id": [instrument.instrument_id for instrument, _ in cases]}
    )
    items = pd.DataFrame(
        [
            (case, item, answer)
            for case, (instrument, number) in enumerate(cases)
            for item, answer in enumerate(instrument.examples[number].answers, start=1)
        ],
        columns=["assessment_id", "item_no", "value"],
    )
    table = _scored(registry, assessments, items)
    return [
        Fault(
            f"{instrument.instrument_id}.toml: examples {number + 1}",
            "the key gives another score than the worked example",
            "Compare the key with the instrument's manual and work the example again by hand",
        )
        for (instrument, number), (_, row) in zip(cases, table.iterrows(), strict=True)
        if not _agrees(_as_score(row, instrument), instrument.examples[number])
    ]


def reliable_change_threshold(sd_baseline: float, alpha: float) -> float:
    """Return the change in points a person's score must exceed to be more than measurement error, two-sided 95 %.

    1.96 x SD x sqrt(2) x sqrt(1 - alpha), with the program's own standard deviation at baseline and the
    instrument's reliability, 0-1 (Jacobson and Truax 1991). Raises ValueError outside those ranges.
    """
    if not sd_baseline >= 0 or not 0 <= alpha <= 1:
        raise ValueError("the standard deviation must not be negative and the reliability lies between 0 and 1")
    return 1.96 * sd_baseline * math.sqrt(2) * math.sqrt(1 - alpha)


def _score(con: duckdb.DuckDBPyConnection, registry: Mapping[str, Instrument]) -> None:
    instrument_tables(con, registry)
    for name in _SCORING:
        con.execute(statement(f"sql/{name}.sql"))


def _score_table(instrument: Instrument, answers: pd.DataFrame) -> pd.DataFrame:
    rows = range(len(answers))
    long = answers.set_axis([int(column) for column in answers.columns], axis=1).set_axis(rows, axis=0)
    items = long.astype("float64").melt(ignore_index=False, var_name="item_no", value_name="value")
    items = items.rename_axis("assessment_id").reset_index().dropna(subset=["value"])
    assessments = pd.DataFrame({"assessment_id": rows, "instrument_id": instrument.instrument_id})
    scored = _scored({instrument.instrument_id: instrument}, assessments, items)
    for subscale in instrument.subscales:
        column = f"subscale_{subscale}"
        if column not in scored:
            scored[column] = float("nan")
    columns = ["total", "pomp", "n_items", "n_missing", "prorated", "at_ceiling", "refusal"]
    columns += [f"subscale_{subscale}" for subscale in instrument.subscales]
    return scored[columns].set_axis(answers.index, axis=0)


def _scored(registry: Mapping[str, Instrument], assessments: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Run the engine in memory; one row per assessment in order, subscales beside the total."""
    with in_memory() as con:
        con.register("given_assessments", assessments.assign(total=float("nan")))
        con.register("given_items", items.dropna(subset=["value"]))
        _score(con, registry)
        scores = con.execute("select * from score_totals order by assessment_id").df()
        subscales = con.execute("select assessment_id, subscale, value from score_subscales").df()
    wide = subscales.pivot(index="assessment_id", columns="subscale", values="value").add_prefix("subscale_")
    for flag in ("prorated", "at_ceiling"):
        scores[flag] = scores[flag].astype("boolean").fillna(False).astype(bool)
    return scores.set_index("assessment_id").join(wide)


def _as_score(row: pd.Series, instrument: Instrument) -> Score:
    values = {name: row.get(f"subscale_{name}") for name in instrument.subscales}
    return Score(
        total=None if pd.isna(row["total"]) else float(row["total"]),
        pomp=None if pd.isna(row["pomp"]) else float(row["pomp"]),
        n_items=int(row["n_items"]),
        n_missing=int(row["n_missing"]),
        prorated=bool(row["prorated"]),
        at_ceiling=bool(row["at_ceiling"]),
        refusal=None if pd.isna(row["refusal"]) else str(row["refusal"]),
        subscales={name: float(value) for name, value in values.items() if value is not None and not pd.isna(value)},
    )


def _agrees(score: Score, example: Example) -> bool:
    same = (score.refusal, score.n_missing, score.prorated, score.at_ceiling, set(score.subscales)) == (
        example.refused,
        example.n_missing,
        example.prorated,
        example.at_ceiling,
        set(example.subscales),
    )
    pairs = [(score.total, example.total), (score.pomp, example.pomp)]
    pairs += [(score.subscales[name], value) for name, value in example.subscales.items() if same]
    return same and all(_close(found, worked) for found, worked in pairs)


def _close(found: float | None, worked: float | None) -> bool:
    if found is None or worked is None:
        return found is worked
    return math.isclose(found, worked, rel_tol=0, abs_tol=EXAMPLE_TOLERANCE)


_KEY_COLUMNS = (
    "instrument_id",
    "name",
    "construct",
    "version",
    "raters",
    "n_items",
    "item_min",
    "item_max",
    "scale_min",
    "scale_max",
    "multiplier",
    "max_missing",
    "n_subscales_needed",
    "reported_tolerance",
    "higher_is_better",
    "band_low",
    "band_high",
    "early_min_ratings",
    "verified",
)
_ITEM_COLUMNS = ("instrument_id", "item_no", "sign", "shift", "item_min", "item_max")
_SUBSCALE_COLUMNS = ("instrument_id", "subscale", "item_no", "n_items", "max_missing", "multiplier")


def _key(instrument: Instrument) -> tuple[object, ...]:
    worked_out: dict[str, object] = {
        "raters": list(instrument.raters),
        "n_subscales_needed": len(instrument.subscales) if instrument.total_needs_every_subscale else 0,
        "band_low": instrument.display_bands[0],
        "band_high": instrument.display_bands[1],
    }
    return tuple(worked_out[name] if name in worked_out else getattr(instrument, name) for name in _KEY_COLUMNS)


def _item_keys(instrument: Instrument) -> list[tuple[object, ...]]:
    low, high = instrument.item_min, instrument.item_max
    return [
        (instrument.instrument_id, item, -1, low + high, low, high)
        if item in instrument.reversed
        else (instrument.instrument_id, item, 1, 0, low, high)
        for item in range(1, instrument.n_items + 1)
    ]


def _subscale_keys(instrument: Instrument) -> list[tuple[object, ...]]:
    return [
        (
            instrument.instrument_id,
            name,
            item,
            len(items),
            instrument.max_missing_per_subscale[name],
            instrument.subscale_multiplier(name),
        )
        for name, items in instrument.subscales.items()
        for item in items
    ]
