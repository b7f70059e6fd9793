"""The definitions: each is used, its words are ours, and its words cannot change without its version.

Referee of the seals: the hash worked out here from what the file says, not by the module.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines import constructs, follow_up
from pipelines import definitions as module
from pipelines.definitions import Definition, definition, definitions
from pipelines.measures import MEASURES
from pipelines.questions import GAPS, NEW_EPISODE_AFTER, Settings
from tests.pipelines.test_measures import NOT_OURS

FILE = Path(module.__file__).with_suffix(".toml")
ASKED_FOR = {
    "episode",
    "new_episode",
    "stayed",
    "exit_kinds",
    "left_early",
    "end_of_follow_up",
    "initiated",
    "engaged",
    "intensity",
    "first_session",
    "continuity",
    "lasting_change",
    "ripple",
    "follow_up",
    "response",
}


def test_the_definitions_of_the_field_are_all_there() -> None:
    assert set(definitions()) >= ASKED_FOR
    with pytest.raises(KeyError):
        definition("success")


def test_every_measure_names_definitions_that_exist_and_every_definition_is_used() -> None:
    named = {name for measure in MEASURES.values() for name in measure.definitions}
    assert named == set(definitions())
    for measure in MEASURES.values():
        assert len(measure.definitions) == len(set(measure.definitions)), measure.id


@pytest.mark.parametrize("one", definitions().values(), ids=lambda one: one.id)
def test_the_words_are_ours(one: Definition) -> None:
    for text in (one.term, one.words, one.formula):
        assert not NOT_OURS.search(text)
        assert "  " not in text
        assert "{" not in text


@pytest.mark.parametrize("one", definitions().values(), ids=lambda one: one.id)
def test_words_do_not_change_without_the_version(one: Definition) -> None:
    given = tomllib.loads(FILE.read_text("utf-8"))[one.id]
    numbers = given.get("parameters", {})
    texts = [
        given.get(key, "").format(**{k: tuple(v) if isinstance(v, list) else v for k, v in numbers.items()})
        for key in ("term", "words", "formula", "source")
    ]
    said = json.dumps([one.id, *texts, numbers], ensure_ascii=False)
    seal = hashlib.sha256(said.encode()).hexdigest()[:16]
    assert given["seals"][-1] == seal, f"{one.id} says something new: raise its version and add the seal {seal}"
    assert len(given["seals"]) == len(set(given["seals"])) == given["version"]


def test_a_changed_word_or_number_changes_the_seal() -> None:
    one = definition("left_early")
    assert one.seal == one.seals[-1]
    for changed in (
        replace(one, words=one.words.replace("gap", "pause")),
        replace(one, parameters={**one.parameters, "gap_days": 45}),
        replace(one, formula=one.formula + " "),
    ):
        assert changed.seal != one.seal


@pytest.mark.parametrize("wrong", [{"words": " "}, {"words": "No stop"}, {"term": ""}, {"version": 2}, {"seals": ()}])
def test_a_definition_that_says_nothing_or_has_no_seal_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match="definition stayed"):
        replace(definition("stayed"), **wrong)


def test_the_numbers_of_the_code_are_those_of_the_words() -> None:
    """Written out here as the documents give them; the words and the code both take them from the file."""
    assert (GAPS, Settings().gap_days) == ((14, 30, 45, 60, 90), 30)
    assert NEW_EPISODE_AFTER == (None, 14, 30, 60, 90)
    assert constructs.EARLY_DAYS == definition("since_day_30").number("landmark_days") == 30
    assert follow_up.FOLLOW_UP_DAYS == (90, 180, 365)
    assert [definition("initiated").number("initiated_days"), definition("engaged").number("engaged_days")] == [14, 34]
    assert follow_up.FOLLOW_UP_TARGET == 0.8


def test_what_is_adapted_says_so() -> None:
    for name in ("initiated", "engaged"):
        assert "Adapted" in definition(name).words
        assert "NCQA" in definition(name).source


def test_a_number_is_not_a_list_and_a_list_is_no_number() -> None:
    with pytest.raises(KeyError):
        definition("left_early").number("choices_days")
    with pytest.raises(KeyError):
        definition("left_early").numbers("gap_days")
