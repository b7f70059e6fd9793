"""Answers of the release about staying: the curve, shares at set days, the heat map and staying by score."""

from __future__ import annotations

from collections.abc import Mapping

from pipelines.disclosure import derived
from pipelines.disclosure.counted import counted, mark, never_attended, share_numbers
from pipelines.disclosure.derived import Point, Reading, Share, Table
from pipelines.disclosure.published import Curve
from pipelines.disclosure.request import (
    BELOW_THRESHOLD,
    INCOMPLETE,
    NO_QUESTIONNAIRE,
    Group,
    NotPublishedError,
    Request,
    Row,
)
from pipelines.disclosure.spec import BANDS, LANDMARK_DAY, PEOPLE, RATED
from pipelines.questions import LEFT_BEFORE, NO_SCORE
from pipelines.stats import association

HORIZON, END = 180, 365
HIGH, LOW = "higher|higher", "lower|lower"


def staying_curve(request: Request) -> list[Row]:
    """Return the printed life tables as straight lines, people still followed, differences and the log-rank test."""
    published, start = request.published, LANDMARK_DAY if request.from_landmark else 0
    rows, tables = left_out(request), {}
    points: dict[str, dict[int, Point]] = {}
    declared: dict[str, tuple[int, ...]] = {}
    for group in request.groups(published.spec.endpoint):
        if not group.cells:
            rows.append(request.hidden(group.level, INCOMPLETE, series="stayed", stat="share", shape="line"))
            continue
        texts = group.labels()
        if len(texts) != 1 or texts[0] not in published.curves:
            raise NotPublishedError
        curve = published.curves[texts[0]]
        if curve.table is None:
            rows.append(request.hidden(group.level, BELOW_THRESHOLD, series="stayed", stat="share", shape="line"))
            continue
        tables[group.level], declared[group.level] = curve.table, curve.declared
        table = derived.life_table(curve.table, published.variance)
        points[group.level] = {point.day: point for point in table if point.day <= END}
        rows += _line(request, group.level, points[group.level], start)
        rows += _not_drawn(request, group.level, curve, points[group.level], start)
    sizes = {level: table.people for level, table in tables.items()}
    for level, other in request.pairs(sizes):
        pair = tuple(points[name].get(HORIZON) for name in (level, other))
        found = None if None in pair else [Reading(p.share, p.share, p.std_error) for p in pair if p is not None]
        events = sum(p.events for p in pair if p is not None)
        row = _difference(request, f"{level}|{other}", HORIZON - start, found, sizes[level] + sizes[other], events)
        if not all(HORIZON in declared[name] for name in (level, other)):
            row |= {"status": "immature", "reason": INCOMPLETE}
        rows.append(row)
    return rows + _test(request, tables)


def _line(request: Request, level: str, points: Mapping[int, Point], start: int) -> list[Row]:
    """Return a group's line, day 0 first, and under it how many people are still followed."""
    rows = []
    people = points[0].at_risk
    for point in points.values():
        lower, upper = derived.curve_range(point)
        numbers = {"estimate": point.share, "lower": lower, "upper": upper, "n": point.at_risk, "events": point.events}
        at = {"x": max(point.day - start, 0), "level": level}
        rows.append(
            request.row(series="stayed", stat="share", shape="line", status=mark(request, int(people)), **at, **numbers)
        )
        rows.append(request.row(stat="at_risk", status="shown", estimate=point.at_risk, n=point.at_risk, **at))
    return rows


def _not_drawn(request: Request, level: str, curve: Curve, points: Mapping[int, Point], start: int) -> list[Row]:
    """Return rows for the grid days without a point: not followed so far by the whole cohort, or held back."""
    days = [day for day in request.published.spec.grid if start < day <= END and day not in points]
    more = {"series": "stayed", "stat": "share", "shape": "line"}
    return [
        request.hidden(level, BELOW_THRESHOLD if day in curve.declared else INCOMPLETE, x=day - start, **more)
        for day in days
    ]


