"""Estimates as files: which rows may leave the screen, under which name, and the CSV itself.

A download holds the rows of the estimate table that the screen draws, nothing more. At the manager's door a file is
marked internal in its name and in its first column, and what rests on too few people for a file is emptied first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from dashboard.answers import (
    CODE_BOOK,
    EXPORT_FLOOR,
    Question,
    Settings,
    apply_export,
    csv_text,
    export_allowed,
    measure_entry,
    one_line,
    record_of,
)
from dashboard.language import noted, say

Ask = Callable[[Question], pd.DataFrame]
STANDARD = Settings()
INTERNAL = "internal - not for release"
PROTECTED = "disclosure-controlled statistics"
INTERNAL_NOTE = (
    "Internal. Exact numbers on your own records. Not for release; use the release for anyone outside. "
    f"Rows that rest on fewer than {EXPORT_FLOOR} people are empty."
)
INTERNAL_PICTURE = "Internal. Exact numbers on your own records. Not for release; use the release for anyone outside."
FOOTNOTE = noted(
    "Disclosure-controlled statistics. Groups under {threshold} are not shown, numbers carry deliberate noise (within "
    "{error}, mostly within {step}) and are rounded to {step}, so they do not add up exactly. Do not try to identify "
    "anyone."
)
"""What stands under every release, with the numbers of its settings."""
RELEASE_NOTE = FOOTNOTE.format(threshold=11, error=10, step=5)
USE = "use"
USE_MEANING = (
    f"Who may have this file: '{INTERNAL}' for exact numbers from the manager's pages, '{PROTECTED}' for a release."
)
SETTINGS = "settings"
SETTINGS_MEANING = (
    "What the row was counted with: clock, gap, contacts, episodes, the definitions with their versions, their numbers."
)
MEANINGS = {USE: USE_MEANING, **CODE_BOOK, SETTINGS: SETTINGS_MEANING}
COUNTS_SESSIONS = ("attendance_rate",)
NUMBERS = ("x", "estimate", "lower", "upper", "n", "events")
_BASES = {
    "enrolled": ("people_enrolled", "count"),
    "followed": ("staying_curve", "at_risk"),
    "landmark": ("response_rate", "share"),
}
"""The measure, and the rows of it, that count the people each kind of measure starts from."""


def export_rows(
    table: pd.DataFrame, about: Mapping[str, Any], sizes: Mapping[str, int | None] | None = None
) -> pd.DataFrame:
    """Return the rows of an estimate table as they may leave the screen: use, one column per dimension, the table,
    settings.

    `table` has the columns of the estimate table. At the manager's door rows below the export floor lose their
    numbers and become hidden; `sizes` gives the people of each level where `n` counts something else.
    """
    rows = apply_export(table, sizes=sizes) if about["audience"] == "manager" else table.reset_index(drop=True)
    groupings = [text.split(",") for text in dict.fromkeys(table["grouping"]) if text]
    split = max(groupings, key=len, default=[])
    parts = [
        level.split("|") if grouping == ",".join(split) and stat not in ("difference", "p_value") else []
        for level, grouping, stat in zip(rows["level"], rows["grouping"], rows["stat"], strict=True)
    ]
    columns: dict[str, Any] = {USE: INTERNAL if about["audience"] == "manager" else PROTECTED}
    for place, dimension in enumerate(split):
        columns[dimension] = [part[place] if place < len(part) else "" for part in parts]
    together = pd.concat([pd.DataFrame(columns, index=rows.index), rows], axis=1)
    together[SETTINGS] = one_line(record_of(table))
    return together


def all_hidden(rows: pd.DataFrame) -> bool:
    """Tell whether no row of the table may be shown, so that there is nothing to download."""
    return not rows["status"].isin(["shown", "rough"]).any()


def refusal(ask: Ask, question: Question, about: Mapping[str, Any]) -> str:
    """Return why a table may not leave as a file at all, as it is said; empty if it may.

    At the manager's door the people the filters choose, and those they leave out, must each be none or reach the
    export floor, also against the same question with one filter less.
    """
    if about["audience"] != "manager":
        return ""
    if measure_entry(question.measure).rows == "months":
        only = noted("Only the numbers of all sites together are given out as a file. Remove a filter.")
        return say(only) if question.where else ""
    chosen = _people(ask, question, question.where)
    if chosen is not None and 0 < chosen < EXPORT_FLOOR:
        return say(
            "Fewer than {floor} people are in these figures, so they are not given out as a file.", floor=EXPORT_FLOOR
        )
    for others in _wider(question.where):
        everybody = _people(ask, question, others)
        if chosen is None or everybody is None or not export_allowed(chosen, everybody - chosen):
            return say(
                "These filters single out, or leave out, fewer than {floor} people, so the figures are not "
                "given out as a file. Remove a filter.",
                floor=EXPORT_FLOOR,
            )
    return ""


def level_sizes(ask: Ask, question: Question, about: Mapping[str, Any]) -> dict[str, int | None] | None:
    """Return the people of each level where the rows of a measure count sessions instead; None where they do not."""
    if about["audience"] != "manager" or not question.by or question.measure not in COUNTS_SESSIONS:
        return None
    people = ask(replace(question, measure="people_enrolled"))
    rows = people[people["stat"].eq("count") & people["grouping"].ne("")]
    return {str(row.level): None if pd.isna(row.estimate) else int(row.estimate) for row in rows.itertuples()}


def file_name(
    measure: str, by: Sequence[str], about: Mapping[str, Any], ending: str, settings: Settings = STANDARD
) -> str:
    """Return the name of a download: measure, groups, settings that are not the usual ones, records-to and version.

    It is marked when it is internal.
    """
    groups = "_by_" + "_and_".join(by) if by else ""
    usual = asdict(STANDARD)
    groups += "".join(f"_{name}_{value}" for name, value in asdict(settings).items() if value != usual[name])
    marks = "INTERNAL_not_for_release_" if about["audience"] == "manager" else ""
    demonstration = "DEMONSTRATION_" if about["demonstration"] else ""
    return f"{marks}{demonstration}{measure}{groups}_{about['records_to']}_{about['version']}.{ending}"


def csv_bytes(rows: pd.DataFrame, *, for_excel: bool = False) -> bytes:
    """Return export rows as CSV: UTF-8, every field quoted, no cell a spreadsheet could run, empty where hidden."""
    values = [[_plain(value) for value in row] for row in rows.itertuples(index=False, name=None)]
    return csv_text(list(rows.columns), values, for_excel=for_excel).encode()


def english(text: str, /, **values: object) -> str:
    """Return `text` with `values` put in, in English whatever the page speaks: the words of every file."""
    return text.format_map(values) if values else text


def code_book(rows: pd.DataFrame, tell: Callable[..., str] = english) -> pd.DataFrame:
    """Return one row for each column of `rows`: column, meaning, type, allowed values, what an empty cell means.

    `tell` puts the words: `english` for a file, `say` for a page.
    """
    lines = []
    for name in rows.columns:
        number = name in NUMBERS
        meaning = (
            tell(MEANINGS[name])
            if name in MEANINGS
            else tell(noted("The category of {name} the row is about."), name=name)
        )
        lines.append(
            {
                "column": name,
                "meaning": meaning,
                "type": tell(noted("number")) if number else tell(noted("string")),
                "allowed": _allowed(name, rows, tell),
                "empty_means": tell(_empty_means(name)),
            }
        )
    return pd.DataFrame(lines)


def citation(measure: str, about: Mapping[str, Any]) -> str:
    """Return one line to cite the table by."""
    entry = measure_entry(measure)
    made_up = " Demonstration data, not real people." if about["demonstration"] else ""
    internal = " Internal, not for release." if about["audience"] == "manager" else ""
    return (
        f"{about['title']}. {entry.label}. Records to {about['records_to']}, version {about['version']}. "
        f"Made with recovery-outcomes.{made_up}{internal}"
    )


def note(about: Mapping[str, Any]) -> str:
    """Return the sentence about protection that every file and page of a door carries."""
    return INTERNAL_NOTE if about["audience"] == "manager" else str(about.get("footnote") or RELEASE_NOTE)


def said_note(about: Mapping[str, Any]) -> str:
    """Return the sentence about protection as a page says it; the numbers are those of the release."""
    text = note(about)
    values = dict(zip(("threshold", "error", "step"), re.findall(r"\d+", text), strict=False))
    if len(values) == 3 and FOOTNOTE.format(**values) == text:
        return say(FOOTNOTE, **values)
    return say(text)


def _people(ask: Ask, question: Question, where: tuple[tuple[str, tuple[str, ...]], ...]) -> int | None:
    """Return how many people the measure of `question` starts from under other filters; None where it is withheld."""
    measure, stat = _BASES[measure_entry(question.measure).rows]
    table = ask(replace(question, measure=measure, by=(), where=where))
    # Row by row, because the first one mostly is it: every file of a page asks this again.
    rows = zip(table["stat"], table["series"], table["x"], table["n"], strict=True)
    at_start = (
        n for kind, series, x, n in rows if kind == stat and series != "never_attended" and (pd.isna(x) or x == 0)
    )
    return next((int(n) for n in at_start if pd.notna(n)), None)


def _wider(
    where: tuple[tuple[str, tuple[str, ...]], ...],
) -> Iterator[tuple[tuple[str, tuple[str, ...]], ...]]:
    """Yield no filter, and every set of filters with one less."""
    if not where:
        return
    yield ()
    if len(where) > 1:
        for place in range(len(where)):
            yield where[:place] + where[place + 1 :]


def _allowed(name: str, rows: pd.DataFrame, tell: Callable[..., str]) -> str:
    if name in ("n", "events"):
        return tell(noted("0 or more"))
    if name in (*NUMBERS, SETTINGS):
        return ""
    held = [str(value) for value in dict.fromkeys(rows[name]) if str(value)]
    return ", ".join(held) if len(held) <= 12 else tell(noted("{number} values"), number=len(held))


def _empty_means(name: str) -> str:
    if name in ("estimate", "lower", "upper", "n", "events"):
        return noted("hidden or not applicable: see status")
    meanings = {
        "x": noted("not a point on an axis"),
        "level": noted("everyone"),
        "grouping": noted("everyone together"),
        "series": noted("only one series"),
        "reason": noted("nothing is withheld"),
        "shape": noted("not drawn"),
    }
    return meanings.get(name, noted("never empty") if name in MEANINGS else noted("everyone, or a comparison"))


def _plain(value: object) -> object:
    """Return whole numbers without a decimal point, everything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
