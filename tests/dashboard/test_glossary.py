"""The glossary is complete, plain, and makes no causal claim."""

from __future__ import annotations

import re

import pytest

from dashboard.glossary import entry, glossary, protection

FORBIDDEN = re.compile(
    r"\b(addicts?|abusers?|clean|dirty|relapses?|clients?|patients?|drop-?outs?"
    r"|improves?|predicts?|drives?|leads to|impact)\b",
    re.IGNORECASE,
)


def test_every_entry_has_all_its_texts() -> None:
    assert len(glossary()) >= 15
    for word in glossary().values():
        for text in (word.term, word.plain, word.why, word.counted, word.formula, word.limits):
            assert text
        assert word.plain.endswith(".")


def test_the_words_are_person_first_and_claim_no_cause() -> None:
    for word in glossary().values():
        for text in (word.plain, word.why, word.counted, word.limits):
            assert not FORBIDDEN.search(text), (word.anchor, FORBIDDEN.search(text))


def test_an_unknown_word_is_an_error() -> None:
    with pytest.raises(KeyError):
        entry("success_rate")


def test_the_limits_of_protection_promise_nothing() -> None:
    assert len(protection()) >= 5
    promise = re.compile(r"\b(anonym\w*|HIPAA-compliant|zero risk|guarantee\w*|impossible)\b", re.IGNORECASE)
    for text in protection():
        assert text.endswith(".")
        assert not promise.search(text)
        assert not FORBIDDEN.search(text)
