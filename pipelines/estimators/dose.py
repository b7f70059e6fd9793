"""Staying by early score, step by step: groups of similar scores and the straight line through them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipelines.disclosure.floors import BELOW_THRESHOLD, FEW_PEOPLE, Floor
from pipelines.estimators.curves import Reading, read, stayed
from pipelines.estimators.repeats import Repeats
from pipelines.estimators.request import Request, mark
from pipelines.estimators.rows import Rows, Values
from pipelines.estimators.scores import early_columns
from pipelines.estimators.staying import numbers, reading_status
from pipelines.outcomes import count_grid, tally
from pipelines.stats import association, mean

MOST_GROUPS = 6
PEOPLE_PER_CUT = 60
"""People of the reference cohort per group aimed at, before small neighbours are joined."""


def dose_response(request: Request) -> Rows:
    """Return the share who stayed to the horizon by group of early scores, and the slope in people per 100 per point.

    Groups are cut at quantiles of everybody's scores (no filters), equal scores together; neighbours are joined until
    each has enough people. The slope is the least-squares line through the groups weighted by people; its error comes
    from the errors of the shares, so people followed less long are used rightly (`association.linear_trend`).
    """
    found = _score_table(request, filtered=True)
    people = found["people"].to_numpy(dtype=float)
    score = found["score"].to_numpy(dtype=float)
    rows = request.rows(grouping=f"early_{request.measure.constructs[0]}_score")
    total = int(people.sum())
    if total < request.floor.share_people:
        if total:
            rows.one(**request.withheld("", BELOW_THRESHOLD if total < request.floor.count else FEW_PEOPLE))
        return rows
    reference = _score_table(request, filtered=False) if request.question.where else found
    cuts = joined(score, people, cut_points(reference["score"], reference["people"]), request.floor.share_people)
    place = np.searchsorted(cuts, score, side="left")
    names = labels(cuts)
    day = found["day"].to_numpy(dtype=np.intp)
    grid = count_grid(names, place, day, found["cause"].to_numpy(dtype=np.intp), people)
    reading = read(stayed(grid, _repeats(request, cuts)), request.measure.horizon)
    size = tally(place, people, len(names))
    centre = tally(place, people * score, len(names)) / size
    status, reason = reading_status(reading, size, request)
    shown = numbers(reading, size, status)
    rows.add(level=names, x=centre, stat="share", status=status, reason=reason, shape="point", **shown)
    _add_slope(rows, centre, reading, size, request.floor)
    return rows


def cut_points(score: npt.ArrayLike, people: npt.ArrayLike) -> Values:
    """Return the scores that divide `people` with each `score` into equal parts of about 60 people or more.

    Equal scores stay together: a group reaches up to its cut point and includes it.
    """
    scores, weights = np.asarray(score, dtype=float), np.asarray(people, dtype=float)
    parts = int(min(MOST_GROUPS, weights.sum() // PEOPLE_PER_CUT))
    if parts < 2:
        return np.array([])
    cuts = np.unique(mean.quantiles(scores, weights, np.arange(1, parts) / parts))
    kept: Values = cuts[cuts < scores.max()]
    return kept


def joined(score: Values, people: Values, cuts: Values, least: int) -> Values:
    """Return the cut points left when neighbours are joined until every group has `least` people."""
    kept: list[float] = []
    below = float("-inf")
    for cut in cuts:
        if people[(score > below) & (score <= cut)].sum() >= least:
            kept.append(float(cut))
            below = float(cut)
    while kept and people[score > kept[-1]].sum() < least:
        kept.pop()
    return np.array(kept)


def labels(cuts: Values) -> list[str]:
    """Return the words for the groups between cut points: 'up to 3.8', 'above 3.8 to 4.2', 'above 4.2'."""
    said = [f"{cut:.4g}" for cut in cuts]
    if not said:
        return ["all scores"]
    middle = [f"above {low} to {high}" for low, high in pairwise(said)]
    return [f"up to {said[0]}", *middle, f"above {said[-1]}"]


def _score_table(request: Request, *, filtered: bool) -> pd.DataFrame:
    columns = {"early_score": early_columns(request.measure.constructs[0])["early_score"]}
    return request.ask("score_endings", named=columns, extra={"origin": request.origin}, filtered=filtered)


def _repeats(request: Request, cuts: Values) -> Repeats | None:
    """Return the episodes of people with several, by group of scores; None where each person counts once."""
    if not request.is_repeated:
        return None
    named = {"early_score": early_columns(request.measure.constructs[0])["early_score"]}
    extra = {"origin": request.origin}
    found = request.ask("repeated_scores", columns=("participant_id",), named=named, extra=extra)
    row = np.searchsorted(cuts, found["score"].to_numpy(dtype=float), side="left")
    return Repeats(row, *(found[name].to_numpy(dtype=np.intp) for name in ("person", "day", "cause")))


def _add_slope(rows: Rows, centre: Values, reading: Reading, size: Values, floor: Floor) -> None:
    """Add the slope in people per 100 per scale point; nothing with fewer than three groups known at the horizon.

    A group below the `floor` is withheld. The slope and the printed groups would give a single such group away, so the
    slope is withheld with it; the events of all together are withheld with any.
    """
    known = ~reading.too_early
    if int(known.sum()) < 3:
        return
    slope = association.linear_trend(centre[known], reading.value[known], reading.std_error[known], size[known])
    limits = {"estimate": 100 * slope.estimate, "lower": 100 * slope.lower, "upper": 100 * slope.upper}
    people, left = size[known], reading.events[known]
    stayed = people - left
    withheld = (people < floor.share_people) | (left < floor.share_events) | ((stayed > 0) & (stayed < floor.count))
    if int(withheld.sum()) == 1:
        rows.one(grouping="", stat="slope", status="hidden", reason=BELOW_THRESHOLD)
        return
    n, total = float(people.sum()), float(left.sum())
    events = float("nan") if withheld.any() and total >= floor.share_events else total
    rows.one(grouping="", stat="slope", n=n, events=events, status=mark(n), **limits)
