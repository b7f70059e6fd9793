"""Every rule keeps out exactly the rows that break it, each under its own name. Referees: hand-made rows, counting."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from pipelines import check, deidentify, schema
from pipelines.cells import rules_of
from pipelines.faults import InputFault
from tests.pipelines.raw_world import KEY, World, changed, kept_out, read, stage, warned, with_cases, world

LONG = "a text of more than five words"
BROKEN: dict[str, tuple[str, dict[str, str | None], str]] = {
    "missing_required": ("sessions", {"status": None}, "status"),
    "bad_date": ("sessions", {"occurred_date": "15/01/2025"}, "occurred_date"),
    "bad_number": ("sessions", {"minutes": "an hour"}, "minutes"),
    "bad_flag": ("participants", {"moud": "perhaps"}, "moud"),
    "unknown_category": ("sessions", {"kind": "dinner"}, "kind"),
    "unknown_instrument": ("assessments", {"instrument_id": "our_own_scale"}, "instrument_id"),
    "unknown_reference": ("sessions", {"episode_id": "E-77"}, "episode_id"),
    "number_out_of_range": ("participants", {"prior_episodes": "100"}, "prior_episodes"),
    "minutes_out_of_range": ("sessions", {"minutes": "601"}, "minutes"),
    "age_out_of_range": ("participants", {"age": "121"}, "age"),
    "name_like_text": ("discharges", {"source_code": "Maria Gonzalez"}, "source_code"),
    "long_digit_run": ("discharges", {"source_code": "8801234"}, "source_code"),
    "date_in_text": ("episodes", {"program": "since 2025-01-15"}, "program"),
    "long_text": ("sites", {"region": LONG}, "region"),
    "extract_before_enrolment": ("episodes", {"extract_date": "2025-01-09"}, "extract_date"),
    "session_before_enrolment": ("sessions", {"occurred_date": "2025-01-09"}, "occurred_date"),
    "session_after_extract": ("sessions", {"occurred_date": "2026-01-01"}, "occurred_date"),
    "attended_without_date": ("sessions", {"occurred_date": None}, "occurred_date"),
    "exit_before_enrolment": ("discharges", {"exit_date": "2025-01-09"}, "exit_date"),
    "exit_after_extract": ("discharges", {"exit_date": "2026-01-01"}, "exit_date"),
    "assessment_before_enrolment": ("assessments", {"date": "2025-01-09"}, "date"),
    "assessment_after_extract": ("assessments", {"date": "2026-01-01"}, "date"),
    "event_long_before_enrolment": ("engagement_events", {"date": "2024-01-09"}, "date"),
    "event_after_extract": ("engagement_events", {"date": "2026-01-01"}, "date"),
    "assignment_ends_before_start": ("coach_assignments", {"end_date": "2025-01-09", "coach_id": "C2"}, "end_date"),
    "total_out_of_range": ("assessments", {"instrument_id": "phq_9", "total": "28"}, "total"),
}
"""One row that breaks the rule and no other, made of a row that is in order, and the column at fault."""
AT_THE_EDGE: list[tuple[str, dict[str, str | None]]] = [
    ("sessions", {"minutes": "600"}),
    ("sessions", {"minutes": "0"}),
    ("sessions", {"occurred_date": "2025-01-10", "scheduled_date": "2025-01-10"}),
    ("sessions", {"occurred_date": "2025-12-31"}),
    ("sessions", {"status": "no_show", "occurred_date": None, "minutes": None}),
    ("participants", {"age": "120"}),
    ("participants", {"prior_episodes": "99"}),
    ("assessments", {"date": "2025-12-31", "instrument_id": "phq_9", "total": "27"}),
    ("assessments", {"date": "2026-02-01", "status": "due_missed"}),
    ("engagement_events", {"date": "2024-01-11"}),
    ("coach_assignments", {"start_date": "2025-01-11", "end_date": "2025-01-11", "is_primary": "no"}),
    ("sites", {"region": "five words are just fine", "site_code": "x" * 40}),
]
OWN_KEY = [table.name for table in schema.loaded_tables() if not table.incoming[0].references]


def test_each_rule_keeps_out_its_row_and_no_other() -> None:
    tables, expected = world(), set()
    for rule, (table, cells, column) in BROKEN.items():
        row = dict(tables[table][0])
        if table == "discharges":
            number = f"E-{rule}"
            tables["episodes"].append(tables["episodes"][0] | {"episode_id": number})
            row["episode_id"] = number
        elif table in OWN_KEY:
            row[str(schema.table(table).incoming[0].incoming)] = f"X-{rule}"
        tables[table].append(row | cells)
        expected.add((table, len(tables[table]) + 1, rule, column))
    for table, cells in AT_THE_EDGE:
        key = {str(schema.table(table).incoming[0].incoming): f"Z-{len(tables[table])}"} if table in OWN_KEY else {}
        tables[table].append(tables[table][0] | key | cells)
    assert kept_out(read(tables)) == expected


def test_every_rule_has_a_row_that_breaks_it() -> None:
    named = set(BROKEN) | {"duplicate_key", "duplicate_assessment", "item_out_of_range", "item_unknown_number"}
    named |= {"parent_in_quarantine"}
    assert named == {rule.id for rule in check.rules() if rule.severity == "error"}
    several_rows = {"link_in_quarantine", "number_of_two_people"}
    assert {rule.id for rule in check.rules() if rule.severity == "warn"} == set(WARNED) | several_rows


@pytest.mark.parametrize("at_once", [1, 750_000])
def test_the_first_row_of_a_repeated_identifier_is_stored(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(deidentify, "KEYS_AT_ONCE", at_once)
    tables = world()
    for table in OWN_KEY:
        tables[table].append(dict(tables[table][0]))
    tables["sites"][-1]["site_id"] = " s1"
    tables["discharges"].append(dict(tables["discharges"][0]))
    tables["coach_assignments"].append(dict(tables["coach_assignments"][0]))
    tables["assessment_items"].append(tables["assessment_items"][0] | {"value": "3"})
    for kind in ("assessments", "sessions"):
        tables[kind][-1] |= {"rater": "coach"} if kind == "assessments" else {}
    repeated = [*OWN_KEY, "discharges", "coach_assignments", "assessment_items"]
    heading = {name: str(schema.table(name).column(schema.table(name).key[0]).incoming) for name in repeated}
    con = read(tables)
    assert kept_out(con) == {(name, len(tables[name]) + 1, "duplicate_key", heading[name]) for name in repeated}


def test_a_questionnaire_recorded_twice_is_stored_once_but_two_occasions_are_two() -> None:
    again = {"coach_id": "C2"}
    other: list[dict[str, str | None]] = [
        {"rater": "coach"},
        {"date": "2025-01-16"},
        {"instrument_id": "care"},
        {"instrument_version": "2"},
        {"wave": "in_program"},
        {"session_id": None},
        {"status": "refused"},
    ]
    tables, rows = with_cases("assessments", [again, *other])
    assert kept_out(read(tables)) == {("assessments", rows[0], "duplicate_assessment", "date")}


@pytest.mark.parametrize(
    ("rule", "cells", "column"),
    [("item_out_of_range", {"value": "5"}, "value"), ("item_unknown_number", {"item_no": "11"}, "item_no")],
)
def test_an_answer_that_cannot_be_keeps_out_its_questionnaire(rule: str, cells: dict[str, str], column: str) -> None:
    con = read(changed("assessment_items", 3, **cells))
    siblings = {("assessment_items", row, "parent_in_quarantine", "assessment_id") for row in range(2, 12) if row != 5}
    assert kept_out(con) == {("assessment_items", 5, rule, column), ("assessments", 2, rule, ""), *siblings}
    assert con.execute("select count(*) from clean_assessment_items").fetchall() == [(20,)]


def test_rows_follow_the_row_they_belong_to_and_no_row_is_left_without_one() -> None:
    con = read(changed("participants", 0, age="500"))
    rows = {
        ("participants", 2, "age_out_of_range", "age"),
        ("episodes", 2, "parent_in_quarantine", "participant_id"),
    }
    for table in ("sessions", "assessments", "engagement_events", "discharges", "coach_assignments"):
        rows.add((table, 2, "parent_in_quarantine", "episode_id"))
    rows |= {("assessment_items", row, "parent_in_quarantine", "assessment_id") for row in range(2, 12)}
    assert kept_out(con) == rows


def test_a_second_row_of_a_person_does_not_take_the_first_ones_rows_away() -> None:
    tables = world()
    tables["participants"].append(tables["participants"][0] | {"age": "500"})
    assert kept_out(read(tables)) == {
        ("participants", 5, "duplicate_key", "participant_id"),
        ("participants", 5, "age_out_of_range", "age"),
    }


def test_a_coach_or_session_that_was_kept_out_leaves_the_row_stored_without_it() -> None:
    tables = changed("sessions", 0, minutes="9999")
    tables["coaches"][0]["fte"] = "77"
    for row in tables["coach_assignments"]:
        row["coach_id"] = "C2"
    con = read(tables)
    assert kept_out(con) == {
        ("sessions", 2, "minutes_out_of_range", "minutes"),
        ("coaches", 2, "number_out_of_range", "fte"),
    }
    assert con.execute("select count(*), count(coach_id), count(session_id) from clean_assessments").fetchall() == [
        (3, 0, 2)
    ]
    assert warned(con) == {(table, row, "link_in_quarantine") for table in ("assessments",) for row in (2, 3, 4)} | {
        ("sessions", row, "link_in_quarantine") for row in (3, 4)
    }


WARNED: dict[str, tuple[str, dict[str, str | None]]] = {
    "category_not_recognised": ("participants", {"housing": "lighthouse"}),
    "zip_not_recognised": ("participants", {"zip": "nowhere"}),
    "unknown_link": ("sessions", {"coach_id": "C-77"}),
    "session_after_exit": ("sessions", {"occurred_date": "2025-06-02", "scheduled_date": "2025-06-02"}),
    "session_after_death": (
        "sessions",
        {"occurred_date": "2025-06-02", "scheduled_date": "2025-06-02", "episode_id": "E-2"},
    ),
    "two_primary_coaches": ("coach_assignments", {"coach_id": "C2", "start_date": "2025-02-01"}),
    "straight_lining": ("assessments", {"instrument_id": "rogers_28", "rater": "coach"}),
    "same_answer_throughout": ("assessments", {"instrument_id": "care", "date": "2025-01-20"}),
    "attended_zero_minutes": ("sessions", {"minutes": "0", "occurred_date": "2025-01-16"}),
    "session_very_long": ("sessions", {"minutes": "241", "occurred_date": "2025-01-17"}),
    "session_recorded_twice": ("sessions", {}),
    "minutes_of_unattended_session": ("sessions", {"status": "no_show", "occurred_date": None}),
    "date_of_unattended_session": ("sessions", {"status": "cancelled_client", "minutes": None}),
    "held_far_from_plan": ("sessions", {"occurred_date": "2025-03-17"}),
    "in_program_after_exit": ("assessments", {"wave": "in_program", "date": "2025-06-02"}),
    "follow_up_before_exit": ("assessments", {"wave": "followup", "date": "2025-02-02"}),
    "intake_form_late": ("assessments", {"wave": "intake", "date": "2025-02-10"}),
    "rating_of_unattended_session": ("assessments", {"session_id": "X-date_of_unattended_session", "rater": "coach"}),
    "assessment_after_death": ("assessments", {"episode_id": "E-2", "wave": "in_program", "date": "2025-06-02"}),
    "event_after_death": ("engagement_events", {"episode_id": "E-2", "date": "2025-06-02"}),
    "linked_to_themselves": ("engagement_events", {"linked_participant_id": "P-1"}),
    "planned_contradicts_reason": ("discharges", {"episode_id": "E-3", "exit_type": "completed", "planned": "no"}),
    "assignment_outside_episode": (
        "coach_assignments",
        {"start_date": "2025-06-02", "is_primary": "no", "coach_id": "C2"},
    ),
    "episodes_overlap": ("episodes", {"participant_id": "P-2", "enrolled_date": "2025-05-31", "episode_no": "2"}),
    "episode_number_out_of_order": (
        "episodes",
        {"participant_id": "P-3", "enrolled_date": "2025-12-01", "episode_no": "1"},
    ),
}


def test_a_warning_is_counted_and_the_row_is_stored() -> None:
    tables, expected = world(), set()
    tables["discharges"].append(tables["discharges"][0] | {"episode_id": "E-2", "exit_type": "died"})
    for rule, (table, cells) in WARNED.items():
        key = {str(schema.table(table).incoming[0].incoming): f"X-{rule}"} if table in OWN_KEY else {}
        tables[table].append(tables[table][0] | key | cells)
        expected.add((table, len(tables[table]) + 1, rule))
    tables["assessment_items"] += [
        {"assessment_id": "X-straight_lining", "item_no": str(item), "value": "3"} for item in range(1, 29)
    ]
    tables["assessment_items"] += [
        {"assessment_id": "X-same_answer_throughout", "item_no": str(item), "value": "3"} for item in range(1, 11)
    ]
    con = read(tables)
    assert kept_out(con) == set()
    assert warned(con) == expected


SPARED: list[tuple[str, dict[str, str | None]]] = [
    ("sessions", {"minutes": "240", "occurred_date": "2025-01-18"}),
    ("sessions", {"kind": "group"}),
    ("sessions", {"kind": "group", "minutes": "46"}),
    ("sessions", {"status": "no_show", "occurred_date": None, "minutes": "0"}),
    ("sessions", {"occurred_date": "2025-03-16"}),
    ("assessments", {"wave": "intake", "date": "2025-02-09", "rater": "coach"}),
    ("assessments", {"wave": "exit", "date": "2025-06-02", "rater": "coach"}),
    ("assessments", {"wave": "followup", "date": "2025-06-01", "rater": "coach"}),
    ("assessments", {"wave": "followup", "date": "2025-01-01", "status": "due_missed", "episode_id": "E-1"}),
    ("assessments", {"instrument_id": "care", "date": "2025-01-21"}),
    ("episodes", {"participant_id": "P-1", "enrolled_date": "2025-06-01", "episode_no": "2"}),
    ("coach_assignments", {"start_date": "2025-06-01", "is_primary": "no", "coach_id": "C2"}),
    ("engagement_events", {"linked_participant_id": "P-2"}),
]
"""Rows at the very edge of a warning, which none of them breaks."""


def test_rows_at_the_edge_of_a_warning_are_not_marked() -> None:
    tables = world()
    for place, (table, cells) in enumerate(SPARED):
        key = {str(schema.table(table).incoming[0].incoming): f"Y-{place}"} if table in OWN_KEY else {}
        tables[table].append(tables[table][0] | key | cells)
    tables["assessment_items"] += [
        {"assessment_id": "Y-9", "item_no": str(item), "value": "5"} for item in range(1, 11)
    ]
    assert warned(read(tables)) == set()


def test_an_unknown_entry_that_looks_like_a_person_is_kept_out() -> None:
    tables, rows = with_cases(
        "participants", [{"housing": "with Mrs Jones"}, {"housing": "8801234567"}, {"housing": LONG}]
    )
    rules = ("name_like_text", "long_digit_run", "long_text")
    assert kept_out(read(tables)) == {
        ("participants", row, rule, "housing") for row, rule in zip(rows, rules, strict=True)
    }


def test_a_row_may_break_several_rules_and_each_is_recorded() -> None:
    con = read(changed("sessions", 0, status=None, kind="dinner", minutes="9999", occurred_date="2025-01-01"))
    assert kept_out(con) == {
        ("sessions", 2, "missing_required", "status"),
        ("sessions", 2, "unknown_category", "kind"),
        ("sessions", 2, "minutes_out_of_range", "minutes"),
        ("sessions", 2, "session_before_enrolment", "occurred_date"),
    }


def test_the_quality_table_counts_every_rule_for_every_table_it_looks_at() -> None:
    tables = changed("sessions", 0, minutes="9999", kind="dinner")
    tables["participants"][0]["housing"] = "lighthouse"
    con = read(tables)
    found = {row[:2]: row[3] for row in con.execute("select * from quality_found").fetchall()}
    assert set(found) == {(rule.id, table) for rule in check.rules() for table in rule.tables}
    assert {key: rows for key, rows in found.items() if rows} == {
        ("minutes_out_of_range", "sessions"): 1,
        ("unknown_category", "sessions"): 1,
        ("category_not_recognised", "participants"): 1,
        ("link_in_quarantine", "assessments"): 1,
    }


# The rules themselves


def test_every_rule_a_column_can_break_is_declared_for_its_table() -> None:
    declared = {rule.id: rule for rule in check.rules()}
    for table in schema.loaded_tables():
        assert len(table.incoming) <= 15
        for column in table.incoming:
            for rule in rules_of(column).values():
                assert table.name in declared[rule].tables


@pytest.mark.parametrize("rule", check.rules(), ids=lambda rule: rule.id)
def test_a_rule_says_in_plain_words_what_is_wrong_and_what_to_do(rule: check.Rule) -> None:
    for text in (rule.sentence, rule.remedy):
        assert text[0].isupper()
        assert text.endswith(".")
        assert len(text) < 130
        assert not {"client", "patient", "invalid", "null"} & set(text.lower().replace(".", "").split())


GOOD = "-- id: a\n-- table: sessions\n-- severity: warn\n-- sentence: It is.\n-- remedy: Do.\nselect 1"
MISTAKES: dict[str, Callable[[str], str]] = {
    "the line '-- id:' is missing": lambda text: text.removeprefix("-- id: a\n"),
    "the line '-- sentence:' is missing": lambda text: text.replace("It is.", " "),
    "the id is not the name": lambda text: text.replace("id: a", "id: b"),
    "the severity must be one of error, warn": lambda text: text.replace("warn", "fatal"),
    "there is no such table": lambda text: text.replace("sessions", "visits"),
    "the remedy is not a sentence": lambda text: text.replace("Do.", "Do"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_rule_file_with_a_mistake_is_refused(mistake: str) -> None:
    assert check.read_rule("a.sql", GOOD).tables == ("sessions",)
    with pytest.raises(ValueError, match=mistake):
        check.read_rule("a.sql", MISTAKES[mistake](GOOD))


# Nothing is lost

CELLS = st.one_of(
    st.none(),
    st.sampled_from(["", " ", "E-1", "P-1", "V-1", "A-1", "C1", "S1", "2025-01-15", "2024-12-01", "2026-06-01", "x"]),
    st.sampled_from(["attended", "no_show", "gse_10", "participant", "complete", "text", "completed", "unknown"]),
    st.sampled_from(["0", "1", "5", "-1", "45", "9999", "1e9", "nan", "5.5", "true", "Maria Gonzalez", "0012345678"]),
    st.text(st.characters(exclude_characters="\0@", exclude_categories=["Cs"]), max_size=60),
)


def dirty(table: schema.Table) -> st.SearchStrategy[list[dict[str, str | None]]]:
    row = st.fixed_dictionaries({str(column.incoming): CELLS for column in table.incoming})
    return st.lists(row, max_size=12)


@settings(deadline=None, max_examples=5, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.fixed_dictionaries({table.name: dirty(table) for table in schema.loaded_tables()}))
def test_every_row_is_stored_or_kept_out_and_what_is_stored_refers_to_what_is_stored(more: World) -> None:
    tables = world()
    for name, rows in more.items():
        tables[name] += rows
    try:
        con = read(tables, allow_minors=True)
    except InputFault:  # a text that looks like an address or a number of a person refuses the whole load
        reject()
    for table in schema.loaded_tables():
        rows_in = len(tables[table.name])
        kept = con.execute(f"select count(*) from clean_{table.name}").fetchall()[0][0]
        out = con.execute(
            "select count(distinct row_no) from quarantined where table_name = ?", [table.name]
        ).fetchall()
        assert rows_in == kept + out[0][0], table.name
        for column in table.incoming:
            parent, _, key = column.references.partition(".")
            if parent and parent != "instruments":
                orphans = con.execute(
                    f"select count(*) from clean_{table.name} where {column.name} is not null "
                    f"and {column.name} not in (select {key} from clean_{parent})"
                ).fetchall()
                assert orphans == [(0,)], (table.name, column.name)
            if column.required:
                empty = con.execute(f"select count(*) from clean_{table.name} where {column.name} is null").fetchall()
                assert empty == [(0,)], (table.name, column.name)
        keys = ", ".join(table.key)
        repeated = con.execute(f"select {keys} from clean_{table.name} group by all having count(*) > 1").fetchall()
        assert repeated == [], table.name


def test_the_order_of_the_rows_decides_nothing_but_which_of_two_equals_is_first() -> None:
    tables = world()
    backwards = {name: list(reversed(rows)) for name, rows in tables.items()}
    first, second = read(tables), read(backwards)
    for name in tables:
        query = f"select * from clean_{name} order by all"
        assert first.execute(query).fetchall() == second.execute(query).fetchall()


def test_the_same_identifier_has_the_same_code_whatever_else_is_in_the_files() -> None:
    tables, _ = with_cases("participants", [{"participant_id": f"N-{number}"} for number in range(50)])
    con = read(tables)
    codes = {row[0] for row in con.execute("select participant_id from clean_participants").fetchall()}
    assert {KEY.code("participant", f"P-{number}") for number in (1, 2, 3)} <= codes
    stage(con, world())
