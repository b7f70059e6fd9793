"""Published marks: what studies of other people found for a step of the theory of change, with where it is from."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATS = ("correlation", "standardised_difference", "share")
NOT_A_TARGET = "Published, other populations, not a target."
"""What stands beside every published mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedMark:
    """One published number: the arrow it belongs to, how it is expressed, its limits where printed, and its source.

    Raises ValueError for an unknown way of expressing it, a number outside its own limits, or a missing word.
    """

    arrow: str
    source: str
    title: str
    doi: str
    stat: str
    estimate: float
    studies: int
    remark: str
    people: int | None = None
    lower: float | None = None
    upper: float | None = None
    spread_lower: float | None = None
    spread_upper: float | None = None

    def __post_init__(self) -> None:
        if self.stat not in STATS:
            raise ValueError(f"published mark of {self.arrow}: stat must be one of {', '.join(STATS)}")
        if not all(text.strip() for text in (self.arrow, self.source, self.title, self.doi, self.remark)):
            raise ValueError(f"published mark of {self.arrow}: source, title, doi and remark must say something")
        for low, high in ((self.lower, self.upper), (self.spread_lower, self.spread_upper)):
            if (low is None) != (high is None) or (low is not None and not low <= self.estimate <= (high or 0.0)):
                raise ValueError(f"published mark of {self.arrow}: the number must lie between its own two limits")


@cache
def _read() -> tuple[Mapping[str, PublishedMark], Mapping[str, str]]:
    given = tomllib.loads(Path(__file__).with_name("published_marks.toml").read_text("utf-8"))
    marks = [PublishedMark(**each) for each in given["marks"]]
    return {mark.arrow: mark for mark in marks}, {str(key): str(value) for key, value in given["none"].items()}


def marks() -> Mapping[str, PublishedMark]:
    """Return the published mark of each arrow that has one."""
    return _read()[0]


def why_none(arrow: str) -> str:
    """Return what is said where an arrow has no published mark; empty if nothing is known to say."""
    return _read()[1].get(arrow, "")
