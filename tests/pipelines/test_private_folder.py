"""A private folder is its owner's alone and gone afterwards, also after a cancellation and after a kill."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pipelines.private_folder import PREFIX, private_folder, remove_leftovers

HOLD = """
import sys, time
from pipelines.private_folder import private_folder
with private_folder() as folder:
    (folder / "records.csv").write_text("secret")
    print(folder, flush=True)
    time.sleep(120)
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def holding(temporary: Path) -> tuple[subprocess.Popen[str], Path]:
    """Start a process that holds a private folder, and return both."""
    environment = os.environ | {"TMPDIR": str(temporary)}
    process = subprocess.Popen([sys.executable, "-c", HOLD], env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def test_nobody_else_can_open_it_and_it_goes_with_all_it_holds(temporary: Path) -> None:
    with private_folder() as folder:
        assert folder.parent == temporary
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "below").mkdir()
        (folder / "below" / "file").write_text("x")
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("end", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_it_goes_however_the_block_ends(temporary: Path, end: type[BaseException]) -> None:
    def fill_and_fail() -> None:
        with private_folder() as folder:
            (folder / "file").write_text("x")
            raise end

    with pytest.raises(end):
        fill_and_fail()
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_leaves_is_removed_and_what_a_living_one_holds_is_not(temporary: Path) -> None:
    living, held = holding(temporary)
    killed, left = holding(temporary)
    try:
        killed.send_signal(signal.SIGKILL)
        killed.wait(timeout=20)
        assert (left / "records.csv").read_text() == "secret"
        with private_folder() as own:
            assert remove_leftovers() == 1
            assert own.exists()
        assert not left.exists()
        assert held.exists()
    finally:
        living.terminate()
        living.wait(timeout=20)
    assert remove_leftovers() == 1
    assert list(temporary.iterdir()) == []


def test_a_link_or_a_file_of_that_name_is_left_alone(temporary: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("x")
    (temporary / f"{PREFIX}link").symlink_to(tmp_path / "precious")
    (temporary / f"{PREFIX}file").write_text("x")
    assert remove_leftovers() == 0
    assert (tmp_path / "precious" / "file").exists()
