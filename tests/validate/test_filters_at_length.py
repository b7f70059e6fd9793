"""Two hundred random filters at the manager's door and forty at the public one: every page keeps its promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dashboard.random_visits import broken

pytestmark = pytest.mark.validate
PART = 20


@pytest.mark.parametrize("start", range(0, 200, PART))
def test_every_number_and_word_is_carried_by_a_table_and_no_hidden_group_shows(sample_home: Path, start: int) -> None:
    assert list(broken(sample_home, "manager", range(start, start + PART))) == []


@pytest.mark.parametrize("start", [0, PART])
def test_every_number_and_word_of_the_public_door_is_carried_by_its_release(sample_home: Path, start: int) -> None:
    assert list(broken(sample_home, "public", range(start, start + PART))) == []
