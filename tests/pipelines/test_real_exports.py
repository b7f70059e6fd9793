"""Exports as real systems and people write them, made by hand: what was meant is stored, nothing is lost unsaid.

The referee is a table worked out by hand beside each export.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines import map as mapping_step
from pipelines import read, redcap_dictionary, warehouse
from pipelines.faults import InputFault
from pipelines.load import load
from pipelines.proposal import Proposal
from pipelines.propose import propose

HEAD = '[mapping]\nid = "ours"\nlabel = "Ours"\n'


def folder_of(tmp_path: Path, **files: str) -> Path:
    folder = tmp_path / "export"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


def mapped(folder: Path, tmp_path: Path, text: str) -> duckdb.DuckDBPyConnection:
    (tmp_path / "ours.toml").write_text(HEAD + text)
    connection = warehouse.memory_connection()
    files = redcap_dictionary.withhold(connection, read.stage(connection, folder))
    mapping_step.apply(connection, tmp_path / "ours.toml", files)
    return connection


def proposed(folder: Path) -> Proposal:
    connection = warehouse.memory_connection()
    files = redcap_dictionary.withhold(connection, read.stage(connection, folder))
    return propose(connection, files, date(2025, 6, 30))


def cells_of(proposal: Proposal, table: str) -> dict[str, object]:
    (rule,) = [rule for rule in proposal.rules if rule.table == table]
    return {guess.column: guess.cell for guess in rule.guesses}


def faults_of(folder: Path) -> list[str]:
    connection = warehouse.memory_connection()
    with pytest.raises(InputFault) as raised:
        redcap_dictionary.withhold(connection, read.stage(connection, folder))
    return [str(fault) for fault in raised.value.faults]


# What of a folder is not read.


def test_files_of_other_endings_and_folders_are_told_and_what_holds_no_records_is_not(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, sessions="session_id\nS-1\n")
    for name in ("contacts.txt", "exits.tsv.gz", "README.md", "ours.toml", "help.txt", ".hidden", "~$sessions.xlsx"):
        (folder / name).write_text("x")
    (folder / "2024").mkdir()
    (folder / "2024" / "sessions.csv").write_text("session_id\nS-0\n")
    (folder / "pictures").mkdir()
    files, folders = read.passed_over(folder)
    assert files.startswith("contacts.txt, exits.tsv.gz: not read, because only files ending in .csv, ")
    assert folders == "2024: not read, because folders within the folder are not looked into."
    assert [path.name for path in read.find(folder)] == ["sessions.csv"]
    assert read.passed_over(folder / "sessions.csv") == []


# Codes for missing answers.


def test_codes_for_missing_answers_count_in_tables_without_columns_too(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, participants="participant_id,age,prior_episodes\nP-1,N/A,2\nP-2,30,-9\n")
    text = '[settings]\nmissing = ["N/A", "-9"]\n[tables.participants]\nfrom = "participants"\n'
    rows = mapped(folder, tmp_path, text).sql("select participant_id, age, prior_episodes from raw_participants")
    assert rows.fetchall() == [("P-1", None, "2"), ("P-2", "30", None)]


def test_a_code_for_a_missing_date_is_no_exit_and_for_a_missing_number_no_session(tmp_path: Path) -> None:
    visits = "who,left,why,visit\nA,2025-03-01,1,2\nB,NI,NI,NI\nC,NI,1,-9\n-9,2025-03-02,1,2\n"
    text = """
        [settings]
        missing = ["NI", "-9"]
        [tables.discharges]
        from = "visits"
        filled = ["left", "why"]
        [tables.discharges.columns]
        episode_id = { join = ["who"] }
        exit_date = "left"
        exit_type = { constant = "completed" }
        source_code = { join = ["who", "visit"], whole = true }
    """
    rows = mapped(folder_of(tmp_path, visits=visits), tmp_path, text).sql(
        "select row_no, episode_id, exit_date, source_code from raw_discharges order by row_no"
    )
    assert rows.fetchall() == [(2, "A", "2025-03-01", "A-2"), (4, "C", None, None), (5, "-9", "2025-03-02", None)]


# Dates as GPRA, TEDS and WITS files carry them.

GPRA = (
    "GrantNo,ClientID,InterviewTypeCode,InterviewDate,IntakeSeqNum,Gender,HispanicLatino,RaceBlack,RaceAsian,"
    "RaceNativeHawaiian,RaceAlaskaNative,RaceWhite,RaceAmericanIndian,DateOfBirth,LivingWhere,LivingHoused,"
    "EmployStatus,LifeQuality,HealthSatisfaction,EnoughEnergyForEverydayLife,PerformDailyActivitiesSatisfaction,"
    "SelfSatisfaction,RelationshipSatisfaction,FLWPStatus,DischargeDate,DischargeStatusCompl,"
    "DischargeStatusTermReason"
)
QUALITY = GPRA.split(",")[17:23]
ABOUT = {"GrantNo": "G", "IntakeSeqNum": "1", "Gender": "1", "RaceWhite": "1", "LivingWhere": "4", "LivingHoused": "1"}


def gpra(*rows: dict[str, str]) -> str:
    """Return a download; each row says only what differs from a person's usual one."""
    lines = [",".join({**ABOUT, **row}.get(name, "") for name in GPRA.split(",")) for row in rows]
    return "\n".join([GPRA, *lines]) + "\n"


