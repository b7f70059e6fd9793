"""Batches added to records. Referee: one load of all the rows together, and tables worked out by hand."""

from __future__ import annotations

import copy
import stat
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines import anchors, schema, warehouse
from pipelines.faults import InputFault
from pipelines.load import load
from pipelines.summary import LoadSummary
from pipelines.warehouse import Reader
from tests.pipelines.raw_world import EXTRACT, Row, World, world, write

ABOUT_THE_LOAD = ("import_log", "quarantine", "dataset", "quality_checks")
TABLES = [table.name for table in schema.TABLES if table.name not in ABOUT_THE_LOAD]
DATE_COLUMNS = {
    "episodes": ("enrolled_date", "extract_date"),
    "discharges": ("exit_date",),
    "coach_assignments": ("start_date", "end_date"),
    "sessions": ("scheduled_date", "occurred_date"),
    "assessments": ("date",),
    "engagement_events": ("date",),
}
Loader = Callable[..., LoadSummary]


@pytest.fixture
def loader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loader:
    """Load tables into one home of this test, from a folder of their own each time."""
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(tmp_path / "secret" / "key"))
    count = iter(range(1000))

    def loaded(tables: World, home: str = "home", **settings: object) -> LoadSummary:
        folder = write(tmp_path / f"files-{next(count)}", {name: rows for name, rows in tables.items() if rows})
        return load(folder, tmp_path / home, **settings)  # type: ignore[arg-type]

    return loaded


def reading(tmp_path: Path, home: str = "home") -> Reader:
    return warehouse.open_records(tmp_path / home)


def contents(reader: Reader, tables: list[str] = TABLES) -> dict[str, list[tuple[object, ...]]]:
    return {table: sorted(reader.rows(f"select * from {table}"), key=str) for table in tables}


def marts_of(reader: Reader) -> list[str]:
    declared = {table.name for table in schema.TABLES}
    found = reader.rows("select table_name from duckdb_tables() order by all")
    return [str(name) for (name,) in found if name not in declared]


def assert_same_as_one_load(tmp_path: Path) -> None:
    """The records in `home` and those in `together` hold the same rows, marts included."""
    added, together = reading(tmp_path), reading(tmp_path, "together")
    assert marts_of(added) == marts_of(together)
    for table in [*TABLES, *marts_of(added)]:
        assert contents(added, [table]) == contents(together, [table]), table
    checks = "select rule, table_name, result, row_count, of_rows from quality_checks order by all"
    assert added.rows(checks) == together.rows(checks)
    facts = "select key, value from dataset where key not in ('anchors') order by all"
    assert added.rows(facts) == together.rows(facts)


def person(number: int, start: str) -> World:
    """The rows of one more person, P-<number>, who starts on `start`; shaped as the first of the small world."""
    tables = world()
    found: World = {}
    moved = date.fromisoformat(start) - date(2025, 1, 10)
    for name, rows in tables.items():
        mine = [row for row in rows if any(str(value).endswith("-1") for value in row.values())]
        found[name] = [moved_row(name, row, number, moved) for row in mine]
    found["discharges"] = []
    return found


def moved_row(table: str, row: Row, number: int, moved: timedelta) -> Row:
    new = {key: value.replace("-1", f"-{number}") if is_own(value) else value for key, value in row.items()}
    for column in DATE_COLUMNS.get(table, ()):
        if column != "extract_date" and row[column]:
            new[column] = (date.fromisoformat(str(row[column])) + moved).isoformat()
    return new


def is_own(value: str | None) -> bool:
    return value in ("P-1", "E-1", "V-1", "A-1", "N-1")


def merged(*parts: World) -> World:
    tables: World = {name: [] for name in world()}
    for part in parts:
        for name, rows in part.items():
            tables[name] += copy.deepcopy(rows)
    return tables


def of_extract(tables: World, day: str) -> World:
    tables = copy.deepcopy(tables)
    for row in tables["episodes"]:
        row["extract_date"] = day
    return tables


def before(tables: World, day: str) -> World:
    """The rows an export of `day` would have: what had happened by then."""
    kept: World = {}
    for name, rows in tables.items():
        dates = [column for column in DATE_COLUMNS.get(name, ()) if column not in ("extract_date", "end_date")]
        kept[name] = [row for row in rows if all(str(row[column] or "") <= day for column in dates)]
    people = {row["participant_id"] for row in kept["episodes"]}
    kept["participants"] = [row for row in kept["participants"] if row["participant_id"] in people]
    forms = {row["assessment_id"] for row in kept["assessments"]}
    kept["assessment_items"] = [row for row in kept["assessment_items"] if row["assessment_id"] in forms]
    return of_extract(kept, day)


