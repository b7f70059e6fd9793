"""Within and between people. Referees: people worked by hand, the stored records counted in loops, canaries."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxTimeVaryingFitter

from pipelines import records, warehouse
from pipelines.disclosure.floors import FEW_PEOPLE
from pipelines.estimate import LiveReader
from pipelines.estimators import ratings
from pipelines.estimators.ratio import FEW_EVENTS
from pipelines.estimators.request import Request
from pipelines.measures import entry
from pipelines.questions import Question, Settings
from pipelines.stats import cox, lagged, within
from pipelines.warehouse import Reader, open_records
from tests.pipelines.plain_definition import plain_people
from tests.pipelines.records_world import REGISTRY, Rows, add_person, build_records, code, hand_over, one_site, reader

MEASURES = (
    "lagged_alliance",
    "lagged_self_efficacy",
    "reverse_alliance",
    "reverse_self_efficacy",
    "moves_together_alliance_self_efficacy",
)


@pytest.fixture(scope="module")
def live(sample_home):
    live = LiveReader(sample_home)
    yield live
    live.close()


@pytest.fixture(scope="module")
def stored(sample_home):
    asked = open_records(sample_home)
    yield asked
    asked.close()


def request(asked: Reader, measure: str, **settings) -> Request:
    return Request(asked, Question(measure, settings=Settings(**settings)), entry(measure), "")


def row(table: pd.DataFrame, series: str, stat: str) -> pd.Series:
    (found,) = (one for _, one in table[table["series"].eq(series) & table["stat"].eq(stat)].iterrows())
    return found


def four_people() -> Rows:
    rows = one_site()
    add_person(rows, 1, extract=200, attended=[3, 10, 24], ratings=[(3, "wai_sr", 4.0), (24, "wai_sr", 2.0)])
    add_person(rows, 2, extract=200, attended=[0, 90], leaving=(100, "completed"), ratings=[(0, "wai_sr", 3.0),
               (0, "wai_sr", 4.0), (90, "wai_sr", 5.0), (110, "wai_sr", 1.0)])  # fmt: skip
    add_person(rows, 3, extract=200, attended=[0, 180], ratings=[(165, "wai_sr", 2.0), (175, "wai_sr", 1.0)])
    add_person(rows, 4, extract=200, attended=[0], ratings=[(0, "gse", 30.0), (0, "srs", 36.0)])
    return rows


def lagged_rows(asked: Reader, measure: str = "lagged_alliance", **settings) -> pd.DataFrame:
    one = request(asked, measure, **settings)
    stays = ratings.stays(one)
    construct = one.measure.constructs[0]
    given = ratings.own_ratings(one, construct)
    return lagged.intervals(given, stays.ends(), ratings.carried_days(one, construct), one.origin)


def test_the_rows_of_four_people_are_those_worked_by_hand() -> None:
    found = lagged_rows(reader(build_records(four_people())))
    told = sorted(found[["entry", "day", "event", "between", "within"]].itertuples(index=False, name=None))
    assert told == [
        (0.0, 21.0, False, 4.0, 0.0),  # person 1: days since the first session on day 3
        (0.0, 28.0, False, 3.5, 0.0),  # person 2: two ratings of one day are one, which counts for 28 days
        (21.0, 22.0, True, 3.0, -2.0),  # person 1 left the day after the last session
        (90.0, 100.0, False, 4.25, 1.5),  # completed on day 100; the rating on day 110 is not theirs any more
        (165.0, 170.0, False, 2.0, 0.0),  # person 3: followed to day 170, the rating on day 175 says nothing
    ]


def test_the_settings_of_the_question_are_those_of_the_rows() -> None:
    asked = reader(build_records(four_people()))
    by_gap = lagged_rows(asked, gap_days=60)
    assert by_gap["day"].max() == 100  # followed to day 140: the ratings on days 165 and 175 are too late
    enrolled = lagged_rows(asked, clock="enrolment")
    assert (3.0, 24.0) in set(enrolled[["entry", "day"]].itertuples(index=False, name=None))


def test_a_later_rating_changes_no_earlier_row() -> None:
    before = lagged_rows(reader(build_records(four_people())))
    rows = four_people()
    for given in rows["assessments"]:
        given["total"] = 1.5 if given["day"] >= 24 and given["instrument_id"] == "wai_sr" else given["total"]
    after = lagged_rows(reader(build_records(rows)))
    early = before["rated"].lt(21)
    pd.testing.assert_frame_equal(before[early], after[early])
    assert not np.allclose(before["between"], after["between"])


def test_a_resumed_part_brings_its_ratings_and_its_missed_sessions() -> None:
    rows = one_site()
    add_person(rows, 1, extract=400, attended=[0, 90], leaving=(100, "dropped_out"), ratings=[(80, "wai_sr", 4.0)])
    add_person(rows, 2, person=1, extract=280, attended=[0, 130], leaving=(140, "completed"), episode_no=2,
               ratings=[(10, "wai_sr", 2.0)], other_sessions=[(5, "no_show")])  # fmt: skip
    con = warehouse.memory_connection()
    hand_over(con, rows)
    records.store(con, REGISTRY)
    records.build_marts(con, REGISTRY, new_episode_after=30)
    asked = reader(con)
    found = lagged_rows(asked)
    assert found[["entry", "day", "within"]].to_numpy().tolist() == [[80, 108, 0], [130, 158, -2]]
    one = request(asked, "reverse_alliance")
    missed = one.ask("missed_sessions", columns=("episode_id", "episode_number"), extra={"most_stays": 20_000})
    assert missed.to_numpy().tolist() == [[1, 125]]


def plain_rows(asked: Reader, site: str, carry: int) -> pd.DataFrame:
    """The rows of the sample, one person and one day at a time, from the words of the definition."""
    people = plain_people(asked)
    people = people[people["state"].eq("followed") & people["site"].eq(site)].set_index("episode_id")
    given = asked.table(
        """select a.episode_id, a.day, a.total from assessments a
        join constructs c on c.instrument_id = a.instrument_id and c.rater = a.rater
            and c.instrument_version = coalesce(a.instrument_version, '')
        where c.construct = 'self_efficacy' and a.total is not null order by a.episode_id, a.day"""
    )
    told = []
    for number, (episode, own) in enumerate(given[given["episode_id"].isin(people.index)].groupby("episode_id")):
        who = people.loc[episode]
        t, zero = int(who["t"]), int(who["first_attended_day"])
        by_day = own.groupby("day")["total"].apply(lambda totals: float(np.mean(totals.astype(float))))
        score = {int(day) - zero: value for day, value in by_day.items() if int(day) - zero < t}
        for day in range(1, t + 1):
            past = [before for before in sorted(score) if before < day]
            if not past or day - past[-1] > carry:
                continue
            earlier = [score[before] for before in past[:-1]]
            last = score[past[-1]]
            told.append(
                {
                    "id": number,
                    "start": day - 1,
                    "stop": day,
                    "event": who["cause"] == 1 and day == t,
                    "between": np.mean([*earlier, last]),
                    "within": last - np.mean(earlier) if earlier else 0.0,
                    "stratum": f"{who['site']} {1 if day - past[-1] == 1 else 2 if day - past[-1] <= 7 else 3}",
                }
            )
    return pd.DataFrame(told)


def test_the_ratios_are_those_of_lifelines_on_days_told_one_by_one(live, stored) -> None:
    everybody = plain_people(stored)
    site = everybody["site"].value_counts().index[0]
    table = live.ask(Question("lagged_self_efficacy", where=(("site", (site,)),)))
    rows = plain_rows(stored, site, 42)
    spread = row(table, "reference_sd", "mean")["estimate"]
    usual = live.ask(Question("ratio_self_efficacy"))
    assert spread == pytest.approx(row(usual, "reference_sd", "mean")["estimate"])
    rows[["between", "within"]] /= spread
    # Only days on which somebody of the stratum leaves say anything: the rest is left out to save the referee's time.
    days = rows.loc[rows["event"], ["stratum", "stop"]].drop_duplicates()
    told = rows.merge(days, on=["stratum", "stop"])
    fitted = CoxTimeVaryingFitter().fit(
        told, id_col="id", event_col="event", start_col="start", stop_col="stop", strata=["stratum"]
    )
    for part in ("between", "within"):
        found = row(table, part, "ratio")
        assert found["estimate"] == pytest.approx(float(np.exp(fitted.params_[part])), rel=1e-4)
        assert (found["n"], found["events"]) == (rows["id"].nunique(), rows["event"].sum())
    left = (everybody["state"].eq("followed") & everybody["cause"].eq(1) & everybody["site"].eq(site)).sum()
    without = row(table, "left_without_recent_score", "count")["estimate"]
    assert without == left - rows["event"].sum()


def test_between_and_within_are_in_the_order_of_the_simulator(live) -> None:
    table = live.ask(Question("lagged_alliance"))
    between, inside = row(table, "between", "ratio"), row(table, "within", "ratio")
    assert between["upper"] < inside["estimate"] < 1  # the simulator: -0.35 between people, -0.15 within


def test_scores_dealt_out_at_random_within_the_site_go_with_nothing(stored) -> None:
    """Canary: both ranges contain 1 about 95 times of 100."""
    one = request(stored, "lagged_self_efficacy")
    stays = ratings.stays(one)
    given = ratings.own_ratings(one, "self_efficacy")
    site = stays.site[given["person"].to_numpy(dtype=int) - 1]
    rng = np.random.default_rng(7)
    ratio = []
    for _ in range(20):
        dealt = given.assign(score=given.groupby(site)["score"].transform(lambda own: rng.permutation(own.to_numpy())))
        rows = lagged.by_age(lagged.intervals(dealt, stays.ends(), 42), (1, 7))
        place = rows["person"].to_numpy(dtype=int) - 1
        fit = cox.fit(
            rows[["between", "within"]],
            rows["day"],
            rows["event"],
            entry=rows["entry"],
            stratum=stays.site[place] * 3 + rows["age"].to_numpy(),
            cluster=stays.cluster[place],
        )
        ratio.append(fit.coefficients / np.sqrt(np.diag(fit.clustered)))
    z = np.array(ratio)
    assert (np.abs(z) < 1.96).sum(axis=0).min() >= 15  # 14 or fewer of 20 happens once in 3,000
    assert np.abs(z.mean(axis=0)).max() < 4 / np.sqrt(20)


def test_the_other_direction_is_that_of_a_regression_on_the_records_counted_in_loops() -> None:
    import statsmodels.api as sm

    asked = reader(build_records(with_missed(0.2)))
    people = plain_people(asked).set_index("episode_id")
    given = asked.table("select episode_id, day, total from assessments")
    missed = asked.table("select episode_id, scheduled_day from sessions where status = 'no_show'")
    gone = {episode: set(map(int, days)) for episode, days in missed.groupby("episode_id")["scheduled_day"]}
    told = []
    for episode, own in given.groupby("episode_id"):
        score = {int(day): total for day, total in zip(own["day"], own["total"], strict=True)}
        days = [day for day in sorted(score) if day < people.loc[episode, "t"]]
        for former, day in itertools.pairwise(days):
            after = any(former < session < day for session in gone.get(episode, ()))
            told.append((episode, people.loc[episode, "coach_id"], after, score[day], (day // 30, (day - former) // 7)))
    table = pd.DataFrame(told, columns=["person", "coach", "after", "score", "time"])
    levels = [pd.get_dummies(table[name].astype(str), dtype=float) for name in ("person", "time")]
    design = np.column_stack([table["after"].astype(float), levels[0], levels[1].iloc[:, 1:]])
    expected = sm.OLS(table["score"].astype(float).to_numpy(), design).fit().params[0]
    found = LiveReader.of(asked).ask(Question("reverse_alliance"))
    gap = row(found, "", "difference")
    assert gap["estimate"] == pytest.approx(expected, abs=1e-8)
    kinds = table.groupby("person")["after"].nunique()
    assert gap["n"] == (kinds == 2).sum()
    of_both = table[table["person"].isin(kinds[kinds == 2].index)]
    assert row(found, "after_missed", "count")["estimate"] == of_both["after"].sum()


def with_missed(drop: float, people: int = 60) -> Rows:
    """People whose scores rise by time; every rating after a missed session is `drop` lower."""
    rows = one_site()
    rng = np.random.default_rng(6)
    rows["coaches"] = [{"coach_id": code("coach", i), "site_id": code("site", 1)} for i in range(1, 11)]
    for number in range(1, people + 1):
        level = rng.uniform(2, 3)
        days, given, gone = [0], [(0, "wai_sr", level)], []
        for week in range(1, 20):
            miss = rng.random() < 0.3
            gone += [(7 * week - 3, "no_show")] * miss
            days.append(7 * week)
            given.append((7 * week, "wai_sr", level + 0.05 * week - drop * miss + rng.normal(0, 0.1)))
        add_person(rows, number, extract=300, attended=days, ratings=given, other_sessions=gone, coach=1 + number % 10)
    return rows


def test_a_planted_drop_after_missed_sessions_comes_back_and_one_that_is_not_there_does_not() -> None:
    for drop in (0.3, 0.0):
        gap = row(LiveReader.of(reader(build_records(with_missed(drop)))).ask(Question("reverse_alliance")), "",
                  "difference")  # fmt: skip
        assert gap["upper"] - gap["lower"] < 0.1
        assert gap["lower"] < -drop < gap["upper"]


def test_pairs_are_those_found_in_loops_and_the_correlations_theirs(live, stored) -> None:
    one = request(stored, "moves_together_alliance_self_efficacy")
    first, second = (ratings.own_ratings(one, name) for name in ("alliance", "self_efficacy"))
    told = []
    for person, own in second.groupby("person"):
        other = first[first["person"].eq(person)]
        taken: dict[float, tuple[float, float, float, float]] = {}
        for day, score in zip(own["day"], own["score"], strict=True):
            near = min(((abs(d - day), d, s) for d, s in zip(other["day"], other["score"], strict=True)), default=None)
            if near is not None and near[0] <= 7 and (near[1] not in taken or near[0] < taken[near[1]][0]):
                taken[near[1]] = (near[0], day, near[2], score)
        told += [(person, x, y) for _, _, x, y in sorted(taken.values(), key=lambda one: one[1])]
    pairs = pd.DataFrame(told, columns=["person", "x", "y"])
    table = live.ask(Question(one.measure.id))
    for series, of in (("within", within.within_person), ("between", within.between_people)):
        expected = of(pairs["person"], pairs["x"], pairs["y"])
        found = row(table, series, "correlation")
        assert [found["estimate"], found["lower"], found["upper"]] == pytest.approx(list(expected[:3]))
        assert found["n"] == expected.people
        assert row(table, series, "count")["estimate"] == expected.ratings


@pytest.mark.parametrize("people", [24, 25])
def test_correlations_need_twenty_five_people(people: int) -> None:
    rows = one_site()
    rng = np.random.default_rng(1)
    for number in range(1, people + 1):
        given = [(day, name, middle + rng.normal()) for day in (0, 28) for name, middle in (("wai_sr", 3), ("gse", 30))]
        add_person(rows, number, extract=300, attended=[0, 28, 60], ratings=given)
    table = LiveReader.of(reader(build_records(rows))).ask(Question("moves_together_alliance_self_efficacy"))
    drawn = table[table["stat"].eq("correlation")]
    assert len(drawn) == 2
    if people < 25:
        assert set(drawn["reason"]) == {FEW_PEOPLE}
        assert drawn["estimate"].isna().all()
    else:
        assert set(drawn["status"]) == {"rough"}


def test_few_coaches_give_no_range_few_who_left_no_ratio_and_few_people_nothing() -> None:
    def world(people: int, coaches: int, *, leave: int) -> LiveReader:
        rows = one_site()
        rng = np.random.default_rng(3)
        rows["coaches"] = [{"coach_id": code("coach", i), "site_id": code("site", 1)} for i in range(1, coaches + 1)]
        for number in range(1, people + 1):
            days = [*range(0, 7 * int(rng.integers(3, 15)), 7)] if number <= leave else [*range(0, 300, 7)]
            given = [(day, "wai_sr", float(rng.uniform(1, 5))) for day in days]
            add_person(rows, number, extract=300, attended=days, ratings=given, coach=1 + number % coaches)
        return LiveReader.of(reader(build_records(rows)))

    table = world(80, 7, leave=40).ask(Question("lagged_alliance"))
    for part in ("between", "within"):
        found = row(table, part, "ratio")
        assert found["status"] == "shown"
        assert np.isnan(found["lower"])
        assert table[table["stat"].eq("p_value")].empty
    table = world(80, 10, leave=19).ask(Question("lagged_alliance"))
    hidden = table[table["stat"].eq("ratio")]
    assert set(hidden["reason"]) == {FEW_EVENTS}
    assert hidden["estimate"].isna().all()
    for measure in ("lagged_alliance", "reverse_alliance"):
        table = world(19, 10, leave=10).ask(Question(measure))
        assert table["status"].tolist() == ["hidden"]
        assert table["reason"].tolist() == [FEW_PEOPLE]


@pytest.mark.parametrize("measure", MEASURES)
def test_every_setting_and_an_early_band_are_answered(live, measure) -> None:
    whole = live.ask(Question(measure))
    everybody = live.ask(Question(measure, settings=Settings(episodes="all")))
    stat = "ratio" if measure.startswith("lagged") else "correlation" if measure.startswith("moves") else "difference"
    assert everybody.loc[everybody["stat"].eq(stat), "n"].max() >= whole.loc[whole["stat"].eq(stat), "n"].max()
    for settings in (Settings(gap_days=60), Settings(clock="enrolment"), Settings(contacts="attended")):
        other = live.ask(Question(measure, settings=settings))
        assert other.loc[other["stat"].eq(stat), "estimate"].notna().all()
        if settings.gap_days == 60:
            assert other["estimate"].tolist() != whole["estimate"].tolist()
    band = live.ask(Question(measure, where=(("alliance_band", ("lower", "middle")),)))
    assert band.loc[band["stat"].eq(stat), "n"].max() < whole.loc[whole["stat"].eq(stat), "n"].max()


def test_of_many_stays_one_in_several_is_looked_at_and_said(live, monkeypatch) -> None:
    whole = row(live.ask(Question("lagged_alliance")), "between", "ratio")
    monkeypatch.setattr(ratings, "MOST_STAYS", 500)
    table = live.ask(Question("lagged_alliance"))
    part = row(table, "between", "ratio")
    one_in = row(table, "one_in", "mean")["estimate"]
    assert one_in >= 2
    assert part["n"] == pytest.approx(whole["n"] / one_in, rel=0.05)
    assert part["lower"] < whole["estimate"] < part["upper"]
    left = sum(row(table, f"left_{kind}_recent_score", "count")["estimate"] for kind in ("with", "without"))
    assert left < whole["events"]
