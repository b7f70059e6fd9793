"""Subtracting means to read one person's score, and reading single departures off the steps of a curve."""

from collections import Counter
from pathlib import Path

import numpy as np

from pipelines.disclosure.build import protect
from pipelines.disclosure.derived import grain
from pipelines.disclosure.ledger import Ledger
from pipelines.disclosure.noise import draw, fingerprint_rows, mean_noise
from pipelines.disclosure.press import Press
from tests.pipelines.release_world import KEY, settled, world

LOW, HIGH = 1.0, 5.0


def printed_mean(scores, key):
    """Print a mean as the release does, under the fingerprint of exactly these people."""
    rows = np.frombuffer(np.sort(scores).tobytes(), dtype=np.uint8).reshape(-1, 8)
    number = draw(key, fingerprint_rows(key, rows), "early_alliance", "cohort=2024-H1")
    step = grain(LOW, HIGH, 5 * round(len(scores) / 5))
    return round((scores.mean() + mean_noise(number, LOW, HIGH, len(scores))) / step) * step


def test_one_persons_score_is_read_off_exact_means_and_not_off_printed_ones():
    chance = np.random.default_rng(3)
    truth, naive, gate = [], [], []
    for _ in range(200):
        scores = np.clip(np.round(12 * chance.normal(4.2, 0.6, 120)) / 12, LOW, HIGH)
        key = bytes(chance.integers(0, 256, 32, dtype=np.uint8))
        truth.append(scores[-1])
        naive.append(120 * scores.mean() - 119 * scores[:-1].mean())
        gate.append(120 * printed_mean(scores, key) - 119 * printed_mean(scores[:-1], key))
    assert np.corrcoef(truth, naive)[0, 1] > 0.999
    assert abs(np.corrcoef(truth, gate)[0, 1]) < 0.2


def test_an_exact_curve_singles_people_out_and_a_printed_one_never_does():
    spec, truth = settled(world(1_000, 6))
    made = world(1_000, 6).episodes
    gone = made[made["exit_cause"].isna() & made["first_attended_day"].notna()]
    alone = Counter(zip(gone["site"], gone["last_contact_day"] - gone["first_attended_day"], strict=True))
    assert sum(n for n in alone.values() if n == 1) / len(gone) > 0.3
    cells = protect(spec, truth, Press(KEY, spec.parameters, Ledger(Path("none"))), outcome_variables=2)
    drawn = [c for c in cells if c.table == "curves" and "site" in c.categories and c.values[1] is not None]
    assert len(drawn) > 10
    for site in spec.dimension("site").categories:
        steps = [0, *(c.true[1] for c in drawn if c.categories["site"] == site)]
        assert min(np.diff(steps)) >= 11
