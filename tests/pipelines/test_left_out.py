"""How many people filters leave out: counted person by person, and the two statements against each other."""

from __future__ import annotations

import random
from collections import Counter

import pandas as pd
import pytest

from pipelines import left_out, outcomes
from pipelines.constructs import EARLY_DAYS
from pipelines.left_out import LeftOut, missed_of_combinations
from pipelines.questions import DIMENSIONS, Settings
from tests.pipelines.plain_definition import plain_people
from tests.pipelines.records_world import build_records, random_people, reader

NAMES = ("site", "gender", "age_band", "primary_substance")


@pytest.fixture(scope="module")
def asked():
    """The records of 700 made-up people."""
    return reader(build_records(random_people(11, 700)))


def filters(chance: random.Random, found: pd.DataFrame) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return one to four filters by categories that somebody has."""
    where = []
    for name in chance.sample(NAMES, chance.randint(1, 4)):
        categories = sorted(found[name].dropna().unique())
        where.append((name, tuple(chance.sample(categories, chance.randint(1, min(2, len(categories)))))))
    return tuple(where)


def one_by_one(people: pd.DataFrame, where) -> Counter[tuple[int, int]]:
    """Return what is asked by looking at each person in turn."""
    counted: Counter[tuple[int, int]] = Counter()
    for _, person in people.iterrows():
        missed = [place for place, (name, asked_for) in enumerate(where) if person[name] not in asked_for]
        counted[len(missed), missed[0] if missed else -1] += 1
    return counted


def test_the_people_left_out_are_those_found_one_by_one(asked) -> None:
    people = plain_people(asked)
    counts, chance = LeftOut(asked), random.Random(5)
    for _ in range(12):
        where = filters(chance, people)
        found = counts.people_who_miss(Settings(), where)
        assert found["enrolled"] == one_by_one(people, where)
        started = people[people["state"] == "followed"]
        assert found["followed"] == one_by_one(started[started["t"] > 0], where)
        assert found["at_landmark"] == one_by_one(started[started["t"] > EARLY_DAYS], where)


def test_combinations_say_what_the_statement_on_each_set_of_filters_says(asked) -> None:
    """Bands are known only of people still in at the landmark, and the statement for several episodes knows it too."""
    counts, chance, settings = LeftOut(asked), random.Random(7), Settings()
    rows = outcomes.outcome_rows(asked, settings, (), ())
    assert rows["participant_id"].is_unique  # first episodes: both statements count people
    for _ in range(40):
        names = chance.sample(sorted(DIMENSIONS), chance.randint(1, 4))
        found = {name: outcomes.outcome_rows(asked, settings, (name,), ())["level_1"].unique() for name in names}
        where = tuple((name, tuple(chance.sample(sorted(found[name]), 1))) for name in names)
        text = left_out._on_filters(tuple(names), outcomes.stored_ending(settings))
        table = asked.table(text, {**outcomes.parameters(settings, where), "landmark": EARLY_DAYS}).fillna(-1)
        assert counts.people_who_miss(settings, where) == left_out._by_base(
            table["missed"].tolist(), table["first_missed"].tolist(), table
        )


def test_new_categories_of_known_filters_are_answered_without_the_records(asked) -> None:
    counts = LeftOut(asked)
    first = counts.people_who_miss(Settings(), (("site", ("A",)), ("gender", ("woman",))))
    counts._reader = None
    other = counts.people_who_miss(Settings(), (("gender", ("man",)), ("site", ("A",))))
    assert sum(first["enrolled"].values()) == sum(other["enrolled"].values())


def test_a_hand_made_table_of_combinations() -> None:
    combined = pd.DataFrame(
        {
            "site": ["A", "A", "B", "B", None],
            "gender": ["woman", "man", "woman", "man", "man"],
            "enrolled": [10, 4, 3, 2, 1],
            "followed": [9, 4, 0, 2, 1],
            "at_landmark": [8, 0, 0, 0, 0],
        }
    )
    found = missed_of_combinations(combined, (("site", ("A",)), ("gender", ("woman",))))
    assert found == {
        "enrolled": {(0, -1): 10, (1, 1): 4, (1, 0): 3, (2, 0): 3},
        "followed": {(0, -1): 9, (1, 1): 4, (2, 0): 3},
        "at_landmark": {(0, -1): 8},
    }
