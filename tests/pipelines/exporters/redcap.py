"""The export of a longitudinal REDCap project: raw flat CSV and its data dictionary.

Arm 1 holds a person's first episode, arm 2 the second. Each arm has the events intake, program, exit and followup.
Scales are asked once at intake and exit and repeat in the program and at follow-up; sessions, contacts and
assignments of coaches repeat in the program. Cannot be held: coaches beside their code, region and setting of a site.
"""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.pipelines.exporters.sample_people import Row, Tables, by, only, renamed, write_file

DICTIONARY_HEADINGS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
WORDING = "Wording of the question, which is nobody's business"
SECRETS = {
    "first_name": "Zanzibar",
    "last_name": "Quistgaard",
    "dob": "1980-02-29",
    "phone": "(207) 555-0143",
    "email": "zanzibar.q@example.org",
    "home_zip": "04101",
    "mrn": "MRN0012345",
    "intake_notes": "Met at 12 Harbor Street, call the sister first",
    "id_photo": "quistgaard.jpg",
}
"""What a person's intake holds beside, all of which the dictionary withholds."""
NOTE = "Talked with Quistgaard about the sister"


def numbered(*texts: str) -> dict[str, str]:
    return {text: str(place) for place, text in enumerate(texts, 1)}


CODES = {
    "gender": numbered("woman", "man", "nonbinary", "other", "undisclosed"),
    "substance": numbered("alcohol", "opioid", "stimulant", "cannabis", "other", "none") | {"unknown": "99"},
    "housing": numbered("stable", "unstable", "homeless", "controlled") | {"unknown": "99"},
    "employment": numbered("full_time", "part_time", "student", "unemployed", "retired", "unable", "other")
    | {"unknown": "99"},
    "referral": numbered("self", "family", "treatment", "hospital", "court", "community", "peer", "other")
    | {"unknown": "99"},
    "session_status": numbered(
        "attended", "no_show", "cancelled_client", "late_cancel", "cancelled_staff", "rescheduled", "unknown"
    ),
    "session_mode": numbered("in_person", "phone", "video", "text", "group", "community"),
    "session_kind": numbered("coaching", "group", "intake", "recovery_plan", "other"),
    "contact_by": numbered("participant", "coach", "system"),
    "exit_reason": numbered(
        "completed",
        "dropped_out",
        "administrative",
        "rule_violation",
        "transferred",
        "incarcerated",
        "died",
        "hospitalised",
        "moved",
        "other",
    )
    | {"unknown": "99"},
    "form_status": numbered("complete", "partial", "refused", "not_located", "due_missed"),
}
RACES = numbered("asian", "black", "hispanic", "indigenous", "white", "another")
CODES["contact_type"] = numbered(
    "call_attempt",
    "call_reached",
    "text",
    "text_answered",
    "email",
    "checkin",
    "center_visit",
    "mutual_help_meeting",
    "group",
    "referral_made",
    "referral_completed",
    "goal_set",
    "goal_completed",
    "volunteering",
    "mentoring",
    "sponsoring",
    "facilitated",
    "trained_as_coach",
    "became_coach",
    "referred_someone_in",
    "recurrence",
    "ed_visit",
    "naloxone",
    "other",
)


@dataclass(frozen=True)
class Scale:
    """One scale form: its fields are `<short>_1`, ... or `<short>_total`."""

    form: str
    short: str
    items: int = 0
    low: int = 1
    high: int = 5


SCALES = {
    "wai_sr": Scale("wai_sr", "wai", 12),
    "gse_10": Scale("gse_10", "gse", 10, 1, 4),
    "pearlin_mastery": Scale("pearlin_mastery", "mastery", 7, 1, 4),
    "barc_10": Scale("barc_10", "barc"),
    "eurohis_qol_8": Scale("eurohis_qol_8", "qol"),
    "care": Scale("care", "care"),
    "phq_9": Scale("phq_9", "phq"),
}


