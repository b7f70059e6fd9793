"""Columns that tie files together although no heading says so: called alike in several files, all different in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines import schema
from pipelines.choices import Choices
from pipelines.column_profile import ColumnProfile, SourceProfile, fold
from pipelines.guess import LEAST_ID_NAME, Guess, best_dates, name_likeness
from pipelines.targets import IDENTIFIERS

_FEW = 5
"""A column with fewer different cells ties nothing."""


def linking_columns(sources: Sequence[SourceProfile], choices: Choices) -> Mapping[str, Guess]:
    """Return by stem the column that most likely says who a row is about; nothing where two would do, or none.

    It stands under the same heading in at least two files, names every row of one of them, is no date and no name of
    a person, and is like no identifier of ours. Columns somebody decided on are left alone.
    """
    free = {source.file.stem: _free(source, choices) for source in sources}
    headings: dict[str, dict[str, ColumnProfile]] = {}
    for stem, columns in free.items():
        for column in columns:
            headings.setdefault(fold(column.heading), {})[stem] = column
    shared = {
        words: found for words, found in headings.items() if len(found) > 1 and any(c.is_key for c in found.values())
    }
    if len(shared) != 1:
        return {}
    ((_, found),) = shared.items()
    said = f"called alike in {len(found)} files, all different in one"
    return {
        stem: Guess("participant_id", (column.heading,), column.heading, 0.5, said) for stem, column in found.items()
    }


def _free(source: SourceProfile, choices: Choices) -> list[ColumnProfile]:
    decided = choices.targets_in(source.file.stem)
    return [
        column
        for column in source.columns
        if column.heading not in decided
        and column.distinct >= _FEW
        and best_dates(column)[1] < column.filled / 2
        and not _is_like_an_identifier(column)
        and not _is_name(column)
    ]


def _is_like_an_identifier(column: ColumnProfile) -> bool:
    labels = {
        str(each.incoming): each.label for table in schema.loaded_tables() for each in table.incoming if each.incoming
    }
    return any(name_likeness(name, labels[name], column.heading) >= LEAST_ID_NAME for name in IDENTIFIERS)


def _is_name(column: ColumnProfile) -> bool:
    """Tell whether a heading is one of those that are never loaded: it is then like nothing at all."""
    return name_likeness("participant_id", column.heading, column.heading) == 0.0
