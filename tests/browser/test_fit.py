"""One page in half of the ways a reader may set it, and by the keyboard alone; `make validate` sees all of both."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser import doors, fit

pytestmark = pytest.mark.browser


def test_the_referee_sees_words_that_are_cut_off_and_controls_without_a_mark(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 300, "height": 300})
    page.set_content(
        "<style>.none:focus { outline: none }</style><main><div><p><button>one</button></p></div>"
        "<div><p><button class=none>two</button></p></div>"
        "<div><p><span tabindex=0 onfocus='this.blur()'>three</span></p></div>"
        "<p style='width: 50px; overflow: hidden; white-space: nowrap'>too long for its box</p>"
        "<p style='width: 50px; overflow: auto; white-space: nowrap'>long, but it can be scrolled</p>"
        "<p style='width: 400px'>wide</p></main>"
    )
    found = [fault.split(": ", 1)[1] for fault in fit.faults(page, fit.VIEWS[0])]
    assert [fault[:9] for fault in found] == ["cut off: ", f"{page.evaluate(fit.SIDEWAYS)} px sideways"[:9]]
    assert "too long for its box" in found[0]
    assert sorted(fault.split(":")[0] for fault in fit.unreached(page)) == ["not reached", "not seen"]
    page.close()


@pytest.mark.parametrize("view", fit.VIEWS[::2], ids=lambda view: view.name)
def test_a_page_fits_however_it_is_set(manager: doors.Door, browser: Browser, view: fit.View) -> None:
    with fit.reader(browser, view) as page:
        assert fit.look(page, manager.url("overview"), view) == []


def test_the_keyboard_reaches_every_control_and_shows_where_it_is(manager: doors.Door, browser: Browser) -> None:
    with doors.visit(browser) as page:
        doors.open_page(page, manager.url("overview", "site=Ashgrove"))
        assert fit.unreached(page) == []


def test_a_tab_that_arrows_led_to_keeps_the_focus_and_a_pointer_takes_it(manager: doors.Door, browser: Browser) -> None:
    """What drops the focus now and then is stood in for by dropping it."""
    on_tab = "document.activeElement.getAttribute('role') === 'tab'"
    with doors.visit(browser) as page:
        doors.open_page(page, manager.url("your_data"))
        page.get_by_role("tab").first.focus()
        page.keyboard.press("ArrowRight")
        page.evaluate("document.activeElement.blur()")
        page.wait_for_function(on_tab)
        doors.settle(page)
        page.get_by_role("heading", level=1).click()
        page.wait_for_timeout(700)
        assert not page.evaluate(on_tab)
