"""Results, limits and levels of the checks. Referees: hand-counted tables; each stored check against a small world."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines import check, load_log, quality, schema, warehouse
from pipelines.load import load
from pipelines.records import create_table
from tests.pipelines.raw_world import changed, write
from tests.pipelines.raw_world import world as small_world

EVERY = [rule.id for rule in quality.stored_rules()]


def test_there_are_about_sixty_checks_and_each_id_is_one() -> None:
    ids = [rule.id for rule in quality.all_rules()]
    assert len(ids) == len(set(ids)) >= 60


@pytest.mark.parametrize("rule", quality.stored_rules(), ids=lambda rule: rule.id)
def test_a_stored_check_counts_one_table_and_says_what_to_do(rule: check.Rule) -> None:
    assert len(rule.tables) == 1
    assert rule.severity == "info"
    assert rule.limit is not None
    for text in (rule.sentence, rule.remedy):
        assert text[0].isupper()
        assert text.endswith(".")
        assert len(text) < 130
        assert not {"client", "patient", "invalid", "null"} & set(text.lower().replace(".", "").split())


@pytest.mark.parametrize(
    ("rows", "of_rows", "limit", "expected"),
    [
        (0, 0, 0.1, "not_applicable"),
        (0, 10, 0.1, "pass"),
        (1, 10, 0.1, "pass_with_rows"),
        (2, 10, 0.1, "fail"),
        (10, 10, 1.0, "pass_with_rows"),
        (1, 1000, 0.0, "fail"),
    ],
)
def test_a_result_follows_from_the_rows_and_the_limit(rows: int, of_rows: int, limit: float, expected: str) -> None:
    assert quality.outcome(rows, of_rows, limit) == expected


def one(result: str, severity: str = "warn") -> quality.CheckResult:
    return quality.CheckResult("a", "sessions", severity, result, 1, 10, 0.1, "It is.", "Do.")


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], "good"),
        ([one("pass"), one("not_applicable")], "good"),
        ([one("pass_with_rows", "info")], "good"),
        ([one("pass"), one("pass_with_rows")], "check"),
        ([one("pass_with_rows"), one("fail", "info")], "do_not_use"),
        ([one("error")], "do_not_use"),
    ],
)
def test_the_level_of_a_table_is_that_of_its_worst_check(results: list[quality.CheckResult], expected: str) -> None:
    assert quality.level(results) == expected
    assert expected in quality.LEVELS


def test_a_limit_is_a_share() -> None:
    text = (
        "-- id: a\n-- table: sessions\n-- severity: info\n-- limit: {}\n-- sentence: It is.\n-- remedy: Do.\nselect 1"
    )
    assert check.read_rule("a.sql", text.format("0.25")).limit == 0.25
    for wrong in ("2", "-1", "half", "0.2\n-- limit: 0.3"):
        with pytest.raises(ValueError, match="limit"):
            check.read_rule("a.sql", text.format(wrong))


@pytest.fixture(scope="module")
def world() -> Iterator[object]:
    """Stored tables made by hand: the expected counts are worked out beside each table."""
    con = warehouse.memory_connection()
    for table in schema.TABLES:
        create_table(con, table)

    def code(kind: int, number: int) -> str:
        return f"00000000-0000-0000-000{kind}-{number:012d}"

    con.execute("insert into sites (site_id) values (?), (?), (?)", [code(1, n) for n in (1, 2, 3)])  # 3 is empty
    con.execute("insert into coaches (coach_id) values (?), (?)", [code(2, n) for n in (1, 2)])  # 2 has no session
    people = [
        ("25-34", "woman", "white", "opioid", "stable", "full_time"),
        ("unknown", "man", "black", "unknown", "unknown", "unknown"),
        ("35-44", "undisclosed", None, "alcohol", None, "student"),
        (None, "man", "unknown", None, "stable", None),
    ]
    for number, row in enumerate(people):
        con.execute(
            "insert into participants (participant_id, age_band, gender, race_eth, primary_substance, housing, "
            "employment) values (?, ?, ?, ?, ?, ?, ?)",
            [code(3, number), *row],
        )
    # episode, first attended, last contact, exit day and reason
    episodes = [(1, 0, 100, 160, "completed"), (2, 5, 100, 161, "unknown"), (3, None, 0, 10, "other")]
    episodes += [(4, 0, 131, 100, "dropped_out"), (5, 0, 130, 100, "moved"), (6, None, 0, None, None)]
    for number, first, last, leaving, reason in episodes:
        con.execute(
            "insert into episodes (episode_id, participant_id, site_id, first_attended_day, last_contact_day) "
            "values (?, ?, ?, ?, ?)",
            [code(4, number), code(3, number % 4), code(1, 1 + number % 2), first, last],
        )
        if leaving is not None:
            con.execute(
                "insert into discharges (episode_id, exit_day, exit_type) values (?, ?, ?)",
                [code(4, number), leaving, reason],
            )
    sessions = [("attended", 30, 1, 3), ("attended", 45, 1, 4), ("attended", 60, None, 5), ("attended", None, 1, 6)]
    sessions += [("unknown", None, 1, None), ("no_show", 30, 1, None)]
    for number, (status, minutes, coach, day) in enumerate(sessions):
        con.execute(
            "insert into sessions (session_id, episode_id, coach_id, status, minutes, occurred_day) "
            "values (?, ?, ?, ?, ?, ?)",
            [code(5, number), code(4, 1), None if coach is None else code(2, coach), status, minutes, day],
        )
    con.execute(
        "insert into instruments (instrument_id, scale_min, scale_max) values ('wide', 0, 40), ('narrow', 1, 5)"
    )
    # day, instrument, rater, wave, status, total, at ceiling, origin
    forms = [
        (3, "wide", "participant", "in_program", "complete", 20.0, False, "reported_total"),
        (4, "wide", "participant", "in_program", "complete", 40.0, True, "reported_total"),
        (9, "wide", "participant", "in_program", "complete", 33.0, False, "reported_total"),
        (9, "wide", "participant", "in_program", "partial", None, None, "items"),
        (5, "narrow", "coach", "followup", "complete", 5.0, True, "reported_total"),
        (30, "wide", "participant", "followup", "due_missed", None, None, None),
        (60, "wide", "participant", "followup", "refused", None, None, None),
    ]
    for number, (day, instrument, rater, wave, status, total, top, origin) in enumerate(forms):
        con.execute(
            "insert into assessments (assessment_id, episode_id, instrument_id, rater, day, wave, status, total, "
            "at_ceiling, score_origin) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [code(6, number), code(4, 1), instrument, rater, day, wave, status, total, top, origin],
        )
    yield con
    con.close()


COUNTED = {
    "age_band_not_known": (2, 4),
    "answered_without_score": (1, 5),
    "assessment_not_answered": (2, 7),
    "attendance_unknown": (1, 6),
    "attended_session_without_rating": (1, 4),  # days 3, 4 and 5 have a form, day 6 has none
    "coach_without_sessions": (1, 2),
    "contact_long_after_exit": (1, 5),  # episode 4: 31 days; episode 5: 30 days
    "employment_not_known": (2, 4),
    "exit_long_after_last_contact": (1, 5),  # episode 2: 61 days; episode 1: 60 days
    "exit_reason_not_recorded": (2, 5),
    "gender_not_known": (1, 4),
    "housing_not_known": (2, 4),
    "minutes_rounded": (2, 3),
    "never_attended": (2, 6),
    "no_follow_up": (4, 5),
    "primary_substance_not_known": (2, 4),
    "race_eth_not_known": (2, 4),
    "scores_at_ceiling": (1, 3),
    "scores_rounded": (1, 2),  # 20 of 20 and 33; the highest score is left away
    "session_without_coach": (1, 4),
    "site_without_people": (1, 3),
}


def test_every_stored_check_has_a_hand_count() -> None:
    assert set(COUNTED) == set(EVERY)


@pytest.mark.parametrize("rule", quality.stored_rules(), ids=lambda rule: rule.id)
def test_a_stored_check_counts_what_was_counted_by_hand(world, rule: check.Rule) -> None:
    assert world.execute(rule.sql).fetchall() == [COUNTED[rule.id]]


@pytest.mark.parametrize("rule", quality.stored_rules(), ids=lambda rule: rule.id)
def test_a_stored_check_of_empty_tables_has_nothing_to_look_at(rule: check.Rule) -> None:
    con = warehouse.memory_connection()
    for table in schema.TABLES:
        create_table(con, table)
    assert con.execute(rule.sql).fetchall() == [(0, 0)]


def test_a_check_that_cannot_be_run_says_so_and_the_table_is_not_called_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failing rule of incoming rows stops the load; one that only counts what is stored must not."""
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(tmp_path / "secret" / "key"))
    broken = replace(quality.stored_rules()[0], sql="select cast('x' as integer), 1")
    monkeypatch.setattr(quality, "stored_rules", lambda: (broken,))
    done = load(write(tmp_path / "files", small_world()), tmp_path / "home")
    (found,) = [each for each in done.rules if each.result == "error"]
    assert (found.rule, found.rows, found.remedy) == (broken.id, 0, quality.NOT_RUN)
    stored = quality.read_results(warehouse.open_records(tmp_path / "home"))
    of_table = quality.by_table(stored)[broken.tables[0]]
    assert quality.level(of_table) == "do_not_use"
    assert any(line.strip().startswith("Not known: ") for line in quality.sentences(stored))


def test_the_log_of_loads_tells_how_quality_went_over_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOVERY_OUTCOMES_KEY", str(tmp_path / "secret" / "key"))
    assert load_log.sentences(load_log.read(tmp_path / "home")) == ["Nothing has been loaded yet."]
    broken = changed("sessions", 0, minutes="5000")
    load(write(tmp_path / "broken", broken), tmp_path / "home", keep_anchors=True)
    load(write(tmp_path / "repaired", {"sessions": small_world()["sessions"][:1]}), tmp_path / "home", append=True)
    first, second = load_log.read(tmp_path / "home")
    assert (first["rows_quarantined"], second["rows_quarantined"]) == (1, 0)
    assert (first["added"], second["added"]) == (False, True)
    listed = {"check": "minutes_out_of_range", "table": "sessions", "result": "fail", "rows": 1, "of_rows": 3}
    assert listed in first["checks"]
    assert not [each for each in second["checks"] if each["check"] == "minutes_out_of_range"]
    lines = load_log.sentences([first, second])
    assert "records-0001: 53 rows loaded, 1 kept out (1.9%)" in lines[0]
    assert "minutes_out_of_range" in lines[0]
    assert "records-0002: 1 rows added, 0 kept out (0.0%)" in lines[1]
