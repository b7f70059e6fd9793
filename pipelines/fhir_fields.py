"""Which fields of which FHIR R4 resources are read: these and no others ever leave the reader.

Names, telecom, addresses, identifiers, photos, narrative text, notes, payloads, display texts and answers in words
are not among them. Pure: a parsed resource in, texts out. A path names elements from the resource down; lists are
looked through, `extension(x)` is the extension whose address ends in x, and the first value that fits counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Resource = Mapping[str, Any]
ResolveType = Callable[[str], str]
"""Gives the type of the resource behind an address without one, empty if it is not known."""
COACHES = ("Practitioner",)
ROLES = ("PractitionerRole",)
_US_CORE = "extension(us-core-{}).extension(ombCategory).valueCoding.code"


@dataclass(frozen=True, slots=True)
class Field:
    """One column: the paths it may come from, and for references the types they may point to.

    `gives` is the value itself, the value if no other one is given beside it (else the word `several`), the id a
    reference points to, or the type it points to.
    """

    column: str
    paths: tuple[str, ...]
    gives: str = "value"
    types: tuple[str, ...] = ()


def _value(column: str, *paths: str) -> Field:
    return Field(column, paths)


def _to(column: str, types: tuple[str, ...], *paths: str) -> Field:
    return Field(column, paths, "id", types)


_PATIENT = _to("patient_id", ("Patient",), "subject")
_ENCOUNTER = _to("encounter_id", ("Encounter",), "encounter")
_EPISODE = _to("episode_id", ("EpisodeOfCare",), "extension(workflow-episodeOfCare).valueReference")
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "Patient": (
        _value("birth_date", "birthDate"),
        _value("gender", "gender"),
        _value("deceased_date", "deceasedDateTime"),
        Field("race_code", (_US_CORE.format("race"),), "one value"),
        _value("ethnicity_code", _US_CORE.format("ethnicity")),
    ),
    "Organization": (_value("short_name", "alias", "name"),),
    "PractitionerRole": (
        _to("practitioner_id", COACHES, "practitioner"),
        _to("organization_id", ("Organization",), "organization"),
        _value("role_code", "code.coding.code"),
    ),
    "EpisodeOfCare": (
        _value("status", "status"),
        _to("patient_id", ("Patient",), "patient"),
        _to("organization_id", ("Organization",), "managingOrganization"),
        _to("coach_id", COACHES, "careManager"),
        _to("coach_role_id", ROLES, "careManager"),
        _value("type_code", "type.coding.code"),
        _value("start_date", "period.start"),
        _value("end_date", "period.end"),
        _value(
            "exit_code", "extension(exit-reason).valueCode", "extension(exit-reason).valueCodeableConcept.coding.code"
        ),
    ),
    "Appointment": (
        _value("status", "status"),
        _EPISODE,
        _to("patient_id", ("Patient",), "participant.actor"),
        _to("coach_id", COACHES, "participant.actor"),
        _to("coach_role_id", ROLES, "participant.actor"),
        _value("start_date", "start"),
        _value("minutes", "minutesDuration"),
        _value("type_code", "appointmentType.coding.code"),
        _value("service_code", "serviceType.coding.code"),
        _value("cancel_code", "cancelationReason.coding.code"),
    ),
    "Encounter": (
        _value("status", "status"),
        _PATIENT,
        _to("episode_id", ("EpisodeOfCare",), "episodeOfCare"),
        _to("appointment_id", ("Appointment",), "appointment"),
        _to("coach_id", COACHES, "participant.individual"),
        _to("coach_role_id", ROLES, "participant.individual"),
        _value("class_code", "class.code"),
        _value("type_code", "type.coding.code"),
        _value("service_code", "serviceType.coding.code"),
        _value("start_date", "period.start"),
        _value("end_date", "period.end"),
        _value("length", "length.value"),
        _value("length_unit", "length.code", "length.unit"),
    ),
    "QuestionnaireResponse": (
        _value("status", "status"),
        _value("questionnaire", "questionnaire"),
        _PATIENT,
        _ENCOUNTER,
        _EPISODE,
        Field("source_type", ("source",), "type"),
        Field("author_type", ("author",), "type"),
        _to("coach_id", COACHES, "author", "source"),
        _to("coach_role_id", ROLES, "author", "source"),
        _value("authored_date", "authored"),
        _value("wave_code", "extension(assessment-wave).valueCode"),
    ),
    "Observation": (
        _value("status", "status"),
        _value("code", "code.coding.code"),
        _PATIENT,
        _ENCOUNTER,
        _EPISODE,
        _value("effective_date", "effectiveDateTime", "effectivePeriod.start"),
        _value("value", "valueQuantity.value", "valueInteger"),
    ),
    "Communication": (
        _value("status", "status"),
        _PATIENT,
        _ENCOUNTER,
        _EPISODE,
        _value("medium_code", "medium.coding.code"),
        _value("category_code", "category.coding.code"),
        Field("sender_type", ("sender",), "type"),
        _value("sent_date", "sent", "received"),
    ),
    "ServiceRequest": (
        _value("status", "status"),
        _PATIENT,
        _ENCOUNTER,
        _EPISODE,
        Field("requester_type", ("requester",), "type"),
        _value("authored_date", "authoredOn"),
    ),
}
"""Columns of the table `fhir_<type in snake case>`, beside `id`."""
ANSWER_COLUMNS = ("response_id", "line", "link_id", "value", "code")
"""Columns of `fhir_answer`: one row per answered item; `value` is its number, `code` that of its coding."""
EXPORT_COLUMNS = ("extract_date",)
"""Columns of `fhir_export`, one row: the day on which the records were extracted, as far as they tell."""
ACTORS = ("Patient", "Practitioner", "PractitionerRole", "RelatedPerson", "Organization", "Device", "Location")
_ORDINAL = ("extension(ordinalValue).valueDecimal", "extension(iso21090-CO-value).valueDecimal")


def columns_of(resource_type: str) -> tuple[str, ...]:
    """Return the columns of the table of a type of resource."""
    return ("id", *(field.column for field in FIELDS[resource_type]))


def texts_of(resource: Resource, resource_id: str | None, resolve: ResolveType) -> list[str | None]:
    """Return the declared fields of a resource in the order of its columns, None where there is none."""
    return [resource_id, *(_text(resource, field, resolve) for field in FIELDS[str(resource["resourceType"])])]


def answers_of(response: Resource) -> Iterator[tuple[str | None, str | None, str | None]]:
    """Yield link, number and code of every answered item of a questionnaire response, nested items included.

    An answer in words gives neither number nor code. Where an item has several answers the first counts.
    """
    waiting = list(reversed(_listed(response.get("item"))))
    while waiting:
        item = waiting.pop()
        if not isinstance(item, Mapping):
            continue
        answers = [answer for answer in _listed(item.get("answer")) if isinstance(answer, Mapping)]
        nested = [_listed(answer.get("item")) for answer in answers]
        waiting.extend(reversed([*_listed(item.get("item")), *(each for items in nested for each in items)]))
        if answers:
            yield plain(item.get("linkId")), *_answer(answers[0])


def reference(value: object) -> tuple[str, str]:
    """Return type and id of what a reference points to; the type is empty where the address does not tell it."""
    address = value.get("reference") if isinstance(value, Mapping) else None
    if not isinstance(address, str) or address.startswith("#"):
        return "", ""
    declared = plain(value.get("type")) or "" if isinstance(value, Mapping) else ""
    if address.startswith("urn:"):
        return declared, address.rpartition(":")[2]
    parts = address.partition("/_history/")[0].split("/")
    return (parts[-2] if len(parts) > 1 else declared), parts[-1]


def plain(value: object) -> str | None:
    """Return a value as text that can be stored; None for what is no single value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str) or value == "":
        return None
    if value.isascii() and "\0" not in value:
        return value
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def _text(resource: Resource, field: Field, resolve: ResolveType) -> str | None:
    if field.gives == "one value":
        given = {text for path in field.paths for found in _walk(resource, path) if (text := plain(found))}
        return "several" if len(given) > 1 else next(iter(given), None)
    for path in field.paths:
        for found in _walk(resource, path):
            if field.gives == "value":
                text = plain(found)
                if text is not None:
                    return text
                continue
            kind, name = reference(found)
            kind = kind or resolve(name)
            if field.gives == "type" and kind in ACTORS:
                return kind
            if field.gives == "id" and name and (kind in field.types or (not kind and len(field.types) == 1)):
                return plain(name)
    return None


