"""The whole way from files to a published version. Referees: the planted rows, csv's own counting, a second load."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines import keys, quality, records, schema, warehouse
from pipelines.failures import LoadFailure
from pipelines.faults import InputFault
from pipelines.load import load
from pipelines.summary import LoadSummary
from pipelines.warehouse import Reader
from tests.pipelines.planted import SAMPLE, planted_rows
from tests.pipelines.raw_world import changed, world, write

CALENDAR_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\b20\d{6}\b")
IDENTIFIER = re.compile(r"\b(P|E|A|S|V|C|SITE)-\d{2,}\b")

LONG_IDENTIFIER = re.compile(r"\b(P|E|A|S|V)-\d{5}")
"""The same for compressed bytes, among which a short one turns up by chance."""


@dataclass
class Loaded:
    """The sample, loaded twice into one home: a dry run's summary before, both summaries, both versions."""

    home: Path
    tried: LoadSummary
    first: LoadSummary
    second: LoadSummary
    readers: tuple[Reader, Reader]
    before: set[Path]
    after_dry_run: set[Path]


def files(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("load")
    home = folder / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECOVERY_OUTCOMES_KEY", str(folder / "secret" / "key"))
        before = files(folder)
        tried = load(SAMPLE, home, dry_run=True)
        after = files(folder)
        first = load(SAMPLE, home)
        one = warehouse.open_records(home)
        second = load(SAMPLE, home)
        two = warehouse.open_records(home)
        yield Loaded(home, tried, first, second, (one, two), before, after)
        one.close()
        two.close()


def tables_of(reader: Reader) -> list[str]:
    return [str(name) for (name,) in reader.rows("select table_name from duckdb_tables() order by table_name")]


def test_exactly_the_planted_rows_are_kept_out_each_under_its_own_rule(loaded: Loaded) -> None:
    found = loaded.readers[0].rows("select table_name, row_no, rule, column_name from quarantine")
    expected = {(one.table, one.row_no, one.rule, one.column) for one in planted_rows()}
    assert set(found) == expected
    assert len(found) == len(expected) > 15


def test_every_row_of_every_file_is_stored_or_kept_out(loaded: Loaded) -> None:
    for table in loaded.first.tables:
        with (SAMPLE / f"{table.name}.csv").open(newline="", encoding="utf-8") as file:
            written = sum(1 for _ in csv.reader(file)) - 1
        stored = loaded.readers[0].rows(f"select count(*) from {table.name}")[0][0]
        kept_out = loaded.readers[0].rows(
            "select count(distinct row_no) from quarantine where table_name = ?", [table.name]
        )[0][0]
        assert (table.rows_in, table.rows_stored, table.rows_quarantined) == (written, stored, kept_out)
        assert written == stored + kept_out
    logged = loaded.readers[0].rows("select table_name, rows_in, rows_ok, rows_quarantined from import_log")
    assert set(logged) == {
        (table.name, table.rows_in, table.rows_stored, table.rows_quarantined) for table in loaded.first.tables
    }


def test_loading_twice_gives_the_same_tables_codes_included(loaded: Loaded) -> None:
    one, two = loaded.readers
    assert (one.version, two.version) == ("records-0001", "records-0002")
    assert tables_of(one) == tables_of(two)
    assert len(tables_of(one)) > 18
    for table in tables_of(one):
        query = f"select count(*), bit_xor(hash(each)), sum(hash(each)::hugeint % 1000003) from {table} as each"
        assert one.rows(query) == two.rows(query), table


def test_a_dry_run_counts_the_same_and_changes_nothing(loaded: Loaded) -> None:
    assert loaded.after_dry_run == loaded.before
    assert loaded.tried.version == ""
    assert loaded.tried.tables == loaded.first.tables
    assert loaded.tried.rules == loaded.first.rules
    assert loaded.tried.sentences()[-1] == "This was a dry run: nothing was changed."


def test_the_summary_reads_well_and_holds_no_value(loaded: Loaded) -> None:
    text = "\n".join(loaded.first.sentences())
    assert "records-0001" in text
    assert "1 row of sessions: A session is dated before the person's enrolment." in text
    assert f"{loaded.first.rows_in:,} rows of 10 tables were read" in text
    assert not IDENTIFIER.search(text)
    assert json.loads(json.dumps(loaded.first.as_dict()))["rows_quarantined"] == loaded.first.rows_quarantined


def text_cells(reader: Reader) -> Iterator[tuple[str, str, str]]:
    columns = reader.rows(
        "select table_name, column_name from duckdb_columns() where data_type = 'VARCHAR' and not internal"
    )
    for table, column in columns:
        for (cell,) in reader.rows(f'select distinct "{column}" from "{table}" where "{column}" is not null'):
            yield str(table), str(column), str(cell)


def test_no_stored_table_holds_a_calendar_date(loaded: Loaded) -> None:
    reader = loaded.readers[0]
    types = reader.rows("select table_name, column_name, data_type from duckdb_columns() where not internal")
    assert not [row for row in types if re.search("DATE|TIME|INTERVAL|BLOB|STRUCT|LIST|MAP", str(row[2]))]
    assert [row for row in text_cells(reader) if CALENDAR_DATE.search(row[2]) and row[1] != "file_sha256"] == []
    months = {(str(table), str(column)) for table, column, kind in types if column == "month" and kind == "VARCHAR"}
    assert months == {("site_month_sessions", "month"), ("site_month_active", "month")}
    assert not CALENDAR_DATE.search(loaded.readers[0].path.read_bytes().decode("latin-1"))


def test_no_stored_table_holds_an_identifier_of_the_files(loaded: Loaded) -> None:
    assert [row for row in text_cells(loaded.readers[0]) if IDENTIFIER.search(row[2])] == []
    assert not LONG_IDENTIFIER.search(loaded.readers[0].path.read_bytes().decode("latin-1"))


def test_rows_are_stored_in_the_order_of_their_codes_not_of_the_files(loaded: Loaded) -> None:
    reader = loaded.readers[0]
    keyed = {"participants": "participant_id", "episodes": "episode_id", "sessions": "episode_id"}
    keyed |= {"assessments": "episode_id", "engagement_events": "episode_id", "discharges": "episode_id"}
    keyed |= {"coach_assignments": "episode_id", "assessment_items": "assessment_id", "coaches": "coach_id"}
    for table, column in keyed.items():
        query = f"select count(*) from (select {column} < lag({column}) over (order by rowid) as back from {table})"
        assert reader.rows(query + " where back") == [(0,)], table


def test_what_is_said_of_the_records_as_a_whole(loaded: Loaded) -> None:
    said = dict(loaded.readers[0].rows("select key, value from dataset"))
    assert said["demonstration"] == "true"
    assert said["records_to"] == "2026-Q2"
    assert re.fullmatch(r"20\d\d-H[12]", str(said["first_cohort"]))
    assert re.fullmatch(r"[0-9a-f]{8}", str(said["key_id"]))
    assert said["mapping"] == "canonical"


def test_the_quality_table_says_what_to_do_about_each_rule(loaded: Loaded) -> None:
    checks = quality.read_results(loaded.readers[0])
    assert {one.rule for one in checks if one.severity == "error" and one.rows} == {one.rule for one in planted_rows()}
    assert {one.rule for one in checks} >= {rule.id for rule in quality.all_rules()}
    assert all(0 <= one.share <= 1 and one.result in quality.RESULTS for one in checks)
    assert not [one.rule for one in checks if one.result == "fail" and one.severity != "info"]
    assert list(checks[0].as_dict()) == [column.name for column in schema.QUALITY_CHECKS.columns]


def test_load_times_are_logged_outside_the_records(loaded: Loaded) -> None:
    lines = [json.loads(line) for line in (loaded.home / "log" / "loads.jsonl").read_text().splitlines()]
    assert [line["version"] for line in lines] == ["records-0001", "records-0002"]
    assert all(re.match(r"\d{4}-\d\d-\d\dT", line["at"]) for line in lines)


def test_progress_runs_from_0_to_1_and_names_each_step(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    load(write(tmp_path / "in", world()), tmp_path / "home", progress=lambda step, share: told.append((step, share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert told[-1] == ("done", 1.0)
    assert {"scoring", "storing", "building the marts"} <= {step for step, _ in told}


def test_a_load_with_another_key_is_refused_and_the_records_stay(tmp_path: Path) -> None:
    source, home = write(tmp_path / "in", world()), tmp_path / "home"
    load(source, home)
    keys.key_path().write_bytes(bytes(32))
    with pytest.raises(InputFault, match="is not the one with which the current records were made"):
        load(source, home)
    assert warehouse.open_records(home).version == "records-0001"


def test_a_repaired_row_leaves_quarantine_and_later_contacts_change_no_code(tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(write(tmp_path / "in", changed("sessions", 0, minutes="9999")), home)
    before = warehouse.open_records(home)
    load(write(tmp_path / "in", world()), home)
    after = warehouse.open_records(home)
    assert before.rows("select rule from quarantine") == [("minutes_out_of_range",)]
    assert after.rows("select rule from quarantine") == []
    people = "select participant_id from participants order by 1"
    assert before.rows(people) == after.rows(people)


def test_a_fault_of_ours_says_at_which_step_and_of_which_kind_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write(tmp_path / "in", world())

    def broken(con: object, registry: object) -> None:
        con.execute("select cast(source_code as integer), 'Maria' from raw_discharges where error('Maria')")  # type: ignore[attr-defined]

    monkeypatch.setattr("pipelines.load.score.score_assessments", broken)
    with pytest.raises(LoadFailure) as caught:
        load(source, tmp_path / "home")
    assert str(caught.value).startswith("loading failed while scoring (")
    assert "Maria" not in str(caught.value)
    assert warehouse.current(tmp_path / "home", "records") is None
    assert not keys.key_path().exists()


def test_rows_that_do_not_add_up_stop_the_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = records.store
    monkeypatch.setattr("pipelines.load.records.store", lambda *given, **more: stored(*given, **more) | {"sessions": 2})
    with pytest.raises(LoadFailure, match="sessions: 3 rows were read, but 2 stored and 0 kept out"):
        load(write(tmp_path / "in", world()), tmp_path / "home")
    assert warehouse.current(tmp_path / "home", "records") is None
