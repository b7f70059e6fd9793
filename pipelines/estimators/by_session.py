"""The ratio of leaving early for scores complete at the second, third or fourth session, when the clock starts too."""

from __future__ import annotations

import pandas as pd

from pipelines.disclosure.floors import BELOW_THRESHOLD, with_sibling
from pipelines.early_sessions import SESSIONS
from pipelines.estimators.one_ratio import Reference, add_reference, ratio_cells, reference, too_few
from pipelines.estimators.ratio import clustered_by
from pipelines.estimators.request import Request
from pipelines.estimators.rows import Rows
from pipelines.page_columns import session_score_column
from pipelines.stats import cox

KNOWN_LATER = "known_later"
"""Reason of a question filtered by what is known only after the comparison starts."""


def ratio_by_session(request: Request) -> Rows:
    """Return the ratio per standard deviation of the usual early score, by `level`, the session the score ends with.

    People still in the program after that session are compared within their site from its day on; errors are clustered
    by coach. Beside each: how many never had that session or are not known to have been in after it, and how many had
    too few ratings by then. Nothing where a filter rests on the score at day 30, which comes later.
    """
    construct = request.measure.constructs[0]
    rows = request.rows(grouping="session_no")
    if request.question.from_landmark:
        rows.one(grouping="", stat="ratio", status="not_applicable", reason=KNOWN_LATER)
        return rows
    known = reference(request, construct)
    found = {number: _people(request, construct, number) for number in SESSIONS}
    if not any(len(people) for people in found.values()):
        return rows
    if known.people >= request.floor.share_people:
        add_reference(rows, known)
    for number, people in found.items():
        level = str(number)
        reached = people[people["session_day"].notna()]
        scored = reached[reached["score"].notna()].reset_index(drop=True)
        rows.one(**{"stat": "ratio", "shape": "point", "level": level, **_cells(scored, known, request)})
        left_out = {"not_reached": len(people) - len(reached), "without_score": len(reached) - len(scored)}
        left_out = {series: n for series, n in left_out.items() if n > 0}
        hidden = with_sibling(list(left_out.values()), [n < request.floor.count for n in left_out.values()])
        for (series, n), is_hidden in zip(left_out.items(), hidden, strict=True):
            told = {"status": "hidden", "reason": BELOW_THRESHOLD} if is_hidden else {"estimate": n, "n": n}
            rows.one(**{"level": level, "series": series, "stat": "count", "status": "shown", **told})
    return rows


def _people(request: Request, construct: str, number: int) -> pd.DataFrame:
    named = {"score": session_score_column(construct, number), "days_to_session": f"session_{number}_day"}
    columns = ("first_attended_day", "coach_number")
    return request.ask_people("session_people", ("site",), columns=columns, named=named)


def _cells(scored: pd.DataFrame, known: Reference, request: Request) -> dict[str, object]:
    few = too_few(request, min(len(scored), known.people))
    if few:
        return few
    score = known.standardised(scored["score"])
    left = scored["cause"].eq(1)
    return ratio_cells(cox.fit(score, scored["day"], left, stratum=scored["site"], cluster=clustered_by(scored)))
