"""The language of a page: every text is looked up by its English words in the catalogue of the language chosen.

English is written in the code; `strings/es.po` holds every text beside its Spanish. `make strings` gathers the texts
anew and compiles the catalogues. Numbers, codes and what an organisation named itself are never translated, so that
one number reads the same in both languages.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "es": "Español"}
"""Each language by its code, named as those who speak it name it."""
FOLDER = Path(__file__).parent / "strings"

_NOW: ContextVar[str] = ContextVar("language", default=ENGLISH)
"""The language of this run of a page; a run has a thread, and with it a context, of its own."""


def use(code: str) -> None:
    """Speak the language `code` for the rest of this run; English for a code that is not known."""
    _NOW.set(code if code in LANGUAGES else ENGLISH)


def current() -> str:
    """Return the code of the language spoken now: 'en' or 'es'."""
    return _NOW.get()


@contextmanager
def spoken(code: str) -> Iterator[None]:
    """Speak the language `code` inside the block, for what must read the same whatever is spoken around it."""
    before = _NOW.set(code)
    try:
        yield
    finally:
        _NOW.reset(before)


def say(text: str, /, **values: object) -> str:
    """Return `text` in the language spoken now, with `values` put in at their `{names}`; KeyError for a name without.

    A text that the catalogue does not hold stays in English. Braces are names only where there are `values`.
    """
    found = catalogue(_NOW.get()).gettext(text) if text else text
    return found.format_map(values) if values else found


def say_many(one: str, many: str, count: float, /, **values: object) -> str:
    """Return `one` for a count of one, else `many`, as `say` does; languages have their own rule for which."""
    return catalogue(_NOW.get()).ngettext(one, many, round(count)).format_map(values)


def noted(text: str, /) -> str:
    """Return `text` as it is: a mark for the catalogue on words that are looked up later, where they are shown."""
    return text


@cache
def catalogue(code: str) -> NullTranslations:
    """Return the compiled texts of the language `code`; English is spoken as it is written."""
    if code == ENGLISH:
        return NullTranslations()
    with (FOLDER / f"{code}.mo").open("rb") as compiled:
        return GNUTranslations(compiled)
