"""The eight people of the agreed definition, ten of each, from files to curve, table twin and CSV.

Referee: worked by hand. With a gap of 30 days and an extract on day 200 follow-up ends on day 170. Seventy people
start (the ten who came 15 days before the extract are immature). Leaving early: ten on day 1, 51 and 161. Completed:
ten on day 95. Other exit: ten on day 120. Censored on day 170: twenty. So the share who stayed falls to 6/7 on day 1,
5/7 on day 51 and, with thirty still followed before day 161, by 3/7 times 10/30 to 4/7.

Other gaps, also by hand. A gap of 14 days ends follow-up on day 186 and makes the ten newest people leave on day 1;
nobody is censored before day 181, so the share is a plain count: 6/8, 5/8 on day 51, 4/8 on day 161, and person 3, last
seen on day 180, is the last to go, on day 181: 3/8. Gaps of 45, 60 and 90 days end it on days 155, 140 and 110, before
day 161: of seventy people twenty have left, 5/7; with 90 days the exit of person 6 on day 120 is not seen any more.
"""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboard import downloads, twins
from dashboard.answers import Question, Settings, one_line, open_answers, record_of
from pipelines.load import load

EXTRACT = date(2026, 3, 31)
COPIES = 10
# first session this many days before the extract; days of later attended sessions; recorded exit
PEOPLE = {
    1: (200, (50,), None),
    2: (200, (160,), None),
    3: (200, (180,), None),
    4: (200, (90,), (95, "completed")),
    5: (200, (), None),
    6: (200, (110,), (120, "incarcerated")),
    7: (15, (), None),
    8: (200, (170,), (175, "completed")),
}
STAYED = {0: 1, 1: 6 / 7, 50: 6 / 7, 51: 5 / 7, 95: 5 / 7, 120: 5 / 7, 160: 5 / 7, 161: 4 / 7, 170: 4 / 7}
FOLLOWED = {0: 70, 1: 70, 51: 60, 161: 30}
# gap: people who start, people too recent to say, share who stayed at the end, people who left early, last day drawn
BY_GAP = {
    14: (80, 0, 3 / 8, 50, 181),
    30: (70, 10, 4 / 7, 30, 170),
    45: (70, 10, 5 / 7, 20, 155),
    60: (70, 10, 5 / 7, 20, 140),
    90: (70, 10, 5 / 7, 20, 110),
}


def write(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("eight")
    patch = pytest.MonkeyPatch()
    patch.setenv("RECOVERY_OUTCOMES_KEY", str(folder / "secret" / "key"))
    source = folder / "source"
    source.mkdir()
    people, episodes, sessions, exits = [], [], [], []
    for number, (before, days, ended) in PEOPLE.items():
        for copy in range(COPIES):
            name = f"{number}-{copy}"
            start = EXTRACT - timedelta(days=before)
            people.append({"participant_id": f"P{name}", "age": 40})
            dates = {"enrolled_date": start, "extract_date": EXTRACT}
            episodes.append({"episode_id": f"E{name}", "participant_id": f"P{name}", "site_id": "S1"} | dates)
            for day in (0, *days):
                held = start + timedelta(days=day)
                row = {"session_id": f"V{name}-{day}", "episode_id": f"E{name}", "occurred_date": held}
                sessions.append(row | {"status": "attended"})
            if ended:
                day, kind = ended
                exits.append({"episode_id": f"E{name}", "exit_date": start + timedelta(days=day), "exit_type": kind})
    write(source / "sites.csv", [{"site_id": "S1", "site_code": "Ashgrove"}])
    write(source / "participants.csv", people)
    write(source / "episodes.csv", episodes)
    write(source / "sessions.csv", sessions)
    write(source / "discharges.csv", exits)
    load(source, folder / "home")
    yield open_answers("manager", folder / "home")
    patch.undo()


def test_the_curve(answers) -> None:
    table = answers.ask(Question("staying_curve"))
    curve = table[(table["stat"] == "share") & (table["status"] == "shown")].sort_values("x")
    for day, share in STAYED.items():
        at = curve[curve["x"] <= day].iloc[-1]
        assert at["estimate"] == pytest.approx(share, abs=1e-12), day
    assert curve["events"].max() == 3 * COPIES
    for day, followed in FOLLOWED.items():
        assert curve.loc[curve["x"] == day, "n"].tolist() == [followed], day


def test_who_is_in_no_curve(answers) -> None:
    table = answers.ask(Question("staying_curve"))
    counts = table[table["stat"] == "count"].set_index("series")["estimate"]
    assert counts["reached_start"] == 7 * COPIES
    assert counts["immature"] == COPIES


@pytest.mark.parametrize("gap", BY_GAP)
def test_the_gap_and_the_numbers_change_together(answers, gap: int) -> None:
    started, immature, stayed, left, end = BY_GAP[gap]
    table = answers.ask(Question("staying_curve", settings=Settings(gap_days=gap)))
    counts = table[table["stat"] == "count"].set_index("series")["estimate"]
    assert counts["reached_start"] == started
    assert counts.get("immature", 0) == immature
    curve = table[table["stat"].eq("share") & table["shape"].eq("step")].sort_values("x")
    shown = curve[curve["status"] == "shown"]
    assert shown["estimate"].iloc[-1] == pytest.approx(stayed, abs=1e-12)
    assert (shown["events"].max(), curve["x"].max()) == (left, end)
    assert record_of(table)["gap_days"] == gap
    rows = downloads.export_rows(table, answers.about())
    assert set(rows["settings"]) == {one_line(record_of(table))}
    assert f"; gap_days={gap}; " in rows["settings"].iloc[0]


def test_the_table_twin(answers) -> None:
    rows = twins.over_time(answers.ask(Question("staying_curve"))).rows
    by_month = {row[0]: row for row in rows}
    assert by_month["0"][1] == "100%"
    assert by_month["3"][1] == "71%"
    assert by_month["6"][1] == "Not shown"


def test_the_csv(answers) -> None:
    rows = downloads.export_rows(answers.ask(Question("staying_curve")), answers.about())
    read = list(csv.DictReader(io.StringIO(downloads.csv_bytes(rows).decode("utf-8-sig"))))
    shares = {float(row["x"]): row for row in read if row["stat"] == "share" and row["estimate"]}
    for day in (1.0, 51.0, 161.0):
        assert float(shares[day]["estimate"]) == pytest.approx(STAYED[int(day)], abs=1e-12)
        assert float(shares[day]["n"]) == FOLLOWED[int(day)]
