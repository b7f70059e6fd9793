"""What the models hold equal: severity, age, housing, main substance and earlier episodes, as columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

LEAST_COMPLETE = 0.8
"""Share of people of whom a trait must be known to be held equal."""
LEAST_PEOPLE = 20
"""People a category needs for a column of its own; smaller ones are held together with the largest."""
NAMES = {
    "severity_score": "baseline severity",
    "age_band": "age",
    "housing": "housing",
    "primary_substance": "main substance",
    "prior_episodes": "earlier episodes",
}
"""Columns that may be held equal, with their words, in the order of reading."""
_NUMBERS = ("severity_score", "prior_episodes")
_NOT_KNOWN = ("unknown",)


@dataclass(frozen=True, slots=True)
class Adjusters:
    """The columns that hold traits equal: one row per person, and which of NAMES they stand for."""

    columns: pd.DataFrame
    used: tuple[str, ...]


def adjusters(people: pd.DataFrame) -> Adjusters:
    """Return the columns for the traits that at least 80 of 100 people have, of a table with the columns of NAMES.

    A number is centred and scaled, and people without it get the mean; a category has a column unless it is the largest
    or small. Whether the trait is missing is a column too where enough people lack it. A trait that is the same for
    everybody is left out. Source for the list: decisions on the analysis plan, item 11.
    """
    made: dict[str, npt.NDArray[np.float64]] = {}
    used = []
    for name in NAMES:
        values = people[name]
        known = (values.notna() & ~values.isin(_NOT_KNOWN)).to_numpy()
        if not len(known) or known.mean() < LEAST_COMPLETE:
            continue
        columns = _number(name, values, known) if name in _NUMBERS else _categories(name, values, known)
        if columns:
            used.append(name)
            made |= columns
            missing = ~known
            if missing.sum() >= LEAST_PEOPLE:
                made[f"{name}_missing"] = missing.astype(float)
    return Adjusters(pd.DataFrame(made, index=people.index), tuple(used))


def _number(name: str, values: pd.Series, known: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[np.float64]]:
    number = pd.to_numeric(values).to_numpy(dtype=float, na_value=np.nan)
    spread = float(np.std(number[known]))
    if not spread > 0:
        return {}
    return {name: np.where(known, (number - np.mean(number[known])) / spread, 0.0)}


def _categories(name: str, values: pd.Series, known: npt.NDArray[np.bool_]) -> dict[str, npt.NDArray[np.float64]]:
    text = values.astype(str).to_numpy()
    sizes = pd.Series(text[known]).value_counts().sort_index().sort_values(ascending=False, kind="stable")
    own = [category for category in sizes.index[1:] if sizes[category] >= LEAST_PEOPLE]
    return {f"{name}_{category}": ((text == category) & known).astype(float) for category in own}
