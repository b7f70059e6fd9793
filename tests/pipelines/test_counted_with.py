"""What a table was counted with travels with it. Referee: the question asked, setting by setting, at both doors."""

from __future__ import annotations

import itertools
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest

from dashboard import counted, exports
from dashboard.remembered import Remembered
from pipelines.counted_with import AS_RECORDED, KEY, one_line, record_of
from pipelines.definitions import definition
from pipelines.disclosure.reader import ANSWERS, ReleaseReader
from pipelines.estimate import LiveReader
from pipelines.measures import MEASURES
from pipelines.questions import CLOCKS, CONTACTS, EPISODES, GAPS, Question, Settings


@pytest.fixture(scope="module")
def live(sample_home: Path) -> Iterator[LiveReader]:
    reader = LiveReader(sample_home)
    yield reader
    reader.close()


@pytest.fixture(scope="module")
def release(sample_home: Path) -> ReleaseReader:
    return ReleaseReader(sample_home)


@pytest.mark.parametrize("name", MEASURES)
def test_every_answer_of_every_measure_says_what_it_was_counted_with(live: LiveReader, name: str) -> None:
    table = live.ask(Question(name))
    found = record_of(table)
    assert (found["measure"], found["measure_version"]) == (name, MEASURES[name].version)
    assert (found["clock"], found["gap_days"], found["contacts"]) == ("first_session", 30, "any")
    assert (found["episodes"], found["new_episode_after_days"], found["further_contacts"]) == ("first", AS_RECORDED, [])
    assert found["definitions"] == {one: definition(one).version for one in MEASURES[name].definitions}
    assert found["data_version"] == live.version


@pytest.mark.parametrize("name", ANSWERS)
def test_so_does_every_answer_of_the_release(release: ReleaseReader, name: str) -> None:
    found = record_of(release.ask(Question(name)))
    assert found["measure"] == name
    assert (found["gap_days"], found["clock"], found["episodes"]) == (30, "first_session", "first")
    assert found["data_version"] == release.version


def test_every_setting_is_told_as_it_was_asked(live: LiveReader) -> None:
    seen = set()
    for gap, clock, contacts, episodes in itertools.product(GAPS, CLOCKS, CONTACTS, EPISODES):
        asked = Settings(gap_days=gap, clock=clock, contacts=contacts, episodes=episodes)
        found = record_of(live.ask(Question("people_enrolled", settings=asked)))
        told = (found["gap_days"], found["clock"], found["contacts"], found["episodes"])
        assert told == (gap, clock, contacts, episodes)
        seen.add(one_line(found))
    assert len(seen) == 40


def test_the_start_of_the_clock_is_the_landmark_where_scores_decide(live: LiveReader) -> None:
    for question, day in (
        (Question("staying_curve"), 0),
        (Question("staying_curve", by=("alliance_band",)), 30),
        (Question("staying_curve", where=(("self_efficacy_band", ("lower",)),)), 30),
        (Question("dose_response_alliance"), 30),
        (Question("early_alliance"), 30),
    ):
        assert record_of(live.ask(question))["start_day"] == day


def test_numbers_of_the_definitions_are_told(live: LiveReader) -> None:
    numbers = record_of(live.ask(Question("engagement_rate")))["numbers"]
    assert (numbers["initiated_days"], numbers["engaged_days"], numbers["further_sessions"]) == (14, 34, 2)
    numbers = record_of(live.ask(Question("lasting_change_self_efficacy")))["numbers"]
    assert (numbers["window_before"], numbers["window_after"], numbers["planned_days"]) == (30, 59, [90, 180, 365])


@pytest.mark.parametrize("file_format", ["csv", "excel", "package"])
def test_every_file_carries_the_settings_in_every_row(
    live: LiveReader, tmp_path: Path, file_format: exports.Export
) -> None:
    question = Question("staying_curve", ("site",), settings=Settings(gap_days=60, contacts="attended"))
    expected = record_of(live.ask(question))
    assert (expected["gap_days"], expected["contacts"]) == (60, "attended")
    export = exports.prepare(Remembered(live).ask, live.about(), question, file_format, tmp_path)
    content = export.content()
    if file_format == "package":
        with zipfile.ZipFile(BytesIO(content)) as archive:
            described = json.loads(archive.read("datapackage.json"))
            methods = archive.read("methods.md").decode()
            content = archive.read("data.csv")
        assert {name: described["settings"][name] for name in expected} == expected
        assert all(definition(name).words in methods for name in expected["definitions"])
    rows = pd.read_csv(BytesIO(content), encoding="utf-8-sig")
    assert set(rows["settings"]) == {one_line(expected)}


def test_a_sentence_for_a_person(live: LiveReader) -> None:
    asked = Question("staying_curve", settings=Settings(gap_days=45, clock="enrolment", episodes="all"))
    said = counted.sentence(live.ask(asked))
    assert said == (
        "Counted with: days since enrolling; left early after 45 days without contact; contacts are sessions and "
        "two-way contacts; all episodes."
    )
    assert "from day 30 on" in counted.sentence(live.ask(Question("staying_curve", by=("alliance_band",))))
    assert counted.sentence(pd.DataFrame()) == ""


def test_the_record_survives_what_pages_do_with_a_table_and_belongs_to_no_other(live: LiveReader) -> None:
    table = live.ask(Question("stayed_share", by=("site",)))
    for made in (table[table["status"].eq("shown")], table.sort_values("x"), table.copy()):
        assert record_of(made) == record_of(table)
    other = live.ask(replace(Question("stayed_share", by=("site",)), settings=Settings(gap_days=90)))
    assert record_of(pd.concat([table, other])) == {}
    assert KEY in table.attrs
