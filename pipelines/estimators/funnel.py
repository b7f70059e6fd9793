"""Sites and coaches beside what chance alone would give: a dot per unit, limits around everybody's share, no ranking.

Only people whose follow-up reaches the horizon are counted, so that every unit is judged by complete outcomes. A unit's
share is shown as it is, as it would be with everybody's mix of people, and drawn towards the middle by how little is
known of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit

from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_PEOPLE
from pipelines.estimators.adjusters import adjusters, coded
from pipelines.estimators.request import Request, mark
from pipelines.estimators.rows import Rows
from pipelines.stats import association, funnel, mixed_logistic
from pipelines.warehouse import statement

FEW_UNITS = "few_units"
"""Reason of limits and a spread for which there are too few units."""
LEAST_UNITS = 3
"""Units of sufficient size that a funnel needs."""
UNITS_FOR_SPREAD = 8
"""Units that are needed to say how much units differ beyond chance, and to draw them in."""
CODE_LENGTH = 6
"""Hexadecimal digits of a coach's code that are shown; names are never known."""
LIMIT_POINTS = 40
AS_IT_IS, STANDARDISED, SHRUNKEN = "as_it_is", "same_mix", "drawn_in"


@dataclass(frozen=True, slots=True)
class _Units:
    """Units of sufficient size: label, people, people who stayed, and how many would stay if like everybody."""

    labels: list[str]
    people: npt.NDArray[np.float64]
    stayed: npt.NDArray[np.float64]
    expected: npt.NDArray[np.float64]


def site_funnel(request: Request) -> Rows:
    """Return the funnel of sites: share who stayed to the horizon by site, with the limits of chance."""
    found = _people(request)
    return _funnel(request, found, found["site"], request.floor.share_people)


def coach_funnel(request: Request) -> Rows:
    """Return the funnel of coaches by code; nothing unless enough coaches have enough people."""
    found = _people(request)
    found = found[found["coach"].notna()].reset_index(drop=True)
    least = request.floor.coach_people
    if least is None:
        raise ValueError("coaches are shown at the managers' door alone")
    return _funnel(request, found, _labelled(request, found["coach"]), least)


def _people(request: Request) -> pd.DataFrame:
    return request.ask_people(
        "unit_people",
        ("site", "age_band", "housing", "primary_substance"),
        columns=("coach_number", "severity_score", "prior_episodes"),
        extra={"horizon": request.measure.horizon},
    )


def _labelled(request: Request, coach: pd.Series) -> pd.Series:
    """Return the numbers of coaches as the first digits of their codes."""
    known = request.reader.table(statement("sql/coach_labels.sql"), {"digits": CODE_LENGTH})
    code, labels = pd.factorize(known["label"], sort=True)
    place = np.full(int(known["coach_number"].max()) + 1, -1)
    place[known["coach_number"].to_numpy(dtype=np.intp)] = code
    return pd.Series(pd.Categorical.from_codes(place[coach.to_numpy(dtype=np.intp)], categories=labels))


def _funnel(request: Request, found: pd.DataFrame, unit: pd.Series, least: int) -> Rows:
    rows = request.rows(grouping=request.measure.estimator.removesuffix("_funnel"))
    n = len(found)
    if n < request.floor.share_people:
        if n:
            rows.one(**request.withheld("", BELOW_THRESHOLD if n < request.floor.count else FEW_PEOPLE))
        return rows
    code, names = coded(unit)
    sizes = np.bincount(code, minlength=len(names))
    kept = [name for name, size in zip(names, sizes, strict=True) if size >= least]
    small = int(sizes[sizes < least].sum())
    if len(kept) < LEAST_UNITS:
        rows.one(**request.withheld("", FEW_UNITS))
        return rows
    stayed = 1.0 - found["left_early"].to_numpy(dtype=float)
    units = _units(found, kept, code, names, stayed)
    share = float(units.stayed.sum() / units.people.sum())
    rows.one(series="everybody", stat="share", estimate=share, n=float(units.people.sum()), status="shown")
    if small >= request.floor.count:
        rows.one(series="in_small_units", stat="count", estimate=small, n=small, status="shown")
    _add_units(rows, units, share)
    spread = None
    if len(kept) >= UNITS_FOR_SPREAD:
        _add_drawn_in(rows, units)
        spread = funnel.spread(units.stayed, units.people, share)
        for name, value in (("phi", spread.phi), ("between_sd", float(np.sqrt(spread.tau2)))):
            rows.one(series=name, stat="mean", estimate=value, n=float(units.people.sum()), status="shown")
    _add_limits(rows, units, share, spread)
    return rows


