"""What came before what: Cox rows whose score is always an earlier one, ratings after a missed session, pairs.

A score may go with leaving only through ratings that were there before the day in question; a model that lets a later
rating in would say that people who stayed had stayed.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.stats.within import split

_APART = 1_000_000.0
"""Days between two people on one line: more than any stay has."""


def intervals(ratings: pd.DataFrame, ends: pd.DataFrame, carry: float, origin: float = 0.0) -> pd.DataFrame:
    """Return one row per rating that counts on at least one day: the days it counts on, its parts, how they ended.

    `ratings` has `person` (a whole number), `day`, `score`, one rating per person and day; `ends` has `last` and `left`
    by person. A rating counts from the day after it to that of the next rating, for `carry` days at most, never beyond
    `last` and not before the day after `origin`. Columns: `person`, `rated`, the day of the rating, `entry` < `day`,
    `event` (left on `day`), `between` and `within` of `split`. Nothing in a row is of later ratings, but for the day
    on which it gives way to the next.
    Raises ValueError for two ratings of one person and day. Source: Andersen & Gill 1982; Therneau & Grambsch 2000.
    """
    table = _by_day(ratings)
    end = ends.loc[table["person"]]
    last = end["last"].to_numpy(dtype=float)
    rated = table["order"].to_numpy(dtype=float)
    following = table.groupby("person")["order"].shift(-1).fillna(np.inf).to_numpy(dtype=float)
    entry = np.maximum(rated, origin)
    day = np.minimum(np.minimum(following, rated + carry), last)
    made = pd.DataFrame({"person": table["person"], "rated": rated, "entry": entry, "day": day})
    made["event"] = end["left"].to_numpy(dtype=bool) & (day == last)
    made["between"], made["within"] = table["between"], table["within"]
    kept: pd.DataFrame = made[entry < day].reset_index(drop=True)
    return kept


def by_age(rows: pd.DataFrame, ages: Sequence[int]) -> pd.DataFrame:
    """Return rows of `intervals` cut where the rating is so many days old, with `age`, the number of the part from 0.

    `ages` (1, 7) makes three parts: the day after the rating, the days from 2 to 7 after it, later days. Ratings are
    given at contacts and whoever leaves does so on the day after the last one, so that a rating of the day before goes
    with leaving by the definition alone; a model compares only people whose ratings are of one age.
    """
    parts = []
    rated = rows["rated"].to_numpy(dtype=float)
    first, last = rows["entry"].to_numpy(dtype=float), rows["day"].to_numpy(dtype=float)
    for age, (above, to) in enumerate(itertools.pairwise([-np.inf, *ages, np.inf])):
        entry, day = np.maximum(first, rated + above), np.minimum(last, rated + to)
        part = rows.assign(entry=entry, day=day, event=rows["event"].to_numpy(dtype=bool) & (day == last), age=age)
        parts.append(part[entry < day])
    together: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return together


def since_former(ratings: pd.DataFrame, missed: pd.DataFrame) -> pd.DataFrame:
    """Return each rating but the first of a person with what lies between it and the one before.

    `ratings` as for `intervals`; `missed` has `person` and `day` of missed sessions. Columns: `person`, `day`,
    `since`, days from the former rating; `missed`, how many sessions were missed after its day and before this one;
    `score`. Raises ValueError as `intervals`.
    """
    table = _by_day(ratings)
    day = table["order"].to_numpy(dtype=float)
    former = table.groupby("person")["order"].shift(1).to_numpy(dtype=float)
    known = ~np.isnan(former)
    person, day, former = table["person"].to_numpy()[known], day[known], former[known]
    gone = missed.sort_values(["person", "day"], kind="stable")
    sessions = _line(gone["person"].to_numpy(), gone["day"].to_numpy(dtype=float))
    before = np.searchsorted(sessions, _line(person, day), side="left")
    upto = np.searchsorted(sessions, _line(person, former), side="right")
    found = {"person": person, "day": day, "since": day - former, "missed": before - upto}
    return pd.DataFrame({**found, "score": table["score"].to_numpy()[known]})


def nearest_pairs(first: pd.DataFrame, second: pd.DataFrame, most_days: float) -> pd.DataFrame:
    """Return ratings of two scores by one person at most `most_days` apart: `person`, `x` of `first`, `y` of `second`.

    Both have `person`, `day`, `score`, one rating per person and day. Each rating of `second` takes the nearest of
    `first`, the earlier of two as near; where two take the same, the nearer one keeps it, the earlier of two as near.
    """
    x, y = (table.sort_values(["person", "day"], kind="stable", ignore_index=True) for table in (first, second))
    places = _line(x["person"].to_numpy(), x["day"].to_numpy(dtype=float))
    wanted = _line(y["person"].to_numpy(), y["day"].to_numpy(dtype=float))
    after = np.searchsorted(places, wanted, side="right")
    edges = np.concatenate([[-np.inf], places, [np.inf]])
    back, ahead = wanted - edges[after], edges[after + 1] - wanted
    taken, gap = np.where(back <= ahead, after - 1, after), np.minimum(back, ahead)
    order = np.lexsort((np.arange(len(gap)), gap, taken))
    order = order[gap[order] <= most_days]
    kept = np.sort(order[np.diff(taken[order], prepend=-1) != 0])
    scores = {"x": x["score"].to_numpy()[taken[kept]], "y": y["score"].to_numpy()[kept]}
    return pd.DataFrame({"person": y["person"].to_numpy()[kept], **scores})


def _by_day(ratings: pd.DataFrame) -> pd.DataFrame:
    table = split(ratings["person"], ratings["day"], ratings["score"])
    if table.duplicated(["person", "order"]).any():
        raise ValueError("a person has two ratings of one day; average them first")
    return table


def _line(person: NDArray[np.generic], day: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the days of all people on one line, in order, those of two people further apart than any two days."""
    return person.astype(float) * _APART + day
