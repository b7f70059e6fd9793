"""Pictures of the four steps in which own records are loaded: the cards for docs/screenshots, or whole pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser import doors, own_records

STEPS: tuple[tuple[str, str, Callable[[Page], None]], ...] = (
    ("1_add", "card_add", lambda page: None),
    ("2_match", "card_match", own_records.match),
    ("3_check", "card_check", own_records.check),
    ("4_use", "card_use", lambda page: None),
    ("5_done", "card_done", own_records.use),
)
"""Name of the picture, the card that is drawn, and what is done before it."""


def take(
    browser: Browser, door: doors.Door, folder: Path, width: int = 1440, theme: str = "light", *, whole: bool = False
) -> None:
    """Walk through the steps, replace the records of `door`, and write one picture for each step."""
    book = own_records.write(folder / "harbor_house.xlsx")
    try:
        with doors.visit(browser, width, theme) as page:
            doors.open_page(page, door.url("your_data", own_records.PART))
            own_records.add(page, book)
            for name, card, step in STEPS:
                step(page)
                page.mouse.move(0, 0)
                mark = f"_{width}_{theme}" if whole else ""
                _picture(page, folder / f"your_data_{name}{mark}.png", "stMainBlockContainer" if whole else card)
    finally:
        book.unlink()


def _picture(page: Page, path: Path, part: str) -> None:
    """Write one part of the page in its full height."""
    width = (page.viewport_size or {"width": 1440})["width"]
    inside = page.locator(f".{part}" if part == "stMainBlockContainer" else f".st-key-{part}")
    page.set_viewport_size({"width": width, "height": 6000})
    doors.settle(page)
    inside.screenshot(path=path)
    page.set_viewport_size({"width": width, "height": 1000})
    doors.settle(page)
