"""The numbers behind the page: one reader for each data version, and what pages made of its answers, kept beside it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from dashboard import answers, language
from dashboard.answers import Answers, Dimension, Question, Settings
from dashboard.remembered import Remembered

Where = tuple[tuple[str, tuple[str, ...]], ...]
Made = TypeVar("Made")
FILTERED = ("site", "cohort", "primary_substance", "age_band")
"""The dimensions every page can be filtered by."""
STANDARD = Settings()
"""The settings of every figure unless a manager chooses others."""
MOST_KEPT = 1000
"""Things made of one version that are kept, the latest used."""


class NoDataYet(Exception):
    """There is no version to read: nothing has been loaded, or nothing released."""


class Edition:
    """One version of the data at one door: its reader, its facts and what has been made of its answers."""

    def __init__(self, reader: Answers) -> None:
        self.reader = reader
        self._kept: OrderedDict[tuple[object, ...], Any] = OrderedDict()
        self._lock = threading.Lock()

    @cached_property
    def about(self) -> Mapping[str, Any]:
        """What is read, as the reader says it."""
        return self.reader.about()

    @cached_property
    def dimensions(self) -> Mapping[str, Dimension]:
        """The dimensions of this door by name, in order."""
        return {dimension.name: dimension for dimension in self.reader.dimensions()}

    def known(self, make: Callable[..., Any], asked: tuple[object, ...]) -> bool:
        """Tell whether `make(*asked)` is kept."""
        return (make, language.current(), *asked) in self._kept

    def kept(self, make: Callable[..., Made], asked: tuple[object, ...]) -> Made:
        """Return `make(*asked)`, made at the first time of asking."""
        key = (make, language.current(), *asked)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: Made = self._kept[key]
                return found
        made = make(*asked)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return made


_NOW: ContextVar[Edition | None] = ContextVar("edition", default=None)
"""What this run of a page reads; a run has a thread, and with it a context, of its own."""


def begin() -> None:
    """Take the version that is current now for the whole run of the page; NoDataYet before the first one."""
    audience, home = answers.audience(), answers.data_home()
    version = answers.current_version(audience, home)
    if version is None:
        raise NoDataYet(audience)
    _NOW.set(_edition(audience, str(home), version))


def begin_without() -> None:
    """Read nothing in this run: there is nothing to read, or it cannot be read."""
    _NOW.set(None)


def has_begun() -> bool:
    """Tell whether this run reads a version."""
    return _NOW.get() is not None


def _now() -> Edition:
    edition = _NOW.get()
    if edition is None:
        raise NoDataYet(answers.audience())
    return edition


def about() -> Mapping[str, Any]:
    """Return what is read: title, demonstration, records_to, version, audience, floor, people."""
    return _now().about


def dimensions() -> Mapping[str, Dimension]:
    """Return the dimensions of this door by name, in order."""
    return _now().dimensions


def names(dimension: str) -> dict[str, str]:
    """Return the words for the codes of `dimension`; nothing if this door does not have it."""
    found = dimensions().get(dimension)
    return dict(found.categories) if found else {}


def offered(measure: str) -> bool:
    """Tell whether this door has `measure` at all."""
    door = "live" if answers.audience() == "manager" else "release"
    return door in answers.measure_entry(measure).doors


def ask(measure: str, by: Sequence[str] = (), where: Where = (), settings: Settings = STANDARD) -> pd.DataFrame:
    """Return the estimate table of `measure`, split by the dimensions `by`, for the people in `where`."""
    return _now().reader.ask(Question(measure=measure, by=tuple(by), where=where, settings=settings))


def kept(make: Callable[..., Made], *asked: object) -> Made:
    """Return `make(*asked)`, worked out once for each version of the data and each language.

    `make` reads answers and draws nothing. What it returns is shared by all visitors, so nobody may change it.
    """
    return _now().kept(make, asked)


def known(make: Callable[..., object], *asked: object) -> bool:
    """Tell whether `kept(make, *asked)` would return at once."""
    return _now().known(make, asked)


def quality() -> Any:
    """Return what the records know of their own quality, read once for each version; managers only."""
    return kept(_quality)


def _quality() -> Any:
    return answers.data_quality(answers.data_home())


@st.cache_resource(max_entries=4, show_spinner=False)
def _edition(audience: str, home: str, version: str) -> Edition:
    del version  # part of the key: a new version gets a new reader
    return Edition(Remembered(answers.open_answers(audience, Path(home)), ahead=FILTERED))
