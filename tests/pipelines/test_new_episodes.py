"""When a return is a new episode. Referees: a small table worked by hand, and the sample joined again in pandas."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from pipelines import records, warehouse
from pipelines.counted_with import record_of
from pipelines.estimate import LiveReader
from pipelines.faults import InputFault
from pipelines.load import load
from pipelines.outcomes import outcome_rows
from pipelines.questions import NEW_EPISODE_AFTER, Question, Settings
from tests.conftest import SAMPLE
from tests.pipelines.records_world import REGISTRY, Rows, add_person, code, hand_over, one_site, reader

# The person's records end 400 days after the first contact. The second episode begins on day 120, twenty days after the
# exit from the first; the third on day 300, forty after the exit from the second (day 140 of its own, day 260).
FIRST, SECOND, THIRD = 1, 2, 3


def returns() -> Rows:
    rows = one_site()
    person = {"person": 1}
    add_person(rows, FIRST, extract=400, attended=[0, 90], leaving=(100, "dropped_out"), episode_no=1, **person)
    add_person(rows, SECOND, extract=280, attended=[0, 130], leaving=(140, "completed"), episode_no=2, **person)
    add_person(rows, THIRD, extract=100, attended=[0, 50], contacts=[(60, "volunteering")], episode_no=3, **person)
    return rows


def marts(rows: Rows, new_episode_after: int | None):
    con = warehouse.memory_connection()
    hand_over(con, rows)
    records.store(con, REGISTRY)
    records.build_marts(con, REGISTRY, new_episode_after=new_episode_after)
    return reader(con)


@pytest.mark.parametrize(
    ("rule", "episodes"),
    [
        (None, {FIRST: (91, 1), SECOND: (140, 2), THIRD: (51, 1)}),
        (14, {FIRST: (91, 1), SECOND: (140, 2), THIRD: (51, 1)}),
        (30, {FIRST: (260, 2), THIRD: (51, 1)}),
        (60, {FIRST: (351, 1)}),
    ],
)
def test_by_hand(rule: int | None, episodes: dict[int, tuple[int, int]]) -> None:
    """Joined, the first episode ends with the exit of the second (120 + 140), then with the third's last contact."""
    rows = outcome_rows(marts(returns(), rule), Settings(episodes="all"))
    found = {str(row.episode_id): (row.t, row.cause) for row in rows.itertuples()}
    assert found == {code("episode", number): told for number, told in episodes.items()}


def test_what_belongs_to_the_parts_belongs_to_the_whole() -> None:
    whole = marts(returns(), 60).table("select * from mart_episodes").iloc[0]
    assert (whole["sessions_attended"], whole["last_attended_day"], whole["last_contact_day"]) == (6, 350, 350)
    assert (whole["extract_day"], whole["is_first"], whole["prior_episodes"]) == (400, True, whole["prior_episodes"])
    assert pd.isna(whole["exit_day"])
    helped = marts(returns(), 60).table("select * from ripple_events").iloc[0]
    assert (str(helped["episode_id"]), helped["first_day"]) == (code("episode", FIRST), 360)
    assert marts(returns(), 60).table("select sessions_attended from coach_sessions")["sessions_attended"].tolist() == [
        6
    ]


def test_an_episode_that_begins_before_the_exit_or_after_none_is_not_a_return() -> None:
    rows = one_site()
    add_person(rows, 1, person=1, extract=400, attended=[0, 90], episode_no=1)
    add_person(rows, 2, person=1, extract=300, attended=[0], leaving=(20, "completed"), episode_no=2)
    add_person(rows, 3, person=1, extract=290, attended=[0], episode_no=3)
    assert len(marts(rows, 90).table("select * from mart_episodes")) == 3


def test_the_allowed_rules() -> None:
    assert NEW_EPISODE_AFTER == (None, 14, 30, 60, 90)


@pytest.fixture(scope="module")
def joined_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample loaded with the rule of thirty days, as its dataset.toml says."""
    folder = tmp_path_factory.mktemp("joined")
    source = folder / "source"
    source.mkdir()
    for path in SAMPLE.glob("*.csv"):
        shutil.copyfile(path, source / path.name)
    text = (SAMPLE / "dataset.toml").read_text()
    (source / "dataset.toml").write_text(text + "new_episode_after_days = 30\n")
    patch = pytest.MonkeyPatch()
    patch.setenv("RECOVERY_OUTCOMES_KEY", str(folder / "secret" / "key"))
    load(source, folder / "home")
    patch.undo()
    return folder / "home"


def test_the_sample_again_in_pandas(joined_home: Path) -> None:
    asked = warehouse.open_records(joined_home)
    told = asked.table("select e.*, exit_day from episodes e left join discharges using (episode_id)")
    parts: dict[object, list[tuple[object, int]]] = {}
    for _, person in told.groupby("participant_id"):
        ended = start = None
        for row in person.sort_values("extract_day", ascending=False).itertuples():
            resumed = ended is not None and 0 <= ended - row.extract_day <= 30
            start = start if resumed else row
            parts.setdefault(start.episode_id, []).append((row.episode_id, start.extract_day - row.extract_day))
            ended = None if pd.isna(row.exit_day) else row.extract_day - row.exit_day
    assert sum(len(one) > 1 for one in parts.values()) == 13
    found = asked.table("select * from mart_episodes").set_index("episode_id")
    assert set(found.index) == set(parts)
    recorded = told.set_index("episode_id")
    for episode, pieces in parts.items():
        contacts = [recorded.loc[part, "last_contact_day"] + shift for part, shift in pieces]
        last, shift = pieces[-1]
        exit_day = recorded.loc[last, "exit_day"] + shift
        row = found.loc[episode]
        assert row["last_contact_day"] == max(contacts)
        assert row["exit_day"] == exit_day or (pd.isna(exit_day) and pd.isna(row["exit_day"]))
    asked.close()


def test_the_rule_is_told_with_the_numbers(joined_home: Path, sample_home: Path) -> None:
    question, told = Question("staying_curve"), {}
    for home, rule in ((joined_home, 30), (sample_home, "as_recorded")):
        live = LiveReader(home)
        table = live.ask(question)
        assert record_of(table)["new_episode_after_days"] == rule
        start = table[table["series"].eq("reached_start")]["estimate"].iloc[0]
        assert start == len(live._reader.table("select 1 from mart_episodes where is_first and stay_ending >= 0"))
        told[rule] = table.loc[table["stat"].eq("share"), "estimate"].tolist()
        live.close()
    assert told[30] != told["as_recorded"]


@pytest.mark.parametrize("wrong", ['"soon"', "31", "true", '"2026-01-01"'])
def test_another_number_of_days_is_refused_and_not_repeated(tmp_path: Path, wrong: str) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for path in SAMPLE.glob("*.csv"):
        shutil.copyfile(path, source / path.name)
    (source / "dataset.toml").write_text(f"new_episode_after_days = {wrong}\n")
    with pytest.raises(InputFault) as refused:
        load(source, tmp_path / "home", dry_run=True)
    (fault,) = refused.value.faults
    assert fault.where == "dataset.toml, new_episode_after_days"
    assert "14, 30, 60, 90" in fault.remedy
    assert wrong.strip('"') not in str(fault).replace("14, 30, 60, 90", "")
