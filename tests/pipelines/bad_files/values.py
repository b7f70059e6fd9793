"""Cells that cannot be: dates, numbers, flags, entries, references, identifiers that only look alike, repeated rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.pipelines.bad_files.case import (
    SECRET,
    Case,
    Equal,
    KeptOut,
    Outcome,
    Refused,
    Warned,
    Write,
    cells,
    file_of,
    rows_of,
    texts_of,
)
from tests.pipelines.raw_world import World

BAD_DATES = (
    "2025-02-30",
    "2025-13-01",
    "2025-00-10",
    "2025-01-00",
    "0000-00-00",
    "9999-12-31",
    "1899-12-31",
    "-2025-01-15",
    "2025-1-15",
    "15/01/2025",
    "01/15/25",
    "15. Januar 2025",
    "20250115",
    "45672",
    "2025-01-15 noon",
    "infinity",
    "epoch",
    "now",
    "today",
    "########",
    "\u0662\u0660\u0662\u0665-\u0660\u0661-\u0661\u0665",
    "\uff12\uff10\uff12\uff15-01-15",
    "2025\u201101\u201115",
)
BAD_NUMBERS = (
    "NaN",
    "inf",
    "-Infinity",
    "1,000",
    "1.000,5",
    "1 000",
    "1'000",
    "45 min",
    "forty-five",
    "0x2d",
    "1e999",
    "99999999999999999999",
    "4.5",
    "--5",
    "5-",
    "(45)",
    "$45",
    "45%",
    "=45",
    "\u0664\u0665",
    "\u221245",
    "null",
    "#N/A",
    "#DIV/0!",
    "TRUE",
)
CELLS: tuple[tuple[str, dict[str, str | None], Outcome], ...] = (
    ("sessions", {"minutes": "-45"}, KeptOut("minutes_out_of_range", "sessions")),
    ("sessions", {"minutes": "1e8"}, KeptOut("minutes_out_of_range", "sessions")),
    ("sessions", {"minutes": "601"}, KeptOut("minutes_out_of_range", "sessions")),
    ("participants", {"age": "-1"}, KeptOut("age_out_of_range", "participants")),
    ("participants", {"age": "1984"}, KeptOut("age_out_of_range", "participants")),
    ("participants", {"age": "1e308"}, KeptOut("age_out_of_range", "participants")),
    ("participants", {"age": "16"}, Refused("participants.csv, column age", "people are under 18")),
    ("participants", {"age": "<18"}, Refused("participants.csv, column age", "people are under 18")),
    ("participants", {"prior_episodes": "-1"}, KeptOut("number_out_of_range", "participants")),
    ("participants", {"moud": f"{SECRET}"}, KeptOut("bad_flag", "participants")),
    ("participants", {"moud": "y"}, KeptOut("bad_flag", "participants")),
    ("participants", {"zip": f"{SECRET}"}, Warned("zip_not_recognised", "participants")),
    ("participants", {"zip": "6441"}, Warned("zip_not_recognised", "participants")),
    ("participants", {"gender": f"{SECRET}"}, KeptOut("unknown_category", "participants")),
    ("participants", {"participant_id": None}, KeptOut("missing_required", "participants")),
    ("participants", {"participant_id": " \t "}, KeptOut("missing_required", "participants")),
    ("coaches", {"fte": "1.5e300"}, KeptOut("number_out_of_range", "coaches")),
    ("episodes", {"enrolled_date": "2026-01-15"}, KeptOut("extract_before_enrolment", "episodes")),
    ("episodes", {"extract_date": None}, KeptOut("missing_required", "episodes")),
    ("episodes", {"planned_length_days": "2147483648"}, KeptOut("bad_number", "episodes")),
    ("episodes", {"participant_id": f"{SECRET}"}, KeptOut("unknown_reference", "episodes")),
    ("episodes", {"site_id": f"{SECRET}"}, KeptOut("unknown_reference", "episodes")),
    ("sessions", {"status": None}, KeptOut("missing_required", "sessions")),
    ("sessions", {"status": f"{SECRET}"}, Warned("category_not_recognised", "sessions")),
    ("sessions", {"kind": f"{SECRET}"}, KeptOut("unknown_category", "sessions")),
    ("sessions", {"coach_id": f"{SECRET}"}, Warned("unknown_link", "sessions")),
    ("sessions", {"occurred_date": "2024-12-31"}, KeptOut("session_before_enrolment", "sessions")),
    ("sessions", {"occurred_date": "2026-06-30"}, KeptOut("session_after_extract", "sessions")),
    ("assessments", {"instrument_id": f"{SECRET}"}, KeptOut("unknown_instrument", "assessments")),
    ("assessments", {"instrument_id": "phq_9", "total": "-1"}, KeptOut("total_out_of_range", "assessments")),
    ("assessments", {"instrument_id": "phq_9", "total": "1e308"}, KeptOut("total_out_of_range", "assessments")),
    ("assessments", {"date": "2024-01-01"}, KeptOut("assessment_before_enrolment", "assessments")),
    ("assessment_items", {"value": "44"}, KeptOut("item_out_of_range", "assessment_items")),
    ("assessment_items", {"value": "-1"}, KeptOut("item_out_of_range", "assessment_items")),
    ("assessment_items", {"item_no": "99"}, KeptOut("item_unknown_number", "assessment_items")),
    ("assessment_items", {"assessment_id": f"{SECRET}"}, KeptOut("unknown_reference", "assessment_items")),
    ("engagement_events", {"date": "2023-01-01"}, KeptOut("event_long_before_enrolment", "engagement_events")),
    ("engagement_events", {"type": f"{SECRET}"}, KeptOut("unknown_category", "engagement_events")),
    ("discharges", {"exit_date": "2024-01-01"}, KeptOut("exit_before_enrolment", "discharges")),
    ("discharges", {"exit_type": f"{SECRET}"}, Warned("category_not_recognised", "discharges")),
    ("coach_assignments", {"end_date": "2024-01-01"}, KeptOut("assignment_ends_before_start", "coach_assignments")),
)
LOOK_ALIKE = {
    "in full-width letters": "\uff30-\uff11",
    "in small letters": "p-1",
    "with a zero-width space": "P-\u200b1",
    "with a word joiner": "P\u2060-1",
    "with a byte order mark": "\ufeffP-1",
    "with a soft hyphen": "P-\u00ad1",
    "with a no-break hyphen": "P\u20111",
    "with a dash": "P\u20131",
    "with a minus sign": "P\u22121",
    "with blanks around": "\u00a0P-1\u3000",
}
"""The identifier P-1 as other programs may write it: the same person, so the second row is kept out."""


TOGETHER = 6
"""Cells of a kind in one file, each in a row of its own; every one of them must be counted."""


def cases() -> Iterator[Case]:
    """Yield every case."""
    for column, rule, texts in (("occurred_date", "bad_date", BAD_DATES), ("minutes", "bad_number", BAD_NUMBERS)):
        for start in range(0, len(texts), TOGETHER):
            some = texts[start : start + TOGETHER]
            name = f"{rule} {start // TOGETHER + 1}: {', '.join(map(ascii, some))}"
            secrets = tuple(text for text in some if len(text) > 8)
            yield Case(name, texts_of("sessions", column, some), KeptOut(rule, "sessions", len(some)), secrets=secrets)
    for table, changes, outcome in CELLS:
        written = ", ".join(f"{column} {text!a}" for column, text in changes.items())
        yield Case(f"{table}: {written.replace(SECRET, 'nobody knows')}", cells(table, **changes), outcome)
    again = texts_of("participants", "participant_id", list(LOOK_ALIKE.values()))
    kept_out = KeptOut("duplicate_key", "participants", len(LOOK_ALIKE))
    yield Case(f"a person again and again: {', '.join(LOOK_ALIKE)}", again, kept_out, secrets=())
    for name, spelled in LOOK_ALIKE.items():
        yield Case(f"episodes of people written {name}", _episodes_of(spelled), Equal(), secrets=())
    yield Case(
        "an episode of a person in Cyrillic letters",
        cells("episodes", participant_id="\u0420-1"),
        KeptOut("unknown_reference", "episodes"),
        secrets=("\u0420-1",),
    )
    for table in ("sites", "coaches", "participants", "episodes", "sessions", "engagement_events"):
        yield Case(
            f"the first row of {table} twice", rows_of(_doubled(table)), KeptOut("duplicate_key", table), secrets=()
        )
    yield from _whole_columns()


def _whole_columns() -> Iterator[Case]:
    """Yield columns in which nothing can be read: then the column is wrong, not a row."""
    rule = "no row can be stored; most break the rule bad_date"
    where = "episodes.csv, column enrolled_date"
    for name, date in {"American dates": "1/10/25", "serial numbers": "45672", "words": SECRET}.items():
        yield Case(f"a column of {name}", rows_of(_all("episodes", "enrolled_date", date)), Refused(where, rule))
    yield Case(
        "a file sorted column by column",
        rows_of(_all("participants", "participant_id", None)),
        Refused(
            "participants.csv, column participant_id",
            "no row can be stored; most break the rule missing_required",
            of=2,
        ),
    )
    yield Case(
        "no row for people",
        file_of("participants.csv", lambda text: text.splitlines()[0] + "\n"),
        Refused("participants.csv", "is empty"),
    )


def _episodes_of(spelled: str) -> Write:
    def change(tables: World) -> None:
        for number, row in enumerate(tables["episodes"], 1):
            row["participant_id"] = spelled.replace("1", str(number)).replace("\uff11", chr(0xFF10 + number))

    return rows_of(change)


def _doubled(table: str) -> Callable[[World], object]:
    return lambda tables: tables[table].append(dict(tables[table][0]))


def _all(table: str, column: str, text: str | None) -> Callable[[World], object]:
    def change(tables: World) -> None:
        for row in tables[table]:
            row[column] = text

    return change
