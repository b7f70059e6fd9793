"""Every figure of a page as a browser holds it: its words, its drawing, its table for reading and its file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
from playwright.sync_api import Locator, Page

from tests.browser import doors

CARD = "[class*='st-key-card_']:has(summary:has-text('Show the numbers as a table'))"
READ = """card => ({
    key: [...card.classList].find(name => name.startsWith('st-key-card_')).slice(12),
    title: card.querySelector('.ct').textContent,
    subtitle: card.querySelector('.cs')?.textContent ?? '',
    notes: card.querySelector('.cf')?.textContent ?? '',
    caution: card.querySelector('.notice')?.textContent ?? '',
    caption: card.querySelector('caption').textContent,
    alternative: card.querySelector('[data-testid=chart]')?.ariaLabel ?? '',
    columns: [...card.querySelectorAll('tbody tr:first-child > *')].map(cell => cell.dataset.column ?? ''),
    rows: [...card.querySelectorAll('tbody tr')].map(row => [...row.cells].map(cell => cell.textContent.trim())),
    drawn: [...card.querySelectorAll('.js-plotly-plot text')].map(text => text.textContent),
    traces: [...(card.querySelector('.js-plotly-plot')?.data ?? [])]
        .map(trace => ({type: trace.type, mode: trace.mode ?? '', x: [...(trace.x ?? [])], y: [...(trace.y ?? [])]})),
})"""


@dataclass
class FigureCard:
    """One figure on the screen; `file` is its CSV as it was taken, under its `name`, empty where it may not leave."""

    key: str
    title: str
    subtitle: str
    notes: str
    caution: str
    caption: str
    alternative: str
    columns: list[str]
    rows: list[list[str]]
    drawn: list[str]
    traces: list[dict[str, Any]]
    name: str = ""
    content: bytes = b""
    refused: bool = False
    file: pd.DataFrame = field(default_factory=pd.DataFrame)


def cards(page: Page, known: set[tuple[object, ...]]) -> Iterator[FigureCard]:
    """Yield the figures of a page, each with its file, except those seen before with the same words and table."""
    for place in page.locator(CARD).all():
        card = FigureCard(**place.evaluate(READ))
        seen = (card.key, card.title, card.subtitle, str(card.rows))
        if seen in known:
            continue
        known.add(seen)
        _take(page, place, card)
        yield card


def _take(page: Page, place: Locator, card: FigureCard) -> None:
    """Unfold the table and take its file."""
    place.locator("summary", has_text="Show the numbers as a table").click()
    button = place.get_by_role("button", name="Download these numbers (CSV)")
    button.wait_for()
    doors.settle(page)
    if button.is_disabled():
        card.refused = True
        return
    with page.expect_download() as waiting:
        button.click()
    card.name = waiting.value.suggested_filename
    card.content = Path(waiting.value.path()).read_bytes()
    card.file = pd.read_csv(io.BytesIO(card.content), keep_default_na=False, na_values=[""])
    doors.settle(page)
