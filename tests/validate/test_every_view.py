"""Every page in every view and at both widths, with every further look at Staying and at Trust and confidence."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.test_looks import WIDTHS, look_for_texts
from tests.browser.test_pages import look_at_every_page

pytestmark = pytest.mark.validate
DOORS = ("manager", "public")
VIEWS = [(door, width, theme) for door in DOORS for width in WIDTHS for theme in ("light", "dark")]
TABLET = 820
EVERY_WIDTH = [(door, width) for door in DOORS for width in (*WIDTHS, TABLET)]


@pytest.mark.parametrize(("audience", "width", "theme"), VIEWS)
def test_every_page_is_painted_and_accessible_in_every_view(
    request: pytest.FixtureRequest,
    browser: Browser,
    audience: str,
    width: int,
    theme: str,
) -> None:
    look_at_every_page(request.getfixturevalue(audience), browser, width, theme)


@pytest.mark.parametrize(("audience", "width"), EVERY_WIDTH)
def test_no_text_of_a_chart_is_cut_off_or_lies_over_another_at_any_width(
    request: pytest.FixtureRequest,
    browser: Browser,
    audience: str,
    width: int,
) -> None:
    look_for_texts(browser, request.getfixturevalue(audience), width)
