"""The risk report: written with each release for its owner alone, true to it, without any code."""

from __future__ import annotations

import re
import stat
from dataclasses import fields, replace
from pathlib import Path

import pytest

from pipelines.disclosure.coin import Coin
from pipelines.disclosure.risk_report import MEANING, Evidence, risk_report
from pipelines.disclosure.spec import Override, Parameters, load_spec
from pipelines.release import build_release
from pipelines.warehouse import open_records
from tests.pipelines.release_world import keep_known_key, key_of, small_spec, world, write_home

FOUND = Evidence(
    "release-0002", "abc", "2026-Q2", {"2026-H1": "has not ended in these records"}, ("lasting_change_180",),
    {"cells": (120, 300)}, Coin(12, 1, 0.612, 0.634), 0.27, 0.89, ("schema as declared.",),
)  # fmt: skip


def test_every_rule_is_named_with_its_value_and_what_was_found_is_said() -> None:
    assert set(MEANING) == {item.name for item in fields(Parameters)}
    said = risk_report(load_spec(), FOUND)
    for words in MEANING.values():
        assert f"| {words} |" in said
    for words in ("0.61", "0.63", "limit is 0.65", "Noise up to 12", "by one dimension;", "27%", "89%", "120 | 300",
                  "2026-H1, which has not ended", "lasting_change_180", "No rule was loosened"):  # fmt: skip
        assert words in said or words.rstrip(";") in said
    assert "Determination, name, date" in said


def test_an_override_is_named_with_its_reason() -> None:
    told = replace(load_spec(), overrides=(Override("noise", 6, "A. Person", "small program", "2026-11-01"),))
    said = risk_report(told, FOUND)
    assert "- noise = 6: small program (A. Person, 2026-11-01)" in said
    assert "No rule was loosened" not in said


@pytest.mark.parametrize("word", ["anonymous", "anonymised", "HIPAA-compliant", "zero risk"])
def test_it_claims_nothing_that_the_wording_forbids(word: str) -> None:
    assert word.lower() not in risk_report(load_spec(), FOUND).lower()


def test_a_release_writes_it_beside_the_ledger_for_its_owner_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    keep_known_key(tmp_path)
    with key_of(tmp_path):
        write_home(home, world(700, 12))
        summary = build_release(home, spec=small_spec(tmp_path))
    path = summary.risk_report
    assert path is not None
    assert path.parent == home / "ledger"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    assert summary.release_id in text
    assert str(path) in summary.sentences()[-1]
    asked = open_records(home)
    codes = {str(code) for (code,) in asked.rows("select participant_id from mart_episodes")}
    asked.close()
    assert not codes & set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", text))
