"""The release reader: it needs the release alone, answers from printed numbers, and refuses what is not declared.

Referees: the tables of the release read with plain SQL, formulas worked by hand, a process without records or key.
"""

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from pipelines import warehouse
from pipelines.disclosure import derived
from pipelines.disclosure.published import read_published
from pipelines.disclosure.reader import ANSWERS, ReleaseReader
from pipelines.estimate_table import check
from pipelines.faults import InputFault
from pipelines.measures import MEASURES
from pipelines.questions import Question, Settings
from pipelines.release import build_release
from tests.pipelines.release_world import key_of, world, write_home

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reader")
    with key_of(folder):
        write_home(folder / "home", world(2_500, 31, follow_up=200))
        build_release(folder / "home")
    return folder / "home"


@pytest.fixture(scope="module")
def reader(home):
    return ReleaseReader(home)


@pytest.fixture(scope="module")
def printed(home):
    """Return a function that reads printed (n, k) of a label with plain SQL."""
    opened = warehouse.open_release(home)

    def look(measure, **categories):
        where = " and ".join(
            f"{name} = '{categories.get(name, '*')}'"
            for name in (
                "site", "age_band", "gender", "primary_substance", "referral_source", "housing", "alliance_band",
                "self_efficacy_band",
            )
        )  # fmt: skip
        cohort = categories.get("cohort")
        period = f"cohort = '{cohort}'" if cohort else "cohort like '%..%'"
        sql = (
            f"select n, k from cells where {period} and {where} and measure = '{measure}' order by cohort desc limit 1"
        )
        return opened.rows(sql)[0]

    yield look
    opened.close()


def ask(reader, measure, by=(), where=(), **settings):
    table = reader.ask(Question(measure, by=by, where=where, **settings))
    check(table)
    return table


def test_every_measure_of_this_door_is_answered(reader):
    assert set(ANSWERS) == {name for name, entry in MEASURES.items() if "release" in entry.doors}
    for name in ANSWERS:
        table = ask(reader, name)
        assert len(table)
        assert (table["source"] == f"release {reader.about()['release_id']}").all()


def test_a_share_is_the_whole_percentage_of_two_printed_counts(reader, printed):
    table = ask(reader, "stayed_share", by=("gender",))
    rows = table[table["x"].eq(90) & table["stat"].eq("share")]
    assert rows["status"].isin(["shown", "rough", "hidden"]).all()
    width = reader.about()["noise"]  # 8, or more where the coin test asked for it with this key
    variance = width * (width + 2) / 6 + 2  # triangular on whole numbers, and rounding to 5
    for row in rows[rows["status"].ne("hidden")].itertuples():
        n, k = printed("left_early_90", gender=row.level)
        assert (row.n, row.events) == (n, k)
        assert row.estimate == pytest.approx(1 - round(k / n, 2))
        q = k / n
        error = math.sqrt(q * (1 - q) / n + variance * (1 + q * q) / n**2)
        assert row.upper == pytest.approx(max(row.estimate, min(1, 1 - q + 1.96 * error)), abs=0.0011)
        assert row.lower == pytest.approx(min(row.estimate, max(0, 1 - q - 1.96 * error)), abs=0.0011)
        assert (row.status == "rough") == (n < 100)
    assert set(rows[rows["status"].eq("hidden")]["reason"]) <= {"below_threshold", "base_under_50"}


def test_no_share_rests_on_fewer_than_fifty_printed_people(reader):
    for name in ANSWERS:
        for by in ((), ("site",), ("gender",), ("alliance_band",)):
            if MEASURES[name].fixed_groupings or not set(by) <= set(MEASURES[name].groupings):
                continue
            table = ask(reader, name, by=by)
            shares = table[
                table["stat"].eq("share") & table["shape"].isin(["point", "bar", "cell"]) & table["n"].notna()
            ]
            assert (shares["n"] >= 50).all()


