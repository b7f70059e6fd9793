"""What a person is told while work goes on: the step, the share, the time left in words; a script is told nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines import console
from pipelines.cli import main
from pipelines.progress import time_left
from tests.pipelines.raw_world import world, write

LEFT = [
    (2.9, 0.5, ""),
    (100.0, 0.04, ""),
    (100.0, 1.0, ""),
    (10.0, 0.9, "a few seconds left"),
    (10.0, 0.5, "about 10 seconds left"),
    (30.0, 0.5, "about 30 seconds left"),
    (49.0, 0.5, "about 50 seconds left"),
    (60.0, 0.5, "about a minute left"),
    (89.0, 0.5, "about a minute left"),
    (95.0, 0.5, "about 2 minutes left"),
    (60.0, 0.1, "about 9 minutes left"),
    (600.0, 0.1, "about 2 hours left"),
]


@pytest.mark.parametrize(("seconds", "share", "words"), LEFT)
def test_the_time_left_is_told_in_round_words(seconds: float, share: float, words: str) -> None:
    assert time_left(seconds, share) == words


def test_the_lines_of_a_long_run_say_how_long_it_takes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 1000.0
    monkeypatch.setattr(console.time, "monotonic", lambda: now)
    with console.progress_line("Loading") as report:
        report("reading a.csv, file 1 of 2", 0.0)
        now += 60
        report("checking", 0.4)
        report("checking on", 0.41)
        now += 60
        report("done", 1.0)
    assert capsys.readouterr().err.splitlines() == [
        "Loading: reading a.csv, file 1 of 2 (0%)",
        "Loading: checking (40%, about 2 minutes left)",
        "Loading: done (100%)",
    ]


def test_a_load_counts_files_and_rows(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["load", str(write(tmp_path / "in", world())), "--dry-run"])
    assert result.exit_code == 0
    assert "Loading: reading assessment_items.csv, file 1 of 10 (0%)" in result.stderr


def test_a_script_reads_the_result_and_nothing_else(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["load", str(write(tmp_path / "in", world())), "--dry-run", "--json"])
    assert result.exit_code == 0
    assert result.stderr == ""
    assert json.loads(result.stdout)["rows_in"] > 50
