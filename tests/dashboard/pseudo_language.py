"""A language made for tests: every said letter is Cyrillic, so that what is still in Latin letters was not said.

Letters are exchanged one by one; places in braces, markup and numbers stay. A value put into a text is therefore seen
too, and so is a text that was cut, joined or turned to small letters after it was said.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from gettext import NullTranslations
from html.parser import HTMLParser
from typing import Any

from streamlit.testing.v1 import AppTest

LATIN = "abcdefghijklmnopqrstuvwxyz"
CYRILLIC = "абвгдежзийклмнопрстуфхцчшщ"
_EXCHANGED = str.maketrans(LATIN + LATIN.upper(), CYRILLIC + CYRILLIC.upper())
_KEPT = re.compile(r"(\{\w*\}|<[^>]*>|&\w+;)")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*[A-Za-z]")
_CODE = re.compile(r"\b(?=\w*\d)\w+\b")
"""A word with a digit in it: the code of a version, of a coach, of a period."""
_FILLED_BY_PLOTLY = re.compile(r"%\{[^}]*\}")
ATTRIBUTES = ("alt", "aria-label", "title", "placeholder", "data-heading")
"""Attributes of markup that a person reads or hears."""
UNSEEN = ("style", "script", "code")
WHOLE = ("p", "li", "td", "th", "h1", "h2", "h3", "div", "caption", "dt", "dd", "text", "desc", "title", "summary")
"""Elements that hold a text of their own."""
FIELDS = ("label", "help", "placeholder", "options", "content", "body", "text", "caption")
"""Fields of what Streamlit sends that a person reads."""
OF_FIGURES = ("text", "hovertemplate", "hovertext", "name", "ticktext", "title", "customdata", "x", "y", "labels")


class Exchanged(NullTranslations):
    """The catalogue of the language."""

    def gettext(self, message: str) -> str:
        return exchanged(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        return exchanged(one if count == 1 else many)


def exchanged(text: str) -> str:
    """Return a text as it is said in the language."""
    return "".join(part if _KEPT.fullmatch(part) else part.translate(_EXCHANGED) for part in _KEPT.split(text))


def not_said(app: AppTest, known: frozenset[str]) -> set[str]:
    """Return every text of a page that has Latin words in it, but for names that are `known`."""
    found = set()
    for text in texts_of(app):
        for name in sorted(known, key=len, reverse=True):
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "", text)
        if _WORD.search(_CODE.sub("", text)):
            found.add(" ".join(text.split()))
    return found


def texts_of(app: AppTest) -> Iterator[str]:
    """Yield every text of a page: markup, widgets with their options, charts, and documents inside it."""
    for node in (*_below(app.main), *_below(app.sidebar)):
        kind, proto = node.type, getattr(node, "proto", None)
        if kind == "html":
            yield from of_markup(proto.body)
        elif kind == "iframe":
            yield from of_markup(proto.srcdoc)
        elif kind == "bidi_component":
            yield from _of_chart(json.loads(json.loads(proto.json).partition("\n")[2]))
        elif proto is not None:
            yield from _of_message(proto)


def of_markup(markup: str) -> list[str]:
    """Return the texts of markup, those of attributes too; without styles, code, and tables as they are in a file."""
    reader = _Markup()
    reader.feed(markup)
    reader.close()
    return [text for text in ("".join(parts) for parts in reader.texts) if text.strip()]


class _Markup(HTMLParser):
    """Gathers texts: one for each element that holds a text of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[list[str]] = [[]]
        self.unseen: list[str] = []
        self.nested = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = dict(attrs)
        if self.unseen:
            self.nested += tag == self.unseen[0]
            return
        self.texts += [[value] for name in ATTRIBUTES if (value := held.get(name))]
        if tag in UNSEEN or "preview" in str(held.get("class")).split():
            self.unseen, self.nested = [tag], 1
        else:
            self._apart(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.unseen:
            self.nested -= tag == self.unseen[0]
            self.unseen = self.unseen if self.nested else []
        else:
            self._apart(tag)

    def _apart(self, tag: str) -> None:
        """Begin a new text at an element that holds its own, a new word at any other."""
        if tag in WHOLE:
            self.texts.append([])
        else:
            self.texts[-1].append(" ")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.texts[-1].append(data)


def _below(node: Any) -> Iterator[Any]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _below(child)


def _of_message(message: Any) -> Iterator[str]:
    """Yield the strings of the fields that a person reads, however deep."""
    if not hasattr(message, "ListFields"):
        return
    for field, value in message.ListFields():
        for each in value if hasattr(value, "__iter__") and not isinstance(value, str | bytes) else [value]:
            if isinstance(each, str):
                if field.name in FIELDS:
                    yield each
            else:
                yield from _of_message(each)


def _of_chart(sent: dict[str, Any]) -> Iterator[str]:
    """Yield the texts of a chart: its alternative, its tools, its picture, and every text that Plotly draws."""
    yield sent["alt"]
    yield from (*sent["words"].values(), *sent["groups"].values(), sent["hint"])
    if sent["picture"]:
        yield sent["picture"]["title"]
        yield sent["picture"]["foot"]
    yield from (_FILLED_BY_PLOTLY.sub("", text) for text in _of_figure(sent["figure"], drawn=False))


def _of_figure(value: Any, *, drawn: bool) -> Iterator[str]:
    if isinstance(value, str):
        if drawn:
            yield from of_markup(value)
    elif isinstance(value, dict):
        unnamed = "<extra>" in str(value.get("hovertemplate", "")) or value.get("hoverinfo") == "skip"
        for name, held in value.items():
            if name == "name" and unnamed:
                continue  # without a legend a trace says its name only in a box beside what is said of a point
            yield from _of_figure(held, drawn=name in OF_FIGURES)
    elif isinstance(value, list):
        for held in value:
            yield from _of_figure(held, drawn=drawn)
