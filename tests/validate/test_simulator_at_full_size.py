"""The simulator at full size: its measured truths hold for other seeds, and the whole pipeline returns them.

Run with `make validate`. Referees: the statistical design's printed numbers and independent replications.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from statsmodels.duration.hazard_regression import PHReg

from pipelines.estimate import LiveReader
from pipelines.load import load
from pipelines.questions import Question, Settings
from pipelines.sample import write_sample
from pipelines.simulate import truth
from pipelines.simulate.parameters import FAITHFUL, FOLLOWED, METHODS
from pipelines.simulate.population import Detail, simulate
from pipelines.simulate.readme import measured
from tests.validate import measure_truth

pytestmark = pytest.mark.validate
OTHER_SEEDS = range(1, 7)


def assert_same(runs: list[dict[str, float]], settings: str, kind: str) -> None:
    """Every truth measured here agrees with the stored one within 4 joint standard errors."""
    for name in runs[0]:
        if truth.is_count(name):
            continue
        values = np.array([run[name] for run in runs])
        stored = measured()[settings, kind, name]
        error = np.hypot(stored.std_error, stored.std_error * np.sqrt(16 / len(runs)))
        assert values.mean() == pytest.approx(stored.value, abs=4 * error + 1e-6), name


def test_stored_truths_hold_for_other_seeds() -> None:
    runs = [measure_truth.sample_truths(100_000, seed) for seed in OTHER_SEEDS]
    assert_same([run["records"] for run in runs], "sample", "records")
    assert_same([run["latent"] for run in runs], "sample", "latent")


def test_stored_experiments_hold_for_other_seeds() -> None:
    assert_same([measure_truth.contrasts(100_000, seed) for seed in OTHER_SEEDS], "methods", "do")


def test_landmark_log_hazard_ratios_of_a_million_people_are_the_printed_ones() -> None:
    alone, adjusted = [], []
    for seed in range(10):
        program = simulate(100_000, seed, METHODS, detail=Detail(forms=False, contacts=False))
        who, mean = truth.early_alliance(program)
        people, exits = program.people.take(who), program.exits.take(who)
        score, days, left = (mean - 4.17) / 0.55, exits.exit_day.astype(float), (exits.cause == 1).astype(int)
        adjusters = np.column_stack([score, people.severity, people.unstable_housing, people.age])
        alone.append(PHReg(days, score[:, None], status=left, ties="breslow").fit(disp=0).params[0])
        adjusted.append(PHReg(days, adjusters, status=left, ties="breslow").fit(disp=0).params[0])
    for found, printed in ((alone, -0.325), (adjusted, -0.311)):
        error = np.hypot(np.std(found, ddof=1) / np.sqrt(len(found)), 0.001)
        assert np.mean(found) == pytest.approx(printed, abs=3 * error + 0.0005)


def test_the_whole_pipeline_returns_the_models_curve_from_records_without_gaps(tmp_path: Path) -> None:
    people = 100_000
    write_sample(tmp_path / "records", people, 11, "parquet", parameters=FOLLOWED, practice=FAITHFUL)
    load(tmp_path / "records", tmp_path / "home")
    reader = LiveReader(tmp_path / "home")
    question = Question("staying_curve_censoring_other_exits", settings=Settings(clock="enrolment"))
    curve = reader.ask(question)
    steps = curve[curve["stat"] == "share"].sort_values("x")
    for day in (30, 60, 90, 180):
        stored = measured()["methods", "latent", f"km_{day}"]
        found = float(steps.loc[steps["x"] <= day, "estimate"].iloc[-1])
        assert found == pytest.approx(stored.value, abs=3 * stored.std_error * np.sqrt(1 + 16))


def test_a_million_people_with_sessions_are_written_and_the_time_is_printed(tmp_path: Path) -> None:
    wall, processor = time.perf_counter(), time.process_time()
    written = write_sample(tmp_path, 1_000_000, 1, "parquet")
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    sessions = len(written.program.visits.day)
    print(f"1,000,000 people, {sessions:,} sessions: {wall:.0f} s, {processor:.0f} s of processor time")
    assert len(written.program.people.start) == 1_000_000
    assert sessions > 15_000_000
