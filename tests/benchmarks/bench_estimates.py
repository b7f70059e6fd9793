"""Curves and Cox models of very many people against libraries that give the same numbers, on the same rows.

Curves: ours counts the rows of a DuckDB table and works from the counts; lifelines, the fastest library that gives R's
numbers for all three, works from arrays that are in memory already. Cox: ours has cluster-robust errors; the other is
R's `coxph` without them where R is installed, else statsmodels without them.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from pipelines.stats import cox, logrank, survival
from pipelines.warehouse import memory_connection

PEOPLE = {"small": 1_000_000, "1m": 1_000_000, "10m": 10_000_000}
COX_PEOPLE = {"small": 200_000, "1m": 1_000_000, "10m": 1_000_000}
REPETITIONS = 3
AT_RISK = (0, 90, 180, 270, 360)
COUNT = """
    select
        level,
        day,
        cast(sum(cause) as integer) as n_event_1,
        cast(count(*) - sum(cause) as integer) as n_censored
    from people
    group by level, day
"""
WITH_R = """
library(survival)
arguments <- commandArgs(TRUE)
people <- read.csv(arguments[1])
started <- proc.time()[["elapsed"]]
fit <- coxph(Surv(day, event) ~ x1 + x2 + x3 + x4 + x5, people)
cat(proc.time()[["elapsed"]] - started, sprintf("%.10f", coef(fit)), "\\n")
"""


def people_of(count: int) -> pd.DataFrame:
    """Return made-up people: one of four levels, last day up to 365, whether they left or are still followed."""
    rng = np.random.default_rng(1)
    level = rng.integers(4, size=count)
    day = np.minimum(rng.geometric(0.004 + 0.001 * level), 365).astype(np.int32)
    cause = ((rng.random(count) < 0.7) & (day < 365)).astype(np.int8)
    return pd.DataFrame({"level": level.astype(np.int8), "day": day, "cause": cause})


def curves(people: int) -> dict[str, object]:
    """Return the line of curves, numbers at risk and log-rank test for four groups."""
    from lifelines import KaplanMeierFitter
    from lifelines.statistics import multivariate_logrank_test

    frame = people_of(people)
    con = memory_connection()
    con.register("given", frame)
    con.execute("create table people as select * from given")
    level, day, left = (frame[name].to_numpy() for name in ("level", "day", "cause"))

    def ours() -> tuple[float, float]:
        counts = con.execute(COUNT).df()
        curve = survival.kaplan_meier(counts, by=("level",))
        survival.at_risk(counts, AT_RISK, by=("level",))
        at = curve[curve["level"].eq(0) & curve["day"].le(180)]["survival"].iloc[-1]
        return float(at), logrank.log_rank(counts, "level").chi2

    def other() -> tuple[float, float]:
        at = 0.0
        for one in range(4):
            mine = level == one
            fitted = KaplanMeierFitter().fit(day[mine], left[mine])
            fitted.event_table.loc[list(AT_RISK), "at_risk"]
            at = float(fitted.predict(180)) if one == 0 else at
        return at, float(multivariate_logrank_test(day, level, left).test_statistic)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not np.allclose(ours(), other(), rtol=1e-8):
            raise AssertionError("the two sides find different curves")
        times = in_turn(ours, other)
    con.close()
    note = f"{people:,} people; curves, limits, numbers at risk and the test equal to lifelines'"
    return _line("curves, at risk and log-rank of four groups", times, note)


def cox_model(people: int) -> dict[str, object]:
    """Return the line of a Cox model with five covariates."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=(people, 5))
    time_to = rng.exponential(np.exp(-x @ np.array([0.3, -0.2, 0.1, 0.0, 0.2])) * 200)
    day = np.minimum(np.ceil(time_to), 365).astype(int)
    left = (time_to < 365).astype(int)
    coach = rng.integers(people // 40, size=people)
    found: list[np.ndarray] = []

    def ours() -> float:
        started = time.perf_counter()
        found.append(cox.fit(x, day, left, cluster=coach).coefficients)
        return time.perf_counter() - started

    name, other = _with_r(x, day, left, found) if shutil.which("Rscript") else _with_statsmodels(x, day, left, found)
    seconds = [(ours(), other()) for _ in range(REPETITIONS)]
    if not np.allclose(found[0], found[1], atol=1e-6):
        raise AssertionError("the two sides find different models")
    times = [1000 * median(side) for side in zip(*seconds, strict=True)]
    note = f"{people:,} people, five covariates; ours with cluster-robust errors, {name} without"
    return _line("Cox model", times, note)


def _with_r(
    x: np.ndarray, day: np.ndarray, left: np.ndarray, found: list[np.ndarray]
) -> tuple[str, Callable[[], float]]:
    folder = tempfile.TemporaryDirectory()
    table = pd.DataFrame(x, columns=[f"x{i}" for i in range(1, 6)]).assign(day=day, event=left)
    table.to_csv(Path(folder.name) / "people.csv", index=False)
    (Path(folder.name) / "cox.R").write_text(WITH_R)

    def other() -> float:
        command = ["Rscript", f"{folder.name}/cox.R", f"{folder.name}/people.csv"]
        seconds, *beta = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        found.append(np.array(beta, dtype=float))
        return float(seconds)

    return "R coxph", other


def _with_statsmodels(
    x: np.ndarray, day: np.ndarray, left: np.ndarray, found: list[np.ndarray]
) -> tuple[str, Callable[[], float]]:
    from statsmodels.duration.hazard_regression import PHReg

    def other() -> float:
        started = time.perf_counter()
        found.append(np.asarray(PHReg(day.astype(float), x, left, ties="efron").fit().params))
        return time.perf_counter() - started

    return "statsmodels", other


def in_turn(*sides: Callable[[], object]) -> list[float]:
    """Return the median time of each side in milliseconds; they take turns."""
    times: list[list[float]] = [[] for _ in sides]
    for _ in range(REPETITIONS):
        for place, side in enumerate(sides):
            started = time.perf_counter()
            side()
            times[place].append(1000 * (time.perf_counter() - started))
    return [median(each) for each in times]


def _line(name: str, times: list[float], note: str) -> dict[str, object]:
    ours, other = times
    return {"name": name, "ours": ours, "other": other, "ratio": other / ours, "unit": "ms", "note": note}


def run(size: str) -> list[dict[str, object]]:
    """Return one line for curves and one for a Cox model."""
    return [curves(PEOPLE[size]), cox_model(COX_PEOPLE[size])]
