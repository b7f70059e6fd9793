"""What a visit to a page makes: every card with the tables it was made of, and the page as it was printed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, is_dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.notes import Note
from dashboard.ui import data
from dashboard.ui.card import Contents

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
SECONDS = 300


@dataclass
class Made:
    """One thing a page keeps: what made it, of what it was asked, the result, and the tables it was made of."""

    maker: str
    asked: tuple[object, ...]
    result: Any
    tables: list[pd.DataFrame]

    @property
    def texts(self) -> dict[str, str]:
        """The words in it, by where they stand."""
        return dict(_words(self.result, self.maker))


@dataclass
class Page:
    """One page as it was printed for one set of filters and choices."""

    name: str
    app: AppTest
    made: list[Made] = field(default_factory=list)

    @property
    def body(self) -> str:
        """The markup of the page."""
        return "\n".join(str(block.proto.body) for block in self.app.get("html") if "<style>" not in block.proto.body)

    @property
    def text(self) -> str:
        """The words of the page."""
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", self.body)))

    @property
    def cards(self) -> list[Made]:
        """The figures."""
        return [one for one in self.made if isinstance(one.result, Contents)]


@dataclass
class Visitor:
    """Runs pages in this process against the records or the release of `RECOVERY_OUTCOMES_HOME`."""

    known: dict[tuple[object, ...], Made] = field(default_factory=dict)
    stack: list[list[pd.DataFrame]] = field(default_factory=list)
    now: list[Made] = field(default_factory=list)

    def visit(self, page: str, **query: Any) -> Page:
        """Open a page as its address says and return what was made and printed."""
        self.now = []
        app = AppTest.from_file(str(APP), default_timeout=SECONDS)
        for name, value in query.items():
            app.query_params[name] = value
        if page != "overview":
            app.switch_page(f"views/{page}.py")
        app.run()
        assert not app.exception, (page, query)
        seen = Page(page, app, self.now)
        assert "Something went wrong" not in seen.text, (page, query)
        return seen


@contextmanager
def visitor(home: Path, audience: str) -> Iterator[Visitor]:
    """Yield a visitor of one door; what pages keep is forgotten before and after."""
    found = Visitor()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECOVERY_OUTCOMES_AUDIENCE", audience)
        patch.setenv("RECOVERY_OUTCOMES_HOME", str(home))
        patch.setattr(data, "ask", _noting(found, data.ask))
        patch.setattr(data, "kept", _keeping(found, data.kept))
        st.cache_resource.clear()
        yield found
        st.cache_resource.clear()


def _noting(visitor_: Visitor, ask: Callable[..., pd.DataFrame]) -> Callable[..., pd.DataFrame]:
    def asked(*question: Any, **more: Any) -> pd.DataFrame:
        table = ask(*question, **more)
        if visitor_.stack:
            visitor_.stack[-1].append(table)
        return table

    return asked


def _keeping(visitor_: Visitor, kept: Callable[..., Any]) -> Callable[..., Any]:
    """Note what is made, with its tables; what was kept already has those it was made of then."""

    def made(make: Callable[..., Any], *asked: object) -> Any:
        visitor_.stack.append([])
        result = kept(make, *asked)
        tables = visitor_.stack.pop()
        key = (make, *asked)
        before = visitor_.known.get(key)
        if before is None or before.result is not result:
            name = f"{make.__module__.rpartition('.')[2]}.{make.__name__}"
            visitor_.known[key] = Made(name, asked, result, tables)
        visitor_.now.append(visitor_.known[key])
        if visitor_.stack:
            visitor_.stack[-1] += visitor_.known[key].tables
        return result

    return made


def _words(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield the words anywhere inside `value`; figures, tables of numbers and addresses hold none of these."""
    if isinstance(value, str):
        if not value.startswith("data:"):
            yield place, re.sub(r"<[^>]+>", " ", value)
    elif isinstance(value, pd.DataFrame | dict) or callable(value):
        return
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from _words(part, f"{place}.{number}")
    elif is_dataclass(value) and not isinstance(value, type):
        for name in value.__dataclass_fields__:
            yield from _words(getattr(value, name), f"{place}.{name}")


def note_of(held: Contents, lead: str) -> str:
    """Return the note of a figure under its lead; empty if it has none."""
    found: list[Note] = [note for note in held.notes if note[0] == lead]
    return found[0][1] if found else ""
