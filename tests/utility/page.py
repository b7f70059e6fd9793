"""The page of what protection costs: for the sample and made-up programs of three sizes, next to the alternatives."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.utility.measured import Rest, Tables, Utility

PAGE = Path(__file__).resolve().parents[2] / "docs" / "utility.md"
SIZES = (3_000, 10_000, 100_000)
SAMPLE = "the sample, data/sample"
OPENING = """# What protection costs

Written by `python -m tests.validate.utility` on {date}. Every method protects the same tables: those this program
declares, of the sample as it is loaded and released, and of made-up people (tests/pipelines/release_world.py, seed 1).
Shares of cells are of those with at least one person in them. The error of a count is that of shown cells of 11 people
or more; a rate is the share with an outcome, shown where its printed base is at least 50, and its error is in points of
100. An outcome stays hidden, however large the program, where fewer than 11 people are without it or with it, or too
few coaches stand behind it. What the alternatives give away for their smaller errors is in docs/attacks.md.
"""
HEADINGS = (
    "method",
    "cells shown",
    "cells of 11 or more hidden",
    "median error",
    "one-way median error",
    "p95 error, people",
    "outcome cells shown",
    "rates shown",
    "median rate error",
    "p95 rate error",
)
REST_HEADINGS = (
    "people",
    "noise",
    "outcomes split by",
    "points of curves shown",
    "median error, points of 100",
    "p95",
    "means shown",
    "median error, share of the scale",
)


def title(size: int | str) -> str:
    """Return the heading of one program."""
    return size if isinstance(size, str) else f"{size:,} made-up people"


def row(method: str, found: Utility) -> str:
    """Return one row of a table of methods."""
    cells = [
        method,
        _share(found.cells_shown),
        _share(found.large_hidden),
        _share(found.error),
        _share(found.one_way_error, 2),
        f"{found.error_p95:.0f}",
        _share(found.outcomes_shown),
        f"{found.rates:,}",
        f"{found.rate_error:.1f}",
        f"{found.rate_error_p95:.1f}",
    ]
    return "| " + " | ".join(cells) + " |"


def section(size: int | str, methods: Mapping[str, Utility]) -> str:
    """Return the table of one program."""
    lines = [f"## {title(size)}\n", "| " + " | ".join(HEADINGS) + " |", "| --- |" + " ---: |" * (len(HEADINGS) - 1)]
    return "\n".join([*lines, *(row(name, found) for name, found in methods.items())]) + "\n"


def rest_row(size: int | str, tables: Tables, found: Rest) -> str:
    """Return one row on noise, curves and means of this program."""
    split = {2: "one dimension and two pairs", 1: "one dimension", -1: "nothing: none printed"}
    note = "".join(f"; without {name}" for name in tables.left_out)
    cells = [
        title(size),
        f"within {tables.coin.noise}",
        split[tables.coin.outcome_variables] + note,
        f"{found.points[0]:,} of {found.points[1]:,}",
        f"{found.point_error:.1f}",
        f"{found.point_error_p95:.1f}",
        f"{found.means[0]:,} of {found.means[1]:,}",
        _share(found.mean_error, 2),
    ]
    return "| " + " | ".join(cells) + " |"


def page(sections: list[str], rest_rows: list[str], date: str) -> str:
    """Return the whole page."""
    heads = ["| " + " | ".join(REST_HEADINGS) + " |", "| --- | --- | --- |" + " ---: |" * (len(REST_HEADINGS) - 3)]
    curves = "\n".join(["## Noise, curves and means of this program\n", *heads, *rest_rows])
    return "\n".join([OPENING.format(date=date), *sections, curves]) + "\n"


def _share(value: float, places: int = 1) -> str:
    return f"{value:.{places}%}".replace("%", " %")
