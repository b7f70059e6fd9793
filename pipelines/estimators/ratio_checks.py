"""Whether the ratio of leaving early hangs on choices: other landmarks and gaps, and a line that may bend."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from pipelines.constructs import EARLY_DAYS, LANDMARK_DAYS
from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_PEOPLE
from pipelines.estimators.ratio import EVENTS_PER_COEFFICIENT, FEW_EVENTS, NOT_FITTED, clustered_by, everybody
from pipelines.estimators.request import Request, mark
from pipelines.estimators.rows import Rows
from pipelines.page_columns import score_column
from pipelines.questions import GAPS
from pipelines.stats import clusters, cox, spline

SPLINE_EVENTS = 100
"""People who left early that a bending relation needs."""
SPLINE_POINTS = 25
EDGE = 0.025
"""Share of people at either end of the scores beyond which the bending relation is not drawn."""


def ratio_grid(request: Request) -> Rows:
    """Return the ratio per standard deviation for every landmark and gap: `level` is the landmark day, `x` the gap.

    Unadjusted, people compared within their site, errors clustered by coach. The standard deviation is that of the
    early score at the usual landmark, so that every cell is in the same unit.
    """
    rows = request.rows(grouping="landmark_day")
    _, spread, usual = everybody(request, request.measure.constructs[0], EARLY_DAYS)
    if usual < request.floor.share_people:
        if usual:
            rows.one(**request.withheld("", BELOW_THRESHOLD if usual < request.floor.count else FEW_PEOPLE))
        return rows
    rows.one(series="reference_sd", stat="mean", grouping="", estimate=spread, n=usual, status="shown")
    for landmark in LANDMARK_DAYS:
        for gap in GAPS:
            people = _people(request, landmark, gap)
            rows.one(level=str(landmark), x=gap, stat="ratio", shape="point", **_cell(people, spread, request))
    return rows


def ratio_spline(request: Request) -> Rows:
    """Return the ratio of leaving early against the median score, along the scores, from a line that may bend.

    Rows `ratio` by `x`, the score; the median and the knots as rows `reference` and `knot`; the p-value of whether the
    line bends. People are compared within their site, errors are clustered by coach. Where ties leave no knots the line
    is straight.
    """
    construct = request.measure.constructs[0]
    rows = request.rows(grouping=f"early_{construct}_score")
    people = _people(request, EARLY_DAYS, request.question.settings.gap_days)
    left = people["cause"].eq(1).to_numpy()
    if len(people) < request.floor.share_people:
        if len(people):
            rows.one(**request.withheld("", BELOW_THRESHOLD if len(people) < request.floor.count else FEW_PEOPLE))
        return rows
    if left.sum() < SPLINE_EVENTS:
        rows.one(**{**request.withheld("", FEW_EVENTS), "stat": "ratio"})
        return rows
    score = people["score"].to_numpy(dtype=float)
    at = spline.knots(score)
    together = clustered_by(people)
    fit = cox.fit(spline.basis(score, at), people["day"], left, stratum=people["site"], cluster=together)
    line = cox.fit(score, people["day"], left, stratum=people["site"], cluster=together)
    if not (fit.converged and line.converged) or fit.clustered is None:
        rows.one(**{**request.withheld("", NOT_FITTED), "stat": "ratio"})
        return rows
    factor, quantile = clusters.rule(fit.clusters)
    low, high = (float(edge) for edge in np.quantile(score, [EDGE, 1 - EDGE]))
    along = np.linspace(low, high, SPLINE_POINTS)
    curve = spline.curve(fit.coefficients, factor * fit.clustered, at, along, float(np.median(score)), quantile)
    size = {"n": len(people), "events": float(left.sum())}
    estimate, lower, upper = (np.exp(curve[name].to_numpy()) for name in ("estimate", "lower", "upper"))
    shown = {"status": mark(len(people)), "shape": "line", **size}
    rows.add(x=along, stat="ratio", estimate=estimate, lower=lower, upper=upper, **shown)
    rows.one(series="reference", stat="mean", estimate=float(np.median(score)), n=len(people), status="shown")
    for knot in at:
        rows.one(series="knot", stat="mean", estimate=float(knot), n=len(people), status="shown")
    bend = spline.bend(fit.log_likelihood, line.log_likelihood, at)
    if np.isfinite(bend.p):
        rows.one(series="bend", stat="p_value", estimate=bend.p, status="shown", **size)
    return rows


def _people(request: Request, landmark: int, gap: int) -> pd.DataFrame:
    settings = replace(request.question.settings, gap_days=gap)
    asked = replace(request, question=replace(request.question, settings=settings))
    return asked.ask_people(
        "landmark_people",
        ("site",),
        columns=("coach_number",),
        named={"score": score_column(request.measure.constructs[0], landmark)},
        extra={"landmark": landmark},
    )


def _cell(people: pd.DataFrame, spread: float, request: Request) -> dict[str, object]:
    """Return the cells of one ratio, or why there is none."""
    if len(people) < request.floor.share_people:
        return {"status": "hidden", "reason": BELOW_THRESHOLD if len(people) < request.floor.count else FEW_PEOPLE}
    left = people["cause"].eq(1).to_numpy()
    if left.sum() < EVENTS_PER_COEFFICIENT:
        return {"status": "hidden", "reason": FEW_EVENTS}
    score = people["score"].to_numpy(dtype=float) / spread
    fit = cox.fit(score, people["day"], left, stratum=people["site"], cluster=clustered_by(people))
    if not fit.converged:
        return {"status": "hidden", "reason": NOT_FITTED}
    first = fit.table().iloc[0]
    ratio, lower, upper = (float(np.exp(first[name])) for name in ("coefficient", "lower", "upper"))
    numbers = {"estimate": ratio, "lower": lower, "upper": upper}
    return {**numbers, "n": len(people), "events": float(left.sum()), "status": mark(len(people))}
