"""In a browser: a change of language keeps what is chosen, in the address too, and the way back is one step."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser

from tests.browser import doors

pytestmark = pytest.mark.validate


def test_a_change_of_language_keeps_what_is_chosen_and_the_way_back(
    manager: doors.Door,
    browser: Browser,
) -> None:
    chosen = {"substance": "Alcohol", "by": "Age", "more": "Other gaps", "gap": "60 days without contact"}
    pressed = "[data-testid=stMain] [role=radio][aria-checked=true]"
    with doors.visit(browser) as page:
        doors.open_page(page, manager.url("staying", urlencode(chosen)))
        page.get_by_role("button", name="Español").click()
        page.get_by_role("button", name="Sustancia principal: Alcohol").wait_for()
        doors.settle(page)
        assert page.locator(pressed).all_inner_texts() == ["Edad", "Otros intervalos"]
        page.reload()
        page.get_by_role("button", name="Sustancia principal: Alcohol").wait_for()
        doors.settle(page)
        assert page.locator(pressed).all_inner_texts() == ["Edad", "Otros intervalos"], "the address says it in Spanish"
        page.go_back()
        page.get_by_role("button", name="Main substance: Alcohol").wait_for()
        doors.settle(page)
        assert page.locator(pressed).all_inner_texts() == ["Age", "Other gaps"]
    context = browser.new_context(locale="es-MX")
    page = context.new_page()
    page.set_default_timeout(doors.PAINT_MILLISECONDS)
    doors.open_page(page, manager.url("staying", urlencode(chosen)))
    assert page.locator(pressed).all_inner_texts() == ["Age", "Other gaps"], "a link made in English opens in English"
    context.close()