def without(tables: World, earlier: World) -> World:
    """The rows that `earlier` does not have, as an export of what is new would be."""
    return {name: [row for row in rows if row not in earlier[name]] for name, rows in tables.items()}


def test_batches_come_to_the_same_records_as_one_load_of_everything(tmp_path: Path, loader: Loader) -> None:
    everything = merged(world(), person(4, "2025-06-20"), person(5, "2025-11-01"))
    steps = ("2025-02-12", "2025-03-31", "2025-07-15", EXTRACT)
    known: World = {name: [] for name in world()}
    for day in steps:
        there = of_extract(before(everything, day), EXTRACT) if day == EXTRACT else before(everything, day)
        new = without(there, known)
        summary = loader(new, append=True)
        assert summary.rows_quarantined == 0
        known = there
    loader(everything, "together")
    assert_same_as_one_load(tmp_path)
    logged = reading(tmp_path).rows("select count(distinct load_no), count(distinct batch_id) from import_log")
    assert logged == [(4, 4)]


def test_only_what_is_new_is_enough_where_the_site_sends_something(tmp_path: Path, loader: Loader) -> None:
    everything = merged(world(), person(4, "2025-06-20"))
    loader(before(everything, "2025-05-31"), append=True)
    late = without(before(everything, EXTRACT), before(everything, "2025-05-31"))
    late["episodes"] = [row for row in late["episodes"] if row["episode_id"] == "E-4"]
    late["sessions"].append(world()["sessions"][2] | {"session_id": "V-9"})  # the second site sends one session again
    everything["sessions"].append(world()["sessions"][2] | {"session_id": "V-9"})
    loader(late, append=True)
    loader(everything, "together")
    assert_same_as_one_load(tmp_path)


def test_a_site_that_sends_nothing_stays_known_to_its_own_day(tmp_path: Path, loader: Loader) -> None:
    loader(before(world(), "2025-05-31"), append=True)
    batch: World = {"sessions": [world()["sessions"][0] | {"session_id": "V-9", "scheduled_date": "2025-08-01"}]}
    batch["sessions"][0]["occurred_date"] = "2025-08-01"
    loader(batch, append=True, extracted_on=date(2025, 8, 31))
    found = reading(tmp_path).rows(
        "select participants.age_band, episodes.extract_day from episodes join participants using (participant_id)"
    )
    # People 1 and 2 are at the first site (10 January, 10 February to 31 August), 3 at the second (to 31 May).
    assert sorted(found) == [("35-44", 233), ("55-64", 202), ("75-89", 82)]


def test_a_session_after_the_extract_is_kept_out_where_nothing_says_how_far_the_batch_reaches(loader: Loader) -> None:
    loader(before(world(), "2025-05-31"), append=True)
    late = world()["sessions"][0] | {"session_id": "V-9", "scheduled_date": "2025-08-01", "occurred_date": "2025-08-01"}
    same = world()["sessions"][0] | {"session_id": "V-8"}
    summary = loader({"sessions": [late, same]}, append=True)
    assert {one.rule: one.rows for one in summary.rules if one.severity == "error"} == {"session_after_extract": 1}


def test_a_row_that_comes_again_replaces_the_former_one(tmp_path: Path, loader: Loader) -> None:
    loader(world(), append=True)
    corrected = world()["sessions"][1] | {"minutes": "50", "occurred_date": "2025-02-16"}
    summary = loader({"sessions": [corrected]}, append=True)
    (sessions,) = [table for table in summary.tables if table.name == "sessions"]
    assert (sessions.rows_in, sessions.rows_stored, sessions.rows_replaced, sessions.rows_carried) == (1, 1, 1, 2)
    everything = world()
    everything["sessions"][1] = corrected
    loader(everything, "together")
    assert_same_as_one_load(tmp_path)


def test_the_answers_of_a_questionnaire_are_replaced_together(tmp_path: Path, loader: Loader) -> None:
    loader(world(), append=True)
    again = [row for row in world()["assessment_items"] if row["assessment_id"] == "A-1"][:9]
    loader({"assessments": world()["assessments"][:1], "assessment_items": again}, append=True)
    everything = world()
    everything["assessment_items"] = [
        row for row in world()["assessment_items"] if row["assessment_id"] != "A-1"
    ] + again
    loader(everything, "together")
    assert_same_as_one_load(tmp_path)


