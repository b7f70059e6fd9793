"""What changed between periods. Referees: hand-worked limits, and the same indicators asked one by one."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
import pytest

from pipelines.estimate import LiveReader
from pipelines.estimate_table import estimate_table
from pipelines.estimators.changes import INDICATORS, MEASURES, changes
from pipelines.estimators.rows import Rows
from pipelines.questions import Question, Settings
from tests.pipelines.records_world import build_records, random_people, reader

SHOWN = ("shown", "rough")
NUMBERS = ["estimate", "lower", "upper", "n"]


@pytest.fixture(scope="module")
def live() -> LiveReader:
    rows = random_people(12, 1500)
    for episode in rows["episodes"]:
        episode["extract_day"] = 500
    return LiveReader.of(reader(build_records(rows)))


def made(**of_measure: list[dict[str, object]]) -> pd.DataFrame:
    """Return what changed, of hand-made answers: the measures that are not named say nothing."""
    tables = {name: estimate_table({"status": "shown", **row} for row in of_measure.get(name, ())) for name in MEASURES}
    return changes(Rows(), tables, ("2024-H1", "2024-H2")).table()


def engaged(level: str, estimate: float, lower: float, upper: float, n: int, **more: object) -> dict[str, object]:
    numbers = {"estimate": estimate, "lower": lower, "upper": upper, "n": n}
    return {"level": level, "series": "engaged", "stat": "share", "shape": "bar", **numbers, **more}


def test_the_limits_of_a_difference_are_those_worked_by_hand() -> None:
    table = made(
        engagement_rate=[engaged("2024-H1", 0.30, 0.25, 0.36, 80), engaged("2024-H2", 0.50, 0.40, 0.60, 90)],
    )
    row = table[table["stat"].eq("difference")].iloc[0]
    # 0.5 - 0.3; below by the root of 0.10² + 0.06², above by the root of 0.10² + 0.05².
    assert (row["series"], row["level"], row["n"]) == ("engaged", "2024-H2|2024-H1", 170)
    assert [row["estimate"], row["lower"], row["upper"]] == pytest.approx([0.20, 0.0833810, 0.3118034], abs=1e-7)


@pytest.mark.parametrize(
    ("second", "status"),
    [
        (engaged("2024-H2", 0.5, 0.4, 0.6, 29, status="rough"), "hidden"),
        (engaged("2024-H2", 0.5, float("nan"), float("nan"), 90), "hidden"),
        ({"level": "2024-H2", "series": "engaged", "stat": "share", "status": "immature"}, "immature"),
        ({"level": "2024-H2", "stat": "share", "status": "hidden", "reason": "below_threshold"}, "hidden"),
    ],
    ids=["rough", "without range", "too early", "withheld"],
)
def test_what_is_rough_withheld_or_too_early_is_compared_with_nothing(second: dict[str, object], status: str) -> None:
    table = made(engagement_rate=[engaged("2024-H1", 0.30, 0.25, 0.36, 80), second])
    row = table[table["stat"].eq("difference")].iloc[0]
    assert row["status"] == status
    assert row[[*NUMBERS, "events"]].isna().all()
    assert row["reason"] or status == "immature"


def test_every_figure_is_that_of_its_own_measure(live: LiveReader) -> None:
    table = live.ask(Question("changes_between_periods"))
    compared = 0
    for one in INDICATORS:
        alone = live.ask(Question(one.measure, ("cohort",)))
        alone = alone[alone["stat"].eq(one.stat) & alone["series"].eq(one.series)]
        alone = alone[alone["x"].eq(one.x)] if one.x is not None else alone
        alone = alone.set_index("level")
        here = table[table["series"].eq(one.name)].set_index("level")
        for level in alone.index:
            pd.testing.assert_series_equal(here.loc[level, NUMBERS], alone.loc[level, NUMBERS], check_names=False)
            assert here.loc[level, "status"] == alone.loc[level, "status"]
            compared += alone.loc[level, "status"] in SHOWN
        for earlier, later in combinations(alone.index, 2):
            assert f"{later}|{earlier}" in here.index
    assert compared > 10


def test_differences_agree_with_those_of_staying_by_period(live: LiveReader) -> None:
    """The share who stayed is already compared with the largest period, by another path of the code."""
    known = live.ask(Question("stayed_share", ("cohort",)))
    known = known[known["stat"].eq("difference") & known["x"].eq(180) & known["status"].eq("shown")].set_index("level")
    table = live.ask(Question("changes_between_periods"))
    here = table[table["series"].eq("stayed_6_months")].set_index("level")
    assert len(known) >= 2
    for level, row in known.iterrows():
        one, other = str(level).split("|")
        turned = one < other
        found = here.loc[f"{other}|{one}" if turned else level]
        told = [-found["estimate"], -found["upper"], -found["lower"]] if turned else found[NUMBERS[:3]].tolist()
        assert row[NUMBERS[:3]].tolist() == pytest.approx(told, abs=1e-12)


def test_filters_settings_and_quarters_reach_every_part(live: LiveReader) -> None:
    where = (("site", (live.dimensions()[0].categories[0][0],)),)
    question = Question("changes_between_periods", ("enrol_quarter",), where, Settings(gap_days=60))
    table = live.ask(question)
    alone = live.ask(Question("stayed_share", ("enrol_quarter",), where, Settings(gap_days=60)))
    alone = alone[alone["stat"].eq("share") & alone["x"].eq(90) & alone["status"].isin(SHOWN)].set_index("level")
    here = table[table["series"].eq("stayed_3_months") & table["stat"].eq("share")].set_index("level")
    assert len(alone) >= 2
    assert here.loc[alone.index, "estimate"].tolist() == alone["estimate"].tolist()
