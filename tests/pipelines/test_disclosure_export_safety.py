"""Text that a spreadsheet would run stays text, and numbers stay numbers; the referee reads the CSV back."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.disclosure.export_safety import csv_text, safe_cell, safe_text

ATTACKS = [
    '=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "|cmd", "%0A=1", " =1", "\t=1", "\r=1", "\n=1", "\x00=1",
    "＝1", "＋1", "－1", "＠1", "\u200b=1", "\ufeff=1", "\u00a0=1", "\u3000=1", "\u202e=1",
]  # fmt: skip


@pytest.mark.parametrize("text", ATTACKS)
def test_a_formula_is_quoted(text):
    assert safe_text(text).startswith("'")


@pytest.mark.parametrize("text", ["Ashgrove", "18-24", "a=b", "", "5 %", "Café – Süd"])
def test_ordinary_text_is_untouched(text):
    assert safe_text(text) == text


def test_numbers_stay_numbers():
    assert safe_cell(-5) == -5
    assert safe_cell(None) is None
    assert '"-5"' in csv_text(["n"], [[-5]])


def test_headings_pass_the_same_rule_and_lines_end_as_spreadsheets_expect():
    text = csv_text(["=1+1"], [[float("nan")], ['a,"b"']], for_excel=True)
    assert text.startswith("\ufeff")
    assert text.count("\r\n") == 3
    assert list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""))) == [["'=1+1"], [""], ['a,"b"']]


@settings(deadline=None)
@given(st.text())
def test_nothing_dangerous_survives(text):
    safe = safe_text(text)
    assert not safe.lstrip()[:1] or safe.lstrip()[0] not in "=+-@|%\t\r\n＝＋－＠｜％"
    assert not any(ord(c) < 32 for c in safe)
    assert safe_text(safe) == safe
