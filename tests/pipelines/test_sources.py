"""Exports of other systems through their mappings. Referee: canonical files of the same people, loaded the ordinary way.

Each format has an exporter that writes some 200 people of the sample as that system would. The people as far as the
format can hold them, in canonical files, must give the same records, table by table: codes, days, scores and marts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from pipelines import warehouse
from pipelines.load import load
from pipelines.mapping_file import PACKAGED
from pipelines.summary import LoadSummary
from pipelines.warehouse import Reader
from tests.pipelines.exporters import redcap
from tests.pipelines.exporters.people import EXTRACT, Tables, some_people, write_tables

ABOUT_THE_LOAD = {"dataset", "import_log", "quality_checks", "quarantine"}
"""Tables that say which files were loaded; all others are the records themselves."""
SAID = f'[settings]\nextract_date = "{EXTRACT}"\n'


@dataclass
class Twice:
    """The same people loaded from canonical files and from an export, with one key."""

    held: Tables
    export: Path
    mapping: Path
    summary: LoadSummary
    canonical: Reader
    mapped: Reader


def mapping_of(folder: Path, packaged: str, text: str = SAID) -> Path:
    """Write the few lines a data manager writes: a mapping that extends a packaged one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "ours.toml"
    path.write_text(f'[mapping]\nid = "ours"\nlabel = "Ours"\nextends = "{packaged}"\n{text}')
    return path


@contextmanager
def loaded_twice(folder: Path, exporter: ModuleType, packaged: str) -> Iterator[Twice]:
    held = exporter.as_held(some_people())
    canonical = write_tables(folder / "canonical", held)
    export = exporter.write(held, folder / "export")
    mapping = mapping_of(folder, packaged)
    instruments = PACKAGED / f"{packaged.partition('_')[0]}_instruments"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECOVERY_OUTCOMES_KEY", str(folder / "secret" / "key"))
        load(canonical, folder / "one", instruments=instruments if instruments.is_dir() else None)
        summary = load(export, folder / "two", mapping=mapping)
        one, two = warehouse.open_records(folder / "one"), warehouse.open_records(folder / "two")
        yield Twice(held, export, mapping, summary, one, two)
        one.close()
        two.close()


def rows_of(reader: Reader, table: str) -> Counter[tuple[object, ...]]:
    return Counter(reader.rows(f"select * from {table}"))


def tables_of(reader: Reader) -> set[str]:
    return {str(name) for (name,) in reader.rows("select table_name from duckdb_tables()")} - ABOUT_THE_LOAD


def assert_same_records(twice: Twice) -> None:
    """Every table of the records is the same, row by row, and holds what the people hold."""
    assert tables_of(twice.canonical) == tables_of(twice.mapped)
    for table in sorted(tables_of(twice.canonical)):
        one, two = rows_of(twice.canonical, table), rows_of(twice.mapped, table)
        assert list((one - two).items())[:3] == [], table
        assert list((two - one).items())[:3] == [], table
    for table, rows in twice.held.items():
        assert twice.mapped.rows(f"select count(*) from {table}") == [(len(rows),)], table


@pytest.fixture(scope="module")
def from_redcap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twice]:
    with loaded_twice(tmp_path_factory.mktemp("redcap"), redcap, "redcap") as twice:
        yield twice


def test_a_redcap_export_gives_the_same_records_as_canonical_files(from_redcap: Twice) -> None:
    assert_same_records(from_redcap)
    assert len(from_redcap.held["participants"]) > 200
    assert {row["site_id"] for row in from_redcap.held["sites"]} >= {"ashgrove", "cedar_hill"}
