"""Public trial records through the ordinary load: the counts their description states, and exits worked out twice.

The referees are the numbers of SOURCES.md beside the data, and a second reading of the raw files, person by
person in plain Python. The trials have no open end: nobody is censored before a year, so the share that had
not left by a day is a plain proportion, and the product's estimate must equal it.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipelines import map as mapping_step
from pipelines import read, warehouse
from pipelines.load import load
from pipelines.questions import Question, Settings
from pipelines.summary import LoadSummary

COVER_DAYS = 28
EXIT_FLAGS = (
    "is_dead",
    "is_left_study",
    "is_in_jail",
    "is_in_hospital",
    "is_moved",
    "is_missing_14_consecutive",
    "is_no_show",
)
AWAY = {"is_in_jail": "incarcerated", "is_in_hospital": "hospitalised", "is_moved": "moved"}
Row = dict[str, str]


@dataclass
class Person:
    """One person as the raw files tell it; days are study days."""

    trial: str = ""
    randomised: int | None = None
    arm: str = ""
    dated: list[int] = field(default_factory=list)
    visits: list[int] = field(default_factory=list)
    visit_names: set[str] = field(default_factory=set)
    doses: list[tuple[int, bool]] = field(default_factory=list)
    reason: tuple[int, str] | None = None


def rows_of(folder: Path, table: str) -> list[Row]:
    with gzip.open(folder / f"ctn0094_30_51_{table}.csv.gz", "rt", newline="") as stream:
        return list(csv.DictReader(stream))


def planned_day(row: Row) -> int:
    if row["when"]:
        return int(row["when"])
    after = {"EOT": 168, "M1F": 198, "M3F": 258}
    return after[row["visit"]] if row["visit"] in after else 7 * int(row["visit"].removeprefix("WK"))


def people_of(folder: Path) -> dict[str, Person]:
    people: dict[str, Person] = defaultdict(Person)
    for row in rows_of(folder, "everybody"):
        people[row["who"]].trial = row["project"]
    for row in rows_of(folder, "randomization"):
        people[row["who"]].dated.append(int(row["when"]))
        if row["which"] == "1":
            people[row["who"]].randomised, people[row["who"]].arm = int(row["when"]), row["treatment"]
    for row in rows_of(folder, "treatment"):
        person = people[row["who"]]
        person.dated.append(int(row["when"]))
        person.doses.append((int(row["when"]), row["amount"] == "1" and person.arm == "Inpatient NR-NTX"))
    people_with_ratings = (row for row in rows_of(folder, "withdrawal") if row["when"])
    for row in people_with_ratings:
        people[row["who"]].dated.append(int(row["when"]))
    visits = rows_of(folder, "visit")
    for row in visits:
        if row["when"]:
            people[row["who"]].dated.append(int(row["when"]))
    for row in visits:
        person = people[row["who"]]
        if row["what"] in ("visit", "final"):
            person.visits.append(int(row["when"]))
            person.visit_names.add(row["visit"])
        flags = [flag for flag in EXIT_FLAGS if row[flag] == "1"]
        day = max(planned_day(row), min(person.dated, default=0))
        if flags and (person.reason is None or day >= person.reason[0]):
            person.reason = (day, flags[0])
    return dict(people)


def exit_of(person: Person, *, carry: bool) -> tuple[int, str] | None:
    """Return study day and type of the exit, by the rules SOURCES.md lays down; None without any contact."""
    contacts = [*person.visits, *(day + COVER_DAYS * (carry and injection) for day, injection in person.doses)]
    if not contacts:
        return None
    last = max(contacts)
    names = person.visit_names
    if person.trial == "51":
        finished = person.randomised is not None and last >= person.randomised + 164
    else:
        in_phase_2 = any(name.startswith("P2") for name in names)
        finished = "P2Wk24" in names or ("P1Wk12" in names and not in_phase_2)
    if finished:
        return last, "completed"
    day, flag = person.reason or (0, "")
    if flag == "is_dead":
        return last, "died"
    came_back = bool(person.visits) and max(person.visits) > day
    return last, "dropped_out" if came_back else AWAY.get(flag, "dropped_out")


@pytest.fixture(scope="module")
def people(shared_data: Path) -> dict[str, Person]:
    return people_of(shared_data)


@pytest.fixture(scope="module")
def mapped(shared_data: Path) -> Iterator[warehouse.duckdb.DuckDBPyConnection]:
    connection = warehouse.memory_connection()
    mapping_step.apply(connection, "ctn0094", read.stage(connection, shared_data))
    yield connection
    connection.close()


@pytest.fixture(scope="module")
def loaded(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LoadSummary, Path]]:
    home = tmp_path_factory.mktemp("trials")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RECOVERY_OUTCOMES_KEY", str(tmp_path_factory.mktemp("secret") / "key"))
        yield load(shared_data, home, mapping="ctn0094"), home


def counts(connection: warehouse.duckdb.DuckDBPyConnection, query: str) -> dict[object, object]:
    return dict(connection.execute(query).fetchall())


def test_trial_51_has_the_people_sites_and_answers_its_description_states(
    mapped: warehouse.duckdb.DuckDBPyConnection,
) -> None:
    assert counts(mapped, "SELECT program, count(*) FROM raw_episodes GROUP BY ALL") == {
        "Trial 30": 868,
        "Trial 51": 772,
    }
    people_51 = "FROM raw_participants JOIN raw_episodes USING (participant_id) WHERE program = 'Trial 51'"
    assert mapped.execute(f"SELECT min(age::INT), max(age::INT), round(avg(age::INT), 2) {people_51}").fetchall() == [
        (19, 67, 33.86)
    ]
    assert mapped.execute(f"SELECT count(*) {people_51} AND age IS NULL").fetchall() == [(202,)]
    assert counts(mapped, f"SELECT housing, count(*) {people_51} GROUP BY ALL") == {
        "stable": 573,
        "unstable": 43,
        "unknown": 156,
    }
    race = counts(mapped, f"SELECT race_eth, count(*) {people_51} GROUP BY ALL")
    assert race["hispanic"] == 135
    assert sum(int(str(number)) for number in race.values()) == 772
    sites = "SELECT site_id, count(*) FROM raw_episodes WHERE program = 'Trial 51' GROUP BY ALL"
    assert counts(mapped, sites) == {
        "51-31": 125,
        "51-10": 133,
        "51-36": 104,
        "51-15": 103,
        "51-30": 100,
        "51-18": 91,
        "51-27": 84,
        "51-16": 32,
    }
    assert mapped.execute("SELECT count(*), count(DISTINCT site_id) FROM raw_sites").fetchall() == [(18, 18)]


def test_visits_become_sessions_with_their_attendance(mapped: warehouse.duckdb.DuckDBPyConnection) -> None:
    found = counts(
        mapped,
        "SELECT status, count(*) FROM raw_sessions JOIN raw_episodes USING (episode_id) "
        "WHERE program = 'Trial 51' GROUP BY ALL",
    )
    assert found == {
        "attended": 7_690,
        "no_show": 1_285,
        "cancelled_client": 518 + 170 + 58 + 40 + 36 + 28,
        "unknown": 5_086 + 368,
    }
    not_sessions = 7 + 2
    assert sum(int(str(number)) for number in found.values()) == 15_288 - not_sessions
    dates = "SELECT count(*) FROM raw_sessions WHERE scheduled_date IS NULL OR (status = 'attended') <> "
    assert mapped.execute(dates + "(occurred_date IS NOT NULL)").fetchall() == [(0,)]


def test_withdrawal_ratings_become_two_instruments_that_are_never_pooled(
    mapped: warehouse.duckdb.DuckDBPyConnection,
) -> None:
    ratings = "SELECT total, count(*) FROM raw_assessments WHERE instrument_id = 'sows_category' GROUP BY ALL"
    assert counts(mapped, ratings) == {"0": 1_110, "1": 2_873, "2": 720, "3": 574, None: 5}
    assert counts(mapped, "SELECT instrument_id || ' ' || rater, count(*) FROM raw_assessments GROUP BY ALL") == {
        "sows_category participant": 5_282,
        "cows_category observer": 13_677 - 5_282,
    }


def test_doses_and_randomisations_become_events(mapped: warehouse.duckdb.DuckDBPyConnection) -> None:
    kinds = "SELECT event_id[1], count(*) FROM raw_engagement_events GROUP BY ALL"
    assert counts(mapped, kinds) == {"D": 80_239, "R": 653 + 570, "C": 805}
    numbers = "SELECT count(*), count(DISTINCT row_no), count(DISTINCT event_id) FROM raw_engagement_events"
    assert len(set(mapped.execute(numbers).fetchall()[0])) == 1


@pytest.mark.parametrize("mapping", ["ctn0094", "ctn0094_no_carry"])
def test_exits_equal_a_second_reading_person_by_person(
    shared_data: Path, people: dict[str, Person], mapping: str
) -> None:
    connection = warehouse.memory_connection()
    mapping_step.apply(connection, mapping, read.stage(connection, shared_data))
    query = "SELECT episode_id, exit_date::DATE - DATE '2014-01-01', exit_type FROM raw_discharges"
    found = {who: (day, exit_type) for who, day, exit_type in connection.execute(query).fetchall()}
    expected = {}
    for who, person in people.items():
        left = exit_of(person, carry=mapping == "ctn0094")
        if left is not None:
            expected[who] = (left[0] - min(person.dated), left[1])
    assert found == expected
    assert len(expected) == 1_203


def test_carrying_injections_forward_moves_only_people_who_had_them(people: dict[str, Person]) -> None:
    moved = [p for p in people.values() if exit_of(p, carry=True) != exit_of(p, carry=False)]
    assert moved
    assert {person.arm for person in moved} == {"Inpatient NR-NTX"}


def test_the_whole_load_loses_nothing_and_names_what_it_keeps_out(loaded: tuple[LoadSummary, Path]) -> None:
    summary, home = loaded
    stored = {table.name: (table.rows_in, table.rows_stored, table.rows_quarantined) for table in summary.tables}
    assert stored["participants"] == (1_640, 1_640, 0)
    assert stored["assessments"] == (13_677, 13_676, 1)  # the one rating without a day
    assert all(rows_in == kept + out for rows_in, kept, out in stored.values())
    reader = warehouse.open_records(home)
    assert reader.rows("SELECT table_name, rule, column_name FROM quarantine") == [
        ("assessments", "missing_required", "date")
    ]
    attended = "SELECT count(*) FROM sessions WHERE status = 'attended'"
    assert reader.rows(attended) == [(7_690 + 9_478 + 25,)]
    scores = "SELECT total, count(*) FROM assessments WHERE instrument_id = 'sows_category' GROUP BY 1 ORDER BY 1"
    assert reader.rows(scores) == [(0, 1_110), (1, 2_873), (2, 720), (3, 574), (None, 4)]
    origins = "SELECT DISTINCT score_origin FROM assessments WHERE total IS NOT NULL"
    assert reader.rows(origins) == [("reported_total",)]
    facts = dict(reader.rows("SELECT key, value FROM dataset"))
    assert "invented" in str(facts["title"])
    assert facts["contact_types"] == "other"
    reader.close()


@pytest.mark.parametrize("day", [30, 90, 180])
def test_the_share_that_stayed_is_the_plain_proportion_nobody_being_censored(
    loaded: tuple[LoadSummary, Path], people: dict[str, Person], day: int
) -> None:
    from pipelines.estimate import LiveReader

    left_by = Counter[bool]()
    for person in people.values():
        left = exit_of(person, carry=True)
        if left is not None and person.visits:
            days_after_last_contact = left[0] + 1 - min(person.visits)
            left_by[left[1] == "dropped_out" and max(1, days_after_last_contact) <= day] += 1
    reader = LiveReader(loaded[1])
    table = reader.ask(Question("stayed_share", settings=Settings()))
    reader.close()
    row = table[(table["x"] == day) & (table["stat"] == "share")].iloc[0]
    assert int(row["n"]) == left_by.total()
    assert float(row["estimate"]) == pytest.approx(1 - left_by[True] / left_by.total(), abs=1e-9)


def test_the_staying_curve_comes_with_the_number_at_risk(loaded: tuple[LoadSummary, Path]) -> None:
    from pipelines.estimate import LiveReader

    reader = LiveReader(loaded[1])
    table = reader.ask(Question("staying_curve"))
    reader.close()
    at_risk = table[table["stat"] == "at_risk"].set_index("x")["estimate"]
    assert int(at_risk[0]) == 1_203
    assert at_risk.dropna().is_monotonic_decreasing
    curve = table[table["stat"] == "share"].sort_values("x")["estimate"].dropna()
    assert curve.is_monotonic_decreasing
    assert len(curve) > 100