def as_held(people: Tables) -> Tables:
    """Return the people as the project holds them, with the identifiers the mapping makes of record, arm and number."""
    tables = copy.deepcopy(people)
    groups = {row["site_id"]: row["site_code"].lower().replace(" ", "_") for row in tables["sites"]}
    renamed(tables, "site", groups)
    for site in tables["sites"]:
        site["site_code"] = site["site_id"]
    records = {row["participant_id"]: str(place) for place, row in enumerate(tables["participants"], 101)}
    renamed(tables, "participant", records)
    episodes = {row["episode_id"]: f"{row['participant_id']}-arm_{row['episode_no']}" for row in tables["episodes"]}
    renamed(tables, "episode", episodes)
    for row in tables["participants"]:
        row["zip"] = row["zip"][:3]
    renamed(tables, "session", _in_order(tables["sessions"], "session_id"))
    _in_order_here(tables["engagement_events"], "event_id")
    renamed(tables, "assessment", {row["assessment_id"]: _form_key(row) for row in _instances(tables["assessments"])})
    return only(
        tables,
        sites="site_id site_code",
        participants="participant_id age gender race_eth zip primary_substance housing employment justice_involved "
        "moud prior_episodes",
        episodes="episode_id participant_id site_id episode_no referral_source program planned_length_days "
        "enrolled_date extract_date",
        coach_assignments="episode_id coach_id start_date end_date is_primary",
        sessions="session_id episode_id coach_id scheduled_date occurred_date status mode minutes kind",
        assessments="assessment_id episode_id coach_id session_id instrument_id rater date wave status total",
        assessment_items="assessment_id item_no value",
        engagement_events="event_id episode_id date type initiated_by minutes linked_participant_id",
        discharges="episode_id exit_date exit_type planned source_code derived_by",
    )


def write(held: Tables, folder: Path) -> Path:
    """Write `redcap.csv` and its data dictionary, whose file's name says nothing, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    fields = dictionary()
    write_file(folder / "Recovery_2026-06-30.csv", list(DICTIONARY_HEADINGS), fields)
    write_file(folder / "redcap.csv", _headings(fields), rows(held))
    return folder


def dictionary() -> list[Row]:
    """Return the data dictionary, one row a field."""
    return [dict(zip(DICTIONARY_HEADINGS, field, strict=True)) for field in _fields()]


def _fields() -> list[list[str]]:
    found: list[list[str]] = []

    def field(form: str, name: str, kind: str = "text", choices: str = "", check: str = "", **more: str) -> None:
        entry = [name, form, "", kind, f"{WORDING} ({name})", choices, "", check, "", "", more.get("identifier", "")]
        found.append([*entry, "", "", "", "", more.get("matrix", ""), "", ""])

    def coded(form: str, name: str, codes: dict[str, str], kind: str = "dropdown") -> None:
        field(form, name, kind, _choices(codes))

    field("enrolment", "record_id")
    for name in ("first_name", "last_name"):
        field("enrolment", name, identifier="y")
    field("enrolment", "dob", check="date_ymd", identifier="y")
    field("enrolment", "phone", check="phone")
    field("enrolment", "email", check="email")
    field("enrolment", "home_zip", check="zipcode")
    field("enrolment", "mrn", check="mrn_10d")
    field("enrolment", "intake_notes", "notes")
    field("enrolment", "id_photo", "file")
    field("enrolment", "zip3", "calc", "left([home_zip], 3)")
    field("enrolment", "age", check="integer")
    coded("enrolment", "gender", CODES["gender"], "radio")
    coded("enrolment", "race", RACES, "checkbox")
    for name in ("substance", "housing", "employment", "referral"):
        coded("enrolment", name, CODES[name])
    field("enrolment", "justice", "yesno")
    field("enrolment", "moud", "truefalse")
    field("enrolment", "prior_episodes", check="integer")
    field("enrolment", "program")
    field("enrolment", "planned_days", check="integer")
    field("enrolment", "enrolled", check="date_ymd")
    field("coach_assignment", "assigned_coach")
    field("coach_assignment", "assigned_from", check="date_ymd")
    field("coach_assignment", "assigned_until", check="date_ymd")
    field("coach_assignment", "assigned_primary", "yesno")
    field("session", "session_coach")
    field("session", "session_planned", check="date_ymd")
    field("session", "session_held", check="date_ymd")
    for name in ("session_status", "session_mode", "session_kind"):
        coded("session", name, CODES[name])
    field("session", "session_minutes", check="integer")
    field("session", "session_notes", "notes")
    field("contact", "contact_date", check="date_ymd")
    coded("contact", "contact_type", CODES["contact_type"])
    coded("contact", "contact_by", CODES["contact_by"], "radio")
    field("contact", "contact_minutes", check="integer")
    field("contact", "contact_brought")
    field("contact", "contact_notes", "notes")
    for scale in SCALES.values():
        for name in ("coach", "session"):
            field(scale.form, f"{scale.short}_{name}")
        field(scale.form, f"{scale.short}_date", check="date_ymd")
        coded(scale.form, f"{scale.short}_status", CODES["form_status"])
        answers = " | ".join(f"{code}, Never, or <b>hardly {code}</b>" for code in range(scale.low, scale.high + 1))
        for item in range(1, scale.items + 1):
            field(scale.form, f"{scale.short}_{item}", "radio", answers, matrix=f"{scale.short}_items")
        if not scale.items:
            field(scale.form, f"{scale.short}_total", "calc", "sum([a],[b])")
    field("exit", "exit_date", check="date_ymd")
    coded("exit", "exit_reason", CODES["exit_reason"])
    field("exit", "exit_planned", "yesno")
    field("exit", "exit_code")
    field("exit", "exit_notes", "notes")
    return found


def _choices(codes: dict[str, str]) -> str:
    return " | ".join(f"{code}, {text.replace('_', ' ').capitalize()}" for text, code in codes.items())


def _headings(fields: list[Row]) -> list[str]:
    headings = ["record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"]
    headings += ["redcap_data_access_group", "redcap_survey_identifier"]
    forms = by(fields, "Form Name")
    for (form,), of_form in forms.items():
        for each in of_form:
            name = each["Variable / Field Name"]
            if each["Field Type"] == "checkbox":
                headings += [f"{name}___{code}" for code in RACES.values()]
            elif name != "record_id":
                headings.append(name)
        headings.append(f"{form}_complete")
    return headings


def rows(held: Tables) -> list[Row]:
    """Return the rows of the export, record by record, each record's events and instances in order."""
    people = {row["participant_id"]: row for row in held["participants"]}
    by_episode = {name: by(held[name], "episode_id") for name in held if "episode_id" in held[name][0]}
    items = by(held["assessment_items"], "assessment_id")
    found: list[Row] = []
    for episode in sorted(held["episodes"], key=lambda row: (int(row["participant_id"]), row["episode_no"])):
        of_episode = {name: groups.get((episode["episode_id"],), []) for name, groups in by_episode.items()}
        found += _episode(people[episode["participant_id"]], episode, of_episode, items)
    return found


