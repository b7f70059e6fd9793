"""The arrows of the theory. Referees: scipy, statsmodels and plain means on the plain outcomes; canaries; guards."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from pipelines.disclosure.floors import LIVE
from pipelines.estimate import LiveReader
from pipelines.estimators import arrows
from pipelines.estimators.after_coaching import NO_RELIABILITY
from pipelines.estimators.request import NO_HELPING
from pipelines.follow_up import KNOWN_AFTER
from pipelines.published_marks import PublishedMark, marks, why_none
from pipelines.questions import Question
from pipelines.schema import RIPPLE_EVENTS
from pipelines.stats import rate
from pipelines.warehouse import open_records
from tests.pipelines.plain_definition import plain_people
from tests.pipelines.ratio_world import planted


@pytest.fixture(scope="module")
def live(sample_home):
    live = LiveReader(sample_home)
    yield live
    live.close()


@pytest.fixture(scope="module")
def found(live) -> pd.DataFrame:
    return live.ask(Question("theory_arrows")).set_index("level")


@pytest.fixture(scope="module")
def plain(sample_home) -> pd.DataFrame:
    """People in the program at day 30, by the plain definition, with their events of helping others since then."""
    asked = open_records(sample_home)
    people = plain_people(asked)
    first = asked.table("select episode_id, extract_day, first_attended_day as first from mart_episodes")
    events = asked.table("select episode_id, day, type from engagement_events")
    sessions = asked.table("select episode_id, scheduled_day as day, status from sessions")
    kept = asked.table(
        "select episode_id from lasting_changes "
        "where construct = 'recovery_capital' and follow_up_day = 180 and is_lasting"
    )
    asked.close()
    people = people.drop(columns=["extract_day"], errors="ignore").merge(first, on="episode_id")
    sessions = sessions[sessions["status"].eq("attended")].merge(first[["episode_id", "first"]], on="episode_id")
    day = sessions["day"].astype(float) - sessions["first"].astype(float)
    early, later = (sessions[day.between(*span)].groupby("episode_id").size() for span in ((0, 30), (31, 90)))
    people = people.assign(
        sessions=people["episode_id"].map(early).fillna(0), later=people["episode_id"].map(later).fillna(0)
    )
    people = people[people["state"].eq("followed") & people["t"].astype(float).gt(30)]
    events = events[events["type"].isin(RIPPLE_EVENTS)].merge(people[["episode_id", "first"]], on="episode_id")
    since = events["day"].astype(float) - events["first"].astype(float)
    helped, once_known = (events[since > day].groupby("episode_id").size() for day in (30, KNOWN_AFTER))
    days = people["extract_day"].astype(float) - people["first"].astype(float) - 30
    ended = people["exit_day"].astype(float) - people["first"].astype(float) <= 180
    return people.assign(
        helped=people["episode_id"].map(helped).fillna(0),
        days=days.clip(lower=1),
        reach=days - 30,
        kept=people["episode_id"].isin(kept["episode_id"]) & ended,
        once_known=people["episode_id"].map(once_known).fillna(0),
    ).reset_index(drop=True)


@pytest.mark.parametrize("arrow", arrows.BETWEEN_SCORES)
def test_between_scores_it_is_spearmans_correlation(found, plain, arrow) -> None:
    columns = [f"early_{name}_score" for name in arrows.BETWEEN_SCORES[arrow]]
    both = plain.dropna(subset=columns)
    expected = spearmanr(both[columns[0]].astype(float), both[columns[1]].astype(float)).statistic
    assert found.loc[arrow, "estimate"] == pytest.approx(expected, abs=1e-9)
    assert found.loc[arrow, "n"] == len(both)
    assert found.loc[arrow, "lower"] < expected < found.loc[arrow, "upper"]


@pytest.mark.parametrize(
    ("arrow", "construct"), [("alliance_staying", "alliance"), ("self_efficacy_staying", "self_efficacy")]
)
def test_to_staying_it_is_cohens_d_among_people_followed_to_day_180(found, plain, arrow, construct) -> None:
    known = plain[plain[f"early_{construct}_score"].notna() & plain["reach"].ge(150)]
    left = known["cause"].astype(int).eq(1) & known["t"].astype(float).le(180)
    score = known[f"early_{construct}_score"].astype(float)
    one, other = score[~left], score[left]
    pooled = np.sqrt(((len(one) - 1) * one.var(ddof=1) + (len(other) - 1) * other.var(ddof=1)) / (len(score) - 2))
    assert found.loc[arrow, "estimate"] == pytest.approx((one.mean() - other.mean()) / pooled, abs=1e-9)
    assert (found.loc[arrow, "n"], found.loc[arrow, "events"]) == (len(known), len(one))


def test_to_helping_others_it_is_the_poisson_ratio_of_statsmodels(found, plain) -> None:
    import statsmodels.api as sm

    known = plain[plain["early_self_efficacy_score"].notna()]
    score = known["early_self_efficacy_score"].astype(float)
    design = sm.add_constant(((score - score.mean()) / score.std(ddof=0)).to_numpy())
    fit = sm.GLM(known["helped"].to_numpy(dtype=float), design, family=sm.families.Poisson(),
                 offset=np.log(known["days"].to_numpy(dtype=float))).fit()  # fmt: skip
    one = found.loc["self_efficacy_helping_others"]
    assert one["estimate"] == pytest.approx(float(np.exp(fit.params[1])), rel=1e-6)
    assert one["events"] == known["helped"].sum()
    assert 1 < one["lower"] < one["upper"]


def poisson(start: pd.Series, events: pd.Series, days: pd.Series) -> float:
    """Return the ratio of rates for one more of `start`, by statsmodels."""
    import statsmodels.api as sm

    design, offset = sm.add_constant(start.to_numpy(dtype=float)), np.log(days.to_numpy(dtype=float))
    fit = sm.GLM(events.to_numpy(dtype=float), design, family=sm.families.Poisson(), offset=offset).fit()
    return float(np.exp(fit.params[1]))


def test_from_engagement_to_staying_it_is_cohens_d_of_sessions_in_the_first_30_days(found, plain) -> None:
    known = plain[plain["reach"].ge(150)]
    left = known["cause"].astype(int).eq(1) & known["t"].astype(float).le(180)
    one, other = known.loc[~left, "sessions"], known.loc[left, "sessions"]
    pooled = np.sqrt(((len(one) - 1) * one.var() + (len(other) - 1) * other.var()) / (len(known) - 2))
    row = found.loc["engagement_staying"]
    assert row["estimate"] == pytest.approx((one.mean() - other.mean()) / pooled, abs=1e-9)
    assert (row["n"], row["events"]) == (len(known), len(one))


def test_from_alliance_to_engagement_it_is_the_ratio_of_sessions_from_day_31_to_90(found, plain) -> None:
    """Whoever left early counts to day 90 with no more sessions; whoever completed or moved on to the day they did."""
    known = plain[plain["early_alliance_score"].notna() & plain["reach"].ge(60)]
    score = known["early_alliance_score"].astype(float)
    end = known["t"].astype(float).where(known["cause"].astype(int).gt(1), 90).clip(upper=90)
    row = found.loc["alliance_engagement"]
    assert row["estimate"] == pytest.approx(
        poisson((score - score.mean()) / score.std(ddof=0), known["later"], end - 30), rel=1e-6
    )
    assert (row["n"], row["events"]) == (len(known), known["later"].sum())
    assert (end < 90).sum() > 20
    assert row["lower"] < row["estimate"] < row["upper"]


def test_from_a_lasting_change_to_helping_others_only_events_after_it_is_known_count(
    live, plain, found, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too few people of the sample are known to have kept a gain for a number, so what it rests on is looked at."""
    seen: dict[str, pd.DataFrame] = {}

    def kept_apart(start: str, *_: object) -> arrows.Worked:
        return lambda people: seen.update({start: people}) or {"n": np.nan, "status": "hidden", "reason": "few_events"}

    assert found.loc["lasting_change_helping_others", "status"] == "hidden"
    monkeypatch.setattr(arrows, "_rates", kept_apart)
    live.ask(Question("theory_arrows"))
    known = plain[plain["reach"].ge(KNOWN_AFTER - 30) & plain["days"].add(30).gt(KNOWN_AFTER)]
    expected = known.assign(known_days=known["days"] + 30 - KNOWN_AFTER).groupby(known["kept"].astype(int))
    told = seen["lasting"].astype({"lasting": int}).groupby("lasting")
    assert 0 < expected.size()[1] < arrows.LEAST_EITHER
    assert told.size().tolist() == expected.size().tolist()
    assert told["known_events"].sum().tolist() == expected["once_known"].sum().tolist()
    assert expected["once_known"].sum().sum() > 0
    assert told["known_days"].sum().tolist() == expected["known_days"].sum().tolist()


