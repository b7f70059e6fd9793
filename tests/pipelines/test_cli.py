"""The command line: what a person reads, the exit code, and that nothing else happened."""

from __future__ import annotations

import json
import os
import pty
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from pipelines import cli, console
from pipelines.faults import Fault, InputFault
from pipelines.measures import MEASURES
from pipelines.sample import write_sample

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 120


def run(*arguments: str, **more: Any) -> Result:
    """Run one command in this process."""
    return CliRunner().invoke(cli.main, list(arguments), **more)


def refused(result: Result) -> str:
    """Assert that a command ended as bad input does, in plain words, and return what it said."""
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    assert result.stdout == ""
    return result.stderr


def standing(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, logs and locks aside."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "log" not in path.parts and path.name != ".lock"
    }


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The data folder of this test, as tests/conftest.py sets it."""
    return tmp_path / "home"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Canonical files of a few people."""
    folder = tmp_path_factory.mktemp("files")
    write_sample(folder, PEOPLE, 7)
    return folder


@pytest.fixture(scope="module")
def loaded_once(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with records in `home` and their key in `key`, made once; tests read it."""
    folder = tmp_path_factory.mktemp("loaded")
    environment = {"RECOVERY_OUTCOMES_HOME": str(folder / "home"), "RECOVERY_OUTCOMES_KEY": str(folder / "key")}
    result = run("load", str(files), env=environment)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def loaded(loaded_once: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder with records, as the one in use."""
    monkeypatch.setenv("RECOVERY_OUTCOMES_HOME", str(loaded_once / "home"))
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(loaded_once / "key"))
    return loaded_once / "home"


@pytest.mark.parametrize("command", sorted(cli.main.commands))
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert f"Example: recovery-outcomes {command}" in result.stdout


def test_the_first_page_names_every_command_and_two_beginnings() -> None:
    result = run("--help")
    assert all(command in result.stdout for command in cli.main.commands)
    assert "recovery-outcomes demo" in result.stdout
    assert "recovery-outcomes load" in result.stdout


@pytest.mark.parametrize("arguments", [("load",), ("nosuch",), ("sample", "--people", "x", "--to", "y"), ("download",)])
def test_wrong_arguments_end_with_two(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


EARLY = [
    (("release",), "recovery-outcomes load"),
    (("quality",), "recovery-outcomes load"),
    (("download", "stayed_share", "--audience", "manager"), "recovery-outcomes load"),
    (("audit",), "recovery-outcomes release"),
    (("report",), "recovery-outcomes release"),
    (("download", "stayed_share"), "recovery-outcomes release"),
]


@pytest.mark.parametrize(("arguments", "remedy"), EARLY)
def test_what_comes_too_early_names_the_command_that_comes_first(
    arguments: tuple[str, ...], remedy: str, home: Path
) -> None:
    said = refused(run(*arguments))
    assert remedy in said
    assert "Nothing was changed." in said
    assert not home.exists() or standing(home) == {}


def test_a_missing_folder_and_an_unknown_mapping_name_themselves_and_the_way_on(
    tmp_path: Path, files: Path, home: Path
) -> None:
    said = refused(run("load", str(tmp_path / "nowhere")))
    assert "nowhere" in said
    said = refused(run("load", str(files), "--mapping", "nosuch"))
    assert "nosuch" in said
    assert "canonical" in said
    assert "Nothing was changed." in said
    assert standing(home) == {}


def test_a_dry_run_checks_everything_and_changes_nothing(files: Path, home: Path) -> None:
    result = run("load", str(files), "--dry-run")
    assert result.exit_code == 0
    assert "dry run: nothing was changed" in result.stdout
    assert "kept out" in result.stdout
    assert not home.exists() or standing(home) == {}
    assert not Path(os.environ["RECOVERY_OUTCOMES_KEY"]).exists()


def test_a_load_and_its_quality_can_be_read_by_a_script(files: Path, home: Path) -> None:
    summary = json.loads(run("load", str(files), "--json").stdout)
    assert summary["version"] == "records-0001"
    assert summary["rows_in"] == summary["rows_stored"] + summary["rows_quarantined"]
    checks = json.loads(run("quality", "--json").stdout)
    assert {"rule", "table_name", "severity", "result", "row_count", "sentence", "remedy"} <= set(checks[0])
    kept_out = sum(check["row_count"] for check in checks if check["severity"] == "error")
    assert kept_out == summary["rows_quarantined"]
    told, everything = run("quality").stdout, run("quality", "--all").stdout
    assert all(check["rule"] in everything for check in checks)
    listed = [line for line in told.splitlines() if line.startswith("  ")]
    assert len(listed) == sum(check["row_count"] > 0 for check in checks)
    levels = {line.partition(": ")[2] for line in told.splitlines() if not line.startswith(" ")}
    assert levels <= {"Good", "Check", "Do not use", "Not loaded"}


def test_an_unknown_measure_is_answered_with_the_list_of_them(home: Path) -> None:
    said = refused(run("download", "success_rate"))
    assert all(measure in said for measure in MEASURES)
    assert "success_rate" not in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--where", "site"), "dimension=category"),
        (("--where", "site=Atlantis"), "undeclared category"),
        (("--by", "shoe_size"), "Use one of"),
    ],
)
def test_what_cannot_be_asked_is_said_with_what_can(arguments: tuple[str, ...], said: str, loaded: Path) -> None:
    result = run("download", "stayed_share", "--audience", "manager", *arguments)
    assert said in refused(result)


