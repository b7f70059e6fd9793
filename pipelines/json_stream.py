"""Read JSON objects one by one from files of any size: lines of NDJSON, or the entries of one FHIR Bundle.

No more than one object is in memory. Numbers stay the text they are written in. Faults name the file and count the
lines; they never quote one.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.delimited import unpacked
from pipelines.faults import Fault, InputFault

LONGEST_OBJECT = 4 << 20
"""Bytes, or letters, of one resource; one without photos has some thousands, and lists take thirty times their text."""
_BLANK = " \t\r\n"


class Twice(Exception):
    """An object names a key twice: one of the two would be lost."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Twice
    return found


def _no_number(_: str) -> None:
    raise ValueError  # NaN and Infinity are not JSON


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_int=str, parse_float=str, parse_constant=_no_number)


def lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield number and object of every line that is not blank; InputFault, after all, if any is no JSON object."""
    wrong = twice = 0
    for number, line in _lines_of_bytes(path):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            value = _DECODER.decode(text) if text else None
        except (ValueError, RecursionError):
            value = False
        except Twice:
            twice += 1
            continue
        if isinstance(value, dict):
            yield number, value
        elif value is not None:
            wrong += 1
    faults = []
    if wrong:
        rule = "lines are not one JSON object each"
        faults.append(Fault(path.name, rule, "Export it again as NDJSON in UTF-8, one resource a line", wrong))
    if twice:
        faults.append(_named_twice(path, twice))
    if faults:
        raise InputFault(faults)


def bundle(path: Path) -> Iterator[tuple[int, str, Any]]:
    """Yield (place, "entry", entry) for every entry of a Bundle, (0, key, value) for its other elements, in order.

    Raises InputFault if the file is not one JSON object from its first letter to its last.
    """
    reading = _Reading(path)
    try:
        yield from _elements(reading)
    except (ValueError, RecursionError):
        raise InputFault(_not_whole(path)) from None
    except Twice:
        raise InputFault(_named_twice(path)) from None


def _elements(reading: _Reading) -> Iterator[tuple[int, str, Any]]:
    reading.take("{")
    seen: set[str] = set()
    if reading.peek() == "}":
        reading.take("}")
    else:
        while True:
            key = reading.value()
            if not isinstance(key, str):
                raise ValueError
            if key in seen:
                raise Twice
            seen.add(key)
            reading.take(":")
            if key == "entry" and reading.peek() == "[":
                yield from _entries(reading)
            else:
                yield 0, key, reading.value()
            if reading.take(",}") == "}":
                break
    if reading.peek():
        raise ValueError


def _entries(reading: _Reading) -> Iterator[tuple[int, str, Any]]:
    reading.take("[")
    if reading.peek() == "]":
        reading.take("]")
        return
    place = 0
    while True:
        place += 1
        yield place, "entry", reading.value()
        if reading.take(",]") == "]":
            return


class _Reading:
    """The text of a file, of which only what has not been read yet is kept."""

    def __init__(self, path: Path) -> None:
        self._pieces = _text(path)
        self._held = ""
        self._at = 0

    def peek(self) -> str:
        """Return the next letter that is not blank, empty at the end."""
        while True:
            while self._at < len(self._held):
                if self._held[self._at] not in _BLANK:
                    return self._held[self._at]
                self._at += 1
            if not self._more():
                return ""

    def take(self, letters: str) -> str:
        """Read the next letter, which must be one of `letters`; ValueError if it is another."""
        found = self.peek()
        if not found or found not in letters:
            raise ValueError
        self._at += 1
        return found

    def value(self) -> Any:
        """Read one value; ValueError if it is not whole, or longer than one object may be."""
        self.peek()
        while True:
            try:
                value, end = _DECODER.raw_decode(self._held, self._at)
            except ValueError:
                held = len(self._held) - self._at
                if held > LONGEST_OBJECT or not self._more(min(held, LONGEST_OBJECT + 1 - held)):
                    raise
                continue
            if end - self._at > LONGEST_OBJECT:
                raise ValueError
            if end == len(self._held) and self._more():
                continue  # a number may go on
            self._at = end
            return value

    def _more(self, at_least: int = 1) -> bool:
        """Read on, twice as far if a value did not end; False at the end of the file."""
        pieces, length = [self._held[self._at :]], 0
        for piece in self._pieces:
            pieces.append(piece)
            length += len(piece)
            if length >= at_least:
                break
        self._held, self._at = "".join(pieces), 0
        return length > 0


def _text(path: Path) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    for piece in unpacked(path):
        text = decoder.decode(piece)
        if text:
            yield text
    decoder.decode(b"", True)


def _lines_of_bytes(path: Path) -> Iterator[tuple[int, bytes]]:
    held, number = b"", 0
    for piece in unpacked(path):
        held += piece
        *whole, held = held.split(b"\n")
        for line in whole:
            number += 1
            yield number, line
        if len(held) > LONGEST_OBJECT or any(len(line) > LONGEST_OBJECT for line in whole):
            rule = f"a line is longer than {LONGEST_OBJECT:,} bytes"
            raise InputFault(Fault(path.name, rule, "Leave photos and attachments out of the export"))
    if held:
        yield number + 1, held


def _named_twice(path: Path, lines_of_it: int | None = None) -> Fault:
    remedy = "Ask whoever makes the export to write each key once; it cannot be told which of the two counts"
    return Fault(path.name, "an object names a key twice", remedy, lines_of_it)


def _not_whole(path: Path) -> Fault:
    remedy = "Export it again; a file with one resource a line is NDJSON and has to end in .ndjson"
    return Fault(path.name, "is not one whole JSON object in UTF-8", remedy)
