"""Each bad input gives one clear message with file, rule and remedy, exit code 2, and leaves everything as it was.

A full disk and two loads at once are in test_publish_under_fire.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines import warehouse
from pipelines.cli import main
from pipelines.load import load
from tests.pipelines.bad_files.case import Case, Refused
from tests.pipelines.bad_files.catalogue import CASES
from tests.pipelines.bad_files.loading import assert_nowhere
from tests.pipelines.raw_world import changed, world, write


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with records and a key; no test of this module changes it."""
    folder = tmp_path_factory.mktemp("bad")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECOVERY_OUTCOMES_KEY", str(folder / "secret" / "key"))
        load(write(folder / "in", world()), folder / "home")
    return folder / "home"


@pytest.fixture(autouse=True)
def _that_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOVERY_OUTCOMES_HOME", str(home))
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(home.parent / "secret" / "key"))


def standing(folder: Path) -> dict[str, str]:
    """Every file below the folder's parent with the hash of its content."""
    return {
        str(path.relative_to(folder.parent)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.parent.rglob("*")
        if path.is_file()
    }


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["load", *arguments])


def chosen(family: str) -> Case:
    """The first small case of a family that canonical files are enough for and that is refused with one fault."""
    return next(
        case
        for case in CASES[family]
        if isinstance(case.outcome, Refused) and case.outcome.of == 1 and not (case.mapping or case.instruments)
    )


OF_EVERY_FAMILY = {
    family: chosen(family)
    for family in CASES
    if family
    not in (
        "workbooks",
        "workbooks that unpack too large",
        "FHIR and JSON",
        "questionnaires of an organisation's own",
    )
}
"""One case of each family, told at the command line; `test_bad_files` and `test_bad_cells` load all of them."""


@pytest.mark.parametrize("family", OF_EVERY_FAMILY)
def test_bad_input_is_refused_in_one_clear_message_and_nothing_changes(family: str, home: Path, tmp_path: Path) -> None:
    case = OF_EVERY_FAMILY[family]
    source = case.write(tmp_path)
    before = standing(home)
    result = run(str(source))
    assert result.exit_code == 2, result.output
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("✗")]
    assert isinstance(case.outcome, Refused)
    assert case.outcome.where in line
    assert case.outcome.rule in line
    assert "Nothing was changed." in result.stderr
    assert "Traceback" not in result.output
    assert_nowhere(case.secrets, result.output.replace(str(tmp_path), ""))
    assert standing(home) == before


def test_every_fault_of_every_file_is_told_at_once(home: Path, tmp_path: Path) -> None:
    source = write(tmp_path / "in", world())
    (source / "episodes.csv").write_text("episode_id|participant_id\nE-1|P-1\n")
    (source / "sites.csv").write_bytes("site_id,site_code\nS1,N\u00f6rd\n".encode("latin-1"))
    (source / "sessions.csv").write_text("session_id,episode_id\n")
    result = run(str(source))
    assert result.exit_code == 2
    assert result.stderr.count("✗") == 3


KEPT_OUT = {
    "a date before enrolment": ("sessions", {"occurred_date": "2024-06-01"}, "session_before_enrolment"),
    "a score out of range": ("assessment_items", {"value": "44"}, "item_out_of_range"),
}


@pytest.mark.parametrize("name", KEPT_OUT)
def test_a_broken_row_is_kept_out_and_the_rest_is_loaded(name: str, home: Path, tmp_path: Path) -> None:
    table, cells, rule = KEPT_OUT[name]
    before = standing(home)
    result = run(str(write(tmp_path / "in", changed(table, 0, **cells))), "--dry-run")
    assert result.exit_code == 0, result.output
    assert f"({rule})" in result.output
    assert f"1 row of {table.replace('_', ' ')}" in result.output
    assert standing(home) == before


def test_a_name_that_is_no_mapping_is_refused(home: Path, tmp_path: Path) -> None:
    before = standing(home)
    result = run(str(write(tmp_path / "in", world())), "--mapping", "no_such_mapping")
    assert result.exit_code == 2
    assert "no_such_mapping" in result.stderr
    assert standing(home) == before


def test_a_folder_that_cannot_be_written_is_one_clear_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    monkeypatch.setenv("RECOVERY_OUTCOMES_HOME", str(tmp_path / "taken" / "home"))
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(tmp_path / "secret" / "key"))
    result = run(str(write(tmp_path / "in", world())))
    assert result.exit_code == 2
    assert "the folder cannot be written" in result.stderr
    assert not (tmp_path / "secret").exists()


def test_the_records_of_before_are_still_the_ones_in_use(home: Path) -> None:
    reader = warehouse.open_records(home)
    assert reader.version == "records-0001"
    assert reader.rows("select count(*) from participants") == [(3,)]
    reader.close()
