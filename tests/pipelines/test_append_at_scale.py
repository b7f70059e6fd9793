"""The sample in three batches and a late one. Referees: the sample in one load, and the release before the late one."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipelines import schema, warehouse
from pipelines.load import load
from pipelines.release import build_release
from tests.pipelines.planted import SAMPLE
from tests.pipelines.release_world import printed

Rows = dict[str, list[dict[str, str]]]
DATE = {
    "episodes": "enrolled_date",
    "discharges": "exit_date",
    "coach_assignments": "start_date",
    "assessments": "date",
    "engagement_events": "date",
}
STEPS = ("2024-12-31", "2025-09-30", "9999")


def sample() -> Rows:
    rows: Rows = {}
    for path in SAMPLE.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            rows[path.stem] = list(csv.DictReader(file))
    return rows


def write(folder: Path, rows: Rows) -> Path:
    folder.mkdir(parents=True)
    for name, some in rows.items():
        if some:
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, [str(column.incoming) for column in schema.table(name).incoming])
                writer.writeheader()
                writer.writerows(some)
    return folder


def when(name: str, row: dict[str, str], forms: dict[str, str]) -> str:
    if name == "sessions":
        return row["occurred_date"] or row["scheduled_date"]
    if name == "assessment_items":
        return forms.get(row["assessment_id"], "")
    return row.get(DATE.get(name, ""), "")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample in order, without rows that are kept out, loaded at once (`together`) and batch by batch (`home`)."""
    folder = tmp_path_factory.mktemp("append")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RECOVERY_OUTCOMES_KEY", str(folder / "secret" / "key"))
        rows = sample()
        load(write(folder / "all", rows), folder / "together")
        kept_out = warehouse.open_records(folder / "together").rows("select table_name, row_no from quarantine")
        for name, row_no in sorted(kept_out, key=lambda each: -int(str(each[1]))):
            if int(str(row_no)) - 2 < len(rows[str(name)]):
                del rows[str(name)][int(str(row_no)) - 2]
        load(write(folder / "in-order", rows), folder / "together")
        forms = {row["assessment_id"]: row["date"] for row in rows["assessments"]}
        earliest = ""
        for number, latest in enumerate(STEPS):
            batch = {
                name: [
                    row
                    for row in some
                    if earliest < when(name, row, forms) <= latest
                    or (not number and name not in (*DATE, "sessions", "assessment_items"))
                ]
                for name, some in rows.items()
            }
            for row in batch["episodes"]:
                row["extract_date"] = min(latest, row["extract_date"])
            if latest == STEPS[-1]:  # the last export brings every episode, as most systems do
                batch["episodes"] = [row | {"extract_date": "2026-06-30"} for row in rows["episodes"]]
            load(write(folder / f"batch-{number}", batch), folder / "home", append=True)
            earliest = latest
    return folder


def test_the_sample_in_batches_is_the_sample(folder: Path) -> None:
    added, together = (warehouse.open_records(folder / name) for name in ("home", "together"))
    assert together.rows("select count(*) from quarantine") == [(0,)]
    names = [str(name) for (name,) in together.rows("select table_name from duckdb_tables() order by all")]
    for name in names:
        if name in ("import_log", "dataset", "quality_checks"):
            continue
        query = f"select count(*), bit_xor(hash(each)), sum(hash(each)::hugeint % 1000003) from {name} as each"
        assert added.rows(query) == together.rows(query), name
    assert len(names) > 18
    added.close()
    together.close()


def test_late_data_never_rewrites_what_was_released(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(folder / "secret" / "key"))
    build_release(folder / "home")
    before = {key: tuple(value) for key, value in printed(folder / "home").items()}
    exited = {row["episode_id"] for row in sample()["discharges"]}
    started = [row for row in sample()["episodes"] if row["enrolled_date"] < "2024-07-01"]
    late = [row["episode_id"] for row in started if row["episode_id"] not in exited][:40]
    rows = [
        {"episode_id": one, "exit_date": "2024-07-15", "exit_type": "completed", "planned": "true", "source_code": "01"}
        | {"derived_by": "recorded"}
        for one in late
    ]
    summary = load(write(folder / "late", {"discharges": rows}), folder / "home", append=True)
    assert summary.rows_stored == len(late) > 10
    build_release(folder / "home")
    after = {key: tuple(value) for key, value in printed(folder / "home").items()}
    assert before.items() <= after.items()
    assert len(before) > 500
