"""What protection costs, for the sample, 3,000, 10,000 and 100,000 people; writes docs/utility.md.

`python -m tests.validate.utility` takes about two minutes.
"""

from __future__ import annotations

from datetime import date

from tests.utility.measured import made_up, rest, sample, utilities
from tests.utility.page import PAGE, SAMPLE, SIZES, page, rest_row, section


def measure() -> tuple[list[str], list[str]]:
    """Return the table of every program, and the rows on its noise, curves and means."""
    sections, rows = [], []
    for size in (SAMPLE, *SIZES):
        tables = sample() if isinstance(size, str) else made_up(size)
        sections.append(section(size, utilities(tables)))
        rows.append(rest_row(size, tables, rest(tables)))
    return sections, rows


if __name__ == "__main__":
    PAGE.write_text(page(*measure(), date.today().isoformat()), encoding="utf-8")
