"""Do groups differ in how often one kind of exit happens, when others can happen first: Gray's test, Fine-Gray model.

Both are greenwood's, which are equal to R's; they need one row per person, so the count table is written out for them.
greenwood is imported where it is used, because that takes a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.stats.counts import EVENT_PREFIX, event_columns, validate
from pipelines.stats.limits import Z

MOST_PEOPLE = 200_000
"""Beyond this many people the row-wise computations take too long for a page."""


class GrayTest(NamedTuple):
    """Result of Gray's test: the statistic, its degrees of freedom, the p-value."""

    chi2: float
    df: int
    p: float


def gray_test(counts: pd.DataFrame, group: str, event: int = 1) -> GrayTest:
    """Return Gray's test that the levels of `group` have one cumulative incidence of the exit `event`.

    With one group, or without an exit of that kind, there is nothing to compare: chi2 0, df 0, p not a number.
    Raises ValueError if `counts` is not a count table, lacks the cause, or holds more than `MOST_PEOPLE` people.
    Source: Gray 1988; as R cmprsk 2.2 `cuminc`.
    """
    people = _people(counts, [group], event)
    if people[group].nunique() < 2 or not bool((people["cause"] == 1).any()):
        return GrayTest(0.0, 0, float("nan"))
    import greenwood

    found = greenwood.grays_test(_outcome(people), people[group].astype(str).to_numpy(), cause=1)
    return GrayTest(float(found.statistic), int(found.df), float(found.p_value))


def fine_gray(counts: pd.DataFrame, covariates: Sequence[str], event: int = 1) -> pd.DataFrame:
    """Return the Fine-Gray model of the exit `event`: one row per covariate.

    Columns: `covariate`, `coefficient`, `std_error` (robust, people taken as independent), `lower`, `upper` (log
    scale), `ratio`, a ratio of subdistribution hazards: what goes with more or fewer of all people having this exit by
    a day, not with the rate among those still here. Raises ValueError as `gray_test`, or without an exit of that kind.
    Source: Fine & Gray 1999; as R survival 3.5 `finegray` with `coxph` and Breslow's ties.
    """
    people = _people(counts, covariates, event)
    if not bool((people["cause"] == 1).any()):
        raise ValueError("a Fine-Gray model needs an exit of the kind asked for")
    import greenwood

    model = greenwood.FineGray(cause=1).fit(_outcome(people), people[[*covariates]].astype(float))
    beta, error = (np.asarray(values, dtype=float) for values in (model.coef_, model.std_error_))
    return pd.DataFrame(
        {
            "covariate": [*covariates],
            "coefficient": beta,
            "std_error": error,
            "lower": beta - Z * error,
            "upper": beta + Z * error,
            "ratio": np.exp(beta),
        }
    )


def _people(counts: pd.DataFrame, by: Sequence[str], event: int) -> pd.DataFrame:
    """Return one row per person: the columns `by`, `day`, and `cause` 1 for `event`, 2 for other exits, 0 censored."""
    validate(counts, by)
    name = f"{EVENT_PREFIX}{event}"
    if name not in counts:
        raise ValueError(f"the count table has no {name}")
    others = counts[[column for column in event_columns(counts) if column != name]].sum(axis=1)
    numbers: NDArray[Any] = np.stack([counts["n_censored"], counts[name], others], axis=1).astype(int)
    if numbers.sum() > MOST_PEOPLE:
        raise ValueError(f"more than {MOST_PEOPLE:,} people: compare the curves instead")
    row = np.repeat(np.arange(len(counts)), numbers.sum(axis=1))
    people = counts[[*by, "day"]].iloc[row].reset_index(drop=True)
    people["cause"] = np.repeat(np.tile([0, 1, 2], len(counts)), numbers.ravel())
    return people


def _outcome(people: pd.DataFrame) -> Any:
    import greenwood

    names = np.array(["censored", "this", "other"])
    states = pd.Categorical(names[people["cause"].to_numpy(dtype=int)], categories=names)
    return greenwood.Surv(people["day"].to_numpy(dtype=float), event=states)
