"""The committed dictionary says what the declarations say."""

from __future__ import annotations

from pathlib import Path

from pipelines.dictionary import column_rows, data_dictionary
from pipelines.schema import TABLES

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "data_dictionary.md"


def test_the_committed_dictionary_is_the_generated_one() -> None:
    assert COMMITTED.read_text() == data_dictionary(), "run: python -m pipelines.dictionary > docs/data_dictionary.md"


def test_every_declared_column_is_in_the_dictionary() -> None:
    listed = {(row["table"], row["column"]) for row in column_rows()}
    assert listed == {(table.name, column.name) for table in TABLES for column in table.columns}