def test_a_correction_that_cannot_be_stored_leaves_the_former_row(tmp_path: Path, loader: Loader) -> None:
    loader(world(), append=True)
    broken = world()["episodes"][0] | {"enrolled_date": "not known"}
    session = world()["sessions"][0] | {"session_id": "V-9", "occurred_date": "2025-01-20"}
    summary = loader({"episodes": [broken], "sessions": [session]}, append=True)
    assert {(one.rule, one.table, one.rows) for one in summary.rules if one.severity == "error"} == {
        ("bad_date", "episodes", 1)
    }
    everything = world()
    everything["sessions"].append(session)
    loader(everything, "together")
    added, together = reading(tmp_path), reading(tmp_path, "together")
    assert contents(added) == contents(together)
    assert added.rows("select file_name, row_no, rule, column_name from quarantine") == [
        ("episodes.csv", 2, "bad_date", "enrolled_date")
    ]


def test_an_earlier_first_contact_moves_day_0_of_that_episode_alone(tmp_path: Path, loader: Loader) -> None:
    loader(world(), append=True)
    first = reading(tmp_path).rows("select count(*) from sessions where occurred_day = 5")
    assert first == [(3,)]
    early = world()["engagement_events"][0] | {"event_id": "N-9", "date": "2025-01-06"}
    loader({"engagement_events": [early]}, append=True)
    days = reading(tmp_path).rows(
        "select episodes.enrolled_day, list(sessions.occurred_day order by sessions.occurred_day) "
        "from sessions join episodes using (episode_id) group by episode_id, episodes.enrolled_day order by all"
    )
    # Enrolled on 10 January, seen on the 15th, and now already reached on the 6th: that is day 0.
    assert days == [(0, [5]), (0, [5]), (4, [9])]
    everything = world()
    everything["engagement_events"].append(early)
    loader(everything, "together")
    assert_same_as_one_load(tmp_path)
    later = world()["sessions"][0] | {"session_id": "V-10", "occurred_date": "2025-01-25"}
    loader({"sessions": [later]}, append=True)  # the anchors moved with it
    everything["sessions"].append(later)
    loader(everything, "together")
    assert_same_as_one_load(tmp_path)


def test_the_same_batch_again_changes_nothing(tmp_path: Path, loader: Loader) -> None:
    loader(world(), append=True)
    loader(person(4, "2025-06-20"), append=True)
    version, rows = reading(tmp_path).version, contents(reading(tmp_path), [*TABLES, *ABOUT_THE_LOAD])
    again = loader(world(), append=True)
    assert (again.unchanged, again.version) == (True, version)
    assert again.sentences() == [f"These files were loaded before and are part of {version}; nothing was changed."]
    assert contents(reading(tmp_path), [*TABLES, *ABOUT_THE_LOAD]) == rows


def test_a_repaired_row_leaves_quarantine_and_brings_what_belongs_to_it(tmp_path: Path, loader: Loader) -> None:
    tables = world()
    tables["sessions"][0]["occurred_date"] = "soon"
    tables["engagement_events"][1]["type"] = "carrier pigeon"
    loader(tables, append=True)
    listed = "select file_name, row_no, rule from quarantine order by all"
    assert reading(tmp_path).rows(listed) == [
        ("engagement_events.csv", 3, "unknown_category"),
        ("sessions.csv", 2, "bad_date"),
    ]
    loader({"sessions": [world()["sessions"][0]]}, append=True)
    assert reading(tmp_path).rows(listed) == [("engagement_events.csv", 3, "unknown_category")]
    assert reading(tmp_path).rows("select count(*) from sessions") == [(3,)]


def test_a_row_that_a_batch_contradicts_is_withdrawn_and_counted(tmp_path: Path, loader: Loader) -> None:
    loader(world(), append=True)
    moved = world()["episodes"][1] | {"enrolled_date": "2025-05-01"}  # after the session of 15 February
    summary = loader({"episodes": [moved]}, append=True)
    withdrawn = {table.name: table.rows_withdrawn for table in summary.tables if table.rows_withdrawn}
    assert withdrawn == {"sessions": 1, "assessments": 1, "assessment_items": 10}
    everything = world()
    everything["episodes"][1] = moved
    loader(everything, "together")
    added, together = reading(tmp_path), reading(tmp_path, "together")
    assert contents(added) == contents(together)
    found = added.rows("select distinct file_name, row_no from quarantine")
    assert found == [("an earlier batch", 0)]
    assert len(added.rows("select * from quarantine")) == 12


def test_rows_of_every_table_are_accounted_for_batch_by_batch(tmp_path: Path, loader: Loader) -> None:
    tables = world()
    tables["sessions"][0]["minutes"] = "many"
    loader(tables, append=True)
    loader(person(4, "2025-06-20"), append=True)
    loader({"sessions": [world()["sessions"][1] | {"minutes": "55"}]}, append=True)
    reader = reading(tmp_path)
    log = reader.rows(
        "select load_no, table_name, rows_in, rows_ok, rows_quarantined, rows_carried, rows_replaced, rows_withdrawn "
        "from import_log order by all"
    )
    stored: dict[object, int] = {}
    for _, table, rows_in, rows_ok, kept_out, carried, replaced, withdrawn in log:
        assert rows_in == rows_ok + kept_out
        assert stored.get(table, 0) == carried + replaced + withdrawn
        stored[table] = rows_ok + carried
    for table, rows in stored.items():
        assert reader.rows(f"select count(*) from {table}") == [(rows,)], table


