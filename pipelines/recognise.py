"""Which mappings that come with the product fit staged files as they are, so that nobody has to match columns."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from pipelines.faults import InputFault
from pipelines.map import apply
from pipelines.mapping_file import packaged_names, read_mapping
from pipelines.mapping_rules import Mapping
from pipelines.staging import SourceFile

_FIRST = ("canonical", "workbook")
"""Layouts of our own, which are tried before those of other systems."""


def recognise(connection: duckdb.DuckDBPyConnection, files: Sequence[SourceFile]) -> tuple[str, ...]:
    """Return the packaged mappings that these files fit, the likeliest first; the connection can reach no file after.

    A mapping fits if every file and every column it cannot do without is there. That it does not know the day of the
    export is no reason against it.
    """
    order = sorted(packaged_names(), key=lambda name: (name not in _FIRST, name))
    return tuple(name for name in order if _fits(connection, name, files))


def asks_for_day(name: str) -> bool:
    """Tell whether a packaged mapping has to be told the day of the export."""
    return any(
        cell.setting == "extract_date" and not cell.constant
        for rule in read_mapping(name).tables
        for cell in (rule.cells or {}).values()
    )


def _fits(connection: duckdb.DuckDBPyConnection, name: str, files: Sequence[SourceFile]) -> bool:
    mapping = read_mapping(name)
    if not _files_of(mapping) <= {file.stem for file in files if file.rows}:
        return False
    try:
        apply(connection, name, files)
    except InputFault as fault:
        return all(each.where.endswith("settings.extract_date") for each in fault.faults)
    return True


def _files_of(mapping: Mapping) -> set[str]:
    """Return the files a mapping cannot do without, by stem."""
    views = {view.name: set(view.needs) for view in mapping.views}
    needed = {rule.source for rule in mapping.tables if not rule.optional}
    while needed & views.keys():
        needed = (needed - views.keys()) | {need for name in needed & views.keys() for need in views[name]}
    return needed
