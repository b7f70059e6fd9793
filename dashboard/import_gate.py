"""The way from the page Your data to the load: beside `answers` the only module of the dashboard that reaches there.

Nobody but a manager's process may look at files, check or load them: anybody else gets a PermissionError.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from dashboard import answers
from pipelines import evidence, intake, recognise, targets, template
from pipelines.choices import Choices, as_proposed
from pipelines.column_profile import ColumnProfile, SourceProfile
from pipelines.faults import Fault, InputFault
from pipelines.intake import ENDINGS, Look, Upload
from pipelines.mapping_file import read_mapping
from pipelines.private_folder import remove_leftovers
from pipelines.proposal import Proposal
from pipelines.proposal_text import mapping_text
from pipelines.propose import propose_from
from pipelines.propose_runs import find_runs
from pipelines.summary import LoadSummary

__all__ = [
    "ENDINGS",
    "Choices",
    "ColumnProfile",
    "Fault",
    "InputFault",
    "LoadSummary",
    "Look",
    "Proposal",
    "SourceProfile",
    "Upload",
    "as_proposed",
    "asks_for_day",
    "blank_workbook",
    "check",
    "evidence",
    "find_runs",
    "label_of",
    "look",
    "mapping_text",
    "packaged_text",
    "propose_from",
    "remove_leftovers",
    "stored_now",
    "targets",
    "use",
]

Done = TypeVar("Done")


def _managers_only(step: Callable[..., Done]) -> Callable[..., Done]:
    @wraps(step)
    def guarded(*arguments: Any, **named: Any) -> Done:
        if answers.audience() != "manager":
            raise PermissionError("loading records is for managers")
        return step(*arguments, **named)

    return guarded


look = _managers_only(intake.look)
check = _managers_only(intake.check)
use = _managers_only(intake.use)
packaged_text = intake.packaged_text
asks_for_day = recognise.asks_for_day


def label_of(packaged: str) -> str:
    """Return what a packaged mapping is for, in a few words."""
    return read_mapping(packaged).label


def blank_workbook() -> bytes:
    """Return the template workbook, ready to fill."""
    with TemporaryDirectory() as folder:
        (path,) = template.write_workbook(Path(folder))
        return path.read_bytes()


@_managers_only
def stored_now(home: Path) -> dict[str, int]:
    """Return the rows of every table of the current records; nothing before the first load or if they are damaged."""
    try:
        return {load.table: load.rows_stored for load in answers.data_quality(home).loads}
    except InputFault:
        return {}
