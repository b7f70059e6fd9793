"""Measure the truths of the simulator by replication and write them beside it, with their Monte-Carlo error.

`python -m tests.validate.measure_truth` rewrites pipelines/simulate/truths.csv; it takes some minutes.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from pipelines.simulate import model, tables, truth
from pipelines.simulate.parameters import METHODS, SAMPLE, Parameters, Shift, uncensored
from pipelines.simulate.population import Detail, simulate

TRUTHS = Path(__file__).resolve().parents[2] / "pipelines" / "simulate" / "truths.csv"
FIRST_SEED = 910_000
SHIFTS: Mapping[str, Shift] = {
    "baseline": Shift(),
    "alliance": Shift(alliance=1),
    "self_efficacy": Shift(self_efficacy=1),
    "empathy": Shift(empathy_via_alliance=1, empathy_direct=1),
    "empathy_via_alliance": Shift(empathy_via_alliance=1),
    "empathy_direct": Shift(empathy_direct=1),
    "empowerment": Shift(empowerment_via_self_efficacy=1, empowerment_direct=1),
    "empowerment_via_self_efficacy": Shift(empowerment_via_self_efficacy=1),
    "empowerment_direct": Shift(empowerment_direct=1),
}
"""`do` experiments: one standard deviation more of each, by path."""


def experiment(people: int, seed: int, shift: Shift, parameters: Parameters = METHODS) -> dict[str, float]:
    """Return what happens to `people` under `shift` without censoring; one seed gives all shifts the same chance."""
    settings = uncensored(parameters, shift)
    first, second, third = (np.random.default_rng(one) for one in np.random.SeedSequence(seed).spawn(3))
    coaches = model.draw_coaches(people, settings, first)
    exits, _ = model.run_weeks(
        model.draw_people(people, coaches, settings, second), settings, third, paired=True, keep_weeks=False
    )
    left, day = exits.cause == 1, exits.exit_day
    stay = np.minimum(np.where(exits.cause > 0, exits.exit_time, np.inf), 180)
    return {
        "left_early_90": float((left & (day <= 90)).mean()),
        "left_early_180": float((left & (day <= 180)).mean()),
        "mean_days_180": float(stay.mean()),
        "completed_364": float(((exits.cause == 2) & (day <= 364)).mean()),
    }


def contrasts(people: int, seed: int) -> dict[str, float]:
    """Return the baseline and each shift's difference from it, by "shift.outcome"."""
    base = experiment(people, seed, SHIFTS["baseline"])
    found = {f"baseline.{name}": value for name, value in base.items()}
    for shift_name, shift in SHIFTS.items():
        if shift_name != "baseline":
            under = experiment(people, seed, shift)
            found |= {f"{shift_name}.{name}": under[name] - base[name] for name in base}
    return found


def sample_truths(people: int, seed: int) -> dict[str, dict[str, float]]:
    """Return latent and recorded truths of one large program under the sample's settings."""
    program = simulate(people, seed, SAMPLE)
    return {
        "latent": truth.latent_truth(program),
        "records": truth.record_truth(program, tables.compact(program)),
    }


def _summary(runs: list[dict[str, float]]) -> Iterator[tuple[str, float, float]]:
    for name in runs[0]:
        values = np.array([one[name] for one in runs])
        yield name, float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def measure(people: int = 100_000, replicates: int = 16) -> list[tuple[str, str, str, float, float]]:
    """Return (settings, kind, name, value, standard error) of every truth over independent programs."""
    rows: list[tuple[str, str, str, float, float]] = []
    seeds = [FIRST_SEED + k for k in range(replicates)]
    methods = [truth.latent_truth(simulate(people, seed, METHODS, detail=Detail(False, False))) for seed in seeds]
    rows += [("methods", "latent", *one) for one in _summary(methods)]
    runs = [sample_truths(people, seed) for seed in seeds]
    for kind in ("latent", "records"):
        rows += [("sample", kind, *one) for one in _summary([run[kind] for run in runs])]
    no_coach = replace(METHODS, left_coach_sd=0.0)
    alone = [
        {"km_90": truth.latent_truth(simulate(people, seed, no_coach, detail=Detail(False, False)))["km_90"]}
        for seed in seeds
    ]
    rows += [("no_coach_differences", "latent", *one) for one in _summary(alone)]
    rows += [("methods", "do", *one) for one in _summary([contrasts(people, seed) for seed in seeds])]
    return rows


def write(rows: list[tuple[str, str, str, float, float]]) -> None:
    """Write the truths but for counts, which depend on the number of people."""
    with TRUTHS.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["settings", "kind", "name", "value", "std_error"])
        for settings, kind, name, value, error in rows:
            if not truth.is_count(name):
                out.writerow([settings, kind, name, f"{value:.6g}", f"{error:.2g}"])


if __name__ == "__main__":
    write(measure())
