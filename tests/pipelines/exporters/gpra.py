"""A GPRA / SPARS download: one row per interview, the classic tool and a variant for that of 2023.

Cannot be held: sessions, coaches, contacts, main substance, ZIP area, referral, program, planned length, a student's
employment, a gender beside the four codes, a move, questionnaires other than six items on quality of life, and a
person under two grants. The six answers are drawn here; the sample has no such items.
"""

from __future__ import annotations

import copy
from datetime import date, timedelta
from pathlib import Path

from tests.pipelines.exporters.sample_people import EXTRACT, Row, Tables, american, by, drawn, only, renamed, write_file

QUALITY_OF_LIFE = (
    "LifeQuality",
    "HealthSatisfaction",
    "EnoughEnergyForEverydayLife",
    "PerformDailyActivitiesSatisfaction",
    "SelfSatisfaction",
    "RelationshipSatisfaction",
)
RACES = {
    "black": "RaceBlack",
    "asian": "RaceAsian",
    "another": "RaceNativeHawaiian",
    "indigenous": "RaceAlaskaNative",
    "white": "RaceWhite",
    "american_indian": "RaceAmericanIndian",
}
SERVICES = ("SvcPeerCoachingDis", "SvcRecoveryCoachingDis", "SvcRecoverySupportDis", "SvcHousingSupportDis")
HEADINGS = [
    *("GrantNo", "ClientID", "ClientType", "InterviewTypeCode", "ConductedInterview", "InterviewDate", "IntakeSeqNum"),
    *("Gender", "HispanicLatino", *RACES.values(), "DateOfBirth", "LivingWhere", "LivingHoused", "EmployStatus"),
    *("ArrestedDays", "ParoleProbation", "DAUseAlcoholDays", "DAUseIllegDrugsDays", *QUALITY_OF_LIFE),
    *("AttendVoluntary", "AttendVoluntaryTimes", "InteractFamilyFriends", "WhomInTrouble", "FLWPStatus"),
    *("FLWPStatusSpec", "ReceivingServices", "DischargeDate", "DischargeStatusCompl", "DischargeStatusTermReason"),
    *("OtherDischargeStatTermRsnSpec", *SERVICES, "SvcInformationReferralDis"),
]
TERMINATION = {
    "dropped_out": ("01", "2"),
    "administrative": ("3",),
    "rule_violation": ("04",),
    "transferred": ("05", "06"),
    "incarcerated": ("7", "08", "09", "10"),
    "hospitalised": ("11",),
    "died": ("12",),
    "other": ("13",),
    "unknown": ("-9",),
}
FOLLOW_UPS = (("4", 90), ("2", 180), ("3", 365))
"""Code and days after intake of the follow-up at three, six and twelve months."""
NOT_HELD = {"refused": ("21", "24"), "not_located": ("31", "32"), "due_missed": ("01", "22", "23")}
GENDER = {"man": "1", "woman": "2", "other": "3", "undisclosed": "-7"}
HOUSING = {
    "stable": ("4/1", "4/6"),
    "unstable": ("4/2",),
    "homeless": ("1/-1", "2/-1"),
    "controlled": ("3/-1", "4/3", "4/4"),
    "unknown": ("4/5", "-9/-9", "-7/-1"),
}
"""LivingWhere and LivingHoused: 3 halfway house, 4 residential treatment, 5 other, 6 dormitory."""
EMPLOYMENT = {
    "full_time": ("1",),
    "part_time": ("2",),
    "unemployed": ("3", "7"),
    "unable": ("4",),
    "retired": ("6",),
    "other": ("0", "5"),
}
SECRET = "Moved in with Quistgaard, 12 Harbor Street"
GENDER_2023 = {"man": ("1",), "woman": ("2",), "other": ("3", "4", "5", "6", "7"), "undisclosed": ("-7",)}
COLUMNS = {
    "sites": "site_id site_code",
    "participants": "participant_id age gender race_eth housing employment justice_involved",
    "episodes": "episode_id participant_id site_id episode_no enrolled_date extract_date",
    "discharges": "episode_id exit_date exit_type planned source_code derived_by",
    "engagement_events": "event_id episode_id date type",
    "assessments": "assessment_id episode_id instrument_id rater date wave status",
    "assessment_items": "assessment_id item_no value",
}


def as_held(people: Tables) -> Tables:
    """Return the people as the classic tool holds them."""
    tables = copy.deepcopy(people)
    grants = {row["site_id"]: f"TI08000{place}" for place, row in enumerate(tables["sites"], 1)}
    renamed(tables, "site", grants)
    for site in tables["sites"]:
        site["site_code"] = site["site_id"]
    _under_one_grant(tables)
    for row in tables["participants"]:
        row["gender"] = "other" if row["gender"] == "nonbinary" else row["gender"]
        row["employment"] = "other" if row["employment"] == "student" else row["employment"]
    for row in tables["discharges"]:
        row["exit_type"] = "other" if row["exit_type"] == "moved" else row["exit_type"]
        completed = row["exit_type"] == "completed"
        reason = _one(TERMINATION.get(row["exit_type"], ("",)), row["episode_id"])
        row["planned"] = "true" if completed else "false"
        row["source_code"] = "1" if completed else f"2/{reason}"
    left = {row["episode_id"]: row["exit_date"] for row in tables["discharges"]}
    tables["engagement_events"] = [_contact(row["episode_id"], left) for row in tables["episodes"]]
    _quality_of_life(tables)
    return only(tables, **COLUMNS)


