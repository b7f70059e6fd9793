"""The property of dirty folders (`tests/pipelines/test_dirty_loads`) with many more examples, new ones at every run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from tests.pipelines.bad_files.loading import Installation
from tests.pipelines.dirty_world import Dirty, dirty_folders
from tests.pipelines.whole_loads import assert_holds

pytestmark = pytest.mark.validate
EXAMPLES = 400


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as patch:
        yield Installation(tmp_path_factory.mktemp("dirty"), patch)


@pytest.fixture(autouse=True)
def _same_key(at: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(at.home.parent / "secret" / "key"))


@settings(deadline=None, max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(dirty_folders())
def test_a_dirty_folder_loses_nothing_and_leaks_nothing(
    at: Installation, tmp_path_factory: pytest.TempPathFactory, dirty: Dirty
) -> None:
    assert_holds(dirty, tmp_path_factory.mktemp("load") / "in", at)
