"""Subtracting two means, one of them without a person, to read that person's score."""

from __future__ import annotations

import numpy as np

from pipelines.disclosure.derived import grain
from pipelines.disclosure.noise import draw, fingerprint_rows, mean_noise
from tests.attacks.result import Attack, Line, Result, results

LOW, HIGH = 1.0, 5.0
TRIALS = 200
LINES = (Line("correlation of the score read off with the true one", "exact means", 0.99, 0.25, "correlation"),)


def attack(n: int, seed: int) -> list[Result]:
    """Subtract the means of a group (an eighth of `n` people) with and without its last person, over many groups."""
    chance = np.random.default_rng(seed)
    size = max(30, n // 8)
    truth, naive, gate = [], [], []
    for _ in range(TRIALS):
        scores = np.clip(np.round(12 * chance.normal(4.2, 0.6, size)) / 12, LOW, HIGH)
        key = chance.bytes(32)
        truth.append(scores[-1])
        naive.append(size * scores.mean() - (size - 1) * scores[:-1].mean())
        gate.append(size * printed_mean(scores, key) - (size - 1) * printed_mean(scores[:-1], key))
    read = [abs(np.corrcoef(truth, found)[0, 1]) for found in (naive, gate)]
    return results(LINES, [(read[0], read[1])])


def printed_mean(scores: np.ndarray, key: bytes) -> float:
    """Print a mean as the release does, under the fingerprint of exactly these people."""
    rows = np.frombuffer(np.sort(scores).tobytes(), dtype=np.uint8).reshape(-1, 8)
    number = draw(key, fingerprint_rows(key, rows), "early_alliance", "cohort=2024-H1")
    step = grain(LOW, HIGH, 5 * round(len(scores) / 5))
    return round((scores.mean() + mean_noise(number, LOW, HIGH, len(scores))) / step) * step


ATTACK = Attack("Subtracting means to read one score", LINES, attack)
