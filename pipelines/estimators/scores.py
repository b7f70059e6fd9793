"""Early scores: their level, bands and ceiling, and who has one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pipelines.estimators.request import Request, mark
from pipelines.estimators.rows import Rows
from pipelines.marts import BANDS
from pipelines.outcomes import Columns, people_by_level
from pipelines.stats import mean, proportion


def early_columns(construct: str) -> dict[str, str]:
    """Return the columns of `mart_episodes` with the early score of a construct, under the names the statements use."""
    return {
        "early_score": f"early_{construct}_score",
        "early_band": f"early_{construct}_band",
        "at_ceiling": f"{construct}_at_ceiling",
    }


def early_score(request: Request) -> Rows:
    """Return the mean early score by level and, without a grouping, the shares in each band and at the ceiling."""
    construct = request.measure.constructs[0]
    found = request.columns("early_scores", named=early_columns(construct), extra={"origin": request.origin})
    scored = chosen(found, ~np.isnan(found["score"]))
    screened = request.screen(people_by_level(scored))
    rows = request.rows()
    rows.extend(screened.rows)
    for level in screened.open:
        part = chosen(scored, scored["level"] == level) if request.by else scored
        centre, spread, n = mean.from_counts(part["score"], part["people"])
        _, lower, upper = mean.t_interval(centre, spread, n)
        limits = request.if_independent(lower=float(lower), upper=float(upper))
        rows.one(level=level, stat="mean", shape="bar", status=mark(n), estimate=centre, n=n, **limits)
        if not request.by:
            rows.extend(_shares(part, int(n), construct, request))
    return rows


def chosen(columns: Columns, rows: npt.NDArray[np.bool_]) -> Columns:
    """Return the chosen rows of some columns."""
    return {name: values[rows] for name, values in columns.items()}


def _shares(part: Columns, n: int, construct: str, request: Request) -> list[dict[str, object]]:
    people = part["people"].astype(float)
    in_band = {band: int(people[part["band"] == band].sum()) for band in BANDS}
    at_ceiling = int(people[part["at_ceiling"] == True].sum())  # noqa: E712 - None where it is not known
    grouping = f"{construct}_band"
    rows = [
        {"series": "band", "grouping": grouping, "level": band, **share(k, n, request)} for band, k in in_band.items()
    ]
    return [*rows, {"series": "at_ceiling", "grouping": "", "level": "", **share(at_ceiling, n, request)}]


def response_rate(request: Request) -> Rows:
    """Return the share of people still in the program at the landmark who have an early score, by construct."""
    rows = request.rows()
    for construct in request.measure.constructs:
        found = request.columns("early_scores", named=early_columns(construct), extra={"origin": request.origin})
        scored = chosen(found, ~np.isnan(found["score"]))
        sizes, answered = people_by_level(found), people_by_level(scored)
        screened = request.screen(sizes)
        rows.extend({**row, "series": construct} for row in screened.rows)
        for level in screened.open:
            rows.one(level=level, series=construct, **share(answered.get(level, 0), sizes[level], request))
    return rows


def share(k: int, n: int, request: Request) -> dict[str, object]:
    """Return the cells of the share `k` of `n` people; its range only where each person counts once."""
    estimate, lower, upper = proportion.wilson(k, n)
    limits = request.if_independent(lower=float(lower), upper=float(upper))
    return {
        "stat": "share",
        "shape": "bar",
        "status": mark(n),
        "estimate": float(estimate),
        "n": n,
        "events": k,
        **limits,
    }
