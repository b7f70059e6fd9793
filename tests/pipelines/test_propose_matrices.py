"""The matrices of a REDCap data dictionary become questionnaires, however their fields are called.

Referees: an export whose matrices the test lays out, and the records of the same answers in canonical files.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines import read, redcap_dictionary, warehouse
from pipelines.cli import main
from pipelines.proposal import Proposal
from pipelines.propose import propose
from pipelines.targets import LEAVE_OUT
from tests.pipelines.exporters import redcap
from tests.pipelines.exporters.sample_people import write_file
from tests.pipelines.test_propose import loaded

EXTRACTED = date(2025, 6, 30)
PEOPLE = 30
FIRST, KIND, CHOICES, MATRIX, FORM = (
    "Variable / Field Name",
    "Field Type",
    "Choices, Calculations, OR Slider Labels",
    "Matrix Group Name",
    "Form Name",
)
Matrices = dict[str, tuple[list[str], int, int]]
"""By name of the matrix: its fields, the lowest and the highest code."""

HARD = [f"hard_{word}" for word in ("solve", "oppose", "aims", "deal", "cope", "effort", "calm", "ways", "think", "do")]
WAI = [f"q{n}" for n in range(1, 13)]
GSE = [f"q{n}" for n in range(13, 23)]
OWN = ["fun", "food", "room", "bus"]


def export(folder: Path, matrices: Matrices, seed: int = 1) -> Path:
    """Write an export of one event with the answers of `matrices`, and its data dictionary."""
    draw = random.Random(seed)
    rows = []
    for person in range(1, PEOPLE + 1):
        start = date(2024, 1, 8) + timedelta(days=3 * person)
        row: dict[str, object] = {"record_id": str(person), "enrolled_date": start.isoformat(), "site": "north"}
        for fields, low, high in matrices.values():
            row |= {field: str(draw.randint(low, high)) for field in fields}
        rows.append(row)
    folder.mkdir(exist_ok=True)
    write_file(folder / "export.csv", list(rows[0]), rows)
    asked = {
        field: {
            KIND: "radio",
            MATRIX: name,
            CHOICES: " | ".join(f"{code}, {redcap.WORDING}" for code in range(low, high + 1)),
        }
        for name, (fields, low, high) in matrices.items()
        for field in fields
    }
    told = {name: {KIND: "text"} for name in ("record_id", "enrolled_date", "site")} | asked
    write_file(
        folder / "dictionary.csv",
        list(redcap.DICTIONARY_HEADINGS),
        [{FIRST: name, FORM: "intake", **cells} for name, cells in told.items()],
    )
    return folder


def proposal_of(source: Path) -> Proposal:
    connection = warehouse.memory_connection()
    return propose(connection, redcap_dictionary.withhold(connection, read.stage(connection, source)), EXTRACTED)


def answered(proposal: Proposal) -> dict[str, list[str]]:
    """The columns of each questionnaire that is proposed."""
    return {
        guess.cell["constant"]: list(rule.items["columns"])
        for rule in proposal.rules
        if rule.items
        for guess in rule.guesses
        if guess.column == "instrument_id"
    }


def test_a_matrix_whose_fields_carry_no_numbers_is_the_questionnaire_it_fits_alone(tmp_path: Path) -> None:
    proposal = proposal_of(export(tmp_path / "export", {"coping": (HARD, 1, 4)}))
    assert answered(proposal) == {"gse_10": HARD}
    (rule,) = [rule for rule in proposal.rules if rule.items]
    assert "10 items in one matrix of the data dictionary" in [guess.evidence for guess in rule.guesses]


def test_its_answers_are_loaded(tmp_path: Path) -> None:
    source = export(tmp_path / "export", {"coping": (HARD, 1, 4)})
    stored = loaded(proposal_of(source), source, tmp_path)
    assert stored["assessments"] == (PEOPLE, 0)
    assert stored["assessment_items"] == (PEOPLE * len(HARD), 0)


def test_one_numbering_over_two_matrices_with_other_answers_is_two_questionnaires(tmp_path: Path) -> None:
    proposal = proposal_of(export(tmp_path / "export", {"wai_sr": (WAI, 1, 5), "confidence": (GSE, 1, 4)}))
    assert answered(proposal) == {"wai_sr": WAI, "gse_10": GSE}


def test_one_questionnaire_on_two_pages_stays_one(tmp_path: Path) -> None:
    items = [f"gse_{n}" for n in range(1, 11)]
    proposal = proposal_of(export(tmp_path / "export", {"page_1": (items[:5], 1, 4), "page_2": (items[5:], 1, 4)}))
    assert answered(proposal) == {"gse_10": items}


@pytest.mark.parametrize(
    ("name", "fields", "low", "high", "why"),
    [
        ("day", OWN, 1, 5, "no questionnaire of four items with these answers"),
        ("feelings", [f"f_{n}" for n in "abcdefghijkl"], 1, 5, "two questionnaires of twelve items, and no name"),
        ("coping", HARD, 0, 4, "other answers than the questionnaire of ten items has"),
    ],
)
def test_a_matrix_that_is_not_known_is_asked_about_and_left_out(
    tmp_path: Path, name: str, fields: list[str], low: int, high: int, why: str
) -> None:
    proposal = proposal_of(export(tmp_path / "export", {name: (fields, low, high)}))
    assert answered(proposal) == {}, why
    assert proposal.runs == {("export", f"matrix {name}"): LEAVE_OUT}
    assert [said for said in proposal.questions if "stand side by side, but what they are is not known" in said]


def test_the_name_of_the_matrix_tells_two_questionnaires_of_one_size_apart(tmp_path: Path) -> None:
    fields = [f"f_{n}" for n in "abcdefghijkl"]
    assert answered(proposal_of(export(tmp_path / "export", {"wai_sr_items": (fields, 1, 5)}))) == {"wai_sr": fields}


def test_the_command_takes_away_what_the_dictionary_withholds_and_reads_its_matrices(tmp_path: Path) -> None:
    source, target = export(tmp_path / "export", {"coping": (HARD, 1, 4)}), tmp_path / "ours.toml"
    done = CliRunner().invoke(main, ["map", str(source), "--to", str(target), "--extracted-on", "2025-06-30"])
    assert done.exit_code == 0, done.output
    assert "10 items in one matrix of the data dictionary" in done.output
    assert '"dictionary"' not in target.read_text()
    assert redcap.WORDING not in done.output + target.read_text()


def test_no_wording_of_the_dictionary_is_part_of_a_proposal(tmp_path: Path) -> None:
    proposal = proposal_of(export(tmp_path / "export", {"coping": (HARD, 1, 4), "day": (OWN, 1, 5)}))
    assert redcap.WORDING not in repr(proposal)
