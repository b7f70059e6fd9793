"""Data folders for the benchmarks of the pages: the sample, or records of a million people, made once for a run.

`python -m tests.benchmarks.homes 1m FOLDER` makes one to keep; with BENCH_HOMES=FOLDER it is used again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path

from pipelines.load import load
from pipelines.sample import write_sample
from pipelines.simulate.parameters import SAMPLE, Parameters, Practice
from tests.browser import doors, screenshots

PEOPLE = {"1m": 1_000_000}
SEED = 1
PROGRAM: Parameters = replace(SAMPLE, completed_base=0.03, answer_intercept=0.0)
PRACTICE = Practice(instruments=("wai_sr", "gse_10", "care", "pearlin_mastery", "barc_10", "phq_9"))
"""The program of the sample with shorter stays and fewer answers; a questionnaire for every score the pages show."""
STEP = """
import sys
from pathlib import Path
from tests.benchmarks import homes
getattr(homes, sys.argv[1])(Path(sys.argv[2]), *sys.argv[3:])
"""


@cache
def home(size: str) -> Path:
    """Return a data folder of `size`: 1m a million people, anything else the sample; it goes when the process ends."""
    kept = os.environ.get("BENCH_HOMES")
    if kept:
        return make(size, Path(kept))
    return make(size, Path(_temporary().name))


def make(size: str, folder: Path) -> Path:
    """Return `folder`/size/home, made if it is not there: records and, of the sample, their release."""
    found = folder / size / "home"
    if not (found / "records" / "CURRENT").exists():
        if size in PEOPLE:
            # Each step has a process of its own: what one needed of the memory is not there while pages are measured.
            _in_a_process("write", folder / size, str(PEOPLE[size]))
            _in_a_process("load_written", folder / size)
        else:
            screenshots.prepare(found)
    return found


def said(size: str) -> str:
    """Return the size as it stands in the note of a line."""
    return f"{PEOPLE[size]:,} people" if size in PEOPLE else "the sample"


def write(folder: Path, people: str) -> None:
    """Write the records of so many simulated people into `folder`/files."""
    write_sample(
        folder / "files", int(people), SEED, "parquet", dirt=False, parameters=PROGRAM, practice=PRACTICE, lettered=True
    )


def load_written(folder: Path) -> None:
    """Load `folder`/files into `folder`/home with a key of its own, and remove the files."""
    os.environ["RECOVERY_OUTCOMES_KEY"] = str(folder / "secret" / "key")
    load(folder / "files", folder / "home")
    shutil.rmtree(folder / "files")


def _in_a_process(step: str, *arguments: object) -> None:
    command = [sys.executable, "-c", STEP, step, *map(str, arguments)]
    subprocess.run(command, cwd=doors.ROOT, check=True)


@cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


if __name__ == "__main__":
    print(make(sys.argv[1], Path(sys.argv[2])))