def _episode(person: Row, episode: Row, of_episode: Tables, items: dict[tuple[str, ...], list[Row]]) -> list[Row]:
    arm = f"arm_{episode['episode_no']}"
    record = {"record_id": person["participant_id"], "redcap_data_access_group": episode["site_id"]}
    events = {event: [{**record, "redcap_event_name": f"{event}_{arm}"}] for event in ("intake", "program", "exit")}
    events["followup"] = [{**record, "redcap_event_name": f"followup_{arm}"}]
    events["intake"][0] |= _enrolment(person, episode)

    def repeat(event: str, form: str, number: int, cells: Row) -> None:
        instance = {"redcap_repeat_instrument": form, "redcap_repeat_instance": str(number)}
        events[event].append(events[event][0] | instance | cells | {f"{form}_complete": "2"})

    bare = {event: dict(rows[0]) for event, rows in events.items()}
    for event in ("program", "followup"):
        events[event] = [bare[event]]
    for number, row in enumerate(of_episode["coach_assignments"], 1):
        repeat("program", "coach_assignment", number, _assignment(row))
    for row in of_episode["sessions"]:
        repeat("program", "session", int(row["session_id"].rpartition("-")[2]), _session(row))
    for row in of_episode["engagement_events"]:
        repeat("program", "contact", int(row["event_id"].rpartition("-")[2]), _contact(row))
    for row in of_episode["assessments"]:
        scale = SCALES[row["instrument_id"]]
        cells = _scale(scale, row, items.get((row["assessment_id"],), []))
        event = "program" if row["wave"] == "in_program" else row["wave"]
        if row["wave"] in ("intake", "exit"):
            events[event][0] |= cells | {f"{scale.form}_complete": "2"}
        else:
            repeat(event, scale.form, int(row["assessment_id"].rpartition("-")[2]), cells)
    for row in of_episode["discharges"]:
        events["exit"][0] |= _exit(row)
    return [row for event, rows in events.items() for row in rows if row != bare[event] or event == "intake"]


