"""Where people are and why they left."""

from __future__ import annotations

import numpy as np

from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_PEOPLE
from pipelines.estimators.curves import change_days, exits, still_here
from pipelines.estimators.request import Request, mark
from pipelines.estimators.rows import Rows
from pipelines.estimators.staying import left_out
from pipelines.stats import proportion

SERIES = ("in_program", "completed", "left_early", "moved_on", "other_exit")
"""The five states in the order in which a chart stacks them."""
NOT_RECORDED = "not_recorded"


def where_people_are(request: Request) -> Rows:
    """Return the five shares on every day on which one of them changes; they add to 1."""
    people = request.population()
    screened = request.screen(people.sizes)
    rows = request.rows()
    rows.extend([*screened.rows, *left_out(request, people)])
    if screened.open:
        grid = people.of(screened.open)
        repeats = request.repeats(screened.open)
        left_early, completed, moved_on, other = exits(grid, repeats)
        states = dict(zip(SERIES, (still_here(grid, repeats), completed, left_early, moved_on, other), strict=True))
        for row, level in enumerate(screened.open):
            leaving = grid.events[row].sum(axis=1)
            days = change_days(grid, row, leaving, request.end, request.floor.curve_at_risk)
            for series, curve in states.items():
                rows.add(
                    level=level,
                    series=series,
                    x=days,
                    stat="share",
                    estimate=curve.value[row, days],
                    lower=curve.lower[row, days],
                    upper=curve.upper[row, days],
                    n=grid.at_risk[row, days],
                    events=np.full(len(days), np.nan) if series == "in_program" else curve.events[row, days],
                    status=mark(people.sizes[level]),
                    shape="step",
                )
    return rows


def exit_reasons(request: Request) -> Rows:
    """Return the share of each recorded reason among the people who left up to the measure's horizon."""
    extra = {"origin": request.origin, "horizon": request.measure.horizon - request.origin}
    found = request.ask("exit_reasons", columns=("exit_type",), extra=extra)
    rows = request.rows(grouping="exit_type")
    total = int(found["people"].sum())
    if 0 < total < request.floor.share_people:
        rows.one(**request.withheld("", BELOW_THRESHOLD if total < request.floor.count else FEW_PEOPLE))
    elif total:
        found["last"] = found["reason"] == NOT_RECORDED
        found = found.sort_values(["last", "people", "reason"], ascending=[True, False, True])
        people = found["people"].to_numpy(dtype=float)
        share, lower, upper = proportion.wilson(people, total)
        rows.add(
            level=found["reason"].tolist(),
            stat="share",
            estimate=share,
            **request.if_independent(lower=lower, upper=upper),
            n=total,
            events=people,
            status=mark(total),
            shape="bar",
        )
    return rows
