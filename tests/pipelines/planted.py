"""The broken rows planted in data/sample, and the one command that renews the sample and what tests expect of it.

`python -m tests.pipelines.planted` rewrites data/sample and the two expectation files beside this module.
"""

from __future__ import annotations

import csv
from pathlib import Path

from pipelines.sample import Written, write_sample
from pipelines.simulate.dirt import Planted

HERE = Path(__file__).resolve().parent
PLANTED = HERE / "planted.csv"
SAMPLE = HERE.parent.parent / "data" / "sample"
PEOPLE, SEED = 1500, 3


def planted_rows() -> list[Planted]:
    """Return the rows that a load of data/sample must keep out: table, row number (heading is 1), rule, column."""
    with PLANTED.open(newline="", encoding="utf-8") as file:
        return [Planted(one["table"], int(one["row_no"]), one["rule"], one["column"]) for one in csv.DictReader(file)]


def write_planted(written: Written) -> None:
    """Write the expectation file from what was just planted."""
    with PLANTED.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["table", "row_no", "rule", "column"])
        table.writerows([one.table, one.row_no, one.rule, one.column] for one in written.planted)


if __name__ == "__main__":
    write_planted(write_sample(SAMPLE, PEOPLE, SEED))