def test_every_confidential_cause_reads_the_same(reader):
    reasons = set()
    for name in ANSWERS:
        for by in ((), ("referral_source",), ("gender",), ("self_efficacy_band",)):
            if MEASURES[name].fixed_groupings or not set(by) <= set(MEASURES[name].groupings):
                continue
            table = ask(reader, name, by=by)
            reasons |= set(table.loc[table["status"].eq("hidden"), "reason"])
    assert reasons == {"below_threshold", "base_under_50"}


def test_people_enrolled_adds_printed_cells(reader, printed):
    table = ask(reader, "people_enrolled")
    assert table["estimate"].tolist() == [
        printed("people")[0] + printed("never_attended")[0],
        printed("never_attended")[0],
    ]
    by_site = ask(reader, "people_enrolled", by=("site",), where=(("gender", ("woman",)),))
    for row in by_site[by_site["level"].ne("")].itertuples():
        n = printed("people", site=row.level, gender="woman")[0]
        assert row.estimate == n
        assert (row.status, row.reason) == ("rough", "at_least")


def test_a_union_is_the_sum_of_printed_cells_and_says_at_least(reader, printed):
    codes = ("woman", "nonbinary", "other")
    parts = [printed("people", gender=code)[0] for code in codes]
    never = [printed("never_attended", gender=code)[0] for code in codes]
    assert None in (*parts, *never)
    row = ask(reader, "people_enrolled", where=(("gender", codes),)).iloc[0]
    assert row["estimate"] == sum(n for n in (*parts, *never) if n)
    assert (row["status"], row["reason"]) == ("rough", "at_least")
    shares = ask(reader, "stayed_share", where=(("gender", codes),))
    assert set(shares["reason"]) == {"below_threshold"}
    two = ask(reader, "stayed_share", where=(("site", ("Ashgrove", "Cedar")),))
    row = two[two["x"].eq(90)].iloc[0]
    (n1, k1), (n2, k2) = printed("left_early_90", site="Ashgrove"), printed("left_early_90", site="Cedar")
    assert (row["n"], row["events"]) == (n1 + n2, k1 + k2)
    assert row["estimate"] == pytest.approx(1 - round((k1 + k2) / (n1 + n2), 2))


def test_the_curve_can_be_worked_out_again_from_its_own_table(reader):
    for by in ((), ("site",), ("alliance_band",), ("cohort",)):
        table = ask(reader, "staying_curve", by=by)
        lines = table[table["shape"].eq("line") & table["status"].isin(["shown", "rough"])]
        assert len(lines) > 3
        for _, line in lines.groupby("level"):
            line = line.sort_values("x")
            people = line["n"].iloc[0]
            censored = people - line["n"] - line["events"]
            share, before = [1.0], line.iloc[0]
            for place in range(1, len(line)):
                now = line.iloc[place]
                out = censored.iloc[place] - censored.iloc[place - 1]
                at_risk = before["n"] - out / 2
                share.append(share[-1] * (1 - (now["events"] - before["events"]) / at_risk))
                before = now
            assert line["estimate"].tolist() == pytest.approx(share, abs=0.002)
            assert (np.diff(line["events"]) >= 5).all()
            assert line["x"].iloc[0] == 0
        assert "step" not in set(table["shape"])


def test_from_a_score_the_clock_starts_on_day_thirty(reader):
    curve = ask(reader, "staying_curve", by=("alliance_band",))
    drawn = curve[curve["shape"].eq("line") & curve["estimate"].notna()]
    assert set(drawn["x"]) <= {0, 30, 60, 90, 150, 240, 335}
    assert "left_before" not in set(drawn["level"])
    shares = ask(reader, "stayed_share", by=("self_efficacy_band",))
    assert set(shares.loc[shares["stat"].eq("share"), "x"]) == {60, 150, 335}
    assert "left_before" in set(curve["series"])


def test_the_curve_and_the_share_of_a_day_count_the_same_people_with_the_same_noise(reader):
    curve = ask(reader, "staying_curve", where=(("cohort", ("2023-H1",)),))
    share = ask(reader, "stayed_share", where=(("cohort", ("2023-H1",)),))
    for day in (30, 90, 180):
        one, other = curve[curve["shape"].eq("line") & curve["x"].eq(day)], share[share["x"].eq(day)]
        assert one["events"].tolist() == other["events"].tolist()
        assert one["estimate"].iloc[0] == pytest.approx(other["estimate"].iloc[0], abs=0.006)


