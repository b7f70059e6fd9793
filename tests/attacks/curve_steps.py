"""Reading single departures off the steps of a curve: an exact curve singles people out, a printed one never does."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from pipelines.disclosure.build import protect
from tests.attacks.lattice import attacked, key_of_seed, press, tested
from tests.attacks.result import Attack, Line, Result, results

LINES = (
    Line("departures that are the only one on their day in a site's curve", "exact curve", 0.03, 0.0),
    Line("steps with fewer than 11 departures behind them", "exact curve", 0.9, 0.0),
)


def attack(n: int, seed: int) -> list[Result]:
    """Read the curves of the sites day by day, exact and as printed."""
    made = attacked(n, seed).episodes
    gone = made[made["exit_cause"].isna() & made["first_attended_day"].notna()]
    together = Counter(zip(gone["site"], gone["last_contact_day"] - gone["first_attended_day"], strict=True))
    steps = np.array(list(together.values()))
    printed = printed_steps(n, seed)
    assert len(printed) > 5
    alone = (steps[steps == 1].sum() / len(gone), np.mean(printed == 1))
    return results(LINES, [alone, (np.mean(steps < 11), np.mean(printed < 11))])


def printed_steps(n: int, seed: int) -> np.ndarray:
    """Return the true departures behind every step that is drawn, of every curve of the release."""
    spec, truth, _ = tested(n, seed)
    lean = replace(spec, means=(), outcomes=())
    cells = protect(lean, truth, press(key_of_seed(seed), spec.parameters), outcome_variables=1)
    curves: dict[str, list[float]] = {}
    for cell in cells:
        if cell.table == "curves" and cell.values[1] is not None:
            curves.setdefault(cell.text, [0]).append(cell.true[1])
    return np.concatenate([np.diff(drawn) for drawn in curves.values()])


ATTACK = Attack("Steps of a survival curve", LINES, attack)