def test_of_a_yes_or_no_the_ratio_is_that_of_two_plain_rates_if_both_sides_are_large() -> None:
    rng = np.random.default_rng(4)
    people = pd.DataFrame(
        {
            "lasting": np.repeat([1, 0], [30, 60]),
            "known_events": rng.poisson(2, 90),
            "known_days": rng.integers(10, 300, 90),
            "coach": np.arange(90) % 15,
            "site": 1,
        }
    )
    work = arrows._rates("lasting", "known_events", "known_days", SimpleNamespace(floor=LIVE))
    rates = people.groupby("lasting")[["known_events", "known_days"]].sum()
    per_day = rates["known_events"] / rates["known_days"]
    said = work(people)
    assert said["estimate"] == pytest.approx(per_day[1] / per_day[0], rel=1e-9)
    assert said["lower"] < said["estimate"] < said["upper"]
    assert work(people[11:])["status"] == "hidden"


def test_helping_by_band_counts_events_after_day_30_over_days_after_day_30(live, plain) -> None:
    table = live.ask(Question("helping_others_by_self_efficacy")).set_index("level")
    for band in ("lower", "middle", "higher"):
        part = plain[plain["early_self_efficacy_band"].eq(band)]
        assert table.loc[band, "estimate"] == pytest.approx(part["helped"].sum() / part["days"].sum() * 3000)
        assert table.loc[band, "n"] == len(part)
    assert set(table.index) == {"lower", "middle", "higher"}


