"""How a score goes on over the months: of everybody still rated, of the same people, and by how long people stayed.

The line of everybody still rated rises when people with low scores leave, though nobody's score has changed. So the
same people stand beside it, and people by how long they stayed; where the two lines part, a row says so.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.definitions import definition
from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_PEOPLE
from pipelines.estimators.request import Request, mark
from pipelines.estimators.rows import Rows
from pipelines.estimators.scores import share
from pipelines.stats import mean, trajectory
from pipelines.stats.limits import FloatArray, Z

MONTHS = 12
SAME = definition("same_people").number("months")
"""The same people are those with a rating in each of this many months."""
EVERYBODY, SAME_PEOPLE = "everybody_rated", "same_people"
STAYS = {"left_to_month_3": (0, 90), "left_month_3_to_6": (90, 180), "stayed_6_months": (180, np.inf)}
"""Parts of people by the day on which they left early; who completed or moved on counts with those who stayed."""
RISE, PARTING, PARTING_IN_SD = "same_people_rise", "lines_part", "lines_part_in_sd"
"""Series of the rise of the same people, of how much more everybody's line rises, and of that in standard deviations.

When the lines are said to part is in the definition of that name.
"""


def trajectories(request: Request) -> Rows:
    """Return mean scores by month for everybody rated, the same people and by length of stay; slope and changes.

    Rows `mean` by series and `x`, the month; shares at the ceiling and the floor; the common slope per month of the
    mixed model; of the same people, their rise and the shares with a reliable change; and how far the lines part.
    """
    construct = request.measure.constructs[0]
    month_days = definition("time_zero").number("month_days")
    found = request.ask(
        "trajectories",
        columns=("episode_id", "episode_number"),
        extra={"construct": construct, "month_days": month_days},
    )
    rows = request.rows(grouping="")
    people = int(found["person"].nunique())
    if people < request.floor.share_people:
        if people:
            rows.one(**request.withheld("", BELOW_THRESHOLD if people < request.floor.count else FEW_PEOPLE))
        return rows
    rated = found[found["month"].lt(SAME)].groupby("person")["month"].nunique()
    same = found[found["person"].isin(rated[rated == SAME].index) & found["month"].lt(SAME)]
    _add_means(rows, EVERYBODY, found, request)
    _add_means(rows, SAME_PEOPLE, same, request)
    gone = found["cause"].eq(1)
    for name, (above, to) in STAYS.items():
        day = found["t"].astype(float)
        inside = gone & day.gt(above) & day.le(to) if np.isfinite(to) else day.gt(above) | found["cause"].gt(1)
        _add_means(rows, name, found[inside], request)
    _add_ends(rows, found, request)
    if request.is_repeated:
        return rows
    _add_slope(rows, found, request)
    _add_change(rows, same, construct, request)
    _add_parting(rows, found, same, request)
    return rows


def _add_means(rows: Rows, series: str, found: pd.DataFrame, request: Request) -> None:
    for month, part in _by_month(found):
        n = len(part)
        row: dict[str, object] = {"series": series, "x": month, "stat": "mean", "shape": "line"}
        if n < request.floor.share_people:
            rows.one(**row, status="hidden", reason=BELOW_THRESHOLD if n < request.floor.count else FEW_PEOPLE)
            continue
        score = part["score"].to_numpy(dtype=float)
        centre, lower, upper = mean.t_interval(np.mean(score), np.std(score, ddof=1), n)
        limits = request.if_independent(lower=float(lower), upper=float(upper))
        rows.one(**row, estimate=float(centre), n=n, status=mark(n), **limits)


def _add_ends(rows: Rows, found: pd.DataFrame, request: Request) -> None:
    """Add the share at the highest and at the lowest possible score by month."""
    for month, part in _by_month(found):
        if len(part) >= request.floor.share_people:
            for name in ("at_ceiling", "at_floor"):
                cells = share(int(part[name].astype(bool).sum()), len(part), request) | {"shape": ""}
                rows.one(series=name, x=month, **cells)


def _add_slope(rows: Rows, found: pd.DataFrame, request: Request) -> None:
    """Add the common slope per month from a line with each person's own start and slope."""
    inside = found[found["month"].lt(MONTHS)]
    if inside["person"].nunique() > trajectory.MOST_PEOPLE:
        return
    inside = inside.sort_values(["person", "month"])  # one order, one answer to the last digit
    fit = trajectory.growth(inside["person"], inside["month"], inside["score"])
    if not fit.converged:
        return
    lower, upper = fit.slope_limits
    rows.one(
        series="per_month",
        stat="slope",
        estimate=fit.slope,
        lower=lower,
        upper=upper,
        n=fit.people,
        status=mark(fit.people),
    )