def test_the_difference_is_that_of_the_two_printed_shares(reader):
    table = ask(reader, "stayed_share", by=("alliance_band",))
    at = table[table["x"].eq(150)].set_index("level")
    gap = at.loc["higher|lower"]
    assert gap["estimate"] == pytest.approx(at.loc["higher", "estimate"] - at.loc["lower", "estimate"])
    assert gap["lower"] < gap["estimate"] < gap["upper"]


def test_the_heat_map_has_nine_cells_of_two_printed_counts(reader, printed):
    table = ask(reader, "stayed_by_alliance_and_self_efficacy")
    cells = table[table["shape"].eq("cell")]
    assert len(cells) == 9
    assert set(cells["x"]) == {150}
    for row in cells[cells["estimate"].notna()].itertuples():
        one, two = row.level.split("|")
        assert (row.n, row.events) == printed("left_early_180", alliance_band=one, self_efficacy_band=two)
    assert table["level"].iloc[-1] == "higher|higher - lower|lower"


def test_early_scores_give_mean_bands_and_people(reader, printed):
    table = ask(reader, "early_alliance")
    bands = [printed("people", alliance_band=band)[0] for band in ("lower", "middle", "higher")]
    row = table[table["stat"].eq("mean")].iloc[0]
    assert row["n"] == sum(bands)
    assert 3.8 < row["lower"] < row["estimate"] < row["upper"] < 4.5
    shares = table[table["series"].eq("band")]
    assert shares["estimate"].tolist() == [round(n / sum(bands), 2) for n in bands]


def test_answers_and_attendance_come_from_printed_numbers(reader, printed):
    table = ask(reader, "response_rate").set_index("series")
    parts = [printed("people", alliance_band=band)[0] for band in ("lower", "middle", "higher", "no_score")]
    assert table.loc["alliance", "estimate"] == round(sum(parts[:3]) / sum(parts), 2)
    assert table.loc["alliance", "n"] - table.loc["alliance", "events"] == parts[3]
    row = ask(reader, "attendance_rate").iloc[0]
    assert 0.7 < row["estimate"] < 0.9
    assert row["n"] % 100 == 0


def test_dose_response_puts_bands_at_their_printed_means(reader):
    table = ask(reader, "dose_response_alliance")
    dots = table[table["shape"].eq("point")]
    assert dots["level"].tolist() == ["lower", "middle", "higher"]
    assert dots["x"].is_monotonic_increasing
    slope = table[table["stat"].eq("slope")].iloc[0]
    assert slope["lower"] < slope["estimate"] < slope["upper"]


def test_a_cohort_without_complete_follow_up_is_immature(reader):
    table = ask(reader, "stayed_share", by=("cohort",))
    late = table[table["level"].eq("2024-H2") & table["x"].eq(365)].iloc[0]
    assert (late["status"], late["reason"]) == ("immature", "cohort_incomplete")
    one = ask(reader, "stayed_share", where=(("cohort", ("2024-H2",)),))
    assert one.loc[one["x"].eq(365), "status"].tolist() == ["immature"]
    curve = ask(reader, "staying_curve", where=(("cohort", ("2024-H2",)),))
    assert curve.loc[curve["x"].eq(365), "status"].tolist() == ["immature"]


