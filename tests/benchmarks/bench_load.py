"""Validated load against a bare `CREATE TABLE AS read_csv`, and against the same checks in pandas: wall, CPU, memory.

The bare load checks nothing, codes nothing and builds no mart, so it is the floor a load can reach. The pandas side
(`tests/second_checks`) reads and types every table, makes every check and writes the rows kept to DuckDB, without
codes, scores or marts; both must keep the same rows of every table out. All sides run in processes of their own, in
turn; times are taken after the imports. CPU seconds say more than wall time on a machine that does other work.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from pipelines.sample import write_sample
from pipelines.simulate.parameters import SAMPLE, Parameters, Practice
from tests.benchmarks.dirty_rows import break_rows

PEOPLE = {"small": 50_000, "1m": 1_000_000, "10m": 10_000_000}
PANDAS_UP_TO = 1_000_000
"""Beyond this many people the pandas side needs more memory than a machine of 24 GB has."""
REPETITIONS = 3
SEED = 1
PROGRAM: Parameters = replace(SAMPLE, weeks=13, follow_up_days=91, answer_intercept=-1.3)
PRACTICE = Practice(
    **dict.fromkeys(("calls_reached", "checkins", "center_visits", "texts_answered", "call_attempts"), 0.01),
    **dict.fromkeys(("texts", "goals", "referrals", "mutual_help", "setbacks", "ripple_rate"), 0.0),
    instruments=("wai_sr", "gse_10", "phq_9"),
)
"""A program of about 16 rows a person: sessions for three months, three questionnaires as totals, few contacts."""
NAMES = {"wall": ("wall time", "s"), "cpu": ("CPU time", "s"), "peak": ("peak memory", "MB"), "file": ("file", "MB")}
WHAT = {
    "bare": "validated load against bare read_csv",
    "pandas": "validated load, codes, scores and marts against all of its checks alone in pandas",
}
WRITE = """
import sys, time
from pathlib import Path
from tests.benchmarks.bench_load import write_files
write_files(Path(sys.argv[1]), int(sys.argv[2]))
"""


def write_files(folder: Path, people: int) -> None:
    """Write the records of `people` simulated people, of which about one row in 170 is broken."""
    write_sample(folder, people, SEED, dirt=False, parameters=PROGRAM, practice=PRACTICE, lettered=True)
    break_rows(folder)


def measured(side: str, source: Path, work: Path) -> dict[str, Any]:
    """Run one side in a process and a folder of its own and return what it measured."""
    target = Path(tempfile.mkdtemp(dir=work))
    environment = {**os.environ, "RECOVERY_OUTCOMES_KEY": str(work / "secret" / "key")}
    command = [sys.executable, "-m", "tests.benchmarks.load_sides", side, str(source), str(target)]
    try:
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    finally:
        shutil.rmtree(target)
    return json.loads(done.stdout.splitlines()[-1])


def run(size: str) -> list[dict[str, object]]:
    """Return one line per quantity and other side: ours, the other's, the other's divided by ours; medians in turn."""
    people = PEOPLE[size]
    sides = ("ours", "bare", "pandas") if people <= PANDAS_UP_TO else ("ours", "bare")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        source = work / "records"
        subprocess.run([sys.executable, "-c", WRITE, str(source), str(people)], check=True)
        megabytes = sum(path.stat().st_size for path in source.glob("*.csv")) / 2**20
        results: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
        for _ in range(REPETITIONS):
            for side in sides:
                results[side].append(measured(side, source, work))
    if "pandas" in sides:
        kept_out = [results[side][0]["kept_out"] for side in ("ours", "pandas")]
        if kept_out[0] != kept_out[1]:
            raise AssertionError(f"the two sides keep other rows out: {kept_out}")
    middle = {side: {name: median(one[name] for one in found) for name in NAMES} for side, found in results.items()}
    return [
        {
            "name": f"{WHAT[side]}, {name}",
            "ours": middle["ours"][quantity],
            "other": middle[side][quantity],
            "ratio": middle[side][quantity] / middle["ours"][quantity],
            "unit": unit,
            "note": f"{people:,} people, {megabytes:,.0f} MB of CSV; "
            f"ours / other = {middle['ours'][quantity] / middle[side][quantity]:.2f}",
        }
        for side in sides[1:]
        for quantity, (name, unit) in NAMES.items()
    ]
