"""The edge where a table becomes a file: asks, withholds, names it, writes it, and notes every internal export.

The note says who, when, which table and how many rows; it never holds a number of the table.
"""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard import downloads
from dashboard.answers import EXPORT_FLOOR, Answers, Fault, InputFault, Question, measures, record_of
from dashboard.data_package import data_package
from dashboard.language import noted, say

LOG = Path("log") / "exports.jsonl"
FORMATS: Mapping[str, str] = {"csv": "csv", "excel": "csv", "package": "zip", "svg": "svg"}
"""What a table can be written as, and the ending of the file's name."""
PICTURE_TOO_SMALL = (
    f"This picture shows groups of fewer than {EXPORT_FLOOR} people and cannot leave. "
    "The file of numbers leaves them out."
)
NOT_NOTED = noted(
    "The picture could not be noted in the log, so it was not saved. Let your account write to the data folder."
)
NOTHING_SHOWN = noted("Every group is too small to be shown, or too recent. Group by fewer things, or remove a filter.")
NOT_PUBLISHED = noted(
    "The published figures hold only some combinations of filters. Remove a filter to see this figure."
)


@dataclass
class Export:
    """A table on its way into a file. `refused` says why it may not leave, empty if it may.

    Rows are put together when they are first needed, `content` when the file is taken; an internal one is noted then.
    """

    question: Question
    table: pd.DataFrame
    about: Mapping[str, Any]
    sizes: Mapping[str, int | None] | None
    refused: str
    file_format: str
    home: Path

    @property
    def name(self) -> str:
        """The name of the file."""
        by = self.question.by or tuple(measures()[self.question.measure].fixed_groupings)
        ending, settings = FORMATS[self.file_format], self.question.settings
        return downloads.file_name(self.question.measure, by, self.about, ending, settings)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows as they may leave the screen."""
        return downloads.export_rows(self.table, self.about, self.sizes)

    def content(self) -> bytes:
        """Return the file; ValueError if it may not leave, OSError if an internal one cannot be noted."""
        if self.refused:
            raise ValueError("this table may not leave as a file")
        made = self._bytes()
        if self.about["audience"] == "manager":
            note(self.home, self.about, self.question, len(self.rows), self.file_format)
        return made

    def _bytes(self) -> bytes:
        if self.file_format != "package":
            return downloads.csv_bytes(self.rows, for_excel=self.file_format == "excel")
        filters = {name: list(codes) for name, codes in self.question.where}
        return data_package(
            self.question.measure,
            self.rows,
            self.about,
            {"by": list(self.question.by), "filters": filters, **record_of(self.table)},
        )


def prepare(
    ask: downloads.Ask,
    about: Mapping[str, Any],
    question: Question,
    file_format: str,
    home: Path,
    table: pd.DataFrame | None = None,
) -> Export:
    """Return the answer to `question` as a file of `file_format`; `table` is the answer where it is known already."""
    answer = ask(question) if table is None else table
    sizes = downloads.level_sizes(ask, question, about)
    refused = downloads.refusal(ask, question, about)
    if not refused and downloads.all_hidden(answer):
        unpublished = about["audience"] != "manager" and set(answer["status"]) == {"not_applicable"}
        refused = say(NOT_PUBLISHED if unpublished else NOTHING_SHOWN)
    return Export(question, answer, about, sizes, refused, file_format, home)


def picture_refusal(export: Export) -> str:
    """Note a picture of an internal figure and return ''; or return why it may not leave, and then nothing is noted.

    A picture shows what the screen shows, so it may leave only where a file of the same table would lose nothing.
    """
    if export.refused:
        return export.refused
    shown = export.table["status"].isin(["shown", "rough"]).sum()
    if export.rows["status"].isin(["shown", "rough"]).sum() < shown:
        return say(PICTURE_TOO_SMALL)
    try:
        note(export.home, export.about, export.question, len(export.rows), export.file_format)
    except OSError:
        return say(NOT_NOTED)
    return ""


def write(answers: Answers, question: Question, file_format: str, folder: Path, home: Path) -> Path:
    """Write one table into `folder` and return the path of the file.

    Raises InputFault for an unknown measure, a table that may not leave, or a folder that cannot be written.
    """
    check_measure(question.measure)
    export = prepare(answers.ask, answers.about(), question, file_format, home)
    if export.refused:
        raise InputFault(Fault(question.measure, "may not leave as a file", export.refused))
    path = folder / export.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        pending = path.with_name(f".{path.name}.part")
        pending.write_bytes(export.content())
        os.replace(pending, path)
    except OSError:
        raise InputFault(
            Fault(str(folder), "cannot be written", "Choose with --to a folder your account may write to.")
        ) from None
    return path


def check_measure(measure: str) -> None:
    """Raise InputFault naming every declared measure unless `measure` is one."""
    if measure not in measures():
        raise InputFault(Fault("measure", "is not a declared one", f"Use one of: {', '.join(measures())}."))


def note(home: Path, about: Mapping[str, Any], question: Question, rows: int, file_format: str) -> None:
    """Add one line about an internal export to the log; OSError if it cannot be written, and then nothing leaves."""
    line: dict[str, object] = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": _who(),
        "version": about["version"],
        "measure": question.measure,
        "by": list(question.by),
        "filtered_by": _names(question.where),
        "format": file_format,
        "rows": rows,
    }
    path = home / LOG
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as log:
        log.write(json.dumps(line) + "\n")


def _names(where: Sequence[tuple[str, tuple[str, ...]]]) -> list[str]:
    return [name for name, _ in where]


def _who() -> str:
    """Return the name of the account that runs the process, its number where it has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
