"""Who left, when and how: the eight agreed people, and a plain second implementation on random episodes.

Referees: the table of the definition (gap 30 days, extract on day 200), worked out by hand, and `plain_outcome`,
written from the words of the definition one person at a time.
"""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import records
from pipelines.marts import MART_EPISODES
from pipelines.outcomes import day_counts, is_stored, marked, marking_values, outcome_rows
from pipelines.questions import CLOCKS, CONTACTS, GAPS, Settings
from pipelines.stats import incidence, survival
from pipelines.warehouse import memory_connection
from tests.pipelines.plain_definition import Episode, plain_outcome
from tests.pipelines.records_world import (
    EIGHT_OUTCOMES,
    add_person,
    build_records,
    code,
    eight_people,
    one_site,
    reader,
)


@st.composite
def episodes(draw: st.DrawFn) -> Episode:
    extract = draw(st.integers(0, 160))
    enrolled = draw(st.integers(0, min(extract, 6)))
    attended = sorted(draw(st.lists(st.integers(0, extract), max_size=3)))
    reached = draw(st.lists(st.integers(0, extract), max_size=2))
    cause = draw(st.sampled_from([None, None, 1, 2, 3, 4]))
    return Episode(
        enrolled,
        attended[0] if attended else None,
        attended[-1] if attended else None,
        max([*attended, *reached], default=enrolled),
        extract,
        None if cause is None else draw(st.integers(0, extract)),
        cause,
    )


@pytest.fixture(scope="module")
def mart():
    """An empty mart of episodes to fill by hand, and the same without outcomes to make it from."""
    con = memory_connection()
    records.create_table(con, MART_EPISODES)
    outcome = ", ".join(column.name for column in MART_EPISODES.columns if column.name.startswith("stay_"))
    con.execute(f"create table given as select * exclude ({outcome}) from mart_episodes")
    return con


@settings(max_examples=10, deadline=None)
@given(st.lists(episodes(), min_size=1, max_size=100))
def test_every_gap_clock_and_contact_rule_equals_the_plain_definition(mart, given_episodes: list[Episode]) -> None:
    mart.execute("delete from given; delete from mart_episodes")
    told = pd.DataFrame(
        {
            "episode_id": [code("episode", number) for number in range(len(given_episodes))],
            "is_first": True,
            "enrolled_day": [each.enrolled for each in given_episodes],
            "first_attended_day": [each.first_attended for each in given_episodes],
            "last_attended_day": [each.last_attended for each in given_episodes],
            "last_contact_day": [each.last_contact for each in given_episodes],
            "extract_day": [each.extract for each in given_episodes],
            "exit_day": [each.exit_day for each in given_episodes],
            "exit_cause": [each.exit_cause for each in given_episodes],
        }
    )
    mart.register("told", told)
    mart.execute("insert into given by name select * from told")
    mart.unregister("told")
    mark = "insert into mart_episodes by name " + marked("select * from given")
    mart.execute(mark, marking_values())
    for gap, clock, contacts in itertools.product(GAPS, CLOCKS, CONTACTS):
        found = outcome_rows(reader(mart), Settings(gap_days=gap, clock=clock, contacts=contacts))
        told = {
            str(row.episode_id): (
                row.state,
                *((None, None) if row.state != "followed" else (int(row.t), int(row.cause))),
            )
            for row in found.itertuples()
        }
        assert told == {
            code("episode", number): plain_outcome(each, gap, clock, contacts)
            for number, each in enumerate(given_episodes)
        }


@pytest.fixture(scope="module")
def eight():
    """The eight agreed people, loaded."""
    return reader(build_records(eight_people()))


def test_the_eight_people_come_out_as_agreed(eight) -> None:
    rows = outcome_rows(eight, Settings())
    found = {str(row.episode_id): (row.state, row.t, row.cause) for row in rows.itertuples()}
    for number, (state, day, cause) in EIGHT_OUTCOMES.items():
        told = found[code("episode", number)]
        assert told[0] == state
        if state == "followed":
            assert told[1:] == (day, cause)


