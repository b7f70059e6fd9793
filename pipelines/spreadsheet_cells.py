"""From the XML of a sheet to the text of its cells: rows, texts, numbers, dates. Pure; nothing is opened here."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from openpyxl.styles.numbers import is_date_format, is_timedelta_format

LAST_ROW, LAST_COLUMN, LONGEST_CELL = 1_048_576, 16_384, 32_767
"""Limits of the format itself."""
_WHOLE = re.compile(r"-?\d{1,15}")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_ZEROS = re.compile(r"0{2,15}")
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Broken(Exception):
    """The XML says what no workbook says."""


class TooLong(Exception):
    """A cell is longer than the format allows."""


@dataclass(slots=True)
class Oddities:
    """Cells that were read as blank although something stands there."""

    without_value: int = 0
    errors: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that holds something: its text, and whether it was written as text rather than a number or a date."""

    text: str
    is_text: bool


Row = tuple[int, dict[int, Cell]]
"""The number of a row of the sheet, and its cells by their column from 1; blank ones are not there."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What cells refer to: the table of texts, the number format of each style, and the first day of the calendar."""

    texts: Sequence[str]
    formats: Sequence[str]
    from_1904: bool

    def text(self, place: str) -> str:
        """Return a text by its place; Broken if there is none."""
        if not place.strip().isdecimal() or int(place) >= len(self.texts):
            raise Broken
        return self.texts[int(place)]

    def format(self, style: str | None) -> str:
        """Return the number format of a style; General if it has none."""
        if style is None or not style.isdecimal() or int(style) >= len(self.formats):
            return "General"
        return self.formats[int(style)]


class TextReading:
    """Gathers the texts of `si` elements, in one piece or in runs; hints for pronunciation are left away."""

    def __init__(self, take: Callable[[str], None]) -> None:
        self._take = take
        self._parts: list[str] = []
        self._length = 0
        self._open = self._hint = False

    def start(self, element: str, _: dict[str, str]) -> None:
        """Take the start of an element."""
        if element == "si":
            self._parts, self._length = [], 0
        self._hint = element == "rPh" or self._hint
        self._open = element == "t" and not self._hint

    def end(self, element: str) -> None:
        """Take the end of an element."""
        self._open = False
        if element == "rPh":
            self._hint = False
        elif element == "si":
            self._take(_unescaped("".join(self._parts)))

    def text(self, piece: str) -> None:
        """Take a piece of text."""
        if self._open:
            self._length += len(piece)
            if self._length > LONGEST_CELL:
                raise TooLong
            self._parts.append(piece)


@dataclass(slots=True)
class SheetReading:
    """Gathers the rows of one sheet as its XML goes by."""

    lookup: Lookup
    oddities: Oddities
    _rows: list[Row] = field(default_factory=list)
    _row: int = 0
    _column: int = 0
    _cells: dict[int, Cell] = field(default_factory=dict)
    _attributes: dict[str, str] = field(default_factory=dict)
    _value: list[str] = field(default_factory=list)
    _length: int = 0
    _open: bool = False
    _hint: bool = False
    _has_value: bool = False
    _formula: bool = False

    def taken(self) -> list[Row]:
        """Return the rows that are complete and forget them."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, element: str, attributes: dict[str, str]) -> None:
        """Take the start of an element."""
        if element == "c":
            self._start_cell(attributes)
        elif element == "v" or (element == "t" and not self._hint):
            self._open = self._has_value = True
        elif element == "f":
            self._formula = True
        elif element == "rPh":
            self._hint = True
        elif element == "row":
            number = attributes.get("r", str(self._row + 1))
            if not number.isdecimal() or len(number) > 7 or not self._row < int(number) <= LAST_ROW:
                raise Broken
            self._row, self._column, self._cells = int(number), 0, {}

    def end(self, element: str) -> None:
        """Take the end of an element."""
        if element in ("v", "t"):
            self._open = False
        elif element == "rPh":
            self._hint = False
        elif element == "c":
            self._end_cell()
        elif element == "row" and self._cells:
            self._rows.append((self._row, self._cells))
            self._cells = {}

    def text(self, piece: str) -> None:
        """Take a piece of text."""
        if self._open:
            self._length += len(piece)
            if self._length > LONGEST_CELL:
                raise TooLong
            self._value.append(piece)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        named = attributes.get("r")
        column = self._column + 1
        if named is not None:
            match = _CELL.fullmatch(named)
            column = column_number(match[1]) if match else 0
        if not self._column < column <= LAST_COLUMN or self._row == 0:
            raise Broken
        self._column, self._attributes = column, attributes
        self._value, self._length, self._has_value, self._formula = [], 0, False, False

    def _end_cell(self) -> None:
        if not self._has_value:
            self.oddities.without_value += self._formula
            return
        value, kind = "".join(self._value), self._attributes.get("t", "n")
        if kind == "e":
            self.oddities.errors += 1
            return
        is_text = kind in ("s", "inlineStr", "str")
        if kind == "s":
            text: str | None = self.lookup.text(value)
        elif kind == "b":
            text = {"1": "true", "0": "false"}.get(value.strip(), value)
        elif is_text:
            text = _unescaped(value)
        elif kind == "d":
            text = re.sub(r"T00:00(:00(\.0*)?)?Z?$", "", value.strip())
        else:
            text = number_text(value.strip(), self.lookup.format(self._attributes.get("s")), self.lookup.from_1904)
        if text is None:
            self.oddities.errors += 1
        elif text.strip():
            self._cells[self._column] = Cell(text, is_text)


def column_number(letters: str) -> int:
    """Return the number of a column from its letters: 1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Return the letters of a column from its number: A for 1, AA for 27."""
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = chr(65 + place) + letters
    return letters


def number_text(value: str, code: str, from_1904: bool) -> str | None:
    """Return a number as a person would type it, a date in ISO form; None for a date no calendar has.

    `code` is the number format: one of dates makes the number a date, one of zeros alone ("00000") keeps leading
    zeros. A number is written with 15 significant digits, as many as the program shows.
    """
    if _NUMBER.fullmatch(value) is None:
        return value
    if is_date_format(code) and not is_timedelta_format(code):
        return _date_text(float(value), from_1904)
    if _WHOLE.fullmatch(value):
        whole = value
    else:
        number = float(value)
        if abs(number) >= 1e300:
            return value
        whole = str(int(number)) if number.is_integer() else format(number, ".15g")
    whole = "0" if whole == "-0" else whole
    return whole.zfill(len(code)) if _ZEROS.fullmatch(code) and whole.isdecimal() else whole


def _date_text(serial: float, from_1904: bool) -> str | None:
    days, seconds = divmod(round(serial * 86_400), 86_400)
    if not 0 <= days < 2_958_466:
        return None
    clock = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if days == 0 and not from_1904:
        return clock
    if from_1904:
        day = date(1904, 1, 1) + timedelta(days) if days < 2_957_004 else None
    elif days == 60:
        day = None  # 29 February 1900, which the program believes in
    else:
        day = date(1899, 12, 31 if days < 60 else 30) + timedelta(days)
    if day is None:
        return None
    return f"{day.isoformat()} {clock}" if seconds else day.isoformat()


def _unescaped(text: str) -> str:
    """Return a text with its escaped letters as they are; control characters but tabs and line ends go."""
    if "_x" not in text:
        return text
    shown = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    shown = shown.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # halves of a letter become one
    return "".join(letter for letter in shown if letter >= " " or letter in "\t\n\r")
