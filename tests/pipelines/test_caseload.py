"""People and sessions by month, and who came through whom. Referees: hand-made tables, counting link by link."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipelines import warehouse
from pipelines.estimate import LiveReader
from pipelines.questions import Question
from pipelines.schema import DISCHARGES, EPISODES, SESSIONS
from tests.pipelines.records_world import add_person, build_records, code, one_site, random_people, reader
from tests.pipelines.test_estimate import shown

MONTHS = {"2024-09": (30, 8), "2024-10": (4, 40), "2024-11": (25, 3), "2024-12": (22, 9), "2025-01": (50, 50)}
"""People of a month at Ashgrove and at Birchwood; the records hold everything up to the last quarter of 2024."""
SESSIONS_OF = {"attended": 60, "no_show": 20, "late_cancel": 10, "cancelled_staff": 10}


@pytest.fixture
def con():
    held = build_records(random_people(5, 60, sites=2))
    for month, sizes in MONTHS.items():
        for site, people in enumerate(sizes, 1):
            held.execute("insert into site_month_active values (?, ?, ?)", [code("site", site), month, people])
            for status, sessions in SESSIONS_OF.items():
                row = [code("site", site), month, status, sessions * site, 0]
                held.execute("insert into site_month_sessions values (?, ?, ?, ?, ?)", row)
    return held


def by_month(table: pd.DataFrame, series: str = "") -> dict[str, float]:
    rows = shown(table, series=series)
    return dict(zip(rows["level"], rows["estimate"], strict=True))


def test_months_are_added_over_the_sites_and_end_with_the_last_whole_quarter(con) -> None:
    table = LiveReader.of(reader(con)).ask(Question("caseload_by_month"))
    assert by_month(table) == {"2024-09": 38, "2024-10": 44, "2024-11": 28, "2024-12": 31}
    assert by_month(table, "sessions_attended") == dict.fromkeys(by_month(table), 180)
    assert by_month(table, "attended_of_due") == pytest.approx(dict.fromkeys(by_month(table), 60 / 90))
    assert by_month(table, "attended_of_scheduled") == pytest.approx(dict.fromkeys(by_month(table), 60 / 100))
    rows = table[table["stat"].eq("share")]
    assert rows["n"].tolist() == [n for n in by_month(table).values() for _ in range(2)]
    assert table["lower"].isna().all()


def test_a_month_of_few_people_or_with_few_elsewhere_is_hidden_whole(con) -> None:
    table = LiveReader.of(reader(con)).ask(Question("caseload_by_month", where=(("site", ("Ashgrove",)),)))
    # 4 people in October, 3 elsewhere in November: with everybody's number beside, both would be told.
    hidden = table[table["level"].isin(["2024-10", "2024-11"])]
    assert set(hidden["status"]) == {"hidden"}
    assert set(hidden["reason"]) == {"below_threshold"}
    assert hidden[["estimate", "n", "events"]].isna().all(axis=None)
    assert by_month(table) == {"2024-09": 30, "2024-12": 22}
    assert by_month(table, "sessions_attended") == {"2024-09": 60, "2024-12": 60}


def test_a_filter_by_a_trait_of_people_has_no_answer(con) -> None:
    for where in ((("gender", ("woman",)),), (("site", ("Ashgrove",)), ("age_band", ("25-34",)))):
        (row,) = LiveReader.of(reader(con)).ask(Question("caseload_by_month", where=where)).to_dict("records")
        assert (row["status"], row["reason"]) == ("not_applicable", "no_persons")


def test_it_reads_no_table_with_persons(con) -> None:
    live = LiveReader.of(reader(con))
    for table in ("mart_episodes", EPISODES.name, SESSIONS.name, DISCHARGES.name, "participants"):
        con.execute(f'drop table "{table}" cascade')
    assert by_month(live.ask(Question("caseload_by_month", where=(("site", ("Birchwood",)),))))


def test_without_months_it_is_too_early(con) -> None:
    con.execute("delete from site_month_active")
    (row,) = LiveReader.of(reader(con)).ask(Question("caseload_by_month")).to_dict("records")
    assert row["status"] == "immature"


def brought(rows: dict, by: int, whom: int, place: int = 0) -> None:
    event = {"event_id": code("event", 100_000 + 1000 * by + whom + place), "episode_id": code("episode", by), "day": 3}
    rows["engagement_events"].append(
        event | {"type": "referred_someone_in", "linked_participant_id": code("participant", whom)}
    )


def test_generations_are_counted_link_by_link() -> None:
    rows = one_site()
    for number in range(1, 61):
        add_person(rows, number, extract=300, attended=[0, 10])
    for number in range(1, 21):  # 1 to 20 bring 21 to 40, the first of them twice on record
        brought(rows, number, number + 20)
    brought(rows, 1, 21, place=500)
    for number in range(21, 31):  # of these 21 to 30 bring 41 to 50 in turn
        brought(rows, number, number + 20)
    brought(rows, 60, 60)  # whoever names themselves came through nobody
    table = LiveReader.of(reader(build_records(rows))).ask(Question("helping_generations"))
    found = {row.series: (row.estimate, row.n) for row in shown(table).itertuples()}
    assert found == {
        "brought_somebody": (30, 60),
        "came_through_somebody": (30, 60),
        "brought_in_turn": (10, 30),
        "second_generation": (10, 30),
    }


def test_a_small_generation_is_hidden_and_records_without_links_say_so() -> None:
    rows = one_site()
    for number in range(1, 41):
        add_person(rows, number, extract=300, attended=[0, 10])
    nothing = LiveReader.of(reader(build_records(rows))).ask(Question("helping_generations"))
    assert nothing["status"].tolist() == ["not_measured"]
    for number in range(1, 9):
        brought(rows, number, number + 8)
    for number in (9, 10):
        brought(rows, number, number + 20)
    table = LiveReader.of(reader(build_records(rows))).ask(Question("helping_generations"))
    assert set(shown(table)["series"]) == {"brought_somebody", "came_through_somebody"}
    hidden = table[table["series"].isin(["brought_in_turn", "second_generation"])]
    assert hidden["reason"].tolist() == ["below_threshold"] * 2
    assert hidden[["estimate", "n", "events"]].isna().all(axis=None)


def test_the_samples_months_are_its_sessions_and_its_links_its_people(sample_home: Path) -> None:
    live = LiveReader(sample_home)
    held = warehouse.open_records(sample_home)
    links = held.table(
        "select e.participant_id as bringer, v.linked_participant_id as brought from engagement_events v "
        "join episodes e on e.episode_id = v.episode_id where v.linked_participant_id is not null"
    )
    months = held.table("select month, sum(n_active) as people from site_month_active group by month order by month")
    held.close()
    pairs = {(str(row.bringer), str(row.brought)) for row in links.itertuples() if row.bringer != row.brought}
    came = {whom for _, whom in pairs}
    told = shown(live.ask(Question("helping_generations"))).set_index("series")["estimate"]
    assert told["came_through_somebody"] == len(came)
    assert told["brought_somebody"] == len({by for by, _ in pairs})
    table = live.ask(Question("caseload_by_month"))
    assert by_month(table) == dict(zip(months["month"], months["people"].astype(float), strict=True))
    live.close()
