"""Many comparisons at once: what Benjamini-Hochberg promises, and how many coaches chance puts outside the funnel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from scipy.stats import binom
from statsmodels.stats.multitest import multipletests

from pipelines.simulate.model import Array, Coaches, People
from pipelines.simulate.parameters import METHODS
from pipelines.stats import cox, funnel
from tests.validate.simulated_programs import (
    INDEPENDENT,
    SEED,
    followed_to,
    landmark,
    left_by,
    program,
)
from tests.validate.simulation_results import Result, mean, replicated, share

COACHES, PER_COACH, DAY = 30, 40, 90
FEWEST_PEOPLE = 11
"""People with complete follow-up that a coach needs to have a dot."""
PLANTED_COACHES = {0: 0.9, 1: 0.9, 2: 0.9, 3: -1.3, 4: -1.3, 5: -1.3}
"""Log hazard of leaving planted in six of thirty coaches; up and down so that everybody's share stays where it is."""
SUBGROUPS = 12
PLANTED_SUBGROUPS = {0: 0.45, 1: -0.45}
"""How much more the log hazard changes with alliance in two of the twelve subgroups."""
SHARED = 0.5
"""Correlation of the traits behind the subgroups that nothing was planted in: people are in several at once."""


@dataclass(frozen=True, slots=True)
class Family:
    """Comparisons shown together: which were called by q < .05, and in which something was planted."""

    called: Array
    planted: Array

    @property
    def any_false(self) -> bool:
        """Whether something was called where nothing is."""
        return bool((self.called & ~self.planted).any())

    @property
    def false_share(self) -> float:
        """Share of the calls in which nothing was planted; 0 without calls."""
        return float((self.called & ~self.planted).sum() / max(1, self.called.sum()))


def _called(p: Sequence[float] | Array) -> Array:
    return np.asarray(multipletests(p, 0.05, method="fdr_bh")[1] < 0.05)


def _coach_counts(number: int, stream: int, planted: dict[int, float], sd: float = 0.0) -> tuple[Array, Array]:
    """Return people and people who left early by day 90, by coach; all coaches differ by `sd`, some by a plant."""
    effect = sd * np.random.default_rng([SEED, stream, number, 1]).standard_normal(COACHES)
    effect[list(planted)] += list(planted.values())

    def plant(coaches: Coaches) -> Coaches:
        return replace(coaches, left=effect)

    settings = replace(followed_to(DAY, INDEPENDENT), people_per_coach=float(PER_COACH))
    made = program(COACHES * PER_COACH, settings, np.random.default_rng([SEED, stream, number]), plant=plant)
    size = np.bincount(made.people.coach, minlength=COACHES)
    left = np.bincount(made.people.coach, weights=left_by(made, DAY), minlength=COACHES)
    return size, left.astype(int)


def coach_family(number: int, *, stream: int, planted: dict[int, float]) -> Family:
    """Return thirty coaches, each held against everybody's share by an exact binomial test."""
    size, left = _coach_counts(number, stream, planted)
    kept = np.flatnonzero(size >= FEWEST_PEOPLE)
    everybody = float(left[kept].sum() / size[kept].sum())
    tail = np.minimum(binom.cdf(left[kept], size[kept], everybody), binom.sf(left[kept] - 1, size[kept], everybody))
    p = np.minimum(1.0, 2 * tail)
    return Family(_called(p), np.isin(kept, list(planted)))


def _traits(count: int, rng: np.random.Generator) -> Array:
    """Return who belongs to which subgroup: (people, subgroups). Those without a plant share a common part."""
    values = rng.standard_normal((count, SUBGROUPS))
    alike = [one for one in range(SUBGROUPS) if one not in PLANTED_SUBGROUPS]
    common = rng.standard_normal((count, 1))
    values[:, alike] = np.sqrt(SHARED) * common + np.sqrt(1 - SHARED) * values[:, alike]
    return values > 0


