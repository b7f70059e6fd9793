"""What the models hold equal: severity, age, housing, main substance and earlier episodes, as columns of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

LEAST_COMPLETE = 0.8
"""Share of people of whom a trait must be known to be held equal."""
LEAST_PEOPLE = 20
"""People a category needs for a column of its own; smaller ones are held together with the largest."""
LEAST_OUTCOMES = 5
"""People of a category who left early, and who did not, that its column needs."""
NAMES = {
    "severity_score": "baseline severity",
    "age_band": "age",
    "housing": "housing",
    "primary_substance": "main substance",
    "prior_episodes": "earlier episodes",
}
"""Columns that may be held equal, with their words, in the order of reading."""
_NUMBERS = ("severity_score", "prior_episodes", "attendance")
_NOT_KNOWN = ("unknown",)


@dataclass(frozen=True, slots=True)
class Adjusters:
    """The columns that hold traits equal: one row per person, and which of NAMES they stand for."""

    columns: pd.DataFrame
    used: tuple[str, ...]


def adjusters(people: pd.DataFrame, left: npt.NDArray[np.bool_], names: Sequence[str] = tuple(NAMES)) -> Adjusters:
    """Return the columns for the traits `names` that at least 80 of 100 people have, of a table that has them.

    `left` says who left early. A number is centred and scaled, and people without it get the mean; a category has a
    column unless it is the largest, small, or nearly all or nearly none of its people left, which no model can settle.
    Whether the trait is missing is a column too where enough people lack it. A trait that is the same for everybody is
    left out. Source for the list: decisions on the analysis plan, item 11.
    """
    made: dict[str, npt.NDArray[np.float64]] = {}
    used = []
    for name in names:
        values = people[name]
        known = (values.notna() & ~values.isin(_NOT_KNOWN)).to_numpy()
        if not len(known) or known.mean() < LEAST_COMPLETE:
            continue
        columns = _number(name, values, known) if name in _NUMBERS else _categories(name, values, known, left)
        if columns:
            used.append(name)
            made |= columns
            missing = ~known
            if _has_enough(missing, left):
                made[f"{name}_missing"] = missing.astype(float)
    return Adjusters(pd.DataFrame(made, index=people.index), tuple(used))


def _number(name: str, values: pd.Series, known: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[np.float64]]:
    number = pd.to_numeric(values).to_numpy(dtype=float, na_value=np.nan)
    spread = float(np.std(number[known]))
    if not spread > 0:
        return {}
    return {name: np.where(known, (number - np.mean(number[known])) / spread, 0.0)}


def _categories(
    name: str, values: pd.Series, known: npt.NDArray[np.bool_], left: npt.NDArray[np.bool_]
) -> dict[str, npt.NDArray[np.float64]]:
    code, categories = coded(values)
    people = np.bincount(code[known], minlength=len(categories))
    gone = np.bincount(code[known & left], minlength=len(categories))
    by_size = [int(place) for place in np.argsort(-people, kind="stable") if people[place]]
    return {
        f"{name}_{categories[place]}": ((code == place) & known).astype(float)
        for place in by_size[1:]
        if _is_enough(int(people[place]), int(gone[place]))
    }


def coded(values: pd.Series) -> tuple[npt.NDArray[np.intp], list[str]]:
    """Return the place of each value among the different ones, -1 for none, and these in order, as text."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy().astype(np.intp), [str(category) for category in values.cat.categories]
    code, found = pd.factorize(values.astype(str), sort=True)
    return np.asarray(code, dtype=np.intp), [str(category) for category in found]


def _has_enough(who: npt.NDArray[np.bool_], left: npt.NDArray[np.bool_]) -> bool:
    return _is_enough(int(who.sum()), int((who & left).sum()))


def _is_enough(people: int, gone: int) -> bool:
    return people >= LEAST_PEOPLE and gone >= LEAST_OUTCOMES and people - gone >= LEAST_OUTCOMES
