"""The same people through another system's export give the same records. Referee: the canonical CSV of these people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from pipelines import schema, warehouse
from pipelines.load import load
from pipelines.summary import LoadSummary
from pipelines.warehouse import Reader
from tests.pipelines.exporters import fhir, workbook
from tests.pipelines.exporters.people import Tables, canonical_people

STORED = [table.name for table in schema.TABLES if table.name not in ("import_log", "quarantine", "dataset")]
NOT_IN_FHIR = {
    "sites": {"region", "setting"},
    "coaches": {"certified", "lived_experience", "fte", "start_year", "start_quarter"},
    "participants": {"age_band", "zip3", "primary_substance", "housing", "employment", "justice_involved", "moud"}
    | {"prior_episodes"},
    "episodes": {"referral_source", "planned_length_days"},
    "coach_assignments": {"end_day"},
    "sessions": {"mode"},
    "assessments": {"coach_id", "instrument_version"},
    "engagement_events": {"minutes", "linked_participant_id"},
    "discharges": {"planned", "source_code"},
}
"""Columns R4 has no element for, or that the export of these people leaves blank; three are compared on their own."""

IN_FHIR = {
    "gender": "replace(gender, 'nonbinary', 'other')",
    "race_eth": "case when race_eth in ('multiracial', 'another') then 'unknown' else race_eth end",
}
"""Where FHIR's own list is coarser than ours: both sides are compared in its terms."""


@dataclass
class Loaded:
    """The records of each source, with what its load said."""

    tables: Tables
    readers: dict[str, Reader]
    summaries: dict[str, LoadSummary]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("exporters")
    tables = canonical_people(folder / "canonical")
    extract = tables["episodes"][0]["extract_date"]
    workbook.fill_template(folder / "workbook", tables)
    fhir.write_ndjson(folder / "ndjson", tables, extract)
    fhir.write_bundle(folder / "bundle" / "everything.json", tables, extract)
    mappings = {"canonical": None, "workbook": "workbook", "ndjson": "fhir_r4", "bundle": "fhir_r4"}
    readers, summaries = {}, {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECOVERY_OUTCOMES_KEY", str(folder / "secret" / "key"))
        for source, mapping in mappings.items():
            home = folder / f"home_{source}"
            summaries[source] = load(folder / source, home, mapping=mapping)
            readers[source] = warehouse.open_records(home)
    yield Loaded(tables, readers, summaries)
    for reader in readers.values():
        reader.close()


def rows_of(reader: Reader, table: str, columns: str = "*", condition: str = "") -> list[tuple[object, ...]]:
    return sorted(reader.rows(f"select {columns} from {table} {condition}"), key=str)


@pytest.mark.parametrize("table", STORED)
def test_a_filled_template_gives_the_records_of_the_csv(loaded: Loaded, table: str) -> None:
    expected = rows_of(loaded.readers["canonical"], table)
    assert expected
    assert rows_of(loaded.readers["workbook"], table) == expected


def test_nobody_is_kept_out_on_the_way_through_a_workbook(loaded: Loaded) -> None:
    assert loaded.summaries["workbook"].rows_quarantined == 0
    assert loaded.summaries["workbook"].rows_in == loaded.summaries["canonical"].rows_in


@pytest.mark.parametrize("source", ["ndjson", "bundle"])
@pytest.mark.parametrize(
    "table", [name for name in STORED if name not in ("coach_assignments", "instruments", "quality_checks")]
)
def test_a_fhir_export_gives_the_records_of_the_csv(loaded: Loaded, source: str, table: str) -> None:
    kept = [c.name for c in schema.table(table).columns if c.name not in NOT_IN_FHIR.get(table, set())]
    columns = ", ".join(IN_FHIR.get(name, name) for name in kept)
    answered = "where status in ('complete', 'partial')" if table == "assessments" else ""
    expected = rows_of(loaded.readers["canonical"], table, columns, answered)
    found = rows_of(loaded.readers[source], table, columns)
    assert expected
    assert found == expected


@pytest.mark.parametrize("source", ["ndjson", "bundle"])
def test_what_fhir_can_only_say_in_part_is_right_in_that_part(loaded: Loaded, source: str) -> None:
    ages = "participant_id, age_band"
    assert rows_of(loaded.readers[source], "participants", ages) == rows_of(
        loaded.readers["canonical"], "participants", ages
    )
    held = "where status = 'attended'"
    modes = "session_id, mode"
    assert rows_of(loaded.readers[source], "sessions", modes, held) == rows_of(
        loaded.readers["canonical"], "sessions", modes, held
    )
    first = "episode_id, coach_id"
    managers = set(rows_of(loaded.readers[source], "coach_assignments", first))
    assert managers
    assert managers <= set(rows_of(loaded.readers["canonical"], "coach_assignments", first))
    assert loaded.summaries[source].rows_quarantined == 0


@pytest.mark.parametrize("source", ["ndjson", "bundle"])
def test_nothing_undeclared_leaves_the_fhir_reader(loaded: Loaded, source: str) -> None:
    reader = loaded.readers[source]
    names = [name for (name,) in reader.rows("select table_name from duckdb_tables()")]
    assert not [name for name in names if "SECRET" in str(reader.rows(f"select * from {name}"))]
    assert any("Practitioner 5" in note for note in loaded.summaries[source].notes)
    assert any("answers in words" in note for note in loaded.summaries[source].notes)
