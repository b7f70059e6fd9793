"""Answers of the release that are people counted, or what printed counts and means say of scores and sessions."""

from __future__ import annotations

from pipelines.disclosure import derived
from pipelines.disclosure.published import scales
from pipelines.disclosure.request import (
    AT_LEAST,
    BASE_TOO_SMALL,
    BELOW_THRESHOLD,
    INCOMPLETE,
    NO_QUESTIONNAIRE,
    Group,
    NotPublishedError,
    Request,
    Row,
)
from pipelines.disclosure.spec import BANDS, NEVER_ATTENDED, PEOPLE, RATED, label
from pipelines.questions import NO_SCORE

SESSIONS = ("sessions_attended", "sessions_due")


def people_enrolled(request: Request) -> list[Row]:
    """Return how many people enrolled, by level: printed cells added up, 'at least' where one of them is hidden."""
    rows = []
    for group in request.groups(PEOPLE):
        row = request.row(level=group.level, stat="count", shape="bar")
        people, complete = _people(request, group)
        if not group.cells:
            rows.append(request.hidden(group.level, INCOMPLETE, stat="count", shape="bar"))
        elif people is None:
            rows.append(request.hidden(group.level, BELOW_THRESHOLD, stat="count", shape="bar"))
        else:
            said = {"status": "shown"} if complete else {"status": "rough", "reason": AT_LEAST}
            rows.append({**row, "estimate": people, "n": people, **said})
    return [*rows, *never_attended(request)]


def _people(request: Request, group: Group) -> tuple[int | None, bool]:
    """Return the printed people of a level, those who never attended among them, and whether nothing is missing."""
    counts = request.published.counts
    started = [counted(request, text) for text in group.labels()]
    never = [counts.get((text, NEVER_ATTENDED)) for text in group.labels()] if not request.from_landmark else []
    known = [n for n in started if n is not None]
    total = sum(known) + sum(n for n in never if n is not None)
    return (total if known else None), None not in started and None not in never


def counted(request: Request, text: str) -> int | None:
    """Return the printed people of a label, None if hidden; NotPublishedError if the label does not exist."""
    if (text, PEOPLE) not in request.published.counts:
        raise NotPublishedError
    return request.published.counts[text, PEOPLE]


def never_attended(request: Request) -> list[Row]:
    """Return the printed number of people who enrolled and never attended, over all levels, if it is published."""
    if request.from_landmark:
        return []
    group = next(request.groups(NEVER_ATTENDED, ()))
    parts = [request.published.counts.get((text, NEVER_ATTENDED), -1) for text in group.labels()]
    if not parts or -1 in parts:
        return []
    row: Row = {"level": "", "grouping": "", "series": NEVER_ATTENDED, "stat": "count", "shape": "bar"}
    known = [n for n in parts if n is not None]
    if len(known) < len(parts):
        return [{**row, "status": "hidden", "reason": BELOW_THRESHOLD}]
    return [{**row, "estimate": sum(known), "n": sum(known), "status": "shown"}]


def early_score(request: Request, construct: str) -> list[Row]:
    """Return the printed mean early score by level and, without a grouping, the share in each band."""
    name = f"early_{construct}"
    if not any(mean.name == name for mean in request.published.spec.means):
        return [request.hidden("", NO_QUESTIONNAIRE, stat="mean", shape="bar")]
    rows = []
    for group in request.groups(name):
        if not group.cells:
            rows.append(request.hidden(group.level, INCOMPLETE, stat="mean", shape="bar"))
            continue
        mean = _single(request, group, name)
        if mean is None:
            rows.append(request.hidden(group.level, BELOW_THRESHOLD, stat="mean", shape="bar"))
            continue
        n, value = mean
        error = _error(request, name, construct, n)
        lower, upper = value - derived.Z * error, value + derived.Z * error
        numbers = {"estimate": value, "lower": round(lower, 3), "upper": round(upper, 3), "n": n}
        rows.append(request.row(level=group.level, stat="mean", shape="bar", status=mark(request, n), **numbers))
        if not request.by:
            rows += _band_shares(request, group, construct)
    return rows


def _single(request: Request, group: Group, name: str) -> tuple[int, float] | None:
    """Return the printed base and mean of a level; NotPublishedError for several cells or an undeclared one."""
    texts = group.labels()
    if len(texts) != 1 or (texts[0], name) not in request.published.means:
        raise NotPublishedError
    return request.published.means[texts[0], name]


def _error(request: Request, name: str, construct: str, n: int) -> float:
    """Return the standard error of a printed mean, its spread taken from the bands of everybody."""
    published = request.published
    whole = published.whole(name)
    band = f"{construct}_band"
    bands = {}
    for item in RATED if whole else ():
        found = published.means.get((label({"cohort": str(whole), band: item}), name))
        if found is not None:
            bands[item] = found
    mean = next(item for item in published.spec.means if item.name == name)
    low, high = float(mean.low or 0), float(mean.high or 0)
    scale = scales(published.about)[construct]
    cuts = (float(str(scale["band_low"])), float(str(scale["band_high"])))
    return derived.mean_error(n, low, high, derived.grain(low, high, n), bands, cuts)


