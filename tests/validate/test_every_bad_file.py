"""Every bad file of the catalogue (`tests/pipelines/test_bad_files` has every fourth) does what the catalogue says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipelines.bad_files.case import Case
from tests.pipelines.bad_files.catalogue import CASES
from tests.pipelines.bad_files.loading import Installation, judge

pytestmark = pytest.mark.validate
EVERY_CASE = [case for cases in CASES.values() for case in cases if not case.heavy]


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as patch:
        yield Installation(tmp_path_factory.mktemp("bad_files"), patch)


@pytest.fixture(autouse=True)
def _same_key(at: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(at.home.parent / "secret" / "key"))


@pytest.mark.parametrize("case", EVERY_CASE, ids=lambda case: ascii(case.id))
def test_a_bad_file_does_what_the_catalogue_says(case: Case, at: Installation, tmp_path: Path) -> None:
    judge(case, tmp_path, at)
