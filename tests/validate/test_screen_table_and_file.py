"""The numbers of every figure on the screen, in its table, in its file and in the estimate table are the same.

Every page of figures at every menu, over every pill and box, one after the other. Referees: the reader asked here,
the bytes of the file, and the reader of numbers for everything that is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Browser

from dashboard import downloads
from dashboard.answers import Answers, Question, Settings, open_answers
from tests.browser import doors
from tests.browser.figure_cards import FigureCard, cards
from tests.dashboard.number_reader import Cells, strangers
from tests.dashboard.promises import worked_out
from tests.dashboard.random_visits import CHOICES, PUBLIC
from tests.dashboard.seen import Made

pytestmark = pytest.mark.validate
MENUS = {"manager": 40, "public": 8, "funder": 5, "researcher": 5}
"""The menus, and how many different files of figures each must give at least."""
BESIDE = {
    "staying": ("stayed_share",),
    "attendance": ("attendance_rate",),
    "helping": ("ripple_rate",),
}
"""Measures whose numbers stand in the words of a card beside those of its own."""


def visits(menu: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield every page of figures with each of its choices, one changed at a time."""
    for page in CHOICES if menu == "manager" else PUBLIC:
        yield page, {}
        for name, offered in CHOICES[page].items():
            for choice in dict.fromkeys(offered):
                if menu == "manager" or (name == "by" and choice != "More groups"):
                    yield page, {name: choice} | ({"by": "More groups"} if name == "group" else {})


@pytest.mark.parametrize(("menu", "least"), MENUS.items())
def test_screen_table_file_and_estimate_are_one(sample_home: Path, browser: Browser, menu: str, least: int) -> None:
    audience = "manager" if menu == "manager" else "public"
    answers = open_answers(audience, sample_home)
    known: set[tuple[object, ...]] = set()
    found: list[str] = []
    files = 0
    with doors.serve(sample_home, audience, "" if menu in doors.PAGES else menu) as door, doors.visit(browser) as page:
        for name, choices in visits(menu):
            doors.open_page(page, door.url(name, urlencode(choices)))
            for card in cards(page, known):
                files += not card.refused
                found += [f"{name} {choices}, {card.key}: {fault}" for fault in faults(card, answers, choices)]
    assert not found, "\n".join(found)
    assert files >= least


def faults(card: FigureCard, answers: Answers, choices: dict[str, str]) -> Iterator[str]:
    """Yield where the screen, the table for reading, the file and the estimate table differ."""
    if not card.caption.endswith(card.title):
        yield f"the table is headed {card.caption!r}"
    if card.alternative and not card.alternative.startswith(card.title):
        yield f"the chart says {card.alternative!r}"
    if card.refused:
        if any(re.search(r"\d", cell) for row in card.rows for cell in row[1:]):
            yield "shows numbers and has no file without a filter"
        return
    question = asked(card, choices)
    table = answers.ask(question)
    rows = downloads.export_rows(table, answers.about(), downloads.level_sizes(answers.ask, question, answers.about()))
    if card.content != (expected := downloads.csv_bytes(rows)):
        lines = zip_longest(card.content.splitlines(), expected.splitlines(), fillvalue=b"")
        yield f"the file is not the estimate table: {[pair for pair in lines if pair[0] != pair[1]][:3]}"
    tables = [table, *(answers.ask(Question(measure, (), (), question.settings)) for measure in _beside(card, answers))]
    made = Made(card.key, (), None, tables)
    cells = Cells.of(tables, (float(answers.about()["people"] or 0), *worked_out(made)))
    for place in ("title", "subtitle", "notes", "caution"):
        if wrong := strangers(getattr(card, place), cells):
            yield f"{place}: {wrong} in {getattr(card, place)!r}"
    x = table["x"].dropna().to_numpy()
    places = Cells(cells.values, cells.shares, [*x, *(x / 30), *(x + 1), 0, 3, 6, 9, 12])
    for row in card.rows:
        for column, cell in zip(card.columns[1:], row[1:], strict=True):
            if column not in ("level", "series", "status") and (
                wrong := strangers(cell, places if column == "x" else cells)
            ):
                yield f"table, {column}: {wrong} in {row}"
    yield from drawn_faults(card, cells, places)


def asked(card: FigureCard, choices: dict[str, str]) -> Question:
    """Return the question that a file answers, from its name, its measure and the choices of the page."""
    measure = str(card.file["measure"].iloc[0])
    named = re.search(rf"{measure}_by_(.+?)(?:_gap_days_\d+)?_\d{{4}}-Q\d_", card.name)
    by = tuple(named[1].split("_and_")) if named and not downloads.measure_entry(measure).fixed_groupings else ()
    days = re.match(r"\d+", choices.get("gap", ""))
    return Question(measure, by, (), Settings(gap_days=int(days[0])) if days else Settings())


def _beside(card: FigureCard, answers: Answers) -> tuple[str, ...]:
    """Return the measures whose numbers a card says beside its own: who has no score, and the whole of a split."""
    live = answers.about()["audience"] == "manager"
    found = tuple(name for name in BESIDE.get(card.key, ()) if live or name == "stayed_share")
    return (*found, "response_rate")


def drawn_faults(card: FigureCard, cells: Cells, places: Cells) -> Iterator[str]:
    """Yield texts of a drawing with numbers of no cell, and marks that stand at no cell of the table."""
    names = sorted({row[0] for row in card.rows}, key=len, reverse=True)
    for text in card.drawn:
        plain = text.replace("\N{MINUS SIGN}", "−")
        if re.fullmatch(r"[−-]?[\d.,]+%?", plain):
            continue  # a number alone may be a mark of an axis, which is no cell
        for name in names:  # a coach's code may be all digits
            plain = plain.replace(name, " ")
        if wrong := strangers(plain, cells):
            yield f"drawing: {wrong} in {text!r}"
    values = np.concatenate([cells.values, 100 * cells.values, places.derived])
    for trace in card.traces:
        if "markers" in trace["mode"] or trace["type"] == "bar":
            axes = [[number for number in trace[axis] if isinstance(number, int | float)] for axis in ("x", "y")]
            # Along one axis marks may stand by name or one under another; along the other they stand at cells.
            if any(axes) and not any(
                axis and all(np.isclose(values, one, atol=1e-4).any() for one in axis) for axis in axes if axis
            ):
                yield f"drawing: marks at {[axis[:3] for axis in axes]}"


def test_the_referee_of_cards_sees_a_number_that_is_no_cell(sample_home: Path) -> None:
    answers = open_answers("manager", sample_home)
    table = answers.ask(Question("exit_reasons"))
    file = downloads.export_rows(table, answers.about())
    one: dict[str, Any] = {
        "key": "reasons",
        "subtitle": "",
        "notes": "",
        "caution": "",
        "alternative": "",
        "traces": [],
    }
    one |= {"title": "Left: 17.35%", "caption": "Figure 2. Left: 17.35%", "columns": ["level", "estimate"]}
    one |= {
        "rows": [["Died", "17.35%"]],
        "drawn": ["People: 17.35%"],
        "content": downloads.csv_bytes(file),
        "file": file,
    }
    card = FigureCard(**one)
    assert len(list(faults(card, answers, {}))) == 3
