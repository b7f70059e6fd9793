"""Demonstration records and an organisation's own are never mixed: not in the records, the release or the ledger.

A load is a complete version of the records, so there the newer replaces the older. A release goes on from the values
published before it; those of demonstration people must not be published again for an organisation's own. So when own
records are loaded, the release of demonstration records is set aside with its ledger, and a release of demonstration
records is refused where own ones were published.
"""

from __future__ import annotations

import os
from pathlib import Path

from pipelines import versions, warehouse
from pipelines.faults import Fault, InputFault
from pipelines.warehouse import Reader

ASIDE = "demonstration"
"""Folder below the data folder that keeps what was set aside, one folder for each time."""


def set_aside(home: Path) -> bool:
    """Move the release of demonstration records and its ledger away if the current records are an organisation's own.

    Returns whether that was so. The next release starts a ledger of its own.
    """
    if _fact(home, "release") is not True or _fact(home, "records") is not False:
        return False
    with versions.locked(home / "release", "release"):
        folder = _new_folder(home)
        for name in ("release", "ledger"):
            if (home / name).exists():
                os.replace(home / name, folder / name)
    return True


def refuse_mixture(home: Path, *, demonstration: bool) -> None:
    """Raise InputFault if demonstration records would be released over an organisation's own, or the reverse."""
    published = _fact(home, "release")
    if published is None or published == demonstration:
        return
    kinds = ("demonstration records", "your own records")
    loaded, before = kinds if demonstration else kinds[::-1]
    raise InputFault(
        Fault(
            str(home / "release"),
            f"was made from {before}, and the records loaded now are {loaded}",
            "Set RECOVERY_OUTCOMES_HOME to another folder for the one of the two, and load them there",
        )
    )


def _fact(home: Path, kind: versions.Kind) -> bool | None:
    """Return whether the current version of a kind is made of demonstration records, None if there is none to ask."""
    try:
        if warehouse.current(home, kind) is None:
            return None
        reader = warehouse.open_records(home) if kind == "records" else warehouse.open_release(home)
    except InputFault:
        return None
    try:
        return _is_demonstration(reader, "dataset" if kind == "records" else "about")
    finally:
        reader.close()


def _is_demonstration(reader: Reader, table: str) -> bool:
    query = " ".join(("SELECT value FROM", warehouse.quoted(table), "WHERE key = 'demonstration'"))
    return [str(value).lower() for (value,) in reader.rows(query)] == ["true"]


def _new_folder(home: Path) -> Path:
    number = 1
    while (home / ASIDE / f"{number:02d}").exists():
        number += 1
    folder = home / ASIDE / f"{number:02d}"
    folder.mkdir(mode=0o700, parents=True)
    return folder
