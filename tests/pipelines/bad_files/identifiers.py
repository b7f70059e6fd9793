"""Identifiers of people in columns that are kept: e-mail, phone, number, name, address, date, web, network, record."""

from __future__ import annotations

from collections.abc import Iterator

from tests.pipelines.bad_files.case import Case, KeptOut, Refused, Warned, cells, texts_of

PLACES = (
    ("sites", "site_code"),
    ("sites", "region"),
    ("episodes", "program"),
    ("assessments", "instrument_version"),
    ("discharges", "source_code"),
)
"""The columns whose text is kept; cases go round them."""
HIGH: dict[str, tuple[str, ...]] = {
    "identifier_email": (
        "zqann@example.org",
        "Zqann <zqann@example.org>",
        "zqann (at) example (dot) org",
        "zqann[at]example.org",
        "zqann at example dot org",
        "zqann\uff20example.org",
        "zqann\ufe6bexample.org",
        "zq\u200bann@exam\u200dple.org",
        "zqann@\u0435xample.org",
        "zq\x01ann@exam\x02ple.org",
        "zqann @ example . org",
        "zqann+x@mail.example.co.uk",
    ),
    "identifier_phone": (
        "555-123-4987",
        "(555) 123-4987",
        "(555)123-4987",
        "555.123.4987",
        "555 123 4987",
        "555 - 123 - 4987",
        "555/123-4987",
        "1-555-123-4987",
        "call 555-123-4987 x12",
        "+1 555 123 4987",
        "+15551234987",
        "+44 20 7946 0987",
        "+49 (0)30 901 4987",
        "0049 30 9014987",
        "020 7946 0987",
        "07911 124987",
        "030/9014987",
        "06 12 34 49 87",
        "(02) 9876 4987",
        "555\u2011123\u20114987",
        "555\u2013123\u20134987",
        "555\u00a0123\u00a04987",
        "555\u2212123\u22124987",
        "\uff15\uff15\uff15-123-4987",
        "\u0665\u0665\u0665-\u0661\u0662\u0663-\u0664\u0669\u0668\u0667",
        "5\u200b5\u200b5-123-49\u200b87",
        "555\t123\t4987",
        "555-123-\x074987",
    ),
    "identifier_ssn": (
        "123-45-6987",
        "123 45 6987",
        "123.45.6987",
        "123 - 45 - 6987",
        "x123-45-6987y",
        "123\u201145\u20116987",
        "123\u201045\u20106987",
        "123\u201445\u20146987",
        "123\ufe6345\uff0d6987",
        "\uff11\uff12\uff13-\uff14\uff15-\uff16\uff19\uff18\uff17",
        "\u0661\u0662\u0663-\u0664\u0665-\u0666\u0669\u0668\u0667",
        "\u096f\u0968\u0969-\u096a\u096b-\u096c\u096f\u096e\u096d",
        "\U0001d7ed\U0001d7ee\U0001d7ef-\U0001d7f0\U0001d7f1-\U0001d7f2\U0001d7f5\U0001d7f4\U0001d7f3",
        "123-\u200b45-\u200b6987",
        "123\u200b-45\u2060-69\ufeff87",
        "1\u03322\u03323\u0332-45-6987",
        "123\u00ad-45-6987",
        "123\t45\t6987",
        "12\x003-45-6987".replace("\x00", "\x7f"),
        "I23-45-6987",
        "123-45-698O",
    ),
    "identifier_url": (
        "https://zq.example/ann",
        "HTTP://ZQ.EXAMPLE",
        "ftp://zq.example/x",
        "www.zqann.example",
        "facebook.com/zqann",
        "zq.ly/3xAnn",
        "zqann.github.io/me",
        "https\uff1a//zq.example/ann",
    ),
    "identifier_street_address": (
        "12 Zqoak Street",
        "12, Zqoak Street",
        "1200 N Zqmain St",
        "4 Old Zqmill Rd.",
        "77 Zqelm Avenue Apt 4",
        "15b zqhigh street, Hartford",
        "PO Box 4987",
        "P. O. Box 4987",
        "12\u00a0Zqoak\u2003Street",
        "\uff11\uff12 Zqoak Street",
    ),
    "identifier_ip": (
        "192.168.17.49",
        "from 8.8.8.81",
        "2001:0db8:85a3:0000:0000:8a2e:0370:7349",
        "2001:db8::7349",
        "fe80::1ff:fe23:4567:890a",
        "00:1A:2B:3C:4D:5E",
        "192\uff0e168\uff0e17\uff0e49",
    ),
}
LOW: dict[str, tuple[str, ...]] = {
    "name_like_text": (
        "Zqmaria Gonzalez",
        "Gonzalez, Zqmaria",
        "GONZALEZ, ZQMARIA",
        "Zqanna B. Clark",
        "Z. Zqgonzalez",
        "Dr. Zqwho",
        "with Mrs Zqjones",
        "Mary-Zqann O\u2019Neil",
        "\u00c9va Zqkov\u00e1cs",
        "E\u0301va Zqkova\u0301cs",
        "Zqmaria\u00a0Gonzalez",
        "Zqmaria\u200b Gonz\u00adalez",
        "\u041c\u0430\u0440\u0438\u044f \u0418\u0432\u0430\u043d\u043e\u0432\u0430",
        "\uff3a\uff51maria \uff27onzalez",
    ),
    "long_digit_run": (
        "8804987",
        "mrn880044987",
        "ID 00014987",
        "5551234987",
        "123456987",
        "MRN 4987",
        "chart no. A4987",
        "Medicaid ID 84987",
        "555-4987",
        "\u0668\u0668\u0660\u0664\u0669\u0668\u0667",
    ),
    "date_in_text": (
        "1980-01-15",
        "1/15/1980",
        "1-15-80",
        "15.01.1980",
        "1980/01/15",
        "jan 15",
        "March 3rd",
        "3 march",
        "15-Jan-1980",
        "born 15 Jan. 1980",
        "1980\u201101\u201115",
        "\uff11/\uff11\uff15/\uff11\uff19\uff18\uff10",
    ),
    "long_text": (
        "one zqtwo three four five six",
        "zqx" * 14,
        "she said\nzqshe\twould come back soon",
    ),
}
ELSEWHERE: tuple[tuple[str, str, str, str], ...] = (
    ("participants", "participant_id", "zqann@example.org", "identifier_email"),
    ("participants", "participant_id", "123-45-6987", "identifier_ssn"),
    ("participants", "participant_id", "123\u201145\u20116987", "identifier_ssn"),
    ("participants", "participant_id", "123.45.6987", "identifier_ssn"),
    ("participants", "housing", "12 Zqoak Street", "identifier_street_address"),
    ("participants", "gender", "zqann@example.org", "identifier_email"),
    ("participants", "zip", "555-123-4987", "identifier_phone"),
    ("participants", "age", "123-45-6987", "identifier_ssn"),
    ("sessions", "session_id", "zqann@example.org", "identifier_email"),
    ("sessions", "episode_id", "zqann@example.org", "identifier_email"),
    ("sessions", "kind", "https://zq.example/ann", "identifier_url"),
    ("sessions", "minutes", "555-123-4987", "identifier_phone"),
    ("sessions", "occurred_date", "192.168.17.49", "identifier_ip"),
    ("assessments", "instrument_id", "zqann@example.org", "identifier_email"),
    ("assessments", "rater", "+44 20 7946 0987", "identifier_phone"),
    ("assessment_items", "value", "123-45-6987", "identifier_ssn"),
    ("engagement_events", "type", "12 Zqoak Street", "identifier_street_address"),
    ("engagement_events", "linked_participant_id", "zqann@example.org", "identifier_email"),
    ("coaches", "role", "zqann@example.org", "identifier_email"),
)
"""Table, column, what the cell holds, and the rule that refuses the load: columns of which no text is stored."""
KEPT_OUT: tuple[tuple[str, str, str, str], ...] = (
    ("participants", "housing", "with Mrs Zqjones", "name_like_text"),
    ("participants", "employment", "MRN 4987", "long_digit_run"),
    ("participants", "race_eth", "born 15 Jan 1980", "date_in_text"),
    ("participants", "age", "01/15/1980", "bad_number"),
    ("sessions", "kind", "at Zqmaria's house", "unknown_category"),
    ("assessments", "wave", "Zqmaria Gonzalez", "unknown_category"),
    ("engagement_events", "type", "Zqmaria Gonzalez", "unknown_category"),
)
NAMES_ALLOWED = "name_like_text"
"""Places may be called like people: this rule does not look at them."""


