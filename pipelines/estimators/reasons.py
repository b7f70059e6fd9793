"""Every way out by early score: what goes with leaving early may go with completing too, and one hides the other.

Two ratios answer two questions. The rate ratio compares, day by day, people who are still here. The share ratio
compares how many of all people have that exit by a day; whoever had another exit counts as not having it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_PEOPLE
from pipelines.estimators.ratio import (
    EVENTS_PER_COEFFICIENT,
    FEW_EVENTS,
    NOT_FITTED,
    clustered_by,
    everybody,
    people_at_landmark,
)
from pipelines.estimators.request import FULL_SIZE, Request, mark
from pipelines.estimators.rows import Rows
from pipelines.outcomes import CAUSES
from pipelines.stats import competing, counts, cox

EXIT_OF = dict(zip(CAUSES, ("left_early", "completed", "moved_on", "other_exit"), strict=True))
"""Names of the ways out, as where people are names them."""
RATE, SHARE = "rate", "share"
"""Series of the two ratios."""
GRAY = "bands_differ"
"""Start of the series of Gray's test over the display bands."""


def reason_ratios(request: Request) -> Rows:
    """Return for each way out the rate ratio and the share ratio per standard deviation, and Gray's test over bands.

    Rows `ratio` with `level` the way out and series rate or share; `p_value` of the rate ratio and of Gray's test
    (series bands_differ). Follow-up ends at the measure's horizon.
    """
    construct = request.measure.constructs[0]
    rows = request.rows(grouping="exit")
    people = _asked(request)
    n = len(people)
    if n < request.floor.share_people:
        if n:
            rows.one(**request.withheld("", BELOW_THRESHOLD if n < request.floor.count else FEW_PEOPLE))
        return rows
    centre, spread, scored = everybody(request, construct)
    rows.one(series="reference_sd", stat="mean", grouping="", estimate=spread, n=scored, status="shown")
    people = people.assign(score=(people["score"] - centre) / spread)
    for cause, exit_ in EXIT_OF.items():
        events = int(people["cause"].eq(cause).sum())
        if events < max(EVENTS_PER_COEFFICIENT, request.floor.count):
            rows.one(level=exit_, series=RATE, stat="ratio", shape="point", status="hidden", reason=FEW_EVENTS)
            continue
        _add_rate(rows, people, cause, exit_)
        if n <= competing.MOST_PEOPLE:
            _add_share(rows, people, cause, exit_, events)
            _add_gray(rows, people, cause, exit_, events)
    return rows


def _asked(request: Request) -> pd.DataFrame:
    found = people_at_landmark(request)
    known = found[found["score"].notna()].reset_index(drop=True)
    past = known["day"].gt(request.measure.horizon)
    known["cause"] = known["cause"].astype(int).where(~past, 0)
    known["day"] = known["day"].clip(upper=request.measure.horizon).astype(int)
    return known.assign(score=known["score"].astype(float))


def _add_rate(rows: Rows, people: pd.DataFrame, cause: int, exit_: str) -> None:
    """Add the rate ratio: people compared within their site, errors clustered by coach."""
    fit = cox.fit(
        people[["score"]],
        people["day"],
        people["cause"].eq(cause),
        stratum=people["site"],
        cluster=clustered_by(people),
    )
    row: dict[str, object] = {"level": exit_, "series": RATE}
    if not fit.converged:
        rows.one(**row, stat="ratio", shape="point", status="hidden", reason=NOT_FITTED)
        return
    found = fit.table().iloc[0]
    size = {"n": fit.people, "events": fit.events, "status": mark(fit.people)}
    ratio, lower, upper = (float(np.exp(found[name])) for name in ("coefficient", "lower", "upper"))
    rows.one(**row, stat="ratio", shape="point", estimate=ratio, lower=lower, upper=upper, **size)
    if np.isfinite(found["p"]):
        rows.one(**row, stat="p_value", estimate=float(found["p"]), **size)


def _add_share(rows: Rows, people: pd.DataFrame, cause: int, exit_: str, events: int) -> None:
    """Add the ratio of subdistribution hazards; it takes people as independent, so that it has no range here."""
    table = counts.from_rows(people, ["score"], causes=len(CAUSES))
    found = competing.fine_gray(table, ["score"], cause).iloc[0]
    size = {"n": len(people), "events": events, "status": mark(len(people))}
    rows.one(level=exit_, series=SHARE, stat="ratio", shape="point", estimate=float(found["ratio"]), **size)


def _add_gray(rows: Rows, people: pd.DataFrame, cause: int, exit_: str, events: int) -> None:
    """Add Gray's test over the display bands of at least 30 people."""
    sizes = people["band"].value_counts()
    compared = people[people["band"].isin(sizes[sizes >= FULL_SIZE].index)]
    if compared["band"].nunique() < 2 or compared["cause"].eq(cause).sum() < EVENTS_PER_COEFFICIENT:
        return
    table = counts.from_rows(compared.assign(band=compared["band"].astype(str)), ["band"], causes=len(CAUSES))
    p = competing.gray_test(table, "band", cause).p
    if np.isfinite(p):
        n = len(compared)
        rows.one(level=exit_, series=GRAY, stat="p_value", estimate=p, n=n, events=events, status=mark(n))
