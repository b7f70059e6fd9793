"""The people every exporter starts from: canonical tables of a simulated program, cell by cell as text."""

from __future__ import annotations

import csv
from pathlib import Path

from pipelines.sample import write_sample

Tables = dict[str, list[dict[str, str]]]


def canonical_people(folder: Path, n: int = 200, seed: int = 11) -> Tables:
    """Write canonical CSV files of `n` people without broken rows into `folder`, and return their cells."""
    write_sample(folder, n, seed, dirt=False)
    tables: Tables = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    return tables
