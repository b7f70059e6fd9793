"""The last score before and leaving early, day by day; and the other way round: a missed session and the next score.

A score parted in what differs between people and what moves within a person. Which of two things came first does not
say that it brought the other about; showing both directions keeps that in mind.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.definitions import definition
from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_PEOPLE
from pipelines.estimators import ratings
from pipelines.estimators.ratio import EVENTS_PER_COEFFICIENT, FEW_EVENTS, NOT_FITTED
from pipelines.estimators.request import Request, mark
from pipelines.estimators.rows import Rows
from pipelines.stats import cox, lagged, within

AGES = definition("lagged_score").numbers("age_days")
"""Ages of a rating, in days, at which people are no longer compared with those whose rating is more recent."""
MONTH = definition("time_zero").number("month_days")
PARTS = ("between", "within")
"""Series of the ratios: of the mean of a person's ratings so far, of the last one less the mean of those before."""
AFTER_MISSED, AFTER_NONE = "after_missed", "after_none"


def lagged_ratio(request: Request) -> Rows:
    """Return the ratio of leaving early per standard deviation of each part of the last score before, in one model.

    Rows `ratio` and `p_value` by series between and within; the standard deviation; days a rating counts for; ratings
    in the model; coaches; people who left early on a day with such a score, and on a day without.
    """
    construct = request.measure.constructs[0]
    rows = request.rows()
    stays = ratings.stays(request)
    carry = ratings.carried_days(request, construct)
    given = ratings.own_ratings(request, construct)
    days = lagged.intervals(given, stays.ends(), carry, request.origin)
    place = days["person"].to_numpy(dtype=np.intp) - 1
    n = len(np.unique(stays.person[place]))
    spread, scored = ratings.reference_spread(request, construct)
    if n < request.floor.share_people or not spread > 0:
        if len(stays.person):
            rows.one(**{**request.withheld("", _few(n, request)), "stat": "ratio"})
        return rows
    rows.one(series="reference_sd", stat="mean", estimate=spread, n=scored, status="shown")
    rows.one(series="carried_days", stat="mean", estimate=carry, n=n, status="shown")
    fit = _fit(lagged.by_age(days, AGES), spread, stays)
    _add_ratios(rows, fit, n)
    left = int(days["event"].sum())
    beside = {
        "ratings": len(days),
        "left_with_recent_score": left,
        "left_without_recent_score": int((stays.left & (stays.last > request.origin)).sum()) - left,
    }
    for series, value in beside.items():
        if value >= request.floor.count:
            rows.one(series=series, stat="count", estimate=value, n=value, status="shown")
    rows.one(series="coaches", stat="mean", estimate=fit.clusters, n=n, status="shown")
    _add_one_in(rows, stays, n)
    return rows


def _fit(days: pd.DataFrame, spread: float, stays: ratings.Stays) -> cox.CoxFit:
    """Return the model of both parts of the score; people are compared within their site, ratings of one age."""
    place = days["person"].to_numpy(dtype=np.intp) - 1
    stratum = stays.site[place] * (len(AGES) + 1) + days["age"].to_numpy(dtype=np.intp)
    covariates = days[[*PARTS]] / spread
    cluster = stays.cluster[place]
    return cox.fit(covariates, days["day"], days["event"], entry=days["entry"], stratum=stratum, cluster=cluster)


def _add_ratios(rows: Rows, fit: cox.CoxFit, n: int) -> None:
    row: dict[str, object] = {"stat": "ratio", "shape": "point"}
    few = fit.events < EVENTS_PER_COEFFICIENT * len(PARTS)
    if few or not fit.converged:
        for series in PARTS:
            rows.one(series=series, **row, status="hidden", reason=FEW_EVENTS if few else NOT_FITTED)
        return
    size = {"n": n, "events": fit.events, "status": mark(n)}
    for series, (_, found) in zip(PARTS, fit.table().iterrows(), strict=True):
        ratio, lower, upper = (float(np.exp(found[name])) for name in ("coefficient", "lower", "upper"))
        rows.one(series=series, **row, **size, estimate=ratio, lower=lower, upper=upper)
        if np.isfinite(found["p"]):
            rows.one(series=series, stat="p_value", estimate=float(found["p"]), **size)


def reverse_association(request: Request) -> Rows:
    """Return how far a person's ratings after a missed session lie from the person's other ones at such a time.

    Rows `difference`, in scale points; ratings by series after_missed and after_none, of people who have both kinds;
    the standard deviation of the early score; days a former rating may be old; coaches.
    """
    construct = request.measure.constructs[0]
    rows = request.rows()
    stays = ratings.stays(request)
    carry = ratings.carried_days(request, construct)
    given = ratings.own_ratings(request, construct)
    missed = request.ask(
        "missed_sessions", columns=("episode_id", "episode_number"), extra={"most_stays": ratings.MOST_STAYS}
    )
    found = lagged.since_former(given, missed.rename(columns={"stay": "person"}))
    found = found[found["since"].le(carry) & found["day"].gt(request.origin)]
    place = found["person"].to_numpy(dtype=np.intp) - 1
    after = found["missed"].gt(0)
    kinds = found.assign(stay=found["person"], person=stays.person[place], cluster=stays.cluster[place], after=after)
    of_both = kinds[kinds.groupby("stay")["after"].transform("nunique").gt(1)]
    n = int(of_both["person"].nunique())
    if n < request.floor.share_people:
        if len(stays.person):
            rows.one(**{**request.withheld("", _few(n, request)), "stat": "difference"})
        return rows
    time = kinds["day"] // MONTH * 100 + kinds["since"] // 7
    difference, coaches = within.shift(kinds["stay"], time, kinds["after"], kinds["score"], kinds["cluster"])
    if not np.isfinite(difference.estimate):
        rows.one(**{**request.withheld("", NOT_FITTED), "stat": "difference"})
        return rows
    limits = {"lower": float(difference.lower), "upper": float(difference.upper)}
    size = {"n": n, "status": mark(n)}
    rows.one(stat="difference", shape="point", estimate=float(difference.estimate), **limits, **size)
    for series, missed_any in ((AFTER_MISSED, True), (AFTER_NONE, False)):
        counted = int(of_both["after"].eq(missed_any).sum())
        rows.one(series=series, stat="count", estimate=counted, n=counted, status="shown")
    spread, scored = ratings.reference_spread(request, construct)
    if spread > 0:
        rows.one(series="reference_sd", stat="mean", estimate=spread, n=scored, status="shown")
    rows.one(series="carried_days", stat="mean", estimate=carry, n=n, status="shown")
    rows.one(series="coaches", stat="mean", estimate=coaches, n=n, status="shown")
    _add_one_in(rows, stays, n)
    return rows


def _few(n: int, request: Request) -> str:
    return BELOW_THRESHOLD if 0 < n < request.floor.count else FEW_PEOPLE


def _add_one_in(rows: Rows, stays: ratings.Stays, n: int) -> None:
    """Say so where only one in several stays was looked at."""
    if stays.one_in > 1:
        rows.one(series="one_in", stat="mean", estimate=stays.one_in, n=n, status="shown")
