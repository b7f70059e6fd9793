"""Your data in every view, step by step (the ordinary tests have one)."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.test_your_data import Ground, ground, look_at_every_step

pytestmark = pytest.mark.validate
__all__ = ["ground"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_step_is_accessible_and_shows_no_cell_in_every_view(
    ground: Ground,
    browser: Browser,
    tmp_path: Path,
    width: int,
    theme: str,
) -> None:
    look_at_every_step(ground, browser, tmp_path, width, theme)
