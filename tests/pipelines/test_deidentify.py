"""What becomes of identifiers, dates, ages, ZIP codes and entries. Referees: Python and hand tables."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import clock, deidentify, identifiers, keys, schema, warehouse
from pipelines.faults import InputFault
from tests.pipelines.raw_world import KEY, World, changed, kept_out, read, with_cases, world


def value(con: duckdb.DuckDBPyConnection, table: str, column: str, row_no: int = 2) -> Any:
    """The stored cell of one row of the file, where the heading is row 1."""
    code = schema.table(table).incoming[0].name
    query = (
        f'select clean."{column}" from clean_{table} as clean join typed_{table} as typed using ("{code}") '
        "where typed.row_no = ?"
    )
    return con.execute(query, [row_no]).fetchall()[0][0]


def stored(table: str, column: str, cases: list[dict[str, str | None]], *, allow_minors: bool = False) -> list[Any]:
    """What is stored in `column` for each case, one row of `table` each; every row must be stored."""
    tables, rows = with_cases(table, cases)
    con = read(tables, allow_minors=allow_minors)
    assert kept_out(con) == set()
    return [value(con, table, column, row) for row in rows]


@pytest.fixture(scope="module")
def macros() -> Iterator[duckdb.DuckDBPyConnection]:
    con = warehouse.memory_connection()
    con.execute(warehouse.statement("sql/deidentify_macros.sql"))
    yield con
    con.close()


def read_cells(con: duckdb.DuckDBPyConnection, macro: str, cells: list[str]) -> list[Any]:
    rows = con.execute(f"select {macro}(cell) from (select unnest($cells) as cell)", {"cells": cells}).fetchall()
    return [row[0] for row in rows]


# Identifiers


@settings(deadline=None, max_examples=30)
@given(st.lists(st.text(st.characters(max_codepoint=127, exclude_characters="\0")), min_size=1, max_size=40))
def test_ascii_identifiers_have_the_same_normal_form_in_sql_and_in_python(
    macros: duckdb.DuckDBPyConnection, cells: list[str]
) -> None:
    assert read_cells(macros, "ascii_normal_form", cells) == [keys.normal_form(cell) or None for cell in cells]


@settings(deadline=None, max_examples=20)
@given(
    st.sampled_from(("participant", "session")),
    st.lists(st.text(st.characters(max_codepoint=127, exclude_characters="\0"), max_size=70), min_size=1),
)
def test_codes_are_those_that_python_works_out(
    macros: duckdb.DuckDBPyConnection, purpose: str, cells: list[str]
) -> None:
    first, second = KEY.coding(purpose)
    found = macros.execute(
        "select code_of($first, cast($second as blob), ascii_normal_form(cell)) from (select unnest($cells) as cell)",
        {"first": first, "second": second, "cells": cells},
    ).fetchall()
    assert [row[0] for row in found] == [KEY.code(purpose, cell) if keys.normal_form(cell) else None for cell in cells]


def test_a_row_is_known_however_its_identifier_is_spelled() -> None:
    spelled = [("Q-1", "q-1"), ("Q-2", " Q-2\t"), ("Q  3", "q 3"), ("Zoë-4", "zoe\u0308-4"), ("Ｑ５", "q5")]
    spelled += [("\u3000Q-6", "Q-6")]
    tables, rows = with_cases("participants", [{"participant_id": written} for written, _ in spelled])
    tables["episodes"] += [
        tables["episodes"][0] | {"episode_id": f"Y-{place}", "participant_id": named}
        for place, (_, named) in enumerate(spelled)
    ]
    con = read(tables)
    assert kept_out(con) == set()
    for place, (row, (written, _)) in enumerate(zip(rows, spelled, strict=True)):
        assert value(con, "participants", "participant_id", row) == KEY.code("participant", written)
        assert value(con, "episodes", "participant_id", 5 + place) == KEY.code("participant", written)


def test_every_identifier_is_stored_as_its_code_and_codes_of_two_purposes_differ() -> None:
    tables = world()
    con = read(tables)
    for table in schema.loaded_tables():
        for column in table.incoming:
            if column.transform != "pseudonym":
                continue
            stored = {row[0] for row in con.execute(f"select {column.name} from clean_{table.name}").fetchall()}
            written = {row[str(column.incoming)] for row in tables[table.name]}
            assert stored == {KEY.code(column.purpose, cell) if cell else None for cell in written}
    assert KEY.code("coach", "X1") != KEY.code("participant", "X1")


def test_a_linked_person_has_the_code_of_that_person() -> None:
    con = read(changed("engagement_events", 0, linked_participant_id=" p-2"))
    assert value(con, "engagement_events", "linked_participant_id") == KEY.code("participant", "P-2")


def test_a_table_without_a_file_is_known_by_how_rows_name_it() -> None:
    tables = world()
    for absent in ("coaches", "sites", "sessions"):
        del tables[absent]
    con = read(tables)
    assert kept_out(con) == set()
    assert value(con, "episodes", "site_id") == KEY.code("site", "S1")
    assert value(con, "assessments", "coach_id") == KEY.code("coach", "C1")
    assert con.execute("select count(*) from clean_sessions").fetchall() == [(0,)]


@pytest.mark.parametrize("absent", ["participants", "episodes", "assessments"])
def test_a_table_that_others_need_must_be_there(absent: str) -> None:
    tables = world()
    del tables[absent]
    with pytest.raises(InputFault, match=f"{absent}: this table is missing"):
        read(tables)


# Days

ISO = {
    "2025-01-15": "2025-01-15",
    " 2025-01-15 ": "2025-01-15",
    "2025-01-15T23:59": "2025-01-15",
    "2025-01-15 23:59:59": "2025-01-15",
    "2025-01-15T23:59:59.123456Z": "2025-01-15",
    "2025-01-15T00:30:00+02:00": "2025-01-15",
    "2024-02-29": "2024-02-29",
    "2025-02-29": None,
    "2025-13-01": None,
    "01/15/2025": None,
    "15.01.2025": None,
    "2025/01/15": None,
    "20250115": None,
    "2025-1-5": None,
    "2025-01-15T": None,
    "2025-01-15 noon": None,
    "0025-01-15": None,
    "3025-01-15": None,
    "45672": None,
    "infinity": None,
    "": None,
}


@pytest.mark.parametrize("cell", ISO)
def test_iso_dates_and_timestamps_are_read_and_nothing_else(macros: duckdb.DuckDBPyConnection, cell: str) -> None:
    expected = ISO[cell]
    assert read_cells(macros, "read_date", [cell]) == [expected and datetime.date.fromisoformat(expected)]


def days_of(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    return {
        "enrolled": value(con, "episodes", "enrolled_day"),
        "extract": value(con, "episodes", "extract_day"),
        "session": value(con, "sessions", "occurred_day"),
        "form": value(con, "assessments", "day"),
        "event": value(con, "engagement_events", "day"),
        "exit": value(con, "discharges", "exit_day"),
        "assigned": value(con, "coach_assignments", "start_day"),
    }


def test_days_count_from_enrolment_where_that_is_the_first_contact() -> None:
    assert days_of(read(world())) == {
        "enrolled": 0,
        "extract": 355,
        "session": 5,
        "form": 5,
        "event": 10,
        "exit": 142,
        "assigned": 0,
    }


def test_days_count_from_a_two_way_contact_before_enrolment() -> None:
    con = read(changed("engagement_events", 0, date="2024-12-31"))
    assert days_of(con) == {
        "enrolled": 10,
        "extract": 365,
        "session": 15,
        "form": 15,
        "event": 0,
        "exit": 152,
        "assigned": 10,
    }
    assert (value(con, "episodes", "enrol_year"), value(con, "episodes", "enrol_quarter")) == (2024, 4)
    assert value(con, "episodes", "enrolled_day", 3) == 0


def test_an_event_that_is_no_contact_does_not_move_day_0() -> None:
    kinds = [kind for kind in schema.EVENT_TYPES if kind not in schema.TWO_WAY_CONTACTS]
    tables, rows = with_cases("engagement_events", [{"date": "2024-12-31", "type": kind} for kind in kinds])
    con = read(tables)
    assert days_of(con) == days_of(read(world()))
    assert {value(con, "engagement_events", "day", row) for row in rows} == {-10}


def test_a_mapping_may_declare_further_contacts() -> None:
    con = read(changed("engagement_events", 0, date="2024-12-31", type="email"))
    clock.apply(con, (*schema.TWO_WAY_CONTACTS, "email"))
    assert days_of(con)["enrolled"] == 10


def test_a_row_that_is_kept_out_does_not_move_day_0() -> None:
    tables = changed("engagement_events", 0, date="2024-12-31", minutes="9999")
    con = read(tables)
    assert {row[2] for row in kept_out(con)} == {"minutes_out_of_range"}
    assert value(con, "episodes", "enrolled_day") == 0


@settings(deadline=None, max_examples=3)
@given(st.data())
def test_days_are_the_differences_python_works_out(data: st.DataObject) -> None:
    tables = world()
    expected = {}
    for row in range(3):
        enrolled = data.draw(st.dates(datetime.date(2001, 1, 1), datetime.date(2030, 1, 1)))
        held, form = sorted(data.draw(st.lists(st.integers(0, 900), min_size=2, max_size=2)))
        contact = data.draw(st.integers(-365, 900))

        def date(days: int, since: datetime.date = enrolled) -> str:
            return str(since + datetime.timedelta(days=days))

        tables["episodes"][row] |= {"enrolled_date": date(0), "extract_date": date(901)}
        tables["sessions"][row] |= {"scheduled_date": date(held), "occurred_date": date(held)}
        tables["assessments"][row] |= {"date": date(form)}
        tables["engagement_events"][row] |= {"date": date(contact)}
        tables["coach_assignments"][row] |= {"start_date": date(0)}
        if row == 0:
            tables["discharges"][0] |= {"exit_date": date(900)}
        first = min(0, contact)
        day0 = enrolled + datetime.timedelta(days=first)
        expected[row + 2] = (-first, 901 - first, held - first, form - first, contact - first)
        expected[row + 2] += (day0.year, (day0.month + 2) // 3)
    con = read(tables)
    for row, days in expected.items():
        assert days == (
            value(con, "episodes", "enrolled_day", row),
            value(con, "episodes", "extract_day", row),
            value(con, "sessions", "occurred_day", row),
            value(con, "assessments", "day", row),
            value(con, "engagement_events", "day", row),
            value(con, "episodes", "enrol_year", row),
            value(con, "episodes", "enrol_quarter", row),
        )


def test_no_clean_table_has_a_calendar_date_and_only_the_calendar_tables_have_a_month() -> None:
    con = read(world())
    columns = con.execute(
        "select table_name, column_name, data_type from duckdb_columns() where table_name like 'clean_%' "
        "or table_name like 'site_month_%'"
    ).fetchall()
    assert not [column for column in columns if any(word in column[2] for word in ("DATE", "TIME", "INTERVAL"))]
    assert {table for table, name, _ in columns if name == "month"} == {
        "site_month_sessions_staged",
        "site_month_active_staged",
    }
    for table in ("site_month_sessions_staged", "site_month_active_staged"):
        assert not {name for named, name, _ in columns if named == table} & {"participant_id", "episode_id", "coach_id"}


def test_the_calendar_tables_count_sessions_and_people_by_site_and_month() -> None:
    tables = world()
    tables["sessions"] += [
        tables["sessions"][0] | {"session_id": "V-10", "scheduled_date": "2025-01-20", "occurred_date": "2025-01-20"},
        tables["sessions"][0]
        | {"session_id": "V-11", "status": "no_show", "scheduled_date": "2025-02-01", "occurred_date": None}
        | {"minutes": None},
        tables["sessions"][0] | {"session_id": "V-12", "minutes": "9999"},
    ]
    con = read(tables)
    first, second = KEY.code("site", "S1"), KEY.code("site", "S2")
    sessions = con.execute("select site_id, month, status, n_sessions, minutes_total from site_month_sessions_staged")
    assert set(sessions.fetchall()) == {
        (first, "2025-01", "attended", 2, 90),
        (first, "2025-02", "attended", 1, 45),
        (first, "2025-02", "no_show", 1, 0),
        (second, "2025-03", "attended", 1, 45),
    }
    active = con.execute("select site_id, month, n_active from site_month_active_staged").fetchall()
    assert set(active) == {(first, "2025-01", 1), (first, "2025-02", 1), (second, "2025-03", 1)}


# Ages, ZIP codes, entries


AGES = {"18": "18-24", "24": "18-24", "24.9": "18-24", "25": "25-34", "34": "25-34", "35": "35-44", "44": "35-44"}
AGES |= {"45": "45-54", "54": "45-54", "55": "55-64", "64": "55-64", "65": "65-74", "74": "65-74", "75": "75-89"}
AGES |= {"89": "75-89", "90": "90+", "117": "90+", "": "unknown", "25-34": "25-34", "90+": "90+", "unknown": "unknown"}


def test_minors_refuse_the_load_unless_they_are_allowed() -> None:
    minors: list[dict[str, str | None]] = [{"age": age} for age in ("17", "17.9", "0", "<18")]
    tables, _ = with_cases("participants", minors)
    with pytest.raises(InputFault, match=r"participants, column age: people are under 18 \(4 rows\)"):
        read(tables)
    assert stored("participants", "age_band", minors, allow_minors=True) == ["<18"] * 4


ZIPS = {"06441": "064", "06441-1234": "064", "064411234": "064", " 06441 ": "064", "064": "064", "03601": "000"}
ZIPS |= {"20501": "000", "06301": "000", "36901": "000", "89301": "000", "": None, "6441": None, "O6441": None}
ZIPS |= {"K1A 0B1": None}


EMPLOYMENT = {"full_time": "full_time", "Full Time": "full_time", " FULL-TIME ": "full_time", "own boss": "unknown"}
HOUSING = dict.fromkeys(("lighthouse", "Transitional Housing", "N/A", ""), "unknown")
BECOMES = {"age": ("age_band", AGES), "zip": ("zip3", ZIPS), "employment": ("employment", EMPLOYMENT)}
BECOMES |= {"housing": ("housing", HOUSING)}


def test_ages_zip_codes_and_entries_become_what_the_tables_say() -> None:
    cases = [(heading, cell) for heading, (_, table) in BECOMES.items() for cell in table]
    tables, rows = with_cases("participants", [{heading: cell} for heading, cell in cases])
    con = read(tables)
    assert kept_out(con) == set()
    for row, (heading, cell) in zip(rows, cases, strict=True):
        column, table = BECOMES[heading]
        assert (heading, cell, value(con, "participants", column, row)) == (heading, cell, table[cell])


def test_the_list_of_small_areas_is_the_union_of_both_censuses() -> None:
    listed = "036 059 063 102 203 205 369 556 692 753 772 790 821 823 830 831 878 879 884 890 893"
    assert " ".join(sorted(deidentify.small_areas())) == listed


FLAGS = {"true": True, "TRUE": True, "1": True, "Yes": True, " yes ": True, "false": False, "0": False, "NO": False}
FLAGS |= {"": None, "y": None, "2": None}
NUMBERS = {"5": (5, 5.0), "5.0": (5, 5.0), " 5 ": (5, 5.0), "-3": (-3, -3.0), "5.5": (None, 5.5), "1e2": (100, 100.0)}
NUMBERS |= {"99999999999999999999": (None, 1e20)}
NUMBERS |= dict.fromkeys(("", "nan", "inf", "1,5", "5 min", "0x10", "٣"), (None, None))


def test_flags_and_numbers_are_read_and_numbers_never_rounded(macros: duckdb.DuckDBPyConnection) -> None:
    assert read_cells(macros, "read_flag", list(FLAGS)) == list(FLAGS.values())
    assert read_cells(macros, "read_integer", list(NUMBERS)) == [whole for whole, _ in NUMBERS.values()]
    assert read_cells(macros, "read_number", list(NUMBERS)) == [number for _, number in NUMBERS.values()]


def test_labels_are_trimmed_and_may_be_places_and_start_dates_become_quarters() -> None:
    places = ["Cedar Hill", "Dr King Center", "North East", "Hope House"]
    tables, rows = with_cases("sites", [{"site_code": f" {place}  ", "region": place} for place in places])
    tables["sites"][0]["region"] = " "
    tables["episodes"][0]["program"] = "Hope House"
    tables["coaches"][0]["start_date"] = "2019-12-31"
    con = read(tables)
    assert kept_out(con) == set()
    assert [value(con, "sites", "site_code", row) for row in rows] == places
    assert [value(con, "sites", "region", row) for row in (2, *rows)] == [None, *places]
    assert value(con, "episodes", "program") == "Hope House"
    assert (value(con, "coaches", "start_year"), value(con, "coaches", "start_quarter")) == (2019, 4)


# Detectors

HIGH = {
    "identifier_email": """ann@example.org|ann (at) example.org|ann[at]example [dot] org|ann at example dot org
        |write to ANN.B@EXAMPLE.ORG now|ann＠example.org|ann@exam\u200bple.org""",
    "identifier_phone": """555-123-4567|(555) 123-4567|call 555.123.4567|555 123 4567|+1 555 123 4567|+44 20 7946 0958
        |1-555-123-4567|５５５-123-4567""",
    "identifier_ssn": "123-45-6789|ssn 123 45 6789|x123-45-6789y",
    "identifier_url": "https://a.example/x|www.example|see facebook.com/ann|HTTP://EXAMPLE",
    "identifier_street_address": """12 Oak Street|1200 N Main St|4 Old Mill Rd.|77 Elm Avenue Apt 4|PO Box 12|123 Oak Dr
        |15b high street, Hartford""",
    "identifier_ip": "192.168.1.17|from 8.8.8.81|2001:0db8:85a3:0000:0000:8a2e:0370:7334",
}
LOW = {
    "name_like_text": """Maria Gonzalez|Dr. Who|with Mrs Jones|Jones, Bob|Anna B. Clark|Éva Kovács|Mary-Ann O’Neil""",
    "long_digit_run": "1234567|mrn880044123456|ID 00012345",
    "date_in_text": "2025-01-15|1/15/2025|1-15-25|15.01.2025|jan 15|March 3rd|3 march|on 12 Dec,",
    "long_text": "one two three four five six|" + "x" * 41,
}
HARMLESS = ["01", "Ashgrove", "RC-COURT", "12 step", "90 day program", "12 week drug court", "v2.1.3", "3.0", "1.2.3.4"]
HARMLESS += [
    "north",
    "group b",
    "123456",
    "WAI SR",
    "phase 1/2",
    "30 day road to recovery",
    "S/N 12-34",
    "2024-H1",
    "5 St",
]
HARMLESS += ["Q1 2025", "a@b", "@home", "x" * 40, "one two three four five", "may", "100%", "second march", "dr"]


def detected(texts: Iterable[str]) -> dict[str, set[str]]:
    """The rules whose detectors find something in each text."""
    con = warehouse.memory_connection()
    identifiers.prepare(con)
    found: dict[str, set[str]] = {text: set() for text in texts}
    for text in found:
        con.execute("insert into text_values values ('t', 'c', 'label', ?, ?, 1)", [text, text])
    identifiers.search(con)
    for text, rule in con.execute("select value, rule from text_found").fetchall():
        found[text].add(rule)
    con.close()
    return found


@pytest.mark.parametrize("rule", HIGH | LOW)
def test_a_detector_finds_what_it_is_for(rule: str) -> None:
    found = detected(text.strip() for text in (HIGH | LOW)[rule].split("|"))
    assert [text for text, rules in found.items() if rule not in rules] == []


def test_no_detector_finds_anything_in_harmless_text() -> None:
    assert {text: rules for text, rules in detected(HARMLESS).items() if rules} == {}


@settings(deadline=None, max_examples=10)
@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[a-z0-9]{1,12}(\.[a-z]{1,8})?@[a-z]{2,10}\.[a-z]{2,4}", fullmatch=True),
            st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=10),
        ),
        min_size=5,
    )
)
def test_an_email_address_is_found_inside_any_text(parts: list[tuple[str, str]]) -> None:
    found = detected(f"{around} {address} {around}" for address, around in parts)
    assert [text for text, rules in found.items() if "identifier_email" not in rules] == []


TEXT_COLUMNS = [
    (table.name, str(column.incoming))
    for table in schema.loaded_tables()
    for column in table.incoming
    if column.transform in ("label", "category", "zip3") or (column.transform == "pseudonym" and not column.references)
]


def test_an_email_address_in_any_text_or_identifier_refuses_the_load() -> None:
    tables = world()
    for table, column in TEXT_COLUMNS:
        tables[table].append(tables[table][0] | {column: "ann@example.org"})
    with pytest.raises(InputFault) as caught:
        read(tables)
    assert {fault.where for fault in caught.value.faults} == {f"{table}, column {name}" for table, name in TEXT_COLUMNS}
    assert {fault.rule for fault in caught.value.faults} == {"holds e-mail addresses (identifier_email)"}
    assert {fault.rows for fault in caught.value.faults} == {1}
    assert "example" not in str(caught.value)


def test_an_identifier_in_a_cell_that_cannot_be_read_or_names_a_parent_refuses_the_load() -> None:
    cells = {"episode_id": "ann@example.org", "minutes": "555-123-4567", "occurred_date": "123-45-6789"}
    cells |= {"kind": "12 Oak Street"}
    tables, _ = with_cases("sessions", [{column: cell} for column, cell in cells.items()])
    with pytest.raises(InputFault) as caught:
        read(tables)
    assert {fault.where for fault in caught.value.faults} == {f"sessions, column {column}" for column in cells}


def test_identifiers_may_look_like_numbers_dates_or_names_because_only_their_code_is_stored() -> None:
    ids = ["5551234567", "(555) 123-4567", "8.8.8.81", "2025-01-15", "Maria Gonzalez", "12 Oak Street"]
    found = stored("participants", "participant_id", [{"participant_id": cell} for cell in ids])
    assert found == [KEY.code("participant", cell) for cell in ids]


def test_every_fault_is_told_at_once_with_its_rows() -> None:
    tables = changed("sites", 0, site_code="ann@example.org", region="555-123-4567")
    for row in tables["episodes"]:
        row["program"] = "www.example.org"
    tables["participants"][1]["age"] = "12"
    with pytest.raises(InputFault) as caught:
        read(tables)
    assert sorted((fault.where, fault.rows) for fault in caught.value.faults) == [
        ("episodes, column program", 3),
        ("participants, column age", 1),
        ("sites, column region", 1),
        ("sites, column site_code", 1),
    ]


def test_a_label_in_which_a_detector_found_something_is_not_even_typed() -> None:
    con = read(changed("discharges", 0, source_code="Maria Gonzalez"))
    assert con.execute("select source_code from typed_discharges").fetchall() == [(None,)]


def stored_text(con: duckdb.DuckDBPyConnection) -> str:
    relations = con.execute("select view_name from duckdb_views() where view_name like 'clean_%'").fetchall()
    return "\n".join(str(con.execute(f"select * from {name}").fetchall()) for (name,) in relations)


def test_no_identifier_is_left_in_what_is_stored() -> None:
    tables: World = world()
    text = stored_text(read(tables))
    ids = {
        cell
        for table in schema.loaded_tables()
        for column in table.incoming
        for row in tables[table.name]
        if column.transform == "pseudonym" and (cell := row[str(column.incoming)])
    }
    assert len(ids) > 15
    assert not [cell for cell in ids if f"'{cell}'" in text]


def test_a_site_spelled_in_two_ways_counts_its_sessions_once() -> None:
    tables = changed("episodes", 1, site_id=" s1 ")
    con = read(tables)
    found = con.execute("select sum(n_sessions), sum(minutes_total) from site_month_sessions_staged").fetchall()
    assert found == [(3, 135)]
    assert con.execute("select sum(n_active) from site_month_active_staged").fetchall() == [(3,)]
