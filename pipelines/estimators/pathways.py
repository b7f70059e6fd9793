"""How much of what goes with an early score goes through a later one: the two paths of the theory of change.

The early score ends on day 30, the later one is made of ratings from day 31 to 60, and leaving is counted from day 60
to 180 among people followed so far: each step comes after the one before.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.definitions import definition
from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_PEOPLE
from pipelines.estimators.adjusters import adjusters
from pipelines.estimators.ratio import FEW_EVENTS, HELD_EQUAL, NOT_FITTED, clustered_by
from pipelines.estimators.request import Request, mark
from pipelines.estimators.rows import Rows
from pipelines.follow_up import KNOWN_AFTER, KNOWN_CONSTRUCT, KNOWN_ENDED_BY, KNOWN_FOLLOW_UP
from pipelines.page_columns import KEPT, gain_column, later_score_column, score_column
from pipelines.stats import clusters
from pipelines.stats.mediation import mediation

_SAID = definition("pathway")
FIRST_DAY, SECOND_DAY, LAST_DAY = _SAID.numbers("days")
LEAST_PEOPLE, LEAST_EVENTS = _SAID.number("people"), _SAID.number("left_early")


def pathway(request: Request) -> Rows:
    """Return additional people staying per 100 whose early score is one standard deviation higher: total and parts.

    Rows `difference` by series total, direct and indirect, with limits from coaches drawn again; the E-value of the
    indirect part; the number of coaches. Nothing with fewer people, or fewer who left or stayed, than the definition
    asks for.
    """
    found = _asked(request)
    left = found["left_early"].to_numpy(dtype=bool)
    return _parts(request, found, ~left, int(left.sum()))


def pathway_to_lasting_change(request: Request) -> Rows:
    """Return additional people per 100 known to have kept a gain after coaching: total and parts, as `pathway`.

    Among people for whom it could be known by the extract; a follow-up that was not answered is not known to last.
    """
    found = _asked(request)
    found = found[found["is_known"].astype(bool)].reset_index(drop=True)
    lasting = found["lasting"].to_numpy(dtype=bool)
    return _parts(request, found, lasting, int(lasting.sum()))


def _asked(request: Request) -> pd.DataFrame:
    exposure, mediator = request.measure.constructs
    extra = {
        "second_day": SECOND_DAY,
        "horizon": LAST_DAY,
        "known_after": KNOWN_AFTER,
        "ended_by": KNOWN_ENDED_BY,
        "kept": KEPT,
    }
    named = {
        "exposure": score_column(exposure, FIRST_DAY),
        "mediator": later_score_column(mediator),
        "gain": gain_column(KNOWN_CONSTRUCT, KNOWN_FOLLOW_UP),
    }
    columns = ("exit_day", "coach_number", "severity_score", "prior_episodes")
    traits = ("site", "age_band", "housing", "primary_substance")
    return request.ask_people("pathway_people", traits, columns=columns, named=named, extra=extra)


def _parts(request: Request, found: pd.DataFrame, outcome: npt.NDArray[np.bool_], events: int) -> Rows:
    """Return total, direct and indirect part of what goes with one standard deviation more, per 100 people.

    Nothing with fewer people, or fewer on either side of the outcome, than the definition asks for. `events` is what
    the rows name as events.
    """
    rows = request.rows(grouping=f"early_{request.measure.constructs[0]}_score")
    n = len(found)
    if n < LEAST_PEOPLE or min(events, n - events) < LEAST_EVENTS:
        if n:
            reason = BELOW_THRESHOLD if n < request.floor.count else FEW_PEOPLE if n < LEAST_PEOPLE else FEW_EVENTS
            rows.one(**{**request.withheld("", reason), "stat": "difference"})
        return rows
    score = found["exposure"].to_numpy(dtype=float)
    held = adjusters(found, ~outcome)
    try:
        parts = mediation(
            score,
            found["mediator"].to_numpy(dtype=float),
            outcome.astype(float),
            held.columns.to_numpy(dtype=float),
            clustered_by(found),
            unit=float(np.std(score, ddof=1)),
        )
    except ValueError:
        rows.one(**{**request.withheld("", NOT_FITTED), "stat": "difference"})
        return rows
    known = parts.clusters >= clusters.FEWEST
    size = {"n": n, "events": events, "status": mark(n)}
    for series, part in (("total", parts.total), ("direct", parts.direct), ("indirect", parts.indirect)):
        limits = {"lower": 100 * part.lower, "upper": 100 * part.upper} if known else {}
        rows.one(series=series, stat="difference", shape="point", estimate=100 * part.estimate, **limits, **size)
    rows.one(series="e_value", stat="ratio", estimate=parts.e_value, **size)
    rows.one(series="coaches", stat="mean", estimate=parts.clusters, n=n, status="shown")
    for name in held.used:
        rows.one(series=f"{HELD_EQUAL}{name}", stat="count", estimate=n, n=n, status="shown")
    return rows
