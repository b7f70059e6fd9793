"""Make screenshots: python -m tests.browser.screenshots [FOLDER] [--few].

It writes every page at both doors, on a desktop, a tablet and a phone, light and dark, and the states a page can be in:
the set that docs/looks.md judges one by one. The few that docs/screenshots holds are copied there; with --few only
those are made.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image

from tests.browser import doors, import_screenshots, state_screenshots

FOLDER, FEW_FOLDER = doors.ROOT / "build" / "screenshots", doors.ROOT / "docs" / "screenshots"
WIDTHS = (1440, 820, 390)
"""Of a desktop, a tablet and a phone, in px."""
THEMES = ("light", "dark")
REPORT = "report_file_900_light"
LONGEST, OF_METHODS = 24_000, 6_000
"""Tallest picture in px; Methods is up to 56,000 px tall, but all its entries look like the first ones."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: door, page, width in px, theme, and for a state its name and the filters that lead to it."""

    audience: str
    page: str
    width: int
    theme: str = "light"
    state: str = ""
    query: tuple[tuple[str, str], ...] = ()
    unfold: str = ""

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        parts = (self.audience, self.page, self.state, str(self.width), self.theme)
        return "_".join(part for part in parts if part)


SMALL = (("site", "Ashgrove"), ("enrolled", "January–June 2024"), ("substance", "Stimulants"))
HIDDEN = (("site", "Ashgrove"), ("enrolled", "January–June 2024"), ("substance", "Cannabis"))
EMPTY = (("site", "Ashgrove"), ("enrolled", "January–June 2024"), ("substance", "None"))
TWO = (("site", "Ashgrove"), ("substance", "Opioids"))
EARLY = (("enrolled", "January–June 2026"),)
SPANISH = (("lang", "es"),)
STATES = (
    Shot("manager", "staying", 1440, state="small", query=SMALL),
    Shot("manager", "overview", 390, state="small", query=SMALL),
    Shot("manager", "staying", 1440, state="hidden", query=HIDDEN),
    Shot("manager", "staying", 1440, state="empty", query=EMPTY),
    Shot("manager", "staying", 390, "dark", state="empty", query=EMPTY),
    Shot("manager", "staying", 1440, state="by_alliance", query=(("by", "Early alliance"),)),
    Shot("manager", "staying", 1440, "dark", state="by_substance", query=(("by", "Main substance"),)),
    Shot("manager", "staying", 390, "dark", state="by_housing", query=(("by", "More groups"), ("group", "Housing"))),
    *(
        Shot("manager", "staying", width, theme, state=look.lower().replace(" ", "_"), query=(("more", look),))
        for look in ("By enrolment", "What changed", "Other gaps", "Attendance and caseload", "Helping others")
        for width, theme in ((1440, "light"), (390, "dark"))
    ),
    Shot("manager", "overview", 1440, state="one_site", query=SMALL[:1]),
    Shot("manager", "trust_and_confidence", 1440, state="unfolded", unfold="summary"),
    Shot("manager", "trust_and_confidence", 1440, state="along_the_scale", query=(("check", "Along the scale"),)),
    Shot("manager", "trust_and_confidence", 1440, state="groups", query=(("check", "Groups of people"),)),
    Shot("manager", "trust_and_confidence", 390, "dark", state="groups", query=(("check", "Groups of people"),)),
    Shot("manager", "trust_and_confidence", 1440, state="without_score", query=(("check", "People without a score"),)),
    Shot("manager", "trust_and_confidence", 1440, state="every_way_out", query=(("check", "Every way out"),)),
    Shot("manager", "trust_and_confidence", 390, "dark", state="sessions", query=(("check", "After each session"),)),
    Shot("manager", "trust_and_confidence", 1440, state="empathy", query=(("scores", "Empathy and empowerment"),)),
    Shot("manager", "overview", 1440, state="too_early", query=EARLY),
    Shot("manager", "staying", 390, "dark", state="too_early", query=EARLY),
    Shot("manager", "overview", 1440, state="saved_views", unfold="[data-testid=stSidebar] summary"),
    *(
        Shot("manager", page, width, state="spanish", query=SPANISH)
        for page in ("overview", "how_it_helps", "staying", "trust_and_confidence", "your_data", "methods")
        for width in (1440, 390)
    ),
    Shot("public", "overview", 1440, state="not_released", query=TWO),
    Shot("public", "overview", 1440, state="one_site", query=(("site", "Dockside"),)),
    *(
        Shot("public", page, width, state="spanish", query=SPANISH)
        for page in ("overview", "report", "get_the_data")
        for width in (1440, 390)
    ),
)
NOT_MEASURED = (
    Shot("manager", "how_it_helps", 1440, state="not_measured"),
    Shot("manager", "how_it_helps", 390, "dark", state="not_measured"),
    Shot(
        "manager",
        "trust_and_confidence",
        1440,
        state="not_measured",
        query=(("scores", "Empathy and empowerment"),),
    ),
)
"""Of records that hold two of the questionnaires."""
CHOSEN = (
    Shot("manager", "overview", 1440),
    Shot("manager", "overview", 1440, "dark"),
    Shot("manager", "overview", 390),
    Shot("manager", "staying", 1440),
    Shot("manager", "trust_and_confidence", 1440),
    Shot("manager", "get_the_data", 1440),
    Shot("public", "overview", 1440),
)
"""What docs/screenshots holds, beside the report file as a browser opens it."""