def test_identifiers_are_recognised_in_another_spelling(tmp_path: Path, loader: Loader) -> None:
    loader(world(), append=True)
    session = world()["sessions"][0] | {"session_id": "V-9", "episode_id": "  e-1 ", "coach_id": "c1"}
    assert loader({"sessions": [session]}, append=True).rows_quarantined == 0
    assert reading(tmp_path).rows("select count(distinct episode_id), count(distinct coach_id) from sessions") == [
        (3, 1)
    ]


def test_records_without_some_tables_are_added_to(tmp_path: Path, loader: Loader) -> None:
    """Coaches stand in no file: rows of both batches that name one coach name one coach."""
    everything = merged(world(), person(4, "2025-06-20"))
    for name in ("coaches", "coach_assignments"):
        everything[name] = []
    loader(before(everything, "2025-05-31"), append=True)
    loader(without(of_extract(everything, EXTRACT), before(everything, "2025-05-31")), append=True)
    loader(everything, "together")
    assert_same_as_one_load(tmp_path)


def test_anchors_lie_beside_the_key_for_their_owner_alone_and_only_where_asked_for(
    tmp_path: Path, loader: Loader
) -> None:
    folder = tmp_path / "secret" / "anchors"
    loader(world())
    assert not folder.exists()
    loader(world(), keep_anchors=True)
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert file.read_text().splitlines()[0] == "episode_id,first_contact_date"
    assert {line.split(",")[1] for line in file.read_text().splitlines()[1:]} == {
        "2025-01-10", "2025-02-10", "2025-03-10"
    }  # fmt: skip
    assert not list((tmp_path / "home").rglob("*anchors*"))
    for _ in range(4):
        loader(world())  # versions are pruned, and their anchors with them
    assert not list(folder.iterdir())


def test_a_dry_run_leaves_no_anchors(tmp_path: Path, loader: Loader) -> None:
    loader(world(), append=True)
    there = set((tmp_path / "secret").rglob("*"))
    summary = loader(person(4, "2025-06-20"), append=True, dry_run=True)
    assert summary.version == ""
    assert summary.rows_in > 0
    assert set((tmp_path / "secret").rglob("*")) == there


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda file: file.unlink(), "missing"),
        (lambda file: file.write_text(file.read_text().replace("2025-01-10", "2025-01-11")), "not those"),
        (lambda file: file.chmod(0o644), "can be read by other accounts"),
    ],
)
def test_anchors_that_are_not_right_refuse_the_batch(
    tmp_path: Path, loader: Loader, harm: Callable[[Path], object], said: str
) -> None:
    loader(world(), append=True)
    (file,) = (tmp_path / "secret" / "anchors").iterdir()
    harm(file)
    with pytest.raises(InputFault, match=said) as found:
        loader(person(4, "2025-06-20"), append=True)
    assert "2025" not in str(found.value)
    assert reading(tmp_path).version == "records-0001"


def test_a_snapshot_without_anchors_cannot_be_added_to(tmp_path: Path, loader: Loader) -> None:
    loader(world())
    with pytest.raises(InputFault, match="--keep-anchors"):
        loader(person(4, "2025-06-20"), append=True)
    assert reading(tmp_path).version == "records-0001"


def test_a_load_that_fails_leaves_no_anchors_of_its_own(
    tmp_path: Path, loader: Loader, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader(world(), append=True)
    there = set((tmp_path / "secret").rglob("*"))
    monkeypatch.setattr("pipelines.quality.store", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        loader(person(4, "2025-06-20"), append=True)
    assert set((tmp_path / "secret").rglob("*")) == there


def test_no_date_of_anybody_reaches_the_records(tmp_path: Path, loader: Loader) -> None:
    loader(world(), append=True)
    loader(person(4, "2025-06-20"), append=True)
    for path in (tmp_path / "home").rglob("*.duckdb"):
        assert b"2025-06-2" not in path.read_bytes()
    assert anchors.folder() == tmp_path / "secret" / "anchors"


def test_a_damaged_former_version_does_not_stop_the_next_load(tmp_path: Path, loader: Loader) -> None:
    loader(world(), append=True)
    loader(person(4, "2025-06-20"), append=True)
    (tmp_path / "home" / "records" / "records-0001.duckdb").write_bytes(b"not a database")
    loader(person(5, "2025-11-01"), append=True)
    assert reading(tmp_path).rows("select count(*) from episodes") == [(5,)]
