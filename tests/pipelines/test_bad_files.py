"""Bad files of the catalogue are refused, kept out or read as meant, each as the catalogue says and no other way.

Every fourth of a family here, all of them in `make validate`. Identifiers and values are in test_bad_cells, large files
in test_bad_files_memory, so that processes share the work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipelines.bad_files.case import Case
from tests.pipelines.bad_files.catalogue import CASES, EVERY, table
from tests.pipelines.bad_files.loading import Installation, judge

PAGE = Path(__file__).resolve().parents[2] / "docs" / "bad_files.md"
IN_CELLS = ("identifiers of people", "values that cannot be", "questionnaires of an organisation's own")
OF_FILES = [
    case
    for family, cases in CASES.items()
    if family not in IN_CELLS
    for case in [case for case in cases if not case.heavy][::EVERY]
]


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with pytest.MonkeyPatch.context() as patch:
        yield Installation(tmp_path_factory.mktemp("bad_files"), patch)


@pytest.fixture(autouse=True)
def _same_key(at: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(at.home.parent / "secret" / "key"))


@pytest.mark.parametrize("case", OF_FILES, ids=lambda case: ascii(case.id))
def test_a_bad_file_does_what_the_catalogue_says(case: Case, at: Installation, tmp_path: Path) -> None:
    judge(case, tmp_path, at)


def test_the_catalogue_holds_more_than_two_hundred_different_files() -> None:
    ids = Counter(case.id for cases in CASES.values() for case in cases)
    assert [name for name, times in ids.items() if times > 1] == []
    assert len(ids) >= 200


def test_the_page_of_bad_files_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == table()
