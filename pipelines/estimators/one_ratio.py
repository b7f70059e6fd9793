"""What the estimators of ratios share: a score in standard deviations of everybody, and the cells of one ratio."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from pipelines.constructs import EARLY_DAYS
from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_PEOPLE
from pipelines.estimators.ratio import EVENTS_PER_COEFFICIENT, FEW_EVENTS, NOT_FITTED, everybody
from pipelines.estimators.request import Request, mark
from pipelines.estimators.rows import Rows
from pipelines.stats import cox


class Reference(NamedTuple):
    """Mean and standard deviation of the early score of everybody who has one, and how many they are."""

    centre: float
    spread: float
    people: int

    def standardised(self, score: pd.Series) -> pd.Series:
        """Return a score in standard deviations from the mean."""
        return (score.astype(float) - self.centre) / self.spread


def reference(request: Request, construct: str) -> Reference:
    """Return the reference of the early score of a construct: everybody still in at day 30, whatever filter is set."""
    settings = replace(request.question.settings, clock="first_session")
    asked = replace(request, question=replace(request.question, settings=settings))
    centre, spread, people = everybody(asked, construct, EARLY_DAYS)
    if people < 2:
        return Reference(float("nan"), float("nan"), people)
    return Reference(centre, spread, people)


def add_reference(rows: Rows, known: Reference, prefix: str = "reference") -> None:
    """Add the mean and standard deviation scores are measured by."""
    for name, value in (("mean", known.centre), ("sd", known.spread)):
        rows.one(series=f"{prefix}_{name}", stat="mean", grouping="", estimate=value, n=known.people, status="shown")


def too_few(request: Request, people: int) -> dict[str, object] | None:
    """Return the cells that say so where there are too few people for any ratio; None where there are enough."""
    if people >= request.floor.share_people:
        return None
    return {"status": "hidden", "reason": BELOW_THRESHOLD if people < request.floor.count else FEW_PEOPLE}


def ratio_cells(fit: cox.CoxFit, place: int = 0) -> dict[str, object]:
    """Return the cells of a fit's ratio for the covariate at `place`, or why there is none."""
    row: dict[str, object] = {"stat": "ratio", "shape": "point"}
    if fit.events < EVENTS_PER_COEFFICIENT * len(fit.names):
        return row | {"status": "hidden", "reason": FEW_EVENTS}
    if not fit.converged:
        return row | {"status": "hidden", "reason": NOT_FITTED}
    found = fit.table().iloc[place]
    ratio, lower, upper = (float(np.exp(found[name])) for name in ("coefficient", "lower", "upper"))
    numbers = {"estimate": ratio, "lower": lower, "upper": upper, "n": fit.people, "events": fit.events}
    return row | numbers | {"status": mark(fit.people)}


def is_shown(cells: dict[str, object]) -> bool:
    """Tell whether the cells of a row carry numbers."""
    return cells["status"] in ("shown", "rough")
