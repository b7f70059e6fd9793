"""People and sessions by calendar month, from tables that hold no person: only a filter by site can apply to them."""

from __future__ import annotations

from pipelines.disclosure.floors import BELOW_THRESHOLD, hide
from pipelines.estimators.request import TOO_EARLY, Request, mark
from pipelines.estimators.rows import Cells, Rows
from pipelines.warehouse import statement

NO_PERSONS = "no_persons"
"""Reason of an answer for filters by traits of people, of which these tables know nothing."""
MONTH = "month"
SHARES = {"attended_of_due": "due", "attended_of_scheduled": "scheduled"}


def caseload_by_month(request: Request) -> Rows:
    """Return people, sessions attended and both attendance rates by calendar month (`level`, 2026-03).

    `n` of every row are the people of the month. Months after the last quarter the records hold in full are left out.
    """
    rows = request.rows(grouping=MONTH)
    where = dict(request.question.where)
    if set(where) - {"site"}:
        rows.one(**{**request.withheld("", NO_PERSONS, "not_applicable"), "grouping": ""})
        return rows
    parameters = {"filtered": bool(where), "sites": list(where.get("site", ()))}
    found = request.reader.table(statement("sql/caseload.sql"), parameters)
    for month, counted in found.set_index("month").astype(int).to_dict("index").items():
        if request.periods_to and quarter(str(month)) > request.periods_to:
            continue
        people = counted["people"]
        if hide(people, counted["others"], request.floor):
            rows.one(level=month, stat="count", shape="bar", status="hidden", reason=BELOW_THRESHOLD)
            continue
        rows.one(level=month, stat="count", shape="bar", status="shown", estimate=people, n=people)
        sessions: Cells = {"level": month, "n": people, "status": mark(people)}
        rows.one(**sessions, series="sessions_attended", stat="count", estimate=counted["attended"])
        for series, of in SHARES.items():
            if counted[of]:
                share = counted["attended"] / counted[of]
                rows.one(**sessions, series=series, stat="share", shape="point", estimate=share)
    if not len(rows):
        rows.one(**{**request.withheld("", TOO_EARLY, "immature"), "grouping": ""})
    return rows


def quarter(month: str) -> str:
    """Return the quarter (2026-Q1) of a month (2026-03)."""
    return f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"