def interview(who: str, kind: str, day: str, born: str, answers: str = "") -> dict[str, str]:
    held = {"ClientID": who, "InterviewTypeCode": kind, "InterviewDate": day, "DateOfBirth": born}
    return held | dict(zip(QUALITY, answers.split(), strict=bool(answers)))


WRITTEN = {
    "plain": ("01/05/2024", "07/03/2024", "08/01/2024", "05/1980"),
    "with a time": ("1/5/2024 12:00:00 AM", "7/3/2024 0:00", "8/1/2024 12:00:00 AM", "5/1980"),
    "as a database writes them": ("2024-01-05", "2024-07-03T00:00:00", "2024-08-01 00:00:00", "1980-05"),
    "with the day of birth": ("1/5/2024", "7/3/2024", "8/1/2024", "5/17/1980"),
}


@pytest.mark.parametrize("written", WRITTEN, ids=str)
def test_interviews_have_their_day_and_people_their_age_however_dates_are_written(tmp_path: Path, written: str) -> None:
    intake, follow_up, discharge, born = WRITTEN[written]
    export = gpra(
        interview("C1", "1", intake, born, "3 3 3 3 3 3"),
        interview("C1", "2", follow_up, born, "4 4 4 4 4 -7"),
        interview("C1", "5", "-1", born) | {"DischargeDate": discharge, "DischargeStatusCompl": "1"},
        interview("C2", "1", intake, born, "3 3 3 3 3 3"),
        interview("C2", "2", "", born) | {"FLWPStatus": "31"},
    )
    folder = folder_of(tmp_path, gpra=export)
    text = 'extends = "gpra_classic"\n[settings]\nextract_date = "2024-12-31"\n'
    connection = mapped(folder, tmp_path, text)
    ages = connection.sql("select participant_id, age from raw_participants order by all").fetchall()
    assert ages == [("G-C1", "43"), ("G-C2", "43")]
    forms = connection.sql("select assessment_id, date, status from raw_assessments order by all").fetchall()
    assert forms == [
        ("G-C1-1-1", "2024-01-05", "complete"),
        ("G-C1-1-2", "2024-07-03", "partial"),
        ("G-C1-1-5", "2024-08-01", "due_missed"),
        ("G-C2-1-1", "2024-01-05", "complete"),
        ("G-C2-1-2", "2024-07-03", "not_located"),
    ]


def test_a_day_of_an_interview_that_cannot_be_read_is_left_for_the_checks(tmp_path: Path) -> None:
    export = gpra(interview("C1", "1", "1/5/24", "5/1980", "3 3 3 3 3 3"))
    text = 'extends = "gpra_classic"\n[settings]\nextract_date = "2024-12-31"\n'
    connection = mapped(folder_of(tmp_path, gpra=export), tmp_path, text)
    forms = connection.sql("select date, status from raw_assessments").fetchall()
    assert forms == [("1/5/24", "complete")]  # not "not held", and no year 24


@pytest.mark.parametrize("first", ["1/9/2024 0:00", "01/09/2024", "2024-01-09"])
def test_admissions_are_numbered_by_their_day_however_it_is_written(tmp_path: Path, first: str) -> None:
    admission = (
        "ProviderID,ClientID,AdmissionDate,Age,GENDER,RACE,ETHNIC,SUB1,LIVARAG,EMPLOY,DETNLF,METHUSE,NOPRIOR,PSOURCE\n"
        "S1,C1,10/2/2024 0:00,40,1,5,4,2,3,1,-9,2,1,1\n"
        f"S1,C1,{first},40,1,5,4,2,3,1,-9,2,0,1\n"
    )
    discharge = "ProviderID,ClientID,AdmissionDate,DischargeDate,REASON,LastContactDate\nS1,C1,x,1/1/2024,1,-9\n"
    text = 'extends = "teds_like"\n[settings]\nextract_date = "2024-12-31"\n'
    connection = mapped(folder_of(tmp_path, admission=admission, discharge=discharge), tmp_path, text)
    rows = connection.sql("select enrolled_date, episode_no from raw_episodes order by episode_no").fetchall()
    assert rows == [("2024-01-09", "1"), ("2024-10-02", "2")]
    contacts = connection.sql("select event_id from raw_engagement_events where event_id like 'last/%'").fetchall()
    assert contacts == []  # -9 is no date of a last contact


