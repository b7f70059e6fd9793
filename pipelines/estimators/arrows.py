"""The arrows of the theory of change, each as one number that can stand beside a published one.

Between two scores: their rank correlation. From a score, or from early sessions, to staying or to a lasting change: the
standardised difference between people with and without it. From a score to later sessions or to helping others: the
ratio of the rates per standard deviation; from a lasting change to helping others: the ratio of the rates with and
without one. What an arrow starts from is complete before what it points to is counted. Each says what goes together in
this program; none says what brings about what.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_PEOPLE, hide_outcome
from pipelines.early_sessions import LATER_UNTIL_DAY
from pipelines.estimators.after_coaching import NO_RELIABILITY, can_tell_change
from pipelines.estimators.ratio import FEW_EVENTS, NOT_FITTED, clustered_by
from pipelines.estimators.request import NO_HELPING, Request, mark
from pipelines.estimators.rows import Cells, Rows
from pipelines.follow_up import KNOWN_AFTER, KNOWN_CONSTRUCT, KNOWN_ENDED_BY, KNOWN_FOLLOW_UP
from pipelines.page_columns import KEPT, gain_column
from pipelines.stats import association, clusters, rate

LEAST_PEOPLE = 25
"""People a correlation needs."""
LEAST_EITHER = 20
"""People a standardised difference needs on either side."""
LEAST_EVENTS = 20
"""Events of helping others, or later sessions, the ratio of rates needs."""
BETWEEN_SCORES = {
    "empathy_alliance": ("empathy", "alliance"),
    "empowerment_self_efficacy": ("empowerment", "self_efficacy"),
    "alliance_self_efficacy": ("alliance", "self_efficacy"),
}
TO_OUTCOME = {
    "engagement_staying": ("sessions", "stayed"),
    "alliance_staying": ("alliance", "stayed"),
    "self_efficacy_staying": ("self_efficacy", "stayed"),
    "self_efficacy_lasting_change": ("self_efficacy", "lasting"),
}
TO_RATE = {
    "alliance_engagement": ("alliance", "later_sessions", "later_days"),
    "lasting_change_helping_others": ("lasting", "known_events", "known_days"),
    "self_efficacy_helping_others": ("self_efficacy", "events", "days"),
}
"""What each arrow to a rate starts from, what is counted, and the days it is counted in."""
HELPING = ("known_events", "events")
"""What counts events of helping others."""
CHANGES = ("lasting",)
"""Ends that need an instrument which tells a change from chance; a ratio compares people with and without."""
ARROWS = (*BETWEEN_SCORES, *TO_OUTCOME, *TO_RATE)
"""Every arrow."""


def theory_arrows(request: Request) -> Rows:
    """Return one row per arrow: `correlation`, `standardised_difference` or `ratio`, with limits clustered by coach.

    People still in the program at the landmark with the scores the arrow needs. Staying is read among people followed
    to the horizon, a lasting change among those for whom it can be known, later sessions among people whose records
    reach their end; helping others is counted from the landmark on, beside a lasting change from when that is known.
    """
    rows = request.rows(grouping="arrow")
    found = request.ask_people(
        "arrow_people",
        ("site",),
        columns=(
            "exit_day",
            "extract_day",
            "coach_number",
            "attended_early",
            "attended_later",
            "helping_events_later",
            "helping_events_once_known",
            *(f"early_{name}_score" for name in _SCORES),
        ),
        named={"gain": gain_column(KNOWN_CONSTRUCT, KNOWN_FOLLOW_UP)},
        extra={
            "origin": request.origin,
            "horizon": request.measure.horizon,
            "until_day": LATER_UNTIL_DAY,
            "known_after": KNOWN_AFTER,
            "ended_by": KNOWN_ENDED_BY,
            "kept": KEPT,
        },
    )
    for arrow, (first, second) in BETWEEN_SCORES.items():
        _add(rows, request, arrow, "correlation", found.dropna(subset=[first, second]), _correlation(first, second))
    for arrow, (score, outcome) in TO_OUTCOME.items():
        known = found.dropna(subset=[score, outcome])
        lacking = _lacking(request, score, outcome)
        _add(rows, request, arrow, "standardised_difference", known, _difference(score, outcome, request), lacking)
    for arrow, (start, events, days) in TO_RATE.items():
        known, lacking = found.dropna(subset=[start, events]), _lacking(request, start, events)
        _add(rows, request, arrow, "ratio", known, _rates(start, events, days, request), lacking)
    return rows


_SCORES = ("empathy", "alliance", "empowerment", "self_efficacy")
Worked = Callable[[pd.DataFrame], Cells]


def _lacking(request: Request, *ends: str) -> str:
    """Return the reason why these records cannot hold what an arrow stands between; empty if they can."""
    if not request.records_helping and set(ends) & set(HELPING):
        return NO_HELPING
    if set(ends) & set(CHANGES) and not can_tell_change(request, KNOWN_CONSTRUCT):
        return NO_RELIABILITY
    return ""


def _add(
    rows: Rows, request: Request, arrow: str, stat: str, people: pd.DataFrame, work: Worked, lacking: str = ""
) -> None:
    """Add the row of one arrow, or why it is not shown; `lacking` is the reason why it is not measured, if any."""
    n = len(people)
    row: dict[str, object] = {"level": arrow, "stat": stat, "shape": "point"}
    if lacking:
        rows.one(**row, status="not_measured", reason=lacking)
    elif n == 0:
        rows.one(**row, status="not_measured", reason="no_people")
    elif n < LEAST_PEOPLE:
        rows.one(**row, status="hidden", reason=BELOW_THRESHOLD if n < request.floor.count else FEW_PEOPLE)
    else:
        rows.one(**{**row, "n": n, "status": mark(n), **work(people)})


def _correlation(first: str, second: str) -> Worked:
    """Return how to work out the rank correlation: the slope of one score's ranks on the other's, both standardised."""

    def work(people: pd.DataFrame) -> Cells:
        a, b = (_standardised(rankdata(people[name].to_numpy(dtype=float))) for name in (first, second))
        if not (np.any(a) and np.any(b)):
            return {"n": np.nan, "status": "hidden", "reason": NOT_FITTED}
        return _told(association.clustered_line(_design(a), b, 1, clustered_by(people)))

    return work


def _difference(score: str, outcome: str, request: Request) -> Worked:
    """Return how to work out the difference in mean score between people with and without the outcome, in pooled SD."""

    def work(people: pd.DataFrame) -> Cells:
        has = people[outcome].astype(bool).to_numpy()
        value = people[score].to_numpy(dtype=float)
        sides = (int(has.sum()), int((~has).sum()))
        if min(sides) < LEAST_EITHER:
            few = hide_outcome(*sides, request.floor)
            return {"n": np.nan, "status": "hidden", "reason": BELOW_THRESHOLD if few else FEW_EVENTS}
        squares = sum(float(np.sum((value[side] - value[side].mean()) ** 2)) for side in (has, ~has))
        spread = float(np.sqrt(squares / (len(value) - 2)))
        if spread == 0:
            return {"n": np.nan, "status": "hidden", "reason": NOT_FITTED}
        found = association.clustered_line(_design(has.astype(float)), value / spread, 1, clustered_by(people))
        return {**_told(found), "events": sides[0]}

    return work


def _rates(start: str, counted: str, days: str, request: Request) -> Worked:
    """Return how to work out a ratio of rates: per standard deviation of a score, or between people with and without.

    Nothing is said of few events, nor of a yes or no with a small side.
    """

    def work(people: pd.DataFrame) -> Cells:
        events, value = people[counted].to_numpy(dtype=float), people[start].to_numpy(dtype=float)
        sides = (int(np.sum(value == 1)), int(np.sum(value == 0)))
        if start in CHANGES and min(sides) < LEAST_EITHER:
            few = hide_outcome(*sides, request.floor)
            return {"n": np.nan, "status": "hidden", "reason": BELOW_THRESHOLD if few else FEW_EVENTS}
        if events.sum() < LEAST_EVENTS:
            return {"n": np.nan, "status": "hidden", "reason": FEW_EVENTS}
        design = _design(value if start in CHANGES else _standardised(value))
        found = rate.poisson_slope(design, events, people[days].to_numpy(dtype=float), 1, clustered_by(people))
        if not np.isfinite(found.estimate):
            return {"n": np.nan, "status": "hidden", "reason": NOT_FITTED}
        ratio = {name: float(np.exp(getattr(found, name))) for name in ("estimate", "lower", "upper")}
        return {**_told(found), **{k: v for k, v in ratio.items() if np.isfinite(v)}, "events": int(events.sum())}

    return work


def _told(found: association.Line) -> Cells:
    """Return estimate and limits of a line, without limits where there are few coaches."""
    known = found.clusters >= clusters.FEWEST
    return {"estimate": found.estimate} | ({"lower": found.lower, "upper": found.upper} if known else {})


def _design(column: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.column_stack([np.ones(len(column)), column])


def _standardised(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    spread = float(np.std(values))
    return (values - np.mean(values)) / spread if spread > 0 else np.zeros(len(values))
