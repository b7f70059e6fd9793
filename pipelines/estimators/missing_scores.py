"""How much the ratio of leaving early may hang on people without an early score.

Whether somebody answers goes with how they fare, so the ratio among those who answered is not the whole answer. Beside
it stand the ratio with weights, and the ratio under guesses of the missing scores from mild to extreme.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.definitions import definition
from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_PEOPLE
from pipelines.estimators.adjusters import Adjusters, adjusters
from pipelines.estimators.curves import read, stayed
from pipelines.estimators.one_ratio import Reference, add_reference, is_shown, ratio_cells, reference, too_few
from pipelines.estimators.ratio import NOT_FITTED, clustered_by
from pipelines.estimators.request import Request
from pipelines.estimators.rows import Rows
from pipelines.estimators.scores import early_columns
from pipelines.estimators.staying import numbers, reading_status
from pipelines.outcomes import count_grid
from pipelines.questions import NO_SCORE
from pipelines.stats import association, cox

_SAID = definition("without_score")
PEOPLE_PER_COLUMN = _SAID.number("people_per_column")
"""People without a score, and with one, that the model of answering needs for each of its columns."""
TRIM = _SAID.number("trim_percent") / 100
MOST_SHIFT = _SAID.number("most_sd")
SHIFT_STEP, FINE_STEP = 0.5, 0.1
"""Standard deviations between the shifts shown, and between those tried for the tipping point."""
ALIKE = ("attendance", "severity_score", "age_band", "housing", "site")
"""What people without a score are likened by, the first ones first where there are few of them."""
WITH_SCORE = "with_score"
COMPLETE, WEIGHTED, LOWER, HIGHER = "complete_cases", "weighted", "shifted_lower", "shifted_higher"
LIKENED_BY = "likened_by_"
"""Start of the series that names what people without a score are likened by."""
NONE_MISSING, INCLUDES_ONE, NEVER_TIPS = "none_missing", "range_includes_one", "never_tips"
"""Reasons of a row without a number: everybody has a score, there is nothing to tip, no shift tips it."""


@dataclass(frozen=True, slots=True)
class _People:
    """Everybody at the landmark: score in standard deviations (missing for some), and what they are likened by."""

    table: pd.DataFrame
    score: npt.NDArray[np.float64]
    cluster: npt.NDArray[np.intp]
    alike: Adjusters

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Who has a score."""
        return np.isfinite(self.score)

    @property
    def design(self) -> npt.NDArray[np.float64]:
        """A constant and the columns people are likened by."""
        return np.column_stack([np.ones(len(self.score)), self.alike.columns])

    def fit(self, score: npt.NDArray[np.float64], weight: npt.NDArray[np.float64] | float = 1.0) -> cox.CoxFit:
        """Return the ratio's model among people with `score`, compared within their site."""
        who = np.isfinite(score)
        people = self.table[who]
        left = people["cause"].eq(1)
        return cox.fit(
            score[who], people["day"], left, stratum=people["site"], cluster=self.cluster[who], weight=weight
        )


def missing_scores(request: Request) -> Rows:
    """Return the ratio per standard deviation under three treatments of people without an early score.

    Rows `ratio` by series: complete_cases, weighted, and shifted_lower and shifted_higher by `x`, the shift in standard
    deviations; rows `limit` for the weights and the tipping points; how many people have a score and have none, and
    the share of each who stayed to the measure's horizon.
    """
    construct = request.measure.constructs[0]
    rows = request.rows(grouping=f"early_{construct}_score")
    named = early_columns(construct)
    found = request.ask_people(
        "missing_score_people",
        ("site", "age_band", "housing"),
        columns=("person_number", "coach_number", "severity_score", "attended_early", "due_early"),
        named=named,
        extra={"origin": request.origin},
    )
    few = too_few(request, int(found["score"].notna().sum()))
    if few:
        if len(found):
            rows.one(stat="ratio", shape="point", **few)
        return rows
    known = reference(request, construct)
    add_reference(rows, known)
    people = _prepared(found, known)
    complete = people.fit(people.score)
    rows.one(series=COMPLETE, **ratio_cells(complete))
    without = found.loc[~people.known, "person"].nunique()
    if not without or without < request.floor.count:
        status, reason = ("hidden", BELOW_THRESHOLD) if without else ("not_applicable", NONE_MISSING)
        rows.extend({"series": name, "stat": "ratio", "status": status, "reason": reason} for name in (WEIGHTED, LOWER))
        return rows
    _add_staying(rows, people, request)
    _add_weighted(rows, people)
    _add_shifted(rows, people, complete)
    return rows


def _prepared(found: pd.DataFrame, known: Reference) -> _People:
    table = found.reset_index(drop=True)
    score = known.standardised(table["score"]).to_numpy(dtype=float, na_value=np.nan)
    return _People(table, score, clustered_by(table), _likened(table, ~np.isfinite(score)))