# Mappings that are proposed.

PEOPLE = """\
Client ID,Age,Enrollment Date,Location,Exit date,Exit reason
001,31,2025-01-03,North,2025-03-14,Completed
002,32,01/25/2025,North,,
003,33,2025-01-07,South,2025-03-18,Completed
004,34,01/29/2025,South,,Completed
005,35,2025-01-11,South,,
"""


def test_who_has_not_left_is_no_broken_exit_and_dates_typed_as_text_are_read(tmp_path: Path) -> None:
    proposal = proposed(folder_of(tmp_path, clients=PEOPLE))
    dates = {"from": "Enrollment Date", "dates": ["month/day/year"]}
    assert cells_of(proposal, "episodes")["enrolled_date"] == dates
    (exits,) = [rule for rule in proposal.rules if rule.table == "discharges"]
    assert exits.keys["filled"] == ["Exit date", "Exit reason"]  # 004, who has a reason alone, is told


def test_month_and_day_are_never_read_both_ways_in_one_column(tmp_path: Path) -> None:
    proposal = proposed(folder_of(tmp_path, clients=PEOPLE.replace("2025-01-11", "31/01/2025")))
    dates = {"from": "Enrollment Date", "dates": ["month/day/year"]}
    assert cells_of(proposal, "episodes")["enrolled_date"] == dates


DICTIONARY = (
    "Variable / Field Name,Form Name,Section Header,Field Type,Field Label,"
    '"Choices, Calculations, OR Slider Labels",Field Note,Text Validation Type OR Show Slider Number,'
    "Text Validation Min,Text Validation Max,Identifier?,Branching Logic (Show field only if...),Required Field?,"
    "Custom Alignment,Question Number (surveys only),Matrix Group Name,Matrix Ranking?,Field Annotation\n"
    "record_id,intake,,text,,,,,,,,,,,,,,\nfirst_name,intake,,text,,,,,,,y,,,,,,,\n"
    "enrolled,intake,,text,,,,date_ymd,,,,,,,,,,\nheld,session,,text,,,,date_ymd,,,,,,,,,,\n"
    'session_mode,session,,radio,,"1, Here | 2, Phone",,,,,,,,,,,,\n'
    "session_status,session,,text,,,,,,,,,,,,,,\ngse_date,gse_10,,text,,,,date_ymd,,,,,,,,,,\n"
    + "".join(f'gse_{n},gse_10,,radio,,"1, a | 2, b | 3, c | 4, d",,,,,,,,,,gse,,\n' for n in range(1, 11))
)
REDCAP = (
    "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,redcap_data_access_group,first_name,"
    "enrolled,intake_complete,held,session_mode,session_status,session_complete,gse_date,"
    + ",".join(f"gse_{n}" for n in range(1, 11))
    + ",gse_10_complete\n"
    + "".join(
        f"{who},intake_arm_1,,,north,Zanzibar,2025-01-0{who},2,,,,,2025-01-0{who},"
        + ",".join("-999" if (who, n) == (2, 4) else "3" for n in range(1, 11))
        + f",2\n{who},program_arm_1,session,1,north,,,,2025-02-0{who},1,attended,2"
        + "," * 12
        + "\n"
        for who in range(1, 10)
    )
)


def test_a_proposal_for_redcap_takes_no_status_of_a_form_for_a_score_and_no_code_for_a_key(tmp_path: Path) -> None:
    proposal = proposed(folder_of(tmp_path, Rco_DATA=REDCAP, Rco_DataDictionary=DICTIONARY))
    sessions = cells_of(proposal, "sessions")
    assert sessions["session_id"] == {"join": ["record_id", "held"]}  # not session_mode, one of two codes
    assert sessions["occurred_date"] == "held"
    assert "scheduled_date" not in sessions or sessions["scheduled_date"] == "held"  # not the day of a questionnaire
    assert cells_of(proposal, "episodes")["site_id"] == "redcap_data_access_group"
    scores = cells_of(proposal, "assessments")  # one rule alone: nothing of gse_10_complete
    assert "total" not in scores
    (rule,) = [rule for rule in proposal.rules if rule.table == "assessments"]
    assert rule.items["columns"] == [f"gse_{n}" for n in range(1, 11)]
    assert "1 of them not from 1 to 4" in rule.evidence  # a code for a missing answer, which no dictionary has


def test_whole_numbers_are_no_means_of_items_and_others_are(tmp_path: Path) -> None:
    rows = "".join(f"P-{n},2025-01-0{n},{n % 3 + 1},{1 + n / 10}\n" for n in range(1, 9))
    people = "Client ID,Enrollment Date,GSE stage,GSE mean\n" + rows
    proposal = proposed(folder_of(tmp_path, clients=people))
    assert cells_of(proposal, "assessments")["total"] == {"from": "GSE mean", "times": 10.0}


