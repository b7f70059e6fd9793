"""The release, as read by pages that show only what may leave the organisation, at either door."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import answers
from dashboard.answers import Answers, Dimension, Question


class NothingPublished(Exception):
    """There is no release yet."""


def reader() -> Answers:
    """Return a reader of the current release; NothingPublished before the first one."""
    home = answers.data_home()
    version = answers.current_version("public", home)
    if version is None:
        raise NothingPublished
    return _reader(str(home), version)


def about() -> Mapping[str, Any]:
    """Return what is published: title, demonstration, records_to, version, audience, floor, people."""
    return reader().about()


def dimensions() -> list[Dimension]:
    """Return the dimensions of the release, in declared order."""
    return reader().dimensions()


def ask(question: Question) -> pd.DataFrame:
    """Return the estimate table of a question to the release."""
    return _ask(str(answers.data_home()), reader().version, question)


@st.cache_resource(max_entries=2, show_spinner=False)
def _reader(home: str, version: str) -> Answers:
    del version  # part of the key: a new release gets a new reader
    return answers.open_answers("public", Path(home))


@st.cache_data(max_entries=500, max_size="50MB", show_spinner=False)
def _ask(home: str, version: str, question: Question) -> pd.DataFrame:
    return _reader(home, version).ask(question)