def _enrolment(person: Row, episode: Row) -> Row:
    race = person["race_eth"]
    ticked = {"multiracial": {"black", "white"}}.get(race, {race})
    cells = {f"race___{code}": str(int(name in ticked)) for name, code in RACES.items()}
    return cells | {
        **SECRETS,
        "redcap_survey_identifier": SECRETS["email"],
        "zip3": person["zip"],
        "age": person["age"],
        "gender": CODES["gender"][person["gender"]],
        "substance": CODES["substance"][person["primary_substance"]],
        "housing": CODES["housing"][person["housing"]],
        "employment": CODES["employment"][person["employment"]],
        "justice": str(int(person["justice_involved"] == "true")),
        "moud": str(int(person["moud"] == "true")),
        "prior_episodes": person["prior_episodes"],
        "referral": CODES["referral"][episode["referral_source"]],
        "program": episode["program"],
        "planned_days": episode["planned_length_days"],
        "enrolled": episode["enrolled_date"],
        "enrolment_complete": "2",
    }


def _assignment(row: Row) -> Row:
    primary = str(int(row["is_primary"] == "true"))
    dates = {"assigned_from": row["start_date"], "assigned_until": row["end_date"]}
    return {"assigned_coach": row["coach_id"], "assigned_primary": primary} | dates


def _session(row: Row) -> Row:
    coded = {f"session_{name}": CODES[f"session_{name}"].get(row[name], "") for name in ("status", "mode", "kind")}
    dates = {"session_planned": row["scheduled_date"], "session_held": row["occurred_date"]}
    free = {"session_coach": row["coach_id"], "session_minutes": row["minutes"], "session_notes": NOTE}
    return coded | dates | free


def _contact(row: Row) -> Row:
    return {
        "contact_date": row["date"],
        "contact_type": CODES["contact_type"][row["type"]],
        "contact_by": CODES["contact_by"][row["initiated_by"]],
        "contact_minutes": row["minutes"],
        "contact_brought": row["linked_participant_id"],
        "contact_notes": NOTE,
    }


def _scale(scale: Scale, row: Row, answers: list[Row]) -> Row:
    session = row["session_id"].rpartition("-")[2]
    cells = {"coach": row["coach_id"], "session": session, "date": row["date"]}
    cells |= {"status": CODES["form_status"][row["status"]]}
    cells |= {each["item_no"]: each["value"] for each in answers} if scale.items else {"total": row["total"]}
    return {f"{scale.short}_{name}": text for name, text in cells.items()}


def _exit(row: Row) -> Row:
    return {
        "exit_date": row["exit_date"],
        "exit_reason": CODES["exit_reason"][row["exit_type"]],
        "exit_planned": str(int(row["planned"] == "true")),
        "exit_code": row["source_code"],
        "exit_notes": NOTE,
        "exit_complete": "2",
    }


def _in_order(rows: list[Row], key: str) -> dict[str, str]:
    """Return new identifiers: the episode and the row's number in it."""
    counted: Counter[str] = Counter()
    new = {}
    for row in rows:
        counted[row["episode_id"]] += 1
        new[row[key]] = f"{row['episode_id']}-{counted[row['episode_id']]}"
    return new


def _in_order_here(rows: list[Row], key: str) -> None:
    new = _in_order(rows, key)
    for row in rows:
        row[key] = new[row[key]]


def _instances(assessments: list[Row]) -> list[Row]:
    """Return the assessments with the number each repeating form has in its event."""
    counted: Counter[tuple[str, ...]] = Counter()
    found = []
    for row in assessments:
        place = (row["episode_id"], row["wave"], row["instrument_id"])
        counted[place] += 1
        found.append(row | {"instance": "" if row["wave"] in ("intake", "exit") else f"-{counted[place]}"})
    return found


def _form_key(row: Row) -> str:
    record, _, arm = row["episode_id"].partition("-")
    event = "program" if row["wave"] == "in_program" else row["wave"]
    return f"{row['instrument_id']}/{record}-{event}_{arm}{row['instance']}"
