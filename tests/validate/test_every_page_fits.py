"""Every page of both doors with more room for text, at twice its size, on a narrow phone, and by the keyboard alone."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser

from tests.browser import doors, fit

pytestmark = pytest.mark.validate
FURTHER = [{"by": "More groups", "group": "Housing", "more": look} for look in doors.LOOKS]
"""Further looks at staying, and the longest names of groups."""


def places(door: doors.Door) -> list[str]:
    """Return the address of every page, and of the further looks at staying."""
    looks = FURTHER if door.audience == "manager" else FURTHER[:1]
    return [door.url(name) for name in doors.PAGES[door.audience]] + [
        door.url("staying", urlencode(look)) for look in looks
    ]


@pytest.mark.parametrize("audience", ["manager", "public"])
@pytest.mark.parametrize("view", fit.VIEWS, ids=lambda view: view.name)
def test_nothing_is_cut_off_and_no_page_goes_sideways(
    request: pytest.FixtureRequest,
    browser: Browser,
    audience: str,
    view: fit.View,
) -> None:
    door: doors.Door = request.getfixturevalue(audience)
    with fit.reader(browser, view) as page:
        found = {place.removeprefix(door.address): fit.look(page, place, view) for place in places(door)}
    assert {place: faults for place, faults in found.items() if faults} == {}


@pytest.mark.parametrize("audience", ["manager", "public"])
def test_the_keyboard_reaches_every_control_of_every_page(
    request: pytest.FixtureRequest,
    browser: Browser,
    audience: str,
) -> None:
    door: doors.Door = request.getfixturevalue(audience)
    found = {}
    with doors.visit(browser) as page:
        for place in places(door):
            doors.open_page(page, place)
            found[place.removeprefix(door.address)] = fit.unreached(page)
    assert {place: faults for place, faults in found.items() if faults} == {}
