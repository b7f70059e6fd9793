"""State treatment episodes: a TEDS-like pair of flat files, and the four files of a WITS-like system.

TEDS-like files cannot hold: sessions, coaches, contacts beside the last, questionnaires, ZIP area, program, planned
length, involvement with justice, unstable housing, family or peers as the source of a referral, more than five
earlier episodes, and the reasons moved, hospitalised and violation of rules.
WITS-like files cannot hold: assignments of coaches, contacts beside encounters, questionnaires, planned length.
"""

from __future__ import annotations

import copy
import csv
from datetime import date, timedelta
from pathlib import Path

from tests.pipelines.exporters.sample_people import EXTRACT, Row, Tables, american, drawn, only, renamed, write_file

SECRET = "Zanzibar Quistgaard"
NOTE = "Talked with Quistgaard about the sister"
TEDS_RACE = {
    "indigenous": ("1", "2"),
    "asian": ("3", "6"),
    "black": ("4",),
    "white": ("5",),
    "another": ("7", "9"),
    "multiracial": ("8",),
    "hispanic": ("5", "7"),
}
TEDS_EMPLOYMENT = {
    "full_time": ("1", "-9"),
    "part_time": ("2", "-9"),
    "unemployed": ("3", "-9"),
    "student": ("4", "2"),
    "other": ("4", "5"),
}
TEDS_SUBSTANCE = {
    "none": ("1",),
    "alcohol": ("2",),
    "stimulant": ("3", "10", "11", "12"),
    "cannabis": ("4",),
    "opioid": ("5", "6", "7"),
    "other": ("8", "9", "13", "17", "19"),
}
OLDER_NUMBERS = {
    "RACE": {"6": "13", "7": "20", "8": "21", "9": "23"},
    "ETHNIC": {"4": "5", "5": "6"},
    "SUB1": {"19": "20"},
    "DETNLF": {"5": "6"},
}
"""Codes of the code book TEDS-D 2006 to 2014 for those of the books since 2015; the others are the same."""
TEDS_REFERRAL = {
    "self": ("1",),
    "treatment": ("2",),
    "hospital": ("3",),
    "other": ("4", "5"),
    "community": ("6",),
    "court": ("7",),
}
TEDS_REASON = {
    "completed": "1",
    "dropped_out": "2",
    "administrative": "3",
    "transferred": "4",
    "incarcerated": "5",
    "died": "6",
    "other": "7",
}
TEDS_PLANNED = {"1": "true", "2": "false", "3": "false", "4": "true"}
REASONS_NOT_THERE = {"moved": "other", "hospitalised": "other", "rule_violation": "administrative"}
WITS_GENDER = {
    "man": "Male",
    "woman": "Female",
    "nonbinary": "Non-binary",
    "other": "Other",
    "undisclosed": "Prefer not to say",
}
WITS_RACE = {
    "asian": "Asian",
    "black": "Black or African American",
    "indigenous": "American Indian",
    "white": "White",
    "another": "Other Single Race",
    "multiracial": "Two or More Races",
}
WITS_REFERRAL = {
    "self": "Individual",
    "family": "Family or Friend",
    "treatment": "Alcohol/Drug Treatment Provider",
    "hospital": "Other Health Care Provider",
    "court": "Court/Criminal Justice",
    "community": "Other Community Referral",
    "peer": "Peer Support",
    "other": "Employer/EAP",
}
WITS_SUBSTANCE = {
    "alcohol": "Alcohol",
    "opioid": "Heroin",
    "stimulant": "Methamphetamine",
    "cannabis": "Marijuana/Hashish",
    "other": "Other",
    "none": "None",
}
WITS_HOUSING = {
    "stable": "Independent Living",
    "unstable": "Temporarily with Others",
    "homeless": "Homeless",
    "controlled": "Dependent Living",
}
WITS_EMPLOYMENT = {
    "full_time": "Full Time",
    "part_time": "Part Time",
    "student": "Student",
    "unemployed": "Unemployed",
    "retired": "Retired",
    "unable": "Disabled",
    "other": "Other",
}
WITS_SERVICE = {
    "coaching": "Recovery Coaching",
    "group": "Group",
    "intake": "Intake",
    "recovery_plan": "Recovery Plan",
    "other": "Other",
}
WITS_METHOD = {
    "in_person": "Face to Face",
    "phone": "Telephone",
    "video": "Video",
    "text": "Text",
    "group": "Group",
    "community": "Community",
}
WITS_ATTENDANCE = {
    "attended": "Attended",
    "no_show": "No Show",
    "cancelled_client": "Cancelled by Client",
    "late_cancel": "Late Cancellation",
    "cancelled_staff": "Cancelled by Staff",
    "rescheduled": "Rescheduled",
    "unknown": "Unknown",
}
ADMISSION = (
    "ProviderID ClientID AdmissionDate Age GENDER RACE ETHNIC EMPLOY DETNLF LIVARAG PSOURCE NOPRIOR SUB1 METHUSE"
)
DISCHARGE = "ProviderID ClientID AdmissionDate DischargeDate LastContactDate REASON"


