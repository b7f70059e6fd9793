"""People enrolled and sessions attended: counts and shares that need no follow-up."""

from __future__ import annotations

from pipelines.disclosure.floors import BELOW_THRESHOLD, hide
from pipelines.estimators.request import Request, mark
from pipelines.estimators.rows import Rows
from pipelines.estimators.scores import chosen
from pipelines.outcomes import Columns, people_by_level
from pipelines.stats import proportion

PERIOD_NOT_OVER = "period_not_over"
ATTENDANCE_COLUMNS = (
    "participant_id",
    "sessions_attended",
    "sessions_no_show",
    "sessions_late_cancel",
    "sessions_scheduled",
)


def period_end(level: str) -> str:
    """Return the quarter in which a quarter (2024-Q1) or half-year (2024-H1) ends, as 2024-Q1."""
    year, _, part = level.partition("-")
    return f"{year}-Q{2 * int(part[1:])}" if part.startswith("H") else level


def people_enrolled(request: Request) -> Rows:
    """Return how many people enrolled, by level, and over all levels how many of them never attended a session."""
    found = request.columns("enrolled", columns=("participant_id",))
    sizes = people_by_level(found)
    screened = request.screen(sizes)
    shown = [level for level in sizes if level in (*screened.open, *screened.few)]
    rows = request.rows()
    rows.extend(row for row in screened.rows if row["reason"] == BELOW_THRESHOLD)
    for level in shown:
        if _unfinished(level, request):
            rows.one(**request.withheld(level, PERIOD_NOT_OVER, "immature"))
        else:
            counted = {"estimate": sizes[level], "n": sizes[level], "status": "shown"}
            rows.one(level=level, stat="count", shape="bar", **counted)
    never = int(found["never_attended"].sum())
    if never:
        kept = hide(never, sum(sizes.values()) - never, request.floor)
        said = {"status": "hidden", "reason": BELOW_THRESHOLD} if kept else {"estimate": never, "n": never}
        row = {"level": "", "grouping": "", "series": "never_attended", "stat": "count", "shape": "bar"}
        rows.one(**{**row, "status": "shown", **said})
    return rows


def _unfinished(level: str, request: Request) -> bool:
    """Tell whether a level is a period that had not ended with the records."""
    parts = dict(zip(request.by, level.split("|", len(request.by) - 1), strict=True)) if request.by else {}
    periods = [parts[name] for name in ("cohort", "enrol_quarter") if name in parts]
    return bool(request.periods_to) and any(period_end(period) > request.periods_to for period in periods)


def attendance_rate(request: Request) -> Rows:
    """Return sessions attended of those due, and of those scheduled, by level; persons are the independent units."""
    found = request.columns("attendance", columns=ATTENDANCE_COLUMNS)
    sizes = people_by_level(found)
    screened = request.screen(sizes)
    rows = request.rows()
    rows.extend(screened.rows)
    for level in screened.open:
        part = chosen(found, found["level"] == level)
        if _unfinished(level, request):
            rows.one(**request.withheld(level, PERIOD_NOT_OVER, "immature"))
            continue
        status = mark(sizes[level])
        for series, tried in (("", "due"), ("of_scheduled", "scheduled")):
            rows.one(level=level, series=series, status=status, **_share(part, tried))
    return rows


def _share(part: Columns, tried: str) -> dict[str, object]:
    share, lower, upper = proportion.clustered_share(part["attended"], part[tried], part["people"])
    sessions = {name: int((part[name] * part["people"]).sum()) for name in ("attended", tried)}
    return {
        "stat": "share",
        "estimate": float(share),
        "lower": float(lower),
        "upper": float(upper),
        "n": sessions[tried],
        "events": sessions["attended"],
        "shape": "bar",
    }
