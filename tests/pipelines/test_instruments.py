"""The registry: every key against a table transcribed by hand, every worked example, wrong keys, faulty files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from pipelines import schema
from pipelines.faults import InputFault
from pipelines.instruments import CONSTRUCTS, Instrument, load_registry
from pipelines.instruments.instrument import OTHER_FACTS, SCORING_FACTS
from pipelines.score import check_examples
from tests.pipelines.bad_files.instrument_files import OWN

REGISTRY = load_registry()

# Transcribed by hand from the published keys, apart from the files: items, lowest and highest answer, reversed items,
# lowest and highest total, missing answers allowed, cuts of the display bands, ratings an early score needs.
KEYS: dict[str, tuple[int, float, float, set[int], float, float, int, float, float, int]] = {
    "wai_sr": (12, 1, 5, set(), 1, 5, 2, 3.8, 4.5, 2),
    "wai_s": (12, 1, 7, {4, 10}, 12, 84, 2, 36, 60, 2),
    "srs": (4, 0, 10, set(), 0, 40, 0, 35, 38.5, 2),
    "ors": (4, 0, 10, set(), 0, 40, 0, 40 / 3, 80 / 3, 2),
    "arm_5": (5, 1, 7, {3}, 1, 7, 1, 3, 5, 2),
    "care": (10, 1, 5, set(), 10, 50, 2, 43, 49, 1),
    "gse_10": (10, 1, 4, set(), 10, 40, 3, 27, 32, 1),
    "dtcq_8": (8, 0, 100, set(), 0, 100, 1, 60, 80, 1),
    "aase_20": (20, 1, 5, set(), 1, 5, 4, 3, 4, 1),
    "aase_12": (12, 1, 5, set(), 1, 5, 2, 3, 4, 1),
    "rogers_28": (28, 1, 4, set(range(1, 29)) - {4, 7, 8, 10, 16, 17, 21, 22, 23}, 1, 4, 5, 2, 3, 1),
    "rogers_25": (25, 1, 4, set(range(1, 26)) - {6, 7, 9, 14, 15, 19, 20}, 1, 4, 5, 2, 3, 1),
    "pearlin_mastery": (7, 1, 4, {1, 2, 3, 5, 7}, 7, 28, 1, 14, 21, 1),
    "hccq_6": (6, 1, 7, set(), 1, 7, 1, 3, 5, 1),
    "hccq_15": (15, 1, 7, {13}, 1, 7, 3, 3, 5, 1),
    "barc_10": (10, 1, 6, set(), 10, 60, 2, 40, 47, 1),
    "sure": (21, 1, 3, set(), 21, 63, 4, 35, 49, 1),
    "eurohis_qol_8": (8, 1, 5, set(), 1, 5, 1, 7 / 3, 11 / 3, 1),
    "phq_9": (9, 0, 3, set(), 0, 27, 2, 9, 18, 1),
    "gad_7": (7, 0, 3, set(), 0, 21, 2, 7, 14, 1),
}
SUBSCALES = {
    "wai_sr": {"goal": {4, 6, 8, 11}, "task": {1, 2, 10, 12}, "bond": {3, 5, 7, 9}},
    "wai_s": {"goal": {4, 6, 10, 11}, "task": {1, 2, 8, 12}, "bond": {3, 5, 7, 9}},
    "srs": {"relationship": {1}, "goals": {2}, "approach": {3}, "overall": {4}},
    "ors": {"individual": {1}, "interpersonal": {2}, "social": {3}, "overall": {4}},
    "aase_20": {
        "negative_affect": {3, 6, 14, 16, 18},
        "social_positive": {4, 8, 15, 17, 20},
        "physical_other": {2, 5, 9, 12, 13},
        "withdrawal_urges": {1, 7, 10, 11, 19},
    },
    "aase_12": {
        "negative_affect": {1, 3, 9},
        "social_positive": {10, 11, 12},
        "physical_other": {2, 7, 8},
        "withdrawal_urges": {4, 5, 6},
    },
    "rogers_28": {
        "self_esteem_efficacy": {5, 6, 9, 12, 14, 18, 19, 24, 26},
        "power": {7, 8, 10, 11, 16, 17, 21, 22},
        "activism_autonomy": {3, 11, 20, 25, 27, 28},
        "optimism_control": {1, 2, 13, 27},
        "righteous_anger": {4, 7, 10, 15},
    },
}
UNVERIFIED = {"wai_s", "gse_10", "aase_12", "rogers_28", "rogers_25", "sure", "phq_9", "gad_7"}
CONSTRUCT_OF = {
    "alliance": {"wai_sr", "wai_s", "srs", "arm_5"},
    "empathy": {"care"},
    "self_efficacy": {"gse_10", "dtcq_8", "aase_20", "aase_12"},
    "empowerment": {"rogers_28", "rogers_25", "pearlin_mastery", "hccq_6", "hccq_15"},
    "recovery_capital": {"barc_10", "sure"},
    "quality_of_life": {"eurohis_qol_8"},
    "symptoms": {"phq_9", "gad_7"},
    "other": {"ors"},
}


def test_the_registry_holds_the_instruments_asked_for() -> None:
    assert set(REGISTRY) == set(KEYS)


@pytest.mark.parametrize("instrument_id", KEYS)
def test_a_key_is_the_published_one(instrument_id: str) -> None:
    instrument = REGISTRY[instrument_id]
    n_items, low, high, turned, scale_min, scale_max, missing, cut_low, cut_high, ratings = KEYS[instrument_id]
    assert (instrument.n_items, instrument.item_min, instrument.item_max) == (n_items, low, high)
    assert set(instrument.reversed) == turned
    assert {name: set(items) for name, items in instrument.subscales.items()} == SUBSCALES.get(instrument_id, {})
    assert (instrument.scale_min, instrument.scale_max) == (scale_min, scale_max)
    assert instrument.max_missing == missing
    assert instrument.display_bands == pytest.approx((cut_low, cut_high), abs=1e-12)
    assert instrument.early_min_ratings == ratings
    assert instrument.higher_is_better is (instrument.construct != "symptoms")
    assert instrument_id in CONSTRUCT_OF[instrument.construct]
    assert set(instrument.raters) <= set(schema.RATERS)


def test_a_subscale_has_its_published_range() -> None:
    assert REGISTRY["wai_sr"].subscale_range("goal") == (4, 20)
    assert REGISTRY["aase_20"].subscale_range("negative_affect") == (1, 5)
    assert REGISTRY["srs"].subscale_range("overall") == (0, 10)


def test_a_reported_total_may_be_rounded_as_it_is_usually_printed() -> None:
    assert REGISTRY["gse_10"].reported_tolerance == 0.5
    assert REGISTRY["wai_sr"].reported_tolerance == 0.05


def test_a_rule_for_missing_answers_is_the_instruments_only_where_it_has_one() -> None:
    own = {each.instrument_id for each in REGISTRY.values() if each.missing_rule_source == "instrument"}
    assert own == {"srs", "care", "gse_10", "phq_9", "gad_7"}
    fifth = {each.instrument_id for each in REGISTRY.values() if each.max_missing == each.n_items // 5}
    assert {each.instrument_id for each in REGISTRY.values()} - own <= fifth


def test_keys_that_are_not_confirmed_say_so() -> None:
    assert {each.instrument_id for each in REGISTRY.values() if not each.verified} == UNVERIFIED
    for instrument in REGISTRY.values():
        assert bool(instrument.caution_text) is (instrument.instrument_id in UNVERIFIED)
        assert set(instrument.unverified) <= {*SCORING_FACTS, *OTHER_FACTS}
    assert REGISTRY["wai_s"].caution_text == (
        "The scoring key of WAI-S is not confirmed yet (which items are reversed and which items form which subscale): "
        "confirm it with the instrument's manual before relying on these scores."
    )
    assert REGISTRY["gse_10"].missing_rule_text == (
        "At most 3 of 10 answers may be missing (the instrument's rule, not confirmed yet)."
    )
    assert REGISTRY["wai_sr"].missing_rule_text == (
        "At most 2 of 12 answers may be missing, 1 in each subscale (product default, not the instrument's)."
    )
    assert "whether the instrument has a rule of its own" in REGISTRY["wai_sr"].unconfirmed_text


def test_each_instrument_says_where_it_comes_from_and_on_what_terms() -> None:
    for instrument in REGISTRY.values():
        assert instrument.citation, instrument.instrument_id
        assert re.search(r"\((19|20)\d\d\)", instrument.citation), instrument.instrument_id
        assert instrument.licence
        assert instrument.source
        assert instrument.construct in CONSTRUCTS


def test_files_speak_of_people_and_hold_no_wording_of_items() -> None:
    """An item is a sentence in the first person; no text of a file is one."""
    for entry in resources.files("pipelines.instruments").iterdir():
        if entry.name.endswith(".toml"):
            text = entry.read_text(encoding="utf-8")
            assert not re.search(r"\b(I|my|me|myself)\b", text), entry.name
            assert not re.search(r"client|patient|addict\b|clean\b|failed|dropout", text, re.IGNORECASE), entry.name


def test_every_instrument_has_worked_examples_of_all_three_kinds() -> None:
    for instrument in REGISTRY.values():
        examples = instrument.examples
        assert len(examples) >= 3, instrument.instrument_id
        assert all(example.working for example in examples)
        assert any(not example.n_missing and example.refused is None for example in examples)
        assert any(example.refused == "too_many_missing" for example in examples)
        if instrument.max_missing:
            assert any(example.prorated for example in examples), instrument.instrument_id


def test_every_worked_example_comes_out_as_worked_by_hand() -> None:
    assert check_examples(REGISTRY.values()) == []


def _mutants(key: Instrument) -> Iterator[tuple[str, Instrument]]:
    """Every instrument that differs from `key` in one fact of scoring which its examples must notice."""
    for item in range(1, key.n_items + 1):
        turned = set(key.reversed) ^ {item}
        yield f"item {item} turned", replace(key, reversed=tuple(sorted(turned)))
    if key.reversed:
        yield "nothing reversed", replace(key, reversed=())
    yield "item_min lower", replace(key, item_min=key.item_min - 1)
    yield "item_max higher", replace(key, item_max=key.item_max + 1)
    yield "item_min higher", replace(key, item_min=key.item_min + 0.5)
    yield "item_max lower", replace(key, item_max=key.item_max - 0.5)
    yield "one item more", replace(key, n_items=key.n_items + 1)
    yield "one item less", replace(key, n_items=key.n_items - 1)
    yield "sum for mean", replace(key, aggregate="mean" if key.aggregate == "sum" else "sum")
    if key.max_missing:
        yield "one missing less", replace(key, max_missing=key.max_missing - 1)
    implied = sum(key.max_missing_per_subscale.values()) if key.total_needs_every_subscale else key.n_items
    if key.max_missing < implied:
        yield "one missing more", replace(key, max_missing=key.max_missing + 1)
    if key.subscales:
        yield from _subscale_mutants(key)


def _subscale_mutants(key: Instrument) -> Iterator[tuple[str, Instrument]]:
    most = key.max_missing_per_subscale
    if max(map(len, key.subscales.values())) > 1:
        other = "mean" if key.subscale_aggregate == "sum" else "sum"
        yield "subscales: sum for mean", replace(key, subscale_aggregate=other)
        yield (
            "subscales: one missing more",
            replace(key, max_missing_per_subscale={name: count + 1 for name, count in most.items()}),
        )
    if any(most.values()):
        yield "subscales: none missing", replace(key, max_missing_per_subscale=dict.fromkeys(most, 0))
    if key.max_missing:
        yield "total and subscales untied", replace(key, total_needs_every_subscale=not key.total_needs_every_subscale)
    for name, items in key.subscales.items():
        yield (
            f"no {name}",
            replace(key, subscales={each: key.subscales[each] for each in key.subscales if each != name}),
        )
        others = [item for item in range(1, key.n_items + 1) if item not in items]
        changed = [tuple(item for item in items if item != out) for out in items if len(items) > 1]
        changed += [(*items, extra) for extra in others]
        changed += [tuple(extra if item == out else item for item in items) for out in items for extra in others]
        for new in changed:
            yield f"{name} as {new}", replace(key, subscales={**key.subscales, name: new})


@pytest.mark.parametrize("instrument_id", KEYS)
def test_a_wrong_key_turns_a_worked_example_red(instrument_id: str) -> None:
    mutants = [
        replace(mutant, instrument_id=f"{label} ({number})")
        for number, (label, mutant) in enumerate(_mutants(REGISTRY[instrument_id]))
    ]
    assert len(mutants) > REGISTRY[instrument_id].n_items
    red = {fault.where.split(".toml")[0] for fault in check_examples(mutants)}
    assert [mutant.instrument_id for mutant in mutants if mutant.instrument_id not in red] == []


def _folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_an_organisations_own_instrument_joins_the_registry(tmp_path: Path) -> None:
    registry = load_registry(_folder(tmp_path, withdrawal=OWN))
    assert set(registry) == {*KEYS, "withdrawal"}
    own = registry["withdrawal"]
    assert (own.scale_min, own.scale_max, own.higher_is_better, own.n_items) == (0, 3, False, 1)
    assert own.display_bands == (1, 2)
    assert own.short_name == own.name
    assert own.caution_text == ""
    assert check_examples([own]) == []


def test_a_mean_times_a_number_has_its_range(tmp_path: Path) -> None:
    text = OWN.replace('aggregate = "sum"', 'aggregate = "mean_times"\nfactor = 4').replace(
        "total = 2\n", "total = 8\n"
    )
    own = load_registry(_folder(tmp_path, own=text))["own"]
    assert (own.scale_min, own.scale_max) == (0, 12)
    assert check_examples([own]) == []


def _faults(folder: Path) -> list[str]:
    with pytest.raises(InputFault) as raised:
        load_registry(folder)
    return [str(fault) for fault in raised.value.faults]


def test_an_identifier_that_is_taken_is_refused(tmp_path: Path) -> None:
    (fault,) = _faults(_folder(tmp_path, wai_sr=OWN))
    assert fault.startswith("wai_sr.toml: an instrument with this identifier is shipped already")


def test_a_folder_that_is_absent_or_empty_is_refused(tmp_path: Path) -> None:
    assert "is not a folder" in _faults(tmp_path / "nowhere")[0]
    assert "holds no TOML file" in _faults(tmp_path)[0]


def test_all_faults_of_all_files_are_gathered(tmp_path: Path) -> None:
    one = OWN.replace("n_items = 1", "n_items = 0").replace('"symptoms"', '"mood"')
    faults = _faults(_folder(tmp_path, one=one, two=OWN.replace("name =", "title =")))
    assert {fault.split(": ")[0] for fault in faults} == {"one.toml", "two.toml"}
    assert len(faults) >= 4
