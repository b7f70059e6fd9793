"""Detectors of identifiers in text: the second line of defence behind the closed schema.

A high-precision detector finds what is an identifier nearly whenever it matches (an e-mail address, a
phone number); one match in a column refuses the whole load. A low-precision one finds what may be one
(two capitalised words, a long run of digits); the row goes to quarantine. The patterns are RE2, run by
DuckDB over the distinct values of a column. What is found is counted and never quoted.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipelines.warehouse import statement

if TYPE_CHECKING:
    import duckdb

Precision = Literal["high", "low"]
BATCH = 100_000
"""Values handed to DuckDB at a time."""
LONGEST_TEXT = 40
"""Characters; a code or a short name has fewer, a note has more."""


@dataclass(frozen=True, slots=True)
class Detector:
    """One detector: `rule` is its stable id, `names` says what it finds in words, `pattern` is an RE2 expression.

    `in_ids`: also run on identifiers, which are stored as keyed codes only. `in_places`: also run on the
    names of sites, regions and programs, which are capitalised words by nature. `in_codes`: also run on
    entries of a closed list that were not recognised, of which nothing is stored.
    """

    rule: str
    precision: Precision
    names: str
    pattern: str
    in_ids: bool = False
    in_places: bool = True
    in_codes: bool = True

    def reads(self, kind: str) -> bool:
        """Tell whether the detector is run on texts of a kind: id, place, code or label."""
        return {"id": self.in_ids, "place": self.in_places, "code": self.in_codes}.get(kind, True)


_OCTET = r"(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_TWO_DIGIT_OCTET = r"(25[0-5]|2[0-4]\d|1\d\d|[1-9]\d)"
_IP = "|".join(
    r"\.".join(_TWO_DIGIT_OCTET if place == written else _OCTET for place in range(4)) for written in range(4)
)
_BETWEEN = r"(\s?[-.\s]\s?)"
"""What stands between the parts of a number; dashes of every kind are read as one."""
_DIGIT = r"[\dOoIl]"
"""A digit, or a letter that a person or a scanner writes for it."""
_END_OF_STREET = r"\.?\s*($|[,;#]|apt\b|unit\b|suite\b|ste\b|floor\b|fl\b|\d|[nsew]{1,2}\b)"
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?"
_NAME = r"\p{Lu}[\p{L}'’-]*\p{Ll}"

DETECTORS = (
    Detector(
        "identifier_email",
        "high",
        "e-mail addresses",
        r"(?i)[^\s@]+\s*(@|[(\[{]\s*at\s*[)\]}])\s*[^\s@]+\s*(\.|[(\[{]\s*dot\s*[)\]}]|\sdot\s)\s*[^\s@]{2}"
        r"|[a-z0-9._%+-]+\s+at\s+[a-z0-9-]+\s+dot\s+[a-z]{2}",
        in_ids=True,
    ),
    Detector(
        "identifier_phone",
        "high",
        "phone numbers",
        r"(^|\D)(\(\d{3}\)\s*|\d{3}[/]|\d{3}" + _BETWEEN + r")\d{3}" + _BETWEEN + r"\d{4}($|\D)"
        r"|(\+\d{1,3}|(^|\D)00[1-9]\d{0,2}[ .-])\s?(\(0\)\s?)?([ ().-]{0,2}\d{2,5}){2,5}($|\D)"
        # As written within a country, with its leading 0: 020 7946 0000, 030/9010000, 06 12 34 56 78, (02) 9876 0000.
        r"|(^|\D)\(?0\d{1,4}\)?[ ./-]{1,3}\d{3,4}[ -]?\d{3,6}($|\D)|(^|\D)0\d([ .-]\d{2}){4}($|\D)",
    ),
    Detector(
        "identifier_ssn",
        "high",
        "social security numbers",
        r"(^|\D)\d{3}" + _BETWEEN + r"\d{2}" + _BETWEEN + r"\d{4}($|\D)"
        r"|(^|[^\pL\d])" + f"{_DIGIT}{{3}}-{_DIGIT}{{2}}-" + r"(\d" + f"{_DIGIT}{{3}}|{_DIGIT}" + r"\d{3})($|[^\pL\d])",
        in_ids=True,
    ),
    Detector(
        "identifier_url",
        "high",
        "web addresses",
        r"(?i)\b(https?|ftp)://\S|\bwww\.\S|\b[a-z0-9-]+\.(com|org|net|gov|edu)\b|\b[a-z0-9-]+\.[a-z]{2,}/\w",
    ),
    Detector(
        "identifier_street_address",
        "high",
        "street addresses",
        r"(?i)\b\d{1,6}[a-z]?,?\s+([a-z0-9.'-]+\s+){1,3}"
        r"(street|avenue|ave|road|rd|boulevard|blvd|lane|ln|highway|hwy|parkway|pkwy|terrace)"
        + _END_OF_STREET
        + r"|\b\d{3,6}[a-z]?,?\s+([a-z0-9.'-]+\s+){1,3}"
        r"(st|drive|dr|court|ct|way|place|pl|circle|cir|trail|trl|square|sq)"
        + _END_OF_STREET
        + r"|\bp\.?\s?o\.?\s?box\s+\d",
    ),
    Detector(
        "identifier_ip",
        "high",
        "network addresses",
        r"(?i)(^|[^\d.])(" + _IP + r")($|[^\d.])|\b([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}\b|\b([0-9a-f]{1,4}:){2,6}:"
        r"|\b([0-9a-f]{1,4}:){1,6}(:[0-9a-f]{1,4}){2,6}\b|\b([0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b",
    ),
    Detector(
        "name_like_text",
        "low",
        "a title before a capitalised word",
        r"\b(Mr|Mrs|Ms|Miss|Dr|Prof|Rev|Pastor|Father|Sister|Brother)\.?\s+\p{Lu}",
        in_places=False,
    ),
    Detector(
        "name_like_text",
        "low",
        "two capitalised words",
        r"(^|[^\p{L}])(" + _NAME + r",?\s+(\p{Lu}\.?\s+)?|\p{Lu}\.\s*)" + _NAME + r"|\p{Lu}{3},\s*\p{Lu}{2}",
        in_places=False,
        in_codes=False,
    ),
    Detector("long_digit_run", "low", "seven or more digits in a row", r"\d{7}"),
    Detector(
        "long_digit_run",
        "low",
        "a phone number without its area, or the number of a record",
        # A year behind three digits is no phone number.
        r"(^|[^\d.-])[2-9]\d{2}[-.]([03-9]\d|1[0-8]|2[1-9])\d{2}($|[^\d.-])"
        r"|(?i)\b(mrn|medical record|chart|medicaid|medicare)\b[\s:#.]*((no|number|id)\b[\s:#.]*)?[a-z]{0,3}\d",
    ),
    Detector(
        "date_in_text",
        "low",
        "a calendar date",
        r"(?i)\b\d{4}[/.-]\d{1,2}[/.-]\d{1,2}\b|\b\d{1,2}[/-]\d{1,2}[/-](\d{4}|\d{2})\b|\b\d{1,2}\.\d{1,2}\.\d{4}\b"
        r"|\b" + _MONTH + r"[\s/-]+\d{1,2}(st|nd|rd|th)?\b|\b\d{1,2}(st|nd|rd|th)?[\s/.-]+" + _MONTH + r"([\s/-]|$|,)",
    ),
    Detector(
        "long_text",
        "low",
        "text of more than five words or 40 characters",
        r"(?s)(\S+\s+){5}\S|.{" + str(LONGEST_TEXT + 1) + "}",
    ),
)
"""Every detector, in the order in which one is named when several match."""
HIGH_PRECISION = {detector.rule: detector.names for detector in DETECTORS if detector.precision == "high"}
LOW_PRECISION = tuple(dict.fromkeys(detector.rule for detector in DETECTORS if detector.precision == "low"))
PLACES = frozenset({"site_code", "region", "program"})
"""Columns that name a place or a program: exempt from the name-like rule, from no other."""


_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters that are drawn as a blank."""
_DASHES = "\u2212\u00af\u02c9\u2043"
"""Signs that look like a hyphen and are not of its kind: minus, macrons, a bullet."""
_UNPLAIN = r"[\x01-\x1f\x7f]"
"""ASCII characters of which a plain text has none."""


