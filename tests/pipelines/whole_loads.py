"""What must hold of any load, however dirty the files: nothing lost, nothing leaked, the same again.

`test_dirty_loads` tries a few random folders with every run of the tests, `tests/validate` many.
Referees: Python's csv module counts the rows that were written, and every stored cell and word is searched.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

from tests.pipelines.bad_files.loading import Heard, Installation, assert_nowhere
from tests.pipelines.dirty_world import CANARY, Dirty

outcomes: Counter[str] = Counter()
"""How many loads went through, and how many were refused: a property that is never put to the test proves nothing."""


def assert_holds(dirty: Dirty, folder: Path, at: Installation) -> None:
    """Load the folder twice and assert what must hold."""
    source = dirty.write(folder)
    first, second = at.try_load(source), at.try_load(source)
    assert at.is_untouched()
    for heard in (first, second):
        assert_nowhere((CANARY,), heard.said.replace(str(folder), ""))
        assert_nowhere((CANARY,), "\n".join(repr(rows) for rows in heard.tables.values()))
    assert (first.fault is None) == (second.fault is None)
    if first.fault is not None or second.fault is not None:
        assert str(first.fault) == str(second.fault)
        outcomes["refused"] += 1
        return
    outcomes["loaded"] += 1
    outcomes["planted and loaded"] += dirty.planted
    assert {name: sorted(map(repr, rows)) for name, rows in first.tables.items()} == {
        name: sorted(map(repr, rows)) for name, rows in second.tables.items()
    }
    _assert_nothing_lost(dirty, first, source)


def _assert_nothing_lost(dirty: Dirty, heard: Heard, source: Path) -> None:
    """Rows written = rows stored + rows kept out, each with a rule; columns not stored are told by their place."""
    assert heard.summary is not None
    counted = {table.name: table for table in heard.summary.tables}
    assert set(counted) == set(dirty.tables)
    kept_out: dict[str, set[object]] = {name: set() for name in counted}
    for _, table, _, row_no, rule, *_ in heard.tables["quarantine"]:
        assert rule
        kept_out[str(table)].add(row_no)
    for name, table in counted.items():
        text = (source / f"{name}.csv").read_text(encoding="utf-8")
        written = sum(1 for row in csv.reader(io.StringIO(text, newline="")) if row) - 1
        stored = len(heard.tables[name])
        assert (table.rows_in, table.rows_stored) == (written, stored), name
        assert table.rows_quarantined == len(kept_out[name]), name
        assert written == stored + len(kept_out[name]), name
        extra = {place for place, heading in enumerate(dirty.headings[name], 1) if heading in dirty.extra}
        assert set(table.dropped_columns) == extra, name
