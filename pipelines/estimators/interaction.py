"""Whether the two early scores change each other's part: as a ratio, and in people per 100."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.estimators.adjusters import adjusters
from pipelines.estimators.one_ratio import add_reference, is_shown, ratio_cells, reference, too_few
from pipelines.estimators.ratio import EVENTS_PER_COEFFICIENT, FEW_EVENTS, NOT_FITTED, clustered_by
from pipelines.estimators.request import Request, mark
from pipelines.estimators.rows import Rows
from pipelines.stats import association, clusters, cox

PRODUCT, BOTH = "product", "per_100_both"


def score_interaction(request: Request) -> Rows:
    """Return the ratio of each early score at the mean of the other, that of their product, and people per 100.

    Rows `ratio` by series, the two constructs and `product`, with the p-value of the product; row `difference`
    per_100_both: how many more of 100 stay with both scores one standard deviation higher than the two differences for
    one score each add up to. People are compared within their site, errors are clustered by coach.
    """
    first, second = request.measure.constructs
    rows = request.rows()
    found = request.ask_people(
        "both_scores_people",
        ("site",),
        columns=("coach_number",),
        named={"first_score": f"early_{first}_score", "second_score": f"early_{second}_score"},
        extra={"origin": request.origin},
    )
    both = found[found["first_score"].notna() & found["second_score"].notna()].reset_index(drop=True)
    few = too_few(request, len(both))
    if few:
        if len(both):
            rows.one(series=PRODUCT, stat="ratio", shape="point", **few)
        return rows
    columns = pd.DataFrame(index=both.index)
    for construct, name in ((first, "first_score"), (second, "second_score")):
        known = reference(request, construct)
        add_reference(rows, known, f"reference_{construct}")
        columns[construct] = known.standardised(both[name])
    columns[PRODUCT] = columns[first] * columns[second]
    _add_ratios(rows, both, columns)
    _add_people(rows, both, columns, request)
    without = len(found) - len(both)
    if without >= request.floor.count:
        rows.one(series="without_both_scores", stat="count", estimate=without, n=without, status="shown")
    return rows


def _add_ratios(rows: Rows, both: pd.DataFrame, columns: pd.DataFrame) -> None:
    fit = cox.fit(columns, both["day"], both["cause"].eq(1), stratum=both["site"], cluster=clustered_by(both))
    for place, series in enumerate(columns):
        cells = ratio_cells(fit, place)
        rows.one(series=series, **cells)
        p = float(fit.table()["p"].iloc[place])
        if series == PRODUCT and is_shown(cells) and np.isfinite(p):
            size = {name: cells[name] for name in ("n", "events", "status")}
            rows.one(series=series, stat="p_value", estimate=p, **size)


def _add_people(rows: Rows, both: pd.DataFrame, columns: pd.DataFrame, request: Request) -> None:
    """Add the difference of differences in the share who stayed, among people followed to the horizon."""
    horizon = request.measure.horizon
    left = (both["cause"].eq(1) & both["day"].le(horizon)).to_numpy()
    reach = both["follow_up"].ge(horizon).to_numpy()
    sites = adjusters(both, left, ("site",)).columns
    design = np.column_stack([np.ones(len(both)), columns, sites])[reach]
    row: dict[str, object] = {"series": BOTH, "stat": "difference", "x": horizon, "shape": "point"}
    if min(int(left[reach].sum()), int((~left[reach]).sum())) < EVENTS_PER_COEFFICIENT * design.shape[1]:
        rows.one(**row, status="hidden", reason=FEW_EVENTS)
        return
    cluster = clustered_by(both)[reach]
    fit = association.logistic(design, (~left[reach]).astype(float), cluster=cluster)
    if not fit.converged:
        rows.one(**row, status="hidden", reason=NOT_FITTED)
        return

    def everybody(one: float, other: float) -> np.ndarray:
        """Return the design with everybody's scores set, their site as it is."""
        fixed = design.copy()
        fixed[:, 1:4] = one, other, one * other
        return fixed

    groups = len(np.unique(cluster))
    designs = [everybody(1, 1), everybody(1, 0), everybody(0, 1), everybody(0, 0)]
    gap = association.standardised_contrast(fit, designs, (1, -1, -1, 1), clusters=groups)
    limits = {"lower": 100 * gap.lower, "upper": 100 * gap.upper} if groups >= clusters.FEWEST else {}
    size = {"n": int(reach.sum()), "events": float(left[reach].sum()), "status": mark(int(reach.sum()))}
    rows.one(**row, estimate=100 * gap.estimate, **limits, **size)