def _test(request: Request, tables: Mapping[str, Table]) -> list[Row]:
    """Return the log-rank test over the groups of one grouping, those without a score left aside."""
    tested = [table for level, table in tables.items() if level != NO_SCORE]
    p = derived.log_rank(tested, request.published.variance) if len(request.by) == 1 else None
    if p is None:
        return []
    n, events = sum(table.people for table in tested), sum(table.events[-1] for table in tested)
    return [request.row(series="log_rank", stat="p_value", estimate=p, n=n, events=events, status="shown")]


def left_out(request: Request) -> list[Row]:
    """Return printed counts of the people a curve starts with and of those it leaves out, over all levels."""
    if not request.from_landmark:
        group = next(request.groups(PEOPLE, ()))
        people = [counted(request, text) for text in group.labels()]
        row: Row = {"level": "", "grouping": "", "series": "reached_start", "stat": "count"}
        never = [{**found, "shape": ""} for found in never_attended(request)]
        if None in people or not people:
            return [{**row, "status": "hidden", "reason": BELOW_THRESHOLD}, *never]
        total = sum(n for n in people if n is not None)
        return [{**row, "estimate": total, "n": total, "status": "shown"}, *never]
    bands, published = [name for name in BANDS if name in request.by], request.published
    if not bands or request.question.where:
        return []
    group = next(request.groups(PEOPLE, ()))
    # The same people have a label for every score, each with noise of its own: one of them is printed everywhere.
    texts = [group.labels(**{name: LEFT_BEFORE})[0] for name in (*BANDS, bands[0])]
    before = counted(request, next((text for text in texts if (text, PEOPLE) in published.counts), texts[-1]))
    row = {"level": "", "grouping": "", "series": LEFT_BEFORE, "stat": "count"}
    if before is None:
        return [{**row, "status": "hidden", "reason": BELOW_THRESHOLD}]
    return [{**row, "estimate": before, "n": before, "status": "shown"}]


def stayed_share(request: Request) -> list[Row]:
    """Return the share who stayed to each declared day from two printed counts and, for one grouping, differences."""
    rows, start = [], LANDMARK_DAY if request.from_landmark else 0
    for outcome in request.published.spec.outcomes:
        if outcome.kind != "left_early" or outcome.day <= start:
            continue
        shares: dict[str, Share] = {}
        for group in request.groups(outcome.name):
            row, share = _reading(request, group, outcome.name)
            rows.append({**row, "series": "stayed", "x": outcome.day - start, "stat": "share", "shape": "point"})
            if share is not None:
                shares[group.level] = share
        sizes = {level: share.n for level, share in shares.items()}
        for level, other in request.pairs(sizes):
            pair = [_side(shares[name]) for name in (level, other)]
            n, k = sizes[level] + sizes[other], shares[level].k + shares[other].k
            rows.append(_difference(request, f"{level}|{other}", outcome.day - start, pair, n, k))
    if not rows:
        raise NotPublishedError
    return rows


def _reading(request: Request, group: Group, name: str) -> tuple[Row, Share | None]:
    """Return the row of one level's share who stayed, and the share itself where it is shown.

    `name` is the outcome of leaving early by a day; cells of a union are added up.
    """
    if not group.cells:
        return request.hidden(group.level, INCOMPLETE), None
    found = []
    for text in group.labels():
        if (text, name) not in request.published.outcomes:
            raise NotPublishedError
        found.append(request.published.outcomes[text, name])
    known = [pair for pair in found if pair is not None]
    if len(known) < len(found):
        return request.hidden(group.level, BELOW_THRESHOLD), None
    n, k = sum(pair[0] for pair in known), sum(pair[1] for pair in known)
    share = derived.remaining(derived.share(k, n, request.published.variance, len(known)))
    numbers = share_numbers(request, share)
    return request.row(level=group.level, **numbers), share if numbers["status"] != "hidden" else None


