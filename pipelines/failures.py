"""A log of faults of ours: when, which part, what kind, which lines; never a message or a value, which may be data."""

from __future__ import annotations

import json
import secrets
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

FAILURES = Path("log") / "failures.jsonl"
"""The log, below the data folder."""


class LoadFailure(Exception):
    """A fault of ours while loading; says at which step and of which kind, never what was in a cell."""


def note_failure(home: Path, part: str, error: BaseException) -> str:
    """Log where a fault of ours happened, in which `part` (a command or a page), and return its reference.

    Neither the message of `error` nor any value is kept. A log that cannot be written changes nothing else.
    """
    reference = secrets.token_hex(3).upper()
    frames = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "reference": reference,
        "part": part,
        "error": type(error).__name__,
        "frames": frames,
    }
    path = home / FAILURES
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")
    return reference
