"""Make the screenshots of every page into docs/screenshots: python -m tests.browser.screenshots [FOLDER]."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.browser import doors

FOLDER = doors.ROOT / "docs" / "screenshots"
WIDTHS = (1440, 390)
THEMES = ("light", "dark")


def prepare(home: Path) -> None:
    """Load the sample and build its release into `home`, with a key of its own."""
    from pipelines.load import load
    from pipelines.release import build_release

    os.environ["RECOVERY_OUTCOMES_KEY"] = str(home.parent / "secret" / "key")
    load(doors.ROOT / "data" / "sample", home)
    build_release(home)


def main(folder: Path, audiences: tuple[str, ...] = ("manager", "public")) -> None:
    """Write one full-page PNG for each audience, page, width and theme."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        prepare(home)
        for audience in audiences:
            with doors.serve(home, audience) as door, doors.chromium() as browser:
                for width in WIDTHS:
                    for theme in THEMES:
                        take(browser, door, width, theme, folder)


def take(browser: doors.Browser, door: doors.Door, width: int, theme: str, folder: Path) -> None:
    """Write the pages of one door at one width and theme."""
    with doors.visit(browser, width, theme) as page:
        for name in doors.PAGES[door.audience]:
            doors.open_page(page, door.url(name))
            height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
            page.set_viewport_size({"width": width, "height": min(int(height) + 120, 9000)})
            doors.settle(page)
            page.screenshot(path=folder / f"{door.audience}_{name}_{width}_{theme}.png")
            page.set_viewport_size({"width": width, "height": 1000})


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
