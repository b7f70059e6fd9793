"""Follow-ups and lasting change. Referees: a table worked by hand, and the sample again person by person in pandas.

By hand: 24 people start with a score of 20 and 24 with 30, so the standard deviation at intake is
sqrt(48 x 25 / 47) = 5.0529; with a reliability of .5 a reliable change is 1.96 x 5.0529 x sqrt(2) x sqrt(.5) = 9.9037
points. The smallest difference that matters is 3 points: so much may be lost since the exit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from pipelines import follow_up, records, warehouse
from pipelines.constructs import CHANGING
from pipelines.estimate import LiveReader
from pipelines.questions import Question, Settings
from pipelines.stats import proportion
from tests.pipelines import records_world
from tests.pipelines.records_world import Rows, add_person, code, hand_over, one_site, reader

EXIT = 100
SCALE = records_world.TestInstrument(
    "barc", "recovery_capital", 10, 60, (40, 47), alpha=0.5, minimal_important_difference=3
)
# how many people; score at intake, in the program, 180 days after the exit; kind of exit; days followed after it
PEOPLE = {
    "kept": (10, 20, 35, 33, "completed", 240),
    "lost more than matters": (6, 20, 35, 31, "completed", 240),
    "gained too little": (6, 30, 35, 39, "dropped_out", 240),
    "missing, last seen well": (5, 30, 40, None, "dropped_out", 240),
    "missing, last seen as at the start": (6, 30, 31, None, "transferred", 240),
    "died": (5, 20, 35, None, "died", 240),
    "no exit recorded": (5, 30, 45, None, None, 240),
    "window still open": (3, 20, 35, 45, "completed", 238),
    "window still open, others": (2, 30, 45, 45, "completed", 238),
    "no score at intake": (5, None, 35, 45, "completed", 240),
}
SPREAD = math.sqrt(48 * 25 / 47)


def world(instrument: records_world.TestInstrument = SCALE) -> LiveReader:
    rows: Rows = one_site()
    number = 0
    for how_many, intake, later, last, leaving, after in PEOPLE.values():
        for _ in range(how_many):
            number += 1
            exit_ = None if leaving is None else (EXIT, leaving)
            add_person(rows, number, extract=EXIT + after, attended=[0, 80], leaving=exit_)
            scores = ((0, "intake", intake), (80, "in_program", later), (EXIT + 180, "followup", last))
            for day, wave, total in scores:
                if total is not None:
                    rows["assessments"].append(rating(number, day, wave, total))
    return built(rows, instrument)


def rating(number: int, day: int, wave: str | None, total: float, status: str = "complete") -> dict[str, object]:
    return {
        "assessment_id": code("assessment", number * 1000 + day),
        "episode_id": code("episode", number),
        "instrument_id": "barc",
        "rater": "participant",
        "day": day,
        "wave": wave,
        "status": status,
        "total": total,
    }


def built(rows: Rows, instrument: records_world.TestInstrument = SCALE) -> LiveReader:
    con = warehouse.memory_connection()
    registry = {instrument.instrument_id: instrument}
    hand_over(con, rows)
    records.store(con, registry)
    records.build_marts(con, registry)
    con.execute("insert into dataset values ('title', 'Test program'), ('records_to', '2024-Q4')")
    return LiveReader.of(reader(con))


def told(table: pd.DataFrame, x: int = 180) -> dict[str, tuple[float, float]]:
    """Return people with the event and people of each shown series on one day."""
    rows = table[table["status"].isin(["shown", "rough"]) & table["x"].eq(x) & table["stat"].eq("share")]
    return {str(row.series): (row.events, row.n) for row in rows.itertuples()}


def test_the_table_worked_by_hand() -> None:
    live = world()
    scale = live._reader.table("select * from change_scales").iloc[0]
    assert scale["baseline_people"] == 48
    assert scale["baseline_sd"] == pytest.approx(SPREAD, abs=1e-8)
    assert scale["reliable_change"] == pytest.approx(1.96 * SPREAD, abs=1e-6)
    assert (scale["allowed_loss"], scale["allowed_loss_source"]) == (3, "minimal_important_difference")
    table = live.ask(Question("lasting_change_recovery_capital"))
    assert told(table) == {
        "": (10, 22),
        "answered_of_due": (22, 33),
        "missing_not_lasting": (10, 33),
        "missing_as_last_seen": (15, 33),
        "missing_lasting": (21, 33),
    }
    row = table[table["x"].eq(180) & table["series"].eq("")].iloc[0]
    assert [row["estimate"], row["lower"], row["upper"]] == pytest.approx(list(proportion.wilson(10, 22)))
    apart = table[table["series"].eq("not_compared")].set_index("x")["estimate"].to_dict()
    assert apart == {90: 5, 180: 5}
    assert told(live.ask(Question("follow_up_rate"))) == {"": (27, 38)}


def test_nobody_answered_at_ninety_days_and_nobody_is_due_after_a_year() -> None:
    live = world()
    table = live.ask(Question("lasting_change_recovery_capital"))
    at_ninety = table[table["x"].eq(90) & table["stat"].eq("share")]
    assert set(at_ninety["status"]) == {"hidden"}
    assert len(at_ninety) == 5
    assert at_ninety[["estimate", "lower", "upper", "n", "events"]].isna().all(axis=None)
    assert table[table["x"].eq(365)].empty
    rate = live.ask(Question("follow_up_rate"))
    assert rate.loc[rate["x"].eq(90), ["n", "events"]].to_numpy().tolist() == [[43, 0]]


def test_a_scale_on_which_less_is_better_counts_the_other_way_round() -> None:
    turned = replace(SCALE, higher_is_better=False)
    found = world(turned)._reader.table("select is_lasting from lasting_changes where is_lasting is not null")
    assert len(found) == 22
    assert not found["is_lasting"].any()


def test_without_a_smallest_difference_the_loss_may_be_a_reliable_change() -> None:
    table = world(replace(SCALE, minimal_important_difference=None)).ask(Question("lasting_change_recovery_capital"))
    assert told(table)[""] == (16, 22)


def test_without_a_reliability_a_published_change_counts_and_without_either_nothing_is_measured() -> None:
    live = world(replace(SCALE, alpha=None, reliable_change=12))
    assert told(live.ask(Question("lasting_change_recovery_capital")))[""] == (10, 22)
    none = world(replace(SCALE, alpha=None)).ask(Question("lasting_change_recovery_capital"))
    assert none[["status", "reason"]].to_numpy().tolist() == [["not_measured", "no_reliability"]]


def test_a_spread_of_few_people_is_no_baseline() -> None:
    rows = one_site()
    for number in range(1, 20):
        add_person(rows, number, extract=400, leaving=(EXIT, "completed"))
        rows["assessments"].append(rating(number, 0, "intake", 20 + number))
    scale = built(rows)._reader.table("select * from change_scales")
    assert scale.empty


def test_the_window_opens_thirty_days_before_and_closes_just_under_sixty_after() -> None:
    rows = one_site()
    for number, day in enumerate((149, 150, 239, 240), 1):
        add_person(rows, number, extract=EXIT + 240, leaving=(EXIT, "completed"))
        rows["assessments"].append(rating(number, EXIT + day, "followup", 30))
    found = built(rows)._reader.table("select episode_id, follow_up_day from follow_ups where is_answered")
    answered = {(str(row.episode_id), row.follow_up_day) for row in found.itertuples()}
    assert answered == {(code("episode", 1), 90), (code("episode", 2), 180), (code("episode", 3), 180)}


def test_what_few_people_lack_is_not_told_by_the_rows_beside() -> None:
    """Twenty-two answer and three are missing: the answers, and every bound, would give the three away."""
    rows = one_site()
    for number in range(1, 26):
        add_person(rows, number, extract=EXIT + 240, attended=[0, 80], leaving=(EXIT, "completed"))
        rows["assessments"].append(rating(number, 0, "intake", 20 + 10 * (number % 2)))
        if number <= 22:
            rows["assessments"].append(rating(number, EXIT + 180, "followup", 45 if number <= 11 else 20))
    table = built(rows).ask(Question("lasting_change_recovery_capital"))
    assert told(table) == {"": (11, 22)}
    hidden = table[table["x"].eq(180) & table["status"].eq("hidden")]
    assert set(hidden["series"]) == {
        "answered_of_due",
        "missing_not_lasting",
        "missing_as_last_seen",
        "missing_lasting",
    }


@pytest.fixture(scope="module")
def live(sample_home: Path) -> Iterator[LiveReader]:
    reader = LiveReader(sample_home)
    yield reader
    reader.close()


@pytest.fixture(scope="module")
def again(live: LiveReader) -> pd.DataFrame:
    """Lasting change in the sample, one person at a time, from the canonical tables alone."""
    asked = live._reader
    tables = {name: asked.table(f"select * from {name}") for name in ("episodes", "discharges", "assessments")}
    instruments = asked.table("select * from constructs").set_index("construct")
    ended = tables["discharges"].merge(tables["episodes"], on="episode_id")
    rows = []
    for construct in CHANGING:
        chosen = instruments.loc[construct]
        scored = tables["assessments"].dropna(subset=["total"])
        scored = scored[(scored["instrument_id"] == chosen["instrument_id"]) & (scored["rater"] == chosen["rater"])]
        scored = scored.assign(is_exit=scored["wave"].eq("exit")).sort_values(["day", "is_exit", "total"])
        of_episode = dict(list(scored.groupby("episode_id")))
        starts = [part.loc[part["wave"] == "intake", "total"] for part in of_episode.values()]
        spread = pd.Series([one.iloc[0] for one in starts if len(one)]).std(ddof=1)
        alpha = {"recovery_capital": 0.90, "self_efficacy": 0.854}[construct]
        change = 1.96 * spread * math.sqrt(2 * (1 - alpha))
        for person in ended.itertuples():
            if person.exit_type == "died":
                continue
            for day in (90, 180, 365):
                if person.exit_day + day + 59 > person.extract_day:
                    continue
                rows.append((person.episode_id, construct, day, *compare(of_episode, person, day, change)))
    return pd.DataFrame(rows, columns=["episode_id", "construct", "follow_up_day", "compared", "lasting", "seen"])


def compare(of_episode: dict, person: object, day: int, change: float) -> tuple[bool, bool | None, bool | None]:
    """Return whether there is an intake score, whether the gain lasted (None: no answer), and whether it last did."""
    scores = of_episode.get(person.episode_id)
    if scores is None:
        return False, None, None
    start = scores[(scores["wave"] == "intake") & (scores["day"] <= person.exit_day)]
    if start.empty:
        return False, None, None
    before = start["total"].iloc[0]
    at_exit = scores.loc[scores["day"] <= person.exit_day, "total"].iloc[-1]
    seen = scores.loc[scores["day"] < person.exit_day + day - 30, "total"].iloc[-1]
    since = scores["day"] - person.exit_day
    answers = scores[(scores["wave"] == "followup") & since.between(day - 30, day + 59)]

    def lasting(score: float) -> bool:
        return bool(score - before >= change and at_exit - score <= change)

    if answers.empty:
        return True, None, lasting(seen)
    nearest = (answers["day"] - person.exit_day - day).abs().idxmin()
    return True, lasting(answers.loc[nearest, "total"]), lasting(seen)


def test_the_sample_person_by_person(live: LiveReader, again: pd.DataFrame) -> None:
    found = live._reader.table(
        "select episode_id, construct, follow_up_day, is_lasting, was_lasting from lasting_changes"
    )
    mine = again[again["compared"]]
    assert len(found) == len(mine) > 3000
    both = found.merge(mine, on=["episode_id", "construct", "follow_up_day"], validate="one_to_one")
    assert len(both) == len(found)
    assert [None if pd.isna(one) else bool(one) for one in both["is_lasting"]] == list(both["lasting"])
    assert [bool(one) for one in both["was_lasting"]] == list(both["seen"])
    assert both["is_lasting"].isna().any()


@pytest.mark.parametrize("construct", CHANGING)
def test_the_sample_by_site(live: LiveReader, again: pd.DataFrame, construct: str) -> None:
    people = live._reader.table("select episode_id, site from mart_episodes where is_first and stay_ending >= 0")
    mine = again[again["construct"].eq(construct) & again["compared"]].merge(people, on="episode_id")
    table = live.ask(Question(f"lasting_change_{construct}", by=("site",)))
    rows = table[table["series"].eq("") & table["status"].isin(["shown", "rough"])]
    assert len(rows) > 5
    for row in rows.itertuples():
        part = mine[mine["site"].eq(row.level) & mine["follow_up_day"].eq(row.x)]
        known = part["lasting"].dropna()
        assert (row.events, row.n) == (sum(known), len(known))
    everyone = told(live.ask(Question(f"lasting_change_{construct}")))
    part = mine[mine["follow_up_day"].eq(180)]
    missing = part[part["lasting"].isna()]
    assert everyone["missing_as_last_seen"] == (part["lasting"].sum() + missing["seen"].sum(), len(part))
    assert everyone["missing_lasting"] == (part["lasting"].sum() + len(missing), len(part))


def test_no_range_is_given_where_a_person_may_count_twice(live: LiveReader) -> None:
    for measure in ("lasting_change_self_efficacy", "follow_up_rate"):
        for which, given in (("first", True), ("all", False)):
            table = live.ask(Question(measure, settings=Settings(episodes=which)))
            rows = table[table["status"].isin(["shown", "rough"]) & table["stat"].eq("share")]
            assert rows[["lower", "upper"]].notna().all(axis=None) == given


def test_windows_do_not_meet() -> None:
    windows = [follow_up.window(day) for day in follow_up.FOLLOW_UP_DAYS]
    assert windows == [(60, 149), (150, 239), (335, 424)]


def test_everybody_who_started_stays_in_the_share_known_to_have_kept_a_gain(
    live: LiveReader, again: pd.DataFrame
) -> None:
    people = live._reader.table("select * from mart_episodes where is_first")
    people = people[people["stay_follow_up"].ge(419) & people["stay_ending"].ge(0)]
    wanted = again["construct"].eq("recovery_capital") & again["follow_up_day"].eq(180) & again["lasting"].eq(True)
    early = people["exit_day"] - people["first_attended_day"] <= 180
    known = early & people["episode_id"].isin(set(again.loc[wanted, "episode_id"]))
    row = live.ask(Question("known_lasting_change")).iloc[0]
    assert (row["n"], row["events"]) == (len(people), known.sum())
    assert 5 <= row["events"] < wanted.sum()