def test_an_internal_file_is_marked_and_noted(loaded: Path, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    result = run("download", "people_enrolled", "--audience", "manager", "--to", str(folder))
    assert result.exit_code == 0, result.output
    (path,) = folder.iterdir()
    assert path.name.startswith("INTERNAL_not_for_release_DEMONSTRATION_people_enrolled_")
    assert str(path) in result.stdout
    assert (loaded / "log" / "exports.jsonl").read_text().count("\n") == 1


def test_the_managers_door_listens_on_this_machine_alone() -> None:
    said = refused(run("serve", "--host", "0.0.0.0", "--no-open"))
    assert "this machine alone" in said
    assert "--audience public" in said


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_in_use_is_said_before_anything_is_done(command: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "pipelines.cli", command, "--port", str(port), "--no-open"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert f"port {port}: another program is using it" in done.stderr
    assert f"--port {port + 1}" in done.stderr
    assert "Nothing was changed." in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "home").exists()


def test_the_demo_starts_in_an_empty_folder_and_loads_once(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[tuple[Any, ...]] = []
    monkeypatch.setattr("dashboard.server.serve", lambda *given, **more: served.append((*given, more["home"])))
    monkeypatch.setattr(cli, "SAMPLE_PEOPLE", 600)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    first = run("demo", "--no-open", "--port", "18999")
    assert first.exit_code == 0, first.output
    assert "Synthetic records of 600 people" in first.stdout
    assert (home / "release" / "CURRENT").exists()
    before = standing(home)
    second = run("demo", "--no-open", "--port", "18999")
    assert second.exit_code == 0
    assert standing(home) == before
    assert served == [("manager", "127.0.0.1", 18999, home)] * 2
    assert list((tmp_path / "empty").iterdir()) == []


SECRET = "P-00017 Jane 555-0100"


def broken(*_given: object, **_more: object) -> None:
    """Stand in for a part of ours that fails with a cell's value in its message."""
    raise RuntimeError(f"could not convert {SECRET}")


def test_a_fault_of_ours_is_one_sentence_with_a_reference_and_no_value(
    files: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.load.load", broken)
    result = run("load", str(files))
    assert result.exit_code == 1
    assert result.stdout == ""
    found = re.search(r"✗ Something went wrong on our side \(RuntimeError, reference ([0-9A-F]{6})\)", result.stderr)
    assert found
    assert result.stderr.count("\n") == 1
    log = (home / console.FAILURES).read_text()
    noted = json.loads(log)
    assert noted["reference"] == found[1]
    assert (noted["part"], noted["error"]) == ("load", "RuntimeError")
    assert any("test_cli.py" in frame and "broken" in frame for frame in noted["frames"])
    for text in (result.output, log):
        assert not set(SECRET.split()) & set(re.split(r"\W+(?<!-)", text))
        assert "Jane" not in text
        assert "Traceback" not in text


def test_a_developer_gets_the_traceback_on_request(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.load.load", broken)
    monkeypatch.setenv(console.DEBUG, "1")
    assert isinstance(run("load", str(files)).exception, RuntimeError)


def test_nothing_was_changed_is_said_only_where_it_is_true(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half_done(folder: Path, **_more: object) -> None:
        (folder / "release").mkdir(parents=True)
        (folder / "release" / "new").write_text("x")
        raise InputFault(Fault("the release", "is half done", "Finish it."))

    monkeypatch.setattr("pipelines.release.build_release", half_done)
    said = refused(run("release"))
    assert "the release: is half done. Finish it." in said
    assert "Nothing was changed" not in said


def test_a_log_entry_is_not_a_change(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def noted(folder: Path, **_more: object) -> None:
        (folder / "log").mkdir(parents=True)
        (folder / "log" / "tries.jsonl").write_text("x")
        raise InputFault(Fault("the release", "is refused", "Wait."))

    monkeypatch.setattr("pipelines.release.build_release", noted)
    assert "Nothing was changed." in refused(run("release"))


def test_a_folder_that_cannot_hold_the_sample_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    said = refused(run("sample", "--people", "60", "--to", str(tmp_path / "file" / "below")))
    assert "file" in said


def test_without_a_terminal_progress_is_a_few_lines_and_never_on_the_output(files: Path) -> None:
    result = run("load", str(files), "--dry-run")
    assert "Loading:" not in result.stdout
    lines = result.stderr.splitlines()
    assert 3 <= len(lines) <= 8
    assert lines[-1] == "Loading: done (100%)"
    shares = [int(line.rsplit("(", 1)[1].partition("%")[0]) for line in lines]
    assert shares == sorted(shares)


def test_on_a_terminal_progress_is_a_bar_with_the_present_step(tmp_path: Path) -> None:
    outer, inner = pty.openpty()
    command = [sys.executable, "-m", "pipelines.cli", "sample", "--people", "60", "--to", str(tmp_path / "files")]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "100"}, stdout=inner, stderr=inner
    )
    os.close(inner)
    shown = b""
    while True:
        try:
            piece = os.read(outer, 4096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(outer)
    assert process.wait(timeout=60) == 0
    text = shown.decode()
    assert "Simulating  [" in text
    assert "\r" in text
    assert re.search(r"\[#+-*\]\s+\d+%", text)
    assert "100%" in text
    assert "Synthetic records of 60 people" in text
