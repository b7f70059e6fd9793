"""A folder of one process for as long as a block runs: open to its owner alone, gone afterwards however the block ends.

The folder is locked while it is held. Only a process that was killed leaves one behind, and its lock is gone with it:
`remove_leftovers` removes every such folder that nobody holds any more.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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


def remove_leftovers() -> int:
    """Remove the private folders of this account that no running process holds; return how many there were."""
    removed = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if folder.is_symlink() or not folder.is_dir() or folder.stat().st_uid != os.getuid():
                continue
            lock = _lock(folder)
            if lock is None:
                continue
            try:
                shutil.rmtree(folder, ignore_errors=True)
                removed += 1
            finally:
                os.close(lock)
    return removed


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
