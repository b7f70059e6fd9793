"""What a program keeps for itself beside its records: small lists in files of their own, for one account alone."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from dashboard.answers import Fault, InputFault

FOLDER = "kept"


def read(home: Path, name: str, what: str) -> list[Mapping[str, object]]:
    """Return the entries of `<home>/kept/<name>`; none before the first.

    Raises InputFault, saying that it is not a file of `what`, if it is not a list of tables.
    """
    path = home / FOLDER / name
    try:
        held = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return []
    except (OSError, ValueError):
        raise damaged(home, name, what) from None
    if not isinstance(held, list) or not all(isinstance(each, dict) for each in held):
        raise damaged(home, name, what)
    return held


def damaged(home: Path, name: str, what: str) -> InputFault:
    """Return the fault of a file that does not hold what it should."""
    remedy = "Put back a copy from your backups, or remove the file to begin with none."
    return InputFault(Fault(str(home / FOLDER / name), f"is not a file of {what}", remedy))


def write(home: Path, name: str, entries: Sequence[Mapping[str, object]]) -> None:
    """Write the entries, all or nothing, readable by their owner alone; InputFault if the folder cannot be written."""
    path = home / FOLDER / name
    draft = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(list(entries), indent=1) + "\n")
        os.replace(draft, path)
    except OSError:
        remedy = "Let your account write to the data folder, and make room on the disk."
        raise InputFault(Fault(str(path), "cannot be written", remedy)) from None
