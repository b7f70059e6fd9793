"""Leaving early by early score as a ratio: as it is, other differences held equal, and among people of one coach.

The question of the dose-response again, from a Cox model: how much less often do people leave early whose score is one
standard deviation higher? Three answers stand side by side, because they are answers to three questions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_AT_RISK, FEW_PEOPLE
from pipelines.estimators.adjusters import Adjusters, adjusters, coded
from pipelines.estimators.request import BAND, Request, mark
from pipelines.estimators.rows import Rows
from pipelines.estimators.scores import early_columns
from pipelines.stats import association, clusters, cox, cox_checks, mean, pseudo, sensitivity

EVENTS_PER_COEFFICIENT = 10
"""People who left early that a model needs for each of its columns."""
FEW_EVENTS = "few_events"
"""Reason of a model with too few people who left early for its columns."""
NOT_FITTED = "not_fitted"
"""Reason of a model that the data cannot settle."""
NOT_PROPORTIONAL = 0.05
"""Below this p-value the ratio changes over time, and one number for it misleads."""
PARTED_DAY = 60
"""Day since the landmark, 90 since the first session, at which a ratio that changes over time is parted in two."""
PARTS = ("adjusted_to_day_90", "adjusted_after_day_90")
UNADJUSTED, ADJUSTED, WITHIN_COACH = "unadjusted", "adjusted", "within_coach"
HELD_EQUAL = "held_equal_"
"""Start of the series that names a trait the adjusted ratio holds equal."""
TRAITS = ("coach_number", "severity_score", "prior_episodes")


@dataclass(frozen=True, slots=True)
class _People:
    """People with an early score at the landmark: the score in standard deviations, and how their follow-up went."""

    score: npt.NDArray[np.float64]
    table: pd.DataFrame
    cluster: npt.NDArray[np.intp]
    held: Adjusters

    @property
    def left(self) -> npt.NDArray[np.bool_]:
        """Whether each person left early."""
        return (self.table["cause"] == 1).to_numpy()


def score_ratio(request: Request) -> Rows:
    """Return the ratio of leaving early per standard deviation of the early score, for the three questions.

    Rows `ratio` by series (unadjusted, adjusted, within_coach), each with its p-value; the mean and standard deviation
    of the reference cohort; the test of whether the adjusted ratio stays the same over time, and where it does not the
    ratio before and after day 90; its E-value; and with the traits held equal the difference in days before leaving
    early and in the share who stayed, per 100 people, to the measure's horizon. Errors are clustered by coach.
    """
    rows = request.rows(grouping=f"early_{request.measure.constructs[0]}_score")
    found = people_at_landmark(request)
    known = found[found["score"].notna()]
    n = len(known)
    if n < request.floor.share_people:
        if n:
            rows.one(**request.withheld("", BELOW_THRESHOLD if n < request.floor.count else FEW_PEOPLE))
        return rows
    centre, spread, scored = everybody(request, request.measure.constructs[0])
    for name, value in (("reference_mean", centre), ("reference_sd", spread)):
        rows.one(series=name, stat="mean", estimate=value, n=scored, status="shown")
    people = _prepared(known, centre, spread)
    _add_unadjusted(rows, people)
    _add_adjusted(rows, people)
    _add_within_coach(rows, people)
    _add_days(rows, people, request)
    _add_share(rows, people, request)
    without = len(found) - n
    if without >= request.floor.count:
        rows.one(series="without_score", stat="count", estimate=without, n=without, status="shown")
    return rows


def people_at_landmark(request: Request) -> pd.DataFrame:
    """Return the people still in at the landmark: their follow-up, early score, and what the models hold equal."""
    return request.ask_people(
        "score_people",
        ("site", "age_band", "housing", "primary_substance", BAND),
        columns=TRAITS,
        named=early_columns(request.measure.constructs[0]),
        extra={"origin": request.origin},
    )


def everybody(request: Request, construct: str, origin: int | None = None) -> tuple[float, float, int]:
    """Return mean and standard deviation of the early scores of everybody, whatever the filter, and how many they are.

    Everybody still in at the landmark, or at `origin`. Worked out from how many people have each score.
    """
    extra = {"origin": request.origin if origin is None else origin}
    found = request.ask("early_scores", named=early_columns(construct), extra=extra, filtered=False)
    found = found[found["score"].notna()]
    centre, spread, n = mean.from_counts(found["score"], found["people"])
    return centre, spread, int(n)


def _prepared(known: pd.DataFrame, centre: float, spread: float) -> _People:
    table = known.reset_index(drop=True)
    score = (table["score"].to_numpy(dtype=float) - centre) / spread
    return _People(score, table, clustered_by(table), adjusters(table, table["cause"].eq(1).to_numpy()))


def clustered_by(people: pd.DataFrame) -> npt.NDArray[np.intp]:
    """Return what holds people together in the errors: the main coach, or the site where no coach is known.

    The numbers stand for coaches, then sites, each in the order of their codes: drawing by them is the same every time.
    """
    coach, _ = pd.factorize(people["coach"], sort=True)
    site, _ = coded(people["site"])
    return np.where(coach >= 0, coach, coach.max(initial=0) + 1 + site).astype(np.intp)


def _add_unadjusted(rows: Rows, people: _People) -> None:
    _add_ratio(rows, UNADJUSTED, _fit(people, pd.DataFrame({"score": people.score})))


def _add_adjusted(rows: Rows, people: _People) -> None:
    """Add the ratio with the traits held equal and sites compared within themselves, its test and its E-value."""
    site = people.table["site"]
    columns = pd.concat([pd.DataFrame({"score": people.score}), people.held.columns], axis=1)
    fit = _fit(people, columns, stratum=site)
    shown = _add_ratio(rows, ADJUSTED, fit)
    n, events = len(people.score), float(people.left.sum())
    for name in people.held.used:
        rows.one(series=f"{HELD_EQUAL}{name}", stat="count", estimate=n, n=n, status="shown")
    if not shown:
        return
    tested = cox_checks.proportional_hazards(fit, columns, people.table["day"], people.left, stratum=site)
    p = float(tested["p"].iloc[0])
    rows.one(series="proportional_hazards", stat="p_value", estimate=p, n=n, events=events, status="shown")
    if p < NOT_PROPORTIONAL:
        _add_two_parts(rows, people, columns, site)
    first = fit.table().iloc[0]
    limits = (float(np.exp(first["lower"])), float(np.exp(first["upper"])))
    strength = sensitivity.e_value(float(first["hazard_ratio"]), *limits, rare=events < 0.15 * n)
    for series, value in (("e_value", strength.estimate), ("e_value_of_limit", strength.limit)):
        rows.one(series=series, stat="ratio", estimate=value, n=n, events=events, status="shown")


def _add_two_parts(rows: Rows, people: _People, columns: pd.DataFrame, site: pd.Series) -> None:
    """Add the adjusted ratio before and after `PARTED_DAY`: whoever was still in then has two rows."""
    day, left = people.table["day"].to_numpy(dtype=float), people.left
    on = np.flatnonzero(day > PARTED_DAY)
    who = np.concatenate([np.arange(len(day)), on])
    second = np.arange(len(who)) >= len(day)
    parts = columns.iloc[who].reset_index(drop=True)
    parts.insert(1, "score_after", np.where(second, parts["score"], 0.0))
    parts["score"] = np.where(second, 0.0, parts["score"])
    fit = cox.fit(
        parts,
        np.where(second, day[who], np.minimum(day[who], PARTED_DAY)),
        left[who] & (second | (day[who] <= PARTED_DAY)),
        entry=np.where(second, PARTED_DAY, -1.0),
        stratum=site.iloc[who],
        cluster=people.cluster[who],
    )
    for place, series in enumerate(PARTS):
        _add_ratio(rows, series, fit, place, people=len(day) if place == 0 else len(on))


def _add_within_coach(rows: Rows, people: _People) -> None:
    """Add the ratio among people of one coach: what coaches differ in otherwise cannot be behind it."""
    fit = _fit(people, pd.DataFrame({"score": people.score}), stratum=pd.Series(people.cluster))
    _add_ratio(rows, WITHIN_COACH, fit)


def _fit(people: _People, columns: pd.DataFrame, stratum: pd.Series | None = None) -> cox.CoxFit:
    return cox.fit(columns, people.table["day"], people.left, stratum=stratum, cluster=people.cluster)


def _add_ratio(rows: Rows, series: str, fit: cox.CoxFit, place: int = 0, people: int | None = None) -> bool:
    """Add a fit's ratio for the covariate at `place` and its p-value; tell whether it may be shown."""
    first = fit.table().iloc[place]
    row: dict[str, object] = {"series": series, "stat": "ratio", "shape": "point"}
    if fit.events < EVENTS_PER_COEFFICIENT * len(fit.names):
        rows.one(**row, status="hidden", reason=FEW_EVENTS)
        return False
    if not fit.converged:
        rows.one(**row, status="hidden", reason=NOT_FITTED)
        return False
    n = fit.people if people is None else people
    rests_on = {"n": n, "events": fit.events, "status": mark(n)}
    ratio, lower, upper = (float(np.exp(first[name])) for name in ("coefficient", "lower", "upper"))
    rows.one(**row, **rests_on, estimate=ratio, lower=lower, upper=upper)
    if np.isfinite(first["p"]):
        rows.one(series=series, stat="p_value", estimate=float(first["p"]), **rests_on)
    return True