def as_held_in_2023(people: Tables) -> Tables:
    """Return the people as the preset for the tool of 2023 holds them: without a questionnaire."""
    return {name: rows for name, rows in as_held(people).items() if not name.startswith("assessment")}


def write_2023(held: Tables, folder: Path) -> Path:
    """Write `gpra.csv` with the headings and codes of the preset for the tool of 2023."""
    folder.mkdir(parents=True, exist_ok=True)
    genders = {row["participant_id"]: row["gender"] for row in held["participants"]}
    people = [row | {"gender": "undisclosed"} for row in held["participants"]]
    found = rows({**held, "participants": people})
    for row in found:
        row["InterviewType"] = row.pop("InterviewTypeCode")
        person = f"{row['GrantNo']}-{row['ClientID']}"
        row["Gender"] = _one(GENDER_2023[genders[person]], person)
    headings = ["InterviewType" if name == "InterviewTypeCode" else name for name in HEADINGS]
    write_file(folder / "gpra.csv", [name for name in headings if name not in QUALITY_OF_LIFE], _without_items(found))
    return folder


def _without_items(rows: list[Row]) -> list[Row]:
    return [{name: text for name, text in row.items() if name not in QUALITY_OF_LIFE} for row in rows]


def write(held: Tables, folder: Path) -> Path:
    """Write `gpra.csv` as the classic tool is downloaded."""
    folder.mkdir(parents=True, exist_ok=True)
    write_file(folder / "gpra.csv", HEADINGS, rows(held))
    return folder


def rows(held: Tables) -> list[Row]:
    """Return one row per interview, the interviews of all intakes before the follow-ups and discharges."""
    people = {row["participant_id"]: row for row in held["participants"]}
    exits = {row["episode_id"]: row for row in held["discharges"]}
    answers = by(held.get("assessment_items", []), "assessment_id")
    forms = by(held.get("assessments", []), "episode_id", "wave")
    found: list[tuple[str, Row]] = []
    for episode in held["episodes"]:
        intake = _person(people[episode["participant_id"]], episode)
        form = forms.get((episode["episode_id"], "intake"), [{}])[0]
        found.append(("1", intake | _key(episode, "1") | _held(episode["enrolled_date"]) | _items(form, answers)))
        for form in forms.get((episode["episode_id"], "followup"), []):
            kind = form["assessment_id"].rpartition("-")[2]
            found.append((kind, _key(episode, kind) | _follow_up(form) | _items(form, answers)))
        if episode["episode_id"] in exits:
            left = exits[episode["episode_id"]]
            form = forms.get((episode["episode_id"], "exit"), [{}])[0]
            found.append(("5", _key(episode, "5") | _discharge(left, form) | _items(form, answers)))
    found.sort(key=lambda each: each[0])
    return [row for _, row in found]


def _one(codes: tuple[str, ...], *of: str) -> str:
    """Return one of the codes that mean the same; which one depends on the texts `of` alone."""
    return codes[drawn(*of, below=len(codes))]


def _under_one_grant(tables: Tables) -> None:
    """Let every person's episodes be under the grant of the first, and make identifiers of grant, client, intake."""
    grant: dict[str, str] = {}
    for row in tables["episodes"]:
        row["site_id"] = grant.setdefault(row["participant_id"], row["site_id"])
    number = {row["participant_id"]: f"{place:05}" for place, row in enumerate(tables["participants"], 1)}
    renamed(tables, "participant", {person: f"{grant[person]}-C{number[person]}" for person in grant})
    episodes = {row["episode_id"]: f"{row['participant_id']}-{row['episode_no']}" for row in tables["episodes"]}
    renamed(tables, "episode", episodes)


def _contact(episode: str, left: dict[str, str]) -> Row:
    kind = "discharge" if episode in left else "open"
    return {"event_id": f"{kind}/{episode}", "episode_id": episode, "date": left.get(episode, EXTRACT), "type": "other"}


