"""A real release of made-up people in a folder of its own, built once for every attack that reads files."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

from pipelines.release import build_release
from tests.attacks.lattice import attacked
from tests.pipelines.release_world import key_of, write_home

_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []


@lru_cache(maxsize=2)
def released(n: int, seed: int) -> Path:
    """Return the data folder of a release of `n` made-up people; it is gone when the program ends."""
    folder = tempfile.TemporaryDirectory(prefix="attacked-")
    _FOLDERS.append(folder)
    home = Path(folder.name) / "home"
    with key_of(Path(folder.name)):
        write_home(home, attacked(n, seed))
        build_release(home)
    return home
