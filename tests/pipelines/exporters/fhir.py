"""Write canonical people as a FHIR R4 export: no-shows are Appointments, visits held are Encounters, too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from tests.pipelines.exporters.people import Tables

Resource = dict[str, Any]
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
RACES = {"white": "2106-3", "black": "2054-5", "asian": "2028-9", "indigenous": "1002-5"}
GENDERS = {"woman": "female", "man": "male", "nonbinary": "other", "other": "other", "undisclosed": "unknown"}
CANCELLED = {"cancelled_client": "pat", "cancelled_staff": "prov", "late_cancel": "late", "rescheduled": "resched"}
CLASSES = {"in_person": "AMB", "group": "AMB", "community": "HH"}
SENDERS = {"participant": "Patient/p", "coach": "Practitioner/c", "system": "Organization/o"}


def resources(tables: Tables) -> Iterator[Resource]:
    """Yield the resources of canonical tables; what must not be read stands in every one of them."""
    episodes = {row["episode_id"]: row for row in tables["episodes"]}
    exits = {row["episode_id"]: row for row in tables.get("discharges", [])}
    first_day = {row["participant_id"]: row["enrolled_date"] for row in reversed(tables["episodes"])}
    managers = {row["episode_id"]: row["coach_id"] for row in reversed(tables["coach_assignments"])}
    for row in tables["sites"]:
        yield {"resourceType": "Organization", "id": row["site_id"], "name": row["site_code"]}
    for row in tables["coaches"]:
        yield {"resourceType": "Practitioner", "id": row["coach_id"], "name": [{"family": "SECRET"}]}
        yield (
            {"resourceType": "PractitionerRole", "id": f"role-{row['coach_id']}"}
            | {"practitioner": {"reference": f"Practitioner/{row['coach_id']}"}}
            | {"organization": {"reference": f"Organization/{row['site_id']}"}}
            | {"code": _concepts(row["role"])}
        )
    for row in tables["participants"]:
        yield _patient(row, first_day.get(row["participant_id"]))
    for row in tables["episodes"]:
        yield _episode(row, exits.get(row["episode_id"]), managers.get(row["episode_id"]))
    for row in tables["sessions"]:
        yield from _session(row, episodes[row["episode_id"]])
    answers: dict[str, list[dict[str, str]]] = {}
    for item in tables["assessment_items"]:
        answers.setdefault(item["assessment_id"], []).append(item)
    for row in tables["assessments"]:
        yield from _form(row, episodes[row["episode_id"]], answers.get(row["assessment_id"], []))
    for row in tables["engagement_events"]:
        yield from _contact(row, episodes[row["episode_id"]])


def write_ndjson(folder: Path, tables: Tables, extract: str) -> Path:
    """Write one NDJSON file a type of resource, as a bulk export does."""
    folder.mkdir(parents=True)
    by_type: dict[str, list[Resource]] = {}
    for resource in resources(tables):
        resource |= {"meta": {"lastUpdated": f"{extract}T08:00:00Z"}, "text": {"div": "<div>SECRET</div>"}}
        by_type.setdefault(resource["resourceType"], []).append(resource)
    for kind, found in by_type.items():
        lines = "".join(json.dumps(resource) + "\n" for resource in found)
        (folder / f"{kind}.ndjson").write_text(lines, encoding="utf-8")
    return folder


def write_bundle(path: Path, tables: Tables, extract: str) -> Path:
    """Write everything as one Bundle."""
    path.parent.mkdir(parents=True, exist_ok=True)
    entries = [{"fullUrl": f"https://x/{r['resourceType']}/{r['id']}", "resource": r} for r in resources(tables)]
    bundle = {"resourceType": "Bundle", "type": "collection", "timestamp": f"{extract}T08:00:00Z", "entry": entries}
    path.write_text(json.dumps(bundle, indent=1), encoding="utf-8")
    return path


def _patient(row: dict[str, str], first: str | None) -> Resource:
    born = {}
    if row["age"] and first:
        day = date.fromisoformat(first)
        born = {"birthDate": f"{day.year - int(row['age'])}-01-01"}
    parts = {"race": RACES.get(row["race_eth"])}
    parts["ethnicity"] = "2135-2" if row["race_eth"] == "hispanic" else None
    extensions = [
        {"url": US_CORE + name, "extension": [{"url": "ombCategory", "valueCoding": {"code": code}}]}
        for name, code in parts.items()
        if code
    ]
    secret = {"name": [{"family": "SECRET"}], "telecom": [{"value": "SECRET"}], "photo": [{"data": "SECRET"}]}
    secret |= {"identifier": [{"value": "SECRET"}], "address": [{"line": ["SECRET"]}]}
    gender = {"gender": GENDERS[row["gender"]]} if row["gender"] in GENDERS else {}
    return {"resourceType": "Patient", "id": row["participant_id"], "extension": extensions} | born | gender | secret


def _episode(row: dict[str, str], left: dict[str, str] | None, coach: str | None) -> Resource:
    resource: Resource = (
        {"resourceType": "EpisodeOfCare", "id": row["episode_id"], "status": "finished" if left else "active"}
        | {"patient": {"reference": f"Patient/{row['participant_id']}"}}
        | {"managingOrganization": {"reference": f"Organization/{row['site_id']}"}}
        | {"type": _concepts(row["program"]), "period": {"start": row["enrolled_date"]}}
    )
    if coach:
        resource["careManager"] = {"reference": f"PractitionerRole/role-{coach}"}
    if left:
        resource["period"]["end"] = left["exit_date"]
        resource["extension"] = [{"url": "https://example.org/exit-reason", "valueCode": left["exit_type"]}]
    return resource


def _session(row: dict[str, str], episode: dict[str, str]) -> Iterator[Resource]:
    patient = {"reference": f"Patient/{episode['participant_id']}"}
    coach = [{"actor": {"reference": f"Practitioner/{row['coach_id']}"}}] if row["coach_id"] else []
    appointment: Resource = {"resourceType": "Appointment", "id": row["session_id"]}
    appointment |= {"participant": [{"actor": patient, "status": "accepted"}, *coach], "comment": "SECRET"}
    appointment |= {"serviceType": _concepts(row["kind"])} if row["kind"] else {}
    if row["scheduled_date"]:
        appointment["start"] = f"{row['scheduled_date']}T10:00:00-05:00"
    if row["status"] == "attended":
        encounter = {"resourceType": "Encounter", "id": f"met-{row['session_id']}", "status": "finished"}
        encounter |= {"subject": patient, "episodeOfCare": [{"reference": f"EpisodeOfCare/{row['episode_id']}"}]}
        encounter |= {"class": {"code": CLASSES.get(row["mode"], "VR")}, "type": _concepts(row["mode"])}
        encounter |= {"period": {"start": f"{row['occurred_date']}T10:00:00-05:00"}}
        encounter |= {"participant": [{"individual": each["actor"]} for each in coach]}
        encounter |= {"appointment": [{"reference": f"Appointment/{row['session_id']}"}]}
        if row["minutes"]:
            encounter["length"] = {"value": int(row["minutes"]), "code": "min", "unit": "minutes"}
        yield encounter
        yield appointment | {"status": "fulfilled"}
    elif row["status"] == "no_show":
        yield appointment | {"status": "noshow"}
    elif row["status"] in CANCELLED:
        yield appointment | {"status": "cancelled", "cancelationReason": _concepts(CANCELLED[row["status"]])[0]}
    else:
        yield appointment | {"status": "booked"}


def _form(row: dict[str, str], episode: dict[str, str], answers: list[dict[str, str]]) -> Iterator[Resource]:
    if row["status"] not in ("complete", "partial"):
        return  # a questionnaire that was not answered is no response
    who = {"participant": f"Patient/{episode['participant_id']}", "coach": f"Practitioner/{row['coach_id']}"}
    number = [
        {"valueInteger": int(a["value"])} if a["value"].isdigit() else {"valueDecimal": float(a["value"])}
        for a in answers
    ]
    response: Resource = {"resourceType": "QuestionnaireResponse", "id": row["assessment_id"]}
    response |= {"status": "completed" if row["status"] == "complete" else "in-progress", "authored": row["date"]}
    response |= {"questionnaire": f"https://example.org/Questionnaire/{row['instrument_id']}|1"}
    response |= {"subject": {"reference": f"Patient/{episode['participant_id']}"}}
    response |= {"source": {"reference": who.get(row["rater"], "RelatedPerson/x")}}
    response |= {
        "item": [
            {
                "linkId": "all",
                "item": [
                    {"linkId": f"{row['instrument_id']}_{a['item_no']}", "text": "SECRET", "answer": [value]}
                    for a, value in zip(answers, number, strict=True)
                ],
            },
            {"linkId": "notes", "answer": [{"valueString": "SECRET"}]},
        ]
    }
    place = {"reference": f"EpisodeOfCare/{row['episode_id']}"}
    response["extension"] = [{"url": "http://hl7.org/fhir/StructureDefinition/workflow-episodeOfCare"}]
    response["extension"][0] |= {"valueReference": place}
    if row["total"]:
        response["item"].append({"linkId": "total", "answer": [{"valueDecimal": float(row["total"])}]})
    if row["wave"]:
        response["extension"].append({"url": "https://example.org/assessment-wave", "valueCode": row["wave"]})
    if row["session_id"]:
        response["encounter"] = {"reference": f"Encounter/met-{row['session_id']}"}
    yield response


def _contact(row: dict[str, str], episode: dict[str, str]) -> Iterator[Resource]:
    base: Resource = {"id": row["event_id"], "subject": {"reference": f"Patient/{episode['participant_id']}"}}
    sender = {"reference": SENDERS[row["initiated_by"]]} if row["initiated_by"] else None
    if row["type"] == "referral_made":
        base |= {"resourceType": "ServiceRequest", "status": "active", "authoredOn": row["date"]}
        yield base | ({"requester": sender} if sender else {}) | {"note": [{"text": "SECRET"}]}
        return
    base |= {"resourceType": "Communication", "status": "completed", "sent": f"{row['date']}T09:00:00Z"}
    base |= {"category": _concepts(row["type"]), "payload": [{"contentString": "SECRET"}]}
    yield base | ({"sender": sender} if sender else {})


def _concepts(code: str) -> list[Resource]:
    return [{"coding": [{"code": code, "display": "SECRET"}], "text": "SECRET"}]
