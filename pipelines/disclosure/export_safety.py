"""The one place where text becomes safe to write into a CSV or a workbook: no cell may act as a formula.

Every CSV and XLSX writer passes headings and text cells through `safe_text`; numbers stay numbers.
Rule: OWASP, CSV Injection (2020), widened by full-width forms and by blanks before the first character.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Sequence

FORMULA_STARTS = frozenset("=+-@|%")
_KEPT_CONTROLS = frozenset("\t\r\n")


def safe_text(text: str) -> str:
    """Return `text` without control characters and led by an apostrophe if a spreadsheet could run it.

    Dangerous: the first non-blank character is one of = + - @ | %, also full-width, or the text starts with a
    tab, carriage return or line feed. Harmless text is returned unchanged.
    """
    led_by_control = text[:1] in _KEPT_CONTROLS and text != ""
    kept = "".join(c for c in text if not _is_control(c))
    first = _first_visible(kept)
    return "'" + kept if led_by_control or first in FORMULA_STARTS else kept


def safe_cell(value: object) -> object:
    """Return `value` for a spreadsheet cell: text made safe, everything else (numbers, empty) unchanged."""
    return safe_text(value) if isinstance(value, str) else value


def csv_text(header: Sequence[str], rows: Sequence[Sequence[object]], *, for_excel: bool = False) -> str:
    """Return a CSV document: every field quoted, CRLF line ends, empty for None and NaN, a BOM only for Excel."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([safe_text(name) for name in header])
    writer.writerows([[_field(value) for value in row] for row in rows])
    return ("\ufeff" if for_excel else "") + out.getvalue()


def _field(value: object) -> object:
    """Return one CSV field; a number that is not a number, or nothing, becomes an empty field."""
    return "" if value is None or value != value else safe_cell(value)


def _is_control(character: str) -> bool:
    """Tell whether a character is a control or invisible format character; line ends and tabs count too."""
    return unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp")


def _first_visible(text: str) -> str:
    """Return the first non-blank character in its compatibility form, so that full-width signs are recognised."""
    return unicodedata.normalize("NFKC", text).lstrip()[:1]