def subgroup_family(number: int, *, stream: int, planted: dict[int, float]) -> Family:
    """Return twelve tests of whether the ratio of the early score differs in a subgroup, clustered by coach."""
    rng = np.random.default_rng([SEED, stream, number])
    traits = _traits(2000, rng)

    def change(people: People) -> People:
        more = sum((size * traits[:, one] * people.alliance for one, size in planted.items()), np.zeros(2000))
        return replace(people, coach_left=people.coach_left + more)

    known = landmark(program(2000, METHODS, rng, change=change, keep_weeks=True), rng)
    p = []
    for one in range(SUBGROUPS):
        member = traits[known.who, one].astype(float)
        columns = pd.DataFrame({"product": known.score * member, "score": known.score, "member": member})
        p.append(float(cox.fit(columns, known.day, known.left, cluster=known.coach).table()["p"].iloc[0]))
    return Family(_called(p), np.isin(np.arange(SUBGROUPS), list(planted)))


def benjamini_hochberg(replicates: int = 1000, workers: int = 1) -> list[Result]:
    """Return false alarms where nothing is, and the share of false calls where something was planted.

    The subgroups take half the replicates: each has twelve models. The line is 5 and two Monte-Carlo errors.
    """
    made = []
    for stream, name, family, planted, times in (
        (30, f"{COACHES} coaches of about {PER_COACH} people", coach_family, PLANTED_COACHES, replicates),
        (32, f"{SUBGROUPS} subgroups of 2,000 people", subgroup_family, PLANTED_SUBGROUPS, replicates // 2),
    ):
        most = 5 + 2 * 100 * math.sqrt(0.05 * 0.95 / times)
        nothing = replicated(partial(family, stream=stream, planted={}), times, workers)
        some = replicated(partial(family, stream=stream + 1, planted=planted), times, workers)
        words = "Benjamini-Hochberg calls anything (q < .05) where there is nothing"
        made.append(share(words, name, [one.any_false for one in nothing], upper=most))
        setting = f"{name}, something planted in {len(planted)}"
        false = [100 * one.false_share for one in some]
        made.append(mean("Share of its calls in which nothing was planted", setting, false, upper=most))
        found = [100 * float(one.called[one.planted].mean()) for one in some]
        made.append(mean("Share of what was planted that it calls", setting, found))
    return made


@dataclass(frozen=True, slots=True)
class Outside:
    """Coaches judged by the funnel: one array entry per coach and limit, and what is said of all of them."""

    below: dict[str, Array]
    above: dict[str, Array]
    is_more_than_chance: bool


def outside(number: int, *, stream: int, sd: float = 0.0) -> Outside:
    """Return which coaches of one program lie outside the limits, and whether they are said to differ beyond chance."""
    size, left = _coach_counts(number, stream, {}, sd)
    kept = size >= FEWEST_PEOPLE
    size, stayed = size[kept].astype(float), (size - left)[kept].astype(float)
    everybody = float(stayed.sum() / size.sum())
    below, above = {}, {}
    for inside, (low, high) in funnel.TAILS.items():
        below[inside] = stayed / size < funnel.exact_limit(size, everybody, low)
        above[inside] = stayed / size > funnel.exact_limit(size, everybody, high)
    return Outside(below, above, funnel.spread(stayed, size, everybody).is_more_than_chance)


def funnel_limits(replicates: int = 1000, workers: int = 1) -> list[Result]:
    """Return how many coaches lie outside the limits of chance where nothing but chance is at work."""
    found = replicated(partial(outside, stream=34), replicates, workers)
    setting = f"{COACHES} coaches of about {PER_COACH} people who do not differ"
    made = []
    for inside, lines, digits in (("95", (4.0, 6.0), 1), ("99.8", (0.1, 0.4), 2)):
        below, above = (np.concatenate([getattr(one, side)[inside] for one in found]) for side in ("below", "above"))
        for words, marks, (low, high) in (
            ("", below | above, lines),
            (", above it", above, (None, None)),
            (", below it", below, (None, None)),
        ):
            question = f"Share of coaches outside the {inside} % range of chance{words}"
            made.append(replace(share(question, setting, marks.tolist(), low, high), digits=digits))
    sd = METHODS.left_coach_sd
    differing = replicated(partial(outside, stream=35, sd=sd), replicates, workers)
    words = "The funnel says that coaches differ beyond chance"
    made.append(share(words, setting, [one.is_more_than_chance for one in found], upper=5))
    setting = f"{COACHES} coaches of about {PER_COACH} people who differ as by default (SD {sd:.2f} in leaving)"
    made.append(share(words, setting, [one.is_more_than_chance for one in differing]))
    return [replace(one, replicates=replicates) for one in made]