# What REDCap gives where something else was meant.


def test_a_dictionary_that_lacks_a_heading_is_refused_because_it_hides_what_is_an_identifier(tmp_path: Path) -> None:
    spoiled = DICTIONARY.replace("Identifier?", "Identifier", 1)
    (fault,) = faults_of(folder_of(tmp_path, redcap=REDCAP, dictionary=spoiled))
    assert fault.startswith("dictionary.csv: looks like a REDCap data dictionary and has no column “Identifier?”")
    assert "Zanzibar" not in fault


def test_an_export_of_labels_is_told_by_its_events_or_its_headings(tmp_path: Path) -> None:
    labels = REDCAP.replace("intake_arm_1", "Intake (Arm 1: Main)")
    (fault,) = faults_of(folder_of(tmp_path, redcap=labels))
    assert "redcap.csv, column redcap_event_name: holds the labels of events" in fault
    assert "(9 rows). Export the raw data from REDCap" in fault
    headings = "Record ID,Event Name,Age,Complete?,Score,Complete?\n1,Intake,30,Complete,4,Complete\n"
    (fault,) = faults_of(folder_of(tmp_path, redcap=headings))
    assert "columns 4 and 6 have the same heading. If it comes from REDCap, it is an export of labels" in fault


# What a load says.

EPISODES = "episode_id,participant_id,site_id,enrolled_date,extract_date\n"
SESSIONS = "session_id,episode_id,scheduled_date,occurred_date,status,mode\n"


def canonical(tmp_path: Path, *, episodes: str, sessions: str) -> Path:
    people = "participant_id\n" + "".join(f"P-{n}\n" for n in range(1, 13))
    sites = "site_id,site_code\nS1,One\n"
    return folder_of(tmp_path, sites=sites, participants=people, episodes=episodes, sessions=sessions)


def test_rows_kept_out_are_told_with_file_column_and_row(tmp_path: Path) -> None:
    episodes = EPISODES + "".join(
        f"E-{n},P-{n},S1,{'01/05/2025' if n == 2 else '2025-01-05'},2025-06-30\n" for n in range(1, 13)
    )
    sessions = SESSIONS + "".join(
        f"V-{n},E-{n},2025-01-09,{'' if n == 3 else '2025-01-09'},attended,{'Telefon' if n == 4 else 'phone'}\n"
        for n in range(1, 13)
    )
    summary = load(canonical(tmp_path, episodes=episodes, sessions=sessions), tmp_path / "home", dry_run=True)
    said = "\n".join(summary.sentences())
    assert "(bad_date)\n    episodes.csv: column enrolled_date; row 3\n" in said
    # The session of the episode without a day has a date of its own: it goes with the episode, for no other reason.
    assert "(attended_without_date)\n    sessions.csv: column occurred_date; row 4\n" in said
    assert "(parent_in_quarantine)\n    sessions.csv: column episode_id; row 3\n" in said
    assert "(category_not_recognised)\n    sessions.csv: column mode; row 5\n" in said
    assert "Telefon" not in said


def test_a_column_that_was_not_found_is_named_where_no_row_can_be_stored(tmp_path: Path) -> None:
    episodes = EPISODES + "".join(f"E-{n},P-{n},S1,2025-01-05,2025-06-30\n" for n in range(1, 13))
    sessions = "session_id,episode_id,Occurred Date,status\n"
    sessions += "".join(f"V-{n},E-{n},2025-01-09,attended\n" for n in range(1, 13))
    with pytest.raises(InputFault) as raised:
        load(canonical(tmp_path, episodes=episodes, sessions=sessions), tmp_path / "home", dry_run=True)
    assert "call a column of the file occurred_date" in str(raised.value)


def test_a_form_that_is_not_in_the_export_is_one_message(tmp_path: Path) -> None:
    names = ", ".join(f'"q{n}"' for n in range(1, 11))
    text = f"""
        [[tables.assessments]]
        from = "visits"
        [tables.assessments.columns]
        assessment_id = "who"
        episode_id = "who"
        instrument_id = {{ constant = "gse_10" }}
        rater = {{ constant = "participant" }}
        date = "day"
        status = {{ constant = "complete" }}
        [tables.assessments.items]
        columns = [{names}]
    """
    with pytest.raises(InputFault) as raised:
        mapped(folder_of(tmp_path, visits="who,day\nA,2025-01-01\n"), tmp_path, text)
    (fault,) = raised.value.faults
    assert fault.rule == "has no column q1, q2, q3, q4, q5 and 5 more, which assessments needs"
    assert "leave that rule for assessments out of the mapping" in fault.remedy
