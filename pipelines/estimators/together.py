"""Two scores of the same people in the same weeks: whether they move together within a person, and between people."""

from __future__ import annotations

import numpy as np

from pipelines.definitions import definition
from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_PEOPLE
from pipelines.estimators import ratings
from pipelines.estimators.request import Request, mark
from pipelines.estimators.rows import Rows
from pipelines.stats import lagged, within

_SAID = definition("paired_ratings")
PAIR_DAYS, LEAST_PEOPLE = _SAID.number("pair_days"), _SAID.number("people")


def repeated_correlation(request: Request) -> Rows:
    """Return the correlation of two scores within people (repeated measures) and between people (of their means).

    Rows `correlation` and `count`, the pairs of ratings, by series within and between; the correlation within people
    rests on those with two pairs or more. Hidden with fewer people than the definition asks for.
    """
    rows = request.rows()
    stays = ratings.stays(request)
    first, second = (ratings.own_ratings(request, construct) for construct in request.measure.constructs)
    pairs = lagged.nearest_pairs(first, second, PAIR_DAYS)
    if not len(stays.person):
        return rows
    person = stays.person[pairs["person"].to_numpy(dtype=np.intp) - 1]
    for series, of in (("within", within.within_person), ("between", within.between_people)):
        found = of(person, pairs["x"], pairs["y"])
        row: dict[str, object] = {"series": series, "stat": "correlation", "shape": "point"}
        if found.people < LEAST_PEOPLE or not np.isfinite(found.estimate):
            below = 0 < found.people < request.floor.count
            rows.one(**row, status="hidden", reason=BELOW_THRESHOLD if below else FEW_PEOPLE)
            continue
        size = {"n": found.people, "status": mark(found.people)}
        rows.one(**row, **size, estimate=found.estimate, lower=found.lower, upper=found.upper)
        rows.one(series=series, stat="count", estimate=found.ratings, n=found.ratings, status="shown")
    if stays.one_in > 1:
        rows.one(series="one_in", stat="mean", estimate=stays.one_in, n=len(np.unique(person)), status="shown")
    return rows
