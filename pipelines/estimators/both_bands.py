"""The heat map: staying by the bands of two early scores at once, and how its corners compare."""

from __future__ import annotations

from pipelines.disclosure.floors import FEW_PEOPLE
from pipelines.estimators.curves import read, stayed
from pipelines.estimators.request import Request, words_rows
from pipelines.estimators.rows import Rows
from pipelines.estimators.staying import difference, left_out, points
from pipelines.marts import BANDS

CELLS = tuple(f"{one}|{two}" for one in BANDS for two in BANDS)
HIGH, LOW = "higher|higher", "lower|lower"


def both_bands(request: Request) -> Rows:
    """Return the nine cells at the measure's horizon and their corners' difference: both higher minus both lower."""
    people = request.population()
    horizon = request.measure.horizon
    sizes = dict.fromkeys(CELLS, 0) | people.sizes
    screened = request.screen(sizes, every=CELLS)
    few = [level for level in screened.few if level in CELLS]
    rows = request.rows()
    rows.extend({**row, "x": horizon} for row in screened.rows if row["level"] in CELLS)
    rows.extend(row for row in words_rows(request, few) if row["x"] == horizon)
    rows.extend(left_out(request, people) if people.levels else [])
    shown = [level for level in screened.open if level in CELLS]
    corners: dict[str, object] = {"level": f"{HIGH} - {LOW}", "x": horizon, "stat": "difference"}
    corners |= {"status": "hidden", "reason": FEW_PEOPLE}
    if shown:
        reading = read(stayed(people.of(shown), request.repeats(shown)), horizon)
        points(rows, reading, shown, sizes, request, shape="cell")
        if HIGH in shown and LOW in shown:
            pair = (shown.index(HIGH), shown.index(LOW))
            corners = difference(reading, pair, (sizes[HIGH], sizes[LOW]), f"{HIGH} - {LOW}", request)
    rows.one(**corners)
    return rows
