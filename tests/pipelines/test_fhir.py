"""FHIR exports: a small resource in, a row out; what is odd ends in quarantine and is never quoted.

Exports that are not whole are in the catalogue `bad_files`.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines import map as mapping_step
from pipelines import read, schema, warehouse
from pipelines.faults import InputFault
from pipelines.fhir_fields import FIELDS, RESOURCE_TYPES, answers_of, reference
from pipelines.load import load
from pipelines.warehouse import quoted

SECRET = "Zanzibar-555"
Resource = dict[str, Any]


def ref(kind: str, name: str) -> Resource:
    return {"reference": f"{kind}/{name}"}


def code(text: str) -> list[Resource]:
    return [{"coding": [{"code": text}]}]


def people() -> list[Resource]:
    """Two people, one with two episodes; what is not told is left away."""
    care = {"resourceType": "EpisodeOfCare", "managingOrganization": ref("Organization", "o1")}
    return [
        {"resourceType": "Organization", "id": "o1", "name": "Ashgrove"},
        {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1980-06-15"},
        {"resourceType": "Patient", "id": "p2", "gender": "male", "birthDate": "1990"},
        care
        | {"id": "e1", "status": "finished", "patient": ref("Patient", "p1")}
        | {"period": {"start": "2024-01-10", "end": "2024-03-01"}},
        care
        | {"id": "e2", "status": "active", "patient": ref("Patient", "p1"), "period": {"start": "2024-06-14T09:00:00Z"}}
        | {"careManager": ref("PractitionerRole", "r1")},
        care
        | {"id": "e3", "status": "active", "patient": ref("Patient", "p2"), "period": {"start": "2024-02-01"}}
        | {"careManager": ref("Practitioner", "c2")},
        {"resourceType": "PractitionerRole", "id": "r1", "practitioner": ref("Practitioner", "c1")},
    ]


def appointment(name: str, status: str, day: str, person: str = "p1", **more: Any) -> Resource:
    actors = [{"actor": ref("Patient", person)}, {"actor": ref("PractitionerRole", "r1")}]
    return {"resourceType": "Appointment", "id": name, "status": status, "start": f"{day}T10:00:00Z"} | (
        {"participant": actors} | more
    )


def ndjson(folder: Path, resources: list[Resource], name: str = "export.ndjson", updated: str = "2024-12-31") -> Path:
    folder.mkdir(exist_ok=True)
    stamped = [resource | {"meta": {"lastUpdated": f"{updated}T00:00:00Z"}} for resource in resources]
    (folder / name).write_text("".join(json.dumps(resource) + "\n" for resource in stamped))
    return folder


def mapped(source: Path) -> Callable[[str], list[dict[str, object]]]:
    """Return what gives the raw rows of a table by its name."""
    connection = warehouse.memory_connection()
    mapping_step.apply(connection, "fhir_r4", read.stage(connection, source))

    def rows(table: str) -> list[dict[str, object]]:
        relation = connection.table(quoted(f"raw_{table}")).order("row_no")
        return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]

    return rows


def only(rows: list[dict[str, object]], *columns: str) -> list[tuple[object, ...]]:
    return sorted((tuple(row[column] for column in columns) for row in rows), key=str)


def test_episodes_people_and_coaches(tmp_path: Path) -> None:
    rows = mapped(ndjson(tmp_path / "x", people()))
    assert only(rows("episodes"), "episode_id", "participant_id", "episode_no", "extract_date") == [
        ("e1", "p1", "1", "2024-12-31"),
        ("e2", "p1", "2", "2024-12-31"),
        ("e3", "p2", "1", "2024-12-31"),
    ]
    assert only(rows("participants"), "participant_id", "age", "gender") == [("p1", "43", "woman"), ("p2", "33", "man")]
    assert only(rows("coach_assignments"), "episode_id", "coach_id") == [("e2", "c1"), ("e3", "c2")]
    assert only(rows("discharges"), "episode_id", "exit_date", "exit_type") == [("e1", "2024-03-01", "unknown")]
    assert only(rows("sites"), "site_id", "site_code") == [("o1", "Ashgrove")]


SESSIONS = [
    (appointment("a1", "fulfilled", "2024-01-12"), ("e1", "2024-01-12T10:00:00Z", "attended", "c1")),
    (appointment("a1", "noshow", "2024-01-12"), ("e1", None, "no_show", "c1")),
    (appointment("a1", "noshow", "2024-06-20"), ("e2", None, "no_show", "c1")),
    (appointment("a1", "noshow", "2023-12-01"), ("e1", None, "no_show", "c1")),
    (appointment("a1", "noshow", "2024-06-20", "p2"), ("e3", None, "no_show", "c1")),
    (appointment("a1", "cancelled", "2024-01-12"), ("e1", None, "cancelled_client", "c1")),
    (
        appointment("a1", "cancelled", "2024-01-12", cancelationReason=code("prov-pers")[0]),
        ("e1", None, "cancelled_staff", "c1"),
    ),
    (appointment("a1", "booked", "2024-01-12"), ("e1", None, "unknown", "c1")),
    (appointment("a1", "booked", "2025-03-01"), None),
    (appointment("a1", "proposed", "2024-01-12"), None),
    (appointment("a1", "entered-in-error", "2024-01-12"), None),
]


@pytest.mark.parametrize(("resource", "expected"), SESSIONS, ids=lambda each: str(each)[40:75])
def test_an_appointment_by_itself(tmp_path: Path, resource: Resource, expected: tuple[object, ...] | None) -> None:
    rows = mapped(ndjson(tmp_path / "x", [*people(), resource]))("sessions")
    found = only(rows, "episode_id", "occurred_date", "status", "coach_id")
    assert found == ([expected] if expected else [])


def test_an_encounter_completes_its_appointment_and_stands_alone_without_one(tmp_path: Path) -> None:
    met = {"resourceType": "Encounter", "status": "finished", "subject": ref("Patient", "p1")}
    met |= {"period": {"start": "2024-01-12T10:05:00Z", "end": "2024-01-12T10:50:00Z"}, "class": {"code": "VR"}}
    linked = met | {
        "id": "m1",
        "appointment": [ref("Appointment", "a1")],
        "episodeOfCare": [ref("EpisodeOfCare", "e2")],
    }
    alone = met | {"id": "m2", "status": "cancelled"}
    rows = mapped(ndjson(tmp_path / "x", [*people(), linked, alone, appointment("a1", "booked", "2024-01-12")]))
    assert only(rows("sessions"), "session_id", "episode_id", "status", "mode", "minutes") == [
        ("a1", "e2", "attended", "unknown", "45"),
        ("m2", "e1", "unknown", "unknown", None),
    ]


def test_forms_answers_and_totals(tmp_path: Path) -> None:
    items = [
        {"linkId": "gse_1", "answer": [{"valueInteger": 3}]},
        {"linkId": "group", "item": [{"linkId": "gse_2", "answer": [{"valueDecimal": 2.0}, {"valueInteger": 9}]}]},
        {"linkId": "gse_3", "answer": [{"valueCoding": {"code": "c", "extension": [ordinal(4)], "display": SECRET}}]},
        {"linkId": "gse_4", "answer": [{"valueString": SECRET}]},
        {"linkId": "/44250-9", "answer": [{"valueCoding": {"code": "LA6569-3"}}]},
        {"linkId": "gse_5"},
    ]
    form = {"resourceType": "QuestionnaireResponse", "id": "f1", "status": "amended", "authored": "2024-01-15"}
    form |= {"subject": ref("Patient", "p1"), "questionnaire": "https://x/Questionnaire/gse-10|2", "item": items}
    total = {"resourceType": "Observation", "id": "t1", "status": "final", "code": code("44261-6")[0]}
    total |= {"subject": ref("Patient", "p1"), "effectiveDateTime": "2024-07-01", "valueQuantity": {"value": 7}}
    other = total | {"id": "t2", "code": code("8302-2")[0]}
    rows = mapped(ndjson(tmp_path / "x", [*people(), form, total, other]))
    assert only(rows("assessments"), "assessment_id", "episode_id", "instrument_id", "rater", "status", "total") == [
        ("f1", "e1", "gse_10", "participant", "complete", None),
        ("t1", "e2", "phq_9", "participant", "complete", "7"),
    ]
    assert only(rows("assessment_items"), "item_no", "value") == [("1", "1"), ("1", "3"), ("2", "2.0"), ("3", "4")]


def ordinal(value: int) -> Resource:
    return {"url": "http://hl7.org/fhir/StructureDefinition/ordinalValue", "valueDecimal": value}


def test_contacts_and_referrals(tmp_path: Path) -> None:
    said = {"resourceType": "Communication", "subject": ref("Patient", "p1"), "sent": "2024-01-20T09:00:00Z"}
    said |= {"payload": [{"contentString": SECRET}]}
    resources = [
        said | {"id": "k1", "status": "completed", "medium": code("PHONE"), "sender": ref("Patient", "p1")},
        said | {"id": "k2", "status": "not-done", "medium": code("PHONE"), "sender": ref("Practitioner", "c1")},
        said | {"id": "k3", "status": "completed", "medium": code("SMSWRIT"), "category": code("text_answered")},
        said | {"id": "k4", "status": "preparation", "medium": code("PHONE")},
        {"resourceType": "ServiceRequest", "id": "s1", "status": "active", "authoredOn": "2024-01-21"}
        | {"subject": ref("Patient", "p1"), "requester": ref("Practitioner", "c1")},
    ]
    rows = mapped(ndjson(tmp_path / "x", [*people(), *resources]))
    assert only(rows("engagement_events"), "event_id", "type", "initiated_by", "episode_id") == [
        ("k1", "call_reached", "participant", "e1"),
        ("k2", "call_attempt", "coach", "e1"),
        ("k3", "text_answered", None, "e1"),
        ("s1", "referral_made", "coach", "e1"),
    ]


def test_a_bundle_whose_addresses_tell_no_type(tmp_path: Path) -> None:
    """As synthetic records are often written: every reference is a urn, and actors stand after what names them."""
    urns = {name: f"urn:uuid:0000-{name}" for name in ("p1", "c1", "o1", "e1", "a1")}
    resources = [
        (
            "a1",
            {"resourceType": "Appointment", "status": "noshow", "start": "2024-01-12T10:00:00Z"}
            | {"participant": [{"actor": {"reference": urns["c1"]}}, {"actor": {"reference": urns["p1"]}}]},
        ),
        (
            "e1",
            {"resourceType": "EpisodeOfCare", "status": "active", "patient": {"reference": urns["p1"]}}
            | {"managingOrganization": {"reference": urns["o1"]}, "period": {"start": "2024-01-01"}},
        ),
        ("p1", {"resourceType": "Patient", "birthDate": "1980-01"}),
        ("c1", {"resourceType": "Practitioner"}),
        ("o1", {"resourceType": "Organization"}),
    ]
    entries = [{"fullUrl": urns[name], "resource": resource | {"id": "another"}} for name, resource in resources]
    path = tmp_path / "all.json"
    path.write_text(json.dumps({"entry": entries, "timestamp": "2024-09-30T00:00:00Z", "resourceType": "Bundle"}))
    rows = mapped(path)
    assert only(rows("sessions"), "session_id", "episode_id", "coach_id") == [("0000-a1", "0000-e1", "0000-c1")]
    assert only(rows("episodes"), "extract_date", "site_id") == [("2024-09-30", "0000-o1")]


def test_several_files_are_one_export_and_rows_count_on(tmp_path: Path) -> None:
    folder = ndjson(tmp_path / "x", people(), "a.ndjson")
    more = json.dumps(appointment("a1", "noshow", "2024-01-12")) + "\n"
    (folder / "b.ndjson.gz").write_bytes(gzip.compress(more.encode()))
    connection = warehouse.memory_connection()
    files = read.stage(connection, folder)
    assert {file.name for file in files if file.rows} >= {"x, Patient resources", "x, Appointment resources"}
    assert connection.execute("SELECT row_no FROM source_fhir_appointment").fetchall() == [(8,)]
    assert [row["row_no"] for row in mapped(folder)("participants")] == [2, 3]


def test_counts_of_what_was_left_out_name_types_and_nothing_else(tmp_path: Path) -> None:
    extra: list[Resource] = [{"resourceType": "Condition", "id": "x"}, {"resourceType": SECRET}, {"no": "type"}]
    extra += [people()[1] | {"id": "x", "status": "entered-in-error"}]
    connection = warehouse.memory_connection()
    files = read.stage(connection, ndjson(tmp_path / "x", [*people(), *extra]))
    assert [note for file in files for note in file.notes] == [
        "resources of these types were not read: Condition 1, unknown 2",
        "resources marked as entered in error were not read (1)",
    ]


def test_declared_fields_hold_nothing_that_must_not_leave() -> None:
    named = {step for fields in FIELDS.values() for field in fields for path in field.paths for step in path.split(".")}
    barred = {"telecom", "address", "identifier", "photo", "text", "div", "note", "payload", "display", "comment"}
    assert not named & barred
    assert "name" not in {path for kind in ("Patient", "PractitionerRole") for f in FIELDS[kind] for path in f.paths}
    assert set(FIELDS) <= RESOURCE_TYPES


def test_references_of_every_kind() -> None:
    assert reference({"reference": "Patient/1"}) == ("Patient", "1")
    assert reference({"reference": "https://x.org/fhir/Patient/1/_history/3"}) == ("Patient", "1")
    assert reference({"reference": "urn:uuid:ab-1", "type": "Patient"}) == ("Patient", "ab-1")
    assert reference({"reference": "#inside"}) == ("", "")
    assert reference({"identifier": {"value": SECRET}}) == ("", "")
    assert reference("Patient/1") == ("", "")


def test_answers_nested_without_end_are_read_without_recursion() -> None:
    item: Resource = {"linkId": "q1", "answer": [{"valueInteger": "1"}]}
    for _ in range(50_000):
        item = {"item": [item]}
    assert list(answers_of({"item": [item]})) == [("q1", "1", None)]


ODD_FIELDS: list[Resource] = [
    {"status": [SECRET]},
    {"status": {"a": SECRET}},
    {"patient": SECRET},
    {"patient": {"reference": f"Patient/{SECRET}"}},
    {"period": SECRET},
    {"period": {"start": SECRET}},
    {"period": {"start": "2024"}},
    {"managingOrganization": {"reference": f"#{SECRET}"}},
    {"id": None},
    {"id": {"x": SECRET}},
    {"id": "e1"},
    {"period": {"start": "2024-01-01\u0000\ud800"}},
]


@pytest.mark.parametrize("odd", ODD_FIELDS, ids=str)
def test_odd_fields_end_in_quarantine_and_are_not_quoted(tmp_path: Path, odd: Resource) -> None:
    episode = people()[5] | {"id": "e9"} | odd
    summary = load(ndjson(tmp_path / "x", [*people(), episode]), tmp_path / "home", mapping="fhir_r4")
    counts = {table.name: (table.rows_in, table.rows_stored) for table in summary.tables}
    assert counts["participants"] == (2, 2)
    rows_in, stored = counts["episodes"]
    readable = "status" in odd  # a status that cannot be read says nothing against the episode
    assert (rows_in - stored, stored) == ((0, 4) if readable else (rows_in - 3, 3))
    assert SECRET not in str(summary.as_dict()) + " ".join(summary.sentences())


def test_an_export_without_episodes_says_so(tmp_path: Path) -> None:
    folder = ndjson(tmp_path / "x", [people()[1]])
    with pytest.raises(InputFault, match="holds no row for episodes"):
        load(folder, tmp_path / "home", mapping="fhir_r4", dry_run=True)


def test_every_table_but_the_two_without_a_source_is_filled() -> None:
    from pipelines.mapping_file import read_mapping

    assert {rule.table for rule in read_mapping("fhir_r4").tables} == {table.name for table in schema.loaded_tables()}


def test_an_organisation_says_what_its_own_codes_mean(tmp_path: Path) -> None:
    own = tmp_path / "ours.toml"
    own.write_text(
        '[mapping]\nid = "ours"\nlabel = "Ours"\nextends = "fhir_r4"\n[tables.discharges.columns]\n'
        'exit_type = { from = "source_code", values = { finished = "completed" } }\n'
    )
    connection = warehouse.memory_connection()
    mapping_step.apply(connection, own, read.stage(connection, ndjson(tmp_path / "x", people())))
    assert connection.execute("SELECT episode_id, exit_type FROM raw_discharges").fetchall() == [("e1", "completed")]
