"""How alike stored people are. Referees: seven people counted by hand, and the sample counted again in pandas."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest

from pipelines import warehouse
from pipelines.k_report import ATTRIBUTES, Classes, k_report, sentences
from pipelines.summary import LoadSummary
from tests.pipelines.records_world import add_person, build_records, one_site


def test_seven_people_by_hand() -> None:
    """Five women are alike, one of whom died; one man; one woman of another quarter. All groups are under eleven."""
    rows = one_site()
    for number in range(1, 6):
        add_person(rows, number, extract=400, leaving=(100, "completed" if number < 5 else "died"))
    add_person(rows, 6, extract=400, gender="man")
    add_person(rows, 7, extract=400, enrol_quarter=4)
    report = k_report(build_records(rows))
    assert [len(one.attributes) for one in report] == [1, 2, 3, 6]
    everything = report[-1]
    assert everything == Classes(ATTRIBUTES, 3, 1, 7, alone=2, in_small_classes=7, with_one_outcome=2)
    told = list(sentences(report))
    assert "2 of 7 are alone" in told[0]
    assert "confidential" in told[-1]


def test_nobody_is_no_report() -> None:
    assert k_report(build_records(one_site())) == ()
    assert list(sentences(())) == []


def test_a_group_of_eleven_is_not_small() -> None:
    rows = one_site()
    for number in range(1, 22):
        add_person(rows, number, extract=400, gender="man" if number > 11 else "woman")
    by_gender = next(one for one in k_report(build_records(rows)) if one.attributes == ("gender",))
    assert (by_gender.smallest, by_gender.in_small_classes, by_gender.alone) == (10, 10, 0)


@pytest.fixture(scope="module")
def people(sample_home: Path) -> pd.DataFrame:
    asked = warehouse.open_records(sample_home)
    people = asked.table(
        "select m.age_band, m.gender, m.race_eth, coalesce(p.zip3, '') as zip3, m.site, m.enrol_quarter,"
        " coalesce(m.exit_cause, 0) as outcome from mart_episodes m join participants p using (participant_id)"
        " where is_first"
    )
    asked.close()
    return people


def test_the_sample_again_in_pandas(sample_home: Path, people: pd.DataFrame) -> None:
    asked = warehouse.open_records(sample_home)
    report = k_report(asked._connection.cursor())
    asked.close()
    for one in report:
        size = people.groupby(list(one.attributes))["outcome"].transform("size")
        kinds = people.groupby(list(one.attributes))["outcome"].transform("nunique")
        assert one.people == len(people) == 1500
        assert (one.alone, one.in_small_classes) == ((size == 1).sum(), (size < 11).sum())
        assert (one.smallest, one.with_one_outcome) == (size.min(), (kinds == 1).sum())
        worst = max(
            (people.groupby(list(names))["outcome"].transform("size") < 11).sum()
            for names in combinations(ATTRIBUTES, len(one.attributes))
        )
        assert one.in_small_classes == worst
    assert report[-1].alone > 0


def test_the_summary_says_it_and_gives_counts_to_scripts() -> None:
    one = Classes(ATTRIBUTES, 3, 1, 7, 2, 7, 2)
    summary = LoadSummary("records-0001", "canonical", (), (), alike=(one,))
    assert json.loads(json.dumps(summary.as_dict()))["alike"] == [json.loads(json.dumps(asdict(one)))]
    assert any("2 of 7 are alone" in line for line in summary.sentences())
