"""Codes of the packaged mappings, one by one. Referee: the code books and standards, copied here by hand.

A round trip through an exporter holds whatever code both sides agree on. Here every code stands as its source prints
it: LOINC 2.77, US Core 7.0.0, FHIR R4, SAMHSA's TEDS code books, and what two programs for SPARS have alike.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pipelines import map as mapping_step
from pipelines import read, warehouse
from pipelines.warehouse import quoted
from tests.pipelines.exporters import gpra, treatment_episodes
from tests.pipelines.exporters.sample_people import mapping_of, write_file
from tests.pipelines.test_fhir import code, ndjson, people, ref
from tests.pipelines.test_fhir import mapped as mapped_fhir
from tests.pipelines.test_sources import assert_same_records, loaded_twice

MAPPINGS = Path(read.__file__).parent / "mappings"
LOINC = re.compile(r"\b\d{3,5}-\d\b")
PHQ_9 = ["44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8"]
GAD_7 = ["69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7"]


def test_loinc_numbers_hold_their_check_digit() -> None:
    """The last digit is modulus 10 of the others (LOINC Users' Guide); a number with a slip has another one."""
    texts = [path.read_text() for path in sorted(MAPPINGS.glob("fhir_r4*"))]
    found = {number for text in texts for number in LOINC.findall(re.sub(r'"\d{4}-\d" = "[a-z]+"', "", text))}
    assert found >= {*PHQ_9, *GAD_7, "44249-1", "69737-5", "44261-6", "70274-6"}
    assert {number for number in found if _check_digit(number.partition("-")[0]) != number[-1]} == set()
    assert _check_digit("44259") != "4", "the slip that was in the mapping would be noticed"


def _check_digit(number: str) -> str:
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(number))]
    return str(-sum(each // 10 + each % 10 for each in doubled) % 10)


@pytest.mark.parametrize("items", [PHQ_9, GAD_7], ids=["phq_9", "gad_7"])
def test_items_in_loinc_become_their_numbers(tmp_path: Path, items: list[str]) -> None:
    """Items stand in the order of the questionnaire; answers are those of LOINC's list LL358-3."""
    answers = ["LA6568-5", "LA6569-3", "LA6570-1", "LA6571-9"]
    linked = [
        {"linkId": f"/{item}", "answer": [{"valueCoding": {"code": answers[place % 4]}}]}
        for place, item in enumerate(items)
    ]
    form = {"resourceType": "QuestionnaireResponse", "id": "f1", "status": "completed", "authored": "2024-01-15"}
    form |= {"subject": ref("Patient", "p1"), "questionnaire": "http://loinc.org/q/44249-1", "item": linked}
    rows = mapped_fhir(ndjson(tmp_path / "x", [*people(), form]))("assessment_items")
    assert {row["item_no"]: row["value"] for row in rows} == {
        str(place + 1): str(place % 4) for place in range(len(items))
    }


RACES = {
    ("1002-5",): "indigenous",
    ("2028-9",): "asian",
    ("2054-5",): "black",
    ("2076-8",): "another",
    ("2106-3",): "white",
    ("2131-1",): "another",
    ("2106-3", "2054-5"): "multiracial",
    ("2106-3", "2106-3"): "white",
    ("UNK",): "unknown",
    ("ASKU",): "unknown",
    (): "unknown",
}


@pytest.mark.parametrize(("codes", "expected"), RACES.items(), ids=lambda each: "-".join(each) or "none")
def test_race_in_us_core(tmp_path: Path, codes: tuple[str, ...], expected: str) -> None:
    url = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"
    parts = [{"url": "ombCategory", "valueCoding": {"code": each}} for each in codes]
    parts.append({"url": "detailed", "valueCoding": {"code": "2036-2"}})
    persons = [
        one | {"extension": [{"url": url, "extension": parts}]} if one["id"] == "p1" else one for one in people()
    ]
    rows = mapped_fhir(ndjson(tmp_path / "x", persons))("participants")
    assert [row["race_eth"] for row in rows if row["participant_id"] == "p1"] == [expected]


@pytest.mark.parametrize(
    ("of_class", "expected"),
    [("AMB", "in_person"), ("HH", "community"), ("FLD", "community"), ("VR", "unknown"), ("IMP", "unknown")],
)
def test_class_of_an_encounter(tmp_path: Path, of_class: str, expected: str) -> None:
    """VR is every contact at a distance, a telephone conference as well as one by video: it tells no mode."""
    met: dict[str, Any] = {"resourceType": "Encounter", "id": "m1", "status": "finished", "class": {"code": of_class}}
    met |= {"subject": ref("Patient", "p1"), "period": {"start": "2024-01-12T10:00:00Z"}}
    rows = mapped_fhir(ndjson(tmp_path / "x", [*people(), met]))("sessions")
    assert [row["mode"] for row in rows] == [expected]


@pytest.mark.parametrize("medium", ["MSGWRIT", "SMSWRIT", "MMSWRIT", "APPWRIT"])
def test_messages_are_texts(tmp_path: Path, medium: str) -> None:
    said = {"resourceType": "Communication", "id": "k1", "status": "completed", "sent": "2024-01-20T09:00:00Z"}
    said |= {"subject": ref("Patient", "p1"), "medium": code(medium)}
    rows = mapped_fhir(ndjson(tmp_path / "x", [*people(), said]))("engagement_events")
    assert [row["type"] for row in rows] == ["text"]


def mapped(folder: Path, packaged: str, export: Path) -> list[dict[str, object]]:
    """Return the raw rows of participants that a packaged mapping makes of an export."""
    connection = warehouse.memory_connection()
    mapping = mapping_of(folder / "ours", packaged)
    mapping_step.apply(connection, mapping, read.stage(connection, export))
    relation = connection.table(quoted("raw_participants")).order("row_no")
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


HOUSING = {
    ("1", "-1"): "homeless",
    ("2", "-1"): "homeless",
    ("3", "-1"): "controlled",
    ("4", "1"): "stable",
    ("4", "2"): "unstable",
    ("4", "3"): "controlled",
    ("4", "4"): "controlled",
    ("4", "5"): "unknown",
    ("4", "6"): "stable",
    ("-7", "-1"): "unknown",
}
EMPLOYMENT = ["other", "full_time", "part_time", "unemployed", "unable", "other", "retired", "unemployed"]


@pytest.mark.parametrize("tool", ["gpra_classic", "gpra_2023"])
def test_housing_and_employment_of_gpra(tmp_path: Path, tool: str) -> None:
    """LivingWhere 1 shelter to 4 housed; LivingHoused 3 halfway house, 6 dormitory; EmployStatus 0 other."""
    kind = "InterviewType" if tool == "gpra_2023" else "InterviewTypeCode"
    headings = [kind if name == "InterviewTypeCode" else name for name in gpra.HEADINGS]
    same = {"GrantNo": "TI1", "IntakeSeqNum": "1", kind: "1", "InterviewDate": "01/10/2024", "Gender": "2"}
    asked = [
        same | {"ClientID": f"H{place:02}", "LivingWhere": where, "LivingHoused": housed}
        for place, (where, housed) in enumerate(HOUSING)
    ]
    asked += [same | {"ClientID": f"W{number}", "EmployStatus": str(number)} for number in range(len(EMPLOYMENT))]
    (tmp_path / "export").mkdir()
    write_file(tmp_path / "export" / "gpra.csv", headings, asked)
    found = {str(row["participant_id"]): row for row in mapped(tmp_path, tool, tmp_path / "export")}
    assert [found[f"TI1-H{place:02}"]["housing"] for place in range(len(HOUSING))] == list(HOUSING.values())
    assert [found[f"TI1-W{number}"]["employment"] for number in range(len(EMPLOYMENT))] == EMPLOYMENT


ORIGINS = [
    # what tells the book, ETHNIC: race_eth of somebody of race 5, white
    (("5", "5", "5", "6"), {"1": "hispanic", "3": "hispanic", "4": "white", "5": "hispanic", "-9": "white"}),
    (("5", "13"), {"1": "hispanic", "3": "hispanic", "4": "hispanic", "5": "white", "6": "hispanic", "-9": "white"}),
    (("5", "5"), {"1": "hispanic", "2": "hispanic", "3": "hispanic", "4": "white", "5": "white"}),
    (("6", "13"), {"1": "hispanic", "3": "hispanic", "4": "white", "5": "white", "-9": "white"}),
]


@pytest.mark.parametrize(("races", "expected"), ORIGINS, ids=["since 2015", "2006 to 2014", "neither", "both"])
@pytest.mark.parametrize("digits", [1, 2])
def test_origins_in_both_numberings_of_teds(
    tmp_path: Path, races: tuple[str, ...], expected: dict[str, str], digits: int
) -> None:
    """Not of Hispanic origin is 4 in the code books since 2015 and 5 in that of 2006 to 2014."""
    white = [{"ClientID": f"W{place}", "RACE": "5", "ETHNIC": origin} for place, origin in enumerate(expected)]
    others = [{"ClientID": f"R{place}", "RACE": race, "ETHNIC": "-9"} for place, race in enumerate(races)]
    same = {"ProviderID": "P", "AdmissionDate": "01/10/2024"}
    rows = [
        same | {name: text.zfill(digits) if text.isdigit() else text for name, text in row.items()}
        for row in (*white, *others)
    ]
    (tmp_path / "export").mkdir()
    write_file(tmp_path / "export" / "admission.csv", treatment_episodes.ADMISSION.split(), rows)
    left = same | {"ClientID": "W0", "DischargeDate": "02/10/2024", "LastContactDate": "02/01/2024", "REASON": "1"}
    write_file(tmp_path / "export" / "discharge.csv", treatment_episodes.DISCHARGE.split(), [left])
    found = {str(row["participant_id"]): row["race_eth"] for row in mapped(tmp_path, "teds_like", tmp_path / "export")}
    assert [found[f"P-W{place}"] for place in range(len(expected))] == list(expected.values())


def test_teds_like_files_in_older_numbers_give_the_same_records(tmp_path: Path) -> None:
    as_held, write = treatment_episodes.as_held_by_teds, treatment_episodes.write_teds_in_older_numbers
    with loaded_twice(tmp_path, "teds_like", as_held, write) as twice:
        assert_same_records(twice)
