"""Hand-made folders for the referee of the checks: one row that breaks each rule, and rows where rules meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipelines import schema
from tests.pipelines.raw_world import World, world
from tests.pipelines.test_check import AT_THE_EDGE, BROKEN, OWN_KEY, SPARED, WARNED

Found = set[tuple[str, int, str]]
Cells = Mapping[str, str | None]


def added(tables: World, table: str, code: str, of: int = 0, **cells: str | None) -> int:
    """Add a row like row `of` (from 0) with some cells written otherwise; return its number in the file.

    `code` is its identifier, where rows of the table have one of their own.
    """
    key = {str(schema.table(table).incoming[0].incoming): code} if table in OWN_KEY else {}
    tables[table].append(tables[table][of] | key | cells)
    return len(tables[table]) + 1


def world_that_breaks_every_rule() -> tuple[World, Found]:
    """Return a folder with a row for each rule and rows at their edges, and (table, row number, rule) of the former."""
    tables, found = world(), set()
    for place, (table, cells) in enumerate([*AT_THE_EDGE, *SPARED]):
        added(tables, table, f"Y-{place}", **cells)
    for rule, (table, cells, _) in BROKEN.items():
        if table == "discharges":
            added(tables, "episodes", f"E-{rule}", participant_id="P-3", site_id="S2")
            cells = {"episode_id": f"E-{rule}"} | cells
        found.add((table, added(tables, table, f"X-{rule}", **cells), rule))
    tables["discharges"].append(tables["discharges"][0] | {"episode_id": "E-2", "exit_type": "died"})
    for rule, (table, cells) in WARNED.items():
        found.add((table, added(tables, table, f"X-{rule}", **cells), rule))
    for form, answers in (("X-straight_lining", 28), ("X-same_answer_throughout", 10)):
        for item in range(1, answers + 1):
            tables["assessment_items"].append({"assessment_id": form, "item_no": str(item), "value": "3"})
    _add_answers_that_cannot_be(tables, found)
    found.add(("engagement_events", added(tables, "engagement_events", "N-1"), "duplicate_key"))
    two = {"age": "30", "gender": "woman", "race_eth": "unknown"}
    for gender, code in (("woman", "P-two"), ("man", "P-two")):
        row = added(tables, "participants", code, **(two | {"gender": gender}))
    found.add(("participants", row, "duplicate_key"))
    theirs = added(tables, "episodes", "E-two", participant_id="P-two")
    found.add(("episodes", theirs, "number_of_two_people"))
    twice = added(tables, "assessments", "A-again", coach_id="C2")
    found.add(("assessments", twice, "duplicate_assessment"))
    lost = added(tables, "participants", "P-lost", age="500")
    own = added(tables, "episodes", "E-lost", participant_id="P-lost")
    found |= {("participants", lost, "age_out_of_range"), ("episodes", own, "parent_in_quarantine")}
    rated = added(tables, "assessments", "A-of-lost", session_id="X-minutes_out_of_range", rater="observer")
    found.add(("assessments", rated, "link_in_quarantine"))
    return tables, found


def _add_answers_that_cannot_be(tables: World, found: Found) -> None:
    for rule, cells in (("item_out_of_range", {"value": "5"}), ("item_unknown_number", {"item_no": "11"})):
        form = added(tables, "assessments", f"A-{rule}", date="2025-02-01", wave="in_program", rater="coach")
        found.add(("assessments", form, rule))
        row = added(tables, "assessment_items", "", assessment_id=f"A-{rule}", **cells)
        found.add(("assessment_items", row, rule))


@dataclass(frozen=True)
class Meeting:
    """A folder in which rules meet, and everything that must be found in it."""

    change: Callable[[World], None]
    found: Found

    def tables(self) -> World:
        """Return the folder."""
        tables = world()
        self.change(tables)
        return tables


def _answers(tables: World, form: str, values: list[str | None]) -> None:
    """Add the answers of a questionnaire, items 1, 2, 3, ..."""
    for item, value in enumerate(values, 1):
        tables["assessment_items"].append({"assessment_id": form, "item_no": str(item), "value": value})


def _third_enrolment_within_the_first(tables: World) -> None:
    added(tables, "episodes", "E-a", enrolled_date="2025-02-01", episode_no="2")
    added(tables, "discharges", "", episode_id="E-a", exit_date="2025-02-20")
    added(tables, "episodes", "E-b", enrolled_date="2025-04-01", episode_no="3")


def _enrolment_kept_out_before_another(tables: World) -> None:
    cells = {"episode_no": "7", "enrolled_date": "2025-02-01", "planned_length_days": "9999"}
    added(tables, "episodes", "E-x", 1, **cells)


def _enrolment_written_twice_for_two_people(tables: World) -> None:
    added(tables, "episodes", "E-1", participant_id="P-2", episode_no="2", enrolled_date="2025-02-20")
    added(tables, "engagement_events", "N-9", linked_participant_id="P-2")


def _session_entered_again_and_pasted_twice(tables: World) -> None:
    for code in ("V-9", "V-1"):
        added(tables, "sessions", code)


def _session_entered_three_times(tables: World) -> None:
    for code in ("V-8", "V-9"):
        added(tables, "sessions", code)


def _session_entered_again_after_one_kept_out(tables: World) -> None:
    for code, minutes in (("V-8", "9999"), ("V-9", "45")):
        added(tables, "sessions", code, occurred_date="2025-01-20", minutes=minutes)


def _questionnaire_again_after_one_kept_out(tables: World) -> None:
    for code, total in (("A-8", "28"), ("A-9", "7")):
        added(tables, "assessments", code, instrument_id="phq_9", total=total)


def _questionnaire_twice_of_a_coach_not_in_the_files(tables: World) -> None:
    for code in ("A-8", "A-9"):
        added(tables, "assessments", code, instrument_id="phq_9", total="7", coach_id="C-77")


def _exit_written_twice(tables: World) -> None:
    added(tables, "discharges", "", exit_date="2025-03-01")
    added(tables, "sessions", "V-9", occurred_date="2025-04-01", scheduled_date="2025-04-01")


def _exit_with_a_reason_on_no_list(tables: World) -> None:
    added(tables, "discharges", "", episode_id="E-2", exit_type="graduated")
    added(tables, "sessions", "V-9", 1, occurred_date="2025-07-01", scheduled_date="2025-07-01")


def _exit_with_a_reason_that_names_a_person(tables: World) -> None:
    added(tables, "discharges", "", episode_id="E-2", exit_type="with Mrs Jones")
    added(tables, "sessions", "V-9", 1, occurred_date="2025-07-01", scheduled_date="2025-07-01")


def _exit_after_the_extract(tables: World) -> None:
    added(tables, "discharges", "", episode_id="E-2", exit_date="2026-02-01")
    added(tables, "assessments", "A-9", 1, wave="followup", date="2025-06-01")
    cells: Cells = {"coach_id": "C2", "start_date": "2026-01-15", "is_primary": "no"}
    added(tables, "coach_assignments", "", 1, **cells)
    added(tables, "episodes", "E-9", 1, enrolled_date="2025-12-31", extract_date="2026-02-15", episode_no="2")


def _rating_of_a_session_cancelled_late(tables: World) -> None:
    added(tables, "sessions", "V-9", status="late_cancel", occurred_date=None, minutes=None)
    added(tables, "assessments", "A-9", session_id="V-9", rater="observer")


def _rating_of_a_session_written_twice(tables: World) -> None:
    added(tables, "sessions", "V-1", status="no_show", occurred_date=None, minutes=None)


def _equal_answers_and_one_without(tables: World) -> None:
    added(tables, "assessments", "A-9", instrument_id="care")
    _answers(tables, "A-9", [*["3"] * 9, None])


def _equal_answers_and_one_written_twice(tables: World) -> None:
    added(tables, "assessments", "A-9", instrument_id="rogers_28")
    _answers(tables, "A-9", ["3"] * 28)
    tables["assessment_items"].append({"assessment_id": "A-9", "item_no": "1", "value": "2"})


def _questionnaire_written_twice_with_an_answer_that_cannot_be(tables: World) -> None:
    added(tables, "assessments", "A-1", rater="coach")
    tables["assessment_items"][3]["value"] = "5"


def _days_of_an_enrolment_without_one(tables: World) -> None:
    tables["episodes"][1]["enrolled_date"] = None
    tables["sessions"][1]["occurred_date"] = "2026-01-15"
    tables["coach_assignments"][1]["end_date"] = "2024-01-15"


def _blanks_of_other_kinds(tables: World) -> None:
    tables["episodes"][0]["planned_length_days"] = "\u00a0"
    tables["sessions"][0]["scheduled_date"] = "\t"
    tables["sessions"][1]["status"] = "\u00a0 "
    tables["assessments"][0]["instrument_version"] = "\u3000"
    tables["sessions"][2] |= {"status": "\tattended", "occurred_date": "2025-03-15\n", "mode": "\u00a0phone"}
    tables["participants"][0] |= {"moud": "yes\t", "zip": "06441\n", "age": "40\u00a0"}


def _loose_digits(tables: World) -> None:
    tables["sessions"][0]["scheduled_date"] = "2025-01-5 "
    tables["episodes"][1]["planned_length_days"] = "1_80"


def _no_date_and_too_many_minutes(tables: World) -> None:
    tables["sessions"][0] |= {"occurred_date": None, "minutes": "9999"}


def _entry_that_breaks_two_rules_of_text(tables: World) -> None:
    added(tables, "participants", "P-9", housing="with Mrs Jones 8801234567")


def _form_of_a_coach_after_a_death(tables: World) -> None:
    tables["discharges"][0]["exit_type"] = "died"
    added(tables, "assessments", "A-9", rater="coach", wave="in_program", date="2025-06-02")


def _second_primary_coach_after_one_kept_out(tables: World) -> None:
    tables["coach_assignments"][0]["end_date"] = "soon"
    added(tables, "coach_assignments", "", coach_id="C2", start_date="2025-02-01", end_date=None)


def _number_of_two_people(tables: World) -> None:
    for gender, race in (("undisclosed", "white"), ("man", "white"), ("woman", "unknown")):
        added(tables, "participants", "p-1", gender=gender, race_eth=race)
    added(tables, "participants", "P-2", age="70", housing="homeless", gender="undisclosed", race_eth="unknown")
    added(tables, "participants", "P-3", race_eth="black")


MEETINGS: dict[str, Meeting] = {
    "a number whose rows differ in what does not change": Meeting(
        _number_of_two_people,
        {("participants", row, "duplicate_key") for row in range(5, 10)}
        | {("episodes", row, "number_of_two_people") for row in (2, 4)},
    ),
    "an enrolment within the last but one": Meeting(
        _third_enrolment_within_the_first,
        {("episodes", 5, "episodes_overlap"), ("episodes", 6, "episodes_overlap")},
    ),
    "an enrolment that is kept out overlaps with nothing": Meeting(
        _enrolment_kept_out_before_another, {("episodes", 5, "number_out_of_range")}
    ),
    "the person of an enrolment is that of its first row": Meeting(
        _enrolment_written_twice_for_two_people, {("episodes", 5, "duplicate_key")}
    ),
    "a session entered again and pasted twice": Meeting(
        _session_entered_again_and_pasted_twice,
        {("sessions", 5, "session_recorded_twice"), ("sessions", 6, "duplicate_key")},
    ),
    "a session entered three times": Meeting(
        _session_entered_three_times,
        {("sessions", 5, "session_recorded_twice"), ("sessions", 6, "session_recorded_twice")},
    ),
    "a session entered again after one that is kept out": Meeting(
        _session_entered_again_after_one_kept_out, {("sessions", 5, "minutes_out_of_range")}
    ),
    "a questionnaire entered again after one that is kept out": Meeting(
        _questionnaire_again_after_one_kept_out, {("assessments", 5, "total_out_of_range")}
    ),
    "a questionnaire twice of a coach who is not in the files": Meeting(
        _questionnaire_twice_of_a_coach_not_in_the_files,
        {("assessments", 5, "unknown_link"), ("assessments", 6, "duplicate_assessment")},
    ),
    "an exit written twice": Meeting(_exit_written_twice, {("discharges", 3, "duplicate_key")}),
    "an exit with a reason on no list": Meeting(
        _exit_with_a_reason_on_no_list,
        {("discharges", 3, "category_not_recognised"), ("sessions", 5, "session_after_exit")},
    ),
    "an exit that is kept out for the name in its reason": Meeting(
        _exit_with_a_reason_that_names_a_person, {("discharges", 3, "name_like_text")}
    ),
    "an exit after the extract": Meeting(
        _exit_after_the_extract,
        {("discharges", 3, "exit_after_extract"), ("coach_assignments", 5, "assignment_outside_episode")},
    ),
    "a rating of a session cancelled late": Meeting(
        _rating_of_a_session_cancelled_late, {("assessments", 5, "rating_of_unattended_session")}
    ),
    "a rating of a session written twice": Meeting(
        _rating_of_a_session_written_twice, {("sessions", 5, "duplicate_key")}
    ),
    "equal answers and one item without": Meeting(_equal_answers_and_one_without, set()),
    "equal answers and one written twice": Meeting(
        _equal_answers_and_one_written_twice,
        {("assessments", 5, "straight_lining"), ("assessment_items", 60, "duplicate_key")},
    ),
    "a questionnaire written twice, with an answer that cannot be": Meeting(
        _questionnaire_written_twice_with_an_answer_that_cannot_be,
        {
            ("assessments", 2, "item_out_of_range"),
            ("assessment_items", 5, "item_out_of_range"),
            ("assessments", 5, "duplicate_key"),
        },
    ),
    "days are counted from enrolment, and without it none is": Meeting(
        _days_of_an_enrolment_without_one, {("episodes", 3, "missing_required")}
    ),
    "blanks that are no spaces": Meeting(_blanks_of_other_kinds, {("sessions", 3, "missing_required")}),
    "a day of one digit and a number with a line": Meeting(
        _loose_digits, {("sessions", 2, "bad_date"), ("episodes", 3, "bad_number")}
    ),
    "no date and too many minutes": Meeting(
        _no_date_and_too_many_minutes,
        {("sessions", 2, "attended_without_date"), ("sessions", 2, "minutes_out_of_range")},
    ),
    "an entry that breaks two rules of text": Meeting(
        _entry_that_breaks_two_rules_of_text, {("participants", 5, "name_like_text")}
    ),
    "a form of a coach after a death": Meeting(
        _form_of_a_coach_after_a_death, {("assessments", 5, "in_program_after_exit")}
    ),
    "a second primary coach after one that is kept out": Meeting(
        _second_primary_coach_after_one_kept_out, {("coach_assignments", 2, "bad_date")}
    ),
}
"""By what they show. Everything that hangs on a row kept out is left aside, but for what is named."""
FOLLOWS = ("parent_in_quarantine", "link_in_quarantine")
"""Rules under which rows go with others; they are not named above."""


def side_by_side(meetings: Mapping[str, Meeting]) -> tuple[World, dict[str, dict[str, int]]]:
    """Return one folder with the rows of all, each with identifiers of its own, and how many rows stand before them."""
    tables: World = {name: [] for name in world()}
    starts = {}
    for number, (name, meeting) in enumerate(meetings.items()):
        starts[name] = {table: len(rows) for table, rows in tables.items()}
        for table, rows in meeting.tables().items():
            tables[table] += [
                {
                    heading: f"{number}/{cell}"
                    if cell and heading.endswith("_id") and heading != "instrument_id"
                    else cell
                    for heading, cell in row.items()
                }
                for row in rows
            ]
    return tables, starts
