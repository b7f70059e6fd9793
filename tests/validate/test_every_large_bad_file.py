"""Every large bad file of the catalogue is judged in bounded memory (the ordinary tests have every fourth)."""

from __future__ import annotations

import pytest

from tests.pipelines.bad_files.case import Case
from tests.pipelines.test_bad_files_memory import HEAVY, Measured, assert_bounded, measure

pytestmark = pytest.mark.validate


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    return measure(HEAVY, tmp_path_factory.mktemp("heavy"))


@pytest.mark.parametrize("case", HEAVY, ids=lambda case: ascii(case.id))
def test_a_large_bad_file_is_judged_in_bounded_memory(case: Case, measured: Measured) -> None:
    assert_bounded(case, measured)
