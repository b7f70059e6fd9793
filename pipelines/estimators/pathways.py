"""How much of what goes with an early score goes through a later one: the two paths of the theory of change.

The early score ends on day 30, the later one is made of ratings from day 31 to 60, and leaving is counted from day 60
to 180 among people followed so far: each step comes after the one before.
"""

from __future__ import annotations

import numpy as np

from pipelines.definitions import definition
from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_PEOPLE
from pipelines.estimators.adjusters import NAMES, adjusters
from pipelines.estimators.ratio import FEW_EVENTS, HELD_EQUAL, NOT_FITTED, clustered_by
from pipelines.estimators.request import Request, mark
from pipelines.estimators.rows import Rows
from pipelines.stats import clusters
from pipelines.stats.mediation import mediation

_SAID = definition("pathway")
FIRST_DAY, SECOND_DAY, LAST_DAY = _SAID.numbers("days")
LEAST_PEOPLE, LEAST_EVENTS = _SAID.number("people"), _SAID.number("left_early")


def pathway(request: Request) -> Rows:
    """Return additional people staying per 100 whose early score is one standard deviation higher: total and parts.

    Rows `difference` by series total, direct and indirect, with limits from coaches drawn again; the E-value of the
    indirect part; the number of coaches. Nothing with fewer people or fewer who left than the definition asks for.
    """
    exposure, mediator = request.measure.constructs
    rows = request.rows(grouping=f"early_{exposure}_score")
    found = request.ask(
        "pathway_people",
        columns=("episode_id", "coach_id", "site", *NAMES),
        extra={
            "exposure": exposure,
            "mediator": mediator,
            "first_day": FIRST_DAY,
            "second_day": SECOND_DAY,
            "horizon": LAST_DAY,
        },
    )
    n, left = len(found), int(found["left_early"].sum())
    if n < LEAST_PEOPLE or left < LEAST_EVENTS:
        if n:
            reason = BELOW_THRESHOLD if n < request.floor.count else FEW_PEOPLE if n < LEAST_PEOPLE else FEW_EVENTS
            rows.one(**{**request.withheld("", reason), "stat": "difference"})
        return rows
    score = found["exposure"].to_numpy(dtype=float)
    held = adjusters(found, found["left_early"].to_numpy(dtype=bool))
    try:
        parts = mediation(
            score,
            found["mediator"].to_numpy(dtype=float),
            1.0 - found["left_early"].to_numpy(dtype=float),
            held.columns.to_numpy(dtype=float),
            clustered_by(found),
            unit=float(np.std(score, ddof=1)),
        )
    except ValueError:
        rows.one(**{**request.withheld("", NOT_FITTED), "stat": "difference"})
        return rows
    known = parts.clusters >= clusters.FEWEST
    size = {"n": n, "events": left, "status": mark(n)}
    for series, part in (("total", parts.total), ("direct", parts.direct), ("indirect", parts.indirect)):
        limits = {"lower": 100 * part.lower, "upper": 100 * part.upper} if known else {}
        rows.one(series=series, stat="difference", shape="point", estimate=100 * part.estimate, **limits, **size)
    rows.one(series="e_value", stat="ratio", estimate=parts.e_value, **size)
    rows.one(series="coaches", stat="mean", estimate=parts.clusters, n=n, status="shown")
    for name in held.used:
        rows.one(series=f"{HELD_EQUAL}{name}", stat="count", estimate=n, n=n, status="shown")
    return rows
