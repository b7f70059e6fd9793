"""Demonstration people never get into an organisation's release, nor its people into theirs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines import versions
from pipelines.disclosure.ledger import ledger_path, read_ledger
from pipelines.faults import InputFault
from pipelines.load import load
from pipelines.release import build_release
from tests.pipelines.exporters.people import canonical_people


def own_files(folder: Path, *, demonstration: bool) -> Path:
    """Write simulated files, with or without the note that they are a demonstration."""
    canonical_people(folder, 300)
    if not demonstration:
        (folder / "dataset.toml").unlink()
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    own_files(folder / "shown", demonstration=True)
    own_files(folder / "own", demonstration=False)
    return folder


def test_own_records_set_the_demonstration_release_and_its_ledger_aside(made: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(made / "shown", home)
    build_release(home)
    published = read_ledger(ledger_path(home))
    assert published.length
    summary = load(made / "own", home)
    assert any("set aside" in note for note in summary.notes)
    assert versions.pointer(home, "release") is None
    assert read_ledger(ledger_path(home)).length == 0
    kept = home / "demonstration" / "01"
    assert read_ledger(kept / "ledger" / "ledger.jsonl").length == published.length
    assert (kept / "release" / "CURRENT").exists()
    build_release(home)
    assert read_ledger(ledger_path(home)).length


def test_a_release_of_own_records_stays_when_more_are_loaded(made: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(made / "own", home)
    build_release(home)
    before = versions.pointer(home, "release")
    assert not load(made / "own", home).notes
    assert versions.pointer(home, "release") == before


def test_demonstration_records_are_not_released_over_own_ones(made: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    load(made / "own", home)
    build_release(home)
    before = versions.pointer(home, "release")
    load(made / "shown", home)
    with pytest.raises(InputFault, match="was made from your own records"):
        build_release(home)
    assert versions.pointer(home, "release") == before
    shutil.rmtree(home)
