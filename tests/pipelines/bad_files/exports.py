"""FHIR exports and JSON: lines and Bundles that are not whole, nested without end, or say a thing twice."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.pipelines.bad_files.case import SECRET, Case, KeptOut, Outcome, Refused, Warned, Write

Resource = dict[str, Any]
LINES = "lines are not one JSON object each"
TWICE = "an object names a key twice"
NOT_WHOLE = "is not one whole JSON object in UTF-8"
NOTHING = "holds no resource that is read"
LONG = "a line is longer than"
UNSAFE = "would unpack to more than can be read safely"
UPDATED = {"meta": {"lastUpdated": "2024-12-31T00:00:00Z"}}


def people(secret: str = SECRET) -> list[Resource]:
    """One person with an episode and two visits at one place."""
    person, episode = {"reference": f"Patient/{secret}-p1"}, {"reference": f"EpisodeOfCare/{secret}-e1"}
    visit: Resource = {"resourceType": "Appointment", "participant": [{"actor": person}], **UPDATED}
    del episode
    return [
        {"resourceType": "Organization", "id": "o1", "name": "Ashgrove", **UPDATED},
        {"resourceType": "Patient", "id": f"{secret}-p1", "gender": "female", "birthDate": "1980-06-15", **UPDATED},
        {"resourceType": "EpisodeOfCare", "id": f"{secret}-e1", "status": "active", "patient": person}
        | {"managingOrganization": {"reference": "Organization/o1"}, "period": {"start": "2024-01-10"}, **UPDATED},
        visit | {"id": "a1", "status": "fulfilled", "start": "2024-01-12T10:00:00Z"},
        visit | {"id": "a2", "status": "noshow", "start": "2024-01-19T10:00:00Z"},
    ]


def lines(resources: list[Resource]) -> bytes:
    return "".join(json.dumps(resource) + "\n" for resource in resources).encode()


def export(content: bytes, name: str = "export.ndjson") -> Write:
    """Write a folder with one file of an export."""

    def write_case(folder: Path) -> Path:
        source = folder / "in"
        source.mkdir()
        (source / name).write_bytes(content)
        return source

    return write_case


def with_line(content: bytes | str) -> bytes:
    """The good lines and one more."""
    return lines(people()) + (content.encode() if isinstance(content, str) else content) + b"\n"


def bundle(inside: str) -> bytes:
    return ('{"resourceType": "Bundle", "type": "collection", "entry": [' + inside).encode()


GOOD = lines(people())
ENTRIES = ", ".join(json.dumps({"resource": resource}) for resource in people())
NDJSON: dict[str, tuple[bytes, str]] = {
    "words between the lines": (with_line(f"{SECRET}\n{SECRET}"), LINES),
    "a list on a line": (with_line(f'["{SECRET}"]'), LINES),
    "a text on a line": (with_line(f'"{SECRET}"'), LINES),
    "a number on a line": (with_line("4"), LINES),
    "a last line that is cut": (GOOD[:-20], LINES),
    "a line cut in the middle": (GOOD.replace(b'"fulfilled"', b'"ful\n'), LINES),
    "two objects on a line": (with_line(json.dumps(people()[1]) * 2), LINES),
    "a number of nobody": (with_line('{"resourceType": "Patient", "id": NaN}'), LINES),
    "a number without end": (with_line('{"resourceType": "Patient", "id": "x", "value": -Infinity}'), LINES),
    "a comma too many": (with_line('{"resourceType": "Patient",}'), LINES),
    "single quotation marks": (with_line("{'resourceType': 'Patient'}"), LINES),
    "a comment": (with_line('{"resourceType": "Patient"} // x'), LINES),
    "a Latin-1 letter on a line": (GOOD + '{"resourceType": "Patient", "id": "Zoë"}\n'.encode("latin-1"), LINES),
    "UTF-16": (GOOD.decode().encode("utf-16"), LINES),
    "a NUL": (GOOD.replace(b"Ashgrove", b"Ash\0grove"), LINES),
    "nesting of a hundred thousand": (with_line('{"a":' * 100_000 + "1" + "}" * 100_000), LINES),
    "lists nested a million deep": (with_line('{"a":' + "[" * 1_000_000), LINES),
    "a key twice": (with_line(f'{{"resourceType": "Patient", "id": "{SECRET}", "id": "x"}}'), TWICE),
    "a key twice further in": (
        with_line('{"resourceType": "Patient", "id": "x", "a": [{"b": {"c": 1, "c": 2}}]}'),
        TWICE,
    ),
    "a key twice, once escaped": (with_line('{"resourceType": "Patient", "id": "x", "\\u0069d": "y"}'), TWICE),
    "a line without end": (GOOD + b'{"a": "' + SECRET.encode() * 1_600_000, LONG),
    "no line at all": (b"", NOTHING),
    "blank lines": (b"\n \n\t\n", NOTHING),
    "types that are not read": (lines([{"resourceType": "Condition", "id": SECRET}] * 3), NOTHING),
    "types nobody knows": (lines([{"resourceType": SECRET, "id": "x"}] * 3), NOTHING),
    "objects without a type": (lines([{"id": SECRET}] * 3), NOTHING),
    "a type that is a list": (lines([{"resourceType": ["Patient"], "id": SECRET}]), NOTHING),
}
BUNDLES: dict[str, tuple[bytes, str]] = {
    "a resource that is no Bundle": (json.dumps(people()[1]).encode(), "is not a FHIR Bundle"),
    "settings of a program": (f'{{"name": "{SECRET}", "version": 1}}'.encode(), "is not a FHIR Bundle"),
    "a Bundle called otherwise": (bundle(ENTRIES + "]}").replace(b"Bundle", b"Bundles"), "is not a FHIR Bundle"),
    "lines in a .json": (GOOD, NOT_WHOLE),
    "a Bundle cut in an entry": (bundle('{"resource": {'), NOT_WHOLE),
    "a Bundle without its end": (bundle(ENTRIES + "]"), NOT_WHOLE),
    "words behind a Bundle": (bundle(ENTRIES + "]}") + SECRET.encode(), NOT_WHOLE),
    "two commas in a Bundle": (bundle("{},,{}]}"), NOT_WHOLE),
    "an empty Bundle": (bundle("]}"), NOTHING),
    "a Bundle of texts": (bundle(f'"{SECRET}", 4, null, []]}}'), NOTHING),
    "a Bundle whose entry is an object": (b'{"resourceType": "Bundle", "entry": {"resource": {}}}', NOTHING),
    "a text in a .json": (f'"{SECRET}"'.encode(), NOT_WHOLE),
    "an empty .json": (b"", NOT_WHOLE),
    "a Bundle nested without end": (bundle("[" * 200_000), NOT_WHOLE),
    "a Bundle with a Latin-1 letter": ('{"resourceType": "Zoë"}'.encode("latin-1"), NOT_WHOLE),
    "a Bundle in UTF-16": (bundle(ENTRIES + "]}").decode().encode("utf-16"), NOT_WHOLE),
    "a key twice in a Bundle": (bundle(ENTRIES + ', {"resource": {"id": "x", "id": "y"}}]}'), TWICE),
    "entries twice in a Bundle": (bundle(ENTRIES + '], "entry": []}'), TWICE),
    "a type twice in a Bundle": (bundle(ENTRIES + '], "resourceType": "Bundle"}'), TWICE),
}


def episode(**changes: Any) -> Write:
    """The good lines and one more episode, of another person, changed."""
    person = people()[1] | {"id": "p9"}
    added = people()[2] | {"id": "e9", "patient": {"reference": "Patient/p9"}} | changes
    return export(lines([*people(), person, added]))


FIELDS: dict[str, tuple[dict[str, Any], Outcome]] = {
    "a person that is not there": (
        {"patient": {"reference": f"Patient/{SECRET}"}},
        KeptOut("unknown_reference", "episodes"),
    ),
    "a person contained in the episode": (
        {"patient": {"reference": "#p"}, "contained": [{"resourceType": "Patient", "id": "p", "name": SECRET}]},
        KeptOut("missing_required", "episodes"),
    ),
    "a person contained in what it contains": (
        {"patient": {"reference": "#e"}, "contained": [{"resourceType": "EpisodeOfCare", "id": "e"}]},
        KeptOut("missing_required", "episodes"),
    ),
    "an episode of itself": ({"patient": {"reference": "EpisodeOfCare/e9"}}, KeptOut("missing_required", "episodes")),
    "a person who is a text": ({"patient": SECRET}, KeptOut("missing_required", "episodes")),
    "a person who is a list of lists": (
        {"patient": [[{"reference": SECRET}]]},
        KeptOut("missing_required", "episodes"),
    ),
    "a place that is an address": (
        {"managingOrganization": {"reference": f"https://{SECRET}.example/x"}},
        KeptOut("missing_required", "episodes"),
    ),
    "an identifier that is an object": ({"id": {"x": SECRET}}, KeptOut("missing_required", "episodes")),
    "an identifier told twice": ({"id": f"{SECRET}-e1"}, KeptOut("duplicate_key", "episodes")),
}


def cases() -> Iterator[Case]:
    """Yield every case."""
    heavy = {"nesting of a hundred thousand", "lists nested a million deep", "a line without end"}
    for name, (content, rule) in NDJSON.items():
        yield Case(name, export(content), Refused("export.ndjson", rule), "fhir_r4", heavy=name in heavy)
    for name, (content, rule) in BUNDLES.items():
        write_case = export(content, "export.json")
        yield Case(name, write_case, Refused("export.json", rule), "fhir_r4", heavy="without end" in name)
    for name, (changes, outcome) in FIELDS.items():
        yield Case(name, episode(**changes), outcome, mapping="fhir_r4")
    yield from _packed()
    yield from _sizes()
    none = export(lines(people()[:2]))
    yield Case("an export without episodes", none, Refused("", "holds no row for episodes"), "fhir_r4")
    huge = lines(people()).replace(b'"a1"', b"9" * 5_000)
    yield Case(
        "a number of five thousand digits for a name", export(huge), _stored("sessions"), "fhir_r4", secrets=("9" * 50,)
    )
    mail = export(lines([people(SECRET)[0] | {"name": f"{SECRET}@example.org"}, *people()[1:]]))
    yield Case("an e-mail address for a place", mail, Refused("column site_code", "identifier_email"), "fhir_r4")


def _stored(table: str) -> Outcome:
    return Warned("", table, 0)


def _packed() -> Iterator[Case]:
    cut = gzip.compress(GOOD * 50, mtime=0)
    whole = "is not a whole gzip file"
    yield Case("a cut export", export(cut[:200], "x.ndjson.gz"), Refused("x.ndjson.gz", whole), "fhir_r4")
    yield Case("an export that is not packed", export(GOOD, "x.ndjson.gz"), Refused("x.ndjson.gz", whole), "fhir_r4")

    def write_bomb(folder: Path) -> Path:
        return export(gzip.compress(GOOD + b"\n" * 150_000_000, 6, mtime=0), "x.ndjson.gz")(folder)

    yield Case(
        "an export of a thousand times its size", write_bomb, Refused("x.ndjson.gz", UNSAFE), "fhir_r4", heavy=True
    )


def _sizes() -> Iterator[Case]:
    """Yield objects that grow when they are read."""
    lists = "[" + "[]," * 1_300_000 + "[]]"
    too_long = Refused("export.ndjson", LONG)
    many = f'{{"resourceType": "Patient", "id": "x", "a": {"[" + "[]," * 2_000_000 + "[]]"}}}'
    yield Case("six megabytes of empty lists", export(with_line(many)), too_long, "fhir_r4", heavy=True)
    entry = bundle(ENTRIES + f', {{"resource": {{"a": {lists + " " * 300_000}, "b": {lists}}}}}]}}')
    yield Case(
        "eight megabytes of empty lists in an entry",
        export(entry, "export.json"),
        Refused("export.json", NOT_WHOLE),
        "fhir_r4",
        heavy=True,
    )
    text = f'{{"resourceType": "Patient", "id": "x", "photo": "{SECRET * 700_000}"}}'
    yield Case("a photo of four megabytes", export(with_line(text)), too_long, "fhir_r4", heavy=True)
