"""Every page at both doors, in both themes and at both widths: painted, accessible, and talking to nobody else.

Each door is seen in one view here, so that both widths and both themes are; `make validate` sees all four of both.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser import doors

pytestmark = pytest.mark.browser
VIEWS = [("manager", 1440, "light"), ("public", 390, "dark")]


UPSTREAM = ("presentation-role-conflict", 'data-testid="stFileUploaderDropzone"')
"""The one finding that is let pass: Streamlit gives the place files are dropped on a role and a name of its own."""


def problems(page: doors.Page) -> list[str]:
    """Return the findings of axe on the page as it stands, minor ones too, but for the one of `UPSTREAM`."""
    found = [item for item in Axe().run(page).response["violations"] if not _is_upstream(item)]
    return [f"{item['id']}: {item['nodes'][0]['html'][:160]} ({len(item['nodes'])})" for item in found]


def _is_upstream(item: dict[str, Any]) -> bool:
    return item["id"] == UPSTREAM[0] and all(UPSTREAM[1] in node["html"] for node in item["nodes"])


@pytest.mark.parametrize(("audience", "width", "theme"), VIEWS)
def test_every_page_is_painted_and_accessible(
    request: pytest.FixtureRequest, browser: Browser, audience: str, width: int, theme: str
) -> None:
    look_at_every_page(request.getfixturevalue(audience), browser, width, theme, looks=doors.LOOKS[:1])


def look_at_every_page(
    door: doors.Door, browser: Browser, width: int, theme: str, looks: tuple[str, ...] = doors.LOOKS
) -> None:
    """Open every page of a door in one view; each must be painted, accessible and ask nobody else for anything."""
    audience = door.audience
    found: dict[str, list[str]] = {}
    titles = set()
    with doors.visit(browser, width, theme) as page:
        for name in doors.PAGES[audience]:
            doors.open_page(page, door.url(name))
            assert page.locator("h1").count() == 1, name
            assert page.locator("[data-testid=stException], [data-testid=stAlertContentError]").count() == 0, name
            titles.add(page.title())
            sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert sideways <= 1, f"{name} scrolls sideways"
            if seen := problems(page):
                found[name] = seen
        for look in looks if audience == "manager" else looks[:1]:
            doors.open_page(page, door.url("staying", urlencode({"by": "More groups", "more": look})))
            if seen := problems(page):
                found[look] = seen
        assert page.requested == {door.address.removeprefix("http://")}  # type: ignore[attr-defined]
    assert found == {}
    assert len(titles) == len(doors.PAGES[audience])


@pytest.mark.parametrize("audience", ["manager", "public"])
def test_every_chart_has_a_text_alternative_and_a_table(
    request: pytest.FixtureRequest, browser: Browser, audience: str
) -> None:
    door: doors.Door = request.getfixturevalue(audience)
    with doors.visit(browser) as page:
        for name in ("overview", "staying", "trust_and_confidence"):
            doors.open_page(page, door.url(name))
            charts = page.locator("[data-testid=chart]").count()
            named = page.locator("[role=figure][aria-label]").count()
            assert charts > 0, name
            assert named >= charts, name
            assert page.get_by_text("Show the numbers as a table").count() >= charts, name


def test_a_filter_in_the_address_is_kept_from_page_to_page_and_in_no_log(
    manager: doors.Door, browser: Browser, sample_home: Path
) -> None:
    with doors.visit(browser) as page:
        doors.open_page(page, manager.url("overview", "site=Ashgrove"))
        assert "Site: Ashgrove" in page.locator("[data-testid=stMain]").inner_text()
        page.get_by_role("link", name="Staying").first.click()
        page.wait_for_url("**/staying**")
        doors.settle(page)
        assert "site=Ashgrove" in page.url
        assert "Site: Ashgrove" in page.locator("[data-testid=stMain]").inner_text()
    assert "site=" not in (sample_home.parent / "serve-manager.log").read_text("utf-8")


def test_a_view_is_kept_under_a_name_and_opened_by_somebody_else(manager: doors.Door, browser: Browser) -> None:
    with doors.visit(browser) as page:
        doors.open_page(page, manager.url("staying", "substance=Alcohol&by=Age"))
        page.get_by_text("Saved views").click()
        page.get_by_label("Name of this view").fill("Alcohol by age")
        page.get_by_role("button", name="Save this view").click()
        page.get_by_text("Saved.", exact=True).wait_for()
    with doors.visit(browser) as page:
        doors.open_page(page, manager.url("overview"))
        page.get_by_text("Saved views").click()
        page.get_by_role("link", name="Alcohol by age").click()
        page.wait_for_url("**/staying?**")
        doors.settle(page)
        assert "substance=Alcohol" in page.url
        assert "by=Age" in page.url
        assert page.get_by_role("button", name="Main substance: Alcohol").count() == 1
        doors.open_page(page, manager.url("overview", "age=18-24"))
        page.get_by_text("Saved views").click()
        page.get_by_label("Name of this view").fill("Young people")
        page.get_by_role("button", name="Save this view").click()
        page.get_by_text("Saved.", exact=True).wait_for()
        doors.open_page(page, manager.url("staying"))
        page.get_by_text("Saved views").click()
        page.get_by_role("link", name="Young people").click()
        page.wait_for_url("**/?age=18-24")
        doors.settle(page)
        assert page.get_by_role("button", name="Age: 18-24").count() == 1
        page.get_by_text("Saved views").click()
        page.get_by_role("button", name="Remove Young people").click()
        page.get_by_text("Removed.", exact=True).wait_for()
        page.get_by_role("link", name="Young people").wait_for(state="detached")
        page.get_by_role("button", name="Remove Alcohol by age").click()
        page.get_by_role("link", name="Alcohol by age").wait_for(state="detached")


def test_the_overview_in_spanish_is_accessible_and_names_its_language(manager: doors.Door, browser: Browser) -> None:
    with doors.visit(browser, 390) as page:
        doors.open_page(page, manager.url("overview", "lang=es"))
        assert page.evaluate("document.documentElement.lang") == "es"
        assert "En breve." in page.locator(".in-short").inner_text()
        assert problems(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 1
        page.locator(".st-key-speak_en button[lang=en]").press("Enter")
        page.get_by_text("In short.").wait_for()
        doors.settle(page)
        assert page.evaluate("document.documentElement.lang") == "en"
        assert "lang=" not in page.url


def test_a_filter_changes_the_numbers_on_the_page(manager: doors.Door, browser: Browser) -> None:
    with doors.visit(browser) as page:
        doors.open_page(page, manager.url("overview"))
        everyone = page.locator("[data-testid=stMain]").inner_text()
        doors.open_page(page, manager.url("overview", "site=Ashgrove"))
        assert page.locator("[data-testid=stMain]").inner_text() != everyone


def test_the_public_door_shows_no_number_under_eleven_in_a_table(public: doors.Door, browser: Browser) -> None:
    with doors.visit(browser) as page:
        for name in ("overview", "staying", "trust_and_confidence"):
            doors.open_page(page, public.url(name))
            for summary in page.locator("summary", has_text="Show the numbers as a table").all():
                summary.click()
            page.wait_for_timeout(300)
            cells = page.eval_on_selector_all("td[data-column=n]", "cells => cells.map(c => c.textContent.trim())")
            counts = [int(cell.replace(",", "")) for cell in cells if cell.replace(",", "").isdigit()]
            assert counts, name
            assert min(counts) >= 15, name
            assert all(count % 5 == 0 for count in counts), name
