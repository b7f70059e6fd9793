"""Whether a score's ratio is the same in several groups of people, when people share coaches."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc

from pipelines.stats import cox
from pipelines.stats.clusters import FEWEST
from pipelines.stats.risk_sets import RiskSets, code, moments


class Joint(NamedTuple):
    """A test of several statements at once: Hotelling's statistic, how many statements, and the p-value."""

    statistic: float
    statements: int
    p: float


MISSING = Joint(float("nan"), 0, float("nan"))


def equal_ratios(
    score: ArrayLike, group: ArrayLike, day: ArrayLike, event: ArrayLike, stratum: ArrayLike, cluster: ArrayLike
) -> Joint:
    """Return the test that a Cox model's ratio for `score` is one and the same in every `group`; one entry per person.

    Every stratum of every group has its own baseline. A score test: with one ratio for all, each cluster pulls the
    ratios of the groups apart so far, and Hotelling's T squared over G clusters says whether the pulls add up to more
    than they scatter; with (G - q) / (q (G - 1)) it is F with q and G - q degrees of freedom, for q + 1 groups. A Wald
    test with sandwich errors finds differences far too often where a group, as a site, has few clusters. The p-value is
    missing with fewer than eight clusters or no more than statements, or where the model does not settle.
    Raises ValueError as `cox.fit`, and for fewer than two groups.
    Source: Boos 1992 on generalised score tests; Hotelling 1931; Guo et al. 2005 on few clusters.
    """
    place, own = code(group), np.asarray(score, dtype=float)
    groups = int(place.max()) + 1
    if groups < 2:
        raise ValueError("at least two groups are needed to ask whether their ratios are equal")
    baseline = code(stratum) * groups + place
    fit = cox.fit(own, day, event, stratum=baseline)
    if not fit.converged:
        return MISSING
    z = np.where(place[:, None] == np.arange(groups), own[:, None], 0.0)
    beta = np.full(groups, fit.coefficients[0])
    sets = RiskSets.of(day, event, 1.0, None, baseline)
    now = moments(sets, z, beta, "efron")
    if np.linalg.matrix_rank(now.information) < groups:
        return MISSING
    member = code(cluster)
    clusters, q = int(member.max()) + 1, groups - 1
    sums = np.stack([np.bincount(member, weights=column) for column in now.residuals(sets, z, beta).T], axis=1)
    pull = sums @ np.linalg.inv(now.information) @ np.column_stack([-np.ones(q), np.eye(q)]).T
    apart = pull - pull.mean(axis=0)
    scatter = clusters / (clusters - 1.0) * apart.T @ apart if clusters > 1 else np.zeros((q, q))
    if np.linalg.matrix_rank(scatter) < q:
        return Joint(float("nan"), q, float("nan"))
    total = pull.sum(axis=0)
    statistic = float(total @ np.linalg.solve(scatter, total))
    if clusters < FEWEST or clusters <= q:
        return Joint(statistic, q, float("nan"))
    return Joint(statistic, q, float(fdtrc(q, clusters - q, statistic * (clusters - q) / (q * (clusters - 1.0)))))
