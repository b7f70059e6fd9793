"""How long work tells what it is doing: a sentence and the share that is done."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called with what is being done and the share done so far, 0 to 1."""


def silent(_step: str, _share: float) -> None:
    """Tell nobody."""
