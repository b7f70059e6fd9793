"""Every study of docs/simulations.md at full size: each pass line is kept, and the page says what comes out.

Run with `make validate`. Referees: the simulator's known truths, and the rates that ranges and tests promise.
"""

from __future__ import annotations

import pytest

from tests.validate.simulation_results import PAGE, rows
from tests.validate.simulations import STUDIES

pytestmark = pytest.mark.validate


@pytest.mark.parametrize("name", STUDIES)
def test_every_line_is_kept_and_the_page_says_so(name: str) -> None:
    results = STUDIES[name].run()
    printed = {(row.question, row.setting): row for row in rows(PAGE.read_text(encoding="utf-8"))}
    for one in results:
        assert one.verdict != "FAILED", one
        row = printed[one.question, one.setting]
        # The same seeds: another processor may round a borderline case the other way, no more.
        assert row.value == pytest.approx(one.value, abs=one.error + 10**-one.digits), one
        assert (row.replicates, row.line) == (one.replicates, one.line)
