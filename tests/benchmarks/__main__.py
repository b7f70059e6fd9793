"""Run every benchmark as ratios of one run and write the table: python -m tests.benchmarks [SIZE]."""

from __future__ import annotations

import os
import platform
import sys
from importlib import import_module
from pathlib import Path

SUBJECTS = (
    "bench_load",
    "bench_queries",
    "bench_estimates",
    "bench_release",
    "bench_page",
    "bench_page_queries",
    "bench_rerun",
    "bench_users",
)
TABLE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
HEADING = "| what | ours | against | ratio | note |\n|---|---|---|---|---|\n"


def line(row: dict[str, object]) -> str:
    """Return one benchmark as a row of the table: ours, the other side, and how many times ours the other takes."""
    unit = row["unit"]
    return (
        f"| {row['name']} | {row['ours']:.3g} {unit} | {row['other']:.3g} {unit} | {row['ratio']:.2f} | {row['note']} |"
    )


def main(size: str) -> None:
    """Run all subjects at `size` (small, 1m or 10m), print each line as it comes, write docs/benchmarks.md."""
    lines = []
    for subject in SUBJECTS:
        for row in import_module(f"tests.benchmarks.{subject}").run(size):
            lines.append(line(row))
            print(lines[-1], flush=True)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    TABLE.write_text(
        "# Benchmarks\n\nMade by `make bench`: both sides interleaved in one run, median of at least three "
        f"repetitions. Ratios travel between machines, milliseconds do not. Size: {size}; {machine}.\n\n"
        + HEADING
        + "\n".join(lines)
        + "\n"
    )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SIZE", "small"))
