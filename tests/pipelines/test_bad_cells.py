"""A quarter of the bad cells of the catalogue: identifiers of people, impossible values, wrong questionnaires."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipelines.bad_files.case import Case
from tests.pipelines.bad_files.catalogue import CASES, EVERY
from tests.pipelines.bad_files.loading import Installation, judge

FAMILIES = ("identifiers of people", "values that cannot be", "questionnaires of an organisation's own")


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as patch:
        yield Installation(tmp_path_factory.mktemp("bad_cells"), patch)


@pytest.fixture(autouse=True)
def _same_key(at: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(at.home.parent / "secret" / "key"))


@pytest.mark.parametrize(
    "case", [case for family in FAMILIES for case in CASES[family][::EVERY]], ids=lambda case: ascii(case.id)
)
def test_a_bad_cell_does_what_the_catalogue_says(case: Case, at: Installation, tmp_path: Path) -> None:
    judge(case, tmp_path, at)