def _add_change(rows: Rows, same: pd.DataFrame, construct: str, request: Request) -> None:
    """Add the shares of the same people whose score rose or fell reliably from the first month to the last."""
    known = request.reader.rows(
        "select reliable_change from change_scales where construct = $name", {"name": construct}
    )
    ends = same.pivot(index="person", columns="month", values="score")
    if not known or len(ends) < request.floor.share_people:
        return
    needed = float(str(known[0][0]))
    change = ends[SAME - 1].to_numpy(dtype=float) - ends[0].to_numpy(dtype=float)
    for name, met in (("reliably_higher", change >= needed), ("reliably_lower", change <= -needed)):
        rows.one(series=name, x=SAME - 1, **(share(int(met.sum()), len(ends), request) | {"shape": ""}))


def _add_parting(rows: Rows, found: pd.DataFrame, same: pd.DataFrame, request: Request) -> None:
    """Add how much the same people rise from the first of their months to the last, and how much more everybody does.

    The limits of the second allow for the same people being part of everybody: each person counts once, with what they
    add to both lines.
    """
    n = int(same["person"].nunique())
    if n < request.floor.share_people:
        return
    both = found[found["month"].isin([0, SAME - 1])].pivot(index="person", columns="month", values="score")
    scores = both.reindex(columns=[0, SAME - 1]).to_numpy(dtype=float)
    stayed = both.index.isin(same["person"])
    paired = scores[stayed, 1] - scores[stayed, 0]
    rise, lower, upper = mean.t_interval(paired.mean(), np.std(paired, ddof=1), n)
    here: dict[str, object] = {"x": SAME - 1, "n": n, "status": mark(n)}
    limits = {"lower": float(lower), "upper": float(upper)}
    rows.one(series=RISE, stat="difference", estimate=float(rise), **limits, **here)
    part, error = parting(scores, stayed)
    limits = {"lower": part - Z * error, "upper": part + Z * error}
    rows.one(series=PARTING, stat="difference", estimate=part, **limits, **here)
    spread = float(np.nanstd(scores[:, 0], ddof=1))
    if spread > 0:
        rows.one(series=PARTING_IN_SD, stat="mean", estimate=part / spread, **here)


def parting(scores: FloatArray, same: NDArray[np.bool_]) -> tuple[float, float]:
    """Return how much more the mean of all rises than that of the same people, and its standard error.

    `scores` holds one row per person, first and last month, NaN where there is no rating; `same` marks people who have
    both and make up the second line. The error is that of independent people (influence of each person on both lines).
    """
    here = np.isfinite(scores)
    means, sizes = np.nanmean(scores, axis=0), here.sum(axis=0)
    added = np.where(here, (scores - means) / sizes, 0.0)
    own = scores[:, 1] - scores[:, 0]
    rise = float(own[same].mean())
    weight = added[:, 1] - added[:, 0]
    weight[same] -= (own[same] - rise) / same.sum()
    return float(means[1] - means[0]) - rise, float(np.sqrt((weight**2).sum()))


def _by_month(found: pd.DataFrame) -> list[tuple[int, pd.DataFrame]]:
    return [(month, found[found["month"].eq(month)]) for month in range(MONTHS) if found["month"].eq(month).any()]
