"""Records that another version of the program built are refused with the remedy, before any page reads them."""

from __future__ import annotations

import pytest

from pipelines import marts
from pipelines.estimate import LiveReader
from pipelines.faults import InputFault
from pipelines.stored_marts import refuse_others
from tests.pipelines.records_world import build_records, one_site, reader


@pytest.mark.parametrize("statement", ["alter table mart_episodes drop column stay_ending", "drop table score_months"])
def test_records_without_a_declared_column_are_refused(statement: str) -> None:
    con = build_records(one_site())
    refuse_others(reader(con))
    con.execute(statement)
    with pytest.raises(InputFault, match="Load your files again with this version"):
        LiveReader.of(reader(con))


def test_records_with_a_column_more_are_read() -> None:
    con = build_records(one_site())
    con.execute(f"alter table {marts.MARTS[0].name} add column of_a_later_version integer")
    refuse_others(reader(con))