def _units(
    found: pd.DataFrame,
    kept: list[str],
    unit: npt.NDArray[np.intp],
    names: list[str],
    stayed: npt.NDArray[np.float64],
) -> _Units:
    """Return the units `kept` of all `names`, of people whose place among the names is `unit`."""
    held = adjusters(found, stayed < 1)
    design = np.column_stack([np.ones(len(found)), held.columns])
    fit = association.logistic(design, stayed)
    expected = expit(design @ fit.coefficients) if fit.converged else np.full(len(found), stayed.mean())
    place_of = {name: place for place, name in enumerate(names)}
    place = [place_of[name] for name in kept]
    sums = (np.bincount(unit, weights=of, minlength=len(names)) for of in (np.ones(len(unit)), stayed, expected))
    return _Units(kept, *(of_unit[place].astype(float) for of_unit in sums))


def _dots(units: _Units) -> dict[str, object]:
    size = {"x": units.people, "n": units.people, "events": units.people - units.stayed}
    marks = [mark(n) for n in units.people]
    return {"level": units.labels, "stat": "unit", "shape": "point", "status": marks, **size}


def _add_units(rows: Rows, units: _Units, share: float) -> None:
    """Add two dots per unit: as it is, and with everybody's mix of people."""
    rows.add(series=AS_IT_IS, estimate=units.stayed / units.people, **_dots(units))
    # Standardised on those who left: their expected number is never near 0 where the share who stay is near 1.
    left = units.people - units.stayed
    ratio = funnel.indirectly_standardised(left, units.people - units.expected, 1 - share)
    rows.add(series=STANDARDISED, estimate=np.clip(1 - ratio, 0.0, 1.0), **_dots(units))


def _add_drawn_in(rows: Rows, units: _Units) -> None:
    """Add each unit drawn towards the middle, and how much of the differences lies between units."""
    constant = np.ones((len(units.labels), 1))
    fit = mixed_logistic.mixed_logistic(constant, units.stayed, units.labels, units.people)
    if not fit.converged:
        return
    middle = float(fit.coefficients[0])
    low, value, high = (expit(middle + part) for part in (fit.lower, fit.shrunken, fit.upper))
    rows.add(series=SHRUNKEN, estimate=value, lower=low, upper=high, **_dots(units))
    for name, number in (("icc", fit.intraclass_correlation), ("median_odds_ratio", fit.median_odds_ratio)):
        rows.one(series=name, stat="mean", estimate=number, n=float(units.people.sum()), status="shown")


def _add_limits(rows: Rows, units: _Units, share: float, spread: funnel.Spread | None) -> None:
    """Add the limits of chance along the sizes; wider ones where units differ more than chance would have it."""
    along = np.linspace(units.people.min(), units.people.max(), LIMIT_POINTS).round()
    sizes = np.unique(np.concatenate([along, units.people]))  # at every unit's own size, so that none is guessed
    for inside, (below, above) in funnel.TAILS.items():
        low, high = (funnel.exact_limit(sizes, share, tail) for tail in (below, above))
        limits = {f"chance_{inside}": (low, high)}
        if spread is not None and spread.is_more_than_chance:
            low, high = (funnel.wide_limit(sizes, share, tail, spread.tau2) for tail in (below, above))
            limits[f"also_between_{inside}"] = (low, high)
        for series, (lower, upper) in limits.items():
            cells = {"estimate": (lower + upper) / 2, "lower": lower, "upper": upper}
            rows.add(series=series, x=sizes, stat="limit", shape="", status="shown", **cells)
