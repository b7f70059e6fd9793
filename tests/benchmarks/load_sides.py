"""The sides of the benchmark of loading, each measured in a process of its own: `python -m ... SIDE SOURCE TARGET`.

A side imports what it needs before the clock starts, does its work and returns the rows it kept out, by table.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

Work = Callable[[Path, Path], dict[str, int]]


def ours() -> Work:
    """Load with everything: mapping, codes, checks, quarantine, scores, marts, a published version."""
    from pipelines.load import load

    def work(source: Path, target: Path) -> dict[str, int]:
        return {table.name: table.rows_quarantined for table in load(source, target).tables}

    return work


def bare() -> Work:
    """Create a table of every file as DuckDB reads it; nothing is checked."""
    import duckdb

    def work(source: Path, target: Path) -> dict[str, int]:
        connection = duckdb.connect(str(target / "bare.duckdb"))
        connection.execute("SET enable_progress_bar = false")
        for path in sorted(source.glob("*.csv")):
            connection.execute(f'CREATE TABLE "{path.stem}" AS SELECT * FROM read_csv($path)', {"path": str(path)})
        connection.execute("CHECKPOINT")
        connection.close()
        return {}

    return work


def pandas() -> Work:
    """Type every table and make every check in pandas, store the rows kept in DuckDB; no codes, no scores, no marts."""
    import duckdb

    from tests.second_checks.run import Checks

    def work(source: Path, target: Path) -> dict[str, int]:
        connection = duckdb.connect(str(target / "pandas.duckdb"))
        connection.execute("SET enable_progress_bar = false")
        kept_out = {}
        checks = Checks(source)
        for name, rows, kept in checks.tables():
            kept_out[name] = int((~kept).sum())
            connection.register("stored", rows[kept])
            del rows
            connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM stored')
            connection.unregister("stored")
        if checks.found.refusals:
            raise AssertionError(f"the files would be refused: {checks.found.refusals}")
        connection.execute("CHECKPOINT")
        connection.close()
        return kept_out

    return work


SIDES: dict[str, Callable[[], Work]] = {"ours": ours, "bare": bare, "pandas": pandas}


def main(side: str, source: Path, target: Path) -> None:
    """Run one side and print wall and CPU seconds, peak memory and size of the file in MB, and rows kept out.

    The process that writes our file counts too: its seconds, and its peak as if it came together with ours.
    """
    work = SIDES[side]()
    wall, cpu = time.perf_counter(), time.process_time()
    kept_out = work(source, target)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    own, writer = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu += writer.ru_utime + writer.ru_stime
    peak = (own.ru_maxrss + writer.ru_maxrss) / 1024
    size = sum(path.stat().st_size for path in target.rglob("*.duckdb")) / 2**20
    print(json.dumps({"wall": wall, "cpu": cpu, "peak": peak, "file": size, "kept_out": kept_out}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
