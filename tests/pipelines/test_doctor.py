"""The doctor names what is wrong with an installation and what to do, and says so in its exit code."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from pipelines import cli, doctor, warehouse
from pipelines.keys import KEY_BYTES


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def key() -> Path:
    """A key with the right mode, where RECOVERY_OUTCOMES_KEY says."""
    path = Path(os.environ["RECOVERY_OUTCOMES_KEY"])
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(KEY_BYTES))
    path.chmod(0o600)
    return path


def run() -> Result:
    return CliRunner().invoke(cli.main, ["doctor"])


def wrong(result: Result) -> list[str]:
    return [line for line in result.stdout.splitlines() if line.startswith("✗")]


def test_an_installation_before_the_first_load_is_in_order(home: Path) -> None:
    result = run()
    assert result.exit_code == 0
    assert wrong(result) == []
    for said in ("Python 3", "duckdb", "GB free", "No key yet", "No records yet", "No release yet"):
        assert said in result.stdout
    assert not home.exists()


def test_a_key_that_others_can_read_is_named_with_its_remedy(key: Path) -> None:
    assert run().exit_code == 0
    key.chmod(0o644)
    result = run()
    assert result.exit_code == 1
    (line,) = wrong(result)
    assert "chmod 600" in line


def test_a_key_in_the_data_folder_or_of_the_wrong_length_is_named(
    home: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key.write_bytes(b"short")
    assert "32 bytes" in wrong(run())[0]
    home.mkdir()
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(home / "key"))
    assert "RECOVERY_OUTCOMES_KEY" in wrong(run())[0]


def test_records_that_cannot_be_opened_are_named(home: Path) -> None:
    folder = home / "records"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "records-0001.duckdb").write_bytes(b"not a database")
    (folder / "CURRENT").write_text("records-0001\n")
    result = run()
    assert result.exit_code == 1
    assert any("cannot be opened" in line for line in wrong(result))


def test_a_release_changed_after_its_audit_is_named(home: Path) -> None:
    with warehouse.build(home, "release") as con:
        con.execute("create table about (key varchar, value varchar)")
    assert run().exit_code == 0
    path = home / "release" / "release-0001.duckdb"
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    assert any("not the file that was released" in line for line in wrong(run()))


def test_a_records_folder_open_to_others_is_named(home: Path) -> None:
    (home / "records").mkdir(parents=True)
    (home / "records").chmod(0o755)
    result = run()
    assert result.exit_code == 1
    assert "chmod 700" in wrong(result)[0]


def test_what_an_interrupted_run_left_is_told_and_is_no_fault(home: Path) -> None:
    (home / "records").mkdir(parents=True, mode=0o700)
    (home / "records" / "building-records-0002.duckdb").touch()
    result = run()
    assert result.exit_code == 0
    assert "Left over from an interrupted run: 1" in result.stdout


def test_too_little_room_is_said(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=200_000_000))
    (finding,) = [found for found in doctor.findings(home) if not found.good]
    assert "0.2 GB free" in finding.sentence
    assert "make room" in finding.sentence
