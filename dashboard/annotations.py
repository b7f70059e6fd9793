"""Dates of a program's own: what happened in a quarter, shown on every chart over calendar time and listed below it.

A note names a quarter and says in a few words what changed, such as a new intake form. It is the program's own
statement; nothing is worked out from it, and it never names a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard import kept_file, words
from dashboard.answers import Fault, InputFault
from dashboard.language import noted

NAME, WHAT = "annotations.json", noted("dates of a program's own")
MOST = 40
LONGEST = 80


@dataclass(frozen=True, slots=True, order=True)
class Annotation:
    """What happened in a quarter ('2025-Q3')."""

    quarter: str
    text: str


def annotations(home: Path) -> list[Annotation]:
    """Return the dates by quarter; none before the first; InputFault if the file cannot be read."""
    try:
        found = [Annotation(str(each["quarter"]), str(each["text"])) for each in kept_file.read(home, NAME, WHAT)]
    except KeyError:
        raise kept_file.damaged(home, NAME, WHAT) from None
    if not all(is_quarter(one.quarter) for one in found):
        raise kept_file.damaged(home, NAME, WHAT)
    return sorted(found)


def add(home: Path, quarter: str, text: str) -> None:
    """Keep a date; InputFault for a quarter or a text that cannot be, too many, or a folder that cannot be written."""
    text = " ".join(text.split())
    faults = []
    if not is_quarter(quarter):
        faults.append(Fault("the date", "is not a quarter such as 2025-Q3", "Choose a year and a quarter."))
    if not text or len(text) > LONGEST or not text.isprintable():
        rule = f"has no text of 1 to {LONGEST} characters"
        faults.append(Fault("the date", rule, "Say in a few words what changed."))
    held = annotations(home)
    if len(held) >= MOST:
        rule = f"would be one more than {MOST}"
        faults.append(Fault("the date", rule, "Remove one that is not needed."))
    if faults:
        raise InputFault(faults)
    _write(home, sorted({*held, Annotation(quarter, text)}))


def remove(home: Path, gone: Annotation) -> None:
    """Remove a date, if it is there; InputFault if the folder cannot be written."""
    _write(home, [one for one in annotations(home) if one != gone])


def is_quarter(text: str) -> bool:
    """Tell whether `text` is a quarter such as 2025-Q3."""
    return words.is_period(text) and text[5] == "Q" and text[6] in "1234"


def within(held: Iterable[Annotation], periods: Sequence[str]) -> list[tuple[str, Annotation]]:
    """Return for each date that falls into one of `periods` (quarters, half-years or months) that period and the date.

    A month is '2025-07'. Dates outside the periods are left out.
    """
    shown = set(periods)
    found = []
    for one in sorted(held):
        year, number = one.quarter[:4], int(one.quarter[6])
        names = (one.quarter, f"{year}-H{1 if number < 3 else 2}", f"{year}-{3 * number - 2:02d}")
        found += [(name, one) for name in names if name in shown]
    return found


def sentence(found: Sequence[tuple[str, Annotation]]) -> str:
    """Return the dates as one sentence for the note under a chart and the table; empty without any."""
    said = "; ".join(f"{words.period(one.quarter)}: {one.text}" for _, one in found)
    return said if not said or said.endswith((".", "!", "?", "…")) else f"{said}."


def _write(home: Path, held: Sequence[Annotation]) -> None:
    kept_file.write(home, NAME, [{"quarter": one.quarter, "text": one.text} for one in held])
