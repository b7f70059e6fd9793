"""Validated load against a bare `CREATE TABLE AS read_csv` of the same files: wall, CPU and memory.

The other side checks nothing, codes nothing and builds no mart, so it is the floor a load can reach.
Both sides run in processes of their own, in turn; times are taken after the imports. CPU seconds say
more than wall time on a machine that does other work.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

PEOPLE = {"small": 25_000, "1m": 1_000_000, "10m": 10_000_000}
REPETITIONS = 3
SEED = 1

WRITE = """
import sys
from pathlib import Path
from pipelines.sample import write_sample
write_sample(Path(sys.argv[1]), int(sys.argv[2]), seed=int(sys.argv[3]))
"""
MEASURE = """
import json, resource, sys, time
from pathlib import Path
{imports}
source, target = Path(sys.argv[1]), Path(sys.argv[2])
wall, cpu = time.perf_counter(), time.process_time()
{work}
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
files = sum(path.stat().st_size for path in target.rglob("*.duckdb"))
print(json.dumps(dict(wall=wall, cpu=cpu, peak=peak, file=files / 2**20)))
"""
OURS = MEASURE.format(imports="from pipelines.load import load", work="load(source, target)")
BARE = MEASURE.format(
    imports="import duckdb",
    work="""
connection = duckdb.connect(str(target / "bare.duckdb"))
for path in sorted(source.glob("*.csv")):
    connection.execute(f'CREATE TABLE "{path.stem}" AS SELECT * FROM read_csv($path)', {"path": str(path)})
connection.execute("CHECKPOINT")
connection.close()
""",
)
NAMES = {"wall": ("wall time", "s"), "cpu": ("CPU time", "s"), "peak": ("peak memory", "MB"), "file": ("file", "MB")}


def measured(script: str, source: Path, work: Path) -> dict[str, float]:
    """Run one side in a process and a folder of its own and return wall and CPU seconds, peak and file in MB."""
    target = Path(tempfile.mkdtemp(dir=work))
    environment = {**os.environ, "RECOVERY_OUTCOMES_KEY": str(work / "secret" / "key")}
    try:
        done = subprocess.run(
            [sys.executable, "-c", script, str(source), str(target)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    finally:
        shutil.rmtree(target)
    return {name: float(value) for name, value in json.loads(done.stdout.splitlines()[-1]).items()}


def run(size: str) -> list[dict[str, object]]:
    """Return one line per quantity: ours, the bare load, and the bare load divided by ours; medians of 3 in turn."""
    people = PEOPLE[size]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        source = work / "records"
        subprocess.run([sys.executable, "-c", WRITE, str(source), str(people), str(SEED)], check=True)
        megabytes = sum(path.stat().st_size for path in source.glob("*.csv")) / 2**20
        sides: dict[str, list[dict[str, float]]] = {OURS: [], BARE: []}
        for _ in range(REPETITIONS):
            for script, results in sides.items():
                results.append(measured(script, source, work))
    lines: list[dict[str, object]] = []
    for quantity, (name, unit) in NAMES.items():
        ours, other = (median(result[quantity] for result in results) for results in sides.values())
        lines.append(
            {
                "name": f"validated load against bare read_csv, {name}",
                "ours": ours,
                "other": other,
                "ratio": other / ours,
                "unit": unit,
                "note": f"{people:,} people, {megabytes:,.0f} MB of CSV; ours / bare = {ours / other:.2f}",
            }
        )
    return lines
