"""Every fourth large bad file of the catalogue does what it says, in bounded memory; `make validate` has all of them.

Referee: the system's own account of a process that loads them and did not write them.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.pipelines.bad_files.case import Case
from tests.pipelines.bad_files.catalogue import BOUND, CASES

HEAVY = [case for cases in CASES.values() for case in cases if case.heavy]


@dataclass
class Measured:
    """Peak memory in kilobytes before the first file; after each file its peak and what was wrong, by its id."""

    before: int
    after: dict[str, tuple[int, str]]


def measure(cases: Sequence[Case], folder: Path) -> Measured:
    """Write the files of `cases` below `folder` and let a fresh process load them one after another."""
    written = []
    for place, case in enumerate(cases):
        its_folder = folder / str(place)
        its_folder.mkdir()
        written.append((replace(case, write=None), case.write(its_folder), its_folder))  # type: ignore[arg-type]
    listed = folder / "cases.pickle"
    listed.write_bytes(pickle.dumps(written))
    command = [sys.executable, "-m", "tests.pipelines.bad_files.measure", str(listed)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    first, *rest = done.stdout.splitlines()
    told = [json.loads(line) for line in rest]
    return Measured(int(first), {one["id"]: (one["peak"], one["wrong"]) for one in told})


def assert_bounded(case: Case, measured: Measured) -> None:
    """Assert that a large bad file did what the catalogue says, in memory under its bound."""
    peak, wrong = measured.after[case.id]
    assert wrong == ""
    assert (peak - measured.before) / 1024 < BOUND


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    return measure(HEAVY[::4], tmp_path_factory.mktemp("heavy"))


@pytest.mark.parametrize("case", HEAVY[::4], ids=lambda case: ascii(case.id))
def test_a_large_bad_file_is_judged_in_bounded_memory(case: Case, measured: Measured) -> None:
    assert_bounded(case, measured)


def test_the_account_of_memory_notices_memory(measured: Measured) -> None:
    command = [
        sys.executable,
        "-c",
        "from tests.pipelines.bad_files.measure import peak; a = peak(); b = b'x' * (200 << 20); print(peak() - a)",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout) > 150 * 1024
    assert measured.before > 50 * 1024
