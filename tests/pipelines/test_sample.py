"""The demonstration records: rebuilt byte for byte, broken only where planted, and answered truly by the live reader.

Referees: the files themselves, the list of planted rows, and a second implementation of the outcome rules on the
simulated people (`pipelines.simulate.truth`), which shares no code with the load, the marts or the estimators.
"""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from pipelines import schema, warehouse
from pipelines.estimate import LiveReader
from pipelines.faults import InputFault
from pipelines.questions import Question
from pipelines.sample import Written, write_sample
from pipelines.simulate import tables, truth
from pipelines.simulate.population import simulate
from tests.pipelines.planted import PEOPLE, SAMPLE, SEED, planted_rows

FILES = sorted(path.name for path in SAMPLE.iterdir())


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@cache
def frame(name: str) -> pd.DataFrame:
    return pd.read_csv(SAMPLE / f"{name}.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Written]:
    folder = tmp_path_factory.mktemp("rebuilt")
    return folder, write_sample(folder, PEOPLE, SEED)


@pytest.fixture(scope="module")
def expected() -> dict[str, float]:
    program = simulate(PEOPLE, SEED)
    return truth.record_truth(program, tables.compact(program, tables.ITEMS_OF_SAMPLE))


def test_the_committed_sample_is_what_its_seed_makes(rebuilt: tuple[Path, Written]) -> None:
    made = contents(rebuilt[0])
    assert sorted(made) == FILES
    changed = [name for name, content in made.items() if content != (SAMPLE / name).read_bytes()]
    assert changed == [], "run `python -m tests.pipelines.planted` and look at the difference"
    assert list(rebuilt[1].planted) == planted_rows()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for folder, seed in (("one", 5), ("two", 5), ("other", 6)):
        write_sample(tmp_path / folder, 150, seed)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    other = contents(tmp_path / "other")
    differing = {name for name, text in contents(tmp_path / "one").items() if text != other[name]}
    assert differing >= {"sessions.csv", "participants.csv", "assessments.csv", "discharges.csv"}


def test_parquet_holds_the_rows_of_the_csv(tmp_path: Path) -> None:
    write_sample(tmp_path / "csv", 150, 5)
    write_sample(tmp_path / "parquet", 150, 5, "parquet")
    connection = warehouse.memory_connection()
    for table in schema.loaded_tables():
        columns = [str(column.incoming) for column in table.incoming]
        text = connection.read_csv(str(tmp_path / "csv" / f"{table.name}.csv"), all_varchar=True)
        typed = connection.read_parquet(str(tmp_path / "parquet" / f"{table.name}.parquet"))
        assert text.columns == typed.columns == columns
        assert typed.project("columns(*)::varchar").fetchall() == text.fetchall(), table.name
    connection.close()


def test_writing_parquet_over_csv_leaves_one_file_a_table(tmp_path: Path) -> None:
    write_sample(tmp_path, 150, 5)
    write_sample(tmp_path, 150, 5, "parquet")
    assert not list(tmp_path.glob("*.csv"))


def test_without_dirt_nothing_is_planted(tmp_path: Path) -> None:
    written = write_sample(tmp_path, 150, 5, dirt=False)
    assert written.planted == ()
    assert "E-99999999" not in (tmp_path / "sessions.csv").read_text()


def test_a_folder_that_cannot_be_written_is_one_clear_message(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(InputFault, match="could not be written"):
        write_sample(tmp_path / "taken", 150, 5)


def test_progress_runs_to_the_end_and_never_back(tmp_path: Path) -> None:
    shares: list[float] = []
    write_sample(tmp_path, 150, 5, progress=lambda _step, share: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_headings_are_the_incoming_columns_of_the_schema_and_the_readme_explains_each() -> None:
    readme = (SAMPLE / "README.md").read_text()
    for table in schema.loaded_tables():
        headings = [column.incoming for column in table.incoming]
        with (SAMPLE / f"{table.name}.csv").open(newline="") as file:
            assert next(csv.reader(file)) == headings
        assert f"### {table.name}.csv" in readme
        assert all(f"| `{heading}` |" in readme for heading in headings)
    assert f"Seed: {SEED}." in readme
    assert "Everything here is invented" in readme
    dataset = tomllib.loads((SAMPLE / "dataset.toml").read_text())
    assert (dataset["title"], dataset["demonstration"]) == ("Recovery coaching, demonstration", True)


def test_the_sample_is_large_enough_to_show_everything_and_small_enough_to_keep() -> None:
    assert len(frame("participants")) == 1500
    assert len(frame("coaches")) >= 12
    assert len(frame("sites")) >= 4
    assert sum((SAMPLE / name).stat().st_size for name in FILES) < 12_500_000
    start = pd.to_datetime(frame("episodes")["enrolled_date"])
    half_years = Counter(zip(start.dt.year, (start.dt.month > 6).tolist(), strict=True))
    assert len(half_years) == 5
    assert min(half_years.values()) >= 50
    assert (frame("episodes")["episode_no"] == "2").sum() > 50


def test_the_theory_of_change_is_all_there() -> None:
    used = set(frame("assessments")["instrument_id"])
    assert used == {"wai_sr", "care", "gse_10", "pearlin_mastery", "barc_10", "eurohis_qol_8", "phq_9"}
    follow_up = frame("assessments").query("wave == 'followup' and instrument_id == 'barc_10'")
    answered = follow_up["status"].isin(["complete", "partial"]).mean()
    assert 0.3 < answered < 0.8
    assert set(follow_up["status"]) >= {"complete", "not_located", "refused", "due_missed"}
    events = Counter(frame("engagement_events")["type"])
    assert all(events[one] > 0 for one in schema.RIPPLE_EVENTS)
    assert all(events[one] > 0 for one in ("call_reached", "checkin", "center_visit", "text_answered"))
    linked = frame("engagement_events").query("linked_participant_id != ''")["linked_participant_id"]
    assert len(linked) > 50
    assert linked.is_unique
    assert set(linked) <= set(frame("participants")["participant_id"])


def test_people_who_were_brought_in_enrolled_after_the_referral_and_are_referred_by_a_peer() -> None:
    events = frame("engagement_events").query("linked_participant_id != ''")
    first = frame("episodes").query("episode_no == '1'").set_index("participant_id")
    brought = first.loc[events["linked_participant_id"]]
    waited = pd.to_datetime(brought["enrolled_date"].to_numpy()) - pd.to_datetime(events["date"].to_numpy())
    assert waited.days.min() >= 1
    assert waited.days.max() <= 45
    assert set(brought["referral_source"]) == {"peer"}


def test_a_second_episode_starts_after_the_recorded_exit_and_thirty_days_after_the_last_session() -> None:
    episodes = frame("episodes").merge(frame("discharges").drop_duplicates("episode_id"), on="episode_id", how="left")
    again = episodes[episodes["episode_no"] == "2"].merge(
        episodes[episodes["episode_no"] == "1"], on="participant_id", suffixes=("", "_first")
    )
    last = frame("sessions").query("status == 'attended'").groupby("episode_id")["occurred_date"].max()
    ended = pd.to_datetime(again["episode_id_first"].map(last))
    assert (pd.to_datetime(again["enrolled_date"]) - ended).dt.days.dropna().min() > 30
    recorded = pd.to_datetime(again["exit_date_first"])
    assert (pd.to_datetime(again["enrolled_date"]) - recorded).dt.days.dropna().min() >= 1


def test_the_planted_list_has_each_row_once_and_every_rule_of_the_plan() -> None:
    planted = planted_rows()
    assert len({(one.table, one.row_no) for one in planted}) == len(planted)
    assert {one.rule for one in planted} == {
        "session_before_enrolment",
        "item_out_of_range",
        "total_out_of_range",
        "unknown_reference",
        "duplicate_key",
        "bad_date",
        "unknown_category",
        "missing_required",
        "minutes_out_of_range",
        "exit_before_enrolment",
        "name_like_text",
        "long_digit_run",
        "parent_in_quarantine",
    }


def test_a_load_keeps_out_exactly_the_planted_rows(sample_home: Path) -> None:
    reader = warehouse.open_records(sample_home)
    kept_out = reader.rows("select table_name, row_no, rule, column_name from quarantine")
    reader.close()
    assert sorted(kept_out) == sorted((one.table, one.row_no, one.rule, one.column) for one in planted_rows())


@pytest.fixture(scope="module")
def live(sample_home: Path) -> LiveReader:
    return LiveReader(sample_home)


def answer(live: LiveReader, measure: str, **where: object) -> float:
    """Return the one estimate of `measure` at the given cells of its estimate table."""
    by = ("alliance_band",) if where.get("by") == "alliance" else ("self_efficacy_band",) if "by" in where else ()
    found = live.ask(Question(measure, by))
    for column, value in where.items():
        if column != "by":
            found = found[found[column] == value]
    assert len(found) == 1
    return float(found["estimate"].iloc[0])


@pytest.mark.parametrize("day", truth.DAYS)
def test_the_live_reader_finds_how_many_stayed(live: LiveReader, expected: dict[str, float], day: int) -> None:
    assert answer(live, "stayed_share", x=day) == pytest.approx(expected[f"stayed_{day}"], abs=1e-9)


@pytest.mark.parametrize("day", truth.DAYS)
def test_the_live_reader_finds_where_people_are(live: LiveReader, expected: dict[str, float], day: int) -> None:
    stack = live.ask(Question("where_people_are"))
    for state in truth.STATES:
        steps = stack[(stack["series"] == state) & (stack["x"] <= day)]
        assert steps.sort_values("x")["estimate"].iloc[-1] == pytest.approx(expected[f"{state}_{day}"], abs=1e-9)


def test_the_live_reader_finds_attendance_and_answers(live: LiveReader, expected: dict[str, float]) -> None:
    main = live.ask(Question("attendance_rate"))
    whole = main.loc[main["series"] == "of_scheduled", "estimate"].iloc[0]
    assert main.loc[main["series"] != "of_scheduled", "estimate"].iloc[0] == pytest.approx(expected["attendance_rate"])
    assert whole == pytest.approx(expected["attendance_of_scheduled"], abs=1e-9)
    for name in ("alliance", "self_efficacy"):
        rate = answer(live, "response_rate", series=name)
        assert rate == pytest.approx(expected[f"{name}_response_rate"], abs=1e-9)
        mean = answer(live, f"early_{name}", stat="mean")
        assert mean == pytest.approx(expected[f"{name}_early_mean"], abs=1e-6)


@pytest.mark.parametrize("name", ["alliance", "self_efficacy"])
@pytest.mark.parametrize("band", ["lower", "middle", "higher", "no_score"])
def test_the_live_reader_finds_who_stayed_by_early_score(
    live: LiveReader, expected: dict[str, float], name: str, band: str
) -> None:
    found = answer(live, "stayed_share", by=name, x=150, stat="share", level=band)
    assert found == pytest.approx(expected[f"{name}_{band}_stayed_150"], abs=1e-9)


@pytest.mark.parametrize("band", ["lower", "higher"])
def test_the_live_reader_finds_the_corners_of_the_grid(live: LiveReader, expected: dict[str, float], band: str) -> None:
    found = answer(live, "stayed_by_alliance_and_self_efficacy", level=f"{band}|{band}", stat="share")
    assert found == pytest.approx(expected[f"both_{band}_stayed_150"], abs=1e-9)


def test_the_sample_lies_near_the_truth_of_a_large_program(expected: dict[str, float]) -> None:
    from pipelines.simulate.readme import measured

    for day in truth.DAYS:
        true = measured()["sample", "records", f"stayed_{day}"]
        spread = true.std_error * (16 * 100_000 / PEOPLE) ** 0.5
        assert abs(expected[f"stayed_{day}"] - true.value) < 2.5 * spread