def _likened(table: pd.DataFrame, missing: npt.NDArray[np.bool_]) -> Adjusters:
    """Return the columns of as many of `ALIKE`, the first ones first, as there are people for."""
    fewer = min(int(missing.sum()), int((~missing).sum()))
    for size in range(len(ALIKE), 0, -1):
        alike = adjusters(table, missing, ALIKE[:size])
        if alike.columns.shape[1] * PEOPLE_PER_COLUMN <= fewer:
            return alike
    return Adjusters(pd.DataFrame(index=table.index), ())


def _add_staying(rows: Rows, people: _People, request: Request) -> None:
    """Add how many people have a score and have none, and the share of each who stayed to the horizon."""
    row = (~people.known).astype(np.intp)
    levels = [WITH_SCORE, NO_SCORE]
    sizes = np.array([people.known.sum(), row.sum()], dtype=float)
    for level, size in zip(levels, sizes, strict=True):
        rows.one(series=level, stat="count", estimate=size, n=size, status="shown")
    day, cause = (people.table[name].to_numpy(dtype=np.intp) for name in ("day", "cause"))
    reading = read(stayed(count_grid(levels, row, day, cause, np.ones(len(row)))), request.measure.horizon)
    status, reason = reading_status(reading, sizes, request)
    cells = numbers(reading, sizes, status)
    limits = request.if_independent(lower=cells.pop("lower"), upper=cells.pop("upper"))
    told = {"x": reading.day, "stat": "share", "shape": "point", "status": status, "reason": reason}
    rows.add(level=levels, series="stayed", **told, **cells, **limits)


def _add_weighted(rows: Rows, people: _People) -> None:
    """Add the ratio among people with a score, each weighing one over the chance that somebody like them has one."""
    row: dict[str, object] = {"series": WEIGHTED, "stat": "ratio", "shape": "point", "status": "hidden"}
    if not people.alike.used:
        rows.one(**row, reason=FEW_PEOPLE)
        return
    known, n = people.known, int(people.known.sum())
    answering = association.logistic(people.design, known.astype(float))
    if not answering.converged:
        rows.one(**row, reason=NOT_FITTED)
        return
    weight = 1.0 + np.exp(-people.design[known] @ answering.coefficients)
    low, high = (float(edge) for edge in np.quantile(weight, [TRIM, 1 - TRIM]))
    rows.one(series=WEIGHTED, **ratio_cells(people.fit(people.score, np.clip(weight, low, high))))
    for series, value in (("weight_low", low), ("weight_high", high), ("weight_largest", float(weight.max()))):
        rows.one(series=series, stat="limit", estimate=value, n=n, status="shown")
    for name in people.alike.used:
        rows.one(series=f"{LIKENED_BY}{name}", stat="count", estimate=len(known), n=len(known), status="shown")


def _add_shifted(rows: Rows, people: _People, complete: cox.CoxFit) -> None:
    """Add the ratio of everybody, missing scores taken as those of people like them and shifted, and where it tips."""
    known = people.known
    line, *_ = np.linalg.lstsq(people.design[known], people.score[known])
    guess = people.design @ line

    def shifted(shift: float) -> cox.CoxFit:
        return people.fit(np.where(known, people.score, guess + shift))

    steps = np.arange(0, MOST_SHIFT + SHIFT_STEP / 2, SHIFT_STEP)
    for series, sign, tipping in ((LOWER, -1.0, "tipping_point"), (HIGHER, 1.0, "tipping_point_higher")):
        fits = [shifted(sign * step) for step in steps]
        rows.extend({"series": series, "x": step, **ratio_cells(fit)} for step, fit in zip(steps, fits, strict=True))
        if not is_shown(ratio_cells(complete)):
            continue
        row: dict[str, object] = {"series": tipping, "stat": "limit"}
        above = float(complete.coefficients[0]) > 0
        first = next((place for place, fit in enumerate(fits) if _reaches_one(fit, above)), None)
        if _reaches_one(complete, above) or first is None:
            reason = INCLUDES_ONE if first is not None else NEVER_TIPS
            rows.one(**row, status="not_applicable", reason=reason)
            continue
        start = max(0.0, float(steps[first]) - SHIFT_STEP)
        tried = np.arange(start, steps[first] + FINE_STEP / 2, FINE_STEP)
        tip = next((step for step in tried[:-1] if _reaches_one(shifted(sign * step), above)), steps[first])
        rows.one(**row, estimate=round(float(tip), 1), n=len(known), status="shown")


def _reaches_one(fit: cox.CoxFit, above: bool) -> bool:
    """Tell whether a ratio that was `above` 1, or below it, no longer keeps to that side with its whole range."""
    found = fit.table().iloc[0]
    edge = float(found["lower" if above else "upper"])
    edge = float(found["coefficient"]) if np.isnan(edge) else edge
    return not (edge > 0 if above else edge < 0)
