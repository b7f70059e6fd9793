"""Shared ground for tests: a data folder of their own, and the sample loaded once a run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.doors import Door

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "sample"


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the records, the key or the log of the person who runs it."""
    monkeypatch.setenv("RECOVERY_OUTCOMES_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(tmp_path / "secret" / "key"))


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of records and release made from data/sample; tests must not change it."""
    from pipelines.load import load
    from pipelines.release import build_release
    from tests.pipelines.release_world import keep_known_key

    folder = tmp_path_factory.mktemp("sample")
    before = os.environ.get("RECOVERY_OUTCOMES_KEY")
    (folder / "secret").mkdir(mode=0o700)
    keep_known_key(folder / "secret")
    os.environ["RECOVERY_OUTCOMES_KEY"] = str(folder / "secret" / "key")
    try:
        load(SAMPLE, folder / "home")
        build_release(folder / "home")
        yield folder / "home"
    finally:
        if before is None:
            os.environ.pop("RECOVERY_OUTCOMES_KEY", None)
        else:
            os.environ["RECOVERY_OUTCOMES_KEY"] = before


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser, started once a run by the first test that drives one."""
    from tests.browser import doors

    with doors.chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def manager(sample_home: Path) -> Iterator[Door]:
    """The sample's own dashboard."""
    from tests.browser import doors

    with doors.serve(sample_home, "manager") as door:
        yield door


@pytest.fixture(scope="session")
def public(sample_home: Path) -> Iterator[Door]:
    """The sample's dashboard as people outside see it."""
    from tests.browser import doors

    with doors.serve(sample_home, "public") as door:
        yield door


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public trial data beside the project; tests that need it skip where it is absent."""
    named = os.environ.get("RECOVERY_OUTCOMES_SHARED")
    folder = Path(named) if named else ROOT.parent / "shared"
    if not (folder / "data" / "SOURCES.md").exists():
        pytest.skip("the public trial data beside the project is not here")
    return folder / "data"