def test_the_eight_people_as_day_counts(eight) -> None:
    counts = day_counts(eight, Settings())
    told = counts.drop(columns="level").to_numpy().tolist()
    assert told == [
        [1, 1, 0, 0, 0, 0],
        [51, 1, 0, 0, 0, 0],
        [95, 0, 1, 0, 0, 0],
        [120, 0, 0, 0, 1, 0],
        [161, 1, 0, 0, 0, 0],
        [170, 0, 0, 0, 0, 2],
    ]


def test_the_eight_people_as_a_curve(eight) -> None:
    """Seven followed; by hand: 6/7 after day 1, 5/7 after day 51, then 1/7 each completes and leaves otherwise, 4/7."""
    counts = day_counts(eight, Settings())
    stayed = incidence.stayed(counts).set_index("day")["stayed"]
    assert stayed.to_dict() == pytest.approx({1: 6 / 7, 51: 5 / 7, 95: 5 / 7, 120: 5 / 7, 161: 4 / 7, 170: 4 / 7})
    leaving_others_aside = survival.kaplan_meier(counts).set_index("day")["survival"]
    assert leaving_others_aside[161] == pytest.approx(5 / 7 * 2 / 3)


def test_levels_filters_and_the_landmark() -> None:
    rows = one_site()
    ratings = [(0, "wai_sr", 4.0), (7, "wai_sr", 4.2)]
    add_person(rows, 1, extract=300, attended=[0, 30], ratings=ratings, gender="man")
    add_person(rows, 2, extract=300, attended=[0, 29], ratings=ratings)
    add_person(rows, 3, extract=300, attended=[0, 60], ratings=ratings[:1])
    add_person(rows, 4, extract=61, attended=[0, 55], ratings=ratings)
    add_person(rows, 5, extract=60, attended=[0, 55], ratings=ratings)
    add_person(rows, 6, extract=20, attended=[0, 15], ratings=ratings)
    add_person(rows, 7, extract=90, attended=[])
    asked = reader(build_records(rows))
    found = outcome_rows(asked, Settings(), by=("alliance_band", "gender")).set_index("episode_id")
    told = {n: (found.loc[found.index.astype(str) == code("episode", n)].iloc[0]) for n in range(1, 8)}
    assert {n: row["level_1"] for n, row in told.items()} == {
        1: "middle",
        2: "left_before",
        3: "no_score",
        4: "middle",
        5: "left_before",
        6: "left_before",
        7: "left_before",
    }
    assert (told[1]["level_2"], told[1]["t"], told[4]["t"], told[4]["cause"]) == ("man", 31, 31, 0)
    counts = day_counts(asked, Settings(), by=("alliance_band",), origin=30)
    assert counts[["level", "day", "n_event_1", "n_censored"]].to_numpy().tolist() == [
        ["middle", 1, 1, 1],
        ["no_score", 31, 1, 0],
    ]
    women = outcome_rows(asked, Settings(), where=(("gender", ("woman",)), ("alliance_band", ("middle", "no_score"))))
    assert {str(each) for each in women["episode_id"]} == {code("episode", 3), code("episode", 4)}


def test_first_episodes_are_the_default_and_all_can_be_asked_for() -> None:
    rows = one_site()
    add_person(rows, 1, person=1, episode_no=2, extract=300)
    add_person(rows, 2, person=1, episode_no=1, extract=300)
    asked = reader(build_records(rows))
    assert [str(each) for each in outcome_rows(asked, Settings())["episode_id"]] == [code("episode", 2)]
    assert len(outcome_rows(asked, Settings(episodes="all"))) == 2


def test_stored_outcomes_are_used_for_every_gap_under_the_default_settings_alone() -> None:
    assert is_stored(Settings())
    assert is_stored(Settings(episodes="all"))
    assert all(is_stored(Settings(gap_days=gap)) for gap in GAPS)
    assert not is_stored(Settings(gap_days=21))
    assert not is_stored(Settings(clock="enrolment"))
    assert not is_stored(Settings(contacts="attended"))
