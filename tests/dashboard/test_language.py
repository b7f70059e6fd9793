"""A text is looked up by its English words; what the catalogue does not hold stays English."""

from __future__ import annotations

import re
from contextvars import copy_context
from gettext import NullTranslations

import pytest

from dashboard import language, words
from tests.language import catalogue

PLACES = re.compile(r"\{(\w*)[^}]*\}")


class Backwards(NullTranslations):
    """A language in which every text is said between brackets."""

    def gettext(self, message: str) -> str:
        return f"[{message}]"

    def ngettext(self, one: str, many: str, count: int) -> str:
        return f"[{one if count == 1 else many}]"


@pytest.fixture
def bracketed(monkeypatch):
    """Speak in brackets instead of Spanish."""
    monkeypatch.setattr(language, "catalogue", lambda code: Backwards() if code == "es" else NullTranslations())
    language.use("es")
    yield
    language.use("en")


def test_values_are_put_into_the_text_that_was_found(bracketed):
    assert language.say("{low} to {high}", low="1%", high="2%") == "[1% to 2%]"
    assert words.people(1) == "[1 person]"
    assert words.people(1284) == "[1,284 people]"
    assert words.name("higher") == "[Higher]"
    assert words.name("site_of_their_own", {"site_of_their_own": "Ashgrove {x}"}) == "[Ashgrove {x}]"


def test_what_is_not_known_stays_english():
    language.use("es")
    try:
        assert language.say("Ashgrove") == "Ashgrove"
    finally:
        language.use("en")
    language.use("xx")
    assert language.current() == "en"


def test_each_run_has_its_own_language():
    copy_context().run(language.use, "es")
    assert language.current() == "en"


@pytest.mark.parametrize("code", [code for code in language.LANGUAGES if code != "en"])
def test_the_catalogue_is_the_one_that_make_strings_writes(code):
    """A text changed in the code without `make strings`, or a catalogue not compiled, is found here."""
    gathered = catalogue.gathered(code)
    assert catalogue.written(gathered).decode() == (language.FOLDER / f"{code}.po").read_text("utf-8")
    spoken = language.catalogue(code)
    for message in gathered:
        if message.id and not isinstance(message.id, tuple) and message.string:
            assert spoken.gettext(message.id) == message.string


@pytest.mark.parametrize("code", [code for code in language.LANGUAGES if code != "en"])
def test_every_text_is_translated_and_keeps_its_places(code):
    for message in catalogue.gathered(code):
        if not message.id:
            continue
        pair = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(said), f"no translation: {pair[0]}"
        for text in said:
            assert set(PLACES.findall(text)) == set(PLACES.findall(pair[-1])), pair[0]


FORBIDDEN = re.compile(
    r"\b(adict\w*|drogadict\w*|toxic[óo]man\w*|limpi[oa]s?|abus\w*|fracas\w*|clientes?|pacientes?|recaíd\w*|mejoran?|"
    r"predicen?|efectos?)\b",
    re.IGNORECASE,
)


def test_the_spanish_words_are_ours():
    """Persons first, nothing that blames, and nothing that goes together is called an effect."""
    assert FORBIDDEN.search("Los adictos recaídos"), "the referee sees"
    for message in catalogue.kept("es"):
        for text in message.string if isinstance(message.string, tuple) else (message.string,):
            assert not message.id or not FORBIDDEN.search(text), text
