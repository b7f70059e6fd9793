"""Pictures of the page Your data: the cards of the four steps for docs/screenshots, or each step as a whole page.

The cards replace the records of the door they are taken at. Whole pages have a home of their own each, with the
demonstration records in it, so that every view shows what a first load of own records changes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page

from pipelines.load import load
from pipelines.release import build_release
from tests.browser import doors, own_records

STEPS: tuple[tuple[str, str, Callable[[Page], None]], ...] = (
    ("1_add", "card_add", lambda page: None),
    ("2_match", "card_match", own_records.match),
    ("3_check", "card_check", own_records.check),
    ("4_use", "card_use", own_records.agree),
    ("5_done", "card_done", own_records.use),
)
"""Name of the picture, the card that is drawn, and what is done before it."""
DATES_PART = "part=Dates+of+your+own"
DATES_SEEN = ((1440, "light"), (390, "dark"))
"""The views in which the dates of a program are pictured, too."""
OWN_DATES = (("January–March 2025", "A new intake form"), ("July–September 2025", "A second site opened"))
TALL = 2000
"""Height in px at which a page is laid out before it is measured: nothing on it may take its height from the window."""


def take(
    browser: Browser, door: doors.Door, folder: Path, width: int = 1440, theme: str = "light", *, whole: bool = False
) -> None:
    """Walk through the steps and write one picture for each; whole pages leave the records of `door` alone."""
    if not whole:
        _steps(browser, door, folder, width, theme, whole=False)
        return
    with _demonstration() as own:
        if (width, theme) in DATES_SEEN:
            _dates(browser, own, folder, width, theme)
        _steps(browser, own, folder, width, theme, whole=True)


@contextmanager
def _demonstration() -> Iterator[doors.Door]:
    """Yield a manager's door on demonstration records that were loaded and released for it alone."""
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        load(doors.ROOT / "data" / "sample", home)
        build_release(home)
        with doors.serve(home, "manager") as door:
            yield door


def _steps(browser: Browser, door: doors.Door, folder: Path, width: int, theme: str, *, whole: bool) -> None:
    """Walk through the steps and write one picture for each: the page, or its card."""
    book = own_records.write(folder / "harbor_house.xlsx")
    try:
        with doors.visit(browser, width, theme) as page:
            doors.open_page(page, door.url("your_data", own_records.PART))
            own_records.add(page, book)
            for name, card, step in STEPS:
                step(page)
                mark = f"_{width}_{theme}" if whole else ""
                _picture(page, folder / f"your_data_{name}{mark}.png", "" if whole else card)
    finally:
        book.unlink()


def _dates(browser: Browser, door: doors.Door, folder: Path, width: int, theme: str) -> None:
    """Write the dates of a program's own, after two were added."""
    with doors.visit(browser, width, theme) as page:
        doors.open_page(page, door.url("your_data", DATES_PART))
        for quarter, text in OWN_DATES:
            own_records.add_date(page, quarter, text)
        _picture(page, folder / f"your_data_dates_{width}_{theme}.png", "")


def _picture(page: Page, path: Path, card: str) -> None:
    """Write one card, or without one the page, in its full height and from its top."""
    before = page.viewport_size or {"width": 1440, "height": 1000}
    page.mouse.move(0, 0)
    page.set_viewport_size({"width": before["width"], "height": TALL})
    doors.settle(page)
    end = page.evaluate(
        "() => { const main = document.querySelector('[data-testid=stMain]'); main.scrollTo(0, 0);"
        " return document.querySelector('[data-testid=stMainBlockContainer]').getBoundingClientRect().bottom; }"
    )
    page.set_viewport_size({"width": before["width"], "height": max(before["height"], round(end))})
    doors.settle(page)
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    if card:
        page.locator(f".st-key-{card}").screenshot(path=path)
    else:
        page.screenshot(path=path)
    page.set_viewport_size(before)
    doors.settle(page)
