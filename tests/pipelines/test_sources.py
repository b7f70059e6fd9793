"""Exports of other systems through their mappings. Referee: canonical files of the same people, loaded as ever.

Each format has an exporter that writes some 200 people of the sample as that system would. The people as far as the
format can hold them, in canonical files, must give the same records, table by table: codes, days, scores and marts.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines import warehouse
from pipelines.load import load
from pipelines.mapping_file import read_mapping
from pipelines.summary import LoadSummary
from pipelines.warehouse import Reader
from tests.pipelines.exporters import gpra, redcap, treatment_episodes
from tests.pipelines.exporters.sample_people import Tables, mapping_of, some_people, write_tables

ABOUT_THE_LOAD = {"dataset", "import_log", "quality_checks", "quarantine"}
"""Tables that say which files were loaded; all others are the records themselves."""


@dataclass
class Twice:
    """The same people loaded from canonical files and from an export, with one key."""

    held: Tables
    export: Path
    expected: LoadSummary
    summary: LoadSummary
    canonical: Reader
    mapped: Reader


def _same_contacts(folder: Path, packaged: str) -> Path:
    """Write the canonical mapping with the contact types of a packaged one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "same.toml"
    types = list(read_mapping(packaged).contact_types)
    path.write_text(
        '[mapping]\nid = "same"\nlabel = "Same"\nextends = "canonical"\n[settings]\n'
        f"contact_types = {json.dumps(types)}\n"
    )
    return path


@contextmanager
def loaded_twice(
    folder: Path, packaged: str, as_held: Callable[[Tables], Tables], write: Callable[[Tables, Path], Path]
) -> Iterator[Twice]:
    held = as_held(some_people())
    canonical = write_tables(folder / "canonical", held)
    export = write(held, folder / "export")
    mapping = mapping_of(folder, packaged)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECOVERY_OUTCOMES_KEY", str(folder / "secret" / "key"))
        mapping_of_canonical = _same_contacts(folder, packaged)
        own = read_mapping(packaged).instruments
        expected = load(canonical, folder / "one", mapping=mapping_of_canonical, instruments=own)
        summary = load(export, folder / "two", mapping=mapping)
        one, two = warehouse.open_records(folder / "one"), warehouse.open_records(folder / "two")
        yield Twice(held, export, expected, summary, one, two)
        one.close()
        two.close()


def rows_of(reader: Reader, table: str) -> Counter[tuple[object, ...]]:
    return Counter(reader.rows(f"select * from {table}"))


def tables_of(reader: Reader) -> set[str]:
    return {str(name) for (name,) in reader.rows("select table_name from duckdb_tables()")} - ABOUT_THE_LOAD


def assert_same_records(twice: Twice) -> None:
    """Every table of the records is the same, row by row, and holds what the people hold; so are the checks."""
    told = [{(each.rule, each.table, each.rows) for each in one.rules} for one in (twice.expected, twice.summary)]
    assert told[0] == told[1]
    assert tables_of(twice.canonical) == tables_of(twice.mapped)
    for table in sorted(tables_of(twice.canonical)):
        one, two = rows_of(twice.canonical, table), rows_of(twice.mapped, table)
        assert list((one - two).items())[:3] == [], table
        assert list((two - one).items())[:3] == [], table
    for table, rows in twice.held.items():
        assert twice.mapped.rows(f"select count(*) from {table}") == [(len(rows),)], table


@pytest.fixture(scope="module")
def from_redcap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twice]:
    with loaded_twice(tmp_path_factory.mktemp("redcap"), "redcap", redcap.as_held, redcap.write) as twice:
        yield twice


def test_a_redcap_export_gives_the_same_records_as_canonical_files(from_redcap: Twice) -> None:
    assert_same_records(from_redcap)
    assert len(from_redcap.held["participants"]) > 200
    assert {row["site_id"] for row in from_redcap.held["sites"]} >= {"ashgrove", "cedar_hill"}


@pytest.fixture(scope="module")
def from_gpra(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twice]:
    with loaded_twice(tmp_path_factory.mktemp("gpra"), "gpra_classic", gpra.as_held, gpra.write) as twice:
        yield twice


def test_a_gpra_download_gives_the_same_records_as_canonical_files(from_gpra: Twice) -> None:
    assert_same_records(from_gpra)
    assert {row["exit_type"] for row in from_gpra.held["discharges"]} == {*gpra.TERMINATION, "completed"}


def test_a_gpra_download_of_2023_gives_the_same_records_as_canonical_files(tmp_path: Path) -> None:
    with loaded_twice(tmp_path, "gpra_2023", gpra.as_held_in_2023, gpra.write_2023) as twice:
        assert_same_records(twice)


def test_teds_like_files_give_the_same_records_as_canonical_files(tmp_path: Path) -> None:
    as_held, write = treatment_episodes.as_held_by_teds, treatment_episodes.write_teds
    with loaded_twice(tmp_path, "teds_like", as_held, write) as twice:
        assert_same_records(twice)
        assert {row["exit_type"] for row in twice.held["discharges"]} == {*treatment_episodes.TEDS_REASON, "unknown"}


def test_wits_like_files_give_the_same_records_as_canonical_files(tmp_path: Path) -> None:
    as_held, write = treatment_episodes.as_held_by_wits, treatment_episodes.write_wits
    with loaded_twice(tmp_path, "wits_like", as_held, write) as twice:
        assert_same_records(twice)


def test_nothing_the_data_dictionary_withholds_reaches_the_disk(from_redcap: Twice) -> None:
    stored = b"".join(path.read_bytes() for path in from_redcap.mapped.path.parent.rglob("*") if path.is_file())
    told = "\n".join(from_redcap.summary.sentences())
    for secret in (*redcap.SECRETS.values(), redcap.NOTE, redcap.WORDING):
        assert secret.encode() not in stored
        assert secret not in told
    assert "dropped at the door: identifiers or free text by the project's data dictionary" in told
    headings = (from_redcap.export / "redcap.csv").read_text().partition("\n")[0].split(",")
    gone = {*redcap.SECRETS, "redcap_survey_identifier", "session_notes", "contact_notes", "exit_notes"}
    places = tuple(place for place, name in enumerate(headings, 1) if name in gone)
    assert {table.withheld_columns for table in from_redcap.summary.tables} == {places}
    assert from_redcap.summary.unused_files == ()


def test_texts_of_a_gpra_download_that_no_rule_reads_reach_nothing(from_gpra: Twice) -> None:
    stored = b"".join(path.read_bytes() for path in from_gpra.mapped.path.parent.rglob("*") if path.is_file())
    assert gpra.SECRET.encode() not in stored
    assert from_gpra.mapped.rows("select min(value), max(value) from assessment_items") == [(1.0, 5.0)]
