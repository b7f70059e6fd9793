"""A release in memory: printed numbers by label, and what the release says of itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.disclosure.derived import Table
from pipelines.disclosure.spec import (
    COHORT,
    COUNTS,
    DIMENSION_NAMES,
    FORMAT,
    Parameters,
    Spec,
    label,
    spec_from_text,
)
from pipelines.faults import Fault, InputFault
from pipelines.warehouse import Reader

KNOWN_TABLES = {"cells", "curves", "means", "about"}


class Curve(NamedTuple):
    """The printed life table of a group, None if no point is drawn, and the grid days for which one is declared."""

    table: Table | None
    declared: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """The numbers of one release. A label that is missing is not published; a value of None is hidden.

    `people` and `never_attended` by label; `outcomes` by label and outcome as (n, k); `curves` by label;
    `means` by label and mean as (n, value).
    """

    about: Mapping[str, str]
    spec: Spec
    counts: Mapping[tuple[str, str], int | None]
    outcomes: Mapping[tuple[str, str], tuple[int, int] | None]
    curves: Mapping[str, Curve]
    means: Mapping[tuple[str, str], tuple[int, float] | None]

    @property
    def gate(self) -> Parameters:
        """The parameters the release was built with."""
        return self.spec.parameters

    @property
    def variance(self) -> float:
        """Variance of a printed count around the true one, for the widest noise ever used in this release."""
        gate, width = self.spec.parameters, int(self.about["noise"])
        return width * (width + 2) / 6 + (gate.rounding**2 - 1) / 12

    def blocks(self, measure: str) -> tuple[str, ...]:
        """Return the single cohorts for which a measure is published."""
        cohorts = self.spec.dimension(COHORT).categories
        return tuple(period for period in self.periods(measure) if period in cohorts)

    def periods(self, measure: str) -> tuple[str, ...]:
        """Return the labels of the cohort dimension for which a measure is published."""
        return tuple((self.spec.periods or {}).get(measure, ()))

    def whole(self, measure: str) -> str | None:
        """Return the label that takes all published cohorts of a measure together, None if there is none."""
        blocks = self.blocks(measure)
        if len(blocks) < 2:
            return blocks[0] if blocks else None
        return next((item.label for item in self.spec.ranges if item.blocks == blocks), None)


def read_published(reader: Reader) -> Published:
    """Return the numbers of an open release; InputFault if it is not of the shape this program knows."""
    tables = {str(name) for (name,) in reader.rows("select table_name from duckdb_tables() where not internal")}
    about = {str(k): str(v) for k, v in reader.rows("select key, value from about")} if tables == KNOWN_TABLES else {}
    if about.get("format") != str(FORMAT):
        remedy = "Update this program, or build the release again with it."
        raise InputFault(Fault("the release", "has a form that this program does not know", remedy))
    spec = spec_from_text(about["spec"])
    counts: dict[tuple[str, str], int | None] = {}
    outcomes: dict[tuple[str, str], tuple[int, int] | None] = {}
    for text, (measure, n, k, _status) in _labelled(reader.rows("select * from cells")):
        if measure in COUNTS:
            counts[text, str(measure)] = _whole(n)
        else:
            outcomes[text, str(measure)] = None if n is None or k is None else (int(str(n)), int(str(k)))
    means = {
        (text, str(measure)): None if n is None or value is None else (int(str(n)), float(str(value)))
        for text, (measure, n, value, _status) in _labelled(reader.rows("select * from means"))
    }
    return Published(about, spec, counts, outcomes, _curves(reader), means)


def _curves(reader: Reader) -> dict[str, Curve]:
    """Return the printed life tables by label, in the order of the grid."""
    drawn: dict[str, list[tuple[int, int, int, int]]] = {}
    declared: dict[str, list[int]] = {}
    for text, (_endpoint, day, n, events, censored, _status) in _labelled(reader.rows("select * from curves")):
        declared.setdefault(text, []).append(int(str(day)))
        if n is not None:
            drawn.setdefault(text, []).append((int(str(n)), int(str(day)), int(str(events)), int(str(censored))))
    curves = {}
    for text, days in declared.items():
        points = sorted(drawn.get(text, []), key=lambda point: point[1])
        table = None
        if points:
            events, censored = tuple(point[2] for point in points), tuple(point[3] for point in points)
            table = Table(points[0][0], tuple(point[1] for point in points), events, censored)
        curves[text] = Curve(table, tuple(sorted(days)))
    return curves


def _labelled(rows: Sequence[tuple[object, ...]]) -> list[tuple[str, tuple[object, ...]]]:
    """Return label and remaining columns of stored rows."""
    width = len(DIMENSION_NAMES)
    return [
        (
            label({name: str(value) for name, value in zip(DIMENSION_NAMES, row, strict=False) if value != "*"}),
            row[width:],
        )
        for row in rows
    ]


def _whole(value: object) -> int | None:
    return None if value is None else int(str(value))


def scales(about: Mapping[str, str]) -> dict[str, dict[str, object]]:
    """Return what is public of the questionnaires: name, scale, display bands and whether the key is confirmed."""
    return {str(item.pop("construct")): item for item in json.loads(about["scales"])}
