"""The ratio of leaving early among groups of people set down beforehand, and whether it is the same in all of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipelines.definitions import definition
from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_PEOPLE, with_sibling
from pipelines.estimators.adjusters import coded
from pipelines.estimators.one_ratio import add_reference, is_shown, ratio_cells, reference, too_few
from pipelines.estimators.ratio import FEW_EVENTS, clustered_by
from pipelines.estimators.request import Request
from pipelines.estimators.rows import Rows
from pipelines.estimators.scores import early_columns
from pipelines.questions import DIMENSIONS
from pipelines.stats import cox, multiple
from pipelines.stats.equal_ratios import equal_ratios

_SAID = definition("groups_of_people")
LEAST_PEOPLE, LEAST_EVENTS = _SAID.number("people"), _SAID.number("left_early")
TRAITS = ("age_band", "gender", "housing", "primary_substance", "referral_source", "site")
"""Traits set down beforehand: what is known of everybody at the first contact and is on the other pages too. Each has a
test, and more tests mean that a real difference is easier to miss, so the list stays short."""
AGES: Mapping[str, tuple[str, ...]] = {
    "<35": ("<18", "18-24", "25-34"),
    "35-54": ("35-44", "45-54"),
    "55+": ("55-64", "65+"),
}
"""Age bands put together, so that each group has people enough."""
UNKNOWN = "unknown"
NOT_KNOWN = (UNKNOWN, "undisclosed")
SAME, Q_VALUE, TESTS = "same_in_all", "q_value", "tests"
"""Series of the test of one trait, of its q-value, and of the number of tests."""


def subgroup_ratios(request: Request) -> Rows:
    """Return the ratio per standard deviation in each group of each trait, with one test per trait.

    Rows `ratio` with the trait as `grouping` and the group as `level`; rows `p_value` by trait with series same_in_all
    and q_value; the number of tests. No group has a p-value of its own.
    """
    construct = request.measure.constructs[0]
    rows = request.rows()
    columns, named = ("person_number", "coach_number"), early_columns(construct)
    found = request.ask_people(
        "subgroup_people", TRAITS, columns=columns, named=named, extra={"origin": request.origin}
    )
    few = too_few(request, len(found))
    if few:
        if len(found):
            rows.one(stat="ratio", shape="point", **few)
        return rows
    known = reference(request, construct)
    add_reference(rows, known)
    people = found.reset_index(drop=True)
    people = people.assign(
        score=known.standardised(people["score"]), cluster=clustered_by(people), age_band=_ages(people)
    )
    tests: list[tuple[str, pd.DataFrame, float]] = []
    for trait in TRAITS:
        shown = _add_groups(rows, people, trait, request)
        if len(shown) > 1:
            tested = people[people[trait].isin(shown)]
            tests.append((trait, tested, _same_in_all(tested, trait)))
    tests = [test for test in tests if np.isfinite(test[2])]
    q_values = multiple.benjamini_hochberg([p for _, _, p in tests])
    for (trait, tested, p), q in zip(tests, q_values, strict=True):
        size = {"n": len(tested), "events": float(tested["cause"].eq(1).sum()), "status": "shown"}
        for series, value in ((SAME, p), (Q_VALUE, float(q))):
            rows.one(grouping=trait, series=series, stat="p_value", estimate=value, **size)
    if tests:
        rows.one(series=TESTS, stat="mean", estimate=len(tests), n=len(people), status="shown")
    return rows


def _ages(people: pd.DataFrame) -> pd.Series:
    wide = {band: group for group, bands in AGES.items() for band in bands}
    code, bands = coded(people["age_band"])
    groups = [*AGES, UNKNOWN]
    place = np.array([groups.index(wide.get(band, UNKNOWN)) for band in bands] or [0], dtype=np.intp)
    return pd.Series(pd.Categorical.from_codes(place[code], pd.Index(groups)), index=people.index)


def _groups(people: pd.DataFrame, trait: str) -> dict[str, int]:
    """Return how many different people each group of a trait has, in the declared order."""
    sizes = people.groupby(people[trait], observed=True)["person"].nunique()
    declared = list(AGES) if trait == "age_band" else [code for code, _ in DIMENSIONS[trait].categories]
    order = [code for code in declared if code in sizes.index]
    return {code: int(sizes[code]) for code in [*order, *(code for code in sizes.index if code not in order)]}


def _add_groups(rows: Rows, people: pd.DataFrame, trait: str, request: Request) -> list[str]:
    """Add the ratio in each group of a trait, or why it is not shown; return the groups shown.

    A lone group that is too small to be counted takes the smallest other one with it, also where people whose trait is
    not known are that group.
    """
    sizes = _groups(people, trait)
    hidden = with_sibling(list(sizes.values()), [n < request.floor.count for n in sizes.values()])
    shown = []
    for (level, n), is_hidden in zip(sizes.items(), hidden, strict=True):
        if level in NOT_KNOWN:
            continue
        part = people[people[trait].eq(level)]
        row: dict[str, object] = {"grouping": trait, "level": level}
        events = int(part["cause"].eq(1).sum())
        if is_hidden or n < LEAST_PEOPLE or events < LEAST_EVENTS:
            reason = BELOW_THRESHOLD if is_hidden else FEW_PEOPLE if n < LEAST_PEOPLE else FEW_EVENTS
            rows.one(**row, stat="ratio", shape="point", status="hidden", reason=reason)
            continue
        cells = ratio_cells(
            cox.fit(part["score"], part["day"], part["cause"].eq(1), stratum=part["site"], cluster=part["cluster"])
        )
        rows.one(**row, **cells)
        if is_shown(cells):
            shown.append(level)
    return shown


def _same_in_all(people: pd.DataFrame, trait: str) -> float:
    """Return the p-value of the test that the ratio is the same in all groups of a trait; missing if there is none."""
    left = people["cause"].eq(1)
    return equal_ratios(people["score"], people[trait], people["day"], left, people["site"], people["cluster"]).p
