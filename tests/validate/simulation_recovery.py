"""Do the product's estimators return what is known to be true: curves, incidences, ratios, the two paths of change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipelines.simulate import truth
from pipelines.simulate.model import Array
from pipelines.simulate.parameters import METHODS, uncensored
from pipelines.simulate.population import Detail, simulate
from pipelines.simulate.readme import measured
from pipelines.stats import counts, cox, incidence, mediation, survival
from pipelines.stats.steps import at_days
from tests.validate.simulated_programs import CENTRE, SEED, UNIT, Program, left_by, program
from tests.validate.simulation_results import Result, mean, near, replicated

PEOPLE = 100_000
KM_DAYS, INCIDENCE_DAYS = (30, 60, 90, 180, 364), (30, 90, 180, 364)
PRINTED_RATIOS = {"unadjusted": -0.325, "adjusted": -0.311}
"""Landmark log hazard ratio per .55 points, as the statistical design prints it from three million people."""
PRINTED_ERROR, HALF_A_DIGIT = 0.001, 0.0005
LAST_DAY = 364
"""Nobody is followed longer; truths of day 365 are those of this day."""
STORED_RUNS = 16
"""Programs of 100,000 people behind each stored truth and its standard error."""


def recovered(number: int) -> dict[str, float]:
    """Return what the estimators make of one program of 100,000 people with the design's settings."""
    made = simulate(PEOPLE, SEED * 100 + number, METHODS, detail=Detail(forms=False, contacts=False))
    rows = pd.DataFrame({"day": made.exits.exit_day, "cause": made.exits.cause})
    counted = counts.from_rows(rows, causes=5)
    curve = at_days(survival.kaplan_meier(counted), KM_DAYS)
    found = {f"km_{day}": float(share) for day, share in zip(KM_DAYS, curve["survival"], strict=True)}
    by_cause = at_days(incidence.aalen_johansen(counted, causes=(1, 2, 3, 4, 5)), INCIDENCE_DAYS, ["cause"])
    for cause, name in ((1, "left_early"), (2, "completed")):
        shares = by_cause.loc[by_cause["cause"] == cause, "incidence"]
        found |= {f"{name}_{day}": float(one) for day, one in zip(INCIDENCE_DAYS, shares, strict=True)}
    who, score = truth.early_alliance(made)
    people, exits = made.people.take(who), made.exits.take(who)
    columns = pd.DataFrame({"score": (score - CENTRE) / UNIT})
    day, left = exits.exit_day - truth.LANDMARK, exits.cause == 1
    traits = {"severity": people.severity, "housing": people.unstable_housing, "age": people.age}
    for name, design in (("unadjusted", columns), ("adjusted", columns.assign(**traits))):
        found[name] = float(cox.fit(design.astype(float), day, left, cluster=people.coach).coefficients[0])
    return found


def recovery(replicates: int = 8, workers: int = 1) -> list[Result]:
    """Return the known truths beside what comes back, each to be within three Monte-Carlo standard errors."""
    runs = replicated(recovered, replicates, workers)
    setting = f"{PEOPLE:,} people each"
    made = []
    for name, words in (
        ("km", "Still in, other exits aside"),
        ("left_early", "Left early"),
        ("completed", "Completed"),
    ):
        for day in KM_DAYS if name == "km" else INCIDENCE_DAYS:
            stored = measured()["methods", "latent", f"{name}_{365 if day == LAST_DAY else day}"]
            if stored.value:
                error = stored.std_error * np.sqrt(1 + STORED_RUNS / replicates)
                values = [run[f"{name}_{day}"] for run in runs]
                made.append(
                    near(f"{words}, day {day}: truth {stored.value:.4f}", setting, values, stored.value, 3 * error)
                )
    for name, printed in PRINTED_RATIOS.items():
        values = [run[name] for run in runs]
        error = np.hypot(np.std(values, ddof=1) / np.sqrt(replicates), PRINTED_ERROR)
        words = f"Log hazard ratio of the early score after day 30, {name}: truth {printed}"
        made.append(near(words, setting, values, printed, 3 * error + HALF_A_DIGIT))
    return made


@dataclass(frozen=True, slots=True)
class Path:
    """A path of change: the early and the later latent value, what is held equal, and the shifts that are its truth."""

    exposure: str
    mediator: str
    held: tuple[str, ...]
    score: Callable[[Program, np.random.Generator], Array]