def _add_days(rows: Rows, people: _People, request: Request) -> None:
    """Add how many more days before leaving early go with one standard deviation, the traits held equal.

    It needs no ratio that stays the same. Whoever completed or moved on counts to the horizon, as in every share who
    stayed; somebody must still be followed there.
    """
    horizon = request.measure.horizon
    day = people.table["day"].to_numpy(dtype=float)
    row: dict[str, object] = {"series": "days", "stat": "difference", "x": horizon, "shape": "point"}
    left = int((people.left & (day <= horizon)).sum())
    design = np.column_stack([np.ones(len(day)), people.score, people.held.columns])
    if left < EVENTS_PER_COEFFICIENT * design.shape[1]:
        rows.one(**row, status="hidden", reason=FEW_EVENTS)
        return
    if int((day >= horizon).sum()) < request.floor.curve_at_risk:
        rows.one(**row, status="hidden", reason=FEW_AT_RISK)
        return
    values = pseudo.pseudo_days(day, people.table["cause"], horizon)
    found = association.clustered_line(design, values, 1, people.cluster)
    if not np.isfinite(found.estimate):
        rows.one(**row, status="hidden", reason=NOT_FITTED)
        return
    limits = {"lower": found.lower, "upper": found.upper} if found.clusters >= clusters.FEWEST else {}
    rows.one(**row, estimate=found.estimate, **limits, n=len(day), events=left, status=mark(len(day)))


