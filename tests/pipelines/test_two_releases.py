"""Two releases a quarter apart on growing records: what was printed stays, and no two numbers differ by a few people.

Referee: the blocks that a label names and the people of each block, counted with plain pandas.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import pytest

from pipelines import warehouse
from pipelines.disclosure.published import read_published
from pipelines.disclosure.spec import DIMENSION_NAMES, label
from pipelines.release import build_release
from tests.pipelines.release_world import World, earlier, keep_known_key, key_of, printed, small_spec, world, write_home

BLOCK = 50
Number = tuple[object, ...]


class Release(NamedTuple):
    """The printed numbers of one release by label and measure, the blocks of every label, and those of a
    measure: in labels of their own (False) and within ranges (True).
    """

    numbers: dict[tuple[str, str], Number]
    blocks: dict[str, tuple[str, ...]]
    of_measure: dict[tuple[str, bool], set[str]]


def release(home: Path) -> Release:
    """Read the current release with plain SQL; a curve's days are measures of their own."""
    opened = warehouse.open_release(home)
    spec = read_published(opened).spec
    opened.close()
    named = {item.label: item.blocks for item in spec.ranges}
    numbers, blocks, of_measure = {}, {}, {}
    width = len(DIMENSION_NAMES)
    for (table, *texts), values in printed(home).items():
        categories = {name: value for name, value in zip(DIMENSION_NAMES, texts, strict=False) if value != "*"}
        measure = "@".join(str(part) for part in texts[width:])
        text = label(categories)
        numbers[text, f"{table} {measure}"] = tuple(values)
        blocks[text] = named.get(categories["cohort"], (categories["cohort"],))
        of_measure.setdefault((f"{table} {measure}", len(blocks[text]) > 1), set()).update(blocks[text])
    return Release(numbers, blocks, of_measure)


@pytest.fixture(scope="module")
def later() -> World:
    """Records in which half of those of the last cohort have been followed for less than half a year."""
    return world(1_300, 41, follow_up=60)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, later: World) -> Iterator[tuple[Release, Release]]:
    """Two releases of one data folder, the second when the records had grown by a quarter and been corrected."""
    folder = tmp_path_factory.mktemp("growing")
    keep_known_key(folder)
    home, spec = folder / "home", small_spec(folder)
    with key_of(folder):
        write_home(home, earlier(later, 91, "2024-Q3"))
        build_release(home, spec=spec)
        first = release(home)
        corrected = later.episodes.copy()
        wrong = corrected.index[corrected["cohort"].eq("2023-H2")][:20]
        corrected.loc[wrong, "gender"] = "undisclosed"
        write_home(home, World(corrected, later.coaches, "2024-Q4"))
        build_release(home, spec=spec)
        yield first, release(home)


def test_the_second_release_has_more(both: tuple[Release, Release]) -> None:
    first, second = both
    people, ripened = ("cells people", False), ("cells left_early_180", False)
    assert first.of_measure[people] == {"2023-H1", "2023-H2", "2024-H1"}
    assert second.of_measure[people] == first.of_measure[people] | {"2024-H2"}
    assert second.of_measure[ripened] - first.of_measure[ripened] == {"2024-H1"}
    assert len(second.numbers) > len(first.numbers)


def test_every_number_that_is_in_both_is_the_same(both: tuple[Release, Release]) -> None:
    first, second = both
    shared = first.numbers.keys() & second.numbers.keys()
    assert len(shared) > 500
    assert {at: second.numbers[at] for at in shared} == {at: first.numbers[at] for at in shared}
    gone = {text for text, _ in first.numbers.keys() - second.numbers.keys()}
    assert all(len(first.blocks[text]) > 1 for text in gone)  # ranges alone: the new ones have other names


def test_every_new_number_is_about_a_cohort_that_is_new_to_its_measure(both: tuple[Release, Release]) -> None:
    first, second = both
    new = second.numbers.keys() - first.numbers.keys()
    assert len(new) > 500
    for text, measure in new:
        blocks = second.blocks[text]
        assert set(blocks) - first.of_measure.get((measure, len(blocks) > 1), set()), (text, measure)


def test_no_two_numbers_that_were_ever_printed_differ_by_less_than_a_cohort(
    both: tuple[Release, Release], later: World
) -> None:
    """Of one measure and the same categories: either one label, and one value, or whole cohorts between them."""
    started = later.episodes[later.episodes["first_attended_day"].notna()]
    people = Counter(started["cohort"])
    alike: dict[tuple[str, str], dict[tuple[str, ...], set[Number]]] = {}
    for one in both:
        for (text, measure), values in one.numbers.items():
            _, _, rest = text.partition(";")
            alike.setdefault((rest, measure), {}).setdefault(one.blocks[text], set()).add(values)
    pairs = 0
    for found in alike.values():
        assert all(len(values) == 1 for values in found.values())
        for one, other in combinations(found, 2):
            between = set(one) ^ set(other)
            assert between
            assert min(people[block] for block in between) >= BLOCK
            pairs += 1
    assert pairs > 1_000


def test_a_range_that_grew_by_nobody_in_a_cell_still_gets_noise_of_its_own(
    both: tuple[Release, Release], later: World
) -> None:
    """Where a cell has nobody of the new cohort, equal noise would print the same number and say so."""
    first, second = both
    started = later.episodes[later.episodes["first_attended_day"].notna()]
    there = set(started.loc[started["cohort"].eq("2024-H2"), ["site", "gender"]].itertuples(index=False, name=None))
    old, new = "cohort=2023-H1..2024-H1", "cohort=2023-H1..2024-H2"
    differences = []
    for (text, measure), (value, *_) in first.numbers.items():
        if measure == "cells people" and text.startswith(old) and value is not None:
            grown = second.numbers[text.replace(old, new), measure][0]
            if "alliance" in text and grown is not None:
                differences.append(int(str(grown)) - int(str(value)))
    assert len(there) > 4
    assert min(differences) < 0 < max(differences)


def test_what_was_published_stays_though_the_records_have_less(tmp_path: Path) -> None:
    """A site that closed, a cohort too small by now, people followed for less: their numbers are copied."""
    made = world(700, 12)
    left = made.episodes[made.episodes["site"].ne("Dogwood")].copy()
    few = left.index[left["cohort"].eq("2023-H1")]
    left = left.drop(few[40:])
    one = left.index[left["cohort"].eq("2024-H1") & left["first_attended_day"].notna()][0]
    left.loc[one, "extract_day"] = left.loc[one, "first_attended_day"] + 100
    home, spec = tmp_path / "home", small_spec(tmp_path)
    keep_known_key(tmp_path)
    with key_of(tmp_path):
        write_home(home, made)
        build_release(home, spec=spec)
        before = release(home)
        write_home(home, World(left, made.coaches[made.coaches["number"].isin(left["number"])]))
        build_release(home, spec=spec)
        after = release(home)
    assert after.numbers == before.numbers
