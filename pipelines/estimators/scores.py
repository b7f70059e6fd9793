"""Early scores: their level, bands and ceiling, and who has one."""

from __future__ import annotations

import pandas as pd

from pipelines.estimators.request import Request, mark
from pipelines.estimators.rows import Rows
from pipelines.marts import BANDS
from pipelines.outcomes import people_by_level
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
    found = request.ask("early_scores", named=early_columns(construct), extra={"origin": request.origin})
    scored = found[found["score"].notna()]
    screened = request.screen(people_by_level(scored))
    rows = request.rows()
    rows.extend(screened.rows)
    for level in screened.open:
        part = scored[scored["level"] == level] if request.by else scored
        centre, spread, n = mean.from_counts(part["score"], part["people"])
        _, lower, upper = mean.t_interval(centre, spread, n)
        limits = request.if_independent(lower=float(lower), upper=float(upper))
        rows.one(level=level, stat="mean", shape="bar", status=mark(n), estimate=centre, n=n, **limits)
        if not request.by:
            rows.extend(_shares(part, int(n), construct, request))
    return rows


def _shares(part: pd.DataFrame, n: int, construct: str, request: Request) -> list[dict[str, object]]:
    people, bands = part["people"].to_numpy(dtype=float), part["band"].to_numpy(dtype=object)
    in_band = {band: int(people[bands == band].sum()) for band in BANDS}
    at_ceiling = int(people[part["at_ceiling"].fillna(False).astype(bool)].sum())
    grouping = f"{construct}_band"
    rows = [
        {"series": "band", "grouping": grouping, "level": band, **share(k, n, request)} for band, k in in_band.items()
    ]
    return [*rows, {"series": "at_ceiling", "grouping": "", "level": "", **share(at_ceiling, n, request)}]


def response_rate(request: Request) -> Rows:
    """Return the share of people still in the program at the landmark who have an early score, by construct."""
    rows = request.rows()
    for construct in request.measure.constructs:
        found = request.ask("early_scores", named=early_columns(construct), extra={"origin": request.origin})
        sizes = people_by_level(found)
        screened = request.screen(sizes)
        rows.extend({**row, "series": construct} for row in screened.rows)
        for level in screened.open:
            part = found[found["level"] == level]
            answered = int(part.loc[part["score"].notna(), "people"].sum())
            rows.one(level=level, series=construct, **share(answered, sizes[level], request))
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
