"""Versioned, immutable files with a CURRENT pointer: one writer at a time, readers never disturbed.

A version is built under another name, checked, brought to the disk, renamed once and never changed
again; `CURRENT` is replaced in one step. Why not replace one file in place: a process that still has
the old file open goes on seeing it, and a left-over write-ahead log makes the new one unreadable
(measured with DuckDB 2.0). This module knows files only; DuckDB belongs to `warehouse`.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from pipelines.faults import Fault, InputFault

Kind = Literal["records", "release"]
KINDS: tuple[Kind, ...] = ("records", "release")
KEPT_VERSIONS = 3
POINTER = "CURRENT"
_VERSION = re.compile(r"(records|release)-(\d{4,})")
_POINTER_LINE = re.compile(r"((?:records|release)-\d{4,})(?: ([0-9a-f]{64}))?\n?")
_HASHED: tuple[Kind, ...] = ("release",)
_FULL_DISK_NUMBERS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_DISK_WORDS = ("no space left on device", "disk quota exceeded", "file too large", "max_temp_directory_size")
_CHUNK = 1 << 20


def home() -> Path:
    """Return the data folder: `RECOVERY_OUTCOMES_HOME`, else `var` in the working folder."""
    return Path(os.environ.get("RECOVERY_OUTCOMES_HOME") or "var")


def number(name: str) -> int:
    """Return the number of a version, 3 for `records-0003`; ValueError for any other name."""
    found = _VERSION.fullmatch(name)
    if found is None:
        raise ValueError(f"{name} is not the name of a version")
    return int(found[2])


def pointer(data_home: Path, kind: Kind) -> tuple[str, str | None] | None:
    """Return the name and, for a release, the SHA-256 that `CURRENT` holds; None before the first version.

    Raises InputFault if `CURRENT` cannot be read or does not name a version of this kind, a release with its hash.
    """
    path = data_home / kind / POINTER
    try:
        text = path.read_text(encoding="ascii")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError):
        text = ""
    found = _POINTER_LINE.fullmatch(text)
    if found is None or not found[1].startswith(f"{kind}-") or (kind in _HASHED and found[2] is None):
        command = "load" if kind == "records" else "release"
        raise InputFault(
            Fault(
                str(path),
                "does not name a version",
                f"Run `recovery-outcomes {command}` again: it writes a new version and a new pointer",
            )
        )
    return found[1], found[2]


def current(data_home: Path, kind: Kind) -> Path | None:
    """Return the file of the current version, None before the first; InputFault if `CURRENT` is damaged."""
    named = pointer(data_home, kind)
    return None if named is None else data_home / kind / f"{named[0]}.duckdb"


def existing(folder: Path, kind: Kind) -> list[Path]:
    """Return the version files in `folder`, oldest first."""
    paths = [path for path in folder.glob(f"{kind}-*.duckdb") if _VERSION.fullmatch(path.stem)]
    return sorted(paths, key=lambda path: number(path.stem))


def next_version(folder: Path, kind: Kind) -> Path:
    """Return the path of the version to be written: one above every version there, so that no name is used twice."""
    numbers = [number(path.stem) for path in existing(folder, kind)]
    try:
        named = pointer(folder.parent, kind)
    except InputFault:
        named = None  # a damaged pointer is replaced by the version about to be written
    if named is not None:
        numbers.append(number(named[0]))
    return folder / f"{kind}-{max(numbers, default=0) + 1:04d}.duckdb"


def prepare(data_home: Path, kind: Kind) -> Path:
    """Make and return the folder of `kind`, open to its owner alone; InputFault if it cannot be written."""
    folder = data_home / kind
    try:
        if not data_home.exists():
            data_home.mkdir(mode=0o700, parents=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise storage_fault(error, folder) or error from None
    return folder


@contextmanager
def locked(folder: Path, kind: Kind) -> Iterator[None]:
    """Hold the lock of `folder`; InputFault at once if another load or release holds it."""
    try:
        descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise storage_fault(error, folder) or error from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputFault(
                Fault(
                    str(folder),
                    f"another process is writing {kind} here",
                    "Wait until it has finished, then run the command again; nothing was changed",
                )
            ) from None
        yield
    finally:
        os.close(descriptor)  # closing lets the lock go; so does the end of the process, however it ends


def remove_leftovers(folder: Path) -> int:
    """Remove what builds that were interrupted left behind; return how many files and folders went."""
    removed = 0
    for path in folder.glob("building-*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        removed += 1
    return removed


def publish(building: Path, target: Path, kind: Kind) -> None:
    """Bring `building` to the disk, rename it to `target`, point `CURRENT` at it and keep the last versions."""
    folder = target.parent
    digest = sha256(building) if kind in _HASHED else None
    _to_disk(building)
    building.rename(target)
    line = target.stem if digest is None else f"{target.stem} {digest}"
    pending = folder / f"building-{POINTER}"
    pending.touch(mode=0o600)
    pending.write_text(line + "\n", encoding="ascii")
    _to_disk(pending)
    os.replace(pending, folder / POINTER)
    _to_disk(folder)
    for old in existing(folder, kind)[:-KEPT_VERSIONS]:
        old.unlink(missing_ok=True)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits, read in pieces of 1 MiB."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def storage_fault(error: BaseException, folder: Path) -> InputFault | None:
    """Return the fault to report if `error` means a full disk or a folder that cannot be written, else None.

    DuckDB wraps the system's words, so both the error number and the words of the whole chain are read.
    """
    seen: BaseException | None = error
    while seen is not None:
        words = str(seen).lower()
        system_number = seen.errno if isinstance(seen, OSError) else None
        if system_number in _FULL_DISK_NUMBERS or any(sign in words for sign in _FULL_DISK_WORDS):
            return InputFault(
                Fault(
                    str(folder),
                    "the disk is full",
                    "Free some space or set RECOVERY_OUTCOMES_HOME to a folder on a larger disk, "
                    "then run the command again; the version in use was not changed",
                )
            )
        if isinstance(seen, (PermissionError, NotADirectoryError, FileExistsError)) or system_number == errno.EROFS:
            return InputFault(
                Fault(
                    str(folder),
                    "the folder cannot be written",
                    "Give your account the right to write there or set RECOVERY_OUTCOMES_HOME to another folder; "
                    "nothing was changed",
                )
            )
        seen = seen.__cause__ or seen.__context__
    return None


def _to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