@pytest.mark.parametrize(
    ("measure", "by", "where"),
    [
        ("stayed_share", ("gender",), (("age_band", ("25-34",)),)),
        ("staying_curve", ("site",), (("gender", ("woman",)),)),
        ("staying_curve", (), (("site", ("Ashgrove", "Cedar")),)),
        ("stayed_by_alliance_and_self_efficacy", (), (("site", ("Ashgrove",)),)),
        ("early_alliance", ("site",), (("gender", ("woman",)),)),
        ("people_enrolled", ("gender", "housing"), (("cohort", ("2023-H1",)), ("site", ("Ashgrove",)))),
        ("people_enrolled", ("gender", "housing"), (("age_band", ("25-34",)), ("site", ("Ashgrove",)))),
        ("where_people_are", (), ()),
        ("exit_reasons", (), ()),
    ],
)
def test_a_combination_that_is_not_published_is_a_row_that_says_so(reader, measure, by, where):
    table = ask(reader, measure, by=by, where=where)
    assert table[["status", "reason"]].to_numpy().tolist() == [["not_applicable", "not_declared"]]


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (Question("salaries"), "undeclared measure"),
        (Question("people_enrolled", by=("zip",)), "a dimension the release does not have"),
        (Question("people_enrolled", by=("enrol_quarter",)), "a dimension the release does not have"),
        (Question("people_enrolled", where=(("gender", ("woman", "x")),)), "undeclared category"),
        (Question("people_enrolled", where=(("enrol_quarter", ("2024-Q1",)),)), "undeclared dimension"),
        (Question("people_enrolled", where=(("site", ()),)), "names no category"),
        (Question("people_enrolled", by=("site", "site")), "twice"),
        (Question("attendance_rate", by=("alliance_band",)), "is not one this measure may be split by"),
        (Question("stayed_share", settings=Settings(gap_days=60)), "not those the release was counted with"),
        (Question("stayed_by_alliance_and_self_efficacy", by=("site",)), "its own grouping"),
    ],
)
def test_what_is_not_declared_is_an_error_that_says_what_is_possible(reader, question, sentence):
    with pytest.raises(InputFault, match=sentence) as caught:
        reader.ask(question)
    assert all(fault.remedy for fault in caught.value.faults)


def test_the_same_question_always_gets_the_same_answer(home, reader):
    one = ask(reader, "stayed_share", by=("site",))
    again = ask(ReleaseReader(home), "stayed_share", by=("site",))
    assert one.equals(again)


def test_dimensions_and_facts_come_from_the_release(reader):
    names = [dimension.name for dimension in reader.dimensions()]
    assert names[:3] == ["cohort", "site", "age_band"]
    assert dict(reader.dimensions()[1].categories)["Ashgrove"] == "Ashgrove"
    about = reader.about()
    assert about["audience"] == "public"
    assert about["floor"] == 11
    assert about["people"] % 5 == 0
    assert about["instruments"]["alliance"]["scale_max"] == 5
    assert "Do not try to identify anyone" in about["footnote"]


PROBE = """
import json, sys
from pathlib import Path
from pipelines.disclosure.reader import ANSWERS, ReleaseReader
from pipelines.questions import Question
reader = ReleaseReader(Path(sys.argv[1]))
shown = {name: int(reader.ask(Question(name)).status.isin(["shown", "rough"]).sum()) for name in ANSWERS}
print(json.dumps({"shown": shown, "modules": sorted(sys.modules)}))
"""


def test_it_works_where_there_are_no_records_and_no_key(home, tmp_path):
    away = tmp_path / "public"
    shutil.copytree(home / "release", away / "release")
    environment = {
        "PATH": os.environ["PATH"],
        "RECOVERY_OUTCOMES_KEY": str(tmp_path / "nowhere"),
        "HOME": str(tmp_path),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(away)], capture_output=True, text=True, check=True, cwd=ROOT, env=environment
    )
    told = json.loads(done.stdout)
    assert all(told["shown"].values())
    forbidden = {
        "pipelines.records", "pipelines.keys", "pipelines.load", "pipelines.read", "pipelines.deidentify",
        "pipelines.estimate", "pipelines.outcomes", "pipelines.release", "pipelines.disclosure.build",
        "pipelines.disclosure.noise", "pipelines.disclosure.ledger", "pipelines.disclosure.truth",
        "pipelines.disclosure.people", "pipelines.disclosure.press",
    }  # fmt: skip
    assert forbidden.isdisjoint(told["modules"])
    assert not (away / "records").exists()


