"""Arithmetic on printed numbers alone: shares, their ranges, differences, life tables, a test and a line.

Anybody who holds the release can repeat every step. A printed count differs from the true one by known noise and
rounding of variance V; ranges add that to sampling. Sources: Greenwood 1926 for the life table, the two-part variance
of a printed share as in the project's disclosure design, section 5.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

Z = 1.959963984540054


class Share(NamedTuple):
    """A share of printed people: whole percentage and exact ratio, error, range, and the two printed numbers behind it.

    The range lies around the exact ratio: around the whole percentage that of very many people would miss the truth.
    """

    estimate: float
    exact: float
    std_error: float
    lower: float
    upper: float
    n: int
    k: int


class Point(NamedTuple):
    """A drawn point of a life table: day, still followed, share who stayed with its error, left early so far."""

    day: int
    at_risk: float
    share: float
    std_error: float
    events: int


@dataclass(frozen=True, slots=True)
class Table:
    """Printed people of a group and, by drawn day, printed left early and censored so far."""

    people: int
    days: tuple[int, ...]
    events: tuple[int, ...]
    censored: tuple[int, ...]


def share(k: int, n: int, variance: float, members: int = 1) -> Share:
    """Return k of n as a whole percentage; `members` printed cells were added up on either side.

    The standard error joins sampling, noise and rounding of the counts: q(1-q)/n + V(1+q^2)/n^2.
    """
    q = k / n
    error = math.sqrt(max(q * (1 - q), 0.0) / n + members * variance * (1 + q * q) / n**2)
    return _share(q, error, n, k)


def remaining(part: Share) -> Share:
    """Return the share of those without the outcome; `k` stays the printed number of people with it."""
    estimate, exact = round(1 - part.estimate, 2), 1 - part.exact
    lower, upper = round(1 - part.upper, 3), round(1 - part.lower, 3)
    return Share(estimate, exact, part.std_error, lower, upper, part.n, part.k)


def share_of_parts(parts: Sequence[int], chosen: Sequence[int], variance: float) -> Share:
    """Return the share of the `chosen` places among printed `parts` that together are everybody."""
    n, k = sum(parts), sum(parts[place] for place in chosen)
    q = k / n
    noise = variance * (len(chosen) * (1 - q) ** 2 + (len(parts) - len(chosen)) * q * q) / n**2
    return _share(q, math.sqrt(q * (1 - q) / n + noise), n, k)


def _share(q: float, error: float, n: int, k: int) -> Share:
    """Return the ratio q of two printed numbers as a share with its range."""
    estimate = round(q, 2)
    lower, upper = _around(estimate, max(0.0, q - Z * error), min(1.0, q + Z * error))
    return Share(estimate, q, error, lower, upper, n, k)


def _around(estimate: float, lower: float, upper: float) -> tuple[float, float]:
    """Return a range to three digits, rounded outwards, with the rounded estimate in it."""
    low, high = math.floor(1000 * lower + 1e-6) / 1000, math.ceil(1000 * upper - 1e-6) / 1000
    return min(low, estimate), max(high, estimate)


class Reading(NamedTuple):
    """One side of a difference: the estimate as printed, as exact as it is known, and its standard error."""

    estimate: float
    exact: float
    std_error: float


def difference(a: Reading, b: Reading) -> tuple[float, float, float]:
    """Return the first printed estimate minus the second, and the range around the exact difference."""
    gap, exact, error = a.estimate - b.estimate, a.exact - b.exact, math.hypot(a.std_error, b.std_error)
    return round(gap, 4), *_around(round(gap, 4), exact - Z * error, exact + Z * error)


def life_table(table: Table, variance: float) -> list[Point]:
    """Return the drawn points of a printed life table, day 0 first: at risk, share who stayed, its standard error.

    At risk in an interval are the people less those who left or were censored before, and half of those censored in it.
    """
    points = [Point(0, table.people, 1.0, 0.0, 0)]
    share_left, greenwood, events, censored = 1.0, 0.0, 0, 0
    for day, left, out in zip(table.days, table.events, table.censored, strict=True):
        at_risk = table.people - events - censored - (out - censored) / 2
        new = left - events
        share_left *= 1 - new / at_risk
        greenwood += new / (at_risk * max(at_risk - new, 1e-9))
        noise = variance * (1 + (1 - share_left) ** 2) / table.people**2
        error = math.sqrt(share_left**2 * greenwood + noise)
        points.append(Point(day, float(table.people - left - out), round(share_left, 3), error, left))
        events, censored = left, out
    return points


def curve_range(point: Point) -> tuple[float, float]:
    """Return the 95 % range of a point, clipped to 0 and 1; no range at day 0."""
    if point.day == 0:
        return 1.0, 1.0
    margin = Z * point.std_error
    return _around(point.share, max(0.0, point.share - margin), min(1.0, point.share + margin))


def log_rank(tables: Sequence[Table], variance: float) -> float | None:
    """Return the p value of the log-rank test over printed life tables, on the days drawn for all of them.

    Noise of the printed events widens the test's variance. None with fewer than two groups or no common day.
    """
    common = sorted(set.intersection(*(set(table.days) for table in tables))) if len(tables) > 1 else []
    if not common:
        return None
    observed_less_expected, spread = np.zeros(len(tables)), np.zeros((len(tables), len(tables)))
    before = [(0, 0)] * len(tables)
    for day in common:
        now = [_at(table, day) for table in tables]
        events = np.array([n[0] - b[0] for n, b in zip(now, before, strict=True)], dtype=float)
        risk = np.array(
            [t.people - b[0] - b[1] - (n[1] - b[1]) / 2 for t, n, b in zip(tables, now, before, strict=True)]
        )
        total, all_events = risk.sum(), events.sum()
        expected = risk / total
        observed_less_expected += events - all_events * expected
        factor = all_events * (total - all_events) / (total - 1)
        spread += factor * (np.diag(expected) - np.outer(expected, expected))
        before = now
    spread += variance * (np.eye(len(tables)) - 1 / len(tables))
    z, kept = observed_less_expected[:-1], spread[:-1, :-1]
    return chi_square_tail(float(z @ np.linalg.solve(kept, z)), len(tables) - 1)


def _at(table: Table, day: int) -> tuple[int, int]:
    """Return printed left early and censored by a drawn day."""
    place = table.days.index(day)
    return table.events[place], table.censored[place]


def chi_square_tail(value: float, df: int) -> float:
    """Return the probability that a chi-square of `df` degrees of freedom exceeds `value` (closed form by parity)."""
    half = max(value, 0.0) / 2
    if df % 2 == 0:
        return math.exp(-half) * sum(half**i / math.factorial(i) for i in range(df // 2))
    rest = (float(half ** (i + 0.5)) / math.gamma(i + 1.5) for i in range((df - 1) // 2))
    return math.erfc(math.sqrt(half)) + math.exp(-half) * sum(rest)


def grain(low: float, high: float, printed_people: int) -> float:
    """Return the 1-2-5 step to which a mean is rounded: the next one from two ranges per printed person up."""
    least = 2 * (high - low) / printed_people
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= least * (1 - 1e-12))


def mean_error(
    people: int,
    low: float,
    high: float,
    grain: float,
    bands: Mapping[str, tuple[int, float]],
    cuts: tuple[float, float],
) -> float:
    """Return the standard error of a printed mean: spread of the score, noise of the mean and its rounding.

    The spread comes from printed people and printed mean of each band, taking scores as even within a band; without
    them it is that of scores even over the whole scale, which is more than any real spread.
    """
    spread = (high - low) ** 2 / 12
    widths = {"lower": cuts[0] - low, "middle": cuts[1] - cuts[0], "higher": high - cuts[1]}
    total = sum(n for n, _ in bands.values())
    if set(bands) == set(widths) and total:
        centre = sum(n * value for n, value in bands.values()) / total
        parts = (n * ((value - centre) ** 2 + widths[band] ** 2 / 12) for band, (n, value) in bands.items())
        spread = min(spread, sum(parts) / total)
    return math.sqrt(spread / people + 3 * (high - low) ** 2 / people**2 + grain**2 / 12)
