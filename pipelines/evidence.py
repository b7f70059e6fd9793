"""What speaks for a column being what it is matched with, in plain words: counts and kinds, never a cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pipelines.column_profile import MOST_WORDS, ColumnProfile, fold
from pipelines.guess import best_dates, forms_of_dates, spelled_out, spellings, words_as_written, words_for
from pipelines.instruments import Instrument
from pipelines.mapping_rules import DATE_FORMS
from pipelines.propose_scores import factor, guessed, no_totals
from pipelines.schema import Column
from pipelines.targets import LEAVE_OUT, TOTAL, column_of

Level = Literal["good", "check", "out"]
MOSTLY = 0.9
"""Share of filled cells from which a column is said to hold one kind."""
LONGEST_HEADING = 60
_LIKE_A_VALUE = re.compile(r"@|\d{5}|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{3}[ .-]\d{4}")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found: `good` needs no look, `check` does, `out` is not read."""

    level: Level
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of a column mean: `understood` as written, and how many cells hold how many other words."""

    allowed: tuple[str, ...]
    understood: Mapping[str, str]
    cells: int
    different: int


def shown_heading(column: ColumnProfile) -> str:
    """Return a heading as a page shows it: its place where it looks like a cell, as in a file without a heading row."""
    text = " ".join(column.heading.split())
    odd = not re.search(r"[^\W\d_]", text) or _LIKE_A_VALUE.search(text) or len(text) > LONGEST_HEADING
    return f"Column {column.place}" if odd else text


def looks_headless(columns: tuple[ColumnProfile, ...]) -> bool:
    """Tell whether so many headings look like cells that the file probably has no heading row."""
    odd = sum(shown_heading(column) == f"Column {column.place}" for column in columns)
    return 2 * odd >= max(len(columns), 1)


def describe(column: ColumnProfile) -> str:
    """Return what a column looks like: how much of it is filled, how many different cells, of which kind."""
    if not column.filled:
        return f"Empty in all {_counted(column.rows, 'row')}"
    alike = "all alike" if column.distinct == 1 else f"{column.distinct:,} different"
    different = "all different" if column.distinct == column.filled else alike
    return f"{_kind(column)} in {column.filled:,} of {_counted(column.rows, 'row')}, {different}"


def judge(column: ColumnProfile, target: str, registry: Mapping[str, Instrument]) -> Evidence:
    """Return what speaks for or against a column being what it is matched with."""
    if target == LEAVE_OUT:
        named = guessed([column], registry).get(column.heading, [])
        maybe = f"; may be a score of {' or '.join(one.short_name for one in named)}" if named else ""
        if not named and no_totals([column], registry):
            maybe = "; holds means by its heading, and a mean is no total"
        return Evidence("out", describe(column) + maybe)
    if not column.filled:
        return Evidence("check", describe(column))
    if target.startswith(TOTAL):
        return _of_score(column, registry[target.removeprefix(TOTAL)])
    found = column_of(target)
    if found is None:
        return Evidence("good", describe(column))
    table, ours = found
    if ours.transform in ("day", "quarter"):
        return _of_dates(column)
    if ours.transform in ("category", "flag"):
        return _of_words(column, words_of(column, table, ours, registry))
    if ours.transform in ("integer", "age_band"):
        return _of_numbers(column, column.whole, "whole numbers")
    if ours.transform == "number":
        return _of_numbers(column, column.numbers, "numbers")
    if ours.transform == "zip3":
        return _of_numbers(column, column.zips, "ZIP codes")
    return Evidence("good", describe(column))


def words_of(column: ColumnProfile, table: str, ours: Column, registry: Mapping[str, Instrument]) -> Words:
    """Return which words of a column are understood, and how many cells hold others; no word that is not ours."""
    known = words_for(table, ours, registry)
    understood = words_as_written([column], known)
    allowed = tuple(registry) if ours.incoming == "instrument_id" else ours.allowed
    cells = column.filled - spelled_out(column, ours, understood, allowed) if column.words else column.filled
    read = set(understood) | {word for word in column.words if fold(word).replace(" ", "_") in allowed}
    different = sum(word not in read for word in column.words) if column.words else column.distinct
    return Words(allowed, understood, max(cells, 0), different if cells > 0 else 0)


def occurs(column: ColumnProfile, text: str) -> bool:
    """Tell whether a text a person typed stands in a column, whatever its capitals."""
    return any(spelled in column.words for spelled in spellings(text))


def date_forms(column: ColumnProfile) -> tuple[str, ...]:
    """Return the forms that read the same number of a column's dates, if more than one does; a person must choose.

    Dates written year-month-day may stand among them: they are read in any case.
    """
    written = {form: column.dates.get(form, 0) for form in DATE_FORMS if not form.startswith("excel")}
    best = max(written.values())
    if not best or column.dates["iso"] + best > column.filled:
        return ()
    forms = tuple(form for form, count in written.items() if count == best)
    return forms if len(forms) > 1 else ()


def _of_dates(column: ColumnProfile) -> Evidence:
    forms = forms_of_dates(column)
    count = sum(each for _, each in forms)
    if not count:
        return Evidence("check", f"None of {column.filled:,} filled cells reads as a date")
    written = ", some ".join(_in_words(form) for form, _ in forms)
    said = f"{count:,} of {column.filled:,} filled cells read as dates ({written})"
    if date_forms(column) and not column.date_form:
        return Evidence("check", f"{said}; month and day cannot be told apart: choose below")
    return Evidence("good" if count == column.filled else "check", said)


def _in_words(form: str) -> str:
    return "year-month-day" if form == "iso" else "day numbers of a spreadsheet" if "excel" in form else form


def _of_words(column: ColumnProfile, words: Words) -> Evidence:
    if not words.cells:
        return Evidence("good", f"All {column.filled:,} filled cells hold {_counted(column.distinct, 'word')} we know")
    return Evidence(
        "check",
        f"{words.cells:,} of {column.filled:,} filled cells hold {_counted(words.different, 'word')} we do not know",
    )


def _of_numbers(column: ColumnProfile, count: int, what: str) -> Evidence:
    if count == column.filled:
        return Evidence("good", f"All {column.filled:,} filled cells are {what}")
    return Evidence("check", f"{count:,} of {column.filled:,} filled cells are {what}")


def _of_score(column: ColumnProfile, instrument: Instrument) -> Evidence:
    scale = f"{instrument.short_name} runs from {instrument.scale_min:g} to {instrument.scale_max:g}"
    if column.numbers < column.filled:
        return Evidence("check", f"{column.numbers:,} of {column.filled:,} filled cells are numbers; {scale}")
    times = factor(column, instrument)
    if times is None:
        return Evidence("check", f"Some of {column.filled:,} scores are outside the scale; {scale}")
    if times != 1:
        done = f"divided by {instrument.n_items}" if times < 1 else f"multiplied by {instrument.n_items}"
        kind = "sums" if times < 1 else "means"
        return Evidence("check", f"{column.filled:,} scores look like {kind} of the items and are {done}; {scale}")
    return Evidence("good", f"All {column.filled:,} scores are within the scale; {scale}")


def _kind(column: ColumnProfile) -> str:
    if column.share(best_dates(column)[1]) >= MOSTLY and "excel" not in best_dates(column)[0]:
        return "Dates"
    if column.share(column.whole) >= MOSTLY:
        return "Whole numbers"
    if column.share(column.numbers) >= MOSTLY:
        return "Numbers"
    return "A few words or codes" if column.distinct <= min(MOST_WORDS, column.filled / 2) else "Text"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun if number == 1 else noun + 's'}"
