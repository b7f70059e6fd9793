"""Referees: simulated people with a planted decomposition, draws instead of quadrature, identities."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from pipelines.stats.mediation import mediation

PLANTED = {"m": (0.2, 0.5, 0.3), "y": (-0.9, -0.2, -0.4, 0.1, 0.5)}


def people(n, seed, clusters=60, noise=0.0, through=PLANTED["m"][1], reach=PLANTED["y"][2]):
    """Simulated people of whom the models hold exactly, unless the mediator is measured with `noise`."""
    rng = np.random.default_rng(seed)
    c = rng.normal(size=(n, 1))
    e = 0.4 * c[:, 0] + rng.normal(size=n)
    m = PLANTED["m"][0] + through * e + PLANTED["m"][2] * c[:, 0] + 0.8 * rng.normal(size=n)
    b = PLANTED["y"]
    y = rng.random(n) < expit(b[0] + b[1] * e + reach * m + b[3] * e * m + b[4] * c[:, 0])
    return e, m + noise * rng.normal(size=n), y.astype(float), c, rng.integers(clusters, size=n)


def truth(n=400_000, through=PLANTED["m"][1], reach=PLANTED["y"][2]):
    """The planted parts, by drawing the later score of very many people under either level of the early one."""
    rng = np.random.default_rng(99)
    c = rng.normal(size=n)
    e = 0.4 * c + rng.normal(size=n)
    b, noise = PLANTED["y"], 0.8 * rng.normal(size=n)

    def later(level):
        return PLANTED["m"][0] + through * level + PLANTED["m"][2] * c + noise

    def share(level, m):
        return np.mean(expit(b[0] + b[1] * level + reach * m + b[3] * level * m + b[4] * c))

    low, mixed, high = share(e, later(e)), share(e + 1, later(e)), share(e + 1, later(e + 1))
    return high - low, mixed - low, high - mixed


def test_the_planted_decomposition_comes_back():
    found = mediation(*people(40_000, 3), unit=1.0, resamples=60)
    for part, planted in zip((found.total, found.direct, found.indirect), truth(), strict=True):
        error = (part.upper - part.lower) / (2 * 1.96)
        assert abs(part.estimate - planted) < 3.5 * error + 0.001
        assert error < 0.01
    assert found.total.estimate == pytest.approx(found.direct.estimate + found.indirect.estimate, abs=1e-12)
    assert found.failed == 0


def test_limits_cover_the_planted_parts_about_as_often_as_they_say():
    planted = truth()
    inside = np.zeros(3)
    for seed in range(40):
        found = mediation(*people(900, 100 + seed), unit=1.0, resamples=120)
        parts = (found.total, found.direct, found.indirect)
        inside += [part.lower <= value <= part.upper for part, value in zip(parts, planted, strict=True)]
    # 40 draws of a chance of .95: below 33 happens once in 600.
    assert (inside >= 33).all(), inside


def test_nothing_goes_through_a_later_score_that_does_not_move_with_the_early_one_or_does_not_matter():
    for settings in ({"through": 0.0}, {"reach": 0.0}):
        e, m, y, c, cluster = people(20_000, 5, **settings)
        found = mediation(e, m, y, c, cluster, unit=1.0, resamples=40)
        assert abs(found.indirect.estimate) < 0.02
    e, m, y, c, cluster = people(20_000, 5, through=0.0)
    found = mediation(e, m, y, c, cluster, unit=1.0, resamples=60)
    assert found.indirect.lower < 0.004
    assert found.indirect.upper > -0.004


def test_a_noisy_later_score_hides_part_of_the_indirect_part():
    sharp = mediation(*people(20_000, 6), unit=1.0, resamples=5)
    noisy = mediation(*people(20_000, 6, noise=1.0), unit=1.0, resamples=5)
    assert abs(noisy.indirect.estimate) < 0.8 * abs(sharp.indirect.estimate)


def test_the_same_seed_gives_the_same_limits_and_a_cluster_drawn_twice_counts_twice():
    data = people(600, 7)
    one, two = (mediation(*data, unit=0.5, resamples=30, seed=4) for _ in range(2))
    assert one == two
    assert mediation(*data, unit=0.5, resamples=30, seed=5).indirect != one.indirect
    # Everybody twice, under the same coach: the estimate stays, and the limits come from the same number of coaches.
    doubled = [np.concatenate([part, part]) for part in data]
    again = mediation(*doubled, unit=0.5, resamples=30, seed=4)
    assert again.total.estimate == pytest.approx(one.total.estimate, abs=2e-3)
    assert again.clusters == one.clusters


def test_what_cannot_be_fitted_or_is_missing_is_refused():
    e, m, y, c, cluster = people(300, 8)
    with pytest.raises(ValueError, match="every score"):
        mediation(np.where(np.arange(300) == 3, np.nan, e), m, y, c, cluster, unit=1.0)
    with pytest.raises(ValueError, match="cannot be fitted"):
        mediation(e, e, y, c, cluster, unit=1.0)


def test_the_units_of_the_scores_change_nothing():
    e, m, y, c, cluster = people(2_000, 9)
    one = mediation(e, m, y, c, cluster, unit=1.0, resamples=20)
    other = mediation(40 + 4 * e, 1000 * m - 7, y, c, cluster, unit=4.0, resamples=20)
    for part in ("total", "direct", "indirect"):
        assert getattr(other, part).estimate == pytest.approx(getattr(one, part).estimate, abs=1e-9)
        assert getattr(other, part).lower == pytest.approx(getattr(one, part).lower, abs=1e-9)
