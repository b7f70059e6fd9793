"""Which mappings that come with the product fit staged files as they are, so that nobody has to match columns."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence

import duckdb

from pipelines.faults import InputFault
from pipelines.map import apply
from pipelines.mapping_file import PACKAGED, packaged_names, read_mapping
from pipelines.mapping_rules import Mapping
from pipelines.staging import SourceFile

_FIRST = ("canonical", "workbook")
"""Layouts of our own, which come before those of other systems."""


def recognise(connection: duckdb.DuckDBPyConnection, files: Sequence[SourceFile]) -> tuple[str, ...]:
    """Return the packaged mappings that these files fit, first those that leave the fewest files unread.

    A mapping fits if every file and every column it cannot do without is there. That it does not know the day of the
    export is no reason against it. The connection can reach no file afterwards.
    """
    order = sorted(layouts(), key=lambda name: (name not in _FIRST, name))
    unread = {name: _unread(connection, name, files) for name in order}
    fits = [(left, order.index(name), name) for name, left in unread.items() if left is not None]
    return tuple(name for _, _, name in sorted(fits))


def layouts() -> list[str]:
    """Return the packaged mappings that describe a layout of their own: not those that vary another."""
    texts = {name: (PACKAGED / f"{name}.toml").read_text(encoding="utf-8") for name in packaged_names()}
    return [name for name, text in texts.items() if "extends" not in tomllib.loads(text)["mapping"]]


def asks_for_day(name: str) -> bool:
    """Tell whether a packaged mapping has to be told the day of the export."""
    return any(
        cell.setting == "extract_date" and not cell.constant
        for rule in read_mapping(name).tables
        for cell in (rule.cells or {}).values()
    )


def _unread(connection: duckdb.DuckDBPyConnection, name: str, files: Sequence[SourceFile]) -> int | None:
    """Return how many files a mapping leaves unread, None if it does not fit."""
    needed = _files_of(read_mapping(name))
    if not needed <= {file.stem for file in files if not file.faults}:
        return None
    try:
        return len(apply(connection, name, files).unused)
    except InputFault as fault:
        only_day = all(each.where.endswith("settings.extract_date") for each in fault.faults)
        return len(files) - len(needed) if only_day else None


def _files_of(mapping: Mapping) -> set[str]:
    """Return the files a mapping cannot do without, by stem."""
    views = {view.name: set(view.needs) for view in mapping.views}
    needed = {rule.source for rule in mapping.tables if not rule.optional}
    while needed & views.keys():
        needed = (needed - views.keys()) | {need for name in needed & views.keys() for need in views[name]}
    return needed
