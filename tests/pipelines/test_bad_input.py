"""Each bad input gives one clear message with file, rule and remedy, exit code 2, and leaves everything as it was.

A full disk and two loads at once are in test_publish_under_fire.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines import warehouse
from pipelines.cli import main
from pipelines.load import load
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


@dataclass(frozen=True)
class Bad:
    """What is done to a good folder, and what the message must name: file, rule and remedy."""

    spoil: Callable[[Path], object]
    file: str
    rule: str
    remedy: str


def rewrite(name: str, change: Callable[[str], str], encoding: str = "utf-8") -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(change((folder / name).read_text()), encoding=encoding)


def with_cell(table: str, column: str, cell: str) -> Callable[[Path], object]:
    return lambda folder: write(folder, changed(table, 0, **{column: cell}))


BAD = {
    "no such folder": Bad(lambda folder: folder.rename(folder.with_name("elsewhere")), "in", "no such file", "path"),
    "a missing file": Bad(
        lambda folder: (folder / "participants.csv").unlink(), "participants.csv", "is missing", "Add it to the folder"
    ),
    "a wrong column": Bad(
        rewrite("sessions.csv", lambda text: text.replace("status", "state", 1)),
        "sessions.csv",
        "no column status",
        "Name the column so",
    ),
    "a wrong delimiter": Bad(
        rewrite("episodes.csv", lambda text: text.replace(",", "|")),
        "episodes.csv",
        "comma, semicolon or tab",
        "Export",
    ),
    "a wrong encoding": Bad(
        rewrite("sites.csv", lambda text: text.replace("North", "N\u00f6rd"), "latin-1"), "sites.csv", "UTF-8", "Save"
    ),
    "an empty table": Bad(
        rewrite("sessions.csv", lambda text: text.splitlines()[0] + "\n"), "sessions.csv", "is empty", "Export it again"
    ),
    "an e-mail address": Bad(
        with_cell("sites", "site_code", "ann@example.org"), "sites.csv, column site_code", "identifier_email", "Remove"
    ),
    "a phone number": Bad(
        with_cell("episodes", "program", "call 555-123-4567"),
        "episodes.csv, column program",
        "identifier_phone",
        "Remove",
    ),
    "a social security number as identifier": Bad(
        with_cell("participants", "participant_id", "123-45-6789"),
        "participants.csv, column participant_id",
        "identifier_ssn",
        "Remove",
    ),
    "a street address": Bad(
        with_cell("discharges", "source_code", "12 Oak Street"),
        "discharges.csv, column source_code",
        "identifier_street_address",
        "Remove",
    ),
    "somebody under 18": Bad(
        with_cell("participants", "age", "16"), "participants.csv, column age", "under 18", "--allow-minors"
    ),
    "no row that can be stored": Bad(
        rewrite(
            "episodes.csv",
            lambda text: text.replace("2025-01-10", "1/10/25").replace("2025-02-10", "").replace("2025-03-10", "x"),
        ),
        "episodes.csv, column enrolled_date",
        "no row can be stored",
        "year-month-day",
    ),
    "a title with an address": Bad(
        lambda folder: (folder / "dataset.toml").write_text('title = "ann@example.org"'),
        "dataset.toml, title",
        "identifier_email",
        "Choose a title",
    ),
    "a damaged dataset.toml": Bad(
        lambda folder: (folder / "dataset.toml").write_text("title = Ann"), "dataset.toml", "not a TOML file", "title ="
    ),
}
SECRETS = ("ann@", "example.org", "555-123", "123-45-6789", "Oak", "1/10/25", "Ann")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["load", *arguments])


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_in_one_clear_message_and_nothing_changes(name: str, home: Path, tmp_path: Path) -> None:
    bad, source = BAD[name], write(tmp_path / "in", world())
    bad.spoil(source)
    before = standing(home)
    result = run(str(source))
    assert result.exit_code == 2, result.output
    lines = [line for line in result.stderr.splitlines() if line.startswith("✗")]
    assert len(lines) == 1
    assert bad.file in lines[0]
    assert bad.rule in lines[0]
    assert bad.remedy in lines[0]
    assert "Nothing was changed." in result.stderr
    assert "Traceback" not in result.output
    assert not [secret for secret in SECRETS if secret in result.output.replace(str(tmp_path), "")]
    assert standing(home) == before


def test_every_fault_of_every_file_is_told_at_once(home: Path, tmp_path: Path) -> None:
    source = write(tmp_path / "in", world())
    for name in ("a wrong delimiter", "a wrong encoding", "an empty table"):
        BAD[name].spoil(source)
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