TOGETHER = 3
"""Identifiers of a kind in one file, each in a row of its own; every one of them must be counted."""


def cases() -> Iterator[Case]:
    """Yield every case: identifiers that refuse the load, then those that keep a row out."""
    turn = 0
    for found, texts in (HIGH | LOW).items():
        places = [place for place in PLACES if found != NAMES_ALLOWED or place[0] not in ("sites", "episodes")]
        for start in range(0, len(texts), TOGETHER):
            table, column = places[turn % len(places)]
            turn += 1
            some = texts[start : start + TOGETHER]
            refused = Refused(f"{table}.csv, column {column}", found, rows=len(some))
            outcome = refused if found in HIGH else KeptOut(found, table, len(some))
            name = f"{found} {start // TOGETHER + 1}: {', '.join(map(ascii, some))}"
            yield Case(name, texts_of(table, column, some), outcome, secrets=_parts(*some))
    for table, column, text, rule in ELSEWHERE:
        where = f"{table}.csv, column {column}"
        name = f"{table}.{column}: {text!a}"
        yield Case(name, cells(table, **{column: text}), Refused(where, rule), secrets=_parts(text))
    for table, column, text, rule in KEPT_OUT:
        name = f"{table}.{column}: {text!a}"
        yield Case(name, cells(table, **{column: text}), KeptOut(rule, table), secrets=_parts(text))
    for table, column in (("sessions", "status"), ("participants", "housing"), ("episodes", "referral_source")):
        write_case = cells(table, **{column: "Zqmaria Gonzalez"})
        name = f"{table}.{column}: a name, of which nothing is stored"
        yield Case(name, write_case, Warned("category_not_recognised", table), secrets=("Zqmaria", "Gonzalez"))


def _parts(*texts: str) -> tuple[str, ...]:
    """What of the texts must be nowhere: all of each, and the words in it that are unlike any of ours."""
    words = [word for text in texts for word in text.replace("@", " ").split()]
    return (*texts, *(word for word in words if any(sign in word.lower() for sign in ("zq", "987"))))