def _walk(value: object, path: str) -> Iterator[object]:
    """Yield everything a path leads to, in order."""
    step, _, rest = path.partition(".")
    name, _, ending = step.partition("(")
    for each in _listed(value):
        if not isinstance(each, Mapping):
            continue
        for child in _listed(each.get(name)):
            if ending and not _ends_in(child, ending.rstrip(")")):
                continue
            if rest:
                yield from _walk(child, rest)
            else:
                yield child


def _ends_in(extension: object, ending: str) -> bool:
    url = extension.get("url") if isinstance(extension, Mapping) else None
    return isinstance(url, str) and url.rpartition("/")[2] == ending


def _answer(answer: Resource) -> tuple[str | None, str | None]:
    for name in ("valueInteger", "valueDecimal", "valueBoolean"):
        if name in answer:
            text = plain(answer[name])
            return {"true": "1", "false": "0"}.get(text, text) if text else None, None
    coding = answer.get("valueCoding")
    if not isinstance(coding, Mapping):
        return None, None
    ordinal = next((text for path in _ORDINAL for found in _walk(coding, path) if (text := plain(found))), None)
    return ordinal, plain(coding.get("code"))


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


_NAMES = """
Account ActivityDefinition AdverseEvent AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic Binary
BiologicallyDerivedProduct BodyStructure Bundle CapabilityStatement CarePlan CareTeam CatalogEntry ChargeItem
ChargeItemDefinition Claim ClaimResponse ClinicalImpression CodeSystem Communication CommunicationRequest
CompartmentDefinition Composition ConceptMap Condition Consent Contract Coverage CoverageEligibilityRequest
CoverageEligibilityResponse DetectedIssue Device DeviceDefinition DeviceMetric DeviceRequest DeviceUseStatement
DiagnosticReport DocumentManifest DocumentReference EffectEvidenceSynthesis Encounter Endpoint EnrollmentRequest
EnrollmentResponse EpisodeOfCare EventDefinition Evidence EvidenceVariable ExampleScenario ExplanationOfBenefit
FamilyMemberHistory Flag Goal GraphDefinition Group GuidanceResponse HealthcareService ImagingStudy Immunization
ImmunizationEvaluation ImmunizationRecommendation ImplementationGuide InsurancePlan Invoice Library Linkage List
Location Measure MeasureReport Media Medication MedicationAdministration MedicationDispense MedicationKnowledge
MedicationRequest MedicationStatement MedicinalProduct MedicinalProductAuthorization MedicinalProductContraindication
MedicinalProductIndication MedicinalProductIngredient MedicinalProductInteraction MedicinalProductManufactured
MedicinalProductPackaged MedicinalProductPharmaceutical MedicinalProductUndesirableEffect MessageDefinition
MessageHeader MolecularSequence NamingSystem NutritionOrder Observation ObservationDefinition OperationDefinition
OperationOutcome Organization OrganizationAffiliation Parameters Patient PaymentNotice PaymentReconciliation Person
PlanDefinition Practitioner PractitionerRole Procedure Provenance Questionnaire QuestionnaireResponse RelatedPerson
RequestGroup ResearchDefinition ResearchElementDefinition ResearchStudy ResearchSubject RiskAssessment
RiskEvidenceSynthesis Schedule SearchParameter ServiceRequest Slot Specimen SpecimenDefinition StructureDefinition
StructureMap Subscription Substance SubstanceNucleicAcid SubstancePolymer SubstanceProtein
SubstanceReferenceInformation SubstanceSourceMaterial SubstanceSpecification SupplyDelivery SupplyRequest Task
TerminologyCapabilities TestReport TestScript ValueSet VerificationResult VisionPrescription
"""
RESOURCE_TYPES = frozenset(_NAMES.split())
"""Names of R4's resources; another name is counted and never printed, because a file could put anything there."""
