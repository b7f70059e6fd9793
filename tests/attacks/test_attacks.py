"""Every attack succeeds against a naive method and fails against ours: one size and seed, all in `make validate`."""

from __future__ import annotations

import pytest

from tests.attacks import bounds, subtraction
from tests.attacks.catalogue import ATTACKS, SIZES
from tests.attacks.catalogue import SEEDS as PAGE_SEEDS
from tests.attacks.page import PAGE, missing, page, row
from tests.attacks.result import Attack, Line, Result

PEOPLE, SEEDS = 1_000, (1,)
QUICK = [(attack, seed) for seed in SEEDS for attack in ATTACKS if attack is not bounds.ATTACK]


@pytest.mark.parametrize(
    ("attack", "seed"), QUICK, ids=lambda part: part.name if isinstance(part, Attack) else str(part)
)
def test_an_attack_succeeds_against_the_naive_method_and_fails_against_ours(attack: Attack, seed: int) -> None:
    found = attack.run(PEOPLE, seed)
    assert [result.line for result in found] == list(attack.lines)
    assert [result for result in found if not result.passed] == []


def test_bounds_recover_hidden_cells_of_exact_tables_and_none_of_ours() -> None:
    assert [result for result in bounds.attack(PEOPLE, 1, sample=60, integers=3) if not result.passed] == []


def test_there_are_twelve_attacks_each_with_a_line_that_can_fail_on_either_side() -> None:
    assert len({attack.name for attack in ATTACKS}) == 12
    line = Line("secrets read", "none", 0.9, 0.1)
    assert [Result(line, naive, gate).passed for naive, gate in ((1, 0), (0.8, 0), (1, 0.2))] == [True, False, False]


def test_the_page_of_the_attacks_holds_every_attack_at_every_size_under_todays_lines() -> None:
    assert list(missing(PAGE.read_text(encoding="utf-8"), ATTACKS, SIZES)) == []


def test_the_page_says_what_is_found_today() -> None:
    attack = subtraction.ATTACK
    text = PAGE.read_text(encoding="utf-8")
    found = zip(*(attack.run(SIZES[0], seed) for seed in PAGE_SEEDS), strict=True)
    for line, results in zip(attack.lines, found, strict=True):
        assert row(line, SIZES[0], results) in text


def test_a_page_that_lacks_a_row_or_tells_of_a_failure_is_noticed() -> None:
    line = Line("secrets read", "none", 0.9, 0.1)
    attack = Attack("Reading secrets", (line,), lambda _n, _seed: [])
    good, bad = [[Result(line, 1.0, 0.0)]], [[Result(line, 1.0, 0.0)], [Result(line, 1.0, 0.5)]]
    whole = page({(attack.name, 10): good, (attack.name, 20): good}, [attack], "today", (1,))
    assert list(missing(whole, [attack], (10, 20))) == []
    assert len(list(missing(whole, [attack], (10, 20, 30)))) == 1
    failed = page({(attack.name, 10): good, (attack.name, 20): bad}, [attack], "today", (1, 2))
    assert len(list(missing(failed, [attack], (10, 20)))) == 1
