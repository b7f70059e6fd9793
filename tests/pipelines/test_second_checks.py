"""Every check of a load against a second implementation in pandas: the same rows kept out and marked, rule by rule."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from pipelines import check, load
from pipelines.faults import InputFault
from pipelines.sample import write_sample
from tests.benchmarks.bench_load import PRACTICE, PROGRAM
from tests.benchmarks.dirty_rows import break_rows
from tests.pipelines.dirty_world import Dirty, dirty_folders
from tests.pipelines.one_row_a_rule import (
    FOLLOWS,
    MEETINGS,
    Found,
    side_by_side,
    world_that_breaks_every_rule,
)
from tests.pipelines.raw_world import kept_out, warned, write
from tests.pipelines.spoiled_world import spoiled_folder
from tests.second_checks.reading import FIRST_ROW
from tests.second_checks.run import Checks

EXAMPLES = 5
compared: list[bool] = []
"""Of every random folder, whether it was loaded."""


class _Heard(Exception):
    """The checks of a load are done; what comes after them is of no interest here."""


@contextmanager
def listening(heard: list[Found]) -> Iterator[None]:
    """Note what the checks of a load keep out and mark, and end it there."""
    applied = check.apply

    def apply(con: duckdb.DuckDBPyConnection, *given: Any, **named: Any) -> None:
        applied(con, *given, **named)
        heard.extend(({(table, row, rule) for table, row, rule, _ in kept_out(con)}, warned(con)))
        raise _Heard

    with pytest.MonkeyPatch.context() as patch, suppress(_Heard):
        patch.setattr(check, "apply", apply)
        yield


def first(source: Path, home: Path) -> tuple[Found, Found] | None:
    """Return what the load keeps out and what it marks; None if it refuses the files before that."""
    heard: list[Found] = []
    with suppress(InputFault), listening(heard):
        load.load(source, home, dry_run=True)
    return (heard[0], heard[1]) if heard else None


def second(source: Path) -> Checks:
    """Return the second implementation after it went through the folder."""
    checks = Checks(source)
    for _ in checks.tables():
        pass
    return checks


def assert_same(source: Path, home: Path) -> Checks:
    """Assert that both keep out and mark the same rows under the same rules."""
    found, other = first(source, home), second(source)
    assert found is not None
    assert sorted(found[0] ^ other.found.kept_out()) == []
    assert sorted(found[1] ^ other.found.warned()) == []
    return other


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("second")
        patch.setenv("RECOVERY_OUTCOMES_KEY", str(folder / "secret" / "key"))
        yield folder / "home"


def test_a_row_that_breaks_each_rule_is_found_by_both_and_no_rule_is_left_out(tmp_path: Path, home: Path) -> None:
    tables, expected = world_that_breaks_every_rule()
    other = assert_same(write(tmp_path, tables), home)
    found = other.found.kept_out() | other.found.warned()
    assert sorted(expected - found) == []
    assert {rule for _, _, rule in found} == {rule.id for rule in check.rules()}


def test_where_rules_meet_both_say_the_same_and_it_is_what_the_sentences_say(tmp_path: Path, home: Path) -> None:
    tables, starts = side_by_side(MEETINGS)
    other = assert_same(write(tmp_path, tables), home)
    found: dict[str, Found] = {name: set() for name in MEETINGS}
    for table, row, rule in other.found.kept_out() | other.found.warned():
        name = max((start[table], name) for name, start in starts.items() if start[table] <= row - FIRST_ROW)[1]
        if rule not in FOLLOWS:
            found[name].add((table, row - starts[name][table], rule))
    assert found == {name: one.found for name, one in MEETINGS.items()}


@settings(
    deadline=None,
    max_examples=EXAMPLES,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(dirty_folders())
def test_both_judge_a_random_dirty_folder_alike(
    home: Path, tmp_path_factory: pytest.TempPathFactory, dirty: Dirty
) -> None:
    source = dirty.write(tmp_path_factory.mktemp("dirty"))
    found = first(source, home)
    compared.append(found is not None)
    if found is None:
        return
    other = second(source)
    assert not other.found.refusals
    assert sorted(found[0] ^ other.found.kept_out()) == []
    assert sorted(found[1] ^ other.found.warned()) == []


def test_enough_random_folders_were_compared() -> None:
    if compared:
        assert sum(compared) > EXAMPLES / 3


@pytest.mark.parametrize("seed", range(3))
def test_both_judge_a_folder_of_spoiled_cells_alike(seed: int, tmp_path: Path, home: Path) -> None:
    found = assert_same(write(tmp_path, spoiled_folder(seed)), home).found
    assert len({rule for _, _, rule in found.kept_out() | found.warned()}) > 15


def test_both_judge_the_demonstration_records_alike(tmp_path: Path, home: Path) -> None:
    planted = write_sample(tmp_path, 300, 5, dirt=True).planted
    other = assert_same(tmp_path, home)
    assert other.found.kept_out() == {(one.table, one.row_no, one.rule) for one in planted}


def test_both_judge_the_records_of_the_benchmark_alike(tmp_path: Path, home: Path) -> None:
    write_sample(tmp_path, 1_000, 1, dirt=False, parameters=PROGRAM, practice=PRACTICE, lettered=True)
    break_rows(tmp_path)
    found = assert_same(tmp_path, home).found.kept_out()
    assert len({(table, rule) for table, _, rule in found}) > 10