def every() -> Iterator[Shot]:
    """Return every page at every door, width and theme, then the states."""
    for audience, pages in doors.PAGES.items():
        for page in pages:
            yield from (Shot(audience, page, width, theme) for width in WIDTHS for theme in THEMES)
    yield from STATES


def prepare(home: Path) -> None:
    """Load the sample and build its release into `home`, with a key of its own."""
    from pipelines.load import load
    from pipelines.release import build_release

    os.environ["RECOVERY_OUTCOMES_KEY"] = str(home.parent / "secret" / "key")
    load(doors.ROOT / "data" / "sample", home)
    build_release(home)


def main(folder: Path, shots: tuple[Shot, ...]) -> None:
    """Write one full-page PNG for each of `shots`, the report file's, and last the steps that replace the records."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = shots != CHOSEN
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        prepare(home)
        with doors.chromium() as browser:
            report(browser, home, folder)
            if whole:
                state_screenshots.take(browser, home, folder)
            for audience in dict.fromkeys(shot.audience for shot in shots):
                with doors.serve(home, audience) as door:
                    for shot in shots:
                        if shot.audience == audience:
                            take(browser, door, shot, folder)
            with doors.serve(home, "manager") as door:
                views = [(width, theme) for width in WIDTHS for theme in THEMES] if whole else []
                for width, theme in views:
                    import_screenshots.take(browser, door, folder, width, theme, whole=True)
                import_screenshots.take(browser, door, folder)
                for shot in NOT_MEASURED if whole else ():
                    take(browser, door, shot, folder)


def keep_few(folder: Path) -> None:
    """Write lighter copies for docs/screenshots: the chosen pages, the report file and the cards of the steps."""
    names = [shot.name for shot in CHOSEN] + [REPORT, *(f"your_data_{name}" for name, *_ in import_screenshots.STEPS)]
    for name in names:
        lighten(folder / f"{name}.png", FEW_FOLDER / f"{name}.png")


def take(browser: doors.Browser, door: doors.Door, shot: Shot, folder: Path) -> None:
    """Write one page as tall as it is."""
    with doors.visit(browser, shot.width, shot.theme) as page:
        doors.open_page(page, door.url(shot.page, urlencode(shot.query)))
        for place in range(page.locator(shot.unfold).count() if shot.unfold else 0):
            page.locator(shot.unfold).nth(place).click()
        page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
        height = page.evaluate(
            "() => { const main = document.querySelector('[data-testid=stMain]');"
            " const end = document.querySelector('[data-testid=stMainBlockContainer]').getBoundingClientRect().bottom;"
            " return Math.ceil(end + main.scrollTop); }"
        )
        least, most = 900 if shot.width > 800 else 844, OF_METHODS if shot.page == "methods" else LONGEST
        page.set_viewport_size({"width": shot.width, "height": max(least, min(int(height), most))})
        doors.settle(page)
        page.screenshot(path=folder / f"{shot.name}.png")


def report(browser: doors.Browser, home: Path, folder: Path) -> None:
    """Write the report file as a browser shows it."""
    from dashboard.answers import open_answers
    from dashboard.report import write_report

    path = write_report(open_answers("public", home), home.parent / "report.html")
    page = browser.new_page(viewport={"width": 900, "height": 900})
    page.goto(path.as_uri())
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.screenshot(path=folder / f"{REPORT}.png", full_page=True)
    page.close()


def lighten(path: Path, lighter: Path) -> None:
    """Write the picture in its 256 most frequent colours, the theme's own among them, at a third of its size."""
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    counted = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, colour in counted[:256] for part in colour])  # type: ignore[attr-defined]
    picture.quantize(palette=palette, dither=Image.Dither.NONE).save(lighter, optimize=True)


def arguments() -> argparse.Namespace:
    """Return what was asked for on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--few", action="store_true", help="only those of docs/screenshots")
    return parser.parse_args()


if __name__ == "__main__":
    asked = arguments()
    main(asked.folder, CHOSEN if asked.few else tuple(every()))
    keep_few(asked.folder)
