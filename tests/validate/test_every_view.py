"""Every page in the views that the ordinary tests leave out: each door in the other theme at each width."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import browser, manager, public  # noqa: F401
from tests.browser.test_pages import VIEWS, look_at_every_page

pytestmark = pytest.mark.validate
EVERY = [(door, width, theme) for door in ("manager", "public") for width in (1440, 390) for theme in ("light", "dark")]


@pytest.mark.parametrize(("audience", "width", "theme"), sorted(set(EVERY) - set(VIEWS)))
def test_every_page_is_painted_and_accessible_in_the_other_views(
    request: pytest.FixtureRequest,
    browser: Browser,  # noqa: F811
    audience: str,
    width: int,
    theme: str,
) -> None:
    look_at_every_page(request.getfixturevalue(audience), browser, width, theme)
