"""After coaching: follow-ups answered of those due, and gains that were still there, with what those missing allow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from pipelines.disclosure.export_floor import AS_LAST_SEEN, LASTING, NOT_LASTING
from pipelines.disclosure.floors import BELOW_THRESHOLD, hide_outcome
from pipelines.estimators.request import Request
from pipelines.estimators.rows import Cells, Rows
from pipelines.estimators.scores import share
from pipelines.follow_up import FOLLOW_UP_DAYS, KNOWN_AFTER, KNOWN_CONSTRUCT, KNOWN_ENDED_BY, KNOWN_FOLLOW_UP
from pipelines.page_columns import KEPT, LAST_KEPT, NO_INTAKE, NOT_KEPT, answered_column, gain_column

ANSWERED = "answered_of_due"
NOT_COMPARED = "not_compared"
"""Series of the count of people whose follow-up was due and who have no intake score to compare with."""
NO_RELIABILITY = "no_reliability"
"""Reason of an instrument of which nobody knows how large a change must be."""


def follow_up_rate(request: Request) -> Rows:
    """Return the share of due follow-ups that were answered in their window, by level and planned day."""
    named = {f"answered_{place}": answered_column(day) for place, day in enumerate(FOLLOW_UP_DAYS, 1)}
    found = request.ask("follow_up_rate", named=named, extra={"days": list(FOLLOW_UP_DAYS)})
    rows = request.rows()
    for day, level, row in _due(request, found, rows):
        rows.one(level=level, x=day, **share(row["answered"], row["people"], request))
    return rows


def lasting_change(request: Request) -> Rows:
    """Return the share of people whose gain was kept at follow-up, by level and planned day, with bounds.

    Beside it stand the follow-ups answered of those due, and the share among everybody due under each of `BOUNDS`.
    """
    construct = request.measure.constructs[0]
    rows = request.rows()
    if not can_tell_change(request, construct):
        rows.one(**{**request.withheld("", NO_RELIABILITY, "not_measured"), "grouping": ""})
        return rows
    named = {f"gain_{place}": gain_column(construct, day) for place, day in enumerate(FOLLOW_UP_DAYS, 1)}
    said = {"kept": KEPT, "not_kept": NOT_KEPT, "last_kept": LAST_KEPT, "no_intake": NO_INTAKE}
    found = request.ask("lasting_change", named=named, extra={"days": list(FOLLOW_UP_DAYS), **said})
    for day, level, row in _due(request, found, rows):
        counts = {name: row[name] for name in ("people", "answered", "lasting", "missing_was_lasting")}
        rows.extend({"level": level, "x": day, **cells} for cells in _told(request, **counts))
    if not request.by:
        for day in FOLLOW_UP_DAYS:
            apart = int(found.loc[found["x"] == day, "not_compared"].sum())
            if apart >= request.floor.count:
                counted = {"estimate": apart, "n": apart, "status": "shown"}
                rows.one(level="", x=day, series=NOT_COMPARED, stat="count", **counted)
    return rows


def known_lasting_change(request: Request) -> Rows:
    """Return the share of everybody who started who is known to have kept a gain after coaching, by level."""
    rows = request.rows()
    if not can_tell_change(request, KNOWN_CONSTRUCT):
        rows.one(**{**request.withheld("", NO_RELIABILITY, "not_measured"), "grouping": ""})
        return rows
    extra = {"kept": KEPT, "ended_by": KNOWN_ENDED_BY, "known_after": KNOWN_AFTER}
    named = {"gain": gain_column(KNOWN_CONSTRUCT, KNOWN_FOLLOW_UP)}
    found = request.ask("known_lasting_change", columns=("exit_day",), named=named, extra=extra)
    counts = found.set_index("level").astype(int).to_dict("index")
    screened = request.screen({str(level): each["people"] for level, each in counts.items()})
    rows.extend(screened.rows)
    for level in screened.open:
        rows.one(level=level, **share(counts[level]["known"], counts[level]["people"], request))
    return rows


def can_tell_change(request: Request, construct: str) -> bool:
    """Tell whether the instrument that stands for a construct can tell a change from chance."""
    return bool(request.reader.rows("select 1 from change_scales where construct = $name", {"name": construct}))


def _told(request: Request, people: int, answered: int, lasting: int, missing_was_lasting: int) -> Iterator[Cells]:
    """Yield the rows of one group: the share of those who answered, the answers, and what those missing allow.

    Each row is what is said beside the others, so that one row cannot give away what another one hides: where the
    share is withheld so are the bounds, and where few are missing so is how many there were.
    """
    least, missing = request.floor.count, people - answered
    withheld: Cells = {"stat": "share", "status": "hidden", "reason": BELOW_THRESHOLD, "shape": "bar"}
    hidden = answered < least or hide_outcome(lasting, answered - lasting, request.floor)
    few_missing = 0 < missing < least
    yield withheld if hidden else share(lasting, answered, request)
    yield {"series": ANSWERED, **(withheld if few_missing or answered < least else share(answered, people, request))}
    as_last_seen = hide_outcome(missing_was_lasting, missing - missing_was_lasting, request.floor)
    kept = {NOT_LASTING: 0, AS_LAST_SEEN: missing_was_lasting, LASTING: missing}
    for series, more in kept.items():
        gone = hidden or few_missing or (series == AS_LAST_SEEN and as_last_seen)
        yield {"series": series, **(withheld if gone else share(lasting + more, people, request))}


def _due(request: Request, found: pd.DataFrame, rows: Rows) -> Iterator[tuple[int, str, Mapping[Any, int]]]:
    """Yield planned day, level and counts of the groups that may be told; rows for the others go to `rows`."""
    for day in FOLLOW_UP_DAYS:
        part = found[(found["x"] == day) & (found["people"] > 0)].set_index("level").astype(int).to_dict("index")
        screened = request.screen({str(level): counts["people"] for level, counts in part.items()})
        rows.extend({**row, "x": day} for row in screened.rows)
        for level in screened.open:
            yield day, level, part[level]
