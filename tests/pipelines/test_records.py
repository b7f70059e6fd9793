"""What is stored and derived: referees are the declarations, hand-worked people and a second implementation."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipelines import constructs, marts, records, schema
from pipelines.outcomes import outcome_rows
from pipelines.questions import Settings
from pipelines.warehouse import memory_connection
from tests.pipelines.plain_definition import plain_people
from tests.pipelines.records_world import (
    REGISTRY,
    add_person,
    build_records,
    code,
    eight_people,
    hand_over,
    one_site,
    random_people,
    reader,
)

ALL_TABLES = (*schema.TABLES, *marts.MARTS)


@pytest.fixture(scope="module")
def world():
    """Records of 150 made-up people."""
    return build_records(random_people(7, 150))


def columns_of(con, table: str) -> list[tuple[str, str, str]]:
    return con.execute(
        "select column_name, data_type, comment from duckdb_columns() where table_name = ? and not internal "
        "order by column_index",
        [table],
    ).fetchall()


def one(con, number: int) -> dict:
    row = con.execute("select * from mart_episodes where episode_id = ?", [code("episode", number)]).df()
    assert len(row) == 1
    return {name: None if pd.isna(value) else value for name, value in row.iloc[0].items()}


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.name)
def test_stored_columns_are_the_declared_ones_with_type_and_comment(world, table: schema.Table) -> None:
    found = columns_of(world, table.name)
    assert [(name, type_) for name, type_, _ in found] == [(column.name, column.type) for column in table.columns]
    for (_, _, comment), column in zip(found, table.columns, strict=True):
        assert comment.startswith(column.meaning)


def test_no_table_is_stored_that_is_not_declared(world) -> None:
    stored = {
        name for (name,) in world.execute("select table_name from duckdb_tables() where not temporary").fetchall()
    }
    assert stored == {table.name for table in ALL_TABLES}


def test_a_quote_in_declared_text_stays_text() -> None:
    con = memory_connection()
    table = schema.Table("t", "one row per person's '; drop", ("a",), (schema.Column("a", "INTEGER", "A", "it's"),))
    records.create_table(con, table)
    assert con.execute("select comment from duckdb_tables() where table_name = 't'").fetchall() == [
        ("one row per person's '; drop",)
    ]
    assert columns_of(con, "t")[0][2] == "it's"


def test_tables_that_were_not_handed_over_are_there_and_empty() -> None:
    con = memory_connection()
    rows = one_site()
    add_person(rows, 1, extract=100)
    hand_over(con, {name: rows[name] for name in ("sites", "participants", "episodes", "sessions")})
    counts = records.store(con, REGISTRY)
    assert counts["episodes"] == 1
    assert counts["assessments"] == counts["discharges"] == 0
    assert records.build_marts(con, REGISTRY) == {
        "resumed_parts": 0,
        "constructs": 0,
        "mart_landmarks": 0,
        "score_months": 0,
        "coach_sessions": 1,
        "ripple_events": 0,
        "helping_days": 0,
        "mart_episodes": 1,
        "change_scales": 0,
        "follow_ups": 0,
        "lasting_changes": 0,
        "early_sessions": 1,
        "session_scores": 0,
    }


def test_calendar_tables_come_from_their_staged_tables() -> None:
    con = memory_connection()
    hand_over(con, one_site())
    con.execute(
        "create temp table site_month_active_staged as select uuid() as site_id, '2024-01' as month, 3 as n_active"
    )
    assert records.store(con, REGISTRY)["site_month_active"] == 1
    assert con.execute("select month, n_active from site_month_active").fetchall() == [("2024-01", 3)]


def test_contacts_that_stop_the_gap() -> None:
    rows = one_site()
    one_way = [(90, "call_attempt"), (91, "email"), (92, "referral_made"), (93, "text")]
    add_person(rows, 1, extract=200, attended=[4], contacts=[(60, "call_reached"), *one_way])
    add_person(rows, 2, extract=200, attended=[4], contacts=[(2, "text_answered"), *one_way])
    add_person(rows, 3, extract=200, attended=[], enrolled=3, contacts=[(0, "email")])
    add_person(rows, 4, extract=200, attended=[4], contacts=[(70, "mutual_help_meeting")])
    con = build_records(rows)
    assert [one(con, n)["last_contact_day"] for n in (1, 2, 3, 4)] == [60, 4, 3, 4]
    assert [one(con, n)["last_attended_day"] for n in (1, 2, 3, 4)] == [4, 4, None, 4]
    declared = build_records(rows, contact_types=["mutual_help_meeting"])
    assert [one(declared, n)["last_contact_day"] for n in (1, 2, 3, 4)] == [60, 4, 3, 70]


def test_an_exit_gets_its_group_and_closes_the_episode() -> None:
    rows = one_site()
    for number, reason in enumerate(schema.EXIT_TYPES):
        add_person(rows, number, extract=100, leaving=(50, reason))
    add_person(rows, 99, extract=100)
    con = build_records(rows)
    groups = dict(con.execute("select exit_type, cause_group from discharges").fetchall())
    assert groups == schema.EXIT_CAUSE_GROUPS
    assert con.execute("select status, count(*) from episodes group by 1 order by 1").fetchall() == [
        ("active", 1),
        ("closed", len(schema.EXIT_TYPES)),
    ]


def test_band_cuts_are_half_open_and_equal_scores_stay_together() -> None:
    rows = one_site()
    below, middle, higher = 3.7999, 3.8, 4.5
    for number, score in enumerate((below, middle, 4.4999, higher, 5.0)):
        add_person(rows, number, extract=200, ratings=[(0, "wai_sr", score)] * 3)
    add_person(rows, 10, extract=200, ratings=[(0, "wai_sr", 3.75), (7, "wai_sr", 3.85)])
    con = build_records(rows)
    assert [one(con, n)["early_alliance_band"] for n in range(5)] == ["lower", "middle", "middle", "higher", "higher"]
    assert [one(con, n)["alliance_at_ceiling"] for n in range(5)] == [False, False, False, False, True]
    assert one(con, 10)["early_alliance_score"] == 3.8
    assert one(con, 10)["early_alliance_band"] == "middle"


def test_the_early_score_counts_the_persons_own_ratings_from_the_first_session_for_thirty_days() -> None:
    rows = one_site()
    inside = [(5, "wai_sr", 2.0), (35, "wai_sr", 4.0)]
    add_person(rows, 1, extract=300, attended=[5, 90], ratings=[(4, "wai_sr", 1.0), *inside, (36, "wai_sr", 1.0)])
    add_person(rows, 2, extract=300, ratings=[(3, "wai_sr", 5.0)])
    add_person(rows, 3, extract=300, attended=[], ratings=[(3, "wai_sr", 5.0), (4, "wai_sr", 5.0)])
    add_person(rows, 4, extract=300, ratings=[(3, "gse", 30.0)])
    add_person(rows, 5, extract=300, ratings=[(3, "wai_sr", 5.0), (4, "wai_sr", 5.0)])
    for row in rows["assessments"]:
        if row["episode_id"] == code("episode", 5):
            row["rater"] = "coach"
    con = build_records(rows)
    first = one(con, 1)
    assert (first["early_alliance_score"], first["early_alliance_ratings"]) == (3.0, 2)
    second = one(con, 2)
    assert (second["early_alliance_score"], second["early_alliance_ratings"]) == (None, 1)
    assert one(con, 3)["early_alliance_score"] is None
    assert one(con, 4)["early_self_efficacy_score"] == 30.0
    assert one(con, 5)["early_alliance_ratings"] == 0


def test_the_instrument_with_most_rated_people_stands_and_versions_are_not_pooled() -> None:
    rows = one_site()
    for number in range(5):
        add_person(rows, number, extract=200, ratings=[(0, "srs", 36.0), (7, "srs", 36.0)])
    for number in range(5, 8):
        add_person(rows, number, extract=200, ratings=[(0, "wai_sr", 4.0), (7, "wai_sr", 4.0)])
    for row in rows["assessments"]:
        last = row["episode_id"] == code("episode", 4)
        row["instrument_version"] = "2" if last else "1"
    con = build_records(rows)
    chosen = con.execute("select instrument_id, instrument_version, rater from constructs").fetchall()
    assert chosen == [("srs", "1", "participant")]
    assert [one(con, n)["early_alliance_score"] for n in (0, 4, 5)] == [36.0, None, None]
    records.build_marts(con, REGISTRY, chosen=["wai_sr"])
    assert [one(con, n)["early_alliance_score"] for n in (0, 4, 5)] == [None, None, 4.0]


def test_first_episode_main_coach_severity_and_engagement() -> None:
    rows = one_site()
    rows["coaches"].append({"coach_id": code("coach", 2)})
    add_person(rows, 1, person=1, episode_no=1, extract=300, attended=[0, 7], prior_episodes=2)
    add_person(rows, 2, person=1, episode_no=2, extract=100, attended=[0, 20, 34])
    add_person(rows, 3, extract=100, attended=[15, 16, 17])
    add_person(rows, 4, extract=300, attended=[0, 10, 40, 50, 60], ratings=[(0, "sev", 7.0), (200, "sev", 1.0)])
    for row in rows["sessions"]:
        late = row["episode_id"] == code("episode", 4) and row["scheduled_day"] >= 40
        row["coach_id"] = code("coach", 2) if late else row["coach_id"]
    con = build_records(rows)
    assert [one(con, n)["is_first"] for n in (1, 2)] == [True, False]
    assert [one(con, n)["prior_episodes"] for n in (1, 2)] == [2, 3]
    assert [one(con, n)["is_engaged"] for n in (1, 2, 3)] == [False, True, False]
    assert str(one(con, 4)["coach_id"]) == code("coach", 1)
    assert one(con, 4)["severity_score"] == 7.0


def test_marts_are_a_pure_function_of_the_canonical_tables(world) -> None:
    def content() -> list:
        return [
            world.execute(text).fetchall() for text in ("from mart_episodes", "from mart_landmarks", "from constructs")
        ]

    before = content()
    records.build_marts(world, REGISTRY)
    assert content() == before


def test_the_mart_of_episodes_is_the_same_when_few_are_joined_at_once(world, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = world.execute("from mart_episodes order by rowid").fetchall()
    monkeypatch.setattr(records, "EPISODES_AT_ONCE", 7)
    assert records.build_marts(world, REGISTRY)["mart_episodes"] == len(whole) > 7
    assert world.execute("from mart_episodes order by rowid").fetchall() == whole


def test_landmark_scores_equal_a_recomputation_in_pandas(world) -> None:
    ratings = world.execute(
        "select a.episode_id, instrument_id, rater, total, a.day - e.first_attended_day as since from assessments as a "
        "join episodes as e on e.episode_id = a.episode_id where total is not null"
    ).df()
    expected = []
    for day in constructs.LANDMARK_DAYS:
        kept = ratings[ratings["since"].between(0, day)]
        grouped = kept.groupby(["episode_id", "instrument_id", "rater"]).agg(
            n=("total", "size"), mean=("total", "mean"), last=("since", "max")
        )
        expected.append(grouped.assign(day=day).reset_index())
    wanted = pd.concat(expected).set_index(["episode_id", "instrument_id", "rater", "day"]).sort_index()
    found = world.execute("from mart_landmarks").df()
    found = found.set_index(["episode_id", "instrument_id", "rater", "landmark_day"]).sort_index()
    assert len(found) == len(wanted) > 300
    assert (found["n_ratings"].to_numpy() == wanted["n"].to_numpy()).all()
    assert (found["last_day"].to_numpy() == wanted["last"].to_numpy()).all()
    assert found["score_mean"].to_numpy() == pytest.approx(wanted["mean"].to_numpy(), abs=1e-8)


def test_attendance_counts_equal_the_sessions(world) -> None:
    counts = world.execute(
        "select sum(sessions_attended), sum(sessions_no_show), sum(sessions_late_cancel), sum(sessions_scheduled) "
        "from mart_episodes"
    ).fetchall()
    sessions = world.execute("select status from sessions").df()["status"].value_counts()
    assert counts == [(sessions["attended"], sessions["no_show"], sessions["late_cancel"], int(sessions.sum()))]


def test_ages_of_65_and_over_are_one_band_in_the_marts(world) -> None:
    bands = {band for (band,) in world.execute("select distinct age_band from mart_episodes").fetchall()}
    assert bands == {"18-24", "25-34", "65+"}


def test_every_statement_says_first_what_a_row_is() -> None:
    folder = Path(records.__file__).parent / "sql"
    silent = [path.name for path in folder.glob("*.sql") if not path.read_text().startswith("-- ")]
    assert silent == []
    assert len(list(folder.glob("*.sql"))) > 15


def test_the_stored_outcome_is_that_of_the_definition(world) -> None:
    asked = reader(world)
    told = outcome_rows(asked, Settings(episodes="all")).set_index("episode_id")
    plain = plain_people(asked, everybody=True).set_index("episode_id")
    assert (told["state"] == plain["state"].reindex(told.index)).all()
    followed = told[told["state"] == "followed"]
    assert (followed["t"] == plain["t"].reindex(followed.index)).all()
    assert (followed["cause"] == plain["cause"].reindex(followed.index)).all()


def test_the_eight_people_are_stored_as_told() -> None:
    con = build_records(eight_people())
    assert [one(con, n)["last_contact_day"] for n in range(1, 9)] == [50, 160, 180, 90, 0, 110, 10, 170]
    assert [one(con, n)["exit_cause"] for n in range(1, 9)] == [None, None, None, 2, None, 4, None, 2]
