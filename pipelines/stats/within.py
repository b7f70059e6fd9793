"""Two scores of the same people on several days: do they move together within a person, or only differ between people?

The within question and the between question have different answers, of different size and even sign; one number for
both would mislead.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr, stdtr

from pipelines.stats.association import spearman
from pipelines.stats.clusters import rule
from pipelines.stats.limits import MISSING, FloatArray, Interval, Z
from pipelines.stats.risk_sets import Index, code

MOST_TURNS = 2_000


class Correlation(NamedTuple):
    """A correlation: estimate, 95 % limits, p, and how many people and ratings it rests on."""

    estimate: float
    lower: float
    upper: float
    p: float
    people: int
    ratings: int


def within_person(person: ArrayLike, x: ArrayLike, y: ArrayLike) -> Correlation:
    """Return the correlation of `x` and `y` around each person's own means: one slope for all, an intercept each.

    Ratings with a missing score are left out, and people with fewer than two. Missing with three ratings or fewer
    beyond one per person, or where a score never moves within a person.
    Source: Bland & Altman 1995; Bakdash & Marusich 2017 (repeated-measures correlation).
    """
    table = _known(person, x, y)
    table = table[table.groupby("person")["x"].transform("size") > 1]
    people, ratings = int(table["person"].nunique()), len(table)
    df = ratings - people - 1
    centred = table[["x", "y"]] - table.groupby("person")[["x", "y"]].transform("mean")
    products = centred.to_numpy().T @ centred.to_numpy()
    if df < 3 or products[0, 0] <= 0 or products[1, 1] <= 0:
        return Correlation(*(float("nan"),) * 4, people, ratings)
    r = float(products[0, 1] / np.sqrt(products[0, 0] * products[1, 1]))
    half = Z / np.sqrt(df - 1)
    t = r * np.sqrt(df / max(1 - r**2, 1e-300))
    p = 2 * float(stdtr(df, -abs(t)))
    centre = np.arctanh(np.clip(r, -1 + 1e-15, 1 - 1e-15))
    return Correlation(r, float(np.tanh(centre - half)), float(np.tanh(centre + half)), p, people, ratings)


def between_people(person: ArrayLike, x: ArrayLike, y: ArrayLike) -> Correlation:
    """Return the correlation of the people's own means of `x` and `y`, one pair per person; rank correlation.

    A person's ratings count together, however many there are. Source: Spearman 1904; limits Bonett & Wright 2000.
    """
    table = _known(person, x, y)
    # Rounded, so that equal means are ties in whatever order they were added up.
    means = table.groupby("person")[["x", "y"]].mean().round(7)
    found: Interval = spearman(means["x"], means["y"]) if len(means) > 3 else Interval(MISSING, MISSING, MISSING)
    r, people = float(found.estimate), len(means)
    error = np.sqrt((1 + r**2 / 2) / (people - 3)) if people > 3 else np.nan
    p = 2 * float(ndtr(-abs(np.arctanh(np.clip(r, -1 + 1e-15, 1 - 1e-15))) / error))
    return Correlation(r, float(found.lower), float(found.upper), p, people, len(table))


def split(person: ArrayLike, order: ArrayLike, score: ArrayLike) -> pd.DataFrame:
    """Return each rating's score split in two parts that know nothing of later ratings: one row per rating, in order.

    Columns: `person`, `order`, `score`; `between`, the mean of the person's scores up to and with this one; `within`,
    this score minus the mean of the scores before it (0 at the first). Ratings with a missing score are left out.
    Whoever stays longer has more ratings, so a mean over the whole stay would carry the length of the stay into the
    exposure. Source: Enders & Tofighi 2007, with past scores only.
    """
    table = pd.DataFrame(
        {"person": np.asarray(person), "order": np.asarray(order), "score": np.asarray(score, dtype=float)}
    ).dropna()
    table = table.sort_values(["person", "order"], kind="stable", ignore_index=True)
    people = table.groupby("person")["score"]
    so_far, number = people.cumsum(), people.cumcount() + 1
    table["between"] = so_far / number
    before = (so_far - table["score"]) / (number - 1).where(number > 1)
    table["within"] = (table["score"] - before).fillna(0.0)
    return table


def shift(
    person: ArrayLike, time: ArrayLike, exposed: ArrayLike, score: ArrayLike, cluster: ArrayLike
) -> tuple[Interval, int]:
    """Return how far scores of exposed ratings lie from the same person's others at the same time, and the clusters.

    One row per rating; `time` are labels of times that are alike. Everybody has a level of their own and every time
    one for all (two-way fixed effects). The limits hold people of one cluster together and follow `clusters.rule`: t
    with G-1 degrees of freedom, none below eight. Missing where no person's exposure changes beyond that of the time.
    Source: Arellano 1987; Cameron & Miller 2015.
    """
    groups = (code(person), code(time))
    x = _around(np.asarray(exposed, dtype=float), groups)
    y = _around(np.asarray(score, dtype=float), groups)
    member = code(cluster)
    clusters = int(member.max()) + 1
    information = float(x @ x)
    if information < 1e-9 * len(x):
        return Interval(MISSING, MISSING, MISSING), clusters
    slope = float(x @ y) / information
    allowed = rule(clusters)
    error = np.sqrt(allowed.factor * np.sum(np.bincount(member, weights=x * (y - slope * x)) ** 2)) / information
    half = allowed.quantile * error
    return Interval(np.float64(slope), slope - half, slope + half), clusters


def _around(values: FloatArray, groups: tuple[Index, ...]) -> FloatArray:
    """Return values less the levels of every group of labels, taken off by turns until nothing is left to take off."""
    left, size = values - values.mean(), float(np.std(values)) or 1.0
    for _ in range(MOST_TURNS):
        moved = 0.0
        for labels in groups:
            levels = np.bincount(labels, weights=left) / np.bincount(labels)
            left = left - levels[labels]
            moved = max(moved, float(np.max(np.abs(levels))))
        if moved < 1e-11 * size:
            break
    around: FloatArray = left
    return around


def _known(person: ArrayLike, x: ArrayLike, y: ArrayLike) -> pd.DataFrame:
    scores = {"x": np.asarray(x, dtype=float), "y": np.asarray(y, dtype=float)}
    return pd.DataFrame({"person": np.asarray(person), **scores}).dropna()
