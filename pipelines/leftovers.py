"""What runs that were interrupted left behind, and runs that do not get on: each told in a sentence with what to do.

A lock is let go by the system when its process ends, however it ends, so a lock that is held has a process; it is
stale when that process is stopped or has written nothing for a long time. While it is held, files called `building-`
are the work of that process and no leftovers.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from pipelines import private_folder, versions
from pipelines.faults import InputFault
from pipelines.versions import Kind

QUIET_MINUTES = 60
"""Minutes without a byte written after which a run that holds a lock is asked about."""
_RUNS = {"records": "load", "release": "release"}


def told(home: Path) -> Iterator[tuple[bool, str]]:
    """Yield what was found below `home` and among the folders for temporary files: is it in order, and a sentence."""
    found = [each for kind in versions.KINDS for each in _of_kind(home / kind, kind)]
    found += list(_spilled())
    yield from found or [(True, "No unfinished builds.")]


def _of_kind(folder: Path, kind: Kind) -> Iterator[tuple[bool, str]]:
    if not folder.is_dir():
        return
    unfinished = sorted(folder.glob("building-*"))
    if _is_locked(folder):
        yield _running(folder, kind, unfinished)
    elif unfinished:
        size = sum(_size(path) for path in unfinished)
        yield (
            True,
            f"Left over from an interrupted run: {_files(len(unfinished))} of {kind}, {size / 1e6:,.1f} MB; "
            f"the next {_RUNS[kind]} clears them, nothing needs to be done.",
        )
    yield from _strays(folder, kind)


def _running(folder: Path, kind: Kind, unfinished: list[Path]) -> tuple[bool, str]:
    """Tell of the process that holds the lock: at work, stopped, or without a byte written for long."""
    process = _holder(folder / ".lock")
    named = f"process {process}" if process else "a process of this machine"
    if process and _is_stopped(process):
        return (
            False,
            f"A {_RUNS[kind]} of {named} holds the lock of {folder} and is stopped: "
            f"let it go on with kill -CONT {process}, or end it with kill {process}; the version in use stays.",
        )
    written = [_written(path) for path in [folder / ".lock", *unfinished]]
    minutes = (time.time() - max(written)) / 60
    if minutes > QUIET_MINUTES:
        end = f"kill {process}" if process else "kill and its number"
        return (
            False,
            f"A {_RUNS[kind]} of {named} holds the lock of {folder} and has written nothing for {minutes:,.0f} "
            f"minutes: if it no longer works, end it with {end}; the version in use stays.",
        )
    return True, f"A {_RUNS[kind]} is running now ({named}); another one has to wait until it has finished."


def _strays(folder: Path, kind: Kind) -> Iterator[tuple[bool, str]]:
    try:
        named = versions.pointer(folder.parent, kind)
    except InputFault:
        return  # said where the version is opened
    newest = versions.number(named[0]) if named else 0
    ahead = [path.stem for path in versions.existing(folder, kind) if versions.number(path.stem) > newest]
    if ahead and not _is_locked(folder):
        yield (
            True,
            f"{', '.join(ahead)} was finished but a run was interrupted before it came into use: it is never read, "
            f"and goes when newer versions have taken its place; run {_RUNS[kind]} again if you expected it.",
        )
    logs = sorted(folder.glob(f"{kind}-*.wal"))
    if logs:
        yield (
            False,
            f"{logs[0].name} lies beside a finished version, which no run of ours leaves: the version may have been "
            f"opened by another program. Move the file away and run {_RUNS[kind]} again.",
        )


def _spilled() -> Iterator[tuple[bool, str]]:
    orphans = private_folder.leftovers()
    if orphans:
        yield (
            True,
            f"Left over from dry runs that were interrupted: {len(orphans)} "
            f"{'folder' if len(orphans) == 1 else 'folders'} below {orphans[0].parent}; the next dry run clears them.",
        )


def _is_locked(folder: Path) -> bool:
    """Tell whether a run holds the lock, by asking for it and letting it go at once."""
    try:
        descriptor = os.open(folder / ".lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _holder(lock: Path) -> int | None:
    """Return the process that holds a lock, where the system tells; None elsewhere."""
    try:
        told_of = lock.stat()
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return None
    place = f"{os.major(told_of.st_dev):02x}:{os.minor(told_of.st_dev):02x}:{told_of.st_ino}"
    for line in lines:
        parts = line.split()
        if "FLOCK" in parts and "WRITE" in parts and place in parts:
            process = int(parts[parts.index("WRITE") + 1])
            return process if process > 0 else None
    return None


def _is_stopped(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] in ("T", "t")


def _written(path: Path) -> float:
    """Return when a file, or any file of a folder, was written last; 0 if it is gone by now."""
    found = [path, *path.rglob("*")] if path.is_dir() else [path]
    times = [0.0]
    for each in found:
        try:
            times.append(each.stat().st_mtime)
        except OSError:
            continue
    return max(times)


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(each.stat().st_size for each in files if each.is_file())


def _files(count: int) -> str:
    return f"{count} {'file' if count == 1 else 'files'}"