def _add_share(rows: Rows, people: _People, request: Request) -> None:
    """Add how many more people per 100 stayed to the horizon per standard deviation, the traits held equal.

    Only people whose follow-up reaches the horizon, whether or not they left before it, are counted: of the others
    those who left would be known and those who stayed would not.
    """
    horizon = request.measure.horizon
    day = people.table["day"].to_numpy(dtype=float)
    reach = people.table["follow_up"].to_numpy(dtype=float) >= horizon
    left = people.left & (day <= horizon)
    row: dict[str, object] = {"series": "per_100", "stat": "difference", "x": horizon, "shape": "point"}
    events = min(int(left[reach].sum()), int((~left[reach]).sum()))
    design = np.column_stack([np.ones(len(day)), people.score, people.held.columns])[reach]
    if events < EVENTS_PER_COEFFICIENT * design.shape[1]:
        rows.one(**row, status="hidden", reason=FEW_EVENTS)
        return
    fit = association.logistic(design, (~left[reach]).astype(float), cluster=people.cluster[reach])
    if not fit.converged:
        rows.one(**row, status="hidden", reason=NOT_FITTED)
        return
    groups = len(np.unique(people.cluster[reach]))
    gap = association.risk_difference(fit, design, 1, clusters=groups)
    known = groups >= clusters.FEWEST
    limits = {"lower": 100 * gap.lower, "upper": 100 * gap.upper} if known else {}
    size = int(reach.sum())
    rows.one(**row, estimate=100 * gap.estimate, **limits, n=size, events=float(left[reach].sum()), status=mark(size))