def _quality_of_life(tables: Tables) -> None:
    """Make the six items of every interview: an intake each, a follow-up at three months and later, one at the exit."""
    kept: list[Row] = []
    enrolled = {row["episode_id"]: row["enrolled_date"] for row in tables["episodes"]}
    left = {row["episode_id"]: row["exit_date"] for row in tables["discharges"]}
    forms = by([row for row in tables["assessments"] if row["instrument_id"] == "eurohis_qol_8"], "episode_id", "wave")
    for episode, start in enrolled.items():
        kept.append({"episode_id": episode, "wave": "intake", "date": start, "kind": "1", "status": "complete"})
        for (kind, days), form in zip(FOLLOW_UPS, forms.get((episode, "followup"), []), strict=False):
            due = (date.fromisoformat(start) + timedelta(days)).isoformat()
            held_on = form["date"] if form["status"] in ("complete", "partial") else due
            if held_on <= EXTRACT:
                kept.append({"episode_id": episode, "wave": "followup", "date": held_on, "kind": kind, **_status(form)})
        if episode in left:
            form = forms.get((episode, "exit"), [{"status": "due_missed"}])[0]
            held = {"date": form["date"]} if form["status"] in ("complete", "partial") else {"date": left[episode]}
            kept.append({"episode_id": episode, "wave": "exit", "kind": "5", **held, **_status(form)})
    tables["assessment_items"] = []
    for row in kept:
        row["assessment_id"] = f"{row['episode_id']}-{row['kind']}"
        row |= {"instrument_id": "gpra_qol", "rater": "participant"}
        answers = _answers(row)
        if row["status"] in ("complete", "partial"):
            row["status"] = {6: "complete", 0: "refused"}.get(len(answers), "partial")
        tables["assessment_items"] += answers
    tables["assessments"] = kept


def _status(form: Row) -> Row:
    return {"status": form["status"]}


def _answers(row: Row) -> list[Row]:
    if row["status"] not in ("complete", "partial"):
        return []
    values = [(item, drawn(row["assessment_id"], str(item), below=30)) for item in range(1, 7)]
    return [
        {"assessment_id": row["assessment_id"], "item_no": str(item), "value": str(1 + value % 5)}
        for item, value in values
        if value
    ]


def _key(episode: Row, kind: str) -> Row:
    grant, client, sequence = episode["episode_id"].split("-")
    return {"GrantNo": grant, "ClientID": client, "IntakeSeqNum": sequence, "InterviewTypeCode": kind}


def _held(day: str) -> Row:
    return {"ConductedInterview": "1", "InterviewDate": american(day), "AttendVoluntary": "1", "WhomInTrouble": "-7"}


def _person(person: Row, episode: Row) -> Row:
    race = person["race_eth"]
    ticked = {"multiracial": {"black", "white"}, "hispanic": {"white"}, "indigenous": {"american_indian", "indigenous"}}
    boxes = {column: str(int(name in ticked.get(race, {race}))) for name, column in RACES.items()}
    if race == "unknown":
        boxes = dict.fromkeys(RACES.values(), "-7")
    where, housed = _one(HOUSING[person["housing"] or "unknown"], person["participant_id"]).split("/")
    return boxes | {
        "ClientType": "2",
        "Gender": GENDER[person["gender"]],
        "HispanicLatino": str(int(race == "hispanic")),
        "DateOfBirth": _born(person["age"], episode),
        "LivingWhere": where,
        "LivingHoused": housed,
        "EmployStatus": _one(EMPLOYMENT.get(person["employment"], ("-8",)), person["participant_id"]),
        "ParoleProbation": str(int(person["justice_involved"] == "true")),
        "ArrestedDays": "-8",
        "DAUseAlcoholDays": "3",
        "DAUseIllegDrugsDays": "-7",
    }


def _born(age: str, episode: Row) -> str:
    """Return a month and year of birth that makes the person `age` at the intake."""
    if not age:
        return "-9"
    asked = date.fromisoformat(episode["enrolled_date"])
    months = asked.year * 12 + asked.month - 1 - int(age) * 12 - drawn(episode["participant_id"], below=12)
    return f"{months % 12 + 1:02}/{months // 12}"


def _follow_up(form: Row) -> Row:
    if form["status"] in NOT_HELD:
        status = _one(NOT_HELD[form["status"]], form["assessment_id"])
        return {"ConductedInterview": "0", "FLWPStatus": status, "FLWPStatusSpec": SECRET}
    return _held(form["date"]) | {"FLWPStatus": "11", "ReceivingServices": "1"}


def _discharge(left: Row, form: Row) -> Row:
    completed, _, reason = left["source_code"].partition("/")
    held = _held(form["date"]) if form.get("status") in ("complete", "partial") else {"ConductedInterview": "0"}
    return held | {
        "DischargeDate": american(left["exit_date"]),
        "DischargeStatusCompl": completed,
        "DischargeStatusTermReason": reason or "-1",
        "OtherDischargeStatTermRsnSpec": SECRET if reason == "13" else "",
        **dict.fromkeys(SERVICES, "7"),
        "SvcInformationReferralDis": "1",
    }


def _items(form: Row, answers: dict[tuple[str, ...], list[Row]]) -> Row:
    given = {row["item_no"]: row["value"] for row in answers.get((form.get("assessment_id", ""),), [])}
    return {column: given.get(str(item), "-7") for item, column in enumerate(QUALITY_OF_LIFE, 1)}
