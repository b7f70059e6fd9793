"""Check an installation and say in plain sentences what is in order and what to do about the rest."""

from __future__ import annotations

import platform
import shutil
import stat
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from pipelines import keys, leftovers, warehouse
from pipelines.faults import InputFault

FREE_SPACE_WANTED = 1_000_000_000
"""Bytes; a load of a million people writes about a quarter of this."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked: in order or not, and a sentence a person can act on."""

    good: bool
    sentence: str


def findings(home: Path) -> list[Finding]:
    """Return what was found about Python, libraries, disk, key, locks, leftovers, records and release in `home`."""
    return [
        _python(),
        Finding(
            True, "Libraries: " + ", ".join(f"{name} {version(name)}" for name in ("duckdb", "streamlit", "pandas"))
        ),
        _disk(home),
        _folder(home),
        _key(home),
        *(Finding(good, sentence) for good, sentence in leftovers.told(home)),
        _file(home, "records", "recovery-outcomes load"),
        _file(home, "release", "recovery-outcomes release"),
    ]


def _python() -> Finding:
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding(good, f"Python {platform.python_version()}" + ("" if good else ": use Python 3.11, 3.12 or 3.13."))


def _disk(home: Path) -> Finding:
    folder = next(parent for parent in (home, *home.parents) if parent.exists())
    free = shutil.disk_usage(folder).free
    good = free >= FREE_SPACE_WANTED
    return Finding(
        good, f"{free / 1e9:.1f} GB free for the data folder" + ("" if good else ": make room before a load.")
    )


def _key(home: Path) -> Finding:
    try:
        _, is_fresh = keys.key_for(home)
    except InputFault as fault:
        return Finding(False, str(fault))
    if is_fresh:
        return Finding(True, "No key yet; the first load makes one.")
    return Finding(True, "The key is in its own place and readable by you alone. Back it up apart from the data.")


def _folder(home: Path) -> Finding:
    """Check that the records' folder is open to its owner alone."""
    folder = home / "records"
    if folder.is_dir() and stat.S_IMODE(folder.stat().st_mode) & 0o077:
        return Finding(False, f"{folder} can be opened by others: run chmod 700 on it.")
    return Finding(True, f"The data folder is {home}.")


def _file(home: Path, kind: warehouse.Kind, command: str) -> Finding:
    try:
        path = warehouse.current(home, kind)
        if path is None:
            return Finding(True, f"No {kind} yet: run {command}.")
        reader = warehouse.open_records(home) if kind == "records" else warehouse.open_release(home)
    except InputFault as fault:
        return Finding(False, str(fault))
    tables = len(reader.rows("SELECT table_name FROM information_schema.tables"))
    reader.close()
    return Finding(True, f"{path.stem} opens and holds {tables} tables.")
