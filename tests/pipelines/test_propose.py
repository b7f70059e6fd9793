"""The proposer: what it guesses loads, what it cannot decide it lists, and no cell's value is ever part of either.

Referees: files whose layout the test knows, the canonical CSV loaded without a mapping, an attacker in every cell.
"""

from __future__ import annotations

import csv
import random
import string
import tomllib
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipelines import read, schema, warehouse
from pipelines.cli import main
from pipelines.faults import InputFault
from pipelines.guess import name_likeness, table_likeness
from pipelines.load import load
from pipelines.mapping_file import read_mapping
from pipelines.proposal import Proposal
from pipelines.proposal_text import guess_lines, mapping_text, write_mapping
from pipelines.propose import propose
from tests.pipelines.raw_world import world, write

EXTRACTED = date(2025, 6, 30)


def sheet(folder: Path, name: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    folder.mkdir(exist_ok=True)
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows(rows)


def proposal_of(source: Path) -> Proposal:
    connection = warehouse.memory_connection()
    return propose(connection, read.stage(connection, source), EXTRACTED)


def found(proposal: Proposal) -> dict[str, object]:
    """Every guess, by table and column, where a table has one rule."""
    return {f"{rule.table}.{guess.column}": guess.cell for rule in proposal.rules for guess in rule.guesses}


def loaded(proposal: Proposal, source: Path, tmp_path: Path) -> dict[str, tuple[int, int]]:
    """Rows stored and kept out of each table, through the mapping as it is written."""
    path = tmp_path / "proposed.toml"
    write_mapping(proposal, path)
    summary = load(source, tmp_path / "home", mapping=path, dry_run=True)
    return {table.name: (table.rows_stored, table.rows_quarantined) for table in summary.tables}


def american(day: date) -> str:
    return day.strftime("%m/%d/%Y")


def related_files(folder: Path, people: int = 40) -> Path:
    draw = random.Random(3)
    clients, enrolled, visits, exits, calls = [], [], [], [], []
    for n in range(people):
        person, case, start = f"C{1000 + n}", f"EN{n}", date(2024, 1, 1) + timedelta(draw.randrange(300))
        clients.append([person, "Jane Doe", "1980-01-02", draw.choice(["Female", "MALE", "Non-binary"])])
        clients[-1] += [draw.choice(["Heroin", "Alcohol", "Cocaine"]), draw.randrange(19, 70), draw.choice("YN")]
        enrolled.append([case, person, draw.choice(["N1", "S1"]), american(start), draw.choice(["Court", "Walk-in"])])
        for k in range(6):
            mark = ["Attended", "No Show", "Cancelled"][k % 3]
            visits.append([f"V{n}-{k}", case, american(start + timedelta(7 * k)), mark, "Zoom", 45, "W1"])
            calls.append([case, american(start + timedelta(7 * k + 1)), draw.choice(["Voicemail", "Spoke"])])
        if n % 2:
            exits.append([case, american(start + timedelta(100)), draw.choice(["Graduated", "Lost contact"])])
    headings = ["Client ID", "Client Name", "DOB", "Sex", "Drug of Choice", "Age at Intake", "On Probation"]
    sheet(folder, "clients", headings, clients)
    sheet(folder, "enrollments", ["Enrollment ID", "Client ID", "Site", "Admission Date", "Referral Source"], enrolled)
    headings = ["Visit ID", "Enrollment ID", "Visit Date", "Attendance", "Contact Mode", "Duration", "Staff ID"]
    sheet(folder, "visits", headings, visits)
    sheet(folder, "exits", ["Enrollment ID", "Discharge Date", "Discharge Reason"], exits)
    sheet(folder, "contact_log", ["Enrollment ID", "Contact Date", "Contact Type"], calls)
    return folder


def test_related_files_with_names_of_their_own(tmp_path: Path) -> None:
    proposal = proposal_of(related_files(tmp_path / "export"))
    guesses = found(proposal)
    gender = guesses["participants.gender"]
    assert gender == {"from": "Sex", "values": {"Female": "woman", "MALE": "man", "Non-binary": "nonbinary"}}
    assert guesses["participants.age"] == "Age at Intake"
    assert guesses["participants.justice_involved"] == {"from": "On Probation", "values": {"Y": "true", "N": "false"}}
    assert guesses["episodes.enrolled_date"] == {"from": "Admission Date", "dates": ["month/day/year"]}
    assert guesses["episodes.extract_date"] == {"constant": "2025-06-30"}
    assert guesses["discharges.exit_type"] == {
        "from": "Discharge Reason",
        "values": {"Graduated": "completed", "Lost contact": "dropped_out"},
    }
    sessions = [rule for rule in proposal.rules if rule.table == "sessions"]
    assert [rule.keys for rule in sessions] == [
        {"where": {"Attendance": ["Attended"]}},
        {"where": {"Attendance": ["No Show", "Cancelled"]}},
    ]
    assert "clients.csv: nothing was found for columns 2, 3" in proposal.undecided
    assert loaded(proposal, tmp_path / "export", tmp_path) == {
        "participants": (40, 0),
        "episodes": (40, 0),
        "sessions": (240, 0),
        "engagement_events": (240, 0),
        "discharges": (20, 0),
        "coaches": (1, 0),
        "sites": (2, 0),
    }


def roster(folder: Path) -> Path:
    draw = random.Random(5)
    headings = ["ID", "Start Date", "Gender", *(f"Wk{n}" for n in range(1, 13)), *(f"gse_{n}" for n in range(1, 11))]
    rows = []
    for n in range(30):
        start = american(date(2024, 1, 1) + timedelta(draw.randrange(300)))
        marks = [draw.choice(["Y", "N", ""]) for _ in range(12)]
        rows.append([f"P{n}", start, draw.choice("MF"), *marks, *(draw.randrange(1, 5) for _ in range(10)), "a note"])
    sheet(folder, "roster", [*headings, "Notes"], rows)
    return folder


def test_one_wide_sheet_with_weeks_and_answers(tmp_path: Path) -> None:
    source = roster(tmp_path / "export")
    proposal = proposal_of(source)
    counts = loaded(proposal, source, tmp_path)
    with (source / "roster.csv").open() as file:
        marked = sum(row[f"Wk{n}"] != "" for row in csv.DictReader(file) for n in range(1, 13))
    assert counts == {
        "participants": (30, 0),
        "episodes": (30, 0),
        "sites": (1, 0),
        "sessions": (marked, 0),
        "assessments": (30, 0),
        "assessment_items": (300, 0),
    }
    assert proposal.undecided == ("roster.csv: nothing was found for column 26",)


def test_canonical_files_are_proposed_as_they_are(tmp_path: Path) -> None:
    source = write(tmp_path / "export", world())
    counts = loaded(proposal_of(source), source, tmp_path)
    plain = load(source, tmp_path / "home", dry_run=True)
    assert counts == {table.name: (table.rows_stored, table.rows_quarantined) for table in plain.tables}


def test_what_cannot_be_decided_is_listed_and_the_mapping_still_reads(tmp_path: Path) -> None:
    sheet(tmp_path / "export", "things", ["a", "b"], [["x", "y"], ["z", "w"]])
    proposal = proposal_of(tmp_path / "export")
    assert any("no file was found for participants" in line for line in proposal.undecided)
    write_mapping(proposal, tmp_path / "proposed.toml")
    with pytest.raises(InputFault, match="no row can be stored"):
        load(tmp_path / "export", tmp_path / "home", mapping=tmp_path / "proposed.toml", dry_run=True)


def test_month_and_day_that_cannot_be_told_apart_are_named(tmp_path: Path) -> None:
    rows = [[f"P{n}", f"0{n}/0{n}/2024"] for n in range(1, 8)]
    sheet(tmp_path / "export", "enrollments", ["Client ID", "Admission Date"], rows)
    lines = guess_lines(proposal_of(tmp_path / "export"))
    assert any("month and day cannot be told apart" in line for line in lines)


def test_a_link_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    folder = related_files(tmp_path / "export")
    text = (folder / "exits.csv").read_text().replace("EN", "ZZ")
    (folder / "exits.csv").write_text(text)
    assert "discharges.episode_id: most of its cells are not found in episodes" in proposal_of(folder).undecided


NASTY = [
    'Client "ID"',
    "Client\tID",
    "Client ID]",
    "client = id",
    "[Client ID]",
    "Client # ID",
    "ĆLIENT ID",
    "'Client ID'",
]


@pytest.mark.parametrize("heading", NASTY)
def test_headings_of_any_letters_give_a_mapping_that_reads(tmp_path: Path, heading: str) -> None:
    sheet(tmp_path / "export", "enrollments", [heading, "Admission Date"], [["P1", "2024-01-02"], ["P2", "2024-01-03"]])
    write_mapping(proposal_of(tmp_path / "export"), tmp_path / "proposed.toml")
    assert read_mapping(tmp_path / "proposed.toml").tables


def test_what_must_not_be_loaded_is_like_nothing() -> None:
    for heading in ("First Name", "client_name", "DOB", "Phone", "E-mail", "Notes", "SSN", "BirthDate"):
        for table in schema.loaded_tables():
            for column in table.incoming:
                assert name_likeness(str(column.incoming), column.label, heading) == 0.0


def test_likeness_of_names_by_hand() -> None:
    assert name_likeness("enrolled_date", "Enrolment", "AdmissionDate") == 1.0
    assert name_likeness("participant_id", "Participant code", "ID client") == 0.95
    assert name_likeness("minutes", "Length", "favourite colour") < 0.3
    assert table_likeness("discharges", "exit_forms") == 1.0


def test_synonyms_name_columns_and_values_of_ours() -> None:
    path = Path(str(schema.__file__)).parents[1] / "synonyms.toml"
    words = tomllib.loads(path.read_text(encoding="utf-8"))
    incoming = {str(column.incoming): column for table in schema.loaded_tables() for column in table.incoming}
    assert set(words["columns"]) <= set(incoming)
    assert set(words["tables"]) == {table.name for table in schema.loaded_tables()}
    allowed = {name: set(column.allowed) for name, column in incoming.items()}
    allowed["status"] = set(schema.SESSION_STATUSES)
    allowed |= {"assessment_status": set(schema.ASSESSMENT_STATUSES), "flag": {"true", "false"}}
    for name, values in words["values"].items():
        assert set(values) <= allowed[name], name


def test_the_command_writes_a_new_file_and_never_over_one(tmp_path: Path) -> None:
    source, target = related_files(tmp_path / "export"), tmp_path / "ours.toml"
    arguments = ["map", str(source), "--to", str(target), "--extracted-on", "2025-06-30"]
    first = CliRunner().invoke(main, arguments)
    assert first.exit_code == 0, first.output
    assert "participants.gender" in first.output
    assert read_mapping(target).mapping_id == "proposed"
    before = target.read_bytes()
    second = CliRunner().invoke(main, arguments)
    assert second.exit_code == 2
    assert target.read_bytes() == before


HEADINGS = [
    "Client ID",
    "Admission Date",
    "Sex",
    "Status",
    "Visit Date",
    "Age",
    "zip",
    "Reason",
    "Discharge Date",
    "Contact Type",
    "Wk1",
    "Wk2",
    "Wk3",
    "Wk4",
    "gse_1",
    "whatever",
    "instrument",
    "Notes",
]
secrets = st.text(string.ascii_letters, min_size=6, max_size=10).map(lambda text: f"Zq{text}jk")
cells = st.one_of(
    secrets,
    st.just(""),
    st.sampled_from(["Female", "Y", "no show", "gse_10", "attended", "1", "06441"]),
    secrets.map(lambda text: f"{text}@example.org"),
    secrets.map(lambda text: f'"{text}" = 1\n[tables]'),
    st.dates(date(1950, 1, 1), date(2090, 1, 1)).map(lambda day: day.isoformat()),
    st.dates(date(1950, 1, 1), date(2090, 1, 1)).map(american),
    st.integers(10_000, 99_999).map(str),
)
NEVER = ("Zq", "@example", "[tables]\n[")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(cells, min_size=len(HEADINGS), max_size=len(HEADINGS)), min_size=1, max_size=8))
@example(rows=[["10000", *["99999" for _ in HEADINGS[1:]]]])
def test_no_value_of_a_cell_is_part_of_a_proposal(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("export")
    rows = [["Zqfirst", *row[1:]] for row in rows]  # a sheet without any cell is refused
    sheet(folder, "clients", HEADINGS, rows)
    proposal = proposal_of(folder)
    said = mapping_text(proposal) + "\n".join(guess_lines(proposal)) + repr(proposal)
    assert not [mark for mark in NEVER if mark in said]
    dated = {cell for row in rows for cell in row if len(cell) == 10 and cell[4:5] + cell[2:3] in ("-", "/")}
    long = {cell for row in rows for cell in row if len(cell) == 5 and cell.isdigit()}
    assert not [cell for cell in dated | long if cell in said and cell != EXTRACTED.isoformat()]
    tomllib.loads(mapping_text(proposal))