def as_held_by_teds(people: Tables) -> Tables:
    """Return the people as two flat files of admissions and discharges hold them."""
    tables = copy.deepcopy(people)
    _numbered(tables, "PRV", of_provider=True)
    started = {
        row["episode_id"]: f"{row['participant_id']}-{american(row['enrolled_date'])}" for row in tables["episodes"]
    }
    renamed(tables, "episode", started)
    for row in tables["participants"]:
        row["gender"] = row["gender"] if row["gender"] in ("man", "woman") else ""
        row["housing"] = "stable" if row["housing"] == "unstable" else row["housing"]
        row["employment"] = "other" if row["employment"] in ("retired", "unable") else row["employment"]
        row["prior_episodes"] = str(min(int(row["prior_episodes"]), 5))
    for row in tables["episodes"]:
        row["referral_source"] = {"family": "self", "peer": "community"}.get(
            row["referral_source"], row["referral_source"]
        )
    for row in tables["discharges"]:
        row["exit_type"] = REASONS_NOT_THERE.get(row["exit_type"], row["exit_type"])
        row["source_code"] = TEDS_REASON.get(row["exit_type"], "-9")
        row["planned"] = TEDS_PLANNED.get(row["source_code"], "")
    left = {row["episode_id"]: row["exit_date"] for row in tables["discharges"]}
    tables["engagement_events"] = [_last_contact(row, left) for row in tables["episodes"]]
    return only(
        tables,
        sites="site_id site_code",
        participants="participant_id age gender race_eth primary_substance housing employment moud prior_episodes",
        episodes="episode_id participant_id site_id episode_no referral_source enrolled_date extract_date",
        discharges="episode_id exit_date exit_type planned source_code derived_by",
        engagement_events="event_id episode_id date type",
    )


def write_teds(held: Tables, folder: Path) -> Path:
    """Write `admission.csv` and `discharge.csv`, the later admissions of a person before the earlier ones."""
    folder.mkdir(parents=True, exist_ok=True)
    people = {row["participant_id"]: row for row in held["participants"]}
    seen = {row["episode_id"]: row["date"] for row in held["engagement_events"]}
    admissions = [_admission(people[row["participant_id"]], row) for row in reversed(held["episodes"])]
    write_file(folder / "admission.csv", ADMISSION.split(), admissions)
    discharges = [
        _parts(row["episode_id"])
        | {"DischargeDate": american(row["exit_date"]), "LastContactDate": american(seen[row["episode_id"]])}
        | {"REASON": row["source_code"]}
        for row in held["discharges"]
    ]
    write_file(folder / "discharge.csv", DISCHARGE.split(), discharges)
    return folder


