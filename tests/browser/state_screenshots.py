"""Pictures of what a page says when it cannot show records: none yet, nothing published, unreadable, still counting."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser import doors

VIEWS = ((1440, "light"), (390, "dark"))
HALF = 2
"""Part of its size to which a file of records is cut off where it cannot be read."""


@contextmanager
def homes(home: Path) -> Iterator[dict[tuple[str, str], Path]]:
    """Yield for each state and door a home in it, made beside the loaded `home`."""
    made = home.parent / "states"
    empty, broken = made / "empty", made / "broken"
    empty.mkdir(parents=True)
    shutil.copytree(home, broken)
    for records in (broken / "records").glob("*.duckdb"):
        records.write_bytes(records.read_bytes()[: records.stat().st_size // HALF])
    yield {
        ("no_data_yet", "manager"): empty,
        ("nothing_published", "public"): empty,
        ("cannot_be_read", "manager"): broken,
    }
    shutil.rmtree(made)


def take(browser: Browser, home: Path, folder: Path) -> None:
    """Write a picture of each state, wide and light, and as a phone shows it in the dark."""
    with homes(home) as states:
        for (state, audience), place in states.items():
            with doors.serve(place, audience) as door:
                for width, theme in VIEWS:
                    _picture(browser, door, state, width, theme, folder)
    for width, theme in VIEWS:  # only a server that has not answered yet is seen at work
        with doors.serve(home, "manager") as door:
            _picture(browser, door, "loading", width, theme, folder)


def _picture(browser: Browser, door: doors.Door, state: str, width: int, theme: str, folder: Path) -> None:
    path = folder / f"{door.audience}_staying_{state}_{width}_{theme}.png"
    with doors.visit(browser, width, theme) as page:
        page.goto(door.url("staying"))
        if state == "loading":
            page.wait_for_selector("[class*=st-key-card_] [data-testid=stSkeleton]")
        else:
            page.wait_for_selector("h1")
            doors.settle(page)
        page.screenshot(path=path)
