"""Read a TOML file that somebody wrote: bounded in size and depth, and what is wrong told without quoting it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

LARGEST = 1 << 20
"""Bytes; a mapping with every rule of the grammar has some ten thousand."""
MOST_DOTS = 300
"""Dots on a line; what a key of a.a.a... takes grows with their square, 40 GB for a hundred thousand (measured)."""
TOO_LARGE = "is larger than a file of settings can be"
_PLACE = re.compile(r"\(at [^)]*\)")


class NotSettings(Exception):
    """The content is no TOML, or more than settings need; `place` says where, `too_large` which of the two it is."""

    def __init__(self, place: str = "", *, too_large: bool = False) -> None:
        self.place = place
        self.too_large = too_large
        super().__init__(TOO_LARGE if too_large else "is not TOML")

    def rule(self, otherwise: str) -> str:
        """Return the rule that is broken: that of the size, else `otherwise` with the place."""
        return TOO_LARGE if self.too_large else f"{otherwise} {self.place}".strip()


def content_of(path: Path) -> bytes:
    """Return what a file of settings holds; of one that is too large no more than shows it."""
    with path.open("rb") as stream:
        return stream.read(LARGEST + 1)


def settings(content: bytes) -> dict[str, Any]:
    """Return the tables of a TOML file; NotSettings for anything else."""
    if len(content) > LARGEST:
        raise NotSettings(too_large=True)
    try:
        if any(line.count(b".") > MOST_DOTS for line in content.splitlines()):
            raise ValueError
        return tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        # No TOML, no UTF-8, a number of more digits than Python reads, or lists nested deeper than it can follow.
        place = _PLACE.search(str(error)) if isinstance(error, tomllib.TOMLDecodeError) else None
        raise NotSettings(place[0] if place else "") from None
