"""What a text gives away: detectors of identifiers, each a plain reading of what its rule says it finds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from typing import Literal

Kind = Literal["id", "place", "label", "code"]
"""An identifier, the name of a place or program, another text that is kept, an entry that is on no list."""
PLACES = ("site_code", "region", "program")
LONGEST, MOST_WORDS = 40, 5
MAY_BE_IDENTIFIER = r"[^+-9A-Z_a-z]|\w{3}[-.]\w\w[-.]\w{4}"
"""What an identifier holds that could be an e-mail address or a social security number."""

_SIGN = r"\s?[-.\s]\s?"
_STREETS = "street|avenue|ave|road|rd|boulevard|blvd|lane|ln|highway|hwy|parkway|pkwy|terrace|drive"
_TITLE = re.compile(r"\b(Mr|Mrs|Ms|Miss|Dr|Prof|Rev|Pastor|Father|Sister|Brother)\.?\s+(?=([^\W\d_]))")
_WORD = re.compile(r"[^\W\d_][^\W\d_'’-]*(?:['’-][^\W\d_'’-]*)*")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = re.compile(
    r"\b\d{4}[/.-]\d{1,2}[/.-]\d{1,2}\b|\b\d{1,2}[/-]\d{1,2}[/-](?:\d{4}|\d\d)\b|\b\d{1,2}\.\d{1,2}\.\d{4}\b"
    rf"|\b{_MONTH}[\s/-]+\d{{1,2}}(?:st|nd|rd|th)?\b|\b\d{{1,2}}(?:st|nd|rd|th)?[\s/.-]+{_MONTH}(?:[\s/,-]|$)",
    re.IGNORECASE | re.ASCII,
)
_RECORD = re.compile(
    r"\b(?:mrn|medical record|chart|medicaid|medicare)\b[\s:#.]*(?:(?:no|number|id)\b[\s:#.]*)?[a-z]{0,3}\d",
    re.IGNORECASE,
)
_SHORT_PHONE = re.compile(r"(?<![\d.-])[2-9]\d\d[-.](?!19|20)\d{4}(?![\d.-])")
_HIGH: dict[str, re.Pattern[str]] = {
    "identifier_email": re.compile(
        r"[^\s@]\s*(?:@|[(\[{]\s*at\s*[)\]}])\s*[^\s@]+\s*(?:\.|[(\[{]\s*dot\s*[)\]}]|\sdot\s)\s*[^\s@]{2}"
        r"|\S\s+at\s+[a-z0-9-]+\s+dot\s+[a-z]{2}",
        re.IGNORECASE,
    ),
    "identifier_phone": re.compile(
        rf"(?<!\d)(?:\(\d{{3}}\)\s*|\d{{3}}/|\d{{3}}{_SIGN})\d{{3}}{_SIGN}\d{{4}}(?!\d)|\+\d{{1,3}}[ ().\d-]{{7,}}"
        r"|(?<!\d)\(?0\d{1,4}\)?[ ./-]{1,3}\d{3,4}[ -]?\d{3,6}(?!\d)|(?<!\d)0\d(?:[ .-]\d\d){4}(?!\d)"
    ),
    "identifier_ssn": re.compile(rf"(?<!\d)\d{{3}}{_SIGN}\d\d{_SIGN}\d{{4}}(?!\d)"),
    "identifier_url": re.compile(
        r"\b(?:https?|ftp)://\S|\bwww\.\S|\b[a-z0-9-]+\.(?:com|org|net|gov|edu)\b|\b[a-z0-9-]+\.[a-z]{2,}/\w",
        re.IGNORECASE | re.ASCII,
    ),
    "identifier_street_address": re.compile(
        rf"\b\d{{1,6}}[a-z]?,?\s+(?:[a-z0-9.'-]+\s+){{1,3}}(?:{_STREETS})\.?(?:\W|$)|\bp\.?\s?o\.?\s?box\s+\d",
        re.IGNORECASE,
    ),
    "identifier_ip": re.compile(
        r"(?<![\d.])(?=[\d.]*\d\d)(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!\D)|(?![\d.]))){4}|\b(?:[0-9a-f]{1,4}:){7}[0-9a-f]"
        r"|\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b",
        re.IGNORECASE,
    ),
}
_OF_IDS = ("identifier_email", "identifier_ssn")


def plain(text: str) -> str:
    """Return a text as a person sees it: compatible forms, one kind of blank, hyphen and digit, nothing invisible."""
    seen = []
    for letter in unicodedata.normalize("NFKC", text):
        kind = unicodedata.category(letter)
        if letter.isspace() or letter in "\u115f\u1160\u2800\u3164\uffa0":
            seen.append(" ")
        elif kind == "Nd":
            seen.append(str(unicodedata.digit(letter)))
        elif kind == "Pd" or letter in "\u2212\u00af\u02c9\u2043":
            seen.append("-")
        elif kind not in ("Cf", "Cc", "Mn", "Me"):
            seen.append(letter)
    return "".join(seen)


def refusing(text: str, kind: Kind) -> str:
    """Return the first rule under which a text refuses the whole load, empty if under none."""
    read = plain(text)
    rules = _OF_IDS if kind == "id" else tuple(_HIGH)
    return next((rule for rule in rules if _HIGH[rule].search(read)), "")


def keeping_out(text: str, kind: Kind) -> str:
    """Return the first rule under which a text keeps its row out, empty if under none."""
    read = plain(text)
    looks: dict[str, Callable[[str], bool]] = {
        "long_digit_run": lambda said: bool(
            re.search(r"\d{7}", said) or _SHORT_PHONE.search(said) or _RECORD.search(said)
        ),
        "date_in_text": lambda said: bool(_DATE.search(said)),
        "long_text": lambda said: len(said) > LONGEST or len(said.split()) > MOST_WORDS,
    }
    if kind != "place" and (_has_title(read) or (kind == "label" and _has_name(read))):
        return "name_like_text"
    return next((rule for rule, is_found in looks.items() if is_found(read)), "")


def _has_title(read: str) -> bool:
    """Tell whether a title stands before a capital."""
    return any(found.group(2).isupper() for found in _TITLE.finditer(read))


def _has_name(read: str) -> bool:
    """Tell whether two capitalised words stand side by side, one of them an initial or after a comma, too."""
    words = list(_WORD.finditer(read))
    for first, second in pairwise(words):
        between = read[first.end() : second.start()]
        is_next = re.fullmatch(r",?\s+", between)
        if _is_name(second.group()) and (
            (_is_name(first.group()) and is_next) or (_is_initial(first.group()) and re.fullmatch(r"\.\s*", between))
        ):
            return True
        if re.fullmatch(r",\s*", between) and _begins_upper(first.group()[-3:], 3) and _begins_upper(second.group(), 2):
            return True
    for first, middle, last in zip(words, words[1:], words[2:], strict=False):
        gaps = read[first.end() : middle.start()], read[middle.end() : last.start()]
        if _is_name(first.group()) and _is_initial(middle.group()) and _is_name(last.group()):
            return bool(re.fullmatch(r",?\s+", gaps[0]) and re.fullmatch(r"\.?\s+", gaps[1]))
    return False


def _is_name(word: str) -> bool:
    return word[0].isupper() and any(letter.islower() for letter in word[1:])


def _is_initial(word: str) -> bool:
    return len(word) == 1 and word.isupper()


def _begins_upper(word: str, letters: int) -> bool:
    return len(word) >= letters and word[:letters].isupper()
