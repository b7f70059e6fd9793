"""Doors and browser for the browser tests, started once a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import doors


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with doors.chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def manager(sample_home: Path) -> Iterator[doors.Door]:
    with doors.serve(sample_home, "manager") as door:
        yield door


@pytest.fixture(scope="session")
def public(sample_home: Path) -> Iterator[doors.Door]:
    with doors.serve(sample_home, "public") as door:
        yield door