def test_a_release_of_another_form_is_refused():
    con = warehouse.memory_connection()
    con.execute(warehouse.statement("sql/release_tables.sql"))
    con.execute("insert into about values ('format', '7')")
    with pytest.raises(InputFault, match="a form that this program does not know"):
        read_published(warehouse.Reader(Path("release-0001.duckdb"), con))
    con.execute("create table people (participant_id varchar)")
    con.execute("update about set value = '1'")
    with pytest.raises(InputFault, match="a form that this program does not know"):
        read_published(warehouse.Reader(Path("release-0001.duckdb"), con))


def test_records_that_cannot_be_read_do_not_matter(home, monkeypatch):
    real = warehouse.duckdb.connect
    opened = []

    def connect(path, *args, **kwargs):
        opened.append(Path(path).name)
        return real(path, *args, **kwargs)

    monkeypatch.setattr(warehouse.duckdb, "connect", connect)
    reader = ReleaseReader(home)
    for name in ANSWERS:
        ask(reader, name)
    assert opened == [f"{reader.version}.duckdb"]


def test_chi_square_tail_equals_scipy():
    for df in range(1, 9):
        for value in (0.0, 0.3, 2.5, 11.0, 40.0):
            assert derived.chi_square_tail(value, df) == pytest.approx(stats.chi2.sf(value, df), rel=1e-12)


def test_the_log_rank_test_of_a_printed_table_by_hand():
    one = derived.Table(100, (30, 60), (20, 30), (0, 0))
    two = derived.Table(200, (30, 60), (20, 30), (0, 0))
    observed = 30
    expected = 40 * 100 / 300 + 20 * 80 / 260
    spread = 40 * 260 / 299 * (1 / 3) * (2 / 3) + 20 * 240 / 259 * (80 / 260) * (180 / 260)
    by_hand = stats.chi2.sf((observed - expected) ** 2 / spread, 1)
    assert derived.log_rank([one, two], 0.0) == pytest.approx(by_hand)
    assert derived.log_rank([one, two], 15.3) > by_hand
    assert derived.log_rank([one], 15.3) is None
    assert derived.log_rank([one, derived.Table(50, (90,), (20,), (0,))], 15.3) is None


def test_ranges_hold_the_truth_as_often_as_they_say():
    chance = np.random.default_rng(4)
    n, q, inside, draws = 300, 0.7, 0, 4_000
    for _ in range(draws):
        k = chance.binomial(n, q)
        noise = chance.integers(0, 9, 2) - chance.integers(0, 9, 2)
        printed_n, printed_k = (5 * round((value + shift) / 5) for value, shift in zip((n, k), noise, strict=True))
        share = derived.share(printed_k, printed_n, 15.333)
        inside += share.lower <= q <= share.upper
    assert 0.93 < inside / draws < 0.98


def test_lasting_change_is_the_printed_share_of_everybody_who_started(reader, home, printed):
    """The referee counts the records again: people of complete cohorts, and those with a kept gain after an exit."""
    opened = warehouse.open_records(home)
    people = opened.table(
        "select m.*, is_lasting from mart_episodes m left join lasting_changes using (episode_id) where is_first"
    )
    opened.close()
    people = people[people["stay_ending"] >= 0]
    mature = people.groupby("cohort")["stay_follow_up"].transform("min") >= 180 + 180 + 59
    kept = people["is_lasting"].eq(True) & (people["exit_day"] - people["first_attended_day"] <= 180)
    (row,) = ask(reader, "known_lasting_change").to_dict("records")
    n, k = printed("lasting_change_180")
    assert (row["status"], row["n"], row["events"], row["estimate"]) == ("shown", n, k, round(k / n, 2))
    assert abs(row["n"] - mature.sum()) <= 10
    assert abs(row["events"] - (kept & mature).sum()) <= 10
    by_cohort = ask(reader, "known_lasting_change", by=("cohort",)).set_index("level")["status"]
    complete = sorted(people.loc[mature, "cohort"].unique())
    assert sorted(by_cohort.index[by_cohort != "immature"]) == complete
    assert "immature" in set(by_cohort)