def _band_shares(request: Request, group: Group, construct: str) -> list[Row]:
    """Return the share of people with a score in each band; nothing where a band is not published for these people."""
    band = f"{construct}_band"
    parts = band_counts(request, group, band, RATED)
    row: Row = {"series": "band", "grouping": band, "stat": "share", "shape": "bar"}
    if parts is None:
        return [{**row, "level": name, "status": "hidden", "reason": BELOW_THRESHOLD} for name in RATED]
    shares = [derived.share_of_parts(parts, [place], request.published.variance) for place in range(len(RATED))]
    return [{**row, "level": name, **share_numbers(request, share)} for name, share in zip(RATED, shares, strict=True)]


def band_counts(request: Request, group: Group, band: str, names: tuple[str, ...]) -> list[int] | None:
    """Return the printed people of a level in each band, None if one is hidden; NotPublishedError if undeclared."""
    parts = []
    for name in names:
        found = [counted(request, text) for text in group.labels(**{band: name})]
        if None in found:
            return None
        parts.append(sum(n for n in found if n is not None))
    return parts


def response_rate(request: Request) -> list[Row]:
    """Return the share of people still in on day 30 who have an early score, from printed bands and no-score cells."""
    rows = []
    for construct in ("alliance", "self_efficacy"):
        band = f"{construct}_band"
        if band in (*request.by, *request.filters) or band not in BANDS:
            continue
        for group in request.groups(PEOPLE):
            more = {"series": construct, "stat": "share", "shape": "bar"}
            if not group.cells:
                rows.append(request.hidden(group.level, INCOMPLETE, **more))
                continue
            parts = band_counts(request, group, band, (*RATED, NO_SCORE))
            if parts is None:
                rows.append(request.hidden(group.level, BELOW_THRESHOLD, **more))
            else:
                share = derived.share_of_parts(parts, range(len(RATED)), request.published.variance)
                rows.append(request.row(level=group.level, **more, **share_numbers(request, share)))
    if not rows:
        raise NotPublishedError
    return rows


def attendance_rate(request: Request) -> list[Row]:
    """Return sessions attended of those due: the ratio of two printed means; sessions to the nearest hundred.

    No range is given: how sessions spread over people is not published.
    """
    if not {mean.name for mean in request.published.spec.means} >= set(SESSIONS):
        raise NotPublishedError
    rows = []
    for group in request.groups(SESSIONS[0]):
        if not group.cells:
            rows.append(request.hidden(group.level, INCOMPLETE, stat="share", shape="bar"))
            continue
        attended, due = (_single(request, group, name) for name in SESSIONS)
        if attended is None or due is None or not due[1]:
            rows.append(request.hidden(group.level, BELOW_THRESHOLD, stat="share", shape="bar"))
            continue
        sessions = {"n": round(due[0] * due[1], -2), "events": round(attended[0] * attended[1], -2)}
        status, share = mark(request, due[0]), round(min(1.0, attended[1] / due[1]), 2)
        rows.append(
            request.row(level=group.level, stat="share", shape="bar", status=status, estimate=share, **sessions)
        )
    return rows


def outcome_share(request: Request, kind: str) -> list[Row]:
    """Return the share of printed people with the declared outcome of a kind, by level; cells of a union are added."""
    spec, outcomes = request.published.spec, request.published.outcomes
    name = next((item.name for item in spec.outcomes if item.kind == kind), None)
    if name is None:
        raise NotPublishedError
    rows = []
    for group in request.groups(name):
        found = []
        for text in group.labels():
            if (text, name) not in outcomes:
                raise NotPublishedError
            found.append(outcomes[text, name])
        more = {"stat": "share", "shape": "bar"}
        known = [pair for pair in found if pair is not None]
        if not found or len(known) < len(found):
            rows.append(request.hidden(group.level, BELOW_THRESHOLD if found else INCOMPLETE, **more))
            continue
        k, n = sum(pair[1] for pair in known), sum(pair[0] for pair in known)
        numbers = share_numbers(request, derived.share(k, n, request.published.variance, len(known)))
        rows.append(request.row(level=group.level, **more, **numbers))
    return rows


def mark(request: Request, n: int) -> str:
    """Return 'rough' for numbers that rest on fewer printed people than the mark of low precision, else 'shown'."""
    return "rough" if n < request.published.gate.low_precision else "shown"


def share_numbers(request: Request, share: derived.Share) -> Row:
    """Return status and numbers of a printed share: none below the base of a rate, rough below low precision."""
    if share.n < request.published.gate.rate_base:
        return {"status": "hidden", "reason": BASE_TOO_SMALL}
    numbers = {"estimate": share.estimate, "lower": share.lower, "upper": share.upper, "n": share.n, "events": share.k}
    return {"status": mark(request, share.n), **numbers}
