"""The numbers behind the page: one reader for each data version, answers kept by (version, question)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from dashboard import answers
from dashboard.answers import Answers, Dimension, Question
from dashboard.remembered import Remembered

Where = tuple[tuple[str, tuple[str, ...]], ...]
Made = TypeVar("Made")
FILTERED = ("site", "cohort", "primary_substance", "age_band")
"""The dimensions every page can be filtered by."""
_VERSION = "data_version"


class NoDataYet(Exception):
    """There is no version to read: nothing has been loaded, or nothing released."""


def begin() -> None:
    """Take the version that is current now for the whole run of the page; NoDataYet before the first one."""
    audience = answers.audience()
    version = answers.current_version(audience, answers.data_home())
    if version is None:
        raise NoDataYet(audience)
    st.session_state[_VERSION] = version
    _reader(*_key())


def about() -> Mapping[str, Any]:
    """Return what is read: title, demonstration, records_to, version, audience, floor, people."""
    return _about(*_key())


def dimensions() -> Mapping[str, Dimension]:
    """Return the dimensions of this door by name, in order."""
    return {dimension.name: dimension for dimension in _dimensions(*_key())}


def names(dimension: str) -> dict[str, str]:
    """Return the words for the codes of `dimension`; nothing if this door does not have it."""
    found = dimensions().get(dimension)
    return dict(found.categories) if found else {}


def offered(measure: str) -> bool:
    """Tell whether this door has `measure` at all."""
    door = "live" if answers.audience() == "manager" else "release"
    return door in answers.measure_entry(measure).doors


def ask(measure: str, by: Sequence[str] = (), where: Where = ()) -> pd.DataFrame:
    """Return the estimate table of `measure`, split by the dimensions `by`, for the people in `where`."""
    return _reader(*_key()).ask(Question(measure=measure, by=tuple(by), where=where))


def kept(make: Callable[..., Made], *asked: object) -> Made:
    """Return `make(*asked)`, worked out once for each version of the data; `make` reads answers and draws nothing."""
    made: Made = _kept(*_key(), f"{make.__module__}.{make.__qualname__}", asked, make)
    return made


def _key() -> tuple[str, str, str]:
    """Return what an answer depends on besides its question: audience, data folder, version of this run."""
    return answers.audience(), str(answers.data_home()), str(st.session_state[_VERSION])


@st.cache_resource(max_entries=4, show_spinner=False)
def _reader(audience: str, home: str, version: str) -> Answers:
    del version  # part of the key: a new version gets a new reader
    return Remembered(answers.open_answers(audience, Path(home)), ahead=FILTERED)


@st.cache_data(max_entries=16, show_spinner=False)
def _about(audience: str, home: str, version: str) -> Mapping[str, Any]:
    return _reader(audience, home, version).about()


@st.cache_data(max_entries=16, show_spinner=False)
def _dimensions(audience: str, home: str, version: str) -> list[Dimension]:
    return _reader(audience, home, version).dimensions()


@st.cache_data(max_entries=1000, max_size="200MB", show_spinner=False)
def _kept(
    audience: str, home: str, version: str, name: str, asked: tuple[object, ...], _make: Callable[..., Any]
) -> Any:
    return _make(*asked)


def quality() -> Any:
    """Return what the records know of their own quality, worked out once for each version; managers only."""
    return _quality(*_key())


@st.cache_resource(max_entries=2, show_spinner=False)
def _quality(audience: str, home: str, version: str) -> Any:
    del audience, version
    return answers.data_quality(Path(home))
