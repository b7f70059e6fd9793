"""Two people at once see only their own numbers; an address that is passed on, and the way back, show the same page."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from dashboard.answers import open_answers
from tests.browser import doors, visitors

pytestmark = pytest.mark.browser


def main_text(page: Page) -> str:
    doors.settle(page)
    return page.locator("[data-testid=stMain]").inner_text()


def back_to(page: Page, address: str) -> None:
    """Go back one step, which must lead to `address`."""
    page.go_back()
    page.wait_for_url(address)
    doors.settle(page)
    assert page.url == address


def test_two_people_at_once_an_address_passed_on_and_the_way_back(
    manager: doors.Door, browser: Browser, sample_home: Path
) -> None:
    answers = open_answers("manager", sample_home)
    with visitors.people(browser, manager, answers, visitors.WHERE[1:3]) as found:
        assert visitors.all_click(found, answers, rounds=2) == []
        one = found[0].page
        address, said = one.url, main_text(one)
        with doors.visit(browser) as page:
            doors.open_page(page, address)
            assert main_text(page) == said
        one.get_by_role("link", name="Methods").first.click()
        one.wait_for_url("**/methods**")
        doors.settle(one)
        back_to(one, address)
        assert found[0].is_right(answers)
        assert main_text(one) == said