def _alliance_rating(made: Program, rng: np.random.Generator) -> Array:
    """Return the rating everybody would give in the first week."""
    assert made.weeks is not None
    p, now = made.parameters, made.weeks.alliance[made.weeks.week == 1]
    rating = p.alliance_mean + p.alliance_loading * now + p.alliance_noise * rng.standard_normal(len(now))
    return np.clip(np.round(12 * rating), 12, 60) / 12


def _self_efficacy_total(made: Program, rng: np.random.Generator) -> Array:
    """Return the General Self-Efficacy total everybody would have in the first week."""
    assert made.weeks is not None
    p, now = made.parameters, made.weeks.self_efficacy[made.weeks.week == 1]
    return np.clip(np.round(p.gse_mean + p.gse_loading * now + p.gse_noise * rng.standard_normal(len(now))), 10, 40)


_TRAITS = ("severity", "age", "unstable_housing", "coach_left")
PATHS = (
    Path("empathy", "alliance", (*_TRAITS, "empowerment"), _alliance_rating),
    Path("empowerment", "self_efficacy", (*_TRAITS, "empathy", "alliance"), _self_efficacy_total),
)


def decomposed(number: int) -> dict[str, tuple[float, ...]]:
    """Return total, direct and indirect part of each path, from latent values and from a noisy later score.

    Everybody is followed to day 180. What people share with their coach that also bears on leaving is held equal, so
    that nothing confounds the paths but what the model has.
    """
    rng = np.random.default_rng([SEED, 20, number])
    made = program(PEOPLE, uncensored(replace(METHODS, weeks=26)), rng, keep_weeks=True)
    left = left_by(made, 180)
    found = {}
    for path in PATHS:
        held = np.column_stack([np.asarray(getattr(made.people, name), dtype=float) for name in path.held])
        exposure = getattr(made.people, path.exposure)
        seen = {"latent": getattr(made.people, path.mediator), "noisy": path.score(made, rng)}
        for kind, later in seen.items():
            parts = mediation.mediation(
                exposure, later, left, held / held.std(axis=0), made.people.coach, unit=1.0, resamples=0
            )
            estimates = (part.estimate for part in (parts.total, parts.direct, parts.indirect))
            found[f"{path.exposure} {kind}"] = tuple(estimates)
    return found


def decomposition(replicates: int = 12, workers: int = 1) -> list[Result]:
    """Return the planted parts beside those from latent values, and how much of the indirect part noise leaves."""
    runs = replicated(decomposed, replicates, workers)
    made = []
    for path in PATHS:
        setting = f"{PEOPLE:,} people each, latent {path.exposure} and {path.mediator.replace('_', '-')}, per SD"
        latent = np.array([run[f"{path.exposure} latent"] for run in runs])
        noisy = np.array([run[f"{path.exposure} noisy"] for run in runs])
        for place, (name, (true, error)) in enumerate(_planted(path.exposure).items()):
            own = float(np.std(latent[:, place], ddof=1) / np.sqrt(replicates))
            words = f"Left early by day 180, {name} difference with {path.exposure}: planted {true:.4f}"
            made.append(near(words, setting, latent[:, place].tolist(), true, 3 * float(np.hypot(own, error))))
        words = f"Indirect part of {path.exposure} with a noisy later score, as a share of the part with the latent one"
        setting = f"{PEOPLE:,} people each, score of the first week"
        made.append(mean(words, setting, (noisy[:, 2] / latent[:, 2]).tolist(), digits=2, upper=MOST_LEFT_BY_NOISE))
    return made


MOST_LEFT_BY_NOISE = 0.9
"""A later score with error must visibly hide some of the indirect part."""


def _planted(exposure: str) -> dict[str, tuple[float, float]]:
    """Return truth and standard error of the total, direct and indirect difference, from the `do` experiments.

    The indirect part is the total less the direct part, as the estimator has it: the later score is raised of people
    whose early one is raised already.
    """
    total, direct = (measured()["methods", "do", f"{name}.left_early_180"] for name in (exposure, f"{exposure}_direct"))
    return {
        "total": (total.value, total.std_error),
        "direct": (direct.value, direct.std_error),
        "indirect": (total.value - direct.value, float(np.hypot(total.std_error, direct.std_error))),
    }
