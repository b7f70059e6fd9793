"""Engagement: starting, engaging, how often people come, with how many coaches, and helping others."""

from __future__ import annotations

import pandas as pd

from pipelines.definitions import definition
from pipelines.disclosure.floors import BELOW_THRESHOLD, hide
from pipelines.estimators.request import Request, Screened, mark
from pipelines.estimators.rows import Rows
from pipelines.estimators.scores import share
from pipelines.outcomes import people_by_level
from pipelines.questions import LEFT_BEFORE, NO_SCORE
from pipelines.stats import proportion, rate

INITIATED_DAYS = definition("initiated").number("initiated_days")
ENGAGED_DAYS = definition("engaged").number("engaged_days")
"""A first session so many days after enrolment at most, two more so many days after it at most."""
FIRST_SESSION_DAYS = definition("first_session").numbers("shown_days")
FOUR_WEEKS = definition("intensity").number("unit_days")
MONTHS = definition("ripple").number("months") * definition("time_zero").number("month_days")
"""Days for which sessions, and events of helping others, are counted: per 28 days, per 100 months of 30 days."""
GENERATIONS = {
    "brought_somebody": ("people",),
    "came_through_somebody": ("people",),
    "brought_in_turn": ("came_through_somebody", "brought_somebody"),
    "second_generation": ("came_through_somebody",),
}
"""Counts of who came through whom, and of which other counts each is a part, the first being what it is read beside."""
NOT_RECORDED = "not_recorded"
"""Reason of records that never say who came through whom."""


def engagement_rate(request: Request) -> Rows:
    """Return the shares who initiated and who engaged, by level."""
    extra = {"initiated_days": INITIATED_DAYS, "known_after_days": INITIATED_DAYS + ENGAGED_DAYS}
    found = request.ask("engagement", columns=("enrolled_day", "extract_day", "is_engaged"), extra=extra)
    rows, screened = _screened(request, found)
    for level, row in _open(found, screened):
        for series in ("initiated", "engaged"):
            rows.one(level=level, series=series, **share(int(row[series].iloc[0]), int(row["people"].iloc[0]), request))
    return rows


def time_to_first_session(request: Request) -> Rows:
    """Return the share with a first session within 7, 14 and 30 days of enrolment, by level."""
    extra = {"horizons": list(FIRST_SESSION_DAYS), "known_after_days": max(FIRST_SESSION_DAYS)}
    found = request.ask("first_sessions", columns=("enrolled_day", "extract_day"), extra=extra)
    rows, screened = _screened(request, found[found["horizon"] == FIRST_SESSION_DAYS[0]])
    for level, part in _open(found, screened):
        told = part.sort_values("horizon")[["horizon", "started", "people"]].to_numpy(dtype=int).tolist()
        for horizon, started, people in told:
            rows.one(level=level, x=horizon, **share(started, people, request))
    return rows


def session_intensity(request: Request) -> Rows:
    """Return sessions attended per 28 days in the program, by level."""
    contacts = ("last_attended_day", "last_contact_day")
    columns = ("sessions_attended", *contacts, "exit_day", "exit_cause", "extract_day")
    extra = {"only_attended": request.question.settings.contacts == "attended"}
    return _rates(request, request.ask("session_intensity", columns=columns, extra=extra), FOUR_WEEKS)


def ripple_rate(request: Request) -> Rows:
    """Return events of helping others per 100 months of observation, by level."""
    return _rates(request, request.ask("ripple_rate", columns=("helping_events", "extract_day")), MONTHS)


def helping_by_band(request: Request) -> Rows:
    """Return events of helping others per 100 months since the landmark, by band of the early score.

    Events before the landmark do not count, so that the score comes before what it is compared with.
    """
    found = request.ask("helping_since", columns=("episode_id", "extract_day"), extra={"origin": request.origin})
    return _rates(request, found[~found["level"].isin([LEFT_BEFORE, NO_SCORE])], MONTHS)


def helping_generations(request: Request) -> Rows:
    """Return how many people brought somebody, came through somebody, and came through somebody who had come so."""
    found = request.ask("generations", columns=("participant_id",)).iloc[0].astype(int)
    rows = request.rows()
    if found["people"] == 0:
        return rows
    if found["links"] == 0:
        rows.one(**request.withheld("", NOT_RECORDED, "not_measured"))
        return rows
    for series, parts_of in GENERATIONS.items():
        count, whole = int(found[series]), [int(found[name]) for name in parts_of]
        row = {"series": series, "stat": "count", "shape": "bar"}
        if any(hide(count, of - count, request.floor) for of in whole):
            rows.one(**row, status="hidden", reason=BELOW_THRESHOLD)
        else:
            rows.one(**row, estimate=count, n=whole[0], events=count, status="shown")
    return rows


def coach_continuity(request: Request) -> Rows:
    """Return the share of sessions with the coach the person met most often, by level."""
    least = definition("continuity").number("least_sessions")
    found = request.ask(
        "coach_continuity", columns=("with_main_coach", "with_any_coach"), extra={"least_sessions": least}
    )
    rows, screened = _screened(request, found)
    for level, part in _open(found, screened):
        estimate, lower, upper = proportion.clustered_share(part["with_main"], part["with_any"], part["people"])
        sessions = {name: int((part[name] * part["people"]).sum()) for name in ("with_main", "with_any")}
        rows.one(
            level=level,
            stat="share",
            shape="bar",
            status=mark(int(part["people"].sum())),
            estimate=float(estimate),
            n=sessions["with_any"],
            events=sessions["with_main"],
            **request.if_independent(lower=float(lower), upper=float(upper)),
        )
    return rows


def _rates(request: Request, found: pd.DataFrame, unit_days: int) -> Rows:
    """Return one rate per level from patterns of `events` in `days` and how many `people` have each."""
    rows, screened = _screened(request, found)
    for level, part in _open(found, screened):
        people = int(part["people"].sum())
        estimate, lower, upper = rate.clustered_rate(part["events"], part["days"] / unit_days, part["people"])
        rows.one(
            level=level,
            stat="rate",
            shape="bar",
            status=mark(people),
            estimate=float(estimate),
            n=people,
            events=int((part["events"] * part["people"]).sum()),
            **request.if_independent(lower=float(lower), upper=float(upper)),
        )
    return rows


def _screened(request: Request, found: pd.DataFrame) -> tuple[Rows, Screened]:
    """Return the rows of levels that may not be shown, and which levels may."""
    sizes = people_by_level(found)
    screened = request.screen(sizes)
    rows = request.rows()
    rows.extend(screened.rows)
    return rows, screened


def _open(found: pd.DataFrame, screened: Screened) -> list[tuple[str, pd.DataFrame]]:
    return [(level, found[found["level"] == level]) for level in screened.open]
