"""Random dirty folders through whole loads: nothing lost, nothing leaked, the same again. Many in tests/validate."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.pipelines.bad_files.loading import Installation
from tests.pipelines.dirty_world import Dirty, dirty_folders
from tests.pipelines.whole_loads import assert_holds, outcomes

EXAMPLES = 12


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as patch:
        yield Installation(tmp_path_factory.mktemp("dirty"), patch)


@pytest.fixture(autouse=True)
def _same_key(at: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(at.home.parent / "secret" / "key"))


@settings(
    deadline=None,
    max_examples=EXAMPLES,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(dirty_folders())
def test_a_dirty_folder_loses_nothing_and_leaks_nothing(
    at: Installation, tmp_path_factory: pytest.TempPathFactory, dirty: Dirty
) -> None:
    assert_holds(dirty, tmp_path_factory.mktemp("load") / "in", at)


def test_the_folders_were_loaded_and_refused_and_held_planted_texts() -> None:
    """A property that is never put to the test proves nothing."""
    if outcomes.total():
        assert outcomes["loaded"] > EXAMPLES / 5
        assert outcomes["refused"] > EXAMPLES / 10
        assert outcomes["planted and loaded"] > 0
