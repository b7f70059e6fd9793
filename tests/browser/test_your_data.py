"""A data manager without a programmer: from a workbook of their own to the numbers on Overview, in a browser.

Referees: the rows of the workbook counted here; a canary in cells that must never be seen; axe on every step.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page

from dashboard.theme import contrast
from pipelines.load import load
from pipelines.mapping_file import read_mapping
from pipelines.release import build_release
from tests.browser import doors, own_records
from tests.browser.test_pages import problems
from tests.conftest import SAMPLE

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Ground:
    """A door of its own on demonstration records, with a folder of its own for temporary files."""

    door: doors.Door
    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def left_in_temporary(self) -> list[Path]:
        return list((self.folder / "temporary").iterdir())


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("own")
    (folder / "temporary").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECOVERY_OUTCOMES_KEY", str(folder / "secret" / "key"))
        load(SAMPLE, folder / "home")
        build_release(folder / "home")
        patch.setitem(os.environ, "TMPDIR", str(folder / "temporary"))
        with doors.serve(folder / "home", "manager") as door:
            yield Ground(door, folder)


def seen(page: Page) -> str:
    """Everything the page holds, shown or not."""
    return page.content() + page.locator("body").inner_text()


def sideways(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_every_step_is_accessible_and_shows_no_cell(ground: Ground, browser: Browser, tmp_path: Path) -> None:
    look_at_every_step(ground, browser, tmp_path, 390, "dark")


TICK = """box => {
  const tick = getComputedStyle(box.querySelector('svg polyline')).stroke;
  return [tick, getComputedStyle(box.querySelector('svg').parentElement).backgroundColor];
}"""


def hexadecimal(written: str) -> str:
    return "#" + "".join(f"{int(part):02X}" for part in re.findall(r"\d+", written)[:3])


def look_at_every_step(ground: Ground, browser: Browser, folder: Path, width: int, theme: str) -> None:
    """Go through the page in one view; each step must be accessible, keep its width, and show and leave no cell."""
    book = own_records.write(folder / "harbor.xlsx")
    with doors.visit(browser, width, theme) as page:
        doors.open_page(page, ground.door.url("your_data", own_records.PART))
        for step in (
            lambda: None,
            lambda: own_records.add(page, book),
            lambda: own_records.match(page),
            lambda: own_records.check(page),
        ):
            step()
            assert problems(page) == []
            assert sideways(page) <= 1
            assert own_records.CANARY not in seen(page)
            assert ground.left_in_temporary() == []
        assert page.locator("h1").count() == 1
        own_records.agree(page)
        tick, ground_of_tick = map(hexadecimal, page.get_by_test_id("stCheckbox").first.evaluate(TICK))
        assert contrast(tick, ground_of_tick) >= 3, (tick, ground_of_tick)


def test_a_phone_shows_every_part_and_every_number(ground: Ground, browser: Browser) -> None:
    with doors.visit(browser, 390) as page:
        for language in ("en", "es"):
            doors.open_page(page, ground.door.url("your_data", f"lang={language}"))
            tabs = page.get_by_role("tab").all()
            ends = [box["x"] + box["width"] for tab in tabs if (box := tab.bounding_box())]
            assert len(ends) == 3
            assert max(ends) <= 390, "no part is out of sight"
            wider = "table => table.scrollWidth - table.clientWidth"
            assert page.locator(".st-key-card_loads .twin").evaluate(wider) <= 1


def test_files_go_when_the_page_is_left(ground: Ground, browser: Browser, tmp_path: Path) -> None:
    with doors.visit(browser) as page:
        doors.open_page(page, ground.door.url("your_data", own_records.PART))
        own_records.add(page, own_records.write(tmp_path / "harbor.xlsx"))
        assert "harbor.xlsx" in seen(page)
        page.get_by_role("link", name="Methods").first.click()
        page.wait_for_url("**/methods**")
        doors.settle(page)
        page.get_by_role("link", name="Your data").first.click()
        page.wait_for_url("**/your_data**")
        doors.settle(page)
        page.get_by_role("tab", name="Load your own records").click()
        doors.settle(page)
        assert "harbor.xlsx" not in seen(page), "the files are gone once the page was left"


def test_a_mapping_kept_from_last_time_saves_the_matching(ground: Ground, browser: Browser, tmp_path: Path) -> None:
    book = own_records.write(tmp_path / "harbor.xlsx")
    with doors.visit(browser) as page:
        doors.open_page(page, ground.door.url("your_data", own_records.PART))
        own_records.add(page, book)
        own_records.match(page)
        with page.expect_download() as waiting:
            page.get_by_role("button", name="Keep this matching").click()
        kept = tmp_path / "our_mapping.toml"
        waiting.value.save_as(kept)
        assert own_records.CANARY not in kept.read_text(encoding="utf-8")
        assert read_mapping(kept).mapping_id == "proposed"
        doors.open_page(page, ground.door.url("your_data", own_records.PART))
        own_records.add(page, book, kept)
        assert "there is nothing to match" in seen(page)
        own_records.check(page)
        assert "can be stored" in seen(page)


def test_what_is_wrong_is_said_with_its_remedy(ground: Ground, browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "broken.csv").write_text("Client ID,Client ID\nP1,x\n")
    (tmp_path / "clients.csv").write_text("Client ID,Admission Date,Sex\nP1,no date,Zqcanary\nP2,no date,F\n")
    with doors.visit(browser) as page:
        doors.open_page(page, ground.door.url("your_data", own_records.PART))
        own_records.add(page, tmp_path / "broken.csv")
        assert "broken.csv" in page.get_by_role("alert").first.inner_text()
        doors.open_page(page, ground.door.url("your_data", own_records.PART))
        own_records.add(page, tmp_path / "clients.csv")
        own_records.choose(page, "Admission Date", "Enrolment: date")
        own_records.say_the_day(page)
        page.get_by_role("button", name="Check the files").click()
        page.get_by_text("The files cannot be loaded like this.").wait_for()
        doors.settle(page)
        assert "no row can be stored" in seen(page)
        assert own_records.CANARY not in seen(page)
        assert page.get_by_role("button", name="Use these records").count() == 0
        assert problems(page) == []
    assert ground.left_in_temporary() == []


def test_own_records_are_matched_checked_used_and_seen(ground: Ground, browser: Browser, tmp_path: Path) -> None:
    book = own_records.write(tmp_path / "harbor.xlsx")
    sheets = load_workbook(book, read_only=True)
    sessions = sum(1 for _ in sheets["Coaching log"].iter_rows()) - 1
    with doors.visit(browser) as page:
        doors.open_page(page, ground.door.url("overview", "site=Ashgrove"))
        assert "Demonstration data" in seen(page)
        page.get_by_role("link", name="Your data").first.click()
        page.wait_for_url("**/your_data**")
        doors.settle(page)
        page.get_by_role("tab", name="Load your own records").click()
        own_records.add(page, book)
        assert "3 things are still needed" in seen(page), (
            "the date of sessions and of scores, and the day of the export"
        )
        assert page.get_by_role("button", name="Check the files").is_disabled()
        own_records.match(page)
        own_records.check(page)
        assert "The demonstration records shown now are replaced as a whole" in seen(page)
        assert f"{sessions:,}" in page.get_by_role("region", name="Table: Rows stored, before and after").inner_text()
        own_records.use(page)
        assert problems(page) == []
        assert own_records.CANARY not in seen(page)
        page.get_by_role("link", name="Go to Overview").click()
        page.wait_for_url(lambda address: "your_data" not in address)
        doors.settle(page)
        main = page.locator("[data-testid=stMain]").inner_text()
        assert f"Showing {own_records.PEOPLE} people" in main
        assert "Demonstration data" not in main
        assert "records-0002" in main
        doors.open_page(page, ground.door.url("get_the_data"))
        assert "Nothing has been published yet" in seen(page)
        assert page.requested == {ground.door.address.removeprefix("http://")}  # type: ignore[attr-defined]
    assert ground.left_in_temporary() == []
    kept = [path for path in ground.folder.rglob("*") if path.is_file()]
    assert not [path for path in kept if own_records.CANARY.encode() in path.read_bytes()]
    assert not [path for path in kept if b"HH-0001" in path.read_bytes()]