def plain_text(text: str) -> str:
    """Return `text` as the detectors read it.

    NFKC, without what cannot be seen (format and control characters, marks on a letter that has none of its own);
    every blank a space, every dash a hyphen, the digits of every script those of ASCII.
    """
    return "".join(_plain(character) for character in unicodedata.normalize("NFKC", text))


def _plain(character: str) -> str:
    kind = unicodedata.category(character)
    if character.isspace() or character in _BLANKS:
        return " "
    if kind in ("Cf", "Cc", "Mn", "Me"):
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    return "-" if kind == "Pd" or character in _DASHES else character


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the TEMP tables `text_values`, `detectors` and `text_found` on `con`, the first and last empty."""
    con.execute(statement("sql/deidentify_text.sql"))
    for order, detector in enumerate(DETECTORS):
        con.execute(
            "insert into detectors values (?, ?, ?, ?, ?, ?, ?)",
            [
                order,
                detector.rule,
                detector.precision == "high",
                detector.pattern,
                detector.in_ids,
                detector.in_places,
                detector.in_codes,
            ],
        )


def search(con: duckdb.DuckDBPyConnection) -> None:
    """Move what the detectors find among `text_values` to `text_found` and empty `text_values`."""
    kinds = {str(kind) for (kind,) in con.execute("select distinct kind from text_values").fetchall()}
    if not kinds:
        return
    unplain = (
        "select rowid, value from text_values where length(value) <> strlen(value) or regexp_matches(value, $unplain)"
    )
    found = con.execute(unplain, {"unplain": _UNPLAIN}).fetchall()
    for start in range(0, len(found), BATCH):
        some = found[start : start + BATCH]
        con.execute(
            "update text_values set plain = folded.plain "
            "from (select unnest($ids) as id, unnest($plain) as plain) as folded where text_values.rowid = folded.id",
            {"ids": [row for row, _ in some], "plain": [plain_text(value) for _, value in some]},
        )
    for order, detector in enumerate(DETECTORS):
        # To compile an expression takes longer than to read a few texts.
        if any(detector.reads(kind) for kind in kinds):
            con.execute(statement("sql/deidentify_detect.sql"), {"order": order, "pattern": detector.pattern})
    con.execute("delete from text_values")


def found(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, int]]:
    """Return (table, column, rule, rows) of what the high-precision detectors found, worst first in each table."""
    return con.execute(statement("sql/deidentify_found.sql")).fetchall()


def search_texts(con: duckdb.DuckDBPyConnection, table: str, texts: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (name, rule) of what the high-precision detectors find in a few texts, each known by a name.

    Call after `prepare`; `table` is a name of its own, under which the texts are kept meanwhile.
    """
    for name, text in texts.items():
        con.execute("insert into text_values values (?, ?, 'place', ?, ?, 1)", [table, name, text, text])
    search(con)
    return [(name, rule) for named, name, rule, _ in found(con) if named == table]