def test_errors_of_the_poisson_slope_are_the_clustered_ones_of_statsmodels() -> None:
    import statsmodels.api as sm

    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(300), rng.normal(size=300)])
    time, coach = rng.uniform(10, 400, size=300), rng.integers(15, size=300)
    events = rng.poisson(time / 100 * np.exp(0.4 * x[:, 1] + rng.normal(size=15)[coach] / 2))
    found = rate.poisson_slope(x, events, time, 1, coach)
    fit = sm.GLM(events, x, family=sm.families.Poisson(), offset=np.log(time)).fit(
        cov_type="cluster", cov_kwds={"groups": coach, "use_correction": False}
    )
    assert found.estimate == pytest.approx(fit.params[1], abs=1e-8)
    assert found.std_error == pytest.approx(fit.bse[1] * np.sqrt(15 / 14), rel=1e-6)
    assert np.isnan(rate.poisson_slope(x, np.zeros(300), time, 1, coach).estimate)


def test_an_arrow_with_too_few_people_shows_no_number(live) -> None:
    few = live.ask(Question("theory_arrows", where=(("gender", ("nonbinary",)),)))
    withheld = ~few["status"].isin(["shown", "rough"])
    assert withheld.any()
    assert few.loc[withheld, ["estimate", "n", "events"]].isna().all().all()


def test_every_arrow_has_a_published_mark_or_says_why_there_is_none() -> None:
    for arrow in arrows.ARROWS:
        assert (arrow in marks()) != bool(why_none(arrow))
    expected = {"empathy_alliance": "correlation", "alliance_staying": "standardised_difference"}
    assert {arrow: marks()[arrow].stat for arrow in expected} == expected


def test_a_mark_outside_its_own_limits_is_refused() -> None:
    words = {"arrow": "a", "source": "b", "title": "c", "doi": "d", "remark": "e", "studies": 1}
    with pytest.raises(ValueError, match="between its own two limits"):
        PublishedMark(**words, stat="correlation", estimate=0.6, lower=0.1, upper=0.5)
    with pytest.raises(ValueError, match="stat must be one of"):
        PublishedMark(**words, stat="odds", estimate=0.6)


def test_of_two_questionnaires_the_arrows_between_what_was_asked_are_worked_out() -> None:
    """Of alliance and self-efficacy: each arrow says for itself what it lacks, and what nobody noted is no zero."""

    def person(rng: np.random.Generator, number: int) -> dict[str, object]:
        score = rng.normal()
        return {"score": score, "efficacy": rng.normal(), "hazard": np.exp(-0.5 * score)}

    live = planted(300, person)
    found = live.ask(Question("theory_arrows")).set_index("level")
    shown = found[found["status"] == "shown"]
    asked = ["alliance_engagement", "alliance_self_efficacy", "alliance_staying", "self_efficacy_staying"]
    assert sorted(shown.index) == asked
    assert found.loc["engagement_staying", "reason"] == "not_fitted"  # all came equally often at first
    assert shown.loc["alliance_staying", "lower"] > 0  # planted so: a higher score, longer stays
    missing = found.drop(index=[*shown.index, "engagement_staying"])
    assert set(missing["status"]) == {"not_measured"}
    assert missing["estimate"].isna().all()
    assert found.loc["self_efficacy_lasting_change", "reason"] == NO_RELIABILITY
    of_helping = {"lasting_change_helping_others", "self_efficacy_helping_others"}
    assert set(missing.index[missing["reason"] == NO_HELPING]) == of_helping
    for measure in ("ripple_rate", "helping_others_by_self_efficacy"):
        table = live.ask(Question(measure))
        assert table["status"].tolist() == ["not_measured"]
        assert table["estimate"].isna().all()
    assert live.ask(Question("ripple_rate"))["reason"].tolist() == [NO_HELPING]