def _leaving(request: Request) -> str:
    """Return the outcome of leaving early by the horizon; NotPublishedError if the release does not declare it."""
    name = request.published.spec.left_early_by(HORIZON)
    if name is None:
        raise NotPublishedError
    return name


def _side(share: Share) -> Reading:
    """Return a share as one side of a difference."""
    return Reading(share.estimate, share.exact, share.std_error)


def _difference(request: Request, level: str, x: int, pair: list[Reading] | None, n: int, events: int) -> Row:
    """Return the row of a difference, first minus second; hidden where one of the two is not shown."""
    row = request.row(level=level, x=x, stat="difference")
    if pair is None:
        return {**row, "status": "hidden", "reason": BELOW_THRESHOLD}
    estimate, lower, upper = derived.difference(*pair)
    return {**row, "estimate": estimate, "lower": lower, "upper": upper, "n": n, "events": events, "status": "shown"}


def both_bands(request: Request) -> list[Row]:
    """Return the nine cells of the heat map at day 180 and the difference of its corners, both higher minus lower."""
    rows, shares, x = [], {}, HORIZON - LANDMARK_DAY
    outcome = _leaving(request)
    for group in request.groups(outcome):
        if not set(group.level.split("|")) <= set(RATED):
            continue
        row, share = _reading(request, group, outcome)
        rows.append({**row, "series": "stayed", "x": x, "stat": "share", "shape": "cell"})
        if share is not None:
            shares[group.level] = share
    corners = [shares[level] for level in (HIGH, LOW) if level in shares]
    pair = [_side(share) for share in corners] if len(corners) == 2 else None
    n, k = sum(share.n for share in corners), sum(share.k for share in corners)
    return [*rows, _difference(request, f"{HIGH} - {LOW}", x, pair, n, k)]


def dose_response(request: Request, construct: str) -> list[Row]:
    """Return staying to day 180 by band at the band's printed mean score, and the line through the bands.

    The mean is of all published cohorts, those too whose day 180 has not come.
    """
    mean, band, outcome = f"early_{construct}", f"{construct}_band", _leaving(request)
    if not any(item.name == mean for item in request.published.spec.means):
        return [request.hidden("", NO_QUESTIONNAIRE, stat="share", shape="point")]
    rows: list[Row] = []
    drawn: list[tuple[float, Share]] = []
    for group, scored in zip(request.groups(outcome, (band,)), request.groups(mean, (band,)), strict=True):
        if group.level not in RATED:
            continue
        row, share = _reading(request, group, outcome)
        texts = scored.labels()
        if len(texts) != 1 or (texts[0], mean) not in request.published.means:
            raise NotPublishedError
        score = request.published.means[texts[0], mean]
        shape: Row = {"grouping": f"early_{construct}_score", "stat": "share", "shape": "point"}
        if share is None or score is None:
            reason = str(row.get("reason") or BELOW_THRESHOLD)
            rows.append({**request.hidden(group.level, reason), **shape})
        else:
            rows.append({**row, **shape, "x": score[1]})
            drawn.append((score[1], share))
    return rows + _slope(drawn)


def _slope(drawn: list[tuple[float, Share]]) -> list[Row]:
    """Return the line through three printed bands: additional people staying per 100, per scale point."""
    if len(drawn) < len(RATED) or len({x for x, _ in drawn}) < len(RATED):
        return []
    people = [share.n for _, share in drawn]
    line = association.linear_trend(
        [x for x, _ in drawn], [share.exact for _, share in drawn], [share.std_error for _, share in drawn], people
    )
    limits = {"estimate": 100 * line.estimate, "lower": 100 * line.lower, "upper": 100 * line.upper}
    events = sum(share.k for _, share in drawn)
    return [{"grouping": "", "stat": "slope", "n": sum(people), "events": events, "status": "shown", **limits}]