def write_teds_in_older_numbers(held: Tables, folder: Path) -> Path:
    """Write the two files in the numbers of the code book of 2006 to 2014, in two digits as states send them."""
    write_teds(held, folder)
    with (folder / "admission.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        other_hispanic = row["ETHNIC"] == "3" and drawn(row["ClientID"], below=2)
        for name in ADMISSION.split()[4:]:
            row[name] = OLDER_NUMBERS.get(name, {}).get(row[name], row[name])
            row[name] = row[name].zfill(2) if row[name].isdigit() else row[name]
        row["ETHNIC"] = "04" if other_hispanic else row["ETHNIC"]
    write_file(folder / "admission.csv", ADMISSION.split(), rows)
    return folder


def as_held_by_wits(people: Tables) -> Tables:
    """Return the people as clients, admissions, encounters and discharges hold them."""
    tables = copy.deepcopy(people)
    _numbered(tables, "FAC", of_provider=False)
    renamed(tables, "episode", {row["episode_id"]: f"IN{row['episode_id'][2:]}" for row in tables["episodes"]})
    for row in tables["sessions"]:
        row["scheduled_date"] = row["occurred_date"] or row["scheduled_date"]
        row["minutes"] = row["minutes"] if row["status"] == "attended" else ""
    for row in tables["discharges"]:
        row["exit_type"] = REASONS_NOT_THERE.get(row["exit_type"], row["exit_type"])
        row["source_code"] = TEDS_REASON.get(row["exit_type"], "97")
        row["planned"] = TEDS_PLANNED.get(row["source_code"], "")
    return only(
        tables,
        sites="site_id site_code",
        participants="participant_id age gender race_eth zip primary_substance housing employment justice_involved "
        "moud prior_episodes",
        episodes="episode_id participant_id site_id episode_no referral_source program enrolled_date extract_date",
        sessions="session_id episode_id coach_id scheduled_date occurred_date status mode minutes kind",
        discharges="episode_id exit_date exit_type planned source_code derived_by",
    )


def write_wits(held: Tables, folder: Path) -> Path:
    """Write `client.csv`, `admission.csv`, `encounter.csv` and `discharge.csv`, in words."""
    folder.mkdir(parents=True, exist_ok=True)
    people = {row["participant_id"]: row for row in held["participants"]}
    first = {row["participant_id"]: row["enrolled_date"] for row in held["episodes"] if row["episode_no"] == "1"}
    clients = [_client(row, first[row["participant_id"]]) for row in held["participants"]]
    admissions = [_wits_admission(people[row["participant_id"]], row) for row in reversed(held["episodes"])]
    encounters = [_encounter(row) for row in held["sessions"]]
    discharges = [
        {"IntakeCaseNumber": row["episode_id"], "DischargeDate": american(row["exit_date"])}
        | {"DischargeReason": row["source_code"], "DischargeNote": NOTE}
        for row in held["discharges"]
    ]
    files = {"client": clients, "admission": admissions, "encounter": encounters, "discharge": discharges}
    for name, rows in files.items():
        write_file(folder / f"{name}.csv", list(rows[0]), rows)
    return folder


def _numbered(tables: Tables, site: str, *, of_provider: bool) -> None:
    """Make the identifiers of the state's files; where a client is one of a provider, all episodes are at the first."""
    renamed(tables, "site", {row["site_id"]: f"{site}{place}" for place, row in enumerate(tables["sites"], 1)})
    for row in tables["sites"]:
        row["site_code"] = row["site_id"]
    clients = {row["participant_id"]: f"C{place}" for place, row in enumerate(tables["participants"], 5001)}
    if of_provider:
        first: dict[str, str] = {}
        for row in tables["episodes"]:
            row["site_id"] = first.setdefault(row["participant_id"], row["site_id"])
        clients = {person: f"{first[person]}-{client}" for person, client in clients.items()}
    renamed(tables, "participant", clients)


def _last_contact(episode: Row, left: dict[str, str]) -> Row:
    """Return the last contact: up to nine days before a discharge, on the day of the export for who is still in."""
    key = episode["episode_id"]
    if key not in left:
        return {"event_id": f"open/{key}", "episode_id": key, "date": EXTRACT, "type": "other"}
    day = (date.fromisoformat(left[key]) - timedelta(drawn(key, below=10))).isoformat()
    return {"event_id": f"last/{key}", "episode_id": key, "date": max(day, episode["enrolled_date"]), "type": "other"}


def _parts(episode: str) -> Row:
    return dict(zip(("ProviderID", "ClientID", "AdmissionDate"), episode.split("-"), strict=True))


def _one(codes: tuple[str, ...], *of: str) -> str:
    """Return one of the codes that mean the same; which one depends on the texts `of` alone."""
    return codes[drawn(*of, below=len(codes))]


def _admission(person: Row, episode: Row) -> Row:
    who = person["participant_id"]
    employ, detail = TEDS_EMPLOYMENT.get(person["employment"], ("-9", "-9"))
    race = person["race_eth"]
    return _parts(episode["episode_id"]) | {
        "Age": person["age"] or "-9",
        "GENDER": {"man": "1", "woman": "2"}.get(person["gender"], "-9"),
        "RACE": _one(TEDS_RACE.get(race, ("-9",)), who),
        "ETHNIC": _one(("1", "2", "3", "5"), who) if race == "hispanic" else _one(("4", "-9"), who),
        "EMPLOY": employ,
        "DETNLF": detail,
        "LIVARAG": {"homeless": "1", "controlled": "2", "stable": "3"}.get(person["housing"], "-9"),
        "PSOURCE": _one(TEDS_REFERRAL.get(episode["referral_source"], ("-9",)), who),
        "NOPRIOR": person["prior_episodes"],
        "SUB1": _one(TEDS_SUBSTANCE.get(person["primary_substance"], ("-9",)), who),
        "METHUSE": "1" if person["moud"] == "true" else "2",
    }


def _client(person: Row, admitted: str) -> Row:
    race = person["race_eth"]
    return {
        "UniqueClientNumber": person["participant_id"],
        "FirstName": SECRET.split()[0],
        "LastName": SECRET.split()[1],
        "DateOfBirth": american(_born(person, admitted)),
        "Gender": WITS_GENDER[person["gender"]],
        "Race": WITS_RACE.get(race, "Unknown") if race != "hispanic" else "White",
        "Ethnicity": "Puerto Rican" if race == "hispanic" else "Not of Hispanic Origin",
        "ZipCode": person["zip"],
        "PhoneNumber": "(207) 555-0143",
    }


def _born(person: Row, admitted: str) -> str:
    """Return a birthday that makes the person as old as they are on the day of the first admission."""
    if not person["age"]:
        return ""
    day = date.fromisoformat(admitted)
    birthday = date(day.year - int(person["age"]), day.month, min(day.day, 28))
    return (birthday - timedelta(drawn(person["participant_id"], below=360))).isoformat()


def _wits_admission(person: Row, episode: Row) -> Row:
    return {
        "UniqueClientNumber": person["participant_id"],
        "IntakeCaseNumber": episode["episode_id"],
        "Facility": episode["site_id"],
        "ProgramName": episode["program"],
        "AdmissionDate": american(episode["enrolled_date"]),
        "ReferralSource": WITS_REFERRAL.get(episode["referral_source"], "Unknown"),
        "PrimarySubstance": WITS_SUBSTANCE.get(person["primary_substance"], "Unknown"),
        "LivingArrangement": WITS_HOUSING.get(person["housing"], "Unknown"),
        "EmploymentStatus": WITS_EMPLOYMENT.get(person["employment"], "Unknown"),
        "LegalStatus": "Probation" if person["justice_involved"] == "true" else "None",
        "MedicationAssisted": "Yes" if person["moud"] == "true" else "No",
        "PriorAdmissions": person["prior_episodes"],
    }


def _encounter(row: Row) -> Row:
    return {
        "EncounterId": row["session_id"],
        "IntakeCaseNumber": row["episode_id"],
        "StartDate": american(row["scheduled_date"]) + " 9:30 AM",
        "DurationMinutes": row["minutes"],
        "Service": WITS_SERVICE[row["kind"]],
        "ContactMethod": WITS_METHOD[row["mode"]],
        "Attendance": WITS_ATTENDANCE[row["status"]],
        "RenderingStaffId": row["coach_id"],
        "ProgressNote": NOTE,
    }
