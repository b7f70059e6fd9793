"""The scoring engine against a second implementation in exact fractions, and on tables as a load hands them over."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from fractions import Fraction

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import records, schema
from pipelines.faults import InputFault
from pipelines.instruments import REFUSALS, Instrument, load_registry
from pipelines.score import (
    RULES,
    check_examples,
    instrument_tables,
    reliable_change_threshold,
    score_assessments,
    score_items,
)
from pipelines.warehouse import memory_connection

REGISTRY = load_registry()
Answers = dict[int, float | None]


def by_hand(key: Instrument, answers: Answers) -> tuple[str | None, Fraction | None, int, dict[str, Fraction]]:
    """Score as the manual says, one answer at a time and in fractions: refusal, total, missing, subscales."""
    given_answers = {item: Fraction(str(value)) for item, value in answers.items() if value is not None}
    if any(item not in range(1, key.n_items + 1) for item in given_answers):
        return "unknown_item", None, key.n_items - len([i for i in given_answers if 1 <= i <= key.n_items]), {}
    low, high = Fraction(str(key.item_min)), Fraction(str(key.item_max))
    missing = key.n_items - len(given_answers)
    if any(not low <= value <= high for value in given_answers.values()):
        return "out_of_range", None, missing, {}
    if not given_answers:
        return "no_answers", None, missing, {}
    keyed = {item: low + high - value if item in key.reversed else value for item, value in given_answers.items()}

    def aggregated(items: tuple[int, ...], how: str) -> Fraction:
        there = [keyed[item] for item in items if item in keyed]
        filled = sum(there) + (len(items) - len(there)) * sum(there) / len(there)
        return Fraction(filled if how == "sum" else filled / len(items))

    subscales = {
        name: aggregated(items, key.subscale_aggregate)
        for name, items in key.subscales.items()
        if len([item for item in items if item not in keyed]) <= key.max_missing_per_subscale[name]
    }
    untold = key.total_needs_every_subscale and len(subscales) < len(key.subscales)
    if missing > key.max_missing or untold:
        return "too_many_missing", None, missing, subscales
    return None, aggregated(tuple(range(1, key.n_items + 1)), key.aggregate), missing, subscales


@st.composite
def questionnaires(draw: st.DrawFn) -> tuple[Instrument, list[Answers]]:
    key = REGISTRY[draw(st.sampled_from(sorted(REGISTRY)))]
    low, high = int(key.item_min), int(key.item_max)
    whole = st.integers(low, high).map(float)
    answer = st.one_of(whole, whole, whole, st.integers(low * 10, high * 10).map(lambda tenths: tenths / 10))
    few_missing = st.lists(st.integers(1, key.n_items), max_size=key.max_missing + 2)
    rows = []
    for _ in range(draw(st.integers(1, 12))):
        row: Answers = {item: draw(answer) for item in range(1, key.n_items + 1)}
        for item in draw(few_missing):
            row[item] = None
        wrong = draw(st.integers(0, 11))
        if wrong == 0:
            row[draw(st.integers(1, key.n_items))] = draw(st.sampled_from([low - 1.0, high + 1.0, high + 0.1, 1e12]))
        elif wrong == 1:
            row[key.n_items + 1] = float(low)
        elif wrong == 2:
            row = dict.fromkeys(row)
        rows.append(row)
    return key, rows


@settings(max_examples=60, deadline=None)
@given(questionnaires())
def test_the_engine_agrees_with_scoring_by_hand(case: tuple[Instrument, list[Answers]]) -> None:
    key, rows = case
    scored = score_items(key, pd.DataFrame(rows))
    for row, (_, found) in zip(rows, scored.iterrows(), strict=True):
        refusal, total, missing, subscales = by_hand(key, row)
        assert (None if pd.isna(found["refusal"]) else found["refusal"]) == refusal
        assert found["n_missing"] == missing
        assert found["n_items"] == key.n_items
        if total is None:
            assert pd.isna(found["total"])
            assert pd.isna(found["pomp"])
            assert not found["prorated"]
            assert not found["at_ceiling"]
        else:
            low, high = Fraction(str(key.scale_min)), Fraction(str(key.scale_max))
            assert found["total"] == pytest.approx(float(total), abs=1e-9)
            assert found["pomp"] == pytest.approx(float(100 * (total - low) / (high - low)), abs=1e-9)
            assert bool(found["prorated"]) is (missing > 0)
            assert bool(found["at_ceiling"]) is (total == high)
        for name in key.subscales:
            value = found[f"subscale_{name}"]
            if name in subscales:
                assert value == pytest.approx(float(subscales[name]), abs=1e-9)
            else:
                assert pd.isna(value)


def test_one_questionnaire_and_a_table_go_through_the_same_engine() -> None:
    key = REGISTRY["wai_sr"]
    answers: Answers = dict(enumerate([5, 4, 5, 3, 3, 2, 5, None, 5, 3, 4, 5], start=1))
    one = score_items(key, answers)
    table = score_items(key, pd.DataFrame([answers], index=pd.Index(["P"], name="person")))
    assert one.total == table.loc["P", "total"] == 44 / 11
    assert one.subscales["goal"] == table.loc["P", "subscale_goal"] == 12
    assert one.prorated
    assert table.index.name == "person"


def test_an_empty_table_of_answers_gives_an_empty_table() -> None:
    scored = score_items(REGISTRY["srs"], pd.DataFrame(columns=[1, 2, 3, 4], dtype="float64"))
    assert len(scored) == 0
    assert "subscale_overall" in scored


def test_a_mean_lands_exactly_on_the_cut_of_a_band() -> None:
    """A mean of 3.8 or 4.5 is the same number as the cut, so that no score falls on the wrong side by rounding."""
    key = REGISTRY["wai_sr"]
    for answers in ([4, 4, 4, 4, 4, 4, 4, 4, 3, 3, None, None], [5, 5, 5, 4, 4, 4, None, 5, 4, 5, None, 4]):
        total = score_items(key, dict(enumerate(answers, start=1))).total
        assert total in key.display_bands


def test_decimals_in_another_order_give_the_same_score_to_the_last_bit() -> None:
    key = REGISTRY["srs"]
    values = [0.1, 0.2, 0.3, 9.7]
    totals = {score_items(key, dict(zip(order, values, strict=True))).total for order in ([1, 2, 3, 4], [4, 3, 2, 1])}
    assert totals == {10.3}


# --- tables as a load hands them over -------------------------------------------------------------------------------


def _id(number: int) -> uuid.UUID:
    return uuid.UUID(int=number)


Row = tuple[int, str, float | None, str, list[float | None]]
# Number, instrument, reported total, status and answers of each assessment; what must come out is in EXPECTED.
RECORDED: list[Row] = [
    (1, "gse_10", None, "complete", [3, 3, 2, 3, 4, 3, 2, 3, 3, 3]),
    (2, "gse_10", 29, "complete", [3, 3, 2, 3, 4, 3, 2, 3, 3, 3]),
    (3, "gse_10", 31, "complete", [3, 3, 2, 3, 4, 3, 2, 3, 3, 3]),
    (4, "gse_10", 40, "complete", []),
    (5, "gse_10", None, "refused", []),
    (6, "gse_10", None, "complete", []),
    (7, "gse_10", 30, "partial", [3, None, None, None, None, 3, 3, 3, 3, 3]),
    (8, "gse_10", 41, "complete", []),
    (9, "wai_sr", None, "complete", [4] * 11 + [None]),
    (10, "aase_20", None, "complete", [3.0] * 40),
    (11, "barc_10", None, "complete", [0] + [5] * 9),
    (12, "home_made", 7, "complete", [1, 2]),
    (13, "phq_9", None, "due_missed", []),
    (14, "gse_10", 32.9, "complete", [4, None, 3, 3, None, 4, 2, 3, None, 4]),
    (15, "gse_10", float("nan"), "complete", []),
]
Outcome = tuple[float | None, int | None, bool | None, bool | None, str | None]
# Total, items missing, prorated, at the ceiling, origin.
EXPECTED: dict[int, Outcome] = {
    1: (29, 0, False, False, "items"),
    2: (29, 0, False, False, "items"),
    3: (29, 0, False, False, "items"),
    4: (40, None, None, True, "reported_total"),
    5: (None, 10, None, None, None),
    6: (None, 10, None, None, None),
    7: (None, 4, None, None, None),
    8: (None, 10, None, None, None),
    9: (4, 1, True, False, "items"),
    10: (None, 0, None, None, None),
    11: (None, 0, None, None, None),
    12: (7, None, None, None, None),
    13: (None, 9, None, None, None),
    14: (230 / 7, 3, True, False, "items"),
    15: (None, 10, None, None, None),
}


TABLES = ("assessments", "assessment_items")


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with closing(memory_connection()) as connection:
        for name in ("assessments", "assessment_items"):
            records.create_table(connection, schema.table(name))
        for number, instrument_id, total, status, answers in RECORDED:
            connection.execute(
                "insert into assessments (assessment_id, episode_id, instrument_id, rater, day, status, total)"
                " values (?, ?, ?, 'participant', 1, ?, ?)",
                [_id(number), _id(900), instrument_id, status, total],
            )
            for item, value in enumerate(answers, start=1):
                connection.execute("insert into assessment_items values (?, ?, ?)", [_id(number), item, value])
        yield connection


def _stored(con: duckdb.DuckDBPyConnection) -> dict[int, Outcome]:
    rows = con.execute(
        "select assessment_id, total, n_missing, prorated, at_ceiling, score_origin from score_totals"
    ).fetchall()
    return {identifier.int: tuple(values) for identifier, *values in rows}


def test_assessments_are_scored_as_they_are_handed_over(con: duckdb.DuckDBPyConnection) -> None:
    score_assessments(con, REGISTRY, *TABLES)
    stored = _stored(con)
    assert set(stored) == set(EXPECTED)
    for number, (total, *rest) in EXPECTED.items():
        assert tuple(stored[number][1:]) == tuple(rest), number
        assert stored[number][0] == (None if total is None else pytest.approx(total, abs=1e-12)), number
    pomp = con.execute("select pomp, n_items from score_totals where assessment_id = ?", [_id(1)]).fetchall()
    assert pomp == [(pytest.approx(100 * 19 / 30), 10)]


def test_subscales_are_stored_for_scored_answers_alone(con: duckdb.DuckDBPyConnection) -> None:
    score_assessments(con, REGISTRY, *TABLES)
    rows = con.execute("select assessment_id, subscale, value from score_subscales order by all").fetchall()
    assert [(identifier.int, name, value) for identifier, name, value in rows] == [
        (9, "bond", 16.0),
        (9, "goal", 16.0),
        (9, "task", 16.0),
    ]


def test_what_could_not_be_scored_or_differs_is_counted(con: duckdb.DuckDBPyConnection) -> None:
    quality = score_assessments(con, REGISTRY, *TABLES)
    counted = {(rule, name): n for rule, name, n in quality.itertuples(index=False)}
    assert counted == {
        ("score_from_items", "gse_10"): 4,
        ("score_from_items", "wai_sr"): 1,
        ("score_as_reported", "gse_10"): 1,
        ("score_prorated", "gse_10"): 1,
        ("score_prorated", "wai_sr"): 1,
        ("score_mismatch", "gse_10"): 1,
        ("score_no_answers", "gse_10"): 1,
        ("score_too_many_missing", "gse_10"): 1,
        ("score_report_not_kept", "gse_10"): 1,
        ("score_out_of_range", "gse_10"): 2,
        ("score_out_of_range", "barc_10"): 1,
        ("score_unknown_item", "aase_20"): 1,
    }
    assert set(quality["rule"]) <= set(RULES)
    assert con.execute("select count(*) from score_quality").fetchall() == [(len(quality),)]


def test_every_rule_and_refusal_has_its_words() -> None:
    assert {f"score_{refusal}" for refusal in REFUSALS} <= set(RULES)


def test_scoring_twice_changes_nothing(con: duckdb.DuckDBPyConnection) -> None:
    score_assessments(con, REGISTRY, *TABLES)
    before = con.execute("select * from score_totals order by assessment_id").fetchall()
    subscales = con.execute("select * from score_subscales order by all").fetchall()
    score_assessments(con, REGISTRY, *TABLES)
    assert con.execute("select * from score_totals order by assessment_id").fetchall() == before
    assert con.execute("select * from score_subscales order by all").fetchall() == subscales


def test_an_instrument_that_is_not_in_the_registry_keeps_its_total(con: duckdb.DuckDBPyConnection) -> None:
    score_assessments(con, {"gse_10": REGISTRY["gse_10"]}, *TABLES)
    others_recorded = sum(name != "gse_10" for _, name, *_ in RECORDED)
    others = "select count(*), count(n_items), count(score_origin), count(pomp) from score_totals where "
    assert con.execute(others + "instrument_id <> 'gse_10'").fetchall() == [(others_recorded, 0, 0, 0)]
    reported = "select assessment_id, total from assessments where instrument_id <> 'gse_10' order by 1"
    kept = "select assessment_id, total from score_totals where instrument_id <> 'gse_10' order by 1"
    assert con.execute(kept).fetchall() == con.execute(reported).fetchall()


def test_a_key_that_disagrees_with_its_examples_scores_nothing(con: duckdb.DuckDBPyConnection) -> None:
    wrong = replace(REGISTRY["gse_10"], reversed=(5,))
    with pytest.raises(InputFault, match=r"gse_10\.toml: examples 1: the key gives another score"):
        score_assessments(con, {**REGISTRY, "gse_10": wrong}, *TABLES)
    assert con.execute("select 1 from duckdb_views() where view_name = 'score_totals'").fetchall() == []
    assert check_examples([]) == []


def test_tables_without_any_assessment_are_fine() -> None:
    with closing(memory_connection()) as con:
        for name in ("assessments", "assessment_items"):
            records.create_table(con, schema.table(name))
        assert len(score_assessments(con, REGISTRY, *TABLES)) == 0


def test_the_registry_is_written_for_the_checks(con: duckdb.DuckDBPyConnection) -> None:
    instrument_tables(con, REGISTRY)
    rows = con.execute(
        "select version, n_items, item_min, item_max, scale_min, scale_max, higher_is_better, raters, band_low"
        " from instrument_keys where instrument_id = 'wai_sr'"
    ).fetchall()
    assert rows == [("2006", 12, 1.0, 5.0, 1.0, 5.0, True, ["participant"], 3.8)]
    counts = con.execute(
        "select (select count(*) from instrument_keys), (select count(*) from instrument_item_keys),"
        " (select count(*) from instrument_subscale_keys)"
    ).fetchall()
    items = sum(key.n_items for key in REGISTRY.values())
    in_subscales = sum(len(members) for key in REGISTRY.values() for members in key.subscales.values())
    assert counts == [(20, items, in_subscales)]


# --- reliable change ------------------------------------------------------------------------------------------------


def test_reliable_change_of_the_world_file_of_the_gse() -> None:
    alpha, norm = REGISTRY["gse_10"].alpha, REGISTRY["gse_10"].norms[0]
    assert alpha is not None
    assert norm.sd is not None
    assert round(reliable_change_threshold(norm.sd, alpha), 1) == 5.6
    assert reliable_change_threshold(norm.sd, alpha) == pytest.approx(5.6028, abs=5e-5)


def test_reliable_change_by_the_standard_error_of_the_difference() -> None:
    """Jacobson and Truax: 1.96 standard errors of the difference of two scores, S_diff = sqrt(2 SE^2)."""
    sd, alpha = 7.5, 0.8
    standard_error = sd * (1 - alpha) ** 0.5
    assert reliable_change_threshold(sd, alpha) == pytest.approx(1.96 * (2 * standard_error**2) ** 0.5)
    assert reliable_change_threshold(sd, 1) == 0


@pytest.mark.parametrize(("sd", "alpha"), [(-1, 0.8), (5, 1.1), (5, -0.1), (float("nan"), 0.8), (5, float("nan"))])
def test_reliable_change_refuses_what_is_no_reliability(sd: float, alpha: float) -> None:
    with pytest.raises(ValueError, match="reliability"):
        reliable_change_threshold(sd, alpha)
