"""A folder of one process for as long as a block runs: open to its owner alone, gone afterwards however the block ends.

The folder is locked while it is held. Only a process that was killed leaves one behind, and its lock is gone with it:
`remove_leftovers` removes every such folder that nobody holds any more.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

PREFIX = "recovery-outcomes-private-"


@contextmanager
def private_folder() -> Iterator[Path]:
    """Yield a new folder with mode 0700 in the system's folder for temporary files, and remove it with all it holds."""
    folder, lock = _made_and_locked()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def until_the_end() -> Path:
    """Return a new private folder that is held, and removed, when this process ends."""
    held = ExitStack()
    atexit.register(held.close)
    return held.enter_context(private_folder())


def leftovers() -> list[Path]:
    """Return the private folders of this account that no running process holds."""
    found = []
    for folder in sorted(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")):
        with suppress(OSError), _taken(folder) as taken:
            if taken:
                found.append(folder)
    return found


def remove_leftovers() -> int:
    """Remove the private folders of this account that no running process holds; return how many there were."""
    removed = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError), _taken(folder) as taken:
            if taken:
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
    return removed


@contextmanager
def _taken(folder: Path) -> Iterator[bool]:
    """Hold the lock of a folder of this account for the block, and tell whether that was possible."""
    is_ours = folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == os.getuid()
    lock = _lock(folder) if is_ours else None
    try:
        yield lock is not None
    finally:
        if lock is not None:
            os.close(lock)


def _made_and_locked() -> tuple[Path, int]:
    """Make a folder and lock it; once more if another process took it for a leftover in between."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = None
        with suppress(FileNotFoundError):
            lock = _lock(folder)
        if lock is not None and folder.exists():
            return folder, lock
        if lock is not None:
            os.close(lock)


def _lock(folder: Path) -> int | None:
    """Return the descriptor that holds the lock of a folder, None if somebody else holds it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
