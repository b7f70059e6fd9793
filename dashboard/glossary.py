"""The words of the pages, from one file: what each means, why it matters, how it is counted, what it cannot say.

The texts of an entry are English: whoever shows one looks it up with `say`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.answers import definition
from dashboard.language import noted, say


@dataclass(frozen=True, slots=True)
class Entry:
    """One word: its anchor on the Methods page, five plain texts, and the definition it is counted by, if any."""

    anchor: str
    term: str
    plain: str
    why: str
    counted: str
    formula: str
    limits: str
    definition: str = ""


@cache
def glossary() -> dict[str, Entry]:
    """Return every entry by its anchor, in the order of the file."""
    return {anchor: _entry(anchor, texts) for anchor, texts in _file()["word"].items()}


def protection() -> tuple[str, ...]:
    """Return what the protection of small groups cannot do, one plain sentence each, as it is said."""
    return tuple(say(text) for text in _file()["protection"]["does_not"])


READERS = {
    "for_a_funder": noted("For a funder"),
    "for_a_researcher": noted("For a researcher"),
    "for_a_person": noted("For a person in recovery"),
}
"""Whom the protection is explained to, in the order of reading."""


def protection_for() -> dict[str, str]:
    """Return what is done to the numbers and why, by reader, as it is said."""
    return {say(title): say(_file()["protection"][key]) for key, title in READERS.items()}


def entry(anchor: str) -> Entry:
    """Return one entry; KeyError if the file has no such word."""
    return glossary()[anchor]


def _entry(anchor: str, texts: dict[str, str]) -> Entry:
    """Return a word; how it is counted comes from its definition, and may not be said a second time."""
    if "definition" not in texts:
        return Entry(anchor, **texts)
    one = definition(texts["definition"])
    return Entry(anchor, counted=one.words, formula=one.formula or "None.", **texts)


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
